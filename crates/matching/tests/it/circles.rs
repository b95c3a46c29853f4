//! Circles, against trying every arrangement.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use counterflow_matching::{
    CircleOptions, CircleProgress, CircleStatus, CircleStep, CircleViolation, Circles, CirclesError, CompiledInstance,
    Criteria, Instance, PairIds, Profile, Shape, Side, Value, admissible_pairs, form_circles, verify_circles,
};

use crate::random::{self, Random};

fn compiled(instance: &Instance) -> CompiledInstance {
    instance.clone().compile().expect("the generator makes sound instances")
}

fn shape(mentors: u8, mentees: u8) -> Shape {
    Shape::new(mentors, mentees).expect("three to eight people")
}

/// With less effort than usual.
fn options(shape: Shape) -> CircleOptions {
    CircleOptions { rounds: 20, ..CircleOptions::of(shape) }
}

/// Forms circles, and insists on what can be checked.
fn formed(compiled: &CompiledInstance, shape: Shape) -> Circles {
    let circles = form_circles(compiled, &options(shape), |_| ControlFlow::Continue(())).expect("no pins");
    assert_eq!(verify_circles(compiled, &circles), Ok(()));
    circles
}

/// The highest total for every possible number of circles, by trying every arrangement.
fn all_arrangements(compiled: &CompiledInstance, shape: Shape) -> Vec<i64> {
    let position = |side, id: &str| compiled.people(side).position(id).expect("known");
    let scores: BTreeMap<(usize, usize), i64> = admissible_pairs(compiled)
        .map(|pair| ((position(Side::Mentor, pair.mentor), position(Side::Mentee, pair.mentee)), i64::from(pair.score)))
        .collect();
    let sets = |side| {
        let people = compiled.people(side).len();
        (0_u32..1 << people).filter(|set| set.count_ones() as usize == shape.of(side)).collect::<Vec<u32>>()
    };
    let members = |set: u32| (0..32).filter(move |at| set >> at & 1 == 1);
    let worth = |mentors: u32, mentees: u32| -> Option<i64> {
        members(mentors)
            .flat_map(|one| members(mentees).map(move |other| (one, other)))
            .map(|pair| scores.get(&pair))
            .sum()
    };
    let mut possible = Vec::new();
    for mentors in sets(Side::Mentor) {
        for mentees in sets(Side::Mentee) {
            possible.extend(worth(mentors, mentees).map(|worth| (mentors, mentees, worth)));
        }
    }
    let mut best = vec![0];
    extend(&possible, (0, 0), (0, 0), &mut best);
    best
}

fn extend(possible: &[(u32, u32, i64)], taken: (u32, u32), so_far: (usize, i64), best: &mut Vec<i64>) {
    let (circles, total) = so_far;
    if best.len() == circles {
        best.push(total);
    }
    best[circles] = best[circles].max(total);
    for (at, &(mentors, mentees, worth)) in possible.iter().enumerate() {
        if taken.0 & mentors == 0 && taken.1 & mentees == 0 {
            extend(&possible[at + 1..], (taken.0 | mentors, taken.1 | mentees), (circles + 1, total + worth), best);
        }
    }
}

fn instance(seed: u64, most: usize) -> Instance {
    Instance { pinned: Vec::new(), ..random::instance(seed, most) }
}

#[test]
fn is_never_better_than_the_best_arrangement_and_says_how_far_from_it_at_most() {
    let (mut best_found, mut proven, mut tried) = (0, 0, 0);
    for seed in 0..500 {
        let shape = [shape(1, 2), shape(2, 1), shape(2, 2), shape(1, 3), shape(2, 3)][seed as usize % 5];
        let compiled = compiled(&instance(seed, 6));
        let all = all_arrangements(&compiled, shape);
        let (circles, total) = (all.len() - 1, all[all.len() - 1]);
        let found = formed(&compiled, shape);
        let count = found.circles.len();
        assert!((count, found.total) <= (circles, total), "seed {seed}: more than possible");
        assert!(found.bound >= *all[count..].iter().max().expect("one at least"), "seed {seed}: the bound is too low");
        assert!(found.proof.most as usize >= circles, "seed {seed}: more circles are possible than it says");
        if found.status == CircleStatus::Exact {
            assert_eq!((count, found.total), (circles, total), "seed {seed}: it is said to be exact");
        }
        if circles > 0 {
            tried += 1;
            best_found += u32::from((count, found.total) == (circles, total));
            proven += u32::from(found.status == CircleStatus::Exact);
        }
    }
    assert!(tried > 100, "too many instances without circles: {tried}");
    assert!(best_found * 100 >= tried * 97, "the best was found {best_found} times of {tried}");
    assert!(proven * 100 >= tried * 40, "and proven {proven} times");
}

#[test]
fn one_mentor_a_circle_is_exact_where_all_mentors_can_be_full() {
    let mut tried = 0;
    for seed in 0..400 {
        let mentees = 2 + (seed % 2) as u8;
        let mut instance = Instance { forbidden: Vec::new(), ..instance(seed, 9) };
        instance.mentors.truncate(instance.mentees.len() / usize::from(mentees));
        if instance.mentors.is_empty() {
            continue;
        }
        let compiled = compiled(&instance);
        let found = formed(&compiled, shape(1, mentees));
        if found.circles.len() == instance.mentors.len() {
            assert_eq!(found.status, CircleStatus::Exact, "seed {seed}");
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn the_order_of_rows_changes_nothing_and_the_sides_can_change_roles() {
    for seed in 0..60 {
        let instance = instance(seed, 12);
        let mut shuffled = instance.clone();
        let mut random = Random::new(seed);
        random.shuffle(&mut shuffled.mentors);
        random.shuffle(&mut shuffled.mentees);
        random.shuffle(&mut shuffled.forbidden);
        let shape = shape(2, 2);
        assert_eq!(formed(&compiled(&instance), shape), formed(&compiled(&shuffled), shape), "seed {seed}");
    }
}

fn plain(mentors: usize, mentees: usize) -> Instance {
    let people = |prefix: &str, count| (0..count).map(|at| Profile::new(format!("{prefix}{at:02}"), 1)).collect();
    Instance::new(people("mentor", mentors), people("mentee", mentees), Default::default())
}

#[test]
fn circles_that_were_made_for_each_other_find_together() {
    let criteria = "[[criterion]]\nrule = 'prefer'\ncompare = 'overlaps'\nfield = 'topics'\nby = 2\nweight = 1";
    let criteria = Criteria::from_toml(criteria).expect("it is in the form");
    for (a, b) in [(2, 2), (2, 3), (3, 4)] {
        let mut random = Random::new(u64::from(a * b));
        // Each circle has two topics of its own; everybody also names some of others.
        let mut side = |prefix: &str, per_circle: u8| -> Vec<Profile> {
            let mut numbers: Vec<usize> = (0..20 * usize::from(per_circle)).collect();
            random.shuffle(&mut numbers);
            let mut person = |(at, number): (usize, usize)| {
                let circle = at / usize::from(per_circle);
                let other = random.below(20);
                let topics = [format!("a{circle}"), format!("b{circle}"), format!("a{other}")];
                Profile::new(format!("{prefix}{number:03}"), 1).with("topics", Value::set(topics))
            };
            numbers.into_iter().enumerate().map(&mut person).collect()
        };
        let (mentors, mentees) = (side("mentor", a), side("mentee", b));
        let compiled = compiled(&Instance::new(mentors, mentees, criteria.clone()));
        let found = formed(&compiled, shape(a, b));
        let full = 20 * i64::from(a) * i64::from(b) * 10_000;
        assert_eq!((found.total, found.bound, found.status), (full, full, CircleStatus::Exact));
    }
}

#[test]
fn without_rules_people_are_all_that_limits_circles() {
    for (mentors, mentees, a, b, circles) in
        [(6, 9, 2, 3, 3), (20, 20, 3, 5, 4), (1, 7, 1, 7, 1), (7, 2, 7, 1, 1), (4, 40, 4, 4, 1), (1, 1, 1, 2, 0)]
    {
        let found = formed(&compiled(&plain(mentors, mentees)), shape(a, b));
        assert_eq!((found.circles.len(), found.status), (circles, CircleStatus::Exact));
        assert_eq!(found.unplaced.mentors.len(), mentors - circles * usize::from(a));
        assert_eq!(found.total, 10_000 * circles as i64 * i64::from(a) * i64::from(b));
    }
}

#[test]
fn pins_are_refused() {
    let mut instance = plain(2, 4);
    instance.pinned = vec![PairIds::new("mentor00", "mentee01")];
    let options = CircleOptions::of(shape(1, 2));
    let refused = form_circles(&compiled(&instance), &options, |_| ControlFlow::Continue(()));
    assert_eq!(refused, Err(CirclesError::Pinned(instance.pinned)));
}

#[test]
fn shapes_have_three_to_eight_people() {
    for (mentors, mentees) in [(0, 3), (3, 0), (1, 1), (4, 5), (255, 255)] {
        assert!(Shape::new(mentors, mentees).is_err());
    }
    let shape = shape(2, 3);
    let text = serde_json::to_string(&shape).expect("numbers");
    assert_eq!(text, r#"{"mentors":2,"mentees":3}"#);
    assert_eq!(serde_json::from_str::<Shape>(&text).expect("it was written just now"), shape);
    assert!(serde_json::from_str::<Shape>(r#"{"mentors":0,"mentees":3}"#).is_err());
}

#[test]
fn whoever_stops_it_gets_the_best_so_far() {
    let compiled = compiled(&instance(3, 12));
    let options = options(shape(2, 2));
    let mut seen: Vec<CircleProgress> = Vec::new();
    let finished = form_circles(&compiled, &options, |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    });
    let finished = finished.expect("no pins");
    assert!(!finished.circles.is_empty());
    let scored = seen.iter().filter(|progress| progress.step == CircleStep::Score).count();
    assert!(seen.iter().all(|progress| progress.done <= progress.of));
    let mut best = 0;
    for stop in 0..seen.len() {
        let mut calls = 0;
        let stopped = form_circles(&compiled, &options, |_| {
            calls += 1;
            if calls > stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if stop < scored {
            assert_eq!(stopped, Err(CirclesError::Cancelled));
            continue;
        }
        let stopped = stopped.expect("all pairs are scored");
        assert_eq!(verify_circles(&compiled, &stopped), Ok(()));
        let rank = stopped.circles.len() as i64 * 1_000_000 + stopped.total;
        assert!(rank >= best, "it gets worse at {stop}");
        best = rank;
    }
    assert_eq!(best, finished.circles.len() as i64 * 1_000_000 + finished.total);
}

#[test]
fn whatever_is_changed_is_noticed() {
    let mut instance = plain(5, 7);
    instance.forbidden = vec![PairIds::new("mentor04", "mentee06")];
    let compiled = compiled(&instance);
    let sound = formed(&compiled, shape(2, 3));
    let check = |change: &dyn Fn(&mut Circles), expected: fn(CircleViolation) -> bool| {
        let mut changed = sound.clone();
        change(&mut changed);
        let violation = verify_circles(&compiled, &changed).expect_err("it was changed");
        assert!(expected(violation.clone()), "{violation}");
    };
    check(&|c| c.circles[0].score -= 1, |v| matches!(v, CircleViolation::Score { circle: 0, .. }));
    check(&|c| c.total += 1, |v| matches!(v, CircleViolation::Total { .. }));
    check(&|c| c.bound -= 1, |v| matches!(v, CircleViolation::Bound { .. }));
    check(&|c| c.proof.most -= 1, |v| matches!(v, CircleViolation::Most { .. }));
    check(&|c| drop(c.circles[0].mentors.pop()), |v| matches!(v, CircleViolation::Shape { circle: 0 }));
    check(&|c| drop(c.unplaced.mentees.pop()), |v| matches!(v, CircleViolation::NotOnce { .. }));
    check(&|c| c.circles[0].mentees[0] = c.circles[1].mentees[0].clone(), |v| {
        matches!(v, CircleViolation::NotOnce { .. })
    });
    check(&|c| c.circles[0].mentees[0] = "nobody".into(), |v| matches!(v, CircleViolation::UnknownPerson { .. }));
    let price = |c: &mut Circles, person: &str, price| {
        c.proof.side = Side::Mentee;
        c.proof.prices.insert(person.into(), price);
    };
    check(&|c| price(c, "mentee00", -5), |v| matches!(v, CircleViolation::Price { .. }));
    check(&|c| price(c, "mentor00", 5), |v| matches!(v, CircleViolation::UnknownPerson { .. }));
    check(&|c| price(c, "mentee06", 10_001), |v| matches!(v, CircleViolation::Bound { .. }));
    check(&|c| c.status = CircleStatus::Gap { circles: 1, total: 5 }, |v| matches!(v, CircleViolation::Status { .. }));
}

#[test]
fn a_circle_with_two_who_cannot_meet_is_noticed() {
    let free = formed(&compiled(&plain(1, 2)), shape(1, 2));
    let mut instance = plain(1, 2);
    instance.forbidden = vec![PairIds::new("mentor00", "mentee01")];
    let compiled = compiled(&instance);
    let violation = verify_circles(&compiled, &free).expect_err("they cannot meet");
    assert_eq!(violation, CircleViolation::Inadmissible(instance.forbidden[0].clone()));
    let none = formed(&compiled, shape(1, 2));
    assert_eq!((none.circles.len(), none.proof.most, none.status), (0, 0, CircleStatus::Exact));
}

#[test]
fn scarce_people_limit_the_circles_and_prove_it() {
    let mut instance = plain(6, 6);
    // Four mentors can meet the same two mentees only.
    for mentor in 2..6 {
        for mentee in 2..6 {
            instance.forbidden.push(PairIds::new(format!("mentor{mentor:02}"), format!("mentee{mentee:02}")));
        }
    }
    let compiled = compiled(&instance);
    let found = formed(&compiled, shape(2, 2));
    assert_eq!((found.circles.len(), found.total, found.status), (2, 80_000, CircleStatus::Exact));
    assert_eq!(found.proof.scarce_people.len(), 2);
    let mut unproven = found.clone();
    unproven.proof.scarce_people.clear();
    let more = CircleViolation::Most { claimed: 2, most: 3 };
    assert_eq!(verify_circles(&compiled, &unproven), Err(more));
    unproven.proof.scarce_people.push("nobody".into());
    let unknown = CircleViolation::UnknownPerson { side: found.proof.scarce, person: "nobody".into() };
    assert_eq!(verify_circles(&compiled, &unproven), Err(unknown));
}
