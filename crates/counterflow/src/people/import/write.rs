//! Writes a plan into the directory: all of it, or with the transaction none.

use serde_json::json;

use super::{
    plan::{Change, Kind, Plan},
    report::{Missing, Report},
    store,
};
use crate::{
    kernel::{db::Tx, error::Answer, event::Event, ids::PersonId, store::stamp_directory},
    people::leaving,
};

/// Hears how many people are written, now and then.
pub(super) type Progress<'p> = &'p mut (dyn FnMut(usize) + Send);

/// How many people are written between two calls of [`Progress`].
const STEP: usize = 5_000;

/// Writes all changes, and one event for the whole.
pub(super) async fn write(
    tx: &mut Tx,
    plan: &Plan,
    missing: Missing,
    by: Option<PersonId>,
    progress: Progress<'_>,
) -> Answer<()> {
    let leavers = if missing == Missing::Leave { plan.missing.as_slice() } else { &[] };
    let changes = || plan.changes.iter().chain(leavers);
    for change in changes().filter(|change| change.gives_up_keys) {
        store::release_keys(tx, change.id).await?;
    }
    for (written, change) in changes().enumerate() {
        if written % STEP == 0 {
            progress(written);
        }
        write_one(tx, change).await?;
    }
    stamp_directory(tx).await?; // at the end: whoever changes somebody meanwhile waits for this row, and not for long
    let event = match by {
        Some(person) => Event::by_person(person, "directory.imported"),
        None => Event::by_server("directory.imported"),
    };
    event.with(counts(&plan.report, missing)).record(tx).await?;
    Ok(())
}

async fn write_one(tx: &mut Tx, Change { id, kind, after, .. }: &Change) -> Answer<()> {
    match kind {
        Kind::New => store::insert_person(tx, *id, after).await,
        Kind::Changed | Kind::Returns => store::update_person(tx, *id, after).await,
        Kind::Leaves => {
            store::update_person(tx, *id, after).await?;
            leaving::left(tx, *id).await
        }
    }
}

fn counts(report: &Report, missing: Missing) -> serde_json::Value {
    let counts = &report.counts;
    json!({
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "left": counts.leavers(missing),
        "will_leave": counts.will_leave,
        "rejected": counts.rejected,
    })
}
