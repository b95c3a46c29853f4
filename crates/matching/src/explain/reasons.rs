//! Why a draft is as it is.

use serde::{Deserialize, Serialize};

use super::prices::Prices;
use super::unmatched::{Row, Unmatched};
use super::{UnknownId, find};
use crate::compiled::CompiledInstance;
use crate::objective::{FULL_SCORE, Objective};
use crate::profile::{Side, Sides};
use crate::solve::Solution;

/// How many of the candidates that are held by others an [`Unmatched`] names.
const CANDIDATES_NAMED: usize = 10;

/// Somebody whom a person could have, and who holds their places in a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The candidate's id.
    pub id: String,
    /// From 0 to 10,000.
    pub score: u32,
    /// The candidate's places.
    pub places: u32,
    /// The candidate's partners in the draft.
    pub partners: Vec<String>,
    /// What a place with the candidate costs this person, in points: with a lower score, the pair cannot make any draft
    /// better than this one, as the dual prices prove; from this score on it may. `None` where no score is enough, because
    /// the places are pinned, or fewer people would have a partner, and where no prices prove anything, as in a stable
    /// draft. Of the person's own partners, their score.
    #[serde(default)]
    pub price: Option<u32>,
}

impl Candidate {
    /// How many points the pair lacks before it could be in a better draft.
    pub fn missing(&self) -> Option<u32> {
        self.price.map(|price| price.saturating_sub(self.score))
    }
}

/// A draft, to be asked for its reasons. Making it takes a look at each pair of the draft; an answer takes one at each
/// person across.
pub struct Reasons<'a> {
    pub(super) compiled: &'a CompiledInstance,
    objective: Objective,
    prices: Option<Prices<'a>>,
    /// By position.
    partners: Sides<Vec<Vec<u32>>>,
}

impl<'a> Reasons<'a> {
    /// Of the best draft of an instance.
    ///
    /// # Errors
    /// Somebody in the draft who is not among the people.
    pub fn new(compiled: &'a CompiledInstance, solution: &'a Solution) -> Result<Self, UnknownId> {
        let mut partners = Sides::from_fn(|side| vec![Vec::new(); compiled.people(side).len()]);
        for pair in &solution.pairs {
            let (mentor, mentee) =
                (find(compiled, Side::Mentor, &pair.mentor)?, find(compiled, Side::Mentee, &pair.mentee)?);
            partners.mentors[mentor].push(mentee as u32);
            partners.mentees[mentee].push(mentor as u32);
        }
        let prices = Prices::new(compiled, solution);
        Ok(Self { compiled, objective: solution.objective, prices, partners })
    }

    /// Why a person has no partner, or fewer than places.
    ///
    /// # Errors
    /// An id that is not among the people.
    pub fn unmatched(&self, side: Side, id: &str) -> Result<Unmatched, UnknownId> {
        let person = find(self.compiled, side, id)?;
        let row = Row::of(self.compiled, side, person);
        Ok(Unmatched {
            funnel: row.funnel(self.compiled),
            places: self.compiled.people(side).capacity(person),
            filled: self.partners.of(side)[person].len() as u32,
            candidates: self.candidates(&row),
            relax: row.relaxations(self),
        })
    }

    /// Who holds the places of somebody on the other side, such as of a person's first choice, and what they cost this
    /// person. It is said of any two, also of two whom a rule keeps apart.
    ///
    /// # Errors
    /// An id that is not among the people.
    pub fn candidate(&self, side: Side, id: &str, other: &str) -> Result<Candidate, UnknownId> {
        let (person, other) = (find(self.compiled, side, id)?, find(self.compiled, side.other(), other)?);
        let (mentor, mentee) = side.oriented(person, other);
        Ok(self.candidate_at(side, person, other, self.compiled.worth(mentor, mentee)))
    }

    fn candidates(&self, row: &Row) -> Vec<Candidate> {
        let score = |other| {
            let (mentor, mentee) = row.side.oriented(row.person, other);
            (self.compiled.worth(mentor, mentee), other)
        };
        let mut best: Vec<(u32, usize)> =
            row.open().filter(|&other| !self.has(row.side, row.person, other)).map(score).collect();
        best.sort_unstable_by_key(|&(score, other)| (std::cmp::Reverse(score), other));
        best.truncate(CANDIDATES_NAMED);
        best.into_iter().map(|(score, other)| self.candidate_at(row.side, row.person, other, score)).collect()
    }

    fn candidate_at(&self, side: Side, person: usize, other: usize, score: u32) -> Candidate {
        let (across, (mentor, mentee)) = (self.compiled.people(side.other()), side.oriented(person, other));
        let partners = &self.partners.of(side.other())[other];
        let price = if self.has(side, person, other) { Some(score) } else { self.price(mentor, mentee, score) };
        Candidate {
            id: across.id(other).to_owned(),
            score,
            places: across.capacity(other),
            partners: partners.iter().map(|&at| self.compiled.id(side, at as usize).to_owned()).collect(),
            price,
        }
    }

    /// Of a pair outside the draft. A pair that is possible as it is has not made a better one.
    fn price(&self, mentor: usize, mentee: usize, score: u32) -> Option<u32> {
        let at_least = if self.compiled.is_admissible(mentor, mentee) { score + 1 } else { 0 };
        let price = self.prices.as_ref()?.of(mentor, mentee)?.max(at_least);
        Some(price).filter(|&price| price <= FULL_SCORE)
    }

    fn has(&self, side: Side, person: usize, other: usize) -> bool {
        self.partners.of(side)[person].contains(&(other as u32))
    }

    pub(super) fn has_free_place(&self, side: Side, person: usize) -> bool {
        (self.partners.of(side)[person].len() as u32) < self.compiled.people(side).capacity(person)
    }

    /// Whether a draft with one more pair of this score is known to be better.
    pub(super) fn gains_by_one_more(&self, score: u32) -> bool {
        self.prices.is_some() && (self.objective != Objective::MaxTotal || score > 0)
    }

    /// Whether the prices prove that the draft stays the best if a pair of this score becomes possible.
    pub(super) fn stays_best_beside(&self, mentor: usize, mentee: usize, score: u32) -> bool {
        let price = self.prices.as_ref().map(|prices| prices.of(mentor, mentee));
        price.is_some_and(|price| price.is_none_or(|price| score < price))
    }
}
