//! The statements on `jobs`.

use crate::{
    execute, fetch_one, fetch_optional,
    kernel::{clock::Timestamp, db::Tx, error::Answer, ids::JobId},
};

/// A job that somebody has claimed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// JSON.
    pub payload: String,
    /// This attempt counted.
    pub attempts: i64,
    /// Only whoever holds the latest fence may finish the job.
    pub fence: i64,
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Standing {
    /// To be done, now or later.
    pub waiting: i64,
    /// Done.
    pub finished: i64,
    /// Put aside after too many failures.
    pub dead: i64,
}

/// How the queue stands.
///
/// # Errors
/// When the database fails.
pub async fn standing(tx: &mut Tx) -> Answer<Standing> {
    Ok(fetch_one!(
        tx,
        Standing,
        "select cast(count(case when finished_at is null and dead_at is null then 1 end) as bigint) as waiting,
                cast(count(finished_at) as bigint) as finished, cast(count(dead_at) as bigint) as dead
         from jobs"
    )?)
}

/// Claims the job that has waited longest. The condition stands twice, so that on PostgreSQL a second claimant who
/// waited for the row finds it taken.
pub(super) async fn claim(tx: &mut Tx, until: Timestamp) -> Answer<Option<Job>> {
    let now = tx.now();
    Ok(fetch_optional!(
        tx,
        Job,
        "update jobs set leased_until = $1, attempts = attempts + 1, fence = fence + 1
         where id = (select id from jobs
                     where finished_at is null and dead_at is null and run_at <= $2
                       and (leased_until is null or leased_until <= $2)
                     order by run_at, id limit 1)
           and finished_at is null and dead_at is null and (leased_until is null or leased_until <= $2)
         returning id, kind, payload, attempts, fence",
        until,
        now
    )?)
}

pub(super) async fn finish(tx: &mut Tx, job: &Job) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update jobs set finished_at = $1, leased_until = null, last_error = null where id = $2 and fence = $3",
        now,
        job.id,
        job.fence
    )?;
    Ok(())
}

/// Notes a failure: to be tried again at `retry`, or put aside.
pub(super) async fn fail(tx: &mut Tx, job: &Job, error: &str, retry: Option<Timestamp>) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update jobs set leased_until = null, last_error = $1, run_at = coalesce($2, run_at),
                dead_at = case when cast($2 as text) is null then $3 end
         where id = $4 and fence = $5",
        error,
        retry,
        now,
        job.id,
        job.fence
    )?;
    Ok(())
}

pub(super) async fn last_finished(tx: &mut Tx, kind: &str) -> Answer<Option<Timestamp>> {
    let (last,) = fetch_one!(tx, (Option<Timestamp>,), "select max(finished_at) from jobs where kind = $1", kind)?;
    Ok(last)
}

pub(super) async fn is_open(tx: &mut Tx, kind: &str) -> Answer<bool> {
    let (open,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from jobs where kind = $1 and finished_at is null and dead_at is null",
        kind
    )?;
    Ok(open > 0)
}
