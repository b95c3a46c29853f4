//! Curves of survival without single leavers.

use super::policy::Policy;

/// A step of a curve as it was computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveStep {
    /// When, in days.
    pub time: f64,
    /// How many were at risk just before.
    pub n_risk: u64,
    /// How many events there were.
    pub n_event: u64,
    /// The estimate after it, with its limits.
    pub survival: f64,
    /// The lower limit.
    pub lower: f64,
    /// The upper limit.
    pub upper: f64,
}

/// A step as it is shown: of all events since the step before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShownStep {
    /// When the last of them happened.
    pub time: f64,
    /// How many were at risk then, rounded.
    pub n_risk: u64,
    /// The estimate after them.
    pub survival: f64,
    /// The lower limit.
    pub lower: f64,
    /// The upper limit.
    pub upper: f64,
}

/// What share of those at the start has to be at risk still.
const LEAST_AT_RISK: f64 = 0.1;

/// The steps of one arm, in the order of time, that may be shown: each is delayed until k events have gathered (as
/// OpenSAFELY rounds curves), and the curve ends where fewer than the policy's threshold for employment, or a tenth of the
/// start, are at risk. What is left may be nothing.
#[must_use]
pub fn show_curve(steps: &[CurveStep], policy: &Policy) -> Vec<ShownStep> {
    let start = steps.first().map_or(0, |step| step.n_risk);
    let enough = |step: &&CurveStep| {
        step.n_risk >= policy.k_comments() as u64 && step.n_risk as f64 >= LEAST_AT_RISK * start as f64
    };
    let rounded = |n: u64| (n + policy.rounding() / 2) / policy.rounding() * policy.rounding();
    let (mut gathered, mut shown) = (0, Vec::new());
    for step in steps.iter().take_while(enough) {
        gathered += step.n_event;
        if gathered >= policy.k() as u64 {
            gathered = 0;
            let CurveStep { time, survival, lower, upper, .. } = *step;
            shown.push(ShownStep { time, n_risk: rounded(step.n_risk), survival, lower, upper });
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(time: f64, n_risk: u64, n_event: u64) -> CurveStep {
        CurveStep { time, n_risk, n_event, survival: 1.0 - time / 100.0, lower: 0.0, upper: 1.0 }
    }

    #[test]
    fn waits_for_k_events_and_ends_in_time() {
        let steps = [step(1.0, 42, 3), step(2.0, 38, 1), step(3.0, 37, 2), step(4.0, 12, 5), step(5.0, 9, 6)];
        let shown = show_curve(&steps, &Policy::default());
        assert_eq!(shown.iter().map(|step| (step.time, step.n_risk)).collect::<Vec<_>>(), [(3.0, 35), (4.0, 10)]);
        assert_eq!(shown[0].survival, 0.97);
    }

    #[test]
    fn ends_where_a_tenth_is_left() {
        let steps = [step(1.0, 200, 9), step(2.0, 19, 9)];
        assert_eq!(show_curve(&steps, &Policy::default()).len(), 1);
        assert!(show_curve(&[], &Policy::default()).is_empty());
    }
}
