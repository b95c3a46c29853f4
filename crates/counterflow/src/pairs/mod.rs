//! Pairs: a mentor and a mentee who both said yes, their agreement, and who keeps the leader's calendar.
//!
//! That a pair exists is public in its program; what is in it belongs to the two. A delegate sees meetings only.

pub mod agreement;
pub mod agreement_pages;
mod begin;
pub mod delegates;
mod ending;
mod profiles;
mod store;

pub use begin::begin;
pub use ending::{complete, drop_delegations, end_for_leaver};
pub use profiles::{Profile, Profiles, answers, why};
pub use store::{Own, Pair, of_person, pair};

use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        guard::Access,
        ids::PairId,
    },
    people::{self, Card},
    programs::Side,
    words,
};

words! {
    /// How a pair stands.
    State {
        /// They meet.
        Active = "active",
        /// For a while they do not.
        Paused = "paused",
        /// They reached the end of the round.
        Completed = "completed",
        /// They stopped before.
        EndedEarly = "ended_early",
    }
}

words! {
    /// From where somebody looks at a pair.
    Seat {
        /// Who shares what they know.
        Mentor = "mentor",
        /// Who learns.
        Mentee = "mentee",
        /// Whoever keeps the calendar of the one who does not lead: sees meetings only.
        Delegate = "delegate",
    }
}

impl From<Side> for Seat {
    fn from(side: Side) -> Self {
        match side {
            Side::Mentor => Self::Mentor,
            Side::Mentee => Self::Mentee,
        }
    }
}

impl Seat {
    /// Whether this is the seat of one of the two.
    #[must_use]
    pub fn is_inside(self) -> bool {
        self != Self::Delegate
    }
}

/// A pair, where the viewer may be found in it, with the cards of both.
#[derive(Debug, Clone)]
pub struct Seated {
    /// The pair.
    pub pair: Pair,
    /// Where the viewer sits.
    pub seat: Seat,
    /// The mentor.
    pub mentor: Card,
    /// The mentee.
    pub mentee: Card,
}

impl Seated {
    /// Loads what every page of a pair needs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(tx: &mut Tx, access: &Access<PairId>) -> Answer<Self> {
        let pair = pair(tx, access).await?;
        let seat = pair.seat_of(access.viewer.person);
        let (mentor, mentee) = cards(tx, &pair).await?;
        Ok(Self { pair, seat, mentor, mentee })
    }

    /// For which side the viewer acts.
    #[must_use]
    pub fn side(&self) -> Side {
        self.pair.side_from(self.seat)
    }

    /// Whether the viewer leads the pair: proposes times and writes the agenda.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.seat.is_inside() && self.side() == self.pair.led_by
    }

    /// Whether it is the viewer's own calendar in which times are chosen.
    #[must_use]
    pub fn chooses(&self) -> bool {
        self.seat.is_inside() && !self.leads()
    }

    /// The one who chooses among the times, by themselves or by a delegate.
    #[must_use]
    pub fn chooser(&self) -> &Card {
        self.card_on(self.pair.led_by.other())
    }

    /// The one who leads the pair.
    #[must_use]
    pub fn lead(&self) -> &Card {
        self.card_on(self.pair.led_by)
    }

    /// The card of whoever is on a side.
    #[must_use]
    pub fn card_on(&self, side: Side) -> &Card {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }

    /// The one whose side the viewer is on.
    #[must_use]
    pub fn me(&self) -> &Card {
        self.card_on(self.side())
    }

    /// The one across: for the mentor the mentee, for everybody else the mentor.
    #[must_use]
    pub fn other(&self) -> &Card {
        self.card_on(self.side().other())
    }

    /// The address of the pair's page.
    #[must_use]
    pub fn href(&self) -> String {
        self.pair.href()
    }
}

/// The cards of both: mentor, mentee.
///
/// # Errors
/// When the database fails.
pub async fn cards(tx: &mut Tx, pair: &Pair) -> Answer<(Card, Card)> {
    Ok((card_on(tx, pair, Side::Mentor).await?, card_on(tx, pair, Side::Mentee).await?))
}

/// The card of whoever is on a side.
///
/// # Errors
/// When the database fails.
pub async fn card_on(tx: &mut Tx, pair: &Pair, side: Side) -> Answer<Card> {
    let card = people::card(tx, pair.person_on(side)).await?;
    card.ok_or_else(|| Error::defect("a pair without one of its people"))
}

/// Who keeps the calendar of the one who chooses in a pair, by name. Nobody, unless the pair meets.
///
/// # Errors
/// When the database fails.
pub async fn keepers(tx: &mut Tx, pair: &Pair) -> Answer<Vec<Card>> {
    let mut cards = Vec::new();
    for (keeper,) in store::keepers(tx, pair.id).await? {
        cards.extend(people::card(tx, keeper).await?);
    }
    Ok(cards)
}
