//! Changes of a round that two managers could make at once. Each names the version that its maker saw; nothing is
//! ever overwritten silently.

use axum::http::StatusCode;

use serde_json::json;

use super::{
    Direction, Program, Stage, store,
    template::{Checkin, Eligibility, Kpi},
};
use crate::kernel::{
    db::Tx,
    error::{Answer, Error},
    event::Event,
    guard::{Access, ByServer, Leave},
    ids::{ProgramId, RoundId},
    labels::Words,
};

/// What became of a change that was made on the sight of one version.
pub(super) enum Changed {
    /// It was made.
    Yes,
    /// Nothing was changed: the named person had changed it in the meantime.
    OvertakenBy(String),
}

impl Changed {
    /// The change, or the conflict.
    pub(super) fn or_conflict(self) -> Answer<()> {
        match self {
            Self::Yes => Ok(()),
            Self::OvertakenBy(who) => {
                Err(Error::Trouble { status: StatusCode::CONFLICT, key: "changed_meanwhile", data: vec![("who", who)] })
            }
        }
    }
}

/// Makes sure that the program was not put away: then its rounds stay as they are.
///
/// # Errors
/// `archived`, or when the database fails.
pub async fn check_present(tx: &mut Tx, program: ProgramId) -> Answer<()> {
    match store::program(tx, &ByServer(program)).await?.archived_at {
        None => Ok(()),
        Some(_) => Err(Error::conflict("archived")),
    }
}

/// Changes who can take part. `seen` is the [`super::Round::version`] that the viewer saw.
///
/// # Errors
/// `archived`; `changed_meanwhile` if somebody else was faster; or when the database fails.
pub async fn set_eligibility(tx: &mut Tx, access: &Access<RoundId>, seen: i64, rules: &Eligibility) -> Answer<()> {
    let rules = serde_json::to_string(rules).map_err(Error::defect)?;
    tx.lock(access.id).await?;
    let round = store::round(tx, access).await?;
    if round.eligibility == rules {
        return Ok(()); // a double click, or the back button
    }
    check_present(tx, round.program_id).await?;
    store::update_eligibility(tx, access, seen, &rules).await?.or_conflict()?;
    record(tx, access, "round.eligibility_changed").await
}

/// Changes the criteria: TOML, in the one form. `seen` is the [`super::Round::version`] that the viewer saw.
///
/// # Errors
/// `archived`; `changed_meanwhile` if somebody else was faster; or when the database fails.
pub async fn set_criteria(tx: &mut Tx, access: &Access<RoundId>, seen: i64, criteria: &str) -> Answer<()> {
    tx.lock(access.id).await?;
    let round = store::round(tx, access).await?;
    if round.criteria == criteria {
        return Ok(());
    }
    check_present(tx, round.program_id).await?;
    store::update_criteria(tx, access, seen, criteria).await?.or_conflict()?;
    record(tx, access, "round.criteria_changed").await
}

/// Changes what will show whether the program worked. `seen` is the [`super::Program::version`] that the viewer saw.
/// What was promised before stays in the record: the event keeps name, target and baseline of each.
///
/// # Errors
/// `archived`; `changed_meanwhile` if somebody else was faster; or when the database fails.
pub async fn set_kpis(tx: &mut Tx, access: &Access<RoundId>, seen: i64, kpis: Vec<Kpi>) -> Answer<()> {
    let mut program = program_to_change(tx, access).await?;
    if program.design.kpis == kpis {
        return Ok(());
    }
    let before = std::mem::replace(&mut program.design.kpis, kpis);
    check_present(tx, program.id).await?;
    store::update_design(tx, &program, seen, &access.viewer).await?.or_conflict()?;
    let facts = json!({ "before": before, "after": program.design.kpis });
    Event::by(&access.viewer, "program.kpis_changed")
        .program(program.id)
        .round(access.id)
        .on(program.id)
        .with(facts)
        .record(tx)
        .await?;
    Ok(())
}

/// Changes who mentors whom, and how the program calls mentor, mentee, pair and meeting. `seen` is the
/// [`super::Program::version`] that the viewer saw. With a new direction, rounds ask in its order unless theirs was chosen.
///
/// # Errors
/// `archived`; `direction_fixed` if people were chosen or asked under the old direction; `changed_meanwhile` if somebody
/// else was faster; or when the database fails.
pub(super) async fn set_speech(
    tx: &mut Tx,
    access: &Access<ProgramId>,
    seen: i64,
    direction: Direction,
    words: &Words,
) -> Answer<()> {
    tx.lock(access.id).await?;
    let mut program = store::program(tx, access).await?;
    let before = (program.direction, program.design.labels.take());
    // The direction's own words are no choice.
    let labels = Some(turned(before.0, direction, words)).filter(|words| *words != Words::of(direction.name()));
    if before == (direction, labels.clone()) {
        return Ok(());
    }
    check_present(tx, access.id).await?;
    if direction != before.0 {
        turn(tx, access, before.0, direction).await?;
    }
    (program.design.direction, program.design.labels) = (direction, labels);
    store::update_design(tx, &program, seen, &access.viewer).await?.or_conflict()?;
    let event = Event::by(&access.viewer, "program.words_changed").program(access.id).on(access.id);
    event.with(json!({ "direction": direction, "words": program.design.labels })).record(tx).await?;
    Ok(())
}

/// Gives the program another direction, and its rounds the asking order that follows from it.
async fn turn(tx: &mut Tx, access: &Access<ProgramId>, from: Direction, to: Direction) -> Answer<()> {
    if !can_turn(tx, access).await? {
        return Err(Error::conflict("direction_fixed"));
    }
    store::update_direction(tx, access, to).await?;
    store::update_asking_order(tx, access, from.asks(), to.asks()).await
}

/// Whether a program can still get another direction: only while nobody was chosen for a side.
///
/// # Errors
/// When the database fails.
pub(super) async fn can_turn(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<bool> {
    let in_design = store::rounds(tx, leave).await?.iter().all(|round| round.stage == Stage::Design);
    Ok(in_design && !store::has_chosen(tx, leave).await?)
}

/// The words as typed, turned with the direction: those of the direction before become those of the new one.
pub(super) fn turned(before: Direction, after: Direction, words: &Words) -> Words {
    let (from, to) = (Words::of(before.name()), Words::of(after.name()));
    let (from, to, all) = (from.all(), to.all(), words.all());
    Words::from(std::array::from_fn(|at| if all[at] == from[at] { to[at] } else { all[at] }.1.to_owned()))
}

/// Changes what people are asked, and when. `seen` is the [`super::Program::version`] that the viewer saw.
///
/// # Errors
/// `archived`; `changed_meanwhile` if somebody else was faster; or when the database fails.
pub async fn set_questions(tx: &mut Tx, access: &Access<RoundId>, seen: i64, checkins: Vec<Checkin>) -> Answer<()> {
    let mut program = program_to_change(tx, access).await?;
    if program.design.checkins == checkins {
        return Ok(());
    }
    program.design.checkins = checkins;
    check_present(tx, program.id).await?;
    store::update_design(tx, &program, seen, &access.viewer).await?.or_conflict()?;
    record(tx, access, "program.questions_changed").await
}

/// Notes that what belongs to a round was changed on the sight of its version: a later change on the sight of the same
/// version is a conflict.
///
/// # Errors
/// `archived`; `changed_meanwhile` if somebody else was faster; or when the database fails.
pub async fn touch_round(tx: &mut Tx, access: &Access<RoundId>, seen: i64, kind: &'static str) -> Answer<()> {
    tx.lock(access.id).await?;
    let round = store::round(tx, access).await?;
    check_present(tx, round.program_id).await?;
    store::touch_round(tx, access, seen).await?.or_conflict()?;
    record(tx, access, kind).await
}

/// The program of a round, so that nobody else changes it before the end of the transaction.
async fn program_to_change(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Program> {
    let round = store::round(tx, access).await?;
    tx.lock(round.program_id).await?;
    store::program_of(tx, &round).await
}

/// Records what the viewer did to the round.
pub(super) async fn record(tx: &mut Tx, access: &Access<RoundId>, kind: &'static str) -> Answer<()> {
    let round = store::round(tx, access).await?;
    Event::by(&access.viewer, kind).program(round.program_id).round(round.id).on(round.id).record(tx).await?;
    Ok(())
}
