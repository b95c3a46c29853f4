//! From profiles to the table of one criterion, reporting every value that does not fit.

use std::collections::{BTreeMap, BTreeSet};

use crate::criteria::{Comparison, Complement, Criterion};
use crate::instance::{Input, InstanceError, TopicNumber};
use crate::number::Number;
use crate::people::{Entry, Field};
use crate::profile::{Kind, LEVELS, PRIORITIES, Side, Sides};
use crate::table::{Column, Lists, Measure, Offered, Table, Wanted};

impl Table {
    /// Encodes the values of the criterion at this position.
    pub fn build(position: usize, criterion: &Criterion, instance: &Input, errors: &mut Vec<InstanceError>) -> Self {
        let fields = Sides::from_fn(|side| instance.people.of(side).field(criterion.field(side)));
        let mut values = Values { position, criterion, instance, fields, errors };
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
    instance: &'a Input,
    /// `None` where nobody has the field.
    fields: Sides<Option<&'a Field>>,
    errors: &'a mut Vec<InstanceError>,
}

impl<'a> Values<'a> {
    /// The first of these forms that any value has; all others have to follow it.
    fn first_kind(&self, among: &[Kind]) -> Option<Kind> {
        let kinds = |side| self.fields.of(side).iter().flat_map(|field| field.kinds()).flatten();
        kinds(Side::Mentor).chain(kinds(Side::Mentee)).find(|kind| among.contains(kind))
    }

    /// What `read` makes of one side's values, for everybody. Values of other forms than the expected ones are errors.
    fn side<T>(&mut self, side: Side, expected: &[Kind], read: impl Fn(&'a Field, usize) -> T) -> Vec<Option<T>> {
        let people = self.instance.people.of(side);
        let Some(field) = *self.fields.of(side) else { return people.ids().map(|_| None).collect() };
        let mut column = Vec::with_capacity(people.len());
        for person in 0..people.len() {
            let kind = field.kind(person);
            if let Some(found) = kind.filter(|kind| !expected.contains(kind)) {
                self.errors.push(InstanceError::WrongKind {
                    criterion: self.position,
                    side,
                    field: self.criterion.field(side).clone(),
                    person: people.id(person).to_owned(),
                    found,
                    expected: expected.to_vec(),
                });
            }
            column.push(kind.filter(|kind| expected.contains(kind)).map(|_| read(field, person)));
        }
        column
    }

    fn codes(&mut self) -> Column<u32> {
        let kinds = self.criterion.compare.kinds();
        match self.first_kind(kinds) {
            Some(Kind::Number) => self.codes_of_numbers(),
            Some(kind) => self.codes_of_words(&[kind]),
            None => self.codes_of_words(kinds),
        }
    }

    fn codes_of_numbers(&mut self) -> Column<u32> {
        let numbers = self.numbers();
        let mut distinct: Vec<Number> = numbers.mentors.iter().chain(&numbers.mentees).flatten().copied().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let code = |number: &Number| distinct.binary_search(number).map_or(0, |code| code as u32);
        Sides::from_fn(|side| numbers.of(side).iter().map(|number| number.as_ref().map(code)).collect())
    }

    fn codes_of_words(&mut self, expected: &[Kind]) -> Column<u32> {
        let all = |side| self.fields.of(side).iter().flat_map(|field: &&Field| field.words()).map(String::as_str);
        let distinct: BTreeSet<&str> = all(Side::Mentor).chain(all(Side::Mentee)).collect();
        let code: BTreeMap<&str, u32> = distinct.into_iter().zip(0..).collect();
        Sides::from_fn(|side| {
            let own = self.translated(side, |word| code.get(word).copied());
            let words = self.side(side, expected, first_word);
            words.into_iter().map(|word| word.flatten().and_then(|word| own[word as usize])).collect()
        })
    }

    /// For each word of a side's field, what stands for it.
    fn translated<T>(&self, side: Side, of: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
        self.fields.of(side).map_or(Vec::new(), |field| field.words().iter().map(|word| of(word)).collect())
    }

    fn numbers(&mut self) -> Column<Number> {
        Sides::from_fn(|side| {
            let numbers = self.side(side, &[Kind::Number], Field::number);
            numbers.into_iter().map(Option::flatten).collect()
        })
    }

    fn distance(&mut self, measure: Measure) -> Table {
        Table::Distance { numbers: self.numbers(), measure }
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
        let numbers = self.numbers();
        let all = || numbers.mentors.iter().chain(&numbers.mentees).flatten();
        let span = all().min().zip(all().max()).map_or(Number::default(), |(least, most)| least.distance(*most));
        Table::Distance { numbers, measure: Measure::Complement { span } }
    }

    /// Words that no pair lists share one code, the last.
    fn listed(&mut self, pairs: &[[String; 2]]) -> Table {
        let words: BTreeSet<&str> = pairs.iter().flatten().map(String::as_str).collect();
        let code: BTreeMap<&str, usize> = words.into_iter().zip(0..).collect();
        let width = code.len() + 1;
        let codes = Sides::from_fn(|side| {
            let own = self.translated(side, |word| Some(code.get(word).copied().unwrap_or(code.len())));
            let words = self.side(side, &[Kind::Category], first_word);
            words.into_iter().map(|word| word.flatten().and_then(|word| own[word as usize])).collect()
        });
        let mut complement = vec![false; width * width];
        for [a, b] in pairs {
            let (a, b) = (code[a.as_str()], code[b.as_str()]);
            complement[a * width + b] = true;
            complement[b * width + a] = true;
        }
        Table::Listed { codes, complement, width }
    }

    /// Numbers for the words that occur on both sides; no other word can ever be in common.
    fn common(&self) -> Sides<Vec<Option<u32>>> {
        let words = |side| self.fields.of(side).iter().flat_map(|field: &&Field| field.words()).map(String::as_str);
        let theirs: BTreeSet<&str> = words(Side::Mentee).collect();
        let common: BTreeSet<&str> = words(Side::Mentor).filter(|word| theirs.contains(word)).collect();
        let code: BTreeMap<&str, u32> = common.into_iter().zip(0..).collect();
        Sides::from_fn(|side| self.translated(side, |word| code.get(word).copied()))
    }

    fn sets(&mut self) -> Sides<Lists<u64>> {
        let codes = self.common();
        let words = codes.mentors.iter().flatten().count().div_ceil(64);
        Sides::from_fn(|side| {
            let bits = |entries: &[Entry]| {
                let mut bits = vec![0_u64; words];
                for code in entries.iter().filter_map(|entry| codes.of(side)[entry.word as usize]) {
                    bits[code as usize / 64] |= 1 << (code % 64);
                }
                bits
            };
            let sets = self.side(side, self.criterion.compare.kinds(), Field::entries);
            sets.into_iter().map(|entries| entries.map(bits)).collect()
        })
    }

    /// Whoever's values are offers is the offering side; the other has to want.
    fn topics(&mut self, by: u32) -> Table {
        let kind = |side| self.fields.of(side).and_then(|field| field.kinds().flatten().next());
        let offering = match (kind(Side::Mentor), kind(Side::Mentee)) {
            (Some(Kind::Wants), _) | (None, Some(Kind::Offers)) => Side::Mentee,
            _ => Side::Mentor,
        };
        let wanting = offering.other();
        let codes = self.common();
        let offers = self.side(offering, &[Kind::Offers], Field::entries);
        let wants = self.side(wanting, &[Kind::Wants], Field::entries);
        self.check(offering, &offers, |entry| vec![(TopicNumber::Level, entry.level)]);
        self.check(wanting, &wants, |entry| {
            vec![(TopicNumber::Priority, entry.want.priority), (TopicNumber::AtLeast, entry.want.at_least)]
        });
        let offered =
            |entry: &Entry| Some(Offered { topic: codes.of(offering)[entry.word as usize]?, level: entry.level });
        let wanted = |entry: &Entry| Some(Wanted { topic: codes.of(wanting)[entry.word as usize]?, want: entry.want });
        let each = |entries: &[Entry]| entries.iter().filter_map(offered).collect();
        let offers = offers.into_iter().map(|entries| entries.map(each)).collect();
        let each = |entries: &[Entry]| entries.iter().filter_map(wanted).collect();
        let wants = wants.into_iter().map(|entries| entries.map(each)).collect();
        let topics = codes.mentors.iter().flatten().count() as u32;
        Table::Topics { offers, wants, topics, offering, by }
    }

    /// Reports numbers outside their scales.
    fn check(&mut self, side: Side, topics: &[Option<&[Entry]>], numbers: impl Fn(&Entry) -> Vec<(TopicNumber, u8)>) {
        let Some(field) = *self.fields.of(side) else { return };
        for (person, entries) in topics.iter().enumerate() {
            for entry in entries.iter().copied().flatten() {
                for (number, found) in numbers(entry) {
                    if !number.range().contains(&found) {
                        self.errors.push(InstanceError::TopicOutOfRange {
                            criterion: self.position,
                            side,
                            field: self.criterion.field(side).clone(),
                            person: self.instance.people.of(side).id(person).to_owned(),
                            topic: field.words()[entry.word as usize].clone(),
                            number,
                            found,
                        });
                    }
                }
            }
        }
    }
}

fn first_word(field: &Field, person: usize) -> Option<u32> {
    field.entries(person).first().map(|entry| entry.word)
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
