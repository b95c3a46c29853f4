//! Screening as managers see it: who applied, how each was scored, and what is asked.

use askama::Template;
use axum::http::StatusCode;

use super::{
    State,
    reviewing::{self, Review, Standing},
    screening::{self, BEST, Design, Line, Told, set_design, share_out},
    screening_store::{self, ApplicantRow, Assignment},
    takes_people,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        filters,
        form::{Check, Fields, Form},
        guard::Access,
        ids::{PersonId, RoundId},
        page::{self, Page},
    },
    people,
    programs::{
        self, Round, Stage,
        stages::{self, Step},
        template::entry::{LINES, LONGEST, MOST_QUESTIONS},
    },
};

/// With fewer lines there is little to compare.
const FEWEST_LINES: usize = *LINES.start();
const MOST_LINES: usize = *LINES.end();

/// Somebody who may be admitted.
struct Applicant {
    one: ApplicantRow,
    told: Vec<Told>,
    standing: Standing,
    /// Whether the viewer has still to give their own scores: until then they see no others.
    is_blind: bool,
    /// Whether it is the viewer's own application: nobody reads how they were scored.
    is_own: bool,
}

impl Applicant {
    fn of(one: ApplicantRow, assigned: &[Assignment], viewer: PersonId, lines: usize) -> Answer<Self> {
        let mine = assigned.iter().filter(|assignment| assignment.participant_id == one.id);
        let reviews: Vec<Review> = mine.map(|assignment| Review::of(assignment, lines)).collect();
        let is_blind = reviews.iter().any(|review| review.reviewer == viewer && !review.is_submitted);
        let told = one.answers.as_deref().map(serde_json::from_str).transpose().map_err(Error::defect)?;
        let is_own = one.person_id == viewer;
        Ok(Self { told: told.unwrap_or_default(), standing: Standing::of(reviews), is_blind, is_own, one })
    }

    /// Whether the viewer sees what was given: once enough is in to decide, and their own is. Not before: any manager may
    /// be asked to be the third, who is to be as blind as the first two.
    fn shows_scores(&self) -> bool {
        !self.is_blind && !self.is_own && self.standing.is_ready()
    }

    /// Whether somebody has still to be found who reads it.
    fn lacks_readers(&self) -> bool {
        !self.told.is_empty() && self.standing.asked < 2 + usize::from(self.standing.is_far_apart)
    }

    fn position(&self) -> String {
        people::position(&self.one.title, &self.one.location)
    }
}

#[derive(Template)]
#[template(path = "enrollment/screening.html")]
struct ScreeningPage {
    page: Page,
    round: Round,
    steps: Vec<Step>,
    design: Option<Design>,
    applicants: Vec<Applicant>,
    /// How many can read.
    readers: usize,
    is_open: bool,
}

impl ScreeningPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let design = screening::screening(tx, access).await?.map(|screening| screening.design);
        let lines = design.as_ref().map_or(0, |design| design.lines.len());
        let assigned = screening_store::assignments(tx, round.id).await?;
        let mut applicants = Vec::new();
        if design.is_some() {
            for one in screening_store::applicants(tx, round.id).await? {
                applicants.push(Applicant::of(one, &assigned, access.viewer.person, lines)?);
            }
        }
        // In the order of scores only for whoever may see all of them.
        if applicants.iter().all(|applicant| !applicant.is_blind && !applicant.is_own) {
            reviewing::rank(&mut applicants, |applicant| &applicant.standing);
        }
        Ok(Self {
            page,
            steps: stages::steps(&round, Some(Stage::Enroll)),
            readers: screening_store::pool(tx, round.program_id).await?.len(),
            is_open: takes_people(round.stage),
            design,
            applicants,
            round,
        })
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    fn back(&self) -> String {
        format!("{}/screening", self.round.href())
    }

    fn unread(&self) -> usize {
        self.applicants.iter().filter(|applicant| applicant.lacks_readers()).count()
    }

    fn applied(&self) -> usize {
        self.applicants.iter().filter(|applicant| !applicant.told.is_empty()).count()
    }

    fn ready(&self) -> usize {
        self.applicants.iter().filter(|applicant| applicant.standing.is_ready()).count()
    }
}

/// `GET /rounds/{round}/screening`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&ScreeningPage::load(&mut tx, page, &access).await?)
}

/// `POST /rounds/{round}/screening/readers`: gives applications to those who read them.
pub async fn give_out(app: App, access: Access<RoundId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let given = share_out(&mut tx, &app, &access).await?;
    tx.commit().await?;
    let path = format!("/rounds/{}/screening", access.id);
    Ok(if given > 0 { page::done(&path, "readings_given") } else { page::done(&path, "no_reader_found") })
}

#[derive(Template)]
#[template(path = "enrollment/rubric.html")]
struct RubricPage {
    page: Page,
    round: Round,
    form: Form,
    version: i64,
    /// Who changed it while the viewer typed.
    overtaken_by: Option<String>,
    /// Whether somebody was scored: it goes on as it is.
    has_scores: bool,
    is_fixed: bool,
}

impl RubricPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, form: Option<Form>) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let stored = screening::screening(tx, access).await?;
        let version = stored.as_ref().map_or(0, |stored| stored.version);
        let form = match (form, stored) {
            (Some(form), _) => form,
            (None, Some(stored)) => filled(&stored.design),
            (None, None) => filled(&screening::suggested()?),
        };
        let has_scores = screening_store::has_reviews(tx, round.id).await?;
        let is_fixed = has_scores || !takes_people(round.stage);
        Ok(Self { page, round, form, version, overtaken_by: None, has_scores, is_fixed })
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    fn screening(&self) -> String {
        format!("{}/screening", self.round.href())
    }

    fn questions(&self) -> std::ops::RangeInclusive<usize> {
        1..=MOST_QUESTIONS
    }

    fn lines(&self) -> std::ops::RangeInclusive<usize> {
        1..=MOST_LINES
    }

    fn scores(&self) -> std::ops::RangeInclusive<i64> {
        1..=BEST
    }
}

fn filled(design: &Design) -> Form {
    let questions = design.questions.iter().zip(1..).map(|(question, n)| (format!("question-{n}"), question.clone()));
    let lines = design.lines.iter().zip(1..).flat_map(|(line, n)| {
        let anchors =
            line.anchors.iter().zip(1..).map(move |(anchor, at)| (format!("anchor-{n}-{at}"), anchor.clone()));
        [(format!("line-{n}"), line.title.clone())].into_iter().chain(anchors)
    });
    Form::filled(questions.chain(lines))
}

/// `GET /rounds/{round}/screening/rubric`
pub async fn rubric(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&RubricPage::load(&mut tx, page, &access, None).await?)
}

/// `POST /rounds/{round}/screening/rubric`
pub async fn save_rubric(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let seen: i64 = fields.get("version").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut check = fields.check();
    let (questions, lines) = (read_questions(&mut check, &fields), read_lines(&mut check, &fields));
    let mut tx = app.db.write().await?;
    let (problems, overtaken_by) = match check.done(|| Some(Design { questions: questions?, lines: lines? })) {
        Ok(design) => match set_design(&mut tx, &access, seen, &design).await? {
            Ok(()) => {
                tx.commit().await?;
                return Ok(page::done(&format!("/rounds/{}/screening", access.id), "saved"));
            }
            Err(who) => (Default::default(), Some(who)),
        },
        Err(problems) => (problems, None),
    };
    let shown = RubricPage::load(&mut tx, page, &access, Some(Form::back(fields, problems))).await?;
    let version = if overtaken_by.is_some() { shown.version } else { seen };
    let status = if overtaken_by.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page::html(&RubricPage { overtaken_by, version, ..shown })?;
    *response.status_mut() = status;
    Ok(response)
}

/// `POST /rounds/{round}/screening/removal`
pub async fn stop(app: App, access: Access<RoundId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    screening::stop(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/screening", access.id), "screening_stopped"))
}

/// The questions that are filled in.
fn read_questions(check: &mut Check<'_>, fields: &Fields) -> Option<Vec<String>> {
    let names = (1..=MOST_QUESTIONS).map(|n| format!("question-{n}"));
    let typed: Vec<String> = names.filter(|name| !fields.get(name).trim().is_empty()).collect();
    if typed.is_empty() {
        check.problem("question-1", "missing", Vec::new());
    }
    typed.iter().map(|name| check.text(name, LONGEST)).collect()
}

/// The lines that have a title, each with its four anchors.
fn read_lines(check: &mut Check<'_>, fields: &Fields) -> Option<Vec<Line>> {
    let typed: Vec<usize> = (1..=MOST_LINES).filter(|n| !fields.get(&format!("line-{n}")).trim().is_empty()).collect();
    if typed.len() < FEWEST_LINES {
        let empty = (1..=MOST_LINES).find(|n| !typed.contains(n)).unwrap_or(1);
        check.problem(&format!("line-{empty}"), "too_few_lines", vec![("min", FEWEST_LINES.to_string())]);
    }
    let mut line = |n: usize| {
        let title = check.text(&format!("line-{n}"), LONGEST);
        let anchors = [1, 2, 3, 4].map(|at| check.text(&format!("anchor-{n}-{at}"), LONGEST));
        let [a, b, c, d] = anchors;
        Some(Line { title: title?, anchors: [a?, b?, c?, d?] })
    };
    let lines: Vec<Option<Line>> = typed.into_iter().map(&mut line).collect();
    lines.into_iter().collect()
}
