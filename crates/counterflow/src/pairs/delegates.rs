//! Who keeps a leader's calendar: named by the leader, taken back by the leader. A delegate books, moves and cancels
//! meetings, and sees nothing else.

use askama::Template;

use super::store::{self, Delegation};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        form::{Fields, Form, Problems},
        ids::PersonId,
        labels::Labels,
        page::{self, Page},
        viewer::Viewer,
    },
    mail::{self, Letter},
    people,
};

#[derive(Template)]
#[template(path = "pairs/delegates.html")]
struct DelegatesPage {
    page: Page,
    delegations: Vec<Delegation>,
    form: Form,
}

/// `GET /me/delegates`
pub async fn show(app: App, page: Page, viewer: Viewer) -> Answer {
    let delegations = store::delegations_of(&mut app.db.read().await?, viewer.person).await?;
    page::html(&DelegatesPage { page, delegations, form: Form::default() })
}

/// `POST /me/delegates`
pub async fn add(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let mut check = fields.check();
    let email = check.email("email");
    let mut tx = app.db.write().await?;
    let found = match check.done(|| email) {
        Ok(email) => delegate(&mut tx, &viewer, &email).await?,
        Err(problems) => Err(problems),
    };
    match found {
        Ok(delegate) => {
            name_delegate(&mut tx, &app, &viewer, delegate).await?;
            tx.commit().await?;
            Ok(page::done("/me/delegates", "delegate_named"))
        }
        Err(problems) => {
            let delegations = store::delegations_of(&mut tx, viewer.person).await?;
            page::invalid(&DelegatesPage { page, delegations, form: Form::back(fields, problems) })
        }
    }
}

/// Whoever has this address and may keep the viewer's calendar: not the viewer, nor somebody who leads a pair with
/// them (they would choose among their own times).
async fn delegate(tx: &mut Tx, viewer: &Viewer, email: &str) -> Answer<Result<PersonId, Problems>> {
    let Some(person) = people::colleague(tx, email).await? else { return Ok(Err(Problems::one("email", "nobody"))) };
    if person == viewer.person {
        return Ok(Err(Problems::one("email", "delegate_self")));
    }
    if store::leads(tx, person, viewer.person).await? {
        return Ok(Err(Problems::one("email", "delegate_mentor")));
    }
    Ok(Ok(person))
}

#[derive(Template)]
#[template(path = "pairs/mail_delegate.txt")]
struct DelegateText<'a> {
    to: &'a str,
    leader: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "pairs/mail_delegate.html")]
struct DelegateHtml<'a> {
    to: &'a str,
    leader: &'a str,
    link: &'a str,
}

/// Makes somebody the viewer's delegate and tells them. Naming them again changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn name_delegate(tx: &mut Tx, app: &App, viewer: &Viewer, delegate: PersonId) -> Answer<()> {
    if !store::insert_delegation(tx, viewer.person, delegate).await? {
        return Ok(());
    }
    Event::by(viewer, "delegate.named").on(delegate).record(tx).await?;
    let Some(card) = people::card(tx, delegate).await? else { return Ok(()) };
    let Some(address) = &card.email else { return Ok(()) };
    let (to, leader, link) = (card.first_name(), viewer.name.as_str(), app.link("/home"));
    let text = DelegateText { to, leader, link: &link };
    let html = DelegateHtml { to, leader, link: &link };
    let key = format!("delegate:{}:{delegate}:{}", viewer.person, tx.now());
    mail::write(tx, app, Letter::from_templates(&Labels::default(), key, delegate, address, &text, &html)?).await?;
    Ok(())
}

/// `POST /me/delegates/removal`
pub async fn remove(app: App, viewer: Viewer, fields: Fields) -> Answer {
    let delegate: PersonId = fields.get("person").parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    if store::delete_delegation(&mut tx, viewer.person, delegate).await? {
        Event::by(&viewer, "delegate.removed").on(delegate).record(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(page::done("/me/delegates", "delegate_removed"))
}
