//! Registering: what is typed is kept at once; what is sent counts.

use jiff::tz::TimeZone;
use serde_json::json;

use super::{
    Answers, Participant, State,
    admitting::lock_round_of,
    event,
    exclusions::{Asks, must_be_free},
    must_have, participant_lock,
    private::{consent_field, question_of},
    registration_store, store, takes_answers, waiting,
};
use crate::{
    accounts,
    kernel::{
        db::Tx,
        error::{Answer, Error},
        form::Fields,
        guard::{Access, ByServer, Leave},
        ids::ParticipantId,
    },
    people,
    programs::{self, Program, Round, template::fill},
};

/// The participant and the round, if answers can still be sent.
async fn while_open(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<(Participant, Round)> {
    tx.lock(participant_lock(leave.id())).await?;
    let participant = store::participant(tx, leave).await?;
    let round = programs::round(tx, &ByServer(participant.round_id)).await?;
    if takes_answers(round.stage, participant.state) {
        Ok((participant, round))
    } else {
        Err(Error::conflict("registration_over"))
    }
}

/// Keeps what was typed, complete or not, but for private answers without a consent. This is no act of its own: it writes
/// no event.
///
/// # Errors
/// `registration_over`, or when the database fails.
pub async fn save_draft(tx: &mut Tx, access: &Access<ParticipantId>, typed: &Fields) -> Answer<()> {
    while_open(tx, access).await?;
    let is_kept = |name: &str| match question_of(name) {
        Some(question) => typed.all(&consent_field(question)).next().is_some(),
        None => !["form_tag", "by_itself"].contains(&name),
    };
    let is_typed = |(name, _): &(&str, &str)| is_kept(name);
    let pairs: Vec<(&str, &str)> = typed.iter().filter(is_typed).collect();
    registration_store::save_draft(tx, access.id, &json!(pairs).to_string()).await
}

/// What somebody promises who registers, filled in.
#[must_use]
pub fn commitment(program: &Program, round: &Round, name: &str, organization: &str) -> String {
    let mut values = round.placeholders();
    values.extend([("name", name.to_owned()), ("organization", organization.to_owned())]);
    fill(program.design.texts.commitment.trim(), &values)
}

/// Registers somebody, or changes their answers. `commitment` is the text that they agreed to. Their settings take
/// over the zone that they chose here.
///
/// # Errors
/// `registration_over`, `takes_part_elsewhere`, or when the database fails.
pub async fn register(tx: &mut Tx, access: &Access<ParticipantId>, answers: &Answers, commitment: &str) -> Answer<()> {
    lock_round_of(tx, access).await?;
    let (participant, round) = while_open(tx, access).await?;
    let is_first = matches!(participant.state, State::Invited | State::Declined);
    if is_first {
        must_be_free(tx, round.program_id, participant.person_id, Asks::Themselves).await?;
    }
    let json = serde_json::to_string(answers).map_err(Error::defect)?;
    registration_store::submit(tx, access.id, &json, commitment).await?;
    must_have(store::set_registered(tx, access.id, i64::from(answers.capacity.max(1))).await?)?;
    let kind = if is_first { "participant.registered" } else { "registration.changed" };
    event(access, kind, &round).on(access.id).record(tx).await?;
    if is_first {
        waiting::seat(tx, access, &round, participant.role, access.id).await?;
    } else {
        waiting::move_up(tx, &round).await?; // they may offer more places now, or fewer
    }
    move_to_zone(tx, access, &answers.time_zone).await
}

async fn move_to_zone(tx: &mut Tx, access: &Access<ParticipantId>, zone: &str) -> Answer<()> {
    let viewer = &access.viewer;
    let now_in = people::card(tx, viewer.person).await?.map(|card| card.zone()).unwrap_or(TimeZone::UTC);
    if zone.is_empty() || now_in.iana_name() == Some(zone) {
        return Ok(());
    }
    accounts::move_to_zone(tx, viewer, zone).await
}

/// Notes that somebody will not take part. They may be asked again, and may think again themselves.
///
/// # Errors
/// `registration_over`, or when the database fails.
pub async fn decline(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    lock_round_of(tx, leave).await?;
    let (participant, round) = while_open(tx, leave).await?;
    if participant.state == State::Declined {
        return Ok(()); // a double click, or the link once more
    }
    must_have(store::set_declined(tx, leave.id()).await?)?;
    let event = match leave.actor() {
        Some(_) => event(leave, "participant.declined", &round),
        // By the personal link: it speaks for the person.
        None => crate::kernel::event::Event::by_person(participant.person_id, "participant.declined")
            .program(round.program_id)
            .round(round.id),
    };
    event.on(leave.id()).record(tx).await?;
    waiting::move_up(tx, &round).await
}
