//! The stage page: how enrollment stands, the one next thing, everybody who takes part, and what is done to many.

use askama::Template;

use super::{
    Admission, Standing, State, admit_all, invite_all,
    list_store::{self, Counts, Filter, Listed},
    remind_all,
    rules::{self, Field},
    set_admission, standing,
    standing::{Next, Registration},
    store, takes_people,
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        export,
        form::{Fields, Form},
        guard::Access,
        ids::RoundId,
        page::{self, Page, Query},
    },
    programs::{
        self, Direction, Round, Side, Stage,
        stages::{self, Step},
        template::Eligibility,
    },
};

/// So many people are listed at once.
const PER_PAGE: i64 = 100;
/// No list begins farther down.
const FARTHEST: i64 = 1_000_000;

/// The stage page, at the people of one side.
pub(super) fn enroll_path(round: RoundId, side: Side) -> String {
    format!("/rounds/{round}/enroll?side={side}#people")
}

/// A number with its base.
struct Share {
    count: i64,
    of: i64,
}

impl Share {
    /// Rounded half up.
    fn percent(&self) -> i64 {
        (self.count * 200 + self.of) / (2 * self.of.max(1))
    }
}

/// A line of the table that says how it stands.
struct Line {
    name: &'static str,
    /// Mentees, mentors.
    sides: [Share; 2],
}

#[derive(Template)]
#[template(path = "enrollment/enroll.html")]
struct EnrollPage {
    page: Page,
    round: Round,
    direction: Direction,
    steps: Vec<Step>,
    standing: Standing,
    registration: Registration,
    next: Next,
    rules: Eligibility,
    admission: Admission,
    form: Form,
    filter: Filter,
    people: Vec<Listed>,
    newer: Option<i64>,
    older: Option<i64>,
    is_open: bool,
}

impl EnrollPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, query: &Fields, form: Form) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let direction = programs::program_of(tx, &round).await?.direction;
        let standing = standing(tx, access).await?;
        let is_over = page.now.day_in(&page.zone) > round.enroll_until || !takes_people(round.stage);
        let registration = if is_over { Registration::Over } else { Registration::Open };
        let filter = filter(query);
        let from: i64 = query.get("from").parse().unwrap_or(0).clamp(0, FARTHEST);
        let mut people = list_store::list(tx, access, &filter, PER_PAGE + 1, from).await?;
        let older = (people.len() > PER_PAGE as usize).then_some(from + PER_PAGE);
        people.truncate(PER_PAGE as usize);
        Ok(Self {
            steps: stages::steps(&round, Some(Stage::Enroll)),
            direction,
            next: standing.next(registration),
            registration,
            standing,
            rules: rules::eligibility(&round)?,
            admission: store::admission(tx, round.id).await?,
            form,
            filter,
            people,
            newer: (from > 0).then(|| (from - PER_PAGE).max(0)),
            older,
            is_open: takes_people(round.stage),
            round,
            page,
        })
    }

    fn program_href(&self) -> String {
        format!("/programs/{}", self.round.program_id)
    }

    /// Leaders first.
    fn sides(&self) -> [Side; 2] {
        [Side::Mentee, Side::Mentor]
    }

    fn lines(&self) -> Vec<Line> {
        type Number = fn(&Counts) -> i64;
        let line = |name, count: Number, of: Number| Line {
            name,
            sides: self
                .sides()
                .map(|side| self.standing.of(side))
                .map(|side| Share { count: count(side), of: of(side) }),
        };
        vec![
            line("chosen", |side| side.chosen, |_| 0),
            line("invited", |side| side.invited, |side| side.chosen),
            line("opened", |side| side.opened, |side| side.invited),
            line("registered", |side| side.registered, |side| side.invited),
            line("admitted", |side| side.admitted, |side| side.registered),
            line("waiting", |side| side.waiting, |side| side.registered),
            line("declined", |side| side.declined, |side| side.invited),
        ]
    }

    /// The people of one side, in the state that is chosen.
    fn on_side(&self, side: &Side) -> String {
        format!("{}#people", self.query(Some(*side), self.filter.state, 0))
    }

    fn on_both_sides(&self) -> String {
        format!("{}#people", self.query(None, self.filter.state, 0))
    }

    /// The people in one state, on the side that is chosen.
    fn in_state(&self, state: &State) -> String {
        format!("{}#people", self.query(self.filter.side, Some(*state), 0))
    }

    fn is_state(&self, state: &State) -> bool {
        self.filter.state == Some(*state)
    }

    fn in_any_state(&self) -> String {
        format!("{}#people", self.query(self.filter.side, None, 0))
    }

    fn query(&self, side: Option<Side>, state: Option<State>, from: i64) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        side.map(|side| query.append_pair("side", side.name()));
        state.map(|state| query.append_pair("state", state.name()));
        if !self.filter.find.is_empty() {
            query.append_pair("q", &self.filter.find);
        }
        if from > 0 {
            query.append_pair("from", &from.to_string());
        }
        format!("{}/enroll?{}", self.round.href(), query.finish())
    }

    /// Other pages of the same list.
    fn from(&self, from: &i64) -> String {
        format!("{}#people", self.query(self.filter.side, self.filter.state, *from))
    }

    /// Where an act on somebody leads back to.
    fn back(&self) -> String {
        self.from(&0)
    }

    fn file(&self) -> String {
        self.query(self.filter.side, self.filter.state, 0).replacen("/enroll?", "/participants.csv?", 1)
    }
}

fn filter(query: &Fields) -> Filter {
    Filter {
        side: query.get("side").parse().ok(),
        state: query.get("state").parse().ok(),
        find: query.get("q").trim().to_owned(),
    }
}

/// `GET /rounds/{round}/enroll?side=&state=&q=&from=`
pub async fn show(app: App, page: Page, access: Access<RoundId>, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&EnrollPage::load(&mut tx, page, &access, &query, Form::default()).await?)
}

/// The same page with a form that came back.
pub(super) async fn back_with(mut tx: Tx, page: Page, access: &Access<RoundId>, form: Form) -> Answer {
    page::invalid(&EnrollPage::load(&mut tx, page, access, &Fields::default(), form).await?)
}

/// `GET /rounds/{round}/participants.csv?side=&state=&q=`: the table as a file.
pub async fn file(app: App, access: Access<RoundId>, Query(query): Query) -> Answer {
    const HEAD: [&str; 14] = [
        "name",
        "email",
        "title",
        "department",
        "location",
        "side",
        "state",
        "capacity",
        "invited_at",
        "opened_at",
        "reminders",
        "registered_at",
        "admitted_at",
        "declined_at",
    ];
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let people = list_store::list(&mut tx, &access, &filter(&query), i64::MAX, 0).await?;
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let text = |text: Option<String>| text.unwrap_or_default();
    let row = |one: Listed| {
        [
            one.name,
            text(one.email),
            text(one.title),
            text(one.department),
            text(one.location),
            one.role.to_string(),
            one.state.to_string(),
            one.capacity.to_string(),
            at(one.invited_at),
            at(one.opened_at),
            one.reminders.to_string(),
            at(one.registered_at),
            at(one.admitted_at),
            at(one.declined_at),
        ]
    };
    export::csv(&format!("{} participants", round.label()), HEAD, people.into_iter().map(row))
}

fn side_in(fields: &Fields) -> Answer<Side> {
    fields.get("side").parse().map_err(|_| Error::bad_request("unreadable"))
}

/// `POST /rounds/{round}/invitations`: to everybody on a side who was chosen.
pub async fn invite_chosen(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    let side = side_in(&fields)?;
    let mut tx = app.db.write().await?;
    invite_all(&mut tx, &app, &access, side).await?;
    tx.commit().await?;
    Ok(page::done(&enroll_path(access.id, side), "invited"))
}

/// `POST /rounds/{round}/reminders`: to everybody on a side who has not opened their link for a week.
pub async fn remind_silent(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    let side = side_in(&fields)?;
    let mut tx = app.db.write().await?;
    remind_all(&mut tx, &app, &access, side).await?;
    tx.commit().await?;
    Ok(page::done(&enroll_path(access.id, side), "reminded"))
}

/// `POST /rounds/{round}/admissions`: everybody on a side who registered.
pub async fn admit_registered(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    let side = side_in(&fields)?;
    let mut tx = app.db.write().await?;
    admit_all(&mut tx, &access, side).await?;
    tx.commit().await?;
    Ok(page::done(&enroll_path(access.id, side), "admitted"))
}

/// `POST /rounds/{round}/admission-policy`
pub async fn set_policy(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    let policy = fields.get("policy").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    set_admission(&mut tx, &access, policy).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/enroll#settings", access.id), "saved"))
}
