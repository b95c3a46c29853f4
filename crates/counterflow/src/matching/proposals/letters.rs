//! The letters about proposals. None of them ever speaks of a no.

use askama::Template;

use super::Proposal;
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        page,
    },
    mail::{self, Letter},
    matching::{Reader, Why, why::Names},
    people::{self, Card},
    programs::{self, Round, Side},
};

/// What a letter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// Somebody could be your mentor, or your mentee.
    Asked,
    /// Your answer is still awaited.
    Reminder,
    /// Your time to answer is over.
    Expired,
    /// You said yes, and it does not come about.
    NotComingAbout,
    /// It was taken back before you both said yes.
    Withdrawn,
    /// The round was closed before a pair began.
    RoundClosed,
}

impl Note {
    fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Reminder => "reminder",
            Self::Expired => "expired",
            Self::NotComingAbout => "not_coming_about",
            Self::Withdrawn => "withdrawn",
            Self::RoundClosed => "round_closed",
        }
    }
}

struct Words<'a> {
    note: &'static str,
    name: &'a str,
    other: &'a Card,
    to_mentee: bool,
    asked_first: bool,
    round: &'a Round,
    organization: &'a str,
    why: String,
    link: String,
    until: String,
    zone: String,
}

#[derive(Template)]
#[template(path = "matching/proposals/mail_subject.txt")]
struct Subject<'a> {
    w: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "matching/proposals/mail.txt")]
struct Text<'a> {
    w: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "matching/proposals/mail.html")]
struct Html<'a> {
    w: &'a Words<'a>,
}

/// Writes a letter to one side, if they have an address. Answers whether it was written.
pub(super) async fn tell(
    tx: &mut Tx,
    app: &App,
    round: &Round,
    proposal: &Proposal,
    side: Side,
    note: Note,
) -> Answer<bool> {
    let both =
        (people::card(tx, proposal.person_on(side)).await?, people::card(tx, proposal.person_on(side.other())).await?);
    let (Some(reader), Some(other)) = both else { return Ok(false) };
    let Some(address) = reader.email.clone() else { return Ok(false) };
    let names = match side {
        Side::Mentor => Names { mentor: reader.first_name(), mentee: other.first_name() },
        Side::Mentee => Names { mentor: other.first_name(), mentee: reader.first_name() },
    };
    let labels = programs::program_of(tx, round).await?.labels();
    let words = Words {
        note: note.name(),
        name: &reader.name,
        other: &other,
        to_mentee: side == Side::Mentee,
        asked_first: proposal.asked_first.side() == Some(side),
        round,
        organization: &app.organization(tx).await?.name,
        why: labels.over(|| Ok::<_, Error>(Why::read(&proposal.rationale)?.text(names, Reader::Side(side))))?,
        link: app.link(&proposal.href()),
        until: page::moment_in(proposal.last_minute(), &reader.zone(), tx.now()),
        zone: page::zone_name(&reader.zone()),
    };
    let key = key(proposal, side, note, tx.now());
    let written = || -> Answer<Letter> {
        Ok(Letter {
            key,
            person: Some(reader.id),
            address,
            subject: Subject { w: &words }.render()?.trim().to_owned(),
            text: Text { w: &words }.render()?,
            html: Html { w: &words }.render()?,
            calendar: None,
            useless_after: None,
        })
    };
    let letter = labels.over(written)?;
    mail::write(tx, app, letter).await
}

/// A letter is written once a note and time to answer; reminders, which managers can repeat, once a moment.
fn key(proposal: &Proposal, side: Side, note: Note, now: Timestamp) -> String {
    let about = if note == Note::Reminder { now } else { proposal.expires_at };
    format!("proposal:{}:{side}:{}:{about}", proposal.id, note.name())
}
