//! The statements on personal links and registrations.

use super::{Admission, State};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId, RoundId},
    },
    people::Status,
    programs::Side,
};

pub(super) async fn insert_link(tx: &mut Tx, hash: &str, id: ParticipantId, expires: Timestamp) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into invitations (token_hash, participant_id, created_at, expires_at) values ($1, $2, $3, $4)",
        hash,
        id,
        now,
        expires,
    )?;
    Ok(())
}

/// A personal link, and how whoever it belongs to stands now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Link {
    pub participant_id: ParticipantId,
    pub round_id: RoundId,
    pub person_id: PersonId,
    pub name: String,
    pub email: Option<String>,
    pub status: Status,
    pub state: State,
    pub role: Side,
    pub registered_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

pub(super) async fn link(tx: &mut Tx, hash: &str) -> Answer<Option<Link>> {
    Ok(fetch_optional!(
        tx,
        Link,
        "select i.participant_id, p.round_id, p.person_id, people.name, people.email, people.status, p.state, p.role,
                p.registered_at, i.created_at, i.expires_at
         from invitations i join participants p on p.id = i.participant_id join people on people.id = p.person_id
         where i.token_hash = $1",
        hash
    )?)
}

/// Whether somebody was sent a link after `since`.
pub(super) async fn has_link_since(tx: &mut Tx, id: ParticipantId, since: Timestamp) -> Answer<bool> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from invitations where participant_id = $1 and created_at > $2",
        id,
        since
    )?;
    Ok(count > 0)
}

/// Somebody to whom a letter can be written.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Addressee {
    pub id: ParticipantId,
    pub person_id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Side,
    pub reminders: i64,
}

/// The participant as an addressee; none if the directory has no address, or they left.
pub(super) async fn addressee(tx: &mut Tx, id: ParticipantId) -> Answer<Option<Addressee>> {
    Ok(fetch_optional!(
        tx,
        Addressee,
        "select p.id, p.person_id, people.name, people.email, p.role, p.reminders
         from participants p join people on people.id = p.person_id
         where p.id = $1 and people.email is not null and people.status <> 'left'",
        id
    )?)
}

/// Everybody on a side who was chosen and can be written to.
pub(super) async fn chosen(tx: &mut Tx, round: RoundId, side: Side) -> Answer<Vec<Addressee>> {
    Ok(fetch_all!(
        tx,
        Addressee,
        "select p.id, p.person_id, people.name, people.email, p.role, p.reminders
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.role = $2 and p.state = 'chosen'
           and people.email is not null and people.status <> 'left'
         order by people.sort_name, p.id",
        round,
        side,
    )?)
}

/// Everybody on a side who has not opened their link, and last heard of it at or before `since`.
pub(super) async fn unopened(tx: &mut Tx, round: RoundId, side: Side, since: Timestamp) -> Answer<Vec<Addressee>> {
    Ok(fetch_all!(
        tx,
        Addressee,
        "select p.id, p.person_id, people.name, people.email, p.role, p.reminders
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.role = $2 and p.state = 'invited' and p.opened_at is null and p.reminders < 2
           and coalesce(p.reminded_at, p.invited_at) <= $3
           and people.email is not null and people.status <> 'left'
         order by people.sort_name, p.id",
        round,
        side,
        since,
    )?)
}

/// Everybody who was invited at or before `since`, has not registered, and was never reminded, in rounds that
/// still ask people to register.
pub(super) async fn due_for_reminder(tx: &mut Tx, since: Timestamp, today: Day) -> Answer<Vec<ParticipantId>> {
    let rows = fetch_all!(
        tx,
        (ParticipantId,),
        "select p.id
         from participants p join people on people.id = p.person_id join rounds on rounds.id = p.round_id
         where p.state = 'invited' and p.reminders = 0 and p.invited_at <= $1
           and people.email is not null and people.status <> 'left' and rounds.stage in ('design', 'enroll')
           and rounds.enroll_until >= $2
         order by p.round_id, p.id",
        since,
        today,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What was typed and what was sent.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub(super) struct Registration {
    pub draft: Option<String>,
    pub answers: Option<String>,
    pub commitment: Option<String>,
    pub saved_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
}

pub(super) async fn registration(tx: &mut Tx, id: ParticipantId) -> Answer<Registration> {
    let found = fetch_optional!(
        tx,
        Registration,
        "select draft, answers, commitment, saved_at, submitted_at from registrations where participant_id = $1",
        id
    )?;
    Ok(found.unwrap_or_default())
}

pub(super) async fn save_draft(tx: &mut Tx, id: ParticipantId, draft: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into registrations (participant_id, draft, saved_at) values ($1, $2, $3)
         on conflict (participant_id) do update set draft = excluded.draft, saved_at = excluded.saved_at",
        id,
        draft,
        now,
    )?;
    Ok(())
}

/// Keeps what was sent, with the words that were agreed to; nothing unsent is left.
pub(super) async fn submit(tx: &mut Tx, id: ParticipantId, answers: &str, commitment: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into registrations (participant_id, answers, commitment, saved_at, submitted_at)
         values ($1, $2, $3, $4, $4)
         on conflict (participant_id) do update set draft = null, answers = excluded.answers,
             commitment = excluded.commitment, saved_at = excluded.saved_at, submitted_at = excluded.submitted_at",
        id,
        answers,
        commitment,
        now,
    )?;
    Ok(())
}

pub(super) async fn admission(tx: &mut Tx, round: RoundId) -> Answer<Admission> {
    let found = fetch_optional!(tx, (Admission,), "select policy from admissions where round_id = $1", round)?;
    Ok(found.map_or(Admission::Everybody, |(policy,)| policy))
}

pub(super) async fn set_admission(tx: &mut Tx, round: RoundId, policy: Admission, by: PersonId) -> Answer<()> {
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

/// Something that waits for somebody: a registration to begin or to finish.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Open {
    /// The registration is at `/registrations/{participant}`.
    pub participant: ParticipantId,
    /// The program's name.
    pub program: String,
    /// The round's name.
    pub round: String,
    /// As whom they are asked.
    pub role: Side,
    /// Until when.
    pub enroll_until: Day,
    /// Whether something was typed already.
    pub begun: bool,
}

pub(super) async fn open_for(tx: &mut Tx, person: PersonId) -> Answer<Vec<Open>> {
    Ok(fetch_all!(
        tx,
        Open,
        "select p.id as participant, programs.name as program, rounds.name as round, p.role, rounds.enroll_until,
                registrations.participant_id is not null as begun
         from participants p join rounds on rounds.id = p.round_id join programs on programs.id = rounds.program_id
         left join registrations on registrations.participant_id = p.id
         where p.person_id = $1 and p.state = 'invited' and rounds.stage in ('design', 'enroll', 'match')
         order by rounds.enroll_until, p.id",
        person
    )?)
}

/// The managers of a round's program, by name: whom to ask, and who reads what is for them alone.
pub(super) async fn managers(tx: &mut Tx, round: RoundId) -> Answer<Vec<String>> {
    let names = fetch_all!(
        tx,
        (String,),
        "select people.name from program_roles r join rounds on rounds.program_id = r.program_id
         join people on people.id = r.person_id
         where rounds.id = $1 and r.role = 'manager' and people.status <> 'left' order by people.sort_name",
        round
    )?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// Who works here and has this address.
pub(super) async fn person_at(tx: &mut Tx, email: &str) -> Answer<Option<PersonId>> {
    let found = fetch_optional!(tx, (PersonId,), "select id from people where email = $1 and status <> 'left'", email)?;
    Ok(found.map(|(id,)| id))
}

/// What the directory says of somebody: shown to them, and not asked again.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Facts {
    pub name: String,
    pub title: Option<String>,
    pub department: Option<String>,
    pub location: Option<String>,
    /// JSON array of text.
    pub languages: String,
}

pub(super) async fn facts(tx: &mut Tx, person: PersonId) -> Answer<Facts> {
    Ok(fetch_one!(tx, Facts, "select name, title, department, location, languages from people where id = $1", person)?)
}
