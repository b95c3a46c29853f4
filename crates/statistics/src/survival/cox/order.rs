//! The rows of a model as its pass reads them: by stratum, from the last time to the first.

use std::ops::Range;

use crate::survival::{
    data::{SurvivalData, ranks},
    timeline::Timeline,
};

use super::design::Design;

/// The rows of one stratum that leave at one time, those with the event first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bin {
    /// The places of its rows: events from `start` to `split`, censored ones from there to `end`.
    pub(super) start: usize,
    pub(super) split: usize,
    pub(super) end: usize,
    /// Which of the distinct times it is.
    pub(super) time: u32,
}

/// The rows of one stratum.
#[derive(Debug, Clone)]
pub(super) struct Stratum {
    /// Its bins, from the last time to the first.
    pub(super) bins: Range<usize>,
    /// Its part of [`Ordered::late`].
    pub(super) late: Range<usize>,
}

/// All rows in order, their covariates about 0 and of about unit spread.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    /// How many covariates a row has, and with zeros behind them.
    pub(super) terms: usize,
    pub(super) width: usize,
    /// The rows' covariates, one row after the other.
    pub(super) x: Vec<f64>,
    /// Which row is at which place.
    pub(super) rows: Vec<u32>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) bins: Vec<Bin>,
    pub(super) strata: Vec<Stratum>,
    /// The labels of the strata, as the data has them.
    pub(super) labels: Vec<u32>,
    /// The places of rows that enter late and the first time at which they are at risk, the last entries first.
    pub(super) late: Vec<(u32, u32)>,
    pub(super) times: Vec<f64>,
    pub(super) center: Vec<f64>,
    pub(super) scale: Vec<f64>,
    /// The sum of the weights of the events.
    pub(super) events: f64,
}

/// Widths for which a pass is compiled.
pub(super) const WIDTHS: [usize; 11] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64];

impl Ordered {
    pub(super) fn new(data: &SurvivalData, design: &Design) -> Self {
        let timeline = Timeline::new(data);
        let (strata, labels) = data.strata.as_deref().map_or((None, vec![0]), |strata| {
            let (ranks, labels) = ranks(strata);
            (Some(ranks), labels)
        });
        let stratum = |row: usize| strata.as_ref().map_or(0, |strata| strata[row] as usize);
        let times = timeline.times.len();
        let key = |row: usize| 2 * (stratum(row) * times + times - 1 - timeline.exit[row] as usize);
        let rows = by_key(data.len(), 2 * times * labels.len(), |row| key(row) + usize::from(!data.event[row]));
        let (bins, strata) = bins(&rows, &timeline, &data.event, stratum, labels.len());
        let terms = design.columns().len();
        let width = WIDTHS.into_iter().find(|width| *width >= terms).unwrap_or(terms);
        let moments: Vec<_> = design.columns().iter().map(|column| center_and_scale(column, data)).collect();
        let mut ordered = Self {
            terms,
            width,
            x: vec![0.0; data.len() * width],
            weights: data.weights.as_ref().map(|weights| rows.iter().map(|&row| weights[row as usize]).collect()),
            bins,
            strata,
            labels,
            late: Vec::new(),
            center: moments.iter().map(|moment| moment.0).collect(),
            scale: moments.iter().map(|moment| moment.1).collect(),
            events: (0..data.len()).filter(|&row| data.event[row]).map(|row| data.weight(row)).sum(),
            rows,
            times: Vec::new(),
        };
        ordered.gather(design);
        ordered.find_late(&timeline, stratum);
        ordered.times = timeline.times;
        ordered
    }

    /// Covariates in order. A covariate that is constant up to rounding becomes zero, so that it is seen to be.
    fn gather(&mut self, design: &Design) {
        for (term, column) in design.columns().iter().enumerate() {
            let (center, scale) = (self.center[term], self.scale[term]);
            let factor = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            for (place, &row) in self.rows.iter().enumerate() {
                self.x[place * self.width + term] = (column[row as usize] - center) * factor;
            }
        }
        self.scale.iter_mut().filter(|scale| **scale <= 0.0).for_each(|scale| *scale = 1.0);
    }

    fn find_late(&mut self, timeline: &Timeline, stratum: impl Fn(usize) -> usize) {
        let Some(entry) = &timeline.entry else { return };
        let size = timeline.times.len() + 1;
        let places: Vec<u32> =
            (0..self.rows.len() as u32).filter(|&place| entry[self.rows[place as usize] as usize] > 0).collect();
        let row = |place: u32| self.rows[place as usize] as usize;
        let key = |at: usize| {
            let row = row(places[at]);
            stratum(row) * size + size - 1 - entry[row] as usize
        };
        let order = by_key(places.len(), size * self.strata.len(), key);
        let late = order.into_iter().map(|at| places[at as usize]).map(|place| (place, entry[row(place)]));
        let late: Vec<_> = late.collect();
        let mut start = 0;
        for (own, range) in self.strata.iter_mut().enumerate() {
            let of = |place: u32| stratum(self.rows[place as usize] as usize);
            let end = start + late[start..].partition_point(|&(place, _)| of(place) <= own);
            range.late = start..end;
            start = end;
        }
        self.late = late;
    }

    pub(super) fn row(&self, place: usize) -> &[f64] {
        &self.x[place * self.width..place * self.width + self.terms]
    }

    pub(super) fn weight(&self, place: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[place])
    }
}

/// Numbers from 0 in the order of their keys, which are below `size`; equal keys keep their order.
fn by_key(len: usize, size: usize, key: impl Fn(usize) -> usize) -> Vec<u32> {
    if size > 4 * len + 65_536 {
        let mut order: Vec<u32> = (0..len as u32).collect();
        order.sort_by_cached_key(|&at| key(at as usize));
        return order;
    }
    let mut next = vec![0_u32; size + 1];
    for at in 0..len {
        next[key(at) + 1] += 1;
    }
    for at in 0..size {
        next[at + 1] += next[at];
    }
    let mut order = vec![0; len];
    for at in 0..len {
        let next = &mut next[key(at)];
        order[*next as usize] = at as u32;
        *next += 1;
    }
    order
}

fn bins(
    rows: &[u32],
    timeline: &Timeline,
    event: &[bool],
    stratum: impl Fn(usize) -> usize,
    strata: usize,
) -> (Vec<Bin>, Vec<Stratum>) {
    let mut bins: Vec<Bin> = Vec::new();
    let mut ranges = vec![Stratum { bins: 0..0, late: 0..0 }; strata];
    let mut last = None;
    for (place, &row) in rows.iter().enumerate() {
        let row = row as usize;
        let (own, time) = (stratum(row), timeline.exit[row]);
        if last != Some((own, time)) {
            if ranges[own].bins.is_empty() {
                ranges[own].bins.start = bins.len();
            }
            bins.push(Bin { start: place, split: place, end: place, time });
            ranges[own].bins.end = bins.len();
            last = Some((own, time));
        }
        if let Some(bin) = bins.last_mut() {
            bin.end = place + 1;
            bin.split += usize::from(event[row]);
        }
    }
    (bins, ranges)
}

/// The mean of a column and its standard deviation rounded to a power of two, by which dividing loses nothing; 0 for a
/// constant.
fn center_and_scale(column: &[f64], data: &SurvivalData) -> (f64, f64) {
    let size: f64 = data.weights.as_ref().map_or(data.len() as f64, |weights| weights.iter().sum());
    let weighted = |of: &dyn Fn(f64) -> f64| match &data.weights {
        Some(weights) => column.iter().zip(weights).map(|(&value, weight)| weight * of(value)).sum::<f64>() / size,
        None => column.iter().map(|&value| of(value)).sum::<f64>() / size,
    };
    let mean = weighted(&|value| value);
    let spread = weighted(&|value| (value - mean) * (value - mean)).sqrt();
    let scale = if spread > 1e-12 * mean.abs() && spread.is_normal() { spread.log2().round().exp2() } else { 0.0 };
    (mean, scale)
}
