//! Drafts of a solver that had to stop: never better than they say, and never proven to be more than they are.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use counterflow_matching::{
    Certificate, CompiledInstance, Instance, Limits, Objective, Progress, Solution, SolveOptions, Status, Violation,
    solve, unattended, verify,
};

use crate::optimum::{OBJECTIVES, compiled, rank, solved};
use crate::random;

fn limited(compiled: &CompiledInstance, objective: Objective, limits: Limits) -> (Solution, Certificate) {
    watched(compiled, objective, limits, unattended)
}

fn watched(
    compiled: &CompiledInstance,
    objective: Objective,
    limits: Limits,
    progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> (Solution, Certificate) {
    let options = SolveOptions { objective, limits, threads: 2 };
    let solution = solve(compiled, &options, progress).expect("a limit is no error");
    let certificate = Certificate::new(compiled, &solution);
    let proof = verify(compiled, &solution, &certificate).expect("the bound holds");
    assert_eq!((proof.value, proof.gap), (solution.value, solution.status.gap()));
    (solution, certificate)
}

fn no_time() -> Limits {
    Limits { time: Some(Duration::ZERO), memory: None }
}

fn bytes(bytes: u64) -> Limits {
    Limits { time: None, memory: Some(bytes) }
}

/// The limit is reached while somebody looks at the progress for this time.
fn stopped_at(compiled: &CompiledInstance, objective: Objective, call: usize) -> (Solution, Certificate) {
    let limit = Duration::from_millis(40);
    let mut calls = 0;
    let watch = move |_| {
        calls += 1;
        let begun = Instant::now();
        while calls == call && begun.elapsed() < limit {
            std::hint::spin_loop();
        }
        ControlFlow::Continue(())
    };
    watched(compiled, objective, Limits { time: Some(limit), memory: None }, watch)
}

/// The draft's worth and its gap are never less than the best draft's worth. Returns whether it was settled for.
fn check(instance: &Instance, objective: Objective, limits: Limits) -> bool {
    let best = solved(instance, objective);
    let compiled = compiled(instance);
    let (found, certificate) = limited(&compiled, objective, limits);
    let worth = |solution: &Solution| certificate.bonus.combined(solution.value);
    match found.status {
        Status::Optimal => assert_eq!(rank(found.value, objective), rank(best.value, objective)),
        Status::Feasible { gap } => assert!(worth(&found) + gap >= worth(&best), "{found:?}"),
    }
    found.status != Status::Optimal
}

#[test]
fn a_draft_that_was_settled_for_is_bounded() {
    let mut settled = 0;
    for seed in 0..400 {
        let instance = random::instance(seed, 8);
        for objective in OBJECTIVES {
            settled += usize::from(check(&instance, objective, no_time()));
            check(&instance, objective, bytes(0));
        }
    }
    assert!(settled > 300, "{settled} of 1200 drafts were not the best yet");
}

#[test]
fn the_more_memory_the_better_the_draft_until_it_is_the_best() {
    let mut settled = 0;
    for seed in 0..5 {
        let instance = random::instance(seed, 260);
        for objective in OBJECTIVES {
            for limit in [0, 1 << 17, 1 << 18, 1 << 19, 1 << 20] {
                settled += usize::from(check(&instance, objective, bytes(limit)));
            }
            assert!(!check(&instance, objective, bytes(1 << 30)), "seed {seed}, {objective:?}");
        }
    }
    assert!(settled > 4, "{settled} of 75 drafts were not the best yet");
}

#[test]
fn wherever_a_match_stops_its_draft_is_bounded() {
    let mut settled = 0;
    for seed in 0..24 {
        let instance = random::instance(seed, 10);
        for objective in OBJECTIVES {
            let best = solved(&instance, objective);
            let compiled = compiled(&instance);
            for call in [2, 5, 12, 25, 50] {
                let (found, certificate) = stopped_at(&compiled, objective, call);
                let worth = |solution: &Solution| certificate.bonus.combined(solution.value);
                let gap = found.status.gap().unwrap_or(0);
                assert!(worth(&found) + gap >= worth(&best), "seed {seed}, {objective:?}, call {call}");
                settled += usize::from(found.status != Status::Optimal);
            }
        }
    }
    assert!(settled > 30, "{settled} of 360 drafts were not the best yet");
}

#[test]
fn more_places_than_people_stay_countable() {
    for seed in 0..20 {
        let mut instance = random::instance(seed, 8);
        instance.mentors.iter_mut().chain(&mut instance.mentees).for_each(|person| person.capacity = u32::MAX);
        for objective in OBJECTIVES {
            check(&instance, objective, no_time());
            check(&instance, objective, bytes(1 << 20));
        }
    }
}

#[test]
fn a_gap_that_is_off_by_one_is_refused() {
    let mut refused = 0;
    for seed in 0..100 {
        let instance = random::instance(seed, 8);
        let compiled = compiled(&instance);
        for objective in OBJECTIVES {
            let (solution, certificate) = limited(&compiled, objective, no_time());
            let Some(gap) = solution.status.gap() else { continue };
            for off in [-1, 1] {
                let gap = gap + off;
                let lie = Solution { status: Status::Feasible { gap }, ..solution.clone() };
                let lying = Certificate { gap: Some(gap), ..certificate.clone() };
                assert!(matches!(verify(&compiled, &lie, &lying), Err(Violation::Gap { .. })), "seed {seed}");
                assert!(matches!(verify(&compiled, &solution, &lying), Err(Violation::Gap { .. })), "seed {seed}");
            }
            let boast = Solution { status: Status::Optimal, ..solution.clone() };
            let boasting = Certificate { gap: None, ..certificate.clone() };
            assert!(verify(&compiled, &boast, &boasting).is_err(), "seed {seed}, {objective:?}");
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
fn limits_do_not_touch_a_stable_draft() {
    use counterflow_matching::Side;
    for seed in 0..50 {
        let compiled = compiled(&random::instance(seed, 8));
        let (solution, _) = limited(&compiled, Objective::Stable { proposer: Side::Mentee }, no_time());
        assert_eq!(solution.status, Status::Optimal);
    }
}
