//! Is it a draft at all: known people, possible pairs, right scores, places enough?

use std::collections::BTreeMap;

use super::Violation;
use super::rules::Rules;
use crate::certificate::Certificate;
use crate::compiled::CompiledInstance;
use crate::instance::PairIds;
use crate::objective::ObjectiveValue;
use crate::profile::{Side, Sides};
use crate::solve::{Pair, Solution};

/// A draft that keeps all rules.
pub(super) struct Draft<'a> {
    pub compiled: &'a CompiledInstance,
    /// Scores by mentor and mentee.
    pub pairs: BTreeMap<(usize, usize), u32>,
    /// How many partners each person has.
    pub partners: Sides<Vec<u32>>,
    /// How many of them are pinned.
    pub pins: Sides<Vec<u32>>,
}

impl<'a> Draft<'a> {
    pub fn read(compiled: &'a CompiledInstance, rules: &Rules, solution: &Solution) -> Result<Self, Violation> {
        let nobody = Sides::from_fn(|side| vec![0; compiled.people(side).len()]);
        let mut draft = Self { compiled, pairs: BTreeMap::new(), partners: nobody.clone(), pins: nobody };
        for pair in &solution.pairs {
            draft.add(pair, rules)?;
        }
        for (mentor, mentee) in compiled.pinned_pairs() {
            if !draft.pairs.contains_key(&(mentor, mentee)) {
                return Err(Violation::PinNotKept(compiled.ids(mentor, mentee)));
            }
        }
        draft.check_capacities()?;
        for side in Side::BOTH {
            draft.check_unmatched(side, solution.unmatched.of(side))?;
        }
        Ok(draft)
    }

    fn add(&mut self, pair: &Pair, rules: &Rules) -> Result<(), Violation> {
        let ids = PairIds::new(&pair.mentor, &pair.mentee);
        let find = |side| {
            let unknown = || Violation::UnknownPerson { side, person: ids.id(side).to_owned() };
            self.compiled.position(side, ids.id(side)).ok_or_else(unknown)
        };
        let (mentor, mentee) = (find(Side::Mentor)?, find(Side::Mentee)?);
        let pinned = self.compiled.is_pinned(mentor, mentee);
        if pair.pinned != pinned {
            return Err(Violation::OtherPin(ids));
        }
        match rules.score(mentor, mentee) {
            None => return Err(Violation::InadmissiblePair(ids)),
            Some(expected) if expected != pair.score => {
                return Err(Violation::OtherScore { pair: ids, found: pair.score, expected });
            }
            Some(_) => {}
        }
        if self.pairs.insert((mentor, mentee), pair.score).is_some() {
            return Err(Violation::RepeatedPair(ids));
        }
        for (side, position) in [(Side::Mentor, mentor), (Side::Mentee, mentee)] {
            self.partners.of_mut(side)[position] += 1;
            self.pins.of_mut(side)[position] += u32::from(pinned);
        }
        Ok(())
    }

    fn check_capacities(&self) -> Result<(), Violation> {
        for side in Side::BOTH {
            let people = self.compiled.people(side);
            let mut partners = self.partners.of(side).iter().enumerate();
            if let Some((person, _)) = partners.find(|&(person, &partners)| partners > people.capacity(person)) {
                return Err(Violation::OverCapacity { side, person: people.id(person).to_owned() });
            }
        }
        Ok(())
    }

    fn check_unmatched(&self, side: Side, listed: &[String]) -> Result<(), Violation> {
        let people = self.compiled.people(side).ids().zip(self.partners.of(side));
        let without = people.filter(|(_, partners)| **partners == 0).map(|(id, _)| id);
        if without.eq(listed.iter().map(String::as_str)) { Ok(()) } else { Err(Violation::OtherUnmatched { side }) }
    }

    /// What the pairs add up to, if draft and certificate say the same.
    pub fn check_value(&self, solution: &Solution, certificate: &Certificate) -> Result<ObjectiveValue, Violation> {
        let matched = |side| self.partners.of(side).iter().filter(|partners| **partners > 0).count();
        let expected = ObjectiveValue {
            people: (matched(Side::Mentor) + matched(Side::Mentee)) as u64,
            pairs: self.pairs.len() as u64,
            total: self.pairs.values().map(|score| i64::from(*score)).sum(),
            least: solution.value.least,
        };
        let right = solution.value == expected && certificate.value == expected;
        if right { Ok(expected) } else { Err(Violation::OtherValue { expected }) }
    }
}
