//! Whether an organization is ready: asked by a manager, answered by leaders, shown to nobody before it is over.

use axum::http::StatusCode;
use counterflow::{fetch_all, fetch_one};

use crate::{
    on_both,
    support::{app::TestApp, browser::Reply, rounds::StartedRound},
};

const NAMES: [&str; 6] =
    ["Ruth Okafor", "Gregor Maier", "Carla Brandt", "Hiroshi Tanaka", "Olumide Adeyemi", "Farid Haddad"];
const WILLING: [(&str, &str); 5] =
    [("not-knowing", "4"), ("time", "5"), ("taught-by-junior", "5"), ("own-boss", "4"), ("confidence", "4")];

fn address(name: &str) -> String {
    format!("{}@halden.example", name.to_lowercase().replace(' ', "."))
}

/// Inés has asked six leaders. The page, and the link of each.
async fn asked(app: &TestApp) -> (StartedRound, String, Vec<String>) {
    let mut story = app.started_round().await;
    for name in NAMES {
        app.employee(name, 9, "Sales").await;
    }
    app.employee("Ana Lim", 3, "Sales").await;
    let page = format!("{}/readiness", story.program);
    let form = story.manager.get(&page).await.ok().says("6 fit and have an e-mail address").form(&page);
    for _ in 0..2 {
        send(&mut story, &page, &form).await.ok().says("0 of 6 have answered").says("Nobody can see any answer now");
    }
    let mut links = Vec::new();
    for name in NAMES {
        assert_eq!(app.letters(&address(name)).await.len(), 1, "a double click writes once");
        links.push(app.link_to(&address(name)).await);
    }
    assert!(app.letters(&address("Ana Lim")).await.is_empty());
    (story, page, links)
}

async fn send(story: &mut StartedRound, path: &str, fields: &[(String, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    story.manager.post(path, &fields).await
}

async fn answer(app: &TestApp, link: &str, reason: &str) -> Reply {
    let mut fields = WILLING.to_vec();
    fields.push(("reasons", reason));
    app.browser().post(link, &fields).await
}

on_both! {
    async fn four_answers_show_nothing_and_the_fifth_does(app: TestApp) {
        let (mut story, page, links) = asked(app).await;
        for link in &links[..4] {
            app.browser().get(link).await.ok().says("Six questions").says("Counted without your name").does_not_say("Ruth");
            answer(app, link, "workload").await.ok().says("Thank you");
        }
        story.manager.get(&page).await.ok().says("4 of 6 have answered").does_not_say("agree").does_not_say("Too much work:");
        story.manager.post(&format!("{page}/closing"), &[]).await.ok().says("Too few answers to show any").does_not_say("agree");
        // The next survey: five answers.
        let form = story.manager.get(&page).await.ok().form(&page);
        send(&mut story, &page, &form).await.ok();
        for name in &NAMES[..5] {
            answer(app, &app.link_to(&address(name)).await, "gossip").await.ok().says("Thank you");
        }
        story.manager.get(&page).await.ok().says("5 of 6 have answered").does_not_say("% agree");
        story.manager.post(&format!("{page}/closing"), &[]).await.ok()
            .says("The survey is closed").says("Go They are open").says("5 of 6 answered")
            .says("Something that I said is repeated: 5 people").says("Shares are shown from 10 answers on").does_not_say("% agree");
        assert_eq!((app.times("readiness.asked").await, app.times("readiness.closed").await, app.times("readiness.answered").await), (2, 2, 9));
    }
}

on_both! {
    async fn where_the_senior_mentors_the_seniors_are_asked_about_teaching(app: TestApp) {
        let mut story = app.started_round().await;
        for name in NAMES {
            app.employee(name, 9, "Sales").await;
        }
        let words = format!("{}/words", story.program);
        let mut form = story.manager.get(&words).await.ok().form(&words);
        form.iter_mut().filter(|(name, _)| name == "direction").for_each(|(_, value)| "traditional".clone_into(value));
        send(&mut story, &words, &form).await.ok();
        let page = format!("{}/readiness", story.program);
        story.manager.get(&page).await.ok().says("Six short questions to mentors").says("somebody who is at the beginning")
            .does_not_say("far below my level");
    }
}

on_both! {
    async fn a_link_answers_once_and_only_its_own_survey(app: TestApp) {
        let (mut story, page, links) = asked(app).await;
        let incomplete = app.browser().post(&links[0], &[("time", "5"), ("own-boss", "9"), ("reasons", "gossip")]).await;
        assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
        incomplete.says("Some answers are still missing").says("Everything you chose is kept");
        answer(app, &links[0], "workload").await.ok().says("Thank you");
        for _ in 0..2 {
            answer(app, &links[0], "workload").await.ok().says("This link has nothing to answer");
        }
        app.browser().get(&links[0]).await.ok().says("It has been used, or its survey is closed");
        app.browser().get("/readiness/no-such-link").await.ok().says("This link has nothing to answer");
        // Forwarded to somebody who is signed in, it answers nothing.
        story.manager.get(&links[1]).await.ok().says("This link has nothing to answer");
        story.manager.get(&page).await.ok().says("1 of 6 have answered");
        // Closed: no link of it answers any more.
        story.manager.post(&format!("{page}/closing"), &[]).await.ok();
        answer(app, &links[1], "workload").await.ok().says("This link has nothing to answer");
    }
}

on_both! {
    async fn nothing_tells_whose_the_answers_are(app: TestApp) {
        let (mut story, page, links) = asked(app).await;
        for link in &links[..5] {
            answer(app, link, "no-backing").await.ok();
        }
        let mut tx = app.read().await;
        // Everything that is kept of five people's answers: how many gave which. Whoever answered has no row any more.
        let counts: Vec<(String, String, i64)> =
            fetch_all!(tx, (String, String, i64), "select question, answer, people from readiness_counts order by question, answer").unwrap();
        let expected = [("confidence", "4"), ("not-knowing", "4"), ("own-boss", "4"), ("reasons", "no-backing"), ("taught-by-junior", "5"), ("time", "5")];
        assert_eq!(counts, expected.map(|(question, answer)| (question.to_owned(), answer.to_owned(), 5)));
        let (left,): (i64,) = fetch_one!(tx, (i64,), "select count(*) from readiness_links").unwrap();
        assert_eq!(left, 1);
        // The record says that somebody answered, neither who nor what.
        let events: Vec<(Option<String>, String)> =
            fetch_all!(tx, (Option<String>, String), "select actor_id, data from events where kind = 'readiness.answered'").unwrap();
        assert_eq!(events.len(), 5);
        assert!(events.iter().all(|(actor, data)| actor.is_none() && data == "null"), "{events:?}");
        drop(tx);
        story.manager.post(&format!("{page}/closing"), &[]).await.ok();
        let mut tx = app.read().await;
        let (left,): (i64,) = fetch_one!(tx, (i64,), "select count(*) from readiness_links").unwrap();
        assert_eq!(left, 0);
    }
}

on_both! {
    async fn a_survey_reminds_once_and_closes_by_itself(app: TestApp) {
        let (story, page, links) = asked(app).await;
        answer(app, &links[0], "workload").await.ok();
        app.pass(jiff::SignedDuration::from_hours(5 * 24));
        for _ in 0..2 {
            app.work().await;
            app.pass(jiff::SignedDuration::from_hours(2));
        }
        assert_eq!(app.letters(&address(NAMES[0])).await.len(), 1, "who has answered is left alone");
        let letters = app.letters(&address(NAMES[1])).await;
        assert_eq!(letters.len(), 2);
        assert!(letters[1].0.starts_with("Reminder: "), "{}", letters[1].0);
        // Both links are one person's: answering with one uses up the other.
        answer(app, &app.link_to(&address(NAMES[1])).await, "workload").await.ok().says("Thank you");
        answer(app, &links[1], "workload").await.ok().says("This link has nothing to answer");
        app.as_person(story.ines).await.get(&page).await.ok().says("2 of 6 have answered").says("reminded once");
        app.pass(jiff::SignedDuration::from_hours(7 * 24));
        app.work().await;
        app.as_person(story.ines).await.get(&page).await.ok().says("Too few answers to show any").says("2 of 6 answered");
        answer(app, &links[2], "workload").await.ok().says("This link has nothing to answer");
    }
}

on_both! {
    async fn who_is_asked_is_chosen_with_care(app: TestApp) {
        let mut story = app.started_round().await;
        for name in &NAMES[..4] {
            app.employee(name, 9, "Sales").await;
        }
        let page = format!("{}/readiness", story.program);
        let form = story.manager.get(&page).await.ok().form(&page);
        let few = send(&mut story, &page, &form).await;
        assert_eq!(few.status, StatusCode::UNPROCESSABLE_ENTITY);
        few.says("Ask at least 5 people");
        let id = form.iter().find(|(name, _)| name == "id").unwrap().1.clone();
        let typed = |addresses: &str, day: &str| {
            [("id", id.as_str()), ("who", "addresses"), ("addresses", addresses), ("closes_on", day)]
                .map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
        };
        let unknown = send(&mut story, &page, &typed("ruth.okafor@halden.example, nobody@halden.example", "2026-01-20")).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        unknown.says("Nobody in the directory is called “nobody@halden.example”");
        send(&mut story, &page, &typed("x@y.example", "2020-01-20")).await.says("Choose a day after today");
        assert_eq!(app.times("readiness.asked").await, 0);
    }
}
