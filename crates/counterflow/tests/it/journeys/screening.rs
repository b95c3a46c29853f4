//! Mentors apply, and two people who cannot see each other's scores read each application.

use axum::http::StatusCode;
use counterflow::{
    enrollment::State,
    execute, fetch_one,
    kernel::ids::{ParticipantId, PersonId},
};

use crate::{
    on_both,
    support::{app::TestApp, browser::Browser, rounds::StartedRound},
};

const RUBRIC: [(&str, &str); 17] = [
    ("version", "0"),
    ("question-1", "Why would you like to mentor?"),
    ("line-1", "Wants to teach"),
    ("anchor-1-1", "No"),
    ("anchor-1-2", "A little"),
    ("anchor-1-3", "Yes"),
    ("anchor-1-4", "Very"),
    ("line-2", "Speaks up"),
    ("anchor-2-1", "No"),
    ("anchor-2-2", "A little"),
    ("anchor-2-3", "Yes"),
    ("anchor-2-4", "Very"),
    ("line-3", "Explains"),
    ("anchor-3-1", "No"),
    ("anchor-3-2", "A little"),
    ("anchor-3-3", "Yes"),
    ("anchor-3-4", "Very"),
];

struct Screened {
    round: StartedRound,
    ana: PersonId,
    anas: Browser,
    place: ParticipantId,
    rubric: String,
    list: String,
}

/// A round that screens, and Ana, who has registered and not applied yet.
async fn screened(app: &TestApp) -> Screened {
    let mut round = app.started_round().await;
    let ana = app.employee("Ana Lim", 3, "Sales").await;
    let (list, rubric) = (format!("{}/screening", round.path), format!("{}/screening/rubric", round.path));
    round.manager.get(&list).await.ok().says("not screened");
    round.manager.get(&rubric).await.ok().says("This is a suggestion");
    round.manager.post(&rubric, &RUBRIC).await.ok().says("Saved.");
    round
        .manager
        .post(&format!("{}/choices", round.path), &[("side", "mentor"), ("email", "ana.lim@halden.example")])
        .await
        .ok();
    round.manager.post(&format!("{}/invitations", round.path), &[("side", "mentor")]).await.ok();
    let place = app.participant_of(round.id, ana).await;
    let mut anas = app.as_person(ana).await;
    let fields = [
        ("topic-ai-at-work", "4"),
        ("about", "I like to show how."),
        ("languages", "English"),
        ("times", "mon-08"),
        ("zone", "Africa/Lagos"),
        ("capacity", "1"),
        ("commitment", "yes"),
    ];
    anas.post(&format!("/registrations/{place}"), &fields).await.ok().says("One more step: your application");
    Screened { round, ana, anas, place, rubric, list }
}

impl Screened {
    fn application(&self) -> String {
        format!("/registrations/{}/application", self.place)
    }

    fn review(&self) -> String {
        format!("/participants/{}/review", self.place)
    }

    async fn applies(&mut self, words: &str) {
        let fields = [("question-1", "Why would you like to mentor?"), ("answer-1", words)];
        self.anas.post(&self.application(), &fields).await.ok().says("Your application has arrived");
    }

    async fn lead(&mut self, app: &TestApp, name: &str) -> Browser {
        let person = app.employee(name, 5, "Legal").await;
        let email = format!("{}@halden.example", name.to_lowercase().replace(' ', "."));
        let path = format!("{}/roles", self.round.program);
        self.round.manager.post(&path, &[("email", &email), ("role", "mentor_lead")]).await.ok();
        app.as_person(person).await
    }

    async fn give_out(&mut self) {
        self.round.manager.post(&format!("{}/readers", self.list), &[]).await.ok();
    }
}

fn scores(scores: [&'static str; 3]) -> [(&'static str, &'static str); 4] {
    [("score-1", scores[0]), ("score-2", scores[1]), ("score-3", scores[2]), ("act", "send")]
}

async fn assigned(app: &TestApp) -> i64 {
    let mut tx = app.read().await;
    fetch_one!(tx, (i64,), "select count(*) from review_assignments").unwrap().0
}

on_both! {
    async fn a_mentor_applies_and_is_not_admitted_at_once(app: TestApp) {
        let mut it = screened(app).await;
        let state = async || {
            let mut tx = app.read().await;
            fetch_one!(tx, (State,), "select state from participants where role = 'mentor'").unwrap().0
        };
        assert_eq!(state().await, State::Registered, "the round admits everybody at once, but screens its mentors");
        it.anas.get("/home").await.ok().says("Write your application as a mentor");
        let back = it.anas.post(&it.application(), &[("question-1", "Why would you like to mentor?")]).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        // The question is changed while she writes: her answer is kept, and she is told.
        let mut changed = RUBRIC.to_vec();
        changed[0] = ("version", "1");
        changed[1] = ("question-1", "What would you teach?");
        it.round.manager.post(&it.rubric, &changed).await.ok();
        let old = [("question-1", "Why would you like to mentor?"), ("answer-1", "Because I can.")];
        let back = it.anas.post(&it.application(), &old).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        let back = back.says("The question was changed while you wrote").says("Because I can.").says("What would you teach?");
        assert_eq!(back.hidden("question-1"), "What would you teach?");
        it.anas.post(&it.application(), &[("question-1", "What would you teach?"), ("answer-1", "Data.")]).await.ok();
        it.anas.get("/home").await.ok().does_not_say("Write your application");
        it.round.manager.get(&it.list).await.ok().says("1 of 1 registered mentors have applied").says("Data.");
    }
}

on_both! {
    async fn readers_are_blind_and_a_third_is_asked_when_two_are_far_apart(app: TestApp) {
        let mut it = screened(app).await;
        it.applies("Because I can.").await;
        it.round.manager.get(&it.list).await.ok().says("find somebody who reads with you");
        let mut karin = it.lead(app, "Karin Vogt").await;
        let mut marek = it.lead(app, "Marek Havel").await;
        assert_eq!(karin.get(&it.review()).await.status, StatusCode::NOT_FOUND, "not before it was given to her");
        it.round.manager.get(&it.list).await.ok().says("give out 1 application");
        it.give_out().await;
        it.give_out().await;
        assert_eq!(assigned(app).await, 2, "clicked twice, given once");
        // Inés manages the program and may read as well: which two it is depends on nothing but their ids.
        let path = it.review();
        let mut readers = Vec::new();
        for browser in [&mut it.round.manager, &mut karin, &mut marek] {
            if browser.get(&path).await.status == StatusCode::OK {
                readers.push(browser);
            }
        }
        assert_eq!(readers.len(), 2);
        readers[0].get("/reviews").await.ok().says("Ana Lim");
        readers[0].post(&path, &[("score-1", "4"), ("act", "keep")]).await.ok().says("Nobody else sees it");
        let gaps = readers[0].post(&path, &[("score-1", "4"), ("act", "send")]).await;
        assert_eq!(gaps.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wild = readers[0].post(&path, &scores(["4", "5", "0"])).await;
        assert_eq!(wild.status, StatusCode::UNPROCESSABLE_ENTITY);
        readers[0].post(&path, &[("words", "Wonderful."), ("score-1", "4"), ("score-2", "4"), ("score-3", "4"), ("act", "send")]).await.ok()
            .says("You were the first");
        assert_eq!(readers[0].post(&path, &scores(["1", "1", "1"])).await.status, StatusCode::CONFLICT, "what is sent stays");
        readers[1].get(&path).await.ok().does_not_say("Wonderful.").does_not_say("What was given");
        readers[1].post(&path, &scores(["4", "2", "4"])).await.ok().says("Wonderful.").says("a third is asked");
        assert_eq!(assigned(app).await, 3);
        assert_eq!(app.times("review.third_asked").await, 1);
        drop(readers);
        // Whoever is third is as blind as the first two were.
        for browser in [&mut it.round.manager, &mut karin, &mut marek] {
            let page = browser.get(&path).await.ok();
            if page.text().contains("Send my scores") {
                page.does_not_say("Wonderful.");
                browser.post(&path, &scores(["4", "4", "3"])).await.ok().says("a third has read it too");
            }
        }
        it.round.manager.get(&it.list).await.ok().says("3.67").says("Wonderful.");
        it.round.manager.post(&format!("/participants/{}/admission", it.place), &[("back", &it.list)]).await.ok()
            .says("Admitted: they take part");
        // Changing the rubric or the application is over.
        it.round.manager.get(&it.rubric).await.ok().says("stay as they are");
        let mut changed = RUBRIC.to_vec();
        changed[0] = ("version", "1");
        changed[2] = ("line-1", "Another line");
        assert_eq!(it.round.manager.post(&it.rubric, &changed).await.status, StatusCode::CONFLICT);
        let again = [("question-1", "Why would you like to mentor?"), ("answer-1", "Other words.")];
        assert_eq!(it.anas.post(&it.application(), &again).await.status, StatusCode::CONFLICT);
    }
}

on_both! {
    async fn a_reader_sees_one_application_and_loses_it_with_the_role(app: TestApp) {
        let mut it = screened(app).await;
        it.applies("Because I can.").await;
        let mut karin = it.lead(app, "Karin Vogt").await;
        // Ana's own manager never reads it, nor anybody above.
        app.reports(it.ana, it.round.ines).await;
        it.give_out().await;
        assert_eq!(assigned(app).await, 1, "Ines stands above Ana, so Karin alone is left");
        assert_eq!(it.round.manager.get(&it.review()).await.status, StatusCode::NOT_FOUND);
        karin.get(&it.review()).await.ok().says("Because I can.");
        for path in [format!("/participants/{}", it.place), it.list.clone(), format!("{}/enroll", it.round.path), it.application()] {
            assert_eq!(karin.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(it.anas.get(&it.review()).await.status, StatusCode::NOT_FOUND);
        let karins = app.person_at("karin.vogt@halden.example").await.to_string();
        it.round.manager.post(&format!("{}/roles/removal", it.round.program), &[("person", &karins), ("role", "mentor_lead")]).await.ok();
        assert_eq!(karin.get(&it.review()).await.status, StatusCode::NOT_FOUND);
        karin.get("/reviews").await.ok().says("Nothing to read");
    }
}

on_both! {
    async fn two_who_send_at_once_ask_one_third(app: TestApp) {
        let mut it = screened(app).await;
        it.applies("Because I can.").await;
        let mut leads = Vec::new();
        for name in ["Karin Vogt", "Marek Havel", "Elif Kaya", "Sofia Rossi"] {
            leads.push(it.lead(app, name).await);
        }
        let mut tx = app.write().await;
        let now = tx.now();
        for lead in &leads[..2] {
            execute!(
                tx,
                "insert into review_assignments (participant_id, reviewer_id, assigned_at) values ($1, $2, $3)",
                it.place,
                lead.person,
                now
            )
            .unwrap();
        }
        tx.commit().await.unwrap();
        let path = it.review();
        let [first, second] = leads.get_disjoint_mut([0, 1]).unwrap();
        let (high, low) = (scores(["4", "4", "4"]), scores(["1", "1", "1"]));
        let (one, two) = tokio::join!(first.post(&path, &high), second.post(&path, &low));
        one.ok();
        two.ok();
        assert_eq!(assigned(app).await, 3, "one third, not two");
        assert_eq!(app.times("review.third_asked").await, 1);
    }
}

on_both! {
    async fn a_rubric_is_never_overwritten_silently(app: TestApp) {
        let mut it = screened(app).await;
        let mut mine = RUBRIC.to_vec();
        mine[1] = ("question-1", "Mine");
        let back = it.round.manager.post(&it.rubric, &mine).await;
        assert_eq!(back.status, StatusCode::CONFLICT);
        let back = back.says("Ines Duarte changed this in the meantime").says("Mine");
        assert_eq!(back.hidden("version"), "1");
        let few: Vec<_> = RUBRIC.iter().copied().filter(|(name, _)| !name.contains("-3") || name.starts_with("anchor-1")).collect();
        let back = it.round.manager.post(&it.rubric, &few).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("at least 3 lines");
    }
}

on_both! {
    async fn whoever_may_become_the_third_has_not_seen_the_first_two(app: TestApp) {
        let mut it = screened(app).await;
        it.applies("Because I can.").await;
        let mut karin = it.lead(app, "Karin Vogt").await;
        it.give_out().await;
        let path = it.review();
        let mut wonderful = scores(["4", "4", "4"]).to_vec();
        wonderful.push(("words", "Wonderful."));
        karin.post(&path, &wonderful).await.ok();
        it.round.manager.post(&path, &scores(["1", "4", "4"])).await.ok();
        assert_eq!(assigned(app).await, 2, "nobody is left to be the third");
        // Another manager comes, and looks before they are asked.
        let lena = app.person("Lena Brandt").await;
        it.round.manager.post(&format!("{}/roles", it.round.program), &[("role", "manager"), ("email", "lena.brandt@halden.example")]).await.ok();
        let mut lenas = app.as_person(lena).await;
        lenas.get(&it.list).await.ok().says("shown once a third has read it").does_not_say("Wonderful.").does_not_say("3.50");
        it.give_out().await;
        assert_eq!(assigned(app).await, 3);
        lenas.post(&path, &scores(["4", "4", "4"])).await.ok();
        lenas.get(&it.list).await.ok().says("Wonderful.").says("3.67");
    }
}

on_both! {
    async fn a_round_stops_screening_as_long_as_nobody_was_scored(app: TestApp) {
        let mut it = screened(app).await;
        it.applies("Because I can.").await;
        let mut karin = it.lead(app, "Karin Vogt").await;
        it.give_out().await;
        karin.get(&it.review()).await.ok();
        let stop = format!("{}/removal", it.list);
        it.round.manager.get(&it.rubric).await.ok().says("Nobody was scored yet");
        it.round.manager.post(&stop, &[]).await.ok().says("Mentors are not screened any more").says("not screened");
        it.round.manager.post(&stop, &[]).await.ok();
        assert_eq!(app.times("screening.stopped").await, 1, "a double click");
        assert_eq!(karin.get(&it.review()).await.status, StatusCode::NOT_FOUND);
        let mut tx = app.read().await;
        let (state,) = fetch_one!(tx, (State,), "select state from participants where id = $1", it.place).unwrap();
        drop(tx);
        assert_eq!(state, State::Waiting, "in line for a place, as in any other round");

        // Where everybody is admitted, whoever had to wait for the screening is in.
        it.round.manager.post(&it.rubric, &RUBRIC).await.ok();
        let mut tx = app.write().await;
        execute!(tx, "insert into admissions (round_id, policy, set_at) values ($1, 'everybody', '2026-01-12')", it.round.id).unwrap();
        execute!(tx, "update participants set state = 'registered' where id = $1", it.place).unwrap();
        tx.commit().await.unwrap();
        it.round.manager.post(&stop, &[]).await.ok();
        let (state,) = fetch_one!(&mut app.read().await, (State,), "select state from participants where id = $1", it.place).unwrap();
        assert_eq!(state, State::Admitted);

        // Begun again: what Ana wrote is still there, and now somebody is scored.
        it.round.manager.post(&it.rubric, &RUBRIC).await.ok();
        it.round.manager.get(&it.list).await.ok().says("Because I can.");
        it.give_out().await;
        karin.post(&it.review(), &[("score-1", "4"), ("act", "keep")]).await.ok();
        it.round.manager.get(&it.rubric).await.ok().says("screens its mentors to the end").does_not_say("Stop the screening");
        let late = it.round.manager.post(&stop, &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        late.says("Somebody was scored already");
        app.pass(jiff::SignedDuration::from_mins(10));
        app.work().await;
    }
}
