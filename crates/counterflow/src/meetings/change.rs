//! What can happen to a planned meeting: it is moved, cancelled, held or missed.

use jiff::SignedDuration;

use super::{
    Checked, Meeting, Move, State, Who, changed_meanwhile, event, is_busy,
    letters::{self, News},
    meeting, meeting_pair,
    store::{self, OutcomeRow},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        form::Problems,
        guard::Access,
        ids::{MeetingId, PairId},
    },
    pairs::{self, Pair},
};

/// For how long what was said about a meeting can be corrected.
pub const CORRECTABLE: SignedDuration = SignedDuration::from_hours(24);

/// Gives the planned meeting that was seen with sequence `seen` another time or another place, at once. Doing the same
/// again changes nothing.
///
/// # Errors
/// `changed_meanwhile` if somebody was faster, `over` if it is not planned, `began_already` if it is too late to move; or
/// when the database fails.
pub async fn move_to(
    tx: &mut Tx,
    app: &App,
    access: &Access<PairId>,
    id: MeetingId,
    seen: i64,
    (at, place): (Timestamp, Option<&str>),
) -> Answer<Checked> {
    let pair = meeting_pair(tx, access).await?;
    let before = planned(tx, access, id).await?;
    if before.starts_at == Some(at) && before.place.as_deref() == place {
        return Ok(Ok(()));
    }
    if before.has_begun(tx.now()) {
        return Err(Error::conflict("began_already"));
    }
    if before.sequence != seen {
        return Err(moved_meanwhile(tx, access, &before).await);
    }
    let from = before.starts_at.filter(|from| *from != at);
    if from.is_some() && at <= tx.now() {
        return Ok(Err(Problems::one("at", "time_past")));
    }
    if from.is_some() && is_busy(tx, &pair, id, at, before.minutes).await? {
        return Ok(Err(Problems::one("at", "time_busy")));
    }
    store::reschedule(tx, id, seen, at, place).await?;
    let meeting = meeting(tx, access, id).await?;
    let news = match from {
        Some(from) => note_move(tx, access, &pair, id, from, at).await?,
        None => {
            event(access, &pair, id, "meeting.place_changed").record(tx).await?;
            News::Place
        }
    };
    letters::invitations(tx, app, &pair, &meeting, news, Some(&access.viewer)).await?;
    Ok(Ok(()))
}

async fn note_move(
    tx: &mut Tx,
    access: &Access<PairId>,
    pair: &Pair,
    id: MeetingId,
    from: Timestamp,
    to: Timestamp,
) -> Answer<News> {
    let side = pair.side_from(pair.seat_of(access.viewer.person));
    let made = Move {
        meeting_id: id,
        from_at: from,
        to_at: to,
        by_side: side,
        moved_by: access.viewer.person,
        moved_at: tx.now(),
    };
    store::insert_move(tx, &made).await?;
    let data = serde_json::json!({ "by": side, "notice_minutes": from.since(tx.now()).as_mins() });
    event(access, pair, id, "meeting.moved").with(data).record(tx).await?;
    Ok(News::Moved(side, from))
}

/// The meeting, as long as it is planned.
async fn planned(tx: &mut Tx, access: &Access<PairId>, id: MeetingId) -> Answer<Meeting> {
    let meeting = meeting(tx, access, id).await?;
    match meeting.state {
        State::Planned => Ok(meeting),
        State::Proposed | State::Withdrawn => Err(Error::conflict("over")),
        _ => Err(changed_meanwhile(tx, meeting.recorded_by).await),
    }
}

/// Somebody moved the meeting since the viewer saw it.
async fn moved_meanwhile(tx: &mut Tx, access: &Access<PairId>, meeting: &Meeting) -> Error {
    match store::moves(tx, access).await {
        Ok(moves) => {
            let last = moves.into_iter().rfind(|made| made.meeting_id == meeting.id).map(|made| made.moved_by);
            changed_meanwhile(tx, last.or(meeting.chosen_by)).await
        }
        Err(error) => error,
    }
}

/// Cancels the planned meeting that was seen with sequence `seen`, before it begins. Cancelling twice cancels once.
///
/// # Errors
/// `changed_meanwhile` if it was moved by then, `began_already` if it is too late to cancel; or when the database fails.
pub async fn cancel(tx: &mut Tx, app: &App, access: &Access<PairId>, id: MeetingId, seen: i64) -> Answer<()> {
    let pair = meeting_pair(tx, access).await?;
    if meeting(tx, access, id).await?.state == State::Cancelled {
        return Ok(());
    }
    let before = planned(tx, access, id).await?;
    if before.has_begun(tx.now()) {
        return Err(Error::conflict("began_already"));
    }
    if !store::cancel(tx, id, seen).await? {
        return Err(moved_meanwhile(tx, access, &before).await);
    }
    let side = pair.side_from(pair.seat_of(access.viewer.person));
    let notice = before.starts_at.map(|at| at.since(tx.now()).as_mins());
    let outcome = OutcomeRow {
        state: State::Cancelled,
        minutes: None,
        by_side: Some(side.into()),
        notice_minutes: notice,
        recorded_by: Some(access.viewer.person),
    };
    store::put_outcome(tx, id, &outcome).await?;
    let data = serde_json::json!({ "by": side, "notice_minutes": notice });
    event(access, &pair, id, "meeting.cancelled").with(data).record(tx).await?;
    let meeting = meeting(tx, access, id).await?;
    letters::invitations(tx, app, &pair, &meeting, News::Cancelled, Some(&access.viewer)).await
}

/// How a meeting went whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// They met, for so many minutes.
    Held(i64),
    /// Somebody did not come.
    Missed(Who),
}

impl Outcome {
    fn of(meeting: &Meeting) -> Option<Self> {
        match meeting.state {
            State::Held => meeting.held_minutes.map(Self::Held),
            State::Missed => meeting.by_side.map(Self::Missed),
            _ => None,
        }
    }

    fn row(self, access: &Access<PairId>) -> OutcomeRow {
        let (state, minutes, by_side) = match self {
            Self::Held(minutes) => (State::Held, Some(minutes), None),
            Self::Missed(who) => (State::Missed, None, Some(who)),
        };
        OutcomeRow { state, minutes, by_side, notice_minutes: None, recorded_by: Some(access.viewer.person) }
    }
}

/// Says how a meeting went, or corrects what was said at `seen` within [`CORRECTABLE`]. Saying the same again changes
/// nothing. What happened before a pair ended can still be said afterwards.
///
/// # Errors
/// `not_yet` before the start, `changed_meanwhile` if somebody said something else by then, `over` if it was cancelled
/// or can no longer be corrected; or when the database fails.
pub async fn record(
    tx: &mut Tx,
    access: &Access<PairId>,
    id: MeetingId,
    seen: Option<Timestamp>,
    outcome: Outcome,
) -> Answer<()> {
    tx.lock(access.id).await?;
    let pair = pairs::pair(tx, access).await?;
    let before = meeting(tx, access, id).await?;
    if Outcome::of(&before) == Some(outcome) {
        return Ok(());
    }
    if !matches!(before.state, State::Planned | State::Held | State::Missed) {
        return Err(Error::conflict("over"));
    }
    if !before.has_begun(tx.now()) {
        return Err(Error::conflict("not_yet"));
    }
    if before.recorded_at != seen {
        return Err(changed_meanwhile(tx, before.recorded_by).await);
    }
    if before.recorded_at.is_some_and(|at| tx.now().since(at) > CORRECTABLE) {
        return Err(Error::conflict("over"));
    }
    let row = outcome.row(access);
    store::close(tx, id, row.state).await?;
    store::put_outcome(tx, id, &row).await?;
    let data = serde_json::json!({ "minutes": row.minutes, "by": row.by_side, "was": Outcome::of(&before).map(|_| before.state) });
    let kind = if row.state == State::Held { "meeting.held" } else { "meeting.missed" };
    event(access, &pair, id, kind).with(data).record(tx).await?;
    Ok(())
}
