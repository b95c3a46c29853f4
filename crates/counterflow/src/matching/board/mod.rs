//! The review board: what managers do with a draft. They pin and forbid pairs (for all runs to come), swap mentors (in
//! this draft, at once), and take back what was done last.
//!
//! Two managers can work on one board. Every change names what its form saw; where that is no longer so, nothing is
//! changed, and the board tells who was faster.

pub mod acts;
mod desk;
pub mod pages;
mod place;
pub(super) mod store;

pub use desk::{Alternative, Desk};
pub use store::{DraftPair, MarkedPair};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Mark, Origin, Why, proposals, runs};
use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::Access,
        ids::{ParticipantId, RoundId, RunId},
    },
    programs,
};

/// A mentor and a mentee of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Two {
    /// The mentor.
    pub mentor: ParticipantId,
    /// The mentee.
    pub mentee: ParticipantId,
}

/// A pair of a draft, complete enough to put it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPair {
    /// The two.
    #[serde(flatten)]
    pub two: Two,
    /// How it came into the draft.
    pub origin: Origin,
    /// Why these two.
    pub why: Why,
}

/// Something that a manager did, with all that is needed to take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A word on a pair.
    Mark {
        /// The pair.
        #[serde(flatten)]
        two: Two,
        /// What was said of it before.
        before: Option<Mark>,
        /// What is said of it now.
        after: Option<Mark>,
    },
    /// Pairs that make way for others.
    Swap {
        /// Taken out of the draft.
        out: Vec<KeptPair>,
        /// Put in.
        into: Vec<KeptPair>,
    },
}

/// The draft of a run as the viewer may see it, lowest fit first.
async fn draft(tx: &mut Tx, access: &Access<RoundId>, run: &runs::Run) -> Answer<Vec<DraftPair>> {
    let mut draft = store::draft(tx, run).await?;
    proposals::veil_draft(tx, access, &mut draft).await?;
    Ok(draft)
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was made.
    Made,
    /// What the form saw is no longer so: nothing was changed.
    Overtaken,
}

/// Says a word on a pair, or takes it back (`after` is `None`). `before` is what the form saw.
///
/// # Errors
/// `no_place_for_pin` if one of the two has more pins than places; or when the database fails.
pub async fn mark(
    tx: &mut Tx,
    access: &Access<RoundId>,
    run: RunId,
    two: Two,
    before: Option<Mark>,
    after: Option<Mark>,
) -> Answer<Fate> {
    tx.lock(access.id).await?;
    let run = runs::run(tx, access, run).await?;
    let now = store::mark_on(tx, access, two).await?;
    if now == after {
        return Ok(Fate::Made); // a double click, or the back button
    }
    if now != before {
        return Ok(Fate::Overtaken);
    }
    if after == Some(Mark::Pinned) && !store::has_place_for_pin(tx, access, two).await? {
        return Err(Error::conflict("no_place_for_pin"));
    }
    store::set_mark(tx, access, two, after).await?;
    note(tx, access, &run, &Change::Mark { two, before, after }).await?;
    Ok(Fate::Made)
}

/// A swap: the mentee gets another mentor. Where that mentor's places are taken, one of their mentees gets the first
/// mentor in exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swap {
    /// The pair that makes way.
    pub first: Two,
    /// The other mentor.
    pub to: ParticipantId,
    /// Who gets the first mentor.
    pub exchange: Option<ParticipantId>,
}

impl Swap {
    /// The pairs that make way.
    #[must_use]
    pub fn outgoing(&self) -> Vec<Two> {
        let second = self.exchange.map(|mentee| Two { mentor: self.to, mentee });
        [Some(self.first), second].into_iter().flatten().collect()
    }

    /// The pairs that come.
    #[must_use]
    pub fn incoming(&self) -> Vec<Two> {
        let second = self.exchange.map(|mentee| Two { mentor: self.first.mentor, mentee });
        [Some(Two { mentor: self.to, mentee: self.first.mentee }), second].into_iter().flatten().collect()
    }
}

/// Swaps mentors in a draft. The pairs that come keep every rule; who forbade one of them since the run is heard too.
///
/// # Errors
/// `not_possible` if a rule stands against it; or when the database fails.
pub async fn swap(tx: &mut Tx, access: &Access<RoundId>, run: RunId, desk: &Desk, swap: Swap) -> Answer<Fate> {
    tx.lock(access.id).await?;
    let run = runs::run(tx, access, run).await?;
    let draft = draft(tx, access, &run).await?;
    let mut out = Vec::new();
    for two in swap.outgoing() {
        let Some(pair) = draft.iter().find(|pair| pair.two() == two && !pair.is_fixed()) else {
            return Ok(Fate::Overtaken);
        };
        out.push(pair.kept()?);
    }
    let place = desk.has_free_place(swap.to, &draft);
    let there = |two: &Two| draft.iter().any(|pair| pair.two() == *two);
    if swap.incoming().iter().any(there) || (swap.exchange.is_none() && !place) {
        return Ok(Fate::Overtaken);
    }
    let mut into = Vec::new();
    for two in swap.incoming() {
        let allowed = store::mark_on(tx, access, two).await? != Some(Mark::Forbidden);
        let why = desk.why(two).filter(|_| allowed).ok_or(Error::conflict("not_possible"))?;
        into.push(KeptPair { two, origin: Origin::Swapped, why });
    }
    exchange(tx, &run, &out, &into).await?;
    note(tx, access, &run, &Change::Swap { out, into }).await?;
    Ok(Fate::Made)
}

async fn exchange(tx: &mut Tx, run: &runs::Run, out: &[KeptPair], into: &[KeptPair]) -> Answer<()> {
    for pair in out {
        store::take_out(tx, run, pair.two).await?;
    }
    for pair in into {
        store::put_in(tx, run, pair).await?;
    }
    Ok(())
}

/// Takes back the last change on this board, if it is still the one that the form saw.
///
/// # Errors
/// When the database fails.
pub async fn undo(tx: &mut Tx, access: &Access<RoundId>, run: RunId, number: i64) -> Answer<Fate> {
    tx.lock(access.id).await?;
    let run = runs::run(tx, access, run).await?;
    let Some(last) = store::last_change(tx, &run).await?.filter(|last| last.number == number) else {
        return Ok(Fate::Overtaken);
    };
    match last.change()? {
        Change::Mark { two, before, after } => {
            if store::mark_on(tx, access, two).await? != after {
                return Ok(Fate::Overtaken);
            }
            store::set_mark(tx, access, two, before).await?;
        }
        Change::Swap { out, into } => {
            let draft = draft(tx, access, &run).await?;
            let stands = |pair: &KeptPair| draft.iter().any(|one| one.two() == pair.two && !one.is_fixed());
            if !into.iter().all(stands) {
                return Ok(Fate::Overtaken);
            }
            exchange(tx, &run, &into, &out).await?;
        }
    }
    store::undone(tx, access, &run, number).await?;
    recorded(tx, access, &run, "draft.change_undone", json!({})).await?;
    Ok(Fate::Made)
}

async fn note(tx: &mut Tx, access: &Access<RoundId>, run: &runs::Run, change: &Change) -> Answer<()> {
    store::insert_change(tx, access, run, change).await?;
    let data = match change {
        Change::Mark { after, .. } => json!({ "mark": after }),
        Change::Swap { out, .. } => json!({ "swapped": out.len() }),
    };
    recorded(tx, access, run, "draft.changed", data).await
}

async fn recorded(
    tx: &mut Tx,
    access: &Access<RoundId>,
    run: &runs::Run,
    kind: &'static str,
    data: serde_json::Value,
) -> Answer<()> {
    store::rise(tx, run).await?;
    let round = programs::round(tx, access).await?;
    let event = Event::by(&access.viewer, kind).program(round.program_id).round(round.id).on(run.id);
    event.with(data).record(tx).await?;
    Ok(())
}
