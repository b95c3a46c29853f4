//! Writes a plan into the directory: all of it, or with the transaction none.

use serde_json::json;

use super::{
    changes_store,
    plan::{Change, Kind, Plan},
    report::{Missing, Report},
    store,
};
use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        event::Event,
        ids::{ImportId, PersonId},
        store::stamp_directory,
    },
    people::leaving,
};

/// Hears how many people are written, now and then.
pub(super) type Progress<'p> = &'p mut (dyn FnMut(usize) + Send);

/// How many people are written between two calls of [`Progress`].
const STEP: usize = 5_000;

/// Writes all changes of an import, keeps what they were, and records one event for the whole.
pub(super) async fn write(
    tx: &mut Tx,
    import: ImportId,
    plan: &Plan,
    missing: Missing,
    by: Option<PersonId>,
    progress: Progress<'_>,
) -> Answer<()> {
    let leavers = if missing == Missing::Leave { plan.missing.as_slice() } else { &[] };
    let changes: Vec<&Change> = plan.changes.iter().chain(leavers).collect();
    keep_for_undo(tx, import, &changes).await?;
    for change in changes.iter().filter(|change| change.gives_up_keys) {
        store::release_keys(tx, change.id).await?;
    }
    for (written, change) in changes.into_iter().enumerate() {
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

/// Keeps what changes about people, numbered in their order from `first` on.
pub(super) async fn keep(tx: &mut Tx, import: ImportId, first: usize, changes: &[&Change]) -> Answer<()> {
    for (number, change) in (first..).zip(changes) {
        let number = i64::try_from(number).map_err(Error::defect)?;
        changes_store::insert(tx, import, number, change.kind, change).await?;
    }
    Ok(())
}

/// Keeps what is about to change, in place of what the check found: ids of new people are final only now, and whoever
/// is missing and stays is no part of it. An import that changes nothing leaves it possible to undo the one before.
async fn keep_for_undo(tx: &mut Tx, import: ImportId, changes: &[&Change]) -> Answer<()> {
    changes_store::forget(tx, import).await?;
    if changes.is_empty() {
        return Ok(());
    }
    changes_store::forget_applied(tx).await?;
    keep(tx, import, 0, changes).await
}

async fn write_one(tx: &mut Tx, Change { id, kind, after, .. }: &Change) -> Answer<()> {
    match kind {
        Kind::New => store::insert_person(tx, *id, after).await,
        Kind::Changed | Kind::Returns => store::update_person(tx, *id, after).await,
        Kind::Leaves | Kind::Missing => {
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
