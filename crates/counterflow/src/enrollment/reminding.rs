//! Reminders that go out by themselves: after how many days, and how often, each round says itself.

use jiff::SignedDuration;
use serde_json::json;

use super::{MOST_REMINDERS, ReminderPlan, event, inviting::remind, lock_name, reminding_store};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::{Access, ByServer, Leave},
        ids::RoundId,
    },
    people, programs,
};

/// Whoever opened their link so lately is busy with it.
const JUST_OPENED: SignedDuration = SignedDuration::from_hours(24);

/// How long without an answer.
fn wait(plan: ReminderPlan) -> SignedDuration {
    SignedDuration::from_hours(24 * plan.days)
}

/// A round's plan.
pub(super) async fn plan(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<ReminderPlan> {
    Ok(reminding_store::plan(tx, leave.id()).await?.unwrap_or(ReminderPlan::USUAL))
}

/// When the next reminder goes out by itself; none if nobody is to be reminded.
pub(super) async fn next_at(tx: &mut Tx, leave: &impl Leave<RoundId>, plan: ReminderPlan) -> Answer<Option<Timestamp>> {
    let last_heard = reminding_store::longest_silent(tx, leave.id(), plan.times).await?;
    Ok(last_heard.map(|at| at.plus(wait(plan)).max(tx.now())))
}

/// Sets a round's plan.
///
/// # Errors
/// When the database fails.
pub async fn set_reminder_plan(tx: &mut Tx, access: &Access<RoundId>, new: ReminderPlan) -> Answer<()> {
    tx.lock(lock_name(access.id)).await?;
    if plan(tx, access).await? == new {
        return Ok(());
    }
    let round = programs::round(tx, access).await?;
    let new = ReminderPlan { times: new.times.clamp(0, MOST_REMINDERS), ..new };
    reminding_store::set_plan(tx, round.id, new, access.viewer.person).await?;
    let facts = json!({ "days": new.days, "times": new.times });
    event(access, "reminders.planned", &round).with(facts).record(tx).await?;
    Ok(())
}

/// The job `enrollment.remind`: reminds whoever has not registered, as their round has planned it. Nobody whose last
/// letter came back, and nobody who opened their link within the last day.
///
/// # Errors
/// When the database fails. Each reminder is a transaction of its own: those before it stay.
pub async fn remind_due(app: App) -> Answer<()> {
    let mut tx = app.db.read().await?;
    let today = people::leaving::today(&mut tx).await?;
    let mut due = Vec::new();
    for (round, days, times) in reminding_store::asking(&mut tx, today).await? {
        let plan = match (days, times) {
            (Some(days), Some(times)) => ReminderPlan { days, times },
            _ => ReminderPlan::USUAL,
        };
        let (since, opened) = (tx.now().minus(wait(plan)), tx.now().minus(JUST_OPENED));
        due.extend(reminding_store::due(&mut tx, round, plan.times, since, opened).await?);
    }
    drop(tx);
    for (id, reminders) in due {
        let mut tx = app.db.write().await?;
        match remind(&mut tx, &app, &ByServer(id), reminders).await {
            Ok(()) => tx.commit().await?,
            // Somebody reminded them, or they registered, since the list was read.
            Err(Error::Trouble { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
