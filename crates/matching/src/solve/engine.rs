//! The best draft without looking at more pairs than it takes.
//!
//! 1. *Approach*, where many want the same: some of the rows stand for all of them in auctions that find out roughly what
//!    the columns cost.
//! 2. *List*: for each row, its best columns at these prices, and a bound for all others.
//! 3. *Choose* among the listed pairs, exactly, as a transportation problem. Its prices also judge pairs that are not listed.
//! 4. *Price*: where the bound of a row does not say that nothing better was left out, the row is scanned again for pairs
//!    that are worth more than the prices. What is found is listed, and the choice repaired from where it stands.
//!
//! When no row finds anything, the prices are right for all pairs, and so the choice is the best of all. This is column
//! generation, with a scan of everybody in the place of a heuristic (Volgenant 1996; Gottschlich and Schuhmacher 2014).

use std::ops::ControlFlow;

use super::choice::Choice;
use super::{Halt, Progress, Solution, SolveOptions, Step, Watch};
use crate::certificate::Certificate;
use crate::compiled::CompiledInstance;
use crate::objective::Bonus;
use crate::profile::{Side, Sides};
use crate::scan::Scan;
use crate::transport::{Arc, COLUMNS, Network, Node, ROWS};

/// How many pairs are listed for a row at first: where each finds a place without much contest, and where many want the
/// same. Found by measurement, like all numbers below.
const EASY: usize = 8;
const CONTESTED: usize = 48;
/// How many pairs are listed for a row beside those that it has.
const FURTHER: usize = 32;
/// Rows are scanned for better pairs together with those that are worth so much less, in points: they may be better soon.
const BAND: i64 = 50;
/// Fewer places are filled one by one as they come.
const MANY: u64 = 200;
/// The increments of the auctions of all rows: down to the first before pairs are listed again, then to the finest.
const NEAR: i64 = 4;
/// From so many better pairs on, an auction mends the choice faster than one search a row.
const FEW: usize = 1_000;

/// While prices are approached, each row that takes part stands for so many, and lists so many pairs at a time.
const STAND_FOR: u32 = 8;
const STANDING_IN: usize = 64;
/// Increments of the auctions among them.
const FIRST: i64 = 1_250;
const APPROACH: [i64; 2] = [250, 50];
/// An auction is repeated with what was listed after it, but not more often than this.
const MOST_ROUNDS: usize = 8;

/// What a listed pair takes in memory: its place in the lists of both ends, in those of an auction, and room to grow.
const BYTES: u64 = 32;

pub(super) struct Engine<'c> {
    compiled: &'c CompiledInstance,
    bonus: Bonus,
    /// What pins leave to be filled.
    nodes: Sides<Vec<Node>>,
    /// The side whose people are rows: the one with fewer places, for which fewer searches are needed.
    rows: Side,
    scan: Scan<'c>,
    choice: Choice,
    most_listed: u64,
    before: Option<Before>,
}

/// Where another choice ended.
struct Before {
    /// Of rows and columns.
    prices: [Vec<i64>; 2],
    /// Rows and arcs.
    pairs: Vec<(usize, Arc)>,
}

impl<'c> Engine<'c> {
    pub fn new(compiled: &'c CompiledInstance, options: &SolveOptions) -> Self {
        let bonus = compiled.bonus(options.objective);
        let nodes = free_places(compiled, bonus);
        let rows = if places(&nodes.mentors) < places(&nodes.mentees) { Side::Mentor } else { Side::Mentee };
        let scan = Scan::new(compiled, rows.other(), super::thread_count(options.threads));
        let most_listed = options.limits.memory.map_or(u64::MAX, |bytes| bytes.saturating_sub(scan.bytes()) / BYTES);
        let choice = Choice::new(Network::new(nodes.of(rows), nodes.of(rows.other()), bonus.pair), most_listed);
        Self { compiled, bonus, nodes, rows, scan, choice, most_listed, before: None }
    }

    /// Lets the next run begin with the pairs and prices of another draft.
    pub fn begin_with(&mut self, solution: &Solution, certificate: &Certificate) {
        let compiled = self.compiled;
        let prices = [self.rows, self.rows.other()].map(|side| {
            let price = |(id, node): (&str, &Node)| match certificate.prices.of(side).get(id) {
                Some(&price) => {
                    (self.bonus.translate(certificate.bonus, price) - node.first_bonus).max(-node.first_bonus)
                }
                None => -node.first_bonus,
            };
            compiled.people(side).ids().zip(self.nodes.of(side)).map(price).collect()
        });
        let pair = |pair: &super::Pair| {
            let mentor = compiled.position(Side::Mentor, &pair.mentor)?;
            let mentee = compiled.position(Side::Mentee, &pair.mentee)?;
            let are_open = self.nodes.mentors[mentor].places > 0 && self.nodes.mentees[mentee].places > 0;
            if !are_open || !compiled.is_admissible(mentor, mentee) || compiled.is_pinned(mentor, mentee) {
                return None;
            }
            let (row, column) = if self.rows == Side::Mentor { (mentor, mentee) } else { (mentee, mentor) };
            Some((row, Arc::new(column as u32, compiled.worth(mentor, mentee) as i32)))
        };
        self.before = Some(Before { prices, pairs: solution.pairs.iter().filter_map(pair).collect() });
    }

    /// Finds the best draft among the pairs with at least this score, or the best that limits allow. Whether it is the best.
    pub fn run_or_settle(&mut self, least_score: u32, watch: &mut Watch) -> ControlFlow<Halt, bool> {
        match self.run(least_score, watch) {
            ControlFlow::Break(Halt::Cancel) => ControlFlow::Break(Halt::Cancel),
            ControlFlow::Break(Halt::Settle) => {
                self.choice.bound_all();
                ControlFlow::Continue(false)
            }
            ControlFlow::Continue(()) => ControlFlow::Continue(true),
        }
    }

    /// Finds the best draft among the pairs with at least this score, from the beginning.
    fn run(&mut self, least_score: u32, watch: &mut Watch) -> ControlFlow<Halt> {
        self.scan.least_score = least_score;
        let network = Network::new(self.nodes.of(self.rows), self.nodes.of(self.rows.other()), self.bonus.pair);
        self.choice = Choice::new(network, self.most_listed);
        let rows = places(self.nodes.of(self.rows));
        match self.before.take() {
            Some(Before { prices, pairs }) => {
                self.choice.take_up(prices, pairs);
                self.choice.list_more(&self.scan, BAND, FURTHER, watch)?;
                self.choice.network.settle_all();
            }
            None => self.begin(rows, watch)?,
        }
        let choice = &mut self.choice;
        loop {
            let mut progress = |done| watch(Progress { step: Step::Assign, done, of: done.max(rows) });
            choice.network.complete(&mut progress)?;
            choice.network.raise_row_prices();
            match choice.price(&self.scan, BAND, FURTHER, watch)? {
                0 => return ControlFlow::Continue(()),
                FEW.. => choice.auction(NEAR, 0, watch)?,
                _ => {}
            }
        }
    }

    /// First lists, and prices that are nearly right.
    fn begin(&mut self, rows: u64, watch: &mut Watch) -> ControlFlow<Halt> {
        let is_contested = rows >= MANY && places(self.nodes.of(self.rows.other())) < 2 * rows;
        if !is_contested {
            return self.choice.list(&self.scan, EASY, watch);
        }
        self.choice.network.sides[COLUMNS].price = self.approach(watch)?;
        self.choice.list(&self.scan, CONTESTED, watch)?;
        self.choice.auction(APPROACH[1], NEAR, watch)?;
        self.choice.list_more(&self.scan, BAND, FURTHER, watch)?;
        self.choice.auction(NEAR, 0, watch)
    }

    /// Prices of columns that are nearly right, from a part of the rows.
    fn approach(&self, watch: &mut Watch) -> ControlFlow<Halt, Vec<i64>> {
        let stand_in = |(at, node): (u32, &Node)| Node {
            places: if at % STAND_FOR == 0 { node.places.saturating_mul(STAND_FOR) } else { 0 },
            ..*node
        };
        let rows: Vec<Node> = (0..).zip(self.nodes.of(self.rows)).map(stand_in).collect();
        let network = Network::new(&rows, self.nodes.of(self.rows.other()), self.bonus.pair);
        let mut choice = Choice::new(network, self.most_listed);
        choice.list(&self.scan, STANDING_IN, watch)?;
        let mut from = FIRST;
        for to in APPROACH {
            for _ in 0..MOST_ROUNDS {
                choice.auction(from, to, watch)?;
                from = to;
                // With prices that far from right, a few better pairs say nothing.
                let better = choice.list_more(&self.scan, 2 * to, STANDING_IN, watch)?;
                if better < rows.len() / 4 {
                    break;
                }
            }
        }
        ControlFlow::Continue(std::mem::take(&mut choice.network.sides[COLUMNS].price))
    }

    /// Positions of mentors and mentees of the pairs that were found beside the pinned ones.
    pub fn found(&self) -> Vec<(usize, usize)> {
        let oriented = |row: usize, column: usize| match self.rows {
            Side::Mentor => (row, column),
            Side::Mentee => (column, row),
        };
        let partners = self.choice.network.sides[ROWS].partners.iter().enumerate();
        let mut found: Vec<(usize, usize)> = partners
            .flat_map(|(row, partners)| partners.iter().map(move |arc| oriented(row, arc.to as usize)))
            .collect();
        found.sort_unstable();
        found
    }

    /// The lowest score of the pairs that were found.
    pub fn least_score(&self) -> Option<u32> {
        let arcs = self.choice.network.sides[ROWS].partners.iter().flatten();
        arcs.map(|arc| arc.worth.unsigned_abs()).min()
    }

    /// How many people of both sides got their first partner, and how many pairs were found.
    pub fn reach(&self) -> (usize, usize) {
        let filled = |side: usize| self.choice.network.sides[side].partners.iter();
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
            let nodes = self.nodes.of(side).iter().zip(&self.choice.network.sides[at].price);
            nodes.map(|(node, price)| if node.places == 0 { 0 } else { price + node.first_bonus }).collect()
        })
    }
}

fn places(nodes: &[Node]) -> u64 {
    nodes.iter().map(|node| u64::from(node.places)).sum()
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
