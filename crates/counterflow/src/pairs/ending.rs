//! How a pair ends: with its round, or before its time because one of the two has left the organization.

use askama::Template;
use serde_json::Value;

use super::{Pair, cards, pair, store};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        event::Event,
        guard::ByServer,
        ids::{PersonId, RoundId},
    },
    mail::{self, Letter},
    people,
    programs::{self, Side},
};

/// The job `pairs.end_for_leaver`: the payload is the person. Their running pairs end, and whoever stays gets a kind
/// letter. Coming meetings are cancelled by the meetings' own job, which follows `pair.ended`.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn end_for_leaver(app: App, payload: Value) -> Answer<()> {
    let person: PersonId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    // Somebody may have put a mistaken import right before this job ran.
    if people::has_left(&mut tx, person).await? {
        for (id,) in store::running_of(&mut tx, person).await? {
            tx.lock(id).await?;
            if store::end_early(&mut tx, id).await? {
                let pair = pair(&mut tx, &ByServer(id)).await?;
                Event::by_server("pair.ended").round(pair.round_id).pair(id).on(id).record(&mut tx).await?;
                tell_who_stays(&mut tx, &app, &pair, person).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The job `pairs.complete`: the payload is a round that has closed. Whoever still meets has completed it. Meetings that
/// are booked stay: nobody forbids two people to see each other.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn complete(app: App, payload: Value) -> Answer<()> {
    let round: RoundId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    for (id,) in store::complete_all(&mut tx, round).await? {
        Event::by_server("pair.completed").round(round).pair(id).on(id).record(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The job `pairs.drop_delegations`: the payload is a person who has left. They keep nobody's calendar any more, and
/// nobody keeps theirs, so that it does not come back with them.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn drop_delegations(app: App, payload: Value) -> Answer<()> {
    let person: PersonId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    if people::has_left(&mut tx, person).await? {
        for (leader, delegate) in store::delete_delegations(&mut tx, person).await? {
            let facts = serde_json::json!({ "leader": leader, "because": "left" });
            Event::by_server("delegate.removed").on(delegate).with(facts).record(&mut tx).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "pairs/mail_ended.txt")]
struct EndedText<'a> {
    to: &'a str,
    leaver: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "pairs/mail_ended.html")]
struct EndedHtml<'a> {
    to: &'a str,
    leaver: &'a str,
    link: &'a str,
}

async fn tell_who_stays(tx: &mut Tx, app: &App, pair: &Pair, leaver: PersonId) -> Answer<()> {
    let (mentor, mentee) = cards(tx, pair).await?;
    let (stays, gone) = match pair.side_of(leaver) {
        Some(Side::Mentor) => (mentee, mentor),
        _ => (mentor, mentee),
    };
    let Some(address) = stays.email.clone() else { return Ok(()) };
    if people::has_left(tx, stays.id).await? {
        return Ok(());
    }
    let (to, leaver, link) = (stays.first_name(), gone.name.as_str(), app.link(&pair.href()));
    let text = EndedText { to, leaver, link: &link };
    let html = EndedHtml { to, leaver, link: &link };
    let key = format!("pair-ended:{}:{}", pair.id, stays.id);
    let labels = programs::labels_of(tx, pair.round_id).await?;
    mail::write(tx, app, Letter::from_templates(&labels, key, stays.id, &address, &text, &html)?).await?;
    Ok(())
}
