//! What happened. Every verb records one event in its own transaction; the timeline, the audit log and later
//! features read events. A feature that must react to an earlier one does so in a job that is queued here.

use serde_json::Value;

use super::{
    db::Tx,
    error::Error,
    ids::{EventId, PairId, ProgramId, RoundId},
    store,
    viewer::Viewer,
};
use crate::kernel::ids::PersonId;

/// Which job follows which event: (event kind, job kind). The job's payload is the event's subject.
/// This is the only way in which an earlier station causes something in a later one.
pub const SUBSCRIBERS: &[(&str, &str)] = &[
    ("person.left", "enrollment.withdraw_leaver"),
    ("person.left", "matching.withdraw_leaver"),
    ("person.left", "pairs.end_for_leaver"),
    ("person.left", "pairs.drop_delegations"),
    ("person.left", "programs.drop_leaver"),
    ("proposal.accepted", "pairs.begin"),
    ("pair.ended", "meetings.release"),
    ("meeting.held", "checkins.after_meeting"),
    ("round.closed", "checkins.ask_last"),
    ("round.closed", "matching.end_with_round"),
    ("round.closed", "pairs.complete"),
    ("round.opened", "enrollment.carry_over"),
    ("round.closed", "enrollment.carry_over"),
];

/// An event about to be recorded.
#[derive(Debug)]
#[must_use = "an event counts only once it is recorded"]
pub struct Event {
    pub(super) kind: &'static str,
    pub(super) actor: Option<PersonId>,
    pub(super) program: Option<ProgramId>,
    pub(super) round: Option<RoundId>,
    pub(super) pair: Option<PairId>,
    pub(super) subject: Option<String>,
    pub(super) data: Value,
}

impl Event {
    /// An event that somebody caused.
    pub fn by(viewer: &Viewer, kind: &'static str) -> Self {
        Self { actor: Some(viewer.person), ..Self::by_server(kind) }
    }

    /// An event that somebody caused before being signed in (an invitation opened), or whom a job speaks for.
    pub fn by_person(person: PersonId, kind: &'static str) -> Self {
        Self { actor: Some(person), ..Self::by_server(kind) }
    }

    /// An event that the server caused by itself: a date came, an import brought a change.
    pub fn by_server(kind: &'static str) -> Self {
        Self { kind, actor: None, program: None, round: None, pair: None, subject: None, data: Value::Null }
    }

    /// The program in which it happened.
    pub fn program(mut self, program: ProgramId) -> Self {
        self.program = Some(program);
        self
    }

    /// The round in which it happened.
    pub fn round(mut self, round: RoundId) -> Self {
        self.round = Some(round);
        self
    }

    /// The pair to which it happened.
    pub fn pair(mut self, pair: PairId) -> Self {
        self.pair = Some(pair);
        self
    }

    /// The id of what it happened to.
    pub fn on(mut self, subject: impl ToString) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// What is worth keeping of it: names and numbers, never anything private.
    pub fn with(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Writes the event, and queues the jobs that follow it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(self, tx: &mut Tx) -> Result<EventId, Error> {
        let id = EventId::new();
        store::insert_event(tx, id, &self).await?;
        for (_, job) in SUBSCRIBERS.iter().filter(|(kind, _)| *kind == self.kind) {
            let subject = self.subject.clone().unwrap_or_default();
            store::enqueue(tx, job, &id.to_string(), &Value::from(subject), tx.now()).await?;
        }
        Ok(id)
    }
}
