//! A number as a report shows it: never bare.

use super::json::Json;
use crate::{
    Interval,
    error::{Error, finite, inside},
};

/// Why there is no number.
#[derive(Debug, Clone, PartialEq)]
pub enum Absence {
    /// It is not defined for these data.
    Undefined(Error),
    /// There are too few events in a group: show rates with exact intervals instead.
    TooFewEvents {
        /// How many the smaller group has.
        have: u64,
        /// How many it takes.
        need: u64,
    },
    /// It is kept back to protect people. Which rule did so is not said, because that can tell what was hidden.
    Withheld,
    /// The data that it takes were not collected.
    NotCollected,
    /// One value would claim more than is known: the interval is all there is to say (money saved).
    RangeOnly,
    /// It lies beyond what was observed (a median that fewer than half reached).
    NotReached,
}

/// What a reader has to know beside a number. The words for each belong to the page that shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caveat {
    /// People chose to join: what was not measured can differ.
    Observational,
    /// An average over time of an effect that changes.
    AverageOfChangingHazards,
    /// Fewer than ten events for each parameter.
    FewEventsPerTerm,
    /// Only those who answered.
    RespondersOnly,
    /// People who start far from the mean come nearer to it by themselves.
    RegressionToTheMean,
    /// No people who were not in the program to compare with.
    NoComparators,
    /// Computed by a method that is known to be biased, shown so that it can be recognized elsewhere.
    BiasedByDesign,
    /// Not in the plan that was made before the data.
    Exploratory,
    /// One of many groups or questions; its p is adjusted for them.
    OneOfMany,
    /// The interval holds no difference.
    HoldsNoDifference,
}

/// What a number may be taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What the program did, as far as the design can say.
    Effect,
    /// What happened.
    Description,
    /// How far the rest can be trusted.
    Diagnostic,
}

/// A number with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    name: String,
    role: Role,
    unit: &'static str,
    value: Result<f64, Absence>,
    interval: Option<(Interval, f64)>,
    p: Option<f64>,
    method: &'static str,
    n: u64,
    events: Option<[u64; 2]>,
    caveats: Vec<Caveat>,
}

/// An effect takes so many events in each group.
pub const LEAST_EVENTS: u64 = 10;

impl Number {
    /// What happened: a count, a share, a mean. `n` is how many people it is about; `method` names how it was computed.
    pub fn description(
        name: impl Into<String>,
        unit: &'static str,
        value: Result<f64, Error>,
        method: &'static str,
        n: u64,
    ) -> Self {
        // What is infinite or NaN is no number either.
        let value = value.and_then(|value| finite("value", value)).map_err(Absence::Undefined);
        let role = Role::Description;
        Self {
            name: name.into(),
            role,
            unit,
            value,
            interval: None,
            p: None,
            method,
            n,
            events: None,
            caveats: Vec::new(),
        }
    }

    /// How far the rest can be trusted: a balance, a power, a test of an assumption.
    pub fn diagnostic(
        name: impl Into<String>,
        unit: &'static str,
        value: Result<f64, Error>,
        method: &'static str,
        n: u64,
    ) -> Self {
        Self { role: Role::Diagnostic, ..Self::description(name, unit, value, method, n) }
    }

    /// What the program did. An effect has an interval of confidence `level`, and with fewer than [`LEAST_EVENTS`] events
    /// in either group it is not a number. It carries [`Caveat::Observational`].
    pub fn effect(
        name: impl Into<String>,
        unit: &'static str,
        estimate: Result<(f64, Interval), Error>,
        level: f64,
        method: &'static str,
        (n, events): (u64, [u64; 2]),
    ) -> Self {
        let value = estimate.map(|(value, _)| value);
        let number =
            Self { role: Role::Effect, events: Some(events), ..Self::description(name, unit, value, method, n) };
        let number = match estimate {
            Ok((_, interval)) => number.within(interval, level),
            Err(_) => number,
        };
        let have = events[0].min(events[1]);
        let number = if have < LEAST_EVENTS {
            number.absent(Absence::TooFewEvents { have, need: LEAST_EVENTS })
        } else {
            number
        };
        number.with(Caveat::Observational)
    }

    /// What lies between two ends and has no best value, such as money saved at a range of costs.
    pub fn range(
        name: impl Into<String>,
        unit: &'static str,
        range: Result<Interval, Error>,
        level: f64,
        (method, n): (&'static str, u64),
    ) -> Self {
        match range {
            Ok(interval) => {
                let number = Self::description(name, unit, Ok(0.0), method, n).within(interval, level);
                Self { value: number.value.and(Err(Absence::RangeOnly)), ..number }
            }
            Err(error) => Self::description(name, unit, Err(error), method, n),
        }
    }

    /// With an interval. An end may be infinite: the data allow anything on that side. Without ends or a level between 0
    /// and 1 the number is not defined.
    #[must_use]
    pub fn within(mut self, interval: Interval, level: f64) -> Self {
        let sound = if interval.lower <= interval.upper {
            inside("level", level).map(|_| ())
        } else {
            Err(Error::OutOfRange { what: "lower limit", value: interval.lower })
        };
        match (&self.value, sound) {
            (Ok(_), Ok(())) => self.interval = Some((interval, level)),
            (Ok(_), Err(error)) => return self.absent(Absence::Undefined(error)),
            (Err(_), _) => {}
        }
        self
    }

    /// With a p-value, which stands only beside an interval: alone it says nothing of how large something is.
    #[must_use]
    pub fn tested(mut self, p: f64) -> Self {
        self.p = self.interval.is_some().then_some(p).filter(|p| (0.0..=1.0).contains(p));
        self
    }

    /// With something that a reader has to know.
    #[must_use]
    pub fn with(mut self, caveat: Caveat) -> Self {
        if let Err(place) = self.caveats.binary_search(&caveat) {
            self.caveats.insert(place, caveat);
        }
        self
    }

    /// Without its value, and why.
    #[must_use]
    pub fn absent(mut self, why: Absence) -> Self {
        (self.value, self.interval, self.p) = (Err(why), None, None);
        self
    }

    /// Kept back: neither its value nor how many people it is about.
    #[must_use]
    pub fn withheld(self) -> Self {
        Self { n: 0, events: None, caveats: Vec::new(), ..self.absent(Absence::Withheld) }
    }

    /// With people and events as multiples of `rounding`, also where they are its value.
    #[must_use]
    pub(super) fn coarsened(mut self, rounding: u64) -> Self {
        let coarse = |count: u64| (count + rounding / 2) / rounding * rounding;
        self.n = coarse(self.n);
        self.events = self.events.map(|events| events.map(coarse));
        if let Err(Absence::TooFewEvents { have, .. }) = &mut self.value {
            *have = *have / rounding * rounding;
        }
        if self.unit == "people" {
            self.value = self.value.map(|count| coarse(count as u64) as f64);
        }
        self
    }

    /// How many people it is about.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Where it lies, and how surely.
    #[must_use]
    pub fn interval(&self) -> Option<(Interval, f64)> {
        self.interval
    }

    /// The p-value, if it stands beside an interval.
    #[must_use]
    pub fn p(&self) -> Option<f64> {
        self.p
    }

    /// The events in each group, of an effect.
    #[must_use]
    pub fn events(&self) -> Option<[u64; 2]> {
        self.events
    }

    /// What a reader has to know beside it.
    #[must_use]
    pub fn caveats(&self) -> &[Caveat] {
        &self.caveats
    }

    /// How it was computed.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, or why there is none.
    ///
    /// # Errors
    /// The [`Absence`].
    pub fn value(&self) -> Result<f64, &Absence> {
        self.value.as_ref().copied()
    }

    pub(super) fn is_effect(&self) -> bool {
        self.role == Role::Effect
    }

    pub(super) fn json(&self) -> Json {
        let withheld = self.value == Err(Absence::Withheld);
        let caveats = self.caveats.iter().map(|caveat| Json::text(caveat.code())).collect();
        Json::Object(vec![
            ("name", Json::text(&self.name)),
            ("role", Json::text(self.role.code())),
            ("unit", Json::text(self.unit)),
            ("value", Json::maybe(self.value.as_ref().ok(), |value| Json::Number(*value))),
            ("reason", Json::maybe(self.value.as_ref().err(), Absence::json)),
            ("interval", Json::maybe(self.interval, |(interval, level)| limits(interval, level))),
            ("p", Json::maybe(self.p, Json::Number)),
            ("method", Json::text(self.method)),
            ("n", if withheld { Json::Null } else { Json::Count(self.n) }),
            ("events", Json::maybe(self.events, |events| Json::List(events.map(Json::Count).to_vec()))),
            ("caveats", Json::List(caveats)),
        ])
    }
}

/// An end that is infinite is `null`, and `unbounded` says which.
fn limits(interval: Interval, level: f64) -> Json {
    let open = [("lower", interval.lower), ("upper", interval.upper)].into_iter().filter(|(_, end)| end.is_infinite());
    Json::Object(vec![
        ("lower", Json::Number(interval.lower)),
        ("upper", Json::Number(interval.upper)),
        ("level", Json::Number(level)),
        ("unbounded", Json::List(open.map(|(name, _)| Json::text(name)).collect())),
    ])
}

impl Absence {
    fn json(&self) -> Json {
        let (kind, detail) = match self {
            Self::Undefined(error) => ("undefined", Some(error.to_string())),
            Self::TooFewEvents { have, need } => ("too_few_events", Some(format!("{have} of {need}"))),
            Self::Withheld => ("withheld", None),
            Self::NotCollected => ("not_collected", None),
            Self::RangeOnly => ("range_only", None),
            Self::NotReached => ("not_reached", None),
        };
        Json::Object(vec![("kind", Json::text(kind)), ("detail", Json::maybe(detail, Json::Text))])
    }
}

impl Caveat {
    /// As the document spells it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Observational => "observational",
            Self::AverageOfChangingHazards => "average_of_changing_hazards",
            Self::FewEventsPerTerm => "few_events_per_term",
            Self::RespondersOnly => "responders_only",
            Self::RegressionToTheMean => "regression_to_the_mean",
            Self::NoComparators => "no_comparators",
            Self::BiasedByDesign => "biased_by_design",
            Self::Exploratory => "exploratory",
            Self::OneOfMany => "one_of_many",
            Self::HoldsNoDifference => "holds_no_difference",
        }
    }
}

impl Role {
    fn code(self) -> &'static str {
        match self {
            Self::Effect => "effect",
            Self::Description => "description",
            Self::Diagnostic => "diagnostic",
        }
    }
}
