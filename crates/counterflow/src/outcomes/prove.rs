//! The first report of a round: counts that are nobody's opinion, live, each with its base. No answers: those appear as
//! releases on fixed dates.

use askama::Template;
use axum::response::Response;

use super::{
    HealthCounts, MeetingCounts, PairCounts,
    figures::{ByWhom, FunnelRow, Responses, Step, funnel_rows},
    store, tables,
};
use crate::{
    checkins::{self, Occasion, health::State},
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        guard::{Access, Segment},
        ids::RoundId,
        page::{self, Page},
        words,
    },
    programs::{self, Round, Side, Stage, stages},
};

/// Every table of the report.
struct Report {
    round: Round,
    funnel: Vec<FunnelRow>,
    pairs: PairCounts,
    meetings: MeetingCounts,
    responses: Vec<Responses>,
    health: HealthCounts,
}

async fn report(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Report> {
    let round = programs::round(tx, access).await?;
    let people = store::people(tx, access).await?;
    Ok(Report {
        funnel: funnel_rows(&people, round.stage),
        pairs: store::pairs(tx, access).await?,
        meetings: store::meetings(tx, access).await?,
        responses: store::responses(tx, access).await?,
        health: HealthCounts::of(&checkins::of_round(tx, access, None).await?),
        round,
    })
}

#[derive(Template)]
#[template(path = "outcomes/prove.html")]
struct ProvePage {
    page: Page,
    steps: Vec<stages::Step>,
    report: Report,
}

/// `GET /rounds/{round}/prove`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let report = report(&mut app.db.read().await?, &access).await?;
    page::html(&ProvePage { steps: stages::steps(&report.round, Some(Stage::Prove)), report, page })
}

/// `GET /rounds/{round}/prove/{table}`: one of the report's tables as a file.
pub async fn csv(app: App, access: Access<RoundId>, name: Segment) -> Answer<Response> {
    let report = report(&mut app.db.read().await?, &access).await?;
    let round = &report.round;
    match name.last() {
        "people.csv" => {
            let columns = ["step", "leaders", "leaders_before", "mentors", "mentors_before"];
            tables::download(round, "people", columns, people_rows(&report.funnel))
        }
        "meetings.csv" => {
            let columns = ["meetings", "by_mentor", "by_mentee", "by_both", "all"];
            tables::download(round, "meetings", columns, meeting_rows(&report.meetings))
        }
        "check-ins.csv" => {
            let rows = report.responses.iter().map(|row| {
                let numbers = [row.asked, row.answered, row.open].map(|number| number.to_string());
                let [asked, answered, open] = numbers;
                [row.occasion.to_string(), row.side.to_string(), asked, answered, open]
            });
            tables::download(round, "check-ins", ["occasion", "side", "asked", "answered", "still_open"], rows)
        }
        "health.csv" => {
            let rows = State::ALL.iter().rev().map(|state| {
                let share = report.health.in_state(state);
                [state.to_string(), share.part.to_string(), share.whole.to_string()]
            });
            tables::download(round, "health", ["health", "pairs", "pairs_all"], rows)
        }
        _ => Err(Error::NotFound),
    }
}

/// Each step with its count and the count of the step before; empty: to come.
fn people_rows(funnel: &[FunnelRow]) -> Vec<[String; 5]> {
    let cells = |cell: Option<super::figures::FunnelCell>| match cell {
        Some(cell) => [cell.share.part.to_string(), cell.share.whole.to_string()],
        None => [String::new(), String::new()],
    };
    let row = |row: &FunnelRow| {
        let ([leaders, leaders_before], [mentors, mentors_before]) = (cells(row.mentee), cells(row.mentor));
        [row.step.to_string(), leaders, leaders_before, mentors, mentors_before]
    };
    funnel.iter().map(row).collect()
}

fn meeting_rows(meetings: &MeetingCounts) -> Vec<[String; 5]> {
    let name = |key: &str| words::say("row", key, &[]);
    let all = |key: &str, count: i64| [name(key), String::new(), String::new(), String::new(), count.to_string()];
    let by = |key: &str, by: &ByWhom| {
        let [mentor, mentee, both, all] = [by.mentor, by.mentee, by.both, by.all()].map(|number| number.to_string());
        [name(key), mentor, mentee, both, all]
    };
    vec![
        all("plan", meetings.plan),
        all("held", meetings.held),
        all("booked", meetings.booked),
        all("unmarked", meetings.unmarked),
        by("cancelled", &meetings.cancelled),
        by("cancelled_late", &meetings.cancelled_late),
        all("released", meetings.released),
        by("missed", &meetings.missed),
        by("moved", &meetings.moved),
    ]
}
