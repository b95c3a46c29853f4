//! Who stands in whose reporting line.

use std::ops::Range;

use crate::compiled::CompiledInstance;
use crate::org::Spot;
use crate::profile::Side;

/// The people of a block who are in the org tree, in the order of its tour.
pub(super) struct Lines {
    spots: Vec<Spot>,
    bits: Vec<u32>,
    /// The nearest of those before who is above; oneself without any.
    above: Vec<u32>,
}

impl Lines {
    pub fn new(compiled: &CompiledInstance, side: Side, people: &Range<usize>) -> Self {
        let spot = |(bit, person): (u32, usize)| Some((compiled.spot(side, person)?, bit));
        let mut both: Vec<(Spot, u32)> = (0..).zip(people.clone()).filter_map(spot).collect();
        both.sort_unstable_by_key(|(spot, _)| spot.enter);
        let (spots, bits): (Vec<Spot>, Vec<u32>) = both.into_iter().unzip();
        let mut above: Vec<u32> = Vec::with_capacity(spots.len());
        for (at, spot) in spots.iter().enumerate() {
            let mut near = at.saturating_sub(1);
            while !spots[near].is_above(*spot) && above.get(near).is_some_and(|&up| up as usize != near) {
                near = above[near] as usize;
            }
            above.push(if spots[near].is_above(*spot) { near } else { at } as u32);
        }
        Self { spots, bits, above }
    }

    /// Visits everybody above and below a person of the other side, at any distance.
    pub fn of(&self, compiled: &CompiledInstance, side: Side, person: usize, mut visit: impl FnMut(u32)) {
        let Some(spot) = compiled.spot(side, person) else { return };
        let first = |enter: u32| self.spots.partition_point(|other| other.enter < enter);
        self.bits[first(spot.enter + 1)..first(spot.leave)].iter().for_each(|&bit| visit(bit));
        let before = first(spot.enter).checked_sub(1);
        let up = |&at: &usize| Some(self.above[at] as usize).filter(|&up| up != at);
        for at in std::iter::successors(before, up).filter(|&at| self.spots[at].is_above(spot)) {
            visit(self.bits[at]);
        }
    }
}
