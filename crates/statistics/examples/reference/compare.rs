//! Which numbers of a case agree with what was computed.

use serde_json::Value;

use super::{case::Case, topics::Topic};

/// What a case says about itself, its sources and what other tools made of it; nothing to compute.
const NOTES: [&str; 3] = ["cross_check", "cross_check_notes", "same_set_as_matchit_on_ps"];
/// Under this path stand numbers as books print them.
const PRINTED: &str = "published/values";

/// How near is near enough: `|found - expected| <= relative |expected| + absolute`.
#[derive(Clone, Copy)]
pub struct Tolerance {
    relative: f64,
    absolute: f64,
}

impl Tolerance {
    /// Closed forms: Kaplan-Meier, log-rank, t, shares, rates.
    pub const CLOSED: Self = Self { relative: 1e-10, absolute: 1e-12 };
    /// Fitted models: coefficients, standard errors, likelihoods.
    pub const FITTED: Self = Self { relative: 1e-8, absolute: 1e-10 };
    /// Sandwich variances, tests of proportional hazards, concordance, predictions.
    pub const ROBUST: Self = Self { relative: 1e-7, absolute: 1e-10 };
    /// Figures of a tool that stops its search early.
    pub const STOPPED_EARLY: Self = Self { relative: 1e-6, absolute: 1e-10 };
    /// p-values, to the far tail; and what is found by search or by summing many terms.
    pub const TAIL: Self = Self { relative: 1e-8, absolute: 0.0 };
    /// Counts and identities.
    pub const SAME: Self = Self { relative: 0.0, absolute: 0.0 };

    fn holds(self, found: f64, expected: f64) -> bool {
        (found - expected).abs() <= self.relative * expected.abs() + self.absolute
    }

    /// One half of the last digit that is printed.
    fn printed(expected: f64) -> Self {
        let text = expected.to_string();
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        Self { relative: 1e-12, absolute: 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX)) }
    }
}

/// Something that a topic judges by itself, such as a property of an answer of which several are right.
pub struct Check {
    /// What should hold, of which case.
    pub what: String,
    /// What is wrong, with its values; nothing if it holds.
    pub wrong: Option<String>,
}

/// How many numbers agree, and which do not.
#[derive(Default)]
pub struct Tally {
    pub passed: usize,
    pub misses: Vec<String>,
}

impl Tally {
    /// Compares a case with what was found, a tree of the same shape.
    pub fn case(&mut self, case: &Case, topic: Option<&Topic>, found: Result<Value, String>) {
        let (found, why) = match found {
            Ok(found) => (found, None),
            Err(why) => (Value::Null, Some(why)),
        };
        let mut walk = Walk { tally: self, name: case.name(), tolerance: topic.map(|topic| topic.tolerance), why };
        let given = topic.map_or(&[][..], |topic| topic.given);
        for (key, expected) in case.value.as_object().into_iter().flatten() {
            let is_given = given.contains(&key.as_str()) && found[key].is_null();
            if !NOTES.contains(&key.as_str()) && !is_given {
                walk.compare(key, expected, &found[key]);
            }
        }
    }

    /// Counts a check as one number.
    pub fn check(&mut self, name: &str, check: Check) {
        match check.wrong {
            None => self.passed += 1,
            Some(wrong) => self.misses.push(format!("{name} {}: {wrong}", check.what)),
        }
    }
}

struct Walk<'a> {
    tally: &'a mut Tally,
    name: String,
    tolerance: Option<fn(&str) -> Tolerance>,
    /// Why nothing was found.
    why: Option<String>,
}

impl Walk<'_> {
    /// Compares every leaf at or below `path`.
    fn compare(&mut self, path: &str, expected: &Value, found: &Value) {
        match expected {
            Value::Object(members) => {
                for (key, expected) in members.iter().filter(|(key, _)| !NOTES.contains(&key.as_str())) {
                    self.compare(&format!("{path}/{key}"), expected, &found[key]);
                }
            }
            Value::Array(items) => {
                for (place, expected) in items.iter().enumerate() {
                    self.compare(&format!("{path}/{place}"), expected, &found[place]);
                }
                if let Some(more) = found.as_array().filter(|found| found.len() > items.len()) {
                    self.miss(path, &format!("{} items", more.len()), &format!("{} items", items.len()));
                }
            }
            _ => self.leaf(path, expected, found),
        }
    }

    fn leaf(&mut self, path: &str, expected: &Value, found: &Value) {
        let agrees = match expected {
            Value::Number(number) => {
                let expected = number.as_f64().unwrap_or(f64::NAN);
                found.as_f64().is_some_and(|found| self.tolerance(path, expected).holds(found, expected))
            }
            // What is not defined; what was found instead may say why.
            Value::Null => !found.is_number() && self.why.is_none(),
            Value::String(text) if matches!(text.as_str(), "NaN" | "NA") => !found.is_number() && self.why.is_none(),
            // A text is a note, unless it was computed too or stands for a number.
            Value::String(text) if found.is_null() && !matches!(text.as_str(), "Inf" | "-Inf") => return,
            _ => expected == found,
        };
        if agrees {
            self.tally.passed += 1;
        } else {
            self.miss(path, &found.to_string(), &expected.to_string());
        }
    }

    fn tolerance(&self, path: &str, expected: f64) -> Tolerance {
        if path.starts_with(PRINTED) {
            return Tolerance::printed(expected);
        }
        self.tolerance.map_or(Tolerance::SAME, |of| of(path))
    }

    fn miss(&mut self, path: &str, found: &str, expected: &str) {
        let why = self.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        self.tally.misses.push(format!("{} {path}: found {found}, expected {expected}{why}", self.name));
    }
}
