//! The transportation problem by successive shortest augmenting paths.
//!
//! Maximize the sum of `score + pair_bonus` over the chosen arcs plus `first_bonus` of every node that has one, where
//! no arc is chosen twice and no node beyond its places.
//!
//! Rows are inserted one place at a time. Each insertion is one Dijkstra search from the row over reduced costs, which
//! ends at the cheapest way to make room: a free place of a column, or a place that a row gives up. Prices keep every
//! reduced cost from being negative, so that each intermediate draft is the best one for the places inserted so far
//! (Jonker and Volgenant 1987, with the capacities of the transportation problem). Prices of columns never fall.
//!
//! The search reads a row's arcs from the best score down and stops where even a column at the lowest price could not
//! lie on a shorter path than the best one known; on instances with room to spare this is after a few arcs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

/// A person with places, as a row or a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub places: u32,
    /// What the first filled place is worth beside the arcs.
    pub first_bonus: i64,
}

/// A possible pair, seen from its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arc {
    pub column: u32,
    pub score: u16,
}

/// Nodes and arcs. Takes 8 bytes an arc.
pub(crate) struct Problem {
    pub rows: Vec<Node>,
    pub columns: Vec<Node>,
    pub pair_bonus: i64,
    starts: Vec<usize>,
    arcs: Vec<Arc>,
}

impl Problem {
    pub fn new(columns: Vec<Node>, pair_bonus: i64) -> Self {
        Self { rows: Vec::new(), columns, pair_bonus, starts: vec![0], arcs: Vec::new() }
    }

    /// Adds a row with its arcs, given in the order of their columns.
    pub fn push_row(&mut self, row: Node, arcs: impl IntoIterator<Item = Arc>) {
        let start = self.arcs.len();
        self.rows.push(row);
        self.arcs.extend(arcs);
        self.arcs[start..].sort_by_key(|arc| Reverse(arc.score));
        self.starts.push(self.arcs.len());
    }

    fn arcs(&self, row: usize) -> &[Arc] {
        &self.arcs[self.starts[row]..self.starts[row + 1]]
    }
}

/// The chosen arcs, and the prices that prove that no other choice is better.
///
/// Prices are those of a place beyond the first; the price of the first is higher by `first_bonus`.
#[derive(Debug)]
pub(crate) struct Flow {
    /// Row and column of each chosen arc, in order.
    pub chosen: Vec<(usize, usize)>,
    pub row_prices: Vec<i64>,
    pub column_prices: Vec<i64>,
}

/// Solves the problem. `after_place` is called with the number of places inserted so far, and can stop the work.
pub(crate) fn solve(problem: &Problem, mut after_place: impl FnMut(u64) -> ControlFlow<()>) -> ControlFlow<(), Flow> {
    let mut solver = Solver::new(problem);
    let most_places = problem.rows.iter().map(|row| row.places).max().unwrap_or(0);
    let mut inserted = 0;
    for place in 0..most_places {
        for row in (0..problem.rows.len()).filter(|&row| problem.rows[row].places > place) {
            solver.insert(row);
            inserted += 1;
            after_place(inserted)?;
        }
    }
    ControlFlow::Continue(solver.into_flow())
}

/// Stands where there is no row or no column.
const NOBODY: u32 = u32::MAX;

struct Column {
    price: i64,
    distance: i64,
    /// The row before it on the shortest path, and the score of the arc between them.
    before: u32,
    score_before: u16,
    /// The row that is being scanned, where this column is one of its partners.
    partner_of: u32,
    /// The rows it is paired with, and the scores.
    partners: Vec<(u32, u16)>,
}

struct Row {
    price: i64,
    distance: i64,
    /// The column before it on the shortest path.
    before: u32,
    partners: Vec<u32>,
}

/// Where a path ends; the order decides between paths of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    FreePlace { column: u32 },
    GivenUp { row: u32 },
}

/// A node on the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Column(u32),
    Row(u32),
}

struct Solver<'p> {
    problem: &'p Problem,
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// No column has a higher bonus: with this, a bound on what a column can be worth.
    most_bonus: i64,
    heap: BinaryHeap<Reverse<(i64, Reached)>>,
    touched: Vec<Reached>,
    best: (i64, End),
}

impl<'p> Solver<'p> {
    fn new(problem: &'p Problem) -> Self {
        let row = |node: &Node| Row { price: -node.first_bonus, distance: i64::MAX, before: NOBODY, partners: vec![] };
        let column = |node: &Node| Column {
            price: -node.first_bonus,
            distance: i64::MAX,
            before: NOBODY,
            score_before: 0,
            partner_of: NOBODY,
            partners: vec![],
        };
        Self {
            rows: problem.rows.iter().map(row).collect(),
            columns: problem.columns.iter().map(column).collect(),
            most_bonus: problem.columns.iter().map(|column| column.first_bonus).max().unwrap_or(0),
            heap: BinaryHeap::new(),
            touched: Vec::new(),
            best: (i64::MAX, End::GivenUp { row: 0 }),
            problem,
        }
    }

    /// Gives one more place to a row, and fills it where that is worth anything.
    fn insert(&mut self, row: usize) {
        if self.rows[row].partners.is_empty() {
            self.raise_first_price(row);
        } else if self.rows[row].price < 0 {
            return; // Its price says that no further place of it is worth filling, and prices of rows only fall.
        }
        self.search(row);
        self.update_prices();
        self.augment();
    }

    /// The price of a row without partners is what its best arc brings, or nothing.
    fn raise_first_price(&mut self, row: usize) {
        let mut price = -self.problem.rows[row].first_bonus;
        for arc in self.problem.arcs(row) {
            let worth = i64::from(arc.score) + self.problem.pair_bonus;
            if worth + self.most_bonus <= price {
                break;
            }
            price = price.max(worth - self.columns[arc.column as usize].price);
        }
        self.rows[row].price = price;
    }

    /// Dijkstra's search from a row to the nearest end.
    fn search(&mut self, source: usize) {
        self.best = (i64::MAX, End::GivenUp { row: source as u32 });
        self.heap.clear();
        self.reach_row(source as u32, 0, NOBODY);
        while let Some(Reverse((distance, node))) = self.heap.pop() {
            if distance >= self.limit() {
                break;
            }
            match node {
                Reached::Row(row) if self.rows[row as usize].distance == distance => self.scan_row(row as usize),
                Reached::Column(column) if self.columns[column as usize].distance == distance => {
                    self.scan_column(column as usize);
                }
                _ => {}
            }
        }
    }

    /// Only nodes nearer than this can improve the best end. A free place beats a place given up at the same distance.
    fn limit(&self) -> i64 {
        match self.best {
            (distance, End::FreePlace { .. }) => distance,
            (distance, End::GivenUp { .. }) => distance.saturating_add(1),
        }
    }

    fn scan_row(&mut self, row: usize) {
        for &column in &self.rows[row].partners {
            self.columns[column as usize].partner_of = row as u32;
        }
        let base = self.rows[row].distance + self.rows[row].price - self.problem.pair_bonus;
        for &arc in self.problem.arcs(row) {
            let least = base - i64::from(arc.score);
            if least - self.most_bonus >= self.limit() {
                break;
            }
            let column = &self.columns[arc.column as usize];
            let distance = least + column.price;
            if distance < column.distance && distance < self.limit() && column.partner_of != row as u32 {
                self.reach_column(arc, distance, row as u32);
            }
        }
        for &column in &self.rows[row].partners {
            self.columns[column as usize].partner_of = NOBODY;
        }
    }

    fn reach_column(&mut self, arc: Arc, distance: i64, before: u32) {
        let at = arc.column;
        let column = &mut self.columns[at as usize];
        if column.distance == i64::MAX {
            self.touched.push(Reached::Column(at));
        }
        column.distance = distance;
        column.before = before;
        column.score_before = arc.score;
        let node = self.problem.columns[at as usize];
        let filled = column.partners.len();
        if filled < node.places as usize {
            // A free place is worth the bonus if it is the first; what the price says beyond that is its cost.
            let cost = if filled == 0 { -node.first_bonus - column.price } else { -column.price };
            self.best = self.best.min((distance + cost, End::FreePlace { column: at }));
        }
        if filled > 0 {
            self.heap.push(Reverse((distance, Reached::Column(at))));
        }
    }

    /// From a column to the rows it is paired with: one of them may look for another partner.
    fn scan_column(&mut self, at: usize) {
        for partner in 0..self.columns[at].partners.len() {
            let column = &self.columns[at];
            let (row, score) = column.partners[partner];
            let rent = i64::from(score) + self.problem.pair_bonus - column.price - self.rows[row as usize].price;
            let distance = column.distance + rent;
            if distance < self.rows[row as usize].distance && distance < self.limit() {
                self.reach_row(row, distance, at as u32);
            }
        }
    }

    fn reach_row(&mut self, at: u32, distance: i64, before: u32) {
        let row = &mut self.rows[at as usize];
        if row.distance == i64::MAX {
            self.touched.push(Reached::Row(at));
        }
        row.distance = distance;
        row.before = before;
        // The source gives up the place it was offered, any other row one of those it fills.
        let left = if before == NOBODY { row.partners.len() } else { row.partners.len() - 1 };
        let bonus = if left == 0 { self.problem.rows[at as usize].first_bonus } else { 0 };
        self.best = self.best.min((distance + row.price + bonus, End::GivenUp { row: at }));
        self.heap.push(Reverse((distance, Reached::Row(at))));
    }

    /// Keeps all reduced costs at 0 or above, and brings those along the path to 0.
    fn update_prices(&mut self) {
        let length = self.best.0;
        for node in &self.touched {
            match *node {
                Reached::Column(at) => {
                    let column = &mut self.columns[at as usize];
                    column.price += (length - column.distance).max(0);
                    column.distance = i64::MAX;
                }
                Reached::Row(at) => {
                    let row = &mut self.rows[at as usize];
                    row.price -= (length - row.distance).max(0);
                    row.distance = i64::MAX;
                }
            }
        }
        self.touched.clear();
    }

    /// Walks the path back from its end: every column on it takes the row before, and lets go of the row after.
    fn augment(&mut self) {
        let mut after = None;
        let mut column = match self.best.1 {
            End::FreePlace { column } => column,
            End::GivenUp { row } => {
                after = Some(row);
                self.rows[row as usize].before
            }
        };
        while column != NOBODY {
            let at = &mut self.columns[column as usize];
            let row = at.before;
            at.partners.retain(|&(partner, _)| Some(partner) != after);
            at.partners.push((row, at.score_before));
            if let Some(after) = after {
                self.rows[after as usize].partners.retain(|&partner| partner != column);
            }
            self.rows[row as usize].partners.push(column);
            (after, column) = (Some(row), self.rows[row as usize].before);
        }
    }

    fn into_flow(self) -> Flow {
        let partners = self.rows.iter().enumerate();
        let mut chosen: Vec<(usize, usize)> =
            partners.flat_map(|(row, node)| node.partners.iter().map(move |&column| (row, column as usize))).collect();
        chosen.sort_unstable();
        Flow {
            chosen,
            row_prices: self.rows.iter().map(|row| row.price).collect(),
            column_prices: self.columns.iter().map(|column| column.price).collect(),
        }
    }
}
