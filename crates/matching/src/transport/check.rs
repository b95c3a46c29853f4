//! Checks a flow by its prices, without the solver.

use std::collections::BTreeMap;

use super::{Flow, Node, Problem};

/// What is wrong with a [`Flow`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// There is not one price for each node.
    #[error("there is not one price for each row and column")]
    OtherLength,
    /// A chosen arc that is not among the arcs, or stands twice.
    #[error("row {row} and column {column} have no arc to choose")]
    NoArc {
        /// The row.
        row: u32,
        /// The column.
        column: u32,
    },
    /// More arcs than places.
    #[error("{side} {node} has {chosen} arcs for {places} places")]
    OverCapacity {
        /// `row` or `column`.
        side: &'static str,
        /// Its position.
        node: usize,
        /// Arcs.
        chosen: u32,
        /// Places.
        places: u32,
    },
    /// The prices do not prove that it is the best: they would allow this much.
    #[error("the choice is worth {worth}, and the prices prove only that no choice is worth more than {bound}")]
    Gap {
        /// Of the chosen arcs with all bonuses.
        worth: i128,
        /// An upper bound on any choice.
        bound: i128,
    },
}

/// Checks that a flow is a choice, and the best one. Returns what it is worth with all bonuses.
///
/// For any prices, no choice can be worth more than what all places cost, each at its price or at nothing where that is
/// below 0, plus what every arc is worth beyond its two prices. A choice that reaches this bound is the best.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(problem: &Problem, flow: &Flow) -> Result<i128, FlowError> {
    if flow.row_prices.len() != problem.rows.len() || flow.column_prices.len() != problem.columns.len() {
        return Err(FlowError::OtherLength);
    }
    let mut chosen = BTreeMap::new();
    for &(row, column) in &flow.chosen {
        let worth = problem.arcs.get(row as usize).and_then(|arcs| {
            // Arcs stand by column: see `Problem::new`.
            arcs.binary_search_by_key(&column, |arc| arc.to).ok().map(|at| arcs[at].worth)
        });
        let worth = worth.map(|worth| i128::from(worth) + i128::from(problem.pair_bonus));
        let again = worth.and_then(|worth| chosen.insert((row, column), worth));
        if worth.is_none() || again.is_some() {
            return Err(FlowError::NoArc { row, column });
        }
    }
    let rows = side("row", &problem.rows, &flow.row_prices, chosen.keys().map(|pair| pair.0))?;
    let columns = side("column", &problem.columns, &flow.column_prices, chosen.keys().map(|pair| pair.1))?;
    let beyond = problem.arcs.iter().zip(&flow.row_prices).flat_map(|(arcs, row)| {
        arcs.iter().map(move |arc| {
            let priced = i128::from(*row) + i128::from(flow.column_prices[arc.to as usize]);
            (i128::from(arc.worth) + i128::from(problem.pair_bonus) - priced).max(0)
        })
    });
    let worth = chosen.values().sum::<i128>() + rows.bonus + columns.bonus;
    let bound = rows.bound + columns.bound + beyond.sum::<i128>();
    if worth == bound { Ok(worth) } else { Err(FlowError::Gap { worth, bound }) }
}

struct SideSum {
    /// Of the first places that are filled.
    bonus: i128,
    /// What all places cost.
    bound: i128,
}

fn side(
    side: &'static str,
    nodes: &[Node],
    prices: &[i64],
    chosen: impl Iterator<Item = u32>,
) -> Result<SideSum, FlowError> {
    let mut filled = vec![0; nodes.len()];
    chosen.for_each(|node| filled[node as usize] += 1);
    let mut sum = SideSum { bonus: 0, bound: 0 };
    for (at, ((&node, &price), &chosen)) in nodes.iter().zip(prices).zip(&filled).enumerate() {
        let Node { places, first_bonus } = node;
        let (price, first_bonus) = (i128::from(price), i128::from(first_bonus));
        if chosen > places {
            return Err(FlowError::OverCapacity { side, node: at, chosen, places });
        }
        sum.bonus += if chosen > 0 { first_bonus } else { 0 };
        if places > 0 {
            sum.bound += (price + first_bonus).max(0) + price.max(0) * i128::from(places - 1);
        }
    }
    Ok(sum)
}
