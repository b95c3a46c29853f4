//! How a pair begins, agrees, lends out its calendar, and ends when somebody leaves.

use axum::http::StatusCode;
use counterflow::{execute, kernel::event::Event};

use crate::{
    on_both,
    support::pairs::{ANA, Gate, RUTH, TUNDE},
};

on_both! {
    async fn both_are_introduced_once(app: TestApp) {
        let story = app.story(Gate::Required).await;
        let [(subject, text)]: [_; 1] = app.letters(ANA).await.try_into().unwrap();
        assert_eq!(subject, "You and Ruth Okafor: your pair begins");
        for words in [
            "Ruth Okafor, who wants to learn",
            "\"I want to judge what a model tells me.\"",
            "What Ruth reads about you",
            "\"I build the tools that read invoices.\"",
            "- Ruth wants AI at work, which you offer",
            "- You both speak English",
            "You can plan a meeting once both have signed.",
            "You propose times to meet; Ruth picks one.",
            "For your first meeting: Getting to know each other",
            &format!("/pairs/{}", story.pair),
        ] {
            assert!(text.contains(words), "{words:?} is missing in {text}");
        }
        let [(_, text)]: [_; 1] = app.letters(RUTH).await.try_into().unwrap();
        assert!(text.contains("Ana Lim, your mentor") && text.contains("Ana proposes times to meet"), "{text}");
        // The job may run twice.
        let mut tx = app.write().await;
        let (proposal,): (String,) =
            counterflow::fetch_one!(tx, (String,), "select proposal_id from pairs where id = $1", story.pair).unwrap();
        Event::by_server("proposal.accepted").on(proposal).record(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        assert_eq!(app.letters(ANA).await.len(), 1);
        assert_eq!(app.events_of(story.pair).await, ["pair.began"]);
    }
}

on_both! {
    async fn somebody_who_left_meanwhile_begins_no_pair(app: TestApp) {
        let story = app.story(Gate::Required).await;
        let mia = app.person_in("Mia Berg", "Europe/Berlin").await;
        let (mentor, mentee) = (
            app.participant(story.round, mia, "mentor", &serde_json::json!({})).await,
            app.participant(story.round, story.ines, "mentee", &serde_json::json!({})).await,
        );
        let mut tx = app.write().await;
        execute!(tx, "update people set status = 'left' where id = $1", mia).unwrap();
        tx.commit().await.unwrap();
        app.accepted(story.round, mentor, mentee).await;
        app.work().await;
        assert!(app.letters("mia.berg@halden.example").await.is_empty());
    }
}

on_both! {
    async fn both_sign_and_a_change_asks_again(app: TestApp) {
        let story = app.story(Gate::Required).await;
        let path = format!("/pairs/{}/agreement", story.pair);
        let mut ana = app.as_person(story.ana).await;
        let mut ruth = app.as_person(story.ruth).await;
        ana.get(&path).await.ok()
            .says("In Digital fluency we meet 6 times for 45 minutes.")
            .says("Neither of you has signed yet");
        let sign = format!("{path}/signature");
        let missing = ana.post(&sign, &[("version", "1"), ("name", " ")]).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        ana.post(&sign, &[("version", "1"), ("name", "Ana Lim")]).await.ok().says("You have signed;");
        ana.post(&sign, &[("version", "1"), ("name", "Ana Lim")]).await.ok();
        let letters = app.letters(RUTH).await;
        assert_eq!(letters.len(), 2, "the introduction, and one about the signature");
        assert_eq!(letters[1].0, "Ana Lim has signed your agreement");

        // Ruth changes it while Ana has the old one open.
        let terms = [("rhythm_days", "14"), ("meeting_minutes", "30"), ("words", "Short and often."), ("version", "1")];
        ruth.post(&path, &terms).await.ok().says("Neither of you has signed yet").says("every 2 weeks");
        ruth.post(&path, &terms).await.ok().says("Version 2, changed by you");
        let late = ana.post(&path, &[("rhythm_days", "7"), ("meeting_minutes", "45"), ("words", "Mine"), ("version", "1")]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        late.says("changed the agreement in the meantime").says("Mine").says("Short and often.");
        let stale = ruth.post(&sign, &[("version", "1"), ("name", "Ruth")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        ruth.post(&sign, &[("version", "2"), ("name", "R. Okafor")]).await.ok();
        ana.post(&sign, &[("version", "2"), ("name", "Ana")]).await.ok().says("Signed by both").says("“R. Okafor”");
        assert_eq!(app.events_of(story.pair).await, [
            "pair.began", "agreement.signed", "agreement.changed", "agreement.signed", "agreement.signed"
        ]);
    }
}

on_both! {
    async fn nobody_else_sees_the_pair(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let other = app.person_in("Mia Berg", "Europe/Berlin").await;
        let mentor = app.participant(story.round, other, "mentor", &serde_json::json!({})).await;
        let leader = app.person_in("Karin Holm", "Europe/Berlin").await;
        let mentee = app.participant(story.round, leader, "mentee", &serde_json::json!({})).await;
        app.pair(story.round, mentor, mentee).await;
        for person in [other, leader, story.tunde, story.ines] {
            let mut browser = app.as_person(person).await;
            for path in ["", "/agreement", "/agreement/edit", "/meetings/new"] {
                let reply = browser.get(&format!("/pairs/{}{path}", story.pair)).await;
                assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
            }
            let fields = [("version", "1"), ("name", "X")];
            let reply = browser.post(&format!("/pairs/{}/agreement/signature", story.pair), &fields).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND);
        }
    }
}

on_both! {
    async fn a_delegate_is_named_and_taken_back(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let mut ruth = app.as_person(story.ruth).await;
        for (email, words) in [
            ("nobody@halden.example", "Nobody in the directory"),
            (RUTH, "That is your own address"),
            (ANA, "This person proposes times to you"),
        ] {
            let reply = ruth.post("/me/delegates", &[("email", email)]).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
            reply.says(words);
        }
        let pair = format!("/pairs/{}", story.pair);
        let mut tunde = app.name_delegate(&story).await;
        ruth.post("/me/delegates", &[("email", TUNDE)]).await.ok();
        assert_eq!(app.letters(TUNDE).await.len(), 1, "naming twice is naming once");
        tunde.get(&pair).await.ok()
            .says("Ana Lim and Ruth Okafor")
            .says("every 4 weeks")
            .does_not_say("stays between the two")
            .does_not_say("AI at work")
            .does_not_say("Agenda")
            .does_not_say("signed");
        for path in ["/agreement", "/agreement/edit", "/meetings/new"] {
            assert_eq!(tunde.get(&format!("{pair}{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        ruth.get(&pair).await.ok().says("Kept by Tunde Bello");
        let person = story.tunde.to_string();
        ruth.post("/me/delegates/removal", &[("person", &person)]).await.ok().says("Nobody yet. Whoever you name can book");
        ruth.post("/me/delegates/removal", &[("person", &person)]).await.ok();
        assert_eq!(tunde.get(&pair).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn a_leaver_ends_the_pair_kindly(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let mut ana = app.as_person(story.ana).await;
        let meeting = crate::journeys::meeting::plan(app, &story, "2026-01-20T16:00").await;
        let waiting = crate::journeys::meeting::propose(app, &story, &["2026-02-20T16:00"]).await;
        let mut tx = app.write().await;
        execute!(tx, "update people set status = 'left' where id = $1", story.ruth).unwrap();
        Event::by_server("person.left").on(story.ruth).record(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        // Other stations follow the event too; here only this one's work matters.
        let mut tx = app.write().await;
        execute!(tx, "delete from jobs where kind not like 'pairs.%' and kind not like 'meetings.%'").unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        let page = ana.get(&format!("/pairs/{}", story.pair)).await.ok();
        page.says("This pair ended on 12 January").says("Cancelled, because the pair ended");
        ana.get(&meeting).await.ok().says("Cancelled, because the pair ended").does_not_say("Find a new time");
        ana.get(&waiting).await.ok().says("proposal taken back");
        let subjects: Vec<_> = app.letters(ANA).await.into_iter().map(|(subject, _)| subject).collect();
        assert!(subjects.contains(&"Your pair with Ruth Okafor has ended".to_owned()), "{subjects:?}");
        let methods: Vec<_> = app.calendars(ANA).await.into_iter().map(|(method, _)| method).collect();
        assert_eq!(methods, ["REQUEST", "CANCEL"]);
        assert_eq!(app.calendars(RUTH).await.len(), 1, "nothing is sent to somebody who left");
        assert_eq!(ana.get(&format!("/pairs/{}/meetings/new", story.pair)).await.status, StatusCode::CONFLICT);
    }
}

on_both! {
    async fn whoever_left_keeps_nobodys_calendar(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        app.name_delegate(&story).await;
        app.leaves(story.tunde).await;
        app.work().await;
        let mut tx = app.read().await;
        let (left,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from delegations").unwrap();
        assert_eq!(left, 0);
    }
}
