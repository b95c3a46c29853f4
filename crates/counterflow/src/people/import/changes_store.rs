//! The statements on `import_changes`: what an import changes about each person.

use super::{
    difference::touched_by,
    plan::{Change, Kind},
    record::Record,
};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{ImportId, PersonId},
        json_text::JsonText,
    },
};

/// Between the keys of fields, and around them: no header has it.
const BETWEEN: char = '\u{1f}';

/// What changes about somebody, as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Kept {
    pub person_id: PersonId,
    pub kind: Kind,
    pub line: Option<i64>,
    pub name: String,
    pub before: Option<JsonText<Record>>,
    pub after: JsonText<Record>,
    /// The zone that they used before it was applied.
    pub own_zone: Option<String>,
}

/// Keeps what changes about somebody, with the zone that they use now.
pub(super) async fn insert(tx: &mut Tx, import: ImportId, number: i64, kind: Kind, change: &Change) -> Answer<()> {
    let keys: String = touched_by(change).map(|difference| format!("{BETWEEN}{}", difference.field)).collect();
    execute!(
        tx,
        "insert into import_changes (import_id, person_id, number, kind, line, name, fields, before, after, own_zone)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, (select time_zone from people where id = $2))",
        import,
        change.id,
        number,
        kind,
        change.line.map(i64::from),
        change.after.name.as_str(),
        format!("{keys}{BETWEEN}"),
        change.before.as_ref().map(|before| JsonText(before.clone())),
        JsonText(&change.after)
    )?;
    Ok(())
}

/// Forgets what one import changes.
pub(super) async fn forget(tx: &mut Tx, import: ImportId) -> Answer<()> {
    execute!(tx, "delete from import_changes where import_id = $1", import)?;
    Ok(())
}

/// Forgets what earlier imports changed: only the last one that changed something can be undone. One that is being
/// undone is not forgotten under it.
pub(super) async fn forget_applied(tx: &mut Tx) -> Answer<()> {
    execute!(
        tx,
        "delete from import_changes where import_id in (select id from imports where state = 'applied'
                                                           and (undo_asked_at is null or undone_at is not null))"
    )?;
    Ok(())
}

/// Forgets what was applied long ago, and the names in the reports of undoing.
pub(super) async fn forget_old(tx: &mut Tx, before: Timestamp) -> Answer<u64> {
    execute!(tx, "update imports set undo_report = null where undo_report is not null and finished_at < $1", before)?;
    Ok(execute!(
        tx,
        "delete from import_changes
         where import_id in (select id from imports where state = 'applied' and finished_at < $1)",
        before
    )?)
}

/// A pattern for `fields like ... escape '!'`: all, or those for whom this field changes.
fn pattern(field: Option<&str>) -> String {
    let plain = |key: &str| key.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    field.map_or_else(|| "%".to_owned(), |key| format!("%{BETWEEN}{}{BETWEEN}%", plain(key)))
}

/// Whom a page lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub kind: Option<Kind>,
    /// The key of a field that changes.
    pub field: Option<String>,
}

/// Those for whom something changes, in the order of the file.
pub(super) async fn list(
    tx: &mut Tx,
    leave: &impl Leave<ImportId>,
    filter: &Filter,
    limit: i64,
    from: i64,
) -> Answer<Vec<Kept>> {
    Ok(fetch_all!(
        tx,
        Kept,
        "select person_id, kind, line, name, before, after, own_zone from import_changes
         where import_id = $1 and kind = coalesce($2, kind) and fields like $3 escape '!'
         order by number limit $4 offset $5",
        leave.id(),
        filter.kind,
        pattern(filter.field.as_deref()),
        limit,
        from
    )?)
}

/// How many of each kind there are.
pub(super) async fn count(tx: &mut Tx, leave: &impl Leave<ImportId>, field: Option<&str>) -> Answer<Vec<(Kind, i64)>> {
    Ok(fetch_all!(
        tx,
        (Kind, i64),
        "select kind, count(*) from import_changes where import_id = $1 and fields like $2 escape '!' group by kind",
        leave.id(),
        pattern(field)
    )?)
}

/// The name of somebody in the directory, or of somebody whom this import brings.
pub(super) async fn name_of(tx: &mut Tx, leave: &impl Leave<ImportId>, person: PersonId) -> Answer<Option<String>> {
    let row = fetch_optional!(
        tx,
        (Option<String>,),
        "select coalesce((select name from people where id = $1),
                         (select name from import_changes where import_id = $2 and person_id = $1))",
        person,
        leave.id()
    )?;
    Ok(row.and_then(|(name,)| name))
}

/// Everything about the import, in the order of the file.
pub(super) async fn all(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<Vec<Kept>> {
    Ok(fetch_all!(
        tx,
        Kept,
        "select person_id, kind, line, name, before, after, own_zone from import_changes
         where import_id = $1 order by number",
        leave.id()
    )?)
}
