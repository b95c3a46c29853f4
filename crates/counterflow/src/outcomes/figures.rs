//! The figures, each with its base.

use std::fmt;

use crate::{
    checkins::{
        Occasion, Running,
        health::{Sides, State},
    },
    programs::{Side, Stage},
    words,
};

/// From this base on a share is also told in percent: below it a percentage says more than it knows.
const PERCENT_FROM: i64 = 5;

/// A part of a whole. Written with its base: `31 of 40 (78 %)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub part: i64,
    /// Of how many.
    pub whole: i64,
}

impl Share {
    /// `part` of `whole`.
    #[must_use]
    pub fn of(part: i64, whole: i64) -> Self {
        Self { part, whole }
    }

    /// In percent, rounded to the nearest, but never to nobody or all when it is some; `None` where the base is too
    /// small for it.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        let rounded = (200 * self.part + self.whole).checked_div(2 * self.whole).unwrap_or(0);
        let some = 0 < self.part && self.part < self.whole;
        (self.whole >= PERCENT_FROM).then_some(if some { rounded.clamp(1, 99) } else { rounded })
    }

    /// The length of a bar in percent, at most 100.
    #[must_use]
    pub fn width(&self) -> i64 {
        if self.whole == 0 { 0 } else { (100 * self.part / self.whole).clamp(0, 100) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.part, self.whole)?;
        match self.percent() {
            Some(percent) => write!(f, " ({percent} %)"),
            None => Ok(()),
        }
    }
}

/// How far the people of one side have come. Each step holds everybody who came to it or further, also those who left
/// later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Funnel {
    /// Were written to, or came without.
    pub invited: i64,
    /// Registered.
    pub registered: i64,
    /// Take part in the matching.
    pub admitted: i64,
    /// Are or were in a pair.
    pub matched: i64,
    /// Held at least one meeting.
    pub started: i64,
    /// Are in a pair that reached the end of the round.
    pub finished: i64,
}

impl Funnel {
    /// Registered, of those invited.
    #[must_use]
    pub fn registered_of_invited(&self) -> Share {
        Share::of(self.registered, self.invited)
    }

    /// The number of each step, from the first to the last.
    #[must_use]
    pub fn steps(&self) -> [i64; 6] {
        [self.invited, self.registered, self.admitted, self.matched, self.started, self.finished]
    }
}

words! {
    /// A step from the invitation to the end.
    Step {
        /// Written to.
        Invited = "invited",
        /// Answered the registration.
        Registered = "registered",
        /// Takes part in the matching.
        Admitted = "admitted",
        /// In a pair.
        Matched = "matched",
        /// Met once.
        Started = "started",
        /// Reached the end.
        Finished = "finished",
    }
}

impl Step {
    /// The stage from which on a zero means nobody, and not: to come.
    fn counts_from(self) -> Stage {
        match self {
            Self::Invited | Self::Registered => Stage::Enroll,
            Self::Admitted => Stage::Match,
            Self::Matched | Self::Started => Stage::Run,
            Self::Finished => Stage::Close,
        }
    }
}

/// One step of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunnelCell {
    /// How many came so far, of those who came to the step before. The first step is its own base.
    pub share: Share,
    /// How many came so far, of the first step: the length of the bar.
    pub of_all: Share,
}

/// One step of both sides; `None`: to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunnelRow {
    /// Which.
    pub step: Step,
    /// The leaders.
    pub mentee: Option<FunnelCell>,
    /// The juniors.
    pub mentor: Option<FunnelCell>,
}

/// The funnel as a table, as it stands in a stage.
#[must_use]
pub fn funnel_rows(people: &BothSides<People>, stage: Stage) -> Vec<FunnelRow> {
    let cell = |at: usize, step: Step, funnel: &Funnel| {
        let steps = funnel.steps();
        let before = steps[at.saturating_sub(1)];
        let cell = FunnelCell { share: Share::of(steps[at], before), of_all: Share::of(steps[at], steps[0]) };
        (steps[at] > 0 || stage >= step.counts_from()).then_some(cell)
    };
    let row = |(at, step): (usize, &Step)| FunnelRow {
        step: *step,
        mentee: cell(at, *step, &people.mentee.funnel),
        mentor: cell(at, *step, &people.mentor.funnel),
    };
    Step::ALL.iter().enumerate().map(row).collect()
}

/// The people of a round, by where they are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct People {
    /// How far they have come.
    pub funnel: Funnel,
    /// Chosen, and not yet written to.
    pub uninvited: i64,
    /// Written to, no answer yet.
    pub unanswered: i64,
    /// Of these: did not open their invitation for a week.
    pub unopened: i64,
    /// Registered, not yet admitted.
    pub to_admit: i64,
    /// On the waiting list.
    pub waiting: i64,
    /// Said no.
    pub declined: i64,
}

/// Both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BothSides<T> {
    /// The juniors.
    pub mentor: T,
    /// The leaders.
    pub mentee: T,
}

impl<T> BothSides<T> {
    /// One side's.
    pub fn side_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Mentor => &mut self.mentor,
            Side::Mentee => &mut self.mentee,
        }
    }
}

/// How many pairs are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct PairCounts {
    /// They meet.
    pub active: i64,
    /// For a while they do not.
    pub paused: i64,
    /// They reached the end.
    pub completed: i64,
    /// They stopped before.
    pub ended_early: i64,
}

impl PairCounts {
    /// Every pair that began.
    #[must_use]
    pub fn began(&self) -> i64 {
        self.active + self.paused + self.completed + self.ended_early
    }

    /// Those that go on, of all that began.
    #[must_use]
    pub fn going_on(&self) -> Share {
        Share::of(self.active + self.paused, self.began())
    }
}

/// How many proposals stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct ProposalCounts {
    /// Wait for an answer.
    pub open: i64,
    /// Of these: will expire within three days.
    pub expiring: i64,
    /// Both said yes.
    pub accepted: i64,
    /// One said no.
    pub declined: i64,
    /// Nobody answered in time.
    pub expired: i64,
}

/// A number by whom it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByWhom {
    /// By the junior.
    pub mentor: i64,
    /// By the leader, or whoever keeps their calendar.
    pub mentee: i64,
    /// By the two together.
    pub both: i64,
}

impl ByWhom {
    /// Whoever it was.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.mentor + self.mentee + self.both
    }

    pub(super) fn add(&mut self, by: Sides, count: i64) {
        match by {
            Sides::Mentor => self.mentor += count,
            Sides::Mentee => self.mentee += count,
            Sides::Both => self.both += count,
        }
    }
}

/// The meetings of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MeetingCounts {
    /// How many the pairs that began should have by the end.
    pub plan: i64,
    /// Took place.
    pub held: i64,
    /// Have a time to come.
    pub booked: i64,
    /// Are over, and nobody said how they went.
    pub unmarked: i64,
    /// Were called off by somebody.
    pub cancelled: ByWhom,
    /// Were called off by nobody: their pair had ended. They say nothing about who keeps a date, so no share counts them.
    pub released: i64,
    /// Of these: less than a day before.
    pub cancelled_late: ByWhom,
    /// Somebody did not come.
    pub missed: ByWhom,
    /// Were moved to another time; a meeting moved twice counts twice.
    pub moved: ByWhom,
}

impl MeetingCounts {
    /// Held, of those that should have been by the end.
    #[must_use]
    pub fn held_of_plan(&self) -> Share {
        Share::of(self.held, self.plan)
    }

    /// Held, of those that had a time and are over.
    #[must_use]
    pub fn kept(&self) -> Share {
        Share::of(self.held, self.held + self.cancelled.all() + self.missed.all())
    }
}

/// How many answered, at one occasion, on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Responses {
    /// When they were asked.
    pub occasion: Occasion,
    /// Who was asked.
    pub side: Side,
    /// Check-ins sent.
    pub asked: i64,
    /// Answered.
    pub answered: i64,
    /// Not answered, and can still be.
    pub open: i64,
}

impl Responses {
    /// Answered, of those asked.
    #[must_use]
    pub fn share(&self) -> Share {
        Share::of(self.answered, self.asked)
    }
}

/// How many of the pairs that go on are doing how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HealthCounts {
    /// They meet.
    pub on_track: i64,
    /// Something small.
    pub needs_attention: i64,
    /// It may come to nothing.
    pub at_risk: i64,
    /// It has come to nothing for now.
    pub stalled: i64,
    /// The last meeting was missed, and not yet the one before.
    pub missed_once: i64,
}

impl HealthCounts {
    /// Counts a list of pairs.
    #[must_use]
    pub fn of(pairs: &[Running]) -> Self {
        let mut counts = Self::default();
        for running in pairs {
            *match running.health.state {
                State::OnTrack => &mut counts.on_track,
                State::NeedsAttention => &mut counts.needs_attention,
                State::AtRisk => &mut counts.at_risk,
                State::Stalled => &mut counts.stalled,
            } += 1;
            counts.missed_once += i64::from(running.health.missed_once);
        }
        counts
    }

    /// Those in one state, of all that go on.
    #[must_use]
    pub fn in_state(&self, state: &State) -> Share {
        Share::of(self.count(*state), self.all())
    }

    fn count(&self, state: State) -> i64 {
        match state {
            State::OnTrack => self.on_track,
            State::NeedsAttention => self.needs_attention,
            State::AtRisk => self.at_risk,
            State::Stalled => self.stalled,
        }
    }

    /// Those that could use a hand.
    #[must_use]
    pub fn troubled(&self) -> i64 {
        self.needs_attention + self.at_risk + self.stalled
    }

    /// All that go on.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.on_track + self.troubled()
    }
}
