//! Runs of the matching engine: begun by a manager, worked by a job, cancelled or done. A run that is done has a draft
//! whose optimality was verified before it was stored.

mod engine;
pub mod pages;
mod progress;
pub(super) mod store;
mod work;

pub(super) use engine::compile;
pub use engine::{Outcome, Proven, recheck};
pub use progress::{Progress, Step, StepDone};
pub use store::{run, runs};
pub use work::work;

use serde::{Deserialize, Serialize};

use super::{RunState, check_open};
use crate::{
    jobs,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        event::Event,
        guard::Access,
        ids::{RoundId, RunId},
    },
    programs::{self, Side, Stage},
};

/// One run of the matching engine.
#[derive(Debug, Clone)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// In which round.
    pub round_id: RoundId,
    /// Counted in the round, from 1.
    pub number: i64,
    /// How it stands.
    pub state: RunState,
    /// TOML: the criteria with which it was begun.
    pub criteria: String,
    /// How far it is.
    pub progress: Progress,
    /// When somebody asked it to stop.
    pub cancel_requested_at: Option<Timestamp>,
    /// What it reached; there whenever it is done.
    pub outcome: Option<Outcome>,
    /// What stood in the way; there whenever it failed.
    pub failure: Option<Failure>,
    /// Rises with each change of its draft.
    pub version: i64,
    /// Who began it.
    pub by: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When it was done, cancelled or given up.
    pub finished_at: Option<Timestamp>,
}

impl Run {
    /// The address of its page.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/rounds/{}/runs/{}", self.round_id, self.id)
    }

    /// Whether it looks for a stable draft, which is not the best by a total.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        super::criteria::read(&self.criteria).is_ok_and(|criteria| criteria.aim.proposer().is_some())
    }
}

/// Why a run has no draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// Nobody to be matched on a side.
    Nobody {
        /// Which.
        side: Side,
    },
    /// The criteria do not fit these people; their screen says which and why.
    Criteria,
    /// More pins than places.
    Pins,
    /// The draft could not be verified: a defect, and no draft.
    NotProven {
        /// In the words of the verifier, for those who run the server.
        violation: String,
    },
    /// The engine broke: a defect.
    Broken,
}

/// Begins a run under an id that the form carried, so that a double click begins one. Where one works already, that one
/// is answered.
///
/// # Errors
/// `round_closed`, or when the database fails.
pub async fn begin(tx: &mut Tx, access: &Access<RoundId>, id: RunId) -> Answer<RunId> {
    tx.lock(access.id).await?;
    if let Some(known) = store::known_or_open(tx, access, id).await? {
        return Ok(known);
    }
    let round = programs::round(tx, access).await?;
    check_open(&round)?;
    store::insert(tx, access, id, &round.criteria).await?;
    programs::begin_stage(tx, access, Stage::Match).await?;
    let event = Event::by(&access.viewer, "run.begun").program(round.program_id).round(round.id);
    event.on(id).record(tx).await?;
    jobs::enqueue(tx, "matching.run", &id.to_string(), &id.to_string().into()).await?;
    Ok(id)
}

/// Asks a run to stop. One that waits stops at once; one that works within a moment; one that is over stays as it is. The
/// job that is queued here settles a run whose own job gave up, which nobody else would.
///
/// # Errors
/// When the database fails.
pub async fn cancel(tx: &mut Tx, access: &Access<RoundId>, id: RunId) -> Answer<()> {
    if store::request_cancel(tx, access, id).await? {
        let round = programs::round(tx, access).await?;
        let event = Event::by(&access.viewer, "run.cancelled").program(round.program_id).round(round.id);
        event.on(id).record(tx).await?;
        jobs::enqueue(tx, "matching.run", &format!("{id}:cancelled"), &id.to_string().into()).await?;
    }
    Ok(())
}
