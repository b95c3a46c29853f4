//! Why a pair, why nobody: as data, which the application puts into words.

mod fact;
mod pair;
mod prices;
mod reasons;
mod unmatched;
mod what_if;

pub use fact::{Fact, TopicFact};
pub use pair::{Part, Rationale, Standing, Swap, SwappedPair, explain_pair, parts, swap};
pub use reasons::{Candidate, Reasons};
pub use unmatched::{Funnel, FunnelStep, Outlook, Relaxation, Unmatched, funnel};
pub use what_if::{Gain, WhatIf, WhatIfError, what_if};

use crate::compiled::CompiledInstance;
use crate::profile::Side;

/// Nobody on that side has the id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {side} has the id {id}")]
pub struct UnknownId {
    /// The side.
    pub side: Side,
    /// The id.
    pub id: String,
}

fn find(compiled: &CompiledInstance, side: Side, id: &str) -> Result<usize, UnknownId> {
    compiled.position(side, id).ok_or_else(|| UnknownId { side, id: id.to_owned() })
}
