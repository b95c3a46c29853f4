//! The statements on reminders that go out by themselves.

use super::ReminderPlan;
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId, RoundId},
    },
};

pub(super) async fn plan(tx: &mut Tx, round: RoundId) -> Answer<Option<ReminderPlan>> {
    Ok(fetch_optional!(tx, ReminderPlan, "select days, times from reminder_plans where round_id = $1", round)?)
}

pub(super) async fn set_plan(tx: &mut Tx, round: RoundId, plan: ReminderPlan, by: PersonId) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into reminder_plans (round_id, days, times, set_by, set_at) values ($1, $2, $3, $4, $5)
         on conflict (round_id) do update set days = excluded.days, times = excluded.times, set_by = excluded.set_by,
             set_at = excluded.set_at",
        round,
        plan.days,
        plan.times,
        by,
        now,
    )?;
    Ok(())
}

/// The rounds that still ask people to register, with their plans.
pub(super) async fn asking(tx: &mut Tx, today: Day) -> Answer<Vec<(RoundId, Option<i64>, Option<i64>)>> {
    Ok(fetch_all!(
        tx,
        (RoundId, Option<i64>, Option<i64>),
        "select rounds.id, plan.days, plan.times
         from rounds left join reminder_plans plan on plan.round_id = rounds.id
         where rounds.stage in ('design', 'enroll') and rounds.enroll_until >= $1 order by rounds.id",
        today
    )?)
}

/// Who has not registered and last heard of it at or before `since`, with how often they were reminded. Not who has
/// opened their link after `opened`, nor whose last letter came back.
pub(super) async fn due(
    tx: &mut Tx,
    round: RoundId,
    times: i64,
    since: Timestamp,
    opened: Timestamp,
) -> Answer<Vec<(ParticipantId, i64)>> {
    Ok(fetch_all!(
        tx,
        (ParticipantId, i64),
        "select p.id, p.reminders
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.state = 'invited' and p.reminders < $2
           and coalesce(p.reminded_at, p.invited_at) <= $3 and (p.opened_at is null or p.opened_at <= $4)
           and people.email is not null and people.status <> 'left'
           and not exists (select 1 from bounces b where b.address = people.email)
         order by p.id",
        round,
        times,
        since,
        opened,
    )?)
}

/// When those who wait for their next reminder last heard of it, the earliest.
pub(super) async fn longest_silent(tx: &mut Tx, round: RoundId, times: i64) -> Answer<Option<Timestamp>> {
    let (at,) = fetch_one!(
        tx,
        (Option<Timestamp>,),
        "select min(coalesce(p.reminded_at, p.invited_at))
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.state = 'invited' and p.reminders < $2
           and people.email is not null and people.status <> 'left'
           and not exists (select 1 from bounces b where b.address = people.email)",
        round,
        times
    )?;
    Ok(at)
}
