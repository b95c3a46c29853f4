//! The statements on `imports`, `remembered_mappings` and, for imports, on `people`.

use counterflow_roster::Question;

use super::{
    Arrival, Consent, NewImport, Policy, State, Step, changes_store,
    file::{Facts, MappingFrom},
    record::{Known, Record},
    report::{Counts, Missing, Report},
    undo::UndoReport,
};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{ImportId, PersonId, SourceId},
        json_text::JsonText,
        token,
    },
    people::spelling,
};

/// An import without the bytes of its file.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Which.
    pub id: ImportId,
    /// As the browser or the command line told it.
    pub file_name: String,
    /// What is known of the file.
    #[sqlx(rename = "file")]
    pub facts: JsonText<Facts>,
    /// The sheet that somebody chose.
    pub sheet: Option<String>,
    /// TOML.
    pub mapping: String,
    /// Who says what the columns mean.
    pub mapping_from: MappingFrom,
    /// What only a person can say.
    pub questions: JsonText<Vec<Question>>,
    /// How far it is.
    pub state: State,
    /// What is being done, while it is checked or applied.
    pub step: Step,
    /// What it would do, once it is checked.
    pub report: Option<JsonText<Report>>,
    /// What it would do, or did, in numbers.
    pub counts: Option<JsonText<Counts>>,
    /// Whether the directory changed between the check and the yes.
    pub checked_again: bool,
    /// Whether those who are missing from the file leave.
    pub missing_leave: bool,
    /// Who uploaded it; nobody if it was the command line.
    pub created_by: Option<PersonId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When it was applied, cancelled or failed.
    pub finished_at: Option<Timestamp>,
    /// How it came; nothing for old ones.
    pub arrival: Option<Arrival>,
    /// Where the file comes from, if that was said.
    pub source_id: Option<SourceId>,
    /// The name of the source.
    pub source_name: Option<String>,
    missing_policy: Option<Missing>,
    most_leavers_percent: Option<i64>,
    least_share_percent: Option<i64>,
    /// Whether what it changes, or changed, about each person is kept.
    pub has_changes: bool,
    /// When somebody asked for it to be undone.
    pub undo_asked_at: Option<Timestamp>,
    /// Who did.
    pub undo_asked_by_name: Option<String>,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
    /// How undoing ended.
    pub undo_report: Option<JsonText<UndoReport>>,
    /// When an earlier import of the same bytes from the same source was undone, if one was.
    pub undone_before: Option<Timestamp>,
}

impl Import {
    /// What somebody said of those who are missing from the file.
    #[must_use]
    pub fn missing(&self) -> Missing {
        if self.missing_leave { Missing::Leave } else { Missing::Stay }
    }

    /// What may happen without a question: as its source says.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let usual = Policy::default();
        let percent = |said: Option<i64>, usual| said.and_then(|said| usize::try_from(said).ok()).unwrap_or(usual);
        Policy {
            missing: self.missing_policy.unwrap_or(usual.missing),
            most_leavers: percent(self.most_leavers_percent, usual.most_leavers),
            least_share: percent(self.least_share_percent, usual.least_share),
        }
    }

    /// Whether it came by itself and nobody has laid hands on it: then it goes on by itself too, as far as it may.
    #[must_use]
    pub fn is_unattended(&self) -> bool {
        self.arrival == Some(Arrival::Folder) && self.mapping_from == MappingFrom::Memory
    }
}

pub(super) async fn find(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<Option<Import>> {
    Ok(fetch_optional!(
        tx,
        Import,
        "select imports.id, file_name, file, sheet, imports.mapping, mapping_from, questions, state, step, report, counts,
                checked_again, missing_leave, imports.created_by, people.name as created_by_name, imports.created_at,
                finished_at, arrival, source_id, s.name as source_name, s.missing_policy, s.most_leavers_percent,
                s.least_share_percent, undo_asked_at, undone_at, undo_report, undoers.name as undo_asked_by_name,
                (select max(earlier.undone_at) from imports earlier
                 where earlier.source_id = imports.source_id and earlier.content_hash = imports.content_hash
                   and earlier.created_at < imports.created_at) as undone_before,
                exists (select 1 from import_changes c where c.import_id = imports.id) as has_changes
         from imports left join people on people.id = imports.created_by
              left join people undoers on undoers.id = imports.undo_asked_by
              left join import_sources s on s.id = imports.source_id
         where imports.id = $1",
        leave.id()
    )?)
}

/// The uploaded bytes; nothing once the import is over.
pub(super) async fn content(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<Option<Vec<u8>>> {
    let row = fetch_optional!(tx, (Option<Vec<u8>>,), "select content from imports where id = $1", leave.id())?;
    Ok(row.and_then(|(content,)| content))
}

/// An import in the list of earlier ones.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    /// Which.
    pub id: ImportId,
    /// The file.
    pub file_name: String,
    /// How far it is.
    pub state: State,
    /// What it would do, or did.
    pub counts: Option<JsonText<Counts>>,
    /// Who uploaded it; nobody if it was the command line or the folder.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// How it came; nothing for old ones.
    pub arrival: Option<Arrival>,
    /// Where the file comes from, if that was said.
    pub source_name: Option<String>,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

/// The latest imports, of one source or of all.
pub(super) async fn latest(tx: &mut Tx, source: Option<SourceId>, limit: i64) -> Answer<Vec<Listed>> {
    Ok(fetch_all!(
        tx,
        Listed,
        "select imports.id, file_name, state, counts, people.name as created_by_name, imports.created_at, arrival,
                s.name as source_name, undone_at
         from imports left join people on people.id = imports.created_by
              left join import_sources s on s.id = imports.source_id
         where coalesce(source_id, '') = coalesce($1, source_id, '')
         order by imports.created_at desc, imports.id desc limit $2",
        source,
        limit
    )?)
}

/// Keeps an upload. Answers whether it was new: a double click sends the same one twice.
pub(super) async fn insert(tx: &mut Tx, by: Option<PersonId>, new: NewImport) -> Answer<bool> {
    let now = tx.now();
    let arrival = if by.is_some() { Arrival::Upload } else { Arrival::Folder };
    let hash = token::hash_bytes(&new.content);
    let rows = execute!(
        tx,
        "insert into imports (id, file_name, content, file, mapping, mapping_from, questions, state, step,
                              checked_again, leavers_confirmed, rejected_kept_out, missing_leave, created_by, created_at,
                              source_id, arrival, content_hash)
         values ($1, $2, $3, $4, $5, $6, $7, 'uploaded', 'waiting', false, false, false, false, $8, $9, $10, $11, $12)
         on conflict (id) do nothing",
        new.id,
        new.file_name,
        new.content,
        JsonText(new.facts),
        new.mapping.to_toml(),
        new.mapping_from,
        JsonText(new.questions),
        by,
        now,
        new.source,
        arrival,
        hash
    )?;
    Ok(rows == 1)
}

/// Has a file checked whose columns mean what they meant before.
pub(super) async fn begin_check(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<()> {
    execute!(tx, "update imports set state = 'checking' where id = $1 and state = 'uploaded'", leave.id())?;
    Ok(())
}

/// An import that the command line is about to apply.
#[derive(Debug)]
pub(super) struct Applied<'a> {
    pub file_name: &'a str,
    pub facts: Facts,
    pub counts: &'a Counts,
    pub missing: Missing,
    pub source: Option<SourceId>,
    pub content_hash: &'a str,
}

/// Notes an import that the command line has applied.
pub(super) async fn insert_applied(tx: &mut Tx, applied: Applied<'_>) -> Answer<ImportId> {
    let id = ImportId::new();
    let now = tx.now();
    execute!(
        tx,
        "insert into imports (id, file_name, file, mapping, mapping_from, questions, state, step, counts, checked_again,
                              leavers_confirmed, rejected_kept_out, missing_leave, created_at, finished_at, source_id,
                              arrival, content_hash)
         values ($1, $2, $3, '', 'person', '[]', 'applied', 'writing', $4, false, false, false, $5, $6, $6, $7, $8, $9)",
        id,
        applied.file_name,
        JsonText(applied.facts),
        JsonText(applied.counts),
        applied.missing == Missing::Leave,
        now,
        applied.source,
        Arrival::Command,
        applied.content_hash
    )?;
    Ok(id)
}

/// Reads another sheet of the workbook. Answers whether the import still waited for its columns.
pub(super) async fn set_file(tx: &mut Tx, leave: &impl Leave<ImportId>, sheet: &str, new: NewImport) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update imports set sheet = $1, file = $2, mapping = $3, mapping_from = $4, questions = $5, report = null,
                counts = null, state = 'uploaded'
         where id = $6 and state in ('uploaded', 'checked')",
        sheet,
        JsonText(new.facts),
        new.mapping.to_toml(),
        new.mapping_from,
        JsonText(new.questions),
        leave.id()
    )?;
    Ok(rows == 1)
}

/// The columns are confirmed: the check may begin. Answers whether the import still waited for that.
pub(super) async fn set_mapping(tx: &mut Tx, leave: &impl Leave<ImportId>, mapping: &str) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update imports set mapping = $1, mapping_from = 'person', questions = '[]', state = 'checking',
                step = 'waiting', report = null, counts = null, checked_again = false
         where id = $2 and state in ('uploaded', 'checked')",
        mapping,
        leave.id()
    )?;
    Ok(rows == 1)
}

/// The check found something that only a person can say: back to the columns.
pub(super) async fn ask(tx: &mut Tx, leave: &impl Leave<ImportId>, questions: Vec<Question>) -> Answer<()> {
    execute!(
        tx,
        "update imports set state = 'uploaded', questions = $1 where id = $2 and state = 'checking'",
        JsonText(questions),
        leave.id()
    )?;
    Ok(())
}

/// Keeps what the check found, or found again because the directory had changed before it could be applied.
/// Answers whether it is still wanted.
pub(super) async fn set_report(tx: &mut Tx, leave: &impl Leave<ImportId>, report: &Report) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update imports set checked_again = (state = 'applying'), state = 'checked', report = $1, counts = $2
         where id = $3 and state in ('checking', 'applying')",
        JsonText(report),
        JsonText(&report.counts),
        leave.id()
    )?;
    Ok(rows == 1)
}

/// Somebody said yes to what they saw. Answers whether it still waited for that.
pub(super) async fn set_confirmed(tx: &mut Tx, leave: &impl Leave<ImportId>, consent: Consent) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update imports set state = 'applying', step = 'waiting', checked_again = false,
                leavers_confirmed = $1, rejected_kept_out = $2, missing_leave = $3
         where id = $4 and state = 'checked'",
        consent.leavers,
        consent.rejected,
        consent.missing == Missing::Leave,
        leave.id()
    )?;
    Ok(rows == 1)
}

/// Notes what is being done. Answers whether it is still wanted.
pub(super) async fn set_step(tx: &mut Tx, leave: &impl Leave<ImportId>, step: Step) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update imports set step = $1 where id = $2 and state in ('checking', 'applying')",
        step,
        leave.id()
    )?;
    Ok(rows == 1)
}

/// It is applied. Of the file and of the people in it only the counts are kept. Answers whether nobody cancelled it meanwhile.
pub(super) async fn set_applied(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update imports set state = 'applied', finished_at = $1, content = null, report = null, questions = '[]'
         where id = $2 and state = 'applying'",
        now,
        leave.id()
    )?;
    Ok(rows == 1)
}

/// It ends without a change of the directory, and nothing is kept of its file and of what it would have changed. Answers whether it was not over yet.
pub(super) async fn set_over(tx: &mut Tx, leave: &impl Leave<ImportId>, state: State) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update imports set state = $1, finished_at = $2, content = null, report = null, counts = null, questions = '[]'
         where id = $3 and state not in ('applied', 'cancelled', 'failed')",
        state,
        now,
        leave.id()
    )?;
    if rows == 1 {
        changes_store::forget(tx, leave.id()).await?;
    }
    Ok(rows == 1)
}

/// Whether a later file of the same source is there, and came to anything.
pub(super) async fn is_outdated(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<bool> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from imports i join imports later on later.source_id = i.source_id
         where i.id = $1 and later.created_at > i.created_at and later.state not in ('cancelled', 'failed')",
        leave.id()
    )?;
    Ok(count > 0)
}

/// Uploads that nobody went on with.
pub(super) async fn abandoned(tx: &mut Tx, before: Timestamp) -> Answer<Vec<(ImportId,)>> {
    Ok(fetch_all!(
        tx,
        (ImportId,),
        "select id from imports where state in ('uploaded', 'checked') and created_at < $1",
        before
    )?)
}

/// Imports but a new one that wait for somebody's word: of a source, or without one of a person's file of this name.
pub(super) async fn waiting(
    tx: &mut Tx,
    new: ImportId,
    source: Option<SourceId>,
    by: Option<PersonId>,
    file_name: &str,
) -> Answer<Vec<(ImportId,)>> {
    Ok(fetch_all!(
        tx,
        (ImportId,),
        "select id from imports
         where state in ('uploaded', 'checked') and id <> $4
           and (source_id = $1
                or (cast($1 as text) is null and source_id is null and created_by = $2 and file_name = $3))
         order by id",
        source,
        by,
        file_name,
        new
    )?)
}

pub(super) async fn remembered(tx: &mut Tx, headers_hash: &str) -> Answer<Option<String>> {
    let row = fetch_optional!(
        tx,
        (String,),
        "select mapping from remembered_mappings where headers_hash = $1",
        headers_hash
    )?;
    Ok(row.map(|(mapping,)| mapping))
}

pub(super) async fn remember(tx: &mut Tx, headers_hash: &str, mapping: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into remembered_mappings (headers_hash, mapping, remembered_at) values ($1, $2, $3)
         on conflict (headers_hash) do update set mapping = excluded.mapping, remembered_at = excluded.remembered_at",
        headers_hash,
        mapping,
        now
    )?;
    Ok(())
}

/// Everybody, those who left too: what a file is compared with.
pub(super) async fn directory(tx: &mut Tx) -> Answer<Vec<Known>> {
    Ok(fetch_all!(
        tx,
        Known,
        "select id, exists (select 1 from organization_roles r where r.person_id = people.id and r.role = 'admin') as is_admin,
                employee_id, email, name, sort_name, title, level, level_label, department, location,
                directory_time_zone, languages, attributes, manager_id, started_on, left_on, status
         from people order by id"
    )?)
}

/// Takes employee id and e-mail from somebody who gets others, or whose are now somebody else's.
pub(super) async fn release_keys(tx: &mut Tx, person: PersonId) -> Answer<()> {
    execute!(tx, "update people set employee_id = null, email = null where id = $1", person)?;
    Ok(())
}

fn search_text(record: &Record) -> String {
    spelling::search_text(&[
        Some(&record.name),
        record.email.as_deref(),
        record.department.as_deref(),
        record.title.as_deref(),
    ])
}

pub(super) async fn insert_person(tx: &mut Tx, id: PersonId, record: &Record) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into people (id, employee_id, email, name, sort_name, search_text, title, level, level_label, department,
                             location, time_zone, directory_time_zone, languages, attributes, manager_id, started_on,
                             left_on, status, theme, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17, $18, 'system', $19, $19)",
        id,
        record.employee_id.as_deref(),
        record.email.as_deref(),
        record.name.as_str(),
        record.sort_name.as_str(),
        search_text(record),
        record.title.as_deref(),
        record.level,
        record.level_label.as_deref(),
        record.department.as_deref(),
        record.location.as_deref(),
        record.directory_time_zone.as_deref(),
        &record.languages,
        &record.attributes,
        record.manager_id,
        record.started_on,
        record.left_on,
        record.status,
        now
    )?;
    Ok(())
}

/// Writes what an import says of somebody. Their own choice of a time zone stays until the directory's changes.
pub(super) async fn update_person(tx: &mut Tx, id: PersonId, record: &Record) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update people set employee_id = $1, email = $2, name = $3, sort_name = $4, search_text = $5, title = $6,
                level = $7, level_label = $8, department = $9, location = $10,
                time_zone = case when directory_time_zone is not distinct from $11 then time_zone else $11 end,
                directory_time_zone = $11, languages = $12, attributes = $13, manager_id = $14, started_on = $15,
                left_on = $16, status = $17, updated_at = $18
         where id = $19",
        record.employee_id.as_deref(),
        record.email.as_deref(),
        record.name.as_str(),
        record.sort_name.as_str(),
        search_text(record),
        record.title.as_deref(),
        record.level,
        record.level_label.as_deref(),
        record.department.as_deref(),
        record.location.as_deref(),
        record.directory_time_zone.as_deref(),
        &record.languages,
        &record.attributes,
        record.manager_id,
        record.started_on,
        record.left_on,
        record.status,
        now,
        id
    )?;
    Ok(())
}
