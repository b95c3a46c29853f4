//! What is still open when a round closes: counts over what later stations keep. Numbers only; nothing of a pair is read.

use crate::{
    fetch_one,
    kernel::{db::Tx, error::Answer, guard::Access, ids::RoundId},
};

/// The counts.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Counts {
    /// Pairs that meet.
    pub active: i64,
    /// Pairs that do not meet for a while.
    pub paused: i64,
    /// Pairs that reached the end.
    pub completed: i64,
    /// Pairs that stopped before.
    pub ended_early: i64,
    /// Meetings that took place.
    pub held: i64,
    /// Meetings that have a time and are still to come.
    pub planned: i64,
    /// People who were asked the last questions.
    pub asked: i64,
    /// Of them, those who answered.
    pub answered: i64,
}

impl Counts {
    /// All pairs there ever were.
    pub fn pairs(&self) -> i64 {
        self.active + self.paused + self.completed + self.ended_early
    }

    /// Pairs that closing completes.
    pub fn open(&self) -> i64 {
        self.active + self.paused
    }
}

pub(super) async fn counts(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Counts> {
    let now = tx.now();
    Ok(fetch_one!(
        tx,
        Counts,
        "with p as (select id, state from pairs where round_id = $1),
              m as (select meetings.state, meetings.starts_at from meetings join p on p.id = meetings.pair_id),
              c as (select answered_at from checkins where round_id = $1 and occasion = 'endline')
         select (select count(*) from p where state = 'active') as active,
                (select count(*) from p where state = 'paused') as paused,
                (select count(*) from p where state = 'completed') as completed,
                (select count(*) from p where state = 'ended_early') as ended_early,
                (select count(*) from m where state = 'held') as held,
                (select count(*) from m where state = 'planned' and starts_at > $2) as planned,
                (select count(*) from c) as asked,
                (select count(*) from c where answered_at is not null) as answered",
        access.id,
        now
    )?)
}
