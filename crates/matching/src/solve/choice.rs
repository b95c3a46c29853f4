//! A choice among listed pairs, and what is known of the pairs that are not listed.

use std::ops::ControlFlow;

use super::{Halt, Progress, Step, Watch, shortlists};
use crate::objective::FULL_SCORE;
use crate::scan::{Ask, Scan, Shortlist};
use crate::transport::{Arc, COLUMNS, Network, ROWS};

/// A price fell much if only one in so many fell by more; the cheapest of these is chosen.
const FELL_MUCH: [usize; 4] = [64, 16, 6, 3];

pub(super) struct Choice {
    pub network: Network,
    lists: Vec<Listed>,
    /// The prices of columns at which lists were made.
    epochs: Vec<Vec<i64>>,
    /// How many pairs are listed, and may be.
    listed: u64,
    most_listed: u64,
}

/// What is known of the pairs of a row that are not listed.
#[derive(Clone, Copy, Debug)]
struct Listed {
    /// Their scores less prices are at most this,
    rest: i64,
    /// at the prices of this epoch.
    epoch: usize,
}

/// How far the prices of columns have fallen since an epoch.
struct Falls {
    columns: Vec<i64>,
    /// From the largest down.
    sorted: Vec<i64>,
}

impl Falls {
    fn new(then: &[i64], now: &[i64]) -> Self {
        let columns: Vec<i64> = then.iter().zip(now).map(|(then, now)| then - now).collect();
        let mut sorted = columns.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        Self { columns, sorted }
    }

    /// No price fell by more.
    fn most(&self) -> i64 {
        self.sorted.first().copied().unwrap_or(0).max(0)
    }

    /// Only one column in so many fell by more.
    fn exceeded_by_one_in(&self, many: usize) -> i64 {
        self.sorted.get(self.sorted.len() / many).copied().unwrap_or(0).max(0)
    }

    /// Beyond which fall columns are looked at by themselves, for rows with this much slack: rows with less look at all
    /// columns, the others only at those.
    fn threshold(&self, slacks: &[i64]) -> i64 {
        let less = |than: i64| slacks.iter().filter(|&&slack| slack < than).count() as u64;
        let some = less(self.most());
        let cost = |many: &usize| {
            let all = less(self.exceeded_by_one_in(*many));
            all + (some - all) / *many as u64
        };
        let many = FELL_MUCH.into_iter().min_by_key(cost);
        many.map_or(0, |many| self.exceeded_by_one_in(many))
    }
}

impl Choice {
    /// Nothing is listed yet; so many pairs may be.
    pub fn new(network: Network, most_listed: u64) -> Self {
        let lists = vec![Listed { rest: i64::MAX, epoch: 0 }; network.sides[ROWS].nodes.len()];
        Self { network, lists, epochs: Vec::new(), listed: 0, most_listed }
    }

    /// Moves prices towards those of the best choice among the listed pairs; see [`Network::auction`].
    pub fn auction(&mut self, from: i64, to: i64, watch: &mut Watch) -> ControlFlow<Halt> {
        // With bonuses, any pair is better than none.
        let floor = if self.network.pair_bonus > 0 { -i64::from(FULL_SCORE) } else { 0 };
        let rows = self.lists.len() as u64;
        let mut progress = |bids: u64| watch(Progress { step: Step::Assign, done: bids, of: bids.max(rows) });
        self.network.auction(from, to, floor, &mut progress)
    }

    /// Lists the best columns of every row.
    pub fn list(&mut self, scan: &Scan, most: usize, watch: &mut Watch) -> ControlFlow<Halt> {
        self.list_more(scan, 1, most, watch)?;
        ControlFlow::Continue(())
    }

    /// Lists, beside what is listed, whoever is within so many points of being wanted at the present prices. Returns how
    /// many of them are worth more than the prices.
    pub fn list_more(&mut self, scan: &Scan, band: i64, most: usize, watch: &mut Watch) -> ControlFlow<Halt, usize> {
        let asks: Vec<Ask> = self.open_rows().map(|row| Ask { row, above: self.wanted(row) - band }).collect();
        let better = self.scan_all(scan, &asks, most, Step::Score, watch)?;
        ControlFlow::Continue(better.len())
    }

    fn open_rows(&self) -> impl Iterator<Item = u32> + use<'_> {
        (0..).zip(&self.network.sides[ROWS].nodes).filter(|(_, node)| node.places > 0).map(|(row, _)| row)
    }

    /// What a pair of this row has to score above the price of its column to be worth more than the prices say.
    fn wanted(&self, row: u32) -> i64 {
        self.network.sides[ROWS].price[row as usize] - self.network.pair_bonus
    }

    /// Looks for pairs that are worth more than the prices, and lists them, with those within the band where everybody was
    /// looked at. Returns how many better ones there are.
    pub fn price(&mut self, scan: &Scan, band: i64, most: usize, watch: &mut Watch) -> ControlFlow<Halt, usize> {
        let (all, fallen, is_fallen) = self.unproven(band);
        let mut better = Vec::new();
        // Pairs of the choice may be worth more than the prices too, and fill a short list.
        for most in std::iter::successors(Some(most), |most| most.checked_mul(4)) {
            let mut is_cut = false;
            if !fallen.is_empty() {
                let lists = self.ask(scan, &fallen, |column| is_fallen[column], most, Step::Prove, watch)?;
                is_cut |= fallen.iter().zip(&lists).any(|(ask, list)| list.rest > ask.above);
                better.extend(self.take(&fallen, &lists)?);
            }
            if !all.is_empty() {
                better.extend(self.scan_all(scan, &all, most, Step::Prove, watch)?);
                is_cut |= all.iter().any(|ask| self.lists[ask.row as usize].rest > ask.above + band);
            }
            if !is_cut || !better.is_empty() {
                break;
            }
        }
        better.iter().for_each(|&row| self.network.settle(row));
        ControlFlow::Continue(better.len())
    }

    /// The rows whose lists do not say that nobody better was left out: those that have to look at all columns, and those
    /// that have to look only at columns whose price has fallen much, with these columns.
    fn unproven(&self, band: i64) -> (Vec<Ask>, Vec<Ask>, Vec<bool>) {
        let now = &self.network.sides[COLUMNS].price;
        let mut slacks = vec![Vec::new(); self.epochs.len()];
        let slack = |row: u32| self.wanted(row).saturating_sub(self.lists[row as usize].rest);
        self.open_rows().for_each(|row| slacks[self.lists[row as usize].epoch].push(slack(row)));
        let (mut all, mut fallen, mut is_fallen) = (Vec::new(), Vec::new(), vec![false; now.len()]);
        for (epoch, slacks) in slacks.iter().enumerate().filter(|(_, slacks)| !slacks.is_empty()) {
            let falls = Falls::new(&self.epochs[epoch], now);
            let (most, threshold) = (falls.most(), falls.threshold(slacks));
            let before = fallen.len();
            for row in self.open_rows().filter(|&row| self.lists[row as usize].epoch == epoch) {
                match slack(row) {
                    slack if slack < threshold => all.push(Ask { row, above: self.wanted(row) - band }),
                    slack if slack < most => fallen.push(Ask { row, above: self.wanted(row) }),
                    _ => {}
                }
            }
            if fallen.len() > before {
                let columns = is_fallen.iter_mut().zip(&falls.columns);
                columns.for_each(|(is_fallen, &fall)| *is_fallen |= fall > threshold);
            }
        }
        (all, fallen, is_fallen)
    }

    /// Scans rows at the present prices, which become an epoch, and lists what is found. Returns the rows of better pairs.
    fn scan_all(
        &mut self,
        scan: &Scan,
        asks: &[Ask],
        most: usize,
        step: Step,
        watch: &mut Watch,
    ) -> ControlFlow<Halt, Vec<usize>> {
        let lists = self.ask(scan, asks, |_| true, most, step, watch)?;
        for (ask, list) in asks.iter().zip(&lists) {
            self.lists[ask.row as usize] = Listed { rest: list.rest, epoch: self.epochs.len() };
        }
        self.epochs.push(self.network.sides[COLUMNS].price.clone());
        self.take(asks, &lists)
    }

    /// Scans rows at the present prices of some of the columns.
    fn ask(
        &self,
        scan: &Scan,
        asks: &[Ask],
        among: impl Fn(usize) -> bool,
        most: usize,
        step: Step,
        watch: &mut Watch,
    ) -> ControlFlow<Halt, Vec<Shortlist>> {
        let columns = &self.network.sides[COLUMNS];
        let price =
            |(column, &price): (usize, &i64)| (columns.nodes[column].places > 0 && among(column)).then_some(price);
        let prices: Vec<Option<i64>> = columns.price.iter().enumerate().map(price).collect();
        shortlists(scan, &prices, asks, most, step, watch)
    }

    /// Adds what is new in the answers to the arcs. Returns the rows of pairs that are worth more than the prices, a row a
    /// pair.
    fn take(&mut self, asks: &[Ask], lists: &[Shortlist]) -> ControlFlow<Halt, Vec<usize>> {
        let mut better = Vec::new();
        let mut known = Vec::new();
        for (ask, list) in asks.iter().zip(lists) {
            let row = ask.row as usize;
            known.clear();
            known.extend(self.network.sides[ROWS].arcs[row].iter().map(|arc| arc.to));
            known.sort_unstable();
            let unknown = list.arcs.iter().filter(|(to, _)| known.binary_search(to).is_err());
            let arcs: Vec<Arc> = unknown.map(|&(to, score)| Arc::new(to, score.into())).collect();
            let price = self.network.sides[ROWS].price[row];
            better.extend(arcs.iter().filter(|&&arc| self.network.value(ROWS, arc) > price).map(|_| row));
            self.listed += arcs.len() as u64;
            self.network.add_arcs(row, arcs);
        }
        if self.listed > self.most_listed { ControlFlow::Break(Halt::Settle) } else { ControlFlow::Continue(better) }
    }

    /// Begins with prices and pairs of another choice; each pair as row and arc, and only those that may be chosen.
    pub fn take_up(&mut self, prices: [Vec<i64>; 2], pairs: impl IntoIterator<Item = (usize, Arc)>) {
        for (side, prices) in self.network.sides.iter_mut().zip(prices) {
            side.price = prices;
        }
        for (row, arc) in pairs {
            self.network.add_arcs(row, [arc]);
            self.network.pair(row, arc);
        }
        let columns = &mut self.network.sides[COLUMNS];
        for column in 0..columns.nodes.len() {
            columns.price[column] = columns.price[column].max(columns.reserve(column, columns.filled(column)));
        }
    }

    /// Makes do with what is known: fills places with listed pairs, and raises the prices of rows until no pair at all can
    /// be worth more than its two prices, but for those chosen.
    pub fn bound_all(&mut self) {
        for row in 0..self.lists.len() {
            for arc in self.network.sides[ROWS].arcs[row].clone() {
                self.network.pair(row, arc);
            }
        }
        let now = &self.network.sides[COLUMNS].price;
        let fallen: Vec<i64> = self.epochs.iter().map(|then| Falls::new(then, now).most()).collect();
        let lowest = now.iter().copied().min().unwrap_or(0);
        for (row, &Listed { rest, epoch }) in self.lists.iter().enumerate() {
            let nodes = &self.network.sides[ROWS];
            let others = nodes.arcs[row].iter().filter(|arc| !nodes.has_partner(row, arc.to));
            let listed = others.map(|&arc| self.network.value(ROWS, arc)).max().unwrap_or(i64::MIN);
            let rest = rest.saturating_add(fallen.get(epoch).copied().unwrap_or(0)).min(i64::from(FULL_SCORE) - lowest);
            let least = listed.max(rest + self.network.pair_bonus).max(nodes.reserve(row, 1));
            self.network.sides[ROWS].price[row] = least;
        }
    }
}
