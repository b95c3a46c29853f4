//! The waiting list: mentors as the leaders need them, the order, what who waits reads, and the next round.

use axum::http::StatusCode;
use counterflow::{
    enrollment::{self, State},
    kernel::{guard::ByServer, ids::RoundId},
};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::Browser,
        rounds::{StartedRound, registered},
    },
};

const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// A round with a leader and two who could mentor her, all invited.
async fn invited(app: &TestApp) -> StartedRound {
    let mut round = app.started_round().await;
    app.employee("Ruth Okafor", 9, "Finance").await;
    for name in ["Ana Lim", "Elif Kaya", "Tunde Bello"] {
        app.employee(name, 3, "Sales").await;
    }
    for side in ["mentee", "mentor"] {
        let path = round.path.clone();
        round.manager.post(&format!("{path}/choices"), &[("side", side), ("everybody", "yes")]).await.ok();
        round.manager.post(&format!("{path}/invitations"), &[("side", side)]).await.ok();
    }
    round
}

fn address(name: &str) -> String {
    format!("{}@halden.example", name.to_lowercase().replace(' ', "."))
}

async fn state(app: &TestApp, round: RoundId, name: &str) -> State {
    let id = app.participant_of(round, app.person_at(&address(name)).await).await;
    enrollment::participant(&mut app.read().await, &ByServer(id)).await.unwrap().state
}

/// The subjects of somebody's letters after the invitation.
async fn told(app: &TestApp, name: &str) -> Vec<String> {
    let letters = app.letters(&address(name)).await;
    letters.into_iter().map(|(subject, _)| subject).filter(|subject| !subject.contains("would you like")).collect()
}

async fn register(app: &TestApp, name: &str, capacity: &str) -> Browser {
    app.pass(SignedDuration::from_secs(1));
    registered(app, &address(name), capacity).await
}

on_both! {
    async fn mentors_wait_until_leaders_need_them(app: TestApp) {
        let mut round = invited(app).await;
        let mut ana = register(app, "Ana Lim", "2").await;
        ana.get("/home").await.ok().says("You are number 1 of 1 on the waiting list").says("How places are given");
        let mut tunde = register(app, "Tunde Bello", "1").await;
        let place = tunde.get("/home").await.ok().says("number 2 of 2").link("/registrations/");
        tunde.get(&place).await.ok().says("You are on the waiting list").says("2 of 2.").says("leaders are asked first")
            .says("Whoever has waited longest comes first");
        round.manager = app.as_person(round.ines).await;
        round.manager.get(&format!("{}/waiting", round.path)).await.ok().says("2 people wait").says("1 Ana Lim").says("2 Tunde Bello");

        // A leader comes: one place is needed, and Ana, who is first, has two.
        register(app, "Ruth Okafor", "1").await;
        assert_eq!([state(app, round.id, "Ruth Okafor").await, state(app, round.id, "Ana Lim").await, state(app, round.id, "Tunde Bello").await],
            [State::Admitted, State::Admitted, State::Waiting]);
        assert!(told(app, "Ana Lim").await.is_empty(), "what may change within minutes is not written");
        app.pass(PAUSE);
        app.work().await;
        assert_eq!(told(app, "Ana Lim").await, ["Digital fluency: there is a place for you"], "nothing about having waited");
        assert_eq!(told(app, "Tunde Bello").await, ["Digital fluency: you are on the waiting list"]);
        let (_, text) = app.letters(&address("Tunde Bello")).await.pop().unwrap();
        assert!(text.contains("number 1 of 1") && text.contains("leaders are asked first") && text.contains("next round"), "{text}");
        assert!(told(app, "Ruth Okafor").await.is_empty(), "who is in at once has read it");

        // Ana gives her place back: it is Tunde's without anybody's doing.
        let ana_at = app.participant_of(round.id, app.person_at(&address("Ana Lim")).await).await;
        let mut ana = app.as_person(app.person_at(&address("Ana Lim")).await).await;
        ana.post(&format!("/registrations/{ana_at}/decline"), &[]).await.ok();
        assert_eq!(state(app, round.id, "Tunde Bello").await, State::Admitted);
        app.pass(PAUSE);
        app.work().await;
        assert_eq!(told(app, "Tunde Bello").await.last().unwrap(), "Digital fluency: there is a place for you");
        let mut manager = app.as_person(round.ines).await;
        manager.get(&format!("{}/waiting", round.path)).await.ok().says("Nobody waits for a place");
    }
}

on_both! {
    async fn leaders_wait_where_there_is_no_room(app: TestApp) {
        let mut round = invited(app).await;
        app.employee("Gregor Maier", 9, "Legal").await;
        round.manager.post(&format!("{}/choices", round.path), &[("side", "mentee"), ("everybody", "yes")]).await.ok();
        round.manager.post(&format!("{}/invitations", round.path), &[("side", "mentee")]).await.ok();
        let places = format!("{}/leader-places", round.path);
        let bad = round.manager.post(&places, &[("places", "none")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.says("whole number").body.contains("value=\"none\""), "what was typed is kept");
        round.manager.post(&places, &[("places", "1")]).await.ok().says("Saved");
        register(app, "Ruth Okafor", "1").await;
        register(app, "Gregor Maier", "1").await.get("/home").await.ok().says("number 1 of 1");
        round.manager = app.as_person(round.ines).await;
        let ruth = app.participant_of(round.id, app.person_at(&address("Ruth Okafor")).await).await;
        round.manager.post(&format!("/participants/{ruth}/withdrawal"), &[]).await.ok();
        assert_eq!(state(app, round.id, "Gregor Maier").await, State::Admitted, "the next in line has the place");
        register(app, "Ana Lim", "1").await;
        app.pass(PAUSE);
        app.work().await;
    }
}

on_both! {
    async fn whom_a_manager_lets_wait_is_passed_by(app: TestApp) {
        let mut round = invited(app).await;
        register(app, "Ruth Okafor", "1").await;
        register(app, "Ana Lim", "1").await;
        register(app, "Elif Kaya", "1").await;
        register(app, "Tunde Bello", "1").await;
        assert_eq!([state(app, round.id, "Elif Kaya").await, state(app, round.id, "Tunde Bello").await], [State::Admitted, State::Waiting], "one more than needed");
        round.manager = app.as_person(round.ines).await;
        let ana = app.participant_of(round.id, app.person_at(&address("Ana Lim")).await).await;
        round.manager.post(&format!("/participants/{ana}/waiting"), &[]).await.ok();
        assert_eq!([state(app, round.id, "Ana Lim").await, state(app, round.id, "Tunde Bello").await], [State::Waiting, State::Admitted]);
        round.manager.get(&format!("{}/waiting", round.path)).await.ok().says("put here by hand");
        let line = format!("{}/waiting", round.path);
        let back = round.manager.post(&format!("/participants/{ana}/admission"), &[("back", &line)]).await.ok();
        assert!(back.path.starts_with(&line), "{}", back.path);
        assert_eq!(state(app, round.id, "Ana Lim").await, State::Admitted);
        app.pass(PAUSE);
        app.work().await;
    }
}

/// Opens the program's next round. Answers its id.
async fn next_round(app: &TestApp, round: &StartedRound, name: &str) -> RoundId {
    let mut manager = app.as_person(round.ines).await;
    let id = manager.get(&round.program).await.ok().hidden("id");
    let fields = [
        ("id", id.as_str()),
        ("name", name),
        ("enroll_until", "2026-08-30"),
        ("starts_on", "2026-09-16"),
        ("ends_on", "2027-03-15"),
    ];
    manager.post(&format!("{}/rounds", round.program), &fields).await.ok();
    app.work().await;
    id.parse().unwrap()
}

on_both! {
    async fn who_waited_comes_first_in_the_next_round_and_once(app: TestApp) {
        let mut round = invited(app).await;
        register(app, "Ruth Okafor", "1").await;
        for name in ["Ana Lim", "Elif Kaya", "Tunde Bello"] {
            register(app, name, "1").await;
        }
        app.pass(PAUSE);
        app.work().await;
        round.manager = app.as_person(round.ines).await;
        round.manager.post(&format!("{}/stage", round.path), &[("stage", "run")]).await.ok();
        let mut tunde = app.as_person(app.person_at(&address("Tunde Bello")).await).await;
        tunde.get("/home").await.ok().says("There was no place for you this time: you come first in the next round");

        let second = next_round(app, &round, "Round 2").await;
        assert_eq!(state(app, second, "Tunde Bello").await, State::Chosen);
        let place = tunde.get("/home").await.ok().link("/registrations/");
        tunde.get(&place).await.ok().says("You are chosen for Round 2 already");
        let mut manager = app.as_person(round.ines).await;
        manager.get(&format!("/rounds/{second}/enroll")).await.ok().says("From the waiting list of an earlier round: 1 mentor").says("They come first here");
        assert_eq!(app.times("participant.carried_over").await, 1);

        // Elif registers there before Tunde, and Tunde is in front of her all the same.
        let path = format!("/rounds/{second}");
        let elif = app.person_at(&address("Elif Kaya")).await.to_string();
        manager.post(&format!("{path}/choices"), &[("side", "mentor"), ("person", &elif)]).await.ok();
        manager.post(&format!("{path}/invitations"), &[("side", "mentor")]).await.ok();
        register(app, "Elif Kaya", "1").await.get("/home").await.ok().says("number 1 of 1");
        let mut tunde = register(app, "Tunde Bello", "1").await;
        tunde.get("/home").await.ok().says("You are number 1 of 2");
        app.pass(PAUSE);
        app.work().await;
        let (_, text) = app.letters(&address("Tunde Bello")).await.pop().unwrap();
        assert!(text.contains("You were on the list of Round 1"), "{text}");

        // Nobody is carried over twice for one wait, and a new wait counts from the first one on.
        let third = next_round(app, &round, "Round 3").await;
        let mut tx = app.read().await;
        let (count,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from participants where round_id = $1", third).unwrap();
        drop(tx);
        assert_eq!(count, 0, "round 2 still takes people, and may have places for them");
        let mut manager = app.as_person(round.ines).await;
        manager.post(&format!("{path}/stage"), &[("stage", "close")]).await.ok();
        app.work().await;
        assert_eq!([state(app, third, "Tunde Bello").await, state(app, third, "Elif Kaya").await], [State::Chosen; 2]);
        let mut tx = app.read().await;
        let (same,): (i64,) = counterflow::fetch_one!(tx, (i64,),
            "select count(*) from carry_overs a join carry_overs b on a.person_id = b.person_id and a.to_round <> b.to_round and a.since = b.since").unwrap();
        assert_eq!(same, 2, "Tunde, seen from both sides");
    }
}

on_both! {
    async fn who_says_not_now_can_ask_for_the_next_round(app: TestApp) {
        let mut round = invited(app).await;
        let link = app.link_to("ana.lim@halden.example").await;
        let mut ana = app.browser();
        ana.post(&format!("{link}/decline"), &[]).await.ok().says("Ask me in the next round");
        for _ in 0..2 {
            ana.post(&format!("{link}/next-time"), &[]).await.ok().says("You are asked again when the next round is opened");
        }
        assert_eq!(app.times("participant.asks_next_time").await, 1);
        round.manager.get(&format!("{}/enroll?mail=next_time", round.path)).await.ok().says("Ana Lim").says("asks to be asked next time").does_not_say("Elif Kaya");
        let second = next_round(app, &round, "Round 2").await;
        assert_eq!(state(app, second, "Ana Lim").await, State::Chosen);
        let mut manager = app.as_person(round.ines).await;
        manager.get(&format!("/rounds/{second}/waiting")).await.ok().says("1 mentor came over from an earlier round").does_not_say("waited already");
    }
}
