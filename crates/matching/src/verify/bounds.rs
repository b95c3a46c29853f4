//! A bound for all pairs of a row at once: what no pair is below, in bytes.
//!
//! The people of one side are laid out in columns of codes. A row has a table for each code of a column, with what the
//! pair lacks at least of a full score; the sum of the tables and of the column's price, all in one unit and rounded
//! down, never exceeds the truth. Whoever the sum leaves out is out; who is let in has to be scored. Values without a
//! code of their own share one, and words without a column count as if the pair had them in common and as if not,
//! whichever lacks less.

use std::collections::BTreeMap;
use std::ops::Range;

use super::score::{BROKEN, Scorer, Single};
use super::sum::Sum;
use crate::people::Entry;
use crate::scan::kernel::{Columns, MISSING_SUM, MOST_SHORT_SUM, MOST_SUM, Op, TILE, Table16, Term};

/// What is lacking at least, by code.
type Deficits = [u16; 32];

/// Values share codes beyond so many.
const MOST_CODES: usize = 30;
/// The code of tiles whose people differ.
const MIXED: u8 = 31;
/// Only so many words of a criterion have columns.
const MOST_WORDS: usize = 256;

/// The unit of a program: [`Unit::round`] never gives more than the number divided by the unit's size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    size: i64,
    factor: u32,
}

impl Unit {
    /// The finest in which numbers up to `most` stay below 255; half of [`MOST`](Self::MOST) at most.
    pub fn for_up_to(most: i64) -> Self {
        debug_assert!((0..=Self::MOST / 2).contains(&most));
        let size = most / 255 + 1;
        Self { size, factor: (65_536 / size) as u32 }
    }

    /// What sums of rounded numbers cannot exceed where the numbers add up to this at most; below 255.
    pub fn limit(self, sum: i64) -> u8 {
        (sum / self.size).clamp(0, 254) as u8
    }

    /// Larger numbers count as this one.
    const MOST: i64 = 65_535;

    /// Rounds down; at most 255.
    pub fn round(self, number: i64) -> u8 {
        ((number.clamp(0, Self::MOST) as u32 * self.factor) >> 16).min(255) as u8
    }

    fn deficit(self, deficit: u16) -> u8 {
        if deficit == BROKEN { u8::MAX } else { self.round(deficit.into()) }
    }

    fn halves(self, table: &Deficits) -> (Table16, Table16) {
        let entry = |at: usize| self.deficit(table[at]);
        (std::array::from_fn(entry), std::array::from_fn(|at| entry(at + 16)))
    }
}

/// One side in columns, with what rows need to look at it.
#[derive(Debug)]
pub(super) struct Bounds<'s> {
    scorer: &'s Scorer<'s>,
    /// The person at each position: people who are alike stand together.
    pub order: Vec<u32>,
    pub columns: Columns,
    /// The first columns again with a tile in the place of a person: the code that all in it have, or [`MIXED`].
    pub tiles: Columns,
    /// Whether all in a tile have the same codes by the rules of single values.
    pub alike: Vec<bool>,
    singles: Vec<Coded>,
    sums: Vec<Kept>,
}

/// A column of codes for single values.
#[derive(Debug)]
struct Coded {
    /// For each row, which table.
    rows: Vec<u32>,
    tables: Vec<Deficits>,
    codes: usize,
}

/// Columns for the words of a sum.
#[derive(Debug)]
struct Kept {
    first: u32,
    /// The column of people without a value.
    missing: Option<u32>,
    /// For each word of the rows, its place among the words with columns.
    places: Vec<Place>,
    /// By which terms look codes up.
    tables: Vec<Table16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// No column has the word.
    Nowhere,
    /// Some have it, and it has no place.
    Unkept,
    At(u32),
}

impl<'s> Bounds<'s> {
    /// `prices` of the columns put people in order who are alike.
    pub fn new(scorer: &'s Scorer<'s>, rows: usize, prices: &[i64]) -> Self {
        let people = prices.len();
        let mut coded: Vec<(Vec<u8>, Coded)> =
            scorer.singles.iter().map(|single| Coded::new(scorer, single, rows, people)).collect();
        let order = alike_together(prices, &coded, scorer);
        let mut position_of = vec![0; people];
        order.iter().zip(0..).for_each(|(&person, position)| position_of[person as usize] = position);
        let widths: Vec<Words> = scorer.sums.iter().map(|sum| Words::of(sum, people)).collect();
        let width = coded.len() + widths.iter().map(|words| words.columns(people)).sum::<usize>();
        let columns = Columns::new(people, width);
        let tiles = Columns::new(columns.tiles(), coded.len());
        let alike = vec![true; columns.tiles()];
        let mut bounds = Self { scorer, order, columns, tiles, alike, singles: Vec::new(), sums: Vec::new() };
        for (codes, single) in coded.drain(..) {
            bounds.add_single(&codes, single);
        }
        let mut first = bounds.singles.len();
        for (sum, words) in scorer.sums.iter().zip(widths) {
            let width = words.columns(people);
            bounds.add_sum(sum, words, first as u32, &position_of);
            first += width;
        }
        bounds
    }

    fn add_single(&mut self, codes: &[u8], single: Coded) {
        let column = self.singles.len() as u32;
        let hard = self.scorer.singles[self.singles.len()].effect.is_hard();
        for (position, &person) in self.order.iter().enumerate() {
            self.columns.set(column, position, codes[person as usize]);
        }
        for (tile, people) in self.order.chunks(TILE).enumerate() {
            let first = codes[people[0] as usize];
            let alike = people.iter().all(|&person| codes[person as usize] == first);
            self.tiles.set(column, tile, if alike { first } else { MIXED });
            self.alike[tile] &= alike || !hard;
        }
        self.singles.push(single);
    }

    fn add_sum(&mut self, sum: &Sum, words: Words, first: u32, position_of: &[u32]) {
        let missing = (words.known < position_of.len()).then_some(first + words.width);
        for (person, &position) in position_of.iter().enumerate() {
            let position = position as usize;
            if let Some(missing) = missing.filter(|_| !sum.knows_column(person)) {
                self.columns.set(missing, position, MISSING_SUM);
            }
            for entry in sum.column(person) {
                let Place::At(place) = words.of_columns[entry.word as usize] else { continue };
                let (column, code) = if sum.is_of_sets() {
                    let column = first + place / 4;
                    (column, self.columns.get(column, position) | 1 << (place % 4))
                } else {
                    (first + place, sum.code(entry))
                };
                self.columns.set(column, position, code);
            }
        }
        let mut places = vec![Place::Nowhere; sum.row_words() + 1];
        for (&word, place) in sum.same().iter().zip(words.of_columns) {
            places[word as usize] = place;
        }
        self.sums.push(Kept { first, missing, places, tables: tables(sum) });
    }

    /// What all pairs of a row lack because it gave no value; `None` where that breaks a rule.
    pub fn same_for_all(&self, row: usize) -> Option<i64> {
        let missing = self.scorer.sums.iter().filter(|sum| !sum.knows_row(row)).map(|sum| sum.effect.missing());
        missing.map(|deficit| (deficit != BROKEN).then_some(i64::from(deficit))).sum()
    }

    /// Writes down the terms of a row's sums; returns for each sum where they are and how much more its words without
    /// a place could add.
    pub fn terms(&self, row: usize, terms: &mut Vec<Term>) -> Vec<(Range<usize>, usize)> {
        let of_sum = |(sum, kept): (&Sum, &Kept)| {
            let start = terms.len();
            let mut beyond = 0;
            for entry in sum.row(row) {
                match kept.places[entry.word as usize] {
                    Place::Nowhere => {}
                    Place::Unkept => beyond += usize::from(most(sum, entry)),
                    Place::At(place) if sum.is_of_sets() => {
                        let column = kept.first + place / 4;
                        match terms[start..].iter_mut().find(|term| term.column == column) {
                            Some(term) => term.table |= 1 << (place % 4),
                            None => terms.push(Term { column, table: 1 << (place % 4) }),
                        }
                    }
                    Place::At(place) => {
                        terms.push(Term { column: kept.first + place, table: sum.row_code(entry) as u32 })
                    }
                }
            }
            (start..terms.len(), beyond)
        };
        self.scorer.sums.iter().zip(&self.sums).map(of_sum).collect()
    }

    /// How to find the tiles in which somebody may be within the limit.
    pub fn tile_program(&self, row: usize, unit: Unit) -> Vec<Op<'static>> {
        let op = |(coded, column): (&Coded, u32)| {
            let (low, high) = unit.halves(&coded.tables[coded.rows[row] as usize]);
            Op::WideLookup { column, low, high }
        };
        self.singles.iter().zip(0..).map(op).collect()
    }

    /// How many steps of a program say only what its [`tile_program`](Self::tile_program) says of tiles that are alike.
    pub fn hard_singles(&self) -> usize {
        self.scorer.singles.iter().take_while(|single| single.effect.is_hard()).count()
    }

    /// How to look at everybody for a row.
    pub fn program<'t>(
        &'t self,
        row: usize,
        unit: Unit,
        terms: &'t [Term],
        of_sums: &[(Range<usize>, usize)],
    ) -> Vec<Op<'t>> {
        let mut ops: Vec<Op> = Vec::with_capacity(self.singles.len() + 2 * self.sums.len());
        for (coded, column) in self.singles.iter().zip(0..) {
            let (low, high) = unit.halves(&coded.tables[coded.rows[row] as usize]);
            ops.push(if coded.codes > 16 {
                Op::WideLookup { column, low, high }
            } else {
                Op::Lookup { column, table: low }
            });
        }
        for ((sum, kept), (range, beyond)) in self.scorer.sums.iter().zip(&self.sums).zip(of_sums) {
            if sum.knows_row(row) {
                ops.push(Op::Check);
                ops.push(kept.op(sum, &terms[range.clone()], *beyond, unit));
            }
        }
        ops
    }
}

impl Kept {
    fn op<'t>(&'t self, sum: &Sum, terms: &'t [Term], beyond: usize, unit: Unit) -> Op<'t> {
        let ends = |from: usize, to: usize| sum.worth(from).min(sum.worth(to));
        let mut worth: Deficits = std::array::from_fn(|at| match at as u8 {
            MISSING_SUM => sum.effect.missing(),
            MOST_SUM => ends(at, usize::MAX),
            _ => ends(at, at + beyond),
        });
        let most = |term: &Term| usize::from(self.tables[term.table as usize].iter().copied().max().unwrap_or(0));
        if terms.iter().map(most).sum::<usize>() > usize::from(MOST_SHORT_SUM) {
            let (low, high) = unit.halves(&worth);
            return Op::Sum { terms, tables: &self.tables, missing: self.missing, low, high };
        }
        worth[usize::from(MOST_SHORT_SUM) + 1] = sum.effect.missing();
        Op::ShortSum { terms, tables: &self.tables, missing: self.missing, table: unit.halves(&worth).0 }
    }
}

impl Coded {
    /// With the code of every column.
    fn new(scorer: &Scorer, single: &Single, rows: usize, columns: usize) -> (Vec<u8>, Self) {
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        let keys: Vec<Option<i64>> = (0..columns).map(|column| single.key(scorer.columns, column)).collect();
        keys.iter().flatten().for_each(|&key| *counts.entry(key).or_default() += 1);
        let ranges = ranges(&counts);
        let lacking = keys.iter().any(Option::is_none);
        let code = |key: Option<i64>| key.map_or(ranges.len(), |key| ranges.partition_point(|&(_, to)| to < key));
        let codes = keys.into_iter().map(|key| code(key) as u8).collect();
        let mut coded = Self { rows: Vec::with_capacity(rows), tables: Vec::new(), codes: ranges.len() + 1 };
        let mut known: BTreeMap<Option<i64>, u32> = BTreeMap::new();
        for row in 0..rows {
            let key = single.key(scorer.columns.other(), row);
            let table = *known.entry(key).or_insert_with(|| {
                coded.tables.push(table(single, key, &ranges, ranges.len() + usize::from(lacking)));
                coded.tables.len() as u32 - 1
            });
            coded.rows.push(table);
        }
        (codes, coded)
    }
}

/// Of keys in order, those that share a code: each alone where there are few enough, else as many people with each.
fn ranges(counts: &BTreeMap<i64, usize>) -> Vec<(i64, i64)> {
    if counts.len() <= MOST_CODES {
        return counts.keys().map(|&key| (key, key)).collect();
    }
    let all: usize = counts.values().sum();
    let mut ranges: Vec<(i64, i64)> = Vec::with_capacity(MOST_CODES);
    let (mut before, mut last) = (0, None);
    for (&key, count) in counts {
        let part = before * MOST_CODES / all;
        match ranges.last_mut().filter(|_| last == Some(part)) {
            Some(range) => range.1 = key,
            None => ranges.push((key, key)),
        }
        (before, last) = (before + count, Some(part));
    }
    ranges
}

/// What a row with this key lacks at least, by code; that of a mixed tile is the least of all.
fn table(single: &Single, key: Option<i64>, ranges: &[(i64, i64)], codes: usize) -> Deficits {
    let missing = single.effect.missing();
    let mut table = [missing; 32];
    for (entry, &(from, to)) in table.iter_mut().zip(ranges) {
        *entry = key.map_or(missing, |key| single.least_deficit(key, from, to));
    }
    table[usize::from(MIXED)] = table[..codes].iter().copied().min().unwrap_or(0);
    table
}

/// Which words of the columns have places: those that most have.
struct Words {
    of_columns: Vec<Place>,
    width: u32,
    /// How many people gave a value.
    known: usize,
}

impl Words {
    fn of(sum: &Sum, people: usize) -> Self {
        let mut counts = vec![0_usize; sum.same().len()];
        (0..people).flat_map(|person| sum.column(person)).for_each(|entry| counts[entry.word as usize] += 1);
        let shared = |word: &u32| (sum.same()[*word as usize] as usize) < sum.row_words();
        let mut words: Vec<u32> = (0..counts.len() as u32).filter(shared).collect();
        words.sort_by_key(|&word| std::cmp::Reverse(counts[word as usize]));
        let mut of_columns = vec![Place::Nowhere; counts.len()];
        for (&word, place) in words.iter().zip(0..) {
            of_columns[word as usize] = if place < MOST_WORDS as u32 { Place::At(place) } else { Place::Unkept };
        }
        let kept = words.len().min(MOST_WORDS);
        let width = if sum.is_of_sets() { kept.div_ceil(4) } else { kept };
        let known = (0..people).filter(|&person| sum.knows_column(person)).count();
        Self { of_columns, width: width as u32, known }
    }

    fn columns(&self, people: usize) -> usize {
        self.width as usize + usize::from(self.known < people)
    }
}

/// The most that a row's word adds.
fn most(sum: &Sum, entry: &Entry) -> u8 {
    sum.table(entry).into_iter().max().unwrap_or(0)
}

/// For sets, how many of the row's four words the column has; for topics, what each adds.
fn tables(sum: &Sum) -> Vec<Table16> {
    if sum.is_of_sets() {
        return (0..16_u8).map(|row| std::array::from_fn(|column| (row & column as u8).count_ones() as u8)).collect();
    }
    sum.tables().to_vec()
}

/// People in the order of their codes, rules first and then prices, so that whole tiles can be left out.
fn alike_together(prices: &[i64], coded: &[(Vec<u8>, Coded)], scorer: &Scorer) -> Vec<u32> {
    let hard = scorer.singles.iter().take_while(|single| single.effect.is_hard()).count();
    let packed = |coded: &[(Vec<u8>, Coded)], person: usize| {
        coded.iter().take(12).fold(0_u64, |all, (codes, _)| all << 5 | u64::from(codes[person]))
    };
    let key = |person: usize| (packed(&coded[..hard], person), prices[person], packed(&coded[hard..], person));
    let mut order: Vec<(u64, i64, u64, u32)> = Vec::with_capacity(prices.len());
    for person in 0..prices.len() {
        let (rules, price, others) = key(person);
        order.push((rules, price, others, person as u32));
    }
    order.sort_unstable();
    order.into_iter().map(|(.., person)| person).collect()
}
