//! What keeps two people apart, or together, whatever they score.
//!
//! Who stands in whose reporting line is found here by going up from manager to manager, in steps that grow (Myers,
//! "An applicative random-access stack", 1983), and not by the positions in a tour of the tree by which the solver
//! tells it; the same person and forbidden pairs are compared by their ids.

use std::collections::HashSet;

use crate::compiled::CompiledInstance;
use crate::criteria::Depth;
use crate::instance::PairIds;
use crate::org::OrgTree;
use crate::profile::{Side, Sides};

/// Mentor and mentee, by position.
pub(super) type At = (u32, u32);

/// Judges pairs by position.
pub(super) struct Rules<'c> {
    compiled: &'c CompiledInstance,
    /// In order.
    pins: Vec<At>,
    forbidden: HashSet<(&'c str, &'c str)>,
    lines: Option<Lines>,
}

impl<'c> Rules<'c> {
    pub fn new(compiled: &'c CompiledInstance) -> Self {
        let position = |pair: &PairIds| {
            let at = |side| compiled.people(side).position(pair.id(side)).map(|at| at as u32);
            at(Side::Mentor).zip(at(Side::Mentee))
        };
        let mut pins: Vec<At> = compiled.instance().pinned.iter().filter_map(position).collect();
        pins.sort_unstable();
        pins.dedup();
        let lines = compiled.criteria().chain_of_command.map(|chain| Lines::new(compiled, chain.depth));
        let forbidden = compiled.instance().forbidden.iter();
        let forbidden = forbidden.map(|pair| (pair.mentor.as_str(), pair.mentee.as_str())).collect();
        Self { compiled, pins, forbidden, lines }
    }

    /// Pairs that every draft has, in order.
    pub fn pins(&self) -> &[At] {
        &self.pins
    }

    pub fn is_pinned(&self, pair: At) -> bool {
        !self.pins.is_empty() && self.pins.binary_search(&pair).is_ok()
    }

    /// Whether ids or reporting lines keep two people apart.
    pub fn are_apart(&self, pair: At) -> bool {
        if self.lines.as_ref().is_some_and(|lines| lines.join(pair)) {
            return true;
        }
        let id = |side, at: u32| self.compiled.people(side).id(at as usize);
        let (mentor, mentee) = (id(Side::Mentor, pair.0), id(Side::Mentee, pair.1));
        mentor == mentee || self.forbidden.contains(&(mentor, mentee))
    }
}

/// Reporting lines as far as they keep people apart.
struct Lines {
    /// In a line, who are so many levels apart at most.
    levels: u32,
    steps: Vec<Step>,
    /// Where each person stands among the steps; [`NOWHERE`] outside the tree.
    people: Sides<Vec<u32>>,
}

/// Somebody's way up.
#[derive(Clone, Copy)]
struct Step {
    /// How many managers are above; [`NOWHERE`] as long as that is not known.
    depth: u32,
    /// Oneself without a manager.
    manager: u32,
    /// Somebody further up, or oneself without a manager.
    far: u32,
}

const NOWHERE: u32 = u32::MAX;

impl Lines {
    fn new(compiled: &CompiledInstance, depth: Depth) -> Self {
        let org = &compiled.instance().org;
        let levels = match depth {
            Depth::Any => u32::MAX,
            Depth::Levels(levels) => levels,
        };
        let place = |place: Option<usize>| place.map_or(NOWHERE, |at| at as u32);
        let people = Sides::from_fn(|side| org.places(compiled.people(side).ids()).map(place).collect());
        Self { levels, steps: steps(org), people }
    }

    /// Whether one of two people is above the other.
    fn join(&self, (mentor, mentee): At) -> bool {
        let (a, b) = (self.people.mentors[mentor as usize], self.people.mentees[mentee as usize]);
        a != NOWHERE && b != NOWHERE && (self.is_above(a, b) || self.is_above(b, a))
    }

    fn is_above(&self, upper: u32, lower: u32) -> bool {
        let depth = |at: u32| self.steps[at as usize].depth;
        let apart = depth(lower).saturating_sub(depth(upper));
        let mut at = lower;
        if apart == 0 || apart > self.levels {
            return false;
        }
        while depth(at) > depth(upper) {
            let Step { manager, far, .. } = self.steps[at as usize];
            at = if depth(far) < depth(upper) { manager } else { far };
        }
        at == upper
    }
}

/// Everybody's way up, managers before those who report to them.
fn steps(org: &OrgTree) -> Vec<Step> {
    let own = |at: usize| match org.row(at).1 {
        None => Step { depth: 0, manager: at as u32, far: at as u32 },
        Some(manager) => Step { depth: NOWHERE, manager: manager as u32, far: at as u32 },
    };
    let mut steps: Vec<Step> = (0..org.len()).map(own).collect();
    let mut below = Vec::new();
    for start in 0..steps.len() as u32 {
        let mut at = start;
        while steps[at as usize].depth == NOWHERE {
            below.push(at);
            at = steps[at as usize].manager;
        }
        while let Some(report) = below.pop() {
            let manager = steps[report as usize].manager;
            let near = steps[manager as usize];
            let far = steps[near.far as usize];
            let further = steps[far.far as usize];
            // Two strides of one length become one of twice the length and the step to the manager.
            let even = near.depth - far.depth == far.depth - further.depth;
            let step = &mut steps[report as usize];
            step.depth = near.depth + 1;
            step.far = if even { far.far } else { manager };
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Certificate, Criteria, Instance, OrgTree, Profile, SolveOptions, Violation, solve, unattended, verify,
    };

    #[test]
    fn a_reporting_line_that_the_solver_overlooks_is_found() {
        let check = |depth: &str, is_possible: bool| {
            let criteria = Criteria::from_toml(&format!("[chain_of_command]\ndepth = {depth}")).expect("in the form");
            let org = OrgTree::from_managers([("ruth", None), ("ines", Some("ruth")), ("ana", Some("ines"))]);
            let instance = Instance::new(vec![Profile::new("ana", 1)], vec![Profile::new("ruth", 1)], criteria);
            let instance = Instance { org: org.expect("a tree"), ..instance };
            let mut compiled = instance.compile().expect("a proper instance");
            compiled.forget_reporting_lines();
            let solution = solve(&compiled, &SolveOptions::of(&compiled), unattended).expect("a draft");
            assert_eq!(solution.pairs.len(), 1, "the solver sees no line any more");
            let certificate = Certificate::new(&compiled, &solution);
            match verify(&compiled, &solution, &certificate) {
                Ok(_) => assert!(is_possible, "{depth}"),
                Err(Violation::InadmissiblePair(_)) => assert!(!is_possible, "{depth}"),
                Err(other) => panic!("{depth}: {other}"),
            }
        };
        check("\"any\"", false);
        check("2", false);
        check("1", true);
    }

    /// A binary tree and a long line, everybody on both sides, against going up one by one.
    #[test]
    fn lines_are_those_of_the_managers() {
        for (depth, levels) in [("\"any\"", usize::MAX), ("1", 1), ("3", 3)] {
            let manager = |at: usize| match at {
                0 | 40 => None,
                1..40 => Some(format!("p{}", (at - 1) / 2)),
                _ => Some(format!("p{}", at - 1)),
            };
            let rows = (0..90).map(|at| (format!("p{at}"), manager(at)));
            let org = OrgTree::from_managers(rows).expect("two trees");
            let criteria = Criteria::from_toml(&format!("[chain_of_command]\ndepth = {depth}")).expect("in the form");
            let people = || (0..95).map(|at| Profile::new(format!("p{at}"), 1)).collect();
            let instance = Instance { org: org.clone(), ..Instance::new(people(), people(), criteria) };
            let compiled = instance.compile().expect("a proper instance");
            let rules = Rules::new(&compiled);
            let id = |at: u32| compiled.people(Side::Mentor).id(at as usize);
            for a in 0..95 {
                for b in 0..95 {
                    let above = |low, high| org.managers_of(id(low)).take(levels).any(|manager| manager == id(high));
                    let apart = a == b || above(a, b) || above(b, a);
                    assert_eq!(rules.are_apart((a, b)), apart, "{} {} {depth}", id(a), id(b));
                }
            }
        }
    }
}
