//! From chosen pairs and prices to a [`Solution`].

use super::{Bound, Pair, Solution, Status};
use crate::certificate::Rent;
use crate::compiled::CompiledInstance;
use crate::objective::{Objective, ObjectiveValue};
use crate::profile::{Side, Sides};

/// What the solver found beside the pinned pairs.
pub(super) struct Found {
    /// Positions of mentors and mentees.
    pub pairs: Vec<(usize, usize)>,
    /// Of each person's first free place.
    pub prices: Sides<Vec<i64>>,
    /// Whether the prices prove that no other draft is better.
    pub is_best: bool,
}

/// Writes down a draft.
pub(super) fn solution(
    compiled: &CompiledInstance,
    objective: Objective,
    found: Found,
    bounds: Vec<Bound>,
) -> Solution {
    let Found { pairs: mut chosen, prices, is_best } = found;
    let rents = match bounds.first() {
        _ if is_best => Vec::new(),
        Some(bound) => bound.rents.clone(),
        None => rents(compiled, &chosen, &prices, objective),
    };
    let least = chosen.iter().map(|&(mentor, mentee)| compiled.worth(mentor, mentee)).min();
    chosen.extend(compiled.pinned_pairs());
    chosen.sort_unstable();
    let pairs: Vec<Pair> = chosen
        .iter()
        .map(|&(mentor, mentee)| Pair {
            mentor: compiled.id(Side::Mentor, mentor).to_owned(),
            mentee: compiled.id(Side::Mentee, mentee).to_owned(),
            score: compiled.worth(mentor, mentee),
            pinned: compiled.is_pinned(mentor, mentee),
        })
        .collect();
    let unmatched = Sides {
        mentors: unmatched(compiled, Side::Mentor, chosen.iter().map(|pair| pair.0)),
        mentees: unmatched(compiled, Side::Mentee, chosen.iter().map(|pair| pair.1)),
    };
    let matched = |side| (compiled.people(side).len() - unmatched.of(side).len()) as u64;
    let value = ObjectiveValue {
        people: matched(Side::Mentor) + matched(Side::Mentee),
        pairs: pairs.len() as u64,
        total: pairs.iter().map(|pair| i64::from(pair.score)).sum(),
        least,
    };
    let status = match is_best {
        true => Status::Optimal,
        false => {
            let bound = bound(compiled, objective, &prices, &rents);
            match bound - compiled.bonus(objective).combined(value) {
                0 if objective != Objective::MaxMin => Status::Optimal,
                gap => Status::Feasible { gap },
            }
        }
    };
    Solution { objective, status, value, pairs, unmatched, prices, bounds }
}

/// What no draft is worth more than: the sum of all prices and rents, and what the pins are worth whatever else is chosen.
fn bound(compiled: &CompiledInstance, objective: Objective, prices: &Sides<Vec<i64>>, rents: &[Rent]) -> i64 {
    let bonus = compiled.bonus(objective);
    let of_person = |side: Side, at: usize, pins: u32| {
        let (pinned, first) = if pins > 0 { (bonus.first_place, 0) } else { (0, bonus.first_place) };
        let across = compiled.people(side.other()).len() as u32;
        let free = i64::from((compiled.people(side).capacity(at) - pins).min(across));
        let price = prices.of(side)[at];
        pinned + if free > 0 { price + (price - first).max(0) * (free - 1) } else { 0 }
    };
    let of_side = |side| {
        let pins = compiled.pins(side).into_iter().enumerate();
        pins.map(|(at, pins)| of_person(side, at, pins)).sum::<i64>()
    };
    let pins = compiled.pinned_pairs();
    let pins = pins.map(|(mentor, mentee)| i64::from(compiled.worth(mentor, mentee)) + bonus.pair);
    of_side(Side::Mentor) + of_side(Side::Mentee) + pins.sum::<i64>() + rents.iter().map(|rent| rent.rent).sum::<i64>()
}

fn unmatched(compiled: &CompiledInstance, side: Side, matched: impl Iterator<Item = usize>) -> Vec<String> {
    let mut without = vec![true; compiled.people(side).len()];
    matched.for_each(|position| without[position] = false);
    let people = compiled.people(side).ids().zip(without);
    people.filter(|(_, without)| *without).map(|(id, _)| id.to_owned()).collect()
}

/// What pairs are worth beyond their two places, where it is more than 0.
pub(crate) fn rents(
    compiled: &CompiledInstance,
    found: &[(usize, usize)],
    prices: &Sides<Vec<i64>>,
    objective: Objective,
) -> Vec<Rent> {
    let bonus = compiled.bonus(objective);
    let pins = Sides::from_fn(|side| compiled.pins(side));
    let place = |side: Side, at: usize| {
        let first_place = if pins.of(side)[at] == 0 { bonus.first_place } else { 0 };
        first_place - prices.of(side)[at]
    };
    let rent = |&(mentor, mentee): &(usize, usize)| {
        let beside_score = bonus.pair + place(Side::Mentor, mentor) + place(Side::Mentee, mentee);
        let rent = i64::from(compiled.worth(mentor, mentee)) + beside_score;
        (rent > 0).then(|| Rent { pair: compiled.ids(mentor, mentee), rent })
    };
    found.iter().filter_map(rent).collect()
}
