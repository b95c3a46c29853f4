//! How a round's enrollment stands, and the one thing that comes next. Leaders first: how many mentors are needed
//! follows from them.

use super::{list_store, list_store::Counts, table::Filter};
use crate::{
    kernel::{db::Tx, error::Answer, guard::Leave, ids::RoundId},
    programs::Side,
};

/// Both sides of a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Those who are led: in reverse mentoring, the leaders.
    pub mentees: Counts,
    /// Those who lead a pair.
    pub mentors: Counts,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nobody on this side is chosen, or too few mentors are.
    Choose(Side),
    /// Some on this side are chosen, and not written to.
    Invite(Side, i64),
    /// Some on this side wait to be admitted.
    Admit(Side, i64),
    /// Some on this side have not opened their link for a week.
    Remind(Side, i64),
    /// Everybody was asked whom it takes, and some can still answer.
    Wait,
    /// Both sides are there.
    Match,
}

/// Whether the last day to register is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// People can be waited for.
    Open,
    /// Whoever has not registered by now hardly will.
    Over,
}

/// How a round's enrollment stands.
///
/// # Errors
/// When the database fails.
pub async fn standing(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Standing> {
    let mut standing = Standing::default();
    for (side, counts) in list_store::counts(tx, leave).await? {
        *standing.of_mut(side) = counts;
    }
    Ok(standing)
}

impl Standing {
    /// One side.
    #[must_use]
    pub fn of(&self, side: Side) -> &Counts {
        match side {
            Side::Mentor => &self.mentors,
            Side::Mentee => &self.mentees,
        }
    }

    /// How many people a filter finds that asks for a side at most: they are counted already.
    pub(super) fn count_on(&self, filter: &Filter) -> Option<i64> {
        let sides = filter.side.map_or(self.mentees.chosen + self.mentors.chosen, |side| self.of(side).chosen);
        (*filter == Filter { side: filter.side, ..Filter::default() }).then_some(sides)
    }

    fn of_mut(&mut self, side: Side) -> &mut Counts {
        match side {
            Side::Mentor => &mut self.mentors,
            Side::Mentee => &mut self.mentees,
        }
    }

    /// How many places the admitted mentors lack for the admitted leaders; 0 if there are enough.
    #[must_use]
    pub fn places_lacking(&self) -> i64 {
        (self.mentees.places - self.mentors.places).max(0)
    }

    /// What comes next: first the mentees' side up to the admitted, then the mentors', as many as it needs.
    #[must_use]
    pub fn next(&self, registration: Registration) -> Next {
        self.next_on(Side::Mentee)
            .or_else(|| self.next_on(Side::Mentor))
            .or_else(|| self.lacks_mentors().then_some(Next::Choose(Side::Mentor)))
            .or_else(|| (registration == Registration::Open).then(|| self.reminder()).flatten())
            .unwrap_or(if self.is_complete(registration) { Next::Match } else { Next::Wait })
    }

    /// Whether both sides are there, and nobody is waited for.
    fn is_complete(&self, registration: Registration) -> bool {
        let may_answer = self.mentees.may_answer() + self.mentors.may_answer();
        let waits = registration == Registration::Open && may_answer > 0;
        self.mentees.admitted > 0 && self.mentors.admitted > 0 && !waits
    }

    fn next_on(&self, side: Side) -> Option<Next> {
        let counts = self.of(side);
        if counts.chosen == 0 {
            Some(Next::Choose(side))
        } else if counts.to_invite > 0 {
            Some(Next::Invite(side, counts.to_invite))
        } else if counts.to_admit > 0 {
            Some(Next::Admit(side, counts.to_admit))
        } else {
            None
        }
    }

    /// Whether even with everybody who may still answer there would be too few mentors.
    fn lacks_mentors(&self) -> bool {
        self.places_lacking() > self.mentors.may_answer()
    }

    fn reminder(&self) -> Option<Next> {
        let silent = |side: Side| Some((side, self.of(side).to_remind)).filter(|(_, count)| *count > 0);
        silent(Side::Mentee).or_else(|| silent(Side::Mentor)).map(|(side, count)| Next::Remind(side, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A side on which so many were invited, of whom so many registered and were admitted, with as many places.
    fn side(invited: i64, admitted: i64) -> Counts {
        Counts { chosen: invited, invited, registered: admitted, admitted, places: admitted, ..Counts::default() }
    }

    #[track_caller]
    fn check(mentees: Counts, mentors: Counts, expected: Next) {
        let standing = Standing { mentees, mentors };
        assert_eq!(standing.next(Registration::Open), expected, "{standing:?}");
    }

    #[test]
    fn leaders_come_first() {
        check(Counts::default(), side(5, 5), Next::Choose(Side::Mentee));
        check(Counts { to_invite: 3, ..side(4, 0) }, Counts::default(), Next::Invite(Side::Mentee, 3));
        check(Counts { to_admit: 2, ..side(4, 2) }, Counts::default(), Next::Admit(Side::Mentee, 2));
        check(side(4, 4), Counts::default(), Next::Choose(Side::Mentor));
        check(side(4, 4), Counts { to_invite: 1, ..side(4, 0) }, Next::Invite(Side::Mentor, 1));
    }

    #[test]
    fn mentors_are_as_many_as_the_leaders_need() {
        check(side(4, 4), side(4, 4), Next::Match);
        check(side(4, 4), Counts { places: 4, ..side(2, 2) }, Next::Match);
        check(side(4, 4), side(6, 2), Next::Wait);
        check(side(5, 4), side(6, 6), Next::Wait);
        check(side(5, 4), Counts { declined: 1, ..side(6, 4) }, Next::Wait);
        check(Counts { declined: 1, ..side(5, 4) }, Counts { declined: 2, ..side(6, 4) }, Next::Match);
        check(side(4, 4), Counts { declined: 3, ..side(6, 2) }, Next::Choose(Side::Mentor));
        check(side(9, 0), side(4, 4), Next::Wait);
        let late = Standing { mentees: side(5, 4), mentors: side(6, 5) };
        assert_eq!(late.next(Registration::Over), Next::Match, "nobody is waited for any more");
        let standing = Standing { mentees: side(4, 4), mentors: side(6, 1) };
        assert_eq!(standing.places_lacking(), 3);
        assert_eq!(Standing { mentees: side(1, 1), mentors: side(6, 4) }.places_lacking(), 0);
    }

    #[test]
    fn silence_is_broken_when_nothing_else_is_open() {
        check(Counts { to_remind: 5, ..side(9, 4) }, side(4, 4), Next::Remind(Side::Mentee, 5));
        check(side(9, 4), Counts { to_remind: 1, ..side(9, 4) }, Next::Remind(Side::Mentor, 1));
    }
}
