//! Somebody leaves the organization: by an import, or because their last day is over.

use jiff::tz::TimeZone;

use super::store;
use crate::{
    accounts,
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        ids::PersonId,
        store::stamp_directory,
    },
};

/// What follows for somebody who has just left: their logins end at once, and the stations of every round hear of it.
///
/// # Errors
/// When the database fails.
pub(super) async fn left(tx: &mut Tx, person: PersonId) -> Answer<()> {
    accounts::end_access(tx, person).await?;
    Event::by_server("person.left").on(person).record(tx).await?;
    Ok(())
}

/// The day that it is for the organization.
///
/// # Errors
/// When the database fails.
pub async fn today(tx: &mut Tx) -> Answer<Day> {
    let zone = store::organization_zone(tx).await?;
    let zone = zone.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC);
    Ok(tx.now().day_in(&zone))
}

/// Job: whoever's last day is over has left. The last admin stays, or nobody could look after the server.
///
/// # Errors
/// When the database fails.
pub async fn leave_when_due(app: App) -> Answer<()> {
    let mut tx = app.db.write().await?;
    tx.lock("directory").await?;
    let today = today(&mut tx).await?;
    for person in store::due_to_leave(&mut tx, today).await? {
        if accounts::is_last_admin(&mut tx, person).await? {
            tracing::warn!(%person, "the last admin's last day is over: somebody else has to become admin");
            continue;
        }
        store::mark_left(&mut tx, person).await?;
        left(&mut tx, person).await?;
        stamp_directory(&mut tx).await?;
    }
    tx.commit().await.map_err(Error::from)
}
