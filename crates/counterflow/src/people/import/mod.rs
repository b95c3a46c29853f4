//! People files: uploaded, their columns confirmed, checked, and applied as a whole or not at all.
//!
//! ```text
//! uploaded -> checking -> checked -> applying -> applied
//!     ^           |          |           |
//!     +-- asked --+          +<- changed meanwhile
//! ```
//! Until it is applied an import can be cancelled, and nothing of it stays.

pub mod changes_pages;
mod changes_store;
pub mod command;
mod difference;
mod draft;
mod file;
pub mod folder;
mod folder_files;
mod folder_store;
mod form;
mod identity;
pub mod jobs;
mod letters;
mod org_lines;
pub mod pages;
mod plan;
mod policy;
mod record;
mod report;
mod source_form;
pub mod source_pages;
mod source_store;
mod store;
#[cfg(test)]
mod tests;
pub mod undo;
mod undo_store;
mod wording;
mod write;

use counterflow_roster::{Mapping, Question, TableError};
use serde_json::Value;

pub use difference::Touched;
pub use file::{Facts, MappingFrom, bytes, is_unsure};
pub use policy::{Consent, Lack, Policy};
pub use report::{Cause, Counts, Leaver, Missing, Problem, Report};
pub use source_store::Source;
pub use store::{Import, Listed};
pub use undo::{Named, UndoReport};
pub use wording::{field_words, file_words, mapping_words};

use self::file::PeopleFile;
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{Access, ByServer, Leave},
        ids::{ImportId, PersonId, SourceId},
        viewer::Viewer,
    },
    words,
};

words! {
    /// How far an import is.
    State {
        /// The file is kept; its columns wait for somebody.
        Uploaded = "uploaded",
        /// A job compares it with the directory.
        Checking = "checking",
        /// What it would do can be seen, and waits for a yes.
        Checked = "checked",
        /// A job writes it.
        Applying = "applying",
        /// The directory is as the file says.
        Applied = "applied",
        /// Somebody ended it; nothing was changed.
        Cancelled = "cancelled",
        /// A defect of ours ended it; nothing was changed.
        Failed = "failed",
    }
}

words! {
    /// How a file comes.
    Arrival {
        /// By a form.
        Upload = "upload",
        /// By the command line.
        Command = "command",
        /// By the watched folder.
        Folder = "folder",
    }
}

words! {
    /// What is being done while an import is checked or applied.
    Step {
        /// Nothing yet.
        Waiting = "waiting",
        /// Reading the rows.
        Reading = "reading",
        /// Comparing them with the directory.
        Comparing = "comparing",
        /// Writing, all in one.
        Writing = "writing",
    }
}

/// A file that was read for the first time.
#[derive(Debug)]
pub struct NewImport {
    /// Made with the form, so that a double click makes one import.
    pub id: ImportId,
    /// As the browser tells it.
    pub file_name: String,
    /// The bytes.
    pub content: Vec<u8>,
    source: Option<SourceId>,
    facts: Facts,
    mapping: Mapping,
    mapping_from: MappingFrom,
    questions: Vec<Question>,
}

/// Reads an uploaded file, with the mapping that was confirmed for its source or for such a file before, or a guess.
///
/// # Errors
/// The inner one says what is wrong with the file.
pub async fn open(
    app: &App,
    id: ImportId,
    file_name: String,
    content: Vec<u8>,
    sheet: Option<String>,
    source: Option<SourceId>,
) -> Answer<Result<NewImport, TableError>> {
    let read = move || PeopleFile::read(&content, sheet.as_deref()).map(|file| (file, content));
    let (file, content) = match file::aside(read).await? {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error)),
    };
    let (mapping, mapping_from) = file.mapping(&mut app.db.read().await?, source).await?;
    let facts = file.facts();
    let (mapping, questions) = file::aside(move || {
        let questions = file.questions(&mapping);
        (mapping, questions)
    })
    .await?;
    Ok(Ok(NewImport { id, file_name, content, source, facts, mapping, mapping_from, questions }))
}

/// Keeps an upload until somebody has confirmed its columns. A double click sends the same file twice and makes one
/// import; a form that the back button brought back may send another file, which becomes one of its own.
///
/// # Errors
/// When the database fails.
pub async fn upload(tx: &mut Tx, viewer: &Viewer, mut new: NewImport) -> Answer<ImportId> {
    let known = ByServer(new.id);
    if store::find(tx, &known).await?.is_some() {
        if store::content(tx, &known).await?.as_ref() == Some(&new.content) {
            return Ok(new.id);
        }
        new.id = ImportId::new();
    }
    let (id, file_name) = (new.id, new.file_name.clone());
    set_older_aside(tx, &new, Some(viewer.person)).await?;
    if store::insert(tx, Some(viewer.person), new).await? {
        let event = Event::by(viewer, "import.uploaded").on(id);
        event.with(serde_json::json!({ "file": file_name })).record(tx).await?;
    }
    Ok(id)
}

/// A newer file takes the place of those of its source that wait for somebody's word; of uploads without a source, of
/// those of the same name by the same person. They would bring the directory back to an older state.
async fn set_older_aside(tx: &mut Tx, new: &NewImport, by: Option<PersonId>) -> Answer<()> {
    for (older,) in store::waiting(tx, new.id, new.source, by, &new.file_name).await? {
        put_aside(tx, older).await?;
    }
    Ok(())
}

async fn put_aside(tx: &mut Tx, older: ImportId) -> Answer<()> {
    if store::set_over(tx, &ByServer(older), State::Cancelled).await? {
        Event::by_server("import.set_aside").on(older).record(tx).await?;
    }
    Ok(())
}

/// Reads another sheet of the workbook.
///
/// # Errors
/// 409 if the import is past its columns.
pub async fn choose_sheet(tx: &mut Tx, access: &Access<ImportId>, new: NewImport) -> Answer<()> {
    let sheet = new.facts.sheet().to_owned();
    if !store::set_file(tx, access, &sheet, new).await? {
        return Err(Error::conflict("over"));
    }
    Event::by(&access.viewer, "import.sheet_chosen").on(access.id).record(tx).await?;
    Ok(())
}

/// An import and the uploaded bytes.
///
/// # Errors
/// [`Error::NotFound`] if there is none; 409 once it is over and its file is gone.
pub async fn with_content(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<(Import, Vec<u8>)> {
    let import = store::find(tx, leave).await?.ok_or(Error::NotFound)?;
    let content = store::content(tx, leave).await?.ok_or_else(|| Error::conflict("over"))?;
    Ok((import, content))
}

/// What the columns mean is said: has the file checked.
///
/// # Errors
/// 409 if the import is past its columns.
async fn confirm_mapping(tx: &mut Tx, access: &Access<ImportId>, mapping: &Mapping) -> Answer<()> {
    if !store::set_mapping(tx, access, &mapping.to_toml()).await? {
        return Err(Error::conflict("over"));
    }
    Event::by(&access.viewer, "import.mapped").on(access.id).record(tx).await?;
    enqueue(tx, "people.check_import", access.id).await
}

/// Says that the columns mean what they look like, or what was said of such a file before.
///
/// # Errors
/// As [`with_content`]; 409 if the import is past its columns.
pub async fn confirm_guess(tx: &mut Tx, access: &Access<ImportId>) -> Answer<()> {
    let (import, content) = with_content(tx, access).await?;
    let source = import.source_id;
    let read = move || PeopleFile::read(&content, import.sheet.as_deref());
    let file = file::aside(read).await?.map_err(Error::defect)?;
    let (mapping, _) = file.mapping(tx, source).await?;
    confirm_mapping(tx, access, &mapping).await
}

/// Somebody says yes to what they saw: has the import applied.
///
/// # Errors
/// The inner one lists what has to be said before. 409 if there is no report to say yes to.
pub async fn confirm(tx: &mut Tx, access: &Access<ImportId>, consent: Consent) -> Answer<Result<(), Vec<Lack>>> {
    let import = store::find(tx, access).await?.ok_or(Error::NotFound)?;
    let lacks = import.policy().lacks(&import.counts.unwrap_or_default().0, &consent);
    if !lacks.is_empty() {
        return Ok(Err(lacks));
    }
    if !store::set_confirmed(tx, access, consent).await? {
        return Err(Error::conflict("over"));
    }
    Event::by(&access.viewer, "import.confirmed").on(access.id).record(tx).await?;
    enqueue(tx, "people.apply_import", access.id).await?;
    Ok(Ok(()))
}

/// Ends an import that is not applied. Nothing of it stays.
///
/// # Errors
/// 409 if it is over already.
pub async fn cancel(tx: &mut Tx, access: &Access<ImportId>) -> Answer<()> {
    if !store::set_over(tx, access, State::Cancelled).await? {
        return Err(Error::conflict("over"));
    }
    Event::by(&access.viewer, "import.cancelled").on(access.id).record(tx).await?;
    Ok(())
}

async fn enqueue(tx: &mut Tx, kind: &str, import: ImportId) -> Answer<()> {
    crate::jobs::enqueue(tx, kind, &import.to_string(), &Value::from(import.to_string())).await?;
    Ok(())
}
