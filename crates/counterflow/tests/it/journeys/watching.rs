//! What managers, sponsors and everybody else see of a round that runs.

use axum::http::StatusCode;
use counterflow::execute;
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{
        app::TestApp,
        running::{PairRows, RoundRows},
    },
};

/// A round with a pair on track, one that missed its last meeting, and one where nothing has happened for 8 weeks.
/// It is 20 March 2026.
async fn three_pairs(app: &TestApp) -> (RoundRows, [PairRows; 3]) {
    app.set_up().await;
    let round = app.round_in("run").await;
    let well = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
    let missed = app.running_pair(&round, "Kwame Boateng", "Helena Costa").await;
    let stalled = app.running_pair(&round, "Elif Kaya", "Gregor Maier").await;
    for pair in [well, missed, stalled] {
        app.sign(pair).await;
    }
    app.at("2026-03-20T08:00:00Z");
    app.held(well, "2026-02-10T10:00:00Z").await;
    app.held(well, "2026-03-10T10:00:00Z").await;
    app.meeting(well, Some("2026-04-07T10:00:00Z"), "planned").await;
    app.held(missed, "2026-02-20T10:00:00Z").await;
    let meeting = app.meeting(missed, Some("2026-03-15T10:00:00Z"), "planned").await;
    app.ended(missed, meeting, "missed", Some("mentee"), None).await;
    app.work().await;
    (round, [well, missed, stalled])
}

on_both! {
    async fn the_run_page_tells_who_could_use_a_hand_and_why(app: TestApp) {
        let (round, _) = three_pairs(app).await;
        let mut ines = app.as_person(round.ines).await;
        let run = format!("/rounds/{}/run", round.id);
        let page = ines.get(&run).await.ok()
            .says("3 pairs, 3 of 18 meetings held (17 %). 1 on track; 2 could use a hand")
            .says("Gregor Maier").says("Nothing held or booked for 9 weeks.").says("Write to both : Gregor Maier and Elif Kaya")
            .says("The meeting on 15 March was missed by the leader; the next is not booked yet.")
            .says("1 pair missed the last meeting").does_not_say("Ruth Okafor");
        let text = page.text();
        assert!(text.find("Gregor Maier") < text.find("Helena Costa"), "worst first");
        ines.get(&format!("{run}?show=all&sort=mentor")).await.ok().says("Ruth Okafor").says("Next on 7 April").says("2 of 6");
        ines.get(&format!("{run}?show=on_track")).await.ok().says("Ruth Okafor").does_not_say("Helena Costa");
        ines.get(&format!("{run}?show=missed_once")).await.ok().says("Helena Costa").does_not_say("Gregor Maier");
        ines.get(&format!("{run}?show=nonsense&sort=nonsense")).await.ok().says("Gregor Maier");
        ines.get(&format!("{run}?show=needs_attention")).await.ok().says("No pair here");
    }
}

on_both! {
    async fn a_nudge_goes_to_whoever_can_act_once_in_three_days(app: TestApp) {
        let (round, [well, missed, stalled]) = three_pairs(app).await;
        let mut ines = app.as_person(round.ines).await;
        let nudge = |pair: PairRows| format!("/rounds/{}/pairs/{}/nudge", round.id, pair.id);
        let (elif, gregor) = ("elif.kaya@halden.example", "gregor.maier@halden.example");
        let before = app.letters(elif).await.len();
        ines.post(&nudge(stalled), &[("show", "hand")]).await.ok()
            .says("The letter is on its way").says("Written to on 20 March");
        let (subject, text) = app.letters(elif).await.pop().unwrap();
        assert_eq!(subject, "Your next meeting with Gregor Maier");
        assert!(text.contains("Propose two or three times") && text.contains("tell Ines Duarte"), "{text}");
        let (_, text) = app.letters(gregor).await.pop().unwrap();
        assert!(text.contains("Elif Kaya proposes times, and you pick one"), "{text}");

        // A double click, another manager, or a day later: nobody is written to twice.
        ines.post(&nudge(stalled), &[]).await.ok().says("Nobody was written to");
        let other = app.person("Second Manager").await;
        let mut tx = app.write().await;
        let now = tx.now();
        execute!(tx, "insert into program_roles (program_id, person_id, role, granted_at) values ($1, $2, 'manager', $3)", round.program, other, now).unwrap();
        tx.commit().await.unwrap();
        app.as_person(other).await.post(&nudge(stalled), &[]).await.ok().says("Nobody was written to");
        app.pass(SignedDuration::from_hours(71));
        app.as_person(other).await.post(&nudge(stalled), &[]).await.ok().says("Nobody was written to");
        assert_eq!(app.letters(elif).await.len(), before + 1);
        app.pass(SignedDuration::from_hours(1));
        app.as_person(other).await.post(&nudge(stalled), &[]).await.ok().says("The letter is on its way");
        assert_eq!(app.letters(elif).await.len(), before + 2);

        // What is on track needs no letter; another round's pair and other people get nothing.
        let mut ines = app.as_person(round.ines).await;
        assert_eq!(ines.post(&nudge(well), &[]).await.status, StatusCode::CONFLICT);
        for person in [missed.mentee, missed.mentor, round.karin] {
            assert_eq!(app.as_person(person).await.post(&nudge(missed), &[]).await.status, StatusCode::NOT_FOUND);
        }
        let foreign = format!("/rounds/{}/pairs/{}/nudge", round.id, counterflow::kernel::ids::PairId::new());
        assert_eq!(ines.post(&foreign, &[]).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn one_side_can_be_in_peace_while_the_other_is_written_to(app: TestApp) {
        let (round, [_, missed, _]) = three_pairs(app).await;
        let mut tx = app.write().await;
        let now = tx.now();
        execute!(tx, "insert into nudges (pair_id, person_id, reason, sent_by, sent_at) values ($1, $2, 'unbooked', $3, $4)",
            missed.id, missed.mentee, round.ines, now.minus(SignedDuration::from_hours(1))).unwrap();
        tx.commit().await.unwrap();
        let mut ines = app.as_person(round.ines).await;
        ines.get(&format!("/rounds/{}/run", round.id)).await.ok().says("Write to Kwame : Helena Costa and Kwame Boateng");
        let nudge = format!("/rounds/{}/pairs/{}/nudge", round.id, missed.id);
        ines.post(&nudge, &[]).await.ok().says("One of the two is written to");
        assert_eq!(app.letters("kwame.boateng@halden.example").await.last().unwrap().0, "Your next meeting with Helena Costa");
    }
}

on_both! {
    async fn the_rounds_home_says_where_it_stands_and_what_is_next(app: TestApp) {
        let (round, [well, ..]) = three_pairs(app).await;
        let home = format!("/rounds/{}", round.id);
        let mut ines = app.as_person(round.ines).await;
        ines.get(&home).await.ok()
            .says("3 pairs, 3 of 18 meetings held (17 %). 1 of 3 pairs that go on are on track; 2 could use a hand.")
            .says("2 pairs could use a hand").says("1 pair missed the last meeting").says("2 pairs are at risk or stalled")
            .says("Invited 3").says("Matched 3 of 3").says("Started 2 of 3")
            .says("Missed 0 1 0 1").says("Karin Vogt").does_not_say("answered");
        // The sponsor has a page without names; whoever takes part has their own home; others see nothing.
        let sponsor = app.as_person(round.karin).await.get(&home).await.ok();
        assert_eq!(sponsor.path, format!("{home}/sponsor"));
        sponsor.says("3 pairs began, 3 meetings were held").does_not_say("Ruth").does_not_say("Ana").does_not_say("Gregor").does_not_say("by leaders");
        assert_eq!(app.as_person(well.mentor).await.get(&home).await.ok().path, "/home");
        let nobody = app.person("Nobody Here").await;
        assert_eq!(app.as_person(nobody).await.get(&home).await.status, StatusCode::NOT_FOUND);
        for page in ["/run", "/run.csv", "/prove", "/prove/people.csv", "/close"] {
            assert_eq!(app.as_person(round.karin).await.get(&format!("{home}{page}")).await.status, StatusCode::NOT_FOUND, "{page}");
        }
    }
}

on_both! {
    async fn a_round_that_begins_says_what_to_do_first(app: TestApp) {
        let piet = app.set_up().await;
        let round = app.round_in("enroll").await;
        app.at("2025-12-01T08:00:00Z");
        let home = format!("/rounds/{}", round.id);
        let mut ines = app.as_person(round.ines).await;
        ines.get(&home).await.ok().says("Nobody is chosen yet").says("Choose who takes part").says("to come").says("Nothing right now");
        let ruth = app.person("Ruth Okafor").await;
        app.running_participant(&round, ruth, "mentee", "chosen").await;
        ines.get(&home).await.ok().says("1 leader and 0 mentors are chosen; nobody is invited yet").says("Invite 1 person");
        let ana = app.person("Ana Lim").await;
        app.running_participant(&round, ana, "mentor", "invited").await;
        app.pass(SignedDuration::from_hours(8 * 24));
        let mut ines = app.as_person(round.ines).await;
        ines.get(&home).await.ok().says("1 invitation unopened for 7 days").says("0 leaders, 1 mentor");
        let mut tx = app.write().await;
        let now = tx.now();
        execute!(tx, "insert into letters (id, key, person_id, address, subject, message_id, state, attempts, fence, send_at, maybe_twice, created_at)
            values ('x', 'x', $1, 'a@x.example', 's', 'm', 'dead', 9, 9, $2, false, $2)", ana, now).unwrap();
        tx.commit().await.unwrap();
        ines.get(&home).await.ok().says("1 person could not be written to").says("Ana Lim").says("Ask your admin");
        app.as_person(piet).await.get("/home").await.ok().says("1 letter and 0 jobs need a look");
        ines.get("/home").await.ok().does_not_say("need a look");
        // A letter that was of no use any more never failed, and one that arrived later settles it.
        let mut tx = app.write().await;
        execute!(tx, "insert into letters (id, key, person_id, address, subject, message_id, state, attempts, fence, send_at, maybe_twice, created_at, dropped_at)
            values ('y', 'y', $1, 'r@x.example', 's', 'n', 'dead', 9, 9, $2, false, $2, $2)", ruth, now).unwrap();
        tx.commit().await.unwrap();
        ines.get(&home).await.ok().says("1 person could not be written to").does_not_say("Ruth Okafor");
        let mut tx = app.write().await;
        let later = now.plus(SignedDuration::from_mins(1));
        execute!(tx, "insert into letters (id, key, person_id, address, subject, message_id, state, attempts, fence, send_at, maybe_twice, created_at, sent_at)
            values ('z', 'z', $1, 'a@x.example', 's', 'o', 'sent', 1, 1, $2, false, $2, $2)", ana, later).unwrap();
        tx.commit().await.unwrap();
        ines.get(&home).await.ok().does_not_say("could not be written to");
    }
}

on_both! {
    async fn the_report_has_every_count_with_its_base(app: TestApp) {
        let (round, [well, ..]) = three_pairs(app).await;
        let meeting = app.meeting(well, Some("2026-03-01T10:00:00Z"), "planned").await;
        app.ended(well, meeting, "cancelled", Some("mentor"), Some(30)).await;
        let mut ines = app.as_person(round.ines).await;
        let prove = format!("/rounds/{}/prove", round.id);
        ines.get(&prove).await.ok()
            .says("3 pairs began, 0 completed, 0 ended early; 3 of 18 meetings held (17 %)")
            .says("3 of 5 (60 %) were held").says("Cancelled 1 0 0 1").says("less than a day before 1 0 0 1")
            .says("Stalled 1 of 3").says("After a meeting Leaders 0 of 3").says("What it does not show");
        let meetings = ines.get(&format!("{prove}/meetings.csv")).await.ok();
        assert_eq!(meetings.headers["content-type"], "text/csv; charset=utf-8");
        assert!(meetings.headers["content-disposition"].to_str().unwrap().contains("digital-fluency-round-1-meetings.csv"));
        assert!(meetings.body.contains("\"Cancelled\",\"1\",\"0\",\"0\",\"1\""), "{}", meetings.body);
        let people = ines.get(&format!("{prove}/people.csv")).await.ok();
        assert!(people.body.contains("\"started\",\"2\",\"3\",\"2\",\"3\""), "{}", people.body);
        let responses = ines.get(&format!("{prove}/check-ins.csv")).await.ok();
        assert!(responses.body.contains("\"after_meeting\",\"mentor\",\"3\",\"0\",\"3\""), "{}", responses.body);
        let health = ines.get(&format!("{prove}/health.csv")).await.ok();
        assert!(health.body.contains("\"stalled\",\"1\",\"3\""), "{}", health.body);
        assert_eq!(ines.get(&format!("{prove}/answers.csv")).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn a_meeting_that_ended_with_its_pair_was_cancelled_by_nobody(app: TestApp) {
        let (round, [well, ..]) = three_pairs(app).await;
        let meeting = app.meeting(well, Some("2026-03-01T10:00:00Z"), "planned").await;
        app.ended(well, meeting, "cancelled", None, Some(30)).await;
        let mut ines = app.as_person(round.ines).await;
        let prove = format!("/rounds/{}/prove", round.id);
        ines.get(&prove).await.ok().says("3 of 4 were held").says("Cancelled 0 0 0 0").says("less than a day before 0 0 0 0")
            .says("Cancelled because the pair ended 1");
        let meetings = ines.get(&format!("{prove}/meetings.csv")).await.ok();
        assert!(meetings.body.contains("\"Cancelled because the pair ended\",\"\",\"\",\"\",\"1\""), "{}", meetings.body);
    }
}

on_both! {
    async fn a_name_is_never_a_formula_in_a_downloaded_table(app: TestApp) {
        let (round, [well, ..]) = three_pairs(app).await;
        let mut tx = app.write().await;
        execute!(tx, "update people set name = '=cmd|calc' where id = $1", well.mentee).unwrap();
        tx.commit().await.unwrap();
        let csv = app.as_person(round.ines).await.get(&format!("/rounds/{}/run.csv", round.id)).await.ok();
        assert!(csv.body.contains("\"'=cmd|calc\",\"Ana Lim\",\"on track\",\"\",\"2\",\"6\",\"2026-03-10\",\"2026-04-07\""), "{}", csv.body);
        assert!(csv.body.contains("Nothing held or booked for 9 weeks."), "{}", csv.body);
    }
}

on_both! {
    async fn a_round_closes_and_goes_on_to_its_report(app: TestApp) {
        let (round, [well, ..]) = three_pairs(app).await;
        let home = format!("/rounds/{}", round.id);
        app.at("2026-06-20T08:00:00Z");
        let mut ines = app.as_person(round.ines).await;
        ines.get(&home).await.ok().does_not_say("Close the round");
        ines.get(&format!("{home}/close")).await.ok().says("The round goes on until 5 July").says("Close it all the same");
        app.at("2026-07-06T08:00:00Z");
        let mut ines = app.as_person(round.ines).await;
        ines.get(&home).await.ok().says("Close the round").says("Its last day was 5 July");
        ines.post(&format!("{home}/close"), &[]).await.ok().says("Go on to the report");
        ines.post(&format!("{home}/close"), &[]).await.ok().says("Go on to the report");
        ines.post(&format!("{home}/prove"), &[]).await.ok().says("What Round 1 shows");
        ines.post(&format!("{home}/close"), &[]).await.ok().says("The round is closed");
        ines.get(&home).await.ok().says("See what came of it");
        app.work().await;
        ines.get(&format!("{home}/prove")).await.ok().says("At the end Leaders 0 of 3");
        app.as_person(well.mentee).await.get("/home").await.ok().says("Looking back on your time with Ana Lim");
    }
}

on_both! {
    async fn closing_early_asks_the_last_questions_at_once_and_only_once(app: TestApp) {
        let (round, _) = three_pairs(app).await;
        const RUTH: &str = "ruth.okafor@halden.example";
        app.work().await;
        let before = app.letters(RUTH).await.len();
        let mut ines = app.as_person(round.ines).await;
        ines.post(&format!("/rounds/{}/close", round.id), &[]).await.ok();
        app.work().await;
        let letters = app.letters(RUTH).await;
        assert_eq!((letters.len(), letters.last().unwrap().0.as_str()), (before + 1, "Looking back on your time with Ana Lim"));
        ines.get(&format!("/rounds/{}/close", round.id)).await.ok().says("It is closed").says("Pairs that go on 0").does_not_say("Closing earlier");
        ines.get(&format!("/rounds/{}/run", round.id)).await.ok().says("3 completed");
        ines.post(&format!("/rounds/{}/prove", round.id), &[]).await.ok();
        app.work().await;
        assert_eq!(app.letters(RUTH).await.len(), before + 1);
    }
}

on_both! {
    async fn home_shows_everybody_what_is_theirs(app: TestApp) {
        let (round, [well, missed, stalled]) = three_pairs(app).await;
        app.as_person(well.mentor).await.get("/home").await.ok()
            .says("Your next meeting is with Ruth Okafor: Tuesday 7 April, 12:00. 2 things wait for you.")
            .says("How was your meeting with Ruth Okafor?").says("You are the mentor").says("2 of 6").does_not_say("Gregor");
        app.as_person(missed.mentee).await.get("/home").await.ok().says("none yet: Kwame Boateng proposes times");
        app.meeting(stalled, None, "proposed").await;
        app.as_person(stalled.mentee).await.get("/home").await.ok().says("Elif Kaya proposes times").says("choose a time");
        app.as_person(stalled.mentor).await.get("/home").await.ok().says("Nothing waits for you.").says("Gregor Maier chooses a time");
        app.meeting(missed, Some("2026-03-19T10:00:00Z"), "planned").await;
        app.as_person(missed.mentor).await.get("/home").await.ok().says("Did you meet Helena Costa?");
        app.as_person(missed.mentee).await.get("/home").await.ok().does_not_say("Did you meet");

        let tunde = app.person("Tunde Bello").await;
        app.as_person(tunde).await.get("/home").await.ok().says("You are not in a program yet");
        let mut tx = app.write().await;
        let now = tx.now();
        execute!(tx, "insert into delegations (leader_id, delegate_id, granted_at) values ($1, $2, $3)", stalled.mentee, tunde, now).unwrap();
        tx.commit().await.unwrap();
        app.as_person(tunde).await.get("/home").await.ok()
            .says("Calendars you keep").says("Choose a time for Gregor Maier with Elif Kaya").does_not_say("Your pair");

        let mut tx = app.write().await;
        execute!(tx, "update meetings set other_times_by = $1, other_times_at = $2 where state = 'proposed'", tunde, now).unwrap();
        tx.commit().await.unwrap();
        app.as_person(tunde).await.get("/home").await.ok().does_not_say("Choose a time");
        app.as_person(stalled.mentor).await.get("/home").await.ok().says("Gregor Maier asks for other times");
        app.as_person(round.ines).await.get("/home").await.ok().says("Rounds you look after").says("Digital fluency Round 1 Run 2 pairs could use a hand 3");
        app.as_person(round.karin).await.get("/home").await.ok().says("you back it").does_not_say("Ruth");
    }
}

on_both! {
    async fn home_leads_an_organization_through_its_first_steps(app: TestApp) {
        let piet = app.set_up().await;
        app.as_person(piet).await.get("/home").await.ok().says("First, bring your people in").does_not_say("You are not in a program yet");
        let ana = app.person("Ana Lim").await;
        app.as_person(piet).await.get("/home").await.ok().says("Start your first program");
        app.as_person(ana).await.get("/home").await.ok().says("You are not in a program yet").does_not_say("Start your first program");
        let round = app.round_in("enroll").await;
        app.as_person(piet).await.get("/home").await.ok().does_not_say("Start your first program");
        app.at("2025-12-01T08:00:00Z");
        let part = app.running_participant(&round, ana, "mentor", "invited").await;
        let page = app.as_person(ana).await.get("/home").await.ok();
        assert!(page.body.contains(&part.to_string()));
        page.says("You are invited as a mentor").says("until 19 December");
        let ruth = app.person("Ruth Okafor").await;
        app.running_participant(&round, ruth, "mentee", "waiting").await;
        app.as_person(ruth).await.get("/home").await.ok().says("You are number 1 of 1 on the waiting list");
    }
}

on_both! {
    async fn a_proposal_waits_only_for_whoever_is_asked(app: TestApp) {
        app.set_up().await;
        let round = app.round_in("launch").await;
        let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
        let mut tx = app.write().await;
        let soon = tx.now().plus(SignedDuration::from_hours(48));
        execute!(tx, "delete from agreements where pair_id = $1", pair.id).unwrap();
        execute!(tx, "delete from pairs where id = $1", pair.id).unwrap();
        execute!(tx, "update proposals set state = 'proposed', second_asked_at = null, answered_at = null, expires_at = $1", soon).unwrap();
        tx.commit().await.unwrap();
        app.as_person(pair.mentee).await.get("/home").await.ok().says("Somebody is proposed to you").does_not_say("Ana");
        app.as_person(pair.mentor).await.get("/home").await.ok().does_not_say("Somebody is proposed").says("You are in as a mentor");
        app.as_person(round.ines).await.get(&format!("/rounds/{}", round.id)).await.ok()
            .says("1 proposal is open").says("Wait for 1 answer").says("1 proposal expires within 3 days");
        let mut tx = app.write().await;
        execute!(tx, "update proposals set state = 'accepted_by_first', second_asked_at = $1", soon).unwrap();
        tx.commit().await.unwrap();
        app.as_person(pair.mentor).await.get("/home").await.ok().says("Somebody is proposed to you");
        app.as_person(pair.mentee).await.get("/home").await.ok().does_not_say("Somebody is proposed");
    }
}
