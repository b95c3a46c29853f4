//! What somebody answered when they registered.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use super::{private::Private, replies::Replies};
use crate::{
    kernel::{ids::PersonId, words},
    programs::{Side, template::Topic},
};

/// What is offered as out of bounds: keys of `[boundary]` in words/en.toml.
pub const BOUNDARIES: [&str; 5] = ["pay", "reviews", "results", "private", "politics"];

/// Answers to the registration, as they were sent. What is typed and not sent yet is kept apart, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Mentors: topic key to level, 1 to 5.
    pub offers: BTreeMap<String, u8>,
    /// Mentees: topic key to priority, 1 to 3 (3 is most wanted).
    pub wants: BTreeMap<String, u8>,
    /// Mentees: topic key to the smallest level that helps, 2 to 5; any level does where nothing stands.
    pub wants_level: BTreeMap<String, u8>,
    /// In their own words: about me (mentor), or what I want to get out of it (mentee).
    pub about: String,
    /// Languages in which they can talk, as names: `English`.
    pub languages: BTreeSet<String>,
    /// `introvert`, `ambivert` or `extrovert`; empty if not said.
    pub energy: String,
    /// How they like to learn: `shown`, `trying` or `reading`; empty if not said.
    pub learn: String,
    /// How they like to meet: `table`, `video` or `walk`; empty if not said.
    pub meet: String,
    /// Blocks of two hours of the week in their own zone: `mon-08` is Monday 08:00 to 10:00.
    pub times: BTreeSet<String>,
    /// The zone of `times`, as an IANA name; empty where it is the directory's.
    pub time_zone: String,
    /// What shall not be talked about: keys of `[boundary]` in words/en.toml, or their own words.
    pub out_of_bounds: BTreeSet<String>,
    /// Topics of the program that shall not come up, by key.
    pub topics_out: BTreeSet<String>,
    /// Answers to the program's private questions, by key, with what they may be used for. Shown to nobody else.
    pub private: BTreeMap<String, Private>,
    /// With whom they should not be paired. Read by the program managers and the matching only.
    pub never_with: Vec<PersonId>,
    /// How many people on the other side they have room for.
    pub capacity: u8,
    /// The version of the form that they saw.
    pub form_version: i64,
    /// What they answered to the program's own questions.
    pub replies: Replies,
}

impl Answers {
    /// The topics of a side by name with their steps (levels or priorities), highest first.
    #[must_use]
    pub fn topics<'t>(&self, side: Side, topics: &'t [Topic]) -> Vec<(&'t str, u8)> {
        let steps = match side {
            Side::Mentor => &self.offers,
            Side::Mentee => &self.wants,
        };
        let mut named: Vec<_> =
            topics.iter().filter_map(|topic| Some((topic.name.as_str(), *steps.get(&topic.key)?))).collect();
        named.sort_by_key(|(_, step)| Reverse(*step));
        named
    }

    /// What shall not be talked about, in words: topics of the program first.
    #[must_use]
    pub fn boundaries(&self, topics: &[Topic]) -> Vec<String> {
        let out = topics.iter().filter(|topic| self.topics_out.contains(&topic.key)).map(|topic| topic.name.clone());
        out.chain(self.out_of_bounds.iter().map(|boundary| words::say("boundary", boundary, &[]))).collect()
    }
}
