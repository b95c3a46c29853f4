//! How a pair is doing, from dates alone: what was held, what is booked, who cancelled, missed or moved, who signed.
//! What anybody wrote or answered plays no part.
//!
//! The rules, with the pair's rhythm as the unit. Every rule that holds is a reason; the worst reason is the state.
//!
//! | state | when |
//! |---|---|
//! | stalled | nothing held and nothing booked for 2 rhythms |
//! | at risk | the last meeting was missed and none is booked; the last two were missed; the last two were cancelled by the same side |
//! | needs attention | nothing booked for more than 1 rhythm; the last meeting was missed, though the next is booked; the next was moved twice or more; somebody has not signed the agreement after 10 days; proposed times have waited for 5 days; a meeting is over for 2 days and nobody said whether it was held; 2 meetings behind the plan |
//! | on track | none of these |
//!
//! A meeting that is over and not marked counts as held until somebody says otherwise: the pair gets the benefit of
//! the doubt. Times that were proposed less than a week ago count as booked: something is on its way.

use jiff::SignedDuration;

use crate::{kernel::clock::Timestamp, programs::Side, words};

words! {
    /// How a pair is doing, from best to worst.
    State {
        /// They meet.
        OnTrack = "on track",
        /// Something small that one letter can put right.
        NeedsAttention = "needs attention",
        /// It may come to nothing.
        AtRisk = "at risk",
        /// It has come to nothing for now.
        Stalled = "stalled",
    }
}

words! {
    /// One side of a pair, or both: who missed a meeting, who should be written to.
    Sides {
        /// The mentor.
        Mentor = "mentor",
        /// The mentee.
        Mentee = "mentee",
        /// The two.
        Both = "both",
    }
}

impl From<Side> for Sides {
    fn from(side: Side) -> Self {
        match side {
            Side::Mentor => Self::Mentor,
            Side::Mentee => Self::Mentee,
        }
    }
}

impl Sides {
    /// Whether a side is among them.
    #[must_use]
    pub fn has(self, side: Side) -> bool {
        self == Self::Both || self == side.into()
    }
}

/// What is waited for while a time is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// That one of the proposed times is chosen.
    Choice,
    /// That other times are proposed.
    OtherTimes,
}

/// How a meeting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Times are on the table and none is chosen.
    Proposed {
        /// What is waited for.
        wanted: Wanted,
        /// Since when.
        since: Timestamp,
    },
    /// It has a time.
    Planned,
    /// They met.
    Held,
    /// Somebody called it off.
    Cancelled {
        /// Who.
        by: Sides,
        /// How long before it should have begun, in minutes.
        notice_minutes: i64,
    },
    /// Somebody did not come.
    Missed {
        /// Who.
        by: Sides,
    },
}

/// A meeting as far as health asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// When it began or will begin; `None` while times are only proposed.
    pub at: Option<Timestamp>,
    /// How it stands.
    pub fate: Fate,
    /// Who moved it, in order.
    pub moves: Vec<Side>,
}

/// Everything that the rules ask about a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The moment for which health is told.
    pub now: Timestamp,
    /// When the pair began.
    pub began_at: Timestamp,
    /// Which side proposes times and says how a meeting went.
    pub led_by: Side,
    /// Days from one meeting to the next, as agreed.
    pub rhythm_days: i64,
    /// How many meetings the pair should have.
    pub plan: i64,
    /// Who has not signed the agreement as it stands.
    pub unsigned: Option<Sides>,
    /// Every meeting, in any order.
    pub meetings: Vec<Meeting>,
}

/// Why a pair is not on track: one rule that holds, with its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nothing held and nothing booked.
    Nothing {
        /// For so many days.
        days: i64,
    },
    /// The last meeting was missed, and none is booked.
    MissedUnbooked {
        /// By whom.
        by: Sides,
        /// When it should have been.
        on: Timestamp,
    },
    /// The last meetings were missed.
    MissedInARow {
        /// So many.
        times: i64,
        /// By whom the last one.
        by: Sides,
    },
    /// The last meetings were cancelled by the same side.
    CancelledInARow {
        /// So many.
        times: i64,
        /// By whom.
        by: Sides,
        /// So many of them less than a day before.
        late: i64,
    },
    /// The last meeting was missed; the next is booked.
    Missed {
        /// By whom.
        by: Sides,
        /// When it should have been.
        on: Timestamp,
    },
    /// Nothing is booked.
    Unbooked {
        /// Days since the last meeting; `None` if there was none yet.
        since_last: Option<i64>,
    },
    /// The next meeting was moved again and again.
    Moved {
        /// So often.
        times: i64,
        /// By whom.
        by: Sides,
    },
    /// Somebody has not signed the agreement.
    Unsigned {
        /// Who.
        by: Sides,
        /// Days since the pair began.
        days: i64,
    },
    /// A time is looked for, and it is somebody's turn.
    TimesWait {
        /// What for.
        wanted: Wanted,
        /// Whose.
        turn: Side,
        /// For so many days.
        days: i64,
    },
    /// A meeting is over, and nobody said whether it was held.
    Unmarked {
        /// When it was.
        on: Timestamp,
        /// Who is asked.
        turn: Side,
    },
    /// Fewer meetings than the rhythm would have made.
    Behind {
        /// So many held.
        held: i64,
        /// So many expected by now.
        expected: i64,
    },
}

impl Reason {
    /// How bad it is.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Nothing { .. } => State::Stalled,
            Self::MissedUnbooked { .. } | Self::MissedInARow { .. } | Self::CancelledInARow { .. } => State::AtRisk,
            _ => State::NeedsAttention,
        }
    }

    /// Who can put it right.
    #[must_use]
    pub fn can_act(&self) -> Sides {
        match *self {
            Self::CancelledInARow { by, .. } | Self::Moved { by, .. } | Self::Unsigned { by, .. } => by,
            Self::TimesWait { turn, .. } | Self::Unmarked { turn, .. } => turn.into(),
            Self::Nothing { .. }
            | Self::MissedUnbooked { .. }
            | Self::MissedInARow { .. }
            | Self::Missed { .. }
            | Self::Unbooked { .. }
            | Self::Behind { .. } => Sides::Both,
        }
    }

    /// Its name, as nudges keep it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing { .. } => "nothing",
            Self::MissedUnbooked { .. } => "missed_unbooked",
            Self::MissedInARow { .. } => "missed_in_a_row",
            Self::CancelledInARow { .. } => "cancelled_in_a_row",
            Self::Missed { .. } => "missed",
            Self::Unbooked { .. } => "unbooked",
            Self::Moved { .. } => "moved",
            Self::Unsigned { .. } => "unsigned",
            Self::TimesWait { .. } => "times_wait",
            Self::Unmarked { .. } => "unmarked",
            Self::Behind { .. } => "behind",
        }
    }
}

/// How a pair is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// In one word.
    pub state: State,
    /// Why it is not on track, the worst first; none if it is.
    pub reasons: Vec<Reason>,
    /// Meetings held.
    pub held: i64,
    /// When they met last.
    pub last_held: Option<Timestamp>,
    /// When they meet next.
    pub next: Option<Timestamp>,
    /// Whether the last meeting was missed, and not yet the one before: the moment to step in is now.
    pub missed_once: bool,
}

const SIGN_WITHIN: i64 = 10;
const CHOOSE_WITHIN: i64 = 5;
const MARK_WITHIN: i64 = 2;
const TIMES_FRESH: i64 = 7;
const LATE: i64 = 24 * 60;

/// How a pair is doing, by the rules at the top of this file.
#[must_use]
pub fn health(facts: &Facts) -> Health {
    let seen = Seen::of(facts);
    let rules = [
        nothing(facts, &seen),
        missed(&seen),
        cancelled(&seen),
        moved(&seen),
        unsigned(facts),
        times_wait(facts),
        unmarked(facts, &seen),
    ];
    let mut reasons: Vec<Reason> = rules.into_iter().flatten().collect();
    // That the next is not booked stands in the other reason already.
    if reasons.iter().any(|reason| matches!(reason, Reason::MissedUnbooked { .. })) {
        reasons.retain(|reason| !matches!(reason, Reason::Unbooked { .. }));
    }
    // Any other reason says already why meetings are missing.
    if reasons.is_empty() {
        reasons.extend(behind(facts, &seen));
    }
    // Stable: within a state the order of the rules stays.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.state()));
    Health {
        state: reasons.first().map_or(State::OnTrack, Reason::state),
        reasons,
        held: seen.held,
        last_held: seen.last_held,
        next: seen.next,
        missed_once: seen.missed_in_a_row() == 1,
    }
}

fn days(facts: &Facts, since: Timestamp) -> i64 {
    facts.now.since(since).as_hours() / 24
}

/// The facts put in order once, for all rules.
struct Seen {
    /// Meetings that were held, cancelled or missed, the latest first.
    past: Vec<(Timestamp, Fate)>,
    held: i64,
    last_held: Option<Timestamp>,
    next: Option<Timestamp>,
    /// Who moved the next meeting.
    next_moves: Vec<Side>,
    /// Meetings that are over and not marked.
    unmarked: Vec<Timestamp>,
}

impl Seen {
    fn of(facts: &Facts) -> Self {
        let timed = facts.meetings.iter().filter_map(|meeting| Some((meeting.at?, meeting)));
        let planned: Vec<_> = timed.clone().filter(|(_, meeting)| meeting.fate == Fate::Planned).collect();
        let next = planned.iter().filter(|(at, _)| *at >= facts.now).min_by_key(|(at, _)| *at);
        let mut past: Vec<_> = timed
            .filter(|(_, meeting)| !matches!(meeting.fate, Fate::Planned | Fate::Proposed { .. }))
            .map(|(at, meeting)| (at, meeting.fate))
            .collect();
        past.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let held = past.iter().filter(|(_, fate)| *fate == Fate::Held);
        Self {
            held: held.clone().count() as i64,
            last_held: held.map(|(at, _)| *at).max(),
            next: next.map(|(at, _)| *at),
            next_moves: next.map(|(_, meeting)| meeting.moves.clone()).unwrap_or_default(),
            unmarked: planned.iter().map(|(at, _)| *at).filter(|at| *at < facts.now).collect(),
            past,
        }
    }

    /// When they met last, as far as anybody can tell.
    fn last_met(&self) -> Option<Timestamp> {
        self.last_held.into_iter().chain(self.unmarked.iter().copied()).max()
    }

    /// How many of the latest meetings in a row were missed.
    fn missed_in_a_row(&self) -> i64 {
        self.past.iter().take_while(|(_, fate)| matches!(fate, Fate::Missed { .. })).count() as i64
    }
}

fn nothing(facts: &Facts, seen: &Seen) -> Option<Reason> {
    let fresh = |since: Timestamp| facts.now.since(since) < SignedDuration::from_hours(24 * TIMES_FRESH);
    let on_its_way =
        facts.meetings.iter().any(|meeting| matches!(meeting.fate, Fate::Proposed { since, .. } if fresh(since)));
    if seen.next.is_some() || on_its_way {
        return None;
    }
    let last = seen.last_met();
    let quiet = days(facts, last.unwrap_or(facts.began_at));
    if quiet >= 2 * facts.rhythm_days {
        Some(Reason::Nothing { days: quiet })
    } else if quiet > facts.rhythm_days {
        Some(Reason::Unbooked { since_last: last.map(|_| quiet) })
    } else {
        None
    }
}

fn missed(seen: &Seen) -> Option<Reason> {
    let Some((on, Fate::Missed { by })) = seen.past.first().copied() else { return None };
    let times = seen.missed_in_a_row();
    Some(match seen.next {
        _ if times >= 2 => Reason::MissedInARow { times, by },
        None => Reason::MissedUnbooked { by, on },
        Some(_) => Reason::Missed { by, on },
    })
}

fn cancelled(seen: &Seen) -> Option<Reason> {
    let Some((_, Fate::Cancelled { by: last, .. })) = seen.past.first().copied() else { return None };
    let of_one_side = seen.past.iter().map_while(|(_, fate)| match fate {
        Fate::Cancelled { by, notice_minutes } if *by == last => Some(*notice_minutes),
        _ => None,
    });
    let notices: Vec<i64> = of_one_side.collect();
    (notices.len() >= 2).then(|| Reason::CancelledInARow {
        times: notices.len() as i64,
        by: last,
        late: notices.iter().filter(|minutes| **minutes < LATE).count() as i64,
    })
}

fn moved(seen: &Seen) -> Option<Reason> {
    let first = seen.next_moves.first()?;
    let same = seen.next_moves.iter().all(|side| side == first);
    let times = seen.next_moves.len() as i64;
    (times >= 2).then(|| Reason::Moved { times, by: if same { (*first).into() } else { Sides::Both } })
}

fn unsigned(facts: &Facts) -> Option<Reason> {
    let (by, days) = (facts.unsigned?, days(facts, facts.began_at));
    (days >= SIGN_WITHIN).then_some(Reason::Unsigned { by, days })
}

fn times_wait(facts: &Facts) -> Option<Reason> {
    let waits = facts.meetings.iter().filter_map(|meeting| match meeting.fate {
        Fate::Proposed { wanted, since } => Some((days(facts, since), wanted)),
        _ => None,
    });
    let (days, wanted) = waits.max_by_key(|(days, _)| *days)?;
    let turn = match wanted {
        Wanted::Choice => facts.led_by.other(),
        Wanted::OtherTimes => facts.led_by,
    };
    (days >= CHOOSE_WITHIN).then_some(Reason::TimesWait { wanted, turn, days })
}

fn unmarked(facts: &Facts, seen: &Seen) -> Option<Reason> {
    let longest = seen.unmarked.iter().copied().min()?;
    (days(facts, longest) >= MARK_WITHIN).then_some(Reason::Unmarked { on: longest, turn: facts.led_by })
}

fn behind(facts: &Facts, seen: &Seen) -> Option<Reason> {
    let expected = (days(facts, facts.began_at) / facts.rhythm_days.max(1)).min(facts.plan);
    let held = seen.held + seen.unmarked.len() as i64;
    (held + 2 <= expected).then_some(Reason::Behind { held: seen.held, expected })
}
