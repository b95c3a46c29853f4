//! Coarsened exact matching.

use super::{Covariates, arms};
use crate::error::{Error, finite};

/// Who is matched, and how much each counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Coarsened {
    /// The cell of each person, numbered from 0; none if nobody of the other group is in it.
    pub stratum: Vec<Option<usize>>,
    /// How many cells hold treated and others.
    pub strata: usize,
    /// How many treated are matched.
    pub treated: usize,
    /// How many others are.
    pub controls: usize,
    /// 1 for the matched treated; for the others, treated by others of their cell, so scaled that all weights of others
    /// add up to their number; 0 for who is not matched.
    pub weights: Vec<f64>,
}

/// Matches everybody with all who are alike after covariates were cut into classes at the given points; for a covariate
/// without cut points (`None`) equal values are alike. A value on a cut point belongs above it. Weights are those for the
/// effect on the treated (Iacus, King and Porro 2012, Political Analysis 20, 1-24).
///
/// # Errors
/// [`Error::Lengths`] unless there are cut points or `None` for each covariate; [`Error::OutOfRange`] unless they are
/// finite, and somebody is treated and somebody is not.
pub fn coarsened_exact(
    covariates: &Covariates,
    treated: &[bool],
    cutpoints: &[Option<Vec<f64>>],
) -> Result<Coarsened, Error> {
    let people = covariates.people();
    arms(treated, people)?;
    if cutpoints.len() != covariates.columns().len() {
        return Err(Error::Lengths { what: "cut points", have: cutpoints.len(), need: covariates.columns().len() });
    }
    for &cut in cutpoints.iter().flatten().flatten() {
        finite("cut point", cut)?;
    }
    let classes: Vec<Vec<u64>> =
        covariates.columns().iter().zip(cutpoints).map(|(column, cuts)| classes(column, cuts.as_deref())).collect();
    let key = |person: &usize| classes.iter().map(move |class| class[*person]).collect::<Vec<_>>();
    let mut order: Vec<(Vec<u64>, usize)> = (0..people).map(|person| (key(&person), person)).collect();
    order.sort_unstable();
    let cells = order.chunk_by(|one, two| one.0 == two.0);
    let counted = cells.map(|cell| (cell, cell.iter().filter(|(_, person)| treated[*person]).count()));
    let mixed: Vec<_> = counted.filter(|(cell, exposed)| *exposed > 0 && *exposed < cell.len()).collect();
    let exposed: usize = mixed.iter().map(|(_, exposed)| exposed).sum();
    let others: usize = mixed.iter().map(|(cell, exposed)| cell.len() - exposed).sum();
    let (mut stratum, mut weights) = (vec![None; people], vec![0.0; people]);
    for (number, (cell, here)) in mixed.iter().enumerate() {
        let share = *here as f64 / (cell.len() - here) as f64;
        for &(_, person) in *cell {
            stratum[person] = Some(number);
            weights[person] = if treated[person] { 1.0 } else { share * (others as f64 / exposed as f64) };
        }
    }
    Ok(Coarsened { stratum, strata: mixed.len(), treated: exposed, controls: others, weights })
}

/// For each value, how many cut points it reaches; without cut points, the value itself.
fn classes(column: &[f64], cuts: Option<&[f64]>) -> Vec<u64> {
    match cuts {
        Some(cuts) => column.iter().map(|&x| cuts.iter().filter(|&&cut| x >= cut).count() as u64).collect(),
        // 0 and -0 are the same value with other bits.
        None => column.iter().map(|&x| (x + 0.0).to_bits()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_weighted_by_the_treated_in_them() {
        let age = vec![21.0, 22.0, 23.0, 41.0, 42.0, 43.0, 60.0];
        let unit = vec![0.0, -0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let covariates = Covariates::new([("age", age), ("unit", unit)]).unwrap();
        let treated = [true, false, false, true, true, false, true];
        let found = coarsened_exact(&covariates, &treated, &[Some(vec![30.0, 60.0]), None]).unwrap();
        assert_eq!((found.strata, found.treated, found.controls), (2, 3, 3));
        // Cells of 1 : 2 and 2 : 1, all controls weighing 3 together.
        assert_eq!(found.weights, [1.0, 0.5, 0.5, 1.0, 1.0, 2.0, 0.0]);
        assert_eq!(found.stratum[6], None);
        assert!(coarsened_exact(&covariates, &treated, &[None]).is_err());
        assert!(coarsened_exact(&covariates, &treated, &[Some(vec![f64::NAN]), None]).is_err());
    }

    #[test]
    fn nobody_alike_is_nobody_matched() {
        let covariates = Covariates::new([("x", vec![1.0, 2.0])]).unwrap();
        let found = coarsened_exact(&covariates, &[true, false], &[None]).unwrap();
        assert_eq!((found.strata, found.weights), (0, vec![0.0, 0.0]));
    }
}
