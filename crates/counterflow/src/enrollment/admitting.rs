//! Admitting: who of those who registered takes part, who waits, and who is taken out. A place that this frees goes to
//! the next in line (`waiting`).

use serde_json::{Value, json};

use super::{
    Admission, State, event,
    exclusions::{Asks, must_be_free},
    lock_name, must_have, must_take_people, participant_lock, store, waiting, waiting_letters, waiting_store,
};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        event::Event,
        guard::{Access, ByServer, Leave},
        ids::{ParticipantId, PersonId, RoundId},
    },
    programs::{self, Round},
};

/// Admits somebody who registered, or who waits.
///
/// # Errors
/// `over` if they stand elsewhere by now, `is_elsewhere`, `enrollment_over`, or when the database fails.
pub async fn admit(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let (round, before) = round_to_change(tx, leave).await?;
    let person = store::participant(tx, leave).await?.person_id;
    must_be_free(tx, round.program_id, person, Asks::Manager).await?;
    must_have(store::set_admitted(tx, leave.id()).await?)?;
    event(leave, "participant.admitted", &round).on(leave.id()).record(tx).await?;
    if before == State::Waiting {
        waiting_letters::tell_later(tx, leave.id()).await?;
    }
    waiting::move_up(tx, &round).await
}

/// Puts somebody who registered on the waiting list: they come first in the next round. Their place, if they had one, goes
/// to the next in line, and not back to them by itself.
///
/// # Errors
/// `over` if they stand elsewhere by now, `enrollment_over`, or when the database fails.
pub async fn put_on_waiting_list(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let (round, _) = round_to_change(tx, leave).await?;
    must_have(store::set_waiting(tx, leave.id()).await?)?;
    event(leave, "participant.waiting", &round).on(leave.id()).record(tx).await?;
    waiting_store::settle(tx, round.id, true).await?;
    waiting_letters::tell_later(tx, leave.id()).await?;
    waiting::move_up(tx, &round).await
}

/// Takes somebody out of the round. Their links stop working; what they answered is kept, in case they come back.
///
/// # Errors
/// `over` if they are out already, `enrollment_over`, or when the database fails.
pub async fn withdraw(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let (round, _) = round_to_change(tx, leave).await?;
    must_have(store::set_withdrawn(tx, leave.id()).await?)?;
    event(leave, "participant.withdrawn", &round).on(leave.id()).record(tx).await?;
    waiting::move_up(tx, &round).await
}

/// The round and how the participant stands in it. The round's lock comes before the participant's, wherever both are
/// taken.
async fn round_to_change(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<(Round, State)> {
    lock_round_of(tx, leave).await?;
    tx.lock(participant_lock(leave.id())).await?;
    let participant = store::participant(tx, leave).await?;
    let round = programs::round(tx, &ByServer(participant.round_id)).await?;
    must_take_people(&round)?;
    Ok((round, participant.state))
}

/// Holds the line of the round in which somebody is: for verbs after which others may move up.
pub(super) async fn lock_round_of(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let round = store::participant(tx, leave).await?.round_id;
    Ok(tx.lock(lock_name(round)).await?)
}

/// Sets whether whoever registers is admitted at once. Where places go to the next in line, whoever has registered and
/// not been looked at stands in it from now on.
///
/// # Errors
/// When the database fails.
pub async fn set_admission(tx: &mut Tx, access: &Access<RoundId>, policy: Admission) -> Answer<()> {
    tx.lock(lock_name(access.id)).await?;
    let round = programs::round(tx, access).await?;
    if store::admission(tx, round.id).await? == policy {
        return Ok(());
    }
    store::set_admission(tx, round.id, policy, access.viewer.person).await?;
    event(access, "admission.changed", &round).with(json!({ "policy": policy })).record(tx).await?;
    waiting::take_into_line(tx, &round).await
}

/// The job `enrollment.withdraw_leaver`: takes somebody who left out of every round in which they are in no pair. The
/// payload is the person's id as a JSON string.
///
/// # Errors
/// When the payload is no id, or the database fails.
pub async fn withdraw_leaver(app: App, payload: Value) -> Answer<()> {
    let person: PersonId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    let rounds = waiting_store::rounds_of(&mut tx, person).await?;
    for round in &rounds {
        tx.lock(lock_name(*round)).await?;
    }
    for (participant, round) in store::withdraw_unpaired(&mut tx, person).await? {
        let round = programs::round(&mut tx, &ByServer(round)).await?;
        Event::by_server("participant.withdrawn")
            .program(round.program_id)
            .round(round.id)
            .on(participant)
            .with(json!({ "because": "left" }))
            .record(&mut tx)
            .await?;
    }
    for round in rounds {
        let round = programs::round(&mut tx, &ByServer(round)).await?;
        waiting::move_up(&mut tx, &round).await?;
    }
    tx.commit().await?;
    Ok(())
}
