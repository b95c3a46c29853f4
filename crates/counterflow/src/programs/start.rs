//! Starting a program from a template, and its next rounds.

use serde_json::json;

use super::{
    Dates, ProgramRole, changes, limits, role_store,
    store::{self, RoundRow},
    template::Template,
};
use crate::kernel::{
    db::Tx,
    error::{Answer, Error},
    event::Event,
    form::Problems,
    guard::{self, Access, ByServer},
    ids::{ProgramId, RoundId},
    rights::Role,
    viewer::Viewer,
};

/// A program about to be started, with its first round. The ids come from the form, so that a double click starts one.
#[derive(Debug)]
pub struct NewProgram<'a> {
    /// The program's id.
    pub id: ProgramId,
    /// As people will know it.
    pub name: String,
    /// What it begins with.
    pub template: &'a Template,
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
    if !store::insert_program(tx, viewer.person, new).await? {
        guard::leave(tx, viewer, new.id, &[Role::Manager]).await?;
        return Ok(());
    }
    role_store::insert(tx, new.id, viewer.person, ProgramRole::Manager, viewer.person).await?;
    let shape = &new.template.shape;
    let row = RoundRow {
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
    insert_round(tx, viewer, new.id, &new.round, &row).await?;
    Event::by(viewer, "program.started")
        .program(new.id)
        .round(new.round.id)
        .on(new.id)
        .with(json!({ "name": new.name, "template": new.template.key }))
        .record(tx)
        .await?;
    Ok(())
}

/// Opens the program's next round in the shape of the last one. The same id again changes nothing.
///
/// # Errors
/// `archived` if the program was put away, or when the database fails. Inside: the name is taken.
pub async fn open_round(tx: &mut Tx, access: &Access<ProgramId>, new: &NewRound) -> Answer<Result<(), Problems>> {
    tx.lock(access.id).await?;
    let rounds = store::rounds(tx, access).await?;
    if rounds.iter().any(|round| round.id == new.id) {
        return Ok(Ok(()));
    }
    changes::check_present(tx, access.id).await?;
    if rounds.iter().any(|round| round.name == new.name) {
        return Ok(Err(Problems::one("name", "taken")));
    }
    let last = rounds.first().ok_or_else(|| Error::defect("a program without a round"))?;
    let row = store::round(tx, &ByServer(last.id)).await?.into();
    insert_round(tx, &access.viewer, access.id, new, &row).await?;
    let event = Event::by(&access.viewer, "round.opened").program(access.id).round(new.id).on(new.id);
    event.with(json!({ "name": new.name })).record(tx).await?;
    Ok(Ok(()))
}

async fn insert_round(tx: &mut Tx, viewer: &Viewer, program: ProgramId, new: &NewRound, row: &RoundRow) -> Answer<()> {
    if !store::insert_round(tx, program, new, row).await? {
        return Err(Error::NotFound); // the id of a round that belongs to another program
    }
    store::set_stage(tx, new.id, super::Stage::Design, Some(viewer.person)).await
}
