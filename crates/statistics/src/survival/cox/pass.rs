//! One pass over the rows, from the last time to the first: the partial likelihood and its first two derivatives.
//!
//! Cox (1972); tied events by Efron (1977) or Breslow (1974). In a bin of d events the k-th step of Efron's, k from 0,
//! takes the share k/d of the events out of the risk set. Its sums over k are sums of scalars times the moments of the
//! risk set and of the events, so a bin costs what its moments cost, however many events it has.

use crate::{linalg::Matrix, survival::running::Running};

use super::{
    Ties,
    order::{Bin, Ordered},
};

/// Sums over rows: of r, r x and r x x', where r is the weight times the relative hazard. Of the last one the lower part.
#[derive(Clone, Copy)]
pub(super) struct Moments<const P: usize> {
    pub(super) zero: f64,
    pub(super) one: [f64; P],
    pub(super) two: [[f64; P]; P],
}

impl<const P: usize> Moments<P> {
    const NONE: Self = Self { zero: 0.0, one: [0.0; P], two: [[0.0; P]; P] };

    /// Adds a row. With indices, because iterators are not seen through here and the loops stay loops.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "this is the innermost loop of a fit")]
    fn add(&mut self, risk: f64, x: &[f64; P]) {
        self.zero += risk;
        for i in 0..P {
            let part = risk * x[i];
            self.one[i] += part;
            for j in 0..=i {
                self.two[i][j] += part * x[j];
            }
        }
    }
}

/// Moments of those at risk: they change by one bin at a time, and what has left must leave nothing behind.
struct AtRisk<const P: usize> {
    zero: Running,
    one: [Running; P],
    two: [[Running; P]; P],
    count: usize,
}

impl<const P: usize> AtRisk<P> {
    fn none() -> Self {
        let none = Running::default();
        Self { zero: none, one: [none; P], two: [[none; P]; P], count: 0 }
    }

    fn add(&mut self, moments: &Moments<P>, sign: f64) {
        self.zero.add(sign * moments.zero);
        for i in 0..P {
            self.one[i].add(sign * moments.one[i]);
            for j in 0..=i {
                self.two[i][j].add(sign * moments.two[i][j]);
            }
        }
    }

    fn value(&self) -> Moments<P> {
        let mut moments = Moments::NONE;
        moments.zero = self.zero.value();
        for i in 0..P {
            moments.one[i] = self.one[i].value();
            for j in 0..=i {
                moments.two[i][j] = self.two[i][j].value();
            }
        }
        moments
    }
}

/// What is known at an event time once everybody at risk then has been added.
pub(super) struct EventTime<'a, const P: usize> {
    pub(super) bin: &'a Bin,
    /// All at risk.
    pub(super) all: Moments<P>,
    /// Those with the event.
    pub(super) own: Moments<P>,
    /// Sum of weights of the events, and of weights times covariates.
    pub(super) weight: f64,
    pub(super) x: [f64; P],
    /// Sum of weights times linear predictors.
    pub(super) eta: f64,
}

/// The steps of a bin, as sums over k of the powers that its figures need; z is what step k divides by, f its share.
#[derive(Clone, Copy, Default)]
pub(super) struct Steps {
    pub(super) log_z: f64,
    /// Sums of 1/z, f/z, 1/z^2, f/z^2, f^2/z^2.
    pub(super) one: f64,
    pub(super) f: f64,
    pub(super) one_two: f64,
    pub(super) f_two: f64,
    pub(super) ff_two: f64,
    /// The mean weight of the events.
    pub(super) mean_weight: f64,
}

impl<const P: usize> EventTime<'_, P> {
    pub(super) fn count(&self) -> usize {
        self.bin.split - self.bin.start
    }

    pub(super) fn steps(&self, ties: Ties) -> Steps {
        let count = self.count();
        let mut steps = Steps { mean_weight: self.weight / count as f64, ..Steps::default() };
        if ties == Ties::Breslow {
            let z = self.all.zero;
            let times = count as f64;
            return Steps { log_z: times * z.ln(), one: times / z, one_two: times / (z * z), ..steps };
        }
        for k in 0..count {
            let f = k as f64 / count as f64;
            let z = self.all.zero - f * self.own.zero;
            let inverse = 1.0 / z;
            steps.log_z += z.ln();
            steps.one += inverse;
            steps.f += f * inverse;
            steps.one_two += inverse * inverse;
            steps.f_two += f * inverse * inverse;
            steps.ff_two += f * f * inverse * inverse;
        }
        steps
    }

    /// The sum over steps of the mean covariates.
    pub(super) fn means(&self, steps: &Steps) -> [f64; P] {
        std::array::from_fn(|i| self.all.one[i] * steps.one - self.own.one[i] * steps.f)
    }

    /// What the bin adds to the score.
    pub(super) fn score(&self, steps: &Steps) -> [f64; P] {
        let means = self.means(steps);
        std::array::from_fn(|i| self.x[i] - steps.mean_weight * means[i])
    }

    /// What the bin adds to the information, at row i and column j <= i.
    #[inline(always)]
    pub(super) fn information(&self, steps: &Steps, i: usize, j: usize) -> f64 {
        let (all, own) = (&self.all, &self.own);
        let raw = all.two[i][j] * steps.one - own.two[i][j] * steps.f;
        let crossed = all.one[i] * own.one[j] + own.one[i] * all.one[j];
        let means =
            all.one[i] * all.one[j] * steps.one_two - crossed * steps.f_two + own.one[i] * own.one[j] * steps.ff_two;
        steps.mean_weight * (raw - means)
    }
}

/// Log-likelihood, score and information at some coefficients.
#[derive(Debug, Clone)]
pub(super) struct Likelihood {
    pub(super) log: f64,
    pub(super) score: Vec<f64>,
    pub(super) information: Matrix,
}

/// Something that looks at each event time, from the last to the first in each stratum.
pub(super) trait Visit {
    fn visit<const P: usize>(&mut self, stratum: usize, at: &EventTime<P>);
}

/// Shows every event time to `visit`, at coefficients `beta` of the ordered covariates, and leaves each place's relative
/// hazard, times its weight, in `risk`.
pub(super) fn walk(ordered: &Ordered, beta: &[f64], risk: &mut [f64], visit: &mut impl Visit) {
    match ordered.width {
        1 => walk_width::<1>(ordered, beta, risk, visit),
        2 => walk_width::<2>(ordered, beta, risk, visit),
        3 => walk_width::<3>(ordered, beta, risk, visit),
        4 => walk_width::<4>(ordered, beta, risk, visit),
        6 => walk_width::<6>(ordered, beta, risk, visit),
        8 => walk_width::<8>(ordered, beta, risk, visit),
        12 => walk_width::<12>(ordered, beta, risk, visit),
        16 => walk_width::<16>(ordered, beta, risk, visit),
        24 => walk_width::<24>(ordered, beta, risk, visit),
        32 => walk_width::<32>(ordered, beta, risk, visit),
        _ => walk_width::<64>(ordered, beta, risk, visit),
    }
}

fn walk_width<const P: usize>(ordered: &Ordered, beta: &[f64], risk: &mut [f64], visit: &mut impl Visit) {
    let mut wide = [0.0; P];
    wide[..beta.len()].copy_from_slice(beta);
    let (x, _) = ordered.x.as_chunks::<P>();
    for (own, stratum) in ordered.strata.iter().enumerate() {
        let mut at_risk = AtRisk::<P>::none();
        let mut late = ordered.late[stratum.late.clone()].iter().peekable();
        for bin in &ordered.bins[stratum.bins.clone()] {
            // Who enters at or after this time is not at risk at it.
            let mut gone = Moments::<P>::NONE;
            let before = at_risk.count;
            while let Some((place, _)) = late.next_if(|(_, entry)| *entry > bin.time) {
                gone.add(risk[*place as usize], &x[*place as usize]);
                at_risk.count -= 1;
            }
            if at_risk.count == 0 {
                at_risk = AtRisk::none();
            } else if at_risk.count < before {
                at_risk.add(&gone, -1.0);
            }
            let mut at = EventTime { bin, all: Moments::NONE, own: Moments::NONE, weight: 0.0, x: [0.0; P], eta: 0.0 };
            for place in bin.start..bin.split {
                let (weight, eta) = (ordered.weight(place), product(&wide, &x[place]));
                risk[place] = weight * eta.exp();
                at.own.add(risk[place], &x[place]);
                at.weight += weight;
                at.eta += weight * eta;
                for (sum, x) in at.x.iter_mut().zip(&x[place]) {
                    *sum += weight * x;
                }
            }
            let mut censored = Moments::<P>::NONE;
            for place in bin.split..bin.end {
                risk[place] = ordered.weight(place) * product(&wide, &x[place]).exp();
                censored.add(risk[place], &x[place]);
            }
            if bin.split > bin.start {
                at_risk.add(&at.own, 1.0);
            }
            if bin.end > bin.split {
                at_risk.add(&censored, 1.0);
            }
            at_risk.count += bin.end - bin.start;
            if bin.split > bin.start {
                at.all = at_risk.value();
                visit.visit(own, &at);
            }
        }
    }
}

#[inline(always)]
fn product<const P: usize>(beta: &[f64; P], x: &[f64; P]) -> f64 {
    let mut sum = 0.0;
    for i in 0..P {
        sum += beta[i] * x[i];
    }
    sum
}

/// Sums up what the event times add to the likelihood.
struct Sum {
    ties: Ties,
    log: Running,
    score: Vec<Running>,
    information: Vec<Running>,
}

impl Visit for Sum {
    fn visit<const P: usize>(&mut self, _: usize, at: &EventTime<P>) {
        let steps = at.steps(self.ties);
        self.log.add(at.eta - steps.mean_weight * steps.log_z);
        let mut cells = self.information.iter_mut();
        for (i, (sum, score)) in self.score.iter_mut().zip(at.score(&steps)).enumerate() {
            sum.add(score);
            for (j, cell) in (0..=i).zip(&mut cells) {
                cell.add(at.information(&steps, i, j));
            }
        }
    }
}

/// The partial likelihood at `beta`.
pub(super) fn likelihood(ordered: &Ordered, ties: Ties, beta: &[f64], risk: &mut [f64]) -> Likelihood {
    let size = ordered.terms;
    let none = Running::default();
    let mut sum = Sum { ties, log: none, score: vec![none; size], information: vec![none; size * (size + 1) / 2] };
    walk(ordered, beta, risk, &mut sum);
    let mut information = Matrix::zeros(size);
    let mut cells = sum.information.iter().map(Running::value);
    for i in 0..size {
        for j in 0..=i {
            let cell = cells.next().unwrap_or_default();
            information[(i, j)] = cell;
            information[(j, i)] = cell;
        }
    }
    Likelihood { log: sum.log.value(), score: sum.score.iter().map(Running::value).collect(), information }
}
