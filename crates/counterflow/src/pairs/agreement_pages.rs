//! The pages of the agreement: read and sign, change.

use askama::Template;

use super::{
    Profiles, Seated,
    agreement::{self, Agreement, Changed, Terms},
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        filters,
        form::{Fields, Form},
        guard::Access,
        ids::PairId,
        page::{self, Page},
    },
    people::Card,
    programs::{self, Round},
};

#[derive(Template)]
#[template(path = "pairs/agreement.html")]
struct AgreementPage {
    page: Page,
    seated: Seated,
    agreement: Agreement,
    out_of_bounds: Vec<String>,
    /// No meeting before both have signed.
    gate: bool,
    form: Form,
}

impl AgreementPage {
    async fn load(app: &App, page: Page, access: &Access<PairId>, form: Form) -> Answer<Self> {
        let mut tx = app.db.read().await?;
        let seated = Seated::load(&mut tx, access).await?;
        let agreement = agreement::agreement(&mut tx, access).await?;
        let (out_of_bounds, round) = around(&mut tx, &seated).await?;
        Ok(Self { page, seated, agreement, out_of_bounds, gate: round.agreement_gate == "required", form })
    }

    /// The reader first.
    fn both(&self) -> [&Card; 2] {
        [self.seated.me(), self.seated.other()]
    }
}

/// What is not talked about, and the round.
async fn around(tx: &mut Tx, seated: &Seated) -> Answer<(Vec<String>, Round)> {
    let round = programs::round(tx, &seated.pair.round_leave()).await?;
    let program = programs::program_of(tx, &round).await?;
    Ok((Profiles::load(tx, &seated.pair, &program.design).await?.out_of_bounds, round))
}

/// `GET /pairs/{pair}/agreement`
pub async fn show(app: App, page: Page, access: Access<PairId>) -> Answer {
    page::html(&AgreementPage::load(&app, page, &access, Form::default()).await?)
}

/// `POST /pairs/{pair}/agreement/signature`
pub async fn sign(app: App, page: Page, access: Access<PairId>, fields: Fields) -> Answer {
    let seen: i64 = fields.get("version").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut check = fields.check();
    let name = check.text("name", 120);
    let name = match check.done(|| name) {
        Ok(name) => name,
        Err(problems) => {
            return page::invalid(&AgreementPage::load(&app, page, &access, Form::back(fields, problems)).await?);
        }
    };
    let mut tx = app.db.write().await?;
    agreement::sign(&mut tx, &app, &access, seen, &name).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/pairs/{}/agreement", access.id), "agreement_signed"))
}

#[derive(Template)]
#[template(path = "pairs/agreement_edit.html")]
struct EditPage {
    page: Page,
    seated: Seated,
    agreement: Agreement,
    out_of_bounds: Vec<String>,
    form: Form,
    /// Somebody changed the agreement while this form was open: what was typed is kept beside what stands now.
    meanwhile: bool,
}

/// `GET /pairs/{pair}/agreement/edit`
pub async fn edit(app: App, page: Page, access: Access<PairId>) -> Answer {
    let mut tx = app.db.read().await?;
    let seated = Seated::load(&mut tx, &access).await?;
    if seated.pair.ended_at.is_some() {
        return Err(Error::conflict("over"));
    }
    let agreement = agreement::agreement(&mut tx, &access).await?;
    let form = Form::filled([
        ("rhythm_days", agreement.terms.rhythm_days.to_string()),
        ("meeting_minutes", agreement.terms.meeting_minutes.to_string()),
        ("words", agreement.terms.words.clone()),
    ]);
    let (out_of_bounds, _) = around(&mut tx, &seated).await?;
    page::html(&EditPage { page, seated, agreement, out_of_bounds, form, meanwhile: false })
}

/// `POST /pairs/{pair}/agreement`
pub async fn save(app: App, page: Page, access: Access<PairId>, fields: Fields) -> Answer {
    let seen: i64 = fields.get("version").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut check = fields.check();
    let rhythm_days = check.number("rhythm_days", 1, 180);
    let meeting_minutes = check.number("meeting_minutes", 10, 240);
    let words = check.text("words", 10_000);
    let terms =
        check.done(|| Some(Terms { rhythm_days: rhythm_days?, meeting_minutes: meeting_minutes?, words: words? }));
    let mut tx = app.db.write().await?;
    let seated = Seated::load(&mut tx, &access).await?;
    let (form, meanwhile) = match terms {
        Ok(terms) => match agreement::change(&mut tx, &access, seen, &terms).await? {
            Changed::Done => {
                tx.commit().await?;
                return Ok(page::done(&format!("/pairs/{}/agreement", access.id), "agreement_changed"));
            }
            Changed::Meanwhile => (Form { fields, ..Form::default() }, true),
        },
        Err(problems) => (Form::back(fields, problems), false),
    };
    let agreement = agreement::agreement(&mut tx, &access).await?;
    let (out_of_bounds, _) = around(&mut tx, &seated).await?;
    page::invalid(&EditPage { page, seated, agreement, out_of_bounds, form, meanwhile })
}
