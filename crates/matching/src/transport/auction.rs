//! Prices that are nearly right, by an auction with falling increments.
//!
//! Whoever wants more takes the best arc across, and lowers its own price to what the second best would leave it, less
//! the increment. A full node across lets go of the partner who offers least, and its price rises to the least offer that
//! it holds. Rows go first, then columns whose price is above the reserve although they have places free; so no price
//! stays high without reason. At the end nobody could gain more than the increment by another choice. With small
//! increments from the start this would take very long where many want the same; with falling ones each round only
//! mends what the one before left (epsilon scaling; Bertsekas 1979, Bertsekas and Castañon 1992 for free columns).
//!
//! What it leaves is only a start: [`complete`](Network::complete) makes it exact. First bonuses are not looked at.

use std::ops::ControlFlow;

use super::network::{COLUMNS, Network, Nodes, ROWS};
use super::{Arc, Node};

/// Prices here are in fractions of a point: about one pair in so many is lost when prices are rounded to whole points, and
/// has to be found again along a path.
const UNIT: i64 = 32;
/// Each increment is so many times smaller than the one before.
const FALL: i64 = 5;
/// Whoever watches an auction is asked after so many bids whether to go on.
const ASK_AFTER: u64 = 4_096;

/// One side, laid out flat.
struct Bidders {
    price: Vec<i64>,
    places: Vec<u32>,
    starts: Vec<usize>,
    arcs: Vec<Arc>,
    /// Partners, each node's from its own start on.
    slot_starts: Vec<usize>,
    slots: Vec<Arc>,
    filled: Vec<u32>,
}

impl Bidders {
    /// The rows with their arcs.
    fn rows(network: &Network) -> Self {
        let arcs = &network.sides[ROWS].arcs;
        let counts = arcs.iter().map(Vec::len);
        Self::new(&network.sides[ROWS], starts(counts), arcs.concat())
    }

    /// The columns with the arcs of the rows.
    fn columns(network: &Network, rows: &Self) -> Self {
        let nodes = &network.sides[COLUMNS];
        let mut counts = vec![0; nodes.nodes.len()];
        rows.arcs.iter().for_each(|arc| counts[arc.to as usize] += 1);
        let starts = starts(counts);
        let mut ends = starts.clone();
        let mut arcs = vec![Arc::new(0, 0); rows.arcs.len()];
        for row in 0..rows.price.len() {
            for arc in rows.arcs(row) {
                let end = &mut ends[arc.to as usize];
                arcs[*end] = Arc::new(row as u32, arc.worth);
                *end += 1;
            }
        }
        Self::new(nodes, starts, arcs)
    }

    fn new(nodes: &Nodes, starts: Vec<usize>, arcs: Vec<Arc>) -> Self {
        let slots = |(node, ends): (&Node, &[usize])| {
            // With a bonus for the first place, only first places are worth fighting for.
            let most = if node.first_bonus > 0 { 1 } else { (ends[1] - ends[0]).max(1) };
            (node.places as usize).min(most)
        };
        let slot_starts = self::starts(nodes.nodes.iter().zip(starts.windows(2)).map(slots));
        Self {
            price: (0..nodes.nodes.len()).map(|node| (nodes.price[node] - nodes.reserve(node, 1)) * UNIT).collect(),
            places: slot_starts.windows(2).map(|ends| (ends[1] - ends[0]) as u32).collect(),
            starts,
            arcs,
            slots: vec![Arc::new(0, 0); slot_starts.last().copied().unwrap_or(0)],
            slot_starts,
            filled: vec![0; nodes.nodes.len()],
        }
    }

    fn arcs(&self, node: usize) -> &[Arc] {
        &self.arcs[self.starts[node]..self.starts[node + 1]]
    }

    fn partners(&self, node: usize) -> &[Arc] {
        &self.slots[self.slot_starts[node]..][..self.filled[node] as usize]
    }

    fn is_full(&self, node: usize) -> bool {
        self.filled[node] == self.places[node]
    }

    fn add(&mut self, node: usize, arc: Arc) {
        self.slots[self.slot_starts[node] + self.filled[node] as usize] = arc;
        self.filled[node] += 1;
    }

    fn remove(&mut self, node: usize, other: u32) {
        let start = self.slot_starts[node];
        let last = start + self.filled[node] as usize - 1;
        if let Some(at) = (start..=last).find(|&at| self.slots[at].to == other) {
            self.slots.swap(at, last);
            self.filled[node] -= 1;
        }
    }
}

/// Where each of several lists begins that stand one after the other, and where the last one ends.
fn starts(lengths: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(lengths.into_iter().scan(0, |end, length| {
        *end += length;
        Some(*end)
    }));
    starts
}

fn worth(arc: Arc) -> i64 {
    i64::from(arc.worth) * UNIT
}

struct Auction {
    sides: [Bidders; 2],
    /// Below this a row rather stays alone.
    floor: i64,
    increment: i64,
    waiting: Vec<u32>,
    bids: u64,
}

impl Network {
    /// Moves prices towards those of the best choice: with increments that fall from one to another, in points; the last
    /// one may be 0 for the finest there is. A row that could have nobody for more than `floor` stays alone; bonuses do
    /// not count here, so that nobody bids them against each other. `after` is called with the number of bids now and then,
    /// and can stop the work.
    pub fn auction<B>(
        &mut self,
        from: i64,
        to: i64,
        floor: i64,
        after: &mut dyn FnMut(u64) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let rows = Bidders::rows(self);
        let columns = Bidders::columns(self, &rows);
        let sides = [rows, columns];
        let mut auction = Auction { sides, floor: floor * UNIT, increment: 0, waiting: Vec::new(), bids: 0 };
        for (row, partners) in self.sides[ROWS].partners.iter().enumerate() {
            partners.iter().for_each(|&arc| auction.keep(row, arc));
        }
        let last = (to * UNIT).max(1);
        let mut increment = (from * UNIT).max(last);
        let done = loop {
            auction.increment = increment;
            let round = auction.round(after);
            if increment == last || round.is_break() {
                break round;
            }
            increment = (increment / FALL).max(last);
        };
        self.take_over(auction);
        self.settle_all();
        done
    }

    fn take_over(&mut self, auction: Auction) {
        for (side, bidders) in self.sides.iter_mut().zip(&auction.sides) {
            for (node, partners) in side.partners.iter_mut().enumerate() {
                partners.clear();
                partners.extend_from_slice(bidders.partners(node));
            }
            for node in 0..side.nodes.len() {
                // Whoever bid may have gone below the reserve by the increment.
                let least = side.reserve(node, side.filled(node).max(1));
                side.price[node] = (bidders.price[node].div_euclid(UNIT) + side.reserve(node, 1)).max(least);
            }
        }
    }
}

impl Auction {
    /// Takes over a pair, where both have room.
    fn keep(&mut self, row: usize, arc: Arc) {
        let [rows, columns] = &mut self.sides;
        if !rows.is_full(row) && !columns.is_full(arc.to as usize) {
            rows.add(row, arc);
            columns.add(arc.to as usize, Arc::new(row as u32, arc.worth));
        }
    }

    fn value(&self, here: usize, arc: Arc) -> i64 {
        worth(arc) - self.sides[1 - here].price[arc.to as usize]
    }

    fn round<B>(&mut self, after: &mut dyn FnMut(u64) -> ControlFlow<B>) -> ControlFlow<B> {
        self.release();
        self.bid_all(ROWS, after)?;
        let columns = &self.sides[COLUMNS];
        let idle = |&column: &usize| columns.price[column] > 0 && !columns.is_full(column);
        self.waiting = (0..columns.price.len()).filter(idle).map(|column| column as u32).collect();
        self.bid_all(COLUMNS, after)
    }

    /// Lets rows keep the partners with whom they are content up to the increment. Those with room wait to bid.
    fn release(&mut self) {
        for row in (0..self.sides[ROWS].price.len()).rev() {
            let (best, _) = self.two_best(ROWS, row);
            let best = best.map_or(self.floor, |(value, _)| value.max(self.floor));
            let mut price = best;
            for arc in self.sides[ROWS].partners(row).to_vec() {
                let value = self.value(ROWS, arc);
                if value < best - self.increment {
                    self.sides[ROWS].remove(row, arc.to);
                    self.sides[COLUMNS].remove(arc.to as usize, row as u32);
                } else {
                    price = price.min(value);
                }
            }
            self.sides[ROWS].price[row] = price;
            if !self.sides[ROWS].is_full(row) {
                self.waiting.push(row as u32);
            }
        }
    }

    /// The best arc to somebody who is not a partner with its value, and the second best value.
    fn two_best(&self, here: usize, node: usize) -> (Option<(i64, Arc)>, i64) {
        let (mut best, mut second): (Option<(i64, Arc)>, i64) = (None, i64::MIN);
        let partners = self.sides[here].partners(node);
        let prices = &self.sides[1 - here].price[..];
        for &arc in self.sides[here].arcs(node) {
            let value = worth(arc) - prices[arc.to as usize];
            if value <= second || partners.iter().any(|partner| partner.to == arc.to) {
                continue;
            }
            match best {
                Some((most, _)) if value <= most => second = value,
                _ => {
                    second = best.map_or(i64::MIN, |(most, _)| most);
                    best = Some((value, arc));
                }
            }
        }
        (best, second)
    }

    fn bid_all<B>(&mut self, here: usize, after: &mut dyn FnMut(u64) -> ControlFlow<B>) -> ControlFlow<B> {
        while let Some(node) = self.waiting.pop() {
            while !self.sides[here].is_full(node as usize) && self.bid(here, node) {
                self.bids += 1;
                if self.bids.is_multiple_of(ASK_AFTER) {
                    after(self.bids)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Takes the best arc across; `false` when none is worth it.
    fn bid(&mut self, here: usize, node: u32) -> bool {
        let at = node as usize;
        let (best, second) = self.two_best(here, at);
        let reserve = if here == ROWS { self.floor } else { 0 };
        let Some((_, arc)) = best.filter(|&(value, _)| value > reserve) else {
            self.sides[here].price[at] = reserve;
            return false;
        };
        self.sides[here].price[at] = second.max(reserve) - self.increment;
        let there = arc.to as usize;
        if self.sides[1 - here].is_full(there) {
            let offer = |partner: &Arc| worth(*partner) - self.sides[here].price[partner.to as usize];
            let least = self.sides[1 - here].partners(there).iter().min_by_key(|partner| offer(partner)).copied();
            let Some(least) = least else { return false };
            self.sides[1 - here].remove(there, least.to);
            self.sides[here].remove(least.to as usize, there as u32);
            if here == ROWS || self.sides[here].price[least.to as usize] > 0 {
                self.waiting.push(least.to);
            }
        }
        self.sides[here].add(at, arc);
        self.sides[1 - here].add(there, Arc::new(node, arc.worth));
        if self.sides[1 - here].is_full(there) {
            let offer = |partner: &Arc| worth(*partner) - self.sides[here].price[partner.to as usize];
            let least = self.sides[1 - here].partners(there).iter().map(offer).min();
            let price = &mut self.sides[1 - here].price[there];
            *price = least.map_or(*price, |least| least.max(*price));
        }
        here == ROWS || self.sides[here].price[at] > 0
    }
}
