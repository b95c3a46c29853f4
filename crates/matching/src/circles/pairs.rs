//! What the best draft of pairs says of circles: everybody has as many places in it as a circle has people across, so
//! that circles are such a draft, too, and never a better one.

use std::ops::ControlFlow;

use super::Shape;
use super::scores::{NONE, Scores};
use crate::compiled::CompiledInstance;
use crate::criteria::Criteria;
use crate::objective::{FULL_SCORE, Objective};
use crate::profile::{Side, Sides};
use crate::solve::{Progress, SolveOptions, solve};

/// The prices of the best draft by an objective, under criteria with the same hard rules.
pub(super) fn prices(
    compiled: &CompiledInstance,
    scores: &Scores,
    shape: Shape,
    criteria: Criteria,
    objective: Objective,
    progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> ControlFlow<(), Sides<Vec<i64>>> {
    let mut instance = compiled.instance().clone();
    instance.criteria = criteria;
    for side in Side::BOTH {
        instance.people.of_mut(side).set_capacities(shape.of(side.other()) as u32);
    }
    instance.forbidden.extend(scores.peeled(compiled).map(|(mentor, mentee)| compiled.ids(mentor, mentee)));
    // What was changed is sound, as the rest was before; and prices of 0 are right, too, only not the best.
    let Ok(derived) = CompiledInstance::new(instance) else { return ControlFlow::Continue(Sides::default()) };
    let mut options = SolveOptions::of(&derived);
    options.objective = objective;
    match solve(&derived, &options, progress) {
        Ok(solution) => ControlFlow::Continue(solution.prices),
        Err(_) => ControlFlow::Break(()),
    }
}

/// People who are so scarce that they limit the number of circles.
pub(super) struct Scarce {
    pub side: Side,
    pub people: Vec<u32>,
    /// No arrangement has more circles.
    pub most: usize,
}

impl Scarce {
    /// Nobody is scarce; people who can be in a circle at all are the only limit.
    pub fn nobody(scores: &Scores) -> Self {
        Self { side: Side::Mentee, people: Vec::new(), most: scores.most }
    }

    /// Finds them by the prices of the draft with the most pairs: without preferences all pairs are worth the same, and
    /// who has a price is who further pairs would need.
    pub fn find(
        compiled: &CompiledInstance,
        scores: &Scores,
        shape: Shape,
        progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
    ) -> ControlFlow<(), Self> {
        let mut criteria = compiled.criteria().clone();
        criteria.list.retain(|criterion| criterion.rule.weight().is_none());
        let prices = prices(compiled, scores, shape, criteria, Objective::MaxTotal, progress)?;
        let mut best = Self::nobody(scores);
        for side in Side::BOTH {
            let priced = (0..).zip(prices.of(side)).filter(|(_, price)| **price >= i64::from(FULL_SCORE) / 2);
            let people: Vec<u32> = priced.map(|(person, _)| person).collect();
            let most = circles_with(scores, shape, side, &people);
            if most < best.most {
                best = Self { side, people, most };
            }
        }
        ControlFlow::Continue(best)
    }
}

/// How many circles there can be at most if some people of one side are scarce: each of them is in one circle, and meets
/// everybody across there; everybody across meets as many others as a circle has, if they can meet as many.
fn circles_with(scores: &Scores, shape: Shape, side: Side, scarce: &[u32]) -> usize {
    let mut plenty = vec![true; *scores.people.of(side)];
    scarce.iter().for_each(|&person| plenty[person as usize] = false);
    let others = |person| {
        let row = scores.row(side.other(), person).iter().zip(&plenty);
        row.filter(|&(&score, &plenty)| plenty && score != NONE).count().min(shape.of(side))
    };
    let beside: usize = (0..*scores.people.of(side.other())).map(others).sum();
    (scarce.len() * shape.of(side.other()) + beside) / shape.pairs()
}
