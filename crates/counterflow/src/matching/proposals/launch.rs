//! The launch stage of a round: every proposal, whose answer is awaited, and what managers alone may know.

use std::collections::HashMap;

use askama::Template;

use super::{Declined, Proposal, ProposalState, of_round, store};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        error::Answer,
        guard::Access,
        ids::{ProposalId, RoundId, RunId},
        page::{self, Page, Query},
    },
    matching::{AskedFirst, DeclineReason, RunState, runs, why::fit},
    programs::{self, Round, Side, Stage, stages},
};

/// What the list can be narrowed to.
const FILTERS: [&str; 6] = ["mentees", "mentors", "accepted", "declined", "expired", "withdrawn"];

/// The filter under which a proposal stands.
fn filter_of(proposal: &Proposal) -> &'static str {
    match (proposal.state, proposal.awaited()) {
        (_, Some(Side::Mentee)) => "mentees",
        (_, Some(Side::Mentor)) => "mentors",
        (ProposalState::Declined, _) => "declined",
        (ProposalState::Expired, _) => "expired",
        (ProposalState::Withdrawn, _) => "withdrawn",
        _ => "accepted",
    }
}

struct Row {
    last_minute: Timestamp,
    no: Option<Declined>,
    /// The viewer is one of the two: other managers look after it.
    own: bool,
    proposal: Proposal,
}

impl Row {
    fn fit(&self) -> String {
        fit(self.proposal.score)
    }
}

#[derive(Template)]
#[template(path = "matching/proposals/launch.html")]
struct LaunchPage {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    rows: Vec<Row>,
    all: usize,
    counts: Vec<(&'static str, usize)>,
    chosen: String,
    draft: Option<String>,
    open_run: Option<String>,
    run: RunId,
}

impl LaunchPage {
    fn count(&self, filter: &str) -> usize {
        self.counts.iter().find(|(name, _)| *name == filter).map_or(0, |(_, count)| *count)
    }

    fn open(&self) -> usize {
        self.count("mentees") + self.count("mentors")
    }

    fn lost(&self) -> usize {
        self.count("declined") + self.count("expired") + self.count("withdrawn")
    }
}

/// `GET /rounds/{round}/launch`
pub async fn show(app: App, page: Page, access: Access<RoundId>, query: Query) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let proposals = of_round(&mut tx, &access).await?;
    let nos = store::declines(&mut tx, &access).await?;
    let mut nos: HashMap<ProposalId, Declined> = nos.into_iter().map(|no| (no.proposal_id, no)).collect();
    let runs = runs::runs(&mut tx, &access).await?;
    let draft = runs.iter().find(|run| run.state == RunState::Done).map(runs::Run::href);
    let open_run = runs.iter().find(|run| run.state.is_open()).map(runs::Run::href);
    let counts = FILTERS.map(|name| (name, proposals.iter().filter(|one| filter_of(one) == name).count()));
    let chosen = FILTERS.into_iter().find(|name| query.0.is("state", name)).unwrap_or("").to_owned();
    let all = proposals.len();
    let rows = proposals
        .into_iter()
        .filter(|one| chosen.is_empty() || filter_of(one) == chosen)
        .map(|proposal| Row {
            last_minute: proposal.last_minute(),
            no: nos.remove(&proposal.id).filter(|no| proposal.declined_by == Some(no.side)),
            own: proposal.side_of(access.viewer.person).is_some(),
            proposal,
        })
        .collect();
    page::html(&LaunchPage {
        page,
        steps: stages::steps(&round, Some(Stage::Launch)),
        round,
        rows,
        all,
        counts: counts.to_vec(),
        chosen,
        draft,
        open_run,
        run: RunId::new(),
    })
}
