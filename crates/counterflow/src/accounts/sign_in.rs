//! Signing in by a link or a password, and out.

use std::net::IpAddr;

use askama::Template;
use axum::{extract::FromRequestParts, http::request::Parts};

use super::{check_password, end_login, send_link as write_link, start_login, store};
use crate::kernel::{
    app::App,
    clock::Timestamp,
    error::{Answer, Error},
    event::Event,
    form::{Fields, Form, Problems},
    guard::Segment,
    page::{self, Page, Query},
    token,
    viewer::{Viewer, Visitor},
};

/// The address of whoever is asking: the peer's, or what the trusted proxies in front say.
pub struct Address(pub IpAddr);

impl FromRequestParts<App> for Address {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        use axum::extract::ConnectInfo;
        let peer = parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip());
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let proxies = app.config.trusted_proxies;
        let told = forwarded.rsplit(',').nth(proxies.saturating_sub(1)).and_then(|text| text.trim().parse().ok());
        let address = if proxies > 0 { told.or(peer) } else { peer };
        Ok(Self(address.unwrap_or(IpAddr::from([127, 0, 0, 1]))))
    }
}

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    page: Page,
    form: Form,
    password_open: bool,
    refused: bool,
}

/// `GET /sign-in?to=`
pub async fn show(app: App, page: Page, visitor: Visitor, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    if !store::is_set_up(&mut tx).await? {
        return Ok(page::see_other("/setup"));
    }
    if visitor.0.is_some() {
        return Ok(page::see_other(super::local_path(query.get("to"))));
    }
    let form = Form::filled([("to", query.get("to"))]);
    page::html(&SignInPage { page, form, password_open: false, refused: false })
}

#[derive(Template)]
#[template(path = "accounts/link_sent.html")]
struct LinkSentPage {
    page: Page,
    email: String,
    sends: bool,
}

/// `POST /sign-in/link`: the answer is the same whether the address is known or not.
pub async fn send_link(app: App, page: Page, Address(address): Address, fields: Fields) -> Answer {
    let mut check = fields.check();
    let email = check.email("email");
    let email = match check.done(|| email) {
        Ok(email) => email,
        Err(problems) => return back(page, fields, problems, false),
    };
    app.limits.count(&email, address)?;
    let mut tx = app.db.write().await?;
    if let Some(account) = store::account(&mut tx, &email).await? {
        write_link(&app, &mut tx, &account, fields.get("to")).await?;
    }
    tx.commit().await?;
    page::html(&LinkSentPage { page, email, sends: app.config.smtp.is_some() })
}

/// `POST /sign-in/password`
pub async fn with_password(app: App, page: Page, Address(address): Address, fields: Fields) -> Answer {
    let mut check = fields.check();
    let email = check.email("account");
    let password = check.text("password", 1024);
    let (email, _) = match check.done(|| Some((email?, password?))) {
        Ok(both) => both,
        Err(problems) => return back(page, fields, problems, true),
    };
    app.limits.count(&email, address)?;
    let account = store::account(&mut app.db.read().await?, &email).await?;
    let phc = account.as_ref().and_then(|account| account.phc.clone());
    let right = check_password(&app, fields.get("password").to_owned(), phc).await?;
    let mut tx = app.db.write().await?;
    let Some(account) = account.filter(|_| right) else {
        Event::by_server("login.refused").record(&mut tx).await?;
        tx.commit().await?;
        return page::invalid(&SignInPage {
            page,
            form: keep(fields, Problems::default()),
            password_open: true,
            refused: true,
        });
    };
    let response = start_login(&app, &mut tx, account.id, fields.get("to")).await?;
    tx.commit().await?;
    Ok(response)
}

fn keep(fields: Fields, problems: Problems) -> Form {
    Form::back(fields, problems)
}

fn back(page: Page, fields: Fields, problems: Problems, password_open: bool) -> Answer {
    page::invalid(&SignInPage { page, form: keep(fields, problems), password_open, refused: false })
}

#[derive(Template)]
#[template(path = "accounts/link.html")]
struct LinkPage {
    page: Page,
    name: String,
    works: bool,
    sent_at: Timestamp,
    was_used: bool,
}

/// `GET /sign-in/links/{token}`: a page with one button. Mail scanners follow links; they do not press buttons.
pub async fn show_link(app: App, page: Page, secret: Segment) -> Answer {
    let mut tx = app.db.read().await?;
    let link = store::link(&mut tx, &token::hash(secret.last())).await?.ok_or(Error::NotFound)?;
    page::html(&LinkPage {
        page,
        works: link.used_at.is_none() && link.expires_at > tx.now(),
        name: link.name,
        sent_at: link.created_at,
        was_used: link.used_at.is_some(),
    })
}

/// `POST /sign-in/links/{token}`: signs in, once.
pub async fn use_link(app: App, page: Page, secret: Segment, _: Fields) -> Answer {
    let hash = token::hash(secret.last());
    let mut tx = app.db.write().await?;
    let link = store::link(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    if !store::use_link(&mut tx, &hash).await? {
        let was_used = link.used_at.is_some();
        return page::invalid(&LinkPage { page, works: false, name: link.name, sent_at: link.created_at, was_used });
    }
    let response = start_login(&app, &mut tx, link.person_id, &link.continue_to).await?;
    tx.commit().await?;
    Ok(response)
}

/// `POST /sign-out`: to the sign-in page, or to the page that asked to be opened as somebody else.
pub async fn sign_out(app: App, viewer: Viewer, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    Event::by(&viewer, "login.ended").on(viewer.person).record(&mut tx).await?;
    let to = if fields.get("to").is_empty() { "/sign-in" } else { fields.get("to") };
    let response = end_login(&app, &mut tx, &viewer.login, to).await?;
    tx.commit().await?;
    Ok(response)
}
