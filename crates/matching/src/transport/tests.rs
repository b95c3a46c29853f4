//! The transport layer beside brute force, and what its certificates promise.

use std::ops::ControlFlow;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Arc, COLUMNS, Flow, FlowError, Network, Node, Problem, ProblemError, ROWS, check, solve};

fn nodes(most: usize) -> impl Strategy<Value = Vec<Node>> {
    let node = (0..=3_u32, select(vec![0, 0, 0, 1, 7, 500]));
    vec(node.prop_map(|(places, first_bonus)| Node { places, first_bonus }), 0..=most)
}

/// Arcs of small worth, so that there are many ties, or of any.
fn arcs(rows: usize, columns: usize) -> impl Strategy<Value = Vec<Vec<Arc>>> {
    let worth = prop_oneof![4 => -3..=9_i32, 2 => -20..=200, 1 => any::<i32>()];
    let list = vec(proptest::option::weighted(0.7, worth), columns);
    let arcs = |list: Vec<Option<i32>>| {
        let arcs = (0..).zip(list).filter_map(|(to, worth)| Some(Arc::new(to, worth?)));
        arcs.collect()
    };
    vec(list.prop_map(arcs), rows)
}

fn problems(most: usize) -> impl Strategy<Value = Problem> {
    let bonus = select(vec![0, 0, 3, 50, 1 << 36]);
    (nodes(most), nodes(most), bonus).prop_flat_map(|(rows, columns, bonus)| {
        arcs(rows.len(), columns.len()).prop_map(move |arcs| {
            let mut problem = Problem::new(rows.clone(), columns.clone(), arcs).expect("each arc stands once");
            problem.pair_bonus = bonus;
            problem
        })
    })
}

/// The best of all choices: row by row, over the places of columns that are used.
fn best_of_all(problem: &Problem) -> i128 {
    let mut step = 1;
    let digits: Vec<(usize, usize)> = problem
        .columns
        .iter()
        .map(|column| {
            let digit = (step, column.places as usize + 1);
            step *= digit.1;
            digit
        })
        .collect();
    let mut best = vec![None; step];
    best[0] = Some(0);
    for (row, arcs) in problem.rows.iter().zip(&problem.arcs) {
        let before = best.clone();
        for chosen in 1_u32..1 << arcs.len() {
            if chosen.count_ones() > row.places {
                continue;
            }
            let chosen: Vec<&Arc> =
                arcs.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, arc)| arc).collect();
            for (used, value) in before.iter().enumerate() {
                let Some(value) = value else { continue };
                let mut next = (used, value + i128::from(row.first_bonus));
                let fits = chosen.iter().all(|arc| {
                    let (step, places) = digits[arc.to as usize];
                    let filled = used / step % places;
                    let first = if filled == 0 { problem.columns[arc.to as usize].first_bonus } else { 0 };
                    next.0 += step;
                    next.1 += i128::from(arc.worth) + i128::from(problem.pair_bonus + first);
                    filled + 1 < places
                });
                if fits {
                    best[next.0] = best[next.0].max(Some(next.1));
                }
            }
        }
    }
    best.into_iter().flatten().max().expect("nothing is a choice")
}

/// Whether a flow satisfies complementary slackness, condition by condition.
fn prices_fit(problem: &Problem, flow: &Flow) -> bool {
    let filled = |chosen: usize, node: &Node, price: i64| match chosen as u32 {
        0 => node.places == 0 || price + node.first_bonus <= 0,
        chosen => price + node.first_bonus >= 0 && (chosen == 1 || price >= 0) && (chosen == node.places || price <= 0),
    };
    let rows = problem
        .rows
        .iter()
        .zip(&flow.row_prices)
        .zip(0_u32..)
        .all(|((node, &price), row)| filled(flow.chosen.iter().filter(|pair| pair.0 == row).count(), node, price));
    let columns = problem.columns.iter().zip(&flow.column_prices).zip(0_u32..).all(|((node, &price), column)| {
        filled(flow.chosen.iter().filter(|pair| pair.1 == column).count(), node, price)
    });
    let arcs = (0_u32..).zip(&problem.arcs).flat_map(|(row, arcs)| arcs.iter().map(move |arc| (row, arc)));
    let mut beyond = arcs.map(|(row, arc)| {
        let prices = flow.row_prices[row as usize] + flow.column_prices[arc.to as usize];
        let gain = i64::from(arc.worth) + problem.pair_bonus - prices;
        if flow.chosen.contains(&(row, arc.to)) { gain >= 0 } else { gain <= 0 }
    });
    rows && columns && beyond.all(|fits| fits)
}

/// A network as `solve` makes it: without arcs to whoever has no places.
fn network(problem: &Problem) -> Network {
    let mut network = Network::new(&problem.rows, &problem.columns, problem.pair_bonus);
    network.set_arcs(problem.arcs.iter().map(|arcs| arcs.iter().copied()));
    network
}

fn finished(problem: &Problem, mut network: Network) -> Result<i128, FlowError> {
    let done = network.complete(&mut go_on);
    assert_eq!(done, ControlFlow::Continue(()));
    check(problem, &network.into_flow())
}

/// The same without nodes that have no places, of whom a network knows nothing.
fn open(mut problem: Problem) -> Problem {
    problem.rows.iter_mut().chain(&mut problem.columns).for_each(|node| node.places = node.places.max(1));
    problem
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn is_the_best_of_all_choices(problem in problems(6)) {
        let flow = solve(&problem);
        prop_assert_eq!(check(&problem, &flow), Ok(best_of_all(&problem)));
        prop_assert!(prices_fit(&problem, &flow));
    }

    /// Another price proves as much only if it fits as well.
    #[test]
    fn another_price_proves_less_unless_it_fits(problem in problems(6), by in select(vec![-1, 1, 1000])) {
        let flow = solve(&problem);
        let worth = check(&problem, &flow).expect("the flow is proven");
        for node in 0..problem.rows.len() + problem.columns.len() {
            let mut other = flow.clone();
            let mut prices = other.row_prices.iter_mut().chain(&mut other.column_prices);
            *prices.nth(node).expect("there are so many nodes") += by;
            match check(&problem, &other) {
                Ok(found) => prop_assert!(found == worth && prices_fit(&problem, &other)),
                Err(FlowError::Gap { worth: found, bound }) => {
                    prop_assert!(found == worth && bound > worth && !prices_fit(&problem, &other));
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }

    /// An arc more or less is refused, unless it was worth nothing.
    #[test]
    fn another_choice_is_refused_unless_it_is_as_good(problem in problems(6)) {
        let flow = solve(&problem);
        let worth = check(&problem, &flow).expect("the flow is proven");
        let all = (0_u32..).zip(&problem.arcs).flat_map(|(row, arcs)| arcs.iter().map(move |arc| (row, arc.to)));
        for pair in all {
            let mut other = flow.clone();
            let had = other.chosen.len();
            other.chosen.retain(|&chosen| chosen != pair);
            if other.chosen.len() == had {
                other.chosen.push(pair);
            }
            match check(&problem, &other) {
                Ok(found) => prop_assert!(found == worth && prices_fit(&problem, &other)),
                Err(FlowError::Gap { worth: found, bound }) => {
                    prop_assert!(found < worth && bound == worth && !prices_fit(&problem, &other));
                }
                Err(FlowError::OverCapacity { chosen, places, .. }) => prop_assert_eq!(chosen, places + 1),
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }

    #[test]
    fn the_order_of_rows_and_columns_does_not_matter(
        (problem, rows, columns) in problems(9).prop_flat_map(|problem| {
            let orders = [problem.rows.len(), problem.columns.len()].map(|many| Just((0..many).collect::<Vec<_>>()).prop_shuffle());
            let [rows, columns] = orders;
            (Just(problem), rows, columns)
        }),
    ) {
        let moved = |arc: &Arc| Arc::new(columns[arc.to as usize] as u32, arc.worth);
        let arcs = rows.iter().map(|&row| problem.arcs[row].iter().map(moved).collect()).collect();
        let mut there = problem.columns.clone();
        columns.iter().zip(&problem.columns).for_each(|(&to, &column)| there[to] = column);
        let here = rows.iter().map(|&row| problem.rows[row]).collect();
        let mut other = Problem::new(here, there, arcs).expect("each arc stands once");
        other.pair_bonus = problem.pair_bonus;
        prop_assert_eq!(check(&other, &solve(&other)), check(&problem, &solve(&problem)));
    }

    /// From wherever an auction ends, the rest is found.
    #[test]
    fn whatever_auctions_leave_is_completed(
        problem in problems(8).prop_map(open),
        auctions in vec((0..300_i64, 0..50_i64, -400..1_i64), 0..4),
    ) {
        let mut started = network(&problem);
        for (from, to, floor) in auctions {
            assert_eq!(started.auction(from, to, floor, &mut go_on), ControlFlow::Continue(()));
        }
        prop_assert_eq!(finished(&problem, started), check(&problem, &solve(&problem)));
    }

    /// Any prices of columns, and any choice that keeps within places: each row is settled, and the rest is found.
    #[test]
    fn the_start_does_not_matter(
        problem in problems(8).prop_map(open),
        prices in vec(-500..500_i64, 8),
        choice in vec(any::<bool>(), 64),
    ) {
        let mut started = network(&problem);
        let all = (0_u32..).zip(&problem.arcs).flat_map(|(row, arcs)| arcs.iter().map(move |&arc| (row, arc)));
        for ((row, arc), _) in all.zip(choice).filter(|(_, chosen)| *chosen) {
            let (here, there) = (row as usize, arc.to as usize);
            let has_room = |side: usize, node: usize| started.sides[side].filled(node) < started.sides[side].nodes[node].places;
            if has_room(ROWS, here) && has_room(COLUMNS, there) {
                started.sides[ROWS].partners[here].push(arc);
                started.sides[COLUMNS].partners[there].push(Arc::new(row, arc.worth));
            }
        }
        for (column, price) in prices.into_iter().enumerate().take(problem.columns.len()) {
            let columns = &mut started.sides[COLUMNS];
            columns.price[column] = price.max(columns.reserve(column, columns.filled(column).max(1)));
        }
        for row in 0..problem.rows.len() {
            started.settle(row);
        }
        prop_assert_eq!(finished(&problem, started), check(&problem, &solve(&problem)));
    }
}

/// Assignment problems that are hard for many methods, by a formula for the worth and the optimum.
#[test]
fn hard_assignments_are_solved() {
    fn check_assignment(many: i32, worth: impl Fn(i32, i32) -> i32, expected: i128) {
        let arcs = (0..many).map(|row| (0..many).map(|column| Arc::new(column as u32, worth(row, column))).collect());
        let one = vec![Node::places(1); many as usize];
        let mut problem = Problem::new(one.clone(), one, arcs.collect()).expect("each arc stands once");
        problem.pair_bonus = 1 << 40;
        assert_eq!(check(&problem, &solve(&problem)), Ok(expected + i128::from(many) * (1 << 40)));
    }
    // Machol and Wien 1976: the largest with the smallest.
    check_assignment(80, |row, column| -(row + 1) * (column + 1), -(80 * 81 * 82 / 6));
    check_assignment(80, |row, column| (row + 1) * (column + 1), 80 * 81 * 161 / 6);
    check_assignment(80, |_, _| 7, 560);
    check_assignment(80, |row, column| row - column, 0);
    check_assignment(80, |row, column| -(row - column - 3).rem_euclid(80), 0);
    check_assignment(60, |row, column| if row == column { i32::MIN } else { i32::MAX }, 60 * i128::from(i32::MAX));
    check_assignment(60, |row, column| if row >= column { 1 } else { i32::MIN }, 60);
}

#[test]
fn what_is_no_problem_or_no_flow_is_refused() {
    let node = || vec![Node::places(1)];
    let list = |arcs: &[u32]| vec![arcs.iter().map(|&to| Arc::new(to, 5)).collect()];
    let refused = |columns, arcs| Problem::new(node(), columns, arcs).expect_err("it is wrong");
    assert_eq!(refused(node(), Vec::new()), ProblemError::OtherLength { rows: 1, lists: 0 });
    assert_eq!(refused(node(), list(&[1])), ProblemError::UnknownColumn { row: 0, column: 1, columns: 1 });
    assert_eq!(refused(node(), list(&[0, 0])), ProblemError::RepeatedArc { row: 0, column: 0 });

    let problem = Problem::new(node(), node(), list(&[0])).expect("it is one");
    let flow = |chosen, prices: [i64; 2]| Flow { chosen, row_prices: vec![prices[0]], column_prices: vec![prices[1]] };
    assert_eq!(check(&problem, &flow(vec![(0, 0)], [2, 3])), Ok(5));
    assert_eq!(check(&problem, &flow(vec![], [2, 3])), Err(FlowError::Gap { worth: 0, bound: 5 }));
    assert_eq!(check(&problem, &flow(vec![(0, 0)], [2, 4])), Err(FlowError::Gap { worth: 5, bound: 6 }));
    assert_eq!(check(&problem, &flow(vec![(0, 0); 2], [2, 3])), Err(FlowError::NoArc { row: 0, column: 0 }));
    assert_eq!(check(&problem, &flow(vec![(0, 1)], [2, 3])), Err(FlowError::NoArc { row: 0, column: 1 }));
    let short = Flow { chosen: vec![], row_prices: vec![], column_prices: vec![0] };
    assert_eq!(check(&problem, &short), Err(FlowError::OtherLength));
}

/// Nobody stops it.
fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
