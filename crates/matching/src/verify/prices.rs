//! Do the prices prove it: is nothing outside the draft worth more than it costs, and does the draft reach the bound?

use std::collections::BTreeMap;

use super::Violation;
use super::draft::Draft;
use super::rules::Rules;
use crate::certificate::Certificate;
use crate::profile::{Side, Sides};

/// Prices and rents by position, beside the draft that they price.
pub(super) struct PriceList<'d> {
    draft: &'d Draft<'d>,
    pair_bonus: i64,
    first_place: i64,
    prices: Sides<Vec<i64>>,
    rents: BTreeMap<(usize, usize), i64>,
}

/// What the price of a person depends on.
struct Places {
    /// Places that pins leave.
    free: u32,
    /// How many of them the draft fills.
    filled: u32,
    /// What the first of them is worth beyond a further one.
    bonus: i64,
}

impl<'d> PriceList<'d> {
    pub fn read(draft: &'d Draft, certificate: &Certificate) -> Result<Self, Violation> {
        let read = |side| {
            let prices = certificate.prices.of(side);
            let complete = prices.keys().map(String::as_str).eq(draft.compiled.people(side).ids());
            if complete { Ok(prices.values().copied().collect()) } else { Err(Violation::OtherPeople { side }) }
        };
        let mut list = Self {
            draft,
            pair_bonus: certificate.bonus.pair,
            first_place: certificate.bonus.first_place,
            prices: Sides { mentors: read(Side::Mentor)?, mentees: read(Side::Mentee)? },
            rents: BTreeMap::new(),
        };
        list.read_rents(certificate)?;
        Ok(list)
    }

    fn read_rents(&mut self, certificate: &Certificate) -> Result<(), Violation> {
        let compiled = self.draft.compiled;
        for entry in &certificate.rents {
            let mentor = compiled.position(Side::Mentor, &entry.pair.mentor);
            let mentee = compiled.position(Side::Mentee, &entry.pair.mentee);
            let free = mentor.zip(mentee).filter(|pair| {
                self.draft.pairs.contains_key(pair) && !compiled.is_pinned(pair.0, pair.1) && entry.rent > 0
            });
            let twice = free.is_some_and(|pair| self.rents.insert(pair, entry.rent).is_some());
            if free.is_none() || twice {
                return Err(Violation::GroundlessRent(entry.pair.clone()));
            }
        }
        Ok(())
    }

    fn places(&self, side: Side, position: usize) -> Places {
        let pins = self.draft.pins.of(side)[position];
        Places {
            free: self.draft.compiled.people(side).capacity(position) - pins,
            filled: self.draft.partners.of(side)[position] - pins,
            bonus: if pins == 0 { self.first_place } else { 0 },
        }
    }

    /// An idle place costs nothing, and a filled one at least what it could be had for.
    pub fn check_places(&self) -> Result<(), Violation> {
        for side in Side::BOTH {
            for (position, &price) in self.prices.of(side).iter().enumerate() {
                let Places { free, filled, bonus } = self.places(side, position);
                let further = price - bonus;
                let fits = match filled {
                    0 => price == 0,
                    _ if filled < free => price >= 0 && further <= 0,
                    1 => price >= 0,
                    _ => price >= 0 && further >= 0,
                };
                if !fits {
                    let person = self.draft.compiled.id(side, position).to_owned();
                    return Err(Violation::WrongPrice { side, person, price });
                }
            }
        }
        Ok(())
    }

    fn priced(&self, mentor: usize, mentee: usize) -> i64 {
        self.prices.mentors[mentor] + self.prices.mentees[mentee]
    }

    fn worth(&self, mentor: usize, mentee: usize, score: u32) -> i64 {
        let bonuses = self.places(Side::Mentor, mentor).bonus + self.places(Side::Mentee, mentee).bonus;
        i64::from(score) + self.pair_bonus + bonuses
    }

    /// Every pair that was chosen is worth exactly its places and its rent.
    pub fn check_draft(&self) -> Result<(), Violation> {
        for (&(mentor, mentee), &score) in &self.draft.pairs {
            let rent = self.rents.get(&(mentor, mentee)).copied().unwrap_or(0);
            let (worth, priced) = (self.worth(mentor, mentee, score), self.priced(mentor, mentee) + rent);
            if worth != priced && !self.draft.compiled.is_pinned(mentor, mentee) {
                return Err(Violation::WrongRent { pair: self.draft.compiled.ids(mentor, mentee), worth, priced });
            }
        }
        Ok(())
    }

    /// No pair that could have been chosen and was not is worth more than its places. Returns how many could have been.
    pub fn check_all_pairs(&self, rules: &Rules) -> Result<u64, Violation> {
        let compiled = self.draft.compiled;
        let mut checked = 0;
        for mentee in (0..compiled.people(Side::Mentee).len()).filter(|&at| self.places(Side::Mentee, at).free > 0) {
            for mentor in 0..compiled.people(Side::Mentor).len() {
                if self.places(Side::Mentor, mentor).free == 0 || compiled.is_pinned(mentor, mentee) {
                    continue;
                }
                let Some(score) = rules.score(mentor, mentee) else { continue };
                checked += 1;
                let (worth, priced) = (self.worth(mentor, mentee, score), self.priced(mentor, mentee));
                if worth > priced && !self.rents.contains_key(&(mentor, mentee)) {
                    return Err(Violation::Underpriced { pair: compiled.ids(mentor, mentee), worth, priced });
                }
            }
        }
        Ok(checked)
    }

    /// The sum of all prices and rents, and of what the pins are worth whatever else is chosen.
    pub fn bound(&self) -> i64 {
        let compiled = self.draft.compiled;
        let people =
            Side::BOTH.map(|side| (0..compiled.people(side).len()).map(|at| self.person_bound(side, at)).sum());
        let [mentors, mentees]: [i64; 2] = people;
        let pins = compiled.pinned_pairs().map(|pair| i64::from(self.draft.pairs[&pair]) + self.pair_bonus);
        mentors + mentees + pins.sum::<i64>() + self.rents.values().sum::<i64>()
    }

    fn person_bound(&self, side: Side, position: usize) -> i64 {
        let Places { free, bonus, .. } = self.places(side, position);
        let pinned = if self.draft.pins.of(side)[position] > 0 { self.first_place } else { 0 };
        let price = self.prices.of(side)[position];
        let further = (price - bonus).max(0) * i64::from(free.saturating_sub(1));
        pinned + if free > 0 { price + further } else { 0 }
    }
}
