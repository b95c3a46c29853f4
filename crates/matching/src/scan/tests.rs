//! Shortlists against a look at every pair.

use std::cmp::Reverse;

use super::*;
use crate::profile::Sides;

/// What [`Scan::shortlists`] should say, found by scoring every pair.
fn by_hand(compiled: &CompiledInstance, columns: Side, prices: Prices, ask: Ask) -> Vec<(i64, u32, u16)> {
    let pair = |column: usize| match columns {
        Side::Mentor => (column, ask.row as usize),
        Side::Mentee => (ask.row as usize, column),
    };
    let mut all: Vec<(i64, u32, u16)> = (0..compiled.people(columns).len())
        .filter_map(|column| {
            let (mentor, mentee) = pair(column);
            let score = compiled.score(mentor, mentee).filter(|_| !compiled.is_pinned(mentor, mentee))?;
            Some((i64::from(score) - prices[column]?, column as u32, score as u16))
        })
        .filter(|&(value, ..)| value > ask.above)
        .collect();
    all.sort_unstable_by_key(|&(value, column, _)| (Reverse(value), column));
    all
}

fn check(seed: u64, people: usize) {
    let compiled = crate::random::instance(seed, people).compile().expect("random instances are proper");
    let mut random = crate::random::Random::new(seed);
    let high = [1, 100, 20_000, 3_000_000_000_usize][random.below(4)];
    let mut price = |_| (!random.once_in(9)).then(|| random.below(high) as i64 - high as i64 / 3);
    let prices: Sides<Vec<Option<i64>>> =
        Sides::from_fn(|side| (0..compiled.people(side).len()).map(&mut price).collect());
    for columns in Side::BOTH {
        let prices = prices.of(columns);
        let rows = compiled.people(columns.other()).len() as u32;
        let asks: Vec<Ask> =
            (0..rows).map(|row| Ask { row, above: [-1, 0, 4_000, -2_000_000_000][random.below(4)] }).collect();
        for most in [1, 4, 10_000] {
            for &kernel in Kernel::known() {
                let scan = Scan { kernel, ..Scan::new(&compiled, columns, 2) };
                let lists = scan.shortlists(prices, &asks, most, &|_| true).expect("nobody stops it");
                for (ask, list) in asks.iter().zip(lists) {
                    let expected = by_hand(&compiled, columns, prices, *ask);
                    let value = |&(column, score): &(u32, u16)| {
                        i64::from(score) - prices[column as usize].expect("listed columns are open")
                    };
                    let values: Vec<i64> = list.arcs.iter().map(value).collect();
                    let place = format!("seed {seed}, {kernel:?}, {columns} {ask:?}, most {most}");
                    assert!(values.is_sorted_by(|a, b| a >= b) && list.rest >= ask.above, "{place}");
                    for found in &expected {
                        let listed = list.arcs.contains(&(found.1, found.2));
                        assert!(listed || found.0 <= list.rest, "{place}: {found:?} is left out");
                    }
                    let known = |arc: &(u32, u16)| expected.iter().any(|found| (found.1, found.2) == *arc);
                    assert!(list.arcs.iter().all(known), "{place}");
                    let enough = list.arcs.len() >= most.min(expected.len()) && list.arcs.len() <= 2 * most;
                    assert!(enough, "{place}: {} of {}", list.arcs.len(), expected.len());
                }
            }
        }
    }
}

#[test]
fn lists_the_best_of_every_row_whatever_the_processor() {
    for seed in 0..60 {
        check(seed, 12);
    }
    for seed in 60..66 {
        check(seed, 300);
    }
}
