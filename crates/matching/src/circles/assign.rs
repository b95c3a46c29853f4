//! The exact assignment of people to circles, when the other side of each circle stands.

/// For each row `take` columns, no column twice, with the largest sum of values; `values` has a row of `columns` numbers
/// for each row, and there are at least `take` columns a row.
///
/// Shortest augmenting paths over a dense matrix (Jonker and Volgenant 1987), a row's places one by one as rows of equal
/// values: at most (rows × take)² × columns steps.
pub(super) fn assign(values: &[i64], columns: usize, take: usize) -> Vec<u32> {
    let places = values.len() / columns.max(1) * take;
    let mut solver = Solver {
        values,
        columns,
        take,
        row_prices: vec![0; places],
        column_prices: vec![0; columns],
        place_of: vec![FREE; columns],
        distance: vec![0; columns],
        before: vec![FREE; columns],
        reached: Vec::with_capacity(columns),
    };
    (0..places).for_each(|place| solver.insert(place));
    let mut chosen = vec![0; places];
    for (column, &place) in (0..).zip(&solver.place_of) {
        if place != FREE {
            chosen[place] = column;
        }
    }
    chosen
}

const FREE: usize = usize::MAX;

struct Solver<'a> {
    values: &'a [i64],
    columns: usize,
    take: usize,
    row_prices: Vec<i64>,
    column_prices: Vec<i64>,
    /// The place that has each column.
    place_of: Vec<usize>,
    distance: Vec<i64>,
    /// The column before each one on the shortest path, or [`FREE`] at its start.
    before: Vec<usize>,
    reached: Vec<usize>,
}

impl Solver<'_> {
    fn insert(&mut self, place: usize) {
        self.distance.fill(i64::MAX);
        self.before.fill(FREE);
        self.reached.clear();
        let mut open: Vec<usize> = (0..self.columns).collect();
        let (mut at, mut last, mut length) = (place, FREE, 0);
        let end = loop {
            let Some(next) = self.nearest(&open, at, last, length) else { return };
            let column = open.swap_remove(next);
            length = self.distance[column];
            if self.place_of[column] == FREE {
                break column;
            }
            self.reached.push(column);
            (at, last) = (self.place_of[column], column);
        };
        self.row_prices[place] += length;
        for &column in &self.reached {
            let slack = length - self.distance[column];
            self.row_prices[self.place_of[column]] += slack;
            self.column_prices[column] -= slack;
        }
        self.turn(place, end);
    }

    /// Looks along a place's row, and returns where in `open` the nearest column stands; of equally near ones a free
    /// one, then the first.
    fn nearest(&mut self, open: &[usize], place: usize, last: usize, length: i64) -> Option<usize> {
        let row = place / self.take * self.columns;
        let values = &self.values[row..row + self.columns];
        let base = length - self.row_prices[place];
        let (mut shortest, mut best) = (i64::MAX, None);
        for (at, &column) in open.iter().enumerate() {
            let mut distance = base - values[column] - self.column_prices[column];
            if distance < self.distance[column] {
                self.distance[column] = distance;
                self.before[column] = last;
            } else {
                distance = self.distance[column];
            }
            if distance <= shortest {
                let key = (self.place_of[column] != FREE, column);
                if distance < shortest || best.is_none_or(|(best, _)| key < best) {
                    (shortest, best) = (distance, Some((key, at)));
                }
            }
        }
        best.map(|(_, at)| at)
    }

    /// Moves every column on the path to the place before it.
    fn turn(&mut self, place: usize, end: usize) {
        let mut column = end;
        loop {
            let before = self.before[column];
            if before == FREE {
                self.place_of[column] = place;
                return;
            }
            self.place_of[column] = self.place_of[before];
            column = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By trying everything.
    fn best(values: &[i64], columns: usize, take: usize, place: usize, taken: u32) -> i64 {
        if place == values.len() / columns * take {
            return 0;
        }
        let free = (0..columns).filter(|column| taken >> column & 1 == 0);
        let rest = |column: usize| {
            values[place / take * columns + column] + best(values, columns, take, place + 1, taken | 1 << column)
        };
        free.map(rest).max().expect("there are columns enough")
    }

    #[test]
    fn finds_the_largest_sum() {
        let mut state = 1_u64;
        let mut number = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        for _ in 0..2_000 {
            let (rows, take) = (1 + number(3) as usize, 1 + number(2) as usize);
            let columns = rows * take + number(2) as usize;
            let most = 2 + number(20);
            let values: Vec<i64> = (0..rows * columns).map(|_| number(most) as i64 - 3).collect();
            let chosen = assign(&values, columns, take);
            let mut once = chosen.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), rows * take);
            let sum: i64 = (0..).zip(&chosen).map(|(at, &column)| values[at / take * columns + column as usize]).sum();
            assert_eq!(sum, best(&values, columns, take, 0, 0), "{values:?} in {columns} columns, {take} each");
        }
    }
}
