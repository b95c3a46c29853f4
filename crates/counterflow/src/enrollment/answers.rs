//! What somebody answered when they registered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::kernel::ids::PersonId;

/// Answers to the registration, complete or not: everything may be missing while somebody is typing.
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
    /// Hours of the week in their own zone: `mon-08` is Monday 08:00 to 10:00.
    pub times: BTreeSet<String>,
    /// What shall not be talked about.
    pub out_of_bounds: BTreeSet<String>,
    /// With whom they should not be paired. Read by the program managers and the matching only.
    pub never_with: Vec<PersonId>,
    /// How many people on the other side they have room for.
    pub capacity: u8,
}
