//! The verifier has to accept what the solver proves, and to refuse everything else.

use counterflow_matching::{
    Certificate, CompiledInstance, Instance, Objective, ObjectiveValue, PairIds, Rent, Side, Solution, SolveOptions,
    Value, Violation, admissible_pairs, solve, unattended, verify,
};

use crate::{random, story};

const OBJECTIVES: [Objective; 2] = [Objective::MaxCoverage, Objective::MaxTotal];

fn proven(instance: Instance, objective: Objective) -> (CompiledInstance, Solution, Certificate) {
    let compiled = instance.compile().expect("a sound instance");
    let solution = solve(&compiled, &SolveOptions { objective }, unattended).expect("nobody cancels");
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
            for mentor in compiled.people(Side::Mentor).iter().filter(|m| m.id != solution.pairs[at].mentor) {
                change(format!("pair {at} with {}", mentor.id), &|s| s.pairs[at].mentor = mentor.id.clone());
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
                }
            }),
            change("people", |c| c.value.people += 1),
            change("total", |c| c.value.total += 1),
            change("first_place", |c| c.bonus.first_place += 1),
            change("pair", |c| c.bonus.pair -= 1),
            change("a stranger's price", |c| drop(c.prices.mentors.insert("stranger".into(), 0))),
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
    };
    worse
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
    let set = |field: &'static str, value: Value| {
        move |instance: &mut Instance| {
            instance.mentors[0].values.insert(field.into(), value.clone());
        }
    };
    let _ = set; // Closures that capture cannot be fn pointers; each change below is written out.
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
