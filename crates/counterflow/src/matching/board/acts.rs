//! What managers do on the board, and the draft as a file.

use axum::response::Response;

use super::{Desk, Fate, Swap, Two, mark, pages::first_name, place::Place, store, swap, undo};
use crate::{
    kernel::{
        app::App,
        error::{Answer, Error},
        export,
        form::Fields,
        guard::{Access, Part},
        ids::{ParticipantId, RoundId, RunId},
        page,
    },
    matching::{
        Mark, Reader, Why, runs,
        why::{Names, fit},
    },
    programs,
};

const COLUMNS: [&str; 10] = [
    "mentee",
    "mentee_position",
    "mentee_department",
    "mentor",
    "mentor_position",
    "mentor_department",
    "fit",
    "why",
    "origin",
    "mark",
];

/// Back to the board, at the same place; where somebody was faster, it says so.
fn back(access: &Access<RoundId>, run: RunId, fields: &Fields, fate: Fate, done: &str) -> Response {
    let place = Place::read(&Fields::parse(fields.get("at").as_bytes())).query();
    let board = format!("/rounds/{}/runs/{run}?{place}", access.id);
    match fate {
        Fate::Made => page::done(&board, done),
        Fate::Overtaken => page::see_other(&format!("{board}&meanwhile=1")),
    }
}

fn word(text: &str) -> Answer<Option<Mark>> {
    match text {
        "none" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::bad_request("unreadable")),
    }
}

fn id(text: &str) -> Answer<ParticipantId> {
    text.parse().map_err(|_| Error::bad_request("unreadable"))
}

/// The four parts of what a button sends.
fn parts(text: &str) -> Answer<[&str; 4]> {
    text.split('/').collect::<Vec<_>>().try_into().map_err(|_| Error::bad_request("unreadable"))
}

/// `POST /rounds/{round}/runs/{run}/marks`
pub async fn set_mark(app: App, access: Access<RoundId>, run: Part<RunId>, fields: Fields) -> Answer {
    let [after, before, mentor, mentee] = parts(fields.get("mark"))?;
    let two = Two { mentor: id(mentor)?, mentee: id(mentee)? };
    let (before, after) = (word(before)?, word(after)?);
    let mut tx = app.db.write().await?;
    let fate = mark(&mut tx, &access, run.0, two, before, after).await?;
    tx.commit().await?;
    let done = match after {
        Some(Mark::Pinned) => "pinned",
        Some(Mark::Forbidden) => "forbidden",
        None => "mark_lifted",
    };
    Ok(back(&access, run.0, &fields, fate, done))
}

/// `POST /rounds/{round}/runs/{run}/swaps`
pub async fn make_swap(app: App, access: Access<RoundId>, run: Part<RunId>, fields: Fields) -> Answer {
    let [mentor, mentee, to, exchange] = parts(fields.get("swap"))?;
    let exchange = if exchange == "none" { None } else { Some(id(exchange)?) };
    let wish = Swap { first: Two { mentor: id(mentor)?, mentee: id(mentee)? }, to: id(to)?, exchange };
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let stored = runs::run(&mut tx, &access, run.0).await?;
    let desk = Desk::open(&mut tx, &round, &stored).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    let fate = swap(&mut tx, &access, run.0, &desk, wish).await?;
    tx.commit().await?;
    Ok(back(&access, run.0, &fields, fate, "swapped"))
}

/// `POST /rounds/{round}/runs/{run}/undo`
pub async fn take_back(app: App, access: Access<RoundId>, run: Part<RunId>, fields: Fields) -> Answer {
    let number = fields.get("number").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    let fate = undo(&mut tx, &access, run.0, number).await?;
    tx.commit().await?;
    Ok(back(&access, run.0, &fields, fate, "undone"))
}

/// `GET /rounds/{round}/runs/{run}/draft.csv`
pub async fn download(app: App, access: Access<RoundId>, run: Part<RunId>) -> Answer {
    let mut tx = app.db.read().await?;
    let run = runs::run(&mut tx, &access, run.0).await?;
    let mut rows = Vec::new();
    for pair in store::draft(&mut tx, &run).await? {
        let names = Names { mentor: first_name(&pair.mentor), mentee: first_name(&pair.mentee) };
        let words = Why::read(&pair.rationale)?.text(names, Reader::Other);
        rows.push([
            pair.mentee,
            pair.mentee_title.unwrap_or_default(),
            pair.mentee_department.unwrap_or_default(),
            pair.mentor,
            pair.mentor_title.unwrap_or_default(),
            pair.mentor_department.unwrap_or_default(),
            fit(pair.score),
            words,
            pair.origin.to_string(),
            pair.mark.map_or("", Mark::name).to_owned(),
        ]);
    }
    export::csv(&format!("Draft of run {}", run.number), COLUMNS, rows)
}
