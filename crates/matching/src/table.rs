//! One criterion, laid out by position of person so that a pair is compared without touching text.

use crate::degree;
use crate::number::Number;
use crate::profile::{Side, Sides, Want};

/// What a comparison says of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Whether it is true.
    pub holds: bool,
    /// How far, from 0 to 10,000.
    pub degree: u32,
}

/// One optional entry a person, in the order of people.
pub(crate) type Column<T> = Sides<Vec<Option<T>>>;

/// One criterion's values. `None` in a column is a missing value.
#[derive(Debug)]
pub(crate) enum Table {
    Equal { codes: Column<u32>, equal: bool },
    Listed { codes: Column<usize>, complement: Vec<bool>, width: usize },
    Distance { numbers: Column<Number>, measure: Measure },
    Sets { sets: Column<Bits>, by: u32 },
    Topics { levels: Vec<Option<Vec<u8>>>, wants: Vec<Option<Vec<(usize, Want)>>>, offering: Side, by: u32 },
}

/// How a distance is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Measure {
    AtLeast { by: Number, wraps_at: Option<Number> },
    AtMost { by: Number, wraps_at: Option<Number> },
    Complement { span: Number },
}

/// Members of a set, one bit each.
pub(crate) type Bits = Box<[u64]>;

impl Measure {
    /// The distance as the criterion measures it.
    pub fn distance(self, a: Number, b: Number) -> Number {
        match self {
            Self::AtLeast { wraps_at: Some(length), .. } | Self::AtMost { wraps_at: Some(length), .. } => {
                a.distance_around(b, length)
            }
            _ => a.distance(b),
        }
    }

    /// The distance it is judged against.
    pub fn by(self) -> Number {
        match self {
            Self::AtLeast { by, .. } | Self::AtMost { by, .. } => by,
            Self::Complement { span } => span,
        }
    }

    fn verdict(self, a: Number, b: Number) -> Verdict {
        let distance = self.distance(a, b);
        match self {
            Self::AtLeast { by, .. } => Verdict { holds: distance >= by, degree: degree::at_least_apart(distance, by) },
            Self::AtMost { by, .. } => Verdict { holds: distance <= by, degree: degree::at_most_apart(distance, by) },
            Self::Complement { span } => Verdict {
                holds: span > Number::default() && 2 * distance.thousandths() >= span.thousandths(),
                degree: if span > Number::default() { degree::at_least_apart(distance, span) } else { 0 },
            },
        }
    }
}

impl Table {
    /// `None` where a value is missing.
    pub fn verdict(&self, mentor: usize, mentee: usize) -> Option<Verdict> {
        match self {
            Self::Equal { codes, equal } => {
                let (a, b) = (codes.mentors[mentor]?, codes.mentees[mentee]?);
                Some(yes_or_no((a == b) == *equal))
            }
            Self::Listed { codes, complement, width } => {
                let (a, b) = (codes.mentors[mentor]?, codes.mentees[mentee]?);
                Some(yes_or_no(complement[a * width + b]))
            }
            Self::Distance { numbers, measure } => {
                Some(measure.verdict(numbers.mentors[mentor]?, numbers.mentees[mentee]?))
            }
            Self::Sets { sets, by } => {
                let (a, b) = (sets.mentors[mentor].as_ref()?, sets.mentees[mentee].as_ref()?);
                let common: u32 = a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum();
                Some(Verdict { holds: common >= *by, degree: degree::ratio(common.into(), (*by).into()) })
            }
            Self::Topics { levels, wants, offering, by } => {
                let (offers, wants) = match offering {
                    Side::Mentor => (levels[mentor].as_ref()?, wants[mentee].as_ref()?),
                    Side::Mentee => (levels[mentee].as_ref()?, wants[mentor].as_ref()?),
                };
                Some(topics_verdict(offers, wants, *by))
            }
        }
    }

    /// How many people on a side have no value.
    pub fn lacking(&self, side: Side) -> usize {
        fn none<T>(column: &[Option<T>]) -> usize {
            column.iter().filter(|value| value.is_none()).count()
        }
        match self {
            Self::Equal { codes, .. } => none(codes.of(side)),
            Self::Listed { codes, .. } => none(codes.of(side)),
            Self::Distance { numbers, .. } => none(numbers.of(side)),
            Self::Sets { sets, .. } => none(sets.of(side)),
            Self::Topics { levels, offering, .. } if *offering == side => none(levels),
            Self::Topics { wants, .. } => none(wants),
        }
    }
}

fn yes_or_no(holds: bool) -> Verdict {
    Verdict { holds, degree: degree::yes_or_no(holds) }
}

fn topics_verdict(offers: &[u8], wants: &[(usize, Want)], by: u32) -> Verdict {
    let (mut met, mut points) = (0, 0);
    for (topic, want) in wants {
        let level = offers[*topic];
        if level >= want.at_least {
            met += 1;
            points += u64::from(want.priority) * u64::from(level);
        }
    }
    Verdict { holds: met >= by, degree: degree::topics(points) }
}
