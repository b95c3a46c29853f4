//! Complementary suppression: which further cells of a table have to be hidden, so that the small ones cannot be computed.

use super::table::{CountTable, Network, Way};
use crate::error::Error;

/// How many patterns the search looks at before it is content with the best that it has.
const MOST_NODES: usize = 20_000;

/// What may be published of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppression {
    /// All but the hidden cells, row by row.
    Hide(Vec<bool>),
    /// Nothing: even with every cell hidden, the totals give a small one away.
    Withhold,
}

/// The fewest cells to hide, so that whoever knows all totals and all open cells has to think every count from 1 to k - 1
/// possible in each small cell (one with 1 to k - 1 people). Zeros may stay open. Small and complementary cells look
/// alike. The totals are published: whether they may be is for the caller to ask first.
///
/// Exact for tables of a usual report: a cell moves no further because of a cut, and every safe pattern hides one of the
/// few cells that cross it, so the search branches on these and deepens one cell at a time. After 20,000 patterns it
/// keeps the best one known, which is safe though perhaps not the smallest (the problem is NP-hard: Kelly, Golden and
/// Assad 1992, Networks 22, 397-417).
///
/// # Errors
/// [`Error::OutOfRange`] if `k` is 0.
pub fn suppress(table: &CountTable, k: u64) -> Result<Suppression, Error> {
    if k == 0 {
        return Err(Error::OutOfRange { what: "k", value: 0.0 });
    }
    let small: Vec<usize> = (0..table.cells().len()).filter(|&cell| (1..k).contains(&table.cells()[cell])).collect();
    let mut search = Search { table, k, small, hidden: vec![true; table.cells().len()], taboo: Vec::new(), nodes: 0 };
    if search.stops().is_some() {
        return Ok(Suppression::Withhold);
    }
    let mut best = search.greedy();
    let primary = search.small.len();
    for more in 0..best.iter().filter(|&&hidden| hidden).count() - primary {
        search.restart();
        if search.deepen(more) {
            best.clone_from(&search.hidden);
        }
        if search.hidden == best || search.nodes > MOST_NODES {
            break;
        }
    }
    Ok(Suppression::Hide(best))
}

struct Search<'a> {
    table: &'a CountTable,
    k: u64,
    small: Vec<usize>,
    hidden: Vec<bool>,
    /// Cells that an earlier branch has tried to hide, so that no pattern is looked at twice.
    taboo: Vec<bool>,
    nodes: usize,
}

impl Search<'_> {
    /// Only the small cells hidden, nothing tried.
    fn restart(&mut self) {
        self.hidden = vec![false; self.table.cells().len()];
        self.taboo.clone_from(&self.hidden);
        self.small.iter().for_each(|&cell| self.hidden[cell] = true);
    }

    /// Of the small cells that are not safe, the cut with the fewest cells that open it; those cells.
    fn stops(&self) -> Option<Vec<usize>> {
        let network = Network { table: self.table, hidden: &self.hidden };
        let cuts = self.small.iter().flat_map(|&cell| {
            let count = self.table.cells()[cell];
            let needs = [(Way::Up, self.k - 1 - count), (Way::Down, count - 1)];
            needs.into_iter().filter_map(move |(way, need)| network.shift(cell, way, need).1)
        });
        cuts.map(|cut| network.openers(&cut)).min_by_key(|cells| self.allowed(cells).count())
    }

    fn allowed<'b>(&'b self, cells: &'b [usize]) -> impl Iterator<Item = usize> + 'b {
        cells.iter().copied().filter(|&cell| !self.taboo.get(cell).copied().unwrap_or(false))
    }

    /// Rows and columns with a single hidden cell. Each needs another one, and one cell serves a row and a column.
    fn single(&self) -> (Vec<bool>, Vec<bool>) {
        let columns = self.table.columns();
        let (mut rows, mut across) = (vec![0; self.table.rows()], vec![0; columns]);
        for cell in (0..self.hidden.len()).filter(|&cell| self.hidden[cell]) {
            rows[cell / columns] += 1;
            across[cell % columns] += 1;
        }
        (rows.iter().map(|&cells| cells == 1).collect(), across.iter().map(|&cells| cells == 1).collect())
    }

    /// Cells that serve a lonely row and a lonely column come first, then those with more people to take from.
    fn ordered(&self, cells: &[usize], (rows, columns): &(Vec<bool>, Vec<bool>)) -> Vec<usize> {
        let serves = |cell: usize| usize::from(rows[cell / columns.len()]) + usize::from(columns[cell % columns.len()]);
        let mut order: Vec<usize> = self.allowed(cells).collect();
        order.sort_by_key(|&cell| {
            (std::cmp::Reverse((serves(cell), self.table.cells()[cell].min(self.k))), self.table.cells()[cell], cell)
        });
        order
    }

    /// A safe pattern: hide the likeliest cell until all is safe, then open again what was not needed.
    fn greedy(&mut self) -> Vec<bool> {
        self.restart();
        let mut added = Vec::new();
        while let Some(openers) = self.stops() {
            // All hidden is safe, so a cut always has a cell that opens it.
            let Some(&cell) = self.ordered(&openers, &self.single()).first() else { break };
            self.hidden[cell] = true;
            added.push(cell);
        }
        for cell in added {
            self.hidden[cell] = false;
            self.hidden[cell] = self.stops().is_some();
        }
        self.hidden.clone()
    }

    /// Whether hiding at most so many more cells makes all safe; they stay hidden if so.
    fn deepen(&mut self, more: usize) -> bool {
        self.nodes += 1;
        let single = self.single();
        let count = |lines: &[bool]| lines.iter().filter(|&&single| single).count();
        if self.nodes > MOST_NODES || count(&single.0).max(count(&single.1)) > more {
            return false;
        }
        let Some(openers) = self.stops() else { return true };
        if more == 0 {
            return false;
        }
        let order = self.ordered(&openers, &single);
        for (tried, &cell) in order.iter().enumerate() {
            self.hidden[cell] = true;
            if self.deepen(more - 1) {
                return true;
            }
            self.hidden[cell] = false;
            self.taboo[cell] = true;
            if self.nodes > MOST_NODES {
                order[..=tried].iter().for_each(|&cell| self.taboo[cell] = false);
                return false;
            }
        }
        order.iter().for_each(|&cell| self.taboo[cell] = false);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(rows: &[&[u64]], k: u64) -> Option<usize> {
        let table = CountTable::new(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap();
        match suppress(&table, k).unwrap() {
            Suppression::Hide(pattern) => Some(pattern.iter().filter(|&&hidden| hidden).count()),
            Suppression::Withhold => None,
        }
    }

    #[test]
    fn nothing_small_is_nothing_hidden() {
        assert_eq!(hidden(&[&[5, 0], &[9, 7]], 5), Some(0));
        assert_eq!(hidden(&[&[0]], 5), Some(0));
    }

    #[test]
    fn one_small_cell_takes_a_square() {
        assert_eq!(hidden(&[&[6, 5, 14], &[5, 9, 3], &[16, 0, 9]], 5), Some(4));
    }

    #[test]
    fn without_a_safe_pattern_nothing_is_published() {
        assert_eq!(hidden(&[&[2, 5], &[27, 0]], 5), None);
        assert_eq!(hidden(&[&[3]], 5), None);
        // The total of the third row is 3: no pattern hides that.
        assert_eq!(hidden(&[&[8, 39], &[22, 9], &[3, 0]], 5), None);
    }

    /// By trying all patterns.
    #[test]
    fn no_safe_pattern_is_smaller() {
        let rows: [&[u64]; 3] = [&[12, 2, 6, 9], &[3, 14, 0, 5], &[2, 27, 13, 2]];
        let table = CountTable::new(&rows.map(<[u64]>::to_vec)).unwrap();
        let small: Vec<usize> = (0..12).filter(|&cell| (1..5).contains(&table.cells()[cell])).collect();
        let safe = |pattern: &[bool]| {
            let network = Network { table: &table, hidden: pattern };
            small
                .iter()
                .all(|&cell| pattern[cell] && network.feasible(cell).least <= 1 && network.feasible(cell).most >= 4)
        };
        let patterns = (0..1_u32 << 12).map(|bits| (0..12).map(|cell| bits >> cell & 1 == 1).collect::<Vec<bool>>());
        let fewest =
            patterns.filter(|pattern| safe(pattern)).map(|pattern| pattern.iter().filter(|&&x| x).count()).min();
        assert_eq!(hidden(&rows, 5), fewest);
    }
}
