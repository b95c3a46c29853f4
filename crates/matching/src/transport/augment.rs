//! Shortest augmenting paths, from rows or from columns.
//!
//! Below, *here* is the side that the search began on and *there* the one across. A search begins at somebody here who
//! wants one more place filled. Its length is how far that node's price has to fall; it ends at the nearest way to make
//! room: a free place there, or a place that somebody here gives up. Afterwards prices have moved by what keeps every
//! reduced cost from being negative, and those along the path are 0. Prices there only rise.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::Arc;
use super::network::Network;

/// Stands where there is nobody.
const NOBODY: u32 = u32::MAX;

/// Where a path ends; the order decides between paths of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    FreePlace { there: u32 },
    GivenUp { here: u32 },
}

/// A node on the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    There(u32),
    Here(u32),
}

/// How a node was reached.
#[derive(Clone, Copy, Debug)]
struct Mark {
    distance: i64,
    /// The node before it, on the other side.
    before: u32,
    /// What the arc between them is worth.
    worth: i32,
}

const UNREACHED: Mark = Mark { distance: i64::MAX, before: NOBODY, worth: 0 };

pub(super) struct Search<'n> {
    network: &'n mut Network,
    here: usize,
    marks_here: Vec<Mark>,
    marks_there: Vec<Mark>,
    /// No price there is lower: with this, a bound on what anybody there can be worth.
    lowest: i64,
    heap: BinaryHeap<Reverse<(i64, Reached)>>,
    touched: Vec<Reached>,
    best: (i64, End),
}

impl<'n> Search<'n> {
    pub fn new(network: &'n mut Network, here: usize) -> Self {
        let there = &network.sides[1 - here];
        Self {
            marks_here: vec![UNREACHED; network.sides[here].nodes.len()],
            marks_there: vec![UNREACHED; there.nodes.len()],
            lowest: there.price.iter().copied().min().unwrap_or(0),
            here,
            heap: BinaryHeap::new(),
            touched: Vec::new(),
            best: (i64::MAX, End::GivenUp { here: 0 }),
            network,
        }
    }

    /// Inserts one place of everybody who wants more. Whether there was anybody.
    pub fn insert_all<B>(
        &mut self,
        searches: &mut u64,
        after: &mut dyn FnMut(u64) -> ControlFlow<B>,
    ) -> ControlFlow<B, bool> {
        let mut any = false;
        for node in 0..self.marks_here.len() {
            let nodes = &self.network.sides[self.here];
            if nodes.filled(node) < nodes.nodes[node].places {
                self.lower_price(node);
                if self.network.sides[self.here].wants_more(node) {
                    any = true;
                    self.insert(node);
                    *searches += 1;
                    after(*searches)?;
                }
            }
        }
        ControlFlow::Continue(any)
    }

    /// Lowers the price of a node to what its other arcs need, so that the search from it is short.
    fn lower_price(&mut self, node: usize) {
        let nodes = &self.network.sides[self.here];
        let mut price = nodes.reserve(node, nodes.filled(node).max(1));
        for &arc in &nodes.arcs[node] {
            if i64::from(arc.worth) + self.network.pair_bonus - self.lowest <= price {
                break;
            }
            if !nodes.has_partner(node, arc.to) {
                price = price.max(self.network.value(self.here, arc));
            }
        }
        self.network.sides[self.here].price[node] = price;
    }

    /// Fills one more place of a node, where that is worth anything.
    fn insert(&mut self, node: usize) {
        self.search(node);
        self.update_prices();
        self.augment();
    }

    /// Dijkstra's search from a node to the nearest end.
    fn search(&mut self, source: usize) {
        self.best = (i64::MAX, End::GivenUp { here: source as u32 });
        self.heap.clear();
        self.reach_here(source as u32, Mark { distance: 0, ..UNREACHED });
        while let Some(Reverse((distance, node))) = self.heap.pop() {
            if distance >= self.limit() {
                break;
            }
            match node {
                Reached::Here(node) if self.marks_here[node as usize].distance == distance => self.scan_here(node),
                Reached::There(node) if self.marks_there[node as usize].distance == distance => self.scan_there(node),
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

    fn scan_here(&mut self, node: u32) {
        let at = node as usize;
        let base = self.marks_here[at].distance + self.network.sides[self.here].price[at] - self.network.pair_bonus;
        for position in 0..self.network.sides[self.here].arcs[at].len() {
            let arc = self.network.sides[self.here].arcs[at][position];
            let least = base - i64::from(arc.worth);
            if least + self.lowest >= self.limit() {
                break;
            }
            let distance = least + self.network.sides[1 - self.here].price[arc.to as usize];
            if distance < self.marks_there[arc.to as usize].distance
                && distance < self.limit()
                && !self.network.sides[self.here].has_partner(at, arc.to)
            {
                self.reach_there(arc.to, Mark { distance, before: node, worth: arc.worth });
            }
        }
    }

    fn reach_there(&mut self, node: u32, mark: Mark) {
        let at = node as usize;
        if self.marks_there[at].distance == i64::MAX {
            self.touched.push(Reached::There(node));
        }
        self.marks_there[at] = mark;
        let there = &self.network.sides[1 - self.here];
        let filled = there.filled(at);
        if filled < there.nodes[at].places {
            let cost = (there.reserve(at, filled + 1) - there.price[at]).max(0);
            self.best = self.best.min((mark.distance + cost, End::FreePlace { there: node }));
        }
        if filled > 0 {
            self.heap.push(Reverse((mark.distance, Reached::There(node))));
        }
    }

    /// From a node there to those it is paired with: one of them may look for another partner.
    fn scan_there(&mut self, node: u32) {
        let at = node as usize;
        let there = &self.network.sides[1 - self.here];
        let base = self.marks_there[at].distance + self.network.pair_bonus - there.price[at];
        for position in 0..there.partners[at].len() {
            let Arc { to, worth } = self.network.sides[1 - self.here].partners[at][position];
            let distance = base + i64::from(worth) - self.network.sides[self.here].price[to as usize];
            if distance < self.marks_here[to as usize].distance && distance < self.limit() {
                self.reach_here(to, Mark { distance, before: node, worth });
            }
        }
    }

    fn reach_here(&mut self, node: u32, mark: Mark) {
        let at = node as usize;
        if self.marks_here[at].distance == i64::MAX {
            self.touched.push(Reached::Here(node));
        }
        self.marks_here[at] = mark;
        let here = &self.network.sides[self.here];
        // The source gives up the place it was offered, anybody else one of those it fills.
        let place = here.filled(at) + u32::from(mark.before == NOBODY);
        let end = mark.distance + here.price[at] - here.reserve(at, place);
        self.best = self.best.min((end, End::GivenUp { here: node }));
        self.heap.push(Reverse((mark.distance, Reached::Here(node))));
    }

    /// Keeps all reduced costs at 0 or above, and brings those along the path to 0.
    fn update_prices(&mut self) {
        let length = self.best.0;
        for node in &self.touched {
            match *node {
                Reached::There(at) => {
                    let distance = self.marks_there[at as usize].distance;
                    self.network.sides[1 - self.here].price[at as usize] += (length - distance).max(0);
                }
                Reached::Here(at) => {
                    let distance = self.marks_here[at as usize].distance;
                    self.network.sides[self.here].price[at as usize] -= (length - distance).max(0);
                }
            }
        }
    }

    /// Walks the path back from its end: everybody there on it takes the node before, and lets go of the one after.
    fn augment(&mut self) {
        let mut after = None;
        let mut node = match self.best.1 {
            End::FreePlace { there } => there,
            End::GivenUp { here } => {
                after = Some(here);
                self.marks_here[here as usize].before
            }
        };
        while node != NOBODY {
            let Mark { before, worth, .. } = self.marks_there[node as usize];
            let there = &mut self.network.sides[1 - self.here].partners[node as usize];
            there.retain(|arc| Some(arc.to) != after);
            there.push(Arc { to: before, worth });
            let here = &mut self.network.sides[self.here].partners;
            if let Some(after) = after {
                here[after as usize].retain(|arc| arc.to != node);
            }
            here[before as usize].push(Arc { to: node, worth });
            (after, node) = (Some(before), self.marks_here[before as usize].before);
        }
        for node in self.touched.drain(..) {
            match node {
                Reached::There(at) => self.marks_there[at as usize] = UNREACHED,
                Reached::Here(at) => self.marks_here[at as usize] = UNREACHED,
            }
        }
    }
}
