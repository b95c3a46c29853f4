//! From one criterion's values to codes and tables of deficits.

use std::collections::BTreeMap;

use super::kernel::{MISSING_SUM, MOST_SHORT_SUM, MOST_SUM, Op, Table16, Term};
use super::layout::{BROKEN, Deficits, halves, quantum};
use crate::compiled::CompiledInstance;
use crate::degree;
use crate::profile::{LEVELS, PRIORITIES, Side, Sides, Want};
use crate::table::{Lists, Offered, Table, Verdict, Wanted};

/// A criterion that compares one value with one value.
#[derive(Debug)]
pub(super) struct Direct {
    /// For each person of the columns.
    pub codes: Vec<u8>,
    rows: DirectRows,
}

/// What each row makes of the codes.
#[derive(Debug)]
enum DirectRows {
    /// Looks them up in the table of the row's value; exact unless several values share a code.
    Tables { of: Vec<u32>, tables: Vec<Deficits>, wide: bool, exact: bool },
    /// Asks whether they are equal to the row's own. [`RARE`] is shared by many values, and 255 is none.
    Equal { of: Vec<u8>, same: u16, other: u16, missing: u16 },
}

/// The code of all values that have none of their own, where only equality counts.
const RARE: u8 = 254;

/// For a tile, the code of people who do not all have the same; for people it is none.
pub(super) const MIXED: u8 = 31;

impl Direct {
    /// What a whole tile adds at least; `None` where nothing is known of tiles.
    pub fn tile_op<'a>(&self, column: u32, row: usize, shift: u32) -> Option<Op<'a>> {
        let DirectRows::Tables { of, tables, .. } = &self.rows else { return None };
        let mut table = tables[of[row] as usize];
        table[usize::from(MIXED)] = table.iter().copied().min().unwrap_or(0);
        let (low, high) = halves(&table, shift);
        Some(Op::WideLookup { column, low, high })
    }

    /// The exact deficits of a row by code; `None` where codes do not say it.
    pub fn table(&self, row: usize) -> Option<&Deficits> {
        match &self.rows {
            DirectRows::Tables { of, tables, exact: true, .. } => Some(&tables[of[row] as usize]),
            _ => None,
        }
    }

    /// The exact deficit of a code; `None` where the code does not say it.
    pub fn deficit(&self, row: usize, code: u8) -> Option<u16> {
        match &self.rows {
            DirectRows::Tables { .. } => Some(self.table(row)?[usize::from(code)]),
            DirectRows::Equal { of, same, other, missing } => match (of[row], code) {
                (RARE, RARE) => None,
                (u8::MAX, _) | (_, u8::MAX) => Some(*missing),
                (row, code) => Some(if row == code { *same } else { *other }),
            },
        }
    }

    pub fn op<'a>(&self, column: u32, row: usize, shift: u32) -> Op<'a> {
        match &self.rows {
            DirectRows::Tables { of, tables, wide, .. } => {
                let (low, high) = halves(&tables[of[row] as usize], shift);
                if *wide { Op::WideLookup { column, low, high } } else { Op::Lookup { column, table: low } }
            }
            DirectRows::Equal { of, same, other, missing } => {
                let [same, other, missing] = [*same, *other, *missing].map(|deficit| quantum(deficit, shift));
                let code = of[row];
                match code {
                    u8::MAX => Op::Compare { column, code, same: missing, other: missing, missing },
                    RARE => Op::Compare { column, code, same: same.min(other), other, missing },
                    _ => Op::Compare { column, code, same, other, missing },
                }
            }
        }
    }
}

/// Somebody's value in a form that can be compared for equality and sorted; `None` is no value.
type Key = Option<i64>;

fn key(table: &Table, side: Side, person: usize) -> Key {
    table.key(side, person)
}

/// The distinct values of one side in order, with somebody who has each and how many do.
struct Distinct {
    people: BTreeMap<Key, (usize, usize)>,
}

impl Distinct {
    fn of(compiled: &CompiledInstance, table: &Table, side: Side) -> Self {
        let mut people = BTreeMap::new();
        for person in 0..compiled.people(side).len() {
            people.entry(key(table, side, person)).or_insert((person, 0)).1 += 1;
        }
        Self { people }
    }
}

/// Encodes a criterion of single values, `side` in columns.
pub(super) fn direct(compiled: &CompiledInstance, criterion: usize, side: Side) -> Direct {
    let table = &compiled.tables()[criterion];
    let columns = Distinct::of(compiled, table, side);
    let codes_fit = columns.people.len() <= usize::from(MIXED);
    match table {
        Table::Equal { equal, .. } if !codes_fit => equality(compiled, criterion, side, &columns, *equal),
        _ => lookups(compiled, criterion, side, &columns),
    }
}

/// The 254 most frequent values have codes of their own.
fn equality(compiled: &CompiledInstance, criterion: usize, side: Side, columns: &Distinct, equal: bool) -> Direct {
    let table = &compiled.tables()[criterion];
    let mut frequent: Vec<(Key, usize)> =
        columns.people.iter().filter(|(key, _)| key.is_some()).map(|(&key, &(_, count))| (key, count)).collect();
    frequent.sort_by_key(|&(key, count)| (std::cmp::Reverse(count), key));
    let codes: BTreeMap<Key, u8> = frequent.into_iter().map(|(key, _)| key).zip(0..RARE).collect();
    let code = |side, person| match key(table, side, person) {
        None => u8::MAX,
        some => codes.get(&some).copied().unwrap_or(RARE),
    };
    let all = |side: Side| (0..compiled.people(side).len()).map(|person| code(side, person)).collect();
    let deficit = |same: bool| compiled.deficit(criterion, Some(Verdict::yes_or_no(same == equal)));
    let missing = compiled.deficit(criterion, None);
    let rows = DirectRows::Equal { of: all(side.other()), same: deficit(true), other: deficit(false), missing };
    Direct { codes: all(side), rows }
}

/// Beyond so many comparisons a table is bounded by its extremes only.
const MOST_COMPARISONS: usize = 1 << 22;

/// Neighboring values share a code where there are more than fit; the table has the least deficit among them.
fn lookups(compiled: &CompiledInstance, criterion: usize, side: Side, columns: &Distinct) -> Direct {
    let table = &compiled.tables()[criterion];
    let rows = Distinct::of(compiled, table, side.other());
    let code_of = neighbors(columns);
    let codes = (0..compiled.people(side).len()).map(|person| code_of[&key(table, side, person)]).collect();
    let row_code: BTreeMap<Key, u32> = rows.people.keys().copied().zip(0..).collect();
    let of = (0..compiled.people(side.other()).len()).map(|row| row_code[&key(table, side.other(), row)]).collect();
    let exact = rows.people.len().saturating_mul(columns.people.len()) <= MOST_COMPARISONS;
    let deficit = |row: usize, column: usize| {
        let (mentor, mentee) = if side == Side::Mentor { (column, row) } else { (row, column) };
        compiled.deficit(criterion, table.verdict(mentor, mentee))
    };
    let tables = rows.people.values().map(|&(row, _)| {
        let mut deficits = [BROKEN; 32];
        for (key, &(column, _)) in &columns.people {
            let entry = &mut deficits[usize::from(code_of[key])];
            *entry = if exact || key.is_none() { (*entry).min(deficit(row, column)) } else { 0 };
        }
        deficits
    });
    let wide = code_of.values().any(|&code| code >= 16);
    let own_codes = columns.people.len() <= usize::from(MIXED);
    Direct { codes, rows: DirectRows::Tables { of, tables: tables.collect(), wide, exact: exact && own_codes } }
}

/// A code below [`MIXED`] for each value: its own where there are few enough, else one with its neighbors, of as many people.
fn neighbors(distinct: &Distinct) -> BTreeMap<Key, u8> {
    let values = distinct.people.iter();
    if distinct.people.len() <= usize::from(MIXED) {
        return values.map(|(&key, _)| key).zip(0..).collect();
    }
    let known: usize = values.clone().filter(|(key, _)| key.is_some()).map(|(_, &(_, count))| count).sum();
    let mut before = 0;
    let mut code = |(&key, &(_, count)): (&Key, &(usize, usize))| {
        let code = if key.is_none() { 0 } else { 1 + (before * 30 / known.max(1)) as u8 };
        before += if key.is_none() { 0 } else { count };
        (key, code)
    };
    values.map(&mut code).collect()
}

/// A criterion that adds something up over columns.
#[derive(Debug)]
pub(super) struct Sum {
    /// How many columns it takes.
    pub columns: u32,
    pub codes: Vec<Code>,
    /// People of the columns without a value.
    pub missing: Vec<u32>,
    /// For each row, what it looks up.
    pub rows: Lists<Term>,
    pub tables: Vec<Table16>,
    /// The deficit for each sum.
    pub worth: Deficits,
    /// The least deficit of each sum and all smaller ones, and of nobody who gave no value.
    least: Deficits,
    /// Whether larger sums than a table tells apart make no difference.
    saturates: bool,
    best: Best,
}

/// How two codes of a column become one that is at least as good for every row.
#[derive(Clone, Copy, Debug)]
enum Best {
    /// Members of either.
    Both,
    /// The higher level.
    Higher,
    /// The higher priority, and the lower level that is asked for.
    Keener,
}

impl Sum {
    fn new(columns: u32, codes: Vec<Code>, missing: Vec<u32>, rows: Lists<Term>, meaning: Meaning) -> Self {
        let Meaning { tables, worth, saturates, best } = meaning;
        let mut least = worth;
        if missing.is_empty() {
            least[usize::from(MISSING_SUM)] = BROKEN;
        }
        least[0] = least[0].min(least[usize::from(MISSING_SUM)]);
        (1..=usize::from(MOST_SUM)).for_each(|sum| least[sum] = least[sum].min(least[sum - 1]));
        Self { columns, codes, missing, rows, tables, worth, least, saturates, best }
    }

    /// A code that is at least as good as both for every row.
    pub fn best_of(&self, one: u8, other: u8) -> u8 {
        match self.best {
            Best::Both => one | other,
            Best::Higher => one.max(other),
            Best::Keener => match (want_of(one), want_of(other)) {
                (Some(one), Some(other)) => want_code(Want {
                    priority: one.priority.max(other.priority),
                    at_least: one.at_least.min(other.at_least),
                }),
                _ => one.max(other),
            },
        }
    }

    /// What a whole tile adds at least.
    pub fn tile_op<'a>(&'a self, terms: &'a [Term], shift: u32) -> Op<'a> {
        let (low, high) = halves(&self.least, shift);
        Op::Sum { terms, tables: &self.tables, missing: None, low, high }
    }

    /// How many columns it takes, with the one of missing values.
    pub fn width(&self) -> usize {
        self.columns as usize + usize::from(!self.missing.is_empty())
    }

    /// The exact deficit of a sum; `None` where it is beyond the table.
    pub fn deficit(&self, sum: u32) -> Option<u16> {
        let most = u32::from(MOST_SUM);
        (sum < most || self.saturates).then(|| self.worth[sum.min(most) as usize])
    }

    pub fn op<'a>(&'a self, missing: Option<u32>, terms: &'a [Term], shift: u32) -> Op<'a> {
        let tables = &self.tables[..];
        let most = |term: &Term| u32::from(tables[term.table as usize].iter().copied().max().unwrap_or(0));
        if terms.iter().map(most).sum::<u32>() > u32::from(MOST_SHORT_SUM) {
            let (low, high) = halves(&self.worth, shift);
            return Op::Sum { terms, tables, missing, low, high };
        }
        let mut short = self.worth;
        short[usize::from(MOST_SHORT_SUM) + 1] = self.worth[usize::from(MISSING_SUM)];
        Op::ShortSum { terms, tables, missing, table: halves(&short, shift).0 }
    }
}

/// What the sums of a criterion mean.
struct Meaning {
    tables: Vec<Table16>,
    worth: Deficits,
    saturates: bool,
    best: Best,
}

/// What stands in a column of a sum; 0 where nothing does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    pub person: u32,
    pub column: u32,
    pub code: u8,
}

/// Encodes sets four members at a time: a column's code says which of the four a person has, and a row's table how
/// many of these the row has too.
pub(super) fn sets(
    compiled: &CompiledInstance,
    criterion: usize,
    side: Side,
    sets: &Sides<Lists<u64>>,
    by: u32,
) -> Sum {
    let nibble = |bits: &[u64], at: u32| (bits[at as usize / 16] >> (at % 16 * 4) & 15) as u8;
    let nibbles = |bits: &[u64]| {
        let bits = bits.to_vec();
        (0..16 * bits.len() as u32).map(move |at| (at, nibble(&bits, at))).filter(|&(_, nibble)| nibble != 0)
    };
    let code = |(person, bits): (u32, &[u64])| {
        let code = move |(column, code)| Code { person, column, code };
        nibbles(bits).map(code)
    };
    let codes: Vec<Code> = known(sets.of(side)).flat_map(code).collect();
    let columns = codes.iter().map(|code| code.column + 1).max().unwrap_or(0);
    let mut rows = Lists::default();
    for bits in sets.of(side.other()).iter() {
        let term = |(column, nibble): (u32, u8)| Term { column, table: u32::from(nibble) };
        rows.push(bits.map(|bits| nibbles(bits).filter(|&(column, _)| column < columns).map(term)));
    }
    let tables = (0..16u8).map(|row| std::array::from_fn(|column| (row & column as u8).count_ones() as u8)).collect();
    let verdict = |common: u32| Verdict { holds: common >= by, degree: degree::ratio(common.into(), by.into()) };
    let missing = missing(sets.of(side));
    let worth = worth(compiled, criterion, verdict);
    let meaning = Meaning { tables, worth, saturates: by <= MOST_SUM.into(), best: Best::Both };
    Sum::new(columns, codes, missing, rows, meaning)
}

/// Encodes topics, a column each: a person's code is the level at which they offer it, or how they want it.
pub(super) fn topics(compiled: &CompiledInstance, criterion: usize, side: Side, table: &Table) -> Sum {
    let Table::Topics { offers, wants, topics, offering, by } = table else { unreachable!("only topics come here") };
    let counts_only = compiled.is_hard(criterion);
    let points = |level: u8, want: Want| match level >= want.at_least {
        true if counts_only => 1,
        true => level * want.priority,
        false => 0,
    };
    let offer_code = |offer: &Offered| (offer.topic, offer.level);
    let want_code = |wanted: &Wanted| (wanted.topic, want_code(wanted.want));
    let (codes, missing, rows) = match *offering == side {
        true => (codes(offers, offer_code), missing(offers), terms(wants, want_code)),
        false => (codes(wants, want_code), missing(wants), terms(offers, offer_code)),
    };
    let table = |row: u8| {
        std::array::from_fn(|column| {
            let (level, want) = if *offering == side { (column as u8, row) } else { (row, column as u8) };
            want_of(want).map_or(0, |want| points(level, want))
        })
    };
    let tables = (0..16).map(table).collect();
    let verdict = |sum: u32| Verdict { holds: sum >= *by, degree: degree::topics(sum.into()) };
    let worth = worth(compiled, criterion, verdict);
    let saturates = !counts_only || *by <= MOST_SUM.into();
    let best = if *offering == side { Best::Higher } else { Best::Keener };
    Sum::new(*topics, codes, missing, rows, Meaning { tables, worth, saturates, best })
}

fn known<T>(lists: &Lists<T>) -> impl Iterator<Item = (u32, &[T])> {
    (0..).zip(lists.iter()).filter_map(|(person, list)| Some((person, list?)))
}

fn missing<T>(lists: &Lists<T>) -> Vec<u32> {
    (0..).zip(lists.iter()).filter(|(_, list)| list.is_none()).map(|(person, _)| person).collect()
}

fn codes<T>(lists: &Lists<T>, code: impl Fn(&T) -> (u32, u8)) -> Vec<Code> {
    let of_person = |(person, list): (u32, &[T])| {
        let code = |entry| {
            let (column, code) = code(entry);
            Code { person, column, code }
        };
        list.iter().map(code).collect::<Vec<Code>>()
    };
    known(lists).flat_map(of_person).collect()
}

fn terms<T>(lists: &Lists<T>, code: impl Fn(&T) -> (u32, u8)) -> Lists<Term> {
    let term = |entry: &T| {
        let (column, code) = code(entry);
        Term { column, table: code.into() }
    };
    let mut rows = Lists::default();
    lists.iter().for_each(|list| rows.push(list.map(|list| list.iter().map(term))));
    rows
}

/// From 1 to 15.
fn want_code(want: Want) -> u8 {
    1 + (want.priority - PRIORITIES.start()) * LEVELS.end() + want.at_least - LEVELS.start()
}

fn want_of(code: u8) -> Option<Want> {
    let at = code.checked_sub(1)?;
    Some(Want { priority: at / LEVELS.end() + PRIORITIES.start(), at_least: at % LEVELS.end() + LEVELS.start() })
}

/// The deficit of each sum. The last sum also stands for all larger ones, and so for the better of its ends: degrees
/// only rise or only fall with the sum.
fn worth(compiled: &CompiledInstance, criterion: usize, verdict: impl Fn(u32) -> Verdict) -> Deficits {
    const LARGEST: u32 = u32::MAX / 2;
    let deficit = |sum: u32| compiled.deficit(criterion, Some(verdict(sum)));
    std::array::from_fn(|sum| match sum as u8 {
        MISSING_SUM => compiled.deficit(criterion, None),
        MOST_SUM => deficit(MOST_SUM.into()).min(deficit(LARGEST)),
        sum => deficit(sum.into()),
    })
}
