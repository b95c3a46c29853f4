//! The round's home: where it stands, the one next thing to do, what needs somebody, what happened lately.

use askama::Template;

use super::{
    HealthCounts, MeetingCounts,
    figures::{FunnelRow, Step, funnel_rows},
    lately::{Told, lately},
    next::{Next, Situation, next},
    store,
};
use crate::{
    checkins::{self, health::Sides},
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::Answer,
        guard::Access,
        ids::RoundId,
        page::{self, Page},
        rights::Role,
    },
    programs::{self, AskingOrder, Direction, Round, stages},
};

#[derive(Template)]
#[template(path = "outcomes/round_home.html")]
struct RoundHome {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    direction: Direction,
    sponsors: String,
    situation: Situation,
    /// The next thing, in a few words and as what it is.
    title: String,
    next: Next,
    needs: Vec<Need>,
    funnel: Vec<FunnelRow>,
    meetings: MeetingCounts,
    lately: Vec<Told>,
}

/// Something that waits for the manager.
enum Need {
    /// Invitations that were not opened for a week, by side.
    Unopened { mentees: i64, mentors: i64 },
    /// Proposals that will expire within three days.
    Expiring(i64),
    /// Pairs that missed their last meeting: write before they miss the next.
    MissedOnce(i64),
    /// Pairs at risk or stalled.
    Troubled { at_risk: i64, stalled: i64 },
    /// People to whom a letter could not be sent.
    Unreachable(Vec<String>),
}

/// `GET /rounds/{round}`: the managers' page. A sponsor has a page of their own; whoever takes part has their home.
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    if !access.has(Role::Manager) {
        let own = if access.has(Role::Sponsor) { format!("/rounds/{}/sponsor", access.id) } else { "/home".to_owned() };
        return Ok(page::see_other(&own));
    }
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let program = programs::program_of(&mut tx, &round).await?;
    let situation = situation(&mut tx, &access, &round, page.now.day_in(&page.zone)).await?;
    let next = next(&situation);
    page::html(&RoundHome {
        title: next.title()?,
        next,
        steps: stages::steps(&round, None),
        direction: program.direction,
        sponsors: names(store::holders(&mut tx, &access, "sponsor").await?),
        needs: needs(&situation, store::unreachable(&mut tx, &access).await?),
        funnel: funnel_rows(&situation.people, round.stage),
        meetings: store::meetings(&mut tx, &access).await?,
        lately: lately(&mut tx, &access).await?,
        situation,
        round,
        page,
    })
}

fn names(rows: Vec<(String,)>) -> String {
    rows.into_iter().map(|(name,)| name).collect::<Vec<_>>().join(", ")
}

/// The next thing to do in a round, in a few words: for the manager's home.
///
/// # Errors
/// When the database fails.
pub async fn next_title(tx: &mut Tx, access: &Access<RoundId>, today: Day) -> Answer<String> {
    let round = programs::round(tx, access).await?;
    let situation = situation(tx, access, &round, today).await?;
    Ok(next(&situation).title()?)
}

/// Everything from which the next thing is told.
async fn situation(tx: &mut Tx, access: &Access<RoundId>, round: &Round, today: Day) -> Answer<Situation> {
    let running = checkins::of_round(tx, access, None).await?;
    Ok(Situation {
        stage: round.stage,
        enrolled: today > round.enroll_until,
        over: today > round.ends_on,
        people: store::people(tx, access).await?,
        has_criteria: !round.criteria.trim().is_empty(),
        run: store::latest_run(tx, access).await?,
        proposals: store::proposals(tx, access).await?,
        pairs: store::pairs(tx, access).await?,
        health: HealthCounts::of(&running),
    })
}

fn needs(now: &Situation, unreachable: Vec<(String,)>) -> Vec<Need> {
    let (mentees, mentors) = (now.people.mentee.unopened, now.people.mentor.unopened);
    let HealthCounts { at_risk, stalled, missed_once, .. } = now.health;
    let mut needs = Vec::new();
    let mut add = |count: i64, need: Need| {
        if count > 0 {
            needs.push(need);
        }
    };
    add(missed_once, Need::MissedOnce(missed_once));
    add(at_risk + stalled, Need::Troubled { at_risk, stalled });
    add(now.proposals.expiring, Need::Expiring(now.proposals.expiring));
    // Once enrollment is over, a reminder would promise what cannot be had.
    add(if now.enrolled { 0 } else { mentees + mentors }, Need::Unopened { mentees, mentors });
    add(unreachable.len() as i64, Need::Unreachable(unreachable.into_iter().map(|(name,)| name).collect()));
    needs
}
