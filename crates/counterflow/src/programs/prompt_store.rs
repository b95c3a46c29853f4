//! The statements on what sponsors are asked to say.

use super::prompts::Moment;
use crate::{
    execute, fetch_all,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{PersonId, RoundId},
    },
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Prompt {
    pub occasion: Moment,
    pub done_at: Option<Timestamp>,
}

/// What somebody was asked to say in a round, the latest first.
pub(super) async fn prompts(tx: &mut Tx, leave: &impl Leave<RoundId>, sponsor: PersonId) -> Answer<Vec<Prompt>> {
    Ok(fetch_all!(
        tx,
        Prompt,
        "select occasion, done_at from sponsor_prompts where round_id = $1 and sponsor_id = $2
         order by written_at desc, occasion",
        leave.id(),
        sponsor
    )?)
}

/// Rounds in which something can be said, of programs that are not put away.
pub(super) async fn under_way(tx: &mut Tx) -> Answer<Vec<RoundId>> {
    let found = fetch_all!(
        tx,
        (RoundId,),
        "select rounds.id from rounds join programs on programs.id = rounds.program_id
         where rounds.stage in ('launch', 'run', 'close') and programs.archived_at is null order by rounds.id"
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Answers whether they were not asked before.
pub(super) async fn insert(tx: &mut Tx, round: RoundId, sponsor: PersonId, moment: Moment) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into sponsor_prompts (round_id, occasion, sponsor_id, written_at) values ($1, $2, $3, $4)
         on conflict (round_id, occasion, sponsor_id) do nothing",
        round,
        moment,
        sponsor,
        now,
    )?;
    Ok(rows == 1)
}

pub(super) async fn set_done(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    sponsor: PersonId,
    moment: Moment,
) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update sponsor_prompts set done_at = $1
         where round_id = $2 and sponsor_id = $3 and occasion = $4 and done_at is null",
        now,
        leave.id(),
        sponsor,
        moment,
    )?;
    Ok(())
}
