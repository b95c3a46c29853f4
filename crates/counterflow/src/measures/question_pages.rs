//! The page of a program's questions.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;

use super::questions::{self, LIMIT_SECONDS, Row};
use crate::{
    checkins::{self, Occasion},
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        form::{Fields, Form, Problems},
        guard::Access,
        ids::RoundId,
        page::{self, Page},
    },
    programs::{
        self, Program, Round, Side, Stage,
        round_pages::overtaken_words,
        stages::{self, Step},
        template::Question,
    },
};

/// An occasion with how long each side needs.
struct Length {
    occasion: Occasion,
    mentee: i64,
    mentor: i64,
}

#[derive(Template)]
#[template(path = "measures/questions.html")]
struct QuestionsPage {
    page: Page,
    round: Round,
    program: Program,
    steps: Vec<Step>,
    form: Form,
    conflict: Option<String>,
    asked: BTreeMap<String, Question>,
    lengths: Vec<Length>,
}

impl QuestionsPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, form: Option<Form>) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let program = programs::program_of(tx, &round).await?;
        let asked = checkins::asked_questions(tx, &round.program_leave()).await?;
        let form = form.unwrap_or_else(|| {
            let mut fields = Fields::default();
            questions::fill(&mut fields, &program.design);
            Form { fields, ..Form::default() }
        });
        let length = |occasion: &Occasion| {
            let seconds = |side| questions::seconds_at(&program.design.checkins, *occasion, side);
            Length { occasion: *occasion, mentee: seconds(Side::Mentee), mentor: seconds(Side::Mentor) }
        };
        Ok(Self {
            steps: stages::steps(&round, Some(Stage::Design)),
            lengths: Occasion::ALL.iter().map(length).collect(),
            conflict: None,
            page,
            round,
            program,
            form,
            asked,
        })
    }

    fn rows(&self) -> Vec<Row> {
        questions::rows(&self.form, &self.asked)
    }

    fn design_href(&self) -> String {
        format!("{}/design", self.round.href())
    }

    fn limit(&self) -> i64 {
        LIMIT_SECONDS
    }
}

/// `GET /rounds/{round}/questions`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&QuestionsPage::load(&mut tx, page, &access, None).await?)
}

/// `POST /rounds/{round}/questions`
pub async fn save(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let round = programs::round(&mut tx, &access).await?;
    let design = programs::program_of(&mut tx, &round).await?.design;
    let asked = checkins::asked_questions(&mut tx, &round.program_leave()).await?;
    let mut check = fields.check();
    let seen = check.number("program_version", 0, i64::MAX);
    let read = questions::read(&mut check, &fields, &design, &asked);
    let (checkins, seen) = match check.done(|| Some((read?, seen?))) {
        Ok(read) => read,
        Err(problems) => {
            let form = Some(Form::back(fields, problems));
            return page::invalid(&QuestionsPage::load(&mut tx, page, &access, form).await?);
        }
    };
    match programs::set_questions(&mut tx, &access, seen, checkins).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&format!("/rounds/{}/questions", access.id), "saved"))
        }
        Err(error) => {
            let conflict = overtaken_words(error)?;
            drop(tx);
            let mut tx = app.db.read().await?;
            let form = Some(Form::back(fields, Problems::default()));
            let shown = QuestionsPage::load(&mut tx, page, &access, form).await?;
            let mut response = page::html(&QuestionsPage { conflict: Some(conflict), ..shown })?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
    }
}
