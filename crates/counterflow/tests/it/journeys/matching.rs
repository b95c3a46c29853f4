//! From criteria to a pair that begins: the draft is proven, the leader is asked first, and a no stays private.

use axum::http::StatusCode;
use counterflow::programs::Side;

use crate::{
    on_both,
    support::{
        app::TestApp,
        matching::{Given, Matched, Someone},
    },
};

struct Cast {
    ana: Someone,
    ruth: Someone,
}

/// Ana fits Ruth best; Tom is the other mentor, Priya the other leader.
async fn cast(app: &TestApp, story: &Matched) -> Cast {
    let mentor = |topics| Given { topics, ..Given::default() };
    let leader = |topics| Given { level: 9, department: "Finance", topics, ..Given::default() };
    let ana = app.admit(story, "Ana Lim", Side::Mentor, mentor(&[("ai-at-work", 4)])).await;
    app.admit(story, "Tom Whitaker", Side::Mentor, mentor(&[("security", 3)])).await;
    let ruth = app.admit(story, "Ruth Okafor", Side::Mentee, leader(&[("ai-at-work", 3)])).await;
    app.admit(story, "Priya Raman", Side::Mentee, leader(&[("security", 3)])).await;
    Cast { ana, ruth }
}

on_both! {
    async fn from_criteria_to_a_pair(app: TestApp) {
        let story = app.round_to_match().await;
        let cast = cast(app, &story).await;
        let mut ines = app.as_person(story.ines).await;
        ines.get(&story.path("/criteria")).await.ok().says("4 possible pairs");
        let run = ines.get(&story.path("/match")).await.ok().hidden("run");
        for _ in 0..2 {
            ines.post(&story.path("/runs"), &[("run", &run)]).await.ok(); // a double click is one run
        }
        app.work().await;
        let board = story.path(&format!("/runs/{run}"));
        ines.get(&board).await.ok().says("Ruth Okafor").says("Ana Lim").says("proven optimal");
        ines.get(&format!("{board}/certificate")).await.ok();
        assert_eq!(ines.get(&story.path("/runs/00000000-0000-7000-8000-000000000000")).await.status, StatusCode::NOT_FOUND);

        let version = ines.get(&format!("{board}/proposals")).await.ok().hidden("version");
        for _ in 0..2 {
            ines.post(&format!("{board}/proposals"), &[("version", &version)]).await;
        }
        app.work().await;
        assert_eq!(app.letters("ruth.okafor@halden.example").await.len(), 1, "asked once");
        assert!(app.letters("ana.lim@halden.example").await.is_empty(), "the mentor does not know yet");

        // The leader says yes, then the mentor is asked, and says yes: the pair begins.
        let proposal = app.link_to("ruth.okafor@halden.example").await;
        let mut ruth = app.as_person(cast.ruth.person).await;
        let mut ana = app.as_person(cast.ana.person).await;
        assert_eq!(ana.get(&proposal).await.status, StatusCode::NOT_FOUND);
        ruth.get(&proposal).await.ok().says("Ana Lim could be your mentor");
        ruth.post(&format!("{proposal}/acceptance"), &[]).await.ok();
        app.work().await;
        ana.get(&proposal).await.ok().says("Ruth Okafor");
        ana.post(&format!("{proposal}/acceptance"), &[]).await.ok();
        app.work().await;
        let pairs: Vec<(String,)> = counterflow::fetch_all!(app.read().await, (String,), "select state from pairs").unwrap();
        assert_eq!(pairs, [("active".to_owned(),)]);
    }
}

on_both! {
    async fn the_mentor_never_learns_of_a_no(app: TestApp) {
        let story = app.round_to_match().await;
        let cast = cast(app, &story).await;
        let mut ines = app.as_person(story.ines).await;
        let run = ines.get(&story.path("/match")).await.ok().hidden("run");
        ines.post(&story.path("/runs"), &[("run", &run)]).await.ok();
        app.work().await;
        let send = story.path(&format!("/runs/{run}/proposals"));
        let version = ines.get(&send).await.ok().hidden("version");
        ines.post(&send, &[("version", &version)]).await.ok();
        app.work().await;
        let proposal = app.link_to("ruth.okafor@halden.example").await;
        let mut ruth = app.as_person(cast.ruth.person).await;
        let no = [("reason", "too_close"), ("words", "Zwetschgendatschi, a secret")];
        ruth.post(&format!("{proposal}/decline"), &no).await.ok();
        app.work().await;
        assert!(app.letters("ana.lim@halden.example").await.is_empty());
        let mut ana = app.as_person(cast.ana.person).await;
        for path in ["/home".to_owned(), proposal.clone(), story.path("")] {
            let page = ana.get(&path).await;
            assert!(!page.body.contains("Zwetschgendatschi") && !page.body.contains("Ruth"), "{path}: {}", page.text());
        }
        assert_eq!(ana.get(&proposal).await.status, StatusCode::NOT_FOUND);
        ines.get(&story.path("/launch")).await.ok().says("Ruth Okafor");
    }
}
