//! The page of a pair: how it stands, the one next thing, the agenda in front, what was and what comes. It stands with
//! the meetings, because it shows them; what is only the pair's own is in `pairs`.

use askama::Template;
use jiff::SignedDuration;

use super::{
    Meeting, Move, State, next_number, of_pair, store,
    view::{Actors, Clocks},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::Answer,
        filters,
        guard::{Access, ByServer},
        ids::PairId,
        page::{self, Page},
    },
    pairs::{
        self, Profiles, Seat, Seated,
        agreement::{self, Agreement},
    },
    people::Card,
    programs::{self, Program, Round, template::Agenda},
};

/// The one next thing.
#[derive(Debug)]
enum Next {
    /// The pair no longer meets.
    Ended,
    /// The reader has yet to sign, and nothing can be planned before.
    Sign,
    /// The other one has yet to sign, and nothing can be planned before.
    AwaitSignature,
    /// A meeting is over, and nobody has said how it went.
    SayHow(Meeting),
    /// Times are proposed, this many.
    Choose(Meeting, usize),
    /// Other times are wanted from the mentor.
    OfferOthers(Meeting),
    /// A meeting is planned.
    Meet(Meeting),
    /// The other side has yet to choose.
    AwaitChoice(Meeting),
    /// The mentor has yet to propose others.
    AwaitOthers(Meeting),
    /// Nothing is planned: the mentor proposes.
    Propose,
    /// Nothing is planned: the mentor has yet to propose.
    AwaitProposal,
    /// They had as many meetings as the round asks for.
    Complete,
}

#[derive(Template)]
#[template(path = "meetings/pair.html")]
struct PairPage {
    page: Page,
    seated: Seated,
    round: Round,
    agreement: Agreement,
    profiles: Profiles,
    /// Why these two, for the one who reads; nothing for a delegate.
    why: Vec<String>,
    meetings: Vec<Meeting>,
    moves: Vec<Move>,
    next: Next,
    /// The agenda in front and the meeting it belongs to, if there is one yet.
    agenda: Agenda,
    agenda_of: Option<Meeting>,
    clocks: Clocks,
    actors: Actors,
    delegates: Vec<Card>,
}

/// `GET /pairs/{pair}`
pub async fn show(app: App, page: Page, access: Access<PairId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&PairPage::load(&mut tx, page, &access).await?)
}

impl PairPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<PairId>) -> Answer<Self> {
        let seated = Seated::load(tx, access).await?;
        let round = programs::round(tx, &ByServer(seated.pair.round_id)).await?;
        let program = programs::program_of(tx, &round).await?;
        let agreement = agreement::agreement(tx, access).await?;
        let meetings = of_pair(tx, access).await?;
        let moves = store::moves(tx, access).await?;
        let next = next(tx, &seated, &round, &agreement, &meetings).await?;
        let agenda_of = in_front(&meetings, tx.now()).cloned();
        let agenda = match &agenda_of {
            Some(meeting) => meeting.agenda()?,
            None => planned_agenda(&program, next_number(&meetings)),
        };
        let actors = Actors::load(tx, &seated, access.viewer.person, &meetings, &moves).await?;
        let delegates = match seated.chooses() {
            true => pairs::keepers(tx, &seated.pair).await?,
            false => Vec::new(),
        };
        let profiles = Profiles::load(tx, &seated.pair, &program.design).await?;
        let why = match seated.seat {
            Seat::Mentor | Seat::Mentee => pairs::why(&seated.pair, &seated.mentor, &seated.mentee, seated.side())?,
            Seat::Delegate => Vec::new(),
        };
        let clocks = Clocks::new(&page, &seated);
        Ok(Self {
            page,
            seated,
            round,
            agreement,
            profiles,
            why,
            meetings,
            moves,
            next,
            agenda,
            agenda_of,
            clocks,
            actors,
            delegates,
        })
    }

    fn held(&self) -> usize {
        self.meetings.iter().filter(|meeting| meeting.state == State::Held).count()
    }

    /// The meetings of the timeline: everything but proposals that were taken back.
    fn timeline(&self) -> impl Iterator<Item = &Meeting> {
        self.meetings.iter().filter(|meeting| meeting.state != State::Withdrawn)
    }

    fn moves_of<'a>(&'a self, meeting: &'a Meeting) -> impl Iterator<Item = &'a Move> {
        self.moves.iter().filter(move |made| made.meeting_id == meeting.id)
    }

    /// Days since the last meeting that was held; `None` before the first.
    fn days_since_last(&self) -> Option<i32> {
        let last = self.meetings.iter().rfind(|meeting| meeting.state == State::Held)?.starts_at?;
        Some(self.page.now.day_in(&self.page.zone).days_since(last.day_in(&self.page.zone)))
    }

    /// How many meetings of the round are neither held nor under way.
    fn to_plan(&self) -> i64 {
        let counted = |meeting: &&Meeting| matches!(meeting.state, State::Held | State::Planned | State::Proposed);
        self.round.meetings - i64::try_from(self.meetings.iter().filter(counted).count()).unwrap_or(i64::MAX)
    }

    fn has_begun(&self, meeting: &Meeting) -> bool {
        meeting.has_begun(self.page.now)
    }

    /// What is not talked about; not for a delegate to know.
    fn bounds(&self) -> &[String] {
        if self.seated.seat.is_inside() { &self.profiles.out_of_bounds } else { &[] }
    }

    /// What the one across said about themselves.
    fn about(&self) -> &str {
        &self.profiles.on(self.seated.side().other()).about
    }

    /// What they answered to the program's questions for whoever they are paired with.
    fn replies(&self) -> &[(String, String)] {
        &self.profiles.on(self.seated.side().other()).replies
    }

    fn asks_signature(&self) -> bool {
        self.seated.seat.is_inside() && self.agreement.signature_of(&self.seated.me().id).is_none()
    }
}

/// The meeting whose agenda stands in front: the next one, planned or proposed.
fn in_front(meetings: &[Meeting], now: Timestamp) -> Option<&Meeting> {
    let to_come = |meeting: &&Meeting| meeting.state == State::Planned && !is_past(meeting, now);
    meetings.iter().find(to_come).or_else(|| meetings.iter().find(|meeting| meeting.state == State::Proposed))
}

fn is_past(meeting: &Meeting, now: Timestamp) -> bool {
    meeting.starts_at.is_some_and(|at| at.plus(SignedDuration::from_mins(meeting.minutes)) <= now)
}

fn planned_agenda(program: &Program, number: i64) -> Agenda {
    let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
    let agenda = program.design.agendas.get(index).cloned();
    agenda.unwrap_or_else(|| Agenda { title: String::new(), items: Vec::new() })
}

async fn next(
    tx: &mut Tx,
    seated: &Seated,
    round: &Round,
    agreement: &Agreement,
    meetings: &[Meeting],
) -> Answer<Next> {
    let (pair, leads) = (&seated.pair, seated.leads());
    let past = meetings.iter().find(|meeting| meeting.state == State::Planned && is_past(meeting, tx.now()));
    let proposed = meetings.iter().find(|meeting| meeting.state == State::Proposed);
    let coming = meetings.iter().find(|meeting| meeting.state == State::Planned && !is_past(meeting, tx.now()));
    if let (Some(meeting), true) = (past, seated.seat.is_inside()) {
        return Ok(Next::SayHow(meeting.clone()));
    }
    if !pair.is_active() {
        return Ok(Next::Ended);
    }
    if let Some(meeting) = proposed {
        let wanted = meeting.other_times_at.is_some();
        if leads && wanted {
            return Ok(Next::OfferOthers(meeting.clone()));
        }
        if !leads && !wanted {
            return Ok(Next::Choose(meeting.clone(), store::times(tx, meeting.id).await?.len()));
        }
    }
    if let Some(meeting) = coming {
        return Ok(Next::Meet(meeting.clone()));
    }
    if let Some(meeting) = proposed {
        let meeting = meeting.clone();
        return Ok(if leads { Next::AwaitChoice(meeting) } else { Next::AwaitOthers(meeting) });
    }
    Ok(unplanned(seated, round, agreement, meetings))
}

/// The next thing when no meeting is under way.
fn unplanned(seated: &Seated, round: &Round, agreement: &Agreement, meetings: &[Meeting]) -> Next {
    let held = meetings.iter().filter(|meeting| meeting.state == State::Held).count();
    if !agreement::lets_them_meet(agreement, &seated.pair, round) {
        return match seated.seat.is_inside() && agreement.signature_of(&seated.me().id).is_none() {
            true => Next::Sign,
            false => Next::AwaitSignature,
        };
    }
    if i64::try_from(held).is_ok_and(|held| held >= round.meetings) {
        return Next::Complete;
    }
    if seated.leads() { Next::Propose } else { Next::AwaitProposal }
}
