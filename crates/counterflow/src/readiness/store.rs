//! The statements on readiness surveys.

use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{PersonId, ProgramId, SurveyId},
    },
    programs::Direction,
};

/// A survey. It holds counts alone: whom it asked is known only while they can answer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Survey {
    /// Which.
    pub id: SurveyId,
    /// About which program.
    pub program_id: ProgramId,
    /// The program's name.
    pub program: String,
    /// The direction that the program had when it was asked.
    pub direction: Direction,
    /// The smallest number of answers about which anything is shown.
    pub minimum: i64,
    /// How many people were asked.
    pub asked: i64,
    /// How many have answered.
    pub answered: i64,
    /// The last day on which it can be answered.
    pub closes_on: Day,
    /// When those who had not answered were written to again.
    pub reminded_at: Option<Timestamp>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it closed.
    pub closed_at: Option<Timestamp>,
}

/// The program's latest survey.
///
/// # Errors
/// When the database fails.
pub async fn latest(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Option<Survey>> {
    Ok(fetch_optional!(
        tx,
        Survey,
        "select s.id, s.program_id, programs.name as program, s.direction, s.minimum, s.asked, s.answered,
                s.closes_on, s.reminded_at, s.created_at, s.closed_at
         from readiness_surveys s join programs on programs.id = s.program_id
         where s.program_id = $1 order by s.created_at desc, s.id desc limit 1",
        leave.id()
    )?)
}

/// The survey that a link answers, and whom the link was sent to. Nobody's, once that person has left.
pub(super) async fn behind_link(tx: &mut Tx, token_hash: &str) -> Answer<Option<(Survey, PersonId)>> {
    let found = fetch_optional!(
        tx,
        (SurveyId, PersonId),
        "select l.survey_id, l.person_id from readiness_links l join people on people.id = l.person_id
         where l.token_hash = $1 and people.status <> 'left'",
        token_hash
    )?;
    let Some((survey, person)) = found else { return Ok(None) };
    Ok(by_id(tx, survey).await?.map(|survey| (survey, person)))
}

pub(super) async fn by_id(tx: &mut Tx, survey: SurveyId) -> Answer<Option<Survey>> {
    Ok(fetch_optional!(
        tx,
        Survey,
        "select s.id, s.program_id, programs.name as program, s.direction, s.minimum, s.asked, s.answered,
                s.closes_on, s.reminded_at, s.created_at, s.closed_at
         from readiness_surveys s join programs on programs.id = s.program_id where s.id = $1",
        survey
    )?)
}

/// A survey about to be asked.
pub(super) struct New {
    pub id: SurveyId,
    pub program_id: ProgramId,
    pub direction: Direction,
    pub minimum: i64,
    pub asked: i64,
    pub closes_on: Day,
    pub by: PersonId,
}

/// Answers whether it is new, and no other of the program is open.
pub(super) async fn insert(tx: &mut Tx, new: &New) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into readiness_surveys (id, program_id, direction, minimum, asked, answered, closes_on, created_by,
                                        created_at)
         values ($1, $2, $3, $4, $5, 0, $6, $7, $8) on conflict do nothing",
        new.id,
        new.program_id,
        new.direction,
        new.minimum,
        new.asked,
        new.closes_on,
        new.by,
        now,
    )?;
    Ok(rows == 1)
}

pub(super) async fn insert_link(tx: &mut Tx, token_hash: &str, survey: SurveyId, person: PersonId) -> Answer<()> {
    execute!(
        tx,
        "insert into readiness_links (token_hash, survey_id, person_id) values ($1, $2, $3)",
        token_hash,
        survey,
        person
    )?;
    Ok(())
}

/// Takes every link of a person to a survey. Answers whether there was one: whoever takes it may answer.
pub(super) async fn take_links(tx: &mut Tx, survey: SurveyId, person: PersonId) -> Answer<bool> {
    let rows = execute!(tx, "delete from readiness_links where survey_id = $1 and person_id = $2", survey, person)?;
    Ok(rows > 0)
}

/// Counts one more person's answer to a question.
pub(super) async fn count(tx: &mut Tx, survey: SurveyId, question: &str, answer: &str) -> Answer<()> {
    execute!(
        tx,
        "insert into readiness_counts (survey_id, question, answer, people) values ($1, $2, $3, 1)
         on conflict (survey_id, question, answer) do update set people = readiness_counts.people + 1",
        survey,
        question,
        answer
    )?;
    Ok(())
}

pub(super) async fn count_person(tx: &mut Tx, survey: SurveyId) -> Answer<()> {
    execute!(tx, "update readiness_surveys set answered = answered + 1 where id = $1", survey)?;
    Ok(())
}

/// The counts of a survey. Only once it has closed.
pub(super) async fn counts(tx: &mut Tx, survey: &Survey) -> Answer<Vec<(String, String, i64)>> {
    Ok(fetch_all!(
        tx,
        (String, String, i64),
        "select c.question, c.answer, c.people
         from readiness_counts c join readiness_surveys s on s.id = c.survey_id
         where c.survey_id = $1 and s.closed_at is not null order by c.question, c.answer",
        survey.id
    )?)
}

/// Whoever can still answer: person, name, address.
pub(super) async fn silent(tx: &mut Tx, survey: SurveyId) -> Answer<Vec<(PersonId, String, Option<String>)>> {
    Ok(fetch_all!(
        tx,
        (PersonId, String, Option<String>),
        "select distinct people.id, people.name, people.email
         from readiness_links l join people on people.id = l.person_id
         where l.survey_id = $1 and people.status <> 'left' order by people.id",
        survey
    )?)
}

/// The open surveys whose last day lies before `today`, and those that were asked before `asked_before` and not reminded.
pub(super) async fn due(tx: &mut Tx, today: Day, asked_before: Timestamp) -> Answer<Vec<(SurveyId,)>> {
    Ok(fetch_all!(
        tx,
        (SurveyId,),
        "select id from readiness_surveys
         where closed_at is null and (closes_on < $1 or (reminded_at is null and created_at <= $2)) order by id",
        today,
        asked_before
    )?)
}

/// Answers whether it was not reminded before.
pub(super) async fn mark_reminded(tx: &mut Tx, survey: SurveyId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update readiness_surveys set reminded_at = $1 where id = $2 and reminded_at is null and closed_at is null",
        now,
        survey
    )?;
    Ok(rows == 1)
}

/// Closes a survey and forgets who was asked. Answers whether it was open.
pub(super) async fn close(tx: &mut Tx, survey: SurveyId) -> Answer<bool> {
    let now = tx.now();
    let rows =
        execute!(tx, "update readiness_surveys set closed_at = $1 where id = $2 and closed_at is null", now, survey)?;
    execute!(tx, "delete from readiness_links where survey_id = $1", survey)?;
    Ok(rows == 1)
}
