//! How people come into a round, as a template says it: what `enrollment` offers on its pages, with the same limits.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::words;

/// The most questions that an applicant is asked.
pub const MOST_QUESTIONS: usize = 3;
/// How many lines a rubric has.
pub const LINES: RangeInclusive<usize> = 3..=5;
/// The longest question, line or anchor, in characters.
pub const LONGEST: usize = 300;

words! {
    /// How people come to one side of a round. Managers can choose and invite anybody in each of them.
    Way {
        /// Whom the managers choose and write to.
        Invitation = "invitation",
        /// Whoever fits the rules and opens the round's address.
        Open = "open",
        /// Whom line managers and mentor leads name.
        Nomination = "nomination",
    }
}

words! {
    /// Whether whoever registers takes part at once.
    Admission {
        /// Leaders do, and as many mentors as they need; the others wait in line. The rule where none was set.
        AsNeeded = "as_needed",
        /// Everybody who registers is admitted.
        Everybody = "everybody",
        /// A manager admits them.
        ByHand = "by_hand",
    }
}

/// When a round reminds people who have not registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderPlan {
    /// Days without an answer before each.
    pub days: i64,
    /// How often; 0: never by itself.
    pub times: i64,
}

impl ReminderPlan {
    /// Where a round says nothing else.
    pub const USUAL: Self = Self { days: 7, times: 1 };

    /// What a plan can say.
    pub const DAYS: RangeInclusive<i64> = 1..=60;

    /// Nobody is reminded more often than this of one invitation.
    pub const TIMES: RangeInclusive<i64> = 0..=2;
}

/// What applicants are asked, and how that is scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreeningDesign {
    /// One to [`MOST_QUESTIONS`].
    pub questions: Vec<String>,
    /// As many as [`LINES`] allows.
    pub lines: Vec<Line>,
}

/// A line of the rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What is looked at.
    pub title: String,
    /// What stands for 1, 2, 3 and 4.
    pub anchors: [String; 4],
}

/// How the sides of a round are filled. What is left out stays as every round begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// How mentors come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentor: Option<Way>,
    /// How mentees come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentee: Option<Way>,
    /// Whether whoever registers takes part at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<Admission>,
    /// When people are reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<ReminderPlan>,
    /// Whether mentors apply, and how they are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screening: Option<ScreeningDesign>,
}
