//! The sender: one connection to the mail server, one letter after the other.

use std::time::Duration;

use jiff::SignedDuration;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

use super::store::{self, Claimed};
use crate::kernel::{
    app::App,
    config::Smtp,
    error::{Answer, Error},
    event::Event,
};

const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// About two days with the backoff below.
const MOST_ATTEMPTS: i64 = 17;
/// How long the mail server may take for one letter; less than the lease.
const PATIENCE: Duration = Duration::from_secs(120);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Sends letters until the process ends. Without a mail server there is nothing to do: letters wait, and can be read.
pub async fn run_forever(app: App) {
    let post = match Post::new(&app) {
        Ok(Some(post)) => post,
        Ok(None) => {
            tracing::warn!("no mail server is set: letters are kept and can be read in the admin pages");
            return;
        }
        Err(error) => {
            tracing::error!(%error, "the mail server's setting cannot be used: letters are kept");
            return;
        }
    };
    let new_work = app.db.new_work();
    loop {
        let rang = new_work.notified();
        if let Err(error) = post.send_due(&app).await {
            tracing::error!(%error, "letters could not be sent");
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), rang).await;
    }
}

/// The way to the mail server.
pub struct Post {
    smtp: Smtp,
    transport: Transport,
}

impl Post {
    /// The way to the server that is set; `None` if none is.
    ///
    /// # Errors
    /// When the setting cannot be used.
    pub fn new(app: &App) -> Result<Option<Self>, lettre::transport::smtp::Error> {
        let Some(smtp) = app.config.smtp.clone() else { return Ok(None) };
        Ok(Some(Self { transport: transport(&smtp)?, smtp }))
    }

    /// Sends every letter that is due, one after the other. Answers how many the mail server took.
    ///
    /// # Errors
    /// When the database fails. What the mail server says is written to the letter's row.
    pub async fn send_due(&self, app: &App) -> Answer<usize> {
        let mut taken = 0;
        loop {
            let mut tx = app.db.write().await?;
            let until = tx.now().plus(LEASE);
            let letter = store::claim(&mut tx, until).await?;
            tx.commit().await?;
            let Some(letter) = letter else { return Ok(taken) };
            let sent = match message(&self.smtp, &letter) {
                Ok(message) => self.hand_over(message).await,
                Err(error) => Err(Failure { words: error.to_string(), permanent: true, ambiguous: false }),
            };
            taken += usize::from(sent.is_ok());
            note(app, &letter, sent).await?;
        }
    }
}

impl Post {
    /// Hands a message to the mail server, which has two minutes: one that hangs must not stop all other letters.
    async fn hand_over(&self, message: Message) -> Result<(), Failure> {
        match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(sent) => sent.map(|_| ()).map_err(Failure::from),
            Err(elapsed) => Err(Failure { words: elapsed.to_string(), permanent: false, ambiguous: true }),
        }
    }
}

/// The transport for `smtp://` (STARTTLS is required, except on this machine) and `smtps://`.
fn transport(smtp: &Smtp) -> Result<Transport, lettre::transport::smtp::Error> {
    let mut url = smtp.url.clone();
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "smtp" && !local && !url.query_pairs().any(|(name, _)| name == "tls") {
        url.query_pairs_mut().append_pair("tls", "required");
    }
    Ok(Transport::from_url(url.as_str())?.timeout(Some(Duration::from_secs(30))).build())
}

struct Failure {
    words: String,
    /// Trying again would not help.
    permanent: bool,
    /// The server may have taken the letter all the same.
    ambiguous: bool,
}

impl From<lettre::transport::smtp::Error> for Failure {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        // An answer of the server, or a mistake of ours, is clear; a connection that broke is not.
        let clear = error.is_permanent() || error.is_transient() || error.is_client() || error.is_tls();
        Self { permanent: error.is_permanent(), ambiguous: !clear, words: error.to_string() }
    }
}

async fn note(app: &App, letter: &Claimed, sent: Result<(), Failure>) -> Answer<()> {
    let mut tx = app.db.write().await?;
    match sent {
        Ok(()) => store::sent(&mut tx, letter).await?,
        Err(failure) => {
            tracing::warn!(letter = %letter.id, error = failure.words, "a letter could not be sent");
            let give_up = failure.permanent || letter.attempts >= MOST_ATTEMPTS;
            let retry = (!give_up).then(|| tx.now().plus(backoff(letter.attempts)));
            store::failed(&mut tx, letter, &failure.words, failure.ambiguous, retry).await?;
            if give_up {
                Event::by_server("letter.gave_up").on(letter.id).record(&mut tx).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// 15 s, 30 s, 1 min, ... up to 8 h between two tries.
fn backoff(attempts: i64) -> SignedDuration {
    let exponent = u32::try_from(attempts.clamp(1, 12)).unwrap_or(1) - 1;
    SignedDuration::from_secs((15 * 2_i64.pow(exponent)).min(8 * 3600))
}

/// The MIME message: text and HTML, and for an invitation the calendar object both inline (for mail clients that act
/// on it) and attached (for those that do not), as calendars expect it (RFC 6047).
fn message(smtp: &Smtp, letter: &Claimed) -> Answer<Message> {
    let from: Mailbox = smtp.from.parse().map_err(Error::defect)?;
    let to: lettre::Address = letter.address.parse().map_err(Error::defect)?;
    let builder = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(&letter.subject)
        .message_id(Some(letter.message_id.clone()));
    let text = SinglePart::plain(letter.body_text.clone().unwrap_or_default());
    let html = SinglePart::html(letter.body_html.clone().unwrap_or_default());
    let readable = MultiPart::alternative().singlepart(text).singlepart(html);
    let body = match (&letter.calendar, &letter.calendar_method) {
        (Some(object), Some(method)) => {
            let kind = |text: String| ContentType::parse(&text).map_err(Error::defect);
            let inline = SinglePart::builder()
                .header(kind(format!("text/calendar; charset=utf-8; method={method}"))?)
                .body(object.clone());
            let attached =
                Attachment::new("invitation.ics".to_owned()).body(object.clone(), kind("application/ics".to_owned())?);
            MultiPart::mixed().multipart(readable.singlepart(inline)).singlepart(attached)
        }
        _ => readable,
    };
    builder.multipart(body).map_err(Error::defect)
}
