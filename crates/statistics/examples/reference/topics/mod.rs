//! What is computed for the cases of each topic.
//!
//! A topic makes a tree of the shape of its cases, from what they give; [`super::compare`] walks a case and looks each
//! number up in that tree. To add one: a file here and a line in [`ALL`].

mod competing;
mod cox;
mod formula;
mod hr_panel;
mod km;
mod logrank;
mod matching;
mod misc;
mod paired;
mod power;
mod proportions;
mod sdc;
mod survival;
mod two_sample;
mod weighted;

use counterflow_statistics::Interval;
use serde_json::{Value, json};

pub use super::{
    case::Case,
    compare::{Check, Tolerance},
};

/// The cases of a file `ref_<name>.json`.
pub struct Topic {
    /// As in the name of its file.
    pub name: &'static str,
    /// Members that a case gives: not compared, unless they were computed (some cases ask for what others give).
    pub given: &'static [&'static str],
    /// How near the number at a path such as `groups/0/survival/3` has to be.
    pub tolerance: fn(&str) -> Tolerance,
    /// What was found, by the names of the case. Of what could not be computed the reason stands in place of the number.
    pub compute: fn(&Case) -> Result<Value, String>,
    /// What has to hold for all cases together.
    pub whole: Option<Judge>,
}

/// Judges all cases of a topic.
pub type Judge = fn(&[Case]) -> Vec<Check>;

/// Every topic that is known.
pub const ALL: &[Topic] = &[
    competing::TOPIC,
    cox::COUNTING,
    cox::TOPIC,
    hr_panel::TOPIC,
    km::TOPIC,
    logrank::TOPIC,
    matching::TOPIC,
    misc::TOPIC,
    paired::TOPIC,
    power::TOPIC,
    proportions::TOPIC,
    sdc::TOPIC,
    two_sample::TOPIC,
    weighted::TOPIC,
];

/// The topic of a name.
pub fn find(name: &str) -> Option<&'static Topic> {
    ALL.iter().find(|topic| topic.name == name)
}

/// A number as the reference writes it: infinities as `"Inf"`, which JSON lacks.
pub fn number(value: f64) -> Value {
    if value.is_infinite() { Value::from(if value > 0.0 { "Inf" } else { "-Inf" }) } else { Value::from(value) }
}

/// A figure, or why there is none.
pub fn figure<E: std::fmt::Display>(value: Result<f64, E>) -> Value {
    value.map_or_else(|why| Value::from(format!("none: {why}")), number)
}

/// The two ends of an interval, or why there are none.
pub fn limits<E: std::fmt::Display>(value: Result<Interval, E>) -> Value {
    match value {
        Ok(interval) => json!([number(interval.lower), number(interval.upper)]),
        Err(why) => Value::from(format!("none: {why}")),
    }
}

/// A value for every case that has one: what was not asked for is not computed.
pub fn asked(case: &Value, compute: impl FnOnce() -> Value) -> Value {
    if case.is_number() { compute() } else { Value::Null }
}
