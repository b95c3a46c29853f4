//! Nudges: a manager's letter to whoever can put a pair right, never more than one to a person in three days.

use askama::Template;
use jiff::SignedDuration;

use super::{
    PairRow, Running,
    health::{Reason, Sides, Wanted},
    health_store, nudge_store,
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::Access,
        ids::{PairId, PersonId, RoundId},
    },
    mail::{self, Letter},
    people,
    programs::{self, Side},
};

pub use nudge_store::Nudged;

/// So long a person is left in peace after a nudge, whoever sent it and about whichever pair.
pub const PEACE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// What became of a nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everybody who can act was written to.
    Sent,
    /// One was written to; the other had a letter in the last three days.
    SentToOne,
    /// Nobody was written to: all had a letter in the last three days, or have no address.
    Spared,
}

/// The nudges of a round that still keep people in peace, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn lately(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Vec<Nudged>> {
    let since = tx.now().minus(PEACE);
    nudge_store::since(tx, access, since).await
}

/// Writes to whoever can put the pair right. The reason is the worst at this moment, not the one on a page that may
/// be old.
///
/// # Errors
/// [`Error::NotFound`] if the pair is not one of the round's that go on, `over` if it is on track by now, or when the
/// database fails.
pub async fn nudge(app: &App, tx: &mut Tx, access: &Access<RoundId>, pair: PairId) -> Answer<Outcome> {
    let found = health_store::of_round(tx, access, Some(pair)).await?;
    let running = found.into_iter().next().ok_or(Error::NotFound)?;
    let reason = *running.health.reasons.first().ok_or_else(|| Error::conflict("over"))?;
    let to: Vec<Side> = Side::ALL.iter().copied().filter(|side| reason.can_act().has(*side)).collect();
    // Two managers at once: the second waits, in the same order of people, and then finds the letters of the first.
    let mut people: Vec<PersonId> = to.iter().map(|side| running.pair.person_on(*side)).collect();
    people.sort();
    for person in people {
        tx.lock(format!("nudge {person}")).await?;
    }
    let mut written = 0;
    for side in &to {
        if write_to(app, tx, access, &running, reason, *side).await? {
            written += 1;
        }
    }
    Ok(match written {
        0 => Outcome::Spared,
        _ if written == to.len() => Outcome::Sent,
        _ => Outcome::SentToOne,
    })
}

#[derive(Template)]
#[template(path = "checkins/mail_nudge.txt")]
struct NudgeText<'a> {
    nudge: &'a NudgeLetter<'a>,
}

#[derive(Template)]
#[template(path = "checkins/mail_nudge.html")]
struct NudgeHtml<'a> {
    nudge: &'a NudgeLetter<'a>,
}

/// What the letter says; its text and its HTML are filled with the same.
struct NudgeLetter<'a> {
    name: &'a str,
    other: &'a str,
    manager: &'a str,
    leads: bool,
    reason: Reason,
    link: String,
}

/// Writes to one side, unless they had a letter in the last three days. Answers whether it was written.
async fn write_to(
    app: &App,
    tx: &mut Tx,
    access: &Access<RoundId>,
    running: &Running,
    reason: Reason,
    side: Side,
) -> Answer<bool> {
    let pair = &running.pair;
    let person = pair.person_on(side);
    let now = tx.now();
    let Some(card) = people::card(tx, person).await? else { return Ok(false) };
    let Some(address) = card.email.clone() else { return Ok(false) };
    if nudge_store::count_since(tx, person, now.minus(PEACE)).await? > 0 {
        return Ok(false);
    }
    nudge_store::insert(tx, pair.id, person, reason.name(), access.viewer.person).await?;
    let nudge = &NudgeLetter {
        name: &card.name,
        other: pair.name_on(side.other()),
        manager: &access.viewer.name,
        leads: side == pair.led_by,
        reason,
        link: app.link(&format!("/pairs/{}", pair.id)),
    };
    let key = format!("nudge:{}:{person}:{now}", pair.id);
    let labels = programs::labels_of(tx, access.id).await?;
    let letter = Letter::from_templates(&labels, key, person, &address, &NudgeText { nudge }, &NudgeHtml { nudge })?;
    mail::write(tx, app, letter).await?;
    let facts = serde_json::json!({ "reason": reason.name() });
    Event::by(&access.viewer, "nudge.sent").round(access.id).pair(pair.id).on(person).with(facts).record(tx).await?;
    Ok(true)
}

/// What a list offers for a pair: nothing, a letter, or the word that there was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The pair is on track.
    Nothing,
    /// Whom to write to.
    Write(Sides),
    /// All who can act were written to; the last letter went out then.
    Written(Timestamp),
}

/// What can be done about a pair now.
#[must_use]
pub fn act(running: &Running, lately: &[Nudged]) -> Act {
    let Some(reason) = running.health.reasons.first() else { return Act::Nothing };
    let last = |person: PersonId| lately.iter().find(|nudged| nudged.person_id == person).map(|nudged| nudged.sent_at);
    let open = |pair: &PairRow, side: Side| reason.can_act().has(side) && last(pair.person_on(side)).is_none();
    match (open(&running.pair, Side::Mentor), open(&running.pair, Side::Mentee)) {
        (true, true) => Act::Write(Sides::Both),
        (true, false) => Act::Write(Sides::Mentor),
        (false, true) => Act::Write(Sides::Mentee),
        (false, false) => {
            let able = Side::ALL.iter().filter(|side| reason.can_act().has(**side));
            let latest = able.filter_map(|side| last(running.pair.person_on(*side))).max();
            latest.map_or(Act::Nothing, Act::Written)
        }
    }
}
