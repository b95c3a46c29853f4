//! The second opinion against the first, and the bound against scoring one by one.

use super::bounds::{Bounds, Unit};
use super::score::Facing;
use super::*;
use crate::scan::kernel::{Program, Steps, TILE};
use crate::{Instance, Pair, SolveOptions, solve, unattended};

use crate::random::{self, Random};

fn instances() -> impl Iterator<Item = (String, Instance)> {
    let small = (0..80).map(|seed| (format!("seed {seed}"), random::instance(seed, 9)));
    let large = (200..204).map(|seed| (format!("seed {seed}"), random::instance(seed, 300)));
    small.chain(large)
}

/// The bound for everybody, by every processor form and number of threads.
fn bounded() -> impl Iterator<Item = How> {
    let how = |kernel: &Kernel| [1, 3].map(|threads| How { kernel: *kernel, threads, bound_from: 0 });
    Kernel::known().iter().flat_map(how)
}

const ONE_BY_ONE: How = How { kernel: Kernel::Portable, threads: 1, bound_from: usize::MAX };

fn proven(compiled: &CompiledInstance, objective: Objective) -> (Solution, Certificate) {
    let solution = solve(compiled, &SolveOptions { objective, threads: 1, ..SolveOptions::default() }, unattended)
        .expect("nobody cancels");
    let certificate = Certificate::new(compiled, &solution);
    (solution, certificate)
}

#[test]
fn scores_are_those_of_the_solver() {
    for (name, instance) in instances() {
        let compiled = instance.compile().expect("a sound instance");
        let rules = Rules::new(&compiled);
        let people = |side| compiled.people(side).len();
        for columns in Side::BOTH {
            let scorer = Scorer::new(&compiled, columns);
            let mut facing = Facing::new(&scorer);
            for row in 0..people(columns.other()) {
                facing.face(row);
                for column in 0..people(columns) {
                    let (mentor, mentee) = if columns == Side::Mentor { (column, row) } else { (row, column) };
                    let at = (mentor as u32, mentee as u32);
                    let found = match rules.is_pinned(at) {
                        true => Some(facing.score_without_rules(column)),
                        false => facing.score(column).filter(|_| !rules.are_apart(at)),
                    };
                    assert_eq!(found, compiled.score(mentor, mentee), "{name}: {:?}", compiled.ids(mentor, mentee));
                }
            }
        }
    }
}

/// Runs the programs of all rows over everybody, and holds their sums against the deficits.
fn check_bounds(name: &str, compiled: &CompiledInstance, columns: Side, most: i64, kernel: Kernel) -> usize {
    let scorer = Scorer::new(compiled, columns);
    let prices: Vec<i64> = (0..compiled.people(columns).len() as i64).map(|at| at % 7).collect();
    let rows = compiled.people(columns.other()).len();
    let (bounds, unit) = (Bounds::new(&scorer, rows, &prices), Unit::for_up_to(most));
    let start = vec![[0; TILE]; bounds.columns.tiles()];
    let (tiles, mut facing, mut left_out) = ((0..start.len() as u32).collect::<Vec<_>>(), Facing::new(&scorer), 0);
    for row in 0..rows {
        facing.face(row);
        let (Some(same), mut terms) = (bounds.same_for_all(row), Vec::new()) else {
            assert!((0..prices.len()).all(|column| facing.deficit(column).is_none()), "{name}, row {row}");
            continue;
        };
        let of_sums = bounds.terms(row, &mut terms);
        let ops = bounds.program(row, unit, &terms, &of_sums);
        let mut sums = vec![None; start.len() * TILE];
        let mut hits = Vec::new();
        kernel.scan(
            Program { steps: &Steps::over(&bounds.columns, ops.iter().copied()), skip: 0, start: &start, limit: 254 },
            &bounds.columns,
            &tiles,
            &mut hits,
        );
        hits.drain(..).for_each(|hit| sums[hit.position as usize] = Some(hit.sum));
        let mut of_tiles = vec![None; start.len().div_ceil(TILE) * TILE];
        let all: Vec<u32> = (0..bounds.tiles.tiles() as u32).collect();
        let program = Program {
            steps: &Steps::over(&bounds.tiles, bounds.tile_program(row, unit)),
            skip: 0,
            start: &start,
            limit: 254,
        };
        kernel.scan(program, &bounds.tiles, &all, &mut hits);
        hits.iter().for_each(|hit| of_tiles[hit.position as usize] = Some(hit.sum));
        for (position, &column) in bounds.order.iter().enumerate() {
            let Some(deficit) = facing.deficit(column as usize) else {
                left_out += usize::from(sums[position].is_none());
                continue;
            };
            let limit = unit.limit(i64::from(deficit) - same);
            let place = format!("{name}, {kernel:?}, row {row}, column {column}, up to {most}");
            let within = |sum: Option<u8>| limit == 254 || sum.is_some_and(|sum| sum <= limit);
            assert!(within(sums[position]), "{place}: {:?} exceeds {limit}", sums[position]);
            assert!(within(of_tiles[position / TILE]), "{place}: its tile");
        }
    }
    left_out
}

#[test]
fn a_bound_is_never_above_the_deficit() {
    let mut left_out = 0;
    for (name, instance) in instances() {
        let compiled = instance.compile().expect("a sound instance");
        for &kernel in Kernel::known() {
            for (columns, most) in [(Side::Mentor, 254), (Side::Mentee, 3_000), (Side::Mentor, 14_000)] {
                left_out += check_bounds(&name, &compiled, columns, most, kernel);
            }
        }
    }
    assert!(left_out > 100_000, "{left_out} pairs that break a rule are left out");
}

#[test]
fn numbers_are_rounded_down() {
    for most in [0, 1, 254, 255, 256, 5_000, 10_001, 14_097, 32_767] {
        let unit = Unit::for_up_to(most);
        for number in (0..=most).chain([65_535, 1 << 40]) {
            let whole = (0..=255).rev().find(|&whole| whole * (most / 255 + 1) <= number);
            assert!(Some(i64::from(unit.round(number))) <= whole, "{number} in units for {most}");
        }
        assert!(unit.limit(most) < u8::MAX && unit.round(i64::MAX) == u8::MAX, "{most}");
    }
}

/// Searches under numbers that are wrong here and there have to name the same first pair, whichever way they look.
#[test]
fn the_bound_finds_what_looking_one_by_one_finds() {
    let (mut found, mut nothing) = (0, 0);
    for (name, instance) in instances() {
        let compiled = instance.compile().expect("a sound instance");
        let mut random = Random::new(name.len() as u64 + compiled.people(Side::Mentor).len() as u64);
        for objective in [Objective::MaxCoverage, Objective::MaxTotal] {
            let (solution, certificate) = proven(&compiled, objective);
            let rules = Rules::new(&compiled);
            for columns in Side::BOTH {
                let scorer = Scorer::new(&compiled, columns);
                let draft = Draft::read(&compiled, &rules, &scorer, &solution).expect("a draft");
                let listed = Listed { prices: &certificate.prices, rents: &certificate.rents, least_score: 0 };
                let prices = PriceList::read(&draft, certificate.bonus, &listed).expect("complete");
                for wrong in [0, 1, 40, 5_000, 1_000_000_000_000] {
                    let mut ask = prices.ask(columns);
                    let rows = ask.rows.iter_mut().flatten();
                    for number in rows.chain(ask.columns.iter_mut().filter(|number| **number < i64::MAX)) {
                        let step = random.below(2 * wrong + 1) as i64 - wrong as i64;
                        *number += if random.once_in(9) { step } else { 0 };
                    }
                    let run = |how| Search::new(&ask, &prices, &scorer).run(how);
                    let expected = run(ONE_BY_ONE);
                    if expected.is_err() {
                        found += 1
                    } else {
                        nothing += 1
                    }
                    for how in bounded() {
                        assert_eq!(run(how), expected, "{name}, {objective:?}, {columns}, {wrong}, {how:?}");
                    }
                }
            }
        }
    }
    assert!(found > 200 && nothing > 200, "{found} found, {nothing} times nothing");
}

#[test]
fn what_is_wrong_by_one_is_refused_by_the_bound_too() {
    let mut tried = 0;
    for (name, instance) in instances().skip(74) {
        let compiled = instance.compile().expect("a sound instance");
        let (solution, certificate) = proven(&compiled, Objective::MaxTotal);
        let mut ways: Vec<(Solution, Certificate)> = Vec::new();
        for side in Side::BOTH {
            for (id, _) in certificate.prices.of(side).iter().step_by(60) {
                for step in [-1, 1] {
                    let mut changed = certificate.clone();
                    *changed.prices.of_mut(side).get_mut(id).expect("the id is from there") += step;
                    ways.push((solution.clone(), changed));
                }
            }
        }
        for at in (0..certificate.rents.len()).step_by(20) {
            let mut changed = certificate.clone();
            changed.rents[at].rent += 1;
            ways.push((solution.clone(), changed));
        }
        for at in (1..solution.pairs.len()).step_by(20) {
            let mut changed = solution.clone();
            let other = changed.pairs[at - 1].mentee.clone();
            changed.pairs[at - 1].mentee = std::mem::replace(&mut changed.pairs[at].mentee, other);
            // Another pair with the same score can be as good.
            let other_score = |pair: &Pair| {
                let at = |side| compiled.people(side).position(pair.id(side)).expect("the id is from there");
                compiled.score(at(Side::Mentor), at(Side::Mentee)) != Some(pair.score)
            };
            if changed.pairs[at - 1..=at].iter().any(other_score) {
                ways.push((changed, certificate.clone()));
            }
        }
        let proof = verify_by(ONE_BY_ONE, &compiled, &solution, &certificate);
        assert!(proof.is_ok(), "{name}: {proof:?}");
        for how in bounded() {
            assert_eq!(verify_by(how, &compiled, &solution, &certificate), proof, "{name}, {how:?}");
        }
        for ((solution, certificate), how) in ways.iter().zip(bounded().collect::<Vec<_>>().into_iter().cycle()) {
            let verdict = verify_by(how, &compiled, solution, certificate);
            assert!(verdict.is_err(), "{name}, {how:?}");
            assert_eq!(verdict, verify_by(ONE_BY_ONE, &compiled, solution, certificate), "{name}, {how:?}");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

/// Without one of its pairs a stable draft is a draft still; the two would rather have each other, whichever way one looks.
#[test]
fn the_bound_finds_who_would_rather_have_each_other() {
    let mut tried = 0;
    for (name, instance) in instances().skip(74) {
        let compiled = instance.compile().expect("a sound instance");
        let (stable, certificate) = proven(&compiled, Objective::Stable { proposer: Side::Mentee });
        for at in (0..stable.pairs.len()).step_by(2).filter(|&at| !stable.pairs[at].pinned) {
            let (mut solution, mut certificate) = (stable.clone(), certificate.clone());
            let gone = solution.pairs.remove(at);
            for side in
                Side::BOTH.into_iter().filter(|&side| !solution.pairs.iter().any(|p| p.id(side) == gone.id(side)))
            {
                solution.unmatched.of_mut(side).push(gone.id(side).to_owned());
                solution.unmatched.of_mut(side).sort();
                solution.value.people -= 1;
            }
            solution.value.pairs -= 1;
            solution.value.total -= i64::from(gone.score);
            solution.value.least = solution.pairs.iter().filter(|pair| !pair.pinned).map(|pair| pair.score).min();
            certificate.value = solution.value;
            let verdict = verify_by(ONE_BY_ONE, &compiled, &solution, &certificate);
            assert!(matches!(verdict, Err(Violation::Blocking { .. })), "{name}: {verdict:?}");
            for how in bounded() {
                assert_eq!(verify_by(how, &compiled, &solution, &certificate), verdict, "{name}, {how:?}");
            }
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}
