//! Starting a program from a template, and its next rounds.

use serde_json::{Value, json};

use super::{
    Dates, ProgramRole, Round, changes,
    copy_store::{self, Opened},
    limits, role_store,
    store::{self, RoundRow},
    template::Template,
};
use crate::kernel::{
    db::Tx,
    error::{Answer, Error},
    event::Event,
    form::Problems,
    guard::{self, Access, ByServer, Leave},
    ids::{ProgramId, RoundId},
    rights::Role,
    viewer::Viewer,
};

/// A program about to be started, with its first round. The ids come from the form, so that a double click starts one.
#[derive(Debug)]
pub struct NewProgram<'t> {
    /// The program's id.
    pub id: ProgramId,
    /// As people will know it.
    pub name: String,
    /// What it begins with.
    pub template: &'t Template,
    /// The first round.
    pub round: NewRound,
}

/// A round about to be opened.
#[derive(Debug)]
pub struct NewRound {
    /// The round's id.
    pub id: RoundId,
    /// As people will know it.
    pub name: String,
    /// Its days.
    pub dates: Dates,
}

/// Starts a program and its first round. Whoever starts it manages it. The same ids again change nothing.
///
/// # Errors
/// [`Error::NotFound`] if the id is that of somebody else's program, or when the database fails.
pub async fn start(tx: &mut Tx, viewer: &Viewer, new: &NewProgram<'_>) -> Answer<()> {
    let shape = &new.template.shape;
    let row = RoundRow {
        after: None,
        meetings: shape.meetings,
        rhythm_days: shape.rhythm_days,
        meeting_minutes: shape.meeting_minutes,
        asking_order: shape.asking_order,
        answer_days: shape.answer_days,
        agreement_gate: shape.agreement_gate.clone(),
        minimum_reporting_size: *limits::REPORTING_SIZE.start(),
        eligibility: serde_json::to_string(&new.template.eligibility).map_err(Error::defect)?,
        criteria: new.template.criteria(),
    };
    let is_new = begin(tx, viewer, new, &row, json!({ "name": new.name, "template": new.template.key })).await?;
    match &new.template.enrollment {
        Some(entry) if is_new => copy_store::set_up(tx, new.round.id, entry, viewer.person).await,
        _ => Ok(()),
    }
}

/// A program about to be made after another.
#[derive(Debug)]
pub struct NewDuplicate {
    /// The new program's id.
    pub id: ProgramId,
    /// As people will know it.
    pub name: String,
    /// The first round.
    pub round: NewRound,
}

/// Starts a program of the same design: topics, questions, texts, and everything that was set up for the last round
/// (`copy_store`). Whoever starts it manages it; nobody else, no sponsor's words and nobody's answers come with it. The same ids again change nothing.
///
/// # Errors
/// When the database fails.
pub async fn duplicate(tx: &mut Tx, access: &Access<ProgramId>, new: NewDuplicate) -> Answer<()> {
    let program = store::program(tx, access).await?;
    let row = last_round(tx, access).await?.into();
    let facts = json!({ "name": new.name, "duplicate_of": access.id });
    let new = NewProgram { id: new.id, name: new.name, template: &program.design, round: new.round };
    begin(tx, &access.viewer, &new, &row, facts).await?;
    Ok(())
}

/// Whether the program is a new one.
async fn begin(tx: &mut Tx, viewer: &Viewer, new: &NewProgram<'_>, row: &RoundRow, facts: Value) -> Answer<bool> {
    if !store::insert_program(tx, viewer.person, new).await? {
        guard::leave(tx, viewer, new.id, &[Role::Manager]).await?;
        return Ok(false);
    }
    role_store::insert(tx, new.id, viewer.person, ProgramRole::Manager, viewer.person).await?;
    insert_round(tx, Some(viewer), new.id, &new.round, row).await?;
    let event = Event::by(viewer, "program.started").program(new.id).round(new.round.id).on(new.id);
    event.with(facts).record(tx).await?;
    Ok(true)
}

/// The program's round of the highest number.
pub(super) async fn last_round(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Round> {
    let rounds = store::rounds(tx, leave).await?;
    let last = rounds.first().ok_or_else(|| Error::defect("a program without a round"))?;
    store::round(tx, &ByServer(last.id)).await
}

/// Opens the program's next round as the last one was set up (`copy_store`). The same id again changes nothing.
///
/// # Errors
/// `archived` if the program was put away, or when the database fails. Inside: the name is taken.
pub async fn open_round(tx: &mut Tx, leave: &impl Leave<ProgramId>, new: &NewRound) -> Answer<Result<(), Problems>> {
    tx.lock(leave.id()).await?;
    let rounds = store::rounds(tx, leave).await?;
    if rounds.iter().any(|round| round.id == new.id) {
        return Ok(Ok(()));
    }
    changes::check_present(tx, leave.id()).await?;
    if rounds.iter().any(|round| round.name == new.name) {
        return Ok(Err(Problems::one("name", "taken")));
    }
    let row = last_round(tx, leave).await?.into();
    insert_round(tx, leave.actor(), leave.id(), new, &row).await?;
    let event = match leave.actor() {
        Some(viewer) => Event::by(viewer, "round.opened"),
        None => Event::by_server("round.opened"),
    };
    let event = event.program(leave.id()).round(new.id).on(new.id);
    event.with(json!({ "name": new.name })).record(tx).await?;
    Ok(Ok(()))
}

async fn insert_round(
    tx: &mut Tx,
    viewer: Option<&Viewer>,
    program: ProgramId,
    new: &NewRound,
    row: &RoundRow,
) -> Answer<()> {
    if !store::insert_round(tx, program, new, row).await? {
        return Err(Error::NotFound); // the id of a round that belongs to another program
    }
    if let Some(after) = row.after {
        let opened = if viewer.is_some() { Opened::ByManager } else { Opened::ByServer };
        copy_store::copy(tx, after, new.id, opened).await?;
    }
    store::set_stage(tx, new.id, super::Stage::Design, viewer.map(|viewer| viewer.person)).await
}
