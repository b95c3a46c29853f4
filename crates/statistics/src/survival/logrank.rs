//! Whether groups have the event at the same rate.

use crate::{
    distribution::chi_squared,
    error::{Error, finite},
    linalg::{Factor, Matrix},
};

use super::{
    data::{SurvivalData, ranks},
    kaplan_meier::grouping,
    running::Running,
    timeline::{Counts, Grouping, Timeline, counts},
};

/// How much each event time counts; `n` are at risk and S is the curve of all groups of a stratum together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weights {
    /// 1 (Mantel 1966): best where hazards are proportional.
    LogRank,
    /// n (Gehan 1965; Breslow 1970): early times count more.
    GehanBreslow,
    /// sqrt(n) (Tarone and Ware 1977).
    TaroneWare,
    /// S just before the time: the G-rho family with rho = 1, asymptotically Peto and Peto's (1972).
    PetoPeto,
    /// S^rho (1 - S)^gamma just before the time (Harrington and Fleming 1982).
    FlemingHarrington {
        /// At least 0; large, early times count more.
        rho: f64,
        /// At least 0; large, late times count more.
        gamma: f64,
    },
}

impl Weights {
    fn of(self, n: f64, survival: f64) -> f64 {
        match self {
            Self::LogRank => 1.0,
            Self::GehanBreslow => n,
            Self::TaroneWare => n.sqrt(),
            Self::PetoPeto => survival,
            Self::FlemingHarrington { rho, gamma } => survival.powf(rho) * (1.0 - survival).powf(gamma),
        }
    }
}

/// What a log-rank test finds; one entry a group.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRank {
    /// How many rows each group has.
    pub n: Vec<usize>,
    /// The weighted events of each group.
    pub observed: Vec<f64>,
    /// The weighted events that each group would have if all had the same hazard.
    pub expected: Vec<f64>,
    /// The covariance of observed - expected.
    pub variance: Matrix,
    /// (O - E)' V^-1 (O - E).
    pub chi2: f64,
    /// Groups with expected events, less one.
    pub df: usize,
    /// P(a chi-squared of that many degrees >= `chi2`).
    pub p: f64,
}

/// Compares groups, numbered from 0 for each row, within the strata of the data, if it has any: sum (O - E) and the
/// hypergeometric variance d (n1/n)(1 - n1/n)(n - d)/(n - 1). Weights and clusters of rows are not taken into account:
/// use [`super::CoxPh`] with a robust variance for such data.
///
/// # Errors
/// [`Error::Lengths`] unless every row has its group, [`Error::NotEnoughEvents`] if nothing can be compared,
/// [`Error::OutOfRange`] for weighted data and for a `rho` or `gamma` below 0.
pub fn logrank_test(data: &SurvivalData, groups: &[u32], weights: Weights) -> Result<LogRank, Error> {
    if let Some(given) = &data.weights {
        return Err(Error::OutOfRange { what: "weights", value: given[0] });
    }
    if let Weights::FlemingHarrington { rho, gamma } = weights {
        for (what, value) in [("rho", rho), ("gamma", gamma)] {
            if finite(what, value)? < 0.0 {
                return Err(Error::OutOfRange { what, value });
            }
        }
    }
    let size = grouping(data, groups)?.size;
    let (strata, labels) = data.strata.as_deref().map_or((None, vec![0]), |strata| {
        let (ranks, labels) = ranks(strata);
        (Some(ranks), labels)
    });
    // One table for all strata: a group of the table is a group in a stratum.
    let cells: Option<Vec<u32>> =
        strata.map(|strata| strata.iter().zip(groups).map(|(stratum, group)| stratum * size as u32 + group).collect());
    let table = Grouping { rows: Some(cells.as_deref().unwrap_or(groups)), size: size * labels.len() };
    let counts = counts(data, &Timeline::new(data), &table);
    let mut sums = Sums::new(size);
    for stratum in counts.chunks(size) {
        sums.add(stratum, weights);
    }
    let mut n = vec![0; size];
    groups.iter().for_each(|&group| n[group as usize] += 1);
    sums.test(n, data.events())
}

struct Sums {
    observed: Vec<Running>,
    expected: Vec<Running>,
    /// Row by row, the diagonal and what is right of it.
    variance: Vec<Running>,
}

impl Sums {
    fn new(size: usize) -> Self {
        let none = |size| vec![Running::default(); size];
        Self { observed: none(size), expected: none(size), variance: none(size * (size + 1) / 2) }
    }

    /// Adds what a stratum shows.
    fn add(&mut self, groups: &[Vec<Counts>], weights: Weights) {
        let mut survival = 1.0;
        let places = groups.first().map_or(0, Vec::len);
        for place in 0..places {
            let at = || groups.iter().map(|counts| counts[place]);
            let (events, n): (f64, f64) = (at().map(|at| at.event).sum(), at().map(|at| at.risk).sum());
            if events == 0.0 {
                continue;
            }
            let weight = weights.of(n, survival);
            survival *= (n - events) / n;
            // Alone at risk nothing varies.
            let spread = if n > 1.0 { weight * weight * events * (n - events) / (n - 1.0) } else { 0.0 };
            let mut cell = 0;
            for (group, own) in at().enumerate() {
                let share = own.risk / n;
                self.observed[group].add(weight * own.event);
                self.expected[group].add(weight * events * share);
                for (other, its) in at().enumerate().skip(group) {
                    let kept = if other == group { 1.0 - share } else { -its.risk / n };
                    self.variance[cell].add(spread * share * kept);
                    cell += 1;
                }
            }
        }
    }

    fn test(&self, n: Vec<usize>, events: usize) -> Result<LogRank, Error> {
        let values = |sums: &[Running]| sums.iter().map(Running::value).collect::<Vec<_>>();
        let (observed, expected) = (values(&self.observed), values(&self.expected));
        let variance = Matrix::from_upper(observed.len(), &values(&self.variance));
        // What the groups miss sums to zero, so the last one that can have events says nothing of its own.
        let mut used: Vec<_> = (0..observed.len()).filter(|&group| variance[(group, group)] > 0.0).collect();
        if used.pop().is_none() || used.is_empty() {
            return Err(Error::NotEnoughEvents { have: events, need: events + 1 });
        }
        let mut part = Matrix::zeros(used.len());
        for (row, &group) in used.iter().enumerate() {
            for (column, &other) in used.iter().enumerate() {
                part[(row, column)] = variance[(group, other)];
            }
        }
        let missed: Vec<_> = used.iter().map(|&group| observed[group] - expected[group]).collect();
        let factor =
            Factor::new(&part, 1e-12).map_err(|_| Error::NotEnoughEvents { have: events, need: events + 1 })?;
        let chi2 = factor.form(&missed);
        Ok(LogRank {
            p: chi_squared::sf(chi2, used.len() as f64)?,
            df: used.len(),
            chi2,
            n,
            observed,
            expected,
            variance,
        })
    }
}
