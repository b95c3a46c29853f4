//! What somebody answered when they registered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::kernel::{ids::PersonId, words};

/// Answers to the registration, as they were sent. What is typed and not sent yet is kept apart, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Mentors: topic key to level, 1 to 5.
    pub offers: BTreeMap<String, u8>,
    /// Mentees: topic key to priority, 1 to 3 (3 is most wanted).
    pub wants: BTreeMap<String, u8>,
    /// In their own words: about me (mentor), or what I want to get out of it (mentee).
    pub about: String,
    /// Languages in which they can talk, as names: `English`.
    pub languages: BTreeSet<String>,
    /// `introvert`, `ambivert` or `extrovert`; empty if not said.
    pub energy: String,
    /// Blocks of two hours of the week in their own zone: `mon-08` is Monday 08:00 to 10:00.
    pub times: BTreeSet<String>,
    /// The zone of `times`, as an IANA name; empty where it is the directory's.
    pub time_zone: String,
    /// What shall not be talked about: keys of `[boundary]` in words/en.toml, or their own words.
    pub out_of_bounds: BTreeSet<String>,
    /// With whom they should not be paired. Read by the program managers and the matching only.
    pub never_with: Vec<PersonId>,
    /// How many people on the other side they have room for.
    pub capacity: u8,
}

impl Answers {
    /// What shall not be talked about, in words.
    #[must_use]
    pub fn boundaries(&self) -> Vec<String> {
        self.out_of_bounds.iter().map(|boundary| words::say("boundary", boundary, &[])).collect()
    }
}
