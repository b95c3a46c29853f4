//! The statements on participants: finding them, and each step that they take.

use super::{Admission, Answers, State};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{ParticipantId, PersonId, RoundId},
    },
    people,
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
    /// JSON of [`Answers`], once they registered.
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
        people::position(&self.title, &self.location)
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

/// Who is in a round in any role and state, also those who were taken out.
pub(super) async fn everybody_ever(tx: &mut Tx, round: RoundId) -> Answer<Vec<(PersonId, Side, State)>> {
    Ok(fetch_all!(
        tx,
        (PersonId, Side, State),
        "select person_id, role, state from participants where round_id = $1",
        round
    )?)
}

/// Puts somebody in who works here. Answers whether they were not in already.
pub(super) async fn insert(tx: &mut Tx, round: RoundId, person: PersonId, side: Side) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into participants (id, round_id, person_id, role, state, capacity, chosen_at, reminders)
         select $1, $2, people.id, $3, 'chosen', 1, $4, 0 from people where people.id = $5 and people.status <> 'left'
         on conflict (round_id, person_id, role) do nothing",
        ParticipantId::new(),
        round,
        side,
        now,
        person,
    )?;
    Ok(rows == 1)
}

/// Puts somebody in again who was taken out, as if for the first time; earlier links no longer count.
pub(super) async fn choose_again(tx: &mut Tx, round: RoundId, person: PersonId, side: Side) -> Answer<bool> {
    let now = tx.now();
    execute!(
        tx,
        "delete from invitations where participant_id in
             (select id from participants
              where round_id = $1 and person_id = $2 and role = $3 and state = 'withdrawn')",
        round,
        person,
        side,
    )?;
    let rows = execute!(
        tx,
        "update participants set state = 'chosen', chosen_at = $1, invited_at = null, opened_at = null,
                reminded_at = null, reminders = 0, registered_at = null, admitted_at = null, waiting_at = null,
                declined_at = null, withdrawn_at = null
         where round_id = $2 and person_id = $3 and role = $4 and state = 'withdrawn'",
        now,
        round,
        person,
        side,
    )?;
    Ok(rows == 1)
}

/// Notes that an invitation was written to somebody who was chosen, or who declined before.
pub(super) async fn set_invited(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set state = 'invited', invited_at = $1, opened_at = null, reminded_at = null,
                reminders = 0, declined_at = null
         where id = $2 and state in ('chosen', 'declined')",
        now,
        id,
    )?;
    Ok(rows == 1)
}

/// Notes a reminder, if there were as many before as the caller saw.
pub(super) async fn set_reminded(tx: &mut Tx, id: ParticipantId, before: i64) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set reminded_at = $1, reminders = reminders + 1
         where id = $2 and state = 'invited' and reminders = $3 and reminders < 2",
        now,
        id,
        before,
    )?;
    Ok(rows == 1)
}

/// Notes that the link was opened. Who had declined thinks again.
pub(super) async fn set_opened(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set opened_at = coalesce(opened_at, $1), declined_at = null,
                state = case when state = 'declined' then 'invited' else state end
         where id = $2 and state not in ('chosen', 'withdrawn') and (opened_at is null or state = 'declined')",
        now,
        id,
    )?;
    Ok(rows == 1)
}

/// Notes a registration, the first or a changed one, with the places it offers.
pub(super) async fn set_registered(tx: &mut Tx, id: ParticipantId, capacity: i64) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set registered_at = coalesce(registered_at, $1), opened_at = coalesce(opened_at, $1),
                capacity = $2, declined_at = null,
                state = case when state in ('invited', 'declined') then 'registered' else state end
         where id = $3 and state in ('invited', 'declined', 'registered', 'admitted', 'waiting')",
        now,
        capacity,
        id,
    )?;
    Ok(rows == 1)
}

/// Admits somebody who registered. Answers whether it did: not where they stand elsewhere by now. The caller has asked
/// whether another program or a group outside stands against it (`exclusions`).
pub(super) async fn set_admitted(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set state = 'admitted', admitted_at = $1, waiting_at = null
         where id = $2 and state in ('registered', 'waiting')",
        now,
        id,
    )?;
    Ok(rows == 1)
}

/// Puts somebody on the waiting list.
pub(super) async fn set_waiting(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set state = 'waiting', waiting_at = $1, admitted_at = null
         where id = $2 and state in ('registered', 'admitted')",
        now,
        id,
    )?;
    Ok(rows == 1)
}

/// Notes a no.
pub(super) async fn set_declined(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set state = 'declined', declined_at = $1, opened_at = coalesce(opened_at, $1),
                admitted_at = null, waiting_at = null
         where id = $2 and state in ('invited', 'registered', 'admitted', 'waiting')",
        now,
        id,
    )?;
    Ok(rows == 1)
}

/// Takes somebody out.
pub(super) async fn set_withdrawn(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update participants set state = 'withdrawn', withdrawn_at = $1 where id = $2 and state <> 'withdrawn'",
        now,
        id,
    )?;
    Ok(rows == 1)
}

/// Takes a leaver out of every round in which they are in no pair: pairs have an end of their own.
pub(super) async fn withdraw_unpaired(tx: &mut Tx, person: PersonId) -> Answer<Vec<(ParticipantId, RoundId)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (ParticipantId, RoundId),
        "update participants set state = 'withdrawn', withdrawn_at = $1
         where person_id = $2 and state <> 'withdrawn'
           and not exists (select 1 from pairs where pairs.round_id = participants.round_id
                           and participants.person_id in (pairs.mentor_id, pairs.mentee_id))
         returning id, round_id",
        now,
        person,
    )?)
}

pub(super) async fn admission(tx: &mut Tx, round: RoundId) -> Answer<Admission> {
    let found = fetch_optional!(tx, (Admission,), "select policy from admissions where round_id = $1", round)?;
    Ok(found.map_or(Admission::AsNeeded, |(policy,)| policy))
}

pub(super) async fn set_admission(tx: &mut Tx, round: RoundId, policy: Admission, by: PersonId) -> Answer<()> {
    if policy == Admission::AsNeeded {
        execute!(tx, "delete from admissions where round_id = $1", round)?;
        return Ok(());
    }
    let now = tx.now();
    execute!(
        tx,
        "insert into admissions (round_id, policy, set_by, set_at) values ($1, $2, $3, $4)
         on conflict (round_id) do update set policy = excluded.policy, set_by = excluded.set_by,
             set_at = excluded.set_at",
        round,
        policy,
        by,
        now,
    )?;
    Ok(())
}
