//! A match after a change, begun with the draft before it.

use std::cell::Cell;
use std::ops::ControlFlow;

use counterflow_matching::{
    Certificate, CompiledInstance, Instance, Objective, PairIds, Solution, SolveOptions, Step, resolve, solve,
    unattended, verify,
};

use crate::optimum::{OBJECTIVES, compiled, rank, solved};
use crate::random::{self, Random};

fn options(objective: Objective) -> SolveOptions {
    SolveOptions { objective, threads: 2, ..SolveOptions::default() }
}

fn resolved(compiled: &CompiledInstance, before: (&Solution, &Certificate), objective: Objective) -> Solution {
    let solution = resolve(compiled, before, &options(objective), unattended).expect("nobody cancels");
    verify(compiled, &solution, &Certificate::new(compiled, &solution)).expect("the certificate holds");
    solution
}

/// One change of those that happen in the life of a round.
fn change(instance: &mut Instance, other: &Instance, random: &mut Random) {
    let pair = |instance: &Instance, random: &mut Random| {
        let mentor = random.pick(&instance.mentors).id.clone();
        PairIds::new(mentor, random.pick(&instance.mentees).id.clone())
    };
    match random.below(6) {
        0 if instance.mentors.len() > 1 => {
            let gone = instance.mentors.remove(random.below(instance.mentors.len())).id;
            instance.pinned.retain(|pair| pair.mentor != gone);
            instance.forbidden.retain(|pair| pair.mentor != gone);
        }
        1 if instance.mentees.len() > 1 => {
            let gone = instance.mentees.remove(random.below(instance.mentees.len())).id;
            instance.pinned.retain(|pair| pair.mentee != gone);
            instance.forbidden.retain(|pair| pair.mentee != gone);
        }
        2 => {
            let at = random.below(instance.mentors.len());
            instance.mentors[at].values = random.pick(&other.mentors).values.clone();
        }
        3 => {
            let forbidden = pair(instance, random);
            if !instance.pinned.contains(&forbidden) {
                instance.forbidden.push(forbidden);
            }
        }
        4 => {
            let at = random.below(instance.mentees.len());
            instance.mentees[at].capacity += 1;
        }
        _ => {
            instance.pinned.clear();
        }
    }
}

fn check(seed: u64, people: usize, changes: usize) {
    let mut instance = random::instance(seed, people);
    let other = random::instance(seed + 1_000_000, people);
    let mut random = Random::new(seed);
    for objective in OBJECTIVES {
        let first = compiled(&instance);
        let mut before = solve(&first, &options(objective), unattended).expect("nobody cancels");
        let mut certificate = Certificate::new(&first, &before);
        for step in 0..changes {
            let mut changed = instance.clone();
            change(&mut changed, &other, &mut random);
            // Words of another random instance may be of another kind.
            let Ok(now) = changed.clone().compile() else { continue };
            let found = resolved(&now, (&before, &certificate), objective);
            let anew = solved(&changed, objective);
            let place = format!("seed {seed}, step {step}, {objective:?}");
            assert_eq!(rank(found.value, objective), rank(anew.value, objective), "{place}");
            certificate = Certificate::new(&now, &found);
            (instance, before) = (changed, found);
        }
    }
}

#[test]
fn is_as_good_as_a_match_anew_after_any_change() {
    for seed in 0..300 {
        check(seed, 8, 6);
    }
    for seed in 300..304 {
        check(seed, 250, 3);
    }
}

#[test]
fn an_unchanged_draft_is_kept_after_one_look() {
    for seed in 0..6 {
        let instance = random::instance(seed, 250);
        let compiled = compiled(&instance);
        for objective in [Objective::MaxTotal, Objective::MaxCoverage] {
            let before = solve(&compiled, &options(objective), unattended).expect("nobody cancels");
            let certificate = Certificate::new(&compiled, &before);
            let looks = Cell::new(0);
            let (sender, receiver) = std::sync::mpsc::channel();
            let watch = move |progress: counterflow_matching::Progress| {
                let is_whole = progress.done == progress.of && progress.step != Step::Assign;
                sender.send(is_whole).expect("somebody listens");
                ControlFlow::Continue(())
            };
            let after =
                resolve(&compiled, (&before, &certificate), &options(objective), watch).expect("nobody cancels");
            looks.set(receiver.iter().filter(|whole| *whole).count());
            assert_eq!(after.pairs, before.pairs, "seed {seed}, {objective:?}");
            assert!(looks.get() <= 2, "seed {seed}, {objective:?}: {} looks", looks.get());
        }
    }
}

#[test]
fn pinned_pairs_keep_their_partners() {
    for seed in 0..100 {
        let mut instance = random::instance(seed, 10);
        let first = compiled(&instance);
        let objective = Objective::MaxCoverage;
        let before = solve(&first, &options(objective), unattended).expect("nobody cancels");
        let certificate = Certificate::new(&first, &before);
        let running: Vec<PairIds> =
            before.pairs.iter().map(|pair| PairIds::new(pair.mentor.clone(), pair.mentee.clone())).collect();
        let Some(gone) = running.first().map(|pair| pair.mentor.clone()) else { continue };
        instance.mentors.retain(|mentor| mentor.id != gone);
        instance.forbidden.retain(|pair| pair.mentor != gone);
        instance.pinned = running.into_iter().filter(|pair| pair.mentor != gone).collect();
        if instance.mentors.is_empty() {
            continue;
        }
        let after = resolved(&compiled(&instance), (&before, &certificate), objective);
        for pair in &instance.pinned {
            let kept = after.pairs.iter().any(|found| found.mentor == pair.mentor && found.mentee == pair.mentee);
            assert!(kept, "seed {seed}: {pair:?}");
        }
    }
}
