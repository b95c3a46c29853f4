//! Acts on many people: the page that counts before, the act, how it went, and taking it back.

use std::collections::BTreeSet;

use askama::Template;
use axum::http::StatusCode;

use super::{
    bulk::{self, Act, Whom},
    bulk_store::{self, Bulk, Tally},
    list_store,
    table::Shown,
    takes_people,
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        form::Fields,
        guard::{Access, Leave, Part},
        ids::{BulkId, RoundId},
        page::{self, Page, Query},
    },
    programs::{self, Round, Stage, stages},
};

/// So many names stand on the page that asks.
const NAMED: usize = 5;

/// The latest act of a round as its pages tell it.
pub(super) struct LastAct {
    pub bulk: Bulk,
    pub tally: Tally,
    pub can_undo: bool,
    /// When the letters that wait are sent.
    pub letters_leave: Option<Timestamp>,
}

impl LastAct {
    async fn of(tx: &mut Tx, leave: &impl Leave<RoundId>, bulk: Bulk) -> Answer<Self> {
        let tally = bulk_store::tally(tx, bulk.id).await?;
        let can_undo = bulk::can_undo(tx, leave, &bulk).await?;
        let letters_leave = bulk_store::letters_leave_at(tx, bulk.id).await?;
        Ok(Self { bulk, tally, can_undo, letters_leave })
    }

    /// The latest one, as long as it can be taken back on somebody.
    pub async fn latest(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Option<Self>> {
        let Some(bulk) = bulk_store::latest(tx, leave).await? else { return Ok(None) };
        let last = Self::of(tx, leave, bulk).await?;
        let is_open = |last: &Self| last.is_running() || last.tally.done > last.tally.letters_gone;
        Ok(Some(last).filter(|last| last.can_undo && is_open(last)))
    }

    /// Whether batches of it are still to come.
    pub fn is_running(&self) -> bool {
        self.bulk.finished_at.is_none() || (self.bulk.undone_at.is_some() && self.tally.done > 0)
    }

    /// How many of it are through.
    pub fn through(&self) -> i64 {
        if self.bulk.undone_at.is_some() {
            self.bulk.total - self.tally.done
        } else {
            self.bulk.total - self.tally.to_do
        }
    }

    /// Whether its letters leave later than now.
    pub fn holds_letters(&self, now: &Timestamp) -> bool {
        self.tally.letters_wait > 0 && self.letters_leave.is_some_and(|at| at > *now)
    }

    pub fn href(&self) -> String {
        format!("/rounds/{}/bulk/{}", self.bulk.round_id, self.bulk.id)
    }
}

/// What was asked for: which act, on whom, and where the reader came from.
struct Asked {
    act: Act,
    whom: Whom,
    shown: Shown,
}

impl Asked {
    fn read(fields: &Fields) -> Answer<Self> {
        let act = fields.get("act").parse().map_err(|_| Error::bad_request("unreadable"))?;
        let shown = Shown::read(fields);
        let whom = if fields.is("whom", "found") {
            Whom::Found(shown.filter.clone())
        } else {
            Whom::These(fields.all("p").filter_map(|id| id.parse().ok()).collect::<BTreeSet<_>>())
        };
        Ok(Self { act, whom, shown })
    }

    /// Everything that has to be sent again to mean the same.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = self.shown.fields();
        fields.push(("act", self.act.to_string()));
        match &self.whom {
            Whom::Found(_) => fields.push(("whom", "found".to_owned())),
            Whom::These(ticked) => fields.extend(ticked.iter().map(|id| ("p", id.to_string()))),
        }
        fields
    }
}

#[derive(Template)]
#[template(path = "enrollment/bulk.html")]
struct ConfirmPage {
    page: Page,
    round: Round,
    asked: Asked,
    id: BulkId,
    /// How many were ticked or found.
    picked: i64,
    /// How many of them it can be done to.
    able: i64,
    names: Vec<String>,
    /// The count is another one than the reader had seen.
    changed: bool,
    is_open: bool,
}

impl ConfirmPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, asked: Asked, seen: Option<i64>) -> Answer<Self> {
        let able = bulk::able(tx, access, asked.act, &asked.whom).await?;
        let picked = match &asked.whom {
            Whom::Found(filter) => list_store::count(tx, access, filter).await?,
            Whom::These(ticked) => count(ticked.len()),
        };
        let round = programs::round(tx, access).await?;
        Ok(Self {
            page,
            is_open: takes_people(round.stage),
            round,
            id: BulkId::new(),
            picked,
            able: count(able.len()),
            changed: seen.is_some_and(|seen| seen != count(able.len())),
            names: able.into_iter().take(NAMED).map(|(_, name)| name).collect(),
            asked,
        })
    }

    fn program_href(&self) -> String {
        self.round.program_href()
    }

    /// The table as it was.
    fn back(&self) -> String {
        back(&self.round, &self.asked.shown)
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    /// How many more there are than those who are named.
    fn more(&self) -> i64 {
        self.able - count(self.names.len())
    }
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

fn back(round: &Round, shown: &Shown) -> String {
    format!("{}/enroll?{}#people", round.href(), shown.query(0))
}

/// `GET /rounds/{round}/bulk?act=&whom=&p=...`: how many it would be, before anything is done.
pub async fn confirm(app: App, page: Page, access: Access<RoundId>, Query(query): Query) -> Answer {
    let Ok(asked) = Asked::read(&query) else {
        return Ok(page::see_other(&format!("/rounds/{}/enroll", access.id)));
    };
    let mut tx = app.db.read().await?;
    page::html(&ConfirmPage::load(&mut tx, page, &access, asked, None).await?)
}

/// `POST /rounds/{round}/bulk`: does it, if it is as many as the reader has seen.
pub async fn carry_out(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let asked = Asked::read(&fields)?;
    let id: BulkId = fields.get("id").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let seen = fields.get("seen").parse().unwrap_or(0);
    let mut tx = app.db.write().await?;
    let round = programs::round(&mut tx, &access).await?;
    let path = back(&round, &asked.shown);
    if bulk_store::bulk(&mut tx, &access, id).await?.is_some() {
        return Ok(page::see_other(&path)); // a double click
    }
    let able = bulk::able(&mut tx, &access, asked.act, &asked.whom).await?;
    if count(able.len()) != seen {
        let shown = ConfirmPage::load(&mut tx, page, &access, asked, Some(seen)).await?;
        let mut response = page::html(&shown)?;
        *response.status_mut() = StatusCode::CONFLICT;
        return Ok(response);
    }
    let whom: Vec<_> = able.into_iter().map(|(id, _)| id).collect();
    bulk::begin(&mut tx, &app, &access, (id, asked.act), &whom).await?;
    let finished = bulk_store::bulk(&mut tx, &access, id).await?.is_none_or(|bulk| bulk.finished_at.is_some());
    tx.commit().await?;
    let progress = format!("{}/bulk/{id}", round.href());
    Ok(page::see_other(if finished { &path } else { &progress }))
}

/// The same from one button for a whole side.
pub(super) async fn on_side(app: App, access: Access<RoundId>, act: Act, fields: Fields) -> Answer {
    let side = fields.get("side").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    let whom = bulk::on_side(&mut tx, &access, act, side).await?;
    let id = BulkId::new();
    bulk::begin(&mut tx, &app, &access, (id, act), &whom).await?;
    let running = bulk_store::bulk(&mut tx, &access, id).await?.is_some_and(|bulk| bulk.finished_at.is_none());
    tx.commit().await?;
    let round = format!("/rounds/{}", access.id);
    Ok(page::see_other(&if running { format!("{round}/bulk/{id}") } else { format!("{round}/enroll?side={side}#act") }))
}

/// `POST /rounds/{round}/invitations`: to everybody on a side who was chosen.
pub async fn invite_chosen(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    on_side(app, access, Act::Invite, fields).await
}

/// `POST /rounds/{round}/reminders`: to everybody on a side who has not opened their link for a week.
pub async fn remind_silent(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    on_side(app, access, Act::Remind, fields).await
}

/// `POST /rounds/{round}/admissions`: everybody on a side who registered.
pub async fn admit_registered(app: App, access: Access<RoundId>, fields: Fields) -> Answer {
    on_side(app, access, Act::Admit, fields).await
}

#[derive(Template)]
#[template(path = "enrollment/bulk_done.html")]
struct DonePage {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    last: Option<LastAct>,
}

impl DonePage {
    fn program_href(&self) -> String {
        self.round.program_href()
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }
}

/// `GET /rounds/{round}/bulk/{bulk}`: how far it is, and how it went.
pub async fn show(app: App, page: Page, access: Access<RoundId>, Part(id): Part<BulkId>) -> Answer {
    let mut tx = app.db.read().await?;
    let bulk = bulk_store::bulk(&mut tx, &access, id).await?.ok_or(Error::NotFound)?;
    let round = programs::round(&mut tx, &access).await?;
    let last = LastAct::of(&mut tx, &access, bulk).await?;
    let is_running = last.is_running();
    let steps = stages::steps(&round, Some(Stage::Enroll));
    let mut response = page::html(&DonePage { page, round, steps, last: Some(last) })?;
    if is_running {
        response.headers_mut().insert("refresh", axum::http::HeaderValue::from_static("3"));
    }
    Ok(response)
}

/// `POST /rounds/{round}/bulk/{bulk}/undo`
pub async fn take_back(app: App, access: Access<RoundId>, Part(id): Part<BulkId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    bulk::undo(&mut tx, &access, id).await?;
    tx.commit().await?;
    Ok(page::see_other(&format!("/rounds/{}/bulk/{id}", access.id)))
}

/// `POST /rounds/{round}/bulk/{bulk}/letters`: sends the letters that wait, instead of leaving time to take them back.
pub async fn send_letters(app: App, access: Access<RoundId>, Part(id): Part<BulkId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    bulk::release(&mut tx, &access, id).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/enroll#act", access.id), "letters_leave"))
}
