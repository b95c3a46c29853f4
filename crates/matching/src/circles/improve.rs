//! Makes an arrangement better until nothing of what it tries does.

use std::cmp::Reverse;
use std::ops::ControlFlow;

use super::Shape;
use super::anneal::anneal;
use super::assign::assign;
use super::draft::Draft;
use super::scores::{NONE, Scores};
use crate::profile::{Side, Sides};

/// Scores, shape, and whoever may stop the work.
pub(super) struct Improver<'a> {
    pub scores: &'a Scores,
    pub shape: Shape,
    /// How many exchanges of two people are tried to leave a local optimum.
    pub exchanges: usize,
    /// Asked between steps.
    pub go_on: &'a mut dyn FnMut() -> ControlFlow<()>,
}

impl Improver<'_> {
    /// An arrangement around given people of one side, one for each circle: who fits them best across, then who fits
    /// those best on their own side.
    pub fn around(&self, side: Side, hubs: &[u32]) -> Draft {
        let mut draft = Draft::default();
        *draft.members.of_mut(side.other()) = self.best_across(side, hubs, 1);
        self.fill(&mut draft, side);
        draft
    }

    /// Gives every circle the best people of one side for those across.
    fn fill(&self, draft: &mut Draft, side: Side) {
        let across = side.other();
        *draft.members.of_mut(side) = self.best_across(across, draft.members.of(across), self.size(across));
    }

    fn size(&self, side: Side) -> usize {
        self.shape.of(side)
    }

    /// The best people across for groups of one side, `per` of them to a circle.
    fn best_across(&self, side: Side, members: &[u32], per: usize) -> Vec<u32> {
        let across = *self.scores.people.of(side.other());
        let mut values = vec![0; members.len() / per * across];
        for (group, values) in members.chunks_exact(per).zip(values.chunks_exact_mut(across)) {
            for &member in group {
                let row = self.scores.row(side, member as usize);
                values.iter_mut().zip(row).for_each(|(value, &score)| *value += self.scores.value(score));
            }
        }
        assign(&values, across, self.size(side.other()))
    }

    /// Improves until nothing helps, leaves out circles that still break rules, fills new ones from who is then free,
    /// and improves again. On a break the draft is what it was improved to by then, without broken circles.
    pub fn settle(&mut self, draft: &mut Draft) -> ControlFlow<()> {
        loop {
            let improved = self.improve(draft);
            let before = draft.circles(self.shape);
            draft.drop_broken(self.scores, self.shape);
            improved?;
            let sound = draft.circles(self.shape);
            while draft.circles(self.shape) < self.scores.most && self.add_circle(draft) {}
            if before == sound && draft.circles(self.shape) == sound {
                return ControlFlow::Continue(());
            }
        }
    }

    fn improve(&mut self, draft: &mut Draft) -> ControlFlow<()> {
        self.improve_together(draft)?;
        // Once: what comes after it only fills gaps.
        let exchanges = std::mem::take(&mut self.exchanges);
        if exchanges == 0 {
            return ControlFlow::Continue(());
        }
        let mut other = draft.clone();
        anneal(self.scores, self.shape, &mut other, exchanges, self.go_on)?;
        let improved = self.improve_together(&mut other);
        if other.value(self.scores, self.shape) > draft.value(self.scores, self.shape) {
            *draft = other;
        }
        improved
    }

    fn improve_together(&mut self, draft: &mut Draft) -> ControlFlow<()> {
        loop {
            let value = self.improve_by_parts(draft)?;
            if !self.groups_on_both_sides() || self.recombine_all(draft, value)? == value {
                return ControlFlow::Continue(());
            }
        }
    }

    /// Exchanges one side at a time, and divides two circles at a time, until neither helps. Returns the value.
    fn improve_by_parts(&mut self, draft: &mut Draft) -> ControlFlow<(), i64> {
        let mut value = draft.value(self.scores, self.shape);
        loop {
            let before = value;
            for side in [Side::Mentee, Side::Mentor] {
                (self.go_on)()?;
                value = self.reassign(draft, side, value);
            }
            if value == before && self.groups_on_both_sides() {
                value += self.divide_all(draft)?;
            }
            if value == before {
                return ControlFlow::Continue(value);
            }
        }
    }

    fn groups_on_both_sides(&self) -> bool {
        self.size(Side::Mentor) > 1 && self.size(Side::Mentee) > 1
    }

    /// Exchanges all members of one side for the best ones, where they are better.
    fn reassign(&self, draft: &mut Draft, side: Side, value: i64) -> i64 {
        let old = draft.members.of(side).clone();
        self.fill(draft, side);
        let new_value = draft.value(self.scores, self.shape);
        if new_value > value {
            return new_value;
        }
        *draft.members.of_mut(side) = old;
        value
    }

    /// Divides the people of any two circles anew among the two. Returns what it gained.
    fn divide_all(&mut self, draft: &mut Draft) -> ControlFlow<(), i64> {
        let divisions = divisions(self.size(Side::Mentor));
        let mut gained = 0;
        for first in 0..draft.circles(self.shape) {
            (self.go_on)()?;
            for second in first + 1..draft.circles(self.shape) {
                gained += self.divide(draft, first, second, &divisions);
            }
        }
        ControlFlow::Continue(gained)
    }

    fn divide(&self, draft: &mut Draft, first: usize, second: usize, divisions: &[u32]) -> i64 {
        let both = |side| [draft.of(self.shape, side, first), draft.of(self.shape, side, second)].concat();
        let people = Sides::from_fn(both);
        let before = self.circle_value(draft, first) + self.circle_value(draft, second);
        let (mut best, mut chosen) = (before, None);
        for &mentors in divisions {
            let (value, mentees) = self.division(&people, mentors);
            if value > best {
                (best, chosen) = (value, Some((mentors, mentees)));
            }
        }
        if let Some((mentors, mentees)) = chosen {
            for (side, set) in [(Side::Mentor, mentors), (Side::Mentee, mentees)] {
                let (people, size) = (people.of(side), self.size(side));
                let (inside, outside): (Vec<usize>, Vec<usize>) = (0..people.len()).partition(|at| set >> at & 1 == 1);
                let members = draft.members.of_mut(side);
                inside.iter().enumerate().for_each(|(at, &person)| members[first * size + at] = people[person]);
                outside.iter().enumerate().for_each(|(at, &person)| members[second * size + at] = people[person]);
            }
        }
        best - before
    }

    fn circle_value(&self, draft: &Draft, circle: usize) -> i64 {
        let mentors = draft.of(self.shape, Side::Mentor, circle).iter();
        let row = |&mentor: &u32| self.scores.row(Side::Mentor, mentor as usize);
        let mentees = draft.of(self.shape, Side::Mentee, circle);
        mentors
            .map(row)
            .map(|row| mentees.iter().map(|&mentee| self.scores.value(row[mentee as usize])).sum::<i64>())
            .sum()
    }

    /// The best value of two circles when a set of the mentors is in the first one, and the set of mentees to go with it:
    /// those who gain most by being there rather than in the second.
    fn division(&self, people: &Sides<Vec<u32>>, mentors: u32) -> (i64, u32) {
        let mut gains = [(Reverse(0), 0); 2 * 7];
        let gains = &mut gains[..people.mentees.len()];
        let mut value = 0;
        for (at, (gain, &mentee)) in gains.iter_mut().zip(&people.mentees).enumerate() {
            let row = self.scores.row(Side::Mentee, mentee as usize);
            let (mut inside, mut outside) = (0, 0);
            for (bit, &mentor) in people.mentors.iter().enumerate() {
                let score = self.scores.value(row[mentor as usize]);
                *(if mentors >> bit & 1 == 1 { &mut inside } else { &mut outside }) += score;
            }
            value += outside;
            *gain = (Reverse(inside - outside), at);
        }
        gains.sort_unstable();
        let first = &gains[..gains.len() / 2];
        (value + first.iter().map(|gain| gain.0.0).sum::<i64>(), first.iter().fold(0, |set, gain| set | 1 << gain.1))
    }

    /// Cuts every circle in two at the same members, and joins the halves anew.
    fn recombine_all(&mut self, draft: &mut Draft, mut value: i64) -> ControlFlow<(), i64> {
        let (mentors, mentees) = (self.size(Side::Mentor), self.size(Side::Mentee));
        // Who goes, by place in the circle: at least one of each side, and the first mentor stays.
        for mentors_go in (2_u32..1 << mentors).step_by(2) {
            for mentees_go in 1..(1 << mentees) {
                (self.go_on)()?;
                value = self.recombine(draft, &Sides { mentors: mentors_go, mentees: mentees_go }, value);
            }
        }
        ControlFlow::Continue(value)
    }

    fn recombine(&self, draft: &mut Draft, go: &Sides<u32>, value: i64) -> i64 {
        let circles = draft.circles(self.shape);
        let part = |side: Side, circle: usize, goes: u32| {
            let members = draft.of(self.shape, side, circle).iter().enumerate();
            members.filter(move |(at, _)| go.of(side) >> at & 1 == goes).map(|(_, &member)| member).collect::<Vec<_>>()
        };
        let parts =
            |goes| (0..circles).map(|circle| Sides::from_fn(|side| part(side, circle, goes))).collect::<Vec<_>>();
        let (stay, leave) = (parts(0), parts(1));
        let worth = |mentors: &[u32], mentees: &[u32]| -> i64 {
            let rows = mentors.iter().map(|&mentor| self.scores.row(Side::Mentor, mentor as usize));
            rows.map(|row| mentees.iter().map(|&mentee| self.scores.value(row[mentee as usize])).sum::<i64>()).sum()
        };
        let pair = |stay: &Sides<Vec<u32>>, leave: &Sides<Vec<u32>>| {
            worth(&stay.mentors, &leave.mentees) + worth(&leave.mentors, &stay.mentees)
        };
        let values: Vec<i64> = stay.iter().flat_map(|stay| leave.iter().map(|leave| pair(stay, leave))).collect();
        let now: i64 = (0..circles).map(|circle| values[circle * circles + circle]).sum();
        let chosen = assign(&values, circles, 1);
        let then: i64 = chosen.iter().enumerate().map(|(at, &half)| values[at * circles + half as usize]).sum();
        if then > now {
            let joined = |side: Side| {
                let circle = |(stay, &half): (&Sides<Vec<u32>>, &u32)| {
                    [&stay.of(side)[..], leave[half as usize].of(side)].concat()
                };
                stay.iter().zip(&chosen).flat_map(circle).collect()
            };
            draft.members = Sides::from_fn(joined);
        }
        value + (then - now).max(0)
    }

    /// Fills one more circle from people who are free. Says whether it could; it tries only so long.
    fn add_circle(&self, draft: &mut Draft) -> bool {
        let free = Sides::from_fn(|side| draft.free(self.scores, side));
        let mut found = Vec::new();
        let mut patience = 20_000;
        let Some(common) = self.mentors_in_common(&free.mentors, &free.mentees, &mut found, &mut patience) else {
            return false;
        };
        let fit = |mentee: u32| {
            let row = self.scores.row(Side::Mentee, mentee as usize);
            found.iter().map(|&mentor| i64::from(row[mentor as usize])).sum::<i64>()
        };
        let mut mentees = common;
        mentees.sort_by_key(|&mentee| (Reverse(fit(mentee)), mentee));
        draft.members.mentees.extend(&mentees[..self.size(Side::Mentee)]);
        draft.members.mentors.extend(found);
        true
    }

    /// Adds mentors to `found` until they suffice, all of whom can meet enough of the mentees; returns those mentees.
    fn mentors_in_common(
        &self,
        mentors: &[u32],
        mentees: &[u32],
        found: &mut Vec<u32>,
        patience: &mut u32,
    ) -> Option<Vec<u32>> {
        if found.len() == self.size(Side::Mentor) {
            return Some(mentees.to_vec());
        }
        for (at, &mentor) in mentors.iter().enumerate() {
            *patience = patience.checked_sub(1)?;
            let row = self.scores.row(Side::Mentor, mentor as usize);
            let common: Vec<u32> = mentees.iter().copied().filter(|&mentee| row[mentee as usize] != NONE).collect();
            if common.len() >= self.size(Side::Mentee) {
                found.push(mentor);
                let complete = self.mentors_in_common(&mentors[at + 1..], &common, found, patience);
                if complete.is_some() {
                    return complete;
                }
                found.pop();
            }
        }
        None
    }
}

/// All ways to divide twice so many people in two, as the set of those who are with the first person.
fn divisions(size: usize) -> Vec<u32> {
    (0_u32..1 << (2 * size)).filter(|set| set.count_ones() as usize == size && set & 1 == 1).collect()
}
