//! A program as a template, so that others can be started from what it has become.

use serde::Deserialize;

use super::{
    copy_store, keys, store,
    template::{Shape, Template, registration::FormQuestion},
};
use crate::kernel::{
    db::Tx,
    error::{Answer, Error},
    guard::{Access, ByServer},
    ids::ProgramId,
};

/// What a template keeps of a registration form (`enrollment::form`).
#[derive(Deserialize)]
struct Form {
    questions: Vec<FormQuestion>,
}

/// The program's design, with the rhythm, the rules, the criteria, the registration questions and the ways in of its
/// latest round; not its places, which were that round's. How many meetings there are and
/// how long they last stays as designed: the agendas fit to it.
///
/// # Errors
/// When the database fails.
pub(super) async fn as_template(tx: &mut Tx, access: &Access<ProgramId>) -> Answer<Template> {
    let program = store::program(tx, access).await?;
    let rounds = store::rounds(tx, access).await?;
    let latest = rounds.first().ok_or_else(|| Error::defect("a program without a round"))?;
    let round = store::round(tx, &ByServer(latest.id)).await?;
    let design = program.design;
    let registration = match copy_store::form(tx, &round.leave()).await? {
        Some(form) => serde_json::from_str::<Form>(&form).map_err(Error::defect)?.questions,
        None => design.registration,
    };
    let enrollment = copy_store::entry(tx, &round.leave()).await?;
    Ok(Template {
        key: keys::key_of(&program.name, "program"),
        name: program.name,
        shape: Shape {
            rhythm_days: round.rhythm_days,
            asking_order: round.asking_order,
            answer_days: round.answer_days,
            agreement_gate: round.agreement_gate,
            ..design.shape
        },
        eligibility: serde_json::from_str(&round.eligibility).map_err(Error::defect)?,
        registration,
        enrollment,
        matching: toml::from_str(&round.criteria).map_err(Error::defect)?,
        ..design
    })
}
