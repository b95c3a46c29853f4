//! The statements on programs and rounds.

use super::{Direction, Program, Round, read_design};
use crate::{
    fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{ProgramId, RoundId},
    },
};

#[derive(sqlx::FromRow)]
struct ProgramRow {
    id: ProgramId,
    name: String,
    direction: Direction,
    design: String,
    archived_at: Option<Timestamp>,
}

impl TryFrom<ProgramRow> for Program {
    type Error = Error;
    fn try_from(row: ProgramRow) -> Answer<Self> {
        let design = read_design(&row.design)?;
        Ok(Self { id: row.id, name: row.name, direction: row.direction, design, archived_at: row.archived_at })
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
        "select id, name, direction, design, archived_at from programs where id = $1",
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
                rounds.eligibility, rounds.criteria, rounds.version
         from rounds join programs on programs.id = rounds.program_id where rounds.id = $1",
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
        "select id, name, direction, design, archived_at from programs where id = $1",
        round.program_id
    )?
    .try_into()
}
