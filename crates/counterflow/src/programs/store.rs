//! The statements on programs and rounds.

use super::{
    AskingOrder, Changed, Direction, NewProgram, NewRound, Program, ProgramRole, Round, RoundPlan, Stage, read_design,
};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::{Answer, Error},
        guard::{Access, ByServer, Leave},
        ids::{PersonId, ProgramId, RoundId},
        labels::Labels,
        viewer::Viewer,
    },
};

#[derive(sqlx::FromRow)]
struct ProgramRow {
    id: ProgramId,
    name: String,
    direction: Direction,
    design: String,
    version: i64,
    archived_at: Option<Timestamp>,
}

impl TryFrom<ProgramRow> for Program {
    type Error = Error;
    fn try_from(row: ProgramRow) -> Answer<Self> {
        let design = read_design(&row.design)?;
        Ok(Self {
            id: row.id,
            name: row.name,
            direction: row.direction,
            design,
            version: row.version,
            archived_at: row.archived_at,
        })
    }
}

/// A program.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn program(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Program> {
    let row = fetch_optional!(
        tx,
        ProgramRow,
        "select id, name, direction, design, version, archived_at from programs where id = $1",
        leave.id()
    )?;
    row.ok_or(Error::NotFound)?.try_into()
}

/// A round.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn round(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Round> {
    let round = fetch_optional!(
        tx,
        Round,
        "select rounds.id, rounds.program_id, programs.name as program, rounds.name, rounds.stage, rounds.enroll_until,
                rounds.starts_on, rounds.ends_on, rounds.meetings, rounds.rhythm_days, rounds.meeting_minutes,
                rounds.asking_order, rounds.answer_days, rounds.agreement_gate, rounds.minimum_reporting_size,
                rounds.eligibility, rounds.criteria, rounds.endorsement, endorser.name as endorser, rounds.version
         from rounds join programs on programs.id = rounds.program_id
         left join people endorser on endorser.id = rounds.endorsed_by
         where rounds.id = $1",
        leave.id()
    )?;
    round.ok_or(Error::NotFound)
}

/// How the program of a round calls mentor, mentee, pair and meeting, for a letter about the round.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn labels_of(tx: &mut Tx, round: RoundId) -> Result<Labels, Error> {
    let round = self::round(tx, &ByServer(round)).await?;
    Ok(program_of(tx, &round).await?.labels())
}

/// The program of a round.
///
/// # Errors
/// When the database fails.
pub async fn program_of(tx: &mut Tx, round: &Round) -> Answer<Program> {
    fetch_one!(
        tx,
        ProgramRow,
        "select id, name, direction, design, version, archived_at from programs where id = $1",
        round.program_id
    )?
    .try_into()
}

/// A round in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RoundLine {
    /// Which.
    pub id: RoundId,
    /// Of which program.
    pub program_id: ProgramId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub stage: Stage,
    /// The last day on which people can register.
    pub enroll_until: Day,
    /// The first day of the meetings.
    pub starts_on: Day,
    /// The last day.
    pub ends_on: Day,
}

/// The rounds of a program, newest first.
pub(super) async fn rounds(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<RoundLine>> {
    Ok(fetch_all!(
        tx,
        RoundLine,
        "select id, program_id, name, stage, enroll_until, starts_on, ends_on
         from rounds where program_id = $1 order by number desc",
        leave.id()
    )?)
}

/// The newest round of a program.
///
/// # Errors
/// When the database fails.
pub async fn latest_round(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Option<Round>> {
    match rounds(tx, leave).await?.first() {
        Some(line) => Ok(Some(round(tx, &ByServer(line.id)).await?)),
        None => Ok(None),
    }
}

/// A program in somebody's list, with the highest role that they hold in it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ProgramLine {
    /// Which.
    pub id: ProgramId,
    /// Its name.
    pub name: String,
    /// What the viewer is to it.
    pub role: ProgramRole,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

/// The programs that somebody manages or backs, by name.
pub(super) async fn programs_of(tx: &mut Tx, person: PersonId) -> Answer<Vec<ProgramLine>> {
    Ok(fetch_all!(
        tx,
        ProgramLine,
        "select programs.id, programs.name, min(roles.role) as role, programs.archived_at
         from program_roles roles join programs on programs.id = roles.program_id
         where roles.person_id = $1
         group by programs.id, programs.name, programs.archived_at
         order by lower(programs.name), programs.id",
        person
    )?)
}

/// The rounds of those programs, newest first.
pub(super) async fn rounds_of(tx: &mut Tx, person: PersonId) -> Answer<Vec<RoundLine>> {
    Ok(fetch_all!(
        tx,
        RoundLine,
        "select id, program_id, name, stage, enroll_until, starts_on, ends_on from rounds
         where program_id in (select program_id from program_roles where person_id = $1) order by number desc",
        person
    )?)
}

/// Answers whether it is new.
pub(super) async fn insert_program(tx: &mut Tx, by: PersonId, new: &NewProgram<'_>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into programs (id, name, template, direction, design, version, changed_by, created_by, created_at)
         values ($1, $2, $3, $4, $5, 1, $6, $6, $7) on conflict (id) do nothing",
        new.id,
        new.name.as_str(),
        new.template.key.as_str(),
        new.template.direction,
        serde_json::to_string(new.template).map_err(Error::defect)?,
        by,
        now,
    )?;
    Ok(rows == 1)
}

/// What a new round takes over, from a template or from the round before it.
pub(super) struct RoundRow {
    /// The round whose design it takes over, also what stands beside the row (`copy_store`).
    pub after: Option<RoundId>,
    pub meetings: i64,
    pub rhythm_days: i64,
    pub meeting_minutes: i64,
    pub asking_order: AskingOrder,
    pub answer_days: i64,
    pub agreement_gate: String,
    pub minimum_reporting_size: i64,
    pub eligibility: String,
    pub criteria: String,
}

impl From<Round> for RoundRow {
    fn from(round: Round) -> Self {
        Self {
            after: Some(round.id),
            meetings: round.meetings,
            rhythm_days: round.rhythm_days,
            meeting_minutes: round.meeting_minutes,
            asking_order: round.asking_order,
            answer_days: round.answer_days,
            agreement_gate: round.agreement_gate,
            minimum_reporting_size: round.minimum_reporting_size,
            eligibility: round.eligibility,
            criteria: round.criteria,
        }
    }
}

/// Answers whether it is new. It gets the next number of its program.
pub(super) async fn insert_round(tx: &mut Tx, program: ProgramId, new: &NewRound, row: &RoundRow) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into rounds (id, program_id, number, name, stage, enroll_until, starts_on, ends_on, meetings,
                             rhythm_days, meeting_minutes, asking_order, answer_days, agreement_gate,
                             minimum_reporting_size, eligibility, criteria, version, created_at)
         values ($1, $2, (select coalesce(max(number), 0) + 1 from rounds where program_id = $2), $3, 'design',
                 $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1, $16)
         on conflict (id) do nothing",
        new.id,
        program,
        new.name.as_str(),
        new.dates.enroll_until,
        new.dates.starts_on,
        new.dates.ends_on,
        row.meetings,
        row.rhythm_days,
        row.meeting_minutes,
        row.asking_order,
        row.answer_days,
        row.agreement_gate.as_str(),
        row.minimum_reporting_size,
        row.eligibility.as_str(),
        row.criteria.as_str(),
        now,
    )?;
    Ok(rows == 1)
}

/// Answers whether it was not put away before.
pub(super) async fn archive(tx: &mut Tx, access: &Access<ProgramId>) -> Answer<bool> {
    let now = tx.now();
    let rows =
        execute!(tx, "update programs set archived_at = $1 where id = $2 and archived_at is null", now, access.id)?;
    Ok(rows == 1)
}

/// Answers whether it was put away before.
pub(super) async fn unarchive(tx: &mut Tx, access: &Access<ProgramId>) -> Answer<bool> {
    let rows =
        execute!(tx, "update programs set archived_at = null where id = $1 and archived_at is not null", access.id)?;
    Ok(rows == 1)
}

/// Puts a round into a stage. The caller has made sure that it goes forward.
pub(super) async fn set_stage(tx: &mut Tx, round: RoundId, stage: Stage, by: Option<PersonId>) -> Answer<()> {
    let now = tx.now();
    execute!(tx, "update rounds set stage = $1 where id = $2", stage, round)?;
    execute!(
        tx,
        "insert into round_stages (round_id, stage, began_at, begun_by) values ($1, $2, $3, $4)
         on conflict (round_id, stage) do nothing",
        round,
        stage,
        now,
        by,
    )?;
    Ok(())
}

pub(super) async fn update_eligibility(
    tx: &mut Tx,
    access: &Access<RoundId>,
    seen: i64,
    rules: &str,
) -> Answer<Changed> {
    let rows = execute!(
        tx,
        "update rounds set eligibility = $1, version = version + 1, changed_by = $2 where id = $3 and version = $4",
        rules,
        access.viewer.person,
        access.id,
        seen,
    )?;
    round_changed(tx, access, rows).await
}

pub(super) async fn update_criteria(
    tx: &mut Tx,
    access: &Access<RoundId>,
    seen: i64,
    criteria: &str,
) -> Answer<Changed> {
    let rows = execute!(
        tx,
        "update rounds set criteria = $1, version = version + 1, changed_by = $2 where id = $3 and version = $4",
        criteria,
        access.viewer.person,
        access.id,
        seen,
    )?;
    round_changed(tx, access, rows).await
}

/// Counts a change of something that is stored beside the round.
pub(super) async fn touch_round(tx: &mut Tx, access: &Access<RoundId>, seen: i64) -> Answer<Changed> {
    let rows = execute!(
        tx,
        "update rounds set version = version + 1, changed_by = $1 where id = $2 and version = $3",
        access.viewer.person,
        access.id,
        seen,
    )?;
    round_changed(tx, access, rows).await
}

/// Saves a round's plan.
pub(super) async fn update_round(
    tx: &mut Tx,
    access: &Access<RoundId>,
    seen: i64,
    plan: &RoundPlan,
) -> Answer<Changed> {
    let rows = execute!(
        tx,
        "update rounds set name = $1, enroll_until = $2, starts_on = $3, ends_on = $4, meetings = $5, rhythm_days = $6,
                           meeting_minutes = $7, asking_order = $8, answer_days = $9, agreement_gate = $10,
                           minimum_reporting_size = $11, version = version + 1, changed_by = $12
         where id = $13 and version = $14",
        plan.name.as_str(),
        plan.dates.enroll_until,
        plan.dates.starts_on,
        plan.dates.ends_on,
        plan.meetings,
        plan.rhythm_days,
        plan.meeting_minutes,
        plan.asking_order,
        plan.answer_days,
        plan.agreement_gate.as_str(),
        plan.minimum_reporting_size,
        access.viewer.person,
        access.id,
        seen,
    )?;
    round_changed(tx, access, rows).await
}

/// Saves a program's design, on behalf of somebody who works on the program itself.
/// Whether anybody was picked for a side in any of the program's rounds.
pub(super) async fn has_chosen(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<bool> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from participants p join rounds on rounds.id = p.round_id
         where rounds.program_id = $1 and p.state <> 'withdrawn'",
        leave.id()
    )?;
    Ok(count > 0)
}

/// Gives the program another direction; its design is saved apart.
pub(super) async fn update_direction(tx: &mut Tx, access: &Access<ProgramId>, direction: Direction) -> Answer<()> {
    execute!(tx, "update programs set direction = $1 where id = $2", direction, access.id)?;
    Ok(())
}

/// Rounds of the program that ask in one order ask in another from now on.
pub(super) async fn update_asking_order(
    tx: &mut Tx,
    access: &Access<ProgramId>,
    from: AskingOrder,
    to: AskingOrder,
) -> Answer<()> {
    execute!(
        tx,
        "update rounds set asking_order = $1 where program_id = $2 and asking_order = $3",
        to,
        access.id,
        from
    )?;
    Ok(())
}

/// Saves a program's design over the version that was seen.
pub(super) async fn update_design(tx: &mut Tx, program: &Program, seen: i64, by: &Viewer) -> Answer<Changed> {
    let rows = execute!(
        tx,
        "update programs set design = $1, version = version + 1, changed_by = $2 where id = $3 and version = $4",
        serde_json::to_string(&program.design).map_err(Error::defect)?,
        by.person,
        program.id,
        seen,
    )?;
    if rows == 1 {
        return Ok(Changed::Yes);
    }
    let who = fetch_optional!(
        tx,
        (String,),
        "select people.name from programs join people on people.id = programs.changed_by where programs.id = $1",
        program.id,
    )?;
    Ok(Changed::OvertakenBy(who.map(|(name,)| name).unwrap_or_default()))
}

/// Sets the sponsor's words, or takes them back. They are guarded by themselves, not by the version of the design.
pub(super) async fn set_endorsement(
    tx: &mut Tx,
    access: &Access<RoundId>,
    words: Option<&str>,
    sponsor: Option<PersonId>,
) -> Answer<()> {
    execute!(tx, "update rounds set endorsement = $1, endorsed_by = $2 where id = $3", words, sponsor, access.id)?;
    Ok(())
}

/// The name of whoever changed the endorsement last.
pub(super) async fn last_endorsed_by(tx: &mut Tx, access: &Access<RoundId>) -> Answer<String> {
    let (who,) = fetch_one!(
        tx,
        (String,),
        "select people.name from events join people on people.id = events.actor_id
         where events.round_id = $1 and events.kind in ('round.endorsed', 'round.endorsement_removed')
         order by events.at desc, events.id desc limit 1",
        access.id
    )?;
    Ok(who)
}

/// Whether the update touched the round, and who was faster if not.
async fn round_changed(tx: &mut Tx, leave: &impl Leave<RoundId>, rows: u64) -> Answer<Changed> {
    if rows == 1 {
        return Ok(Changed::Yes);
    }
    let who = fetch_optional!(
        tx,
        (String,),
        "select people.name from rounds join people on people.id = rounds.changed_by where rounds.id = $1",
        leave.id()
    )?;
    who.map(|(name,)| Changed::OvertakenBy(name)).ok_or(Error::NotFound)
}
