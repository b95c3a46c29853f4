//! The one next thing to do in a round, told from its state.

use askama::Template;

use super::{
    HealthCounts, PairCounts,
    figures::{BothSides, People, ProposalCounts},
    store::LatestRun,
};
use crate::{checkins::health::Sides, kernel::ids::RunId, programs::Stage};

/// What the next thing is told from.
#[derive(Debug, Clone)]
pub(super) struct Situation {
    pub stage: Stage,
    /// The last day to register is over.
    pub enrolled: bool,
    /// The last day of the round is over.
    pub over: bool,
    pub people: BothSides<People>,
    /// The round has criteria for the matching.
    pub has_criteria: bool,
    pub run: Option<LatestRun>,
    pub proposals: ProposalCounts,
    pub pairs: PairCounts,
    pub health: HealthCounts,
}

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nobody is chosen yet on this side, or on both.
    Choose(Sides),
    /// Some are chosen and not yet written to.
    Invite(i64),
    /// Invitations are out: so many are unanswered.
    AwaitRegistrations(i64),
    /// Registrations wait to be admitted.
    Admit(i64),
    /// People are in: set what matters.
    SetCriteria,
    /// Criteria are set: match.
    Match,
    /// A run is under way.
    AwaitRun(RunId),
    /// A draft waits to be looked at.
    Review(RunId),
    /// Proposals wait for answers: so many, and so many of them for not much longer.
    AwaitAnswers(i64, i64),
    /// So many pairs could use a hand.
    Attend(i64),
    /// Every pair is on track.
    AllWell,
    /// The last day is over.
    Close,
    /// It is closed: see what came of it.
    Prove,
}

#[derive(Template)]
#[template(path = "outcomes/next_title.txt")]
struct Title<'a> {
    next: &'a Next,
}

impl Next {
    /// In a few words.
    ///
    /// # Errors
    /// When the template fails.
    pub(super) fn title(&self) -> askama::Result<String> {
        Title { next: self }.render()
    }
}

/// The next thing. Later stages win: what is further along is what waits.
pub(super) fn next(now: &Situation) -> Next {
    if now.stage == Stage::Prove {
        return Next::Prove;
    }
    if now.over || now.stage == Stage::Close {
        return Next::Close;
    }
    running(now).or_else(|| launching(now)).or_else(|| matching(now)).unwrap_or_else(|| enrolling(now))
}

fn running(now: &Situation) -> Option<Next> {
    if now.health.troubled() > 0 {
        return Some(Next::Attend(now.health.troubled()));
    }
    (now.pairs.began() > 0 && now.proposals.open == 0 && !has_draft(now)).then_some(Next::AllWell)
}

fn launching(now: &Situation) -> Option<Next> {
    (now.proposals.open > 0).then_some(Next::AwaitAnswers(now.proposals.open, now.proposals.expiring))
}

fn has_draft(now: &Situation) -> bool {
    now.run.as_ref().is_some_and(|run| run.state == "done" && run.drafted > 0 && run.proposed == 0)
}

fn matching(now: &Situation) -> Option<Next> {
    let run = now.run.as_ref()?;
    match run.state.as_str() {
        "queued" | "running" => Some(Next::AwaitRun(run.id)),
        _ if has_draft(now) => Some(Next::Review(run.id)),
        _ => None,
    }
}

fn enrolling(now: &Situation) -> Next {
    let (mentor, mentee) = (&now.people.mentor, &now.people.mentee);
    let sum = |count: fn(&People) -> i64| count(mentor) + count(mentee);
    let (uninvited, unanswered) = (sum(|side| side.uninvited), sum(|side| side.unanswered));
    let nobody = |side: &People| side.funnel.invited + side.uninvited == 0;
    let missing = match (nobody(mentor), nobody(mentee)) {
        (true, true) => return Next::Choose(Sides::Both),
        (true, false) => Some(Next::Choose(Sides::Mentor)),
        (false, true) => Some(Next::Choose(Sides::Mentee)),
        (false, false) => None,
    };
    // Leaders first: whoever is chosen is written to before the other side is chosen.
    if uninvited > 0 && !now.enrolled {
        return Next::Invite(uninvited);
    }
    if let Some(choose) = missing {
        return choose;
    }
    if unanswered > 0 && !now.enrolled {
        return Next::AwaitRegistrations(unanswered);
    }
    let to_admit = sum(|side| side.to_admit);
    match (mentor.funnel.admitted, mentee.funnel.admitted) {
        (0, _) | (_, 0) if to_admit > 0 => Next::Admit(to_admit),
        (0, 0) => Next::Choose(Sides::Both),
        (0, _) => Next::Choose(Sides::Mentor),
        (_, 0) => Next::Choose(Sides::Mentee),
        _ if now.has_criteria && now.stage >= Stage::Match => Next::Match,
        _ => Next::SetCriteria,
    }
}
