//! Gets an arrangement out of local optima: simulated annealing by exchanges of two people (Kirkpatrick, Gelatt and
//! Vecchi 1983).

use std::ops::ControlFlow;

use super::Shape;
use super::draft::Draft;
use super::scores::{NONE, Scores};
use crate::profile::{Side, Sides};

/// Numbers without any order to them, and the same in every run: SplitMix64 (Steele, Lea and Flood 2014) from 0.
struct Scatter(u64);

impl Scatter {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }
}

/// What a pair that cannot meet counts here: little enough that an arrangement can pass through it.
const PENALTY: i64 = 2 * crate::FULL_SCORE as i64;

/// What an exchange may cost at the start, for each pair that it changes, in a typical case.
const HEAT: i64 = 600;

/// How many exchanges are tried between two looks at whether to go on.
const BREATH: usize = 1 << 16;

struct Annealer<'a> {
    scores: &'a Scores,
    shape: Shape,
    /// Everybody: those in circles first, circle after circle, then who is free.
    people: Sides<Vec<u32>>,
    circles: usize,
}

/// Tries so many exchanges, with less and less patience for those that cost something.
pub(super) fn anneal(
    scores: &Scores,
    shape: Shape,
    draft: &mut Draft,
    exchanges: usize,
    go_on: &mut dyn FnMut() -> ControlFlow<()>,
) -> ControlFlow<()> {
    let people = Sides::from_fn(|side| [&draft.members.of(side)[..], &draft.free(scores, side)].concat());
    let mut annealer = Annealer { scores, shape, people, circles: draft.circles(shape) };
    let mut scatter = Scatter(0);
    if annealer.circles == 0 {
        return ControlFlow::Continue(());
    }
    let breaths = exchanges.div_ceil(BREATH);
    for breath in 0..breaths {
        go_on()?;
        let heat = HEAT * (breaths - breath) as i64 / breaths as i64;
        for _ in 0..BREATH.min(exchanges - breath * BREATH) {
            annealer.exchange(&mut scatter, heat);
        }
    }
    draft.members = Sides::from_fn(|side| annealer.people.of(side)[..draft.members.of(side).len()].to_vec());
    ControlFlow::Continue(())
}

impl Annealer<'_> {
    fn exchange(&mut self, scatter: &mut Scatter, heat: i64) {
        let side = if scatter.below(2) == 0 { Side::Mentor } else { Side::Mentee };
        let size = self.shape.of(side);
        let (one, other) = (scatter.below(self.circles * size), scatter.below(self.people.of(side).len()));
        let (here, there) = (one / size, other / size);
        if here == there {
            return;
        }
        let (leaves, comes) = (self.people.of(side)[one], self.people.of(side)[other]);
        let mut gain = self.fit(side, comes, here) - self.fit(side, leaves, here);
        if there < self.circles {
            gain += self.fit(side, leaves, there) - self.fit(side, comes, there);
        }
        // Half of all numbers end in no zero, a quarter in one, and so on: a loss twice as large is accepted as often
        // as the square of how often the loss itself is.
        let patience = heat * self.shape.of(side.other()) as i64;
        if gain >= 0 || -gain <= patience * i64::from(scatter.next().trailing_zeros()) {
            self.people.of_mut(side).swap(one, other);
        }
    }

    fn fit(&self, side: Side, person: u32, circle: usize) -> i64 {
        let (row, size) = (self.scores.row(side, person as usize), self.shape.of(side.other()));
        let across = &self.people.of(side.other())[circle * size..(circle + 1) * size];
        let worth = |&partner: &u32| match row[partner as usize] {
            NONE => -PENALTY,
            score => i64::from(score),
        };
        across.iter().map(worth).sum()
    }
}
