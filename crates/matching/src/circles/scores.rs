//! All scores, laid out for either side, and who can be in a circle at all.

use std::ops::ControlFlow;

use super::Shape;
use crate::compiled::CompiledInstance;
use crate::profile::{Side, Sides};

/// The mark of a pair that is not admissible; scores are at most 10,000.
pub(super) const NONE: u16 = u16::MAX;

/// The scores of all pairs, once with a row for each mentor and once with a row for each mentee. Pairs of people who
/// can be in no circle are marked as not admissible.
pub(super) struct Scores {
    pub people: Sides<usize>,
    rows: Sides<Vec<u16>>,
    /// What an inadmissible pair counts: less than all admissible ones together could make up for.
    penalty: i64,
    /// How many people can be in a circle as far as the number of their partners goes.
    pub able: Sides<usize>,
    /// No arrangement has more circles.
    pub most: usize,
}

impl Scores {
    /// Scores all pairs. `after_row` is called after each mentor, and can stop the work.
    pub fn of(
        compiled: &CompiledInstance,
        shape: Shape,
        mut after_row: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Option<Self> {
        let people = Sides::from_fn(|side| compiled.people(side).len());
        let mut by_mentor = Vec::with_capacity(people.mentors * people.mentees);
        for mentor in 0..people.mentors {
            let score = |mentee| compiled.score(mentor, mentee).map_or(NONE, |score| score as u16);
            by_mentor.extend((0..people.mentees).map(score));
            if after_row(mentor + 1).is_break() {
                return None;
            }
        }
        let able = peel(&mut by_mentor, people, shape);
        let most = (able.mentors / shape.of(Side::Mentor)).min(able.mentees / shape.of(Side::Mentee));
        let mut by_mentee = vec![NONE; by_mentor.len()];
        for (at, &score) in by_mentor.iter().enumerate() {
            by_mentee[at % people.mentees * people.mentors + at / people.mentees] = score;
        }
        let penalty = (most * shape.pairs()) as i64 * i64::from(crate::FULL_SCORE) + 1;
        Some(Self { people, rows: Sides { mentors: by_mentor, mentees: by_mentee }, penalty, able, most })
    }

    /// A person's scores with everybody across; [`NONE`] where they cannot meet.
    pub fn row(&self, side: Side, person: usize) -> &[u16] {
        let width = *self.people.of(side.other());
        &self.rows.of(side)[person * width..(person + 1) * width]
    }

    /// What a pair counts in a draft that may still break rules.
    pub fn value(&self, score: u16) -> i64 {
        if score == NONE { -self.penalty } else { i64::from(score) }
    }

    /// The pairs of people who can meet, but cannot both be in a circle.
    pub fn peeled<'a>(&'a self, compiled: &'a CompiledInstance) -> impl Iterator<Item = (usize, usize)> + 'a {
        let useless = move |&(mentor, mentee): &(usize, usize)| {
            self.row(Side::Mentor, mentor)[mentee] == NONE && compiled.score(mentor, mentee).is_some()
        };
        let mentees = self.people.mentees;
        (0..self.people.mentors)
            .flat_map(move |mentor| (0..mentees).map(move |mentee| (mentor, mentee)))
            .filter(useless)
    }
}

/// Takes out who has too few admissible partners for a circle, again and again, and counts who remains.
fn peel(by_mentor: &mut [u16], people: Sides<usize>, shape: Shape) -> Sides<usize> {
    let mut partners = Sides::from_fn(|side| vec![0; *people.of(side)]);
    for at in (0..by_mentor.len()).filter(|&at| by_mentor[at] != NONE) {
        partners.mentors[at / people.mentees] += 1;
        partners.mentees[at % people.mentees] += 1;
    }
    let mut out: Vec<(Side, usize)> = Vec::new();
    for side in Side::BOTH {
        let needed = shape.of(side.other());
        out.extend((0..*people.of(side)).filter(|&at| partners.of(side)[at] < needed).map(|at| (side, at)));
    }
    let mut able = people;
    while let Some((side, person)) = out.pop() {
        *able.of_mut(side) -= 1;
        let needed = shape.of(side);
        for partner in 0..*people.of(side.other()) {
            let at = match side {
                Side::Mentor => person * people.mentees + partner,
                Side::Mentee => partner * people.mentees + person,
            };
            if std::mem::replace(&mut by_mentor[at], NONE) != NONE {
                let left = &mut partners.of_mut(side.other())[partner];
                *left -= 1;
                if *left + 1 == needed {
                    out.push((side.other(), partner));
                }
            }
        }
    }
    able
}
