//! The manager's side: rules, choosing, inviting, reminding, admitting.

use axum::http::{StatusCode, header};
use counterflow::{
    enrollment::{self, State},
    jobs,
    kernel::{guard::ByServer, ids::ParticipantId},
    programs::{self, Stage},
};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{app::TestApp, rounds::StartedRound},
};

/// A leader and two who could mentor her.
async fn people(app: &TestApp) {
    app.employee("Ruth Okafor", 9, "Finance").await;
    app.employee("Ana Lim", 3, "Sales").await;
    app.employee("Tunde Bello", 4, "Finance").await;
}

async fn state(app: &TestApp, id: ParticipantId) -> State {
    enrollment::participant(&mut app.read().await, &ByServer(id)).await.unwrap().state
}

async fn choose_and_invite(round: &mut StartedRound, side: &str) {
    let path = round.path.clone();
    round.manager.post(&format!("{path}/choices"), &[("side", side), ("everybody", "yes")]).await.ok();
    round.manager.post(&format!("{path}/invitations"), &[("side", side)]).await.ok();
}

on_both! {
    async fn leaders_come_first(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        let enroll = format!("{}/enroll", round.path);
        round.manager.get(&enroll).await.ok().says("Next: choose leaders").says("Nobody is chosen yet")
            .says("Level is at least 7").says("admit them first");
        round.manager.get(&format!("{}/candidates/mentee", round.path)).await.ok()
            .says("1 of 5 people fit").says("Ruth Okafor").does_not_say("Ana Lim");
        let choices = format!("{}/choices", round.path);
        round.manager.post(&choices, &[("side", "mentee"), ("everybody", "yes")]).await.ok()
            .says("They know nothing of it").says("Next: invite 1 leader");
        assert!(app.letters("ruth.okafor@halden.example").await.is_empty(), "nobody hears of being chosen");
        round.manager.post(&format!("{}/invitations", round.path), &[("side", "mentee")]).await.ok()
            .says("1 person invited").says("1 of 1 (100 %)").says("Next: choose mentors");
        let stage = programs::round(&mut app.read().await, &ByServer(round.id)).await.unwrap().stage;
        assert_eq!(stage, Stage::Enroll, "the first invitation begins the stage");
        round.manager.get(&format!("{}/candidates/mentor", round.path)).await.ok()
            .says("2 of 4 people fit").says("in this round already: 1").does_not_say("Ruth Okafor");

        let letters = app.letters("ruth.okafor@halden.example").await;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].0, "Digital fluency: would you like to take part?");
        let text = &letters[0].1;
        for words in ["Dear Ruth Okafor", "Digital fluency", "by 30 January 2026", "/invitations/"] {
            assert!(text.contains(words), "no {words:?} in {text}");
        }
        assert!(!text.contains('{'), "a placeholder is left: {text}");
    }
}

on_both! {
    async fn the_sponsors_words_go_with_the_invitation(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        app.person("Karin Vogt").await;
        round.manager.post(&format!("{}/roles", round.program), &[("role", "sponsor"), ("email", "karin.vogt@halden.example")]).await.ok();
        let form = round.manager.get(&format!("{}/endorsement", round.path)).await.ok();
        let (seen, sponsor) = (form.hidden("seen"), app.person_at("karin.vogt@halden.example").await.to_string());
        round.manager.post(&format!("{}/endorsement", round.path), &[("seen", &seen), ("sponsor", &sponsor), ("words", "I had a mentor of 24. It was worth every hour.")]).await.ok();
        choose_and_invite(&mut round, "mentor").await;
        let (_, text) = app.letters("ana.lim@halden.example").await.remove(0);
        assert!(text.contains("worth every hour.\n- Karin Vogt"), "{text}");
    }
}

on_both! {
    async fn people_are_chosen_one_by_one_and_on_one_side_only(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        let choices = format!("{}/choices", round.path);
        let ana = app.person_at("ana.lim@halden.example").await.to_string();
        round.manager.post(&choices, &[("side", "mentor"), ("person", &ana), ("person", "not an id")]).await.ok().says("Ana Lim");
        let none = round.manager.post(&choices, &[("side", "mentor")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        none.says("Nobody was ticked");
        for (email, problem) in [
            ("ana.lim@halden.example", "on the other side of this round"),
            ("nobody@halden.example", "Nobody in the directory"),
            ("ana", "does not look like an e-mail"),
        ] {
            let back = round.manager.post(&choices, &[("side", "mentee"), ("email", email)]).await;
            assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(back.says(problem).body.contains(&format!("value=\"{email}\"")), "what was typed is kept");
        }
        round.manager.post(&choices, &[("side", "mentor"), ("email", "ana.lim@halden.example")]).await.says("takes part already");
        // Against the rules: an exception is the manager's to make.
        round.manager.post(&choices, &[("side", "mentee"), ("email", "Tunde.Bello@halden.example")]).await.ok().says("Tunde Bello");
        assert_eq!(app.times("participant.chosen").await, 2);
    }
}

on_both! {
    async fn rules_are_changed_in_a_form_and_never_overwritten(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        let path = format!("{}/candidates/mentee", round.path);
        let first = round.manager.get(&path).await.ok();
        let version = first.hidden("version");
        let level = [("rules", "1"), ("field-0", "level"), ("is-0", "at_least")];
        let form = |value: &'static str, more: &[(&'static str, &'static str)]| {
            let mut fields = vec![("version", version.as_str()), ("value-0", value)];
            fields.extend(level);
            fields.extend(more);
            fields
        };
        let back = round.manager.post(&format!("{path}/rules"), &form("four", &[])).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("Write it as a number, such as 7 or 1.5.").says("0 of 5 people fit");
        let count = format!("{path}/count?rules=2&field-0=level&is-0=at_least&value-0=4&field-1=department&is-1=one_of");
        round.manager.get(&count).await.ok().says("not filled in yet");
        round.manager.get(&format!("{count}&values-1=Finance")).await.ok()
            .says("2 of 5 people fit").says("Ruth Okafor, Tunde Bello").does_not_say("Home");
        round.manager.get(&path).await.ok().says("1 of 5 people fit");

        round.manager.post(&format!("{path}/rules"), &form("4", &[("add", "department")])).await.ok()
            .says("2 of 5 people fit").says("Department").says("is known");
        // The second manager saw the rules before that.
        let other = round.manager.post(&format!("{path}/rules"), &form("9", &[])).await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        other.says("Ines Duarte changed this in the meantime");
        let version = round.manager.get(&path).await.ok().hidden("version");
        let two = [("version", version.as_str()), ("rules", "2"), ("field-0", "level"), ("is-0", "at_least"), ("value-0", "4"),
            ("field-1", "department"), ("is-1", "is_known"), ("remove", "0")];
        round.manager.post(&format!("{path}/rules"), &two).await.ok().says("3 of 5 people fit");
        // A rule that nobody fulfills says so.
        round.manager.get(&format!("{}/candidates/mentor", round.path)).await.ok().says("2 of 5 people fit");
        let version = round.manager.get(&path).await.ok().hidden("version");
        round.manager.post(&format!("{path}/rules"), &[("version", &version), ("rules", "1"), ("field-0", "Shoe size"), ("is-0", "is_known")])
            .await.ok().says("Nobody else fits these rules");
        assert_eq!(round.manager.get(&format!("{}/candidates/sponsor", round.path)).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn clicking_twice_writes_once(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        for _ in 0..2 {
            choose_and_invite(&mut round, "mentor").await;
        }
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 1);
        assert_eq!((app.times("participant.chosen").await, app.times("invitation.sent").await), (1, 1));
        let ruth = app.person_at("ruth.okafor@halden.example").await;
        round.manager.post(&format!("{}/choices", round.path), &[("side", "mentee"), ("email", "ruth.okafor@halden.example")]).await.ok();
        let one = format!("/participants/{}", app.participant_of(round.id, ruth).await);
        round.manager.post(&format!("{one}/invitation"), &[]).await.ok().says("Invited as a leader");
        let twice = round.manager.post(&format!("{one}/invitation"), &[]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        twice.says("nothing was changed");
        assert_eq!(app.letters("ruth.okafor@halden.example").await.len(), 1);
    }
}

on_both! {
    async fn one_reminder_goes_out_by_itself_and_two_at_most(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        choose_and_invite(&mut round, "mentor").await;
        app.work().await;
        app.pass(SignedDuration::from_hours(7 * 24 - 1));
        app.work().await;
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 1, "not before a week is over");
        app.pass(SignedDuration::from_hours(1));
        app.work().await;
        app.pass(SignedDuration::from_hours(2));
        app.work().await;
        let letters = app.letters("ana.lim@halden.example").await;
        assert_eq!(letters.len(), 2, "once");
        assert_eq!(letters[1].0, "Digital fluency: your invitation still waits");
        assert!(letters[1].1.contains("until Friday 30 January 2026"), "{}", letters[1].1);
        assert_eq!(app.times("invitation.reminded").await, 2, "Ana and Tunde");

        let mut manager = app.as_person(round.ines).await;
        let ana = app.participant_of(round.id, app.person_at("ana.lim@halden.example").await).await;
        let reminder = format!("/participants/{ana}/reminder");
        assert_eq!(manager.post(&reminder, &[("seen", "0")]).await.status, StatusCode::CONFLICT, "seen before the first");
        manager.post(&reminder, &[("seen", "1")]).await.ok().says("The reminder is on its way").says("for the second time");
        for seen in ["1", "2"] {
            assert_eq!(manager.post(&reminder, &[("seen", seen)]).await.status, StatusCode::CONFLICT, "never a third");
        }
        // The other was reminded once, a week ago by now.
        app.pass(SignedDuration::from_hours(7 * 24));
        let mut manager = app.as_person(round.ines).await;
        manager.get(&format!("{}/enroll", round.path)).await.ok().says("Remind 1 mentor");
        for _ in 0..2 {
            manager.post(&format!("{}/reminders", round.path), &[("side", "mentor")]).await.ok();
        }
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 3);
        assert_eq!(app.letters("tunde.bello@halden.example").await.len(), 3);
    }
}

on_both! {
    async fn who_registered_or_came_too_late_is_not_reminded(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        app.at("2026-01-28T09:00:00Z");
        round.manager = app.as_person(round.ines).await;
        choose_and_invite(&mut round, "mentor").await;
        app.pass(SignedDuration::from_hours(8 * 24));
        app.work().await;
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 1, "registration is over by then");
    }
}

on_both! {
    async fn people_are_taken_out_and_come_back(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        choose_and_invite(&mut round, "mentor").await;
        let link = app.link_to("ana.lim@halden.example").await;
        let ana = app.person_at("ana.lim@halden.example").await;
        let one = format!("/participants/{}", app.participant_of(round.id, ana).await);
        let list = format!("{}/enroll?side=mentor#people", round.path);
        let after = round.manager.post(&format!("{one}/withdrawal"), &[("back", &list)]).await.ok().says("Taken out of this round");
        assert!(after.path.starts_with(&format!("{}/enroll?side=mentor", round.path)));
        assert!(!after.body.contains(&format!("href=\"{one}\"")), "those who were taken out are not listed");
        round.manager.get(&format!("{}/enroll?state=withdrawn", round.path)).await.ok().says("Ana Lim").says("Choose again");
        assert_eq!(app.browser().get(&link).await.status, StatusCode::GONE);
        round.manager.get(&format!("{}/candidates/mentor", round.path)).await.ok().does_not_say("Ana Lim");

        let elsewhere = round.manager.post(&format!("{one}/choice"), &[("back", "https://evil.example/")]).await.ok();
        assert!(elsewhere.path.starts_with(&one), "{}", elsewhere.path);
        assert_eq!(app.browser().get(&link).await.status, StatusCode::NOT_FOUND, "an earlier link counts no more");
        round.manager.post(&format!("{one}/invitation"), &[]).await.ok();
        let again = app.link_to("ana.lim@halden.example").await;
        app.browser().get(&again).await.ok().says("Hello, Ana Lim");
        round.manager.post(&format!("{one}/withdrawal"), &[]).await.ok();
        round.manager.post(&format!("{}/choices", round.path), &[("side", "mentee"), ("email", "ana.lim@halden.example")]).await.ok();
        round.manager.post(&format!("{one}/choice"), &[]).await.says("on the other side of the round by now");
    }
}

on_both! {
    async fn a_leaver_is_taken_out(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        choose_and_invite(&mut round, "mentor").await;
        let link = app.link_to("ana.lim@halden.example").await;
        let ana = app.person_at("ana.lim@halden.example").await;
        app.leaves(ana).await;
        let gone = app.browser().get(&link).await;
        assert_eq!(gone.status, StatusCode::GONE, "at once, before any job has run");
        gone.says("taken back");
        let mut tx = app.write().await;
        jobs::enqueue(&mut tx, "enrollment.withdraw_leaver", "event", &ana.to_string().into()).await.unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        assert_eq!(state(app, app.participant_of(round.id, ana).await).await, State::Withdrawn);
        let tunde = app.person_at("tunde.bello@halden.example").await;
        assert_eq!(state(app, app.participant_of(round.id, tunde).await).await, State::Invited);
        assert_eq!(app.times("participant.withdrawn").await, 1);
        app.pass(SignedDuration::from_hours(8 * 24));
        app.work().await;
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 1, "nobody writes to who left");
    }
}

on_both! {
    async fn the_table_is_filtered_and_goes_into_a_spreadsheet(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        app.employee("=cmd Evil", 2, "Sales; West").await;
        choose_and_invite(&mut round, "mentor").await;
        let enroll = format!("{}/enroll", round.path);
        round.manager.get(&format!("{enroll}?side=mentor&q=lim+ana")).await.ok().says("Ana Lim").does_not_say("Tunde Bello");
        round.manager.get(&format!("{enroll}?q=TUNDE.BELLO%40halden")).await.ok().says("Tunde Bello").does_not_say("Ana Lim");
        round.manager.get(&format!("{enroll}?side=mentee")).await.ok().says("Nobody matches");
        round.manager.get(&format!("{enroll}?q=%25")).await.ok().says("Nobody matches");
        let file = round.manager.get(&format!("{}/participants.csv?side=mentor", round.path)).await.ok();
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert!(file.body.starts_with("\u{feff}\"name\",\"email\""), "{}", file.body);
        assert_eq!(file.body.lines().count(), 4);
        assert!(file.body.contains("\"'=cmd Evil\""), "no formula: {}", file.body);
        assert!(file.body.contains("\"Sales; West\",\"\",\"mentor\",\"invited\",\"1\",\"2026-01-12T08:00:00.000Z\""), "{}", file.body);
    }
}

on_both! {
    async fn who_has_no_address_is_named_and_not_invited(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        let mut tx = app.write().await;
        counterflow::execute!(tx, "update people set email = null where name = 'Ana Lim'").unwrap();
        tx.commit().await.unwrap();
        choose_and_invite(&mut round, "mentor").await;
        round.manager.get(&format!("{}/enroll", round.path)).await.ok().says("Without an e-mail address in the directory, and so not to be invited: 1 mentor").says("1 of 2 (50 %)");
    }
}

on_both! {
    async fn strangers_and_participants_see_nothing_of_it(app: TestApp) {
        let mut round = app.started_round().await;
        people(app).await;
        choose_and_invite(&mut round, "mentor").await;
        let ana = app.person_at("ana.lim@halden.example").await;
        let one = app.participant_of(round.id, ana).await;
        let mut browser = app.as_person(ana).await;
        for path in [format!("{}/enroll", round.path), format!("{}/participants.csv", round.path),
            format!("{}/candidates/mentor", round.path), format!("/participants/{one}")] {
            assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [format!("/participants/{one}/admission"), format!("{}/choices", round.path), format!("{}/admission-policy", round.path)] {
            assert_eq!(browser.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let tunde = app.participant_of(round.id, app.person_at("tunde.bello@halden.example").await).await;
        assert_eq!(browser.get(&format!("/registrations/{tunde}")).await.status, StatusCode::NOT_FOUND);
        round.manager.get(&format!("/registrations/{one}")).await.does_not_say("your registration");
    }
}
