//! Naming somebody: the page of line managers, behind the round's code, and that of mentor leads and managers.

use askama::Template;

use super::{
    joining::Door,
    nominating::{Nomination, Nominator, Outcome, nominate},
    nomination_store::{self, Named, Report},
    ways::{Way, Ways, nominate_path, ways},
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        form::{Check, Fields, Form, Problems},
        guard::{Access, Segment},
        ids::{PersonId, RoundId},
        page::{self, Page},
        rights::Role,
        viewer::Viewer,
    },
    people,
    programs::{self, Round, Side},
};

/// The longest words for somebody who is named.
const MOST_WORDS: usize = 600;
/// So many nominations are listed.
const LISTED: i64 = 500;

/// The sides that are filled by nomination, and the words for them.
fn sides(ways: Ways) -> Vec<Side> {
    ways.sides(Way::Nomination)
}

/// The side that the form says, or the only one there is.
fn side(check: &mut Check<'_>, fields: &Fields, sides: &[Side]) -> Option<Side> {
    match sides {
        [only] if fields.get("side").is_empty() => Some(*only),
        _ => check.choice("side"),
    }
}

#[derive(Template)]
#[template(path = "enrollment/nominate.html")]
struct NominatePage {
    page: Page,
    door: Door,
    code: String,
    sides: Vec<Side>,
    reports: Vec<Report>,
    named: Vec<Named>,
    form: Form,
    is_open: bool,
}

impl NominatePage {
    async fn load(tx: &mut Tx, page: Page, viewer: &Viewer, code: &str, form: Form) -> Answer<Self> {
        let door = Door::behind(tx, code).await?;
        Ok(Self {
            page,
            sides: sides(door.ways),
            reports: nomination_store::reports(tx, viewer.person, door.round.id).await?,
            named: nomination_store::named_by(tx, door.round.id, viewer.person).await?,
            is_open: door.is_open(tx).await?,
            code: code.to_owned(),
            form,
            door,
        })
    }
}

/// `GET /nominate/{code}`: for whoever leads a team.
pub async fn show(app: App, page: Page, viewer: Viewer, code: Segment) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&NominatePage::load(&mut tx, page, &viewer, code.last(), Form::default()).await?)
}

/// `POST /nominate/{code}`
pub async fn save(app: App, page: Page, viewer: Viewer, code: Segment, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let door = Door::behind(&mut tx, code.last()).await?;
    let mut check = fields.check();
    let person = check.id::<PersonId>("person");
    let (side, words) = (side(&mut check, &fields, &sides(door.ways)), check.optional_text("words", MOST_WORDS));
    let new =
        check.done(|| Some(Nomination { person: person?, field: "person", side: side?, words: words?, reason: None }));
    let who = (&viewer, Nominator::LineManager);
    let named = match new {
        Ok(new) => nominate(&mut tx, &app, who, door.round.id, &new).await?,
        Err(problems) => Err(problems),
    };
    match named {
        Ok(outcome) => {
            tx.commit().await?;
            Ok(answer(&format!("/nominate/{}", code.last()), outcome))
        }
        Err(problems) => {
            let form = Form::back(fields, problems);
            page::invalid(&NominatePage::load(&mut tx, page, &viewer, code.last(), form).await?)
        }
    }
}

fn answer(path: &str, outcome: Outcome) -> axum::response::Response {
    match outcome {
        Outcome::Asked => page::done(path, "nominated"),
        Outcome::AskedBefore => page::done(path, "nominated_before"),
    }
}

#[derive(Template)]
#[template(path = "enrollment/nominations.html")]
struct NominationsPage {
    page: Page,
    round: Round,
    sides: Vec<Side>,
    named: Vec<Named>,
    form: Form,
    manages: bool,
    nominate: Option<String>,
    is_open: bool,
}

impl NominationsPage {
    async fn load(tx: &mut Tx, (app, page): (&App, Page), access: &Access<RoundId>, form: Form) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let program = programs::program_of(tx, &round).await?;
        let manages = access.has(Role::Manager);
        let ways = ways(tx, access).await?;
        let door = Door { round, program, ways };
        Ok(Self {
            page,
            named: if manages {
                nomination_store::named(tx, access.id, LISTED).await?
            } else {
                nomination_store::named_by(tx, access.id, access.viewer.person).await?
            },
            sides: sides(ways),
            nominate: nominate_path(tx, &door.round).await?.map(|path| app.link(&path)),
            is_open: door.is_open(tx).await?,
            round: door.round,
            form,
            manages,
        })
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }
}

/// `GET /rounds/{round}/nominations`
pub async fn list(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&NominationsPage::load(&mut tx, (&app, page), &access, Form::default()).await?)
}

/// `POST /rounds/{round}/nominations`
pub async fn add(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let nominator = if access.has(Role::Manager) { Nominator::Manager } else { Nominator::MentorLead };
    let mut tx = app.db.write().await?;
    let ways = ways(&mut tx, &access).await?;
    let mut check = fields.check();
    let email = check.email("email");
    let (side, words) = (side(&mut check, &fields, &sides(ways)), check.optional_text("words", MOST_WORDS));
    let reason = check.optional_text("reason", MOST_WORDS);
    let named = match check.done(|| Some((email?, side?, words?, reason?))) {
        Ok((email, side, words, reason)) => match people::colleague(&mut tx, &email).await? {
            Some(person) => {
                let new = Nomination { person, field: "email", side, words, reason };
                nominate(&mut tx, &app, (&access.viewer, nominator), access.id, &new).await?
            }
            None => Err(Problems::one("email", "nobody")),
        },
        Err(problems) => Err(problems),
    };
    match named {
        Ok(outcome) => {
            tx.commit().await?;
            Ok(answer(&format!("/rounds/{}/nominations", access.id), outcome))
        }
        Err(problems) => {
            let form = Form::back(fields, problems);
            page::invalid(&NominationsPage::load(&mut tx, (&app, page), &access, form).await?)
        }
    }
}
