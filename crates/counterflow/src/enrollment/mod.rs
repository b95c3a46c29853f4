//! Who takes part in a round: chosen, invited, registered, admitted, waiting.

mod answers;
mod store;
mod week;

pub use answers::Answers;
pub use store::{Participant, participant, participants};
pub use week::weekly_slots_utc;

use crate::words;

words! {
    /// How far a participant has come.
    State {
        /// Picked by a manager; does not know yet.
        Chosen = "chosen",
        /// Has been written to.
        Invited = "invited",
        /// Has answered the registration.
        Registered = "registered",
        /// Takes part in the matching.
        Admitted = "admitted",
        /// Waits for a place, with priority in the next round.
        Waiting = "waiting",
        /// Said no; may be asked again.
        Declined = "declined",
        /// Left, or was taken out.
        Withdrawn = "withdrawn",
    }
}
