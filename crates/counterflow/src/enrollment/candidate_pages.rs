//! Choosing the people of one side: the rules, who fits them, and picking from these.

use askama::Template;
use axum::http::StatusCode;

use super::{
    choose, choose_by_email, choose_everybody_who_fits,
    choosing::{Candidates, Chosen},
    fitting::{Fitting, Share},
    pages::{self, enroll_path},
    rule_form::{self, Held, Row},
    rules::{self, Field},
    takes_people,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        form::{Fields, Form, Problems},
        guard::{Access, Segment},
        ids::{PersonId, RoundId},
        page::{self, Page, Query},
    },
    people::{Rows, Somebody},
    programs::{
        self, Round, Side, Stage, set_eligibility,
        stages::{self, Step},
        template::Rule,
    },
};

/// So many names are listed at once.
const PER_PAGE: usize = 100;
/// No list begins farther down.
const FARTHEST: usize = 1_000_000;
/// So many stand for the others.
const SAMPLE: usize = 5;

/// How many fit.
struct Fit {
    count: usize,
    of: usize,
    taken: usize,
    elsewhere: usize,
    sample: Vec<String>,
    /// Where nobody fits: what each rule does.
    blame: Vec<Blame>,
}

/// A rule among others that nobody fulfills together.
struct Blame {
    field: Field,
    rule: Rule,
    share: Share,
}

impl Fit {
    fn of(candidates: &Candidates, rules: &[Rule], fitting: &Fitting, all: &Rows) -> Self {
        let (count, of) = (all.count(), candidates.rows.count());
        let step = (count / SAMPLE).max(1);
        let sample = all.iter().step_by(step).take(SAMPLE).map(|row| candidates.directory.at(row).name.clone());
        let blame =
            |(rule, share): (&Rule, Share)| Blame { field: Field::named(&rule.field), rule: rule.clone(), share };
        let shares = if count == 0 && of > 0 { fitting.shares() } else { Vec::new() };
        let blame = rules.iter().zip(shares).map(blame).collect();
        let (taken, elsewhere) = (candidates.taken, candidates.elsewhere);
        Self { count, of, taken, elsewhere, sample: sample.collect(), blame }
    }

    /// Whether leaving out one rule is enough for somebody to fit.
    fn one_rule_is_enough(&self) -> bool {
        self.blame.iter().any(|blame| blame.share.without > 0)
    }
}

#[derive(Template)]
#[template(path = "enrollment/candidates.html")]
struct CandidatesPage {
    page: Page,
    round: Round,
    steps: Vec<Step>,
    side: Side,
    version: i64,
    rows: Vec<Row>,
    problems: Form,
    addable: Vec<Field>,
    fit: Fit,
    people: Vec<Somebody>,
    find: String,
    newer: Option<usize>,
    older: Option<usize>,
    is_open: bool,
}

/// What the page shows: the rules to be shown, and which of those who fit.
struct Shown {
    rules: Vec<Rule>,
    problems: Problems,
    find: String,
    from: usize,
}

impl CandidatesPage {
    fn program_href(&self) -> String {
        format!("/programs/{}", self.round.program_id)
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    async fn load(
        tx: &mut Tx,
        (app, page): (&App, Page),
        access: &Access<RoundId>,
        side: Side,
        shown: Shown,
    ) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let candidates = Candidates::of(tx, app, access).await?;
        let fitting = candidates.fitting(&shown.rules);
        let all = fitting.all();
        let mut found = candidates.directory.called(&shown.find, &all).skip(shown.from);
        Ok(Self {
            page,
            steps: stages::steps(&round, Some(Stage::Enroll)),
            side,
            version: round.version,
            rows: rule_form::rows(&shown.rules, &shown.problems, &candidates),
            problems: Form::back(Fields::default(), shown.problems),
            addable: candidates.directory.fields(),
            fit: Fit::of(&candidates, &shown.rules, &fitting, &all),
            people: found.by_ref().take(PER_PAGE).cloned().collect(),
            newer: (shown.from > 0).then(|| shown.from.saturating_sub(PER_PAGE)),
            older: found.next().map(|_| shown.from + PER_PAGE),
            find: shown.find,
            is_open: takes_people(round.stage),
            round,
        })
    }
}

fn side_of(segment: &Segment) -> Answer<Side> {
    segment.last().parse().map_err(|_| Error::NotFound)
}

fn candidates_path(round: RoundId, side: Side) -> String {
    format!("/rounds/{round}/candidates/{side}")
}

/// `GET /rounds/{round}/candidates/{side}?q=&from=`
pub async fn list(app: App, page: Page, access: Access<RoundId>, segment: Segment, Query(query): Query) -> Answer {
    let side = side_of(&segment)?;
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let shown = Shown {
        rules: rules::eligibility(&round)?.of(side).to_vec(),
        problems: Problems::default(),
        find: query.get("q").trim().to_owned(),
        from: query.get("from").parse().unwrap_or(0).min(FARTHEST),
    };
    page::html(&CandidatesPage::load(&mut tx, (&app, page), &access, side, shown).await?)
}

#[derive(Template)]
#[template(path = "enrollment/fit.html")]
struct FitFragment {
    fit: Fit,
    counted: Counted,
}

/// Of which rules a count is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// Those that are saved.
    Saved,
    /// Those that are being changed.
    Typed,
    /// Those that are being changed, and are not filled in yet.
    Incomplete,
}

/// `GET /rounds/{round}/candidates/{side}/count`: a piece of the page, for rules that are being changed.
pub async fn count(app: App, access: Access<RoundId>, _: Segment, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    let rules = rule_form::typed(&query);
    let candidates = Candidates::of(&mut tx, &app, &access).await?;
    let counted = if rule_form::check(&rules).is_ok() { Counted::Typed } else { Counted::Incomplete };
    let fitting = candidates.fitting(&rules);
    page::html(&FitFragment { fit: Fit::of(&candidates, &rules, &fitting, &fitting.all()), counted })
}

/// `POST /rounds/{round}/candidates/{side}/rules`
pub async fn save_rules(app: App, page: Page, access: Access<RoundId>, segment: Segment, fields: Fields) -> Answer {
    let side = side_of(&segment)?;
    let seen: i64 = fields.get("version").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let typed = rule_form::typed(&fields);
    let mut tx = app.db.write().await?;
    if let Err(problems) = rule_form::check(&typed) {
        let shown = Shown { rules: typed, problems, find: String::new(), from: 0 };
        let mut back = CandidatesPage::load(&mut tx, (&app, page), &access, side, shown).await?;
        back.version = seen;
        return page::invalid(&back);
    }
    let round = programs::round(&mut tx, &access).await?;
    let mut all = rules::eligibility(&round)?;
    match side {
        Side::Mentor => all.mentor = typed,
        Side::Mentee => all.mentee = typed,
    }
    set_eligibility(&mut tx, &access, seen, &all).await?;
    tx.commit().await?;
    Ok(page::done(&format!("{}#rules", candidates_path(access.id, side)), "saved"))
}

/// `POST /rounds/{round}/choices`: everybody who fits, the ticked ones, or one person by e-mail.
pub async fn make_choice(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let side: Side = fields.get("side").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    if fields.iter().any(|(name, _)| name == "email") {
        return choose_one(tx, page, access, side, fields).await;
    }
    if fields.is("everybody", "yes") {
        choose_everybody_who_fits(&mut tx, &app, &access, side).await?;
    } else {
        let people: Vec<PersonId> = fields.all("person").filter_map(|id| id.parse().ok()).collect();
        if people.is_empty() {
            return Err(Error::Trouble {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                key: "nobody_ticked",
                data: Vec::new(),
            });
        }
        choose(&mut tx, &access, side, &people).await?;
    }
    tx.commit().await?;
    Ok(page::done(&enroll_path(access.id, side), "chosen"))
}

async fn choose_one(mut tx: Tx, page: Page, access: Access<RoundId>, side: Side, fields: Fields) -> Answer {
    let mut check = fields.check();
    let email = check.email("email");
    let problems = match check.done(|| email) {
        Ok(email) => match choose_by_email(&mut tx, &access, side, &email).await? {
            Chosen::Now => {
                tx.commit().await?;
                return Ok(page::done(&enroll_path(access.id, side), "chosen"));
            }
            Chosen::Already => Problems::one("email", "takes_part"),
            Chosen::OtherSide => Problems::one("email", "other_side"),
            Chosen::Elsewhere(elsewhere) => Problems::with("email", "elsewhere", vec![("elsewhere", elsewhere)]),
            Chosen::Nobody => Problems::one("email", "nobody"),
        },
        Err(problems) => problems,
    };
    pages::back_with(tx, page, &access, Form::back(fields, problems)).await
}
