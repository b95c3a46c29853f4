//! The statements on screening: what is asked, applications, who reads which, and what readers gave.

use super::{State, reviewing::Act};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId, ProgramId, RoundId},
    },
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct ScreeningRow {
    pub design: String,
    pub version: i64,
    pub changed_by: Option<String>,
}

pub(super) async fn screening(tx: &mut Tx, round: RoundId) -> Answer<Option<ScreeningRow>> {
    Ok(fetch_optional!(
        tx,
        ScreeningRow,
        "select s.design, s.version, people.name as changed_by
         from screenings s left join people on people.id = s.changed_by where s.round_id = $1",
        round
    )?)
}

pub(super) async fn set_screening(tx: &mut Tx, round: RoundId, design: &str, version: i64, by: PersonId) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into screenings (round_id, design, version, changed_by, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (round_id) do update set design = excluded.design, version = excluded.version,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        round,
        design,
        version,
        by,
        now,
    )?;
    Ok(())
}

/// Ends a round's screening, and the readings that were given out. Answers whether there was one.
pub(super) async fn delete_screening(tx: &mut Tx, round: RoundId) -> Answer<bool> {
    execute!(
        tx,
        "delete from review_assignments where participant_id in (select id from participants where round_id = $1)",
        round
    )?;
    Ok(execute!(tx, "delete from screenings where round_id = $1", round)? == 1)
}

/// Whether somebody has begun to score in a round.
pub(super) async fn has_reviews(tx: &mut Tx, round: RoundId) -> Answer<bool> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from reviews join participants p on p.id = reviews.participant_id where p.round_id = $1",
        round
    )?;
    Ok(count > 0)
}

pub(super) async fn set_application(tx: &mut Tx, id: ParticipantId, answers: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into applications (participant_id, answers, submitted_at) values ($1, $2, $3)
         on conflict (participant_id) do update set answers = excluded.answers, submitted_at = excluded.submitted_at",
        id,
        answers,
        now,
    )?;
    Ok(())
}

pub(super) async fn application(tx: &mut Tx, id: ParticipantId) -> Answer<Option<String>> {
    let found = fetch_optional!(tx, (String,), "select answers from applications where participant_id = $1", id)?;
    Ok(found.map(|(answers,)| answers))
}

/// Mentors of a round who applied and can still be decided about, in the order in which they did.
pub(super) async fn applied(tx: &mut Tx, round: RoundId) -> Answer<Vec<(ParticipantId, PersonId)>> {
    Ok(fetch_all!(
        tx,
        (ParticipantId, PersonId),
        "select p.id, p.person_id from participants p join applications a on a.participant_id = p.id
         where p.round_id = $1 and p.role = 'mentor' and p.state in ('registered', 'admitted', 'waiting')
         order by a.submitted_at, p.id",
        round
    )?)
}

/// How many reviews of an application are in.
pub(super) async fn submitted(tx: &mut Tx, id: ParticipantId) -> Answer<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from reviews where participant_id = $1 and submitted_at is not null",
        id
    )?;
    Ok(count)
}

/// Who may read applications of a program: its managers and mentor leads.
pub(super) async fn pool(tx: &mut Tx, program: ProgramId) -> Answer<Vec<PersonId>> {
    let rows = fetch_all!(
        tx,
        (PersonId,),
        "select people.id from people
         where people.status <> 'left' and people.email is not null
           and (people.id in (select l.person_id from mentor_leads l where l.program_id = $1)
             or people.id in (select r.person_id from program_roles r where r.program_id = $1 and r.role = 'manager'))
         order by people.id",
        program
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn assign(
    tx: &mut Tx,
    participant: ParticipantId,
    reviewer: PersonId,
    by: Option<PersonId>,
) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into review_assignments (participant_id, reviewer_id, assigned_at, assigned_by) values ($1, $2, $3, $4)
         on conflict (participant_id, reviewer_id) do nothing",
        participant,
        reviewer,
        now,
        by,
    )?;
    Ok(rows == 1)
}

/// A reading that was given to somebody, with what came of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Assignment {
    pub participant_id: ParticipantId,
    pub reviewer_id: PersonId,
    pub name: String,
    pub scores: Option<String>,
    pub words: Option<String>,
    pub submitted_at: Option<Timestamp>,
}

/// Every reading of a round's applications, those that are in first and in the order in which they came.
pub(super) async fn assignments(tx: &mut Tx, round: RoundId) -> Answer<Vec<Assignment>> {
    Ok(fetch_all!(
        tx,
        Assignment,
        "select a.participant_id, a.reviewer_id, people.name, r.scores, r.words, r.submitted_at
         from review_assignments a join participants p on p.id = a.participant_id
         join people on people.id = a.reviewer_id
         left join reviews r on r.participant_id = a.participant_id and r.reviewer_id = a.reviewer_id
         where p.round_id = $1 order by a.participant_id, coalesce(r.submitted_at, '9'), a.assigned_at, a.reviewer_id",
        round
    )?)
}

/// Every reading of one application, in the same order.
pub(super) async fn reviews_of(tx: &mut Tx, id: ParticipantId) -> Answer<Vec<Assignment>> {
    Ok(fetch_all!(
        tx,
        Assignment,
        "select a.participant_id, a.reviewer_id, people.name, r.scores, r.words, r.submitted_at
         from review_assignments a join people on people.id = a.reviewer_id
         left join reviews r on r.participant_id = a.participant_id and r.reviewer_id = a.reviewer_id
         where a.participant_id = $1 order by coalesce(r.submitted_at, '9'), a.assigned_at, a.reviewer_id",
        id
    )?)
}

/// Keeps a review or sends it. Answers whether it was not sent before.
pub(super) async fn save_review(
    tx: &mut Tx,
    id: ParticipantId,
    reviewer: PersonId,
    scores: &str,
    words: Option<&str>,
    act: Act,
) -> Answer<bool> {
    let now = tx.now();
    let sent = (act == Act::Send).then_some(now);
    let rows = execute!(
        tx,
        "insert into reviews (participant_id, reviewer_id, scores, words, saved_at, submitted_at)
         select $1, $2, $3, $4, $5, $6
         where exists (select 1 from review_assignments where participant_id = $1 and reviewer_id = $2)
         on conflict (participant_id, reviewer_id) do update set scores = excluded.scores, words = excluded.words,
             saved_at = excluded.saved_at, submitted_at = excluded.submitted_at
         where reviews.submitted_at is null",
        id,
        reviewer,
        scores,
        words,
        now,
        sent,
    )?;
    Ok(rows == 1)
}

/// A mentor who registered in a round that screens them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct ApplicantRow {
    pub id: ParticipantId,
    pub person_id: PersonId,
    pub name: String,
    pub title: Option<String>,
    pub location: Option<String>,
    pub state: State,
    pub reminders: i64,
    /// JSON, once they applied.
    pub answers: Option<String>,
}

/// Every mentor of a round who registered, by name.
pub(super) async fn applicants(tx: &mut Tx, round: RoundId) -> Answer<Vec<ApplicantRow>> {
    Ok(fetch_all!(
        tx,
        ApplicantRow,
        "select p.id, p.person_id, people.name, people.title, people.location, p.state, p.reminders, a.answers
         from participants p join people on people.id = p.person_id left join applications a on a.participant_id = p.id
         where p.round_id = $1 and p.role = 'mentor' and p.state in ('registered', 'admitted', 'waiting')
         order by people.sort_name, p.id",
        round
    )?)
}

/// An application that somebody was given to read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Reading {
    /// Whose.
    pub participant: ParticipantId,
    /// The applicant's name.
    pub name: String,
    /// The program's name.
    pub program: String,
    /// The round's name.
    pub round: String,
    /// When the reader's scores went in.
    pub submitted_at: Option<Timestamp>,
}

/// What somebody was given to read in rounds that still take people in, what waits first. Who can read it is what
/// `held_roles` says, asked of one person: the whole view is too much for every home.
pub(super) async fn readings(tx: &mut Tx, me: PersonId) -> Answer<Vec<Reading>> {
    Ok(fetch_all!(
        tx,
        Reading,
        "select a.participant_id as participant, people.name, programs.name as program, rounds.name as round,
                r.submitted_at
         from review_assignments a
         join participants p on p.id = a.participant_id join people on people.id = p.person_id
         join rounds on rounds.id = p.round_id join programs on programs.id = rounds.program_id
         left join reviews r on r.participant_id = a.participant_id and r.reviewer_id = a.reviewer_id
         where a.reviewer_id = $1 and p.state in ('registered', 'admitted', 'waiting')
           and rounds.stage in ('design', 'enroll', 'match') and programs.archived_at is null
           and (exists (select 1 from mentor_leads l where l.program_id = programs.id and l.person_id = $1)
             or exists (select 1 from program_roles g
                        where g.program_id = programs.id and g.person_id = $1 and g.role = 'manager'))
         order by case when r.submitted_at is null then 0 else 1 end, people.sort_name, p.id",
        me
    )?)
}

/// Rounds in which somebody registered as a mentor and has not applied yet.
pub(super) async fn unapplied(tx: &mut Tx, me: PersonId) -> Answer<Vec<(ParticipantId, String, String)>> {
    Ok(fetch_all!(
        tx,
        (ParticipantId, String, String),
        "select p.id, programs.name, rounds.name
         from participants p join screenings s on s.round_id = p.round_id
         join rounds on rounds.id = p.round_id join programs on programs.id = rounds.program_id
         left join applications a on a.participant_id = p.id
         where p.person_id = $1 and p.role = 'mentor' and p.state in ('registered', 'waiting') and a.participant_id is null
           and rounds.stage in ('design', 'enroll', 'match') and programs.archived_at is null
         order by p.id",
        me
    )?)
}

/// Rounds of programs of which somebody is a mentor lead, that still take people in.
pub(super) async fn led(tx: &mut Tx, me: PersonId) -> Answer<Vec<(RoundId, String, String)>> {
    Ok(fetch_all!(
        tx,
        (RoundId, String, String),
        "select rounds.id, programs.name, rounds.name
         from mentor_leads l join programs on programs.id = l.program_id join rounds on rounds.program_id = programs.id
         where l.person_id = $1 and rounds.stage in ('design', 'enroll', 'match') and programs.archived_at is null
         order by programs.name, rounds.number desc",
        me
    )?)
}

/// Whom letters about readings go to: name and address.
pub(super) async fn reader(tx: &mut Tx, person: PersonId) -> Answer<Option<(String, String)>> {
    Ok(fetch_optional!(
        tx,
        (String, String),
        "select name, email from people where id = $1 and email is not null and status <> 'left'",
        person
    )?)
}
