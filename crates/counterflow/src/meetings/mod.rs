//! Meetings: the mentor proposes times, the leader or their delegate chooses one, both calendars hear of it; then it
//! is moved, held, cancelled or missed, and by whom is known.

pub mod agenda;
pub mod availability;
pub mod calendar;
mod change;
mod ending;
mod letters;
pub mod pages;
pub mod pair_page;
pub mod planning;
mod propose;
mod store;
pub mod times;
mod view;

pub use change::{Outcome, cancel, move_to, record};
pub use ending::release;
pub use propose::{Proposal, ask_other_times, choose, next_number, offer_again, propose, withdraw};
pub use store::{Meeting, Move, Upcoming, meeting, of_pair, upcoming_for};

use axum::http::StatusCode;

use crate::{
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        form::Problems,
        guard::{Access, Leave},
        ids::{MeetingId, PairId, PersonId},
        words,
    },
    pairs::{self, Pair},
    people,
    programs::Side,
    words,
};

words! {
    /// How a meeting stands.
    State {
        /// Times are offered; none is chosen yet.
        Proposed = "proposed",
        /// Taken back before a time was chosen.
        Withdrawn = "withdrawn",
        /// It has a time.
        Planned = "planned",
        /// It took place.
        Held = "held",
        /// Called off before it began.
        Cancelled = "cancelled",
        /// It began without somebody.
        Missed = "missed",
    }
}

words! {
    /// By whom a meeting was cancelled or missed.
    Who {
        /// The mentor.
        Mentor = "mentor",
        /// The mentee, or their delegate for them.
        Mentee = "mentee",
        /// Neither came.
        Both = "both",
    }
}

impl From<Side> for Who {
    fn from(side: Side) -> Self {
        match side {
            Side::Mentor => Self::Mentor,
            Side::Mentee => Self::Mentee,
        }
    }
}

/// The times that are proposed for a meeting, in order.
///
/// # Errors
/// [`Error::NotFound`] if the pair has no such meeting, or when the database fails.
pub async fn offered(tx: &mut Tx, leave: &impl Leave<PairId>, id: MeetingId) -> Answer<Vec<Timestamp>> {
    meeting(tx, leave, id).await?;
    store::times(tx, id).await
}

/// The verb's answer, or what is wrong with the form that asked for it.
pub type Checked<T = ()> = Result<T, Problems>;

/// An event on a meeting that the viewer caused.
fn event(access: &Access<PairId>, pair: &Pair, meeting: MeetingId, kind: &'static str) -> Event {
    Event::by(&access.viewer, kind).pair(pair.id).round(pair.round_id).on(meeting)
}

/// Waits for the pair's turn and loads it, if it still meets.
async fn meeting_pair(tx: &mut Tx, access: &Access<PairId>) -> Answer<Pair> {
    tx.lock(access.id).await?;
    let pair = pairs::pair(tx, access).await?;
    if pair.is_active() { Ok(pair) } else { Err(Error::conflict("over")) }
}

/// The state is not the one that the viewer saw, because of somebody.
async fn changed_meanwhile(tx: &mut Tx, by: Option<PersonId>) -> Error {
    let card = match by {
        Some(person) => people::card(tx, person).await,
        None => Ok(None),
    };
    let who = match card {
        Ok(Some(card)) => card.name,
        Ok(None) => words::say("notice", "somebody", &[]),
        Err(error) => return error,
    };
    Error::Trouble { status: StatusCode::CONFLICT, key: "changed_meanwhile", data: vec![("who", who)] }
}

/// Whether one of the two has another meeting at that time by now. Nobody else plans for either of them until this
/// transaction ends.
async fn is_busy(tx: &mut Tx, pair: &Pair, except: MeetingId, at: Timestamp, minutes: i64) -> Answer<bool> {
    // In the same order everywhere, so that two never wait for each other.
    let both = [pair.mentor_id.min(pair.mentee_id), pair.mentor_id.max(pair.mentee_id)];
    for person in both {
        tx.lock(person).await?;
    }
    let longest = jiff::SignedDuration::from_mins(240);
    let end = at.plus(jiff::SignedDuration::from_mins(minutes));
    let others = store::busy(tx, (pair.mentor_id, pair.mentee_id), except, at.minus(longest), end).await?;
    Ok(others.into_iter().any(|(start, minutes)| start.plus(jiff::SignedDuration::from_mins(minutes)) > at))
}

/// How long before a meeting something happened, in words: `2 days before`, `40 minutes before`, `after it began`.
#[must_use]
pub fn notice(minutes: i64) -> String {
    let (key, n) = match minutes {
        i64::MIN..=0 => ("late", 0),
        1..=119 => ("minutes", minutes),
        120..=2879 => ("hours", minutes / 60),
        _ => ("days", minutes / 1440),
    };
    words::say("notice", key, &[("n", n.to_string())])
}

#[cfg(test)]
mod tests {
    use super::notice;

    #[test]
    fn says_how_early_something_was() {
        let said: Vec<_> = [-5, 40, 125, 2880].into_iter().map(notice).collect();
        assert_eq!(said, ["after it began", "40 minutes before", "2 hours before", "2 days before"]);
    }
}
