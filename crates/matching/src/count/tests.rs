//! Counting by bits, beside counting pair by pair.

use super::{Counts, count};
use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::profile::Side;
use crate::random;
use crate::{Criteria, Instance, OrgTree, Profile};

/// For each rule how many pairs end at it; what is left; of how many of these each preference is true.
fn one_by_one(compiled: &CompiledInstance) -> (Vec<u64>, u64, Vec<u64>) {
    let (mut removed, mut left) = (vec![0; compiled.hard_rules().len()], 0);
    let mut true_of = vec![0; compiled.criteria().list.len()];
    for mentor in 0..compiled.people(Side::Mentor).len() {
        for mentee in 0..compiled.people(Side::Mentee).len() {
            let breaks =
                |&rule: &HardRule| compiled.breaks(rule, mentor, mentee) && !compiled.is_pinned(mentor, mentee);
            match compiled.hard_rules().iter().position(breaks) {
                Some(step) => removed[step] += 1,
                None => {
                    left += 1;
                    let holds = |at: usize| compiled.tables()[at].verdict(mentor, mentee).is_some_and(|it| it.holds);
                    (0..true_of.len()).for_each(|at| true_of[at] += u64::from(holds(at)));
                }
            }
        }
    }
    (removed, left, true_of)
}

/// Everybody's candidates, and who loses the last one at which rule, from each person's own funnel.
fn check_people(name: &str, compiled: &CompiledInstance, counts: &Counts) {
    for side in Side::BOTH {
        for candidates in counts.candidates.of(side) {
            let funnel = crate::funnel(compiled, side, &candidates.id).expect("the id is from there");
            assert_eq!(candidates.candidates, funnel.candidates, "{name}, {side} {}", candidates.id);
            let last = funnel.steps.iter().rposition(|step| step.removes > 0).filter(|_| funnel.candidates == 0);
            let named = counts.hard.iter().position(|rule| rule.leaves_without.of(side).contains(&candidates.id));
            assert_eq!(named, last, "{name}, {side} {}", candidates.id);
        }
    }
}

fn check(name: &str, instance: Instance) {
    let compiled = instance.compile().expect("a sound instance");
    let counts = count(&compiled);
    let (removed, left, true_of) = one_by_one(&compiled);
    assert_eq!(counts.hard.iter().map(|rule| rule.removes).collect::<Vec<_>>(), removed, "{name}");
    assert_eq!(counts.remaining, left, "{name}");
    for preference in &counts.preferences {
        assert_eq!((preference.of, preference.true_of), (left, true_of[preference.criterion]), "{name}");
    }
    check_people(name, &compiled, &counts);
}

#[test]
fn bits_count_what_is_counted_one_by_one() {
    for seed in 0..400 {
        check(&format!("seed {seed}"), random::instance(seed, 12));
    }
    for seed in 400..410 {
        check(&format!("seed {seed}"), random::instance(seed, 150));
    }
}

/// More people than a block has bits, in a tree that is a line, a fan, and both.
#[test]
fn blocks_count_together() {
    let mut random = random::Random::new(1);
    let mut manager = |at: usize| match at {
        0 => None,
        1..3_000 => Some(at - 1),
        3_000..6_000 => Some(0),
        _ => Some(random.below(at)),
    };
    let id = |at: usize| format!("p{at}");
    let org = OrgTree::from_managers((0..9_000).map(|at| (id(at), manager(at).map(id)))).expect("a tree");
    for depth in ["'any'", "2"] {
        let text = format!("[chain_of_command]\ndepth = {depth}");
        let people = |step: usize| (0..9_000).step_by(step).map(|at| Profile::new(id(at), 1)).collect();
        let criteria = Criteria::from_toml(&text).expect("in the form");
        check(depth, Instance { org: org.clone(), ..Instance::new(people(1), people(45), criteria) });
    }
}
