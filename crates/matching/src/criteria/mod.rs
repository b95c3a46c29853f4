//! Criteria: which pairs are possible, and which are good.
//!
//! One TOML form serves program templates, the criteria screen and the command line.
//!
//! ```
//! use counterflow_matching::{Criteria, Objective};
//! let criteria = Criteria::from_toml(r#"
//! aim = "coverage"               # or "total", "fair", "stable" (with proposer = "mentee" or "mentor"); see Objective
//!
//! [chain_of_command]             # nobody is paired with somebody above or below them in the org tree
//! depth = "any"                  # the default; or a number of levels: 2 is the manager, and the manager's manager
//!
//! [[criterion]]
//! rule = "must"                  # must, must_not: every pair has to follow it
//! compare = "at_least_apart"
//! field = "level"
//! by = 3
//! missing = "allow"              # who gave no level may be paired all the same
//!
//! [[criterion]]
//! rule = "must"
//! compare = "at_most_apart"
//! field = "utc_offset"
//! by = 3.5
//! wraps_at = 24                  # hours go round: 23 and 1 are two apart
//!
//! [[criterion]]
//! rule = "must"
//! compare = "overlaps"
//! field = "languages"
//!
//! [[criterion]]
//! name = "Topics"                # optional; what the screens call it
//! rule = "prefer"                # prefer, avoid: adds to the score, by weight
//! compare = "offers_what_the_other_wants"
//! mentor_field = "offers"
//! mentee_field = "wants"
//! weight = 6
//!
//! [[criterion]]
//! rule = "prefer"
//! compare = "complements"
//! field = "style"
//! pairs = [["introvert", "extrovert"]]
//! weight = 3
//!
//! [[criterion]]
//! rule = "avoid"
//! compare = "same"
//! field = "region"
//! weight = 2
//! "#).expect("every line above is in the form");
//! assert_eq!(criteria.aim, Objective::MaxCoverage);
//! assert_eq!(criteria.list.len(), 6);
//! assert_eq!(Criteria::from_toml(&criteria.to_toml()), Ok(criteria));
//! ```
//!
//! # Keys of a criterion
//! | key | meaning |
//! |---|---|
//! | `rule` | `must`, `must_not`: pairs that break it are impossible. `prefer`, `avoid`: part of the score. |
//! | `compare` | how the two values are compared; see the next table |
//! | `field` | the field of both sides; or `mentor_field` and `mentee_field` where they differ |
//! | `by` | a distance or a smallest count; see the next table |
//! | `wraps_at` | for distances: the length of the circle on which the values lie |
//! | `pairs` | for `complements`: which categories complement one another, in either order |
//! | `weight` | 0 to 10, for `prefer` and `avoid` (required there) |
//! | `missing` | for `must` and `must_not`: `refuse` (the default) or `allow` a pair in which a value is missing |
//! | `name` | a label |
//!
//! # Comparisons
//! | `compare` | values | true when | degree, for `prefer` |
//! |---|---|---|---|
//! | `same` | numbers or categories | equal | 1 or 0 |
//! | `different` | numbers or categories | not equal | 1 or 0 |
//! | `at_least_apart` | numbers | distance ≥ `by` | distance / `by`, at most 1 |
//! | `at_most_apart` | numbers | distance ≤ `by` | 1 up to `by`, then falling to 0 at twice `by` |
//! | `overlaps` | sets (a category is a set of one) | at least `by` (default 1) in common | number in common / `by`, at most 1 |
//! | `complements` | numbers on a scale | at least half of `by` apart | distance / `by`; without `by`, the widest distance found among all participants stands for it |
//! | `complements` | categories | listed in `pairs`; without `pairs`, different | 1 or 0 |
//! | `offers_what_the_other_wants` | offered topics on one side, wanted topics on the other | at least `by` (default 1) wanted topics are offered at the wanted level | 1 - (1 - x/30)², where x is the sum of priority × level over the wanted topics that are offered at the wanted level (at most 30) |
//!
//! `avoid` takes 1 minus the degree. A `prefer` or `avoid` in which a value is missing gives nothing: leaving a
//! question out is never rewarded. A `must` or `must_not` in which a value is missing is broken, unless
//! `missing = "allow"`.
//!
//! # The score of a pair
//! The 10,000 points of a full score are shared among the preferences by weight (largest remainder, so that the
//! shares add up exactly); each gives its share times its degree, rounded half up; the score is the sum. Where no
//! preference has a weight, nothing was wished beyond the rules, and every possible pair scores 10,000.
//!
//! # Answering narrowly
//! No degree is divided by the length of anybody's list. Another language, time slot, offer or want can therefore
//! raise a pair's score or open a pair, and never the reverse; who lists only one favorite topic has, with everybody,
//! at most the score that the full list would have had. The other side of it: who truly wants one thing only reaches
//! at most 0.75 of a fit by topics, and stands behind others where partners are scarce.

mod error;
mod read;
mod write;

use serde::{Deserialize, Serialize};

pub use error::{CriteriaError, Place, Problem, Range};

use crate::number::Number;
use crate::objective::Objective;
use crate::profile::{Kind, Side};

/// What makes a pair possible and what makes it good; see the [module](self) for the form and the meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// Which draft is the best.
    pub aim: Objective,
    /// Keeps people apart who stand in one reporting line; `None` switches it off.
    pub chain_of_command: Option<ChainOfCommand>,
    /// In the order of the form. Everything that speaks of a criterion names it by its position here, from 0.
    pub list: Vec<Criterion>,
}

/// Nobody is paired with somebody above or below them in the org tree. Who is not in the tree is above and below nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainOfCommand {
    /// How far up and down.
    pub depth: Depth,
}

/// A number of steps in the reporting line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// However many.
    Any,
    /// At most so many, at least 1.
    Levels(u32),
}

/// One line of the criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// A label.
    pub name: Option<String>,
    /// What follows from the comparison.
    pub rule: Rule,
    /// How the two values are compared.
    pub compare: Comparison,
    /// The field of the mentor.
    pub mentor_field: String,
    /// The field of the mentee.
    pub mentee_field: String,
}

impl Criterion {
    /// The field on one side.
    pub fn field(&self, side: Side) -> &String {
        match side {
            Side::Mentor => &self.mentor_field,
            Side::Mentee => &self.mentee_field,
        }
    }
}

/// What follows when a comparison is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The pair is possible only when it is true.
    Must(Missing),
    /// The pair is possible only when it is false.
    MustNot(Missing),
    /// The pair scores higher the more it is true.
    Prefer(Weight),
    /// The pair scores higher the less it is true.
    Avoid(Weight),
}

impl Rule {
    /// The weight of a preference; `None` for a hard rule.
    pub fn weight(self) -> Option<Weight> {
        match self {
            Self::Must(_) | Self::MustNot(_) => None,
            Self::Prefer(weight) | Self::Avoid(weight) => Some(weight),
        }
    }
}

/// What a hard rule says of a pair in which a value is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// The rule is broken.
    #[default]
    Refuse,
    /// The rule is kept.
    Allow,
}

/// How much a preference counts beside the others, from 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(u8);

impl Weight {
    /// The largest weight.
    pub const MOST: u8 = 10;

    /// `None` above 10.
    pub fn new(weight: u8) -> Option<Self> {
        (weight <= Self::MOST).then_some(Self(weight))
    }

    /// From 0 to 10.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// How two values are compared; the [module](self) says what each needs and means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Same,
    /// Not equal.
    Different,
    /// At least a distance apart.
    AtLeastApart {
        /// The distance, above 0.
        by: Number,
        /// The length of the circle, where the values lie on one.
        wraps_at: Option<Number>,
    },
    /// At most a distance apart.
    AtMostApart {
        /// The distance, 0 or more.
        by: Number,
        /// The length of the circle, where the values lie on one.
        wraps_at: Option<Number>,
    },
    /// Members in common.
    Overlaps {
        /// How many, at least 1.
        by: u32,
    },
    /// One has what the other lacks.
    Complements(Complement),
    /// Topics of one that the other wants.
    OffersWhatTheOtherWants {
        /// How many, at least 1.
        by: u32,
    },
}

/// What complements what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complement {
    /// Numbers: the further apart the better, up to the widest distance found. Categories: any two different ones.
    Any,
    /// Numbers: the further apart the better, up to this distance, above 0.
    Span(Number),
    /// Categories: these, in either order.
    Pairs(Vec<[String; 2]>),
}

impl Comparison {
    /// The word for it in the TOML form.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::AtLeastApart { .. } => "at_least_apart",
            Self::AtMostApart { .. } => "at_most_apart",
            Self::Overlaps { .. } => "overlaps",
            Self::Complements(_) => "complements",
            Self::OffersWhatTheOtherWants { .. } => "offers_what_the_other_wants",
        }
    }

    /// The forms of values it can compare.
    pub fn kinds(&self) -> &'static [Kind] {
        match self {
            Self::Same | Self::Different | Self::Complements(Complement::Any) => &[Kind::Number, Kind::Category],
            Self::AtLeastApart { .. } | Self::AtMostApart { .. } | Self::Complements(Complement::Span(_)) => {
                &[Kind::Number]
            }
            Self::Complements(Complement::Pairs(_)) => &[Kind::Category],
            Self::Overlaps { .. } => &[Kind::Set, Kind::Category],
            Self::OffersWhatTheOtherWants { .. } => &[Kind::Offers, Kind::Wants],
        }
    }
}

/// What keeps a pair from being possible, in the order in which the rules are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "rule", content = "criterion", rename_all = "snake_case")]
pub enum HardRule {
    /// Nobody mentors themself.
    SamePerson,
    /// The pair is on the list of forbidden ones.
    Forbidden,
    /// One is above the other in the org tree.
    ChainOfCommand,
    /// The `must` or `must_not` at this position.
    Criterion(usize),
}

#[cfg(test)]
mod tests;
