//! The waiting list as its managers see it: who comes next, and why in this order.

use askama::Template;

use super::{
    Admission, Standing, standing, store, takes_people,
    waiting::{set_leader_places, with_reserve},
    waiting_store::{self, Carried, InLine},
};
use crate::{
    kernel::{
        app::App,
        error::Answer,
        form::{Fields, Form},
        guard::Access,
        ids::RoundId,
        page::{self, Page},
    },
    programs::{
        self, Round, Side, Stage,
        stages::{self, Step},
    },
};

#[derive(Template)]
#[template(path = "enrollment/waiting.html")]
struct WaitingPage {
    page: Page,
    round: Round,
    steps: Vec<Step>,
    admission: Admission,
    standing: Standing,
    /// Leaders first.
    lines: [(Side, Vec<InLine>); 2],
    carried: Vec<Carried>,
    form: Form,
    is_open: bool,
}

impl WaitingPage {
    async fn load(app: &App, page: Page, access: &Access<RoundId>, form: Option<Form>) -> Answer<Self> {
        let mut tx = app.db.read().await?;
        let round = programs::round(&mut tx, access).await?;
        let places = waiting_store::leader_places(&mut tx, round.id).await?;
        let filled = || Form::filled([("places", places.map(|places| places.to_string()).unwrap_or_default())]);
        Ok(Self {
            page,
            steps: stages::steps(&round, Some(Stage::Enroll)),
            admission: store::admission(&mut tx, round.id).await?,
            standing: standing(&mut tx, access).await?,
            lines: [
                (Side::Mentee, waiting_store::in_line(&mut tx, access, Side::Mentee).await?),
                (Side::Mentor, waiting_store::in_line(&mut tx, access, Side::Mentor).await?),
            ],
            carried: waiting_store::carried(&mut tx, access).await?,
            form: form.unwrap_or_else(filled),
            is_open: takes_people(round.stage),
            round,
        })
    }

    fn program_href(&self) -> String {
        self.round.program_href()
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    /// How many wait on either side.
    fn count(&self) -> usize {
        self.lines.iter().map(|(_, line)| line.len()).sum()
    }

    /// How many mentors' places there should be.
    fn wanted(&self) -> i64 {
        with_reserve(self.standing.mentees.places)
    }

    /// Where an act on somebody leads back to.
    fn back(&self) -> String {
        format!("{}/waiting", self.round.href())
    }
}

/// `GET /rounds/{round}/waiting`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    page::html(&WaitingPage::load(&app, page, &access, None).await?)
}

/// `POST /rounds/{round}/leader-places`: for how many leaders there is room; empty for as many as register.
pub async fn save_places(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let is_empty = fields.get("places").trim().is_empty();
    let places = if is_empty { Some(None) } else { check.number("places", 1, 100_000).map(Some) };
    let places = match check.done(|| places) {
        Ok(places) => places,
        Err(problems) => {
            let form = Form::back(fields, problems);
            return page::invalid(&WaitingPage::load(&app, page, &access, Some(form)).await?);
        }
    };
    let mut tx = app.db.write().await?;
    set_leader_places(&mut tx, &access, places).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/waiting", access.id), "saved"))
}
