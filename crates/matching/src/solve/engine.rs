//! The best draft without looking at more pairs than it takes.
//!
//! 1. *List*: for each row, its best columns at the lowest prices, and a bound for all others.
//! 2. *Choose* among the listed pairs, exactly, as a transportation problem. Its prices also judge pairs that are not listed.
//! 3. *Price*: where the bound of a row does not say that nothing better was left out, the row is scanned again for pairs
//!    that are worth more than the prices. What is found is listed, and the choice repaired from where it stands.
//!
//! When no row finds anything, the prices are right for all pairs, and so the choice is the best of all. This is column
//! generation, with a scan of everybody in the place of a heuristic (Volgenant 1996; Gottschlich and Schuhmacher 2014).

use std::ops::ControlFlow;
use std::sync::Mutex;

use super::{Progress, SolveOptions, Step};
use crate::compiled::CompiledInstance;
use crate::objective::{Bonus, FULL_SCORE};
use crate::profile::{Side, Sides};
use crate::scan::{Ask, Scan, Shortlist};
use crate::transport::{Arc, COLUMNS, Network, Node, ROWS};

/// At most so many pairs are listed again for a row that found better ones.
const MOST_BETTER: usize = 16;

/// The same while prices are still approached.
const MOST_LISTED: usize = 16;
/// Increments of the auctions by which prices are approached, from and to, and how much less than wanted a pair may be
/// to be listed after it; in points. Found by measurement.
const APPROACH: [(i64, i64, i64); 3] = [(1_250, 100, 300), (100, 20, 100), (20, 4, 50)];
/// Fewer places are filled one by one as they come.
const MANY: u64 = 200;
/// The increment from which the last auction begins.
const LAST_INCREMENT: i64 = 4;
/// From so many better pairs on, an auction mends the choice faster than one search a row.
const FEW: usize = 1_000;

/// Whoever watches, and may break off.
pub(super) type Watch<'w> = dyn FnMut(Progress) -> ControlFlow<()> + Send + 'w;

pub(super) struct Engine<'c> {
    bonus: Bonus,
    /// What pins leave to be filled.
    nodes: Sides<Vec<Node>>,
    /// The side whose people are rows: the one with fewer places, for which fewer searches are needed.
    rows: Side,
    scan: Scan<'c>,
    network: Network,
    lists: Vec<Listed>,
    /// The prices of columns at which lists were made.
    epochs: Vec<Vec<i64>>,
}

/// What is known of the pairs of a row that are not listed.
#[derive(Clone, Copy, Debug)]
struct Listed {
    /// Their scores less prices are at most this,
    rest: i64,
    /// at the prices of this epoch.
    epoch: usize,
}

impl<'c> Engine<'c> {
    pub fn new(compiled: &'c CompiledInstance, options: &SolveOptions) -> Self {
        let bonus = compiled.bonus(options.objective);
        let nodes = free_places(compiled, bonus);
        let total = |side| nodes.of(side).iter().map(|node: &Node| u64::from(node.places)).sum::<u64>();
        let rows = if total(Side::Mentor) < total(Side::Mentee) { Side::Mentor } else { Side::Mentee };
        let scan = Scan::new(compiled, rows.other(), super::thread_count(options.threads));
        let network = Network::new(nodes.of(rows), nodes.of(rows.other()), bonus.pair);
        Self { bonus, nodes, rows, scan, network, lists: Vec::new(), epochs: Vec::new() }
    }

    /// Finds the best draft among the pairs with at least this score, from the beginning.
    pub fn run(&mut self, least_score: u32, watch: &mut Watch) -> ControlFlow<()> {
        self.scan.least_score = least_score;
        self.network = Network::new(self.nodes.of(self.rows), self.nodes.of(self.rows.other()), self.bonus.pair);
        self.epochs.clear();
        let contested = self.places(self.rows) >= MANY && self.places(self.rows.other()) < 2 * self.places(self.rows);
        self.list(if contested { 16 } else { 8 }, watch)?;
        if contested {
            self.approach(watch)?;
        }
        let of = self.places(self.rows);
        loop {
            self.network.complete(&mut |done| watch(Progress { step: Step::Assign, done, of: done.max(of) }))?;
            self.network.raise_row_prices();
            match self.price(watch)? {
                0 => return ControlFlow::Continue(()),
                FEW.. => self.network.auction(LAST_INCREMENT, 0, self.floor()),
                _ => {}
            }
        }
    }

    fn places(&self, side: Side) -> u64 {
        self.nodes.of(side).iter().map(|node| u64::from(node.places)).sum()
    }

    /// Below this a row rather stays alone in an auction.
    fn floor(&self) -> i64 {
        if self.bonus.pair > 0 { -i64::from(FULL_SCORE) } else { 0 }
    }

    /// Finds prices that are nearly right where many want the same, with lists that follow the prices.
    fn approach(&mut self, watch: &mut Watch) -> ControlFlow<()> {
        for (from, to, band) in APPROACH {
            self.network.auction(from, to, self.floor());
            self.list_more(band, watch)?;
        }
        self.network.auction(LAST_INCREMENT, 0, self.floor());
        ControlFlow::Continue(())
    }

    /// Lists the best columns of every row.
    fn list(&mut self, most: usize, watch: &mut Watch) -> ControlFlow<()> {
        let asks = self.open_rows().map(|row| Ask { row, above: self.wanted(row) - 1 }).collect::<Vec<_>>();
        self.lists = vec![Listed { rest: i64::MIN, epoch: 0 }; self.nodes.of(self.rows).len()];
        let lists = self.ask(&asks, most, Step::Score, watch)?;
        self.take(&asks, lists);
        ControlFlow::Continue(())
    }

    /// Lists, beside what is listed, whoever is within so many points of being wanted at the present prices.
    fn list_more(&mut self, band: i64, watch: &mut Watch) -> ControlFlow<()> {
        let asks = self.open_rows().map(|row| Ask { row, above: self.wanted(row) - band }).collect::<Vec<_>>();
        let lists = self.ask(&asks, MOST_LISTED, Step::Score, watch)?;
        self.take(&asks, lists);
        ControlFlow::Continue(())
    }

    /// Adds what is new in the answers to the arcs. Returns the rows that got any, with how many.
    fn take(&mut self, asks: &[Ask], lists: Vec<Shortlist>) -> Vec<(usize, usize)> {
        let mut new = Vec::new();
        for (ask, list) in asks.iter().zip(lists) {
            let row = ask.row as usize;
            self.lists[row] = Listed { rest: list.rest, epoch: self.epochs.len() - 1 };
            let mut known: Vec<u32> = self.network.sides[ROWS].arcs[row].iter().map(|arc| arc.to).collect();
            known.sort_unstable();
            let unknown = list.arcs.into_iter().filter(|(to, _)| known.binary_search(to).is_err());
            let arcs: Vec<Arc> = unknown.map(|(to, score)| Arc::new(to, score.into())).collect();
            if !arcs.is_empty() {
                new.push((row, arcs.len()));
                self.network.add_arcs(row, arcs);
            }
        }
        new
    }

    fn open_rows(&self) -> impl Iterator<Item = u32> + use<'_> {
        (0..).zip(self.nodes.of(self.rows)).filter(|(_, node)| node.places > 0).map(|(row, _)| row)
    }

    /// What a pair of this row has to score above the price of its column to be worth more than the prices say.
    fn wanted(&self, row: u32) -> i64 {
        self.network.sides[ROWS].price[row as usize] - self.bonus.pair
    }

    /// Scans rows at the present prices of columns, which become an epoch.
    fn ask(&mut self, asks: &[Ask], most: usize, step: Step, watch: &mut Watch) -> ControlFlow<(), Vec<Shortlist>> {
        let columns = self.nodes.of(self.rows.other()).iter().zip(&self.network.sides[COLUMNS].price);
        let prices: Vec<Option<i64>> = columns.map(|(node, &price)| (node.places > 0).then_some(price)).collect();
        self.epochs.push(self.network.sides[COLUMNS].price.clone());
        let of = asks.len() as u64;
        let watch = Mutex::new(watch);
        let go_on = |done: usize| {
            let mut watch = watch.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            watch(Progress { step, done: done as u64, of }).is_continue()
        };
        match self.scan.shortlists(&prices, asks, most, &go_on) {
            Some(lists) => ControlFlow::Continue(lists),
            None => ControlFlow::Break(()),
        }
    }

    /// Looks for pairs that are worth more than the prices, and lists them. Returns how many there are.
    fn price(&mut self, watch: &mut Watch) -> ControlFlow<(), usize> {
        let now = &self.network.sides[COLUMNS].price;
        let fallen = |then: &Vec<i64>| then.iter().zip(now).map(|(then, now)| then - now).max().unwrap_or(0).max(0);
        let fallen: Vec<i64> = self.epochs.iter().map(fallen).collect();
        let proven = |row: u32| {
            let Listed { rest, epoch } = self.lists[row as usize];
            rest.saturating_add(fallen[epoch]) <= self.wanted(row)
        };
        let asks: Vec<Ask> =
            self.open_rows().filter(|&row| !proven(row)).map(|row| Ask { row, above: self.wanted(row) }).collect();
        if asks.is_empty() {
            return ControlFlow::Continue(0);
        }
        let lists = self.ask(&asks, MOST_BETTER, Step::Prove, watch)?;
        let better = self.take(&asks, lists);
        better.iter().for_each(|&(row, _)| self.network.settle(row));
        ControlFlow::Continue(better.iter().map(|&(_, arcs)| arcs).sum())
    }

    /// Positions of mentors and mentees of the pairs that were found beside the pinned ones.
    pub fn found(&self) -> Vec<(usize, usize)> {
        let oriented = |row: usize, column: usize| match self.rows {
            Side::Mentor => (row, column),
            Side::Mentee => (column, row),
        };
        let partners = self.network.sides[ROWS].partners.iter().enumerate();
        let mut found: Vec<(usize, usize)> = partners
            .flat_map(|(row, partners)| partners.iter().map(move |arc| oriented(row, arc.to as usize)))
            .collect();
        found.sort_unstable();
        found
    }

    /// The lowest score of the pairs that were found.
    pub fn least_score(&self) -> Option<u32> {
        let arcs = self.network.sides[ROWS].partners.iter().flatten();
        arcs.map(|arc| arc.worth.unsigned_abs()).min()
    }

    /// How many people of both sides got their first partner, and how many pairs were found.
    pub fn reach(&self) -> (usize, usize) {
        let filled = |side: usize| self.network.sides[side].partners.iter();
        let first = |side: usize, people: &[Node]| {
            filled(side).zip(people).filter(|(partners, node)| node.first_bonus > 0 && !partners.is_empty()).count()
        };
        let (rows, columns) = (self.nodes.of(self.rows), self.nodes.of(self.rows.other()));
        (first(ROWS, rows) + first(COLUMNS, columns), filled(ROWS).map(Vec::len).sum())
    }

    /// The price of each person's first free place. Prices of the network are those of further places; who has no place
    /// left has nothing to price.
    pub fn prices(&self) -> Sides<Vec<i64>> {
        Sides::from_fn(|side| {
            let at = if side == self.rows { ROWS } else { COLUMNS };
            let nodes = self.nodes.of(side).iter().zip(&self.network.sides[at].price);
            nodes.map(|(node, price)| if node.places == 0 { 0 } else { price + node.first_bonus }).collect()
        })
    }
}

fn free_places(compiled: &CompiledInstance, bonus: Bonus) -> Sides<Vec<Node>> {
    Sides::from_fn(|side| {
        let across = compiled.people(side.other()).len() as u32;
        let people = compiled.people(side);
        let pins = compiled.pins(side).into_iter().enumerate();
        pins.map(|(person, pins)| Node {
            // More places than people across are as good as one more than people across.
            places: (people.capacity(person) - pins).min(across + 1),
            first_bonus: if pins == 0 { bonus.first_place } else { 0 },
        })
        .collect()
    })
}
