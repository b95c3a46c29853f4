//! Criteria that add something up over words: members in common, topics that one offers and the other wants.

use super::score::{Effect, degree};
use crate::criteria::{Comparison, Criterion};
use crate::objective::FULL_SCORE;
use crate::people::{Entry, Field};
use crate::profile::{Kind, LEVELS, PRIORITIES, Side, Want};

/// Two topics of the highest priority at the highest level, which is all that counts.
const FULL_POINTS: i64 = 30;

/// So many pairs, so far apart, say what is typical.
const SAMPLE: usize = 200;
const APART: usize = 7_919;

/// A criterion whose deficit depends on a sum over the words of a pair.
#[derive(Debug)]
pub(super) struct Sum<'c> {
    pub effect: Effect,
    /// The deficit of each sum, the last also of all larger ones; it only rises or only falls.
    worth: Vec<u16>,
    rows: Option<&'c Field>,
    columns: Option<&'c Field>,
    /// For each word of the columns, the number that it has in the rows' field, or the one after the last.
    same: Vec<u32>,
    adds: Adds,
    /// What a row's word adds for each code, by [`row_code`](Self::row_code).
    tables: Vec<[u8; 16]>,
}

/// What a word that both have adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Adds {
    One,
    /// Topics: 1, or points, where the one offers at the level that the other wants. Columns offer, or want.
    Offered(Counted),
    Wanted(Counted),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Topics,
    Points,
}

impl Adds {
    fn tables(self) -> Vec<[u8; 16]> {
        (0..16).map(|row| std::array::from_fn(|column| self.of(row, column as u8))).collect()
    }

    /// By codes; 0 is nothing on either side, but for sets, whose words have no code in rows.
    fn of(self, row: u8, column: u8) -> u8 {
        match self {
            Self::One => column.min(1),
            Self::Offered(counted) => want_of(row).map_or(0, |want| topic(column, want, counted)),
            Self::Wanted(counted) => want_of(column).map_or(0, |want| topic(row, want, counted)),
        }
    }
}

impl<'c> Sum<'c> {
    pub fn new(
        rows: Option<&'c Field>,
        columns: Option<&'c Field>,
        criterion: &Criterion,
        effect: Effect,
        side: Side,
    ) -> Self {
        let row_words = rows.map_or(0, |field| field.words().len());
        let same = |word: &String| rows.and_then(|field| field.code(word)).unwrap_or(row_words as u32);
        let same = columns.map_or(&[][..], Field::words).iter().map(same).collect();
        let counted = if effect.is_hard() { Counted::Topics } else { Counted::Points };
        let (adds, by) = match criterion.compare {
            Comparison::OffersWhatTheOtherWants { by } if columns_offer(rows, columns, side) => {
                (Adds::Offered(counted), by)
            }
            Comparison::OffersWhatTheOtherWants { by } => (Adds::Wanted(counted), by),
            Comparison::Overlaps { by } => (Adds::One, by),
            _ => unreachable!("all other comparisons are single"),
        };
        let by = i64::from(by);
        let worth = |sum: i64| {
            let of_points =
                || degree(FULL_POINTS * FULL_POINTS - (FULL_POINTS - sum).pow(2), FULL_POINTS * FULL_POINTS);
            effect.deficit(|| sum >= by, || if adds == Adds::One { degree(sum, by) } else { of_points() })
        };
        let points = matches!(adds, Adds::Offered(Counted::Points) | Adds::Wanted(Counted::Points));
        let most = if points { FULL_POINTS } else { by.min(row_words as i64) };
        Self { effect, worth: (0..=most).map(worth).collect(), rows, columns, same, adds, tables: adds.tables() }
    }

    /// The deficit of a sum.
    pub fn worth(&self, sum: usize) -> u16 {
        self.worth[sum.min(self.worth.len() - 1)]
    }

    /// What some pairs here and there lack together, for an order in which the first exclude most.
    pub fn sampled(&self) -> u32 {
        let people = |field: Option<&Field>| field.map_or(0, |field| field.kinds().len());
        let (rows, columns) = (people(self.rows), people(self.columns));
        if rows == 0 || columns == 0 {
            return 0;
        }
        let mut tables = self.no_tables();
        let deficit = |at: usize| {
            let (row, column) = (at * rows / SAMPLE, at * APART % columns);
            self.row(row).iter().for_each(|entry| tables[entry.word as usize] = self.table(entry));
            let deficit = u32::from(self.deficit(row, column, &tables));
            self.row(row).iter().for_each(|entry| tables[entry.word as usize] = [0; 16]);
            deficit.min(FULL_SCORE)
        };
        (0..SAMPLE).map(deficit).sum()
    }

    /// The words of a row's value.
    pub fn row(&self, row: usize) -> &'c [Entry] {
        self.rows.map_or(&[], |field| field.entries(row))
    }

    /// Whether a row gave a value.
    pub fn knows_row(&self, row: usize) -> bool {
        self.rows.is_some_and(|field| field.kind(row).is_some())
    }

    /// The words of a column's value.
    pub fn column(&self, column: usize) -> &'c [Entry] {
        self.columns.map_or(&[], |field| field.entries(column))
    }

    /// Whether a column gave a value.
    pub fn knows_column(&self, column: usize) -> bool {
        self.columns.is_some_and(|field| field.kind(column).is_some())
    }

    /// For each word of the columns, the number that it has for rows; the one after their last where no row has it.
    pub fn same(&self) -> &[u32] {
        &self.same
    }

    pub fn row_words(&self) -> usize {
        self.rows.map_or(0, |field| field.words().len())
    }

    pub fn is_of_sets(&self) -> bool {
        self.adds == Adds::One
    }

    /// What a column says of a word, from 1 to 15: nothing, the level at which it is offered, or how it is wanted.
    pub fn code(&self, column: &Entry) -> u8 {
        match self.adds {
            Adds::One => 1,
            Adds::Offered(_) => column.level,
            Adds::Wanted(_) => want_code(column.want),
        }
    }

    /// Which of the [`tables`](Self::tables) is a row's word's.
    pub fn row_code(&self, row: &Entry) -> usize {
        match self.adds {
            Adds::One => 0,
            Adds::Offered(_) => usize::from(want_code(row.want)),
            Adds::Wanted(_) => usize::from(row.level),
        }
    }

    /// What words add, by the row's code and the column's.
    pub fn tables(&self) -> &[[u8; 16]] {
        &self.tables
    }

    /// What a row's word adds for each code.
    pub fn table(&self, row: &Entry) -> [u8; 16] {
        self.tables[self.row_code(row)]
    }

    /// The table of a row for each of its words while it has none.
    pub fn no_tables(&self) -> Vec<[u8; 16]> {
        vec![[0; 16]; self.row_words() + 1]
    }

    /// The deficit of a pair, with the tables of the row's words.
    pub fn deficit(&self, row: usize, column: usize, tables: &[[u8; 16]]) -> u16 {
        if !self.knows_row(row) || !self.knows_column(column) {
            return self.effect.missing();
        }
        let adds = |entry: &Entry| {
            let table = &tables[self.same[entry.word as usize] as usize];
            usize::from(table[usize::from(self.code(entry) & 15)])
        };
        self.worth(self.column(column).iter().map(adds).sum())
    }
}

/// Whoever's values are offers offers; the other side has to want.
fn columns_offer(rows: Option<&Field>, columns: Option<&Field>, side: Side) -> bool {
    let kind = |field: Option<&Field>| field.and_then(|field| field.kinds().flatten().next());
    match (kind(columns), kind(rows)) {
        (Some(kind), _) => kind == Kind::Offers,
        (None, Some(kind)) => kind == Kind::Wants,
        (None, None) => side == Side::Mentor,
    }
}

/// From 1 to 15.
fn want_code(want: Want) -> u8 {
    (want.priority - PRIORITIES.start()) * LEVELS.end() + want.at_least
}

fn want_of(code: u8) -> Option<Want> {
    let at = code.checked_sub(1)?;
    Some(Want { priority: at / LEVELS.end() + PRIORITIES.start(), at_least: at % LEVELS.end() + LEVELS.start() })
}

/// What a topic at a level is to somebody who wants it.
fn topic(level: u8, want: Want, counted: Counted) -> u8 {
    match counted {
        _ if level < want.at_least || !LEVELS.contains(&level) => 0,
        Counted::Topics => 1,
        Counted::Points => level * want.priority,
    }
}
