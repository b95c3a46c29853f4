//! What has to follow for the optimum when an instance changes, on grids of scores and in corners.

use std::collections::HashMap;

use counterflow_matching::{
    Certificate, Criteria, Instance, Objective, ObjectiveValue, OrgTree, PairIds, Profile, Side, SolveOptions, Value,
    solve, unattended, verify,
};

use crate::grid::{Grid, WORD};
use crate::optimum::{OBJECTIVES, rank, solved};
use crate::random::{self, Random};

const LEXICOGRAPHIC: [Objective; 2] = [Objective::MaxCoverage, Objective::MaxMin];

fn value(grid: &Grid, objective: Objective) -> ObjectiveValue {
    solved(&grid.instance(), objective).value
}

#[test]
fn names_mean_nothing() {
    for seed in 0..300 {
        let instance = random::instance(seed, 8);
        let mut random = Random::new(seed);
        let mut names: Vec<String> = (0..40).map(|at| format!("p{at}")).collect();
        random.shuffle(&mut names);
        let new: HashMap<String, String> = (0..40).map(|at| format!("p{at}")).zip(names).collect();
        let renamed = renamed(&instance, &new);
        for objective in OBJECTIVES {
            let (here, there) = (solved(&instance, objective).value, solved(&renamed, objective).value);
            assert_eq!(rank(here, objective), rank(there, objective), "seed {seed}, {objective:?}");
        }
    }
}

fn renamed(instance: &Instance, new: &HashMap<String, String>) -> Instance {
    let mut renamed = instance.clone();
    for person in renamed.mentors.iter_mut().chain(&mut renamed.mentees) {
        person.id = new[&person.id].clone();
    }
    for pair in renamed.pinned.iter_mut().chain(&mut renamed.forbidden) {
        *pair = PairIds::new(&new[&pair.mentor], &new[&pair.mentee]);
    }
    let known = new.keys().filter(|old| instance.org.contains(old));
    let rows = known.map(|old| (new[old].clone(), instance.org.managers_of(old).next().map(|up| new[up].clone())));
    renamed.org = OrgTree::from_managers(rows).expect("the same tree");
    renamed
}

#[test]
fn the_same_points_for_every_pair_change_nothing_where_the_most_people_count() {
    for seed in 0..200 {
        let grid = Grid::random(seed, 7, 12);
        let mut more = grid.clone();
        let added = 1 + seed as u32 % 8;
        more.scores.iter_mut().flatten().flatten().for_each(|score| *score += added);
        for objective in LEXICOGRAPHIC {
            let (before, after) = (value(&grid, objective), value(&more, objective));
            let total = before.total + i64::from(added * WORD) * before.pairs as i64;
            let least = before.least.map(|least| least + added * WORD);
            let least = if objective == Objective::MaxMin { least } else { after.least };
            assert_eq!(after, ObjectiveValue { total, least, ..before }, "seed {seed}, {objective:?}");
        }
    }
}

#[test]
fn twice_the_points_are_twice_the_total() {
    for seed in 0..200 {
        let grid = Grid::random(seed, 7, 10);
        let mut twice = grid.clone();
        twice.scores.iter_mut().flatten().flatten().for_each(|score| *score *= 2);
        for objective in OBJECTIVES {
            let (before, after) = (value(&grid, objective), value(&twice, objective));
            assert_eq!(after.total, 2 * before.total, "seed {seed}, {objective:?}");
            if objective != Objective::MaxTotal {
                assert_eq!((after.people, after.pairs), (before.people, before.pairs), "seed {seed}, {objective:?}");
            }
            if objective == Objective::MaxMin {
                assert_eq!(after.least, before.least.map(|least| 2 * least), "seed {seed}");
            }
        }
    }
}

/// Two instances side by side, nobody of one possible for anybody of the other.
fn beside(one: &Grid, other: &Grid) -> Grid {
    let (mentees, others) = (one.mentee_places.len(), other.mentee_places.len());
    let first = one.scores.iter().map(|row| row.iter().copied().chain(vec![None; others]).collect());
    let second = other.scores.iter().map(|row| vec![None; mentees].into_iter().chain(row.iter().copied()).collect());
    Grid {
        scores: first.chain(second).collect(),
        mentor_places: [&one.mentor_places[..], &other.mentor_places].concat(),
        mentee_places: [&one.mentee_places[..], &other.mentee_places].concat(),
    }
}

#[test]
fn blocks_that_cannot_meet_are_solved_apart() {
    for seed in 0..200 {
        let (one, other) = (Grid::random(seed, 6, 12), Grid::random(seed + 1_000, 6, 12));
        let both = beside(&one, &other);
        for objective in OBJECTIVES {
            let (a, b, found) = (value(&one, objective), value(&other, objective), value(&both, objective));
            let what = format!("seed {seed}, {objective:?}");
            if objective == Objective::MaxMin {
                assert_eq!((found.people, found.pairs), (a.people + b.people, a.pairs + b.pairs), "{what}");
                assert_eq!(found.least, [a.least, b.least].into_iter().flatten().min(), "{what}");
                assert!(found.total >= a.total + b.total, "{what}");
            } else {
                assert_eq!(found.total, a.total + b.total, "{what}");
            }
        }
    }
}

/// Changes one person's places, and compares.
fn one_more_place(side: Side, expect: fn(ObjectiveValue, ObjectiveValue, Objective) -> bool) {
    let mut changed = 0;
    for seed in 0..300 {
        let before = random::instance(seed, 8);
        let mut after = before.clone();
        let people = if side == Side::Mentor { &mut after.mentors } else { &mut after.mentees };
        let at = Random::new(seed).below(people.len());
        people[at].capacity += 1;
        for objective in OBJECTIVES {
            let (old, new) = (solved(&before, objective).value, solved(&after, objective).value);
            assert!(expect(old, new, objective), "seed {seed}, {objective:?}: {old:?} and {new:?}");
            changed += u32::from(rank(old, objective) != rank(new, objective));
        }
    }
    assert!(changed > 100, "{changed}");
}

#[test]
fn one_more_place_of_a_mentee_never_makes_it_worse() {
    one_more_place(Side::Mentee, |old, new, objective| rank(new, objective) >= rank(old, objective));
}

#[test]
fn one_more_place_is_worth_at_most_a_full_pair_to_the_total() {
    let at_most = |old: ObjectiveValue, new: ObjectiveValue, objective| {
        objective != Objective::MaxTotal || (0..=10_000).contains(&(new.total - old.total))
    };
    one_more_place(Side::Mentor, at_most);
}

/// The price of a place says what the optimum loses at least without it, in the bonuses and points of the objective.
#[test]
fn who_has_no_partner_is_not_missed() {
    let mut left = 0;
    for seed in 0..200 {
        let mut grid = Grid::random(seed, 8, 12);
        // Few mentees, so that mentors are left over.
        grid.mentee_places.truncate(3);
        grid.scores.iter_mut().for_each(|row| row.truncate(3));
        for objective in OBJECTIVES {
            let instance = grid.instance();
            let before = solved(&instance, objective);
            let mut without = instance.clone();
            without.mentors.retain(|mentor| !before.unmatched.mentors.contains(&mentor.id));
            without.forbidden.retain(|pair| !before.unmatched.mentors.contains(&pair.mentor));
            if without.mentors.len() < instance.mentors.len() && !without.mentors.is_empty() {
                let after = solved(&without, objective);
                assert_eq!(rank(after.value, objective), rank(before.value, objective), "seed {seed}, {objective:?}");
                left += 1;
            }
        }
    }
    assert!(left > 100, "{left}");
}

#[test]
fn the_draft_is_the_same_by_any_number_of_threads() {
    for seed in 0..100 {
        let instance = random::instance(seed, 40);
        let compiled = instance.clone().compile().expect("sound");
        for objective in OBJECTIVES {
            let found = solved(&instance, objective);
            for threads in [1, 2, 3] {
                let again =
                    solve(&compiled, &SolveOptions { objective, threads, ..SolveOptions::default() }, unattended);
                assert_eq!(again.as_ref(), Ok(&found), "seed {seed}, {objective:?}, {threads} threads");
            }
        }
    }
}

fn grid(scores: &[&[Option<u32>]], mentor_places: &[u32], mentee_places: &[u32]) -> Grid {
    let scores = scores.iter().map(|row| row.to_vec()).collect();
    Grid { scores, mentor_places: mentor_places.to_vec(), mentee_places: mentee_places.to_vec() }
}

/// Everybody fits best with the first mentor, who can have one.
#[test]
fn one_mentor_whom_everybody_wants() {
    let row = |first: u32, rest: u32| -> Vec<Option<u32>> {
        (0..30).map(|at| if at == 0 { Some(first) } else { Some(rest) }).collect()
    };
    let mentors: Vec<Vec<Option<u32>>> = (0..30).map(|at| if at == 0 { row(20, 20) } else { row(3, 2) }).collect();
    let rows: Vec<&[Option<u32>]> = mentors.iter().map(Vec::as_slice).collect();
    let grid = grid(&rows, &[1; 30], &[1; 30]);
    for objective in OBJECTIVES {
        // The first mentor with anybody but the first mentee, who brings one word more to the others.
        let found = value(&grid, objective);
        assert_eq!((found.people, found.pairs), (60, 30), "{objective:?}");
        assert_eq!(found.total, i64::from(WORD * (20 + 3 + 28 * 2)), "{objective:?}");
        assert_eq!(found.least, Some(2 * WORD));
    }
}

#[test]
fn rows_without_any_possible_pair_stay_alone_and_the_others_do_not() {
    let grid = grid(
        &[&[None, None, None], &[Some(4), None, Some(1)], &[None, None, Some(9)], &[None, None, None]],
        &[2, 1, 1, 3],
        &[1, 2, 1],
    );
    for objective in OBJECTIVES {
        let found = solved(&grid.instance(), objective);
        assert_eq!(found.unmatched.mentors, ["mentor00", "mentor03"], "{objective:?}");
        assert_eq!(found.unmatched.mentees, ["mentee01"], "{objective:?}");
        assert_eq!(found.value.total, i64::from(13 * WORD), "{objective:?}");
    }
}

/// Bonuses reach 10,000 times the number of places; nothing overflows, and a point still decides. Each person's pairs are
/// all worth more than their places cost, so many that they fill the lists of better ones.
#[test]
fn very_many_places_and_a_single_point() {
    let text = "[[criterion]]\nrule = 'prefer'\ncompare = 'at_least_apart'\nfield = 'level'\nby = 10\nweight = 1";
    let person = |id: String, level: &str| {
        Profile::new(id, u32::MAX).with("level", Value::Number(level.parse().expect("a number")))
    };
    let mentors = (0..60).map(|at| person(format!("m{at:03}"), if at == 7 { "5.001" } else { "5" })).collect();
    let mentees = (0..60).map(|at| person(format!("e{at:03}"), "0")).collect();
    let instance = Instance::new(mentors, mentees, Criteria::from_toml(text).expect("in the form"));
    for objective in OBJECTIVES {
        let found = solved(&instance, objective).value;
        assert_eq!((found.people, found.pairs, found.total), (120, 3_600, 60 * (59 * 5_000 + 5_001)), "{objective:?}");
    }
}

/// The head of a company stands in everybody's line, a guest in nobody's.
#[test]
fn who_is_above_everybody_can_only_have_guests() {
    let people: Vec<String> = (0..60).map(|at| format!("p{at:02}")).collect();
    let org = OrgTree::from_managers(people.iter().map(|id| (id.clone(), (id != "p00").then_some("p00"))));
    let mentors = people.iter().skip(1).chain([&"guest".to_owned()]).map(|id| Profile::new(id.as_str(), 1)).collect();
    let mentees = vec![Profile::new("p00", 3), Profile::new("p01", 1)];
    let criteria = Criteria::from_toml("[chain_of_command]").expect("in the form");
    let instance = Instance { org: org.expect("a tree"), ..Instance::new(mentors, mentees, criteria) };
    for objective in OBJECTIVES {
        let found = solved(&instance, objective);
        let pairs: Vec<(&str, &str)> = found.pairs.iter().map(|p| (p.mentor.as_str(), p.mentee.as_str())).collect();
        assert_eq!(pairs.len(), 2, "{objective:?}");
        assert!(pairs.contains(&("guest", "p00")), "{objective:?}: {pairs:?}");
    }
}

#[test]
fn all_ties_at_any_size_are_matched_in_full() {
    for (mentors, mentees) in [(1, 1), (64, 65), (100, 99), (9, 200)] {
        let people = |prefix: &str, count| (0..count).map(|at| Profile::new(format!("{prefix}{at:03}"), 1)).collect();
        let instance = Instance::new(people("m", mentors), people("e", mentees), Criteria::default());
        let compiled = instance.compile().expect("sound");
        for objective in OBJECTIVES {
            let found =
                solve(&compiled, &SolveOptions { objective, threads: 2, ..SolveOptions::default() }, unattended)
                    .expect("nobody cancels");
            assert_eq!(found.value.pairs, mentors.min(mentees), "{objective:?}");
            assert!(verify(&compiled, &found, &Certificate::new(&compiled, &found)).is_ok(), "{objective:?}");
        }
    }
}
