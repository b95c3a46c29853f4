//! How likely each person was to be treated: logistic regression.

use super::{Covariates, arms, mean_sd};
use crate::{
    error::Error,
    linalg::{Factor, Matrix},
    sum::total,
};

/// Newton's steps are quadratic: after one so small the next would change no digit.
const SMALL_STEP: f64 = 1e-8;
const MOST_STEPS: usize = 50;
/// A model that has one finite answer has it by then; from here on it is asked whether there is none.
const PATIENCE: usize = 10;
const MOST_HALVINGS: usize = 30;
/// Which share of a column may be left after the others, for it to be one of its own.
const COLLINEAR: f64 = 1e-11;
/// How many people are summed at a time, so that their columns stay near and rounding does not add up.
const BLOCK: usize = 256;

/// A logistic regression of treatment on covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct PropensityModel {
    /// The intercept, then one for each covariate, in the covariates' units.
    pub coef: Vec<f64>,
    /// Their standard errors from the inverse information.
    pub std_err: Vec<f64>,
    /// The log-likelihood.
    pub loglik: f64,
    /// The linear predictor of each person: the log odds of being treated. Distances are measured on it.
    pub logit: Vec<f64>,
    /// How many steps it took.
    pub iterations: usize,
    treated: Vec<bool>,
}

impl PropensityModel {
    /// Maximum likelihood by Newton's method (McCullagh and Nelder 1989, 4.4), on columns of mean 0 and standard deviation
    /// 1, with halved steps where the likelihood falls.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless somebody is treated and somebody is not; [`Error::Collinear`] with the covariates
    /// that are constant or follow from those before them; [`Error::Separation`] with the covariate that grows fastest when
    /// covariates tell the treated from the others without error, so that there is no finite answer (Albert and Anderson
    /// 1984, Biometrika 71, 1-10); [`Error::NotConverged`] if nothing settles.
    pub fn fit(covariates: &Covariates, treated: &[bool]) -> Result<Self, Error> {
        let (exposed, controls) = arms(treated, covariates.people())?;
        let scaled = Scaled::new(covariates)?;
        scaled.independent()?;
        let mut point = Point::at(&scaled, treated, start(exposed, controls, scaled.columns.len()));
        for iterations in 1..=MOST_STEPS {
            let factor =
                Factor::new(&point.information, 0.0).map_err(|_| Error::NotConverged { what: "propensity" })?;
            let step = factor.solve(&point.score);
            point = point.step(&scaled, treated, &step)?;
            let largest = |values: &[f64]| values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            if largest(&step) <= SMALL_STEP * (1.0 + largest(&point.coef)) {
                return Ok(scaled.model(point, treated, iterations));
            }
            if iterations >= PATIENCE && scaled.separates(treated, &step) {
                return Err(Error::Separation { term: steepest(&step) });
            }
        }
        Err(Error::NotConverged { what: "propensity" })
    }

    /// Who is treated.
    #[must_use]
    pub fn treated(&self) -> &[bool] {
        &self.treated
    }

    /// The probability of each person to be treated.
    #[must_use]
    pub fn scores(&self) -> Vec<f64> {
        self.logit.iter().map(|&logit| probability(logit)).collect()
    }

    /// Minus twice the log-likelihood.
    #[must_use]
    pub fn deviance(&self) -> f64 {
        -2.0 * self.loglik
    }

    /// The standard deviation of the logit over everybody, in which calipers are measured (divisor n - 1).
    #[must_use]
    pub fn sd_logit(&self) -> f64 {
        mean_sd(&self.logit).1
    }

    /// How often a treated person has a higher score than one who is not; ties count half (Mann and Whitney 1947).
    #[must_use]
    pub fn auc(&self) -> f64 {
        let mut order: Vec<(f64, bool)> = self.logit.iter().copied().zip(self.treated.iter().copied()).collect();
        order.sort_by(|one, two| one.0.total_cmp(&two.0));
        let (mut below, mut wins) = (0_u64, 0_u64);
        for ties in order.chunk_by(|one, two| one.0 == two.0) {
            let treated = ties.iter().filter(|(_, treated)| *treated).count() as u64;
            let others = ties.len() as u64 - treated;
            wins += treated * (2 * below + others);
            below += others;
        }
        let exposed = self.treated.iter().filter(|&&treated| treated).count() as f64;
        wins as f64 / 2.0 / exposed / below as f64
    }
}

fn probability(logit: f64) -> f64 {
    // Of the two forms the one whose exponential cannot overflow.
    if logit >= 0.0 { 1.0 / (1.0 + (-logit).exp()) } else { logit.exp() / (1.0 + logit.exp()) }
}

/// Everybody has the share of the treated.
fn start(exposed: usize, controls: usize, terms: usize) -> Vec<f64> {
    let mut coef = vec![0.0; terms + 1];
    coef[0] = (exposed as f64 / controls as f64).ln();
    coef
}

/// The covariate, not the intercept, that changes most.
fn steepest(step: &[f64]) -> usize {
    let slopes = step[1..].iter().enumerate();
    slopes.max_by(|one, two| one.1.abs().total_cmp(&two.1.abs())).map_or(0, |(term, _)| term)
}

/// Covariates with mean 0 and standard deviation 1.
struct Scaled {
    people: usize,
    columns: Vec<Vec<f64>>,
    means: Vec<f64>,
    sds: Vec<f64>,
}

impl Scaled {
    fn new(covariates: &Covariates) -> Result<Self, Error> {
        let (means, sds): (Vec<f64>, Vec<f64>) = covariates.columns.iter().map(|column| mean_sd(column)).unzip();
        // What rounding leaves of a constant is no spread.
        let constant = |(mean, sd): (&f64, &f64)| !sd.is_finite() || *sd <= 1e-12 * mean.abs();
        let constants: Vec<usize> = (0..sds.len()).filter(|&term| constant((&means[term], &sds[term]))).collect();
        if !constants.is_empty() {
            return Err(Error::Collinear { terms: constants.into_iter().collect() });
        }
        let scale = |((column, mean), sd): ((&Vec<f64>, &f64), &f64)| column.iter().map(|x| (x - mean) / sd).collect();
        let columns = covariates.columns.iter().zip(&means).zip(&sds).map(scale).collect();
        Ok(Self { people: covariates.people(), columns, means, sds })
    }

    /// That no column follows from those before it.
    fn independent(&self) -> Result<(), Error> {
        let products = self.weighted_products(&vec![1.0; self.people]);
        Factor::new(&products, COLLINEAR)
            .map(|_| ())
            .map_err(|rows| Error::Collinear { terms: rows.into_iter().filter_map(|row| row.checked_sub(1)).collect() })
    }

    fn predictor(&self, coef: &[f64]) -> Vec<f64> {
        let mut sums = vec![coef[0]; self.people];
        for (column, slope) in self.columns.iter().zip(&coef[1..]) {
            sums.iter_mut().zip(column).for_each(|(sum, x)| *sum += slope * x);
        }
        sums
    }

    /// X'WX with a first column of ones.
    fn weighted_products(&self, weights: &[f64]) -> Matrix {
        let size = self.columns.len() + 1;
        let mut upper = vec![0.0; size * (size + 1) / 2];
        let mut left = vec![0.0; BLOCK];
        for (block, weights) in weights.chunks(BLOCK).enumerate() {
            let rows = block * BLOCK..block * BLOCK + weights.len();
            let mut cell = upper.iter_mut();
            for row in 0..size {
                left.truncate(weights.len());
                left.copy_from_slice(weights);
                if row > 0 {
                    left.iter_mut().zip(&self.columns[row - 1][rows.clone()]).for_each(|(w, x)| *w *= x);
                }
                for column in row..size {
                    let right = column.checked_sub(1).map(|column| &self.columns[column][rows.clone()]);
                    let sum = right.map_or_else(|| left.iter().sum(), |right| product(&left, right));
                    cell.next().into_iter().for_each(|cell| *cell += sum);
                }
            }
        }
        Matrix::from_upper(size, &upper)
    }

    fn gradient(&self, residuals: &[f64]) -> Vec<f64> {
        let slopes = self.columns.iter().map(|column| {
            total(column.chunks(BLOCK).zip(residuals.chunks(BLOCK)).map(|(xs, residuals)| product(xs, residuals)))
        });
        std::iter::once(total(residuals.iter().copied())).chain(slopes).collect()
    }

    /// Whether going this way puts no treated person lower and no other higher, and moves somebody: then the likelihood
    /// rises for ever.
    fn separates(&self, treated: &[bool], way: &[f64]) -> bool {
        let moved = self.predictor(way);
        let most = moved.iter().fold(0.0_f64, |most, move_| most.max(move_.abs()));
        let right = |(moved, treated): (&f64, &bool)| if *treated { *moved } else { -*moved } >= -1e-6 * most;
        most > 0.0 && moved.iter().zip(treated).all(right)
    }

    /// Back to the covariates' own units.
    fn model(&self, point: Point, treated: &[bool], iterations: usize) -> PropensityModel {
        let size = point.coef.len();
        let covariance = Factor::new(&point.information, 0.0).map_or_else(|_| Matrix::zeros(size), |f| f.inverse());
        let slopes = point.coef[1..].iter().zip(&self.sds).map(|(coef, sd)| coef / sd);
        let shift: Vec<f64> = self.means.iter().zip(&self.sds).map(|(mean, sd)| -mean / sd).collect();
        let to_intercept: Vec<f64> = std::iter::once(1.0).chain(shift.iter().copied()).collect();
        let intercept = total(point.coef.iter().zip(&to_intercept).map(|(coef, times)| coef * times));
        let errors = (1..size).map(|term| covariance[(term, term)].sqrt() / self.sds[term - 1]);
        PropensityModel {
            coef: std::iter::once(intercept).chain(slopes).collect(),
            std_err: std::iter::once(covariance.form(&to_intercept).sqrt()).chain(errors).collect(),
            loglik: point.loglik,
            logit: point.logit,
            iterations,
            treated: treated.to_vec(),
        }
    }
}

/// The sum of products, in four strands that run side by side.
fn product(left: &[f64], right: &[f64]) -> f64 {
    let mut strands = [0.0; 4];
    let (lefts, rights) = (left.chunks_exact(4), right.chunks_exact(4));
    let rest: f64 = lefts.remainder().iter().zip(rights.remainder()).map(|(x, y)| x * y).sum();
    for (xs, ys) in lefts.zip(rights) {
        for (strand, (x, y)) in strands.iter_mut().zip(xs.iter().zip(ys)) {
            *strand += x * y;
        }
    }
    strands.iter().sum::<f64>() + rest
}

/// Coefficients, and the likelihood with its first two derivatives there.
struct Point {
    coef: Vec<f64>,
    logit: Vec<f64>,
    loglik: f64,
    score: Vec<f64>,
    information: Matrix,
}

impl Point {
    fn at(scaled: &Scaled, treated: &[bool], coef: Vec<f64>) -> Self {
        let logit = scaled.predictor(&coef);
        let loglik = loglik(&logit, treated);
        Self::new(scaled, treated, coef, logit, loglik)
    }

    fn new(scaled: &Scaled, treated: &[bool], coef: Vec<f64>, logit: Vec<f64>, loglik: f64) -> Self {
        let scores: Vec<f64> = logit.iter().map(|&logit| probability(logit)).collect();
        let residuals: Vec<f64> =
            scores.iter().zip(treated).map(|(score, &treated)| f64::from(u8::from(treated)) - score).collect();
        let weights: Vec<f64> = logit.iter().zip(&scores).map(|(logit, score)| score * probability(-logit)).collect();
        let (score, information) = (scaled.gradient(&residuals), scaled.weighted_products(&weights));
        Self { coef, logit, loglik, score, information }
    }

    /// Where the step leads, or half of it as often as it takes for the likelihood not to fall.
    fn step(&self, scaled: &Scaled, treated: &[bool], step: &[f64]) -> Result<Self, Error> {
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let coef: Vec<f64> = self.coef.iter().zip(step).map(|(coef, step)| coef + share * step).collect();
            let logit = scaled.predictor(&coef);
            let loglik = loglik(&logit, treated);
            // Near the top rounding decides which of two likelihoods is higher.
            if loglik >= self.loglik - 1e-12 * self.loglik.abs() {
                return Ok(Self::new(scaled, treated, coef, logit, loglik));
            }
            share /= 2.0;
        }
        Err(Error::NotConverged { what: "propensity" })
    }
}

fn loglik(logit: &[f64], treated: &[bool]) -> f64 {
    // log p = -log(1 + exp(-logit)), and log(1 - p) the same of the other sign.
    let term = |(&logit, &treated): (&f64, &bool)| {
        let logit = if treated { logit } else { -logit };
        if logit >= 0.0 { -(-logit).exp().ln_1p() } else { logit - logit.exp().ln_1p() }
    };
    total(logit.iter().zip(treated).map(term))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(columns: &[&[f64]], treated: &[u8]) -> Result<PropensityModel, Error> {
        let columns = columns.iter().enumerate().map(|(at, column)| (format!("x{at}"), column.to_vec()));
        let treated: Vec<bool> = treated.iter().map(|&treated| treated == 1).collect();
        PropensityModel::fit(&Covariates::new(columns)?, &treated)
    }

    /// Of one covariate of 0 and 1 the coefficient is the log of the odds ratio a d / (b c), with the variance
    /// 1/a + 1/b + 1/c + 1/d.
    #[test]
    fn two_by_two_has_a_closed_form() {
        let x = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let model = fit(&[&x], &[1, 1, 1, 0, 1, 1, 0, 0, 0]).unwrap();
        assert!((model.coef[1] - 4.5_f64.ln()).abs() < 1e-13, "{:?}", model.coef);
        assert!((model.coef[0] - (2.0_f64 / 3.0).ln()).abs() < 1e-13);
        assert!((model.std_err[1] - (1.0_f64 / 3.0 + 1.0 + 0.5 + 1.0 / 3.0).sqrt()).abs() < 1e-12);
        assert!((model.std_err[0] - (0.5_f64 + 1.0 / 3.0).sqrt()).abs() < 1e-12);
        let expected = 3.0 * 0.75_f64.ln() + 0.25_f64.ln() + 2.0 * 0.4_f64.ln() + 3.0 * 0.6_f64.ln();
        assert!((model.loglik - expected).abs() < 1e-13);
        // 3 of 4 and 2 of 5: 3 * 3 pairs won, 3 * 1 + 2 * 3 tied.
        assert!((model.auc() - (9.0 + 4.5) / 20.0).abs() < 1e-15);
    }

    #[test]
    fn separation_is_named() {
        let noise = [0.3, 0.1, 0.9, 0.4, 0.2, 0.8];
        let complete = fit(&[&noise, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], &[0, 0, 0, 1, 1, 1]);
        assert_eq!(complete, Err(Error::Separation { term: 1 }));
        // All with 1 are treated, of the others some.
        let partly = fit(&[&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0], &noise], &[0, 1, 0, 1, 1, 1]);
        assert_eq!(partly, Err(Error::Separation { term: 0 }));
    }

    #[test]
    fn collinear_covariates_are_named() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0];
        let y = [0.5, 0.1, 0.9, 0.4, 0.2, 0.8];
        let both: Vec<f64> = x.iter().zip(y).map(|(x, y)| 1e6 + 3.0 * x - y).collect();
        let treated = [0, 1, 0, 1, 0, 1];
        assert_eq!(fit(&[&x, &y, &both], &treated), Err(Error::Collinear { terms: [2].into_iter().collect() }));
        assert_eq!(fit(&[&x, &[0.1; 6]], &treated), Err(Error::Collinear { terms: [1].into_iter().collect() }));
        assert!(fit(&[&x, &y], &treated).is_ok());
    }

    #[test]
    fn both_groups_are_needed() {
        assert!(fit(&[&[1.0, 2.0]], &[1, 1]).is_err());
        assert!(fit(&[&[1.0, 2.0]], &[0, 0]).is_err());
        assert!(fit(&[&[1.0, 2.0]], &[0, 1, 1]).is_err());
        assert!(fit(&[&[1.0, f64::NAN]], &[0, 1]).is_err());
        assert!(fit(&[], &[]).is_err());
    }

    #[test]
    fn large_units_and_offsets_do_not_matter() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 2.5, 3.5];
        let moved: Vec<f64> = x.iter().map(|x| 1e4 + 1e-3 * x).collect();
        let treated = [0, 1, 0, 1, 0, 1, 0, 1];
        let (plain, moved) = (fit(&[&x], &treated).unwrap(), fit(&[&moved], &treated).unwrap());
        assert!((moved.coef[1] / (1e3 * plain.coef[1]) - 1.0).abs() < 1e-6);
        assert!((moved.loglik - plain.loglik).abs() < 1e-8);
    }
}
