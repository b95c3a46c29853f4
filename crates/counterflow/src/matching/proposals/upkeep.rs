//! What happens to proposals without an answer: reminders, expiry, withdrawal.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    Proposal, ProposalState,
    letters::{self, Note},
    store,
    veil::refuse_own,
};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        event::Event,
        guard::{Access, ByServer},
        ids::{PersonId, ProposalId, RoundId},
    },
    matching::AskedFirst,
    programs::{self, Round, Side, Stage},
};

/// A reminder comes this long before the end,
const REMIND_BEFORE: SignedDuration = SignedDuration::from_hours(48);
/// but not to somebody who was asked less than this long ago; and a manager cannot repeat one sooner.
const BETWEEN_REMINDERS: SignedDuration = SignedDuration::from_hours(24);
/// How far back the hourly job looks for ends that it has to tell of; letters have keys, so none is written twice.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(72);

/// The hourly job: proposals whose time is over expire, and whoever has two days left is reminded.
///
/// # Errors
/// When the database fails.
pub async fn expire_due(app: App) -> Answer<()> {
    let overdue = store::overdue(&mut app.db.read().await?).await?;
    for (id, round) in overdue {
        let mut tx = app.db.write().await?;
        expire(&mut tx, &app, id, round).await?;
        tx.commit().await?;
    }
    let mut tx = app.db.write().await?;
    let now = tx.now();
    for id in store::silent_ends(&mut tx, now.minus(LOOK_BACK)).await? {
        let (proposal, round) = with_round(&mut tx, id).await?;
        let Some(first) = proposal.asked_first.side() else { continue };
        if letters::tell(&mut tx, &app, &round, &proposal, first, Note::NotComingAbout).await? {
            record(&mut tx, Event::by_server("proposal.not_coming_about"), &round, id).await?;
        }
    }
    for id in store::to_remind(&mut tx, now.plus(REMIND_BEFORE), now.minus(BETWEEN_REMINDERS)).await? {
        remind_once(&mut tx, &app, id, Event::by_server("proposal.reminded")).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn with_round(tx: &mut Tx, id: ProposalId) -> Answer<(Proposal, Round)> {
    let proposal = store::proposal(tx, &ByServer(id)).await?;
    let round = programs::round(tx, &ByServer(proposal.round_id)).await?;
    Ok((proposal, round))
}

async fn record(tx: &mut Tx, event: Event, round: &Round, id: ProposalId) -> Answer<()> {
    event.program(round.program_id).round(round.id).on(id).record(tx).await?;
    Ok(())
}

async fn expire(tx: &mut Tx, app: &App, id: ProposalId, round: RoundId) -> Answer<()> {
    tx.lock(round).await?;
    let (proposal, round) = with_round(tx, id).await?;
    let Some(silent) = proposal.awaited().filter(|_| proposal.expires_at <= tx.now()) else { return Ok(()) };
    store::rest(tx, &proposal, ProposalState::Expired).await?;
    letters::tell(tx, app, &round, &proposal, silent, Note::Expired).await?;
    if proposal.state == ProposalState::AcceptedByFirst {
        letters::tell(tx, app, &round, &proposal, silent.other(), Note::NotComingAbout).await?;
    }
    record(tx, Event::by_server("proposal.expired"), &round, id).await
}

/// Reminds whoever is asked, unless they were reminded within a day. Answers whether a letter was written.
async fn remind_once(tx: &mut Tx, app: &App, id: ProposalId, event: Event) -> Answer<bool> {
    let (proposal, round) = with_round(tx, id).await?;
    let Some(side) = proposal.awaited() else { return Ok(false) };
    let since = tx.now().minus(BETWEEN_REMINDERS);
    let noted = store::note_reminder(tx, id, since).await?;
    if noted {
        letters::tell(tx, app, &round, &proposal, side, Note::Reminder).await?;
        record(tx, event, &round, id).await?;
    }
    Ok(noted)
}

/// A manager reminds whoever is asked. Within a day of the last reminder nothing happens.
///
/// # Errors
/// `own_proposal` for one of the two, or when the database fails.
pub async fn remind(tx: &mut Tx, app: &App, access: &Access<ProposalId>) -> Answer<bool> {
    refuse_own(&store::proposal(tx, access).await?, access)?;
    remind_once(tx, app, access.id, Event::by(&access.viewer, "proposal.reminded")).await
}

/// A manager takes a proposal back, as long as not both have said yes. Answers whether it was open.
///
/// # Errors
/// `own_proposal` for one of the two, or when the database fails.
pub async fn withdraw(tx: &mut Tx, app: &App, access: &Access<ProposalId>) -> Answer<bool> {
    let proposal = store::proposal(tx, access).await?;
    refuse_own(&proposal, access)?;
    tx.lock(proposal.round_id).await?;
    let (proposal, round) = with_round(tx, access.id).await?;
    if !proposal.state.is_open() {
        return Ok(false);
    }
    close(tx, app, &round, &proposal, None).await?;
    let event = Event::by(&access.viewer, "proposal.withdrawn").program(round.program_id).round(round.id);
    event.on(access.id).with(json!({ "because": "manager" })).record(tx).await?;
    Ok(true)
}

/// The server takes a proposal back. `knows` learns of it in another way, and gets no letter.
pub(super) async fn take_back(
    tx: &mut Tx,
    app: &App,
    round: &Round,
    proposal: &Proposal,
    because: &str,
    knows: Option<Side>,
) -> Answer<()> {
    close(tx, app, round, proposal, knows).await?;
    let event = Event::by_server("proposal.withdrawn").program(round.program_id).round(round.id);
    event.on(proposal.id).with(json!({ "because": because })).record(tx).await?;
    Ok(())
}

/// Whoever was asked is told; whoever was not never learns that there was a proposal. Where managers decide, nobody was.
async fn close(tx: &mut Tx, app: &App, round: &Round, proposal: &Proposal, knows: Option<Side>) -> Answer<()> {
    store::rest(tx, proposal, ProposalState::Withdrawn).await?;
    let note = if round.stage < Stage::Close { Note::Withdrawn } else { Note::RoundClosed };
    let asked = |side: &Side| proposal.asked_first != AskedFirst::Nobody && proposal.was_asked(*side);
    for side in [Side::Mentee, Side::Mentor].into_iter().filter(asked) {
        if knows != Some(side) {
            letters::tell(tx, app, round, proposal, side, note).await?;
        }
    }
    Ok(())
}

/// The job that follows `person.left`: open proposals of a leaver are withdrawn. The payload is the person's id.
///
/// # Errors
/// When the database fails.
pub async fn withdraw_leaver(app: App, payload: Value) -> Answer<()> {
    let person: PersonId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    // Somebody may have put a mistaken import right before this job ran.
    if !store::has_left(&mut tx, person).await? {
        return Ok(());
    }
    for (id, round) in store::open_of(&mut tx, person).await? {
        tx.lock(round).await?;
        let (proposal, round) = with_round(&mut tx, id).await?;
        if proposal.state.is_open() {
            let gone = if proposal.mentor_person == person { Side::Mentor } else { Side::Mentee };
            take_back(&mut tx, &app, &round, &proposal, "left", Some(gone)).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The job that follows `round.closed`: nothing comes of what is still open. The payload is the round's id.
///
/// # Errors
/// When the database fails.
pub async fn end_with_round(app: App, payload: Value) -> Answer<()> {
    let round: RoundId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    tx.lock(round).await?;
    for id in store::undecided(&mut tx, round).await? {
        let (proposal, round) = with_round(&mut tx, id).await?;
        take_back(&mut tx, &app, &round, &proposal, "round_closed", proposal.declined_by).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes back what both accepted so late that the round was closed before their pair began, and tells them.
///
/// # Errors
/// When the database fails.
pub async fn never_began(tx: &mut Tx, app: &App, id: ProposalId) -> Answer<()> {
    let (proposal, round) = with_round(tx, id).await?;
    if proposal.state == ProposalState::Accepted && round.stage >= Stage::Close {
        take_back(tx, app, &round, &proposal, "round_closed", None).await?;
    }
    Ok(())
}
