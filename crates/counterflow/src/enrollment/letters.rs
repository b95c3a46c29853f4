//! The letters of a round's enrollment: invitation, reminder, a new link. Each carries a personal link of its own.

use askama::Template;
use jiff::{SignedDuration, tz::TimeZone};

use super::{
    link_store::{self, Addressee},
    nominating::{Thought, thought_of},
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::Answer,
        filters,
        ids::{ParticipantId, PersonId},
        token,
    },
    mail::{self, Letter},
    programs::{self, Program, Round, Side, template::fill},
};

/// A link works for this many days after the last day to register: who comes late is told so, and not turned away by
/// a dead link.
const GRACE_DAYS: i32 = 14;

/// Why somebody is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// They are asked to take part.
    Invitation,
    /// They have not answered.
    Reminder,
    /// Their link had expired, and they asked for another.
    NewLink,
}

/// To whom a letter goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct To<'a> {
    pub participant: ParticipantId,
    pub person: PersonId,
    pub name: &'a str,
    pub email: &'a str,
    pub side: Side,
}

impl<'a> From<&'a Addressee> for To<'a> {
    fn from(one: &'a Addressee) -> Self {
        Self { participant: one.id, person: one.person_id, name: &one.name, email: &one.email, side: one.role }
    }
}

/// Everything that the letters of one round have in common.
#[derive(Debug)]
pub(super) struct Letters {
    round: Round,
    program: Program,
    organization: String,
    zone: TimeZone,
}

#[derive(Template)]
#[template(path = "enrollment/mail_invitation_subject.txt")]
struct Subject<'a> {
    occasion: Occasion,
    program: &'a str,
}

#[derive(Template)]
#[template(path = "enrollment/mail_invitation.txt")]
struct Text<'a> {
    occasion: Occasion,
    letters: &'a Letters,
    name: &'a str,
    words: &'a str,
    link: &'a str,
    until: Option<&'a str>,
    thought: Option<&'a Thought>,
}

#[derive(Template)]
#[template(path = "enrollment/mail_invitation.html")]
struct Html<'a> {
    occasion: Occasion,
    letters: &'a Letters,
    name: &'a str,
    words: &'a str,
    link: &'a str,
    until: Option<&'a str>,
    thought: Option<&'a Thought>,
}

impl Letters {
    pub async fn of(tx: &mut Tx, app: &App, round: Round) -> Answer<Self> {
        let program = programs::program_of(tx, &round).await?;
        let organization = app.organization(tx).await?;
        let zone = TimeZone::get(&organization.time_zone).unwrap_or(TimeZone::UTC);
        Ok(Self { round, program, organization: organization.name, zone })
    }

    /// Writes a letter with a new link.
    pub async fn write(&self, tx: &mut Tx, app: &App, occasion: Occasion, to: To<'_>) -> Answer<()> {
        let now = tx.now();
        self.write_at(tx, app, occasion, to, now).await.map(drop)
    }

    /// Writes a letter that is not sent before `at`. Answers the hash of its link.
    pub async fn write_at(
        &self,
        tx: &mut Tx,
        app: &App,
        occasion: Occasion,
        to: To<'_>,
        at: Timestamp,
    ) -> Answer<String> {
        let secret = token::new();
        let hash = token::hash(&secret);
        link_store::insert_link(tx, &hash, to.participant, self.link_expires(tx.now())).await?;
        let link = app.link(&format!("/invitations/{secret}"));
        let words = self.words(to);
        let last_day = self.round.enroll_until;
        let is_open = tx.now().day_in(&self.zone) <= last_day;
        let until = is_open.then(|| last_day.0.strftime("%A %-d %B %Y").to_string());
        let thought = if occasion == Occasion::Invitation { thought_of(tx, to.participant).await? } else { None };
        let thought = thought.as_ref();
        let (name, words, link, until) = (to.name, words.as_str(), link.as_str(), until.as_deref());
        let written = || -> Answer<Letter> {
            Ok(Letter {
                key: format!("invitation:{hash}"),
                person: Some(to.person),
                address: to.email.to_owned(),
                subject: Subject { occasion, program: &self.program.name }.render()?,
                text: Text { occasion, letters: self, name, words, link, until, thought }.render()?,
                html: Html { occasion, letters: self, name, words, link, until, thought }.render()?,
                calendar: None,
                useless_after: None,
            })
        };
        mail::write_at(tx, app, self.program.labels().over(written)?, at).await?;
        Ok(hash)
    }

    /// The program's own invitation, filled in.
    fn words(&self, to: To<'_>) -> String {
        let text = match to.side {
            Side::Mentor => &self.program.design.texts.invite_mentor,
            Side::Mentee => &self.program.design.texts.invite_mentee,
        };
        let mut values = self.round.placeholders();
        values.push(("name", to.name.to_owned()));
        values.push(("organization", self.organization.clone()));
        fill(text.trim(), &values)
    }

    /// The end of the last day on which a link works; a link that is written late works for as long.
    fn link_expires(&self, now: Timestamp) -> Timestamp {
        let after_round = self.round.enroll_until.plus_days(GRACE_DAYS + 1).start_in(&self.zone);
        after_round.max(now.plus(SignedDuration::from_hours(24 * i64::from(GRACE_DAYS))))
    }
}
