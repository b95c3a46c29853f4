//! An arrangement of circles while it is worked on. It may break rules; what it is worth then says so.

use super::Shape;
use super::scores::{NONE, Scores};
use crate::profile::{Side, Sides};

/// The members of each circle by position: circle after circle, as many as the shape says. Nobody is in two.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub members: Sides<Vec<u32>>,
}

impl Draft {
    pub fn circles(&self, shape: Shape) -> usize {
        self.members.mentors.len() / shape.of(Side::Mentor)
    }

    pub fn of(&self, shape: Shape, side: Side, circle: usize) -> &[u32] {
        let size = shape.of(side);
        &self.members.of(side)[circle * size..(circle + 1) * size]
    }

    fn pairs(&self, scores: &Scores, shape: Shape, circle: usize) -> impl Iterator<Item = u16> {
        let mentees = self.of(shape, Side::Mentee, circle);
        let row = |&mentor: &u32| {
            let row = scores.row(Side::Mentor, mentor as usize);
            mentees.iter().map(|&mentee| row[mentee as usize])
        };
        self.of(shape, Side::Mentor, circle).iter().flat_map(row)
    }

    /// Whether everybody in a circle can meet everybody across.
    pub fn is_sound(&self, scores: &Scores, shape: Shape, circle: usize) -> bool {
        self.pairs(scores, shape, circle).all(|score| score != NONE)
    }

    /// The sum of all scores, with the penalty for each pair that cannot meet.
    pub fn value(&self, scores: &Scores, shape: Shape) -> i64 {
        let circle = |circle| self.pairs(scores, shape, circle).map(|score| scores.value(score)).sum::<i64>();
        (0..self.circles(shape)).map(circle).sum()
    }

    /// Leaves only circles in which everybody can meet everybody across.
    pub fn drop_broken(&mut self, scores: &Scores, shape: Shape) {
        let sound: Vec<usize> =
            (0..self.circles(shape)).filter(|&circle| self.is_sound(scores, shape, circle)).collect();
        self.members = Sides::from_fn(|side| sound.iter().flat_map(|&at| self.of(shape, side, at)).copied().collect());
    }

    /// Who is in no circle.
    pub fn free(&self, scores: &Scores, side: Side) -> Vec<u32> {
        let mut free = vec![true; *scores.people.of(side)];
        self.members.of(side).iter().for_each(|&member| free[member as usize] = false);
        (0..).zip(free).filter(|(_, free)| *free).map(|(person, _)| person).collect()
    }
}
