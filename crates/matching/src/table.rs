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

impl Verdict {
    /// True in full or not at all.
    pub fn yes_or_no(holds: bool) -> Self {
        Self { holds, degree: degree::yes_or_no(holds) }
    }
}

/// One optional entry a person, in the order of people.
pub(crate) type Column<T> = Sides<Vec<Option<T>>>;

/// A list a person, one beside the other; some people have none, which is not the same as an empty one.
#[derive(Debug)]
pub(crate) struct Lists<T> {
    starts: Vec<u32>,
    entries: Vec<T>,
    missing: Vec<bool>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], entries: Vec::new(), missing: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// Adds the list of the next person.
    pub fn push(&mut self, list: Option<impl IntoIterator<Item = T>>) {
        self.missing.push(list.is_none());
        self.entries.extend(list.into_iter().flatten());
        self.starts.push(self.entries.len() as u32);
    }

    /// A person's list.
    pub fn of(&self, person: usize) -> Option<&[T]> {
        let list = &self.entries[self.starts[person] as usize..self.starts[person + 1] as usize];
        (!self.missing[person]).then_some(list)
    }

    /// Everybody's, in the order of people.
    pub fn iter(&self) -> impl Iterator<Item = Option<&[T]>> {
        (0..self.missing.len()).map(|person| self.of(person))
    }

    /// All entries of everybody.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.entries.iter_mut()
    }

    fn lacking(&self) -> usize {
        self.missing.iter().filter(|missing| **missing).count()
    }
}

impl<T> FromIterator<Option<Vec<T>>> for Lists<T> {
    fn from_iter<I: IntoIterator<Item = Option<Vec<T>>>>(lists: I) -> Self {
        let mut all = Self::default();
        lists.into_iter().for_each(|list| all.push(list));
        all
    }
}

/// A topic that somebody offers, by its number among those that occur on both sides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offered {
    pub topic: u32,
    pub level: u8,
}

/// A topic that somebody wants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub topic: u32,
    pub want: Want,
}

/// One criterion's values. `None` in a column is a missing value.
#[derive(Debug)]
pub(crate) enum Table {
    Equal {
        codes: Column<u32>,
        equal: bool,
    },
    Listed {
        codes: Column<usize>,
        complement: Vec<bool>,
        width: usize,
    },
    Distance {
        numbers: Column<Number>,
        measure: Measure,
    },
    /// Members of a set, one bit each.
    Sets {
        sets: Sides<Lists<u64>>,
        by: u32,
    },
    /// Both in the order of topics.
    Topics {
        offers: Lists<Offered>,
        wants: Lists<Wanted>,
        topics: u32,
        offering: Side,
        by: u32,
    },
}

/// How a distance is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Measure {
    AtLeast { by: Number, wraps_at: Option<Number> },
    AtMost { by: Number, wraps_at: Option<Number> },
    Complement { span: Number },
}

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
                Some(Verdict::yes_or_no((a == b) == *equal))
            }
            Self::Listed { codes, complement, width } => {
                let (a, b) = (codes.mentors[mentor]?, codes.mentees[mentee]?);
                Some(Verdict::yes_or_no(complement[a * width + b]))
            }
            Self::Distance { numbers, measure } => {
                Some(measure.verdict(numbers.mentors[mentor]?, numbers.mentees[mentee]?))
            }
            Self::Sets { sets, by } => {
                let (a, b) = (sets.mentors.of(mentor)?, sets.mentees.of(mentee)?);
                let common: u32 = a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum();
                Some(Verdict { holds: common >= *by, degree: degree::ratio(common.into(), (*by).into()) })
            }
            Self::Topics { offers, wants, offering, by, .. } => {
                let (offers, wants) = match offering {
                    Side::Mentor => (offers.of(mentor)?, wants.of(mentee)?),
                    Side::Mentee => (offers.of(mentee)?, wants.of(mentor)?),
                };
                Some(topics_verdict(offers, wants, *by))
            }
        }
    }

    /// A person's single value in a form that can be compared for equality and sorted; `None` where it is missing, and for
    /// lists.
    pub fn key(&self, side: Side, person: usize) -> Option<i64> {
        match self {
            Self::Equal { codes, .. } => codes.of(side)[person].map(i64::from),
            Self::Listed { codes, .. } => codes.of(side)[person].map(|code| code as i64),
            Self::Distance { numbers, .. } => numbers.of(side)[person].map(|number| number.thousandths()),
            Self::Sets { .. } | Self::Topics { .. } => None,
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
            Self::Sets { sets, .. } => sets.of(side).lacking(),
            Self::Topics { offers, offering, .. } if *offering == side => offers.lacking(),
            Self::Topics { wants, .. } => wants.lacking(),
        }
    }
}

fn topics_verdict(offers: &[Offered], wants: &[Wanted], by: u32) -> Verdict {
    let (mut met, mut points) = (0, 0);
    let mut offers = offers.iter().peekable();
    for &Wanted { topic, want } in wants {
        while offers.next_if(|offer| offer.topic < topic).is_some() {}
        let level = offers.peek().filter(|offer| offer.topic == topic).map_or(0, |offer| offer.level);
        if level >= want.at_least {
            met += 1;
            points += u64::from(want.priority) * u64::from(level);
        }
    }
    Verdict { holds: met >= by, degree: degree::topics(points) }
}
