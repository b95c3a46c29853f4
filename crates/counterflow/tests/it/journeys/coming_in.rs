//! Coming into a round by oneself, or by being named; and what the rules say of the directory as it is now.

use axum::http::StatusCode;
use counterflow::{enrollment, kernel::guard::ByServer, people, programs};

use crate::{
    on_both,
    support::{app::TestApp, browser::Reply, rounds::StartedRound},
};

/// Inés's round with Ruth, Ana, Tunde, and Mia, whom no rule lets in.
async fn started(app: &TestApp, ways: [(&str, &str); 2]) -> StartedRound {
    let mut round = app.started_round().await;
    app.employee("Ruth Okafor", 9, "Finance").await;
    app.employee("Ana Lim", 3, "Sales").await;
    app.employee("Tunde Bello", 4, "Finance").await;
    app.employee("Mia Kim", 6, "Sales").await;
    round.manager.post(&format!("{}/ways", round.path), &ways).await.ok().says("Saved.");
    round
}

/// The path of the first address on the page that begins with a door.
fn door(page: &Reply, door: &str) -> String {
    let at = page.body.find(&format!("/{door}/")).unwrap_or_else(|| panic!("no {door} in {}", page.body));
    page.body[at..].split('"').next().unwrap().to_owned()
}

async fn join_path(round: &mut StartedRound) -> String {
    door(&round.manager.get(&format!("{}/ways", round.path)).await.ok(), "join")
}

async fn nominate_path(round: &mut StartedRound) -> String {
    door(&round.manager.get(&format!("{}/ways", round.path)).await.ok(), "nominate")
}

fn refused(reply: Reply, words: &str) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
    reply.says(words);
}

on_both! {
    async fn whoever_fits_joins_an_open_side_by_themselves(app: TestApp) {
        let mut round = started(app, [("mentor", "open"), ("mentee", "invitation")]).await;
        let join = join_path(&mut round).await;
        let path = {
            let mut tx = app.read().await;
            let round = programs::round(&mut tx, &ByServer(round.id)).await.unwrap();
            enrollment::join_path(&mut tx, &round).await.unwrap()
        };
        assert_eq!(path.as_deref(), Some(join.as_str()));
        app.browser().get(&join).await.ok().says("Digital fluency").says("Sign in to take part").does_not_say("Take part as");

        let ana = app.person_at("ana.lim@halden.example").await;
        let mut anas = app.as_person(ana).await;
        anas.get(&join).await.ok().says("Take part as a mentor").does_not_say("as a leader");
        for _ in 0..2 {
            let form = anas.post(&join, &[("side", "mentor")]).await.ok().says("your registration");
            assert!(form.path.ends_with(&app.participant_of(round.id, ana).await.to_string()));
        }
        assert_eq!((app.times("participant.joined").await, app.letters("ana.lim@halden.example").await.len()), (1, 0));
        anas.get(&join).await.ok().says("You are on the list already");

        // Who does not fit reads what the rules ask about, and no value of it.
        let mut ruths = app.as_person(app.person_at("ruth.okafor@halden.example").await).await;
        ruths.get(&join).await.ok().says("Not open to you as a mentor").says("It asks about: Level.").does_not_say("at most");
        let no = ruths.post(&join, &[("side", "mentor")]).await;
        assert_eq!(no.status, StatusCode::CONFLICT);
        // Nor on a side that is not open, whatever the rules say.
        assert_eq!(ruths.post(&join, &[("side", "mentee")]).await.status, StatusCode::CONFLICT);
        assert_eq!(app.browser().get("/join/nothing").await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn an_open_door_keeps_what_managers_decided(app: TestApp) {
        let mut round = started(app, [("mentor", "open"), ("mentee", "invitation")]).await;
        let join = join_path(&mut round).await;
        let choices = format!("{}/choices", round.path);
        // Chosen on this side, against the rules, and not told yet: the door is open, and no second place is made.
        round.manager.post(&choices, &[("side", "mentor"), ("email", "mia.kim@halden.example")]).await.ok();
        let mia = app.person_at("mia.kim@halden.example").await;
        let mut mias = app.as_person(mia).await;
        mias.get(&join).await.ok().says("Take part as a mentor");
        mias.post(&join, &[("side", "mentor")]).await.ok().says("your registration");
        assert_eq!(app.times("participant.chosen").await, 1);
        // Chosen on the other side, or taken out: that is for the managers to tell.
        round.manager.post(&choices, &[("side", "mentee"), ("email", "ana.lim@halden.example")]).await.ok();
        let tunde = app.person_at("tunde.bello@halden.example").await;
        round.manager.post(&choices, &[("side", "mentor"), ("email", "tunde.bello@halden.example")]).await.ok();
        round.manager.post(&format!("/participants/{}/withdrawal", app.participant_of(round.id, tunde).await), &[]).await.ok();
        for who in ["ana.lim@halden.example", "tunde.bello@halden.example"] {
            let mut browser = app.as_person(app.person_at(who).await).await;
            browser.get(&join).await.ok().says("You cannot join by yourself here").says("Ines Duarte");
            assert_eq!(browser.post(&join, &[("side", "mentor")]).await.status, StatusCode::CONFLICT);
        }
        // Closed again, and after the last day.
        round.manager.post(&format!("{}/ways", round.path), &[("mentor", "invitation"), ("mentee", "open")]).await.ok();
        app.browser().get(&join).await.ok().says("Sign in to take part");
        app.at("2026-01-31T08:00:00Z");
        let mut ruths = app.as_person(app.person_at("ruth.okafor@halden.example").await).await;
        ruths.get(&join).await.ok().says("Registration is over");
        assert_eq!(ruths.post(&join, &[("side", "mentee")]).await.status, StatusCode::CONFLICT);
    }
}

on_both! {
    async fn line_managers_name_people_of_theirs(app: TestApp) {
        let mut round = started(app, [("mentor", "nomination"), ("mentee", "invitation")]).await;
        let nominate = nominate_path(&mut round).await;
        let [ruth, ana, mia, tunde] = [
            app.person_at("ruth.okafor@halden.example").await,
            app.person_at("ana.lim@halden.example").await,
            app.person_at("mia.kim@halden.example").await,
            app.person_at("tunde.bello@halden.example").await,
        ];
        app.reports(ana, ruth).await;
        app.reports(mia, ruth).await;
        let mut ruths = app.as_person(ruth).await;
        ruths.get(&nominate).await.ok().says("Ana Lim").says("Mia Kim").does_not_say("Tunde Bello");
        app.as_person(tunde).await.get(&nominate).await.ok().says("Nobody reports to you");

        let name = |person: counterflow::kernel::ids::PersonId| person.to_string();
        refused(ruths.post(&nominate, &[("words", "kept")]).await.says("kept"), "Please fill this in");
        refused(ruths.post(&nominate, &[("person", &name(ruth))]).await, "That is you");
        refused(ruths.post(&nominate, &[("person", &name(tunde))]).await, "people who report to you");
        refused(ruths.post(&nominate, &[("person", &name(mia))]).await.does_not_say("at most"), "leave this person out. They ask about: level.");
        assert_eq!(app.times("nomination.made").await, 0);

        ruths.post(&nominate, &[("person", &name(ana)), ("words", "She explains things well.")]).await.ok().says("Asked on");
        let (subject, letter) = app.letters("ana.lim@halden.example").await.remove(0);
        assert_eq!(subject, "Digital fluency: would you like to take part?");
        assert!(letter.contains("Ruth Okafor thought of you for this. “She explains things well.”"), "{letter}");
        refused(ruths.post(&nominate, &[("person", &name(ana))]).await, "named this person already");

        // Ana declines: Ruth reads the same as before, and naming her once more (by somebody else) writes no letter.
        let link = app.link_to("ana.lim@halden.example").await;
        let mut anas = app.browser();
        anas.get(&link).await.ok().says("Ruth Okafor thought of you").says("Ruth Okafor is not told");
        anas.post(&format!("{link}/decline"), &[]).await.ok();
        ruths.get(&nominate).await.ok().says("Asked on").does_not_say("eclined").does_not_say("Not this time");
        let list = format!("{}/nominations", round.path);
        round.manager.post(&list, &[("email", "ana.lim@halden.example")]).await.ok().says("no second letter goes out").says("Declined");
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 1);
    }
}

on_both! {
    async fn mentor_leads_and_managers_name_anybody(app: TestApp) {
        let mut round = started(app, [("mentor", "nomination"), ("mentee", "invitation")]).await;
        let list = format!("{}/nominations", round.path);
        let ana = app.person_at("ana.lim@halden.example").await;
        assert_eq!(app.as_person(ana).await.get(&list).await.status, StatusCode::NOT_FOUND);
        let roles = format!("{}/roles", round.program);
        round.manager.post(&roles, &[("email", "ana.lim@halden.example"), ("role", "mentor_lead")]).await.ok().says("Mentor lead");
        let mut anas = app.as_person(ana).await;
        anas.get("/home").await.ok().says("You help to choose");
        anas.get(&list).await.ok().says("Name somebody").does_not_say("Why against the rules");
        refused(anas.post(&list, &[("email", "ana.lim@halden.example")]).await, "That is you");
        refused(anas.post(&list, &[("email", "nobody@halden.example")]).await, "Nobody in the directory");
        refused(anas.post(&list, &[("email", "mia.kim@halden.example"), ("reason", "I like her")]).await, "cannot be named for this side");
        anas.post(&list, &[("email", "tunde.bello@halden.example")]).await.ok().says("Tunde Bello").does_not_say("Invited");

        // A manager makes an exception, and says why.
        refused(round.manager.post(&list, &[("email", "mia.kim@halden.example")]).await, "say why below");
        round.manager.post(&list, &[("email", "mia.kim@halden.example"), ("reason", "Led the pilot")]).await.ok()
            .says("Led the pilot").says("Tunde Bello").says("Invited");
        // Somebody on the other side, and somebody who has left.
        round.manager.post(&format!("{}/choices", round.path), &[("side", "mentee"), ("email", "ruth.okafor@halden.example")]).await.ok();
        refused(anas.post(&list, &[("email", "ruth.okafor@halden.example")]).await, "cannot be named for this side");
        refused(round.manager.post(&list, &[("email", "ruth.okafor@halden.example")]).await, "on the other side");
        let sofia = app.employee("Sofia Rossi", 2, "Sales").await;
        app.leaves(sofia).await;
        app.work().await;
        refused(anas.post(&list, &[("email", "sofia.rossi@halden.example")]).await, "Nobody in the directory");

        // The role ends with a click, and with leaving.
        round.manager.post(&format!("{roles}/removal"), &[("person", &ana.to_string()), ("role", "mentor_lead")]).await.ok();
        assert_eq!(anas.get(&list).await.status, StatusCode::NOT_FOUND);
        round.manager.post(&roles, &[("email", "ana.lim@halden.example"), ("role", "mentor_lead")]).await.ok();
        app.leaves(ana).await;
        app.work().await;
        round.manager.get(&round.program.clone()).await.ok().does_not_say("Mentor lead Ana");
        let mut tx = app.read().await;
        let (left,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from mentor_leads").unwrap();
        assert_eq!(left, 0);
    }
}

on_both! {
    async fn nobody_comes_in_beside_a_shadow_board(app: TestApp) {
        let mut round = started(app, [("mentor", "nomination"), ("mentee", "open")]).await;
        let join = join_path(&mut round).await;
        let group = [("id", "00000000-0000-7000-8000-000000000001"), ("name", "Shadow board"), ("members", "ruth.okafor@halden.example\nana.lim@halden.example")];
        round.manager.post(&format!("{}/left-out", round.program), &group).await.ok();
        let mut ruths = app.as_person(app.person_at("ruth.okafor@halden.example").await).await;
        ruths.get(&join).await.ok().says("does not go together with this program").does_not_say("Shadow board");
        assert_eq!(ruths.post(&join, &[("side", "mentee")]).await.status, StatusCode::CONFLICT);
        let list = format!("{}/nominations", round.path);
        refused(round.manager.post(&list, &[("email", "ana.lim@halden.example")]).await, "because of Shadow board");
        assert_eq!(app.times("participant.chosen").await, 0);
    }
}

on_both! {
    async fn a_count_follows_the_directory_at_once(app: TestApp) {
        let mut round = app.started_round().await;
        app.employee("Ana Lim", 3, "Sales").await;
        let count = format!("{}/candidates/mentor/count?rules=1&field-0=department&is-0=one_of&values-0=sales", round.path);
        round.manager.get(&count).await.ok().says("1 of 3 people fit");
        let before = people::snapshot(&mut app.read().await, &app.app).await.unwrap();
        let same = people::snapshot(&mut app.read().await, &app.app).await.unwrap();
        assert!(std::sync::Arc::ptr_eq(&before, &same), "it is made once");

        let stamp = async || {
            let mut tx = app.read().await;
            counterflow::fetch_one!(tx, (String,), "select stamp from directory_stamp").unwrap().0
        };
        let first = stamp().await;
        // A zone of one's own, but not the colors; somebody's last day.
        let mut anas = app.as_person(app.person_at("ana.lim@halden.example").await).await;
        anas.post("/me", &[("zone", "Africa/Lagos"), ("theme", "dark")]).await.ok();
        let second = stamp().await;
        assert_ne!(first, second);
        anas.post("/me", &[("zone", "Africa/Lagos"), ("theme", "light")]).await.ok();
        assert_eq!(stamp().await, second);
        let mut tx = app.write().await;
        counterflow::execute!(tx, "update people set left_on = '2026-01-11' where name = 'Ana Lim'").unwrap();
        tx.commit().await.unwrap();
        people::leaving::leave_when_due(app.app.clone()).await.unwrap();
        app.work().await;
        assert_ne!(stamp().await, second);
        round.manager.get(&count).await.ok().says("0 of 2 people fit").says("This rule leaves nobody.")
            .says("Department is one of sales fits nobody, whatever the others say. Without it, 2 would fit.");
    }
}

on_both! {
    async fn a_rule_that_leaves_nobody_is_named(app: TestApp) {
        let mut round = started(app, [("mentor", "invitation"), ("mentee", "invitation")]).await;
        let count = format!("{}/candidates/mentor/count", round.path);
        let two = "rules=2&field-0=level&is-0=at_least&value-0=9&field-1=department&is-1=one_of&values-1=Sales";
        round.manager.get(&format!("{count}?{two}")).await.ok()
            .says("Together these rules leave nobody. One of them has to change")
            .says("Level is at least 9 fits 1 by itself. Without it, 2 would fit.")
            .says("Department is one of Sales fits 2 by itself. Without it, 1 would fit.");
        let three = format!("{}&field-2=location&is-2=is_known", two.replace("rules=2", "rules=3"));
        round.manager.get(&format!("{count}?{three}")).await.ok()
            .says("leaving out one is not enough").says("Office is known fits nobody, whatever the others say. Without it, still nobody would.");
        let page = round.manager.get(&format!("{}/candidates/mentor?", round.path)).await.ok();
        page.does_not_say("leave nobody");
    }
}
