//! Admitting: who of those who registered takes part, who waits, and who is taken out.

use serde_json::{Value, json};

use super::{
    Admission, event,
    exclusions::{Asks, must_be_free},
    must_have, must_take_people, participant_lock, screening_store, store,
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
    programs::{self, Round, Side},
};

/// Admits somebody who registered, or who waits.
///
/// # Errors
/// `over` if they stand elsewhere by now, `is_elsewhere`, `enrollment_over`, or when the database fails.
pub async fn admit(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let round = round_to_change(tx, leave).await?;
    let person = store::participant(tx, leave).await?.person_id;
    must_be_free(tx, round.program_id, person, Asks::Manager).await?;
    must_have(store::set_admitted(tx, leave.id()).await?)?;
    event(leave, "participant.admitted", &round).on(leave.id()).record(tx).await?;
    Ok(())
}

/// Admits everybody on a side who has registered. Answers how many.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub async fn admit_all(tx: &mut Tx, leave: &impl Leave<RoundId>, side: Side) -> Answer<u64> {
    let round = programs::round(tx, leave).await?;
    must_take_people(&round)?;
    let count = store::set_all_admitted(tx, round.id, side).await?;
    if count > 0 {
        let facts = json!({ "side": side, "count": count });
        event(leave, "participant.admitted", &round).with(facts).record(tx).await?;
    }
    Ok(count)
}

/// Puts somebody who registered on the waiting list: they come first in the next round.
///
/// # Errors
/// `over` if they stand elsewhere by now, `enrollment_over`, or when the database fails.
pub async fn put_on_waiting_list(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let round = round_to_change(tx, leave).await?;
    must_have(store::set_waiting(tx, leave.id()).await?)?;
    event(leave, "participant.waiting", &round).on(leave.id()).record(tx).await?;
    Ok(())
}

/// Takes somebody out of the round. Their links stop working; what they answered is kept, in case they come back.
///
/// # Errors
/// `over` if they are out already, `enrollment_over`, or when the database fails.
pub async fn withdraw(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    let round = round_to_change(tx, leave).await?;
    must_have(store::set_withdrawn(tx, leave.id()).await?)?;
    event(leave, "participant.withdrawn", &round).on(leave.id()).record(tx).await?;
    Ok(())
}

async fn round_to_change(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<Round> {
    tx.lock(participant_lock(leave.id())).await?;
    let participant = store::participant(tx, leave).await?;
    let round = programs::round(tx, &ByServer(participant.round_id)).await?;
    must_take_people(&round)?;
    Ok(round)
}

/// Sets whether whoever registers is admitted at once.
///
/// # Errors
/// When the database fails.
pub async fn set_admission(tx: &mut Tx, access: &Access<RoundId>, policy: Admission) -> Answer<()> {
    let round = programs::round(tx, access).await?;
    if store::admission(tx, round.id).await? == policy {
        return Ok(());
    }
    store::set_admission(tx, round.id, policy, access.viewer.person).await?;
    event(access, "admission.changed", &round).with(json!({ "policy": policy })).record(tx).await?;
    Ok(())
}

/// Admits whoever just registered, where the round admits everybody and does not screen them. Answers whether it did.
pub(super) async fn admit_at_once(tx: &mut Tx, round: &Round, side: Side, id: ParticipantId) -> Answer<bool> {
    let is_screened = side == Side::Mentor && screening_store::screening(tx, round.id).await?.is_some();
    let at_once = !is_screened && store::admission(tx, round.id).await? == Admission::Everybody;
    Ok(at_once && store::set_admitted(tx, id).await?)
}

/// The job `enrollment.withdraw_leaver`: takes somebody who left out of every round in which they are in no pair. The
/// payload is the person's id as a JSON string.
///
/// # Errors
/// When the payload is no id, or the database fails.
pub async fn withdraw_leaver(app: App, payload: Value) -> Answer<()> {
    let person: PersonId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
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
    tx.commit().await?;
    Ok(())
}
