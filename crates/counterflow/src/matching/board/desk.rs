//! A run's people and criteria, laid out again to judge pairs that are not in its draft.

use std::collections::HashMap;

use counterflow_matching::{CompiledInstance, PairIds, SwappedPair, explain_pair};

use super::{Swap, Two, store::DraftPair};
use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        ids::{ParticipantId, PersonId},
    },
    matching::{
        Why,
        inputs::Inputs,
        runs::{self, Run},
    },
    programs::{self, Round, Side, template::Template},
};

/// What is needed to judge any pair of a run. It reads the run's own inputs, so its points are those of the draft.
pub struct Desk {
    compiled: CompiledInstance,
    people: HashMap<ParticipantId, PersonId>,
    participants: HashMap<(Side, PersonId), ParticipantId>,
    capacity: HashMap<ParticipantId, usize>,
    design: Template,
}

/// Another mentor for a mentee, with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// What would be done.
    pub swap: Swap,
    /// The new pair's score.
    pub score: u32,
    /// What the draft's total loses; below 0, what it gains (only where the aim is not the total).
    pub price: i64,
    /// Who else moves: a mentee, the present score, and the score with the first mentor.
    pub moves: Option<(ParticipantId, u32, u32)>,
}

impl Desk {
    /// Lays it out.
    ///
    /// # Errors
    /// A defect if the run's inputs are missing, or when the database fails.
    pub async fn open(tx: &mut Tx, round: &Round, run: &Run) -> Answer<Self> {
        let inputs = runs::store::inputs(tx, run).await?.ok_or(Error::NotFound)?;
        let design = programs::program_of(tx, round).await?.design;
        let criteria = run.criteria.clone();
        let work = tokio::task::spawn_blocking(move || Self::of(&inputs, &criteria, design));
        work.await.map_err(Error::defect)?
    }

    fn of(inputs: &Inputs, criteria: &str, design: Template) -> Answer<Self> {
        let compiled = runs::compile(inputs, criteria).map_err(|_| Error::defect("stored inputs no longer compile"))?;
        let both = [Side::Mentor, Side::Mentee];
        let entrants = || both.into_iter().flat_map(|side| inputs.side(side).iter().map(move |one| (side, one)));
        Ok(Self {
            compiled,
            people: entrants().map(|(_, one)| (one.participant, one.person)).collect(),
            participants: entrants().map(|(side, one)| ((side, one.person), one.participant)).collect(),
            capacity: entrants().map(|(_, one)| (one.participant, one.capacity as usize)).collect(),
            design,
        })
    }

    fn ids(&self, two: Two) -> Option<PairIds> {
        Some(PairIds::new(self.people.get(&two.mentor)?.to_string(), self.people.get(&two.mentee)?.to_string()))
    }

    /// The score of a pair and the rules that it breaks.
    fn judge(&self, two: Two) -> Option<SwappedPair> {
        let pair = self.ids(two)?;
        // A pair that "swaps" with itself is judged, and nothing else.
        let [judged, _] = counterflow_matching::swap(&self.compiled, &pair, &pair).ok()?.pairs;
        Some(judged)
    }

    fn possible(&self, two: Two) -> Option<u32> {
        self.judge(two).filter(|judged| judged.broken.is_empty()).map(|judged| judged.score)
    }

    /// Why these two could be a pair; `None` if a rule stands against it.
    #[must_use]
    pub fn why(&self, two: Two) -> Option<Why> {
        self.possible(two)?;
        let pair = self.ids(two)?;
        let rationale = explain_pair(&self.compiled, &pair.mentor, &pair.mentee).ok()?;
        let judged = (rationale.score, rationale.pinned);
        Some(Why::new(self.compiled.criteria(), judged, rationale.parts, |key| self.design.topic_name(key).to_owned()))
    }

    /// Whether a mentor has room beside their pairs in the draft.
    #[must_use]
    pub fn has_free_place(&self, mentor: ParticipantId, draft: &[DraftPair]) -> bool {
        let held = draft.iter().filter(|pair| pair.mentor_id == mentor).count();
        self.capacity.get(&mentor).is_some_and(|capacity| held < *capacity)
    }

    /// Every other mentor that the mentee of a pair could have, cheapest first: those with room at the difference of
    /// the two fits, the others in exchange for whichever of their mentees loses least by it.
    #[must_use]
    pub fn alternatives(&self, first: Two, draft: &[DraftPair]) -> Vec<Alternative> {
        let present = self.judge(first).map_or(0, |judged| judged.score);
        let mut held: HashMap<ParticipantId, Vec<&DraftPair>> = HashMap::new();
        for pair in draft {
            held.entry(pair.mentor_id).or_default().push(pair);
        }
        let has = |mentor: ParticipantId, mentee: ParticipantId| {
            held.get(&mentor).is_some_and(|pairs| pairs.iter().any(|pair| pair.mentee_id == mentee))
        };
        let mentors = self.compiled.people(counterflow_matching::Side::Mentor).ids();
        let mentors = mentors.filter_map(|id| self.participants.get(&(Side::Mentor, id.parse().ok()?)));
        let mut found: Vec<Alternative> = mentors
            .filter(|to| !has(**to, first.mentee))
            .filter_map(|&to| {
                let score = self.possible(Two { mentor: to, mentee: first.mentee })?;
                let gain = i64::from(score) - i64::from(present);
                let with =
                    |exchange, price, moves| Alternative { swap: Swap { first, to, exchange }, score, price, moves };
                let theirs = held.get(&to).map_or(&[][..], Vec::as_slice);
                if theirs.len() < self.capacity.get(&to).copied().unwrap_or(0) {
                    return Some(with(None, -gain, None));
                }
                let exchange = |pair: &&&DraftPair| !pair.is_fixed() && !has(first.mentor, pair.mentee_id);
                let partner = theirs.iter().filter(exchange).filter_map(|pair| {
                    let before = u32::try_from(pair.score).unwrap_or(0);
                    let after = self.possible(Two { mentor: first.mentor, mentee: pair.mentee_id })?;
                    Some((pair.mentee_id, before, after))
                });
                let (mentee, before, after) =
                    partner.max_by_key(|(_, before, after)| i64::from(*after) - i64::from(*before))?;
                let price = -gain - (i64::from(after) - i64::from(before));
                Some(with(Some(mentee), price, Some((mentee, before, after))))
            })
            .collect();
        found.sort_by_key(|alternative| (alternative.price, std::cmp::Reverse(alternative.score)));
        found
    }
}
