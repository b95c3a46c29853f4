//! Gets an arrangement out of a local optimum: mixes up a few circles, improves them by themselves, and keeps what is
//! better.

use std::ops::ControlFlow;

use super::Shape;
use super::draft::Draft;
use super::improve::Improver;
use crate::profile::{Side, Sides};

/// Numbers without any order to them, and the same in every run: SplitMix64 (Steele, Lea and Flood 2014) from 0.
struct Scatter(u64);

impl Scatter {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    /// Brings so many of the list, any of them, to its front, in any order.
    fn mix<T>(&mut self, list: &mut [T], count: usize) {
        for at in 0..count.min(list.len()) {
            let other = at + self.below(list.len() - at);
            list.swap(at, other);
        }
    }
}

/// How many circles are mixed up at a time: two are divided in the best way already.
const FEWEST: usize = 3;
const MOST: usize = 5;

/// Mixes so many times.
pub(super) fn shake(improver: &mut Improver, draft: &mut Draft, times: usize) -> ControlFlow<()> {
    let shape = improver.shape;
    let mut scatter = Scatter(0);
    let mut order: Vec<usize> = (0..draft.circles(shape)).collect();
    let mut free = Sides::from_fn(|side| draft.free(improver.scores, side));
    let mut broken: Vec<usize> = broken_circles(improver, draft);
    for time in 0..times {
        if time % 64 == 0 {
            (improver.go_on)()?;
        }
        let count = (FEWEST + scatter.below(MOST - FEWEST + 1)).min(order.len());
        scatter.mix(&mut order, count);
        if !broken.is_empty() {
            let wanted = broken[scatter.below(broken.len())];
            let at = order.iter().position(|&circle| circle == wanted).unwrap_or(0);
            order.swap(0, at);
        }
        let mixed = &order[..count];
        let mut few = Draft { members: Sides::from_fn(|side| members(draft, shape, side, mixed)) };
        let mut spare: Sides<usize> = Sides::default();
        for side in Side::BOTH {
            *spare.of_mut(side) = free.of(side).len().min(count * 2);
            scatter.mix(free.of_mut(side), *spare.of(side));
        }
        let pool = Sides::from_fn(|side| [few.members.of(side), &free.of(side)[..*spare.of(side)]].concat());
        let mut part = Improver { pool, go_on: &mut || ControlFlow::Continue(()), ..*improver };
        let before = few.value(part.scores, shape);
        let side = if time % 2 == 0 { Side::Mentor } else { Side::Mentee };
        let mut mixed_up = part.pool.of(side).clone();
        let places = few.members.of(side).len();
        scatter.mix(&mut mixed_up, places);
        mixed_up.truncate(places);
        *few.members.of_mut(side) = mixed_up;
        part.fill(&mut few, side.other());
        part.improve_by_parts(&mut few)?;
        if few.value(part.scores, shape) < before {
            continue;
        }
        let pool = part.pool;
        for side in Side::BOTH {
            let left = pool.of(side).iter().filter(|person| !few.members.of(side).contains(person));
            free.of_mut(side).iter_mut().zip(left).for_each(|(place, &person)| *place = person);
        }
        put_back(draft, shape, mixed, &few);
        if !broken.is_empty() {
            broken = broken_circles(improver, draft);
        }
    }
    ControlFlow::Continue(())
}

fn broken_circles(improver: &Improver, draft: &Draft) -> Vec<usize> {
    let circles = 0..draft.circles(improver.shape);
    circles.filter(|&circle| !draft.is_sound(improver.scores, improver.shape, circle)).collect()
}

fn members(draft: &Draft, shape: Shape, side: Side, circles: &[usize]) -> Vec<u32> {
    circles.iter().flat_map(|&circle| draft.of(shape, side, circle)).copied().collect()
}

fn put_back(draft: &mut Draft, shape: Shape, circles: &[usize], few: &Draft) {
    for side in Side::BOTH {
        let size = shape.of(side);
        for (&circle, members) in circles.iter().zip(few.members.of(side).chunks_exact(size)) {
            draft.members.of_mut(side)[circle * size..(circle + 1) * size].copy_from_slice(members);
        }
    }
}
