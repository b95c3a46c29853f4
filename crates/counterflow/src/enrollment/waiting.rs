//! The waiting list: who gets a place when one opens, and who comes first in the next round.
//!
//! Leaders are asked first, and how many mentors are needed follows from them. Whoever has no place waits in line: who has
//! wanted to take part the longest comes first, and that counts from an earlier round on. Places go to the next in line by
//! themselves; whom a manager put on the list by hand is passed by.

use serde_json::{Value, json};

use super::{
    Admission, State, event,
    exclusions::{self, stands_against},
    link_store::Link,
    lock_name, screening_store, store, takes_people, waiting_letters,
    waiting_store::{self, Owed},
};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        event::Event,
        guard::{Access, ByServer, Leave},
        ids::{ParticipantId, RoundId},
    },
    programs::{self, Round, Side, Stage},
};

/// How many mentors' places a round should have for so many leaders' places: a tenth more than needed, so that the
/// matching has a choice.
#[must_use]
pub fn with_reserve(needed: i64) -> i64 {
    needed + (needed + 9) / 10
}

/// Gives somebody who just registered a place, or the next one in line; who is screened waits for a manager's choice.
/// Answers nothing: how they stand is read again.
pub(super) async fn seat(
    tx: &mut Tx,
    leave: &impl Leave<ParticipantId>,
    round: &Round,
    side: Side,
    id: ParticipantId,
) -> Answer<()> {
    if screens(tx, round, side).await? {
        return Ok(());
    }
    match store::admission(tx, round.id).await? {
        Admission::ByHand => Ok(()),
        Admission::Everybody => {
            store::set_admitted(tx, id).await?;
            event(leave, "participant.admitted", round).on(id).record(tx).await.map(drop)
        }
        Admission::AsNeeded => {
            store::set_waiting(tx, id).await?;
            waiting_store::settle(tx, round.id, false).await?;
            let admitted = fill_places(tx, round, Some(id)).await?;
            if !admitted.contains(&id) {
                event(leave, "participant.waiting", round).on(id).record(tx).await?;
                waiting_letters::tell_later(tx, id).await?;
            }
            Ok(())
        }
    }
}

/// Whether those who register on a side are chosen by hand from ranked applications.
pub(super) async fn screens(tx: &mut Tx, round: &Round, side: Side) -> Answer<bool> {
    Ok(side == Side::Mentor && screening_store::screening(tx, round.id).await?.is_some())
}

/// After somebody's state has changed: brings the line in step, and gives places that are free now to the next in line.
/// The caller holds the round's lock.
pub(super) async fn move_up(tx: &mut Tx, round: &Round) -> Answer<()> {
    waiting_store::settle(tx, round.id, false).await?;
    fill_places(tx, round, None).await?;
    Ok(())
}

/// Where everybody is admitted: whoever has registered on a side is in from now on, but who takes part elsewhere.
pub(super) async fn admit_registered(tx: &mut Tx, round: &Round, side: Side) -> Answer<()> {
    if store::admission(tx, round.id).await? != Admission::Everybody {
        return Ok(());
    }
    let kept_out = exclusions::kept_out(tx, round.program_id).await?;
    for one in store::participants(tx, &round.leave()).await? {
        let waits = one.role == side && one.state == State::Registered && !kept_out.contains(&one.person_id);
        if waits && store::set_admitted(tx, one.id).await? {
            event(&ByServer(one.id), "participant.admitted", round).on(one.id).record(tx).await?;
        }
    }
    Ok(())
}

/// Where places go to the next in line: whoever has registered and not been looked at stands in it from now on.
pub(super) async fn take_into_line(tx: &mut Tx, round: &Round) -> Answer<()> {
    if !takes_people(round.stage) || store::admission(tx, round.id).await? != Admission::AsNeeded {
        return Ok(());
    }
    waiting_store::set_all_waiting(tx, round.id).await?;
    for id in waiting_store::settle(tx, round.id, false).await? {
        waiting_letters::tell_later(tx, id).await?;
    }
    move_up(tx, round).await
}

/// Gives free places to the next in line: first to leaders, then to as many mentors as they need. Tells everybody who
/// got one, but `here`, who sees it at once. Answers who got one.
async fn fill_places(tx: &mut Tx, round: &Round, here: Option<ParticipantId>) -> Answer<Vec<ParticipantId>> {
    if !takes_people(round.stage) || store::admission(tx, round.id).await? != Admission::AsNeeded {
        return Ok(Vec::new());
    }
    let room = waiting_store::leader_places(tx, round.id).await?.unwrap_or(i64::MAX);
    let mut admitted = fill(tx, round, Side::Mentee, room).await?;
    let needed = waiting_store::places(tx, round.id, Side::Mentee).await?;
    admitted.extend(fill(tx, round, Side::Mentor, with_reserve(needed)).await?);
    for id in admitted.iter().filter(|id| Some(**id) != here) {
        waiting_letters::tell_later(tx, *id).await?;
    }
    Ok(admitted)
}

async fn fill(tx: &mut Tx, round: &Round, side: Side, wanted: i64) -> Answer<Vec<ParticipantId>> {
    let mut taken = waiting_store::places(tx, round.id, side).await?;
    let mut admitted = Vec::new();
    if taken >= wanted || screens(tx, round, side).await? {
        return Ok(admitted);
    }
    let mut line = waiting_store::in_line(tx, &round.leave(), side).await?;
    line.retain(|one| !one.by_hand);
    if line.is_empty() {
        return Ok(admitted);
    }
    let kept_out = exclusions::kept_out(tx, round.program_id).await?;
    for one in line.into_iter().filter(|one| !kept_out.contains(&one.person_id)) {
        if taken >= wanted {
            break;
        }
        if store::set_admitted(tx, one.id).await? {
            taken += one.capacity;
            let facts = json!({ "because": "next_in_line" });
            event(&round.leave(), "participant.admitted", round).on(one.id).with(facts).record(tx).await?;
            admitted.push(one.id);
        }
    }
    waiting_store::settle(tx, round.id, false).await?;
    Ok(admitted)
}

/// Sets for how many leaders a round has room; none: for as many as register. Places that are free then go to the next in
/// line.
///
/// # Errors
/// When the database fails.
pub async fn set_leader_places(tx: &mut Tx, access: &Access<RoundId>, places: Option<i64>) -> Answer<()> {
    tx.lock(lock_name(access.id)).await?;
    if waiting_store::leader_places(tx, access.id).await? == places {
        return Ok(());
    }
    let round = programs::round(tx, access).await?;
    waiting_store::set_leader_places(tx, round.id, places, access.viewer.person).await?;
    event(access, "leader_places.changed", &round).with(json!({ "places": places })).record(tx).await?;
    fill_places(tx, &round, None).await.map(drop)
}

/// Notes that somebody who said no wants to be asked in the next round. Twice is once.
pub(super) async fn ask_next_time(tx: &mut Tx, link: &Link) -> Answer<()> {
    if !waiting_store::ask_next_time(tx, link.participant_id).await? {
        return Ok(());
    }
    let round = programs::round(tx, &link.round_leave()).await?;
    let event =
        Event::by_person(link.person_id, "participant.asks_next_time").program(round.program_id).round(round.id);
    event.on(link.participant_id).record(tx).await.map(drop)
}

/// The job `enrollment.carry_over`, after a round was opened or closed: chooses whoever was promised the next round for
/// the program's latest one, if that still takes people. The payload is the round's id as a JSON string.
///
/// # Errors
/// When the payload is no id, or the database fails.
pub async fn carry_over(app: App, payload: Value) -> Answer<()> {
    let seen: RoundId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    let program = programs::round(&mut tx, &ByServer(seen)).await?.program_id;
    let Some((target, stage)) = waiting_store::latest_round(&mut tx, program).await? else { return Ok(()) };
    if stage > Stage::Enroll {
        return Ok(());
    }
    tx.lock(lock_name(target)).await?;
    let round = programs::round(&mut tx, &ByServer(target)).await?;
    let mut counts = [(Side::Mentee, 0), (Side::Mentor, 0)];
    for owed in waiting_store::owed(&mut tx, target).await? {
        if carry(&mut tx, &round, &owed).await? {
            counts.iter_mut().filter(|(side, _)| *side == owed.role).for_each(|(_, count)| *count += 1);
        }
    }
    for (side, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let event = Event::by_server("participant.carried_over").program(round.program_id).round(round.id);
        event.with(json!({ "side": side, "count": count })).record(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Chooses somebody for the round, with the place in line that they have waited for. Whoever a manager has chosen there
/// already stays as they are. Answers whether they were carried over now.
async fn carry(tx: &mut Tx, round: &Round, owed: &Owed) -> Answer<bool> {
    if stands_against(tx, round.program_id, owed.person).await?.is_some() {
        return Ok(false); // they keep their claim for a round in which nothing stands against it
    }
    let everybody = store::everybody_ever(tx, round.id).await?;
    let is_inside = everybody.iter().any(|(person, ..)| *person == owed.person);
    if !is_inside {
        store::insert(tx, round.id, owed.person, owed.role).await?;
    }
    waiting_store::carry(tx, owed, round.id).await
}

#[cfg(test)]
mod tests {
    use super::with_reserve;

    #[test]
    fn the_matching_has_a_choice() {
        assert_eq!([0, 1, 10, 11, 38].map(with_reserve), [0, 2, 11, 13, 42]);
    }
}
