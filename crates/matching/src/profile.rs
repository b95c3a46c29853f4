//! People as the engine sees them: an id, a number of places, and values by field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::number::Number;

/// The levels at which a topic can be offered, from a first idea (1) to expert (5).
pub const LEVELS: std::ops::RangeInclusive<u8> = 1..=5;
/// The priorities with which a topic can be wanted; 3 counts most.
pub const PRIORITIES: std::ops::RangeInclusive<u8> = 1..=3;

/// One side of the pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who mentors: in reverse mentoring, the junior person.
    Mentor,
    /// Who is mentored.
    Mentee,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::Mentor, Self::Mentee];

    /// The side across.
    pub fn other(self) -> Self {
        match self {
            Self::Mentor => Self::Mentee,
            Self::Mentee => Self::Mentor,
        }
    }

    /// Mentor and mentee, from a person of this side and somebody across.
    pub(crate) fn oriented<T>(self, person: T, other: T) -> (T, T) {
        match self {
            Self::Mentor => (person, other),
            Self::Mentee => (other, person),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mentor => "mentor",
            Self::Mentee => "mentee",
        })
    }
}

/// The same for mentors and for mentees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides<T> {
    /// For mentors.
    pub mentors: T,
    /// For mentees.
    pub mentees: T,
}

impl<T> Sides<T> {
    /// Makes one for each side, mentors first.
    pub fn from_fn(mut make: impl FnMut(Side) -> T) -> Self {
        Self { mentors: make(Side::Mentor), mentees: make(Side::Mentee) }
    }

    /// The one of a side.
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Mentor => &self.mentors,
            Side::Mentee => &self.mentees,
        }
    }

    /// The one of a side, to be changed.
    pub fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Mentor => &mut self.mentors,
            Side::Mentee => &mut self.mentees,
        }
    }
}

/// A person on one side, with what criteria can compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Unique on its side. The same id on both sides is the same person, who is never paired with themself.
    pub id: String,
    /// How many partners the person can have, at least 1.
    pub capacity: u32,
    /// Values by field; a field the person did not answer is simply not in it.
    pub values: BTreeMap<String, Value>,
    /// The ids of those across whom the person would have, best first; nobody else then. Empty for who gave no list and
    /// leaves it to the scores. Only [`Objective::Stable`](crate::Objective::Stable) reads them.
    pub choices: Vec<String>,
}

impl Profile {
    /// A person without any values yet.
    pub fn new(id: impl Into<String>, capacity: u32) -> Self {
        Self { id: id.into(), capacity, values: BTreeMap::new(), choices: Vec::new() }
    }

    /// The same person with one more value.
    pub fn with(mut self, field: impl Into<String>, value: Value) -> Self {
        self.values.insert(field.into(), value);
        self
    }

    /// The same person with a list of choices, best first.
    pub fn choosing<I: Into<String>>(mut self, choices: impl IntoIterator<Item = I>) -> Self {
        self.choices = choices.into_iter().map(Into::into).collect();
        self
    }

    /// The value of a field, where it says anything: empty texts and lists are as good as no answer.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.values.get(field).filter(|value| !value.is_blank())
    }
}

/// A field or an answer in a form that criteria can compare.
///
/// Texts are compared as they are: trimming and spelling are the caller's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A quantity or a point on a scale: level, tenure, time zone as hours from UTC.
    Number(Number),
    /// One of several words: department, office, working style.
    Category(String),
    /// Any number of words: languages, time slots, groups.
    Set(BTreeSet<String>),
    /// Topics a person can teach, each with a level in [`LEVELS`].
    Offers(BTreeMap<String, u8>),
    /// Topics a person would like to learn.
    Wants(BTreeMap<String, Want>),
}

/// How much a topic is wanted, and how well the other has to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Want {
    /// One of [`PRIORITIES`]; 3 counts most. Where people rank their topics, the first is 3, the second 2, the others 1.
    pub priority: u8,
    /// The smallest level that helps, one of [`LEVELS`]; 1 takes any.
    pub at_least: u8,
}

impl Want {
    /// A topic wanted at any level.
    pub fn any_level(priority: u8) -> Self {
        Self { priority, at_least: *LEVELS.start() }
    }
}

impl Value {
    /// A category from any text.
    pub fn category(word: impl Into<String>) -> Self {
        Self::Category(word.into())
    }

    /// A set of words.
    pub fn set<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        Self::Set(words.into_iter().map(Into::into).collect())
    }

    /// Offered topics with their levels.
    pub fn offers<T: Into<String>>(topics: impl IntoIterator<Item = (T, u8)>) -> Self {
        Self::Offers(topics.into_iter().map(|(topic, level)| (topic.into(), level)).collect())
    }

    /// Wanted topics.
    pub fn wants<T: Into<String>>(topics: impl IntoIterator<Item = (T, Want)>) -> Self {
        Self::Wants(topics.into_iter().map(|(topic, want)| (topic.into(), want)).collect())
    }

    /// Whether the value says nothing: an empty text, or a list without members.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Category(word) => word.trim().is_empty(),
            Self::Set(words) => words.is_empty(),
            Self::Offers(topics) => topics.is_empty(),
            Self::Wants(topics) => topics.is_empty(),
        }
    }

    /// Which form the value has.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Category(_) => Kind::Category,
            Self::Set(_) => Kind::Set,
            Self::Offers(_) => Kind::Offers,
            Self::Wants(_) => Kind::Wants,
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

/// The form of a [`Value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// See [`Value::Number`].
    Number,
    /// See [`Value::Category`].
    Category,
    /// See [`Value::Set`].
    Set,
    /// See [`Value::Offers`].
    Offers,
    /// See [`Value::Wants`].
    Wants,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Category => "a category",
            Self::Set => "a set",
            Self::Offers => "offered topics",
            Self::Wants => "wanted topics",
        })
    }
}
