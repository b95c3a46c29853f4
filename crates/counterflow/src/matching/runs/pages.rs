//! The match stage of a round, a run while it works, and its certificate.

use std::collections::HashMap;

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};
use counterflow_matching::Proof;

use super::{Failure, Run, Step, StepDone, recheck, store};
use crate::{
    enrollment,
    kernel::{
        app::App,
        error::{Answer, Error},
        filters,
        form::Fields,
        guard::{Access, Part},
        ids::{RoundId, RunId},
        page::{self, Page, Query},
    },
    matching::{
        ProposalState, RunState, board, criteria, proposals,
        why::{Head, Strength, fit},
    },
    programs::{self, Round, Side, Stage, stages},
};

/// A run in the list.
struct Listed {
    run: Run,
    standing: Option<store::Standing>,
}

impl Listed {
    fn lowest(&self) -> String {
        self.standing.map_or_else(String::new, |standing| fit(standing.lowest))
    }

    fn mean(&self) -> String {
        self.standing.map_or_else(String::new, |standing| fit(standing.total / standing.pairs.max(1)))
    }

    fn matched(&self) -> i64 {
        self.standing.map_or(0, |standing| standing.mentees)
    }
}

/// How many are where.
#[derive(Default)]
struct Sizes {
    mentors: usize,
    mentees: usize,
    open: usize,
    accepted: usize,
}

#[derive(Template)]
#[template(path = "matching/runs/match.html")]
struct MatchPage {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    rules: Vec<String>,
    wishes: Vec<(String, u8)>,
    readable: bool,
    /// Whether the next run looks for a stable draft.
    stable: bool,
    runs: Vec<Listed>,
    sizes: Sizes,
    run: RunId,
}

impl MatchPage {
    fn open_run(&self) -> Option<&Run> {
        self.runs.iter().map(|listed| &listed.run).find(|run| run.state.is_open())
    }

    fn last_draft(&self) -> Option<&Listed> {
        self.runs.iter().find(|listed| listed.run.state == RunState::Done)
    }
}

/// `GET /rounds/{round}/match`
pub async fn stage(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let standings = store::standings(&mut tx, &access).await?;
    let standings: HashMap<RunId, store::Standing> = standings.into_iter().map(|one| (one.run_id, one)).collect();
    let runs = store::runs(&mut tx, &access).await?;
    let runs = runs.into_iter().map(|run| Listed { standing: standings.get(&run.id).copied(), run }).collect();
    let sizes = sizes(&mut tx, &access).await?;
    let stored = criteria::read(&round.criteria);
    let heads: Vec<Head> = stored.iter().flat_map(|criteria| &criteria.list).map(Head::from).collect();
    let is_hard = |head: &&Head| matches!(head.rule, Strength::Must | Strength::MustNot);
    page::html(&MatchPage {
        page,
        steps: stages::steps(&round, Some(Stage::Match)),
        rules: heads.iter().filter(is_hard).map(Head::label).collect(),
        wishes: heads.iter().filter(|head| !is_hard(head)).map(|head| (head.label(), head.weight)).collect(),
        readable: stored.is_ok(),
        stable: stored.is_ok_and(|criteria| criteria.aim.proposer().is_some()),
        runs,
        sizes,
        round,
        run: RunId::new(),
    })
}

async fn sizes(tx: &mut crate::kernel::db::Tx, access: &Access<RoundId>) -> Answer<Sizes> {
    let mut sizes = Sizes::default();
    for one in enrollment::participants(tx, access).await? {
        match one.role {
            _ if one.state != enrollment::State::Admitted => {}
            Side::Mentor => sizes.mentors += 1,
            Side::Mentee => sizes.mentees += 1,
        }
    }
    for proposal in proposals::of_round(tx, access).await? {
        sizes.open += usize::from(proposal.state.is_open());
        sizes.accepted += usize::from(proposal.state == ProposalState::Accepted);
    }
    Ok(sizes)
}

/// `POST /rounds/{round}/runs`
pub async fn begin(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    let id = fields.get("run").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    let run = super::begin(&mut tx, &access, id).await?;
    tx.commit().await?;
    Ok(page::see_other(&format!("/rounds/{}/runs/{run}", access.id)))
}

/// One line of the list of steps.
struct StepLine {
    step: Step,
    done: Option<StepDone>,
    is_now: bool,
}

#[derive(Template)]
#[template(path = "matching/runs/progress.html")]
struct ProgressPage {
    page: Page,
    round: Round,
    run: Run,
    steps: Vec<StepLine>,
    position: usize,
    seconds: i64,
}

#[derive(Template)]
#[template(path = "matching/runs/ended.html")]
struct EndedPage {
    page: Page,
    round: Round,
    run: Run,
    next: RunId,
}

/// `GET /rounds/{round}/runs/{run}`: the progress while it works, the review board when it is done.
pub async fn show(app: App, page: Page, access: Access<RoundId>, run: Part<RunId>, query: Query) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let run = store::run(&mut tx, &access, run.0).await?;
    match run.state {
        RunState::Queued | RunState::Running => progress(page, round, run),
        RunState::Done => board::pages::show(&mut tx, page, &access, round, run, &query.0).await,
        RunState::Cancelled | RunState::Failed => page::html(&EndedPage { page, round, run, next: RunId::new() }),
    }
}

/// The page asks for itself again after a moment, by a header that needs no script.
fn progress(page: Page, round: Round, run: Run) -> Answer {
    let now = run.progress.now;
    let line = |step: &Step| StepLine {
        step: *step,
        done: run.progress.step_done(*step).copied(),
        is_now: now == Some(*step),
    };
    let steps: Vec<StepLine> = Step::ALL.iter().map(line).collect();
    let position = steps.iter().filter(|line| line.done.is_some() || line.is_now).count();
    let seconds = page.now.since(run.created_at).as_secs().max(0);
    let mut response = page::html(&ProgressPage { page, round, run, steps, position, seconds })?;
    response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
    Ok(response)
}

/// `POST /rounds/{round}/runs/{run}/cancellation`
pub async fn cancel(app: App, access: Access<RoundId>, run: Part<RunId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    super::cancel(&mut tx, &access, run.0).await?;
    tx.commit().await?;
    Ok(page::see_other(&format!("/rounds/{}/runs/{}", access.id, run.0)))
}

#[derive(Template)]
#[template(path = "matching/runs/certificate.html")]
struct CertificatePage {
    page: Page,
    round: Round,
    run: Run,
    checked: Result<Proof, String>,
    fingerprint: String,
    criteria: usize,
}

/// `GET /rounds/{round}/runs/{run}/certificate`: verifies the stored proof against what the run read, anew.
pub async fn certificate(app: App, page: Page, access: Access<RoundId>, run: Part<RunId>) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let run = store::run(&mut tx, &access, run.0).await?;
    let proven = store::proven(&mut tx, &run).await?;
    let inputs = store::inputs(&mut tx, &run).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let fingerprint = proven.certificate.fingerprint.clone();
    let (toml, criteria) = (run.criteria.clone(), run.outcome.as_ref().map_or(0, |outcome| outcome.criteria));
    let work = tokio::task::spawn_blocking(move || recheck(&inputs, &toml, &proven));
    let checked = work.await.map_err(Error::defect)??;
    page::html(&CertificatePage { page, round, run, checked, fingerprint, criteria })
}

/// `GET /rounds/{round}/runs/{run}/certificate.json`: the pairs that the engine chose with the prices that prove them.
pub async fn download(app: App, access: Access<RoundId>, run: Part<RunId>) -> Answer {
    let mut tx = app.db.read().await?;
    let run = store::run(&mut tx, &access, run.0).await?;
    let text = store::certificate(&mut tx, &run).await?;
    let name = format!("attachment; filename=\"certificate-run-{}.json\"", run.number);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::defect)?),
    ];
    Ok((headers, text).into_response())
}
