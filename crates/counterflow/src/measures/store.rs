//! The statements on what is expected of a round, and on what its measures were before.

use super::Expected;
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::{Access, Leave},
        ids::{ProgramId, RoundId},
    },
};

/// What somebody said about a round.
pub(super) async fn expected(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Option<Expected>> {
    Ok(fetch_optional!(
        tx,
        Expected,
        "select pairs, answering from round_expectations where round_id = $1",
        leave.id()
    )?)
}

pub(super) async fn expect(tx: &mut Tx, access: &Access<RoundId>, expected: Expected) -> Answer<()> {
    execute!(
        tx,
        "insert into round_expectations (round_id, pairs, answering) values ($1, $2, $3)
         on conflict (round_id) do update set pairs = excluded.pairs, answering = excluded.answering",
        access.id,
        expected.pairs,
        expected.answering
    )?;
    Ok(())
}

/// How many leaders are in: each of them gets one mentor.
pub(super) async fn leaders_in(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select cast(count(*) as bigint) from participants
         where round_id = $1 and role = 'mentee' and state in ('admitted', 'registered')",
        leave.id()
    )?;
    Ok(count)
}

/// A change of the measures: when, by whom, and what they were before and after, as JSON.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct ChangeRow {
    pub at: Timestamp,
    pub who: String,
    pub data: String,
}

/// The changes of a program's measures since its first round was launched, newest first.
pub(super) async fn changes_since_launch(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<ChangeRow>> {
    Ok(fetch_all!(
        tx,
        ChangeRow,
        "select events.at, people.name as who, events.data
         from events join people on people.id = events.actor_id
         where events.program_id = $1 and events.kind = 'program.kpis_changed'
           and events.at >= (select min(stages.began_at)
                             from round_stages stages join rounds on rounds.id = stages.round_id
                             where rounds.program_id = $1 and stages.stage in ('launch', 'run', 'close', 'prove'))
         order by events.at desc, events.id desc limit 20",
        leave.id()
    )?)
}
