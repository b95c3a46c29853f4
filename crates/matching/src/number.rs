//! Decimal numbers that compare and subtract exactly.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const UNIT: i64 = 1_000;
const LARGEST: i64 = 10_000_000_000 * UNIT;

/// A decimal number with at most three decimals, between -10 and +10 billion.
///
/// Levels, hours between time zones and years of tenure are all exact in it, so that a score never depends on
/// how a processor rounds.
///
/// ```
/// use counterflow_matching::Number;
/// let kathmandu: Number = "5.75".parse()?;
/// assert_eq!(kathmandu.distance(Number::from(-3)).to_string(), "8.75");
/// # Ok::<(), counterflow_matching::NotANumber>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i64);

/// The text or value is not a number that [`Number`] can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number with at most three decimals between -10 and +10 billion")]
pub struct NotANumber;

impl Number {
    /// The number in thousandths.
    pub fn thousandths(self) -> i64 {
        self.0
    }

    /// A number given in thousandths; `None` beyond 10 billion units.
    pub fn from_thousandths(thousandths: i64) -> Option<Self> {
        (thousandths.abs() <= LARGEST).then_some(Self(thousandths))
    }

    /// How far apart two numbers are, never negative. Beyond the largest number it stays at the largest.
    pub fn distance(self, other: Self) -> Self {
        Self((self.0 - other.0).abs().min(LARGEST))
    }

    /// The distance on a circle of the given length: with 24, hours 23 and 1 are two apart.
    pub fn distance_around(self, other: Self, length: Self) -> Self {
        let straight = (self.0 - other.0).abs() % length.0.max(1);
        Self(straight.min(length.0 - straight))
    }
}

impl From<i32> for Number {
    fn from(whole: i32) -> Self {
        Self(i64::from(whole) * UNIT)
    }
}

impl TryFrom<i64> for Number {
    type Error = NotANumber;

    fn try_from(whole: i64) -> Result<Self, NotANumber> {
        whole.checked_mul(UNIT).and_then(Self::from_thousandths).ok_or(NotANumber)
    }
}

impl TryFrom<f64> for Number {
    type Error = NotANumber;

    /// Takes what has at most three decimals, up to the error with which a binary fraction stands for them.
    fn try_from(number: f64) -> Result<Self, NotANumber> {
        let scaled = number * UNIT as f64;
        let whole = scaled.round();
        let fits = whole.abs() <= LARGEST as f64 && (scaled - whole).abs() < 1e-4;
        if fits { Ok(Self(whole as i64)) } else { Err(NotANumber) }
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let (negative, digits) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let only_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !only_digits(whole) || !only_digits(decimals) || decimals.len() > 3 {
            return Err(NotANumber);
        }
        let whole: i64 = whole.parse().map_err(|_| NotANumber)?;
        let decimals: i64 = format!("{decimals:0<3}").parse().map_err(|_| NotANumber)?;
        let size = whole.checked_mul(UNIT).and_then(|w| w.checked_add(decimals)).ok_or(NotANumber)?;
        Self::from_thousandths(if negative { -size } else { size }).ok_or(NotANumber)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, decimals) = (self.0.abs() / UNIT, self.0.abs() % UNIT);
        if decimals == 0 {
            return write!(f, "{sign}{whole}");
        }
        write!(f, "{sign}{whole}.{}", format!("{decimals:03}").trim_end_matches('0'))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % UNIT == 0 {
            serializer.serialize_i64(self.0 / UNIT)
        } else {
            serializer.serialize_f64(self.0 as f64 / UNIT as f64)
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl de::Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number with at most three decimals")
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Number, E> {
        Number::try_from(whole).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Number, E> {
        i64::try_from(whole).map_err(E::custom).and_then(|whole| self.visit_i64(whole))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Number, E> {
        Number::try_from(number).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_decimals() {
        let check = |text: &str, expected: Option<(i64, &str)>| {
            let read = text.parse::<Number>().ok().map(|n| (n.thousandths(), n.to_string()));
            assert_eq!(read, expected.map(|(n, t)| (n, t.to_owned())), "{text:?}");
        };
        check("3", Some((3_000, "3")));
        check("-3.50", Some((-3_500, "-3.5")));
        check("+0.125", Some((125, "0.125")));
        check("-0.25", Some((-250, "-0.25")));
        check("10000000000", Some((10_000_000_000_000, "10000000000")));
        for wrong in ["", "-", ".5", "5.", "1.2345", "1e3", "10000000001", "--1", "3 ", "99999999999999999999"] {
            check(wrong, None);
        }
    }

    #[test]
    fn takes_binary_fractions_only_when_they_mean_three_decimals() {
        assert_eq!(Number::try_from(0.1), Ok(Number(100)));
        assert_eq!(Number::try_from(-5.75), Ok(Number(-5_750)));
        assert_eq!(Number::try_from(0.1234), Err(NotANumber));
        assert_eq!(Number::try_from(f64::NAN), Err(NotANumber));
        assert_eq!(Number::try_from(f64::INFINITY), Err(NotANumber));
    }

    #[test]
    fn measures_straight_and_around() {
        let check = |a: i32, b: i32, around: Option<i32>, expected: i32| {
            let (a, b) = (Number::from(a), Number::from(b));
            let distance = match around {
                Some(length) => a.distance_around(b, Number::from(length)),
                None => a.distance(b),
            };
            assert_eq!(distance, Number::from(expected));
        };
        check(-8, 13, None, 21);
        check(-8, 13, Some(24), 3);
        check(13, -8, Some(24), 3);
        check(-12, 12, Some(24), 0);
        check(0, 12, Some(24), 12);
    }
}
