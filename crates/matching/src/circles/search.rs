//! From the scores to the best arrangement found, and what is known about it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::bound::{Count, Prices};
use super::draft::Draft;
use super::improve::Improver;
use super::pairs::{self, Scarce};
use super::scores::Scores;
use super::{Circle, CircleOptions, CircleProgress, CircleProof, CircleStatus, CircleStep, Circles, Shape};
use crate::compiled::CompiledInstance;
use crate::objective::Objective;
use crate::profile::{Side, Sides};
use crate::solve::Progress;

/// New arrangements are begun so many times while the bound is lowered.
const STARTS: u32 = 4;

/// How many exchanges of two people are tried for each circle and round.
const EXCHANGES: usize = 3_000;

/// `None` when `progress` breaks off before all pairs are scored.
pub(super) fn search(
    compiled: &CompiledInstance,
    options: CircleOptions,
    mut progress: impl FnMut(CircleProgress) -> ControlFlow<()> + Send,
) -> Option<Circles> {
    let shape = options.shape;
    let of = compiled.people(Side::Mentor).len() as u64;
    let scored = |done| CircleProgress { step: CircleStep::Score, done: done as u64, of, circles: 0, total: 0 };
    let mut scores = Scores::of(compiled, shape, |done| progress(scored(done)))?;
    let scarce = Scarce::find(compiled, &scores, shape, |drafted| progress(drafting(drafted)));
    let stopped = scarce.is_break();
    let scarce = scarce.continue_value().unwrap_or_else(|| Scarce::nobody(&scores));
    scores.most = scarce.most;
    let count = Count { least: 0, most: scores.most };
    let mut prices = Sides::from_fn(|side| Prices::new(&scores, shape, side, count));
    let mut search =
        Search { scores: &scores, shape, progress, best: Draft::default(), total: 0, rounds: options.rounds };
    if !stopped {
        // Whoever stops the work wants what there is.
        let _stopped = search.run(compiled, &mut prices);
    }
    Some(search.result(compiled, &prices, &scarce))
}

fn drafting(drafted: Progress) -> CircleProgress {
    CircleProgress { step: CircleStep::Draft, done: drafted.done, of: drafted.of, circles: 0, total: 0 }
}

struct Search<'a, P> {
    scores: &'a Scores,
    shape: Shape,
    progress: P,
    best: Draft,
    /// The total of the best arrangement.
    total: i64,
    rounds: u32,
}

impl<P: FnMut(CircleProgress) -> ControlFlow<()> + Send> Search<'_, P> {
    fn run(&mut self, compiled: &CompiledInstance, prices: &mut Sides<Prices>) -> ControlFlow<()> {
        if self.scores.most == 0 {
            return ControlFlow::Continue(());
        }
        self.price_by_draft(compiled, prices)?;
        let starts = u64::from(STARTS + 1) * 2 + 1;
        for start in 0..=STARTS {
            for side in Side::BOTH {
                let done = u64::from(start) * 2 + u64::from(side == Side::Mentee);
                self.begin(prices.of(side), done, starts)?;
                if self.is_exact(prices) {
                    return ControlFlow::Continue(());
                }
            }
            for round in self.rounds * start / STARTS..(self.rounds * (start + 1) / STARTS).min(self.rounds) {
                self.report(CircleStep::Bound, u64::from(round), u64::from(self.rounds))?;
                let count = self.count();
                for side in Side::BOTH {
                    prices.of_mut(side).adjust(count, self.total);
                }
            }
        }
        // With one person on a side, the prices lead nearer to the best arrangement than exchanges do.
        if self.shape.of(Side::Mentor) > 1 && self.shape.of(Side::Mentee) > 1 {
            self.anneal(prices, starts)?;
        }
        ControlFlow::Continue(())
    }

    fn count(&self) -> Count {
        Count { least: self.best.circles(self.shape), most: self.scores.most }
    }

    fn is_exact(&self, prices: &Sides<Prices>) -> bool {
        let count = self.count();
        let reached = |side| prices.of(side).bound_for(count) == self.total;
        count.least == count.most && Side::BOTH.into_iter().any(reached)
    }

    fn report(&mut self, step: CircleStep, done: u64, of: u64) -> ControlFlow<()> {
        let circles = self.best.circles(self.shape) as u32;
        (self.progress)(CircleProgress { step, done, of, circles, total: self.total })
    }

    fn price_by_draft(&mut self, compiled: &CompiledInstance, prices: &mut Sides<Prices>) -> ControlFlow<()> {
        // Where circles can need everybody of the side with one person a circle, the draft has to fill them.
        let star = |side| self.shape.of(side) == 1 && self.scores.most == *self.scores.able.of(side);
        let full = Side::BOTH.into_iter().any(star);
        let objective = if full { Objective::MaxCoverage } else { Objective::MaxTotal };
        let report = |drafted| (self.progress)(drafting(drafted));
        let criteria = compiled.criteria().clone();
        let found = pairs::prices(compiled, self.scores, self.shape, criteria, objective, report)?;
        // If all can be full, every arrangement as large as possible fills them.
        let least = if full { self.scores.most } else { 0 };
        for (side, found) in [(Side::Mentor, found.mentors), (Side::Mentee, found.mentees)] {
            prices.of_mut(side).offer(found, Count { least, most: self.scores.most });
        }
        ControlFlow::Continue(())
    }

    /// Begins an arrangement with the people who get most at the prices.
    fn begin(&mut self, prices: &Prices, done: u64, of: u64) -> ControlFlow<()> {
        let hubs = self.hubs(prices);
        self.settle(0, done, of, |improver| improver.around(prices.side.other(), &hubs))
    }

    fn hubs(&self, prices: &Prices) -> Vec<u32> {
        let mut hubs = prices.best_choosers(self.count());
        hubs.truncate(self.scores.most);
        hubs
    }

    /// Leaves local optima: from the best arrangement, or from one with as many circles as people suffice for, some of
    /// which break rules.
    fn anneal(&mut self, prices: &Sides<Prices>, of: u64) -> ControlFlow<()> {
        let exchanges = self.rounds as usize * EXCHANGES * self.scores.most;
        let full = (self.best.circles(self.shape) == self.scores.most).then(|| self.best.clone());
        let hubs = self.hubs(&prices.mentees);
        let begin = |improver: &Improver| full.unwrap_or_else(|| improver.around(Side::Mentor, &hubs));
        self.settle(exchanges, of - 1, of, begin)
    }

    /// Improves an arrangement, and keeps it if it is the best.
    fn settle(
        &mut self,
        exchanges: usize,
        done: u64,
        of: u64,
        begin: impl FnOnce(&Improver) -> Draft,
    ) -> ControlFlow<()> {
        self.report(CircleStep::Improve, done, of)?;
        let (circles, total) = (self.best.circles(self.shape) as u32, self.total);
        let progress = &mut self.progress;
        let mut go_on = || progress(CircleProgress { step: CircleStep::Improve, done, of, circles, total });
        let mut improver = Improver { scores: self.scores, shape: self.shape, exchanges, go_on: &mut go_on };
        let mut draft = begin(&improver);
        let settled = improver.settle(&mut draft);
        let total = draft.value(self.scores, self.shape);
        if (draft.circles(self.shape), total) > (self.best.circles(self.shape), self.total) {
            (self.best, self.total) = (draft, total);
        }
        settled
    }

    fn result(self, compiled: &CompiledInstance, prices: &Sides<Prices>, scarce: &Scarce) -> Circles {
        let (count, shape) = (self.count(), self.shape);
        let ids = |side, people: &[u32]| {
            let mut people = people.to_vec();
            people.sort_unstable();
            people.iter().map(|&person| compiled.id(side, person as usize).to_owned()).collect::<Vec<_>>()
        };
        let score = |circle| -> u32 {
            let mentees = self.best.of(shape, Side::Mentee, circle);
            let row = |&mentor: &u32| self.scores.row(Side::Mentor, mentor as usize);
            let rows = self.best.of(shape, Side::Mentor, circle).iter().map(row);
            rows.flat_map(|row| mentees.iter().map(|&mentee| u32::from(row[mentee as usize]))).sum()
        };
        let circle = |at| Circle {
            mentors: ids(Side::Mentor, self.best.of(shape, Side::Mentor, at)),
            mentees: ids(Side::Mentee, self.best.of(shape, Side::Mentee, at)),
            score: score(at),
        };
        let mut circles: Vec<Circle> = (0..count.least).map(circle).collect();
        circles.sort_unstable();
        let bounds = Side::BOTH.map(|side| (prices.of(side).bound_for(count), side));
        let (bound, side) = if bounds[0] <= bounds[1] { bounds[0] } else { bounds[1] };
        let priced = (0..).zip(&prices.of(side).best).filter(|(_, price)| **price > 0);
        let prices: BTreeMap<String, i64> =
            priced.map(|(person, &price)| (compiled.id(side, person).to_owned(), price)).collect();
        let status = if count.least == count.most && self.total == bound {
            CircleStatus::Exact
        } else {
            CircleStatus::Gap { circles: (count.most - count.least) as u32, total: bound - self.total }
        };
        Circles {
            shape,
            circles,
            unplaced: Sides::from_fn(|side| ids(side, &self.best.free(self.scores, side))),
            total: self.total,
            bound,
            status,
            proof: CircleProof {
                most: count.most as u32,
                scarce: scarce.side,
                scarce_people: ids(scarce.side, &scarce.people),
                side,
                prices,
            },
        }
    }
}
