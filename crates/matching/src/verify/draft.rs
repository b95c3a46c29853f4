//! Is it a draft at all: known people, possible pairs, right scores, places enough?

use super::Violation;
use super::rules::{At, Rules};
use super::score::{Facing, Scorer};
use crate::certificate::Certificate;
use crate::compiled::CompiledInstance;
use crate::instance::PairIds;
use crate::objective::ObjectiveValue;
use crate::people::People;
use crate::profile::{Side, Sides};
use crate::solve::{Pair, Solution};

/// A draft that keeps all rules.
pub(super) struct Draft<'a> {
    pub compiled: &'a CompiledInstance,
    pub rules: &'a Rules<'a>,
    /// Pairs with their scores, in order.
    pub pairs: Vec<(At, u32)>,
    /// How many partners each person has.
    pub partners: Sides<Vec<u32>>,
    /// How many of them are pinned.
    pub pins: Sides<Vec<u32>>,
}

impl<'a> Draft<'a> {
    pub fn read(
        compiled: &'a CompiledInstance,
        rules: &'a Rules<'a>,
        scorer: &Scorer,
        solution: &Solution,
    ) -> Result<Self, Violation> {
        let nobody = Sides::from_fn(|side| vec![0; compiled.people(side).len()]);
        let pairs = Vec::with_capacity(solution.pairs.len());
        let mut draft = Self { compiled, rules, pairs, partners: nobody.clone(), pins: nobody };
        let mut judge = Judge::new(rules, scorer);
        let mut last = 0;
        for pair in &solution.pairs {
            last = draft.add(pair, &mut judge, last)?;
        }
        draft.pairs.sort_unstable();
        if let Some(twice) = draft.pairs.windows(2).find(|both| both[0].0 == both[1].0) {
            return Err(Violation::RepeatedPair(draft.ids(twice[0].0)));
        }
        if let Some(&pin) = rules.pins().iter().find(|&&pin| draft.score(pin).is_none()) {
            return Err(Violation::PinNotKept(draft.ids(pin)));
        }
        draft.check_capacities()?;
        for side in Side::BOTH {
            draft.check_unmatched(side, solution.unmatched.of(side))?;
        }
        Ok(draft)
    }

    /// Adds a pair. Pairs come in the order of mentors as a rule, so that one is found near the last.
    fn add(&mut self, pair: &Pair, judge: &mut Judge, last: usize) -> Result<usize, Violation> {
        let ids = || PairIds::new(&pair.mentor, &pair.mentee);
        let unknown = |side| move || Violation::UnknownPerson { side, person: pair.id(side).to_owned() };
        let mentor = position_from(self.compiled.people(Side::Mentor), last, &pair.mentor);
        let mentor = mentor.ok_or_else(unknown(Side::Mentor))?;
        let mentee = self.compiled.people(Side::Mentee).position(&pair.mentee).ok_or_else(unknown(Side::Mentee))?;
        let at = (mentor as u32, mentee as u32);
        let pinned = self.rules.is_pinned(at);
        if pair.pinned != pinned {
            return Err(Violation::OtherPin(ids()));
        }
        match judge.score(at) {
            None => return Err(Violation::InadmissiblePair(ids())),
            Some(expected) if expected != pair.score => {
                return Err(Violation::OtherScore { pair: ids(), found: pair.score, expected });
            }
            Some(_) => self.pairs.push((at, pair.score)),
        }
        for (side, position) in [(Side::Mentor, mentor), (Side::Mentee, mentee)] {
            self.partners.of_mut(side)[position] += 1;
            self.pins.of_mut(side)[position] += u32::from(pinned);
        }
        Ok(mentor)
    }

    /// The score of a pair of the draft.
    pub fn score(&self, pair: At) -> Option<u32> {
        self.pairs.binary_search_by_key(&pair, |&(pair, _)| pair).ok().map(|at| self.pairs[at].1)
    }

    pub fn ids(&self, (mentor, mentee): At) -> PairIds {
        self.compiled.ids(mentor as usize, mentee as usize)
    }

    /// The places of a person that pins leave.
    pub fn free(&self, side: Side, position: usize) -> u32 {
        self.compiled.people(side).capacity(position) - self.pins.of(side)[position]
    }

    /// How many pairs could have been chosen, as far as places and pins go.
    pub fn open_pairs(&self) -> u64 {
        let open = |side, at: usize| self.free(side, at) > 0;
        let count = |side| (0..self.compiled.people(side).len()).filter(|&at| open(side, at)).count() as u64;
        let both =
            |&&(mentor, mentee): &&At| open(Side::Mentor, mentor as usize) && open(Side::Mentee, mentee as usize);
        count(Side::Mentor) * count(Side::Mentee) - self.rules.pins().iter().filter(both).count() as u64
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

    /// The lowest score of a pair that is not pinned.
    pub fn least(&self) -> Option<u32> {
        self.pairs.iter().filter(|&&(pair, _)| !self.rules.is_pinned(pair)).map(|&(_, score)| score).min()
    }

    /// What the pairs add up to, if draft and certificate say the same.
    pub fn check_value(&self, solution: &Solution, certificate: &Certificate) -> Result<ObjectiveValue, Violation> {
        let matched = |side| self.partners.of(side).iter().filter(|partners| **partners > 0).count();
        let expected = ObjectiveValue {
            people: (matched(Side::Mentor) + matched(Side::Mentee)) as u64,
            pairs: self.pairs.len() as u64,
            total: self.pairs.iter().map(|&(_, score)| i64::from(score)).sum(),
            least: self.least(),
        };
        let right = solution.value == expected && certificate.value == expected;
        if right { Ok(expected) } else { Err(Violation::OtherValue { expected }) }
    }
}

/// Scores single pairs.
pub(super) struct Judge<'a> {
    rules: &'a Rules<'a>,
    facing: Facing<'a>,
    columns: Side,
}

impl<'a> Judge<'a> {
    pub fn new(rules: &'a Rules<'a>, scorer: &'a Scorer<'a>) -> Self {
        Self { rules, facing: Facing::new(scorer), columns: scorer.columns }
    }

    /// The score of a pair that may be in a draft; pinned pairs always may.
    pub fn score(&mut self, pair: At) -> Option<u32> {
        let (row, column) = match self.columns {
            Side::Mentor => (pair.1, pair.0),
            Side::Mentee => (pair.0, pair.1),
        };
        self.facing.face(row as usize);
        if self.rules.is_pinned(pair) {
            return Some(self.facing.score_without_rules(column as usize));
        }
        self.facing.score(column as usize).filter(|_| !self.rules.are_apart(pair))
    }
}

/// The position of somebody who is not far behind another as a rule.
fn position_from(people: &People, from: usize, id: &str) -> Option<usize> {
    if from >= people.len() || people.id(from) > id {
        return people.position(id);
    }
    let (mut from, mut step) = (from, 1);
    while from + step < people.len() && people.id(from + step) <= id {
        from += step;
        step *= 2;
    }
    let mut to = people.len().min(from + step);
    while to - from > 1 {
        let middle = from.midpoint(to);
        if people.id(middle) <= id { from = middle } else { to = middle }
    }
    (people.id(from) == id).then_some(from)
}
