//! The statements on pairs, agreements, signatures and delegations.

use super::State;
use crate::{
    fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{PairId, PersonId, ProposalId, RoundId},
    },
    programs::Side,
};

/// A pair, with the names that every page needs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Pair {
    /// Which.
    pub id: PairId,
    /// In which round.
    pub round_id: RoundId,
    /// What it began with.
    pub proposal_id: ProposalId,
    /// The mentor.
    pub mentor_id: PersonId,
    /// The mentor's name.
    pub mentor: String,
    /// The mentee.
    pub mentee_id: PersonId,
    /// The mentee's name.
    pub mentee: String,
    /// How it stands.
    pub state: State,
    /// JSON: why these two (`counterflow_matching::Rationale`).
    pub rationale: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Pair {
    /// On which side a person is, if on any.
    #[must_use]
    pub fn side_of(&self, person: PersonId) -> Option<Side> {
        if person == self.mentor_id {
            Some(Side::Mentor)
        } else if person == self.mentee_id {
            Some(Side::Mentee)
        } else {
            None
        }
    }

    /// Who is on a side.
    #[must_use]
    pub fn person_on(&self, side: Side) -> PersonId {
        match side {
            Side::Mentor => self.mentor_id,
            Side::Mentee => self.mentee_id,
        }
    }

    /// The name of whoever is on a side.
    #[must_use]
    pub fn name_on(&self, side: Side) -> &str {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }
}

/// A pair.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn pair(tx: &mut Tx, leave: &impl Leave<PairId>) -> Answer<Pair> {
    let found = fetch_optional!(
        tx,
        Pair,
        "select pairs.id, pairs.round_id, pairs.proposal_id, pairs.mentor_id, mentor.name as mentor, pairs.mentee_id,
                mentee.name as mentee, pairs.state, pairs.rationale, pairs.began_at, pairs.ended_at
         from pairs join people mentor on mentor.id = pairs.mentor_id join people mentee on mentee.id = pairs.mentee_id
         where pairs.id = $1",
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}
