//! Links that sign in: asked for by whoever knows an address, sent to it, good once.

use askama::Template;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{local_path, store};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        ids::PersonId,
        token,
    },
    mail::{self, Letter},
};

/// How long a link works.
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How many links somebody can have that still work: whoever asks again and again fills nobody's mailbox.
const MOST_OPEN: i64 = 3;

/// Asks for a link. Whether the address is somebody's is found out by the job: who asks learns nothing, not even by the
/// time that the answer takes.
pub(super) async fn ask(app: &App, tx: &mut Tx, email: &str, to: &str) -> Answer<()> {
    let person = store::account(tx, email).await?.map(|account| account.id);
    let key = token::tag(&app.form_key, "link", email); // not the address itself: it may be that of a stranger
    let wanted = json!({ "person": person, "to": local_path(to) });
    jobs::enqueue(tx, "accounts.send_link", &key, &wanted).await?;
    Ok(())
}

/// What [`ask`] hands to the job.
#[derive(serde::Deserialize)]
struct Wanted {
    person: Option<PersonId>,
    to: String,
}

/// Job: sends the link that somebody asked for, if the address is that of somebody who works here.
///
/// # Errors
/// When the database fails.
pub async fn send(app: App, wanted: Value) -> Answer<()> {
    let wanted: Wanted = serde_json::from_value(wanted).map_err(Error::defect)?;
    let Some(person) = wanted.person else { return Ok(()) };
    let mut tx = app.db.write().await?;
    let Some(account) = store::account_of(&mut tx, person).await? else { return Ok(()) };
    if store::open_links(&mut tx, person).await? < MOST_OPEN {
        write(&app, &mut tx, &account, &wanted.to).await?;
    }
    Ok(tx.commit().await?)
}

#[derive(Template)]
#[template(path = "accounts/mail_link.txt")]
struct LinkText<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/mail_link.html")]
struct LinkHtml<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/mail_link_subject.txt")]
struct LinkSubject;

/// Writes a letter with a link that signs the person in, once, within 15 minutes.
async fn write(app: &App, tx: &mut Tx, person: &store::Account, to: &str) -> Answer<()> {
    let secret = token::new();
    let hash = token::hash(&secret);
    let expires = tx.now().plus(LIFE);
    store::insert_link(tx, &hash, person.id, expires, to).await?;
    let link = app.link(&format!("/sign-in/links/{secret}"));
    let letter = Letter {
        key: format!("sign-in:{hash}"),
        person: Some(person.id),
        address: person.email.clone(),
        subject: LinkSubject.render()?,
        text: LinkText { name: &person.name, link: &link }.render()?,
        html: LinkHtml { name: &person.name, link: &link }.render()?,
        calendar: None,
        useless_after: Some(expires),
    };
    mail::write(tx, app, letter).await?;
    Event::by_server("login.link_sent").on(person.id).record(tx).await?;
    Ok(())
}
