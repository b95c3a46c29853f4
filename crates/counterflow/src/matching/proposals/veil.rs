//! Managers take part too. Of a proposal to themself they see no more than anybody on their side of it: a no of the other
//! side looks like silence, on every page that managers have.

use super::{Proposal, ProposalState, store};
use crate::{
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Access,
        ids::{PersonId, ProposalId, RoundId},
    },
    matching::board::DraftPair,
};

impl Proposal {
    /// The proposal as `person` may see it among those of a round. Reminders are left out of one to themself: none is
    /// sent after a no, so that they would tell it.
    fn veiled_from(mut self, person: PersonId, now: Timestamp) -> Self {
        let Some(side) = self.side_of(person) else { return self };
        self.reminded_at = None;
        self.state = self.seen_by(side, now);
        self.answered_at = match self.state {
            ProposalState::Proposed | ProposalState::AcceptedByFirst => None,
            ProposalState::Expired => Some(self.expires_at),
            _ => self.answered_at,
        };
        self.declined_by = self.declined_by.filter(|by| *by == side);
        self
    }
}

/// A proposal as a manager may see it.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn seen_by_manager(tx: &mut Tx, access: &Access<ProposalId>) -> Answer<Proposal> {
    let now = tx.now();
    Ok(store::proposal(tx, access).await?.veiled_from(access.viewer.person, now))
}

/// Every proposal of a round as the viewer may see it: open ones first, then by the mentee's name.
///
/// # Errors
/// When the database fails.
pub async fn of_round(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Vec<Proposal>> {
    let now = tx.now();
    let all = store::proposals(tx, access).await?.into_iter();
    let mut seen: Vec<Proposal> = all.map(|one| one.veiled_from(access.viewer.person, now)).collect();
    seen.sort_by_key(|one| !one.state.is_open());
    Ok(seen)
}

/// Shows pairs of a draft as proposed whose proposal looks open to the viewer.
pub(in crate::matching) async fn veil_draft(
    tx: &mut Tx,
    access: &Access<RoundId>,
    draft: &mut [DraftPair],
) -> Answer<()> {
    let viewer = access.viewer.person;
    if !draft.iter().any(|pair| pair.is_with(viewer) && pair.proposal.is_none()) {
        return Ok(());
    }
    let seen = of_round(tx, access).await?;
    for pair in draft.iter_mut().filter(|pair| pair.is_with(viewer) && pair.proposal.is_none()) {
        let same = |one: &&Proposal| (one.mentor_id, one.mentee_id) == (pair.mentor_id, pair.mentee_id);
        pair.proposal = seen.iter().filter(|one| one.state.is_open()).find(same).map(|one| one.state);
    }
    Ok(())
}

/// Refuses a manager's act on a proposal to themself: what came of it would tell how the other side answered.
///
/// # Errors
/// `own_proposal`.
pub(super) fn refuse_own(proposal: &Proposal, access: &Access<ProposalId>) -> Answer<()> {
    match proposal.side_of(access.viewer.person) {
        Some(_) => Err(Error::conflict("own_proposal")),
        None => Ok(()),
    }
}
