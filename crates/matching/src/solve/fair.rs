//! The draft whose worst pair is as good as can be.
//!
//! Among the drafts that reach the most people, and with them the most pairs, the lowest score is to be as high as
//! possible, and after it the total. Whether a lowest score can be reached is a question to the ordinary solver, asked of
//! the pairs with at least this score: does its best draft still reach as many? The answer to all higher scores follows
//! from one, so that halving finds the highest (the bottleneck assignment problem; Burkard, Dell'Amico and Martello 2012,
//! chapter 6.2). The last question answered yes is the draft, and the last answered no proves that it is the best.

use std::ops::ControlFlow;

use super::draft::{self, Found};
use super::engine::Engine;
use super::{Bound, Halt, Solution, Watch};
use crate::compiled::CompiledInstance;
use crate::objective::{FULL_SCORE, Objective};

/// Solves for [`Objective::MaxMin`].
pub(super) fn solve(compiled: &CompiledInstance, mut engine: Engine, watch: &mut Watch) -> ControlFlow<Halt, Solution> {
    let is_best = engine.run_or_settle(0, watch)?;
    let mut best = Found { pairs: engine.found(), prices: engine.prices(), is_best };
    if !is_best {
        return ControlFlow::Continue(draft::solution(compiled, Objective::MaxMin, best, Vec::new()));
    }
    let most = engine.reach();
    let mut bounds = vec![bound(compiled, &engine, 0)];
    let mut reached = engine.least_score().unwrap_or(FULL_SCORE);
    let mut beyond = FULL_SCORE + 1;
    let mut refusal = None;
    while reached + 1 < beyond {
        let asked = reached.midpoint(beyond);
        if !engine.run_or_settle(asked, watch)? {
            // What is still proven is how many people and pairs, and how many points, there can be.
            bounds.truncate(1);
            let prices = bounds.iter().map(|bound| bound.prices.clone()).next().unwrap_or_default();
            let best = Found { prices, is_best: false, ..best };
            return ControlFlow::Continue(draft::solution(compiled, Objective::MaxMin, best, bounds));
        }
        if engine.reach() == most {
            best = Found { pairs: engine.found(), prices: engine.prices(), is_best };
            reached = engine.least_score().unwrap_or(asked);
        } else {
            refusal = Some(bound(compiled, &engine, asked));
            beyond = asked;
        }
    }
    bounds.extend(refusal);
    ControlFlow::Continue(draft::solution(compiled, Objective::MaxMin, best, bounds))
}

fn bound(compiled: &CompiledInstance, engine: &Engine, least_score: u32) -> Bound {
    let prices = engine.prices();
    let rents = draft::rents(compiled, &engine.found(), &prices, Objective::MaxMin);
    Bound { least_score, prices, rents }
}
