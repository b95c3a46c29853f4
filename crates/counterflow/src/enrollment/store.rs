//! The statements on participants, invitations and registrations.

use super::{Answers, State};
use crate::{
    fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{ParticipantId, PersonId, RoundId},
    },
    programs::Side,
};

/// Somebody in one role in one round, with what the pages show of them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Participant {
    /// Which.
    pub id: ParticipantId,
    /// In which round.
    pub round_id: RoundId,
    /// Who.
    pub person_id: PersonId,
    /// Full name.
    pub name: String,
    /// Position.
    pub title: Option<String>,
    /// Office.
    pub location: Option<String>,
    /// Mentor or mentee.
    pub role: Side,
    /// How far they have come.
    pub state: State,
    /// How many people on the other side they have room for.
    pub capacity: i64,
    /// When they were written to.
    pub invited_at: Option<Timestamp>,
    /// When they opened their link.
    pub opened_at: Option<Timestamp>,
    /// When they registered.
    pub registered_at: Option<Timestamp>,
    /// JSON of [`Answers`], if they began to register.
    pub answers: Option<String>,
}

impl Participant {
    /// What they answered; empty if nothing yet.
    #[must_use]
    pub fn answers(&self) -> Answers {
        self.answers.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Position and place in one line.
    #[must_use]
    pub fn position(&self) -> String {
        [&self.title, &self.location].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// Everybody in a round, by name.
///
/// # Errors
/// When the database fails.
pub async fn participants(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Participant>> {
    Ok(fetch_all!(
        tx,
        Participant,
        "select p.id, p.round_id, p.person_id, people.name, people.title, people.location, p.role, p.state, p.capacity,
                p.invited_at, p.opened_at, p.registered_at, registrations.answers
         from participants p join people on people.id = p.person_id
         left join registrations on registrations.participant_id = p.id
         where p.round_id = $1 order by people.sort_name, p.id",
        leave.id()
    )?)
}

/// One participant.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn participant(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<Participant> {
    let found = fetch_optional!(
        tx,
        Participant,
        "select p.id, p.round_id, p.person_id, people.name, people.title, people.location, p.role, p.state, p.capacity,
                p.invited_at, p.opened_at, p.registered_at, registrations.answers
         from participants p join people on people.id = p.person_id
         left join registrations on registrations.participant_id = p.id where p.id = $1",
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}
