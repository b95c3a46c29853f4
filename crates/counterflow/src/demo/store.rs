//! What has come to the cast since they looked last.

use crate::{
    fetch_all, fetch_optional,
    kernel::{
        db::Tx,
        error::Answer,
        ids::{CheckinId, PairId, PersonId, ProposalId, RoundId, RunId},
    },
    programs::Side,
};

pub(super) async fn latest_run(tx: &mut Tx, round: RoundId) -> Answer<Option<RunId>> {
    let row = fetch_optional!(
        tx,
        (RunId,),
        "select id from match_runs where round_id = $1 and state = 'done' order by number desc limit 1",
        round
    )?;
    Ok(row.map(|(id,)| id))
}

/// Proposals that wait for an answer: which, on which side, and from whom.
pub(super) async fn awaited(tx: &mut Tx) -> Answer<Vec<(ProposalId, Side, PersonId)>> {
    Ok(fetch_all!(
        tx,
        (ProposalId, Side, PersonId),
        "select p.id, p.side, participants.person_id
         from (select id, mentor_id, mentee_id,
                      case when (state = 'proposed') = (asked_first = 'mentee') then 'mentee' else 'mentor' end as side
               from proposals where state in ('proposed', 'accepted_by_first')) p
         join participants on participants.id = case when p.side = 'mentee' then p.mentee_id else p.mentor_id end
         order by p.id"
    )?)
}

pub(super) async fn pairs(tx: &mut Tx) -> Answer<Vec<(PairId, PersonId, PersonId)>> {
    Ok(fetch_all!(
        tx,
        (PairId, PersonId, PersonId),
        "select id, mentor_id, mentee_id from pairs order by began_at, id"
    )?)
}

/// Check-ins that wait for an answer: which, on which side, and from whom.
pub(super) async fn open_checkins(tx: &mut Tx) -> Answer<Vec<(CheckinId, Side, PersonId)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (CheckinId, Side, PersonId),
        "select id, side, person_id from checkins where answered_at is null and due_at > $1 order by id",
        now
    )?)
}
