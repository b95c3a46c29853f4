//! Sending the draft, and the proposal as each side and the managers see it.

use std::collections::BTreeSet;

use askama::Template;

use super::{
    Answered, Decline, Declined, Plan, Proposal, ProposalState, Skip, accept,
    answer::can_undo,
    decline, plan, remind, seen_by_manager, send, side_of, store,
    together::{self, Hours},
    undo_decline, withdraw,
};
use crate::{
    enrollment::{self, weekly_slots_utc},
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        form::{Fields, Form, Problems},
        guard::{Access, Part},
        ids::{ProposalId, RoundId, RunId},
        page::{self, Page, Query},
        rights::Role,
    },
    matching::{
        AskedFirst, DeclineReason, Reader, Why,
        runs::{self, Run},
        why::{Names, Share, capitalized},
    },
    people::{self, Card},
    programs::{self, Round, Side, Stage},
};

#[derive(Template)]
#[template(path = "matching/proposals/send.html")]
struct SendPage {
    page: Page,
    round: Round,
    run: Run,
    plan: Plan,
    count: usize,
    without_address: usize,
    last_minute: Timestamp,
}

/// `GET /rounds/{round}/runs/{run}/proposals`: what sending would do.
pub async fn confirm(app: App, page: Page, access: Access<RoundId>, run: Part<RunId>) -> Answer {
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let run = runs::run(&mut tx, &access, run.0).await?;
    let mut plan = plan(&mut tx, &app, &round, &run).await?;
    plan.veil_from(access.viewer.person);
    let reachable: BTreeSet<_> = people::present_people(&mut tx)
        .await?
        .into_iter()
        .filter(|one| one.email.is_some())
        .map(|one| one.id)
        .collect();
    let asked = |pair: &&crate::matching::board::DraftPair| match plan.asked_first {
        AskedFirst::Mentee => reachable.contains(&pair.mentee_person),
        AskedFirst::Mentor => reachable.contains(&pair.mentor_person),
        AskedFirst::Nobody => reachable.contains(&pair.mentee_person) && reachable.contains(&pair.mentor_person),
    };
    let count = plan.sent().count();
    let without_address = count - plan.sent().filter(asked).count();
    let last_minute = plan.expires_at.minus(jiff::SignedDuration::from_mins(1));
    page::html(&SendPage { page, round, run, count, without_address, last_minute, plan })
}

/// `POST /rounds/{round}/runs/{run}/proposals`
pub async fn send_all(app: App, access: Access<RoundId>, run: Part<RunId>, fields: Fields) -> Answer {
    let seen = fields.get("version").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    send(&mut tx, &app, &access, run.0, seen).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/launch", access.id), "proposals_sent"))
}

/// A topic with its level, or its priority.
struct Tag {
    name: String,
    level: u8,
}

#[derive(Template)]
#[template(path = "matching/proposals/proposal.html")]
struct ProposalPage {
    page: Page,
    round: Round,
    proposal: Proposal,
    to_mentee: bool,
    state: ProposalState,
    may_answer: bool,
    asked_first: bool,
    other: Card,
    years: Option<i32>,
    about: String,
    shared_topics: Vec<Tag>,
    other_topics: Vec<Tag>,
    why: Why,
    phrases: Vec<String>,
    shares: Vec<Share>,
    hours: Vec<Hours>,
    last_minute: Timestamp,
    managers: Vec<String>,
    own_no: Option<Declined>,
    can_undo: bool,
    /// The answer came too late.
    late: bool,
    /// Others were faster.
    taken: bool,
    form: Form,
}

#[derive(Template)]
#[template(path = "matching/proposals/proposal_manager.html")]
struct ManagerPage {
    page: Page,
    round: Round,
    proposal: Proposal,
    words: String,
    no: Option<Declined>,
    /// The viewer is one of the two: other managers look after it.
    own: bool,
    last_minute: Timestamp,
}

/// `GET /proposals/{proposal}`
pub async fn show(app: App, page: Page, access: Access<ProposalId>, query: Query) -> Answer {
    let mut tx = app.db.read().await?;
    if side_of(&access).is_err() && access.has(Role::Manager) {
        return page::html(&for_manager(&mut tx, page, &access).await?);
    }
    let template = for_side(&mut tx, page, &access, Form::default()).await?;
    page::html(&ProposalPage { late: query.0.is("late", "1"), taken: query.0.is("taken", "1"), ..template })
}

async fn for_manager(tx: &mut Tx, page: Page, access: &Access<ProposalId>) -> Answer<ManagerPage> {
    let proposal = seen_by_manager(tx, access).await?;
    let round = programs::round(tx, &proposal.round_leave()).await?;
    let first = |name: &str| name.split_whitespace().next().unwrap_or(name).to_owned();
    let (mentor, mentee) = (first(&proposal.mentor), first(&proposal.mentee));
    let names = Names { mentor: &mentor, mentee: &mentee };
    Ok(ManagerPage {
        words: Why::read(&proposal.rationale)?.text(names, Reader::Other),
        no: store::declined(tx, access).await?.filter(|no| proposal.declined_by == Some(no.side)),
        own: proposal.side_of(access.viewer.person).is_some(),
        last_minute: proposal.last_minute(),
        page,
        round,
        proposal,
    })
}

async fn for_side(tx: &mut Tx, page: Page, access: &Access<ProposalId>, form: Form) -> Answer<ProposalPage> {
    let side = side_of(access)?;
    let proposal = store::proposal(tx, access).await?;
    let round = programs::round(tx, &proposal.round_leave()).await?;
    let program = programs::program_of(tx, &round).await?;
    let card = people::card(tx, proposal.person_on(side.other())).await?.ok_or(Error::NotFound)?;
    let mine = enrollment::participant(tx, &proposal.participant_leave(side)).await?.answers();
    let theirs = enrollment::participant(tx, &proposal.participant_leave(side.other())).await?.answers();
    let zone = people::card(tx, proposal.person_on(side)).await?.map(|me| me.zone()).unwrap_or(page.zone.clone());
    let shared: BTreeSet<String> = weekly_slots_utc(&mine, &zone, round.starts_on)
        .intersection(&weekly_slots_utc(&theirs, &card.zone(), round.starts_on))
        .cloned()
        .collect();
    let (theirs_listed, mine_listed) =
        if side == Side::Mentee { (&theirs.offers, &mine.wants) } else { (&theirs.wants, &mine.offers) };
    let tag = |(key, level): (&String, &u8)| {
        (mine_listed.contains_key(key), Tag { name: program.design.topic_name(key).to_owned(), level: *level })
    };
    let (shared_topics, other_topics): (Vec<_>, Vec<_>) =
        theirs_listed.iter().map(tag).partition(|(shared, _)| *shared);
    let why = Why::read(&proposal.rationale)?;
    let me = page.viewer.as_ref().map(|viewer| viewer.name.clone()).unwrap_or_default();
    let names = match side {
        Side::Mentor => Names { mentor: &me, mentee: card.first_name() },
        Side::Mentee => Names { mentor: card.first_name(), mentee: &me },
    };
    let started = store::started_on(tx, proposal.person_on(side.other())).await?;
    let now = tx.now();
    Ok(ProposalPage {
        to_mentee: side == Side::Mentee,
        state: proposal.seen_by(side, now),
        may_answer: proposal.awaited() == Some(side) && now < proposal.expires_at,
        asked_first: proposal.asked_first.side() == Some(side),
        years: started.map(|day| now.day_in(&page.zone).days_since(day) / 365).filter(|years| *years > 0),
        about: theirs.about.clone(),
        shared_topics: shared_topics.into_iter().map(|(_, tag)| tag).collect(),
        other_topics: other_topics.into_iter().map(|(_, tag)| tag).collect(),
        phrases: why.phrases(names, Reader::Side(side)).iter().map(|phrase| capitalized(phrase)).collect(),
        shares: why.shares(side),
        hours: together::hours(&shared, &page.zone, &card.zone(), round.starts_on),
        last_minute: proposal.last_minute(),
        managers: store::manager_names(tx, &round).await?,
        own_no: store::declined(tx, access).await?.filter(|no| no.side == side),
        can_undo: can_undo(tx, &proposal, &round, side).await?,
        other: card,
        why,
        late: false,
        taken: false,
        page,
        round,
        proposal,
        form,
    })
}

/// Back to the proposal, which says how things stand.
fn answered(access: &Access<ProposalId>, answered: Answered, done: &str) -> Answer {
    let path = format!("/proposals/{}", access.id);
    Ok(match answered {
        Answered::Counted => page::done(&path, done),
        Answered::Already => page::see_other(&path),
        Answered::Over => page::see_other(&format!("{path}?late=1")),
        Answered::PlaceTaken => page::see_other(&format!("{path}?taken=1")),
    })
}

/// `POST /proposals/{proposal}/acceptance`
pub async fn say_yes(app: App, access: Access<ProposalId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let fate = accept(&mut tx, &app, &access).await?;
    tx.commit().await?;
    answered(&access, fate, "proposal_accepted")
}

/// `POST /proposals/{proposal}/decline`
pub async fn say_no(app: App, page: Page, access: Access<ProposalId>, fields: Fields) -> Answer {
    let no = match read_no(&fields) {
        Ok(no) => no,
        Err(problems) => {
            let mut tx = app.db.read().await?;
            return page::invalid(&for_side(&mut tx, page, &access, Form::back(fields, problems)).await?);
        }
    };
    let mut tx = app.db.write().await?;
    let fate = decline(&mut tx, &access, &no).await?;
    tx.commit().await?;
    answered(&access, fate, "proposal_declined")
}

fn read_no(fields: &Fields) -> Result<Decline, Problems> {
    let mut check = fields.check();
    let words = check.optional_text("words", 2_000);
    let reason = if fields.get("reason").is_empty() { Some(None) } else { check.choice("reason").map(Some) };
    check.done(|| Some(Decline { reason: reason?, words: words? }))
}

/// `POST /proposals/{proposal}/decline/undo`
pub async fn think_again(app: App, access: Access<ProposalId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let fate = undo_decline(&mut tx, &app, &access).await?;
    tx.commit().await?;
    answered(&access, fate, "decline_undone")
}

/// Back to wherever the manager came from: the launch page of the round.
async fn to_launch(app: &App, access: &Access<ProposalId>, done: &str) -> Answer {
    let round = store::proposal(&mut app.db.read().await?, access).await?.round_id;
    Ok(page::done(&format!("/rounds/{round}/launch"), done))
}

/// `POST /proposals/{proposal}/withdrawal`
pub async fn take_back(app: App, access: Access<ProposalId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let withdrawn = withdraw(&mut tx, &app, &access).await?;
    tx.commit().await?;
    if !withdrawn {
        return Err(Error::conflict("over"));
    }
    to_launch(&app, &access, "proposal_withdrawn").await
}

/// `POST /proposals/{proposal}/reminder`
pub async fn send_reminder(app: App, access: Access<ProposalId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let reminded = remind(&mut tx, &app, &access).await?;
    tx.commit().await?;
    to_launch(&app, &access, if reminded { "proposal_reminded" } else { "reminded_already" }).await
}
