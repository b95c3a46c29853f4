//! Closing a round: what is still open, and the step to the report.

use askama::Template;

use super::{MeetingCounts, PairCounts, Share, store};
use crate::{
    checkins::Occasion,
    kernel::{
        app::App,
        error::Answer,
        form::Fields,
        guard::Access,
        ids::RoundId,
        page::{self, Page},
    },
    programs::{self, Round, Stage, stages},
};

#[derive(Template)]
#[template(path = "outcomes/close.html")]
struct ClosePage {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    over: bool,
    pairs: PairCounts,
    meetings: MeetingCounts,
    /// The last questions.
    endline: Share,
}

/// `GET /rounds/{round}/close`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let mut endline = store::responses(&mut tx, &access).await?;
    endline.retain(|row| row.occasion == Occasion::Endline);
    page::html(&ClosePage {
        steps: stages::steps(&round, Some(Stage::Close)),
        over: page.now.day_in(&page.zone) > round.ends_on,
        pairs: store::pairs(&mut tx, &access).await?,
        meetings: store::meetings(&mut tx, &access).await?,
        endline: Share::of(endline.iter().map(|row| row.answered).sum(), endline.iter().map(|row| row.asked).sum()),
        round,
        page,
    })
}

/// `POST /rounds/{round}/close`: the round closes. It only goes forward, so that a second click changes nothing.
pub async fn close(app: App, access: Access<RoundId>, _: Fields) -> Answer {
    advance(&app, &access, Stage::Close).await
}

/// `POST /rounds/{round}/prove`: the round goes on to its report.
pub async fn prove(app: App, access: Access<RoundId>, _: Fields) -> Answer {
    advance(&app, &access, Stage::Prove).await
}

async fn advance(app: &App, access: &Access<RoundId>, stage: Stage) -> Answer {
    let mut tx = app.db.write().await?;
    programs::begin_stage(&mut tx, access, stage).await?;
    tx.commit().await?;
    Ok(page::see_other(&format!("/rounds/{}/{stage}", access.id)))
}
