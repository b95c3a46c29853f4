//! The hazard ratio of joining.

use super::Work;
use crate::{
    design::{Stretch, stretches_data},
    error::Error,
    survival::{self, Coefficient, CoxOptions, CoxPh, SurvivalData, Ties, Transform, Variance, Warning},
};

/// What a model says of joining.
pub(super) struct Model {
    pub(super) ratio: Coefficient,
    /// Exits of those who had joined, and of those who had not.
    pub(super) events: [u64; 2],
    pub(super) people: u64,
    /// The p-value of the test that the ratio is the same all the time.
    pub(super) proportional: Option<f64>,
    /// Fewer than ten events for each term.
    pub(super) few_events: bool,
}

/// Rows of a model: whose they are, and whether that person had joined.
pub(super) struct Rows {
    pub(super) data: SurvivalData,
    pub(super) person: Vec<usize>,
    pub(super) exposed: Vec<bool>,
    pub(super) event: Vec<bool>,
}

impl Model {
    /// By stretches of time, exposed from joining on.
    pub(super) fn fit(work: &Work<'_>, stretches: &[Stretch], people: usize) -> Result<Self, Error> {
        let rows = Rows {
            data: stretches_data(stretches)?,
            person: stretches.iter().map(|stretch| stretch.person).collect(),
            exposed: stretches.iter().map(|stretch| stretch.exposed).collect(),
            event: stretches.iter().map(|stretch| stretch.event).collect(),
        };
        Self::of_rows(work, rows, people)
    }

    /// Adjusted for all that is known, with a baseline for each unit. A covariate that follows from others, or tells who
    /// leaves for sure, is left out: about joining it says nothing more.
    pub(super) fn of_rows(work: &Work<'_>, rows: Rows, people: usize) -> Result<Self, Error> {
        let Rows { data, person, exposed, event } = rows;
        let data = match &work.units {
            Some(units) => data.with_strata(person.iter().map(|&place| units[place] as u32).collect())?,
            None => data,
        };
        let mut columns: Vec<&(String, Vec<f64>)> = work.columns.iter().collect();
        loop {
            let joined = exposed.iter().map(|exposed| f64::from(u8::from(*exposed))).collect();
            let mut design = survival::Design::new().with("joined", joined)?;
            for (name, values) in &columns {
                design = design.with(name.clone(), person.iter().map(|&place| values[place]).collect())?;
            }
            let useless: Vec<usize> =
                match CoxPh::fit(&data, &design, Ties::Efron, &CoxOptions { level: work.inquiry.level }) {
                    Ok(model) => {
                        let hits = |side: bool| {
                            exposed.iter().zip(&event).filter(|(exposed, event)| **event && **exposed == side).count()
                                as u64
                        };
                        let few = |warning: &Warning| matches!(warning, Warning::FewEvents { .. });
                        return Ok(Self {
                            ratio: model.coefficients(Variance::Robust)[0],
                            events: [hits(true), hits(false)],
                            people: people as u64,
                            proportional: model.ph_test(Transform::Km).ok().map(|test| test.terms[0].p),
                            few_events: model.warnings().iter().any(few),
                        });
                    }
                    Err(Error::Collinear { terms }) => terms.iter().collect(),
                    Err(Error::Separation { term }) => vec![term],
                    Err(error) => return Err(error),
                };
            if useless.contains(&0) || useless.is_empty() {
                return Err(Error::Separation { term: 0 });
            }
            let mut place = 0;
            columns.retain(|_| {
                place += 1;
                !useless.contains(&place)
            });
        }
    }

    /// Whether the ratio changes over time.
    pub(super) fn changes(&self, alpha: f64) -> bool {
        self.proportional.is_some_and(|p| p < alpha)
    }
}
