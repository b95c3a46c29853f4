//! What the criteria leave, before any draft: fast enough for a screen that counts again at every change.

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::profile::{Side, Sides};

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

/// Counts what each criterion removes, and what it leaves to whom.
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
        candidates: Sides::from_fn(|side| tally.candidates(compiled, side)),
    }
}

fn lacking(compiled: &CompiledInstance) -> Vec<Lacking> {
    let tables = compiled.tables().iter().enumerate();
    let count = tables
        .map(|(criterion, table)| Lacking { criterion, people: Sides::from_fn(|side| table.lacking(side) as u64) });
    count.filter(|lacking| lacking.people != Sides::default()).collect()
}

/// For each person, how many pairs end at each rule; the last entry counts those that no rule removes.
struct Tally {
    ends: Sides<Vec<Vec<u32>>>,
    /// The criterion, and of how many remaining pairs it is true.
    preferences: Vec<(usize, u64)>,
}

impl Tally {
    fn of(compiled: &CompiledInstance) -> Self {
        let rules = compiled.hard_rules();
        let list = compiled.criteria().list.iter().enumerate();
        let mut tally = Self {
            ends: Sides::from_fn(|side| vec![vec![0; rules.len() + 1]; compiled.people(side).len()]),
            preferences: list.filter(|(_, entry)| entry.rule.weight().is_some()).map(|(at, _)| (at, 0)).collect(),
        };
        for mentee in 0..compiled.people(Side::Mentee).len() {
            for mentor in 0..compiled.people(Side::Mentor).len() {
                tally.add(compiled, mentor, mentee);
            }
        }
        tally
    }

    fn add(&mut self, compiled: &CompiledInstance, mentor: usize, mentee: usize) {
        let rules = compiled.hard_rules();
        let broken = rules.iter().position(|&rule| compiled.breaks(rule, mentor, mentee));
        let end = broken.filter(|_| !compiled.is_pinned(mentor, mentee)).unwrap_or(rules.len());
        self.ends.mentors[mentor][end] += 1;
        self.ends.mentees[mentee][end] += 1;
        if end == rules.len() {
            for (criterion, true_of) in &mut self.preferences {
                let verdict = compiled.tables()[*criterion].verdict(mentor, mentee);
                *true_of += u64::from(verdict.is_some_and(|verdict| verdict.holds));
            }
        }
    }

    fn removed(&self, step: usize) -> u64 {
        self.ends.mentees.iter().map(|ends| u64::from(ends[step])).sum()
    }

    fn left_without(&self, compiled: &CompiledInstance, side: Side, step: usize) -> Vec<String> {
        let people = compiled.people(side).ids().zip(self.ends.of(side));
        let loses_all = |ends: &[u32]| ends[step] > 0 && ends[step + 1..].iter().all(|&count| count == 0);
        people.filter(|(_, ends)| loses_all(ends)).map(|(id, _)| id.to_owned()).collect()
    }

    fn candidates(&self, compiled: &CompiledInstance, side: Side) -> Vec<Candidates> {
        let people = compiled.people(side).ids().zip(self.ends.of(side));
        let left = |ends: &[u32]| ends.last().copied().unwrap_or(0);
        people.map(|(id, ends)| Candidates { id: id.to_owned(), candidates: left(ends) }).collect()
    }
}
