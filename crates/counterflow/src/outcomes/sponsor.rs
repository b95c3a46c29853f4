//! The sponsor's one page: how far it is, whether people meet, what comes next. No names, and nothing by side: with few
//! pairs a side is a person.

use askama::Template;

use super::{
    MeetingCounts, PairCounts, Share,
    figures::{BothSides, People},
    store,
};
use crate::{
    kernel::{
        app::App,
        clock::Day,
        error::{Answer, Error},
        form::Fields,
        guard::{Access, Segment},
        ids::RoundId,
        page::{self, Page},
    },
    programs::{self, Asked, Moment, Round},
};

#[derive(Template)]
#[template(path = "outcomes/sponsor.html")]
struct SponsorPage {
    page: Page,
    round: Round,
    objective: String,
    managers: String,
    today: Day,
    people: BothSides<People>,
    pairs: PairCounts,
    meetings: MeetingCounts,
    answered: Share,
    asked: Vec<Asked>,
}

/// `GET /rounds/{round}/sponsor`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let program = programs::program_of(&mut tx, &round).await?;
    let responses = store::responses(&mut tx, &access).await?;
    let sum = |count: fn(&super::figures::Responses) -> i64| responses.iter().map(count).sum();
    let managers = store::holders(&mut tx, &access, "manager").await?;
    page::html(&SponsorPage {
        objective: program.design.objective,
        managers: managers.into_iter().map(|(name,)| name).collect::<Vec<_>>().join(", "),
        today: page.now.day_in(&page.zone),
        people: store::people(&mut tx, &access).await?,
        pairs: store::pairs(&mut tx, &access).await?,
        meetings: store::meetings(&mut tx, &access).await?,
        answered: Share::of(sum(|row| row.answered), sum(|row| row.asked)),
        asked: programs::asked(&mut tx, &access, &round).await?,
        round,
        page,
    })
}

/// `POST /rounds/{round}/prompts/{moment}`: a sponsor has said it.
pub async fn said(app: App, access: Access<RoundId>, moment: Segment, _: Fields) -> Answer {
    let moment: Moment = moment.last().parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    programs::said(&mut tx, &access, moment).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/sponsor", access.id), "sponsor_spoke"))
}
