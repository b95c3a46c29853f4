//! Pairs: a mentor and a mentee who both said yes, and their agreement.

mod store;

pub use store::{Pair, pair};

use crate::words;

words! {
    /// How a pair stands.
    State {
        /// They meet.
        Active = "active",
        /// For a while they do not.
        Paused = "paused",
        /// They reached the end of the round.
        Completed = "completed",
        /// They stopped before.
        EndedEarly = "ended_early",
    }
}
