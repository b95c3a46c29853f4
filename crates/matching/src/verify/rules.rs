//! Which pairs are possible, and what they are worth, judged anew.
//!
//! Who stands in whose reporting line is found here by walking from manager to manager, and not by the positions in a
//! tour of the tree by which the solver tells it; the same person and forbidden pairs are compared by their ids.

use std::collections::{BTreeMap, BTreeSet};

use crate::compiled::CompiledInstance;
use crate::criteria::{Depth, HardRule};
use crate::profile::Side;

/// Judges pairs by position.
pub(super) struct Rules<'c> {
    compiled: &'c CompiledInstance,
    /// For each mentee, the mentors from whom ids and reporting lines keep them apart.
    apart: Vec<BTreeSet<usize>>,
}

impl<'c> Rules<'c> {
    pub fn of(compiled: &'c CompiledInstance) -> Self {
        let [mentors, mentees] =
            Side::BOTH.map(|side| compiled.people(side).ids().zip(0..).collect::<BTreeMap<&str, usize>>());
        let mut apart = vec![BTreeSet::new(); mentees.len()];
        let mut keep_apart = |mentor: &str, mentee: &str| {
            if let (Some(mentor), Some(mentee)) = (mentors.get(mentor), mentees.get(mentee)) {
                apart[*mentee].insert(*mentor);
            }
        };
        for pair in &compiled.instance().forbidden {
            keep_apart(&pair.mentor, &pair.mentee);
        }
        for person in mentors.keys().chain(mentees.keys()) {
            keep_apart(person, person);
            for manager in managers(compiled, person) {
                keep_apart(person, manager);
                keep_apart(manager, person);
            }
        }
        Self { compiled, apart }
    }

    /// The score of a pair that may be in a draft; pinned pairs always may.
    pub fn score(&self, mentor: usize, mentee: usize) -> Option<u32> {
        let breaks =
            |rule: &HardRule| matches!(rule, HardRule::Criterion(_)) && self.compiled.breaks(*rule, mentor, mentee);
        let possible = || !self.apart[mentee].contains(&mentor) && !self.compiled.hard_rules().iter().any(breaks);
        let may = self.compiled.is_pinned(mentor, mentee) || possible();
        may.then(|| self.compiled.worth(mentor, mentee))
    }
}

/// The managers with whom somebody cannot be paired.
fn managers<'c>(compiled: &'c CompiledInstance, person: &str) -> impl Iterator<Item = &'c str> {
    let levels = match compiled.criteria().chain_of_command.map(|chain| chain.depth) {
        None => 0,
        Some(Depth::Levels(levels)) => levels as usize,
        Some(Depth::Any) => usize::MAX,
    };
    compiled.instance().org.managers_of(person).take(levels)
}

#[cfg(test)]
mod tests {
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
}
