//! Signing in by a link or a password, and out.

use std::net::IpAddr;

use askama::Template;

use super::{Address, end_login, links, start_login, store};
use crate::kernel::{
    app::App,
    clock::Timestamp,
    db::Tx,
    error::{Answer, Error},
    event::Event,
    form::{Fields, Form, Problems},
    guard::Segment,
    ids::PersonId,
    limits::{Caller, Network},
    page::{self, Page, Query},
    token,
    viewer::{Viewer, Visitor},
};

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    page: Page,
    form: Form,
    /// Whether letters leave the server: without a mail server the password comes first.
    sends: bool,
    password_open: bool,
    link_open: bool,
    refused: bool,
}

impl SignInPage {
    fn of(app: &App, page: Page, form: Form) -> Self {
        Self { page, form, sends: app.config.smtp.is_some(), password_open: false, link_open: false, refused: false }
    }
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
    page::html(&SignInPage::of(&app, page, form))
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
        Err(problems) => {
            let back = SignInPage::of(&app, page, Form::back(fields, problems));
            return page::invalid(&SignInPage { link_open: true, ..back });
        }
    };
    app.limits.visit(address)?;
    let mut tx = app.db.write().await?;
    links::ask(&app, &mut tx, &email, fields.get("to")).await?;
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
        Err(problems) => {
            let back = SignInPage::of(&app, page, Form::back(fields, problems));
            return page::invalid(&SignInPage { password_open: true, ..back });
        }
    };
    app.limits.visit(address)?;
    let mut tx = app.db.read().await?;
    let known = store::knows_network(&mut tx, &email, &network_hash(&app, address)).await?;
    let account = store::account(&mut tx, &email).await?;
    drop(tx);
    app.limits.guess(&email, address, if known { Caller::Known } else { Caller::Stranger })?;
    let phc = account.as_ref().and_then(|account| account.phc.clone());
    let right = app.hashing.check(fields.get("password").to_owned(), phc).await?;
    let mut tx = app.db.write().await?;
    let Some(account) = account.as_ref().filter(|_| right) else {
        refused(&mut tx, account.map(|account| account.id)).await?;
        tx.commit().await?;
        let back = SignInPage::of(&app, page, Form::back(fields, Problems::default()));
        return page::invalid(&SignInPage { password_open: true, refused: true, ..back });
    };
    remember(&app, &mut tx, account.id, address).await?;
    let response = start_login(&app, &mut tx, account.id, fields.get("to")).await?;
    tx.commit().await?;
    Ok(response)
}

/// Records a refused sign-in. Of an address that is nobody's, nothing is kept.
async fn refused(tx: &mut Tx, account: Option<PersonId>) -> Answer<()> {
    let event = Event::by_server("login.refused");
    let event = if let Some(person) = account { event.on(person) } else { event };
    event.record(tx).await?;
    Ok(())
}

/// Remembers from where a person has signed in: there, guesses from elsewhere do not lock them out.
pub(super) async fn remember(app: &App, tx: &mut Tx, person: PersonId, address: IpAddr) -> Answer<()> {
    store::remember_network(tx, person, &network_hash(app, address)).await
}

fn network_hash(app: &App, address: IpAddr) -> String {
    token::tag(&app.form_key, "network", &Network::from(address).to_string())
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
pub async fn use_link(app: App, page: Page, Address(address): Address, secret: Segment, _: Fields) -> Answer {
    let hash = token::hash(secret.last());
    let mut tx = app.db.write().await?;
    let link = store::link(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    if !store::use_link(&mut tx, &hash).await? {
        let was_used = link.used_at.is_some();
        return page::invalid(&LinkPage { page, works: false, name: link.name, sent_at: link.created_at, was_used });
    }
    remember(&app, &mut tx, link.person_id, address).await?;
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
