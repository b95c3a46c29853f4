//! Why nobody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{UnknownId, find, oriented};
use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::profile::Side;
use crate::solve::Solution;

/// How many of the candidates that are held by others an [`Unmatched`] names.
const CANDIDATES_NAMED: usize = 10;

/// What the hard rules leave of all people across.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// The person's side.
    pub side: Side,
    /// Their id.
    pub id: String,
    /// All people across.
    pub of: u32,
    /// The rules in the order in which they are counted.
    pub steps: Vec<FunnelStep>,
    /// Who is left.
    pub candidates: u32,
}

/// What one rule does to a person's candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// The rule.
    #[serde(flatten)]
    pub rule: HardRule,
    /// How many it removes of those that the rules before it left.
    pub removes: u32,
    /// How many break it, whatever other rules they break.
    pub alone: u32,
    /// How many break only this one: without it, or with `prefer` in its stead, they would be candidates.
    pub only: u32,
}

/// Why a person has no partner, or fewer than places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    /// What the rules leave.
    pub funnel: Funnel,
    /// The person's places.
    pub places: u32,
    /// Those that are filled.
    pub filled: u32,
    /// The candidates whom the person does not have, best first, at most ten: all their places are given to others,
    /// or the objective is better off without the pair.
    pub candidates: Vec<Candidate>,
    /// The rules that would open candidates if only they were relaxed, in the order of the rules.
    pub relax: Vec<Relaxation>,
}

/// Somebody whom a person could have, and has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The candidate's id.
    pub id: String,
    /// From 0 to 10,000.
    pub score: u32,
    /// The candidate's places.
    pub places: u32,
    /// The candidate's partners in the draft.
    pub partners: Vec<String>,
}

/// What it would bring to relax one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxation {
    /// The rule.
    #[serde(flatten)]
    pub rule: HardRule,
    /// Candidates it would open.
    pub opens: u32,
    /// How many of them have a free place in the draft: each of these could be paired at once, and nobody moved.
    pub with_a_free_place: u32,
}

/// What the hard rules leave of all people across, before any draft.
///
/// # Errors
/// An id that is not among the people.
pub fn funnel(compiled: &CompiledInstance, side: Side, id: &str) -> Result<Funnel, UnknownId> {
    let person = find(compiled, side, id)?;
    Ok(Obstacles::of(compiled, side, person).funnel(compiled))
}

/// Why a person has no partner in a draft, or fewer than places.
///
/// # Errors
/// An id that is not among the people.
pub fn explain_unmatched(
    compiled: &CompiledInstance,
    solution: &Solution,
    side: Side,
    id: &str,
) -> Result<Unmatched, UnknownId> {
    let person = find(compiled, side, id)?;
    let obstacles = Obstacles::of(compiled, side, person);
    let partners = partners(solution, side.other());
    let filled = solution.pairs.iter().filter(|pair| pair.id(side) == id).count() as u32;
    Ok(Unmatched {
        funnel: obstacles.funnel(compiled),
        places: compiled.people(side).capacity(person),
        filled,
        candidates: obstacles.candidates(compiled, &partners),
        relax: obstacles.relaxations(compiled, &partners),
    })
}

/// By id of one side, the ids of the partners.
fn partners(solution: &Solution, side: Side) -> BTreeMap<&str, Vec<&str>> {
    let mut partners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in &solution.pairs {
        partners.entry(pair.id(side)).or_default().push(pair.id(side.other()));
    }
    partners
}

/// For each person across, the rules that stand between.
struct Obstacles {
    side: Side,
    person: usize,
    /// Empty for candidates.
    broken: Vec<Vec<HardRule>>,
}

impl Obstacles {
    fn of(compiled: &CompiledInstance, side: Side, person: usize) -> Self {
        let broken = (0..compiled.people(side.other()).len()).map(|other| {
            let (mentor, mentee) = oriented(side, person, other);
            if compiled.is_pinned(mentor, mentee) { Vec::new() } else { compiled.broken_rules(mentor, mentee) }
        });
        Self { side, person, broken: broken.collect() }
    }

    fn funnel(&self, compiled: &CompiledInstance) -> Funnel {
        let count =
            |test: &dyn Fn(&[HardRule]) -> bool| self.broken.iter().filter(|broken| test(broken)).count() as u32;
        let step = |&rule: &HardRule| FunnelStep {
            rule,
            removes: count(&|broken| broken.first() == Some(&rule)),
            alone: count(&|broken| broken.contains(&rule)),
            only: count(&|broken| *broken == [rule]),
        };
        Funnel {
            side: self.side,
            id: compiled.id(self.side, self.person).to_owned(),
            of: self.broken.len() as u32,
            steps: compiled.hard_rules().iter().map(step).collect(),
            candidates: count(&|broken| broken.is_empty()),
        }
    }

    fn candidates(&self, compiled: &CompiledInstance, partners: &BTreeMap<&str, Vec<&str>>) -> Vec<Candidate> {
        let across = compiled.people(self.side.other());
        let me = compiled.id(self.side, self.person);
        let open = (0..across.len()).filter(|&other| self.broken[other].is_empty());
        let candidate = |other: usize| {
            let (mentor, mentee) = oriented(self.side, self.person, other);
            let held: &[&str] = partners.get(across.id(other)).map_or(&[], Vec::as_slice);
            (!held.contains(&me)).then(|| Candidate {
                id: across.id(other).to_owned(),
                score: compiled.worth(mentor, mentee),
                places: across.capacity(other),
                partners: held.iter().map(|&id| id.to_owned()).collect(),
            })
        };
        let mut candidates: Vec<Candidate> = open.filter_map(candidate).collect();
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
        candidates.truncate(CANDIDATES_NAMED);
        candidates
    }

    fn relaxations(&self, compiled: &CompiledInstance, partners: &BTreeMap<&str, Vec<&str>>) -> Vec<Relaxation> {
        let across = compiled.people(self.side.other());
        let has_free_place = |other: usize| {
            let held = partners.get(across.id(other)).map_or(0, Vec::len);
            (held as u32) < across.capacity(other)
        };
        let relaxable = compiled.hard_rules().iter().filter(|rule| **rule != HardRule::SamePerson);
        relaxable
            .map(|&rule| {
                let opened = || (0..across.len()).filter(|&other| self.broken[other] == [rule]);
                Relaxation {
                    rule,
                    opens: opened().count() as u32,
                    with_a_free_place: opened().filter(|&other| has_free_place(other)).count() as u32,
                }
            })
            .filter(|relaxation| relaxation.opens > 0)
            .collect()
    }
}
