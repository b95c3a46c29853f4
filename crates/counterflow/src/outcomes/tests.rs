//! The next thing to do, and the figures.

use super::{
    HealthCounts, PairCounts, Share,
    figures::{BothSides, Funnel, People, ProposalCounts, Step, funnel_rows},
    next::{Next, Situation, next},
    store::LatestRun,
};
use crate::{checkins::health::Sides, kernel::ids::RunId, programs::Stage};

/// A round in which nothing has happened yet.
fn new() -> Situation {
    Situation {
        stage: Stage::Design,
        enrolled: false,
        over: false,
        people: BothSides::default(),
        has_criteria: true,
        run: None,
        proposals: ProposalCounts::default(),
        pairs: PairCounts::default(),
        health: HealthCounts::default(),
    }
}

fn invited(invited: i64, registered: i64, admitted: i64) -> People {
    let funnel = Funnel { invited, registered, admitted, ..Funnel::default() };
    People { funnel, unanswered: invited - registered, to_admit: registered - admitted, ..People::default() }
}

fn chosen(uninvited: i64) -> People {
    People { uninvited, ..People::default() }
}

fn run(state: &str, drafted: i64, proposed: i64) -> LatestRun {
    LatestRun { id: RunId::new(), number: 1, state: state.to_owned(), drafted, proposed }
}

#[test]
fn before_the_matching() {
    let nobody = People::default();
    for (mentee, mentor, stage, enrolled, expected) in [
        (nobody, nobody, Stage::Design, false, Next::Choose(Sides::Both)),
        (chosen(12), nobody, Stage::Enroll, false, Next::Invite(12)),
        (chosen(12), chosen(15), Stage::Enroll, false, Next::Invite(27)),
        (invited(12, 0, 0), nobody, Stage::Enroll, false, Next::Choose(Sides::Mentor)),
        (nobody, invited(12, 0, 0), Stage::Enroll, false, Next::Choose(Sides::Mentee)),
        (invited(12, 10, 10), invited(15, 15, 15), Stage::Enroll, false, Next::AwaitRegistrations(2)),
        (invited(12, 10, 0), invited(15, 15, 15), Stage::Enroll, true, Next::Admit(10)),
        (invited(12, 0, 0), invited(15, 15, 15), Stage::Enroll, true, Next::Choose(Sides::Mentee)),
        (invited(12, 10, 10), invited(15, 15, 15), Stage::Enroll, true, Next::SetCriteria),
        (invited(12, 12, 12), invited(15, 15, 15), Stage::Enroll, false, Next::SetCriteria),
        (invited(12, 12, 12), invited(15, 15, 15), Stage::Match, true, Next::Match),
    ] {
        let situation = Situation { people: BothSides { mentor, mentee }, stage, enrolled, ..new() };
        assert_eq!(next(&situation), expected, "{situation:?}");
    }
}

#[test]
fn without_criteria_there_is_no_match() {
    let people = BothSides { mentor: invited(9, 9, 9), mentee: invited(9, 9, 9) };
    let situation = Situation { people, stage: Stage::Match, has_criteria: false, ..new() };
    assert_eq!(next(&situation), Next::SetCriteria);
}

#[test]
fn from_the_run_to_the_answers() {
    let people = BothSides { mentor: invited(9, 9, 9), mentee: invited(9, 9, 9) };
    let matching = Situation { people, stage: Stage::Match, ..new() };
    let with = |run: LatestRun| Situation { run: Some(run), ..matching.clone() };
    let running = with(run("running", 0, 0));
    assert_eq!(next(&running), Next::AwaitRun(running.run.as_ref().unwrap().id));
    let draft = with(run("done", 9, 0));
    assert_eq!(next(&draft), Next::Review(draft.run.as_ref().unwrap().id));
    assert_eq!(next(&with(run("failed", 0, 0))), Next::Match);
    let proposals = ProposalCounts { open: 9, expiring: 2, ..ProposalCounts::default() };
    let sent = Situation { proposals, stage: Stage::Launch, ..with(run("done", 9, 9)) };
    assert_eq!(next(&sent), Next::AwaitAnswers(9, 2));
    let all_declined = Situation { proposals: ProposalCounts { declined: 9, ..ProposalCounts::default() }, ..sent };
    assert_eq!(next(&all_declined), Next::Match);
}

#[test]
fn while_pairs_meet_and_after() {
    let pairs = PairCounts { active: 9, ..PairCounts::default() };
    let running = Situation { pairs, stage: Stage::Run, run: Some(run("done", 9, 9)), ..new() };
    let well = Situation { health: HealthCounts { on_track: 9, ..HealthCounts::default() }, ..running.clone() };
    assert_eq!(next(&well), Next::AllWell);
    let health = HealthCounts { on_track: 6, needs_attention: 2, stalled: 1, ..HealthCounts::default() };
    let troubled = Situation { health, ..running.clone() };
    assert_eq!(next(&troubled), Next::Attend(3));
    let proposals = ProposalCounts { open: 1, ..ProposalCounts::default() };
    assert_eq!(next(&Situation { proposals, ..well.clone() }), Next::AwaitAnswers(1, 0));
    let redrafted = Situation { run: Some(run("done", 2, 0)), ..well.clone() };
    assert_eq!(next(&redrafted), Next::Review(redrafted.run.as_ref().unwrap().id));
    assert_eq!(next(&Situation { over: true, ..troubled.clone() }), Next::Close);
    assert_eq!(next(&Situation { stage: Stage::Close, ..troubled.clone() }), Next::Close);
    assert_eq!(next(&Situation { stage: Stage::Prove, over: true, ..troubled }), Next::Prove);
}

#[test]
fn shares_have_their_base_and_no_percent_of_three_people() {
    for (part, whole, expected) in [
        (31, 40, "31 of 40 (78 %)"),
        (0, 5, "0 of 5 (0 %)"),
        (2, 3, "2 of 3"),
        (0, 0, "0 of 0"),
        (1, 500, "1 of 500 (1 %)"),
        (499, 500, "499 of 500 (99 %)"),
        (500, 500, "500 of 500 (100 %)"),
    ] {
        assert_eq!(Share::of(part, whole).to_string(), expected);
    }
}

#[test]
fn a_step_to_come_is_not_a_zero() {
    let people = BothSides { mentor: invited(20, 15, 0), mentee: invited(10, 8, 0) };
    let rows = funnel_rows(&people, Stage::Enroll);
    let steps: Vec<_> = rows.iter().map(|row| (row.step, row.mentee.map(|cell| cell.share))).collect();
    assert_eq!(steps[0], (Step::Invited, Some(Share::of(10, 10))));
    assert_eq!(steps[1], (Step::Registered, Some(Share::of(8, 10))));
    assert_eq!(steps[2], (Step::Admitted, None));
    let later = funnel_rows(&people, Stage::Match);
    assert_eq!(later[2].mentor.map(|cell| cell.share), Some(Share::of(0, 15)));
    assert_eq!(later[3].mentor, None);
}
