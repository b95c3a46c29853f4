//! The statements on `jobs`.

use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
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
    /// To be done, now or later; those that run are among them.
    pub waiting: i64,
    /// Being done right now.
    pub running: i64,
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
    let now = tx.now();
    Ok(fetch_one!(
        tx,
        Standing,
        "select cast(count(case when finished_at is null and dead_at is null then 1 end) as bigint) as waiting,
                cast(count(case when finished_at is null and dead_at is null and leased_until > $1 then 1 end) as bigint)
                    as running,
                cast(count(finished_at) as bigint) as finished, cast(count(dead_at) as bigint) as dead
         from jobs",
        now
    )?)
}

/// Claims the job that has waited longest, of the kinds in `known` (each with a comma before and after it): work of a
/// newer binary stays as it is. One claimant at a time, so that none goes away empty-handed while there is work.
///
/// The conditions stand twice, so that on PostgreSQL a row that changed under the statement is not taken.
pub(super) async fn claim(tx: &mut Tx, known: &str, until: Timestamp, most: i64) -> Answer<Option<Job>> {
    tx.lock("jobs.claim").await?;
    let now = tx.now();
    Ok(fetch_optional!(
        tx,
        Job,
        "update jobs set leased_until = $1, attempts = attempts + 1, fence = fence + 1, again_at = null
         where id = (select id from jobs
                     where finished_at is null and dead_at is null and run_at <= $2 and attempts < $3
                       and (leased_until is null or leased_until <= $2)
                       and replace($4, ',' || kind || ',', '') <> $4
                     order by run_at, id limit 1)
           and finished_at is null and dead_at is null and (leased_until is null or leased_until <= $2)
         returning id, kind, payload, attempts, fence",
        until,
        now,
        most,
        known
    )?)
}

/// Puts aside the jobs whose last attempt was never heard of again: whatever runs them ends with them.
pub(super) async fn put_aside(tx: &mut Tx, error: &str, most: i64) -> Answer<Vec<(JobId,)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (JobId,),
        "update jobs set dead_at = $1, leased_until = null, last_error = $2
         where finished_at is null and dead_at is null and attempts >= $3 and leased_until <= $1
         returning id",
        now,
        error,
        most
    )?)
}

/// Whether [`put_aside`] would find one.
pub(super) async fn has_unheard(tx: &mut Tx, most: i64) -> Answer<bool> {
    let now = tx.now();
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from jobs
         where finished_at is null and dead_at is null and attempts >= $1 and leased_until <= $2",
        most,
        now
    )?;
    Ok(count > 0)
}

/// Keeps a job for its runner. `false`: somebody else has it by now.
pub(super) async fn renew(tx: &mut Tx, job: &Job, until: Timestamp) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update jobs set leased_until = $1 where id = $2 and fence = $3 and leased_until is not null",
        until,
        job.id,
        job.fence
    )?;
    Ok(rows == 1)
}

/// Notes that it is done; or that it waits again, if it was asked for while it ran.
pub(super) async fn finish(tx: &mut Tx, job: &Job) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update jobs set finished_at = case when again_at is null then $1 end, run_at = coalesce(again_at, run_at),
                attempts = case when again_at is null then attempts else 0 end,
                again_at = null, leased_until = null, last_error = null
         where id = $2 and fence = $3",
        now,
        job.id,
        job.fence
    )?;
    Ok(())
}

/// Notes a failure: to be tried again at `retry`, or put aside, unless it was asked for again while it ran. Answers
/// whether it is put aside.
pub(super) async fn fail(tx: &mut Tx, job: &Job, error: &str, retry: Option<Timestamp>) -> Answer<bool> {
    let now = tx.now();
    let aside = fetch_optional!(
        tx,
        (bool,),
        "update jobs set leased_until = null, last_error = $1, run_at = coalesce($2, again_at, run_at),
                attempts = case when cast($2 as text) is null and again_at is not null then 0 else attempts end,
                dead_at = case when cast($2 as text) is null and again_at is null then $3 end, again_at = null
         where id = $4 and fence = $5
         returning dead_at is not null",
        error,
        retry,
        now,
        job.id,
        job.fence
    )?;
    Ok(aside.is_some_and(|(aside,)| aside))
}

/// Forgets finished work.
pub(super) async fn forget_finished(tx: &mut Tx, before: Timestamp) -> Answer<u64> {
    Ok(execute!(tx, "delete from jobs where finished_at < $1", before)?)
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

/// A job in the admin's list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Listed {
    pub id: JobId,
    pub kind: String,
    pub attempts: i64,
    pub run_at: Timestamp,
    pub is_running: bool,
    pub dead_at: Option<Timestamp>,
    pub last_error: Option<String>,
}

/// What gave up, latest first.
pub(super) async fn dead(tx: &mut Tx, limit: i64) -> Answer<Vec<Listed>> {
    Ok(fetch_all!(
        tx,
        Listed,
        "select id, kind, attempts, run_at, false as is_running, dead_at, last_error from jobs
         where dead_at is not null order by dead_at desc, id limit $1",
        limit
    )?)
}

/// What runs or waits, in the order in which it is done.
pub(super) async fn open(tx: &mut Tx, limit: i64) -> Answer<Vec<Listed>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        Listed,
        "select id, kind, attempts, run_at, (leased_until is not null and leased_until > $1) as is_running,
                dead_at, last_error
         from jobs where finished_at is null and dead_at is null
         order by case when leased_until > $1 then 0 else 1 end, run_at, id limit $2",
        now,
        limit
    )?)
}

/// Queues a job that gave up. `false` if it did not, or if the same work waits again anyway.
pub(super) async fn retry(tx: &mut Tx, id: JobId) -> Answer<bool> {
    let now = tx.now();
    tx.brings_work();
    let rows = execute!(
        tx,
        "update jobs set dead_at = null, attempts = 0, run_at = $1
         where id = $2 and dead_at is not null
           and not exists (select 1 from jobs other where other.kind = jobs.kind and other.key = jobs.key
                                                      and other.finished_at is null and other.dead_at is null)",
        now,
        id
    )?;
    Ok(rows == 1)
}

/// Until when the job of a kind is held.
#[cfg(test)]
pub(super) async fn leased_until(tx: &mut Tx, kind: &str) -> Answer<Option<Timestamp>> {
    let (until,) = fetch_one!(tx, (Option<Timestamp>,), "select leased_until from jobs where kind = $1", kind)?;
    Ok(until)
}
