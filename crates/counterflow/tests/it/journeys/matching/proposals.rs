//! Proposals: the leader's private veto, seen from every side.

use axum::http::StatusCode;
use counterflow::{execute, fetch_one, kernel::event::Event, programs::Side};
use jiff::SignedDuration;

use super::{Six, six};
use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::Browser,
        matching::{Given, Someone},
    },
};

pub(super) const RUTH: &str = "ruth.okafor@halden.example";
pub(super) const ANA: &str = "ana.lim@halden.example";

/// The story with its draft sent: Ruth is asked about Ana, Gregor about Elif.
pub(super) async fn sent(app: &TestApp) -> (Six, Browser) {
    let story = six(app).await;
    let mut ines = app.as_person(story.round.ines).await;
    let run = app.matched(&story.round, &mut ines).await;
    app.send_draft(&run, &mut ines).await.ok().says("The proposals are sent.");
    (story, ines)
}

pub(super) async fn path_of(app: &TestApp, mentor: Someone, mentee: Someone) -> String {
    format!("/proposals/{}", app.proposal_of(mentor, mentee).await)
}

/// How often something happened.
async fn events(app: &TestApp, kind: &str) -> i64 {
    let mut tx = app.read().await;
    let (count,) = fetch_one!(tx, (i64,), "select count(*) from events where kind = $1", kind).unwrap();
    count
}

/// Every page that somebody can open and every letter that they got, in one text.
async fn everything_about(app: &TestApp, person: Someone, address: &str, paths: &[String]) -> String {
    let mut browser = app.as_person(person.person).await;
    let mut all = String::new();
    for path in ["/home".to_owned(), "/me".to_owned()].iter().chain(paths) {
        all.push_str(&browser.get(path).await.text());
    }
    for (subject, text) in app.letters(address).await {
        all.push_str(&subject);
        all.push_str(&text);
    }
    all
}

on_both! {
    async fn the_leader_is_asked_first_then_the_mentor_and_the_pair_begins(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        let confirm = ines.get(&format!("{run}/proposals")).await.ok();
        let version = confirm.says("Send 2 proposals?").says("2 leaders get a letter and can answer until Monday 19 January, 23:59").hidden("version");
        ines.post(&format!("{run}/proposals"), &[("version", &version)]).await.ok().says("2 wait for the leader, 0 for the mentor");
        ines.post(&format!("{run}/proposals"), &[("version", &version)]).await.ok().says("0 of 2 proposals are accepted");
        assert_eq!(app.letters(RUTH).await.len(), 1, "a double click sends no second letter");
        assert_eq!(app.letters(RUTH).await[0].0, "Digital fluency: a mentor for you");
        assert!(app.letters(RUTH).await[0].1.contains("Ana offers AI at work (level 4), which you want. You work in different departments. You are 6 levels apart."));
        assert!(app.letters(ANA).await.is_empty());

        let path = path_of(app, story.ana, story.ruth).await;
        let mut ana = app.as_person(story.ana.person).await;
        assert_eq!(ana.get(&path).await.status, StatusCode::NOT_FOUND, "Ana knows of nothing");
        assert_eq!(ana.post(&format!("{path}/acceptance"), &[]).await.status, StatusCode::NOT_FOUND);
        let mut gregor = app.as_person(story.gregor.person).await;
        assert_eq!(gregor.get(&path).await.status, StatusCode::NOT_FOUND, "nor does anybody else");

        let mut ruth = app.as_person(story.ruth.person).await;
        ruth.get(&path).await.ok().says("Ana Lim could be your mentor").says("Ana doesn’t know about this yet, and will not if you decline.")
            .says("AI at work, level 4").says("You are 6 levels apart").says("Offers what you want").says("6 meetings of 45 minutes until 31 July")
            .says("Only the program managers, Inés Duarte. Ana never learns of a decline.");
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok().says("You said yes. Ana is asked until Monday 19 January, 23:59");
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok().says("You said yes").does_not_say("decided before");
        assert_eq!(app.letters(ANA).await[0].0, "Digital fluency: a leader for you");
        ana.get(&path).await.ok().says("You could mentor Ruth Okafor").says("Ruth has said yes").says("Wants what you offer");
        ana.post(&format!("{path}/acceptance"), &[]).await.ok().says("You both said yes");
        ana.post(&format!("{path}/acceptance"), &[]).await.ok().says("You both said yes").does_not_say("decided before");
        assert_eq!(app.state_of(app.proposal_of(story.ana, story.ruth).await).await, "accepted");
        app.work().await;
        ines.get(&story.round.path("/launch")).await.ok().says("1 of 2 proposals is accepted by both");
    }
}

on_both! {
    async fn the_mentor_never_learns_of_a_decline(app: TestApp) {
        let (story, _) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let mut ruth = app.as_person(story.ruth.person).await;
        let long = "x".repeat(2_001);
        let refused = ruth.post(&format!("{path}/decline"), &[("reason", "too_close"), ("words", &long)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("Write at most 2000 characters");
        let no = [("reason", "too_close"), ("words", "She audits my budget in March.")];
        let declined = ruth.post(&format!("{path}/decline"), &no).await.ok()
            .says("You declined in private").says("She audits my budget in March.").says("Undo the decline");
        assert_eq!(declined.text().matches("declined in private").count(), 1);
        ruth.post(&format!("{path}/decline"), &no).await.ok().says("You declined in private").does_not_say("decided before");
        app.pass(SignedDuration::from_hours(9 * 24));
        app.work().await;

        let places = [path.clone(), format!("{path}/decline"), story.round.path("/match"), story.round.path("/launch"), story.round.path("")];
        let all = everything_about(app, story.ana, ANA, &places).await;
        for word in ["Ruth", "Okafor", "declin", "audit", "proposal"] {
            assert!(!all.to_lowercase().contains(&word.to_lowercase()), "Ana reads {word:?}: {all}");
        }
        assert!(app.letters(ANA).await.is_empty());
        let mut ines = app.as_person(story.round.ines).await;
        ines.get(&story.round.path("/launch?state=declined")).await.ok()
            .says("Declined by the leader").says("They work too closely: “She audits my budget in March.”");
        ines.get(&path).await.ok().says("Only managers of this program see this").says("She audits my budget in March.");
    }
}

on_both! {
    async fn a_decline_can_be_undone_until_the_next_run(app: TestApp) {
        let (story, mut ines) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let mut ruth = app.as_person(story.ruth.person).await;
        ruth.post(&format!("{path}/decline"), &[]).await.ok().says("You gave none");
        app.pass(SignedDuration::from_mins(1));
        ruth.post(&format!("{path}/decline/undo"), &[]).await.ok().says("Your decline is undone").says("Accept Ana");
        ruth.post(&format!("{path}/decline"), &[("reason", "topics")]).await.ok().says("The topics don’t fit");
        app.pass(SignedDuration::from_mins(1));
        ines.get(&story.round.path("/launch")).await.ok()
            .says("Wait for 1 answer").says("1 proposal came to nothing: match again once the others have answered").does_not_say("Match again those");
        ines.get(&story.round.path("")).await.ok().says("Wait for 1 answer");
        let run = app.matched(&story.round, &mut ines).await;
        assert!(app.pairs(&run).await.is_empty(), "Elif holds her place for Gregor, and Ana and Ruth do not come back");
        ines.get(&run).await.ok().says("Kept from before 1");
        ruth.post(&format!("{path}/decline/undo"), &[]).await.ok().says("this can’t be undone any more");
        assert_eq!(app.state_of(app.proposal_of(story.ana, story.ruth).await).await, "declined");
    }
}

on_both! {
    async fn who_says_not_now_is_not_asked_again(app: TestApp) {
        let (story, mut ines) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let mut ruth = app.as_person(story.ruth.person).await;
        ruth.post(&format!("{path}/decline"), &[("reason", "not_now")]).await.ok().says("you are not asked again in this round");
        let given = Given { level: 3, topics: &[("ai-at-work", 5)], ..Given::default() };
        app.admit(&story.round, "Mia Sand", Side::Mentor, given).await;
        let run = app.matched(&story.round, &mut ines).await;
        assert!(app.pairs(&run).await.iter().all(|pair| !pair.contains("Ruth")));
    }
}

on_both! {
    async fn a_junior_who_declines_is_as_safe(app: TestApp) {
        let (story, _) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let (mut ruth, mut ana) = (app.as_person(story.ruth.person).await, app.as_person(story.ana.person).await);
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok();
        let letters = app.letters(RUTH).await.len();
        ana.post(&format!("{path}/decline"), &[("reason", "other"), ("words", "I would be afraid.")]).await.ok().says("You declined in private");
        ruth.get(&path).await.ok().says("You said yes. Ana is asked until").does_not_say("declin").does_not_say("afraid");
        assert_eq!(app.letters(RUTH).await.len(), letters, "nothing is written before the time is over");
        app.pass(SignedDuration::from_hours(8 * 24));
        app.work().await;
        let mut ruth = app.as_person(story.ruth.person).await;
        ruth.get(&path).await.ok().says("No pair comes of this one this time").does_not_say("declin");
        let (subject, text) = app.letters(RUTH).await.last().cloned().unwrap();
        assert_eq!(subject, "Digital fluency: no pair this time");
        assert!(!text.contains("declin") && text.contains("many reasons"), "{text}");
        app.pass(SignedDuration::from_hours(1));
        app.work().await;
        assert_eq!(events(app, "proposal.not_coming_about").await, 1, "told once, recorded once");
    }
}

on_both! {
    async fn silence_is_reminded_and_then_expires(app: TestApp) {
        let (story, _) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        app.pass(SignedDuration::from_hours(4 * 24));
        app.work().await;
        assert_eq!(app.letters(RUTH).await.len(), 1);
        app.pass(SignedDuration::from_hours(2 * 24));
        app.work().await;
        app.pass(SignedDuration::from_hours(2));
        app.work().await;
        let letters = app.letters(RUTH).await;
        assert_eq!(letters.len(), 2, "one reminder");
        assert_eq!(letters[1].0, "Digital fluency: your answer is awaited");
        // Ruth and Gregor.
        assert_eq!(events(app, "proposal.reminded").await, 2);
        app.pass(SignedDuration::from_hours(2 * 24));
        let mut ruth = app.as_person(story.ruth.person).await;
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok().says("decided before your answer came");
        app.work().await;
        ruth.get(&path).await.ok().says("The time to answer is over");
        assert_eq!(app.letters(RUTH).await.last().unwrap().0, "Digital fluency: the time to answer is over");
        assert!(app.letters(ANA).await.is_empty());
        let mut ana = app.as_person(story.ana.person).await;
        assert_eq!(ana.get(&path).await.status, StatusCode::NOT_FOUND);
        let mut ines = app.as_person(story.round.ines).await;
        ines.get(&story.round.path("/launch?state=expired")).await.ok().says("Ruth Okafor").says("without an answer");
        let run = app.matched(&story.round, &mut ines).await;
        assert_eq!(app.pairs(&run).await, ["Elif Kaya+Gregor Maier", "Ana Lim+Ruth Okafor"], "silence is no decline");
    }
}

on_both! {
    async fn a_manager_reminds_and_takes_back(app: TestApp) {
        let (story, mut ines) = sent(app).await;
        let path = path_of(app, story.ana, story.ruth).await;
        let mut ruth = app.as_person(story.ruth.person).await;
        assert_eq!(ruth.post(&format!("{path}/withdrawal"), &[]).await.status, StatusCode::NOT_FOUND);
        ines.post(&format!("{path}/reminder"), &[]).await.ok().says("The reminder is on its way");
        ines.post(&format!("{path}/reminder"), &[]).await.ok().says("They were reminded within the last day");
        assert_eq!(app.letters(RUTH).await.len(), 2);
        ruth.post(&format!("{path}/acceptance"), &[]).await.ok();
        ines.post(&format!("{path}/withdrawal"), &[]).await.ok().says("The proposal is taken back");
        let mut ana = app.as_person(story.ana.person).await;
        ana.post(&format!("{path}/acceptance"), &[]).await.ok()
            .says("This was decided before your answer came, so nothing was changed").says("taken back before both of you had said yes");
        assert_eq!(app.letters(ANA).await.last().unwrap().0, "Digital fluency: a proposal was taken back");
        ines.post(&format!("{path}/withdrawal"), &[]).await.says("This is over already");

        let other = path_of(app, story.elif, story.gregor).await;
        ines.post(&format!("{other}/withdrawal"), &[]).await.ok();
        assert!(app.letters("elif.kaya@halden.example").await.is_empty(), "who was never asked is not told");
    }
}

on_both! {
    async fn a_leaver_who_was_brought_back_in_time_keeps_what_is_open(app: TestApp) {
        let (story, _) = sent(app).await;
        let mut tx = app.write().await;
        Event::by_server("person.left").on(story.ana.person).record(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        assert_eq!(app.state_of(app.proposal_of(story.ana, story.ruth).await).await, "proposed");
    }
}

on_both! {
    async fn a_leaver_is_taken_out(app: TestApp) {
        let story = six(app).await;
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        let mut tx = app.write().await;
        execute!(tx, "update people set status = 'left' where id = $1", story.elif.person).unwrap();
        tx.commit().await.unwrap();
        ines.get(&format!("{run}/proposals")).await.ok().says("Send 1 proposal?").says("Left out (1)").says("One of them has left");
        app.send_draft(&run, &mut ines).await.ok();
        let path = path_of(app, story.ana, story.ruth).await;
        let mut tx = app.write().await;
        execute!(tx, "update people set status = 'left' where id = $1", story.ana.person).unwrap();
        Event::by_server("person.left").on(story.ana.person).record(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        let mut ruth = app.as_person(story.ruth.person).await;
        ruth.get(&path).await.ok().says("taken back");
        assert_eq!(app.letters(RUTH).await.last().unwrap().0, "Digital fluency: a proposal was taken back");
        assert!(app.letters(ANA).await.is_empty());
    }
}

on_both! {
    async fn where_managers_decide_pairs_begin_at_once(app: TestApp) {
        let story = six(app).await;
        let mut tx = app.write().await;
        execute!(tx, "update rounds set asking_order = 'manager_decides' where id = $1", story.round.round).unwrap();
        tx.commit().await.unwrap();
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        ines.get(&format!("{run}/proposals")).await.ok().says("Begin 2 pairs?");
        app.send_draft(&run, &mut ines).await.ok().says("2 of 2 proposals are accepted").says("Every proposal is accepted");
        app.work().await;
        let path = path_of(app, story.ana, story.ruth).await;
        for person in [story.ana, story.ruth] {
            app.as_person(person.person).await.get(&path).await.ok().says("You both said yes");
        }
    }
}

on_both! {
    async fn the_mentor_can_be_asked_first(app: TestApp) {
        let story = six(app).await;
        let mut tx = app.write().await;
        execute!(tx, "update rounds set asking_order = 'mentor_then_mentee' where id = $1", story.round.round).unwrap();
        tx.commit().await.unwrap();
        let mut ines = app.as_person(story.round.ines).await;
        let run = app.matched(&story.round, &mut ines).await;
        app.send_draft(&run, &mut ines).await.ok().says("0 wait for the leader, 2 for the mentor");
        let path = path_of(app, story.ana, story.ruth).await;
        let (mut ana, mut ruth) = (app.as_person(story.ana.person).await, app.as_person(story.ruth.person).await);
        assert_eq!(ruth.get(&path).await.status, StatusCode::NOT_FOUND);
        ana.post(&format!("{path}/acceptance"), &[]).await.ok().says("You said yes. Ruth is asked");
        ruth.post(&format!("{path}/decline"), &[("reason", "too_close")]).await.ok();
        ana.get(&path).await.ok().says("You said yes. Ruth is asked").does_not_say("declin");
        app.pass(SignedDuration::from_hours(8 * 24));
        app.work().await;
        let all = everything_about(app, story.ana, ANA, &[path]).await;
        assert!(!all.contains("declined") && all.contains("No pair"), "{all}");
    }
}
