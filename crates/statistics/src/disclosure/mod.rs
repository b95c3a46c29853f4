//! What may be shown of people, and what has to stay hidden so that nobody can be computed.
//!
//! Two questions are asked of every figure. May it be shown by itself ([`guard`], by a [`Policy`])? And may it be shown
//! beside all that is known already ([`Ledger`])? [`audit`] and [`attacker_intervals`] take the other side: they compute
//! what a reader can.
//!
//! ```
//! use counterflow_statistics::disclosure::{Cohort, Ledger, Policy, Refusal};
//! // Of 100 people, the first 40 were shown: 38 of them would give the other two away.
//! let mut ledger = Ledger::new(100, &Policy::default())?;
//! assert_eq!(ledger.release(Cohort::from_members(100, 0..40)?, None), Ok(()));
//! assert_eq!(ledger.check(&Cohort::from_members(100, 0..38)?, None), Err(Refusal::NearlyReleased(1)));
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

mod atoms;
mod attacker;
mod cohort;
mod curve;
mod field;
mod guard;
mod ledger;
mod policy;
mod publish;
mod rank;
mod suppress;
mod table;

pub use attacker::{Known, Release, audit, audit_below};
pub use cohort::Cohort;
pub use curve::{CurveStep, ShownStep, show_curve};
pub use guard::{Figure, Reason, Released, Shown, Subject, guard};
pub use ledger::{Ledger, Refusal};
pub use policy::Policy;
pub use publish::{ShownTable, show_table};
pub use suppress::{Suppression, suppress};
pub use table::{CountTable, Feasible, attacker_intervals};
