//! From profiles to the table of one criterion, reporting every value that does not fit.

use std::collections::{BTreeMap, BTreeSet};

use crate::criteria::{Comparison, Complement, Criterion};
use crate::instance::{Instance, InstanceError, TopicNumber};
use crate::number::Number;
use crate::profile::{Kind, LEVELS, PRIORITIES, Profile, Side, Sides, Value, Want};
use crate::table::{Column, Lists, Measure, Offered, Table, Wanted};

impl Table {
    /// Encodes the values of the criterion at this position.
    pub fn build(position: usize, criterion: &Criterion, instance: &Instance, errors: &mut Vec<InstanceError>) -> Self {
        let mut values = Values { position, criterion, instance, errors };
        match &criterion.compare {
            Comparison::Same => Self::Equal { codes: values.codes(), equal: true },
            Comparison::Different => Self::Equal { codes: values.codes(), equal: false },
            &Comparison::AtLeastApart { by, wraps_at } => values.distance(Measure::AtLeast { by, wraps_at }),
            &Comparison::AtMostApart { by, wraps_at } => values.distance(Measure::AtMost { by, wraps_at }),
            Comparison::Complements(complement) => values.complements(complement),
            Comparison::Overlaps { by } => Self::Sets { sets: values.sets(), by: *by },
            Comparison::OffersWhatTheOtherWants { by } => values.topics(*by),
        }
    }
}

/// Reads the values that one criterion compares.
struct Values<'a> {
    position: usize,
    criterion: &'a Criterion,
    instance: &'a Instance,
    errors: &'a mut Vec<InstanceError>,
}

impl<'a> Values<'a> {
    fn people(&self, side: Side) -> impl Iterator<Item = (&'a Profile, Option<&'a Value>)> + use<'a> {
        let field = self.criterion.field(side);
        self.instance.people(side).iter().map(move |person| (person, person.value(field)))
    }

    /// The first of these forms that any value has; all others have to follow it.
    fn first_kind(&self, among: &[Kind]) -> Option<Kind> {
        let kinds = |side| self.people(side).filter_map(|(_, value)| value.map(Value::kind));
        kinds(Side::Mentor).chain(kinds(Side::Mentee)).find(|kind| among.contains(kind))
    }

    /// What `read` makes of one side's values. Those of other forms than the expected ones are errors.
    fn side<T>(&mut self, side: Side, expected: &[Kind], read: impl Fn(&'a Value) -> Option<T>) -> Vec<Option<T>> {
        let mut column = Vec::new();
        for (person, value) in self.people(side) {
            if let Some(value) = value.filter(|value| !expected.contains(&value.kind())) {
                self.errors.push(InstanceError::WrongKind {
                    criterion: self.position,
                    side,
                    field: self.criterion.field(side).clone(),
                    person: person.id.clone(),
                    found: value.kind(),
                    expected: expected.to_vec(),
                });
            }
            column.push(value.and_then(&read));
        }
        column
    }

    fn both<T>(&mut self, expected: &[Kind], read: impl Fn(&'a Value) -> Option<T>) -> Column<T> {
        Sides::from_fn(|side| self.side(side, expected, &read))
    }

    fn codes(&mut self) -> Column<u32> {
        let kinds = self.criterion.compare.kinds();
        let first = self.first_kind(kinds);
        let values = self.both(first.as_ref().map_or(kinds, std::slice::from_ref), Some);
        let distinct: BTreeSet<&Value> = values.mentors.iter().chain(&values.mentees).flatten().copied().collect();
        let code: BTreeMap<&Value, u32> = distinct.into_iter().zip(0..).collect();
        Sides::from_fn(|side| values.of(side).iter().map(|value| value.map(|value| code[value])).collect())
    }

    fn distance(&mut self, measure: Measure) -> Table {
        Table::Distance { numbers: self.both(&[Kind::Number], number), measure }
    }

    fn complements(&mut self, complement: &Complement) -> Table {
        match complement {
            Complement::Span(span) => self.distance(Measure::Complement { span: *span }),
            Complement::Pairs(pairs) => self.listed(pairs),
            Complement::Any => match self.first_kind(self.criterion.compare.kinds()) {
                Some(Kind::Number) => self.widest_distance(),
                _ => Table::Equal { codes: self.codes(), equal: false },
            },
        }
    }

    fn widest_distance(&mut self) -> Table {
        let numbers = self.both(&[Kind::Number], number);
        let all = || numbers.mentors.iter().chain(&numbers.mentees).flatten();
        let span = all().min().zip(all().max()).map_or(Number::default(), |(least, most)| least.distance(*most));
        Table::Distance { numbers, measure: Measure::Complement { span } }
    }

    /// Words that no pair lists share one code, the last.
    fn listed(&mut self, pairs: &[[String; 2]]) -> Table {
        let words: BTreeSet<&str> = pairs.iter().flatten().map(String::as_str).collect();
        let code: BTreeMap<&str, usize> = words.into_iter().zip(0..).collect();
        let width = code.len() + 1;
        let codes = self.both(&[Kind::Category], |value| match value {
            Value::Category(word) => Some(code.get(word.as_str()).copied().unwrap_or(code.len())),
            _ => None,
        });
        let mut complement = vec![false; width * width];
        for [a, b] in pairs {
            let (a, b) = (code[a.as_str()], code[b.as_str()]);
            complement[a * width + b] = true;
            complement[b * width + a] = true;
        }
        Table::Listed { codes, complement, width }
    }

    fn sets(&mut self) -> Sides<Lists<u64>> {
        let sets = self.both(self.criterion.compare.kinds(), |value| match value {
            Value::Set(words) => Some(words.iter().map(String::as_str).collect()),
            Value::Category(word) => Some(vec![word.as_str()]),
            _ => None,
        });
        let words = |column: &[Option<Vec<&'a str>>]| column.iter().flatten().flatten().copied().collect();
        let code = codes_of_common(words(&sets.mentors), &words(&sets.mentees));
        let bits = |words: &Vec<&str>| {
            let mut bits = vec![0_u64; code.len().div_ceil(64)];
            for code in words.iter().filter_map(|word| code.get(word)) {
                bits[code / 64] |= 1 << (code % 64);
            }
            bits
        };
        Sides::from_fn(|side| sets.of(side).iter().map(|words| words.as_ref().map(bits)).collect())
    }

    /// Whoever's values are offers is the offering side; the other has to want.
    fn topics(&mut self, by: u32) -> Table {
        let kind = |side| self.people(side).find_map(|(_, value)| value.map(Value::kind));
        let offering = match (kind(Side::Mentor), kind(Side::Mentee)) {
            (Some(Kind::Wants), _) | (None, Some(Kind::Offers)) => Side::Mentee,
            _ => Side::Mentor,
        };
        let offers = self.side(offering, &[Kind::Offers], offers);
        let wants = self.side(offering.other(), &[Kind::Wants], wants);
        self.check_offers(offering, &offers);
        self.check_wants(offering.other(), &wants);
        let code = codes_of_common(topics_of(&offers), &topics_of(&wants));
        let topic = |topic: &str| code.get(topic).map(|&code| code as u32);
        let offered = |offers: &BTreeMap<String, u8>| {
            let offers = offers.iter().filter_map(|(name, &level)| Some(Offered { topic: topic(name)?, level }));
            offers.collect::<Vec<Offered>>()
        };
        let wanted = |wants: &BTreeMap<String, Want>| {
            let wants = wants.iter().filter_map(|(name, &want)| Some(Wanted { topic: topic(name)?, want }));
            wants.collect::<Vec<Wanted>>()
        };
        Table::Topics {
            offers: offers.into_iter().map(|offers| offers.map(offered)).collect(),
            wants: wants.into_iter().map(|wants| wants.map(wanted)).collect(),
            topics: code.len() as u32,
            offering,
            by,
        }
    }

    fn check_offers(&mut self, side: Side, offers: &[Option<&'a BTreeMap<String, u8>>]) {
        for (person, topics) in self.instance.people(side).iter().zip(offers) {
            for (topic, level) in topics.iter().flat_map(|topics| topics.iter()) {
                self.check_range(side, person, topic, TopicNumber::Level, *level);
            }
        }
    }

    fn check_wants(&mut self, side: Side, wants: &[Option<&'a BTreeMap<String, Want>>]) {
        for (person, topics) in self.instance.people(side).iter().zip(wants) {
            for (topic, want) in topics.iter().flat_map(|topics| topics.iter()) {
                self.check_range(side, person, topic, TopicNumber::Priority, want.priority);
                self.check_range(side, person, topic, TopicNumber::AtLeast, want.at_least);
            }
        }
    }

    fn check_range(&mut self, side: Side, person: &Profile, topic: &str, number: TopicNumber, found: u8) {
        if number.range().contains(&found) {
            return;
        }
        self.errors.push(InstanceError::TopicOutOfRange {
            criterion: self.position,
            side,
            field: self.criterion.field(side).clone(),
            person: person.id.clone(),
            topic: topic.to_owned(),
            number,
            found,
        });
    }
}

impl TopicNumber {
    /// The numbers that are possible.
    pub fn range(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Level | Self::AtLeast => LEVELS,
            Self::Priority => PRIORITIES,
        }
    }
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn offers(value: &Value) -> Option<&BTreeMap<String, u8>> {
    match value {
        Value::Offers(topics) => Some(topics),
        _ => None,
    }
}

fn wants(value: &Value) -> Option<&BTreeMap<String, Want>> {
    match value {
        Value::Wants(topics) => Some(topics),
        _ => None,
    }
}

fn topics_of<'a, T>(column: &[Option<&'a BTreeMap<String, T>>]) -> BTreeSet<&'a str> {
    column.iter().flatten().flat_map(|topics| topics.keys()).map(String::as_str).collect()
}

/// Numbers for the words that occur on both sides; no other word can ever be in common.
fn codes_of_common<'a>(ours: BTreeSet<&'a str>, theirs: &BTreeSet<&'a str>) -> BTreeMap<&'a str, usize> {
    ours.into_iter().filter(|word| theirs.contains(word)).zip(0..).collect()
}
