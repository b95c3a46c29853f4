//! Choosing: who is asked to take part. Nobody is on both sides of one round.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;

use super::{
    State, event, exclusion_store, exclusions, fitting::Fitting, lock_name, must_have, must_take_people, rules, store,
};
use crate::{
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        guard::{ByServer, Leave},
        ids::{ParticipantId, PersonId, RoundId},
    },
    people::{self, Rows, Snapshot},
    programs::{self, Side, template::Rule},
};

/// Everybody in the directory who is in a round in no role yet, and was not taken out of it either.
#[derive(Debug)]
pub(super) struct Candidates {
    pub directory: Arc<Snapshot>,
    /// Who they are.
    pub rows: Rows,
    /// How many others are in the round already.
    pub taken: usize,
    /// How many others cannot take part because of something else that they do.
    pub elsewhere: usize,
    today: Day,
}

impl Candidates {
    pub async fn of(tx: &mut Tx, app: &App, leave: &impl Leave<RoundId>) -> Answer<Self> {
        let today = people::leaving::today(tx).await?;
        let directory = people::snapshot(tx, app).await?;
        let inside = directory.rows_of(everybody_inside(tx, leave.id()).await?);
        let mut elsewhere = directory.rows_of(everybody_elsewhere(tx, leave).await?);
        elsewhere.remove(&inside);
        let mut rows = Rows::all(directory.len());
        rows.remove(&inside);
        rows.remove(&elsewhere);
        Ok(Self { directory, rows, taken: inside.count(), elsewhere: elsewhere.count(), today })
    }

    /// Those of an empty directory.
    #[cfg(test)]
    pub fn none() -> Self {
        let today = Day(jiff::civil::date(2026, 1, 12));
        Self { directory: Arc::new(Snapshot::of(Vec::new())), rows: Rows::none(0), taken: 0, elsewhere: 0, today }
    }

    /// The rules of a side, asked of them.
    pub fn fitting(&self, rules: &[Rule]) -> Fitting {
        Fitting::of(rules, &self.directory, &self.rows, self.today)
    }
}

async fn everybody_inside(tx: &mut Tx, round: RoundId) -> Answer<BTreeSet<PersonId>> {
    Ok(store::everybody_ever(tx, round).await?.into_iter().map(|(person, _, _)| person).collect())
}

/// Whoever cannot take part because of another program, or a group that this one leaves out.
async fn everybody_elsewhere(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<BTreeSet<PersonId>> {
    let program = programs::round(tx, leave).await?.program_id;
    Ok(exclusion_store::elsewhere(tx, program, None).await?.into_iter().map(|one| one.person_id).collect())
}

/// Whether somebody is on a side of a round now.
async fn is_on(tx: &mut Tx, round: RoundId, person: PersonId, side: Side) -> Answer<bool> {
    let everybody = store::everybody_ever(tx, round).await?;
    Ok(everybody.iter().any(|(who, on, state)| *who == person && *on == side && *state != State::Withdrawn))
}

/// Chooses everybody who fits the rules of a side and is not in the round yet. Answers how many.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub async fn choose_everybody_who_fits(
    tx: &mut Tx,
    app: &App,
    leave: &impl Leave<RoundId>,
    side: Side,
) -> Answer<usize> {
    tx.lock(lock_name(leave.id())).await?;
    let round = programs::round(tx, leave).await?;
    let rules = rules::eligibility(&round)?;
    let candidates = Candidates::of(tx, app, leave).await?;
    let fitting = candidates.fitting(rules.of(side)).all();
    let people: Vec<PersonId> = fitting.iter().map(|row| candidates.directory.at(row).id).collect();
    choose(tx, leave, side, &people).await
}

/// Chooses people of the directory, whether they fit the rules or not: a manager may make an exception. Whoever is in
/// the round already, was taken out of it, or takes part in something that excludes it, is passed over. Answers how many
/// were chosen.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub async fn choose(tx: &mut Tx, leave: &impl Leave<RoundId>, side: Side, people: &[PersonId]) -> Answer<usize> {
    tx.lock(lock_name(leave.id())).await?;
    let round = programs::round(tx, leave).await?;
    must_take_people(&round)?;
    let mut left_out = everybody_inside(tx, round.id).await?;
    left_out.extend(everybody_elsewhere(tx, leave).await?);
    let mut count = 0;
    for person in people.iter().filter(|person| !left_out.contains(person)) {
        count += usize::from(store::insert(tx, round.id, *person, side).await?);
    }
    if count > 0 {
        let facts = json!({ "side": side, "count": count });
        event(leave, "participant.chosen", &round).with(facts).record(tx).await?;
    }
    Ok(count)
}

/// What became of choosing one person by their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// They are chosen now.
    Now,
    /// They were in already, on this side.
    Already,
    /// They are on the other side of this round.
    OtherSide,
    /// This stands against it: another program, or a group that this one leaves out.
    Elsewhere(String),
    /// Nobody who works here has this address.
    Nobody,
}

/// Chooses one person by their e-mail address, also somebody who was taken out before.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub async fn choose_by_email(tx: &mut Tx, leave: &impl Leave<RoundId>, side: Side, email: &str) -> Answer<Chosen> {
    tx.lock(lock_name(leave.id())).await?;
    let round = programs::round(tx, leave).await?;
    must_take_people(&round)?;
    let Some(person) = people::colleague(tx, email).await? else { return Ok(Chosen::Nobody) };
    if is_on(tx, round.id, person, side.other()).await? {
        return Ok(Chosen::OtherSide);
    }
    if let Some(elsewhere) = exclusions::stands_against(tx, round.program_id, person).await? {
        return Ok(Chosen::Elsewhere(elsewhere.name));
    }
    let is_chosen =
        store::insert(tx, round.id, person, side).await? || store::choose_again(tx, round.id, person, side).await?;
    if !is_chosen {
        return Ok(Chosen::Already);
    }
    let facts = json!({ "side": side, "count": 1 });
    event(leave, "participant.chosen", &round).with(facts).record(tx).await?;
    Ok(Chosen::Now)
}

/// Takes somebody in again who was taken out, as if for the first time.
///
/// # Errors
/// `over` if they are in already, `other_side_of_round` if they came in on the other side, `enrollment_over`, or when
/// the database fails.
pub async fn choose_again(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let participant = store::participant(tx, leave).await?;
    tx.lock(lock_name(participant.round_id)).await?;
    let round = programs::round(tx, &ByServer(participant.round_id)).await?;
    must_take_people(&round)?;
    if is_on(tx, round.id, participant.person_id, participant.role.other()).await? {
        return Err(Error::conflict("other_side_of_round"));
    }
    must_have(store::choose_again(tx, round.id, participant.person_id, participant.role).await?)?;
    let facts = json!({ "side": participant.role, "count": 1 });
    event(leave, "participant.chosen", &round).on(participant.id).with(facts).record(tx).await?;
    Ok(())
}
