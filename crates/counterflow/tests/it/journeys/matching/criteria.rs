//! Criteria: counted as they are typed, saved without overwriting anybody.

use axum::http::StatusCode;
use counterflow::{fetch_one, kernel::ids::RoundId};

use super::six;
use crate::{on_both, support::app::TestApp};

/// The three sentences of the story, as the form sends them.
const TYPED: [(&str, &str); 17] = [
    ("aim", "coverage"),
    ("depth", "any"),
    ("c0-rule", "must"),
    ("c0-compare", "at_least_apart"),
    ("c0-field", "level"),
    ("c0-by", "3"),
    ("c0-weight", "5"),
    ("c1-rule", "prefer"),
    ("c1-compare", "offers_what_the_other_wants"),
    ("c1-field", "offers/wants"),
    ("c1-by", "1"),
    ("c1-weight", "6"),
    ("c2-rule", "prefer"),
    ("c2-compare", "different"),
    ("c2-field", "department"),
    ("c2-by", "1"),
    ("c2-weight", "4"),
];

/// The form with some fields changed.
fn typed<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = TYPED.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).collect()
}

async fn stored(app: &TestApp, round: RoundId) -> (String, i64) {
    let mut tx = app.read().await;
    fetch_one!(tx, (String, i64), "select criteria, version from rounds where id = $1", round).unwrap()
}

on_both! {
    async fn every_sentence_says_what_it_does(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let page = ines.get(&story.round.path("/criteria")).await.ok();
        let page = page.says("3 criteria for 3 leaders and 3 mentors. They leave 4 of 9 possible pairs, and 1 leader without any candidate.")
            .says("Removes 5 of 9 pairs").says("Leaves 1 leader with none").says("Leaves 1 mentor with none")
            .says("True of 3 of 4 pairs").says("True of 4 of 4 pairs")
            .says("Bernard Stone. If at least 3 levels apart becomes a wish: 3 candidates.");
        assert!(page.body.contains("value=\"relax:0\""), "a button that does it");

        app.reports(story.elif.person, story.gregor.person).await;
        ines.get(&story.round.path("/criteria")).await.ok().says("Removes 1 of 9 pairs").says("They leave 3 of 9 possible pairs");
    }
}

on_both! {
    async fn counting_again_changes_nothing(app: TestApp) {
        let story = six(app).await;
        let (path, before) = (story.round.path("/criteria"), stored(app, story.round.round).await);
        let mut ines = app.as_person(story.round.ines).await;
        ines.post(&path, &typed(&[("act", "relax:0")])).await.ok()
            .says("They leave 9 of 9 possible pairs").says("nothing of this is saved yet");
        ines.post(&path, &typed(&[("act", "remove:0")])).await.ok().says("2 criteria for").says("9 of 9 possible pairs");
        ines.post(&path, &typed(&[("act", "add")])).await.ok().says("4 criteria for");
        ines.post(&path, &typed(&[("act", "count"), ("c0-by", "1,5")])).await.ok().says("7 of 9 possible pairs");
        ines.post(&path, &typed(&[("act", "reset")])).await.ok().says("8 criteria for");
        let wrong = ines.post(&path, &typed(&[("act", "save"), ("c0-by", "three"), ("c1-weight", "11")])).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says("Write a number").says("It has to be from 0 to 10");
        let odd = ines.post(&path, &typed(&[("act", "save"), ("c2-compare", "at_least_apart")])).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        odd.says("be compared in this way");
        assert_eq!(stored(app, story.round.round).await, before);
    }
}

on_both! {
    async fn two_managers_never_overwrite_each_other(app: TestApp) {
        let story = six(app).await;
        let marek = app.co_manager(&story.round, "Marek Havel").await;
        let path = story.round.path("/criteria");
        let (mut ines, mut marek) = (app.as_person(story.round.ines).await, app.as_person(marek).await);
        let seen = ines.get(&path).await.ok().hidden("version");
        assert_eq!(marek.get(&path).await.ok().hidden("version"), seen);
        marek.post(&path, &typed(&[("act", "save"), ("version", &seen), ("c0-by", "2")])).await.ok().says("The criteria are saved.");
        let (kept, version) = stored(app, story.round.round).await;
        assert!(kept.contains("by = 2"), "{kept}");

        let late = [("act", "save"), ("version", seen.as_str()), ("c0-by", "4")];
        let page = ines.post(&path, &typed(&late)).await.says("Marek Havel saved other criteria in the meantime");
        assert!(page.body.contains("name=\"c0-by\" value=\"4\""), "what was typed is kept");
        assert_eq!(stored(app, story.round.round).await, (kept, version), "and not saved");

        let now = page.hidden("version");
        ines.post(&path, &typed(&[("act", "save"), ("version", &now), ("c0-by", "4")])).await.ok().says("The criteria are saved.");
        assert!(stored(app, story.round.round).await.0.contains("by = 4"));
    }
}

on_both! {
    async fn saving_can_begin_the_run(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let page = ines.get(&story.round.path("/criteria")).await.ok();
        let (version, run) = (page.hidden("version"), page.hidden("run"));
        let form = typed(&[("act", "match"), ("version", &version), ("run", &run), ("c0-by", "2")]);
        ines.post(&story.round.path("/criteria"), &form).await.ok().says("Matching").says("Run 1 began just now");
        app.work().await;
        ines.get(&story.round.path(&format!("/runs/{run}"))).await.ok().says("3 of 3 leaders matched");
    }
}

on_both! {
    async fn a_rule_of_the_run_can_be_tried_as_a_wish(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        let board = ines.get(&run).await.ok().says("If at least 3 levels apart becomes a wish, 3 could, 1 of them free.");
        let link = board.link(&story.round.path("/criteria?from=")).replace("&#38;", "&").replace("&amp;", "&");
        ines.get(&link).await.ok().says("They leave 9 of 9 possible pairs").says("nothing of this is saved yet").says("Save and match");
    }
}

on_both! {
    async fn a_stable_draft_is_called_stable_and_not_the_best(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let page = ines.get(&story.round.path("/criteria")).await.ok().says("everybody goes by the fit");
        let (version, run) = (page.hidden("version"), page.hidden("run"));
        let form = typed(&[("act", "match"), ("version", &version), ("run", &run), ("aim", "stable")]);
        ines.post(&story.round.path("/criteria"), &form).await.ok().says("Find a stable draft").says("Prove that it is stable");
        assert!(stored(app, story.round.round).await.0.contains("aim = \"stable\""));
        app.work().await;
        let board = story.round.path(&format!("/runs/{run}"));
        assert_eq!(app.pairs(&board).await, ["Elif Kaya+Gregor Maier", "Ana Lim+Ruth Okafor"]);
        let open = format!("{board}?swap={}/{}", story.ana.participant, story.ruth.participant);
        let page = ines.get(&open).await.ok().says("2 of 3 leaders matched, proven stable for your criteria.")
            .says("Proven stable by the run: 14,900 points for 2 pairs.").does_not_say("optim");
        ines.get(&story.round.path("/match")).await.ok().says("Proven stable").does_not_say("Proven optimal");
        ines.get(&format!("{board}/certificate")).await.ok().says("Proven stable").says("it holds")
            .says("fit each other better than both fit whom they have").says("does not say that no other draft")
            .does_not_say("gets a price").does_not_say("optim");

        let value = page.body.split("name=\"swap\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        ines.post(&format!("{board}/swaps"), &[("swap", &value)]).await.ok()
            .says("changed by hand since it was proven stable.").says("Swaps have changed the draft since.").does_not_say("optim");
    }
}
