//! The statements on programs and rounds.

use super::{Changed, Direction, Program, Round, Stage, read_design};
use crate::{
    execute, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::{Access, Leave},
        ids::{PersonId, ProgramId, RoundId},
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
