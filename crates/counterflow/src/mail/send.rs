//! The sender: one letter after the other, each on a connection of its own. lettre's pool is left out on purpose: some
//! mail servers close idle connections without a word, and whether a letter was taken would then be unclear.

use std::time::Duration;

use jiff::SignedDuration;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

use super::{
    bounce_store, bounces,
    store::{self, Claimed, Outage},
};
use tokio::sync::watch;

use crate::kernel::{
    app::App,
    config::Smtp,
    db::Tx,
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
///
/// Told to stop, it stops between two letters and never within one: a letter that was handed over and not noted as sent
/// would be sent twice.
pub async fn run_until(mut stop: watch::Receiver<bool>, app: App) {
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
        if let Err(error) = post.send_until(&stop, &app).await {
            tracing::error!(%error, "letters could not be sent");
        }
        tokio::select! {
            _ = stop.wait_for(|told| *told) => return,
            _ = tokio::time::timeout(Duration::from_secs(5), rang) => {}
        }
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

    /// Sends every letter that is due, one after the other. Answers how many the mail server took. While the server does
    /// not answer, the whole outbox waits.
    ///
    /// # Errors
    /// When the database fails. What the mail server says is written to the letter's row, or to the outage's.
    pub async fn send_due(&self, app: &App) -> Answer<usize> {
        let (_never, stop) = watch::channel(false);
        self.send_until(&stop, app).await
    }

    async fn send_until(&self, stop: &watch::Receiver<bool>, app: &App) -> Answer<usize> {
        let mut taken = 0;
        while !*stop.borrow()
            && let Some(letter) = claim(app).await?
        {
            let sent = match message(&self.smtp, &letter) {
                Ok(message) => self.hand_over(message).await,
                Err(error) => Err(Failure { words: error.to_string(), whose: Whose::Letter, ambiguous: false }),
            };
            taken += usize::from(sent.is_ok());
            note(app, &letter, sent).await?;
        }
        Ok(taken)
    }

    /// Hands a message to the mail server, which has two minutes: one that hangs must not stop all other letters.
    async fn hand_over(&self, message: Message) -> Result<(), Failure> {
        let failure = match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => Failure::from(error),
            Err(elapsed) => Failure { words: elapsed.to_string(), whose: Whose::LetterForNow, ambiguous: true },
        };
        // Whether it lies in the letter or in the server, the same answer can mean both: 451 comes as a greeting and
        // after a recipient. Somebody who greets, and lets us in, has something against the letter.
        match tokio::time::timeout(PATIENCE, self.transport.test_connection()).await {
            Ok(Ok(true)) => Err(failure),
            Ok(Ok(false)) | Err(_) => Err(Failure { whose: Whose::Server, ..failure }),
            Ok(Err(error)) => Err(Failure { whose: Whose::Server, words: error.to_string(), ..failure }),
        }
    }
}

/// The next letter; none while the mail server is not to be tried.
async fn claim(app: &App) -> Answer<Option<Claimed>> {
    let mut tx = app.db.write().await?;
    let now = tx.now();
    if store::outage(&mut tx).await?.is_some_and(|outage| outage.next_at > now) {
        return Ok(None);
    }
    for (letter,) in store::drop_useless(&mut tx).await? {
        Event::by_server("letter.dropped").on(letter).record(&mut tx).await?;
    }
    let letter = store::claim(&mut tx, now.plus(LEASE)).await?;
    tx.commit().await?;
    Ok(letter)
}

/// The transport for `smtp://` (STARTTLS is required, except on this machine) and `smtps://`. A server that is to offer
/// STARTTLS and does not is one that does not answer: nothing is sent in the clear.
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
    whose: Whose,
    /// The server may have taken the letter all the same.
    ambiguous: bool,
}

/// Where a failure lies.
enum Whose {
    /// The server does not take this letter, and trying again would not help.
    Letter,
    /// The server does not take this letter now.
    LetterForNow,
    /// The server does not answer, or lets nobody in: no letter would fare better.
    Server,
}

impl From<lettre::transport::smtp::Error> for Failure {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        // An answer of the server, or a mistake of ours, is clear; a connection that broke is not.
        let clear = error.is_permanent() || error.is_transient() || error.is_client() || error.is_tls();
        let whose = if error.is_permanent() { Whose::Letter } else { Whose::LetterForNow };
        Self { whose, ambiguous: !clear, words: error.to_string() }
    }
}

async fn note(app: &App, letter: &Claimed, sent: Result<(), Failure>) -> Answer<()> {
    let mut tx = app.db.write().await?;
    let failure = match sent {
        Ok(()) => {
            store::sent(&mut tx, letter).await?;
            bounce_store::forget(&mut tx, &letter.address).await?;
            None
        }
        Err(Failure { whose: Whose::Server, words, ambiguous }) => {
            store::put_back(&mut tx, letter, ambiguous).await?;
            note_outage(&mut tx, words).await?;
            return tx.commit().await.map_err(Error::from);
        }
        Err(failure) => Some(failure),
    };
    // It answered, whatever it said.
    if store::end_outage(&mut tx).await? {
        tracing::info!("the mail server answers again");
        Event::by_server("mail.outage_ended").record(&mut tx).await?;
    }
    if let Some(failure) = failure {
        tracing::warn!(letter = %letter.id, error = failure.words, "a letter could not be sent");
        let refused = matches!(failure.whose, Whose::Letter);
        let give_up = refused || letter.attempts >= MOST_ATTEMPTS;
        let retry = (!give_up).then(|| tx.now().plus(backoff(letter.attempts)));
        store::failed(&mut tx, letter, &failure.words, failure.ambiguous, retry).await?;
        if give_up {
            Event::by_server("letter.gave_up").on(letter.id).record(&mut tx).await?;
        }
        if refused {
            bounces::mark(&mut tx, letter.id, &letter.address, None, &failure.words).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The outbox waits: 15 s at first, 8 min at most, so that letters leave soon after the server is back.
async fn note_outage(tx: &mut Tx, words: String) -> Answer<()> {
    let now = tx.now();
    let (since, tries) =
        store::outage(tx).await?.map_or((now, 1), |before| (before.since, before.tries.saturating_add(1)));
    tracing::warn!(%since, tries, error = words, "the mail server does not answer: letters wait");
    let next_at = now.plus(backoff(tries.min(6)));
    store::note_outage(tx, &Outage { since, tries, next_at, last_error: words }).await?;
    if tries == 1 {
        Event::by_server("mail.outage_began").record(tx).await?;
    }
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
