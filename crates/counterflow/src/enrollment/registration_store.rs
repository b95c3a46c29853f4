//! The statements on registrations: what was typed, what was sent, and what stands around it on the page.

use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId, RoundId},
    },
    programs::Side,
};

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

/// Puts other answers in the place of those that were sent, without being a new registration.
pub(super) async fn replace(tx: &mut Tx, id: ParticipantId, answers: &str, draft: Option<&str>) -> Answer<()> {
    execute!(tx, "update registrations set answers = $1, draft = $2 where participant_id = $3", answers, draft, id)?;
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

pub(super) async fn open_for(tx: &mut Tx, person: PersonId, today: Day) -> Answer<Vec<Open>> {
    Ok(fetch_all!(
        tx,
        Open,
        "select p.id as participant, programs.name as program, rounds.name as round, p.role, rounds.enroll_until,
                registrations.participant_id is not null as begun
         from participants p join rounds on rounds.id = p.round_id join programs on programs.id = rounds.program_id
         left join registrations on registrations.participant_id = p.id
         where p.person_id = $1 and p.state = 'invited' and rounds.stage in ('design', 'enroll', 'match')
           and rounds.enroll_until >= $2 and programs.archived_at is null
         order by rounds.enroll_until, p.id",
        person,
        today,
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
