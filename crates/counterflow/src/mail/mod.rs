//! Letters: written in the verb's transaction, sent afterwards, none lost, none sent twice as far as SMTP allows.
//!
//! A letter is claimed with a lease and a fence and marked `sending` before the mail server sees it. If the process
//! stops between the server's 250 and our commit, the letter is sent once more with the same Message-ID and marked as
//! "may be twice" (RFC 1047: SMTP cannot do better).
//!
//! A mail server that does not answer is not a letter's fault: the whole outbox waits then, and the admin reads since
//! when. News of one meeting reach one person in the order in which they were written.

pub mod bounce_command;
mod bounce_store;
pub mod bounces;
pub mod pages;
mod send;
mod store;

pub use send::{Post, run_until};
pub use store::{Standing, standing};

use askama::Template;

use crate::kernel::{
    app::App,
    clock::Timestamp,
    db::Tx,
    error::{Answer, Error},
    ids::{LetterId, PersonId},
    labels::Labels,
};

/// A letter about to be written. Subject and texts come from templates beside the feature.
#[derive(Debug)]
pub struct Letter {
    /// The business key: writing the same letter again does nothing.
    pub key: String,
    /// To whom, if it is somebody in the directory.
    pub person: Option<PersonId>,
    /// Where to.
    pub address: String,
    /// The subject line.
    pub subject: String,
    /// The text for every reader.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// An invitation to a meeting.
    pub calendar: Option<Calendar>,
    /// What it offers is over then: it is not sent any more. `None` for letters that are worth reading at any time.
    pub useless_after: Option<Timestamp>,
}

impl Letter {
    /// A letter to somebody in the directory, from two templates, in the words of the program that it is about. The text
    /// begins with its subject: a first line `Subject: ...`, an empty line, and then what people read.
    ///
    /// # Errors
    /// When a template fails.
    pub fn from_templates(
        labels: &Labels,
        key: String,
        person: PersonId,
        address: &str,
        text: &impl Template,
        html: &impl Template,
    ) -> Answer<Self> {
        Ok(Self { person: Some(person), ..labels.over(|| Self::to(key, address, text, html))? })
    }

    /// The same to an address that need not be anybody's in the directory.
    ///
    /// # Errors
    /// When a template fails.
    pub fn to(key: String, address: &str, text: &impl Template, html: &impl Template) -> Answer<Self> {
        let text = text.render()?;
        let (subject, text) = text
            .strip_prefix("Subject: ")
            .and_then(|text| text.split_once("\n\n"))
            .ok_or_else(|| Error::defect("a letter's text does not begin with its subject"))?;
        Ok(Self {
            key,
            person: None,
            address: address.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: html.render()?,
            calendar: None,
            useless_after: None,
        })
    }

    /// The same letter with an invitation.
    #[must_use]
    pub fn with(mut self, calendar: Calendar) -> Self {
        self.calendar = Some(calendar);
        self
    }
}

/// An iCalendar object and what it asks (iTIP).
#[derive(Debug)]
pub struct Calendar {
    /// The UID in the object: letters with the same one are sent in order.
    pub uid: String,
    /// The object.
    pub object: String,
    /// REQUEST or CANCEL, as in the object.
    pub method: Method,
}

/// What an invitation asks of the receiving calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Put it in, or change it.
    Request,
    /// Take it out.
    Cancel,
}

impl Method {
    /// As iTIP writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The sender of every letter, as a mailbox: name, if it has one, and address. Without a mail server it is an address
/// under the server's own name, which nobody reads.
#[must_use]
pub fn sender(app: &App) -> (Option<String>, String) {
    let set = app.config.smtp.as_ref().and_then(|smtp| smtp.from.parse::<lettre::message::Mailbox>().ok());
    match set {
        Some(mailbox) => (mailbox.name, mailbox.email.to_string()),
        None => (Some("Counterflow".to_owned()), format!("counterflow@{}", host(app))),
    }
}

/// The name under which this server is known, for ids that must be unique in the world.
#[must_use]
pub fn host(app: &App) -> &str {
    app.config.public_url.domain().unwrap_or("counterflow.invalid")
}

/// Writes a letter in this transaction. The same key again changes nothing. Answers whether it was written.
///
/// # Errors
/// When the database fails.
pub async fn write(tx: &mut Tx, app: &App, letter: Letter) -> Answer<bool> {
    let now = tx.now();
    write_at(tx, app, letter, now).await
}

/// Writes a letter that is not sent before `at`, and can be taken back until then.
///
/// # Errors
/// When the database fails.
pub async fn write_at(tx: &mut Tx, app: &App, letter: Letter, at: Timestamp) -> Answer<bool> {
    let id = LetterId::new();
    let message_id = format!("<{id}@{}>", host(app));
    store::insert(tx, id, &message_id, &letter, at).await
}

/// Takes back a letter that waits to be sent, by its business key. Answers whether it did: what was handed over, or is
/// being handed over, stays.
///
/// # Errors
/// When the database fails.
pub async fn take_back(tx: &mut Tx, key: &str) -> Answer<bool> {
    store::take_back(tx, key).await
}
