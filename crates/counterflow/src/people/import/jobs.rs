//! Imports in the background. Each job asks first whether it is still wanted, and can be killed at any moment: what is
//! written, is written in one transaction.

use std::sync::Arc;

use counterflow_roster::{Mapping, Reading};
use jiff::SignedDuration;
use serde_json::Value;

use super::{
    Import, State, Step, changes_store,
    file::{self, PeopleFile},
    folder,
    folder_files::Shelf,
    folder_store,
    letters::What,
    plan::{Change, Plan},
    store, undo, write,
};
use crate::{
    jobs,
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::ByServer,
        ids::ImportId,
    },
    people::leaving,
};

/// Uploads that nobody goes on with are forgotten after this time: files hold the data of everybody.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many changes are written at once while a file is only looked at.
const BATCH: usize = 2_000;

/// Job `people.check_import`: compares the file with the directory, and keeps what it would do for somebody to see.
///
/// # Errors
/// When the database fails.
pub async fn check(app: App, payload: Value) -> Answer<()> {
    let import = import_id(&payload)?;
    end_if_broken(&app, import, try_check(&app, import).await).await
}

/// Job `people.apply_import`: writes the changes that somebody said yes to.
///
/// # Errors
/// When the database fails.
pub async fn apply(app: App, payload: Value) -> Answer<()> {
    let import = import_id(&payload)?;
    end_if_broken(&app, import, try_apply(&app, import).await).await
}

/// Job `people.forget_uploads`.
///
/// # Errors
/// When the database fails.
pub async fn forget_uploads(app: App) -> Answer<()> {
    let mut tx = app.db.write().await?;
    let now = tx.now();
    let before = now.minus(KEPT);
    for (import,) in store::abandoned(&mut tx, before).await? {
        if store::set_over(&mut tx, &ByServer(import), State::Cancelled).await? {
            Event::by_server("import.forgotten").on(import).record(&mut tx).await?;
        }
    }
    changes_store::forget_old(&mut tx, now.minus(undo::KEPT)).await?;
    folder_store::forget_old(&mut tx, before).await?;
    tx.commit().await.map_err(Error::from)
}

fn import_id(payload: &Value) -> Answer<ByServer<ImportId>> {
    jobs::id(payload).map(ByServer)
}

/// A database that is away comes back, and the job is tried again. Anything else would fail in the same way for ever.
async fn end_if_broken(app: &App, import: ByServer<ImportId>, result: Answer<()>) -> Answer<()> {
    match result {
        Ok(()) | Err(Error::Database(_)) => result,
        Err(error) => {
            tracing::error!(import = %import.0, %error, "an import failed");
            fail(app, import).await
        }
    }
}

async fn fail(app: &App, import: ByServer<ImportId>) -> Answer<()> {
    let mut tx = app.db.write().await?;
    if !store::set_over(&mut tx, &import, State::Failed).await? {
        return Ok(());
    }
    Event::by_server("import.failed").on(import.0).record(&mut tx).await?;
    let found = store::find(&mut tx, &import).await?.ok_or(Error::NotFound)?;
    folder::tell(&mut tx, app, &found, What::Failed).await?;
    tx.commit().await?;
    folder::shelve(app, &found, Shelf::Asks).await
}

/// An import whose file is read, ready to be compared.
#[derive(Debug)]
pub struct Ready {
    import: Import,
    reading: Arc<Reading>,
    headers_hash: String,
}

/// Reads the file of an import; nothing if it is not in this state any more.
///
/// # Errors
/// When the database fails, or the kept file cannot be read any more.
pub async fn prepare(app: &App, import: ByServer<ImportId>, state: State) -> Answer<Option<Ready>> {
    let mut tx = app.db.read().await?;
    let found = store::find(&mut tx, &import).await?.filter(|found| found.state == state);
    let content = store::content(&mut tx, &import).await?;
    drop(tx);
    let (Some(found), Some(content)) = (found, content) else { return Ok(None) };
    note(app, import, Step::Reading).await?;
    let (mapping, sheet) = (Mapping::from_toml(&found.mapping).map_err(Error::defect)?, found.sheet.clone());
    let read =
        move || PeopleFile::read(&content, sheet.as_deref()).map(|file| (file.headers_hash(), file.people(&mapping)));
    let (headers_hash, reading) = file::aside(read).await?.map_err(Error::defect)?;
    Ok(Some(Ready { import: found, reading: Arc::new(reading), headers_hash }))
}

async fn try_check(app: &App, import: ByServer<ImportId>) -> Answer<()> {
    let Some(ready) = prepare(app, import, State::Checking).await? else { return Ok(()) };
    let found = ready.import;
    if !ready.reading.questions.is_empty() {
        return ask(app, &found, &ready.reading).await;
    }
    note(app, import, Step::Comparing).await?;
    let plan = plan(&mut app.db.read().await?, ready.reading).await?;
    if !keep_changes(app, import, &plan).await? {
        return Ok(()); // cancelled meanwhile
    }
    let mut tx = app.db.write().await?;
    let mut shelf = None;
    if store::set_report(&mut tx, &import, &plan.report).await? && found.is_unattended() {
        shelf = folder::go_on_or_ask(&mut tx, app, &found, &plan.report.counts).await?;
    }
    tx.commit().await?;
    shelve(app, &found, shelf).await
}

/// Asks what only a person can say.
async fn ask(app: &App, import: &Import, reading: &Reading) -> Answer<()> {
    let mut tx = app.db.write().await?;
    store::ask(&mut tx, &ByServer(import.id), reading.questions.clone()).await?;
    let unattended = import.is_unattended();
    if unattended {
        folder::tell(&mut tx, app, import, What::Columns).await?;
    }
    tx.commit().await?;
    shelve(app, import, unattended.then_some(Shelf::Asks)).await
}

async fn shelve(app: &App, import: &Import, shelf: Option<Shelf>) -> Answer<()> {
    match shelf {
        Some(shelf) => folder::shelve(app, import, shelf).await,
        None => Ok(()),
    }
}

/// Keeps what the file would change about each person, for somebody to look at. In steps, so that whoever writes
/// meanwhile need not wait for all. Answers whether it is still wanted.
async fn keep_changes(app: &App, import: ByServer<ImportId>, plan: &Plan) -> Answer<bool> {
    let mut tx = app.db.write().await?;
    changes_store::forget(&mut tx, import.0).await?;
    tx.commit().await?;
    let all: Vec<&Change> = plan.changes.iter().chain(&plan.missing).collect();
    for (nth, batch) in all.chunks(BATCH).enumerate() {
        let mut tx = app.db.write().await?;
        if !store::set_step(&mut tx, &import, Step::Comparing).await? {
            return Ok(false);
        }
        write::keep(&mut tx, import.0, nth * BATCH, batch).await?;
        tx.commit().await?;
    }
    Ok(true)
}

async fn try_apply(app: &App, import: ByServer<ImportId>) -> Answer<()> {
    let Some(ready) = prepare(app, import, State::Applying).await? else { return Ok(()) };
    let found = ready.import.clone();
    note(app, import, Step::Writing).await?;
    let mut tx = app.db.write().await?;
    let shelf = match finish(&mut tx, ready).await? {
        Finish::Cancelled => return Ok(()), // dropping the transaction undoes it
        Finish::Applied => {
            let counts = found.counts.clone().unwrap_or_default().0;
            let left = counts.leavers(found.missing());
            folder::tell(&mut tx, app, &found, What::Imported { counts: &counts, left }).await?;
            Some(Shelf::Done)
        }
        Finish::ToBeSeenAgain if found.is_unattended() => {
            let found = store::find(&mut tx, &import).await?.ok_or(Error::NotFound)?;
            let counts = found.counts.clone().unwrap_or_default().0;
            folder::go_on_or_ask(&mut tx, app, &found, &counts).await?
        }
        Finish::ToBeSeenAgain => None,
    };
    tx.commit().await?;
    shelve(app, &found, shelf).await
}

/// How writing an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The directory is as the file says.
    Applied,
    /// The directory has changed since somebody said yes: they have to look again.
    ToBeSeenAgain,
    /// Somebody cancelled it: the transaction must not be committed.
    Cancelled,
}

/// Writes an import, if it still does what somebody said yes to.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, Ready { import, reading, headers_hash }: Ready) -> Answer<Finish> {
    let leave = ByServer(import.id);
    tx.lock("directory").await?;
    let plan = plan(tx, reading).await?;
    if import.report.as_ref().is_none_or(|seen| seen.0 != plan.report) {
        changes_store::forget(tx, import.id).await?;
        let all: Vec<&Change> = plan.changes.iter().chain(&plan.missing).collect();
        write::keep(tx, import.id, 0, &all).await?;
        store::set_report(tx, &leave, &plan.report).await?;
        return Ok(Finish::ToBeSeenAgain);
    }
    write::write(tx, import.id, &plan, import.missing(), import.created_by, &mut |_| {}).await?;
    if !import.is_unattended() {
        file::remember(tx, import.source_id, &headers_hash, &import.mapping).await?;
    }
    // Last, so that whoever cancels meanwhile need not wait until all is written.
    Ok(if store::set_applied(tx, &leave).await? { Finish::Applied } else { Finish::Cancelled })
}

/// Works out what the file changes in the directory as this transaction sees it.
pub(super) async fn plan(tx: &mut Tx, reading: Arc<Reading>) -> Answer<Plan> {
    let today: Day = leaving::today(tx).await?;
    let directory = store::directory(tx).await?;
    file::aside(move || Plan::of(&reading, &directory, today)).await
}

/// Shows what is being done, in a transaction of its own.
async fn note(app: &App, import: ByServer<ImportId>, step: Step) -> Answer<()> {
    let mut tx = app.db.write().await?;
    store::set_step(&mut tx, &import, step).await?;
    tx.commit().await.map_err(Error::from)
}
