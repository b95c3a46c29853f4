//! Imports in the background. Each job asks first whether it is still wanted, and can be killed at any moment: what is
//! written, is written in one transaction.

use std::sync::Arc;

use counterflow_roster::{Mapping, Reading};
use jiff::SignedDuration;
use serde_json::Value;

use super::{
    Import, State, Step,
    file::{self, PeopleFile},
    plan::Plan,
    store, write,
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
    let before = tx.now().minus(KEPT);
    for (import,) in store::abandoned(&mut tx, before).await? {
        if store::set_over(&mut tx, &ByServer(import), State::Cancelled).await? {
            Event::by_server("import.forgotten").on(import).record(&mut tx).await?;
        }
    }
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
            let mut tx = app.db.write().await?;
            if store::set_over(&mut tx, &import, State::Failed).await? {
                Event::by_server("import.failed").on(import.0).record(&mut tx).await?;
            }
            tx.commit().await.map_err(Error::from)
        }
    }
}

/// An import whose file is read, ready to be compared.
#[derive(Debug)]
pub struct Ready {
    import: Import,
    reading: Arc<Reading>,
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
    let read = move || PeopleFile::read(&content, sheet.as_deref()).map(|file| file.people(&mapping));
    let reading = file::aside(read).await?.map_err(Error::defect)?;
    Ok(Some(Ready { import: found, reading: Arc::new(reading) }))
}

async fn try_check(app: &App, import: ByServer<ImportId>) -> Answer<()> {
    let Some(ready) = prepare(app, import, State::Checking).await? else { return Ok(()) };
    if !ready.reading.questions.is_empty() {
        let mut tx = app.db.write().await?;
        store::ask(&mut tx, &import, ready.reading.questions.clone()).await?;
        return tx.commit().await.map_err(Error::from);
    }
    note(app, import, Step::Comparing).await?;
    let plan = plan(&mut app.db.read().await?, ready.reading).await?;
    let mut tx = app.db.write().await?;
    store::set_report(&mut tx, &import, &plan.report).await?;
    tx.commit().await.map_err(Error::from)
}

async fn try_apply(app: &App, import: ByServer<ImportId>) -> Answer<()> {
    let Some(ready) = prepare(app, import, State::Applying).await? else { return Ok(()) };
    note(app, import, Step::Writing).await?;
    let mut tx = app.db.write().await?;
    if finish(&mut tx, ready).await? == Finish::Cancelled {
        return Ok(()); // dropping the transaction undoes it
    }
    tx.commit().await.map_err(Error::from)
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
pub async fn finish(tx: &mut Tx, Ready { import, reading }: Ready) -> Answer<Finish> {
    let leave = ByServer(import.id);
    tx.lock("directory").await?;
    let plan = plan(tx, reading).await?;
    if import.report.as_ref().is_none_or(|seen| seen.0 != plan.report) {
        store::set_report(tx, &leave, &plan.report).await?;
        return Ok(Finish::ToBeSeenAgain);
    }
    write::write(tx, &plan, import.missing(), import.created_by, &mut |_| {}).await?;
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
