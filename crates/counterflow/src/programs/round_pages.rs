//! The pages of a round's design and its sponsor's words, and the step to the next stage.

use askama::Template;
use axum::http::StatusCode;

use super::{
    Endorsement, ProgramRole, Side, Stage, begin_stage,
    design::{Design, Seen, Standing, save_design},
    endorse::{self, endorse},
    pages::today,
    role_store::{self, Holder},
    stages::{self, Step},
    store,
    template::{Unit, fill},
    topics,
};
use crate::kernel::{
    app::App,
    db::Tx,
    error::{Answer, Error},
    filters,
    form::{Fields, Form, Problems},
    guard::Access,
    ids::RoundId,
    page::{self, Page},
    rights::Role,
    words,
};

#[derive(Template)]
#[template(path = "programs/design.html")]
struct DesignPage {
    page: Page,
    standing: Standing,
    steps: Vec<Step>,
    form: Form,
    seen: Seen,
    /// Who changed it while somebody else was typing.
    conflict: Option<String>,
    days_short: i64,
    sponsors: Vec<Holder>,
    organization: String,
}

impl DesignPage {
    async fn load(app: &App, tx: &mut Tx, page: Page, access: &Access<RoundId>, form: Option<Form>) -> Answer<Self> {
        let standing = Standing::read(tx, access).await?;
        let stored = standing.design();
        let form = form.unwrap_or_else(|| {
            let mut fields = stored.fields();
            topics::fill(&mut fields, &stored.program.topics);
            Form { fields, ..Form::default() }
        });
        let mut sponsors = role_store::holders(tx, &standing.round.program_leave()).await?;
        sponsors.retain(|holder| holder.role == ProgramRole::Sponsor);
        let round = &stored.round;
        Ok(Self {
            page,
            steps: stages::steps(&standing.round, Some(Stage::Design)),
            form,
            seen: standing.seen(),
            conflict: None,
            days_short: round.dates.days_short(round.meetings, round.rhythm_days),
            sponsors,
            organization: app.organization(tx).await?.name,
            standing,
        })
    }

    fn topics(&self) -> Vec<topics::Row> {
        topics::rows(&self.form)
    }

    /// A text as somebody will read it.
    fn filled(&self, text: &str) -> String {
        let mut values = self.standing.round.placeholders();
        let reader = self.page.viewer.as_ref().map(|viewer| viewer.name.clone()).unwrap_or_default();
        values.extend([("organization", self.organization.clone()), ("name", reader)]);
        fill(text, &values)
    }
}

/// `GET /rounds/{round}/design`
pub async fn design(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&DesignPage::load(&app, &mut tx, page, &access, None).await?)
}

/// `POST /rounds/{round}/design`
pub async fn save(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let standing = Standing::lock(&mut tx, &access).await?;
    let (design, seen) = match Design::read(&fields, &standing, today(&page)) {
        Ok(read) => read,
        Err(problems) => {
            let form = Form::back(fields, problems);
            return page::invalid(&DesignPage::load(&app, &mut tx, page, &access, Some(form)).await?);
        }
    };
    match save_design(&mut tx, &access, standing, &design, seen).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&format!("/rounds/{}/design", access.id), "saved"))
        }
        Err(error) => {
            let conflict = overtaken_words(error)?;
            drop(tx);
            overtaken(&app, page, &access, fields, &design, conflict).await
        }
    }
}

/// Who was faster, in words; any other error stays one.
///
/// # Errors
/// Every other error.
pub fn overtaken_words(error: Error) -> Answer<String> {
    match error {
        Error::Trouble { key: "changed_meanwhile", data, .. } => Ok(words::say("trouble", "changed_meanwhile", &data)),
        other => Err(other),
    }
}

/// The form of somebody who came too late: what they typed is kept, each difference is named, and saving once more
/// replaces what they now have seen.
async fn overtaken(
    app: &App,
    page: Page,
    access: &Access<RoundId>,
    fields: Fields,
    design: &Design,
    conflict: String,
) -> Answer {
    let mut tx = app.db.read().await?;
    let stored = Standing::read(&mut tx, access).await?.design();
    let problems = design.differences(&stored);
    let form = Some(Form::back(fields, problems));
    let shown = DesignPage::load(app, &mut tx, page, access, form).await?;
    let mut response = page::html(&DesignPage { conflict: Some(conflict), ..shown })?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// `POST /rounds/{round}/stage`: begins a later stage, and shows it.
pub async fn begin(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    let stage: Stage = fields.get("stage").parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    let path = format!("{}/{stage}", store::round(&mut tx, &access).await?.href());
    if !begin_stage(&mut tx, &access, stage).await? {
        return Ok(page::see_other(&path));
    }
    tx.commit().await?;
    Ok(page::done(&path, "stage_began"))
}

#[derive(Template)]
#[template(path = "programs/endorsement.html")]
struct EndorsementPage {
    page: Page,
    standing: Standing,
    sponsors: Vec<Holder>,
    manages: bool,
    form: Form,
    /// Who changed the words while somebody else was typing.
    conflict: Option<String>,
}

impl EndorsementPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, form: Option<Form>) -> Answer<Self> {
        let standing = Standing::read(tx, access).await?;
        let sponsors = endorse::sponsors(tx, access).await?;
        let form = form.unwrap_or_else(|| filled(&standing, &sponsors));
        Ok(Self { page, standing, sponsors, manages: access.has(Role::Manager), form, conflict: None })
    }

    fn sponsor_choices(&self) -> Vec<(String, &str)> {
        self.sponsors.iter().map(|sponsor| (sponsor.person_id.to_string(), sponsor.name.as_str())).collect()
    }
}

/// The form as it is stored; before there is anything, with the template's draft.
fn filled(standing: &Standing, sponsors: &[Holder]) -> Form {
    let round = &standing.round;
    let draft = || fill(&standing.program.design.texts.endorsement, &round.placeholders());
    let sponsor = sponsors.iter().find(|sponsor| round.endorser.as_ref() == Some(&sponsor.name)).or(sponsors.first());
    Form::filled([
        ("words", round.endorsement.clone().unwrap_or_else(draft)),
        ("sponsor", sponsor.map(|sponsor| sponsor.person_id.to_string()).unwrap_or_default()),
    ])
}

/// `GET /rounds/{round}/endorsement`
pub async fn endorsement(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&EndorsementPage::load(&mut tx, page, &access, None).await?)
}

/// `POST /rounds/{round}/endorsement`
pub async fn save_endorsement(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let (words, seen) = (check.optional_text("words", 800), check.optional_text("seen", 800));
    let sponsor = check.id("sponsor");
    let mut tx = app.db.write().await?;
    let endorsed = match check.done(|| Some(Endorsement { words: words?, sponsor: sponsor?, seen: seen? })) {
        Ok(new) => endorse(&mut tx, &access, &new).await,
        Err(problems) => Ok(Err(problems)),
    };
    let (problems, conflict) = match endorsed {
        Ok(Ok(())) => {
            tx.commit().await?;
            return Ok(page::done(&format!("/rounds/{}/endorsement", access.id), "saved"));
        }
        Ok(Err(problems)) => (problems, None),
        Err(error) => (Problems::default(), Some(overtaken_words(error)?)),
    };
    let shown = EndorsementPage::load(&mut tx, page, &access, Some(Form::back(fields, problems))).await?;
    page::invalid(&EndorsementPage { conflict, ..shown })
}
