//! How the pairs are doing, worst first, with reasons and the letter that may help.

use askama::Template;
use axum::response::Response;

use super::{HealthCounts, MeetingCounts, PairCounts, figures::Responses, store, tables};
use crate::{
    checkins::{
        self, Occasion, Running,
        health::{Reason, Sides, State, Wanted},
        nudge::{self, Act, Outcome},
    },
    kernel::{
        app::App,
        clock::Timestamp,
        error::Answer,
        form::Fields,
        guard::{Access, Part},
        ids::{PairId, RoundId},
        page::{self, Page, Query},
    },
    programs::{self, Round, Side, Stage, stages},
    words,
};

words! {
    /// Which pairs the list shows.
    Show {
        /// All that are not on track.
        Hand = "hand",
        /// Nothing held or booked.
        Stalled = "stalled",
        /// It may come to nothing.
        AtRisk = "at_risk",
        /// Something small.
        NeedsAttention = "needs_attention",
        /// The last meeting was missed, and not yet the one before.
        MissedOnce = "missed_once",
        /// They meet.
        OnTrack = "on_track",
        /// Every pair that goes on.
        All = "all",
    }
}

words! {
    /// How the list is sorted.
    Sort {
        /// Worst first.
        Health = "health",
        /// By the leader's name.
        Mentee = "mentee",
        /// By the junior's name.
        Mentor = "mentor",
        /// Fewest meetings first.
        Held = "held",
    }
}

impl Show {
    fn has(self, running: &Running) -> bool {
        let state = running.health.state;
        match self {
            Self::Hand => state != State::OnTrack,
            Self::Stalled => state == State::Stalled,
            Self::AtRisk => state == State::AtRisk,
            Self::NeedsAttention => state == State::NeedsAttention,
            Self::MissedOnce => running.health.missed_once,
            Self::OnTrack => state == State::OnTrack,
            Self::All => true,
        }
    }

    fn count(self, counts: &HealthCounts) -> i64 {
        match self {
            Self::Hand => counts.troubled(),
            Self::Stalled => counts.stalled,
            Self::AtRisk => counts.at_risk,
            Self::NeedsAttention => counts.needs_attention,
            Self::MissedOnce => counts.missed_once,
            Self::OnTrack => counts.on_track,
            Self::All => counts.all(),
        }
    }
}

fn sort(pairs: &mut [Running], by: Sort) {
    // Stable, so that within equals the order by the leader's name stays.
    match by {
        Sort::Health => pairs.sort_by_key(|running| std::cmp::Reverse(running.health.state)),
        Sort::Mentee => pairs.sort_by(|a, b| a.pair.mentee_sort.cmp(&b.pair.mentee_sort)),
        Sort::Mentor => pairs.sort_by(|a, b| a.pair.mentor_sort.cmp(&b.pair.mentor_sort)),
        Sort::Held => pairs.sort_by_key(|running| running.health.held),
    }
}

struct Row {
    running: Running,
    act: Act,
}

#[derive(Template)]
#[template(path = "outcomes/run.html")]
struct RunPage {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    health: HealthCounts,
    pairs: PairCounts,
    meetings: MeetingCounts,
    responses: Vec<Responses>,
    rows: Vec<Row>,
    show: Show,
    sort: Sort,
}

impl RunPage {
    fn list(&self, show: Show, sort: Sort) -> String {
        format!("/rounds/{}/run?show={show}&sort={sort}#pairs", self.round.id)
    }

    /// The address of this list with another filter.
    fn filtered(&self, show: &Show) -> String {
        self.list(*show, self.sort)
    }

    /// The address of the pairs where the moment to step in is now.
    fn missed_once(&self) -> String {
        self.list(Show::MissedOnce, self.sort)
    }

    /// The address of this list in another order.
    fn sorted(&self, sort: Sort) -> String {
        self.list(self.show, sort)
    }
}

/// `GET /rounds/{round}/run?show=&sort=`
pub async fn show(app: App, page: Page, access: Access<RoundId>, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let mut running = checkins::of_round(&mut tx, &access, None).await?;
    let health = HealthCounts::of(&running);
    let default = if health.troubled() > 0 { Show::Hand } else { Show::All };
    let show = query.get("show").parse().unwrap_or(default);
    let order = query.get("sort").parse().unwrap_or(Sort::Health);
    running.retain(|pair| show.has(pair));
    sort(&mut running, order);
    let lately = nudge::lately(&mut tx, &access).await?;
    let rows = running.into_iter().map(|running| Row { act: nudge::act(&running, &lately), running });
    page::html(&RunPage {
        steps: stages::steps(&round, Some(Stage::Run)),
        health,
        pairs: store::pairs(&mut tx, &access).await?,
        meetings: store::meetings(&mut tx, &access).await?,
        responses: store::responses(&mut tx, &access).await?,
        rows: rows.collect(),
        show,
        sort: order,
        round,
        page,
    })
}

#[derive(Template)]
#[template(path = "outcomes/reason.txt")]
struct ReasonWords<'a> {
    page: &'a Page,
    reason: &'a Reason,
}

/// `GET /rounds/{round}/run.csv`: every pair that goes on.
pub async fn csv(app: App, page: Page, access: Access<RoundId>) -> Answer<Response> {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let mut running = checkins::of_round(&mut tx, &access, None).await?;
    sort(&mut running, Sort::Health);
    let mut rows = Vec::new();
    for Running { pair, health } in &running {
        let mut why = Vec::new();
        for reason in &health.reasons {
            why.push(ReasonWords { page: &page, reason }.render()?.trim().to_owned());
        }
        let day = |at: Timestamp| at.day_in(&page.zone).to_string();
        rows.push([
            pair.mentee.clone(),
            pair.mentor.clone(),
            health.state.to_string(),
            why.join(" "),
            health.held.to_string(),
            pair.plan.to_string(),
            health.last_held.map(day).unwrap_or_default(),
            health.next.map(day).unwrap_or_default(),
        ]);
    }
    let columns = ["mentee", "mentor", "health", "why", "held", "plan", "last_held", "next_meeting"];
    tables::download(&round, "pairs", columns, rows)
}

/// `POST /rounds/{round}/pairs/{pair}/nudge`: writes to whoever can put the pair right.
pub async fn send_nudge(app: App, access: Access<RoundId>, Part(pair): Part<PairId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let outcome = nudge::nudge(&app, &mut tx, &access, pair).await?;
    tx.commit().await?;
    let show = fields.get("show").parse().unwrap_or(Show::All);
    let order = fields.get("sort").parse().unwrap_or(Sort::Health);
    let back = format!("/rounds/{}/run?show={show}&sort={order}", access.id);
    Ok(match outcome {
        Outcome::Sent => page::done(&back, "nudged"),
        Outcome::SentToOne => page::done(&back, "nudged_one"),
        Outcome::Spared => page::done(&back, "nudged_nobody"),
    })
}
