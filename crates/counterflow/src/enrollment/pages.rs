//! The stage page: how enrollment stands, the one next thing, everybody who takes part, and what is done to many.

use askama::Template;

use super::{
    Act, Admission, MOST_REMINDERS, ReminderPlan, Standing, State,
    bulk_pages::LastAct,
    list_store::{self, Counts, Found, Listed, Order},
    reminding::{self, set_reminder_plan},
    rules::{self, Field},
    set_admission, standing,
    standing::{Next, Registration},
    store,
    table::Shown,
    takes_people,
    waiting_store::{self, Carried},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        export, filters,
        form::{Fields, Form},
        guard::Access,
        ids::RoundId,
        page::{self, Page, Query},
    },
    programs::{
        self, Round, Side, Stage,
        stages::{self, Step},
        template::Eligibility,
    },
};

/// So many people are listed at once.
const PER_PAGE: i64 = 100;

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
    steps: Vec<Step>,
    standing: Standing,
    registration: Registration,
    next: Next,
    rules: Eligibility,
    admission: Admission,
    plan: ReminderPlan,
    /// When the next reminder goes out by itself.
    next_reminder: Option<Timestamp>,
    /// Who came over from an earlier round.
    carried: Vec<Carried>,
    /// The last act on many, while it can be taken back.
    last: Option<LastAct>,
    form: Form,
    shown: Shown,
    /// How many the table has on all its pages.
    found: i64,
    /// After how many of them this page begins.
    first: i64,
    people: Vec<Listed>,
    newer: Option<i64>,
    older: Option<i64>,
    is_open: bool,
}

impl EnrollPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, query: &Fields, form: Form) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let standing = standing(tx, access).await?;
        let is_over = page.now.day_in(&page.zone) > round.enroll_until || !takes_people(round.stage);
        let registration = if is_over { Registration::Over } else { Registration::Open };
        let shown = Shown::read(query);
        let plan = reminding::plan(tx, access).await?;
        let from: i64 = query.get("from").parse().unwrap_or(0);
        let found = match standing.count_on(&shown.filter) {
            Some(found) => found,
            None => list_store::count(tx, access, &shown.filter).await?,
        };
        // An address that leads past the end, kept since there were more, shows the last page.
        let from = from.clamp(0, (found - 1).max(0) / PER_PAGE * PER_PAGE);
        let people = list_store::list(tx, access, &shown, PER_PAGE, from).await?;
        Ok(Self {
            steps: stages::steps(&round, Some(Stage::Enroll)),
            next: standing.next(registration),
            registration,
            standing,
            rules: rules::eligibility(&round)?,
            admission: store::admission(tx, round.id).await?,
            next_reminder: if is_over { None } else { reminding::next_at(tx, access, plan).await? },
            plan,
            carried: waiting_store::carried(tx, access).await?,
            last: LastAct::latest(tx, access).await?,
            form,
            shown,
            found,
            first: from,
            newer: (from > 0).then(|| (from - PER_PAGE).max(0)),
            older: (found > from + PER_PAGE).then_some(from + PER_PAGE),
            people,
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

    fn on_side(&self, side: &Side) -> String {
        self.link(&self.shown.on(Some(*side)), 0)
    }

    fn on_both_sides(&self) -> String {
        self.link(&self.shown.on(None), 0)
    }

    fn in_state(&self, state: &State) -> String {
        self.link(&self.shown.in_state(Some(*state)), 0)
    }

    fn is_state(&self, state: &State) -> bool {
        self.shown.filter.state == Some(*state)
    }

    fn in_any_state(&self) -> String {
        self.link(&self.shown.in_state(None), 0)
    }

    fn with(&self, found: &Found) -> String {
        self.link(&self.shown.with(Some(*found)), 0)
    }

    fn is_with(&self, found: &Found) -> bool {
        self.shown.filter.found == Some(*found)
    }

    fn by(&self, order: Order) -> String {
        self.link(&self.shown.by(order), 0)
    }

    /// How a column is sorted, as `aria-sort` says it.
    fn sorted(&self, order: Order) -> &'static str {
        match (self.shown.order == order, self.shown.backwards) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }

    /// The table, shown in another way or from another row on.
    fn link(&self, shown: &Shown, from: i64) -> String {
        format!("{}/enroll?{}#people", self.round.href(), shown.query(from))
    }

    /// Other pages of the same list.
    fn from(&self, from: &i64) -> String {
        self.link(&self.shown, *from)
    }

    /// The number of the last row on this page.
    fn last_row(&self) -> i64 {
        self.first + i64::try_from(self.people.len()).unwrap_or_default()
    }

    /// Where an act on somebody leads back to.
    fn back(&self) -> String {
        self.link(&self.shown, self.first)
    }

    fn file(&self) -> String {
        format!("{}/participants.csv?{}", self.round.href(), self.shown.query(0))
    }

    /// How many more mentors to invite for the places that are missing, as they said yes so far; none while it is unknown.
    fn to_invite_more(&self) -> Option<(i64, i64)> {
        let mentors = &self.standing.mentors;
        let lacking = self.standing.places_lacking() - mentors.may_answer();
        let answered = mentors.registered + mentors.declined;
        (lacking > 0 && answered >= 5 && mentors.registered > 0).then(|| {
            let said_yes = mentors.registered * 100 / answered;
            ((lacking * answered + mentors.registered - 1) / mentors.registered, said_yes)
        })
    }
}

/// `GET /rounds/{round}/enroll?side=&state=&mail=&q=&sort=&from=`
pub async fn show(app: App, page: Page, access: Access<RoundId>, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&EnrollPage::load(&mut tx, page, &access, &query, Form::default()).await?)
}

/// The same page with a form that came back.
pub(super) async fn back_with(mut tx: Tx, page: Page, access: &Access<RoundId>, form: Form) -> Answer {
    page::invalid(&EnrollPage::load(&mut tx, page, access, &Fields::default(), form).await?)
}

/// `GET /rounds/{round}/participants.csv?side=&state=&mail=&q=&sort=`: the table as a file.
pub async fn file(app: App, access: Access<RoundId>, Query(query): Query) -> Answer {
    const HEAD: [&str; 17] = [
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
        "waiting_since",
        "last_letter",
        "bounced",
    ];
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let people = list_store::list(&mut tx, &access, &Shown::read(&query), i64::MAX, 0).await?;
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
            at(one.waits_since),
            text(one.letter),
            text(one.bounced),
        ]
    };
    export::csv(&format!("{} participants", round.label()), HEAD, people.into_iter().map(row))
}

/// `POST /rounds/{round}/admission-policy`
pub async fn set_policy(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    let policy = fields.get("policy").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    set_admission(&mut tx, &access, policy).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/enroll#settings", access.id), "saved"))
}

/// `POST /rounds/{round}/reminder-plan`: after how many days, and how often.
pub async fn plan_reminders(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let days = check.number("days", *ReminderPlan::DAYS.start(), *ReminderPlan::DAYS.end());
    let times = check.number("times", 0, MOST_REMINDERS);
    let mut tx = app.db.write().await?;
    match check.done(|| Some(ReminderPlan { days: days?, times: times? })) {
        Ok(plan) => set_reminder_plan(&mut tx, &access, plan).await?,
        Err(problems) => return back_with(tx, page, &access, Form::back(fields, problems)).await,
    }
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/enroll#reminders", access.id), "saved"))
}
