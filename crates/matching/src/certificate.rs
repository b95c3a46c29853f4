//! The proof of optimality, in a form that can be stored and checked later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::instance::PairIds;
use crate::objective::{Bonus, Objective, ObjectiveValue};
use crate::profile::{Profile, Side};
use crate::solve::Solution;

/// Dual prices that prove a draft to be the best: give every person's place a price so that no pair outside the draft
/// is worth more than its two places cost, and every pair inside is worth exactly its places plus its rent. Whatever
/// draft somebody else proposes, its worth is then at most the sum of prices and rents, which this draft reaches.
///
/// A pair is worth its score, plus [`Bonus::pair`], plus [`Bonus::first_place`] for each of the two people without
/// pins; a place beyond a person's first costs `first_place` less (for people without pins). [`verify`](crate::verify)
/// checks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// By what the draft is the best.
    pub objective: Objective,
    /// Of people, criteria, org tree, pins and forbidden pairs: the certificate speaks of this input only.
    pub fingerprint: String,
    /// What the draft reaches.
    pub value: ObjectiveValue,
    /// The constants of the objective.
    pub bonus: Bonus,
    /// The price of each mentor's first free place, 0 or more.
    pub mentors: BTreeMap<String, i64>,
    /// The price of each mentee's first free place, 0 or more.
    pub mentees: BTreeMap<String, i64>,
    /// What pairs of the draft are worth beyond their two places, where it is more than 0: such a pair would be
    /// chosen again if only it were possible twice.
    pub rents: Vec<Rent>,
}

/// What a pair is worth beyond its two places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rent {
    /// The pair.
    #[serde(flatten)]
    pub pair: PairIds,
    /// More than 0.
    pub rent: i64,
}

impl Certificate {
    /// Writes down what proves the solution of this instance.
    pub fn new(compiled: &CompiledInstance, solution: &Solution) -> Self {
        let [mentors, mentees] = Side::BOTH.map(|side| compiled.people(side));
        let named = |people: &[Profile], prices: &[i64]| {
            people.iter().map(|person| person.id.clone()).zip(prices.iter().copied()).collect::<BTreeMap<_, _>>()
        };
        let mut certificate = Self {
            objective: solution.objective,
            fingerprint: compiled.fingerprint(),
            value: solution.value,
            bonus: Bonus::new(solution.objective, mentors.len(), mentees.len()),
            mentors: named(mentors, &solution.prices.mentors),
            mentees: named(mentees, &solution.prices.mentees),
            rents: Vec::new(),
        };
        certificate.rents = certificate.rents_of(compiled, solution);
        certificate
    }

    fn rents_of(&self, compiled: &CompiledInstance, solution: &Solution) -> Vec<Rent> {
        let [mentor_pins, mentee_pins] = Side::BOTH.map(|side| compiled.pins(side));
        let first_place = |pins: u32| if pins == 0 { self.bonus.first_place } else { 0 };
        let free = solution.pairs.iter().filter(|pair| !pair.pinned);
        free.filter_map(|pair| {
            let mentor = compiled.position(Side::Mentor, &pair.mentor)?;
            let mentee = compiled.position(Side::Mentee, &pair.mentee)?;
            let bonus = self.bonus.pair + first_place(mentor_pins[mentor]) + first_place(mentee_pins[mentee]);
            let rent = i64::from(pair.score) + bonus - solution.prices.mentors[mentor] - solution.prices.mentees[mentee];
            (rent > 0).then(|| Rent { pair: PairIds::new(&pair.mentor, &pair.mentee), rent })
        })
        .collect()
    }
}
