//! The last import is taken back: everybody is again as the directory knew them before it. All of it, or nothing.
//!
//! It is possible for 30 days, until the next import changes something, and while nobody of whom it tells has changed
//! since. What followed when somebody left has ended for good: logins, roles, invitations, pairs.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    changes_store::{self, Kept},
    plan::Kind,
    record::{Known, Record},
    store, undo_store,
};
use crate::{
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{Access, ByServer, Leave},
        ids::{ImportId, PersonId},
        store::stamp_directory,
    },
    people::{Status, leaving},
};

/// How long an import can be undone, and what it changed is kept.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many people a report names.
const NAMED: usize = 50;

/// Some people by name, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// All of them.
    pub count: usize,
    /// The first ones, with the way to their pages.
    pub first: Vec<(PersonId, String)>,
}

impl Named {
    fn add(&mut self, person: PersonId, name: &str) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push((person, name.to_owned()));
        }
    }

    /// How many are not named.
    #[must_use]
    pub fn more(&self) -> usize {
        self.count - self.first.len()
    }
}

/// How undoing ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum UndoReport {
    /// Everybody is as before.
    Undone {
        /// How many whom the import had brought are gone.
        deleted: usize,
        /// Those whom it had brought and who take part in something by now: they have left.
        kept: Named,
        /// How many are as they were before.
        restored: usize,
        /// Those who had left by it, and are back.
        back: Named,
        /// How many had come back by it, and have left again.
        left_again: usize,
    },
    /// People have changed since: nothing was undone.
    Changed {
        /// Who.
        people: Named,
    },
    /// Nobody who can sign in would look after the server: nothing was undone.
    LastAdmin,
}

/// Somebody wants the last import undone.
///
/// # Errors
/// 409 if it is not the last one that changed something, or too long ago.
pub async fn ask(tx: &mut Tx, access: &Access<ImportId>) -> Answer<()> {
    let since = tx.now().minus(KEPT);
    if !undo_store::ask(tx, access, access.viewer.person, since).await? {
        return Err(Error::conflict("undo_over"));
    }
    Event::by(&access.viewer, "import.undo_asked").on(access.id).record(tx).await?;
    super::enqueue(tx, "people.undo_import", access.id).await
}

/// Job `people.undo_import`.
///
/// # Errors
/// When the database fails.
pub async fn carry_out(app: App, payload: Value) -> Answer<()> {
    let import = ByServer(crate::jobs::id(&payload)?);
    let mut tx = app.db.write().await?;
    let report = take_back(&mut tx, &import).await?;
    if matches!(report, UndoReport::Undone { .. }) {
        if undo_store::set_undone(&mut tx, &import, &report).await? {
            changes_store::forget(&mut tx, import.0).await?;
            record(&mut tx, &import, "import.undone", &report).await?;
            tx.commit().await?;
        }
        return Ok(());
    }
    drop(tx); // what was written until something stood against it
    let mut tx = app.db.write().await?;
    undo_store::set_refused(&mut tx, &import, &report).await?;
    record(&mut tx, &import, "import.undo_refused", &report).await?;
    tx.commit().await.map_err(Error::from)
}

/// The event tells numbers, no names.
async fn record(tx: &mut Tx, import: &ByServer<ImportId>, kind: &'static str, report: &UndoReport) -> Answer<()> {
    let numbers = match report {
        UndoReport::Undone { deleted, kept, restored, back, left_again } => json!({
            "deleted": deleted, "kept": kept.count, "restored": restored, "back": back.count, "left_again": left_again,
        }),
        UndoReport::Changed { people } => json!({ "changed_since": people.count }),
        UndoReport::LastAdmin => json!({ "last_admin": true }),
    };
    Event::by_server(kind).on(import.0).with(numbers).record(tx).await?;
    Ok(())
}

async fn take_back(tx: &mut Tx, import: &impl Leave<ImportId>) -> Answer<UndoReport> {
    tx.lock("directory").await?;
    let (rows, directory) = (changes_store::all(tx, import).await?, store::directory(tx).await?);
    let people = changed_since(&rows, &directory);
    if people.count > 0 {
        return Ok(UndoReport::Changed { people });
    }
    let had_admin = directory.iter().any(looks_after);
    let (deleted, kept) = take_out(tx, &rows).await?;
    let (back, left_again) = restore(tx, &rows).await?;
    stamp_directory(tx).await?;
    if had_admin && !store::directory(tx).await?.iter().any(looks_after) {
        return Ok(UndoReport::LastAdmin);
    }
    let restored = rows.iter().filter(|row| row.before.is_some()).count();
    Ok(UndoReport::Undone { deleted, kept, restored, back, left_again })
}

/// Whether somebody can sign in as an admin.
fn looks_after(known: &Known) -> bool {
    known.is_admin && known.is_here() && known.record.email.is_some()
}

/// E-mails and employee ids: each belongs to one person.
fn keys(record: &Record) -> impl Iterator<Item = &String> {
    record.email.iter().chain(&record.employee_id)
}

/// What the import took from somebody, and what goes back to them.
fn returned_keys(rows: &[Kept]) -> HashSet<&String> {
    rows.iter().filter_map(|row| row.before.as_ref()).flat_map(|before| keys(&before.0)).collect()
}

/// Those who are not as the import left them, and those who have by now what somebody would get back.
fn changed_since(rows: &[Kept], directory: &[Known]) -> Named {
    let now: HashMap<PersonId, &Known> = directory.iter().map(|known| (known.id, known)).collect();
    let told: HashSet<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let returned = returned_keys(rows);
    let mut changed = Named::default();
    for row in rows {
        if now.get(&row.person_id).is_none_or(|known| known.record != row.after.0) {
            changed.add(row.person_id, &row.name);
        }
    }
    for known in directory.iter().filter(|known| !told.contains(&known.id)) {
        if keys(&known.record).any(|key| returned.contains(key)) {
            changed.add(known.id, &known.record.name);
        }
    }
    changed
}

/// Takes out whom the import brought. Whoever takes part in something by now has left instead.
async fn take_out(tx: &mut Tx, rows: &[Kept]) -> Answer<(usize, Named)> {
    let today = leaving::today(tx).await?;
    let returned = returned_keys(rows);
    let (mut deleted, mut kept) = (0, Named::default());
    for row in rows.iter().filter(|row| row.kind == Kind::New) {
        if undo_store::delete_unless_used(tx, row.person_id).await? {
            deleted += 1;
            continue;
        }
        store::update_person(tx, row.person_id, &gone(&row.after.0, today, &returned)).await?;
        leaving::left(tx, row.person_id).await?;
        kept.add(row.person_id, &row.name);
    }
    Ok((deleted, kept))
}

/// How somebody stands who was never meant to be here: without what goes back to others. The rest stays, so that the
/// right file finds the same person.
fn gone(record: &Record, today: Day, returned: &HashSet<&String>) -> Record {
    let own = |key: &Option<String>| key.clone().filter(|key| !returned.contains(key));
    Record {
        employee_id: own(&record.employee_id),
        email: own(&record.email),
        manager_id: None,
        status: Status::Left,
        left_on: record.left_on.or(Some(today)),
        ..record.clone()
    }
}

/// Gives everybody else back what they had. Answers who is back, and how many have left again.
async fn restore(tx: &mut Tx, rows: &[Kept]) -> Answer<(Named, usize)> {
    let (mut back, mut left_again) = (Named::default(), 0);
    let known = || rows.iter().filter_map(|row| Some((row, &row.before.as_ref()?.0)));
    for (row, _) in known() {
        store::release_keys(tx, row.person_id).await?;
    }
    for (row, before) in known() {
        if before.directory_time_zone != row.after.0.directory_time_zone {
            undo_store::restore_zone(tx, row.person_id, row.own_zone.as_deref(), before).await?;
        }
        store::update_person(tx, row.person_id, before).await?;
        match row.kind {
            Kind::Returns => {
                leaving::left(tx, row.person_id).await?;
                left_again += 1;
            }
            Kind::Leaves | Kind::Missing => back.add(row.person_id, &row.name),
            Kind::New | Kind::Changed => {}
        }
    }
    Ok((back, left_again))
}
