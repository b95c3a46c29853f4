//! What may be shown of people, and what has to stay hidden so that nobody can be computed.

mod atoms;
mod attacker;
mod cohort;
mod field;
mod ledger;
mod policy;
mod rank;
mod suppress;
mod table;

pub use attacker::{Known, Release, audit};
pub use cohort::Cohort;
pub use ledger::{Ledger, Refusal};
pub use policy::Policy;
pub use suppress::{Suppression, suppress};
pub use table::{CountTable, Feasible, attacker_intervals};
