//! What becomes of coming meetings when their pair has ended.

use serde_json::Value;

use super::{
    State,
    letters::{self, News},
    meeting,
    store::{self, OutcomeRow},
};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        event::Event,
        guard::ByServer,
        ids::{MeetingId, PairId},
    },
    pairs::{self, Pair},
};

/// The job `meetings.release`: the payload is the pair that has ended. Open proposals are taken back, and meetings to
/// come are cancelled by nobody.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn release(app: App, payload: Value) -> Answer<()> {
    let id: PairId = jobs::id(&payload)?;
    let leave = ByServer(id);
    let mut tx = app.db.write().await?;
    tx.lock(id).await?;
    let pair = pairs::pair(&mut tx, &leave).await?;
    for (meeting,) in store::open_of(&mut tx, &leave).await? {
        close(&mut tx, &app, &pair, meeting).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn close(tx: &mut Tx, app: &App, pair: &Pair, id: MeetingId) -> Answer<()> {
    let leave = ByServer(pair.id);
    let before = meeting(tx, &leave, id).await?;
    let event = |kind| Event::by_server(kind).pair(pair.id).round(pair.round_id).on(id);
    if before.state == State::Proposed {
        store::withdraw(tx, id).await?;
        event("meeting.withdrawn").record(tx).await?;
        return Ok(());
    }
    store::cancel(tx, id, before.sequence).await?;
    let outcome = OutcomeRow {
        state: State::Cancelled,
        minutes: None,
        by_side: None,
        notice_minutes: before.starts_at.map(|at| at.since(tx.now()).as_mins()),
        recorded_by: None,
    };
    store::put_outcome(tx, id, &outcome).await?;
    event("meeting.cancelled").record(tx).await?;
    let after = meeting(tx, &leave, id).await?;
    letters::invitations(tx, app, pair, &after, News::Cancelled, None).await
}
