//! How alike the compared are.

use super::Work;
use crate::{
    design::RiskSetMatch,
    error::Error,
    matching::{Covariates, PropensityModel, balance_table, love_plot},
    report::{Number, Report, Section},
};

/// Standardized differences up to which two groups count as alike.
const ALIKE: f64 = 0.1;

impl Work<'_> {
    /// Joiners beside all who could have joined, and beside those with whom they are compared.
    pub(super) fn balance(
        &self,
        report: &mut Report,
        matched: &RiskSetMatch,
        propensity: Option<&PropensityModel>,
    ) -> Result<(), Error> {
        let method = "standardized difference, pooled deviation before matching; Austin 2009";
        let n = 2 * matched.sets.len() as u64;
        let mut worst = Ok(0.0_f64);
        for row in self.love(matched).unwrap_or_default() {
            let of = |value: Option<f64>| value.ok_or(Error::NoSpread { what: "covariate" });
            worst = worst.and_then(|worst: f64| Ok(worst.max(of(row.after)?)));
            for (when, value) in [("before", row.before), ("after", row.after)] {
                let name = format!("difference.{when}.{}", row.name);
                report.add(Section::Balance, Number::diagnostic(name, "standard deviations", of(value), method, n));
            }
        }
        let worst = if self.columns.is_empty() { Err(Error::Empty { what: "covariates" }) } else { worst };
        report.add(Section::Balance, Number::diagnostic("largest_difference", "standard deviations", worst, method, n));
        let alike = worst.map(|worst| f64::from(u8::from(worst <= ALIKE)));
        report.add(Section::Balance, Number::diagnostic("alike", "yes is 1", alike, "largest difference up to 0.1", n));
        let auc = propensity.map(PropensityModel::auc).ok_or(Error::NotConverged { what: "propensity" });
        let method = "logistic regression, area under the curve";
        report.add(Section::Balance, Number::diagnostic("predicts_joining", "probability", auc, method, n));
        Ok(())
    }

    /// A row for each joiner and for each who had not joined, at first all of them, then those who are compared.
    fn love(&self, matched: &RiskSetMatch) -> Result<Vec<crate::matching::LovePlotRow>, Error> {
        let mut rows: Vec<(usize, bool)> =
            self.stretches.iter().map(|stretch| (stretch.person, stretch.exposed)).collect();
        rows.sort_unstable();
        rows.dedup();
        let place = |row: (usize, bool)| rows.binary_search(&row).ok();
        let mut weights = vec![0.0; rows.len()];
        for (joiner, others) in &matched.sets {
            let compared = others.iter().filter_map(|&other| place((other, false)));
            for at in place((*joiner, true)).into_iter().chain(compared) {
                weights[at] += 1.0;
            }
        }
        let columns = self
            .columns
            .iter()
            .map(|(name, values)| (name.clone(), rows.iter().map(|&(person, _)| values[person]).collect::<Vec<f64>>()));
        let joined: Vec<bool> = rows.iter().map(|row| row.1).collect();
        Ok(love_plot(&balance_table(&Covariates::new(columns)?, &joined, &weights)?))
    }
}
