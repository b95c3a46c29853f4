//! What of a report may be shown: each figure as it is, coarser, or not at all.

use super::{
    curve::{CurveStep, ShownStep, show_curve},
    policy::Policy,
    publish::{ShownTable, show_table},
    table::CountTable,
};

/// What a figure is about, which says how many people it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// What people answered: k.
    Score,
    /// What an employer's record says of them, such as exits and ratings: the higher threshold, that of comments.
    Employment,
}

/// A figure as it was computed, with what decides whether it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// How many people are in a group.
    Count(u64),
    /// How many of a group had an outcome.
    Share {
        /// Of what kind.
        subject: Subject,
        /// How many had it.
        hits: u64,
        /// Of how many.
        n: u64,
    },
    /// A mean of answers.
    Mean {
        /// The mean.
        value: f64,
        /// Of how many answers.
        n: u64,
    },
    /// A median: it can be somebody's own value, so it takes 2 k people.
    Median {
        /// The median.
        value: f64,
        /// Of how many.
        n: u64,
    },
    /// Comments, which are shown as they were written, without order or date.
    Comments(u64),
    /// A sum of what single people contribute, such as hours or costs.
    Sum(Vec<f64>),
    /// What a model says, such as a hazard ratio or a difference of means, with its interval.
    Estimate {
        /// Estimate, lower and upper limit.
        values: [f64; 3],
        /// The events in each arm.
        events: Vec<u64>,
        /// How many more observations (events, for times) than parameters.
        residual_df: u64,
    },
    /// The curve of one arm.
    Curve(Vec<CurveStep>),
    /// Counts by rows and columns, with all their totals.
    Table(CountTable),
}

/// A figure as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// A count.
    Count(u64),
    /// A share of a group, and how large that is.
    Share(f64, u64),
    /// Of a large group nobody or nearly nobody had the outcome: less than this share.
    Below(f64, u64),
    /// Everybody or nearly everybody had it: more than this share.
    Above(f64, u64),
    /// A mean or median, with one decimal, and of how many.
    Value(f64, u64),
    /// A sum, and of how many contributions.
    Sum(f64, u64),
    /// Estimate, lower and upper limit.
    Estimate([f64; 3]),
    /// A curve of fewer steps.
    Curve(Vec<ShownStep>),
    /// A table with hidden cells.
    Table(ShownTable),
}

/// Why something is not shown. For whoever looks after the policy: a viewer reads the same words for all of them,
/// because the reason can be a disclosure itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Too few people.
    TooFew,
    /// All or none of a small group had the outcome.
    AllOrNone,
    /// Too few events in an arm.
    TooFewEvents,
    /// A model with about as many parameters as observations.
    Saturated,
    /// One contribution could be estimated too well.
    Dominated,
    /// A cell of a table is small, or is hidden to protect one that is.
    HiddenCell,
    /// No pattern of hidden cells and no merging makes the table safe.
    NoSafePattern,
}

/// What a report shows and what it does not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Released {
    /// The figures that may be shown, by name.
    pub figures: Vec<(String, Shown)>,
    /// What may not: the name of the figure, for a cell with its row and column, and why.
    pub suppressed: Vec<(String, Reason)>,
}

/// How many degrees of freedom a model has to leave.
const LEAST_RESIDUAL_DF: u64 = 10;
/// Instead of "none" and "all" of a large group.
const NEARLY: f64 = 0.1;

/// Each figure as the policy allows it. Figures of cohorts that overlap with others need leave from a
/// [`super::Ledger`] besides: this function sees each figure by itself.
#[must_use]
pub fn guard(report: Vec<(String, Figure)>, policy: &Policy) -> Released {
    let mut released = Released::default();
    for (name, figure) in report {
        match show(figure, policy) {
            Ok(shown) => {
                if let Shown::Table(table) = &shown {
                    let cells = table.hidden().map(|(row, column)| format!("{name}[{row},{column}]"));
                    released.suppressed.extend(cells.map(|cell| (cell, Reason::HiddenCell)));
                }
                released.figures.push((name, shown));
            }
            Err(reason) => released.suppressed.push((name, reason)),
        }
    }
    released
}

fn show(figure: Figure, policy: &Policy) -> Result<Shown, Reason> {
    let k = policy.k() as u64;
    match figure {
        Figure::Count(n) => at_least(n, k).map(|()| Shown::Count(n)),
        Figure::Share { subject, hits, n } => share(hits, n, threshold(subject, policy)),
        Figure::Mean { value, n } => at_least(n, k).map(|()| Shown::Value(one_decimal(value), n)),
        Figure::Median { value, n } => at_least(n, 2 * k).map(|()| Shown::Value(one_decimal(value), n)),
        Figure::Comments(n) => at_least(n, policy.k_comments() as u64).map(|()| Shown::Count(n)),
        Figure::Sum(contributions) => sum(&contributions, policy),
        Figure::Estimate { values, events, residual_df } => {
            if events.len() < 2 || events.iter().any(|&events| events < policy.event_min() as u64) {
                return Err(Reason::TooFewEvents);
            }
            if residual_df < LEAST_RESIDUAL_DF || values.iter().any(|value| !value.is_finite()) {
                return Err(Reason::Saturated);
            }
            Ok(Shown::Estimate(values))
        }
        Figure::Curve(steps) => {
            let shown = show_curve(&steps, policy);
            if shown.is_empty() { Err(Reason::TooFew) } else { Ok(Shown::Curve(shown)) }
        }
        Figure::Table(table) => show_table(&table, k).map(Shown::Table).ok_or(Reason::NoSafePattern),
    }
}

fn threshold(subject: Subject, policy: &Policy) -> u64 {
    match subject {
        Subject::Score => policy.k() as u64,
        Subject::Employment => policy.k_comments() as u64,
    }
}

fn at_least(n: u64, need: u64) -> Result<(), Reason> {
    if n >= need { Ok(()) } else { Err(Reason::TooFew) }
}

/// A share says of everybody in the group what happened to them when it is 0 or 1: of a large group it is shown as a
/// bound, of a small one not at all.
fn share(hits: u64, n: u64, k: u64) -> Result<Shown, Reason> {
    at_least(n, k)?;
    match hits {
        _ if (hits == 0 || hits >= n) && n < 2 * k => Err(Reason::AllOrNone),
        0 => Ok(Shown::Below(NEARLY, n)),
        hits if hits >= n => Ok(Shown::Above(1.0 - NEARLY, n)),
        _ => Ok(Shown::Share(hits as f64 / n as f64, n)),
    }
}

/// The p % rule: whoever contributed second most, and knows that, must not estimate the largest contribution to within a
/// share p of it (Hundepool and others 2012, 4.2.2).
fn sum(contributions: &[f64], policy: &Policy) -> Result<Shown, Reason> {
    let n = contributions.len() as u64;
    at_least(n, policy.k() as u64)?;
    if contributions.iter().any(|value| !value.is_finite() || *value < 0.0) {
        return Err(Reason::Dominated);
    }
    let mut falling = contributions.to_vec();
    falling.sort_by(|one, two| two.total_cmp(one));
    let rest: f64 = falling[2..].iter().sum();
    if rest < policy.dominance() * falling[0] {
        return Err(Reason::Dominated);
    }
    Ok(Shown::Sum(falling.iter().sum(), n))
}

fn one_decimal(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(figure: Figure) -> Result<Shown, Reason> {
        show(figure, &Policy::default())
    }

    #[test]
    fn small_groups_are_not_shown() {
        assert_eq!(shown(Figure::Count(4)), Err(Reason::TooFew));
        assert_eq!(shown(Figure::Count(5)), Ok(Shown::Count(5)));
        assert_eq!(shown(Figure::Comments(9)), Err(Reason::TooFew));
        assert_eq!(shown(Figure::Median { value: 3.0, n: 9 }), Err(Reason::TooFew));
        assert_eq!(shown(Figure::Mean { value: 3.449, n: 5 }), Ok(Shown::Value(3.4, 5)));
    }

    #[test]
    fn all_or_none_is_a_bound_or_nothing() {
        let share = |hits, n| shown(Figure::Share { subject: Subject::Employment, hits, n });
        assert_eq!(share(3, 9), Err(Reason::TooFew));
        assert_eq!(share(0, 19), Err(Reason::AllOrNone));
        assert_eq!(share(0, 20), Ok(Shown::Below(0.1, 20)));
        assert_eq!(share(20, 20), Ok(Shown::Above(0.9, 20)));
        assert_eq!(share(5, 10), Ok(Shown::Share(0.5, 10)));
        assert_eq!(shown(Figure::Share { subject: Subject::Score, hits: 2, n: 5 }), Ok(Shown::Share(0.4, 5)));
    }

    #[test]
    fn a_dominant_contribution_is_not_shown() {
        assert_eq!(shown(Figure::Sum(vec![100.0, 5.0, 3.0, 3.0, 3.0])), Err(Reason::Dominated));
        assert_eq!(shown(Figure::Sum(vec![100.0, 5.0, 4.0, 3.0, 3.0])), Ok(Shown::Sum(115.0, 5)));
        assert_eq!(shown(Figure::Sum(vec![1.0; 4])), Err(Reason::TooFew));
        assert_eq!(shown(Figure::Sum(vec![f64::NAN; 9])), Err(Reason::Dominated));
    }

    #[test]
    fn a_model_needs_events_in_both_arms() {
        let estimate = |events: &[u64], residual_df| {
            shown(Figure::Estimate { values: [0.7, 0.5, 0.9], events: events.to_vec(), residual_df })
        };
        assert_eq!(estimate(&[10, 9], 50), Err(Reason::TooFewEvents));
        assert_eq!(estimate(&[], 50), Err(Reason::TooFewEvents));
        assert_eq!(estimate(&[10, 10], 9), Err(Reason::Saturated));
        assert!(estimate(&[10, 10], 10).is_ok());
    }

    #[test]
    fn a_report_says_what_it_hides() {
        let table = CountTable::new(&[vec![6, 5, 14], vec![5, 9, 3], vec![16, 0, 9]]).unwrap();
        let report = vec![("units".to_owned(), Figure::Table(table)), ("few".to_owned(), Figure::Count(2))];
        let released = guard(report, &Policy::default());
        assert_eq!(released.figures.len(), 1);
        assert_eq!(released.suppressed.len(), 5);
        assert_eq!(released.suppressed[4], ("few".to_owned(), Reason::TooFew));
    }
}
