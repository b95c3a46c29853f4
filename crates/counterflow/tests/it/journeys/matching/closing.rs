//! A round that closes while people are still asked.

use axum::http::StatusCode;
use counterflow::{fetch_one, kernel::ids::RunId};
use jiff::SignedDuration;

use super::{
    proposals::{ANA, RUTH, path_of, sent},
    six,
};
use crate::{
    on_both,
    support::{app::TestApp, matching::Matched},
};

const CLOSED: &str = "Digital fluency: Round 1 is closed";

async fn pairs(app: &TestApp, round: &Matched) -> i64 {
    let mut tx = app.read().await;
    let (pairs,) = fetch_one!(tx, (i64,), "select count(*) from pairs where round_id = $1", round.round).unwrap();
    pairs
}

/// The subject of the last letter to an address.
async fn last_subject(app: &TestApp, address: &str) -> String {
    app.letters(address).await.last().map(|(subject, _)| subject.clone()).unwrap_or_default()
}

on_both! {
    async fn a_closed_round_takes_back_what_is_open_and_matches_nobody(app: TestApp) {
        let (story, mut ines) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        app.as_person(story.ruth.person).await.post(&format!("{path}/acceptance"), &[]).await.ok();
        ines.post(&story.round.path("/close"), &[]).await.ok();
        let mut ana = app.as_person(story.ana.person).await;
        let late = ana.post(&format!("{path}/acceptance"), &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "even before the job has run");
        late.says("The round is closed, so nobody is matched in it any more");
        app.work().await;
        assert_eq!(pairs(app, &story.round).await, 0);
        for address in [RUTH, ANA, "gregor.maier@halden.example"] {
            assert_eq!(last_subject(app, address).await, CLOSED, "{address}");
        }
        assert!(app.letters("elif.kaya@halden.example").await.is_empty(), "who was never asked is not told");
        ana.get(&path).await.ok().says("The round was closed before a pair came of this").does_not_say("Accept");

        let run = RunId::new().to_string();
        assert_eq!(ines.post(&story.round.path("/runs"), &[("run", &run)]).await.status, StatusCode::CONFLICT);
        ines.get(&story.round.path("/match")).await.ok().says("The round is closed").does_not_say("Match again");
        ines.get(&story.round.path("/launch")).await.ok().says("The round is closed").does_not_say("Match again");
    }
}

on_both! {
    async fn a_draft_is_not_sent_in_a_closed_round(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        ines.post(&story.round.path("/close"), &[]).await.ok();
        app.work().await;
        assert_eq!(app.send_draft(&run, &mut ines).await.status, StatusCode::CONFLICT);
        ines.get(&run).await.ok().does_not_say("Run again").does_not_say("Send 2 proposals");
        assert!(app.letters(RUTH).await.is_empty());
    }
}

on_both! {
    async fn a_no_stays_private_when_the_round_closes(app: TestApp) {
        let (story, mut ines) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let (mut ruth, mut ana) = (app.as_person(story.ruth.person).await, app.as_person(story.ana.person).await);
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok();
        ana.post(&format!("{path}/decline"), &[]).await.ok();
        ines.post(&story.round.path("/close"), &[]).await.ok();
        assert_eq!(ana.post(&format!("{path}/decline/undo"), &[]).await.status, StatusCode::CONFLICT);
        app.work().await;
        assert_eq!(last_subject(app, RUTH).await, CLOSED, "as if Ana had not answered");
        ruth.get(&path).await.ok().says("The round was closed before a pair came of this");
        let letters = app.letters(RUTH).await.len();
        app.pass(SignedDuration::from_hours(8 * 24));
        app.work().await;
        assert_eq!(app.letters(RUTH).await.len(), letters);
        assert_ne!(last_subject(app, ANA).await, CLOSED, "Ana had said no");
    }
}

on_both! {
    async fn a_pair_accepted_just_before_the_close_does_not_begin(app: TestApp) {
        let (story, mut ines) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let (mut ruth, mut ana) = (app.as_person(story.ruth.person).await, app.as_person(story.ana.person).await);
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok();
        ana.post(&format!("{path}/acceptance"), &[]).await.ok().says("You both said yes");
        ines.post(&story.round.path("/close"), &[]).await.ok();
        app.work().await;
        assert_eq!(pairs(app, &story.round).await, 0);
        for (address, browser) in [(RUTH, &mut ruth), (ANA, &mut ana)] {
            assert_eq!(last_subject(app, address).await, CLOSED);
            browser.get(&path).await.ok().says("The round was closed before a pair came of this");
        }
    }
}
