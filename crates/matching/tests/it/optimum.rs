//! The optimum, against trying every draft and against what has to follow when the instance changes.

use std::ops::ControlFlow;

use counterflow_matching::{
    Certificate, CompiledInstance, Instance, Objective, ObjectiveValue, PairIds, Profile, Progress, Side, Solution,
    SolveError, SolveOptions, Step, admissible_pairs, solve, unattended, verify,
};

use crate::oracle;
use crate::random::{self, Random};

pub const OBJECTIVES: [Objective; 3] = [Objective::MaxCoverage, Objective::MaxTotal, Objective::MaxMin];

/// Solves, and insists on a certificate that holds.
pub fn solved(instance: &Instance, objective: Objective) -> Solution {
    let compiled = compiled(instance);
    let solution = solve(&compiled, &SolveOptions { objective, threads: 0, ..SolveOptions::default() }, unattended)
        .expect("nobody cancels");
    let proof = verify(&compiled, &solution, &Certificate::new(&compiled, &solution)).expect("the certificate holds");
    assert_eq!(proof.value, solution.value);
    solution
}

pub fn compiled(instance: &Instance) -> CompiledInstance {
    instance.clone().compile().expect("the generator makes sound instances")
}

/// What an objective compares.
pub type Rank = (u64, u64, Option<u32>, i64);

pub fn rank(value: ObjectiveValue, objective: Objective) -> Rank {
    match objective {
        Objective::MaxCoverage => (value.people, value.pairs, None, value.total),
        Objective::MaxTotal | Objective::Stable { .. } => (0, 0, None, value.total),
        Objective::MaxMin => (value.people, value.pairs, value.least, value.total),
    }
}

fn check_against_all_drafts(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let instance = random::instance(seed, 4 + usize::from(seed % 8 == 0));
        for objective in OBJECTIVES {
            let found = solved(&instance, objective).value;
            let best = oracle::optimum(&instance, objective);
            assert_eq!(rank(found, objective), rank(best, objective), "seed {seed}, {objective:?}");
        }
    }
}

#[test]
fn equals_the_best_of_all_drafts() {
    check_against_all_drafts(0..1_000);
}

#[test]
fn equals_the_best_of_all_drafts_again() {
    check_against_all_drafts(1_000..2_000);
}

#[test]
fn scores_follow_the_written_meaning_of_the_criteria() {
    for seed in 0..2_000 {
        let mut instance = random::instance(seed, 6);
        instance.mentors.sort_by(|a, b| a.id.cmp(&b.id));
        instance.mentees.sort_by(|a, b| a.id.cmp(&b.id));
        let compiled = compiled(&instance);
        let found: Vec<(&str, &str, u32)> =
            admissible_pairs(&compiled).map(|pair| (pair.mentor, pair.mentee, pair.score)).collect();
        let mut expected = Vec::new();
        for mentor in &instance.mentors {
            for mentee in &instance.mentees {
                let score = oracle::score(&instance, mentor, mentee);
                expected.extend(score.map(|score| (mentor.id.as_str(), mentee.id.as_str(), score)));
            }
        }
        assert_eq!(found, expected, "seed {seed}");
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    for seed in 0..300 {
        let instance = random::instance(seed, 8);
        let mut random = Random::new(seed);
        let mut shuffled = instance.clone();
        random.shuffle(&mut shuffled.mentors);
        random.shuffle(&mut shuffled.mentees);
        random.shuffle(&mut shuffled.pinned);
        random.shuffle(&mut shuffled.forbidden);
        for objective in OBJECTIVES {
            assert_eq!(solved(&instance, objective), solved(&shuffled, objective), "seed {seed}");
        }
        assert_eq!(compiled(&instance).fingerprint(), compiled(&shuffled).fingerprint());
    }
}

/// Solves before and after a change, and compares what the objective compares. Returns how often it differed.
fn compare(what: &str, change: impl Fn(&mut Instance, &Solution, &mut Random), expect: fn(Rank, Rank) -> bool) -> u32 {
    let mut changed = 0;
    for seed in 0..300 {
        let before = random::instance(seed, 8);
        for objective in OBJECTIVES {
            let solution = solved(&before, objective);
            let mut after = before.clone();
            change(&mut after, &solution, &mut Random::new(seed));
            let (old, new) = (rank(solution.value, objective), rank(solved(&after, objective).value, objective));
            assert!(expect(old, new), "{what}, seed {seed}, {objective:?}: {old:?} and {new:?}");
            changed += u32::from(old != new);
        }
    }
    changed
}

#[test]
fn one_more_place_never_makes_it_worse() {
    let changed = compare(
        "one more place",
        |instance, _, random| {
            let person = random.below(instance.mentors.len());
            instance.mentors[person].capacity += 1;
        },
        |before, after| after >= before,
    );
    assert!(changed > 100, "the change has to matter: {changed}");
}

#[test]
fn one_more_forbidden_pair_never_makes_it_better() {
    let changed = compare(
        "one more forbidden pair",
        |instance, solution, random| {
            let free: Vec<_> = solution.pairs.iter().filter(|pair| !pair.pinned).collect();
            if !free.is_empty() {
                let pair = random.pick(&free);
                instance.forbidden.push(PairIds::new(&pair.mentor, &pair.mentee));
            }
        },
        |before, after| after <= before,
    );
    assert!(changed > 100, "the change has to matter: {changed}");
}

#[test]
fn pinning_pairs_of_the_best_draft_changes_nothing() {
    compare(
        "pinned optimum",
        |instance, solution, random| {
            for pair in solution.pairs.iter().filter(|pair| !pair.pinned) {
                if random.once_in(2) {
                    instance.pinned.push(PairIds::new(&pair.mentor, &pair.mentee));
                }
            }
        },
        // Where the worst pair counts, pins are given and no longer count: those that are left can become better.
        |before, after| {
            let worst = before.2.is_none() && before.3 == after.3 || after.2.is_none() || after.2 >= before.2;
            (before.0, before.1) == (after.0, after.1) && worst
        },
    );
}

#[test]
fn forbidding_pairs_outside_the_best_draft_changes_nothing() {
    compare(
        "forbidden rest",
        |instance, solution, random| {
            let compiled = compiled(instance);
            for pair in admissible_pairs(&compiled) {
                let chosen = solution.pairs.iter().any(|p| p.mentor == pair.mentor && p.mentee == pair.mentee);
                if !chosen && random.once_in(2) {
                    instance.forbidden.push(PairIds::new(pair.mentor, pair.mentee));
                }
            }
        },
        |before, after| after == before,
    );
}

#[test]
fn the_two_sides_can_change_roles() {
    for seed in 0..300 {
        let instance = random::instance(seed, 8);
        let turn = |pairs: &[PairIds]| pairs.iter().map(|pair| PairIds::new(&pair.mentee, &pair.mentor)).collect();
        let mut turned = instance.clone();
        std::mem::swap(&mut turned.mentors, &mut turned.mentees);
        turned.pinned = turn(&instance.pinned);
        turned.forbidden = turn(&instance.forbidden);
        for criterion in &mut turned.criteria.list {
            std::mem::swap(&mut criterion.mentor_field, &mut criterion.mentee_field);
        }
        for objective in OBJECTIVES {
            let (here, there) = (solved(&instance, objective).value, solved(&turned, objective).value);
            assert_eq!(rank(here, objective), rank(there, objective), "seed {seed}");
        }
    }
}

#[test]
fn two_places_are_as_good_as_two_people_of_one_place_to_mentees_with_one() {
    for seed in 0..300 {
        let mut two_places = random::instance(seed, 7);
        two_places.pinned.clear();
        two_places.forbidden.clear();
        two_places.criteria.chain_of_command = None;
        two_places.mentees.iter_mut().for_each(|mentee| mentee.capacity = 1);
        two_places.mentees.iter_mut().for_each(|mentee| mentee.id = format!("mentee {}", mentee.id));
        two_places.mentors[0].capacity = 2;
        let mut two_people = two_places.clone();
        two_people.mentors[0].capacity = 1;
        let twin = Profile { id: "twin".into(), ..two_people.mentors[0].clone() };
        two_people.mentors.push(twin);
        let total = |instance| solved(instance, Objective::MaxTotal).value.total;
        assert_eq!(total(&two_places), total(&two_people), "seed {seed}");
    }
}

fn plain(mentors: &[u32], mentees: &[u32]) -> Instance {
    let people = |prefix: &str, capacities: &[u32]| {
        capacities.iter().enumerate().map(|(at, &capacity)| Profile::new(format!("{prefix}{at}"), capacity)).collect()
    };
    Instance::new(people("mentor", mentors), people("mentee", mentees), Default::default())
}

#[test]
fn a_mentee_with_two_places_and_one_possible_mentor_gets_the_mentor_once() {
    for objective in OBJECTIVES {
        let solution = solved(&plain(&[3], &[2]), objective);
        assert_eq!(solution.pairs.len(), 1);
        let solution = solved(&plain(&[u32::MAX, 1], &[u32::MAX, 2, 1]), objective);
        assert_eq!(solution.value.pairs, 4, "{objective:?}");
    }
}

#[test]
fn where_all_is_equal_the_smallest_ids_come_first() {
    let solution = solved(&plain(&[1, 1, 1], &[1, 1]), Objective::MaxTotal);
    let pairs: Vec<(&str, &str)> = solution.pairs.iter().map(|p| (p.mentor.as_str(), p.mentee.as_str())).collect();
    assert_eq!(pairs, [("mentor0", "mentee0"), ("mentor1", "mentee1")]);
    assert_eq!(solution.unmatched.mentors, ["mentor2"]);
    assert!(solution.pairs.iter().all(|pair| pair.score == 10_000));
}

#[test]
fn coverage_gives_everybody_one_before_anybody_two() {
    let solution = solved(&plain(&[3, 3, 3], &[1, 1, 1]), Objective::MaxCoverage);
    assert_eq!(solution.value, ObjectiveValue { people: 6, pairs: 3, total: 30_000, least: Some(10_000) });
    let solution = solved(&plain(&[2, 2], &[2, 2]), Objective::MaxCoverage);
    assert_eq!(solution.value, ObjectiveValue { people: 4, pairs: 4, total: 40_000, least: Some(10_000) });
}

#[test]
fn an_instance_without_possible_pairs_has_an_empty_best_draft() {
    let mut instance = plain(&[1, 1], &[1]);
    instance.forbidden = vec![PairIds::new("mentor0", "mentee0"), PairIds::new("mentor1", "mentee0")];
    let solution = solved(&instance, Objective::MaxCoverage);
    assert_eq!(solution.value, ObjectiveValue::default());
    assert_eq!(solution.unmatched.mentees, ["mentee0"]);
}

#[test]
fn many_more_of_one_side_than_of_the_other() {
    for (mentors, mentees) in [(200, 3), (3, 200)] {
        let solution = solved(&plain(&vec![2; mentors], &vec![1; mentees]), Objective::MaxCoverage);
        assert_eq!(solution.value.pairs, if mentors > mentees { 3 } else { 6 });
    }
}

#[test]
fn progress_is_reported_and_can_break_off() {
    let compiled = plain(&[1, 1], &[1, 1, 1]).compile().expect("sound");
    let options = SolveOptions::of(&compiled);
    assert_eq!(options.objective, Objective::MaxCoverage);
    let mut seen = Vec::new();
    solve(&compiled, &options, |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    })
    .expect("nobody cancels");
    let score = |done| Progress { step: Step::Score, done, of: 2 };
    let assign = |done| Progress { step: Step::Assign, done, of: 2 };
    assert_eq!(seen, [score(2), assign(1), assign(2)]);
    for stop in 0..seen.len() {
        let mut calls = 0;
        let result = solve(&compiled, &options, |_| {
            calls += 1;
            if calls > stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((result, calls), (Err(SolveError::Cancelled), stop + 1));
    }
}

#[test]
fn pairs_are_listed_by_mentor_and_mentee_with_pins_among_them() {
    let mut instance = plain(&[2, 1], &[1, 1, 1]);
    instance.pinned = vec![PairIds::new("mentor0", "mentee2"), PairIds::new("mentor0", "mentee2")];
    let solution = solved(&instance, Objective::MaxCoverage);
    let listed: Vec<(&str, &str, bool)> =
        solution.pairs.iter().map(|p| (p.id(Side::Mentor), p.id(Side::Mentee), p.pinned)).collect();
    assert_eq!(listed, [("mentor0", "mentee1", false), ("mentor0", "mentee2", true), ("mentor1", "mentee0", false)]);
}

/// Large enough for auctions and for the bounds of the verifier, which shares nothing with them.
#[test]
fn many_people_who_want_the_same_are_matched_as_proven_by_any_number_of_threads() {
    for seed in 0..4 {
        let mut instance = random::instance(seed, 420);
        let fewer = instance.mentors.len().min(instance.mentees.len());
        // As many places on both sides, so that they are contested.
        instance.mentors.truncate(fewer);
        instance.mentees.truncate(fewer);
        instance.pinned.clear();
        instance.forbidden.clear();
        for person in instance.mentors.iter_mut().chain(&mut instance.mentees) {
            person.capacity = 1 + u32::from(seed % 2 == 1);
        }
        let compiled = compiled(&instance);
        for objective in [Objective::MaxCoverage, Objective::MaxTotal] {
            let found = solved(&instance, objective);
            for threads in [1, 2, 5] {
                let again =
                    solve(&compiled, &SolveOptions { objective, threads, ..SolveOptions::default() }, unattended);
                assert_eq!(again.as_ref(), Ok(&found), "seed {seed}, {threads} threads");
            }
        }
    }
}
