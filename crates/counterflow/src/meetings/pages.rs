//! The page of a meeting and what can be done there: choose, ask for others, cancel, say how it went, change the agenda.

use askama::Template;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    Meeting, Move, Outcome, State, Who, agenda,
    change::{self, CORRECTABLE},
    letters, meeting, propose, store,
    view::{Actors, Clocks},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        form::{Fields, Form},
        guard::{Access, Part},
        ids::{MeetingId, PairId},
        page::{self, Page},
    },
    pairs::{Seated, agreement::Changed},
    programs::template::Agenda,
};

#[derive(Template)]
#[template(path = "meetings/meeting.html")]
struct MeetingPage {
    page: Page,
    seated: Seated,
    meeting: Meeting,
    /// Proposed times that are still to come.
    times: Vec<Timestamp>,
    moves: Vec<Move>,
    agenda: Agenda,
    clocks: Clocks,
    actors: Actors,
    form: Form,
}

impl MeetingPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<PairId>, id: MeetingId, form: Form) -> Answer<Self> {
        let seated = Seated::load(tx, access).await?;
        let meeting = meeting(tx, access, id).await?;
        let mut times = store::times(tx, id).await?;
        times.retain(|at| *at > page.now);
        let mut moves = store::moves(tx, access).await?;
        moves.retain(|made| made.meeting_id == id);
        let actors = Actors::load(tx, &seated, access.viewer.person, std::slice::from_ref(&meeting), &moves).await?;
        let clocks = Clocks::new(&page, &seated);
        let agenda = meeting.agenda()?;
        Ok(Self { page, seated, meeting, times, moves, agenda, clocks, actors, form })
    }

    fn has_begun(&self) -> bool {
        self.meeting.has_begun(self.page.now)
    }

    /// Whether the two can still act on it.
    fn is_open(&self) -> bool {
        self.seated.pair.is_active()
    }

    /// Whether it can be said how it went: from the start on, and for a day after it was said first.
    fn can_record(&self) -> bool {
        let state = self.meeting.state;
        let correctable = self.meeting.recorded_at.is_none_or(|at| self.page.now.since(at) <= CORRECTABLE);
        self.seated.seat.is_inside()
            && matches!(state, State::Planned | State::Held | State::Missed)
            && self.has_begun()
            && correctable
    }

    fn can_edit_agenda(&self) -> bool {
        self.seated.leads() && self.is_open() && matches!(self.meeting.state, State::Proposed | State::Planned)
    }
}

/// `GET /pairs/{pair}/meetings/{meeting}`
pub async fn show(app: App, page: Page, access: Access<PairId>, Part(id): Part<MeetingId>) -> Answer {
    let mut tx = app.db.read().await?;
    let mut it = MeetingPage::load(&mut tx, page, &access, id, Form::default()).await?;
    let minutes = it.meeting.held_minutes.unwrap_or(it.meeting.minutes).to_string();
    let went = match (it.meeting.state, it.meeting.by_side) {
        (State::Missed, Some(who)) => who.name(),
        (State::Held, _) => "held",
        _ => "",
    };
    it.form = Form::filled([("minutes", minutes.as_str()), ("went", went)]);
    page::html(&it)
}

fn back(access: &Access<PairId>, id: MeetingId, done: &str) -> Response {
    page::done(&format!("/pairs/{}/meetings/{id}", access.id), done)
}

/// `POST /pairs/{pair}/meetings/{meeting}/choice`
pub async fn choose(app: App, page: Page, access: Access<PairId>, Part(id): Part<MeetingId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let at = check.choice::<Timestamp>("at");
    let mut tx = app.db.write().await?;
    let done = match check.done(|| at) {
        Ok(at) => propose::choose(&mut tx, &app, &access, id, at).await?,
        Err(problems) => Err(problems),
    };
    match done {
        Ok(()) => {
            tx.commit().await?;
            Ok(back(&access, id, "meeting_planned"))
        }
        Err(problems) => {
            let form = Form::back(fields, problems);
            page::invalid(&MeetingPage::load(&mut tx, page, &access, id, form).await?)
        }
    }
}

/// `POST /pairs/{pair}/meetings/{meeting}/other-times`
pub async fn other_times(app: App, access: Access<PairId>, Part(id): Part<MeetingId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    propose::ask_other_times(&mut tx, &app, &access, id).await?;
    tx.commit().await?;
    Ok(back(&access, id, "other_times_asked"))
}

/// `POST /pairs/{pair}/meetings/{meeting}/withdrawal`
pub async fn withdraw(app: App, access: Access<PairId>, Part(id): Part<MeetingId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    propose::withdraw(&mut tx, &access, id).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/pairs/{}", access.id), "times_withdrawn"))
}

/// `POST /pairs/{pair}/meetings/{meeting}/cancellation`
pub async fn cancel(app: App, access: Access<PairId>, Part(id): Part<MeetingId>, fields: Fields) -> Answer {
    let seen = fields.get("sequence").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    change::cancel(&mut tx, &app, &access, id, seen).await?;
    tx.commit().await?;
    Ok(back(&access, id, "meeting_cancelled"))
}

/// `POST /pairs/{pair}/meetings/{meeting}/outcome`
pub async fn record(app: App, page: Page, access: Access<PairId>, Part(id): Part<MeetingId>, fields: Fields) -> Answer {
    let seen: Option<Timestamp> = match fields.get("seen") {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::bad_request("unreadable"))?),
    };
    let mut check = fields.check();
    let outcome = match fields.get("went") {
        "held" => check.number("minutes", 1, 600).map(Outcome::Held),
        _ => check.choice::<Who>("went").map(Outcome::Missed),
    };
    let mut tx = app.db.write().await?;
    match check.done(|| outcome) {
        Ok(outcome) => {
            change::record(&mut tx, &access, id, seen, outcome).await?;
            tx.commit().await?;
            Ok(back(&access, id, "outcome_recorded"))
        }
        Err(problems) => {
            let form = Form::back(fields, problems);
            page::invalid(&MeetingPage::load(&mut tx, page, &access, id, form).await?)
        }
    }
}

/// `GET /pairs/{pair}/meetings/{meeting}/invitation.ics`
pub async fn file(app: App, access: Access<PairId>, Part(id): Part<MeetingId>) -> Answer {
    let mut tx = app.db.read().await?;
    let seated = Seated::load(&mut tx, &access).await?;
    let meeting = meeting(&mut tx, &access, id).await?;
    let at = meeting.starts_at.filter(|_| meeting.state == State::Planned).ok_or(Error::NotFound)?;
    let object = letters::file(&mut tx, &app, &seated.pair, &meeting, at).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"meeting.ics\""),
    ];
    Ok((headers, object).into_response())
}

#[derive(Template)]
#[template(path = "meetings/agenda.html")]
struct AgendaPage {
    page: Page,
    seated: Seated,
    meeting: Meeting,
    form: Form,
    rows: Vec<agenda::RowNames>,
    /// The agenda was changed in another window: what was typed is kept beside what stands now.
    meanwhile: Option<Agenda>,
}

/// `GET /pairs/{pair}/meetings/{meeting}/agenda`
pub async fn edit_agenda(app: App, page: Page, access: Access<PairId>, Part(id): Part<MeetingId>) -> Answer {
    let mut tx = app.db.read().await?;
    let seated = Seated::load(&mut tx, &access).await?;
    let meeting = meeting(&mut tx, &access, id).await?;
    if !matches!(meeting.state, State::Proposed | State::Planned) {
        return Err(Error::conflict("over"));
    }
    let form = agenda::form(&meeting.agenda()?);
    let rows = agenda::rows(&form.fields);
    page::html(&AgendaPage { page, seated, meeting, form, rows, meanwhile: None })
}

/// `POST /pairs/{pair}/meetings/{meeting}/agenda`
pub async fn save_agenda(
    app: App,
    page: Page,
    access: Access<PairId>,
    Part(id): Part<MeetingId>,
    fields: Fields,
) -> Answer {
    let seen: i64 = fields.get("version").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let rows = agenda::rows(&fields);
    let mut tx = app.db.write().await?;
    let (form, changed) = match agenda::read(&fields) {
        Ok(agenda) => {
            (Form { fields, ..Form::default() }, Some(agenda::change(&mut tx, &access, id, seen, &agenda).await?))
        }
        Err(problems) => (Form::back(fields, problems), None),
    };
    if let Some(Changed::Done) = changed {
        tx.commit().await?;
        return Ok(page::done(&format!("/pairs/{}/meetings/{id}#agenda", access.id), "agenda_saved"));
    }
    let seated = Seated::load(&mut tx, &access).await?;
    let meeting = meeting(&mut tx, &access, id).await?;
    let meanwhile = changed.map(|_| meeting.agenda()).transpose()?;
    page::invalid(&AgendaPage { page, seated, meeting, form, rows, meanwhile })
}
