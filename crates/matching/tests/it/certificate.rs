//! The verifier has to accept what the solver proves, and to refuse everything else.

use counterflow_matching::{
    AdmissiblePair, Certificate, CompiledInstance, Criteria, Instance, Objective, ObjectiveValue, Pair, PairIds,
    Profile, Rent, Side, Solution, SolveOptions, Value, Violation, admissible_pairs, solve, unattended, verify,
};

use crate::optimum::OBJECTIVES;
use crate::{random, story};

fn proven(instance: Instance, objective: Objective) -> (CompiledInstance, Solution, Certificate) {
    let compiled = instance.compile().expect("a sound instance");
    let solution = solve(&compiled, &SolveOptions { objective, threads: 0, ..SolveOptions::default() }, unattended)
        .expect("nobody cancels");
    let certificate = Certificate::new(&compiled, &solution);
    (compiled, solution, certificate)
}

/// Tries changes on many proven drafts, and insists that each is refused. Returns how many were tried.
fn refuse(
    changes: impl Fn(&CompiledInstance, &Solution, &Certificate) -> Vec<(String, Solution, Certificate)>,
) -> usize {
    let mut tried = 0;
    for seed in 0..150 {
        for objective in OBJECTIVES {
            let (compiled, solution, certificate) = proven(random::instance(seed, 5), objective);
            assert!(verify(&compiled, &solution, &certificate).is_ok(), "seed {seed}");
            for (what, solution, certificate) in changes(&compiled, &solution, &certificate) {
                let verdict = verify(&compiled, &solution, &certificate);
                assert!(verdict.is_err(), "{what} was accepted, seed {seed}, {objective:?}");
                tried += 1;
            }
        }
    }
    tried
}

#[test]
fn any_price_changed_by_one_is_refused() {
    let tried = refuse(|_, solution, certificate| {
        let mut changes = Vec::new();
        for side in [Side::Mentor, Side::Mentee] {
            for id in certificate.prices.of(side).keys() {
                for step in [-1, 1] {
                    let mut changed = certificate.clone();
                    *changed.prices.of_mut(side).get_mut(id).expect("the id is from there") += step;
                    changes.push((format!("the price of {side} {id} {step:+}"), solution.clone(), changed));
                }
            }
        }
        changes
    });
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn any_rent_changed_by_one_added_or_left_out_is_refused() {
    let tried = refuse(|compiled, solution, certificate| {
        let mut changes = Vec::new();
        for at in 0..certificate.rents.len() {
            for step in [-1, 1] {
                let mut changed = certificate.clone();
                changed.rents[at].rent += step;
                changes.push((format!("rent {at} {step:+}"), solution.clone(), changed));
            }
            let mut changed = certificate.clone();
            changed.rents.remove(at);
            changes.push((format!("without rent {at}"), solution.clone(), changed));
            let mut changed = certificate.clone();
            changed.rents.push(certificate.rents[at].clone());
            changes.push((format!("rent {at} twice"), solution.clone(), changed));
        }
        for pair in admissible_pairs(compiled) {
            let pair = PairIds::new(pair.mentor, pair.mentee);
            if !certificate.rents.iter().any(|rent| rent.pair == pair) {
                let mut changed = certificate.clone();
                changed.rents.push(Rent { pair, rent: 1 });
                changes.push(("a rent of 1 more".into(), solution.clone(), changed));
            }
        }
        changes
    });
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn any_pair_changed_is_refused() {
    let tried = refuse(|compiled, solution, certificate| {
        let mut changes = Vec::new();
        let pairs: Vec<AdmissiblePair> = admissible_pairs(compiled).collect();
        let scored = |mentor: &str, mentee: &str| {
            pairs.iter().find(|pair| pair.mentor == mentor && pair.mentee == mentee).map(|pair| pair.score)
        };
        let mut change = |what: String, edit: &dyn Fn(&mut Solution)| {
            let mut changed = solution.clone();
            edit(&mut changed);
            changes.push((what, changed, certificate.clone()));
        };
        for at in 0..solution.pairs.len() {
            change(format!("pair {at} +1"), &|s| s.pairs[at].score += 1);
            change(format!("pair {at} -1"), &|s| s.pairs[at].score = s.pairs[at].score.wrapping_sub(1));
            change(format!("pin of pair {at}"), &|s| s.pairs[at].pinned = !s.pairs[at].pinned);
            change(format!("without pair {at}"), &|s| drop(s.pairs.remove(at)));
            change(format!("pair {at} twice"), &|s| s.pairs.push(s.pairs[at].clone()));
            change(format!("a stranger in pair {at}"), &|s| s.pairs[at].mentee = "stranger".into());
            // Another pair with the same score can be as good, and may then be accepted.
            let other = |mentor: &str| {
                mentor != solution.pairs[at].mentor
                    && scored(mentor, &solution.pairs[at].mentee) != Some(solution.pairs[at].score)
            };
            for mentor in compiled.people(Side::Mentor).ids().filter(|mentor| other(mentor)) {
                change(format!("pair {at} with {mentor}"), &|s| s.pairs[at].mentor = mentor.to_owned());
            }
        }
        change("unmatched mentors".into(), &|s| s.unmatched.mentors.push("p0".into()));
        change("unmatched mentees".into(), &|s| s.unmatched.mentees.insert(0, "p0".into()));
        change("people".into(), &|s| s.value.people += 1);
        change("pairs".into(), &|s| s.value.pairs += 1);
        change("total".into(), &|s| s.value.total -= 1);
        changes
    });
    assert!(tried > 4_000, "{tried}");
}

#[test]
fn any_word_of_the_certificate_changed_is_refused() {
    refuse(|_, solution, certificate| {
        let change = |what: &str, edit: fn(&mut Certificate)| {
            let mut changed = certificate.clone();
            edit(&mut changed);
            (what.to_owned(), solution.clone(), changed)
        };
        vec![
            change("fingerprint", |c| c.fingerprint.push('0')),
            change("objective", |c| {
                c.objective = match c.objective {
                    Objective::MaxTotal => Objective::MaxCoverage,
                    Objective::MaxCoverage => Objective::MaxTotal,
                    Objective::MaxMin | Objective::Stable { .. } => Objective::MaxCoverage,
                }
            }),
            change("people", |c| c.value.people += 1),
            change("total", |c| c.value.total += 1),
            change("first_place", |c| c.bonus.first_place += 1),
            change("pair", |c| c.bonus.pair -= 1),
            change("a stranger's price", |c| c.prices.mentors.extend([("stranger".into(), 0)])),
            change("a price less", |c| drop(c.prices.mentees.pop_first())),
        ]
    });
}

/// Takes a free pair away, and makes everything else fit: a sound draft, only not the best.
#[test]
fn a_worse_draft_is_refused_under_the_prices_of_the_best() {
    let tried = refuse(|_, solution, certificate| {
        let free = (0..solution.pairs.len()).filter(|&at| !solution.pairs[at].pinned);
        let worse = free.map(|at| (format!("without pair {at}"), without(solution, at), certificate.clone()));
        let combined = |value| certificate.bonus.combined(value);
        worse
            .map(|(what, solution, mut certificate)| {
                certificate.value = solution.value;
                (what, solution, certificate)
            })
            .filter(|(_, worse, _)| combined(worse.value) < combined(solution.value))
            .collect()
    });
    assert!(tried > 200, "{tried}");
}

fn without(solution: &Solution, at: usize) -> Solution {
    let mut worse = solution.clone();
    let gone = worse.pairs.remove(at);
    for side in [Side::Mentor, Side::Mentee] {
        if !worse.pairs.iter().any(|pair| pair.id(side) == gone.id(side)) {
            worse.unmatched.of_mut(side).push(gone.id(side).to_owned());
            worse.unmatched.of_mut(side).sort();
        }
    }
    let unmatched = solution.unmatched.of(Side::Mentor).len() + solution.unmatched.of(Side::Mentee).len();
    let now_unmatched = worse.unmatched.mentors.len() + worse.unmatched.mentees.len();
    worse.value = ObjectiveValue {
        people: solution.value.people - (now_unmatched - unmatched) as u64,
        pairs: solution.value.pairs - 1,
        total: solution.value.total - i64::from(gone.score),
        least: worse.pairs.iter().filter(|pair| !pair.pinned).map(|pair| pair.score).min(),
    };
    worse
}

/// Two mentors for one mentee, who fit to 0.5001 and 0.5000.
fn nearly_equal() -> Instance {
    let text = "aim = 'total'\n[[criterion]]\nrule = 'prefer'\ncompare = 'at_least_apart'\nfield = 'level'\nby = 10\nweight = 1";
    let person = |id: &str, capacity: u32, level: &str| {
        Profile::new(id, capacity).with("level", Value::Number(level.parse().expect("a number")))
    };
    let mentors = vec![person("better", 2, "5.001"), person("worse", 1, "5")];
    Instance::new(mentors, vec![person("mentee", 1, "0")], Criteria::from_toml(text).expect("in the form"))
}

#[test]
fn a_draft_that_misses_the_best_by_one_point_is_refused() {
    let (compiled, mut solution, mut certificate) = proven(nearly_equal(), Objective::MaxTotal);
    assert_eq!(solution.value.total, 5_001);
    solution.pairs[0] = Pair { mentor: "worse".into(), score: 5_000, ..solution.pairs[0].clone() };
    solution.unmatched.mentors = vec!["better".into()];
    solution.value = ObjectiveValue { total: 5_000, least: Some(5_000), ..solution.value };
    certificate.value = solution.value;
    certificate.prices.mentees.insert("mentee".into(), 5_000);
    let pair = PairIds::new("better", "mentee");
    let underpriced = Violation::Underpriced { pair, worth: 5_001, priced: 5_000 };
    assert_eq!(verify(&compiled, &solution, &certificate), Err(underpriced));
}

#[test]
fn an_idle_place_that_costs_something_is_refused() {
    let (compiled, solution, mut certificate) = proven(nearly_equal(), Objective::MaxTotal);
    certificate.prices.mentors.insert("better".into(), 1);
    certificate.prices.mentees.insert("mentee".into(), 5_000);
    let wrong = Violation::WrongPrice { side: Side::Mentor, person: "better".into(), price: 1 };
    assert_eq!(verify(&compiled, &solution, &certificate), Err(wrong));
}

#[test]
fn a_certificate_speaks_of_its_input_only() {
    let (_, solution, certificate) = proven(story::instance(), Objective::MaxCoverage);
    let verdict = |edit: fn(&mut Instance)| {
        let mut instance = story::instance();
        edit(&mut instance);
        let compiled = instance.compile().expect("still sound");
        verify(&compiled, &solution, &certificate).map(|proof| proof.value)
    };
    assert_eq!(verdict(|_| {}), Ok(solution.value));
    assert_eq!(
        verdict(|i| drop(i.mentors[0].values.insert("hobby".into(), Value::category("chess")))),
        Ok(solution.value)
    );
    let other = Err(Violation::OtherInput);
    assert_eq!(verdict(|i| drop(i.mentors[0].values.insert("level".into(), Value::from(1)))), other);
    assert_eq!(verdict(|i| i.mentees[0].capacity = 2), other);
    assert_eq!(verdict(|i| i.criteria.list.swap(0, 1)), other);
    assert_eq!(verdict(|i| i.forbidden.push(PairIds::new("ana", "bernard"))), other);
    assert_eq!(verdict(|i| i.org = Default::default()), other);
}

#[test]
fn solutions_and_certificates_survive_storage() {
    let (compiled, solution, certificate) = proven(random::instance(7, 5), Objective::MaxCoverage);
    let stored = serde_json::to_string(&(&solution, &certificate)).expect("plain data");
    let (again, certificate_again): (Solution, Certificate) = serde_json::from_str(&stored).expect("what was stored");
    assert_eq!((&again, &certificate_again), (&solution, &certificate));
    assert!(verify(&compiled, &again, &certificate_again).is_ok());
}

/// A draft by another aim, dressed as one in which the worst pair counts: with its own prices, and the bounds of the
/// draft that really is the best.
#[test]
fn a_draft_with_a_worse_worst_pair_is_refused() {
    let mut tried = 0;
    for seed in 0..300 {
        let (compiled, fair, proof) = proven(random::instance(seed, 12), Objective::MaxMin);
        assert!(verify(&compiled, &fair, &proof).is_ok(), "seed {seed}");
        let other = SolveOptions { objective: Objective::MaxCoverage, threads: 0, ..SolveOptions::default() };
        let mut other = solve(&compiled, &other, unattended).expect("nobody cancels");
        let is_worse = other.value.least < fair.value.least;
        other.objective = Objective::MaxMin;
        for bounds in [fair.bounds.clone(), Vec::new()] {
            other.bounds = bounds;
            let verdict = verify(&compiled, &other, &Certificate::new(&compiled, &other));
            assert!(verdict.is_err() || !is_worse && !other.bounds.is_empty(), "seed {seed}");
            tried += u32::from(is_worse);
        }
    }
    assert!(tried > 20, "{tried}");
}

/// A bound may be loose, but never too low: whoever lowers one of its prices or rents leaves a pair worth more.
#[test]
fn any_number_of_a_bound_lowered_by_one_is_refused() {
    let mut tried = 0;
    for seed in 0..150 {
        let (compiled, fair, proof) = proven(random::instance(seed, 6), Objective::MaxMin);
        let mut refuse = |what: String, changed: Certificate| {
            assert!(verify(&compiled, &fair, &changed).is_err(), "seed {seed}, {what}");
            tried += 1;
        };
        for (at, bound) in proof.bounds.iter().enumerate() {
            for side in [Side::Mentor, Side::Mentee] {
                for id in bound.prices.of(side).keys() {
                    let mut changed = proof.clone();
                    *changed.bounds[at].prices.of_mut(side).get_mut(id).expect("the id is from there") -= 1;
                    refuse(format!("bound {at}, the price of {side} {id}"), changed);
                }
            }
            for rent in 0..bound.rents.len() {
                let mut changed = proof.clone();
                changed.bounds[at].rents[rent].rent -= 1;
                refuse(format!("bound {at}, rent {rent}"), changed);
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

/// Without one of its bounds the certificate says too little; with a bound that speaks of too few pairs, too.
#[test]
fn every_bound_on_the_worst_pair_is_needed() {
    let mut tried = 0;
    for seed in 0..150 {
        let (compiled, fair, proof) = proven(random::instance(seed, 6), Objective::MaxMin);
        for at in 0..proof.bounds.len() {
            let mut fewer = proof.clone();
            fewer.bounds.remove(at);
            let verdict = verify(&compiled, &fair, &fewer);
            let expected = if at == 0 {
                Violation::ReachNotProven
            } else {
                Violation::WorstNotProven { least: fair.value.least.expect("there is a pair to be better than") }
            };
            assert_eq!(verdict, Err(expected), "seed {seed}");
            let mut narrower = proof.clone();
            narrower.bounds[at].least_score = 10_001;
            assert!(verify(&compiled, &fair, &narrower).is_err(), "seed {seed}");
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}
