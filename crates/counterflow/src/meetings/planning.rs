//! The forms with times: propose, propose again, move. Times are typed and shown in the reader's zone, and in the
//! other one's beside it.

use std::ops::Range;

use askama::Template;
use jiff::{SignedDuration, tz::TimeZone};

use super::{
    Meeting, Proposal, State,
    availability::{self, Week},
    change, meeting, next_number, of_pair,
    propose::{self, MOST_TIMES},
    store, times,
    view::Clocks,
};
use crate::{
    enrollment::Answers,
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        form::{Check, Fields, Form, Problems},
        guard::{Access, ByServer, Part},
        ids::{MeetingId, PairId},
        page::{self, Page},
    },
    pairs::{
        self, Seated,
        agreement::{self, Agreement},
    },
    people::Card,
    programs::{self, Round},
};

/// How many times are suggested.
const MOST_SUGGESTIONS: usize = 6;
/// Nobody likes to be asked for today.
const SOONEST: SignedDuration = SignedDuration::from_hours(20);
/// How far suggestions look ahead.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 21);

/// Times at which both can, by the weekly hours that they gave when they registered: from a week before the rhythm
/// asks for the next meeting, but not sooner than tomorrow, nor before the round's meetings begin.
async fn suggestions(
    tx: &mut Tx,
    seated: &Seated,
    round: &Round,
    except: MeetingId,
    rhythm_days: i64,
    minutes: i64,
) -> Answer<Vec<Timestamp>> {
    let pair = &seated.pair;
    let (mentor, mentee) = pairs::answers(tx, pair).await?;
    let meetings = of_pair(tx, &ByServer(pair.id)).await?;
    let counts = |meeting: &&Meeting| meeting.id != except && matches!(meeting.state, State::Held | State::Planned);
    let last = meetings.iter().filter(counts).filter_map(|meeting| meeting.starts_at).max();
    let due = last.map(|at| at.plus(SignedDuration::from_hours(24 * (rhythm_days - 7).max(1))));
    let begins = round.starts_on.start_in(&seated.mentee.zone());
    let soonest = tx.now().plus(SOONEST).max(begins);
    let from = due.map_or(soonest, |due| due.max(soonest));
    let window = from..from.plus(HORIZON);
    let longest = SignedDuration::from_mins(240);
    let busy = store::busy(tx, (pair.mentor_id, pair.mentee_id), except, from.minus(longest), window.end).await?;
    let busy: Vec<Range<Timestamp>> =
        busy.into_iter().map(|(at, minutes)| at..at.plus(SignedDuration::from_mins(minutes))).collect();
    let weeks = (week(&mentor, &seated.mentor), week(&mentee, &seated.mentee));
    let length = SignedDuration::from_mins(minutes);
    Ok(availability::both_can((&weeks.0, &weeks.1), window, length, &busy, MOST_SUGGESTIONS))
}

/// The hours that somebody ticked, in the zone that they chose with them or else in the directory's.
fn week(answers: &Answers, card: &Card) -> Week {
    let chosen = Some(&answers.time_zone).filter(|name| !name.is_empty()).and_then(|name| TimeZone::get(name).ok());
    Week::new(&answers.times, chosen.unwrap_or_else(|| card.zone()))
}

/// A typed time, as the form shows it again.
struct TypedRow {
    name: String,
    number: usize,
    /// The same moment elsewhere, once it can be read.
    elsewhere: String,
}

#[derive(Template)]
#[template(path = "meetings/propose.html")]
struct ProposePage {
    page: Page,
    seated: Seated,
    id: MeetingId,
    number: i64,
    /// The proposal that these times replace, if there is one.
    again: Option<Meeting>,
    suggested: Vec<Timestamp>,
    rows: Vec<TypedRow>,
    clocks: Clocks,
    form: Form,
    agreement: Agreement,
    /// Both have to sign first.
    gate: bool,
    /// Another proposal waits for an answer.
    open: Option<Meeting>,
}

impl ProposePage {
    async fn load(
        tx: &mut Tx,
        page: Page,
        access: &Access<PairId>,
        again: Option<Meeting>,
        form: Form,
    ) -> Answer<Self> {
        let seated = Seated::load(tx, access).await?;
        if !seated.pair.is_active() {
            return Err(Error::conflict("over"));
        }
        let round = programs::round(tx, &ByServer(seated.pair.round_id)).await?;
        let agreement = agreement::agreement(tx, access).await?;
        let meetings = of_pair(tx, access).await?;
        let id = again.as_ref().map_or_else(|| form.value("id").parse().unwrap_or_default(), |meeting| meeting.id);
        let minutes = form.value("minutes").parse().ok().filter(|minutes| (10..=240).contains(minutes));
        let minutes = minutes.unwrap_or(agreement.terms.meeting_minutes);
        let mut suggested = suggestions(tx, &seated, &round, id, agreement.terms.rhythm_days, minutes).await?;
        suggested.extend(picks(&form.fields).into_iter().filter(|at| *at > page.now));
        suggested.sort_unstable();
        suggested.dedup();
        let clocks = Clocks::new(&page, &seated);
        let rows = (1..=MOST_TIMES).map(|number| typed_row(&form, number, &page, &clocks)).collect();
        let open = meetings.iter().find(|meeting| meeting.state == State::Proposed && meeting.id != id).cloned();
        Ok(Self {
            gate: !agreement::lets_them_meet(&agreement, &seated.pair, &round),
            number: again.as_ref().map_or_else(|| next_number(&meetings), |meeting| meeting.number),
            page,
            seated,
            id,
            again,
            suggested,
            rows,
            clocks,
            form,
            agreement,
            open,
        })
    }

    fn has_signed(&self) -> bool {
        self.agreement.signature_of(&self.seated.me().id).is_some()
    }

    fn is_picked(&self, at: &Timestamp) -> bool {
        self.form.is("pick", &at.to_string())
    }

    fn has_typed(&self) -> bool {
        self.rows.iter().any(|row| !self.form.value(&row.name).is_empty())
    }

    fn action(&self) -> String {
        match &self.again {
            Some(meeting) => format!("{}/times", meeting.href()),
            None => format!("{}/meetings", self.seated.href()),
        }
    }
}

fn typed_row(form: &Form, number: usize, page: &Page, clocks: &Clocks) -> TypedRow {
    let name = format!("time_{number}");
    let at = times::read(form.value(&name), &page.zone, page.now).ok();
    TypedRow { number, elsewhere: at.map(|at| clocks.elsewhere(&at)).unwrap_or_default(), name }
}

/// The suggestions that were ticked.
fn picks(fields: &Fields) -> Vec<Timestamp> {
    fields.all("pick").filter_map(|text| text.parse().ok()).collect()
}

/// Reads the form with times.
fn read(fields: &Fields, page: &Page) -> Result<Proposal, Problems> {
    let mut check = fields.check();
    let mut times = picks(fields);
    if times.iter().any(|at| *at <= page.now) {
        check.problem("pick", "time_past", Vec::new());
    }
    for number in 1..=MOST_TIMES {
        let name = format!("time_{number}");
        if let Some(at) = times::typed(&mut check, &name, fields.get(&name), &page.zone, page.now) {
            if times.contains(&at) {
                check.problem(&name, "time_twice", Vec::new());
            }
            times.push(at);
        }
    }
    times.sort_unstable();
    times.dedup();
    count(&mut check, fields, &times);
    let minutes = check.number("minutes", 10, 240);
    let place = place(&mut check);
    check.done(|| Some(Proposal { times, minutes: minutes?, place: place? }))
}

fn count(check: &mut Check<'_>, fields: &Fields, times: &[Timestamp]) {
    let nothing_typed = (1..=MOST_TIMES).all(|number| fields.get(&format!("time_{number}")).trim().is_empty());
    if times.is_empty() && nothing_typed {
        check.problem("pick", "time_none", Vec::new());
    } else if times.len() > MOST_TIMES {
        check.problem("pick", "time_many", vec![("max", MOST_TIMES.to_string())]);
    }
}

/// A room, or an address to open: only https, because it becomes a link in letters and calendars.
fn place(check: &mut Check<'_>) -> Option<Option<String>> {
    let place = check.optional_text("place", 300)?;
    if let Some(text) = &place
        && (text.contains('\n') || (text.contains("://") && !text.starts_with("https://")))
    {
        check.problem("place", "place_odd", Vec::new());
        return None;
    }
    Some(place)
}

/// `GET /pairs/{pair}/meetings/new`
pub async fn new(app: App, page: Page, access: Access<PairId>) -> Answer {
    let mut tx = app.db.read().await?;
    let agreement = agreement::agreement(&mut tx, &access).await?;
    // A video link is mostly the same as last time.
    let last_place = of_pair(&mut tx, &access).await?.into_iter().rev().find_map(|meeting| meeting.place);
    let form = Form::filled([
        ("id", MeetingId::new().to_string()),
        ("minutes", agreement.terms.meeting_minutes.to_string()),
        ("place", last_place.unwrap_or_default()),
    ]);
    page::html(&ProposePage::load(&mut tx, page, &access, None, form).await?)
}

/// Whether the form was sent only to see the times in the other zone.
fn only_looks(fields: &Fields) -> bool {
    fields.is("act", "look")
}

/// `POST /pairs/{pair}/meetings`
pub async fn create(app: App, page: Page, access: Access<PairId>, fields: Fields) -> Answer {
    let id: MeetingId = fields.get("id").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let read = read(&fields, &page);
    let mut tx = app.db.write().await?;
    match read {
        Ok(proposal) if !only_looks(&fields) => {
            propose::propose(&mut tx, &app, &access, id, &proposal).await?;
            tx.commit().await?;
            Ok(page::done(&format!("/pairs/{}/meetings/{id}", access.id), "times_proposed"))
        }
        read => again(&mut tx, page, &access, None, fields, read).await,
    }
}

/// The form once more: with its problems, or as a look at the times on both clocks.
async fn again(
    tx: &mut Tx,
    page: Page,
    access: &Access<PairId>,
    meeting: Option<Meeting>,
    fields: Fields,
    read: Result<Proposal, Problems>,
) -> Answer {
    let problems = read.err().unwrap_or_default();
    let looks = problems.is_empty();
    let it = ProposePage::load(tx, page, access, meeting, Form::back(fields, problems)).await?;
    if looks { page::html(&it) } else { page::invalid(&it) }
}

/// `GET /pairs/{pair}/meetings/{meeting}/times`
pub async fn times_again(app: App, page: Page, access: Access<PairId>, Part(id): Part<MeetingId>) -> Answer {
    let mut tx = app.db.read().await?;
    let meeting = meeting(&mut tx, &access, id).await?;
    if meeting.state != State::Proposed {
        return Ok(page::see_other(&meeting.href()));
    }
    let mut form =
        Form::filled([("minutes", meeting.minutes.to_string()), ("place", meeting.place.clone().unwrap_or_default())]);
    // Times that did not fit are not proposed once more.
    if meeting.other_times_at.is_none() {
        for at in store::times(&mut tx, id).await? {
            form.fields.push("pick", at.to_string());
        }
    }
    page::html(&ProposePage::load(&mut tx, page, &access, Some(meeting), form).await?)
}

/// `POST /pairs/{pair}/meetings/{meeting}/times`
pub async fn offer_again(
    app: App,
    page: Page,
    access: Access<PairId>,
    Part(id): Part<MeetingId>,
    fields: Fields,
) -> Answer {
    let read = read(&fields, &page);
    let mut tx = app.db.write().await?;
    match read {
        Ok(proposal) if !only_looks(&fields) => {
            propose::offer_again(&mut tx, &app, &access, id, &proposal).await?;
            tx.commit().await?;
            Ok(page::done(&format!("/pairs/{}/meetings/{id}", access.id), "times_proposed"))
        }
        read => {
            let meeting = meeting(&mut tx, &access, id).await?;
            again(&mut tx, page, &access, Some(meeting), fields, read).await
        }
    }
}

#[derive(Template)]
#[template(path = "meetings/move.html")]
struct MovePage {
    page: Page,
    seated: Seated,
    meeting: Meeting,
    starts_at: Timestamp,
    suggested: Vec<Timestamp>,
    clocks: Clocks,
    form: Form,
}

impl MovePage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<PairId>, id: MeetingId, form: Form) -> Answer<Self> {
        let seated = Seated::load(tx, access).await?;
        let meeting = meeting(tx, access, id).await?;
        let starts_at = meeting.starts_at.filter(|_| meeting.state == State::Planned);
        let starts_at = starts_at.ok_or_else(|| Error::conflict("over"))?;
        let days = agreement::agreement(tx, access).await?.terms.rhythm_days;
        let round = programs::round(tx, &seated.pair.round_leave()).await?;
        let mut suggested = suggestions(tx, &seated, &round, id, days, meeting.minutes).await?;
        suggested.retain(|at| *at != starts_at);
        let clocks = Clocks::new(&page, &seated);
        Ok(Self { page, seated, meeting, starts_at, suggested, clocks, form })
    }

    /// What the typed time reads elsewhere.
    fn typed_elsewhere(&self) -> String {
        let at = times::read(self.form.value("time"), &self.page.zone, self.page.now);
        at.map(|at| self.clocks.elsewhere(&at)).unwrap_or_default()
    }
}

/// `GET /pairs/{pair}/meetings/{meeting}/move`
pub async fn show_move(app: App, page: Page, access: Access<PairId>, Part(id): Part<MeetingId>) -> Answer {
    let mut tx = app.db.read().await?;
    let meeting = meeting(&mut tx, &access, id).await?;
    if meeting.has_begun(tx.now()) {
        return Err(Error::conflict("began_already"));
    }
    let form = Form::filled([("place", meeting.place.unwrap_or_default())]);
    page::html(&MovePage::load(&mut tx, page, &access, id, form).await?)
}

/// The time that was chosen: as it is, a suggestion, or typed.
fn new_time(check: &mut Check<'_>, fields: &Fields, page: &Page, before: Timestamp) -> Option<Timestamp> {
    let typed = !fields.get("time").trim().is_empty();
    match fields.get("at") {
        "keep" => Some(before),
        "typed" if !typed => {
            check.problem("time", "missing", Vec::new());
            None
        }
        "typed" | "" if typed => times::typed(check, "time", fields.get("time"), &page.zone, page.now),
        _ => check.choice::<Timestamp>("at"),
    }
}

/// `POST /pairs/{pair}/meetings/{meeting}/move`
pub async fn save_move(
    app: App,
    page: Page,
    access: Access<PairId>,
    Part(id): Part<MeetingId>,
    fields: Fields,
) -> Answer {
    let seen: i64 = fields.get("sequence").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    let before = meeting(&mut tx, &access, id).await?;
    let starts_at = before.starts_at.ok_or_else(|| Error::conflict("over"))?;
    let mut check = fields.check();
    let at = new_time(&mut check, &fields, &page, starts_at);
    let place = place(&mut check);
    let done = match check.done(|| Some((at?, place?))) {
        Ok(_) if only_looks(&fields) => {
            let form = Form { fields, ..Form::default() };
            return page::html(&MovePage::load(&mut tx, page, &access, id, form).await?);
        }
        Ok((at, place)) if at == starts_at && place == before.place => return Ok(page::see_other(&before.href())),
        Ok((at, place)) => change::move_to(&mut tx, &app, &access, id, seen, (at, place.as_deref())).await?,
        Err(problems) => Err(problems),
    };
    match done {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&before.href(), "meeting_moved"))
        }
        Err(problems) => {
            page::invalid(&MovePage::load(&mut tx, page, &access, id, Form::back(fields, problems)).await?)
        }
    }
}
