//! What a pair lacks to a full score, written anew from the documentation of [`criteria`](crate::criteria).
//!
//! Nothing of the solver is in here: values come as people gave them. Distances are in thousandths, deficits in points.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::sum::Sum;
use crate::compiled::CompiledInstance;
use crate::criteria::{Comparison, Complement, Criterion, Missing, Rule};
use crate::number::Number;
use crate::objective::FULL_SCORE;
use crate::people::Field;
use crate::profile::{Kind, Side, Sides};

/// The deficit of a pair that breaks a rule.
pub(super) const BROKEN: u16 = u16::MAX;

/// The largest distance that a [`Number`] holds, in thousandths; distances stay there.
const LARGEST: i64 = 10_000_000_000_000;

/// What follows from a comparison.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effect {
    pub rule: Rule,
    /// Points of a full score.
    share: u32,
}

impl Effect {
    /// What a pair lacks of the share, or [`BROKEN`]; looks at what the rule asks for only.
    pub fn deficit(self, holds: impl FnOnce() -> bool, degree: impl FnOnce() -> u32) -> u16 {
        let broken = |broken: bool| if broken { BROKEN } else { 0 };
        let lacking = |degree: u32| self.share - (self.share * degree + FULL_SCORE / 2) / FULL_SCORE;
        match self.rule {
            Rule::Must(_) => broken(!holds()),
            Rule::MustNot(_) => broken(holds()),
            Rule::Prefer(_) => lacking(degree()) as u16,
            Rule::Avoid(_) => lacking(FULL_SCORE - degree()) as u16,
        }
    }

    /// The deficit of a pair in which a value is missing.
    pub fn missing(self) -> u16 {
        match self.rule {
            Rule::Must(Missing::Allow) | Rule::MustNot(Missing::Allow) => 0,
            Rule::Must(Missing::Refuse) | Rule::MustNot(Missing::Refuse) => BROKEN,
            Rule::Prefer(_) | Rule::Avoid(_) => self.share as u16,
        }
    }

    pub fn is_hard(self) -> bool {
        self.rule.weight().is_none()
    }

    /// What excludes more pairs sorts first.
    pub fn rank(self) -> Reverse<u32> {
        Reverse(if self.is_hard() { u32::MAX } else { self.share })
    }
}

/// `part / whole` of a full degree, at most that, rounded half up. A whole of nothing is no fit.
pub(super) fn degree(part: i64, whole: i64) -> u32 {
    if whole <= 0 {
        return 0;
    }
    ((part.clamp(0, whole) * i64::from(2 * FULL_SCORE) + whole) / (2 * whole)) as u32
}

/// A criterion that compares one value with one value.
#[derive(Debug)]
pub(super) struct Single<'c> {
    pub effect: Effect,
    /// `None` where nobody has the field.
    fields: Sides<Option<&'c Field>>,
    /// The key of each word of a side's field.
    words: Sides<Vec<i64>>,
    how: How,
}

#[derive(Debug)]
enum How {
    Same,
    Different,
    /// Keys that complement one another, each two in both orders.
    Listed(BTreeSet<(i64, i64)>),
    Distance(Distance),
}

#[derive(Clone, Copy, Debug)]
struct Distance {
    judged: Judged,
    by: i64,
    /// The length of the circle.
    around: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
enum Judged {
    AtLeast,
    AtMost,
    Complement,
}

impl Distance {
    fn new(judged: Judged, by: Number, around: Option<Number>) -> Self {
        Self { judged, by: by.thousandths(), around: around.map(Number::thousandths) }
    }

    fn between(self, a: i64, b: i64) -> i64 {
        self.measured((a - b).abs())
    }

    fn measured(self, straight: i64) -> i64 {
        match self.around {
            None => straight.min(LARGEST),
            Some(length) => (straight % length).min(length - straight % length),
        }
    }

    fn holds(self, distance: i64) -> bool {
        match self.judged {
            Judged::AtLeast => distance >= self.by,
            Judged::AtMost => distance <= self.by,
            Judged::Complement => self.by > 0 && 2 * distance >= self.by,
        }
    }

    fn degree(self, distance: i64) -> u32 {
        match self.judged {
            Judged::AtLeast | Judged::Complement => degree(distance, self.by),
            Judged::AtMost if distance <= self.by => FULL_SCORE,
            Judged::AtMost => degree(2 * self.by - distance, self.by),
        }
    }

    /// Distances between a number and the numbers of a range: the shortest and the longest are among them. Around a
    /// circle that may be where they turn, at whole and at half rounds.
    fn extremes(self, number: i64, from: i64, to: i64) -> [i64; 4] {
        let near = (number - number.clamp(from, to)).abs();
        let far = (number - from).abs().max((number - to).abs());
        let (first, last) = (self.measured(near), self.measured(far));
        let Some(length) = self.around else { return [first, last, first, last] };
        let whole_round = far / length * length >= near;
        let half_round = (2 * far + length) / (2 * length) * 2 * length - length >= 2 * near;
        [first, last, if whole_round { 0 } else { first }, if half_round { length / 2 } else { first }]
    }
}

impl<'c> Single<'c> {
    /// `None` for the comparisons that add something up.
    fn new(compiled: &'c CompiledInstance, criterion: &Criterion, effect: Effect) -> Option<Self> {
        let fields = fields(compiled, criterion);
        let (how, words) = match &criterion.compare {
            Comparison::Same => (How::Same, words(&fields)),
            Comparison::Different => (How::Different, words(&fields)),
            Comparison::AtLeastApart { by, wraps_at } => {
                (How::Distance(Distance::new(Judged::AtLeast, *by, *wraps_at)), Sides::default())
            }
            Comparison::AtMostApart { by, wraps_at } => {
                (How::Distance(Distance::new(Judged::AtMost, *by, *wraps_at)), Sides::default())
            }
            Comparison::Complements(Complement::Span(span)) => {
                (How::Distance(Distance::new(Judged::Complement, *span, None)), Sides::default())
            }
            Comparison::Complements(Complement::Any) => match widest(&fields) {
                None => (How::Different, words(&fields)),
                Some(by) => {
                    (How::Distance(Distance { judged: Judged::Complement, by, around: None }), Sides::default())
                }
            },
            Comparison::Complements(Complement::Pairs(pairs)) => listed(pairs, &fields),
            Comparison::Overlaps { .. } | Comparison::OffersWhatTheOtherWants { .. } => return None,
        };
        Some(Self { effect, fields, words, how })
    }

    /// What stands for a person's value: a number in thousandths or the number of a word; `None` for no value.
    pub fn key(&self, side: Side, person: usize) -> Option<i64> {
        let field = (*self.fields.of(side))?;
        match field.kind(person)? {
            Kind::Number => field.number(person).map(Number::thousandths),
            _ => field.entries(person).first().map(|entry| self.words.of(side)[entry.word as usize]),
        }
    }

    /// The deficit of two keys, in either order.
    pub fn deficit(&self, a: i64, b: i64) -> u16 {
        match &self.how {
            How::Same => self.yes_or_no(a == b),
            How::Different => self.yes_or_no(a != b),
            How::Listed(pairs) => self.yes_or_no(pairs.contains(&(a, b))),
            How::Distance(distance) => self.at(*distance, distance.between(a, b)),
        }
    }

    /// A deficit that no pair of a key with a key of the range is below. Deficits only rise or only fall with distance,
    /// so that they are least at one of the ends.
    pub fn least_deficit(&self, key: i64, from: i64, to: i64) -> u16 {
        if from == to {
            return self.deficit(key, from);
        }
        let inside = (from..=to).contains(&key);
        match &self.how {
            How::Same if !inside => self.yes_or_no(false),
            How::Different if !inside => self.yes_or_no(true),
            How::Same | How::Different | How::Listed(_) => self.yes_or_no(true).min(self.yes_or_no(false)),
            How::Distance(distance) => {
                let all = distance.extremes(key, from, to).map(|at| self.at(*distance, at));
                all.into_iter().min().unwrap_or(0)
            }
        }
    }

    fn yes_or_no(&self, holds: bool) -> u16 {
        self.effect.deficit(|| holds, || if holds { FULL_SCORE } else { 0 })
    }

    fn at(&self, how: Distance, distance: i64) -> u16 {
        self.effect.deficit(|| how.holds(distance), || how.degree(distance))
    }
}

fn fields<'c>(compiled: &'c CompiledInstance, criterion: &Criterion) -> Sides<Option<&'c Field>> {
    Sides::from_fn(|side| compiled.people(side).field(criterion.field(side)))
}

/// Mentors' words keep their numbers; words that only mentees have follow.
fn words(fields: &Sides<Option<&Field>>) -> Sides<Vec<i64>> {
    let all = |side: Side| fields.of(side).map_or(&[][..], Field::words);
    let theirs = |word: &String| fields.mentors.and_then(|field| field.code(word)).map(i64::from);
    let only_theirs = all(Side::Mentor).len() as i64..;
    Sides {
        mentors: (0..all(Side::Mentor).len() as i64).collect(),
        mentees: all(Side::Mentee).iter().zip(only_theirs).map(|(word, next)| theirs(word).unwrap_or(next)).collect(),
    }
}

/// Words that no pair lists share the key -1.
fn listed(pairs: &[[String; 2]], fields: &Sides<Option<&Field>>) -> (How, Sides<Vec<i64>>) {
    let names: BTreeSet<&String> = pairs.iter().flatten().collect();
    let names: Vec<&String> = names.into_iter().collect();
    let key = |word: &String| names.binary_search(&word).map_or(-1, |at| at as i64);
    let both = pairs.iter().map(|[a, b]| (key(a), key(b))).flat_map(|(a, b)| [(a, b), (b, a)]);
    let words = |side| fields.of(side).map_or(Vec::new(), |field: &Field| field.words().iter().map(key).collect());
    (How::Listed(both.collect()), Sides::from_fn(words))
}

/// The widest distance between any two participants; `None` where values are not numbers.
fn widest(fields: &Sides<Option<&Field>>) -> Option<i64> {
    let numbers = |field: &'_ Field| -> Option<(i64, i64)> {
        let numbers = (0..field.kinds().len()).filter_map(|person| field.number(person)).map(Number::thousandths);
        numbers.fold(None, |ends, number| {
            Some(ends.map_or((number, number), |(least, most): (i64, i64)| (least.min(number), most.max(number))))
        })
    };
    let ends = Side::BOTH.into_iter().filter_map(|side| fields.of(side).and_then(numbers));
    let (least, most) = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    Some((most - least).min(LARGEST))
}

/// The points of each criterion: by largest remainder, of equal remainders the first; none for rules.
fn shares(criteria: &[Criterion]) -> Vec<u32> {
    let weights: Vec<u32> = criteria.iter().map(|c| c.rule.weight().map_or(0, |weight| weight.get().into())).collect();
    let all: u32 = weights.iter().sum();
    if all == 0 {
        return weights;
    }
    let mut shares: Vec<u32> = weights.iter().map(|weight| FULL_SCORE * weight / all).collect();
    let mut open: Vec<usize> = (0..shares.len()).collect();
    open.sort_by_key(|&at| Reverse(FULL_SCORE * weights[at] % all));
    let left = FULL_SCORE - shares.iter().sum::<u32>();
    open.into_iter().take(left as usize).for_each(|at| shares[at] += 1);
    shares
}

/// All criteria that say something, with one side in columns and the other in rows.
#[derive(Debug)]
pub(super) struct Scorer<'c> {
    pub columns: Side,
    pub singles: Vec<Single<'c>>,
    pub sums: Vec<Sum<'c>>,
}

impl<'c> Scorer<'c> {
    pub fn new(compiled: &'c CompiledInstance, columns: Side) -> Self {
        let list = &compiled.criteria().list;
        let mut scorer = Self { columns, singles: Vec::new(), sums: Vec::new() };
        for (criterion, share) in list.iter().zip(shares(list)) {
            let effect = Effect { rule: criterion.rule, share };
            if share == 0 && !effect.is_hard() {
                continue;
            }
            match Single::new(compiled, criterion, effect) {
                Some(single) => scorer.singles.push(single),
                None => {
                    let fields = fields(compiled, criterion);
                    scorer.sums.push(Sum::new(
                        *fields.of(columns.other()),
                        *fields.of(columns),
                        criterion,
                        effect,
                        columns,
                    ));
                }
            }
        }
        scorer.singles.sort_by_key(|single| single.effect.rank());
        scorer.sums.sort_by_cached_key(|sum| Reverse(sum.sampled()));
        scorer
    }
}

/// Judges the pairs of one row after the other.
#[derive(Debug)]
pub(super) struct Facing<'s> {
    scorer: &'s Scorer<'s>,
    row: Option<usize>,
    /// Of the row's values.
    keys: Vec<Option<i64>>,
    /// For each sum, what the row makes of every word of its field.
    tables: Vec<Vec<[u8; 16]>>,
}

impl<'s> Facing<'s> {
    pub fn new(scorer: &'s Scorer<'s>) -> Self {
        let tables = scorer.sums.iter().map(Sum::no_tables).collect();
        Self { scorer, row: None, keys: vec![None; scorer.singles.len()], tables }
    }

    /// Turns to a row.
    pub fn face(&mut self, row: usize) {
        let before = self.row.replace(row);
        if before == Some(row) {
            return;
        }
        let side = self.scorer.columns.other();
        for (key, single) in self.keys.iter_mut().zip(&self.scorer.singles) {
            *key = single.key(side, row);
        }
        for (tables, sum) in self.tables.iter_mut().zip(&self.scorer.sums) {
            for entry in before.into_iter().flat_map(|row| sum.row(row)) {
                tables[entry.word as usize] = [0; 16];
            }
            for entry in sum.row(row) {
                tables[entry.word as usize] = sum.table(entry);
            }
        }
    }

    /// What the pair of this row with a column lacks to a full score; `None` where it breaks a rule of the criteria.
    pub fn deficit(&self, column: usize) -> Option<u32> {
        let mut all = 0;
        for deficit in self.deficits(column) {
            if deficit == BROKEN {
                return None;
            }
            all += u32::from(deficit);
        }
        Some(all)
    }

    /// The score of the pair with a column; `None` where it breaks a rule of the criteria.
    pub fn score(&self, column: usize) -> Option<u32> {
        self.deficit(column).map(|deficit| FULL_SCORE - deficit)
    }

    /// The score of the pair with a column, whatever rules it breaks.
    pub fn score_without_rules(&self, column: usize) -> u32 {
        FULL_SCORE - self.deficits(column).filter(|&deficit| deficit != BROKEN).map(u32::from).sum::<u32>()
    }

    /// By each criterion, one after the other.
    fn deficits(&self, column: usize) -> impl Iterator<Item = u16> {
        let single = move |(single, key): (&Single, &Option<i64>)| {
            let other = single.key(self.scorer.columns, column);
            key.zip(other).map_or(single.effect.missing(), |(a, b)| single.deficit(a, b))
        };
        let sum = move |(sum, tables): (&Sum, &Vec<[u8; 16]>)| {
            self.row.map_or(BROKEN, |row| sum.deficit(row, column, tables))
        };
        let singles = self.scorer.singles.iter().zip(&self.keys).map(single);
        singles.chain(self.scorer.sums.iter().zip(&self.tables).map(sum))
    }
}
