//! What nobody may learn of a private no: not as a manager who takes part, and not from how others are matched meanwhile.

use axum::http::StatusCode;
use counterflow::{execute, programs::Side};
use jiff::SignedDuration;

use super::{
    proposals::{RUTH, path_of, sent},
    six,
};
use crate::{
    on_both,
    support::{
        app::TestApp,
        matching::{Given, Matched, Someone},
    },
};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn becomes_manager(app: &TestApp, round: &Matched, someone: Someone) {
    let mut tx = app.write().await;
    let now = tx.now();
    execute!(
        tx,
        "insert into program_roles (program_id, person_id, role, granted_at) values ($1, $2, 'manager', $3)",
        round.program,
        someone.person,
        now
    )
    .unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_manager_who_takes_part_learns_of_no_decline_to_themself(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        app.send_draft(&run, &mut ines).await.ok();
        let (path, launch) = (path_of(app, story.ana, story.ruth).await, story.round.path("/launch"));
        let no = [("reason", "too_close"), ("words", "She audits my budget in March.")];
        app.as_person(story.ruth.person).await.post(&format!("{path}/decline"), &no).await.ok();
        becomes_manager(app, &story.round, story.ana).await;

        let mut ana = app.as_person(story.ana.person).await;
        ana.get(&path).await.ok().says("Waits for Ruth Okafor until").does_not_say("eclined").does_not_say("audits").does_not_say("Remind");
        for query in ["", "?state=mentees", "?state=declined"] {
            ana.get(&format!("{launch}{query}")).await.ok()
                .says("2 wait for the leader").does_not_say("eclined").does_not_say("closely").does_not_say("audits").does_not_say("came to nothing");
        }
        ana.get(&story.round.path("")).await.ok().says("2 proposals are open, 0 accepted, 0 declined, 0 expired");
        ana.get(&story.round.path("/match")).await.ok().says("2 proposals wait for an answer");
        ana.get(&run).await.ok().says("2 are proposed or accepted").does_not_say("Pin Swap Forbid");
        ana.get(&format!("{run}/proposals")).await.ok().says("You are one of the two, so the reason is not shown").does_not_say("eclined");
        for act in ["reminder", "withdrawal"] {
            let refused = ana.post(&format!("{path}/{act}"), &[]).await;
            assert_eq!(refused.status, StatusCode::CONFLICT);
            refused.says("You are one of the two in this proposal");
        }
        ines.get(&launch).await.ok().says("Declined by the leader").says("She audits my budget in March.");
        ines.get(&run).await.ok().says("Pin Swap Forbid");

        app.pass(DAY * 8);
        app.work().await;
        let mut ana = app.as_person(story.ana.person).await;
        ana.get(&path).await.ok().says("Nobody answered until Monday 19 January, 23:59").says("Expired").does_not_say("eclined");
        ana.get(&launch).await.ok().says("Expired 2").does_not_say("Declined");
        ana.get(&story.round.path("")).await.ok().says("0 accepted, 0 declined, 2 expired");
    }
}

on_both! {
    async fn a_yes_holds_its_place_until_the_other_could_have_answered(app: TestApp) {
        let story = six(app).await;
        let mut tx = app.write().await;
        execute!(tx, "update rounds set asking_order = 'mentor_then_mentee' where id = $1", story.round.round).unwrap();
        tx.commit().await.unwrap();
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        app.send_draft(&run, &mut ines).await.ok();
        let path = path_of(app, story.ana, story.ruth).await;
        app.as_person(story.ana.person).await.post(&format!("{path}/acceptance"), &[]).await.ok();
        let given = Given { level: 9, department: "Legal", topics: &[("ai-at-work", 3)], ..Given::default() };
        app.admit(&story.round, "Nina West", Side::Mentee, given).await;
        app.as_person(story.ruth.person).await.post(&format!("{path}/decline"), &[]).await.ok();
        app.pass(SignedDuration::from_mins(1));
        let run = app.matched(&story.round, &mut ines).await;
        assert!(!app.pairs(&run).await.iter().any(|pair| pair.starts_with("Ana")), "Ana waits for Ruth, as far as she knows");
        app.as_person(story.ana.person).await.post(&format!("{path}/acceptance"), &[]).await.ok()
            .says("Ruth is asked until").does_not_say("decided before");

        app.pass(DAY * 8);
        app.work().await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        assert!(app.pairs(&run).await.contains(&"Ana Lim+Nina West".to_owned()), "{:?}", app.pairs(&run).await);
    }
}

on_both! {
    async fn thinking_again_moves_no_date_and_ends_with_the_time_to_answer(app: TestApp) {
        let (story, _) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let mut ruth = app.as_person(story.ruth.person).await;
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok().says("Ana is asked until Monday 19 January, 23:59");
        app.pass(DAY * 2);
        let (mut ruth, mut ana) = (app.as_person(story.ruth.person).await, app.as_person(story.ana.person).await);
        ana.post(&format!("{path}/decline"), &[]).await.ok().says("Possible until Monday 19 January, 23:59");
        ana.post(&format!("{path}/decline/undo"), &[]).await.ok().says("Accept Ruth");
        ruth.get(&path).await.ok().says("Ana is asked until Monday 19 January, 23:59");
        ana.post(&format!("{path}/decline"), &[]).await.ok();
        let letters = app.letters(RUTH).await.len();
        app.pass(DAY * 6);
        // The hourly job has not come by yet.
        app.as_person(story.ruth.person).await.get(&path).await.ok().says("No pair comes of this one this time");
        app.work().await;
        let mut ana = app.as_person(story.ana.person).await;
        ana.post(&format!("{path}/decline/undo"), &[]).await.ok().says("The time to answer is over, so this can’t be undone any more");
        assert_eq!(app.state_of(app.proposal_of(story.ana, story.ruth).await).await, "declined");
        assert_eq!(app.letters(RUTH).await.len(), letters + 1);
    }
}

on_both! {
    async fn a_yes_that_nobody_answers_ends_when_a_no_would(app: TestApp) {
        let (story, _) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        app.as_person(story.ruth.person).await.post(&format!("{path}/acceptance"), &[]).await.ok();
        app.pass(DAY * 8);
        // The hourly job has not come by yet.
        app.as_person(story.ruth.person).await.get(&path).await.ok().says("No pair comes of this one this time");
    }
}
