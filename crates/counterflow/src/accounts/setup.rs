//! The first visitor of an empty server names the organization and becomes its admin.

use askama::Template;

use super::{Address, passwords::new_password, sign_in::remember, start_login, store};
use crate::kernel::{
    app::App,
    db::Tx,
    error::{Answer, Error},
    event::Event,
    form::{Fields, Form},
    ids::PersonId,
    page::{self, Page},
};

#[derive(Template)]
#[template(path = "accounts/setup.html")]
struct SetupPage {
    page: Page,
    form: Form,
}

/// `GET /setup`. Once it is done, it leads home: whoever has just set up may go back.
pub async fn show(app: App, page: Page) -> Answer {
    let mut tx = app.db.read().await?;
    if store::is_set_up(&mut tx).await? {
        return Ok(page::see_other("/home"));
    }
    page::html(&SetupPage { page, form: Form::filled([("zone", "Europe/Berlin")]) })
}

/// What the first visitor says.
#[derive(Debug)]
pub struct Setup {
    /// The organization's name.
    pub organization: String,
    /// The zone for people who have none of their own, as an IANA name.
    pub zone: String,
    /// The first admin's name.
    pub name: String,
    /// And e-mail address.
    pub email: String,
}

/// Names the organization and makes its first admin.
///
/// # Errors
/// [`Error::NotFound`] once it is done, or when the database fails.
pub async fn set_up(tx: &mut Tx, setup: &Setup) -> Answer<PersonId> {
    tx.lock("setup").await?;
    if store::is_set_up(tx).await? {
        return Err(Error::NotFound);
    }
    store::insert_organization(tx, &setup.organization, &setup.zone).await?;
    let person = store::insert_first_person(tx, &setup.name, &setup.email).await?;
    store::grant_role(tx, person, "admin", None).await?;
    Event::by_person(person, "organization.set_up").on(person).record(tx).await?;
    Ok(person)
}

/// `POST /setup`
pub async fn create(app: App, page: Page, Address(address): Address, fields: Fields) -> Answer {
    if store::is_set_up(&mut app.db.read().await?).await? {
        return Err(Error::NotFound); // before a password is hashed: hashing is dear
    }
    app.limits.visit(address)?;
    let mut check = fields.check();
    let organization = check.text("organization", 80);
    let zone = check.zone("zone");
    let name = check.text("name", 120);
    let email = check.email("email");
    let password = new_password(&mut check, &fields);
    let setup = check
        .done(|| Some((Setup { organization: organization?, zone: zone?, name: name?, email: email? }, password?)));
    let (setup, password) = match setup {
        Ok(both) => both,
        Err(problems) => return page::invalid(&SetupPage { page, form: Form::back(fields, problems) }),
    };
    let phc = app.hashing.hash(password).await?;
    let mut tx = app.db.write().await?;
    let person = set_up(&mut tx, &setup).await?;
    store::set_password(&mut tx, person, &phc).await?;
    remember(&app, &mut tx, person, address).await?;
    let response = start_login(&app, &mut tx, person, "/home").await?;
    tx.commit().await?;
    Ok(response)
}
