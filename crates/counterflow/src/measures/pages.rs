//! The page of a round's measures: what is to show, what it can show, and when people are asked.

use askama::Template;
use axum::http::StatusCode;
use serde_json::Value;

use super::{
    Expected, Plan, Standing,
    note::{self, Note, SPREAD, Size},
    rows::{self, Row},
    save as save_plan, store,
};
use crate::{
    checkins::{self, Occasion, Waves},
    kernel::{
        app::App,
        clock::{Day, Timestamp},
        db::Tx,
        error::{Answer, Error},
        form::{Check, Fields, Form, Problems},
        guard::Access,
        ids::RoundId,
        page::{self, Page, Query},
    },
    programs::{
        Seen, Stage,
        round_pages::overtaken_words,
        stages::{self, Step},
        template::{Kpi, Question},
    },
};

/// The most pairs of a plan.
const MOST_PAIRS: i64 = 100_000;

/// A measure with what it can show.
struct Noted {
    kpi: Kpi,
    note: Note,
}

/// What all measures can show with so many people.
#[derive(Template)]
#[template(path = "measures/notes.html")]
struct Notes {
    notes: Vec<Noted>,
    size: Size,
    /// `of whom` is said only where not everybody is expected to answer.
    everybody: bool,
}

impl Notes {
    fn of(standing: &Standing, kpis: Vec<Kpi>, expected: Expected) -> Answer<Self> {
        let pairs = expected.pairs.unwrap_or(standing.likely_pairs);
        let minimum = standing.round.minimum_reporting_size;
        let size = Size { pairs, answering: expected.answering, minimum };
        let design = &standing.program.design;
        let noted = |kpi: Kpi| {
            let note = note::note(&kpi, design, size).map_err(Error::defect)?;
            Ok(Noted { note, kpi })
        };
        let notes = kpis.into_iter().map(noted).collect::<Answer<Vec<_>>>()?;
        Ok(Self { notes, size, everybody: expected.answering == 100 })
    }
}

/// A wave on the timeline.
struct Wave {
    occasion: Occasion,
    on: Day,
    questions: usize,
    /// Whether people have been asked already: then the day stays.
    asked: bool,
    to_come: bool,
}

/// A measure that was changed after the launch.
struct Change {
    at: Timestamp,
    who: String,
    name: String,
    before: Option<f64>,
    after: Option<f64>,
}

#[derive(Template)]
#[template(path = "measures/measures.html")]
struct MeasuresPage {
    page: Page,
    standing: Standing,
    steps: Vec<Step>,
    form: Form,
    conflict: Option<String>,
    notes: Notes,
    waves: Vec<Wave>,
    changes: Vec<Change>,
}

impl MeasuresPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, form: Option<Form>) -> Answer<Self> {
        let standing = Standing::read(tx, access).await?;
        let asked = checkins::asked_waves(tx, access).await?;
        let changes = changes(store::changes_since_launch(tx, &standing.round.program_leave()).await?)?;
        let form = form.unwrap_or_else(|| Form { fields: filled(&standing.plan), ..Form::default() });
        let kpis = rows::readable(&form.fields, &standing.program.design);
        Ok(Self {
            steps: stages::steps(&standing.round, Some(Stage::Design)),
            notes: Notes::of(&standing, kpis, expected(&form.fields))?,
            waves: timeline(&standing, &asked, page.now.day_in(&page.zone)),
            form,
            conflict: None,
            changes,
            page,
            standing,
        })
    }

    fn rows(&self) -> Vec<Row> {
        rows::rows(&self.form)
    }

    fn design_href(&self) -> String {
        format!("{}/design", self.standing.round.href())
    }

    fn seen(&self) -> Seen {
        self.standing.seen()
    }

    /// The questions whose answers can be counted.
    fn countable(&self) -> Vec<&Question> {
        let mut found: Vec<&Question> = Vec::new();
        for question in self.standing.program.design.checkins.iter().flat_map(|checkin| &checkin.questions) {
            if rows::is_figure(question) && !found.iter().any(|other| other.key == question.key) {
                found.push(question);
            }
        }
        found
    }

    /// Whether a source stands among the choices. One that does not any more stays what it is.
    fn is_listed(&self, source: &str) -> bool {
        let counts = |question: &&Question| source.strip_prefix("question:") == Some(&question.key);
        rows::FIGURES.contains(&source) || self.countable().iter().any(counts)
    }

    fn has_asked(&self, occasion: &str) -> bool {
        self.waves.iter().any(|wave| wave.occasion.name() == occasion && wave.asked)
    }
}

fn filled(plan: &Plan) -> Fields {
    let mut fields = Fields::filled([
        ("pairs", plan.expected.pairs.map(|pairs| pairs.to_string()).unwrap_or_default()),
        ("answering", plan.expected.answering.to_string()),
        ("midpoint", plan.waves.midpoint.to_string()),
        ("endline", plan.waves.endline.to_string()),
    ]);
    rows::fill(&mut fields, &plan.kpis);
    fields
}

/// The numbers that a form expects, as far as they can be read.
fn expected(fields: &Fields) -> Expected {
    let number = |name: &str, most: i64| {
        fields.get(name).trim().parse::<i64>().ok().filter(|number| (1..=most).contains(number))
    };
    Expected {
        pairs: number("pairs", MOST_PAIRS),
        answering: number("answering", 100).unwrap_or(Expected::default().answering),
    }
}

fn timeline(standing: &Standing, asked: &[(Occasion,)], today: Day) -> Vec<Wave> {
    let (round, waves) = (&standing.round, standing.plan.waves);
    let days = [
        (Occasion::Baseline, round.starts_on),
        (Occasion::Midpoint, waves.midpoint),
        (Occasion::Endline, waves.endline),
    ];
    let wave = |(occasion, on): (Occasion, Day)| Wave {
        occasion,
        on,
        questions: asked_at(standing, occasion),
        asked: asked.iter().any(|(other,)| *other == occasion),
        to_come: on > today,
    };
    days.into_iter().map(wave).collect()
}

/// How many questions an occasion has, on both sides together.
fn asked_at(standing: &Standing, occasion: Occasion) -> usize {
    let mut at = standing.program.design.checkins.iter().filter(|checkin| checkin.occasion == occasion.name());
    at.next().map_or(0, |checkin| checkin.questions.len())
}

/// The targets that are others than before, from the record.
fn changes(rows: Vec<store::ChangeRow>) -> Answer<Vec<Change>> {
    let mut changes = Vec::new();
    for row in rows {
        let data: Value = serde_json::from_str(&row.data).map_err(Error::defect)?;
        let read = |side: &str| serde_json::from_value::<Vec<Kpi>>(data[side].clone()).map_err(Error::defect);
        let (before, after) = (read("before")?, read("after")?);
        let find = |list: &[Kpi], key: &str| list.iter().find(|kpi| kpi.key == key).map(|kpi| kpi.target);
        let gone = before.iter().filter(|kpi| find(&after, &kpi.key).is_none());
        for kpi in after.iter().chain(gone) {
            let (before, after) = (find(&before, &kpi.key), find(&after, &kpi.key));
            if before != after {
                changes.push(Change { at: row.at, who: row.who.clone(), name: kpi.name.clone(), before, after });
            }
        }
    }
    Ok(changes)
}

/// `GET /rounds/{round}/measures`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&MeasuresPage::load(&mut tx, page, &access, None).await?)
}

/// `GET /rounds/{round}/measures/notes`: a piece of the page, for measures that are being changed.
pub async fn notes(app: App, access: Access<RoundId>, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    let standing = Standing::read(&mut tx, &access).await?;
    let kpis = rows::readable(&query, &standing.program.design);
    page::html(&Notes::of(&standing, kpis, expected(&query))?)
}

/// `POST /rounds/{round}/measures`
pub async fn save(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let standing = Standing::read(&mut tx, &access).await?;
    let asked = checkins::asked_waves(&mut tx, &access).await?;
    let (plan, seen) = match read(&fields, &standing, &asked) {
        Ok(read) => read,
        Err(problems) => {
            let form = Some(Form::back(fields, problems));
            return page::invalid(&MeasuresPage::load(&mut tx, page, &access, form).await?);
        }
    };
    match save_plan(&mut tx, &access, &plan, seen).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&format!("/rounds/{}/measures", access.id), "saved"))
        }
        Err(error) => {
            let conflict = overtaken_words(error)?;
            drop(tx);
            let mut tx = app.db.read().await?;
            let form = Some(Form::back(fields, Problems::default()));
            let shown = MeasuresPage::load(&mut tx, page, &access, form).await?;
            let mut response = page::html(&MeasuresPage { conflict: Some(conflict), ..shown })?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
    }
}

fn read(fields: &Fields, standing: &Standing, asked: &[(Occasion,)]) -> Result<(Plan, Seen), Problems> {
    let mut check = fields.check();
    let (round, program) = (check.number("round_version", 0, i64::MAX), check.number("program_version", 0, i64::MAX));
    let kpis = rows::read(&mut check, fields, &standing.program.design);
    let pairs =
        if fields.get("pairs").trim().is_empty() { Some(None) } else { check.number("pairs", 1, MOST_PAIRS).map(Some) };
    let answering = check.number("answering", 1, 100);
    let waves = read_waves(&mut check, standing, asked);
    check.done(|| {
        let expected = Expected { pairs: pairs?, answering: answering? };
        Some((Plan { kpis: kpis?, waves: waves?, expected }, Seen { round: round?, program: program? }))
    })
}

/// Both days lie within the round, in their order; a wave that has asked already stays where it was.
fn read_waves(check: &mut Check<'_>, standing: &Standing, asked: &[(Occasion,)]) -> Option<Waves> {
    let (dates, stored) = (standing.round.dates(), standing.plan.waves);
    let mut day = |field: &'static str, occasion: Occasion, was: Day| {
        if asked.iter().any(|(other,)| *other == occasion) {
            return Some(was);
        }
        let day = check.day(field)?;
        if !(dates.starts_on..=dates.ends_on).contains(&day) && day != was {
            check.problem(field, "wave_outside", Vec::new());
            return None;
        }
        Some(day)
    };
    let (midpoint, endline) =
        (day("midpoint", Occasion::Midpoint, stored.midpoint), day("endline", Occasion::Endline, stored.endline));
    let waves = Waves { midpoint: midpoint?, endline: endline? };
    if waves.endline <= waves.midpoint && waves != stored {
        check.problem("endline", "wave_order", Vec::new());
        return None;
    }
    Some(waves)
}
