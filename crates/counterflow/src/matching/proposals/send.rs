//! From the draft to proposals: what will be sent, what is left out and why, and the sending itself.

use std::collections::HashMap;

use axum::http::StatusCode;
use jiff::tz::TimeZone;
use serde_json::json;

use super::{
    AskedFirst,
    letters::{self, Note},
    store::{self, NewProposal},
    ties_store::{self, Tie},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{Access, ByServer},
        ids::{ParticipantId, PersonId, ProposalId, RoundId, RunId},
    },
    matching::{
        Mark, RunState,
        board::{self, DraftPair},
        check_open, runs,
    },
    programs::{self, Round, Stage},
};

/// Why a pair of the draft gets no proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// One of the two left, or takes part no more.
    Gone,
    /// A manager forbade it after the run.
    Forbidden,
    /// There is one already.
    Proposed,
    /// One of the two said no to it.
    Declined,
    /// One of the two has no place left.
    NoPlace,
    /// The reader is one of the two: any reason might tell how the other side answered.
    Yours,
}

/// What happens to a pair of the draft.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The pair.
    pub pair: DraftPair,
    /// Why it is left out, if it is.
    pub skip: Option<Skip>,
}

/// What sending a draft would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who is asked first.
    pub asked_first: AskedFirst,
    /// Until when.
    pub expires_at: Timestamp,
    /// The draft, pair by pair.
    pub pairs: Vec<Planned>,
}

impl Plan {
    /// The pairs that get a proposal.
    pub fn sent(&self) -> impl Iterator<Item = &DraftPair> {
        self.pairs.iter().filter(|planned| planned.skip.is_none()).map(|planned| &planned.pair)
    }

    /// Says of pairs with `person` in them only that they get none, and not why.
    pub fn veil_from(&mut self, person: PersonId) {
        for planned in self.pairs.iter_mut().filter(|planned| planned.pair.is_with(person)) {
            planned.skip = planned.skip.map(|_| Skip::Yours);
        }
    }

    /// The pairs that get none.
    pub fn skipped(&self) -> impl Iterator<Item = (&DraftPair, Skip)> {
        self.pairs.iter().filter_map(|planned| Some((&planned.pair, planned.skip?)))
    }
}

/// What sending the draft of a run would do now.
///
/// # Errors
/// When the database fails.
pub async fn plan(tx: &mut Tx, app: &App, round: &Round, run: &runs::Run) -> Answer<Plan> {
    let pairs = planned(tx, round, run).await?;
    Ok(Plan { asked_first: round.asking_order.into(), expires_at: until(tx, app, round).await?, pairs })
}

/// How many pairs of a draft would get a proposal now.
///
/// # Errors
/// When the database fails.
pub async fn count_to_send(tx: &mut Tx, round: &Round, run: &runs::Run) -> Answer<usize> {
    Ok(planned(tx, round, run).await?.iter().filter(|pair| pair.skip.is_none()).count())
}

/// The pairs of a draft, each with what speaks against a proposal.
async fn planned(tx: &mut Tx, round: &Round, run: &runs::Run) -> Answer<Vec<Planned>> {
    let leave = ByServer(round.id);
    let ties = ties_store::ties(tx, round).await?;
    let places = store::places(tx, &leave).await?;
    let mut taken: HashMap<ParticipantId, i64> = HashMap::new();
    let mut pairs = Vec::new();
    for pair in board::store::draft(tx, run).await? {
        let both = [pair.mentor_id, pair.mentee_id];
        let admitted = |one| places.get(one).is_some_and(|(admitted, _)| *admitted);
        let room = |one: &ParticipantId| {
            let capacity = places.get(one).map_or(0, |(_, capacity)| *capacity);
            capacity - ties.places_held(*one) - taken.get(one).copied().unwrap_or(0)
        };
        let skip = match ties.between(pair.mentor_person, pair.mentee_person) {
            Some(Tie::Standing) => Some(Skip::Proposed),
            Some(_) => Some(Skip::Declined),
            None if !both.iter().all(admitted) || both.iter().any(|one| ties.waits(*one)) => Some(Skip::Gone),
            None if pair.mark == Some(Mark::Forbidden) => Some(Skip::Forbidden),
            None if both.iter().any(|one| room(one) < 1) => Some(Skip::NoPlace),
            None => None,
        };
        if skip.is_none() {
            both.iter().for_each(|one| *taken.entry(*one).or_default() += 1);
        }
        pairs.push(Planned { pair, skip });
    }
    Ok(pairs)
}

/// The end of the last day on which somebody who is asked now can answer, as the organization's clock has it.
pub(super) async fn until(tx: &mut Tx, app: &App, round: &Round) -> Answer<Timestamp> {
    let zone = TimeZone::get(&app.organization(tx).await?.time_zone).unwrap_or(TimeZone::UTC);
    let days = i32::try_from(round.answer_days).unwrap_or(7);
    Ok(tx.now().day_in(&zone).plus_days(days + 1).start_in(&zone))
}

/// Sends the draft of a run as the form saw it. Answers how many proposals were made; a second click makes none.
///
/// # Errors
/// `changed_meanwhile` if the draft is another one now, `round_closed`; or when the database fails.
pub async fn send(tx: &mut Tx, app: &App, access: &Access<RoundId>, run: RunId, seen: i64) -> Answer<usize> {
    tx.lock(access.id).await?;
    let run = runs::run(tx, access, run).await?;
    if run.state != RunState::Done {
        return Err(Error::conflict("over"));
    }
    if run.version != seen {
        let who = board::store::changes(tx, &run).await?.into_iter().next().map(|change| change.by).unwrap_or_default();
        let data = vec![("who", who)];
        return Err(Error::Trouble { status: StatusCode::CONFLICT, key: "changed_meanwhile", data });
    }
    let round = programs::round(tx, access).await?;
    check_open(&round)?;
    let plan = plan(tx, app, &round, &run).await?;
    for pair in plan.sent() {
        propose(tx, app, access, &round, &run, &plan, pair).await?;
    }
    let sent = plan.sent().count();
    if sent > 0 {
        let event = Event::by(&access.viewer, "proposals.sent").program(round.program_id).round(round.id).on(run.id);
        event.with(json!({ "proposals": sent })).record(tx).await?;
        programs::begin_stage(tx, access, Stage::Launch).await?;
    }
    Ok(sent)
}

async fn propose(
    tx: &mut Tx,
    app: &App,
    access: &Access<RoundId>,
    round: &Round,
    run: &runs::Run,
    plan: &Plan,
    pair: &DraftPair,
) -> Answer<()> {
    let id = ProposalId::new();
    let by = Some(access.viewer.person);
    let new = NewProposal { id, run, pair, asked_first: plan.asked_first, by, expires_at: plan.expires_at };
    store::insert(tx, &new).await?;
    let proposal = store::proposal(tx, &ByServer(id)).await?;
    match plan.asked_first.side() {
        Some(side) => {
            letters::tell(tx, app, round, &proposal, side, Note::Asked).await?;
        }
        None => {
            let event = Event::by(&access.viewer, "proposal.accepted").program(round.program_id).round(round.id);
            event.on(id).record(tx).await?;
        }
    }
    Ok(())
}
