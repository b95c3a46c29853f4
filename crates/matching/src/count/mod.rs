//! What the criteria leave, before any draft: fast enough for a screen that counts again at every change.
//!
//! All pairs are counted, exactly, and none is looked at alone: people of one side stand side by side as the bits of
//! words, and a person of the other side has for each criterion a row of bits, which is the same for all who gave the same
//! value. So a step removes 64 pairs at once.

mod block;
mod line;
mod lists;
mod tally;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::profile::{Side, Sides};

use tally::Tally;

/// What each criterion does to the possible pairs. Pinned pairs stay possible whatever they break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Every mentor with every mentee.
    pub pairs: u64,
    /// The hard rules in the order in which they are applied.
    pub hard: Vec<HardCount>,
    /// The pairs that all hard rules leave.
    pub remaining: u64,
    /// The preferences, in the order of the criteria.
    pub preferences: Vec<PreferenceCount>,
    /// How many people gave no value to a criterion; those to which all did are left out.
    pub lacking: Vec<Lacking>,
    /// People who are not in the org tree, so that the chain of command cannot keep anybody from them; 0 where it is off.
    pub outside_org_tree: Sides<u64>,
    /// How many candidates each person has, in the order of ids.
    pub candidates: Sides<Vec<Candidates>>,
}

/// What a hard rule removes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardCount {
    /// The rule.
    #[serde(flatten)]
    pub rule: HardRule,
    /// The pairs that the rules before it left.
    pub of: u64,
    /// How many of them it removes.
    pub removes: u64,
    /// Who had candidates before it and has none after it.
    pub leaves_without: Sides<Vec<String>>,
}

/// Of how many pairs a preference is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferenceCount {
    /// The position of the criterion.
    pub criterion: usize,
    /// The pairs that all hard rules leave.
    pub of: u64,
    /// Of how many of them the comparison is true (also for `avoid`).
    pub true_of: u64,
}

/// How many people gave no value to a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// The position of the criterion.
    pub criterion: usize,
    /// How many on each side.
    pub people: Sides<u64>,
}

/// How many candidates a person has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidates {
    /// The person.
    pub id: String,
    /// How many people across all hard rules leave.
    pub candidates: u32,
}

/// Counts what each criterion removes, and what it leaves to whom, on as many threads as the machine runs at once.
pub fn count(compiled: &CompiledInstance) -> Counts {
    let tally = Tally::of(compiled);
    let all = compiled.people(Side::Mentor).len() as u64 * compiled.people(Side::Mentee).len() as u64;
    let mut left = all;
    let mut hard = Vec::new();
    for (step, &rule) in compiled.hard_rules().iter().enumerate() {
        let leaves_without = Sides::from_fn(|side| tally.left_without(compiled, side, step));
        hard.push(HardCount { rule, of: left, removes: tally.removed(step), leaves_without });
        left -= tally.removed(step);
    }
    let of_tree = compiled.criteria().chain_of_command.is_some();
    Counts {
        pairs: all,
        hard,
        remaining: left,
        preferences: tally
            .preferences
            .iter()
            .map(|&(criterion, true_of)| PreferenceCount { criterion, of: left, true_of })
            .collect(),
        lacking: lacking(compiled),
        outside_org_tree: Sides::from_fn(|side| if of_tree { compiled.outside_org_tree(side) as u64 } else { 0 }),
        candidates: Sides::from_fn(|side| {
            let people = tally.candidates(compiled, side);
            people.map(|(id, candidates)| Candidates { id: id.to_owned(), candidates }).collect()
        }),
    }
}

fn lacking(compiled: &CompiledInstance) -> Vec<Lacking> {
    let tables = compiled.tables().iter().enumerate();
    let count = tables
        .map(|(criterion, table)| Lacking { criterion, people: Sides::from_fn(|side| table.lacking(side) as u64) });
    count.filter(|lacking| lacking.people != Sides::default()).collect()
}
