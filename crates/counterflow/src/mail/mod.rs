//! Letters: written in the verb's transaction, sent afterwards, none lost, none sent twice as far as SMTP allows.
//!
//! A letter is claimed with a lease and a fence and marked `sending` before the mail server sees it. If the process
//! stops between the server's 250 and our commit, the letter is sent once more with the same Message-ID and marked as
//! "may be twice" (RFC 1047: SMTP cannot do better).

pub mod pages;
mod send;
mod store;

pub use send::{Post, run_forever};
pub use store::{Standing, standing};

use crate::kernel::{
    app::App,
    db::Tx,
    error::Answer,
    ids::{LetterId, PersonId},
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
}

/// An iCalendar object and what it asks (iTIP).
#[derive(Debug)]
pub struct Calendar {
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

/// Writes a letter in this transaction. The same key again changes nothing. Answers whether it was written.
///
/// # Errors
/// When the database fails.
pub async fn write(tx: &mut Tx, app: &App, letter: Letter) -> Answer<bool> {
    let id = LetterId::new();
    let host = app.config.public_url.host_str().unwrap_or("counterflow.invalid");
    let message_id = format!("<{id}@{host}>");
    store::insert(tx, id, &message_id, &letter).await
}
