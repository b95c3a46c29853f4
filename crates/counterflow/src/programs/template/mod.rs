//! What a program starts from: a plain TOML file (`templates/programs/*.toml`), copied into the program when it is
//! started and its own from then on. An organization adds its own by adding a file.
//!
//! # Placeholders
//! Texts can say `{name}`: whoever sends them fills it in ([`fill`]). See [`PLACEHOLDERS`] for all of them and
//! [`Round::placeholders`](super::Round::placeholders) for those that a round fills by itself.

mod check;
pub mod entry;
mod error;
pub mod registration;
mod shelf;

pub use error::{BrokenTemplate, Problem, TemplateError};
pub use shelf::{all, named, read};

use serde::{Deserialize, Serialize};

use super::{AskingOrder, Direction, Side};
use crate::{kernel::labels::Words, words};

/// What texts can say in braces, and what stands for it when they are sent.
pub const PLACEHOLDERS: [(&str, &str); 11] = [
    ("name", "the full name of whoever reads the text"),
    ("organization", "the organization's name"),
    ("program", "the program's name"),
    ("round", "the round's name"),
    ("meetings", "how many meetings each pair has"),
    ("minutes", "how long a meeting is"),
    ("rhythm", "how often the two meet: once a month, every 3 weeks"),
    ("rhythm_days", "days from one meeting to the next"),
    ("enroll_until", "the last day to register"),
    ("starts_on", "the first day of the meetings"),
    ("ends_on", "the last day of the round"),
];

/// A text with its placeholders filled in. What has no value here stays as it is.
///
/// ```
/// use counterflow::programs::template::fill;
/// let values = [("name", "Ana Lim".to_owned()), ("program", "Digital fluency".to_owned())];
/// assert_eq!(fill("{name}, welcome to {program}.", &values), "Ana Lim, welcome to Digital fluency.");
/// ```
#[must_use]
pub fn fill(text: &str, values: &[(&'static str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    // In one pass, so that braces inside a value (a program's name) are never filled again.
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (value.as_str(), after))
        });
        let (text, after) = value.unwrap_or(("{", after));
        filled.push_str(text);
        rest = after;
    }
    filled + rest
}

/// A program's design: objective, topics, criteria, agendas, check-ins, KPIs and texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The file's name without its ending, stable: `digital-fluency`.
    pub key: String,
    /// As it stands in the list.
    pub name: String,
    /// One or two sentences: what it is for, and who did it before.
    pub summary: String,
    /// Where the practice comes from, with the year.
    #[serde(default)]
    pub source: String,
    /// Who mentors whom.
    pub direction: Direction,
    /// How people call mentor, mentee, pair and meeting; without it the product's words for the direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Words>,
    /// What the organization wants to be different afterwards.
    pub objective: String,
    /// What can be offered and wanted.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Sensible sizes and dates.
    pub shape: Shape,
    /// For how many pairs it was made.
    #[serde(default)]
    pub size: Option<Size>,
    /// The steps of a topic, in the words of this program.
    #[serde(default)]
    pub levels: Levels,
    /// What people may say for the matching alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub private: Vec<PrivateQuestion>,
    /// Who takes part (`enrollment` evaluates it).
    #[serde(default)]
    pub eligibility: Eligibility,
    /// What is asked at registration, beside what every program asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registration: Vec<registration::FormQuestion>,
    /// How people come into a round of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrollment: Option<entry::Entry>,
    /// Criteria in the one form (`counterflow_matching::criteria`).
    #[serde(default)]
    pub matching: toml::Table,
    /// One agenda for each meeting, in order.
    #[serde(default)]
    pub agendas: Vec<Agenda>,
    /// Questions to both sides.
    #[serde(default)]
    pub checkins: Vec<Checkin>,
    /// What will show whether it worked.
    #[serde(default)]
    pub kpis: Vec<Kpi>,
    /// What both sides learn before they meet.
    #[serde(default)]
    pub training: Training,
    /// Texts that people read.
    pub texts: Texts,
}

impl Template {
    /// The criteria in the one form, as text.
    #[must_use]
    pub fn criteria(&self) -> String {
        self.matching.to_string()
    }

    /// The template as a file, as [`Self::parse`] reads it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("texts, numbers and lists of them are always TOML")
    }

    /// The unit of a KPI's target.
    #[must_use]
    pub fn unit(&self, kpi: &Kpi) -> Unit {
        match self.question_of(&kpi.source) {
            Some(question) if question.kind == "scale" => Unit::Scale,
            _ => Unit::Percent,
        }
    }

    /// The question whose answers a KPI counts.
    #[must_use]
    pub fn question_of(&self, source: &str) -> Option<&Question> {
        let key = source.strip_prefix("question:")?;
        let mut questions = self.checkins.iter().flat_map(|checkin| &checkin.questions);
        questions.find(|question| question.key == key)
    }

    /// Whether a question is asked on an occasion.
    #[must_use]
    pub fn asks(&self, key: &str, occasion: &str) -> bool {
        let mut at = self.checkins.iter().filter(|checkin| checkin.occasion == occasion);
        at.any(|checkin| checkin.questions.iter().any(|question| question.key == key))
    }

    /// The name of a topic; its key if the topic was removed from the design.
    #[must_use]
    pub fn topic_name<'a>(&'a self, key: &'a str) -> &'a str {
        self.topics.iter().find(|topic| topic.key == key).map_or(key, |topic| &topic.name)
    }
}

/// Something that can be taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Stable key: `ai-at-work`.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// What is meant, in half a sentence.
    #[serde(default)]
    pub help: String,
}

/// Sizes and rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// How many meetings each pair should have.
    pub meetings: i64,
    /// Days from one meeting to the next.
    pub rhythm_days: i64,
    /// Minutes of a meeting.
    pub meeting_minutes: i64,
    /// Who is asked first.
    pub asking_order: AskingOrder,
    /// Days to answer a proposal.
    pub answer_days: i64,
    /// Whether both sign before they meet: `required` or `advised`.
    pub agreement_gate: String,
}

impl Shape {
    /// How often a pair meets, as people say it.
    #[must_use]
    pub fn rhythm(&self) -> String {
        super::rhythm(self.rhythm_days)
    }
}

/// For how many pairs a program like this was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// From so many on it makes sense.
    pub fewest_pairs: i64,
    /// Up to so many it can be looked after.
    pub most_pairs: i64,
    /// What happens with fewer, and with more.
    pub why: String,
}

/// The steps of a topic in words, lowest first. Without them the product's own words are used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// Of a mentor, level 1 to 5.
    #[serde(default)]
    pub offers: Vec<String>,
    /// Of a mentee, priority 1 to 3.
    #[serde(default)]
    pub wants: Vec<String>,
}

impl Levels {
    /// The words for a step on the scale of a side, if the program has its own.
    #[must_use]
    pub fn word(&self, side: &Side, step: &u8) -> Option<&str> {
        let words = match side {
            Side::Mentor => &self.offers,
            Side::Mentee => &self.wants,
        };
        words.get(usize::from(*step).checked_sub(1)?).map(String::as_str)
    }
}

/// With what the name of a field begins that compares answers to a [`PrivateQuestion`].
pub const PRIVATE: &str = "private:";

/// A question whose answer nobody reads. Answering is voluntary; what the answer is used for is agreed to one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateQuestion {
    /// Stable key: `grew-up`.
    pub key: String,
    /// As people read it.
    pub question: String,
    /// What it is used for.
    pub help: String,
    /// What can be answered, in order.
    pub answers: Vec<String>,
    /// Whether several answers can hold: then `overlaps` compares them, otherwise `same` and `different` do.
    #[serde(default)]
    pub several: bool,
    /// What people are asked to agree to.
    #[serde(default = "for_matching", skip_serializing_if = "is_for_matching")]
    pub purposes: Vec<Purpose>,
}

words! {
    /// What a private answer may be used for.
    Purpose {
        /// To find out who fits whom.
        Matching = "matching",
        /// To count it together with others.
        Reporting = "reporting",
    }
}

impl Purpose {
    /// Whether anything is done for it yet. For what nothing is done, nobody is asked to agree.
    #[must_use]
    pub fn is_used(self) -> bool {
        match self {
            Self::Matching => true,
            Self::Reporting => false, // no report counts private answers
        }
    }
}

fn for_matching() -> Vec<Purpose> {
    vec![Purpose::Matching]
}

fn is_for_matching(purposes: &Vec<Purpose>) -> bool {
    *purposes == for_matching()
}

impl PrivateQuestion {
    /// What people are asked to agree to now. Without any the question is not asked.
    pub fn asked_for(&self) -> impl Iterator<Item = Purpose> {
        self.purposes.iter().copied().filter(|purpose| purpose.is_used())
    }

    /// Whether it is asked at all.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked_for().next().is_some()
    }

    /// The field by which criteria name it: `private:grew-up`.
    #[must_use]
    pub fn field(&self) -> String {
        format!("{PRIVATE}{}", self.key)
    }
}

/// Who can take part on each side: whoever fulfills every rule of the side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// Leaders. No rule: everybody in the directory.
    #[serde(default)]
    pub mentee: Vec<Rule>,
    /// Juniors.
    #[serde(default)]
    pub mentor: Vec<Rule>,
}

impl Eligibility {
    /// The rules of a side.
    #[must_use]
    pub fn of(&self, side: Side) -> &[Rule] {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }
}

/// A rule over one field of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `level`, `department`, `location`, `languages`, `tenure_years`, or the name of any attribute.
    pub field: String,
    /// How it is compared.
    pub is: Operator,
    /// With what: for `at_least` and `at_most`, a number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// With which: for `one_of` and `not_one_of`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

words! {
    /// How a rule compares.
    Operator {
        /// The number or more.
        AtLeast = "at_least",
        /// The number or less.
        AtMost = "at_most",
        /// One of the values.
        OneOf = "one_of",
        /// None of the values.
        NotOneOf = "not_one_of",
        /// The directory says something.
        IsKnown = "is_known",
    }
}

/// The agenda of one meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agenda {
    /// What this meeting is about.
    pub title: String,
    /// In order.
    pub items: Vec<AgendaItem>,
}

/// One point of an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgendaItem {
    /// In a few words.
    pub title: String,
    /// How long.
    pub minutes: i64,
    /// A prompt for the mentor.
    #[serde(default)]
    pub prompt: String,
}

/// Questions that are asked at one occasion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkin {
    /// `after_meeting`, `baseline`, `midpoint`, `endline`.
    pub occasion: String,
    /// In order.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable key.
    pub key: String,
    /// As people read it.
    pub text: String,
    /// Whom it is asked: `mentor`, `mentee` or `both`.
    pub ask: String,
    /// `scale` (1 to 5), `yes_no` or `text`.
    pub kind: String,
    /// The ends of a scale in words: `not at all`, `very much`.
    #[serde(default)]
    pub ends: Vec<String>,
    /// Who will see the answer: `counted` (only in aggregates over the minimum reporting size) or `pair`.
    pub readers: String,
}

/// Something that will show whether it worked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kpi {
    /// Stable key.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Where the figure comes from, and its unit: `question:KEY` (the mean answer on a scale of 1 to 5, or the percent
    /// of yes, each at the last occasion on which it was asked), `meetings_held` (held meetings
    /// as a percent of those that the round foresees), `meetings_kept` (as a percent of those that had a time), `finished` (the percent of pairs that
    /// completed the round), `retention` (the percent of the people who still work here a year after the round began),
    /// `field:NAME` (the percent of the people of whom the directory says something else there at the end).
    pub source: String,
    /// What is hoped for, in the unit of the source.
    pub target: f64,
    /// Where it stood before, if that is known from elsewhere: a question that is asked at the beginning tells it anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// On a scale: by how much people's changes differ from each other, as a standard deviation. The power of the round
    /// depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
}

/// What the target of a KPI counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The mean of answers from 1 to 5.
    Scale,
    /// A share of 100.
    Percent,
}

/// Short lessons before the first meeting, by name and in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The mentors' track.
    #[serde(default)]
    pub mentor: Vec<String>,
    /// The mentees' track.
    #[serde(default)]
    pub mentee: Vec<String>,
}

/// Texts that people read, with [`PLACEHOLDERS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Invitation to a leader.
    pub invite_mentee: String,
    /// Invitation to a junior.
    pub invite_mentor: String,
    /// What everybody promises who takes part.
    pub commitment: String,
    /// The draft of the pair's agreement.
    pub agreement: String,
    /// A first draft for the sponsor, to be made their own.
    #[serde(default)]
    pub endorsement: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_words_from_one_on() {
        let text = |word: &&str| (*word).to_owned();
        let levels = Levels { offers: ["a", "b"].iter().map(text).collect(), wants: Vec::new() };
        for (side, step, expected) in [
            (Side::Mentor, 0, None),
            (Side::Mentor, 1, Some("a")),
            (Side::Mentor, 2, Some("b")),
            (Side::Mentor, 3, None),
            (Side::Mentee, 1, None),
        ] {
            assert_eq!(levels.word(&side, &step), expected, "{side} {step}");
        }
    }

    #[test]
    fn fills_each_placeholder_once() {
        let values = [("name", "Ana {program}".to_owned()), ("program", "Fluency".to_owned())];
        for (text, expected) in [
            ("{name} in {program}", "Ana {program} in Fluency"),
            ("{unknown} {name", "{unknown} {name"),
            ("a { b } {program}", "a { b } Fluency"),
            ("", ""),
        ] {
            assert_eq!(fill(text, &values), expected);
        }
    }
}
