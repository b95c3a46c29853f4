//! A table of counts whose row, column and grand totals everybody sees, and what can be computed about its hidden cells.

use std::collections::VecDeque;

use crate::error::Error;

/// The largest count that a cell may hold: sums of a whole table then stay exact.
const MOST: u64 = 1 << 40;

/// Counts of people in rows and columns. All totals are published with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountTable {
    rows: usize,
    columns: usize,
    cells: Vec<u64>,
}

/// From where to where a hidden count lies for whoever knows all that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feasible {
    /// The least that it can be.
    pub least: u64,
    /// The most that it can be.
    pub most: u64,
}

impl CountTable {
    /// A table from its rows, each as long as the first.
    ///
    /// # Errors
    /// [`Error::Empty`] if it has no cell, [`Error::Lengths`] if a row has another length than the first, and
    /// [`Error::OutOfRange`] if a count is above 2^40.
    pub fn new(rows: &[Vec<u64>]) -> Result<Self, Error> {
        let columns = rows.first().map_or(0, Vec::len);
        if columns == 0 {
            return Err(Error::Empty { what: "table" });
        }
        if let Some(odd) = rows.iter().find(|row| row.len() != columns) {
            return Err(Error::Lengths { what: "row", have: odd.len(), need: columns });
        }
        let cells: Vec<u64> = rows.iter().flatten().copied().collect();
        if let Some(&large) = cells.iter().find(|&&count| count > MOST) {
            return Err(Error::OutOfRange { what: "count", value: large as f64 });
        }
        Ok(Self { rows: rows.len(), columns, cells })
    }

    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The counts, row by row.
    #[must_use]
    pub fn cells(&self) -> &[u64] {
        &self.cells
    }

    /// The sum of each row.
    #[must_use]
    pub fn row_totals(&self) -> Vec<u64> {
        self.cells.chunks(self.columns).map(|row| row.iter().sum()).collect()
    }

    /// The sum of each column.
    #[must_use]
    pub fn column_totals(&self) -> Vec<u64> {
        (0..self.columns).map(|column| self.cells.iter().skip(column).step_by(self.columns).sum()).collect()
    }

    /// Two rows as one, in the place of the first.
    pub(super) fn merge_rows(&self, first: usize, second: usize) -> Self {
        let mut rows: Vec<Vec<u64>> = self.cells.chunks(self.columns).map(<[u64]>::to_vec).collect();
        let gone = rows.remove(second);
        rows[first].iter_mut().zip(gone).for_each(|(count, more)| *count += more);
        Self { rows: rows.len(), columns: self.columns, cells: rows.concat() }
    }

    /// Rows as columns.
    pub(super) fn transposed(&self) -> Self {
        let across = (0..self.columns).flat_map(|column| self.cells.iter().skip(column).step_by(self.columns).copied());
        Self { rows: self.columns, columns: self.rows, cells: across.collect() }
    }
}

/// The part of a table that is hidden, as a network: rows and columns are its nodes, hidden cells its edges.
///
/// Every table with the published totals differs from the true one by shifts around cycles of hidden cells, in which
/// counts rise and fall in turns. How far one cell can move is therefore a largest flow between its row and its column
/// through the others, where rising knows no bound and falling ends at zero. The answer is exact, and whole numbers
/// suffice, because a table of two dimensions is totally unimodular (Cox 1995, JASA 90, 1453-1462).
#[derive(Clone, Copy)]
pub(super) struct Network<'a> {
    pub(super) table: &'a CountTable,
    pub(super) hidden: &'a [bool],
}

/// Which way a count is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// Why a count moves no further: the nodes that still can be reached, and the counts as far as they were moved.
pub(super) struct Cut {
    reached: Vec<bool>,
    moved: Vec<u64>,
}

impl Network<'_> {
    /// How far a hidden cell moves that way, at most `most`, and the cut that stops it if it stops earlier.
    pub(super) fn shift(&self, cell: usize, way: Way, most: u64) -> (u64, Option<Cut>) {
        let mut moved = self.table.cells.clone();
        let mut done = 0;
        while done < most {
            match self.path(cell, way, &moved) {
                Ok(path) => {
                    let falling = path.iter().filter(|step| step.1 == Way::Down).map(|step| moved[step.0]);
                    let step = falling.min().map_or(most - done, |room| room.min(most - done));
                    for (edge, way) in path {
                        moved[edge] = if way == Way::Up { moved[edge] + step } else { moved[edge] - step };
                    }
                    done += step;
                }
                Err(reached) => return (done, Some(Cut { reached, moved })),
            }
        }
        (done, None)
    }

    /// The other cells of a cycle in which the cell can move, each with its way, or the nodes that a search reaches.
    ///
    /// To rise, a cell's column gives first and its row takes last; to fall, the other way round.
    fn path(&self, cell: usize, way: Way, moved: &[u64]) -> Result<Vec<(usize, Way)>, Vec<bool>> {
        let (rows, columns) = (self.table.rows, self.table.columns);
        let (row, column) = (cell / columns, rows + cell % columns);
        let (source, sink) = if way == Way::Up { (column, row) } else { (row, column) };
        let mut from = vec![usize::MAX; rows + columns];
        from[source] = source;
        let mut queue = VecDeque::from([source]);
        while let Some(node) = queue.pop_front() {
            if node == sink {
                return Ok(self.steps(&from, source, sink));
            }
            let others = if node < rows { rows..rows + columns } else { 0..rows };
            for next in others {
                let edge = self.edge(node, next);
                let open = node < rows || moved[edge] > 0;
                if from[next] == usize::MAX && edge != cell && self.hidden[edge] && open {
                    from[next] = node;
                    queue.push_back(next);
                }
            }
        }
        Err(from.iter().map(|&came| came != usize::MAX).collect())
    }

    fn steps(&self, from: &[usize], source: usize, sink: usize) -> Vec<(usize, Way)> {
        let mut steps = Vec::new();
        let mut node = sink;
        while node != source {
            let before = from[node];
            let way = if before < self.table.rows { Way::Up } else { Way::Down };
            steps.push((self.edge(before, node), way));
            node = before;
        }
        steps
    }

    /// The cell between a row and a column, whichever comes first.
    fn edge(&self, one: usize, other: usize) -> usize {
        let (row, column) = if one < other { (one, other) } else { (other, one) };
        row * self.table.columns + column - self.table.rows
    }

    /// The cells of which at least one has to be hidden too, for the cut to open.
    pub(super) fn openers(&self, cut: &Cut) -> Vec<usize> {
        let (rows, columns) = (self.table.rows, self.table.columns);
        let crosses = |cell: &usize| {
            let (row, column) = (cut.reached[cell / columns], cut.reached[rows + cell % columns]);
            (row && !column) || (column && !row && cut.moved[*cell] > 0)
        };
        (0..rows * columns).filter(|cell| !self.hidden[*cell]).filter(crosses).collect()
    }

    /// From where to where a hidden cell can lie.
    pub(super) fn feasible(&self, cell: usize) -> Feasible {
        let (count, total) = (self.table.cells[cell], self.table.cells.iter().sum::<u64>());
        let (down, _) = self.shift(cell, Way::Down, count);
        let (up, _) = self.shift(cell, Way::Up, total - count);
        Feasible { least: count - down, most: count + up }
    }
}

/// What an attacker computes who knows every total and every open cell: the least and the most that each hidden cell can
/// be, `None` for the open ones. Exact.
///
/// # Errors
/// [`Error::Lengths`] unless `hidden` has one entry a cell, row by row.
pub fn attacker_intervals(table: &CountTable, hidden: &[bool]) -> Result<Vec<Option<Feasible>>, Error> {
    if hidden.len() != table.cells.len() {
        return Err(Error::Lengths { what: "hidden", have: hidden.len(), need: table.cells.len() });
    }
    let network = Network { table, hidden };
    Ok((0..hidden.len()).map(|cell| hidden[cell].then(|| network.feasible(cell))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[u64]]) -> CountTable {
        CountTable::new(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_lone_hidden_cell_is_known() {
        let table = table(&[&[2, 10], &[20, 30]]);
        let found = attacker_intervals(&table, &[true, false, false, false]).unwrap();
        assert_eq!(found[0], Some(Feasible { least: 2, most: 2 }));
        assert_eq!(found[1], None);
    }

    /// Of a 2 x 2 table the bounds are those of Frechet: max(0, r + c - n) and min(r, c).
    #[test]
    fn two_by_two_has_the_bounds_of_frechet() {
        let table = table(&[&[2, 5], &[27, 0]]);
        let found = attacker_intervals(&table, &[true; 4]).unwrap();
        assert_eq!(found[0], Some(Feasible { least: 2, most: 7 }));
        assert_eq!(found[3], Some(Feasible { least: 0, most: 5 }));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(CountTable::new(&[]).is_err());
        assert!(CountTable::new(&[vec![], vec![]]).is_err());
        assert!(CountTable::new(&[vec![1, 2], vec![3]]).is_err());
        assert!(CountTable::new(&[vec![u64::MAX]]).is_err());
        assert!(attacker_intervals(&table(&[&[1]]), &[]).is_err());
    }
}
