//! Check-ins: a few questions to one person at one time. And how the pairs are doing, as far as dates tell.
//!
//! What somebody answers is between them and the counting. Nothing in this feature shows an answer to anybody but the
//! person who gave it: managers see how many answered, and the health of a pair is made of dates alone.
//!
//! A check-in is answered once and not changed afterwards, so that the person can be told exactly what was counted.

mod answer;
mod ask;
pub mod health;
mod health_store;
pub mod nudge;
mod nudge_store;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;
mod wave_store;
mod waves;

pub use answer::{Given, answer};
pub use ask::{after_meeting, ask_last, open_waves, remind};
pub use health_store::{PairRow, Running, of_round};
pub use store::{Waiting, checkin, waiting};
pub use wave_store::asked_waves;
pub use waves::{Waves, set_waves, waves};

use std::collections::BTreeMap;

use jiff::{SignedDuration, tz::TimeZone};

use crate::{
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{CheckinId, PairId, PersonId, ProgramId, RoundId},
    },
    programs::{Side, template::Question},
    words,
};

/// How long a check-in can be answered.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);
/// After this time without an answer there is one more letter, and no other.
const REMIND_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);
/// The smallest number of people whose own words are shown together (PRODUCT.md P5).
const COMMENTS_TOGETHER: i64 = 10;

words! {
    /// When people are asked.
    Occasion {
        /// Once after each meeting that was held.
        AfterMeeting = "after_meeting",
        /// When the pair begins.
        Baseline = "baseline",
        /// In the middle of the round.
        Midpoint = "midpoint",
        /// When the round ends.
        Endline = "endline",
    }
}

words! {
    /// How a question is answered.
    Kind {
        /// 1 to 5.
        Scale = "scale",
        /// Yes or no.
        YesNo = "yes_no",
        /// In one's own words, or not at all.
        Text = "text",
    }
}

/// The questions of one check-in, as they were asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questions(pub Vec<Question>);

impl TryFrom<String> for Questions {
    type Error = serde_json::Error;
    fn try_from(text: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&text).map(Self)
    }
}

/// The questions that a program has asked anybody, as they were asked, by key.
///
/// # Errors
/// When the database fails.
pub async fn asked_questions(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<BTreeMap<String, Question>> {
    let mut asked = BTreeMap::new();
    for (set,) in wave_store::asked_sets(tx, leave).await? {
        let Questions(questions) = Questions::try_from(set).map_err(Error::defect)?;
        asked.extend(questions.into_iter().map(|question| (question.key.clone(), question)));
    }
    Ok(asked)
}

/// How a question is answered. A kind that a program's own file misspells is asked as text.
#[must_use]
pub fn kind_of(question: &Question) -> Kind {
    question.kind.parse().unwrap_or(Kind::Text)
}

/// A few questions to one person at one time.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Checkin {
    /// Which.
    pub id: CheckinId,
    /// In which round.
    pub round_id: RoundId,
    /// About which pair.
    pub pair_id: PairId,
    /// Who is asked.
    pub person_id: PersonId,
    /// On which side of the pair they are.
    pub side: Side,
    /// When they are asked.
    pub occasion: Occasion,
    /// What they are asked.
    #[sqlx(try_from = "String")]
    pub questions: Questions,
    /// The name of the person on the other side.
    pub other: String,
    /// The program's name.
    pub program: String,
    /// The smallest number of people about whom an answer is shown.
    pub minimum_reporting_size: i64,
    /// The IANA name of the zone in which this person reads times.
    pub time_zone: String,
    /// When they met, if it is about a meeting.
    pub met_at: Option<Timestamp>,
    /// Until when it can be answered.
    pub due_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
}

/// Whether a check-in can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Open,
    /// It was answered then.
    Answered(Timestamp),
    /// It was not answered, and it is too late.
    Closed,
}

impl Checkin {
    /// Whether it can be answered.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.answered_at {
            Some(at) => Standing::Answered(at),
            None if now < self.due_at => Standing::Open,
            None => Standing::Closed,
        }
    }

    /// The zone in which this person reads times.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// With how many others at least an answer of this kind is counted.
    #[must_use]
    pub fn others(&self, kind: Kind) -> i64 {
        match kind {
            Kind::Text => self.minimum_reporting_size.max(COMMENTS_TOGETHER) - 1,
            Kind::Scale | Kind::YesNo => self.minimum_reporting_size - 1,
        }
    }
}
