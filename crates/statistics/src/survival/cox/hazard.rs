//! The baseline hazard of a fitted model, with what residuals and predictions need beside it.

use super::{
    CoxPh, Ties,
    pass::{EventTime, Visit, walk},
};

/// The event times of one stratum, rising, and sums over them. Hazards are those of a row whose ordered covariates are 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Jumps {
    /// Which of the distinct times.
    pub(super) times: Vec<u32>,
    /// Gathered up to and at each: the hazard; its variance if the coefficients were known; the hazard times the mean
    /// covariates.
    pub(super) hazard: Vec<f64>,
    pub(super) variance: Vec<f64>,
    pub(super) hazard_x: Vec<f64>,
    /// At each alone, for those with the event then (half of whom, with Efron's ties, have left on average): the hazard;
    /// it times the mean covariates; and the mean covariates that they are compared with.
    own: Vec<f64>,
    own_x: Vec<f64>,
    pub(super) mean: Vec<f64>,
}

struct Collect {
    ties: Ties,
    terms: usize,
    strata: Vec<Jumps>,
}

impl Visit for Collect {
    fn visit<const P: usize>(&mut self, stratum: usize, at: &EventTime<P>) {
        let steps = at.steps(self.ties);
        let jumps = &mut self.strata[stratum];
        let weight = steps.mean_weight;
        jumps.times.push(at.bin.time);
        jumps.hazard.push(weight * steps.one);
        jumps.variance.push(weight * steps.one_two);
        jumps.own.push(weight * (steps.one - steps.f));
        let means = at.means(&steps);
        for (term, mean) in means.iter().enumerate().take(self.terms) {
            let (all, own) = (at.all.one[term], at.own.one[term]);
            jumps.mean.push(mean / at.count() as f64);
            jumps.hazard_x.push(weight * (all * steps.one_two - own * steps.f_two));
            let left = all * (steps.one_two - steps.f_two) - own * (steps.f_two - steps.ff_two);
            jumps.own_x.push(weight * left);
        }
    }
}

/// The order of rows of `size` values turned round.
fn reverse(values: &mut Vec<f64>, size: usize) {
    *values = values.rchunks(size).flatten().copied().collect();
}

fn gather(values: &mut [f64], size: usize) {
    for at in size..values.len() {
        values[at] += values[at - size];
    }
}

impl Jumps {
    /// From the order of the pass, last time first, to sums over rising times.
    fn finish(&mut self, terms: usize) {
        self.times.reverse();
        for (values, size) in [(&mut self.hazard, 1), (&mut self.variance, 1), (&mut self.hazard_x, terms)] {
            reverse(values, size);
            gather(values, size);
        }
        for (values, size) in [(&mut self.own, 1), (&mut self.own_x, terms), (&mut self.mean, terms)] {
            reverse(values, size);
        }
    }

    /// How many event times are before the distinct time `time`.
    pub(super) fn before(&self, time: u32) -> usize {
        self.times.partition_point(|jump| *jump < time)
    }

    /// The hazard that a row meets between two places of the jumps, and it times the mean covariates.
    fn between(&self, from: usize, to: usize, hazard_x: &mut [f64]) -> f64 {
        let terms = hazard_x.len();
        let up_to = |end: usize, term: usize| if end == 0 { 0.0 } else { self.hazard_x[(end - 1) * terms + term] };
        for (term, sum) in hazard_x.iter_mut().enumerate() {
            *sum = up_to(to, term) - up_to(from, term);
        }
        let up_to = |end: usize| if end == 0 { 0.0 } else { self.hazard[end - 1] };
        up_to(to) - up_to(from)
    }
}

/// What a row meets while it is at risk.
pub(super) struct Exposure<'a> {
    /// Its place in the order.
    pub(super) place: usize,
    pub(super) event: bool,
    /// Its hazard relative to the baseline.
    pub(super) risk: f64,
    /// The baseline hazard; it times the mean covariates.
    pub(super) hazard: f64,
    pub(super) hazard_x: &'a [f64],
    /// If it has the event, the mean covariates at its time.
    pub(super) mean: &'a [f64],
}

impl CoxPh<'_> {
    /// The event times of each stratum.
    pub(super) fn jumps(&self) -> Vec<Jumps> {
        let strata = vec![Jumps::default(); self.ordered.strata.len()];
        let mut collect = Collect { ties: self.ties, terms: self.terms.len(), strata };
        walk(&self.ordered, &self.beta, &mut vec![0.0; self.n()], &mut collect);
        collect.strata.iter_mut().for_each(|jumps| jumps.finish(self.terms.len()));
        collect.strata
    }

    /// Shows what each row meets to `see`.
    pub(super) fn exposures(&self, mut see: impl FnMut(Exposure)) {
        let ordered = &self.ordered;
        let mut entries = vec![0; ordered.rows.len()];
        for &(place, entry) in &ordered.late {
            entries[place as usize] = entry;
        }
        let terms = self.terms.len();
        let mut hazard_x = vec![0.0; terms];
        for (jumps, stratum) in self.jumps().iter().zip(&ordered.strata) {
            for bin in &ordered.bins[stratum.bins.clone()] {
                let to = jumps.before(bin.time);
                let has_event = bin.split > bin.start;
                for (place, &entry) in entries.iter().enumerate().take(bin.end).skip(bin.start) {
                    let event = place < bin.split;
                    let from = jumps.before(entry);
                    let end = if has_event && !event { to + 1 } else { to };
                    let mut hazard = jumps.between(from, end, &mut hazard_x);
                    let mut mean = &[][..];
                    if event {
                        hazard += jumps.own[to];
                        let own = to * terms..(to + 1) * terms;
                        hazard_x.iter_mut().zip(&jumps.own_x[own.clone()]).for_each(|(sum, own)| *sum += own);
                        mean = &jumps.mean[own];
                    }
                    let risk = crate::linalg::dot(&self.beta, ordered.row(place)).exp();
                    see(Exposure { place, event, risk, hazard, hazard_x: &hazard_x, mean });
                }
            }
        }
    }
}
