//! Runs: in the background, cancelled, killed in the middle, proven before they count.

use axum::http::StatusCode;
use counterflow::{enrollment::Answers, execute, fetch_one, kernel::ids::RunId, programs::Side};
use jiff::SignedDuration;

use super::six;
use crate::{
    on_both,
    support::{app::TestApp, matching::Given},
};

fn id_of(run_path: &str) -> RunId {
    run_path.rsplit('/').next().unwrap().parse().unwrap()
}

async fn count(app: &TestApp, runs_of_round: counterflow::kernel::ids::RoundId) -> i64 {
    let mut tx = app.read().await;
    let (runs,) = fetch_one!(tx, (i64,), "select count(*) from match_runs where round_id = $1", runs_of_round).unwrap();
    runs
}

on_both! {
    async fn a_run_shows_its_steps_and_ends_in_a_proven_draft(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        ines.get(&story.round.path("/match")).await.ok().says("3 leaders and 3 mentors are admitted").says("No run yet");
        let (run, other) = (RunId::new().to_string(), RunId::new().to_string());
        let progress = ines.post(&story.round.path("/runs"), &[("run", &run)]).await.ok().says("Find the best draft");
        assert_eq!(progress.headers["refresh"], "2");
        ines.post(&story.round.path("/runs"), &[("run", &run)]).await.ok().says("Run 1");
        ines.post(&story.round.path("/runs"), &[("run", &other)]).await.ok().says("Run 1 began");
        assert_eq!(count(app, story.round.round).await, 1, "a double click and a second manager begin no second run");
        app.work().await;
        let path = story.round.path(&format!("/runs/{run}"));
        assert_eq!(app.pairs(&path).await, ["Elif Kaya+Gregor Maier", "Ana Lim+Ruth Okafor"]);
        ines.get(&path).await.ok().says("Review board").says("2 of 3 leaders matched, proven optimal for your criteria. Nothing is sent yet.")
            .says("Proven optimal by the run: 14,900 points for 2 pairs");
        ines.get(&story.round.path("/match")).await.ok().says("Run 1").says("Proven optimal").says("2 of 3").says("0.71").says("Review the draft of run 1");
    }
}

on_both! {
    async fn a_run_can_be_cancelled_before_and_while_it_works(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = RunId::new();
        let path = story.round.path(&format!("/runs/{run}"));
        ines.post(&story.round.path("/runs"), &[("run", &run.to_string())]).await.ok();
        ines.post(&format!("{path}/cancellation"), &[]).await.ok().says("Run 1 was cancelled");
        app.work().await;
        ines.get(&path).await.ok().says("Run 1 was cancelled");

        let second = RunId::new();
        let path = story.round.path(&format!("/runs/{second}"));
        ines.post(&story.round.path("/runs"), &[("run", &second.to_string())]).await.ok().says("Run 2");
        let mut tx = app.write().await;
        execute!(tx, "update match_runs set state = 'running' where id = $1", second).unwrap();
        tx.commit().await.unwrap();
        ines.post(&format!("{path}/cancellation"), &[]).await.ok().says("Stopping");
        app.work().await;
        ines.get(&path).await.ok().says("Run 2 was cancelled").says("Nothing of it was kept");
        assert!(app.draft(&path).await.is_empty());
        ines.post(&format!("{path}/cancellation"), &[]).await.ok().says("Run 2 was cancelled");
    }
}

on_both! {
    async fn a_run_whose_job_gave_up_can_be_cancelled(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = RunId::new();
        let path = story.round.path(&format!("/runs/{run}"));
        ines.post(&story.round.path("/runs"), &[("run", &run.to_string())]).await.ok();
        let mut tx = app.write().await;
        let now = tx.now();
        execute!(tx, "update match_runs set state = 'running' where id = $1", run).unwrap();
        execute!(tx, "update jobs set dead_at = $1 where kind = 'matching.run'", now).unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        ines.post(&format!("{path}/cancellation"), &[]).await.ok().says("Stopping");
        app.work().await;
        ines.get(&path).await.ok().says("Run 1 was cancelled");
        let path = app.matched(&story.round, &mut ines).await;
        assert_eq!(app.pairs(&path).await.len(), 2, "the round is free again");
        let mut tx = app.write().await;
        execute!(tx, "delete from jobs where dead_at is not null").unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn killed_in_the_middle_it_finds_the_same_draft(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let path = app.matched(&story.round, &mut ines).await;
        let (run, first) = (id_of(&path), app.draft(&path).await);
        // As a process leaves it that was killed after it had read: the row says running, the job is leased.
        let mut tx = app.write().await;
        execute!(tx, "delete from draft_pairs where run_id = $1", run).unwrap();
        execute!(tx, "update match_runs set state = 'running', outcome = null, certificate = null, finished_at = null where id = $1", run).unwrap();
        let until = tx.now().plus(SignedDuration::from_mins(10));
        execute!(tx, "update jobs set finished_at = null, leased_until = $1 where kind = 'matching.run'", until).unwrap();
        // Meanwhile the world goes on.
        execute!(tx, "update people set level = 6, department = 'Finance' where id = $1", story.ana.person).unwrap();
        execute!(tx, "update rounds set criteria = 'aim = \"total\"' where id = $1", story.round.round).unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        ines.get(&path).await.ok().says("Matching");
        app.pass(SignedDuration::from_mins(11));
        app.work().await;
        assert_eq!(app.draft(&path).await, first);
        let mut ines = app.as_person(story.round.ines).await;
        ines.get(&format!("{path}/certificate")).await.ok().says("Proven optimal").says("it holds");
    }
}

on_both! {
    async fn a_run_without_people_says_so(app: TestApp) {
        let round = app.round_to_match().await;
        let given = Given { level: 9, ..Given::default() };
        app.admit(&round, "Ruth Okafor", Side::Mentee, given).await;
        let mut ines = app.as_person(round.ines).await;
        let path = app.matched(&round, &mut ines).await;
        ines.get(&path).await.ok().says("Run 1 made no draft").says("There is no mentor to be matched");
        ines.get(&round.path("/match")).await.ok().says("Admit people first");
        ines.get(&round.path("/criteria")).await.ok().says("No mentor is admitted yet");
    }
}

on_both! {
    async fn the_certificate_is_checked_anew(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let path = app.matched(&story.round, &mut ines).await;
        ines.get(&format!("{path}/certificate")).await.ok().says("Proven optimal").says("14,900 points").says("every mentor with every leader where both had a free place");
        let file = ines.get(&format!("{path}/certificate.json")).await.ok();
        assert!(file.headers["content-disposition"].to_str().unwrap().contains("certificate-run-1.json"));
        let json: serde_json::Value = serde_json::from_str(&file.body).unwrap();
        assert_eq!(json["certificate"]["value"]["total"], 14_900);
        assert_eq!(json["draft"]["pairs"].as_array().unwrap().len(), 2);

        let mut tx = app.write().await;
        execute!(tx, "update match_runs set certificate = replace(certificate, '7840', '7841') where id = $1", id_of(&path)).unwrap();
        tx.commit().await.unwrap();
        ines.get(&format!("{path}/certificate")).await.ok().says("The proof does not hold").says("score 7840, not 7841");
    }
}

on_both! {
    async fn wishes_of_people_and_earlier_pairs_are_kept_apart(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        // Ana would not like to be paired with Ruth. In the round before, Elif was Gregor's mentor.
        let mut tx = app.write().await;
        let answers = Answers { never_with: vec![story.ruth.person], offers: [("ai-at-work".to_owned(), 4), ("data".to_owned(), 2)].into(), ..Answers::default() };
        execute!(tx, "update registrations set answers = $1 where participant_id = $2", serde_json::to_string(&answers).unwrap(), story.ana.participant).unwrap();
        tx.commit().await.unwrap();
        ines.get(&story.round.path("/criteria")).await.ok().says("Removes 1 of 9 pairs, always on").says("They leave 3 of 9");
        let path = app.matched(&story.round, &mut ines).await;
        assert_eq!(app.pairs(&path).await, ["Ana Lim+Gregor Maier", "Elif Kaya+Ruth Okafor"]);

        let before = app.another_round(story.round.program, 2).await;
        let elif = app.enroll(before, story.elif.person, Side::Mentor, Given::default()).await;
        let ruth = app.enroll(before, story.ruth.person, Side::Mentee, Given::default()).await;
        app.accepted_before(before, elif, ruth).await;
        let path = app.matched(&story.round, &mut ines).await;
        assert_eq!(app.pairs(&path).await, ["Elif Kaya+Gregor Maier"], "Ruth had Elif before, and Ana would rather not");
    }
}

on_both! {
    async fn runs_belong_to_their_round_and_its_managers(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let path = app.matched(&story.round, &mut ines).await;
        let other = app.another_round(story.round.program, 2).await;
        assert_eq!(ines.get(&format!("/rounds/{other}/runs/{}", id_of(&path))).await.status, StatusCode::NOT_FOUND);
        let mut ruth = app.as_person(story.ruth.person).await;
        for rest in ["", "/certificate", "/certificate.json", "/draft.csv", "/proposals"] {
            assert_eq!(ruth.get(&format!("{path}{rest}")).await.status, StatusCode::NOT_FOUND, "{rest}");
        }
        for page in ["/match", "/criteria", "/launch"] {
            assert_eq!(ruth.get(&story.round.path(page)).await.status, StatusCode::NOT_FOUND, "{page}");
        }
    }
}
