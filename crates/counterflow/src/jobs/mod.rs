//! Work to be done later, in rows of our own: queued in the verb's transaction, claimed with a lease and a fence,
//! retried with backoff, and put aside for the admin when it keeps failing.
//!
//! Every job is idempotent: a process that is killed between doing and finishing does it again. A job that is queued
//! again while it runs is run once more. A job of a kind that is not known here waits for the binary that knows it.

pub mod pages;
mod store;
#[cfg(test)]
mod tests;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use jiff::SignedDuration;
use serde_json::Value;
use tokio::task::JoinSet;

pub use store::{Job, Standing, standing};

use crate::kernel::{
    app::App,
    clock::Timestamp,
    db::Tx,
    error::{Answer, Error},
    event::Event,
    ids::Id,
};

/// How long a claimed job is its runner's: after a crash, somebody else takes it so much later.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How often the lease of a job that is still running is renewed: two renewals may fail before it ends.
const RENEWAL: Duration = Duration::from_secs(20);
/// How long a job may take, unless its kind says otherwise.
const LIMIT: Duration = Duration::from_secs(5 * 60);
/// After so many failures a job is put aside.
const MOST_ATTEMPTS: i64 = 8;
/// Finished jobs are kept so long, to be looked at.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What carries out one kind of job.
pub type Work = fn(App, Value) -> Pin<Box<dyn Future<Output = Answer<()>> + Send>>;

/// A kind of job and what carries it out. The list of all is `works.rs`.
pub struct Kind {
    /// As it is queued.
    pub name: &'static str,
    /// What carries it out.
    pub work: Work,
    /// Queued again and again, this long after it last finished; `None` for work that is queued by verbs.
    pub every: Option<SignedDuration>,
    /// How long one attempt may take; then it is broken off, and has failed.
    pub limit: Duration,
}

impl Kind {
    /// Work that is queued by verbs.
    #[must_use]
    pub fn once(name: &'static str, work: Work) -> Self {
        Self { name, work, every: None, limit: LIMIT }
    }

    /// Work that comes again, so long after it last finished.
    #[must_use]
    pub fn each(every: SignedDuration, name: &'static str, work: Work) -> Self {
        Self { every: Some(every), ..Self::once(name, work) }
    }

    /// The same work with another limit.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

/// The id that a job carries: its payload is the id as a JSON string.
///
/// # Errors
/// A defect that says what the payload is instead.
pub fn id<I: Id>(payload: &Value) -> Answer<I> {
    let id = payload.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| Error::defect(format!("no id of a {}: {payload}", I::PARAMETER)))
}

/// Queues work in this transaction for as soon as it commits. The same kind and key waits only once; if it is being done
/// right now, it is done once more.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut Tx, kind: &str, key: &str, payload: &Value) -> Answer<bool> {
    let now = tx.now();
    enqueue_at(tx, kind, key, payload, now).await
}

/// Queues work for a moment to come.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_at(tx: &mut Tx, kind: &str, key: &str, payload: &Value, at: Timestamp) -> Answer<bool> {
    crate::kernel::store::enqueue(tx, kind, key, payload, at).await
}

/// Runs jobs until the process ends, three at a time: a long match run does not hold up what leads to letters.
pub async fn run_forever(app: App, kinds: Arc<Vec<Kind>>) {
    tokio::join!(runner(&app, &kinds), runner(&app, &kinds), runner(&app, &kinds));
}

async fn runner(app: &App, kinds: &[Kind]) {
    let new_work = app.db.new_work();
    loop {
        let rang = new_work.notified();
        match run_due(app, kinds).await {
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the job runner could not work"),
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), rang).await;
    }
}

/// Runs everything that is due now, one after the other. Answers how many jobs were run.
///
/// # Errors
/// When the database fails. A job's own failure is written to its row.
pub async fn run_due(app: &App, kinds: &[Kind]) -> Answer<usize> {
    put_unheard_aside(app).await?;
    plan_repeated(app, kinds).await?;
    let mut count = 0;
    while let Some((kind, job)) = claim(app, kinds).await? {
        run_one(app, kind, job, RENEWAL).await?;
        count += 1;
    }
    Ok(count)
}

/// Job `jobs.forget_finished`.
///
/// # Errors
/// When the database fails.
pub async fn forget_finished(app: App) -> Answer<()> {
    let mut tx = app.db.write().await?;
    let before = tx.now().minus(KEPT);
    store::forget_finished(&mut tx, before).await?;
    tx.commit().await?;
    Ok(())
}

async fn claim<'k>(app: &App, kinds: &'k [Kind]) -> Answer<Option<(&'k Kind, Job)>> {
    let known: String = kinds.iter().map(|kind| format!(",{},", kind.name)).collect();
    let mut tx = app.db.write().await?;
    let until = tx.now().plus(LEASE);
    let job = store::claim(&mut tx, &known, until, MOST_ATTEMPTS).await?;
    tx.commit().await?;
    Ok(job.and_then(|job| Some((kinds.iter().find(|kind| kind.name == job.kind)?, job))))
}

/// A job that ends its process (it takes all memory, say) never tells of its failure. It has had its tries all the same.
async fn put_unheard_aside(app: &App) -> Answer<()> {
    if !store::has_unheard(&mut app.db.read().await?, MOST_ATTEMPTS).await? {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    let error = "the server stopped while this ran, at each attempt";
    for (job,) in store::put_aside(&mut tx, error, MOST_ATTEMPTS).await? {
        tracing::error!(%job, "a job is put aside: {error}");
        Event::by_server("job.gave_up").on(job).record(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn run_one(app: &App, kind: &Kind, job: Job, renewal: Duration) -> Answer<()> {
    let Some(result) = carry_out(app, kind, &job, renewal).await else {
        tracing::warn!(job = %job.id, kind = job.kind, "another runner has this job by now: broken off here");
        return Ok(());
    };
    let mut tx = app.db.write().await?;
    match result {
        Ok(()) => store::finish(&mut tx, &job).await?,
        Err(error) => {
            tracing::warn!(kind = job.kind, attempt = job.attempts, %error, "a job failed");
            let retry = (job.attempts < MOST_ATTEMPTS).then(|| tx.now().plus(backoff(job.attempts)));
            if store::fail(&mut tx, &job, &error.to_string(), retry).await? {
                Event::by_server("job.gave_up").on(job.id).record(&mut tx).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Does the work, keeping the lease meanwhile; `None` if the job is somebody else's by now.
async fn carry_out(app: &App, kind: &Kind, job: &Job, renewal: Duration) -> Option<Answer<()>> {
    let payload = serde_json::from_str(&job.payload).unwrap_or(Value::Null);
    // In a task of its own, so that a panic is this job's failure and not the runner's end. Dropping the set breaks
    // the work off.
    let mut work = JoinSet::new();
    work.spawn((kind.work)(app.clone(), payload));
    let limit = tokio::time::sleep(kind.limit);
    tokio::pin!(limit);
    loop {
        tokio::select! {
            done = work.join_next() => {
                return Some(done.map_or(Ok(()), |done| done.unwrap_or_else(|panic| Err(Error::defect(panic)))));
            }
            () = &mut limit => {
                return Some(Err(Error::defect(format_args!("it took longer than {:?} and was broken off", kind.limit))));
            }
            () = tokio::time::sleep(renewal) => match keep(app, job).await {
                Ok(true) => {}
                Ok(false) => return None,
                // The database may be back before the lease ends; the fence decides in any case.
                Err(error) => tracing::warn!(job = %job.id, %error, "a job's lease could not be renewed"),
            },
        }
    }
}

async fn keep(app: &App, job: &Job) -> Answer<bool> {
    let mut tx = app.db.write().await?;
    let until = tx.now().plus(LEASE);
    let kept = store::renew(&mut tx, job, until).await?;
    tx.commit().await?;
    Ok(kept)
}

/// 10 s, 40 s, 2.7 min, ... up to 6 h.
fn backoff(attempts: i64) -> SignedDuration {
    let exponent = u32::try_from(attempts.clamp(1, 7)).unwrap_or(1) - 1;
    SignedDuration::from_secs((10 * 4_i64.pow(exponent)).min(6 * 3600))
}

async fn plan_repeated(app: &App, kinds: &[Kind]) -> Answer<()> {
    if due(&mut app.db.read().await?, kinds).await?.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    tx.lock("jobs.plan").await?;
    // Asked again: another runner may have planned, and even done it, meanwhile.
    for name in due(&mut tx, kinds).await? {
        enqueue(&mut tx, name, "repeated", &Value::Null).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The repeated kinds whose time has come.
async fn due(tx: &mut Tx, kinds: &[Kind]) -> Answer<Vec<&'static str>> {
    let mut due = Vec::new();
    for kind in kinds {
        if let Some(every) = kind.every
            && store::last_finished(tx, kind.name).await?.is_none_or(|last| tx.now().since(last) >= every)
            && !store::is_open(tx, kind.name).await?
        {
            due.push(kind.name);
        }
    }
    Ok(due)
}
