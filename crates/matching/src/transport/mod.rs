//! The transportation problem: people with places on two sides, arcs between them, the best choice of arcs.
//!
//! Maximize the sum of `worth + pair_bonus` over the chosen arcs plus `first_bonus` of every node that has one, where
//! no arc is chosen twice and no node beyond its places. This is the layer below [`crate::solve`], for problems whose
//! arcs are listed one by one; an assignment problem is one in which everybody has one place.
//!
//! ```
//! use counterflow_matching::transport::{Arc, Node, Problem, check, solve};
//! // Two rows that both like column 0 best.
//! let arcs = vec![vec![Arc::new(0, 9), Arc::new(1, 7)], vec![Arc::new(0, 8), Arc::new(1, 2)]];
//! let problem = Problem::new(vec![Node::places(1); 2], vec![Node::places(1); 2], arcs)?;
//! let flow = solve(&problem);
//! assert_eq!(flow.chosen, [(0, 1), (1, 0)]);
//! assert_eq!(check(&problem, &flow), Ok(15));
//! # Ok::<(), counterflow_matching::transport::ProblemError>(())
//! ```
//!
//! # Method
//! Prices first, then the exact answer. Where many want the same, an auction with falling increments finds prices that
//! are nearly right (`auction.rs`; Bertsekas 1979; Goldberg and Kennedy 1995 for its form as push-relabel). Whoever is
//! not exactly content with them is then brought in along shortest augmenting paths over reduced costs (`augment.rs`;
//! Jonker and Volgenant 1987, here for nodes with several places, and from both sides). Prices and choice then satisfy
//! complementary slackness, which [`check`] verifies by itself.

mod auction;
mod augment;
mod check;
mod network;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

pub use check::{FlowError, check};
pub(crate) use network::{COLUMNS, Network, ROWS};

/// A row or a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// How many arcs it can have at most.
    pub places: u32,
    /// What the first of them is worth beside the arc, 0 or more.
    pub first_bonus: i64,
}

impl Node {
    /// A node whose first place is worth no more than the others.
    pub fn places(places: u32) -> Self {
        Self { places, first_bonus: 0 }
    }
}

/// A possible pair, seen from one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    /// The position of the node across.
    pub to: u32,
    /// What it is worth when it is chosen.
    pub worth: i32,
}

impl Arc {
    /// An arc to a node.
    pub fn new(to: u32, worth: i32) -> Self {
        Self { to, worth }
    }
}

/// Nodes and arcs.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) rows: Vec<Node>,
    pub(crate) columns: Vec<Node>,
    pub(crate) arcs: Vec<Vec<Arc>>,
    /// What each chosen arc is worth beside its own worth.
    pub pair_bonus: i64,
}

/// What is wrong with a [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProblemError {
    /// There are not as many lists of arcs as rows.
    #[error("there are {rows} rows and {lists} lists of arcs")]
    OtherLength {
        /// Rows.
        rows: usize,
        /// Lists.
        lists: usize,
    },
    /// An arc leads nowhere.
    #[error("row {row} has an arc to column {column}, and there are {columns} columns")]
    UnknownColumn {
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: u32,
        /// How many there are.
        columns: usize,
    },
    /// Two arcs between the same nodes.
    #[error("row {row} has two arcs to column {column}")]
    RepeatedArc {
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: u32,
    },
}

impl Problem {
    /// Rows, columns, and the arcs of each row in any order.
    ///
    /// # Errors
    /// The first arc that leads nowhere or stands twice.
    pub fn new(rows: Vec<Node>, columns: Vec<Node>, mut arcs: Vec<Vec<Arc>>) -> Result<Self, ProblemError> {
        if rows.len() != arcs.len() {
            return Err(ProblemError::OtherLength { rows: rows.len(), lists: arcs.len() });
        }
        for (row, arcs) in arcs.iter_mut().enumerate() {
            arcs.sort_unstable_by_key(|arc| arc.to);
            if let Some(arc) = arcs.last().filter(|arc| arc.to as usize >= columns.len()) {
                return Err(ProblemError::UnknownColumn { row, column: arc.to, columns: columns.len() });
            }
            if let Some(twice) = arcs.windows(2).find(|pair| pair[0].to == pair[1].to) {
                return Err(ProblemError::RepeatedArc { row, column: twice[0].to });
            }
        }
        Ok(Self { rows, columns, arcs, pair_bonus: 0 })
    }

    /// The arcs of each row, by column.
    pub fn arcs(&self) -> &[Vec<Arc>] {
        &self.arcs
    }
}

/// The chosen arcs, and the prices that prove that no other choice is better.
///
/// Prices are those of a place beyond the first; the price of the first is higher by `first_bonus`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Row and column of each chosen arc, in order.
    pub chosen: Vec<(u32, u32)>,
    /// A price for each row.
    pub row_prices: Vec<i64>,
    /// A price for each column.
    pub column_prices: Vec<i64>,
}

/// With a bonus for every pair, an auction lets a row down by so many times the largest worth before it stays alone. Fewer,
/// and paths have to find more of the pairs; more, and rows fight long over columns that are too few for them.
const PATIENCE: i64 = 20;

/// Solves the problem. Takes 32 bytes an arc beside the problem.
///
/// The largest bonus, and the number of nodes times the largest worth, have to stay below 2^58.
pub fn solve(problem: &Problem) -> Flow {
    let mut network = Network::new(&problem.rows, &problem.columns, problem.pair_bonus);
    network.set_arcs(problem.rows.iter().zip(&problem.arcs).map(|(row, arcs)| {
        let open = move |arc: &&Arc| row.places > 0 && problem.columns[arc.to as usize].places > 0;
        arcs.iter().filter(open).copied()
    }));
    let widest = problem.arcs.iter().flatten().map(|arc| i64::from(arc.worth).abs()).max().unwrap_or(0);
    let mut go_on = |_| ControlFlow::<std::convert::Infallible>::Continue(());
    let floor = -problem.pair_bonus.clamp(0, PATIENCE * widest);
    let ControlFlow::Continue(()) = network.auction(widest / 8, 0, floor, &mut go_on);
    let ControlFlow::Continue(()) = network.complete(&mut go_on);
    close(problem, network.into_flow())
}

/// Whoever has no places costs nothing at any price: one that no arc is worth.
fn close(problem: &Problem, mut flow: Flow) -> Flow {
    for (row, arcs) in problem.arcs.iter().enumerate() {
        for arc in arcs {
            let column = arc.to as usize;
            let worth = i64::from(arc.worth) + problem.pair_bonus;
            if problem.rows[row].places == 0 {
                let price = &mut flow.row_prices[row];
                *price = (*price).max(worth - flow.column_prices[column].min(0));
            } else if problem.columns[column].places == 0 {
                let price = &mut flow.column_prices[column];
                *price = (*price).max(worth - flow.row_prices[row]);
            }
        }
    }
    flow
}
