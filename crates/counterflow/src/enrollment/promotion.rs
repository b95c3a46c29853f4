//! The promotion kit: the round in words that can be sent, posted and hung on a wall, all from the program's own data.

use qrcode::{Color, EcLevel, QrCode};

use super::ways::join_path;
use crate::{
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        guard::{Access, ByServer},
        ids::RoundId,
    },
    programs::{self, Addressee, Program, ProgramRole, Round, Side, template::fill},
};

/// Everything that the kit is made of.
#[derive(Debug)]
pub(super) struct Kit {
    pub round: Round,
    pub program: Program,
    pub organization: String,
    /// Whom to ask: the manager who looks at it, else the first.
    pub contact: Option<Addressee>,
    /// Where whoever is curious goes.
    pub way: Option<Way>,
}

/// How somebody who has read a poster gets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// By an address where whoever fits registers.
    Join(String),
    /// By a letter to a manager, where people are invited one by one.
    Write {
        /// The manager's address.
        email: String,
        /// What the letter is about.
        subject: String,
    },
}

impl Way {
    async fn of(tx: &mut Tx, app: &App, round: &Round, contact: Option<&Addressee>) -> Answer<Option<Self>> {
        if let Some(path) = join_path(tx, round).await? {
            return Ok(Some(Self::Join(app.link(&path))));
        }
        Ok(contact.map(|to| Self::Write { email: to.email.clone(), subject: round.program.clone() }))
    }

    /// For the code on the poster; a letter as a link that begins it (RFC 6068).
    pub fn href(&self) -> String {
        match self {
            Self::Join(address) => address.clone(),
            Self::Write { email, subject } => {
                let subject: String = url::form_urlencoded::byte_serialize(subject.as_bytes()).collect();
                format!("mailto:{email}?subject={}", subject.replace('+', "%20"))
            }
        }
    }

    /// As people read it.
    pub fn address(&self) -> &str {
        match self {
            Self::Join(address) => address,
            Self::Write { email, .. } => email,
        }
    }
}

impl Kit {
    pub async fn of(tx: &mut Tx, app: &App, access: &Access<RoundId>) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let program = programs::program_of(tx, &round).await?;
        let mut managers = programs::addressees(tx, &ByServer(program.id), ProgramRole::Manager).await?;
        managers.sort_by_key(|manager| manager.id != access.viewer.person);
        let contact = managers.into_iter().next();
        let way = Way::of(tx, app, &round, contact.as_ref()).await?;
        Ok(Self { organization: app.organization(tx).await?.name, contact, way, round, program })
    }

    /// What taking part takes, in hours of meetings, rounded up.
    pub fn hours(&self) -> i64 {
        (self.round.meetings * self.round.meeting_minutes + 59) / 60
    }

    /// The invitation of a side, for people whose names are not known.
    pub fn invitation(&self, side: Side) -> String {
        let texts = &self.program.design.texts;
        let text = match side {
            Side::Mentor => &texts.invite_mentor,
            Side::Mentee => &texts.invite_mentee,
        };
        let mut values = self.round.placeholders();
        values.extend([("organization", self.organization.clone()), ("name", "colleagues".to_owned())]);
        fill(text.trim(), &values)
    }

    /// A day as it is written in running text.
    pub fn day(&self, day: &Day) -> String {
        day.0.strftime("%-d %B %Y").to_string()
    }
}

/// The squares of a QR code: how many on a side, and the dark ones as a path of unit squares, for an SVG with a quiet zone
/// of four squares around (ISO/IEC 18004). A quarter of it can be dirty or torn.
///
/// # Errors
/// A defect, if the text is longer than a code can hold.
pub(super) fn qr_path(text: &str) -> Answer<(usize, String)> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(Error::defect)?;
    let width = code.width();
    let squares = code.into_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let path = squares.map(|(at, _)| format!("M{} {}h1v1h-1z", QUIET + at % width, QUIET + at / width)).collect();
    Ok((width + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_link_that_mail_programs_open() {
        let way = Way::Write { email: "ines@halden.example".to_owned(), subject: "Digital fluency & more".to_owned() };
        assert_eq!(way.href(), "mailto:ines@halden.example?subject=Digital%20fluency%20%26%20more");
    }

    #[test]
    fn a_code_has_its_three_eyes_and_a_quiet_zone() {
        let (size, path) = qr_path("https://mentoring.example/join/abc").unwrap();
        let is_dark = |x: usize, y: usize| path.contains(&format!("M{x} {y}h1v1h-1z"));
        let far = size - 4 - 7;
        for (x, y) in [(4, 4), (far, 4), (4, far)] {
            assert!((0..7).all(|step| is_dark(x + step, y) && is_dark(x, y + step)), "the eye at {x}, {y}");
            assert!(!is_dark(x + 1, y + 1) && is_dark(x + 3, y + 3));
        }
        assert!((0..size).all(|x| !is_dark(x, 3) && !is_dark(3, x)), "nothing in the quiet zone");
        assert!(qr_path(&"x".repeat(4_000)).is_err());
    }
}
