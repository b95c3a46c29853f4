//! What a place in a draft costs, said as a score.

use crate::compiled::CompiledInstance;
use crate::objective::{Bonus, FULL_SCORE, Objective};
use crate::profile::{Side, Sides};
use crate::solve::{Solution, Status};

/// The dual prices of a draft. Weak duality: as long as no pair outside the draft is worth more than its two places
/// cost, no draft is better, whatever the pairs are worth beneath that.
pub(super) struct Prices<'a> {
    bonus: Bonus,
    pins: Sides<Vec<u32>>,
    /// Places that pins leave.
    free: Sides<Vec<u32>>,
    /// Prices that are about pairs with at least some score; where the worst pair counts, several of them together
    /// prove that the draft is the best.
    lists: Vec<(u32, &'a Sides<Vec<i64>>)>,
}

impl<'a> Prices<'a> {
    /// `None` where prices do not prove that the draft is the best.
    pub fn new(compiled: &CompiledInstance, solution: &'a Solution) -> Option<Self> {
        if solution.status != Status::Optimal {
            return None;
        }
        let pins = Sides::from_fn(|side| compiled.pins(side));
        let free = |side: Side| {
            let pins = pins.of(side).iter().enumerate();
            pins.map(|(person, pins)| compiled.people(side).capacity(person) - pins).collect()
        };
        let least = match solution.objective {
            Objective::MaxMin => solution.value.least.unwrap_or(0),
            Objective::MaxCoverage | Objective::MaxTotal => 0,
            Objective::Stable { .. } => return None,
        };
        let bounds = solution.bounds.iter().map(|bound| (bound.least_score, &bound.prices));
        Some(Self {
            bonus: compiled.bonus(solution.objective),
            free: Sides::from_fn(free),
            pins,
            lists: std::iter::once((least, &solution.prices)).chain(bounds).collect(),
        })
    }

    /// The score below which a pair outside the draft leaves it proven the best; `None` where any score does.
    pub fn of(&self, mentor: usize, mentee: usize) -> Option<u32> {
        if self.free.mentors[mentor] == 0 || self.free.mentees[mentee] == 0 {
            return None;
        }
        let from = self.lists.iter().map(|&(least, prices)| {
            let places = prices.mentors[mentor] + prices.mentees[mentee] - self.beside_score(mentor, mentee);
            // Prices say nothing of pairs below the score from which on they are right, and need not.
            (places + 1).max(least.into())
        });
        from.min().and_then(|from| u32::try_from(from.max(0)).ok()).filter(|&from| from <= FULL_SCORE)
    }

    /// What a pair is worth beyond its score.
    fn beside_score(&self, mentor: usize, mentee: usize) -> i64 {
        let first = |pins: u32| if pins == 0 { self.bonus.first_place } else { 0 };
        self.bonus.pair + first(self.pins.mentors[mentor]) + first(self.pins.mentees[mentee])
    }
}
