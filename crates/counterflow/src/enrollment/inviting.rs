//! Inviting: the first letter, reminders (two at most), and new links.

use jiff::SignedDuration;

use super::{
    event,
    letters::{Letters, Occasion, To},
    link_store::{self, Link},
    must_have, must_take_people, participant_lock, store,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{self, ByServer, Leave},
        ids::{ParticipantId, RoundId},
        rights::Role,
    },
    programs::{self, Stage, begin_stage},
};

/// Writes an invitation to somebody who was chosen, or who declined before. The first one begins the round's
/// enrollment.
///
/// # Errors
/// `over` if they were invited meanwhile, `no_address`, `enrollment_over`, or when the database fails.
pub async fn invite(tx: &mut Tx, app: &App, leave: &impl Leave<ParticipantId>) -> Answer<()> {
    tx.lock(participant_lock(leave.id())).await?;
    let round_id = store::participant(tx, leave).await?.round_id;
    let to = link_store::addressee(tx, leave.id()).await?.ok_or_else(|| Error::conflict("no_address"))?;
    let round = programs::round(tx, &ByServer(round_id)).await?;
    must_take_people(&round)?;
    must_have(store::set_invited(tx, to.id).await?)?;
    match leave.actor() {
        Some(viewer) => {
            let access = guard::leave(tx, viewer, round_id, &[Role::Manager]).await?;
            begin_stage(tx, &access, Stage::Enroll).await?
        }
        None => begin_stage(tx, &ByServer(round_id), Stage::Enroll).await?,
    };
    event(leave, "invitation.sent", &round).on(to.id).record(tx).await?;
    Letters::of(tx, app, round).await?.write(tx, app, Occasion::Invitation, To::from(&to)).await
}

/// Reminds somebody who has not registered. `seen` is how many reminders the caller knows of: a double click reminds
/// once.
///
/// # Errors
/// `over` if they were reminded or registered meanwhile, `no_address`, `enrollment_over`, or when the database fails.
pub async fn remind(tx: &mut Tx, app: &App, leave: &impl Leave<ParticipantId>, seen: i64) -> Answer<()> {
    tx.lock(participant_lock(leave.id())).await?;
    let round_id = store::participant(tx, leave).await?.round_id;
    let to = link_store::addressee(tx, leave.id()).await?.ok_or_else(|| Error::conflict("no_address"))?;
    let round = programs::round(tx, &ByServer(round_id)).await?;
    must_take_people(&round)?;
    must_have(store::set_reminded(tx, to.id, seen).await?)?;
    event(leave, "invitation.reminded", &round).on(to.id).record(tx).await?;
    Letters::of(tx, app, round).await?.write(tx, app, Occasion::Reminder, To::from(&to)).await
}

impl Link {
    /// Leave for the round: a personal link that works is the leave itself, for whoever holds it.
    pub(super) fn round_leave(&self) -> ByServer<RoundId> {
        ByServer(self.round_id)
    }

    /// Leave for the participant whom it was written to.
    pub(super) fn participant_leave(&self) -> ByServer<ParticipantId> {
        ByServer(self.participant_id)
    }
}

/// Notes that a personal link was opened, by a press of its button. Who had declined thinks again.
pub(super) async fn open(tx: &mut Tx, link: &Link) -> Answer<()> {
    tx.lock(participant_lock(link.participant_id)).await?;
    if !store::set_opened(tx, link.participant_id).await? {
        return Ok(()); // not the first time
    }
    let round = programs::round(tx, &link.round_leave()).await?;
    Event::by_person(link.person_id, "invitation.opened")
        .program(round.program_id)
        .round(round.id)
        .on(link.participant_id)
        .record(tx)
        .await?;
    Ok(())
}

/// How soon after a new link another one may be asked for.
const LINK_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// Writes a new link in place of one that has expired, to the address in the directory, whoever asks.
pub(super) async fn renew(tx: &mut Tx, app: &App, link: &Link, email: &str) -> Answer<()> {
    tx.lock(participant_lock(link.participant_id)).await?;
    let just_before = tx.now().minus(LINK_PAUSE);
    if link_store::has_link_since(tx, link.participant_id, just_before).await? {
        return Ok(()); // a double click: it is on its way
    }
    let round = programs::round(tx, &link.round_leave()).await?;
    Event::by_server("invitation.renewed")
        .program(round.program_id)
        .round(round.id)
        .on(link.participant_id)
        .record(tx)
        .await?;
    let to = To { participant: link.participant_id, person: link.person_id, name: &link.name, email, side: link.role };
    Letters::of(tx, app, round).await?.write(tx, app, Occasion::NewLink, to).await
}
