//! The largest partial likelihood, by Newton's steps.

use crate::{
    Terms,
    error::Error,
    linalg::{Factor, dot},
};

use super::{
    Ties,
    order::Ordered,
    pass::{Likelihood, likelihood},
};

/// The largest likelihood, and the one without covariates.
pub(super) struct Fitted {
    pub(super) null: Likelihood,
    pub(super) best: Likelihood,
    /// Of the ordered covariates.
    pub(super) beta: Vec<f64>,
    pub(super) iterations: usize,
}

/// A pivot below this share of its term's information means that the term follows from the others.
const COLLINEAR: f64 = 1e-11;
/// A last step of this many standard deviations, by which coefficients are then exact up to its square.
const SETTLED: f64 = 1e-9;
const MOST_ITERATIONS: usize = 60;
const MOST_HALVINGS: usize = 30;

/// Newton's steps, halved while they do not raise the likelihood, until they are too small to matter.
pub(super) fn fit(ordered: &Ordered, ties: Ties) -> Result<Fitted, Error> {
    let mut risk = vec![0.0; ordered.rows.len()];
    let mut beta = vec![0.0; ordered.terms];
    let null = likelihood(ordered, ties, &beta, &mut risk);
    let mut here = null.clone();
    let collinear = |terms: Vec<usize>| Error::Collinear { terms: terms.into_iter().collect::<Terms>() };
    // Spreads are about 1, so the information of a term with anything to say is not far below the number of events.
    let empty = |term: &usize| null.information[(*term, *term)] <= COLLINEAR * ordered.events;
    let flat: Vec<_> = (0..ordered.terms).filter(empty).collect();
    if !flat.is_empty() {
        return Err(collinear(flat));
    }
    Factor::new(&null.information, COLLINEAR).map_err(collinear)?;
    for iterations in 1..=MOST_ITERATIONS {
        // Far out, where nothing changes any more, the information of a separating term fades away.
        let factor = Factor::new(&here.information, 1e-15).map_err(|terms| Error::Separation { term: terms[0] })?;
        let step = factor.solve(&here.score);
        let gain = 0.5 * dot(&step, &here.score);
        let (widest, size) = step.iter().map(|step| step.abs()).enumerate().fold((0, 0.0), larger);
        if size <= SETTLED {
            // What is left of the way changes the information by no more than that share, so it need not be summed again.
            beta.iter_mut().zip(&step).for_each(|(beta, step)| *beta += step);
            return Ok(Fitted { null, best: here, beta, iterations });
        }
        if gain < 1e-6 && size > 0.1 {
            return Err(Error::Separation { term: widest });
        }
        (beta, here) = climb(ordered, ties, &beta, &here, step, &mut risk)?;
    }
    Err(Error::NotConverged { what: "cox" })
}

fn larger(one: (usize, f64), two: (usize, f64)) -> (usize, f64) {
    if two.1 > one.1 { two } else { one }
}

/// A step, or the largest half, quarter.. of it that does not lower the likelihood.
fn climb(
    ordered: &Ordered,
    ties: Ties,
    beta: &[f64],
    here: &Likelihood,
    mut step: Vec<f64>,
    risk: &mut [f64],
) -> Result<(Vec<f64>, Likelihood), Error> {
    for _ in 0..MOST_HALVINGS {
        let next: Vec<_> = beta.iter().zip(&step).map(|(beta, step)| beta + step).collect();
        let there = likelihood(ordered, ties, &next, risk);
        let known = there.score.iter().all(|score| score.is_finite());
        if known && there.log >= here.log - 1e-12 * here.log.abs() {
            return Ok((next, there));
        }
        step.iter_mut().for_each(|step| *step *= 0.5);
    }
    Err(Error::NotConverged { what: "cox" })
}
