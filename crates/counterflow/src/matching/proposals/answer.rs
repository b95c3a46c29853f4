//! Yes and no.

use serde_json::json;

use super::{
    Proposal, ProposalState,
    letters::{self, Note},
    send::until,
    side_of, store, upkeep,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        event::Event,
        guard::{Access, ByServer, Leave as _},
        ids::ProposalId,
    },
    matching::{DeclineReason, check_open},
    programs::{self, Round, Side, Stage},
};

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It counts.
    Counted,
    /// The same was answered before: nothing was changed, and nothing is wrong.
    Already,
    /// It came too late: nothing was changed.
    Over,
    /// Others were faster: the last place is taken, and the proposal is withdrawn.
    PlaceTaken,
}

/// The proposal with its round locked, so that what is read here stays true to the end of the transaction.
async fn locked(tx: &mut Tx, access: &Access<ProposalId>) -> Answer<(Proposal, Round, Side)> {
    let side = side_of(access)?;
    let round = store::proposal(tx, access).await?.round_id;
    tx.lock(round).await?;
    let round = programs::round(tx, &ByServer(round)).await?;
    Ok((store::proposal(tx, access).await?, round, side))
}

fn awaits(proposal: &Proposal, side: Side, tx: &Tx) -> bool {
    proposal.awaited() == Some(side) && tx.now() < proposal.expires_at
}

/// Says yes. After the first yes the other side is asked; after the second the pair begins.
///
/// # Errors
/// `round_closed`, or when the database fails.
pub async fn accept(tx: &mut Tx, app: &App, access: &Access<ProposalId>) -> Answer<Answered> {
    let (proposal, round, side) = locked(tx, access).await?;
    if proposal.has_yes_of(side, tx.now()) {
        return Ok(Answered::Already);
    }
    check_open(&round)?;
    if !awaits(&proposal, side, tx) {
        return Ok(Answered::Over);
    }
    if store::is_full(tx, &proposal).await? {
        upkeep::take_back(tx, app, &round, &proposal, "place_taken", Some(side)).await?;
        return Ok(Answered::PlaceTaken);
    }
    if proposal.state == ProposalState::Proposed {
        let expires_at = until(tx, app, &round).await?;
        store::ask_second(tx, &proposal, expires_at).await?;
        record(tx, access, &round, "proposal.accepted_by_first").await?;
        let asked = Proposal { state: ProposalState::AcceptedByFirst, expires_at, ..proposal };
        letters::tell(tx, app, &round, &asked, side.other(), Note::Asked).await?;
    } else {
        store::rest(tx, &proposal, ProposalState::Accepted).await?;
        record(tx, access, &round, "proposal.accepted").await?;
    }
    Ok(Answered::Counted)
}

/// A private no.
#[derive(Debug, Clone, Default)]
pub struct Decline {
    /// Why, if they say.
    pub reason: Option<DeclineReason>,
    /// In their words.
    pub words: Option<String>,
}

/// Says no, in private: nobody is told.
///
/// # Errors
/// When the database fails.
pub async fn decline(tx: &mut Tx, access: &Access<ProposalId>, no: &Decline) -> Answer<Answered> {
    let (proposal, round, side) = locked(tx, access).await?;
    if proposal.declined_by == Some(side) {
        return Ok(Answered::Already);
    }
    if !awaits(&proposal, side, tx) {
        return Ok(Answered::Over);
    }
    store::rest(tx, &proposal, ProposalState::Declined).await?;
    store::insert_decline(tx, &proposal, side, no.reason, no.words.as_deref()).await?;
    record(tx, access, &round, "proposal.declined").await?;
    Ok(Answered::Counted)
}

/// Takes a no back, until the next match run begins. The side that was asked second does not get more time by it: the
/// first knows until when it is asked, and would learn of the no.
///
/// # Errors
/// `round_closed`, or when the database fails.
pub async fn undo_decline(tx: &mut Tx, app: &App, access: &Access<ProposalId>) -> Answer<Answered> {
    let (proposal, round, side) = locked(tx, access).await?;
    check_open(&round)?;
    if !can_undo(tx, &proposal, &round, side).await? {
        return Ok(Answered::Over);
    }
    if store::is_full(tx, &proposal).await? {
        return Ok(Answered::PlaceTaken);
    }
    let expires_at = match proposal.asked_first.side() {
        Some(first) if first == side => proposal.expires_at.max(until(tx, app, &round).await?),
        _ => proposal.expires_at,
    };
    store::reopen(tx, &proposal, expires_at).await?;
    record(tx, access, &round, "proposal.decline_undone").await?;
    Ok(Answered::Counted)
}

/// Whether this side said no, and can still think again: whoever was asked second, only as long as it looks to the first
/// as if they were thinking.
pub(super) async fn can_undo(tx: &mut Tx, proposal: &Proposal, round: &Round, side: Side) -> Answer<bool> {
    let (ProposalState::Declined, Some(by), Some(at)) = (proposal.state, proposal.declined_by, proposal.answered_at)
    else {
        return Ok(false);
    };
    let ended = proposal.asked_first.side() != Some(side) && tx.now() >= proposal.expires_at;
    if by != side || ended || round.stage >= Stage::Close {
        return Ok(false);
    }
    Ok(!store::was_matched_since(tx, proposal, at).await?)
}

async fn record(tx: &mut Tx, access: &Access<ProposalId>, round: &Round, kind: &'static str) -> Answer<()> {
    let event = Event::by(&access.viewer, kind).program(round.program_id).round(round.id).on(access.id());
    event.with(json!({})).record(tx).await?;
    Ok(())
}
