//! From criteria to pairs that begin: runs of the matching engine, the review board, proposals and the private veto.
//!
//! The engine itself is the crate `counterflow_matching`; it knows people by their directory ids. Here rows become its
//! inputs ([`inputs`]), a job runs it ([`runs`]), managers change its draft ([`board`]), and both sides are asked
//! ([`proposals`]).

pub mod board;
pub mod command;
pub mod criteria;
pub mod inputs;
pub mod proposals;
pub mod runs;
pub mod why;
mod wishes;

pub use why::{Reader, Why};

use crate::{
    kernel::error::{Answer, Error},
    programs::{Round, Stage},
    words,
};

/// Refuses what would match people in a round that has closed.
///
/// # Errors
/// `round_closed`.
fn check_open(round: &Round) -> Answer<()> {
    if round.stage < Stage::Close { Ok(()) } else { Err(Error::conflict("round_closed")) }
}

words! {
    /// How a run stands.
    RunState {
        /// Waits for the job runner.
        Queued = "queued",
        /// The engine works.
        Running = "running",
        /// There is a proven draft.
        Done = "done",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// There is no draft, and the run says why.
        Failed = "failed",
    }
}

impl RunState {
    /// Whether the run still works or waits.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

words! {
    /// A manager's word on a pair, for all runs of the round.
    Mark {
        /// In every draft.
        Pinned = "pinned",
        /// In none.
        Forbidden = "forbidden",
    }
}

words! {
    /// How a pair came into the draft.
    Origin {
        /// The engine found it.
        Optimum = "optimum",
        /// A manager had pinned it.
        Pinned = "pinned",
        /// A manager swapped mentors.
        Swapped = "swapped",
    }
}

words! {
    /// How a proposal stands.
    ProposalState {
        /// Whoever is asked first has not answered.
        Proposed = "proposed",
        /// Whoever was asked first said yes; the other side is asked.
        AcceptedByFirst = "accepted_by_first",
        /// Both said yes: the pair begins.
        Accepted = "accepted",
        /// Somebody said no, in private.
        Declined = "declined",
        /// Nobody answered in time.
        Expired = "expired",
        /// A manager took it back, somebody left, or the place was taken.
        Withdrawn = "withdrawn",
    }
}

impl ProposalState {
    /// Whether somebody can still answer.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::AcceptedByFirst)
    }
}

words! {
    /// Who is asked first; stored with each proposal, because the round's order may change later.
    AskedFirst {
        /// The mentor, then the mentee.
        Mentor = "mentor",
        /// The mentee, then the mentor.
        Mentee = "mentee",
        /// The manager decided.
        Nobody = "nobody",
    }
}

words! {
    /// Why somebody said no.
    DeclineReason {
        /// They work together, or will soon.
        TooClose = "too_close",
        /// The topics do not fit.
        Topics = "topics",
        /// They would rather not in this round.
        NotNow = "not_now",
        /// Something else.
        Other = "other",
    }
}
