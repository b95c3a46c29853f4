//! Prices that prove how much any arrangement can reach at most, and how they are lowered.

use std::cmp::Reverse;

use super::Shape;
use super::scores::{NONE, Scores};
use crate::profile::Side;

/// How many circles an arrangement has that the bound speaks of.
#[derive(Clone, Copy)]
pub(super) struct Count {
    pub least: usize,
    pub most: usize,
}

/// The people of one side with prices, and those across who choose among them.
pub(super) struct Prices<'a> {
    scores: &'a Scores,
    shape: Shape,
    pub side: Side,
    /// The best ones so far.
    pub best: Vec<i64>,
    /// The bound by them, for the counts it was computed for.
    pub bound: i64,
    now: Vec<i64>,
    /// The part of the gap that a step takes, in 1,024ths.
    step: i64,
    /// Rounds without a better bound.
    in_vain: u32,
}

/// What everybody across would choose at some prices.
struct Demand {
    bound: i64,
    /// Choosers from the one for whom it adds up to the most, each with that sum.
    choosers: Vec<(Reverse<i64>, u32)>,
    /// How often each priced person is chosen.
    uses: Vec<i64>,
}

impl<'a> Prices<'a> {
    pub fn new(scores: &'a Scores, shape: Shape, side: Side, count: Count) -> Self {
        let nothing = vec![0; *scores.people.of(side)];
        let (best, now) = (nothing.clone(), nothing);
        let mut prices = Self { scores, shape, side, best, bound: 0, now, step: 1_024, in_vain: 0 };
        prices.bound = prices.demand(&prices.best, count).bound;
        prices
    }

    /// Tries other prices.
    pub fn offer(&mut self, mut prices: Vec<i64>, count: Count) {
        prices.resize(self.now.len(), 0);
        prices.iter_mut().for_each(|price| *price = (*price).max(0));
        let bound = self.demand(&prices, count).bound;
        self.now.clone_from(&prices);
        if bound < self.bound {
            (self.best, self.bound) = (prices, bound);
        }
    }

    /// The bound at the best prices when the counts are known better.
    pub fn bound_for(&self, count: Count) -> i64 {
        self.demand(&self.best, count).bound
    }

    /// The people across for whom their choice adds up to the most, in that order.
    pub fn best_choosers(&self, count: Count) -> Vec<u32> {
        self.demand(&self.best, count).choosers.into_iter().map(|(_, chooser)| chooser).collect()
    }

    /// One step of the subgradient method (Held, Wolfe and Crowder 1974): who is chosen too often gets dearer, who is
    /// chosen too seldom cheaper, by a part of the gap to what is reached already.
    pub fn adjust(&mut self, count: Count, reached: i64) {
        let demand = self.demand(&self.now, count);
        if demand.bound < self.bound {
            self.bound = demand.bound;
            self.best.clone_from(&self.now);
            self.in_vain = 0;
        } else {
            self.in_vain += 1;
            if self.in_vain == 12 {
                self.in_vain = 0;
                self.step = (self.step / 2).max(8);
                self.now.clone_from(&self.best);
                return;
            }
        }
        let supply = self.shape.of(self.side.other()) as i64;
        let excess = |uses: i64, price: i64| if price == 0 && uses < supply { 0 } else { uses - supply };
        let changes: Vec<i64> = demand.uses.iter().zip(&self.now).map(|(&uses, &price)| excess(uses, price)).collect();
        let length: i64 = changes.iter().map(|change| change * change).sum();
        if length > 0 {
            let gap = (demand.bound - reached).max(1);
            let step = |change: i64| {
                let exact = gap * self.step * change / (1_024 * length);
                if exact == 0 { change.signum() } else { exact }
            };
            self.now.iter_mut().zip(&changes).for_each(|(price, &change)| *price = (*price + step(change)).max(0));
        }
    }

    fn demand(&self, prices: &[i64], count: Count) -> Demand {
        let across = self.side.other();
        let (take, supply) = (self.shape.of(self.side), self.shape.of(across));
        let choice = |chooser| choose(self.scores.row(across, chooser), prices, take);
        let mut choosers: Vec<(Reverse<i64>, u32)> = (0..*self.scores.people.of(across))
            .filter_map(|chooser| choice(chooser).map(|(sum, _)| (Reverse(sum), chooser as u32)))
            .collect();
        choosers.sort_unstable();
        let must = choosers.len().min(count.least * supply);
        let may = choosers.len().min(count.most * supply);
        let more = choosers[must..may].iter().take_while(|(sum, _)| sum.0 > 0).count();
        let mut uses = vec![0; prices.len()];
        for &(_, chooser) in &choosers[..must + more] {
            if let Some((_, chosen)) = choice(chooser as usize) {
                chosen[..take].iter().for_each(|&person| uses[person as usize] += 1);
            }
        }
        let chosen: i64 = choosers[..must + more].iter().map(|(sum, _)| sum.0).sum();
        Demand { bound: chosen + supply as i64 * prices.iter().sum::<i64>(), choosers, uses }
    }
}

/// The largest sum of score minus price that so many partners add up to, and who they are; `None` where there are not
/// as many.
fn choose(row: &[u16], prices: &[i64], take: usize) -> Option<(i64, [u32; 7])> {
    let (mut gains, mut people) = ([i64::MIN; 7], [0; 7]);
    let last = take - 1;
    for (person, (&score, &price)) in (0..).zip(row.iter().zip(prices)) {
        let gain = i64::from(score) - price;
        if score == NONE || gain <= gains[last] {
            continue;
        }
        let mut at = last;
        while at > 0 && gains[at - 1] < gain {
            (gains[at], people[at]) = (gains[at - 1], people[at - 1]);
            at -= 1;
        }
        (gains[at], people[at]) = (gain, person);
    }
    (gains[last] > i64::MIN).then(|| (gains[..take].iter().sum(), people))
}
