//! Do the prices prove it: is nothing outside the draft worth more than it costs, and does the draft reach the bound?

use std::collections::BTreeMap;

use super::Violation;
use super::draft::Draft;
use super::pairs::{Ask, Claim, Limit};
use super::rules::At;
use super::score::{Facing, Scorer};
use crate::certificate::Rent;
use crate::objective::{Bonus, FULL_SCORE};
use crate::profile::{Side, Sides};

/// Prices and rents by position, beside the draft that they price.
pub(super) struct PriceList<'d> {
    draft: &'d Draft<'d>,
    pair_bonus: i64,
    first_place: i64,
    prices: Sides<Vec<i64>>,
    /// In order.
    rents: Vec<(At, i64)>,
    /// Pairs that lack more than this are none of its concern.
    most_deficit: u32,
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

/// Prices by id, and rents.
pub(super) struct Listed<'c> {
    pub prices: &'c Sides<BTreeMap<String, i64>>,
    pub rents: &'c [Rent],
    /// Of the pairs that they speak of.
    pub least_score: u32,
}

impl<'d> PriceList<'d> {
    /// Reads prices and rents of pairs that can be chosen.
    pub fn read(draft: &'d Draft<'d>, bonus: Bonus, listed: &Listed) -> Result<Self, Violation> {
        let read = |side| {
            let prices = listed.prices.of(side);
            let complete = prices.keys().map(String::as_str).eq(draft.compiled.people(side).ids());
            if complete { Ok(prices.values().copied().collect()) } else { Err(Violation::OtherPeople { side }) }
        };
        let mut list = Self {
            draft,
            pair_bonus: bonus.pair,
            first_place: bonus.first_place,
            prices: Sides { mentors: read(Side::Mentor)?, mentees: read(Side::Mentee)? },
            rents: Vec::with_capacity(listed.rents.len()),
            most_deficit: FULL_SCORE.saturating_sub(listed.least_score),
        };
        for entry in listed.rents {
            let position = |side| draft.compiled.people(side).position(entry.pair.id(side)).map(|at| at as u32);
            let at = position(Side::Mentor).zip(position(Side::Mentee)).filter(|&at| !draft.rules.is_pinned(at));
            match at.filter(|_| (1..=list.most()).contains(&entry.rent)) {
                Some(at) => list.rents.push((at, entry.rent)),
                None => return Err(Violation::GroundlessRent(entry.pair.clone())),
            }
        }
        list.rents.sort_unstable();
        match list.rents.windows(2).find(|both| both[0].0 == both[1].0) {
            Some(twice) => Err(Violation::GroundlessRent(draft.ids(twice[0].0))),
            None => Ok(list),
        }
    }

    /// Whether rents are only those of pairs in the draft.
    pub fn check_rents_of_draft(&self) -> Result<(), Violation> {
        match self.rents.iter().find(|&&(at, _)| self.draft.score(at).is_none()) {
            Some(&(at, _)) => Err(Violation::GroundlessRent(self.draft.ids(at))),
            None => Ok(()),
        }
    }

    /// Whether prices are in their range, and no pair with a rent is worth more than its places and the rent.
    pub fn check_rents(&self, scorer: &Scorer) -> Result<(), Violation> {
        for side in Side::BOTH {
            let mut prices = self.prices.of(side).iter().enumerate();
            if let Some((position, &price)) = prices.find(|&(_, price)| !(0..=self.most()).contains(price)) {
                let person = self.draft.compiled.id(side, position).to_owned();
                return Err(Violation::WrongPrice { side, person, price });
            }
        }
        let mut facing = Facing::new(scorer);
        for &(pair, rent) in &self.rents {
            let (row, column) = if scorer.columns == Side::Mentor { (pair.1, pair.0) } else { pair };
            facing.face(row as usize);
            let Some(deficit) = facing.deficit(column as usize) else { continue };
            let (worth, priced) = (self.worth(pair, FULL_SCORE - deficit), self.priced(pair) + rent);
            if worth > priced {
                return Err(Violation::Underpriced { pair: self.draft.ids(pair), worth, priced });
            }
        }
        Ok(())
    }

    /// What a pair can be worth at most, and so a price or a rent. A sum of prices has at most one for each pair of people,
    /// and so stays below the number of pairs times this.
    fn most(&self) -> i64 {
        i64::from(FULL_SCORE) + self.pair_bonus + 2 * self.first_place
    }

    fn places(&self, side: Side, position: usize) -> Places {
        let pins = self.draft.pins.of(side)[position];
        Places {
            free: self.draft.free(side, position),
            filled: self.draft.partners.of(side)[position] - pins,
            bonus: if pins == 0 { self.first_place } else { 0 },
        }
    }

    /// An idle place costs nothing, and a filled one at least what it could be had for.
    pub fn check_places(&self) -> Result<(), Violation> {
        for side in Side::BOTH {
            for (position, &price) in self.prices.of(side).iter().enumerate() {
                let Places { free, filled, bonus } = self.places(side, position);
                let in_range = (0..=self.most()).contains(&price);
                let fits = match filled {
                    0 => price == 0,
                    _ if filled < free => price <= bonus,
                    1 => true,
                    _ => price >= bonus,
                };
                if !fits || !in_range {
                    let person = self.draft.compiled.id(side, position).to_owned();
                    return Err(Violation::WrongPrice { side, person, price });
                }
            }
        }
        Ok(())
    }

    fn priced(&self, (mentor, mentee): At) -> i64 {
        self.prices.mentors[mentor as usize] + self.prices.mentees[mentee as usize]
    }

    fn worth(&self, (mentor, mentee): At, score: u32) -> i64 {
        let bonuses =
            self.places(Side::Mentor, mentor as usize).bonus + self.places(Side::Mentee, mentee as usize).bonus;
        i64::from(score) + self.pair_bonus + bonuses
    }

    /// Every pair that was chosen is worth exactly its places and its rent.
    pub fn check_draft(&self) -> Result<(), Violation> {
        let mut rents = self.rents.iter().copied().peekable();
        for &(pair, score) in &self.draft.pairs {
            let rent = rents.next_if(|&(at, _)| at == pair).map_or(0, |(_, rent)| rent);
            let (worth, priced) = (self.worth(pair, score), self.priced(pair) + rent);
            if worth != priced && !self.draft.rules.is_pinned(pair) {
                return Err(Violation::WrongRent { pair: self.draft.ids(pair), worth, priced });
            }
        }
        Ok(())
    }

    /// What has to be asked of all pairs: a pair is worth no more than its places where its deficit and the column's
    /// price together are not below what the row leaves.
    pub fn ask(&self, columns: Side) -> Ask {
        let limit = Limit::Difference;
        let open = |side, at| Some(self.places(side, at)).filter(|places| places.free > 0);
        let prices = |side: Side| self.prices.of(side).iter().enumerate();
        let row = |(at, price): (usize, &i64)| {
            let leaves = |bonus| i64::from(FULL_SCORE) + self.pair_bonus + bonus - price;
            open(columns.other(), at).map(|places| leaves(places.bonus))
        };
        let column =
            |(at, price): (usize, &i64)| open(columns, at).map_or(limit.closed(), |places| price - places.bonus);
        Ask { limit, rows: prices(columns.other()).map(row).collect(), columns: prices(columns).map(column).collect() }
    }

    /// The sum of all prices and rents, and of what the pins are worth whatever else is chosen.
    pub fn bound(&self) -> i64 {
        let people = Side::BOTH.map(|side| (0..self.prices.of(side).len()).map(|at| self.person_bound(side, at)).sum());
        let [mentors, mentees]: [i64; 2] = people;
        let pins = self.draft.rules.pins().iter().filter_map(|&pin| self.draft.score(pin));
        let pins: i64 = pins.map(|score| i64::from(score) + self.pair_bonus).sum();
        mentors + mentees + pins + self.rents.iter().map(|&(_, rent)| rent).sum::<i64>()
    }

    fn person_bound(&self, side: Side, position: usize) -> i64 {
        let Places { free, bonus, .. } = self.places(side, position);
        // Nobody fills more places than there are people across.
        let free = free.min(self.prices.of(side.other()).len() as u32);
        let pinned = if self.draft.pins.of(side)[position] > 0 { self.first_place } else { 0 };
        let price = self.prices.of(side)[position];
        let further = (price - bonus).max(0) * i64::from(free.saturating_sub(1));
        pinned + if free > 0 { price + further } else { 0 }
    }
}

/// No pair outside the draft is worth more than its places.
impl Claim for PriceList<'_> {
    /// A pair may be worth more that was chosen, or cannot be chosen, or that the prices do not speak of.
    fn excuses(&self, pair: At, deficit: u32) -> bool {
        let has_rent = || self.rents.binary_search_by_key(&pair, |&(pair, _)| pair).is_ok();
        let rules = self.draft.rules;
        deficit > self.most_deficit || rules.are_apart(pair) || rules.is_pinned(pair) || has_rent()
    }

    fn refuted_by(&self, pair: At, deficit: u32) -> Violation {
        let (worth, priced) = (self.worth(pair, FULL_SCORE - deficit), self.priced(pair));
        Violation::Underpriced { pair: self.draft.ids(pair), worth, priced }
    }
}
