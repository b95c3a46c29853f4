//! What one row contributes to a weighted curve: the infinitesimal jackknife.
//!
//! A row's influence on the hazard at u is (own event at u - at risk at u times h(u))/Y(u), where Y sums the weights at
//! risk. S is the product of 1 - h, so dS(t) = -S(t) B(t) with B the sum of those influences over 1 - h up to t, and the
//! variance is the sum of (w dS)^2 (Jaeckel 1972; Therneau and Grambsch 2000, 7).

use super::{
    data::SurvivalData,
    kaplan_meier::Step,
    timeline::{Grouping, Timeline},
};

/// A row of a weighted curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    /// The first step at which it is at risk.
    entry: u32,
    /// The step at which it leaves.
    exit: u32,
    event: bool,
    weight: f64,
}

/// The rows of a group; `place` leads from a distinct time to the first step not before it.
pub(super) fn rows(data: &SurvivalData, timeline: &Timeline, group: &Grouping, own: usize, place: &[u32]) -> Vec<Row> {
    let rows = (0..data.len()).filter(|&row| group.of(row) == own).map(|row| Row {
        entry: place[timeline.entry(row)],
        exit: place[timeline.exit[row] as usize],
        event: data.event[row],
        weight: data.weight(row),
    });
    rows.collect()
}

/// h/(Y(1 - h)) at a step; nothing where nobody is left, because the curve is 0 from there on.
pub(super) fn share(step: &Step) -> f64 {
    if step.survival > 0.0 { step.n_event / (step.n_risk * (step.n_risk - step.n_event)) } else { 0.0 }
}

/// Puts the standard errors in their steps.
pub(super) fn std_errs(steps: &mut [Step], rows: &[Row]) {
    let mut sums = vec![0.0; steps.len() + 1];
    for (place, step) in steps.iter().enumerate() {
        sums[place + 1] = sums[place] + share(step);
    }
    // B of a row at risk is sums(now) - sums(entry), squared by its three parts; of a row that has left it stays.
    let mut changes = vec![[0.0; 4]; steps.len() + 1];
    for row in rows {
        let (entry, exit, square) = (row.entry as usize, row.exit as usize, row.weight * row.weight);
        let before = sums[entry];
        let parts = [1.0, before, before * before].map(|part| square * part);
        let event = if row.event { 1.0 / (steps[exit].n_risk - steps[exit].n_event) } else { 0.0 };
        let stays = if event.is_finite() { event - (sums[exit + 1] - before) } else { 0.0 };
        for (part, value) in parts.into_iter().enumerate() {
            changes[entry][part] += value;
            changes[exit][part] -= value;
        }
        changes[exit][3] += square * stays * stays;
    }
    // A row joins at its entry and leaves at its exit, where it already counts as one that has left.
    let mut held = [0.0; 4];
    for (place, step) in steps.iter_mut().enumerate() {
        for (held, change) in held.iter_mut().zip(changes[place]) {
            *held += change;
        }
        let now = sums[place + 1];
        let variance = held[0] * now * now - 2.0 * held[1] * now + held[2] + held[3];
        step.std_err = (step.survival > 0.0).then(|| step.survival * variance.max(0.0).sqrt());
    }
}

/// The variance of a sum over the steps of `areas` times dS/S: of an area under the curve.
pub(super) fn area_variance(steps: &[Step], rows: &[Row], areas: &[f64]) -> f64 {
    let mut sums = vec![0.0; steps.len() + 1];
    for (place, step) in steps.iter().enumerate() {
        sums[place + 1] = sums[place] + areas[place] * share(step);
    }
    let squares = rows.iter().map(|row| {
        let (entry, exit) = (row.entry as usize, row.exit as usize);
        let own =
            if row.event && areas[exit] > 0.0 { areas[exit] / (steps[exit].n_risk - steps[exit].n_event) } else { 0.0 };
        let influence = own - (sums[exit + 1] - sums[entry]);
        (row.weight * influence).powi(2)
    });
    squares.sum()
}
