//! Proposals: a draft pair becomes a question to both sides, one after the other. Whoever is asked first decides in
//! private; the other side knows of nothing until the first has said yes.
//!
//! What a person holds here (a place for a partner) is taken by the first yes. Every verb that takes or frees a place
//! locks the round, so that of many who say yes to the last place exactly one gets it.

mod answer;
pub mod launch;
mod letters;
pub mod pages;
mod send;
pub(super) mod store;
pub(super) mod ties_store;
mod together;
mod upkeep;
mod veil;

pub use answer::{Answered, Decline, accept, decline, undo_decline};
pub use send::{Plan, Planned, Skip, count_to_send, plan, send};
pub use store::{Declined, Proposal, proposal};
pub use upkeep::{end_with_round, expire_due, never_began, remind, withdraw, withdraw_leaver};
pub(super) use veil::veil_draft;
pub use veil::{of_round, seen_by_manager};

use jiff::SignedDuration;

use super::{AskedFirst, ProposalState};
use crate::{
    kernel::{
        clock::Timestamp,
        error::{Answer, Error},
        guard::{Access, ByServer},
        ids::{ParticipantId, PersonId, ProposalId, RoundId},
        rights::Role,
    },
    programs::{AskingOrder, Side},
};

impl AskedFirst {
    /// The side, if one is asked.
    #[must_use]
    pub fn side(self) -> Option<Side> {
        match self {
            Self::Mentor => Some(Side::Mentor),
            Self::Mentee => Some(Side::Mentee),
            Self::Nobody => None,
        }
    }
}

impl From<AskingOrder> for AskedFirst {
    fn from(order: AskingOrder) -> Self {
        match order {
            AskingOrder::MenteeThenMentor => Self::Mentee,
            AskingOrder::MentorThenMentee => Self::Mentor,
            AskingOrder::ManagerDecides => Self::Nobody,
        }
    }
}

impl Proposal {
    /// Leave for its round: whoever holds a `Proposal` was let in to it.
    #[must_use]
    pub fn round_leave(&self) -> ByServer<RoundId> {
        ByServer(self.round_id)
    }

    /// Leave for the participant on a side.
    #[must_use]
    pub fn participant_leave(&self, side: Side) -> ByServer<ParticipantId> {
        ByServer(self.participant_on(side))
    }

    /// Whose answer is awaited.
    #[must_use]
    pub fn awaited(&self) -> Option<Side> {
        let first = self.asked_first.side()?;
        match self.state {
            ProposalState::Proposed => Some(first),
            ProposalState::AcceptedByFirst => Some(first.other()),
            _ => None,
        }
    }

    /// The last minute in which whoever is asked can answer. Midnight belongs to the day before it.
    #[must_use]
    pub fn last_minute(&self) -> Timestamp {
        self.expires_at.minus(SignedDuration::from_mins(1))
    }

    /// On which side of it somebody is, if on any.
    #[must_use]
    pub fn side_of(&self, person: PersonId) -> Option<Side> {
        [Side::Mentor, Side::Mentee].into_iter().find(|side| self.person_on(*side) == person)
    }

    /// Whether a side was ever asked, and so may know.
    #[must_use]
    pub fn was_asked(&self, side: Side) -> bool {
        self.asked_first.side().is_none_or(|first| first == side) || self.second_asked_at.is_some()
    }

    /// The state as a side may see it. A no of the other side is never shown: until the time to answer is over it looks
    /// as if the other side were still thinking, from then on as if nobody had answered. Both end at the same moment,
    /// whenever the hourly job comes by.
    #[must_use]
    pub fn seen_by(&self, side: Side, now: Timestamp) -> ProposalState {
        match (self.state, self.declined_by) {
            (ProposalState::Declined, Some(by)) if by != side => match self.second_asked_at {
                _ if now >= self.expires_at => ProposalState::Expired,
                Some(_) => ProposalState::AcceptedByFirst,
                None => ProposalState::Proposed,
            },
            (state, _) if state.is_open() && now >= self.expires_at => ProposalState::Expired,
            (state, _) => state,
        }
    }

    /// Whether a side said yes, as that side may see it.
    fn has_yes_of(&self, side: Side, now: Timestamp) -> bool {
        match self.seen_by(side, now) {
            ProposalState::Accepted => true,
            ProposalState::AcceptedByFirst => self.asked_first.side() == Some(side),
            _ => false,
        }
    }
}

/// On which side of a proposal the viewer is.
///
/// # Errors
/// [`Error::NotFound`] for somebody who is on neither.
pub fn side_of(access: &Access<ProposalId>) -> Answer<Side> {
    match (access.has(Role::Mentee), access.has(Role::Mentor)) {
        (true, _) => Ok(Side::Mentee),
        (_, true) => Ok(Side::Mentor),
        _ => Err(Error::NotFound),
    }
}
