//! A whole table with its totals, made safe: small lines merged, small cells hidden with others that look alike.

use super::{
    suppress::{Suppression, suppress},
    table::CountTable,
};

/// A table as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownTable {
    /// For each shown row, the rows of the original that it adds up.
    pub rows: Vec<Vec<usize>>,
    /// For each shown column, the columns that it adds up.
    pub columns: Vec<Vec<usize>>,
    /// The counts, row by row; `None` for a hidden one. All totals are shown.
    pub cells: Vec<Option<u64>>,
}

impl ShownTable {
    /// Where cells are hidden: (row, column) as shown.
    pub fn hidden(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let width = self.columns.len();
        (0..self.cells.len()).filter(|&at| self.cells[at].is_none()).map(move |at| (at / width, at % width))
    }
}

/// The table as it may be shown with all its totals, or `None` if there is no way. A row or column that adds up 1 to
/// k - 1 people, and where no pattern of hidden cells is safe the smallest one, is merged with the next smallest, until a
/// pattern is. Which lines are merged depends on the totals alone.
#[must_use]
pub fn show_table(table: &CountTable, k: u64) -> Option<ShownTable> {
    let mut merged = Merged {
        table: table.clone(),
        rows: (0..table.rows()).map(|row| vec![row]).collect(),
        columns: (0..table.columns()).map(|column| vec![column]).collect(),
    };
    loop {
        let small = |totals: &[u64]| totals.iter().any(|total| (1..k).contains(total));
        let (rows, columns) = (merged.table.row_totals(), merged.table.column_totals());
        if !small(&rows)
            && !small(&columns)
            && let Ok(Suppression::Hide(hidden)) = suppress(&merged.table, k)
        {
            let cells = merged.table.cells().iter().zip(hidden);
            let cells = cells.map(|(&count, hidden)| (!hidden).then_some(count)).collect();
            return Some(ShownTable { rows: merged.rows, columns: merged.columns, cells });
        }
        merged = merged.coarser(&rows, &columns)?;
    }
}

struct Merged {
    table: CountTable,
    rows: Vec<Vec<usize>>,
    columns: Vec<Vec<usize>>,
}

impl Merged {
    /// The line with the smallest total of all that hold somebody becomes one with the next smallest beside it.
    fn coarser(self, rows: &[u64], columns: &[u64]) -> Option<Self> {
        let (by_row, by_column) = (smallest_two(rows), smallest_two(columns));
        let Self { table, rows: mut row_parts, columns: mut column_parts } = self;
        let rows_first = match (&by_row, &by_column) {
            (Some(row), Some(column)) => rows[row[0]] <= columns[column[0]],
            (row, _) => row.is_some(),
        };
        if rows_first {
            let [one, other] = by_row?;
            merge(&mut row_parts, one.min(other), one.max(other));
            let table = table.merge_rows(one.min(other), one.max(other));
            return Some(Self { table, rows: row_parts, columns: column_parts });
        }
        let [one, other] = by_column?;
        merge(&mut column_parts, one.min(other), one.max(other));
        let table = table.transposed().merge_rows(one.min(other), one.max(other)).transposed();
        Some(Self { table, rows: row_parts, columns: column_parts })
    }
}

/// The places of the smallest total above 0 and of the next.
fn smallest_two(totals: &[u64]) -> Option<[usize; 2]> {
    let mut order: Vec<usize> = (0..totals.len()).filter(|&line| totals[line] > 0).collect();
    order.sort_by_key(|&line| (totals[line], line));
    Some([*order.first()?, *order.get(1)?])
}

fn merge(parts: &mut Vec<Vec<usize>>, first: usize, second: usize) {
    let gone = parts.remove(second);
    parts[first].extend(gone);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rows: &[&[u64]]) -> Option<ShownTable> {
        show_table(&CountTable::new(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap(), 5)
    }

    #[test]
    fn a_small_line_is_merged_with_the_next() {
        let table = shown(&[&[8, 39], &[22, 9], &[3, 0], &[16, 11]]).unwrap();
        assert_eq!(table.rows, [vec![0], vec![1], vec![2, 3]]);
        assert_eq!(table.cells, [Some(8), Some(39), Some(22), Some(9), Some(19), Some(11)]);
        // A list is a table of one column whose totals are its cells.
        assert_eq!(shown(&[&[12], &[3], &[7]]).unwrap().cells, [Some(12), Some(10)]);
    }

    #[test]
    fn few_people_are_never_shown() {
        assert_eq!(shown(&[&[1, 2], &[1, 0]]), None);
        assert_eq!(shown(&[&[4]]), None);
        assert_eq!(shown(&[&[0, 0]]).unwrap().cells, [Some(0), Some(0)]);
    }

    #[test]
    fn hidden_cells_are_named() {
        let table = shown(&[&[6, 5, 14], &[5, 9, 3], &[16, 0, 9]]).unwrap();
        assert_eq!(table.hidden().count(), 4);
        assert!(table.hidden().any(|cell| cell == (1, 2)));
    }
}
