//! The agreement of a pair: drafted from the program's template, changed by either side, signed by both. A change
//! makes a new version, and a version counts once both have signed it.

use askama::Template;

use super::{
    Pair, pair,
    store::{self, Signature},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{Access, Leave},
        ids::{PairId, PersonId},
    },
    mail::{self, Letter},
    people,
    programs::{self, Round, Side},
};

/// What two people agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Days from one meeting to the next.
    pub rhythm_days: i64,
    /// Minutes of a meeting.
    pub meeting_minutes: i64,
    /// Everything else, in words.
    pub words: String,
}

/// The latest version of a pair's agreement, and who has signed it.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// Rises with each change.
    pub version: i64,
    /// What it says.
    pub terms: Terms,
    /// Who changed it last; nobody if it is still the draft.
    pub changed_by: Option<PersonId>,
    /// When.
    pub changed_at: Timestamp,
    /// Under this version.
    pub signatures: Vec<Signature>,
}

impl Agreement {
    /// Somebody's signature under this version.
    #[must_use]
    pub fn signature_of(&self, person: &PersonId) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.person_id == *person)
    }

    /// Whether both have signed this version.
    #[must_use]
    pub fn is_signed(&self, pair: &Pair) -> bool {
        [pair.mentor_id, pair.mentee_id].iter().all(|person| self.signature_of(person).is_some())
    }

    /// When the last of both signed; `None` as long as one has not.
    #[must_use]
    pub fn signed_at(&self, pair: &Pair) -> Option<Timestamp> {
        self.is_signed(pair).then(|| self.signatures.iter().map(|signature| signature.signed_at).max()).flatten()
    }

    /// The rhythm as people say it.
    #[must_use]
    pub fn rhythm(&self) -> String {
        programs::rhythm(self.terms.rhythm_days)
    }
}

/// The agreement of a pair.
///
/// # Errors
/// [`Error::NotFound`] for a pair without one, or when the database fails.
pub async fn agreement(tx: &mut Tx, leave: &impl Leave<PairId>) -> Answer<Agreement> {
    let row = store::agreement(tx, leave.id()).await?.ok_or(Error::NotFound)?;
    Ok(Agreement {
        version: row.version,
        terms: Terms { rhythm_days: row.rhythm_days, meeting_minutes: row.meeting_minutes, words: row.words },
        changed_by: row.changed_by,
        changed_at: row.changed_at,
        signatures: store::signatures(tx, leave.id(), row.version).await?,
    })
}

/// Whether the two may plan meetings: where the round requires it, only under an agreement that both have signed.
#[must_use]
pub fn lets_them_meet(agreement: &Agreement, pair: &Pair, round: &Round) -> bool {
    round.agreement_gate != "required" || agreement.is_signed(pair)
}

/// What became of a change.
#[derive(Debug)]
pub enum Changed {
    /// There is a new version (or it said the same already).
    Done,
    /// Somebody was faster: nothing was changed.
    Meanwhile,
}

/// Changes the agreement that was seen as version `seen`; both have to sign again.
///
/// # Errors
/// `over` if the pair has ended; or when the database fails.
pub async fn change(tx: &mut Tx, access: &Access<PairId>, seen: i64, terms: &Terms) -> Answer<Changed> {
    tx.lock(access.id).await?;
    let pair = running(tx, access).await?;
    if agreement(tx, access).await?.terms == *terms {
        return Ok(Changed::Done);
    }
    if !store::update_agreement(tx, access.id, seen, terms, access.viewer.person).await? {
        return Ok(Changed::Meanwhile);
    }
    let version = serde_json::json!({ "version": seen + 1 });
    event(access, &pair, "agreement.changed").with(version).record(tx).await?;
    Ok(Changed::Done)
}

/// Signs the version that was read. The other one hears of it if they have yet to sign.
///
/// # Errors
/// `changed_meanwhile` if the text is not the one that was read, `over` if the pair has ended; or when the database
/// fails.
pub async fn sign(tx: &mut Tx, app: &App, access: &Access<PairId>, seen: i64, name: &str) -> Answer<()> {
    tx.lock(access.id).await?;
    let pair = running(tx, access).await?;
    let person = access.viewer.person;
    let side = pair.side_of(person).ok_or(Error::NotFound)?;
    let latest = agreement(tx, access).await?;
    if latest.version != seen {
        return Err(changed_meanwhile(&pair, &latest));
    }
    if !store::insert_signature(tx, access.id, person, seen, name).await? {
        return Ok(());
    }
    let version = serde_json::json!({ "version": seen });
    event(access, &pair, "agreement.signed").with(version).record(tx).await?;
    if latest.signature_of(&pair.person_on(side.other())).is_none() {
        ask_to_sign(tx, app, &pair, side, seen).await?;
    }
    Ok(())
}

async fn running(tx: &mut Tx, access: &Access<PairId>) -> Answer<Pair> {
    let pair = pair(tx, access).await?;
    if pair.ended_at.is_some() { Err(Error::conflict("over")) } else { Ok(pair) }
}

fn event(access: &Access<PairId>, pair: &Pair, kind: &'static str) -> Event {
    Event::by(&access.viewer, kind).pair(pair.id).round(pair.round_id).on(pair.id)
}

fn changed_meanwhile(pair: &Pair, latest: &Agreement) -> Error {
    let side = latest.changed_by.and_then(|person| pair.side_of(person));
    let who = side.map_or_else(String::new, |side| pair.name_on(side).to_owned());
    Error::Trouble { status: axum::http::StatusCode::CONFLICT, key: "changed_meanwhile", data: vec![("who", who)] }
}

#[derive(Template)]
#[template(path = "pairs/mail_signature.txt")]
struct SignatureText<'a> {
    to: &'a str,
    from: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "pairs/mail_signature.html")]
struct SignatureHtml<'a> {
    to: &'a str,
    from: &'a str,
    link: &'a str,
}

/// Tells the other one that `signer` has signed.
async fn ask_to_sign(tx: &mut Tx, app: &App, pair: &Pair, signer: Side, version: i64) -> Answer<()> {
    let other = pair.person_on(signer.other());
    let Some(card) = people::card(tx, other).await? else { return Ok(()) };
    let Some(address) = card.email.clone() else { return Ok(()) };
    if people::has_left(tx, other).await? {
        return Ok(());
    }
    let link = app.link(&format!("{}/agreement", pair.href()));
    let (to, from) = (card.first_name(), pair.name_on(signer));
    let text = SignatureText { to, from, link: &link };
    let html = SignatureHtml { to, from, link: &link };
    let key = format!("signature:{}:{version}:{other}", pair.id);
    let labels = programs::labels_of(tx, pair.round_id).await?;
    mail::write(tx, app, Letter::from_templates(&labels, key, other, &address, &text, &html)?).await?;
    Ok(())
}
