//! Why a pair, why nobody: as data, which the application puts into words.

mod fact;
mod pair;
mod unmatched;

pub use fact::{Fact, TopicFact};
pub use pair::{Part, Rationale, Standing, Swap, SwappedPair, explain_pair, swap};
pub use unmatched::{Candidate, Funnel, FunnelStep, Relaxation, Unmatched, explain_unmatched, funnel};

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

/// Mentor and mentee, from a person and somebody across.
fn oriented(side: Side, person: usize, other: usize) -> (usize, usize) {
    match side {
        Side::Mentor => (person, other),
        Side::Mentee => (other, person),
    }
}
