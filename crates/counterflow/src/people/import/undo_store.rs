//! The statements that take an import back.

use super::{record::Record, undo::UndoReport};
use crate::{
    execute,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{ImportId, PersonId},
        json_text::JsonText,
    },
};

/// Somebody wants it undone. Answers whether it can be: it is applied since that moment, what it changed is still kept,
/// and nobody asked already.
pub(super) async fn ask(tx: &mut Tx, leave: &impl Leave<ImportId>, by: PersonId, since: Timestamp) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update imports set undo_asked_at = $1, undo_asked_by = $2, undo_report = null
         where id = $3 and state = 'applied' and undo_asked_at is null and finished_at > $4
           and exists (select 1 from import_changes where import_id = $3)",
        now,
        by,
        leave.id(),
        since
    )?;
    Ok(rows == 1)
}

/// It is undone. Answers whether nobody else did it.
pub(super) async fn set_undone(tx: &mut Tx, leave: &impl Leave<ImportId>, report: &UndoReport) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update imports set undone_at = $1, undo_report = $2
         where id = $3 and undo_asked_at is not null and undone_at is null",
        now,
        JsonText(report),
        leave.id()
    )?;
    Ok(rows == 1)
}

/// Something stands against it: it stays as it is, and can be asked for again.
pub(super) async fn set_refused(tx: &mut Tx, leave: &impl Leave<ImportId>, report: &UndoReport) -> Answer<()> {
    execute!(
        tx,
        "update imports set undo_asked_at = null, undo_asked_by = null, undo_report = $1
         where id = $2 and undone_at is null",
        JsonText(report),
        leave.id()
    )?;
    Ok(())
}

/// Deletes somebody, unless anything in the database tells of them. Answers whether they are gone.
///
/// The database itself knows every table that names people; a list here would miss the next one. Whoever reports to them
/// gets the manager from before afterwards.
pub(super) async fn delete_unless_used(tx: &mut Tx, person: PersonId) -> Answer<bool> {
    execute!(tx, "savepoint deletion")?;
    execute!(tx, "update people set manager_id = null where manager_id = $1", person)?;
    match execute!(tx, "delete from people where id = $1", person) {
        Ok(_) => {
            execute!(tx, "release savepoint deletion")?;
            Ok(true)
        }
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
            execute!(tx, "rollback to savepoint deletion")?;
            execute!(tx, "release savepoint deletion")?;
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives somebody the zone back that the import had taken, unless they have chosen another one since.
pub(super) async fn restore_zone(tx: &mut Tx, person: PersonId, own: Option<&str>, before: &Record) -> Answer<()> {
    execute!(
        tx,
        "update people
         set time_zone = case when time_zone is not distinct from directory_time_zone then $1 else time_zone end,
             directory_time_zone = $2
         where id = $3",
        own,
        before.directory_time_zone.as_deref(),
        person
    )?;
    Ok(())
}
