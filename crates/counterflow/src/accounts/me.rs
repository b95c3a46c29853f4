//! A person's own settings: time zone, light or dark, password.

use std::net::IpAddr;

use askama::Template;
use axum::http::header;

use super::{Address, Proof, new_login, passwords::new_password, store};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        form::{Check, Fields, Form},
        labels::Labels,
        limits::Caller,
        page::{self, Page},
        viewer::Viewer,
    },
    mail::{self, Letter},
};

#[derive(Template)]
#[template(path = "accounts/me.html")]
struct MePage {
    page: Page,
    form: Form,
    settings: store::Settings,
}

/// As they are stored.
const THEMES: [&str; 3] = ["system", "light", "dark"];

/// `GET /me`
pub async fn show(app: App, page: Page, viewer: Viewer) -> Answer {
    let settings = store::settings(&mut app.db.read().await?, &viewer).await?;
    let zone = viewer.zone.iana_name().unwrap_or("UTC").to_owned();
    let form = Form::filled([("zone", zone), ("theme", settings.theme.clone())]);
    page::html(&MePage { page, form, settings })
}

async fn back(app: &App, page: Page, viewer: &Viewer, form: Form) -> Answer {
    let settings = store::settings(&mut app.db.read().await?, viewer).await?;
    page::invalid(&MePage { page, form, settings })
}

/// `POST /me`
pub async fn save(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let mut check = fields.check();
    let zone = check.zone("zone");
    let theme = THEMES.into_iter().find(|value| fields.is("theme", value));
    if theme.is_none() {
        check.problem("theme", "not_a_choice", Vec::new());
    }
    let (zone, theme) = match check.done(|| Some((zone?, theme?))) {
        Ok(both) => both,
        Err(problems) => return back(&app, page, &viewer, Form::back(fields, problems)).await,
    };
    let mut tx = app.db.write().await?;
    store::save_settings(&mut tx, viewer.person, &zone, theme).await?;
    Event::by(&viewer, "person.settings_changed").on(viewer.person).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/me", "saved"))
}

/// Takes over a zone that somebody chose elsewhere, such as while registering.
///
/// # Errors
/// When the database fails.
pub async fn move_to_zone(tx: &mut Tx, viewer: &Viewer, zone: &str) -> Answer<()> {
    store::save_settings(tx, viewer.person, zone, &viewer.theme).await?;
    Event::by(viewer, "person.settings_changed").on(viewer.person).record(tx).await?;
    Ok(())
}

/// `POST /me/password`: whoever has one types it again, so that a browser left open is not enough. Every login ends,
/// this browser gets a new one, and a letter tells the person.
pub async fn set_password(app: App, page: Page, viewer: Viewer, Address(address): Address, fields: Fields) -> Answer {
    let settings = store::settings(&mut app.db.read().await?, &viewer).await?;
    if settings.by_invitation && !settings.has_password {
        return Err(Error::conflict("password_by_invitation"));
    }
    let mut check = fields.check();
    check_present(&app, &viewer, address, &fields, &mut check).await?;
    let password = new_password(&mut check, &fields);
    let password = match check.done(|| password) {
        Ok(password) => password,
        Err(problems) => {
            let mut form = Form::back(fields, problems);
            form.fields.push("zone", viewer.zone.iana_name().unwrap_or("UTC"));
            form.fields.push("theme", viewer.theme.clone());
            return back(&app, page, &viewer, form).await;
        }
    };
    let phc = app.hashing.hash(password).await?;
    let mut tx = app.db.write().await?;
    store::set_password(&mut tx, viewer.person, &phc).await?;
    store::delete_logins(&mut tx, viewer.person).await?;
    store::delete_links(&mut tx, viewer.person).await?;
    Event::by(&viewer, "password.set").on(viewer.person).record(&mut tx).await?;
    write_letter(&app, &mut tx, &viewer).await?;
    let login = new_login(&app, &mut tx, viewer.person, Proof::SignIn).await?;
    tx.commit().await?;
    let mut response = page::done("/me", "password_set");
    response.headers_mut().insert(header::SET_COOKIE, login);
    Ok(response)
}

/// Asks for the password that the person has, if they have one.
async fn check_present(
    app: &App,
    viewer: &Viewer,
    address: IpAddr,
    fields: &Fields,
    check: &mut Check<'_>,
) -> Answer<()> {
    let account = store::account_of(&mut app.db.read().await?, viewer.person).await?;
    let Some(phc) = account.and_then(|account| account.phc) else { return Ok(()) };
    let present = fields.get("password_now");
    if present.is_empty() {
        check.problem("password_now", "missing", Vec::new());
        return Ok(());
    }
    app.limits.guess(&viewer.person.to_string(), address, Caller::Known)?;
    if !app.hashing.check(present.to_owned(), Some(phc)).await? {
        check.problem("password_now", "password_wrong", Vec::new());
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "accounts/mail_password.txt")]
struct PasswordText<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/mail_password.html")]
struct PasswordHtml<'a> {
    name: &'a str,
    link: &'a str,
}

/// Tells the person that a password was set: if it was not them, they should hear of it.
async fn write_letter(app: &App, tx: &mut Tx, viewer: &Viewer) -> Answer<()> {
    let Some(account) = store::account_of(tx, viewer.person).await? else { return Ok(()) };
    let (name, link) = (account.name.as_str(), app.link("/sign-in"));
    let letter = Letter::from_templates(
        &Labels::default(),
        format!("password:{}:{}", viewer.person, tx.now()),
        viewer.person,
        &account.email,
        &PasswordText { name, link: &link },
        &PasswordHtml { name, link: &link },
    )?;
    mail::write(tx, app, letter).await?;
    Ok(())
}
