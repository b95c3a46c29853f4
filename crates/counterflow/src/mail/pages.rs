//! The outbox as the admin sees it. What is in a letter can be read only while no mail server is set, and whoever reads
//! it is noted: letters hold personal links. Sent letters keep no text.

use askama::Template;

use super::store::{self, Kept, Listed};
use crate::kernel::filters;
use crate::kernel::{
    app::App,
    error::{Answer, Error},
    event::Event,
    form::Fields,
    guard::Part,
    ids::LetterId,
    page::{self, Page, Query},
    viewer::Viewer,
};

const PER_PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "mail/list.html")]
struct ListPage {
    page: Page,
    letters: Vec<Listed>,
    standing: store::Standing,
    find: String,
    older: Option<i64>,
    newer: Option<i64>,
    sends: bool,
    outage: Option<store::Outage>,
}

/// `GET /admin/letters?q=&from=`
pub async fn list(app: App, page: Page, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    let from: i64 = query.get("from").parse().unwrap_or(0).max(0);
    let find = query.get("q").trim().to_owned();
    let mut letters = store::list(&mut tx, &find, PER_PAGE + 1, from).await?;
    let more = letters.len() > PER_PAGE as usize;
    letters.truncate(PER_PAGE as usize);
    page::html(&ListPage {
        page,
        letters,
        standing: store::standing(&mut tx).await?,
        find,
        older: more.then_some(from + PER_PAGE),
        newer: (from > 0).then(|| (from - PER_PAGE).max(0)),
        sends: app.config.smtp.is_some(),
        outage: store::outage(&mut tx).await?.filter(|_| app.config.smtp.is_some()),
    })
}

#[derive(Template)]
#[template(path = "mail/show.html")]
struct ShowPage {
    page: Page,
    letter: Kept,
    text: Text,
}

/// What the page shows of a letter's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// Nothing: with a mail server it is somebody else's mail, even while it waits.
    Private,
    /// The offer to open it: without a mail server this is the only way to hand it over.
    Closed,
    /// All of it.
    Open,
}

/// `GET /admin/letters/{letter}`
pub async fn show(app: App, page: Page, Part(id): Part<LetterId>) -> Answer {
    let mut tx = app.db.read().await?;
    let letter = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let text = if app.config.smtp.is_some() { Text::Private } else { Text::Closed };
    page::html(&ShowPage { page, letter, text })
}

/// `POST /admin/letters/{letter}/opening`: shows what is in it, and notes who read it.
pub async fn open(app: App, page: Page, viewer: Viewer, Part(id): Part<LetterId>, _: Fields) -> Answer {
    if app.config.smtp.is_some() {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.write().await?;
    let letter = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Event::by(&viewer, "letter.read").on(id).record(&mut tx).await?;
    tx.commit().await?;
    page::html(&ShowPage { page, letter, text: Text::Open })
}

/// `POST /admin/letters/{letter}/retry`
pub async fn retry(app: App, viewer: Viewer, Part(id): Part<LetterId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    if store::retry(&mut tx, id).await? == 0 {
        return Err(Error::conflict("over"));
    }
    Event::by(&viewer, "letter.retried").on(id).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/admin/letters/{id}"), "letter_queued"))
}

/// `POST /admin/letters/retry`: whatever gave up, after the mail server was put right.
pub async fn retry_all(app: App, viewer: Viewer, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let count = store::retry_all(&mut tx).await?;
    if count == 0 {
        return Err(Error::conflict("over"));
    }
    Event::by(&viewer, "letters.retried").with(serde_json::json!({ "letters": count })).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/admin/letters", "letters_queued"))
}
