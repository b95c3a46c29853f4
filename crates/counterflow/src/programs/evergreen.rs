//! Evergreen programs: the next round opens by itself, in time to choose and invite people. Nobody is asked anything by
//! it; a manager does that.

use askama::Template;
use jiff::tz::TimeZone;
use serde_json::json;

use super::{Dates, NewRound, ProgramRole, Round, evergreen_store as store, open_round, role_store, start::last_round};
use crate::{
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::Answer,
        event::Event,
        guard::{Access, ByServer},
        ids::{ProgramId, RoundId},
        words,
    },
    mail::{self, Letter},
};

/// How often a program begins a round by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Evergreen {
    /// Days from the first meetings of one round to those of the next.
    pub every_days: i64,
    /// How many days before its meetings a round opens.
    pub ahead_days: i64,
}

impl Evergreen {
    /// The days of the round after this one, if it opens on a day.
    fn next(self, last: &Round, today: Day) -> Dates {
        let every = i32::try_from(self.every_days).unwrap_or(i32::MAX);
        let ahead = i32::try_from(self.ahead_days).unwrap_or(i32::MAX);
        // A server that was away for long does not open rounds of the past.
        let starts_on = last.starts_on.plus_days(every).max(today.plus_days(ahead));
        let length = last.ends_on.days_since(last.starts_on);
        let to_match = last.starts_on.days_since(last.enroll_until).clamp(1, ahead.max(1));
        Dates { enroll_until: starts_on.plus_days(-to_match), starts_on, ends_on: starts_on.plus_days(length) }
    }

    /// The day on which the round after this one opens.
    #[must_use]
    pub fn opens_on(self, last: &Round) -> Day {
        let days = i32::try_from(self.every_days - self.ahead_days).unwrap_or(i32::MAX);
        last.starts_on.plus_days(days)
    }
}

/// Lets a program begin its rounds by itself, or no longer. The same again changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn set_evergreen(tx: &mut Tx, access: &Access<ProgramId>, new: Option<Evergreen>) -> Answer<()> {
    tx.lock(access.id).await?;
    if store::evergreen(tx, access).await? == new {
        return Ok(());
    }
    store::set(tx, access, new).await?;
    let event = Event::by(&access.viewer, "program.evergreen_set").program(access.id).on(access.id);
    event.with(json!({ "every_days": new.map(|new| new.every_days) })).record(tx).await?;
    Ok(())
}

/// The job `programs.open_rounds`: opens the next round of every evergreen program for which it is time, and writes to
/// its managers.
///
/// # Errors
/// When the database fails. Each round is a transaction of its own.
pub async fn open_rounds(app: App) -> Answer<()> {
    let all = store::all(&mut app.db.read().await?).await?;
    for program in all {
        let mut tx = app.db.write().await?;
        if open_if_due(&mut tx, &app, &ByServer(program)).await? {
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn open_if_due(tx: &mut Tx, app: &App, program: &ByServer<ProgramId>) -> Answer<bool> {
    tx.lock(program.0).await?;
    let Some(evergreen) = store::evergreen(tx, program).await? else { return Ok(false) };
    let organization = app.organization(tx).await?;
    let today = tx.now().day_in(&TimeZone::get(&organization.time_zone).unwrap_or(TimeZone::UTC));
    let last = last_round(tx, program).await?;
    if today < evergreen.opens_on(&last) {
        return Ok(false);
    }
    let rounds = super::store::rounds(tx, program).await?;
    let dates = evergreen.next(&last, today);
    let number = words::say("name", "round", &[("number", (rounds.len() + 1).to_string())]);
    // A manager may have given the name away already.
    let is_taken = rounds.iter().any(|round| round.name == number);
    let name = if is_taken { format!("{number}, {}", dates.starts_on) } else { number };
    let new = NewRound { id: RoundId::new(), name, dates };
    if open_round(tx, program, &new).await?.is_err() {
        return Ok(false);
    }
    write_to_managers(tx, app, program, &new).await?;
    Ok(true)
}

#[derive(Template)]
#[template(path = "programs/mail_opened.txt")]
struct Text<'a> {
    words: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "programs/mail_opened.html")]
struct Html<'a> {
    words: &'a Words<'a>,
}

struct Words<'a> {
    name: &'a str,
    program: &'a str,
    round: &'a str,
    enroll_until: String,
    starts_on: String,
    link: &'a str,
}

async fn write_to_managers(tx: &mut Tx, app: &App, program: &ByServer<ProgramId>, new: &NewRound) -> Answer<()> {
    let found = super::store::program(tx, program).await?;
    let (label, labels) = (&found.name, found.labels());
    let link = app.link(&format!("/rounds/{}", new.id));
    for manager in role_store::addressees(tx, program, ProgramRole::Manager).await? {
        let words = Words {
            name: &manager.name,
            program: label,
            round: &new.name,
            enroll_until: super::dates::written(new.dates.enroll_until),
            starts_on: super::dates::written(new.dates.starts_on),
            link: &link,
        };
        let key = format!("round-opened:{}:{}", new.id, manager.id);
        let (text, html) = (Text { words: &words }, Html { words: &words });
        mail::write(tx, app, Letter::from_templates(&labels, key, manager.id, &manager.email, &text, &html)?).await?;
    }
    Ok(())
}
