//! From nothing to a planned meeting: the one who leads proposes times, the other or their delegate chooses one or asks for
//! others.

use super::{
    Checked, Meeting, State, changed_meanwhile, event, is_busy,
    letters::{self, News, Offer},
    meeting, meeting_pair, of_pair,
    store::{self, NewMeeting},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        form::Problems,
        guard::{Access, ByServer},
        ids::{MeetingId, PairId},
    },
    pairs::{Pair, agreement},
    programs::{self, template::Agenda},
};

/// The most times that are proposed at once: more is no help.
pub const MOST_TIMES: usize = 5;

/// What the one who leads proposes.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// From 1 to [`MOST_TIMES`], in order, none twice.
    pub times: Vec<Timestamp>,
    /// How long the meeting should be.
    pub minutes: i64,
    /// A video link or a room.
    pub place: Option<String>,
}

/// The number of the next meeting: the smallest that no meeting holds which is proposed, planned or was held. A meeting
/// that did not take place gives its number, and with it its agenda, to the one that replaces it.
#[must_use]
pub fn next_number(meetings: &[Meeting]) -> i64 {
    let holds = |number: i64| {
        meetings.iter().any(|meeting| {
            meeting.number == number && matches!(meeting.state, State::Proposed | State::Planned | State::Held)
        })
    };
    (1..).find(|number| !holds(*number)).unwrap_or(i64::MAX)
}

/// Proposes a meeting under an id that the form carried: sending the form twice proposes once.
///
/// # Errors
/// `agreement_first` where both have to sign before they meet, `proposal_open` if there is another proposal, `over`
/// if the pair no longer meets; or when the database fails.
pub async fn propose(
    tx: &mut Tx,
    app: &App,
    access: &Access<PairId>,
    id: MeetingId,
    proposal: &Proposal,
) -> Answer<()> {
    let pair = meeting_pair(tx, access).await?;
    let meetings = of_pair(tx, access).await?;
    if meetings.iter().any(|meeting| meeting.id == id) {
        return Ok(());
    }
    let round = programs::round(tx, &ByServer(pair.round_id)).await?;
    if !agreement::lets_them_meet(&agreement::agreement(tx, access).await?, &pair, &round) {
        return Err(Error::conflict("agreement_first"));
    }
    if meetings.iter().any(|meeting| meeting.state == State::Proposed) {
        return Err(Error::conflict("proposal_open"));
    }
    let number = next_number(&meetings);
    let program = programs::program_of(tx, &round).await?;
    let agenda = serde_json::to_string(&agenda_for(&program.design.agendas, number)).map_err(Error::defect)?;
    let new = NewMeeting {
        id,
        number,
        minutes: proposal.minutes,
        zone: access.viewer.zone.iana_name().unwrap_or("UTC"),
        place: proposal.place.as_deref(),
        agenda: &agenda,
        by: access.viewer.person,
    };
    if !store::insert(tx, access, &new).await? {
        return Err(Error::NotFound);
    }
    store::replace_times(tx, id, &proposal.times).await?;
    event(access, &pair, id, "meeting.proposed").record(tx).await?;
    let meeting = meeting(tx, access, id).await?;
    letters::times(tx, app, &pair, &meeting, &proposal.times, Offer::First).await
}

/// The program's agenda for a meeting by its number; without one whoever leads writes it.
fn agenda_for(agendas: &[Agenda], number: i64) -> Agenda {
    let planned = usize::try_from(number - 1).ok().and_then(|index| agendas.get(index));
    planned.cloned().unwrap_or_else(|| Agenda { title: String::new(), items: Vec::new() })
}

/// Puts other times in the place of those that were proposed. The same times again change nothing.
///
/// # Errors
/// `changed_meanwhile` if a time was chosen by then; or when the database fails.
pub async fn offer_again(
    tx: &mut Tx,
    app: &App,
    access: &Access<PairId>,
    id: MeetingId,
    proposal: &Proposal,
) -> Answer<()> {
    let pair = meeting_pair(tx, access).await?;
    let before = proposed(tx, access, id).await?;
    let same = store::times(tx, id).await? == proposal.times
        && before.minutes == proposal.minutes
        && before.place == proposal.place
        && before.other_times_at.is_none();
    if same {
        return Ok(());
    }
    store::offer_again(tx, id, proposal.minutes, proposal.place.as_deref()).await?;
    store::replace_times(tx, id, &proposal.times).await?;
    event(access, &pair, id, "meeting.times_offered").record(tx).await?;
    let meeting = meeting(tx, access, id).await?;
    letters::times(tx, app, &pair, &meeting, &proposal.times, Offer::Again).await
}

/// Asks the one who leads for other times. Asking twice asks once.
///
/// # Errors
/// `changed_meanwhile` if a time was chosen by then; or when the database fails.
pub async fn ask_other_times(tx: &mut Tx, app: &App, access: &Access<PairId>, id: MeetingId) -> Answer<()> {
    let pair = meeting_pair(tx, access).await?;
    let meeting = proposed(tx, access, id).await?;
    if store::ask_other_times(tx, id, access.viewer.person).await? {
        event(access, &pair, id, "meeting.other_times_asked").record(tx).await?;
        letters::other_times(tx, app, &pair, &meeting, &access.viewer).await?;
    }
    Ok(())
}

/// Takes a proposal back.
///
/// # Errors
/// `changed_meanwhile` if a time was chosen by then; or when the database fails.
pub async fn withdraw(tx: &mut Tx, access: &Access<PairId>, id: MeetingId) -> Answer<()> {
    let pair = meeting_pair(tx, access).await?;
    if meeting(tx, access, id).await?.state == State::Withdrawn {
        return Ok(());
    }
    proposed(tx, access, id).await?;
    store::withdraw(tx, id).await?;
    event(access, &pair, id, "meeting.withdrawn").record(tx).await?;
    Ok(())
}

/// The meeting, as long as no time is chosen.
async fn proposed(tx: &mut Tx, access: &Access<PairId>, id: MeetingId) -> Answer<Meeting> {
    let meeting = meeting(tx, access, id).await?;
    match meeting.state {
        State::Proposed => Ok(meeting),
        State::Withdrawn => Err(Error::conflict("over")),
        _ => Err(changed_meanwhile(tx, meeting.chosen_by).await),
    }
}

/// Chooses one of the proposed times: the meeting is planned, and both calendars hear of it.
///
/// # Errors
/// `changed_meanwhile` if somebody chose another time or others were offered, `over` if the proposal was taken
/// back; or when the database fails.
pub async fn choose(tx: &mut Tx, app: &App, access: &Access<PairId>, id: MeetingId, at: Timestamp) -> Answer<Checked> {
    let pair = meeting_pair(tx, access).await?;
    let before = meeting(tx, access, id).await?;
    if before.state == State::Planned && before.starts_at == Some(at) {
        return Ok(Ok(()));
    }
    let before = proposed(tx, access, id).await?;
    if at <= tx.now() {
        return Ok(Err(Problems::one("at", "time_past")));
    }
    if is_busy(tx, &pair, id, at, before.minutes).await? {
        return Ok(Err(Problems::one("at", "time_busy")));
    }
    if !store::plan(tx, id, at, access.viewer.person).await? {
        return Err(changed_meanwhile(tx, Some(before.proposed_by)).await);
    }
    plan_heard(tx, app, access, &pair, id).await?;
    Ok(Ok(()))
}

async fn plan_heard(tx: &mut Tx, app: &App, access: &Access<PairId>, pair: &Pair, id: MeetingId) -> Answer<()> {
    let meeting = meeting(tx, access, id).await?;
    let data = serde_json::json!({ "starts_at": meeting.starts_at });
    event(access, pair, id, "meeting.planned").with(data).record(tx).await?;
    letters::invitations(tx, app, pair, &meeting, News::Planned, Some(&access.viewer)).await
}
