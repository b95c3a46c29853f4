//! What is chosen so far, and at which prices.

use std::cmp::Reverse;
use std::ops::ControlFlow;

use super::augment::Search;
use super::{Arc, Flow, Node};

/// The two sides by number, so that a search can begin on either.
pub(crate) const ROWS: usize = 0;
pub(crate) const COLUMNS: usize = 1;

/// One side.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    pub nodes: Vec<Node>,
    /// Of a place beyond the first.
    pub price: Vec<i64>,
    /// From the best worth down after [`sort`](Self::sort); columns have them only once somebody asked for them.
    pub arcs: Vec<Vec<Arc>>,
    is_sorted: Vec<bool>,
    /// The chosen arcs.
    pub partners: Vec<Vec<Arc>>,
}

impl Nodes {
    fn new(nodes: &[Node]) -> Self {
        Self {
            nodes: nodes.to_vec(),
            price: nodes.iter().map(|node| -node.first_bonus).collect(),
            arcs: vec![Vec::new(); nodes.len()],
            is_sorted: vec![true; nodes.len()],
            partners: vec![Vec::new(); nodes.len()],
        }
    }

    pub fn filled(&self, node: usize) -> u32 {
        self.partners[node].len() as u32
    }

    pub fn has_room(&self, node: usize) -> bool {
        self.filled(node) < self.nodes[node].places
    }

    /// The price at which a node just takes or leaves its place of this number, from 1.
    pub fn reserve(&self, node: usize, place: u32) -> i64 {
        if place <= 1 { -self.nodes[node].first_bonus } else { 0 }
    }

    /// Whether its price says that a further place should be filled.
    pub fn wants_more(&self, node: usize) -> bool {
        let filled = self.filled(node);
        filled < self.nodes[node].places && self.price[node] > self.reserve(node, filled + 1)
    }

    pub fn has_partner(&self, node: usize, other: u32) -> bool {
        self.partners[node].iter().any(|arc| arc.to == other)
    }

    fn add_arc(&mut self, node: usize, arc: Arc) {
        self.arcs[node].push(arc);
        self.is_sorted[node] = false;
    }

    /// Puts the arcs of every node in order, which not every use of them needs.
    pub fn sort(&mut self) {
        for (arcs, is_sorted) in self.arcs.iter_mut().zip(&mut self.is_sorted) {
            if !std::mem::replace(is_sorted, true) {
                arcs.sort_unstable_by_key(|arc| (Reverse(arc.worth), arc.to));
            }
        }
    }
}

/// A partial choice with prices under which it is the best for the places that are filled:
/// * no arc that is not chosen is worth more than its two prices,
/// * every chosen arc is worth at least its two prices,
/// * nobody fills a place at a price below its reserve.
///
/// What may still be missing is that somebody wants more; [`complete`](Self::complete) sees to that.
#[derive(Debug)]
pub(crate) struct Network {
    pub sides: [Nodes; 2],
    pub pair_bonus: i64,
    /// Whether the columns have their arcs.
    mirrored: bool,
}

impl Network {
    /// Nobody has a partner, and everybody would take one at the reserve.
    pub fn new(rows: &[Node], columns: &[Node], pair_bonus: i64) -> Self {
        Self { sides: [Nodes::new(rows), Nodes::new(columns)], pair_bonus, mirrored: false }
    }

    /// Gives every row its arcs in place of those it had.
    pub fn set_arcs<A: IntoIterator<Item = Arc>>(&mut self, arcs: impl IntoIterator<Item = A>) {
        let rows = &mut self.sides[ROWS];
        for (list, arcs) in rows.arcs.iter_mut().zip(arcs) {
            list.clear();
            list.extend(arcs);
        }
        rows.is_sorted.fill(false);
        self.mirrored = false;
    }

    /// Adds arcs that a row does not have yet.
    pub fn add_arcs(&mut self, row: usize, arcs: impl IntoIterator<Item = Arc>) {
        let [rows, columns] = &mut self.sides;
        for arc in arcs {
            rows.add_arc(row, arc);
            if self.mirrored {
                columns.add_arc(arc.to as usize, Arc::new(row as u32, arc.worth));
            }
        }
    }

    /// Gives the columns their arcs.
    fn mirror(&mut self) {
        if std::mem::replace(&mut self.mirrored, true) {
            return;
        }
        let [rows, columns] = &mut self.sides;
        columns.arcs.iter_mut().for_each(Vec::clear);
        for (row, arcs) in (0..).zip(&rows.arcs) {
            arcs.iter().for_each(|arc| columns.add_arc(arc.to as usize, Arc::new(row, arc.worth)));
        }
    }

    /// What an arc is worth above the price of the node it leads to; `from` is the side it is seen from.
    pub fn value(&self, from: usize, arc: Arc) -> i64 {
        i64::from(arc.worth) + self.pair_bonus - self.sides[1 - from].price[arc.to as usize]
    }

    /// Sets a row's price to the lowest that keeps its arcs, and takes away the partners that this price does not
    /// allow. After it, the row satisfies what [`Network`] promises, whatever the prices of columns are.
    pub fn settle(&mut self, row: usize) {
        loop {
            let arcs = self.sides[ROWS].arcs[row].iter();
            let others = arcs.filter(|arc| !self.sides[ROWS].has_partner(row, arc.to));
            let best = others.map(|&arc| self.value(ROWS, arc)).max();
            let filled = self.sides[ROWS].filled(row);
            let reserve = self.sides[ROWS].reserve(row, filled.max(1));
            let price = best.map_or(reserve, |best| best.max(reserve));
            let partners = self.sides[ROWS].partners[row].iter();
            let least = partners.map(|&arc| (self.value(ROWS, arc), arc.to)).min();
            match least.filter(|&(value, _)| value < price) {
                Some((_, column)) => self.part(row as u32, column),
                None => {
                    self.sides[ROWS].price[row] = price;
                    return;
                }
            }
        }
    }

    /// Settles all rows that have partners.
    pub fn settle_all(&mut self) {
        for row in 0..self.sides[ROWS].nodes.len() {
            if self.sides[ROWS].filled(row) > 0 {
                self.settle(row);
            }
        }
    }

    /// Raises the prices of rows without room to the highest that keeps their partners, under which the fewest other arcs
    /// are of interest.
    pub fn raise_row_prices(&mut self) {
        for row in 0..self.sides[ROWS].nodes.len() {
            if self.sides[ROWS].filled(row) == self.sides[ROWS].nodes[row].places {
                let least = self.sides[ROWS].partners[row].iter().map(|&arc| self.value(ROWS, arc)).min();
                let price = &mut self.sides[ROWS].price[row];
                *price = least.map_or(*price, |least| least.max(*price));
            }
        }
    }

    /// Chooses an arc, where both ends have room and it is not chosen already.
    pub fn pair(&mut self, row: usize, arc: Arc) {
        let [rows, columns] = &mut self.sides;
        let column = arc.to as usize;
        if rows.has_room(row) && columns.has_room(column) && !rows.has_partner(row, arc.to) {
            rows.partners[row].push(arc);
            columns.partners[column].push(Arc::new(row as u32, arc.worth));
        }
    }

    /// Takes an arc out of the choice.
    pub fn part(&mut self, row: u32, column: u32) {
        let [rows, columns] = &mut self.sides;
        rows.partners[row as usize].retain(|arc| arc.to != column);
        columns.partners[column as usize].retain(|arc| arc.to != row);
    }

    /// Fills places until nobody wants more: rows one place at a time, in their order, then columns whose price is
    /// above the reserve without reason. Rows with partners have to be [settled](Self::settle). `after` is called with the number of searches, and can stop the work.
    pub fn complete<B>(&mut self, after: &mut dyn FnMut(u64) -> ControlFlow<B>) -> ControlFlow<B> {
        let mut searches = 0;
        for side in [ROWS, COLUMNS] {
            if side == COLUMNS {
                if !(0..self.sides[COLUMNS].nodes.len()).any(|node| self.sides[COLUMNS].wants_more(node)) {
                    break;
                }
                self.mirror();
            }
            self.sides[side].sort();
            let mut search = Search::new(self, side);
            while search.insert_all(&mut searches, after)? {}
        }
        ControlFlow::Continue(())
    }

    pub fn into_flow(self) -> Flow {
        let [rows, columns] = self.sides;
        let chosen = rows.partners.iter().zip(0..);
        let mut chosen: Vec<(u32, u32)> =
            chosen.flat_map(|(partners, row)| partners.iter().map(move |arc| (row, arc.to))).collect();
        chosen.sort_unstable();
        Flow { chosen, row_prices: rows.price, column_prices: columns.price }
    }
}
