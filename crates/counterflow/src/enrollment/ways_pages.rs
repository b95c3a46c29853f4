//! Setting how the two sides are filled, and the addresses that follow from it.

use askama::Template;

use super::{
    takes_people,
    ways::{Way, Ways, join_path, nominate_path, set_ways, ways},
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
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
#[template(path = "enrollment/ways.html")]
struct WaysPage {
    page: Page,
    round: Round,
    steps: Vec<Step>,
    form: Form,
    join: Option<String>,
    nominate: Option<String>,
    is_open: bool,
}

impl WaysPage {
    async fn load(tx: &mut Tx, (app, page): (&App, Page), access: &Access<RoundId>, form: Form) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        Ok(Self {
            page,
            steps: stages::steps(&round, Some(Stage::Enroll)),
            join: join_path(tx, &round).await?.map(|path| app.link(&path)),
            nominate: nominate_path(tx, &round).await?.map(|path| app.link(&path)),
            is_open: takes_people(round.stage),
            form,
            round,
        })
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    /// Leaders first.
    fn sides(&self) -> [Side; 2] {
        [Side::Mentee, Side::Mentor]
    }

    fn is(&self, side: &Side, way: Way) -> bool {
        self.form.is(side.name(), way.name())
    }
}

/// `GET /rounds/{round}/ways`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    let Ways { mentor, mentee } = ways(&mut tx, &access).await?;
    let form = Form::filled([("mentor", mentor.name()), ("mentee", mentee.name())]);
    page::html(&WaysPage::load(&mut tx, (&app, page), &access, form).await?)
}

/// `POST /rounds/{round}/ways`
pub async fn save(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let (mentor, mentee) = (check.choice("mentor"), check.choice("mentee"));
    let mut tx = app.db.write().await?;
    match check.done(|| Some(Ways { mentor: mentor?, mentee: mentee? })) {
        Ok(wanted) => {
            set_ways(&mut tx, &access, wanted).await?;
            tx.commit().await?;
            Ok(page::done(&format!("/rounds/{}/ways", access.id), "saved"))
        }
        Err(problems) => {
            let form = Form::back(fields, problems);
            page::invalid(&WaysPage::load(&mut tx, (&app, page), &access, form).await?)
        }
    }
}
