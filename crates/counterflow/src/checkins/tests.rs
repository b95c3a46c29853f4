//! The rules of health, one line each.

use jiff::SignedDuration;

use super::health::{Facts, Fate, Health, Meeting, Reason, Sides, State, Wanted, health};
use crate::{kernel::clock::Timestamp, programs::Side};

/// Monday 1 June 2026.
fn now() -> Timestamp {
    "2026-06-01T09:00:00Z".parse().unwrap()
}

/// So many days ago; in the future if negative.
fn ago(days: i64) -> Timestamp {
    now().minus(SignedDuration::from_hours(24 * days))
}

fn meeting(days_ago: i64, fate: Fate) -> Meeting {
    Meeting { at: Some(ago(days_ago)), fate, moves: Vec::new() }
}

fn held(days_ago: i64) -> Meeting {
    meeting(days_ago, Fate::Held)
}

fn missed(days_ago: i64) -> Meeting {
    meeting(days_ago, Fate::Missed { by: Sides::Mentee })
}

fn cancelled(days_ago: i64, by: Sides, notice_minutes: i64) -> Meeting {
    meeting(days_ago, Fate::Cancelled { by, notice_minutes })
}

fn booked(in_days: i64) -> Meeting {
    meeting(-in_days, Fate::Planned)
}

fn proposed(days_ago: i64) -> Meeting {
    Meeting { at: None, fate: Fate::Proposed { wanted: Wanted::Choice, since: ago(days_ago) }, moves: Vec::new() }
}

/// A pair that meets every 28 days, began so many days ago, and has signed.
fn told(began: i64, meetings: &[Meeting]) -> Health {
    health(&facts(began, meetings))
}

fn facts(began: i64, meetings: &[Meeting]) -> Facts {
    Facts {
        now: now(),
        began_at: ago(began),
        led_by: Side::Mentor,
        rhythm_days: 28,
        plan: 6,
        unsigned: None,
        meetings: meetings.to_vec(),
    }
}

#[track_caller]
fn check(began: i64, meetings: &[Meeting], state: State, reasons: &[Reason]) {
    let health = told(began, meetings);
    assert_eq!((health.state, health.reasons.as_slice()), (state, reasons));
}

#[test]
fn on_track() {
    check(3, &[], State::OnTrack, &[]);
    check(28, &[], State::OnTrack, &[]);
    check(40, &[held(20)], State::OnTrack, &[]);
    check(90, &[held(60), held(32), booked(2)], State::OnTrack, &[]);
    check(60, &[held(40), cancelled(10, Sides::Mentee, 5000), booked(1)], State::OnTrack, &[]);
    check(40, &[proposed(2)], State::OnTrack, &[]);
}

#[test]
fn nothing_booked() {
    check(29, &[], State::NeedsAttention, &[Reason::Unbooked { since_last: None }]);
    check(60, &[held(29)], State::NeedsAttention, &[Reason::Unbooked { since_last: Some(29) }]);
    check(60, &[held(28)], State::OnTrack, &[]);
}

#[test]
fn stalled_after_two_rhythms() {
    check(55, &[], State::NeedsAttention, &[Reason::Unbooked { since_last: None }]);
    check(56, &[], State::Stalled, &[Reason::Nothing { days: 56 }]);
    check(120, &[held(70)], State::Stalled, &[Reason::Nothing { days: 70 }]);
    // Times on their way wake it up; times that wait for a week do not.
    check(120, &[held(90), held(62), held(58), proposed(1)], State::OnTrack, &[]);
    check(
        70,
        &[held(60), proposed(8)],
        State::Stalled,
        &[Reason::Nothing { days: 60 }, Reason::TimesWait { wanted: Wanted::Choice, turn: Side::Mentee, days: 8 }],
    );
}

#[test]
fn missed_meetings() {
    let by = Sides::Mentee;
    check(50, &[held(30), missed(5)], State::AtRisk, &[Reason::MissedUnbooked { by, on: ago(5) }]);
    check(50, &[held(30), missed(5), booked(3)], State::NeedsAttention, &[Reason::Missed { by, on: ago(5) }]);
    check(80, &[missed(33), missed(5), booked(3)], State::AtRisk, &[Reason::MissedInARow { times: 2, by }]);
    check(60, &[missed(33), held(5), booked(3)], State::OnTrack, &[]);
}

#[test]
fn the_moment_to_step_in_is_after_the_first_missed_meeting() {
    assert!(told(50, &[held(30), missed(5)]).missed_once);
    assert!(told(50, &[held(30), missed(5), booked(3)]).missed_once);
    assert!(!told(80, &[missed(33), missed(5)]).missed_once);
    assert!(!told(60, &[missed(33), held(5)]).missed_once);
}

#[test]
fn cancelled_twice_in_a_row_by_the_same_side() {
    let meetings = [held(50), cancelled(20, Sides::Mentee, 60), cancelled(6, Sides::Mentee, 5000), booked(4)];
    let reason = Reason::CancelledInARow { times: 2, by: Sides::Mentee, late: 1 };
    check(60, &meetings, State::AtRisk, &[reason]);
    let by_turns = [held(50), cancelled(20, Sides::Mentor, 60), cancelled(6, Sides::Mentee, 60), booked(4)];
    check(60, &by_turns, State::OnTrack, &[]);
    let met_between = [cancelled(50, Sides::Mentee, 60), held(20), cancelled(6, Sides::Mentee, 60), booked(4)];
    check(60, &met_between, State::OnTrack, &[]);
}

#[test]
fn the_next_meeting_moved_again_and_again() {
    let moved = |moves: &[Side]| Meeting { moves: moves.to_vec(), ..booked(4) };
    check(20, &[moved(&[Side::Mentee])], State::OnTrack, &[]);
    let twice = [Reason::Moved { times: 2, by: Sides::Mentee }];
    check(20, &[moved(&[Side::Mentee, Side::Mentee])], State::NeedsAttention, &twice);
    let by_both = [Reason::Moved { times: 2, by: Sides::Both }];
    check(20, &[moved(&[Side::Mentee, Side::Mentor])], State::NeedsAttention, &by_both);
    // What was moved and then held is over.
    let over = Meeting { moves: vec![Side::Mentee, Side::Mentee], ..held(4) };
    check(20, &[over], State::OnTrack, &[]);
}

#[test]
fn an_agreement_waits_ten_days() {
    let told = |began| health(&Facts { unsigned: Some(Sides::Mentee), ..facts(began, &[booked(4)]) });
    assert_eq!(told(9).state, State::OnTrack);
    assert_eq!(told(10).reasons, [Reason::Unsigned { by: Sides::Mentee, days: 10 }]);
}

#[test]
fn what_waits_for_one_side() {
    check(20, &[proposed(4)], State::OnTrack, &[]);
    check(
        20,
        &[proposed(5)],
        State::NeedsAttention,
        &[Reason::TimesWait { wanted: Wanted::Choice, turn: Side::Mentee, days: 5 }],
    );
    let others = Meeting { fate: Fate::Proposed { wanted: Wanted::OtherTimes, since: ago(6) }, ..proposed(6) };
    check(
        20,
        &[others],
        State::NeedsAttention,
        &[Reason::TimesWait { wanted: Wanted::OtherTimes, turn: Side::Mentor, days: 6 }],
    );
    let unmarked = meeting(1, Fate::Planned);
    check(20, &[unmarked], State::OnTrack, &[]);
    let unmarked = meeting(2, Fate::Planned);
    check(20, &[unmarked], State::NeedsAttention, &[Reason::Unmarked { on: ago(2), turn: Side::Mentor }]);
    // A meeting that is over and not marked counts as held until somebody says otherwise.
    let long_ago = meeting(20, Fate::Planned);
    check(70, &[long_ago], State::NeedsAttention, &[Reason::Unmarked { on: ago(20), turn: Side::Mentor }]);
}

#[test]
fn behind_the_plan() {
    check(84, &[held(10), booked(4)], State::NeedsAttention, &[Reason::Behind { held: 1, expected: 3 }]);
    check(84, &[held(40), held(10), booked(4)], State::OnTrack, &[]);
    // The plan is the most that is ever expected.
    let five: Vec<Meeting> = (0..5).map(|n| held(10 + 28 * n)).collect();
    check(400, &five, State::OnTrack, &[]);
}

#[test]
fn the_worst_reason_is_the_state() {
    let facts = Facts { unsigned: Some(Sides::Both), ..facts(120, &[held(70)]) };
    let health = health(&facts);
    assert_eq!(health.state, State::Stalled);
    assert_eq!(health.reasons, [Reason::Nothing { days: 70 }, Reason::Unsigned { by: Sides::Both, days: 120 }]);
    assert_eq!((health.held, health.last_held, health.next), (1, Some(ago(70)), None));
}

#[test]
fn letters_go_to_whoever_can_act() {
    for (reason, to) in [
        (Reason::Nothing { days: 60 }, Sides::Both),
        (Reason::TimesWait { wanted: Wanted::Choice, turn: Side::Mentee, days: 5 }, Sides::Mentee),
        (Reason::TimesWait { wanted: Wanted::OtherTimes, turn: Side::Mentor, days: 5 }, Sides::Mentor),
        (Reason::Unmarked { on: ago(3), turn: Side::Mentor }, Sides::Mentor),
        (Reason::Unsigned { by: Sides::Mentor, days: 11 }, Sides::Mentor),
        (Reason::CancelledInARow { times: 2, by: Sides::Mentee, late: 0 }, Sides::Mentee),
        (Reason::MissedInARow { times: 2, by: Sides::Mentee }, Sides::Both),
    ] {
        assert_eq!(reason.can_act(), to, "{reason:?}");
    }
}
