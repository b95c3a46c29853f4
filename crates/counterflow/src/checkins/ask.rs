//! Asking: after each meeting that was held, and in waves; one letter, and one more after three days.

use std::ops::RangeInclusive;

use askama::Template;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Checkin, OPEN_FOR, Occasion, REMIND_AFTER, Waves, store, waves};
use crate::{
    jobs,
    kernel::{
        app::App,
        clock::{Day, Timestamp},
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::ByServer,
        ids::{CheckinId, MeetingId, PairId, RoundId},
        page::{moment_in, zone_name},
        token,
    },
    mail::{self, Letter},
    pairs, people,
    programs::{
        self, Round, Side, Stage,
        template::{Question, Template as Design},
    },
};

/// Reminders written in one transaction.
const BATCH: i64 = 200;
/// Days for which a wave can be opened; as long as it can be answered.
const WAVE_DAYS: i32 = 14;

/// Job `checkins.after_meeting`: asks both sides about a meeting that was held. The payload is the meeting's id.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn after_meeting(app: App, payload: Value) -> Answer<()> {
    let meeting: MeetingId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    if let Some((pair, round)) = store::held_meeting(&mut tx, meeting).await? {
        let round = programs::round(&mut tx, &ByServer(round)).await?;
        ask_pair(&app, &mut tx, &round, pair, Occasion::AfterMeeting, Some(meeting)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Job `checkins.open_waves`: asks the pairs of every round whose dates call for it.
///
/// # Errors
/// When the database fails.
pub async fn open_waves(app: App) -> Answer<()> {
    let mut tx = app.db.read().await?;
    let zone = match app.organization(&mut tx).await {
        Ok(organization) => TimeZone::get(&organization.time_zone).unwrap_or(TimeZone::UTC),
        Err(Error::NotFound) => return Ok(()), // not set up yet
        Err(error) => return Err(error),
    };
    let today = tx.now().day_in(&zone);
    let rounds = store::rounds_with_waves(&mut tx, today.plus_days(-WAVE_DAYS)).await?;
    drop(tx);
    for (round,) in rounds {
        open_waves_of(&app, round, today).await?;
    }
    Ok(())
}

/// Job `checkins.ask_last`: when a round closes, the last questions go out at once, whatever its dates say. The payload
/// is the round's id.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn ask_last(app: App, payload: Value) -> Answer<()> {
    let mut tx = app.db.write().await?;
    let round = programs::round(&mut tx, &ByServer(jobs::id::<RoundId>(&payload)?)).await?;
    if round.stage >= Stage::Close {
        open_wave(&app, &mut tx, &round, Occasion::Endline).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn open_waves_of(app: &App, round: RoundId, today: Day) -> Answer<()> {
    let mut tx = app.db.write().await?;
    let round = programs::round(&mut tx, &ByServer(round)).await?;
    let waves = waves::waves(&mut tx, &round).await?;
    for occasion in waves_on(today, waves) {
        open_wave(app, &mut tx, &round, occasion).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn open_wave(app: &App, tx: &mut Tx, round: &Round, occasion: Occasion) -> Answer<()> {
    let began = began_for(occasion, tx.now());
    for (pair,) in store::pairs_not_asked(tx, round.id, occasion, &began).await? {
        ask_pair(app, tx, round, pair, occasion, None).await?;
    }
    Ok(())
}

/// When the pairs of a wave began: a baseline is asked at the beginning or not at all, and who has just begun is not
/// halfway.
fn began_for(occasion: Occasion, now: Timestamp) -> RangeInclusive<Timestamp> {
    let (always, lately) = (Timestamp::from_jiff(jiff::Timestamp::UNIX_EPOCH), now.minus(OPEN_FOR));
    match occasion {
        Occasion::Baseline => lately..=now,
        Occasion::Midpoint => always..=lately,
        Occasion::AfterMeeting | Occasion::Endline => always..=now,
    }
}

/// The waves that are opened on a day. Baselines follow the pairs' own beginnings; the other two have the same days
/// for the whole round, so that answers can be compared.
fn waves_on(today: Day, days: Waves) -> Vec<Occasion> {
    let open_from = |first: Day| (0..WAVE_DAYS).contains(&today.days_since(first));
    let mut waves = vec![Occasion::Baseline];
    if open_from(days.midpoint) {
        waves.push(Occasion::Midpoint);
    }
    if open_from(days.endline) {
        waves.push(Occasion::Endline);
    }
    waves
}

/// The questions of a program to one side at one occasion.
fn questions_for(design: &Design, occasion: Occasion, side: Side) -> Vec<Question> {
    let at_occasion = design.checkins.iter().filter(|checkin| checkin.occasion == occasion.name());
    let questions = at_occasion.flat_map(|checkin| &checkin.questions);
    questions.filter(|question| question.ask == "both" || question.ask == side.name()).cloned().collect()
}

/// Asks both sides of a pair, each what the program asks of that side. Asking again changes nothing.
async fn ask_pair(
    app: &App,
    tx: &mut Tx,
    round: &Round,
    pair: PairId,
    occasion: Occasion,
    meeting: Option<MeetingId>,
) -> Answer<()> {
    let design = programs::program_of(tx, round).await?.design;
    let pair = pairs::pair(tx, &ByServer(pair)).await?;
    for side in Side::ALL.iter().copied() {
        let questions = questions_for(&design, occasion, side);
        if questions.is_empty() {
            continue;
        }
        let new = store::New {
            id: CheckinId::new(),
            round_id: round.id,
            pair_id: pair.id,
            meeting_id: meeting,
            person_id: pair.person_on(side),
            side,
            occasion,
            questions: &serde_json::to_string(&questions).map_err(Error::defect)?,
            due_at: tx.now().plus(OPEN_FOR),
        };
        if store::insert(tx, &new).await? {
            Event::by_server("checkin.asked").round(round.id).pair(pair.id).on(new.id).record(tx).await?;
            write_letter(app, tx, new.id, Asking::First).await?;
        }
    }
    Ok(())
}

/// Job `checkins.remind`: one more letter to everybody who has not answered for three days.
///
/// # Errors
/// When the database fails.
pub async fn remind(app: App) -> Answer<()> {
    loop {
        let mut tx = app.db.write().await?;
        let asked_before = tx.now().minus(REMIND_AFTER);
        let unanswered = store::unanswered(&mut tx, asked_before, BATCH).await?;
        if unanswered.is_empty() {
            return Ok(());
        }
        for (checkin,) in unanswered {
            if store::mark_reminded(&mut tx, checkin).await? {
                Event::by_server("checkin.reminded").on(checkin).record(&mut tx).await?;
                write_letter(&app, &mut tx, checkin, Asking::Again).await?;
            }
        }
        tx.commit().await?;
    }
}

/// Which letter about a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    First,
    Again,
}

impl Asking {
    /// Its part of the letter's key.
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Again => "again",
        }
    }
}

/// What the letter says; its text and its HTML are filled with the same.
struct AskLetter<'a> {
    checkin: &'a Checkin,
    name: &'a str,
    asking: Asking,
    met: Option<String>,
    until: String,
    zone: String,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "checkins/mail_ask.txt")]
struct AskText<'a> {
    ask: &'a AskLetter<'a>,
}

#[derive(Template)]
#[template(path = "checkins/mail_ask.html")]
struct AskHtml<'a> {
    ask: &'a AskLetter<'a>,
}

/// Writes the letter with a link of its own. Somebody without an address finds the check-in on their home; whoever has
/// left is asked nothing.
async fn write_letter(app: &App, tx: &mut Tx, id: CheckinId, asking: Asking) -> Answer<()> {
    let checkin = store::checkin(tx, &ByServer(id)).await?;
    let Some(person) = people::card(tx, checkin.person_id).await? else { return Ok(()) };
    let Some(address) = person.email.clone() else { return Ok(()) };
    if people::has_left(tx, person.id).await? {
        return Ok(());
    }
    let secret = token::new();
    store::insert_link(tx, &token::hash(&secret), id).await?;
    let (zone, now) = (person.zone(), tx.now());
    let ask = &AskLetter {
        checkin: &checkin,
        name: &person.name,
        asking,
        met: checkin.met_at.map(|at| moment_in(at, &zone, now)),
        until: moment_in(checkin.due_at, &zone, now),
        zone: zone_name(&zone),
        link: &app.link(&format!("/checkins/answer/{secret}")),
    };
    let key = format!("checkin:{id}:{}", asking.name());
    let labels = programs::labels_of(tx, checkin.round_id).await?;
    let letter = Letter::from_templates(&labels, key, person.id, &address, &AskText { ask }, &AskHtml { ask })?;
    mail::write(tx, app, letter).await?;
    Ok(())
}
