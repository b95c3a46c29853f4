//! The statements on nudges.

use crate::{
    execute, fetch_all, fetch_one,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{PairId, PersonId, RoundId},
    },
};

/// Somebody who was written to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Nudged {
    /// About which pair.
    pub pair_id: PairId,
    /// Who.
    pub person_id: PersonId,
    /// When.
    pub sent_at: Timestamp,
}

/// Everybody in a round's pairs who was written to since, about whichever pair, the latest first.
pub(super) async fn since(tx: &mut Tx, leave: &impl Leave<RoundId>, since: Timestamp) -> Answer<Vec<Nudged>> {
    Ok(fetch_all!(
        tx,
        Nudged,
        "select n.pair_id, n.person_id, n.sent_at from nudges n
         where n.sent_at > $1 and n.person_id in (select mentor_id from pairs where round_id = $2
                                                  union select mentee_id from pairs where round_id = $2)
         order by n.sent_at desc",
        since,
        leave.id()
    )?)
}

/// How often a person was written to since.
pub(super) async fn count_since(tx: &mut Tx, person: PersonId, since: Timestamp) -> Answer<i64> {
    let (count,) =
        fetch_one!(tx, (i64,), "select count(*) from nudges where person_id = $1 and sent_at > $2", person, since)?;
    Ok(count)
}

pub(super) async fn insert(tx: &mut Tx, pair: PairId, person: PersonId, reason: &str, by: PersonId) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into nudges (pair_id, person_id, reason, sent_by, sent_at) values ($1, $2, $3, $4, $5)",
        pair,
        person,
        reason,
        by,
        now
    )?;
    Ok(())
}
