//! Comparison groups: people like the participants, from among those who did not join.
//!
//! A [`PropensityModel`] says how likely each person was to join, given what was known before; [`match_nearest`] and
//! [`coarsened_exact`] find comparators, [`iptw`] weights everybody instead, and [`balance_table`] says how alike the
//! groups are then. All are deterministic: ties fall to who comes first in the data.
//!
//! ```
//! use counterflow_statistics::matching::{Covariates, NearestOptions, PropensityModel, balance_table, match_nearest};
//! let covariates = Covariates::new([("age", vec![31.0, 46.0, 38.0, 30.0, 52.0, 33.0, 47.0, 37.0])])?;
//! let joined = [true, false, true, false, false, true, true, false];
//! let model = PropensityModel::fit(&covariates, &joined)?;
//! let options = NearestOptions { caliper: Some(0.2 * model.sd_logit()), ..NearestOptions::default() };
//! let pairs = match_nearest(&model.logit, &joined, &options)?;
//! assert_eq!((pairs.sets.len(), pairs.dropped.len()), (3, 1));
//! let age = &balance_table(&covariates, &joined, &pairs.weights())?[0];
//! assert!(age.after.raw_difference().abs() < age.before.raw_difference().abs());
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

mod balance;
mod coarsened;
mod nearest;
mod propensity;
mod weights;

pub use balance::{Balance, BalanceRow, LovePlotRow, balance_table, love_plot};
pub use coarsened::{Coarsened, coarsened_exact};
pub use nearest::{MatchedSet, NearestMatching, NearestOptions, match_nearest};
pub use propensity::PropensityModel;
pub use weights::{Estimand, Trim, Weights, effective_sample_size, iptw};

use crate::{error::Error, sum::total};

/// What is known of each person, by name: one column of numbers for each covariate, yes and no as 1 and 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariates {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Covariates {
    /// Columns with their names.
    ///
    /// # Errors
    /// [`Error::Empty`] if there is no column or nobody, [`Error::Lengths`] if a column has another length than the first,
    /// [`Error::OutOfRange`] if a number is not finite or above 1e100.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, Vec<f64>)>) -> Result<Self, Error> {
        let (names, columns): (Vec<String>, Vec<Vec<f64>>) =
            columns.into_iter().map(|(name, column)| (name.into(), column)).unzip();
        let people = columns.first().map_or(0, Vec::len);
        if people == 0 {
            return Err(Error::Empty { what: "covariates" });
        }
        if let Some(odd) = columns.iter().find(|column| column.len() != people) {
            return Err(Error::Lengths { what: "covariate", have: odd.len(), need: people });
        }
        for &value in columns.iter().flatten() {
            moderate("covariate", value)?;
        }
        Ok(Self { names, columns })
    }

    /// How many people.
    #[must_use]
    pub fn people(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// The names in their order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns in the order of their names.
    #[must_use]
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }
}

/// A number of which sums of squares are finite.
fn moderate(what: &'static str, value: f64) -> Result<f64, Error> {
    if value.abs() <= 1e100 { Ok(value) } else { Err(Error::OutOfRange { what, value }) }
}

/// How many are treated and how many are not, both of which there have to be, among as many as expected.
fn arms(treated: &[bool], people: usize) -> Result<(usize, usize), Error> {
    if treated.len() != people {
        return Err(Error::Lengths { what: "treated", have: treated.len(), need: people });
    }
    let exposed = treated.iter().filter(|&&treated| treated).count();
    if exposed == 0 {
        return Err(Error::OutOfRange { what: "treated", value: 0.0 });
    }
    if exposed == people {
        return Err(Error::OutOfRange { what: "controls", value: 0.0 });
    }
    Ok((exposed, people - exposed))
}

/// The mean, and the standard deviation around it with divisor n - 1.
fn mean_sd(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = total(values.iter().copied()) / count;
    (mean, (total(values.iter().map(|value| (value - mean) * (value - mean))) / (count - 1.0)).sqrt())
}
