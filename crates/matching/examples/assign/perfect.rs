//! A perfect assignment of least cost as a transportation problem.
//!
//! Each arc is worth its row's middle cost less its own, for which 32 bits are enough, and a bonus that is more than any
//! number of arcs can differ by; so a larger choice always beats a smaller one.

use std::error::Error;
use std::fmt;

use counterflow_matching::transport::{self, Arc, Node, Problem};

use super::matching::{deficient_set, neighbors};
use super::read::Assignment;

/// What is true of an assignment problem, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The least cost of a perfect assignment.
    Optimum(i128),
    /// There is no perfect assignment.
    None(Reason),
}

/// Why there is no perfect assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// One side has more nodes.
    Unequal { left: usize, right: usize },
    /// So many left nodes have fewer neighbors.
    Deficient { set: usize, neighbors: usize },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unequal { left, right } => write!(f, "{left} left nodes and {right} right nodes"),
            Self::Deficient { set, neighbors } => write!(f, "{set} left nodes have only {neighbors} neighbors"),
        }
    }
}

/// Finds the optimum and checks it by its prices, or finds why there is none and checks that.
///
/// # Errors
/// If the costs of one node are too far apart for 32 bits, or a check fails, which would be an error of the solver.
pub fn solve(problem: &Assignment) -> Result<Answer, Box<dyn Error>> {
    let nodes = problem.costs.len();
    if nodes != problem.right {
        return Ok(Answer::None(Reason::Unequal { left: nodes, right: problem.right }));
    }
    if let Some(set) = deficient_set(problem) {
        let (set, neighbors) = (set.len(), neighbors(problem, &set));
        if set <= neighbors {
            return Err("the set of left nodes has enough neighbors".into());
        }
        return Ok(Answer::None(Reason::Deficient { set, neighbors }));
    }
    let (shifts, arcs) = shifted(problem)?;
    let mut transport = Problem::new(vec![Node::places(1); nodes], vec![Node::places(1); nodes], arcs)?;
    // A path of n + 1 arcs instead of n others wins by more than it can lose.
    let size = |arc: &Arc| i64::from(arc.worth).abs();
    let largest = transport.arcs().iter().flatten().map(size).max().unwrap_or(0);
    transport.pair_bonus = (2 * nodes as i64 + 1) * largest + 1;
    let flow = transport::solve(&transport);
    let worth = transport::check(&transport, &flow)?;
    if flow.chosen.len() != nodes {
        return Err(format!("{} of {nodes} nodes have a partner", flow.chosen.len()).into());
    }
    let cost = shifts.iter().map(|&shift| i128::from(shift)).sum::<i128>()
        - (worth - i128::from(transport.pair_bonus) * nodes as i128);
    Ok(Answer::Optimum(cost))
}

/// The middle of each row's costs, and what its arcs are worth beside it.
fn shifted(problem: &Assignment) -> Result<(Vec<i64>, Vec<Vec<Arc>>), String> {
    let mut shifts = Vec::with_capacity(problem.costs.len());
    let mut lists = Vec::with_capacity(problem.costs.len());
    for costs in &problem.costs {
        let all = || costs.iter().map(|&(_, cost)| cost);
        let (least, most) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        let shift = (least + most).div_euclid(2);
        let arc = |&(to, cost): &(u32, i64)| i32::try_from(shift - cost).map(|worth| Arc::new(to, worth));
        let arcs = costs.iter().map(arc).collect::<Result<_, _>>();
        lists.push(
            arcs.map_err(|_| format!("costs of one node are {} apart, at most {} can be", most - least, u32::MAX))?,
        );
        shifts.push(shift);
    }
    Ok((shifts, lists))
}
