//! From a meeting that was held to answers that nobody reads with a name.

use axum::http::StatusCode;
use counterflow::{execute, fetch_all, fetch_one, kernel::ids::MeetingId};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{app::TestApp, running::PairRows},
};

const ANA: &str = "ana.lim@halden.example";
const RUTH: &str = "ruth.okafor@halden.example";
/// What nobody but Ana may ever read.
const SECRET: &str = "zebra-umbrella-9417";

/// Ana and Ruth met on 20 January; it is the day after. They began too long ago for a baseline.
async fn ana_met_ruth(app: &TestApp) -> PairRows {
    app.set_up().await;
    app.at("2026-01-05T09:00:00Z");
    let round = app.round_in("run").await;
    let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
    app.sign(pair).await;
    app.at("2026-01-21T09:00:00Z");
    app.held(pair, "2026-01-20T10:00:00Z").await;
    app.work().await;
    pair
}

/// The path of the check-in that waits for somebody, from their home.
async fn waiting_for(app: &TestApp, person: counterflow::kernel::ids::PersonId) -> String {
    app.as_person(person).await.get("/home").await.ok().link("/checkins/")
}

async fn answers(app: &TestApp) -> Vec<(String, Option<i64>, Option<String>)> {
    let mut tx = app.read().await;
    fetch_all!(
        tx,
        (String, Option<i64>, Option<String>),
        "select question, scale, words from checkin_answers order by question"
    )
    .unwrap()
}

on_both! {
    async fn a_meeting_that_was_held_asks_both_sides(app: TestApp) {
        let pair = ana_met_ruth(app).await;
        let letters = app.letters(ANA).await;
        let (subject, text) = letters.last().unwrap();
        assert_eq!(subject, "How was your meeting with Ruth Okafor?");
        assert!(text.contains("on Tuesday 20 January, 11:00 (Berlin)"), "{text}");
        assert!(text.contains("3 questions") && text.contains("until Wednesday 4 February, 10:00 (Berlin)"), "{text}");

        let link = app.link_to(ANA).await;
        let mut phone = app.browser();
        phone.get(&link).await.ok()
            .says("Your meeting with Ruth Okafor").says("What about useful?")
            .says("Counted with at least 4 others; Ruth Okafor never sees it")
            .says("Shown without your name, among at least 9 others; Ruth Okafor never sees it")
            .does_not_say("What about together?").does_not_say("Home");
        let incomplete = phone.post(&link, &[("q_useful", "6"), ("q_words", SECRET)]).await;
        assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
        incomplete.says("It has to be between 1 and 5").says("Please fill this in").says(SECRET);
        assert!(answers(app).await.is_empty());

        phone.post(&link, &[("q_useful", "4"), ("q_open", "no"), ("q_words", SECRET)]).await.ok()
            .says("Thank you").does_not_say(SECRET);
        let kept = [
            ("open".to_owned(), Some(0), None), ("useful".to_owned(), Some(4), None),
            ("words".to_owned(), None, Some(SECRET.to_owned())),
        ];
        assert_eq!(answers(app).await, kept);
        // The link is used up: the same again, or something else, changes and shows nothing.
        phone.post(&link, &[("q_useful", "1"), ("q_open", "yes")]).await.ok().says("this link is used up");
        phone.get(&link).await.ok().says("this link is used up").does_not_say(SECRET).does_not_say("What about");
        assert_eq!(answers(app).await, kept);

        let own = app.link_to(RUTH).await;
        app.browser().get(&own).await.ok().says("What about together?").says("Only you and Ana Lim").does_not_say("What about open?");
        let _ = pair;
    }
}

on_both! {
    async fn who_is_signed_in_answers_on_their_own_page(app: TestApp) {
        let pair = ana_met_ruth(app).await;
        let path = waiting_for(app, pair.mentor).await;
        let mut ana = app.as_person(pair.mentor).await;
        ana.get(&path).await.ok().says("Your meeting with Ruth Okafor");
        ana.post(&path, &[("q_useful", "5"), ("q_open", "yes"), ("q_words", SECRET)]).await.ok()
            .says("What you answered").says("5 of 5").says(SECRET);
        ana.post(&path, &[("q_useful", "1"), ("q_open", "no")]).await.ok().says("5 of 5");
        ana.get("/home").await.ok().does_not_say("How was your meeting");
        // The link in the letter leads to the same page.
        let link = app.link_to(ANA).await;
        assert_eq!(ana.get(&link).await.ok().path, path);
        // Answering meanwhile from the letter is harmless too.
        app.browser().get(&link).await.ok().says("this link is used up").does_not_say(SECRET);
    }
}

on_both! {
    async fn a_link_opens_nothing_else_and_not_for_somebody_else(app: TestApp) {
        let pair = ana_met_ruth(app).await;
        let (link, path) = (app.link_to(ANA).await, waiting_for(app, pair.mentor).await);
        let answer = [("q_useful", "1"), ("q_open", "no")];
        let mut ruth = app.as_person(pair.mentee).await;
        for closed in [&link, &path] {
            assert_eq!(ruth.get(closed).await.status, StatusCode::NOT_FOUND, "{closed}");
            assert_eq!(ruth.post(closed, &answer).await.status, StatusCode::NOT_FOUND, "{closed}");
        }
        let forged = format!("{}0", &link[..link.len() - 1]);
        let forged = if forged == link { format!("{}1", &link[..link.len() - 1]) } else { forged };
        assert_eq!(app.browser().get(&forged).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.browser().post(&forged, &answer).await.status, StatusCode::NOT_FOUND);
        // The holder of the link is not signed in: the page of the same check-in asks for that.
        let mut phone = app.browser();
        phone.get(&link).await.ok();
        phone.get(&path).await.ok().says("Work e-mail");
        phone.get("/home").await.ok().says("Work e-mail");
        assert!(answers(app).await.is_empty());
        // Whoever has left is asked nothing more.
        let mut tx = app.write().await;
        execute!(tx, "update people set status = 'left' where id = $1", pair.mentor).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.browser().get(&link).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn after_two_weeks_it_is_closed(app: TestApp) {
        let pair = ana_met_ruth(app).await;
        let (link, path) = (app.link_to(ANA).await, waiting_for(app, pair.mentor).await);
        app.pass(SignedDuration::from_hours(14 * 24));
        app.browser().get(&link).await.ok().says("This check-in closed on 4 February");
        app.browser().post(&link, &[("q_useful", "4"), ("q_open", "yes")]).await.ok().says("closed");
        let mut ana = app.as_person(pair.mentor).await;
        ana.post(&path, &[("q_useful", "4"), ("q_open", "yes")]).await.ok().says("closed");
        ana.get("/home").await.ok().does_not_say("How was your meeting");
        assert!(answers(app).await.is_empty());
    }
}

on_both! {
    async fn one_reminder_after_three_days_and_only_for_who_has_not_answered(app: TestApp) {
        let pair = ana_met_ruth(app).await;
        let path = waiting_for(app, pair.mentee).await;
        app.as_person(pair.mentee).await.post(&path, &[("q_useful", "3")]).await.ok().says("What you answered");
        let (first, before) = (app.link_to(ANA).await, app.letters(RUTH).await.len());
        app.pass(SignedDuration::from_hours(71));
        app.work().await;
        assert_eq!(app.link_to(ANA).await, first, "not before three days");
        app.pass(SignedDuration::from_hours(1));
        app.work().await;
        let (subject, text) = app.letters(ANA).await.pop().unwrap();
        assert_eq!(subject, "Reminder: How was your meeting with Ruth Okafor?");
        assert!(text.contains("this is the only reminder"), "{text}");
        let again = app.link_to(ANA).await;
        assert_ne!(again, first);
        for link in [&first, &again] {
            app.browser().get(link).await.ok().says("What about useful?");
        }
        app.browser().post(&again, &[("q_useful", "3"), ("q_open", "yes")]).await.ok().says("Thank you");
        app.browser().get(&first).await.ok().says("used up");
        let written = app.letters(ANA).await.len();
        app.pass(SignedDuration::from_hours(6 * 24));
        app.work().await;
        assert_eq!((app.letters(ANA).await.len(), app.letters(RUTH).await.len()), (written, before));
    }
}

on_both! {
    async fn a_meeting_asks_once_however_often_it_is_told(app: TestApp) {
        let pair = ana_met_ruth(app).await;
        let meeting = {
            let mut tx = app.read().await;
            let (id,) = fetch_one!(tx, (MeetingId,), "select id from meetings").unwrap();
            id
        };
        let before = app.letters(ANA).await.len();
        let again = serde_json::Value::from(meeting.to_string());
        counterflow::checkins::after_meeting(app.app.clone(), again).await.unwrap();
        assert_eq!(app.letters(ANA).await.len(), before);
        // A meeting that was missed asks nothing.
        let missed = app.meeting(pair, Some("2026-01-20T12:00:00Z"), "planned").await;
        app.ended(pair, missed, "missed", Some("mentee"), None).await;
        let payload = serde_json::Value::from(missed.to_string());
        counterflow::checkins::after_meeting(app.app.clone(), payload).await.unwrap();
        assert_eq!(app.letters(ANA).await.len(), before);
    }
}

on_both! {
    async fn a_pair_is_asked_when_it_begins_and_no_later(app: TestApp) {
        app.set_up().await;
        let round = app.round_in("run").await;
        app.running_pair(&round, "Old Mentor", "Old Leader").await;
        app.pass(SignedDuration::from_hours(15 * 24));
        let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
        app.work().await;
        let (subject, text) = app.letters(RUTH).await.pop().unwrap();
        assert_eq!(subject, "Before you begin with Ana Lim");
        assert!(text.contains("One question"), "{text}");
        assert!(app.letters(ANA).await.is_empty(), "nothing is asked of mentors at the beginning");
        assert!(app.letters("old.leader@halden.example").await.is_empty(), "two weeks later is no baseline");
        app.pass(SignedDuration::from_hours(2));
        app.work().await;
        assert_eq!(app.letters(RUTH).await.len(), 1);
        let path = waiting_for(app, pair.mentee).await;
        app.as_person(pair.mentee).await.get(&path).await.ok().says("Before you begin with Ana Lim").says("What about confident?");
    }
}

on_both! {
    async fn nobody_else_ever_reads_an_answer(app: TestApp) {
        let pair = ana_met_ruth(app).await;
        let tunde = app.person("Tunde Bello").await;
        let mut tx = app.write().await;
        let now = tx.now();
        execute!(tx, "insert into delegations (leader_id, delegate_id, granted_at) values ($1, $2, $3)", pair.mentee, tunde, now).unwrap();
        tx.commit().await.unwrap();
        let (path, link) = (waiting_for(app, pair.mentor).await, app.link_to(ANA).await);
        app.browser().post(&link, &[("q_useful", "2"), ("q_open", "no"), ("q_words", SECRET)]).await.ok().says("Thank you");
        app.work().await;

        let mut pages = Vec::new();
        for route in counterflow::router::table().iter().filter(|route| route.method == axum::http::Method::GET) {
            let checkin = path.rsplit('/').next().unwrap();
            let page = route.path.replace("{round}", &pair.round.to_string()).replace("{pair}", &pair.id.to_string())
                .replace("{checkin}", checkin).replace("{token}", link.rsplit('/').next().unwrap());
            let tables = ["people.csv", "meetings.csv", "check-ins.csv", "health.csv"];
            pages.extend(tables.iter().map(|table| page.replace("{table}", table)).filter(|page| !page.contains('{')));
        }
        pages.sort();
        pages.dedup();
        let names = ["Ruth Okafor", "Ines Duarte", "Karin Vogt", "Piet Visser", "Tunde Bello"];
        let mut seen = 0;
        for name in names {
            let person = {
                let mut tx = app.read().await;
                let (id,) = fetch_one!(tx, (counterflow::kernel::ids::PersonId,), "select id from people where name = $1", name).unwrap();
                id
            };
            let mut browser = app.as_person(person).await;
            for page in &pages {
                let reply = browser.get(page).await;
                seen += usize::from(reply.status == StatusCode::OK);
                assert!(!reply.body.contains(SECRET), "{name} reads it on {page}");
            }
        }
        assert!(seen > 30, "only {seen} pages were looked at");
        // Nor does it stand in an event, a job or a letter.
        let mut tx = app.read().await;
        let elsewhere = fetch_all!(tx, (String,), "select data from events union all select payload from jobs
            union all select coalesce(body_text, '') from letters").unwrap();
        assert!(elsewhere.iter().all(|(text,)| !text.contains(SECRET)));
        // The manager sees how many answered.
        let ines = { let mut tx = app.read().await; fetch_one!(tx, (counterflow::kernel::ids::PersonId,), "select id from people where name = 'Ines Duarte'").unwrap().0 };
        app.as_person(ines).await.get(&format!("/rounds/{}/run", pair.round)).await.ok()
            .says("After a meeting Mentors 1 of 1").says("After a meeting Leaders 0 of 1");
    }
}
