//! Time until something happens, where not everybody was seen to the end or from the start.
//!
//! ```
//! use counterflow_statistics::survival::{ConfType, KaplanMeier, SurvivalData};
//! // Days until six people left; the third and the last had not left when last seen.
//! let left = vec![true, true, false, true, true, false];
//! let data = SurvivalData::right_censored(vec![90.0, 200.0, 210.0, 365.0, 400.0, 500.0], left)?;
//! let curve = KaplanMeier::fit(&data, ConfType::LogLog, 0.95)?;
//! assert_eq!(format!("{:.3}", curve.at(365.0).survival), "0.444");
//! assert_eq!(curve.median().estimate, Some(365.0));
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

mod aalen_johansen;
mod concordance;
mod cox;
mod data;
mod influence;
mod kaplan_meier;
mod logrank;
mod nelson_aalen;
mod rmst;
mod running;
mod timeline;

pub use aalen_johansen::{AalenJohansen, Incidence};
pub use concordance::{Concordance, Pairs, concordance};
pub use cox::{
    BaselineHazard, ChiSquared, Coefficient, CoxOptions, CoxPh, Design, PhTest, Prediction, Schoenfeld, Ties,
    Transform, Variance, Warning,
};
pub use data::SurvivalData;
pub use kaplan_meier::{ConfType, KaplanMeier, Quantile, Step};
pub use logrank::{LogRank, Weights, logrank_test};
pub use nelson_aalen::{HazardStep, NelsonAalen};
pub use rmst::{Estimate, Horizon, RmstDifference, rmst_difference};
