//! The seven stages: the bar that is the navigation of a round, and the step from one to the next.

use serde_json::json;

use super::{Round, Stage, changes, store};
use crate::kernel::{db::Tx, error::Answer, event::Event, guard::Leave, ids::RoundId};

/// One step of the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub stage: Stage,
    /// Its page.
    pub href: String,
    /// `done`, `now` or `to_come`.
    pub state: &'static str,
    /// Whether it is the page on which the reader is.
    pub here: bool,
}

/// The bar of a round, seen from one of its pages (`None`: the round's home).
#[must_use]
pub fn steps(round: &Round, here: Option<Stage>) -> Vec<Step> {
    let step = |stage: Stage| Step {
        stage,
        href: format!("{}/{stage}", round.href()),
        state: match stage.cmp(&round.stage) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "to_come",
        },
        here: here == Some(stage),
    };
    Stage::ALL.iter().copied().map(step).collect()
}

impl Stage {
    /// The one after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|stage| *stage > self)
    }

    /// Whether people who take part expect something to happen.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        (Self::Enroll..Self::Close).contains(&self)
    }

    /// Whether topics are being offered, wanted and matched.
    #[must_use]
    pub fn asks_for_topics(self) -> bool {
        (Self::Enroll..Self::Run).contains(&self)
    }
}

/// Begins a stage of a round, and records `round.stage_began` with the round as its subject; and `round.closed` when it
/// reaches its close, also where it skips it. A round only goes forward, and may skip: where it has reached the stage already, nothing happens. Answers whether the stage began.
///
/// # Errors
/// [`crate::kernel::error::Error::NotFound`], `archived`, or when the database fails.
pub async fn begin_stage(tx: &mut Tx, leave: &impl Leave<RoundId>, stage: Stage) -> Answer<bool> {
    tx.lock(leave.id()).await?;
    let round = store::round(tx, leave).await?;
    if stage <= round.stage {
        return Ok(false);
    }
    changes::check_present(tx, round.program_id).await?;
    store::set_stage(tx, round.id, stage, leave.actor().map(|viewer| viewer.person)).await?;
    let facts = json!({ "stage": stage, "from": round.stage });
    happened(leave, &round, "round.stage_began").with(facts).record(tx).await?;
    if round.stage < Stage::Close && stage >= Stage::Close {
        happened(leave, &round, "round.closed").record(tx).await?;
    }
    Ok(true)
}

fn happened(leave: &impl Leave<RoundId>, round: &Round, kind: &'static str) -> Event {
    let event = match leave.actor() {
        Some(viewer) => Event::by(viewer, kind),
        None => Event::by_server(kind),
    };
    event.program(round.program_id).round(round.id).on(round.id)
}
