//! Rules changed for everybody, against changing them in the criteria.

use counterflow_matching::{
    HardRule, Instance, PairIds, Rule, Side, SolveError, Weight, WhatIfError, solve, unattended, what_if,
};

use crate::optimum::{OBJECTIVES, rank, solved};
use crate::{random, story};

fn weight(weight: u8) -> Weight {
    Weight::new(weight).expect("at most 10")
}

/// The criteria as somebody would write them.
fn changed(instance: &Instance, rule: HardRule, by: Weight) -> Instance {
    let mut changed = instance.clone();
    match rule {
        HardRule::SamePerson => {}
        HardRule::Forbidden => changed.forbidden.clear(),
        HardRule::ChainOfCommand => changed.criteria.chain_of_command = None,
        HardRule::Criterion(at) if by.get() == 0 => drop(changed.criteria.list.remove(at)),
        HardRule::Criterion(at) => {
            let rule = &mut changed.criteria.list[at].rule;
            *rule = if matches!(rule, Rule::Must(_)) { Rule::Prefer(by) } else { Rule::Avoid(by) };
        }
    }
    changed
}

/// Whether a best draft can do without a person: without any pair of theirs that is not pinned.
fn can_do_without(instance: &Instance, side: Side, id: &str, objective: counterflow_matching::Objective) -> bool {
    let mut without = instance.clone();
    for mentor in &instance.mentors {
        for mentee in &instance.mentees {
            let pair = PairIds::new(&mentor.id, &mentee.id);
            if pair.id(side) == id && !instance.pinned.contains(&pair) {
                without.forbidden.push(pair);
            }
        }
    }
    rank(solved(&without, objective).value, objective) == rank(solved(instance, objective).value, objective)
}

#[test]
fn a_changed_rule_gives_partners_to_those_who_have_one_in_a_new_match() {
    let (mut certain, mut by_chance, mut losers) = (0, 0, 0);
    for seed in 0..120 {
        let instance = random::instance(seed, 7);
        let compiled = instance.clone().compile().expect("sound");
        let hard = |at: &usize| instance.criteria.list[*at].rule.weight().is_none();
        let criteria = (0..instance.criteria.list.len()).filter(hard);
        let changes = criteria.flat_map(|at| [0, 5].map(|by| (HardRule::Criterion(at), weight(by))));
        let changes: Vec<(HardRule, Weight)> =
            changes.chain([(HardRule::Forbidden, weight(0)), (HardRule::ChainOfCommand, weight(0))]).collect();
        for objective in OBJECTIVES {
            let before = solved(&instance, objective);
            for &(rule, by) in &changes {
                let found = what_if(&compiled, &before, rule, by, unattended).expect("possible");
                let changed = changed(&instance, rule, by);
                let after = solved(&changed, objective);
                assert_eq!((found.rule, found.weight, found.value), (rule, by.get(), after.value), "seed {seed}");
                for side in [Side::Mentor, Side::Mentee] {
                    let (then, now) = (before.unmatched.of(side), after.unmatched.of(side));
                    let gain: Vec<&String> = found.gain.of(side).iter().map(|gain| &gain.id).collect();
                    assert!(gain.into_iter().eq(then.iter().filter(|id| !now.contains(id))), "seed {seed}");
                    assert!(found.lose.of(side).iter().eq(now.iter().filter(|id| !then.contains(id))), "seed {seed}");
                    losers += found.lose.of(side).len();
                    for gain in found.gain.of(side) {
                        let dispensable = can_do_without(&changed, side, &gain.id, objective);
                        assert!(!gain.in_every_best || !dispensable, "seed {seed}, {objective:?}, {rule:?}, {gain:?}");
                        certain += u32::from(gain.in_every_best);
                        by_chance += u32::from(!gain.in_every_best);
                    }
                }
            }
        }
    }
    println!("{certain} certain, {by_chance} by chance, {losers} lose");
    assert!(certain > 100 && losers > 10, "{certain}, {by_chance}, {losers}");
}

#[test]
fn the_rule_that_gives_bernard_a_partner_is_found() {
    let compiled = story::instance().compile().expect("sound");
    let before = solved(&story::instance(), counterflow_matching::Objective::MaxCoverage);
    assert_eq!(before.unmatched.mentees, ["bernard"]);
    let gain = |rule, by| {
        let found = what_if(&compiled, &before, rule, weight(by), unattended).expect("possible");
        found.gain.mentees.into_iter().map(|gain| gain.id).collect::<Vec<_>>()
    };
    assert!(gain(HardRule::Criterion(0), 0).is_empty(), "two mentors, two pairs: nobody else can have one");
    let cannot = |rule, by| what_if(&compiled, &before, rule, weight(by), unattended).expect_err("no such change");
    for (rule, by) in [
        (HardRule::SamePerson, 0),
        (HardRule::Criterion(3), 0),
        (HardRule::Criterion(99), 0),
        (HardRule::ChainOfCommand, 3),
        (HardRule::Forbidden, 3),
    ] {
        assert_eq!(cannot(rule, by), WhatIfError::NotPossible, "{rule:?}");
    }
    let mut more = story::instance();
    more.mentors[0].capacity = 2;
    let compiled = more.clone().compile().expect("sound");
    let before = solve(&compiled, &counterflow_matching::SolveOptions::of(&compiled), unattended).expect("a draft");
    let found = what_if(&compiled, &before, HardRule::Criterion(1), weight(4), unattended).expect("possible");
    assert_eq!(found.gain.mentees[0].id, "bernard");
    assert!(found.gain.mentees[0].in_every_best);
    let cancelled =
        what_if(&compiled, &before, HardRule::Criterion(1), weight(4), |_| std::ops::ControlFlow::Break(()));
    assert_eq!(cancelled, Err(WhatIfError::Cancelled(SolveError::Cancelled)));
}
