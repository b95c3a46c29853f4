//! Work to be done later, in rows of our own: queued in the verb's transaction, claimed with a lease and a fence,
//! retried with backoff, and put aside for the admin when it keeps failing.
//!
//! Every job is idempotent: a process that is killed between doing and finishing does it again.

mod store;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use jiff::SignedDuration;
use serde_json::Value;

pub use store::{Job, Standing, standing};

use crate::kernel::{
    app::App,
    clock::Timestamp,
    db::Tx,
    error::{Answer, Error},
};

/// How long a claimed job may take before somebody else may claim it.
const LEASE: SignedDuration = SignedDuration::from_mins(10);
/// After so many failures a job is put aside.
const MOST_ATTEMPTS: i64 = 8;

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
}

/// Queues work in this transaction for as soon as it commits. The same kind and key waits only once.
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

/// Runs jobs until the process ends.
pub async fn run_forever(app: App, kinds: Arc<Vec<Kind>>) {
    let new_work = app.db.new_work();
    loop {
        let rang = new_work.notified();
        match run_due(&app, &kinds).await {
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
    plan_repeated(app, kinds).await?;
    let mut count = 0;
    while let Some(job) = claim(app).await? {
        run_one(app, kinds, job).await?;
        count += 1;
    }
    Ok(count)
}

async fn claim(app: &App) -> Answer<Option<Job>> {
    let mut tx = app.db.write().await?;
    let until = tx.now().plus(LEASE);
    let job = store::claim(&mut tx, until).await?;
    tx.commit().await?;
    Ok(job)
}

async fn run_one(app: &App, kinds: &[Kind], job: Job) -> Answer<()> {
    let result = match kinds.iter().find(|kind| kind.name == job.kind) {
        Some(kind) => {
            let payload = serde_json::from_str(&job.payload).unwrap_or(Value::Null);
            // In a task of its own, so that a panic is this job's failure and not the runner's end.
            match tokio::spawn((kind.work)(app.clone(), payload)).await {
                Ok(result) => result,
                Err(panic) => Err(Error::defect(panic)),
            }
        }
        None => Err(Error::defect(format!("no work is known for {}", job.kind))),
    };
    let mut tx = app.db.write().await?;
    match result {
        Ok(()) => store::finish(&mut tx, &job).await?,
        Err(error) => {
            tracing::warn!(kind = job.kind, attempt = job.attempts, %error, "a job failed");
            let retry = (job.attempts < MOST_ATTEMPTS).then(|| tx.now().plus(backoff(job.attempts)));
            store::fail(&mut tx, &job, &error.to_string(), retry).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// 10 s, 40 s, 2.7 min, ... up to 6 h.
fn backoff(attempts: i64) -> SignedDuration {
    let exponent = u32::try_from(attempts.clamp(1, 7)).unwrap_or(1) - 1;
    SignedDuration::from_secs((10 * 4_i64.pow(exponent)).min(6 * 3600))
}

async fn plan_repeated(app: &App, kinds: &[Kind]) -> Answer<()> {
    let mut tx = app.db.read().await?;
    let mut due = Vec::new();
    for kind in kinds {
        if let Some(every) = kind.every
            && store::last_finished(&mut tx, kind.name).await?.is_none_or(|last| tx.now().since(last) >= every)
            && !store::is_open(&mut tx, kind.name).await?
        {
            due.push(kind.name);
        }
    }
    drop(tx);
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    for name in due {
        enqueue(&mut tx, name, "repeated", &Value::Null).await?;
    }
    tx.commit().await?;
    Ok(())
}
