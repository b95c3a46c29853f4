//! How alike two groups are.

use super::{Covariates, arms, mean_sd, moderate};
use crate::{error::Error, sum::total};

/// How alike the groups are in one covariate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// The weighted mean of the treated.
    pub mean_treated: f64,
    /// The weighted mean of the others.
    pub mean_control: f64,
    /// Their difference in standard deviations of the treated before matching; none if all treated are equal.
    pub smd_treated_sd: Option<f64>,
    /// Their difference in root mean squares of both groups' standard deviations before matching; none if both are 0.
    pub smd_pooled: Option<f64>,
    /// The weighted variance of the treated by that of the others; between 1/2 and 2 they are near. None if that of the
    /// others is 0 or not known.
    pub variance_ratio: Option<f64>,
    /// The largest distance between the two weighted distribution functions, from 0 to 1.
    pub ecdf_max: f64,
}

impl Balance {
    /// The difference of the means.
    #[must_use]
    pub fn raw_difference(&self) -> f64 {
        self.mean_treated - self.mean_control
    }
}

/// One covariate before and after matching or weighting.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceRow {
    /// The covariate.
    pub name: String,
    /// The standard deviation of the treated before, with divisor n - 1.
    pub sd_treated_unmatched: f64,
    /// Everybody counting once.
    pub before: Balance,
    /// With weights.
    pub after: Balance,
}

/// A line of a love plot.
#[derive(Debug, Clone, PartialEq)]
pub struct LovePlotRow {
    /// The covariate.
    pub name: String,
    /// The size of the standardised difference before (pooled standard deviation).
    pub before: Option<f64>,
    /// And after.
    pub after: Option<f64>,
    /// Whether it is at most 0.1 after, and the variance ratio between 1/2 and 2 where there is one.
    pub balanced: bool,
}

/// The balance of each covariate, before and with `weights` (0 leaves a person out). The standard deviations of both
/// standardised differences are those of the unmatched groups, so that matching changes the numerator alone (Austin 2009,
/// Statistics in Medicine 28, 3083-3107; Stuart 2010).
///
/// # Errors
/// [`Error::OutOfRange`] unless both groups hold 2 people at least and somebody whose weight is above 0, and weights are
/// finite and not negative; [`Error::Lengths`] unless there is one for each person.
pub fn balance_table(covariates: &Covariates, treated: &[bool], weights: &[f64]) -> Result<Vec<BalanceRow>, Error> {
    let people = covariates.people();
    let (exposed, controls) = arms(treated, people)?;
    if exposed.min(controls) < 2 {
        return Err(Error::OutOfRange { what: "people in a group", value: 1.0 });
    }
    if weights.len() != people {
        return Err(Error::Lengths { what: "weights", have: weights.len(), need: people });
    }
    for &weight in weights {
        if moderate("weight", weight)? < 0.0 {
            return Err(Error::OutOfRange { what: "weight", value: weight });
        }
    }
    let counted: Vec<bool> = (0..people).filter(|&x| weights[x] > 0.0).map(|person| treated[person]).collect();
    arms(&counted, counted.len())?;
    let once = vec![1.0; people];
    let row = |(name, column): (&String, &Vec<f64>)| {
        let sd = [true, false].map(|arm| mean_sd(&of_arm(column, treated, arm)).1);
        let before = balance(column, treated, &once, sd);
        BalanceRow {
            name: name.clone(),
            sd_treated_unmatched: sd[0],
            before,
            after: balance(column, treated, weights, sd),
        }
    };
    Ok(covariates.names().iter().zip(covariates.columns()).map(row).collect())
}

/// The rows of a love plot, the least alike before at the top.
#[must_use]
pub fn love_plot(table: &[BalanceRow]) -> Vec<LovePlotRow> {
    let size = |smd: Option<f64>| smd.map(f64::abs);
    let near = |balance: &Balance| {
        size(balance.smd_pooled).is_none_or(|smd| smd <= 0.1)
            && balance.variance_ratio.is_none_or(|ratio| (0.5..=2.0).contains(&ratio))
    };
    let row = |row: &BalanceRow| LovePlotRow {
        name: row.name.clone(),
        before: size(row.before.smd_pooled),
        after: size(row.after.smd_pooled),
        balanced: near(&row.after),
    };
    let mut rows: Vec<LovePlotRow> = table.iter().map(row).collect();
    rows.sort_by(|one, two| two.before.unwrap_or(0.0).total_cmp(&one.before.unwrap_or(0.0)));
    rows
}

fn of_arm<T: Copy>(values: &[T], treated: &[bool], arm: bool) -> Vec<T> {
    values.iter().zip(treated).filter(|(_, treated)| **treated == arm).map(|(value, _)| *value).collect()
}

fn balance(column: &[f64], treated: &[bool], weights: &[f64], sd: [f64; 2]) -> Balance {
    let arm = |arm| weighted_moments(&of_arm(column, treated, arm), &of_arm(weights, treated, arm));
    let ((mean_treated, spread), (mean_control, other_spread)) = (arm(true), arm(false));
    // What rounding leaves of a constant is no spread.
    let least = 1e-12 * mean_treated.abs().max(mean_control.abs());
    let over = |sd: f64| (sd > least).then(|| (mean_treated - mean_control) / sd);
    Balance {
        mean_treated,
        mean_control,
        smd_treated_sd: over(sd[0]),
        smd_pooled: over(((sd[0] * sd[0] + sd[1] * sd[1]) / 2.0).sqrt()),
        variance_ratio: spread
            .zip(other_spread)
            .filter(|(_, below)| *below > least * least)
            .map(|(above, below)| above / below),
        ecdf_max: ecdf_max(column, treated, weights),
    }
}

/// The weighted mean, and the variance whose divisor is n - 1 for equal weights; none of a single person.
fn weighted_moments(values: &[f64], weights: &[f64]) -> (f64, Option<f64>) {
    let all = total(weights.iter().copied());
    let mean = total(values.iter().zip(weights).map(|(value, weight)| value * weight)) / all;
    let squares = total(values.iter().zip(weights).map(|(value, weight)| weight * (value - mean) * (value - mean)));
    let divisor = all - total(weights.iter().map(|weight| weight * weight)) / all;
    // One person leaves a divisor that only rounding keeps from 0.
    (mean, (divisor > 1e-9 * all).then(|| squares / divisor))
}

/// The largest distance between the distribution functions of both groups.
fn ecdf_max(column: &[f64], treated: &[bool], weights: &[f64]) -> f64 {
    let mut order: Vec<(f64, bool, f64)> = (0..column.len()).map(|x| (column[x], treated[x], weights[x])).collect();
    order.sort_by(|one, two| one.0.total_cmp(&two.0));
    let of = |arm: bool| total(order.iter().filter(|entry| entry.1 == arm).map(|entry| entry.2));
    let (all_treated, all_control) = (of(true), of(false));
    let (mut below, mut most) = ([0.0; 2], 0.0_f64);
    for ties in order.chunk_by(|one, two| one.0 == two.0) {
        ties.iter().for_each(|entry| below[usize::from(entry.1)] += entry.2);
        most = most.max((below[1] / all_treated - below[0] / all_control).abs());
    }
    most.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_with_weights_and_divides_by_what_was_before() {
        let covariates = Covariates::new([("x", vec![1.0, 2.0, 3.0, 2.0, 4.0, 9.0]), ("constant", vec![1.0; 6])]);
        let treated = [true, true, true, false, false, false];
        let table = balance_table(&covariates.unwrap(), &treated, &[1.0, 1.0, 1.0, 1.0, 1.0, 0.0]).unwrap();
        let row = &table[0];
        assert_eq!((row.before.mean_treated, row.before.mean_control, row.after.mean_control), (2.0, 5.0, 3.0));
        assert_eq!(row.before.smd_treated_sd, Some(-3.0));
        // Variances 1 and 13.
        assert!((row.after.smd_pooled.unwrap() + 1.0 / 7.0_f64.sqrt()).abs() < 1e-15);
        assert!((row.after.variance_ratio.unwrap() - 0.5).abs() < 1e-15);
        assert!((row.before.ecdf_max - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!((table[1].before.smd_pooled, table[1].before.variance_ratio), (None, None));
        let plot = love_plot(&table);
        assert_eq!((plot[0].name.as_str(), plot[0].balanced, plot[1].balanced), ("x", false, true));
    }

    #[test]
    fn both_groups_need_somebody_who_counts() {
        let covariates = Covariates::new([("x", vec![1.0, 2.0, 3.0, 4.0])]).unwrap();
        let treated = [true, true, false, false];
        assert!(balance_table(&covariates, &treated, &[1.0, 1.0, 0.0, 0.0]).is_err());
        assert!(balance_table(&covariates, &treated, &[1.0, 1.0, 1.0, -1.0]).is_err());
        assert!(balance_table(&covariates, &treated, &[1.0; 3]).is_err());
        assert!(balance_table(&covariates, &[true, true, true, false], &[1.0; 4]).is_err());
        let single = balance_table(&covariates, &treated, &[1.0, 0.0, 1.0, 0.0]).unwrap();
        assert_eq!(single[0].after.variance_ratio, None);
    }
}
