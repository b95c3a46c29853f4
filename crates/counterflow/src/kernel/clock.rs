//! Time is a parameter. Every transaction carries the moment at which it began; only this file asks the system.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Span, civil, tz::TimeZone};
use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A moment that stands still until it is set: for tests and for writing the demo's past.
    Set(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self::Set(Arc::new(Mutex::new(at)))
    }

    /// The moment, to the millisecond.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::from_jiff(jiff::Timestamp::now()),
            Self::Set(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a set clock. The system's clock cannot be moved; asking for it is a mistake of the caller.
    pub fn set(&self, to: Timestamp) {
        match self {
            Self::System => tracing::error!("the system's clock cannot be set"),
            Self::Set(at) => *at.lock().unwrap_or_else(PoisonError::into_inner) = to,
        }
    }
}

/// A moment in UTC, to the millisecond. In the database and in JSON it is text of fixed width
/// (`2026-11-22T10:00:00.000Z`), so that text order is time order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// Cut to the millisecond.
    #[must_use]
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at))
    }

    /// The moment as jiff's type, for arithmetic and zones.
    #[must_use]
    pub fn jiff(self) -> jiff::Timestamp {
        self.0
    }

    /// The moment `span` later. Saturates at the end of time.
    #[must_use]
    pub fn plus(self, span: SignedDuration) -> Self {
        Self(self.0.saturating_add(span).unwrap_or(self.0))
    }

    /// The moment `span` earlier.
    #[must_use]
    pub fn minus(self, span: SignedDuration) -> Self {
        self.plus(-span)
    }

    /// How long after `earlier` this is; negative if before.
    #[must_use]
    pub fn since(self, earlier: Self) -> SignedDuration {
        self.0.duration_since(earlier.0)
    }

    /// The calendar day in a zone.
    #[must_use]
    pub fn day_in(self, zone: &TimeZone) -> Day {
        Day(self.0.to_zoned(zone.clone()).date())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse().map(Self::from_jiff)
    }
}

/// A calendar day without a zone, `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub civil::Date);

impl Day {
    /// The day `days` later (or earlier, if negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(Span::new().days(days)))
    }

    /// Whole days from `earlier` to this day.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.since(earlier.0).map_or(0, |span| span.get_days())
    }

    /// The first moment of the day in a zone.
    #[must_use]
    pub fn start_in(self, zone: &TimeZone) -> Timestamp {
        self.0
            .to_zoned(zone.clone())
            .map_or(Timestamp(jiff::Timestamp::UNIX_EPOCH), |at| Timestamp::from_jiff(at.timestamp()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Day {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

macro_rules! stored_as_text {
    ($($name:ident),*) => {$(
        impl<DB: Database> Type<DB> for $name where String: Type<DB> {
            fn type_info() -> DB::TypeInfo {
                <String as Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <String as Type<DB>>::compatible(ty)
            }
        }
        impl<'q, DB: Database> Encode<'q, DB> for $name where String: Encode<'q, DB> {
            fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.to_string().encode(buf)
            }
        }
        impl<'r, DB: Database> Decode<'r, DB> for $name where String: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(<String as Decode<'r, DB>>::decode(value)?.parse()?)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
stored_as_text!(Timestamp, Day);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_order_is_time_order() {
        let early: Timestamp = "2026-03-29T00:59:59.9999Z".parse().unwrap();
        let late: Timestamp = "2026-03-29T01:00:00Z".parse().unwrap();
        assert_eq!(early.to_string(), "2026-03-29T00:59:59.999Z");
        assert_eq!(late.to_string(), "2026-03-29T01:00:00.000Z");
        assert!(early < late && early.to_string() < late.to_string());
    }

    #[test]
    fn a_day_begins_when_the_zone_says_so() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let day: Day = "2026-03-30".parse().unwrap();
        assert_eq!(day.start_in(&berlin).to_string(), "2026-03-29T22:00:00.000Z");
        assert_eq!(day.plus_days(-1).start_in(&berlin).to_string(), "2026-03-28T23:00:00.000Z");
    }
}
