//! From chosen pairs and prices to a [`Solution`].

use super::{Pair, Solution, Status};
use crate::compiled::CompiledInstance;
use crate::objective::{Objective, ObjectiveValue};
use crate::profile::{Side, Sides};

/// Writes down a draft. `found` are positions of mentors and mentees beside the pinned pairs; `prices` are those of each
/// person's first free place.
pub(super) fn solution(
    compiled: &CompiledInstance,
    objective: Objective,
    found: impl Iterator<Item = (usize, usize)>,
    prices: Sides<Vec<i64>>,
) -> Solution {
    let mut chosen: Vec<(usize, usize)> = found.chain(compiled.pinned_pairs()).collect();
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
    };
    Solution { objective, status: Status::Optimal, value, pairs, unmatched, prices }
}

fn unmatched(compiled: &CompiledInstance, side: Side, matched: impl Iterator<Item = usize>) -> Vec<String> {
    let mut without = vec![true; compiled.people(side).len()];
    matched.for_each(|position| without[position] = false);
    let people = compiled.people(side).ids().zip(without);
    people.filter(|(_, without)| *without).map(|(id, _)| id.to_owned()).collect()
}
