//! The statements on runs, their inputs and their certificates.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Failure, Progress, Proven, Run,
    engine::{Draft, Drafted},
};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::{Access, Leave},
        ids::{RoundId, RunId},
    },
    matching::{RunState, inputs::Inputs},
};

#[derive(sqlx::FromRow)]
struct RunRow {
    id: RunId,
    round_id: RoundId,
    number: i64,
    state: RunState,
    criteria: String,
    progress: String,
    cancel_requested_at: Option<Timestamp>,
    outcome: Option<String>,
    failure: Option<String>,
    version: i64,
    by: Option<String>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
}

fn stored<T: DeserializeOwned>(json: &str) -> Answer<T> {
    serde_json::from_str(json).map_err(|error| Error::defect(format!("a stored run cannot be read: {error}")))
}

fn json(value: &impl Serialize) -> Answer<String> {
    serde_json::to_string(value).map_err(Error::defect)
}

impl TryFrom<RunRow> for Run {
    type Error = Error;

    fn try_from(row: RunRow) -> Answer<Self> {
        Ok(Self {
            id: row.id,
            round_id: row.round_id,
            number: row.number,
            state: row.state,
            criteria: row.criteria,
            progress: stored(&row.progress)?,
            cancel_requested_at: row.cancel_requested_at,
            outcome: row.outcome.as_deref().map(stored).transpose()?,
            failure: row.failure.as_deref().map(stored).transpose()?,
            version: row.version,
            by: row.by,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// A run of a round.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn run(tx: &mut Tx, leave: &impl Leave<RoundId>, id: RunId) -> Answer<Run> {
    let row = fetch_optional!(
        tx,
        RunRow,
        "select r.id, r.round_id, r.number, r.state, r.criteria, r.progress, r.cancel_requested_at, r.outcome, r.failure,
                r.version, people.name as by, r.created_at, r.finished_at
         from match_runs r left join people on people.id = r.created_by where r.round_id = $1 and r.id = $2",
        leave.id(),
        id
    )?;
    row.ok_or(Error::NotFound)?.try_into()
}

/// Every run of a round, newest first.
///
/// # Errors
/// When the database fails.
pub async fn runs(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Run>> {
    let rows = fetch_all!(
        tx,
        RunRow,
        "select r.id, r.round_id, r.number, r.state, r.criteria, r.progress, r.cancel_requested_at, r.outcome, r.failure,
                r.version, people.name as by, r.created_at, r.finished_at
         from match_runs r left join people on people.id = r.created_by where r.round_id = $1 order by r.number desc",
        leave.id()
    )?;
    rows.into_iter().map(Run::try_from).collect()
}

/// The round of a run, for the job that only knows the run.
pub(super) async fn round_of(tx: &mut Tx, id: RunId) -> Answer<Option<RoundId>> {
    let row = fetch_optional!(tx, (RoundId,), "select round_id from match_runs where id = $1", id)?;
    Ok(row.map(|(round,)| round))
}

/// The run under this id, or the one that works in this round.
pub(super) async fn known_or_open(tx: &mut Tx, leave: &impl Leave<RoundId>, id: RunId) -> Answer<Option<RunId>> {
    let row = fetch_optional!(
        tx,
        (RunId,),
        "select id from match_runs where round_id = $1 and (id = $2 or state in ('queued', 'running'))
         order by case when id = $2 then 0 else 1 end limit 1",
        leave.id(),
        id
    )?;
    Ok(row.map(|(id,)| id))
}

pub(super) async fn insert(tx: &mut Tx, access: &Access<RoundId>, id: RunId, criteria: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into match_runs (id, round_id, number, state, criteria, progress, version, created_by, created_at)
         select $1, $2, coalesce(max(number), 0) + 1, 'queued', $3, $4, 1, $5, $6 from match_runs where round_id = $2",
        id,
        access.id,
        criteria,
        json(&Progress::default())?,
        access.viewer.person,
        now
    )?;
    Ok(())
}

/// Answers whether this was the first time that it was asked.
pub(super) async fn request_cancel(tx: &mut Tx, access: &Access<RoundId>, id: RunId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update match_runs set cancel_requested_at = $1, state = case when state = 'queued' then 'cancelled' else state end,
                finished_at = case when state = 'queued' then $1 end
         where round_id = $2 and id = $3 and state in ('queued', 'running') and cancel_requested_at is null",
        now,
        access.id,
        id
    )?;
    Ok(rows == 1)
}

/// What the run read when it first began.
///
/// # Errors
/// When the database fails.
pub async fn inputs(tx: &mut Tx, run: &Run) -> Answer<Option<Inputs>> {
    let row = fetch_optional!(tx, (String,), "select content from match_inputs where run_id = $1", run.id)?;
    row.map(|(content,)| stored(&content)).transpose()
}

pub(super) async fn keep_inputs(tx: &mut Tx, run: &Run, inputs: &Inputs) -> Answer<()> {
    execute!(
        tx,
        "insert into match_inputs (run_id, content) values ($1, $2) on conflict (run_id) do nothing",
        run.id,
        json(inputs)?
    )?;
    Ok(())
}

/// Notes how far the run is. Answers whether it was asked to stop, or is not running any more.
pub(super) async fn note_progress(tx: &mut Tx, run: &Run, progress: &Progress) -> Answer<bool> {
    let row = fetch_optional!(
        tx,
        (Option<Timestamp>,),
        "update match_runs set state = 'running', progress = $1
         where id = $2 and state in ('queued', 'running') returning cancel_requested_at",
        json(progress)?,
        run.id
    )?;
    Ok(row.is_none_or(|(requested,)| requested.is_some()))
}

/// The run ends without a draft. Nothing happens if it has ended already.
pub(super) async fn end(tx: &mut Tx, run: &Run, state: RunState, failure: Option<&Failure>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update match_runs set state = $1, failure = $2, finished_at = $3
         where id = $4 and state in ('queued', 'running')",
        state,
        failure.map(json).transpose()?,
        now,
        run.id
    )?;
    Ok(rows == 1)
}

/// The run is done: everything about it in this transaction. Nothing happens if it has ended already.
pub(super) async fn finish(tx: &mut Tx, run: &Run, draft: &Draft, progress: &Progress) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update match_runs set state = 'done', outcome = $1, certificate = $2, progress = $3, finished_at = $4
         where id = $5 and state in ('queued', 'running') and cancel_requested_at is null",
        json(&draft.outcome)?,
        json(&draft.proven)?,
        json(progress)?,
        now,
        run.id
    )?;
    if rows == 1 {
        for pair in &draft.pairs {
            insert_pair(tx, run, pair).await?;
        }
    }
    Ok(rows == 1)
}

async fn insert_pair(tx: &mut Tx, run: &Run, pair: &Drafted) -> Answer<()> {
    execute!(
        tx,
        "insert into draft_pairs (run_id, mentor_id, mentee_id, score, rationale, origin) values ($1, $2, $3, $4, $5, $6)",
        run.id,
        pair.mentor,
        pair.mentee,
        i64::from(pair.why.score),
        pair.why.to_json(),
        pair.origin
    )?;
    Ok(())
}

/// The optimum with its proof, as text.
///
/// # Errors
/// [`Error::NotFound`] if the run has none, or when the database fails.
pub async fn certificate(tx: &mut Tx, run: &Run) -> Answer<String> {
    let row = fetch_optional!(tx, (Option<String>,), "select certificate from match_runs where id = $1", run.id)?;
    row.and_then(|(text,)| text).ok_or(Error::NotFound)
}

/// The same, to be verified.
///
/// # Errors
/// [`Error::NotFound`] if the run has none, or when the database fails.
pub async fn proven(tx: &mut Tx, run: &Run) -> Answer<Proven> {
    stored(&certificate(tx, run).await?)
}

/// Of each done run of a round: how many pairs its draft has now, the lowest and the total of their points.
///
/// # Errors
/// When the database fails.
pub async fn standings(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Standing>> {
    Ok(fetch_all!(
        tx,
        Standing,
        "select d.run_id, cast(count(*) as bigint) as pairs, cast(count(distinct d.mentee_id) as bigint) as mentees,
                min(d.score) as lowest, cast(sum(d.score) as bigint) as total
         from draft_pairs d join match_runs r on r.id = d.run_id where r.round_id = $1 group by d.run_id",
        leave.id()
    )?)
}

/// How a draft stands, swaps included.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Standing {
    /// Of which run.
    pub run_id: RunId,
    /// Pairs.
    pub pairs: i64,
    /// Mentees who have a mentor.
    pub mentees: i64,
    /// The lowest score.
    pub lowest: i64,
    /// All scores together.
    pub total: i64,
}
