//! The watched folder: files that an HR system drops at night become imports. A clean one is applied by itself; where
//! somebody has to say something, nothing is changed and a letter asks them.

use std::path::{Path, PathBuf};

use super::{
    Arrival, Consent, Import, MappingFrom, NewImport, Source, State, file,
    folder_files::{self, FolderFile, Shelf},
    folder_store,
    letters::{self, News},
    report::Counts,
    source_store, store,
};
use crate::kernel::{
    app::App,
    clock::Timestamp,
    db::Tx,
    error::{Answer, Error},
    event::Event,
    guard::ByServer,
    ids::{ImportId, SourceId},
    token,
};

/// What lies in the watched folder now, each with the name of the source whose it is.
#[derive(Debug)]
pub(super) struct Lying {
    pub folder: PathBuf,
    pub files: Vec<(FolderFile, Option<String>)>,
    /// Why the folder cannot be read.
    pub trouble: Option<String>,
}

/// What lies in the watched folder; nothing if there is none.
pub(super) async fn lying(app: &App, sources: &[Source]) -> Answer<Option<Lying>> {
    let Some(folder) = app.config.import_folder.clone() else { return Ok(None) };
    let listed = list(&folder).await?;
    let trouble = listed.as_ref().err().map(ToString::to_string);
    let whose = |file: FolderFile| {
        let source = sources.iter().find(|source| source.has_file(&file.name));
        (file, source.map(|source| source.name.clone()))
    };
    Ok(Some(Lying { folder, files: listed.unwrap_or_default().into_iter().map(whose).collect(), trouble }))
}

async fn list(folder: &Path) -> Answer<std::io::Result<Vec<FolderFile>>> {
    let folder = folder.to_owned();
    file::aside(move || folder_files::list(&folder)).await
}

/// Job `people.watch_folder`: takes the files that stopped growing. A folder that cannot be read and a file that cannot
/// be moved are the operator's to mend: the page of the sources tells of them, and the next look tries again.
///
/// # Errors
/// When the database fails.
pub async fn watch(app: App) -> Answer<()> {
    let Some(folder) = app.config.import_folder.clone() else { return Ok(()) };
    let sources = source_store::all(&mut app.db.read().await?).await?;
    let files = match list(&folder).await? {
        Ok(files) => files,
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error, "the folder of people files cannot be read");
            return Ok(());
        }
    };
    for file in files {
        let Some(source) = sources.iter().find(|source| source.has_file(&file.name)) else { continue };
        if !is_steady(&app, &file).await? {
            continue;
        }
        match take(&app, &folder, source, &file).await {
            Err(Error::Defect(error)) => tracing::warn!(file = file.name, %error, "a people file was not taken"),
            taken => taken?,
        }
    }
    Ok(())
}

async fn is_steady(app: &App, file: &FolderFile) -> Answer<bool> {
    let mut tx = app.db.write().await?;
    let steady = folder_store::is_steady(&mut tx, file).await?;
    tx.commit().await?;
    Ok(steady)
}

/// Makes an import of a file, or moves it on if its bytes are known.
async fn take(app: &App, folder: &Path, source: &Source, file: &FolderFile) -> Answer<()> {
    let path = folder.join(&file.name);
    let content = match file::aside(move || file::bytes(&path)).await? {
        Ok(Ok(content)) => content,
        Ok(Err(error)) => return refuse(app, folder, source, file, super::file_words(&error)).await,
        Err(error) => return refuse(app, folder, source, file, error.to_string()).await,
    };
    let hash = token::hash_bytes(&content);
    if let Some(before) = source_store::with_bytes(&mut app.db.read().await?, source.id, &hash).await? {
        match before.state {
            State::Applied if before.is_last => return nothing_new(app, folder, source, file).await,
            _ if !before.stands_in_the_way() => {}
            // Being worked on: whoever does it moves the file.
            State::Checking | State::Applying => return Ok(()),
            _ => return move_on(app, folder, &file.name, before.created_at, Shelf::Asks).await,
        }
    }
    match super::open(app, ImportId::new(), file.name.clone(), content, None, Some(source.id)).await? {
        Ok(new) => begin(app, folder, source, new, &hash).await,
        Err(error) => refuse(app, folder, source, file, super::file_words(&error)).await,
    }
}

/// Keeps the file as an import, and has it checked if nothing has to be said about its columns. The turn of every five
/// minutes, the button, and other processes may read the file at once: whoever comes second finds its bytes taken.
async fn begin(app: &App, folder: &Path, source: &Source, new: NewImport, hash: &str) -> Answer<()> {
    let (import, name) = (ByServer(new.id), new.file_name.clone());
    let is_clear = new.mapping_from == MappingFrom::Memory && new.questions.is_empty();
    let mut tx = app.db.write().await?;
    tx.lock(source.id).await?;
    if source_store::with_bytes(&mut tx, source.id, hash).await?.is_some_and(|before| before.stands_in_the_way()) {
        return Ok(());
    }
    super::set_older_aside(&mut tx, &new, None).await?;
    store::insert(&mut tx, None, new).await?;
    Event::by_server("import.arrived").on(import.0).with(source_data(source)).record(&mut tx).await?;
    if is_clear {
        store::begin_check(&mut tx, &import).await?;
        super::enqueue(&mut tx, "people.check_import", import.0).await?;
    } else {
        letters::write(
            &mut tx,
            app,
            source,
            &News { file: &name, import: Some(import.0), what: letters::What::Columns },
        )
        .await?;
    }
    let at = tx.now();
    tx.commit().await?;
    if is_clear { Ok(()) } else { move_on(app, folder, &name, at, Shelf::Asks).await }
}

fn source_data(source: &Source) -> serde_json::Value {
    serde_json::json!({ "source": source.name })
}

/// The same bytes as last time: nothing to do, and no letter.
async fn nothing_new(app: &App, folder: &Path, source: &Source, file: &FolderFile) -> Answer<()> {
    let mut tx = app.db.write().await?;
    Event::by_server("import.nothing_new").on(source.id).with(source_data(source)).record(&mut tx).await?;
    let at = tx.now();
    move_with(tx, folder, &file.name, at, Shelf::Done).await
}

/// A file that is no table: it is put aside, and the letter says why.
async fn refuse(app: &App, folder: &Path, source: &Source, file: &FolderFile, why: String) -> Answer<()> {
    let mut tx = app.db.write().await?;
    Event::by_server("import.unreadable").on(source.id).with(source_data(source)).record(&mut tx).await?;
    let news = News { file: &file.name, import: None, what: letters::What::Unreadable(why) };
    letters::write(&mut tx, app, source, &news).await?;
    let at = tx.now();
    move_with(tx, folder, &file.name, at, Shelf::Asks).await
}

/// Moves the file and then commits: what cannot be moved is not said again every minute.
async fn move_with(mut tx: Tx, folder: &Path, name: &str, at: Timestamp, shelf: Shelf) -> Answer<()> {
    folder_store::forget(&mut tx, name).await?;
    put_on(folder, name, at, shelf).await?;
    tx.commit().await.map_err(Error::from)
}

async fn move_on(app: &App, folder: &Path, name: &str, at: Timestamp, shelf: Shelf) -> Answer<()> {
    move_with(app.db.write().await?, folder, name, at, shelf).await
}

async fn put_on(folder: &Path, name: &str, at: Timestamp, shelf: Shelf) -> Answer<()> {
    let (folder, file) = (folder.to_owned(), name.to_owned());
    let moved = file::aside(move || folder_files::put_on(&folder, &file, at, shelf)).await?;
    moved.map_err(|error| Error::defect(format_args!("{name} cannot be moved to {shelf}/: {error}")))
}

/// After the check of an import that came by itself: it goes on where nothing has to be said, or asks.
///
/// # Errors
/// When the database fails.
pub(super) async fn go_on_or_ask(tx: &mut Tx, app: &App, import: &Import, counts: &Counts) -> Answer<Option<Shelf>> {
    // A newer file came while this one was checked: applied later, it would bring the directory back.
    if store::is_outdated(tx, &ByServer(import.id)).await? {
        super::put_aside(tx, import.id).await?;
        return Ok(Some(Shelf::Asks));
    }
    let policy = import.policy();
    let consent = Consent { missing: policy.missing, ..Consent::default() };
    let lacks = policy.lacks(counts, &consent);
    // Somebody took these very bytes back: the next night they come again, and mean the same.
    let was_undone = import.undone_before.is_some();
    if lacks.is_empty() && !was_undone {
        let leave = ByServer(import.id);
        if store::set_confirmed(tx, &leave, consent).await? {
            Event::by_server("import.confirmed").on(import.id).record(tx).await?;
            super::enqueue(tx, "people.apply_import", import.id).await?;
        }
        return Ok(None);
    }
    tell(tx, app, import, letters::What::Asks { counts, lacks: &lacks, policy, was_undone }).await?;
    Ok(Some(Shelf::Asks))
}

/// Writes to those who get the reports of the import's source, if it has one.
///
/// # Errors
/// When the database fails.
pub(super) async fn tell(tx: &mut Tx, app: &App, import: &Import, what: letters::What<'_>) -> Answer<()> {
    let Some(source) = source_of(tx, import.source_id).await? else { return Ok(()) };
    letters::write(tx, app, &source, &News { file: &import.file_name, import: Some(import.id), what }).await
}

async fn source_of(tx: &mut Tx, source: Option<SourceId>) -> Answer<Option<Source>> {
    match source {
        Some(source) => source_store::find(tx, &ByServer(source)).await,
        None => Ok(None),
    }
}

/// Moves the file of an import to a shelf, if it still lies in the folder. That it cannot be moved stops nothing: the
/// next look finds its bytes known.
pub(super) async fn shelve(app: &App, import: &Import, shelf: Shelf) -> Answer<()> {
    let Some(folder) = app.config.import_folder.clone().filter(|_| import.arrival == Some(Arrival::Folder)) else {
        return Ok(());
    };
    let (name, at) = (import.file_name.clone(), import.created_at);
    let hash = source_store::hash_of(&mut app.db.read().await?, &ByServer(import.id)).await?;
    let is_same = file::aside({
        let path = folder.join(&name);
        move || std::fs::read(path).is_ok_and(|bytes| Some(token::hash_bytes(&bytes)) == hash)
    });
    if is_same.await? {
        if let Err(error) = move_on(app, &folder, &name, at, shelf).await {
            tracing::warn!(%error, "a file of the watched folder stays where it is");
        }
    } else if shelf == Shelf::Done {
        let settled = file::aside(move || folder_files::settle(&folder, &name, at)).await?;
        if let Err(error) = settled {
            tracing::warn!(%error, "a file of the watched folder stays on its shelf");
        }
    }
    Ok(())
}
