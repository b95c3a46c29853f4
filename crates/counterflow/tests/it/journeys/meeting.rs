//! Meetings: proposed, chosen, moved, cancelled, held; by the mentor, the leader and the leader's delegate.

use axum::http::StatusCode;
use counterflow::{kernel::ids::MeetingId, mail::Post, meetings};
use jiff::SignedDuration;

use crate::{
    letters::with_mail,
    on_both,
    support::{
        app::TestApp,
        pairs::{ANA, Gate, RUTH, Story, TUNDE},
        smtp::{MailServer, Manners},
    },
};

/// Ana proposes times in her own zone. Answers the meeting's path.
pub async fn propose(app: &TestApp, story: &Story, times: &[&str]) -> String {
    let mut ana = app.as_person(story.ana).await;
    let id = MeetingId::new().to_string();
    let names = ["time_1", "time_2", "time_3", "time_4", "time_5"];
    let mut fields = vec![("id", id.as_str()), ("minutes", "45"), ("place", "https://video.example/ana")];
    fields.extend(names.into_iter().zip(times.iter().copied()));
    ana.post(&format!("/pairs/{}/meetings", story.pair), &fields).await.ok();
    format!("/pairs/{}/meetings/{id}", story.pair)
}

/// Ana proposes one time in her own zone and Ruth chooses it. Answers the meeting's path.
pub async fn plan(app: &TestApp, story: &Story, time: &str) -> String {
    let path = propose(app, story, &[time]).await;
    let mut ruth = app.as_person(story.ruth).await;
    let at = choices(&ruth.get(&path).await.ok().body).remove(0);
    ruth.post(&format!("{path}/choice"), &[("at", &at)]).await.ok().says("The meeting is set");
    path
}

/// The values of the radio buttons named `at`.
fn choices(body: &str) -> Vec<String> {
    let marked = body.split("name=\"at\" value=\"").skip(1);
    marked.map(|rest| rest.split('"').next().unwrap().to_owned()).filter(|value| value.starts_with("20")).collect()
}

fn line<'a>(calendar: &'a str, name: &str) -> &'a str {
    calendar.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {calendar}"))
}

on_both! {
    async fn no_meeting_before_both_have_signed(app: TestApp) {
        let story = app.story(Gate::Required).await;
        let mut ana = app.as_person(story.ana).await;
        let new = format!("/pairs/{}/meetings/new", story.pair);
        ana.get(&format!("/pairs/{}", story.pair)).await.ok().says("Sign your agreement");
        ana.get(&new).await.ok().says("once both of you have signed").does_not_say("Propose these times");
        let id = MeetingId::new().to_string();
        let fields = [("id", id.as_str()), ("minutes", "45"), ("time_1", "2026-01-20T16:00")];
        let refused = ana.post(&format!("/pairs/{}/meetings", story.pair), &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        refused.says("once both of you have signed");
        app.sign_by_both(&story).await;
        ana.get(&format!("/pairs/{}", story.pair)).await.ok().says("Propose times for your first meeting");
        ana.get(&new).await.ok().says("Propose these times");
        ana.post(&format!("/pairs/{}/meetings", story.pair), &fields).await.ok().says("Ruth chooses");
    }
}

on_both! {
    async fn times_are_suggested_and_shown_on_both_clocks(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let mut ana = app.as_person(story.ana).await;
        // Singapore is 7 hours ahead of Lagos: Ana's 16:00 is Ruth's 09:00.
        let page = ana.get(&format!("/pairs/{}/meetings/new", story.pair)).await.ok();
        let page = page
            .says("Tuesday 13 January, 16:00 09:00 in Lagos")
            .says("Thursday 15 January, 16:00 09:00 in Lagos")
            .does_not_say("Friday");
        let id = page.hidden("id");
        let look = [
            ("id", id.as_str()), ("minutes", "45"), ("pick", "2026-01-15T08:00:00.000Z"),
            ("time_1", "2026-01-16T06:30"), ("act", "look"),
        ];
        let page = ana.post(&format!("/pairs/{}/meetings", story.pair), &look).await.ok();
        page.says("Thursday, 23:30 in Lagos").does_not_say("Some answers need another look");
        assert!(app.letters(RUTH).await.len() == 1, "looking sends nothing");
    }
}

on_both! {
    async fn what_is_no_time_for_a_meeting_is_said(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let mut ana = app.as_person(story.ana).await;
        let mut tx = app.write().await;
        counterflow::execute!(tx, "update people set time_zone = 'Europe/Berlin' where id = $1", story.ana).unwrap();
        tx.commit().await.unwrap();
        let id = MeetingId::new().to_string();
        let path = format!("/pairs/{}/meetings", story.pair);
        let base = [("id", id.as_str()), ("minutes", "45")];
        for (fields, words) in [
            (vec![], "Choose at least one time."),
            (vec![("time_1", "2026-01-11T10:00")], "This time is over."),
            (vec![("time_1", "2026-03-29T02:30")], "This time does not exist in Berlin"),
            (vec![("time_1", "soon")], "Choose a day and a time."),
            (vec![("time_1", "2026-03-03T10:00"), ("time_2", "2026-03-03T10:00")], "This time is in the list already."),
            (vec![("time_1", "2028-03-03T10:00")], "This is more than a year ahead."),
            (vec![("time_1", "2026-03-03T10:00"), ("place", "http://insecure.example")], "an address that begins with https://"),
            (
                (1..=6).map(|n| ("pick", ["", "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z",
                    "2026-03-04T08:00:00Z", "2026-03-05T08:00:00Z", "2026-03-06T08:00:00Z"][n])).collect(),
                "Propose at most 5 times.",
            ),
        ] {
            let fields: Vec<_> = base.into_iter().chain(fields).collect();
            let reply = ana.post(&path, &fields).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            reply.says(words);
        }
        assert!(app.events_of(story.pair).await.iter().all(|kind| kind == "pair.began"));
    }
}

on_both! {
    async fn proposed_chosen_and_in_both_calendars(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = propose(app, &story, &["2026-01-22T16:00", "2026-01-20T16:00"]).await;
        let mut ana = app.as_person(story.ana).await;
        let mut ruth = app.as_person(story.ruth).await;
        // The same form again, and a second proposal.
        let id = path.rsplit('/').next().unwrap().to_owned();
        let fields = [("id", id.as_str()), ("minutes", "45"), ("time_1", "2026-01-29T16:00")];
        ana.post(&format!("/pairs/{}/meetings", story.pair), &fields).await.ok();
        let other = MeetingId::new().to_string();
        let fields = [("id", other.as_str()), ("minutes", "45"), ("time_1", "2026-01-29T16:00")];
        let second = ana.post(&format!("/pairs/{}/meetings", story.pair), &fields).await;
        assert_eq!(second.status, StatusCode::CONFLICT);
        ana.get(&format!("/pairs/{}", story.pair)).await.ok().says("Ruth chooses a time");

        let letters = app.letters(RUTH).await;
        assert_eq!(letters.len(), 2);
        assert_eq!(letters[1].0, "Ana Lim proposes times to meet");
        assert!(letters[1].1.contains("- Tuesday 20 January, 09:00 (16:00 in Singapore)"), "{}", letters[1].1);
        ruth.get(&format!("/pairs/{}", story.pair)).await.ok().says("Ana proposes 2 times");
        let page = ruth.get(&path).await.ok();
        let at = choices(&page.body);
        assert_eq!(at, ["2026-01-20T08:00:00.000Z", "2026-01-22T08:00:00.000Z"]);
        let none = ruth.post(&format!("{path}/choice"), &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let foreign = ruth.post(&format!("{path}/choice"), &[("at", "2026-01-21T08:00:00.000Z")]).await;
        assert_eq!(foreign.status, StatusCode::CONFLICT);
        ruth.post(&format!("{path}/choice"), &[("at", &at[0])]).await.ok().says("The meeting is set");
        ruth.post(&format!("{path}/choice"), &[("at", &at[0])]).await.ok();
        let otherwise = ruth.post(&format!("{path}/choice"), &[("at", &at[1])]).await;
        assert_eq!(otherwise.status, StatusCode::CONFLICT);
        otherwise.says("Ruth Okafor changed this in the meantime");

        for address in [ANA, RUTH] {
            let [(method, object)]: [_; 1] = app.calendars(address).await.try_into().unwrap();
            assert_eq!(method, "REQUEST");
            assert_eq!(line(&object, "METHOD"), "METHOD:REQUEST");
            assert_eq!(line(&object, "SEQUENCE"), "SEQUENCE:0");
            assert_eq!(line(&object, "DTSTART;"), "DTSTART;TZID=Asia/Singapore:20260120T160000");
            assert_eq!(line(&object, "SUMMARY"), "SUMMARY:Reverse mentoring: Ana Lim and Ruth Okafor");
            assert!(line(&object, "UID").starts_with(&format!("UID:{id}@")));
            assert!(!object.contains("Secret prompt") && !object.contains("Getting to know"));
        }
        let (_, text) = app.letters(ANA).await.pop().unwrap();
        assert!(text.contains("When: Tuesday 20 January, 16:00 (Singapore time, 09:00 in Lagos), 45 minutes"), "{text}");
        ana.get(&format!("/pairs/{}", story.pair)).await.ok()
            .says("Next meeting: Tuesday 20 January, 16:00 your time")
            .says("09:00 in Lagos")
            .says("Join")
            .says("Agenda for 20 January")
            .says("Secret prompt");
        for path in [&path, &format!("/pairs/{}", story.pair)] {
            // Prompts are for the mentor alone.
            ruth.get(path).await.ok().says("What Ruth wants to try").does_not_say("Secret prompt");
        }
        let file = ana.get(&format!("{path}/invitation.ics")).await.ok();
        assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8; method=PUBLISH");
        assert!(file.body.contains("METHOD:PUBLISH\r\n") && !file.body.contains("ATTENDEE"));
        assert_eq!(app.events_of(story.pair).await, ["pair.began", "meeting.proposed", "meeting.planned"]);
    }
}

on_both! {
    async fn other_times_are_asked_for_and_offered(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = propose(app, &story, &["2026-01-20T16:00"]).await;
        let mut ana = app.as_person(story.ana).await;
        let mut tunde = app.name_delegate(&story).await;
        tunde.get(&format!("/pairs/{}", story.pair)).await.ok().says("Ana Lim proposes a time");
        tunde.post(&format!("{path}/other-times"), &[]).await.ok().says("has been asked for other times");
        tunde.post(&format!("{path}/other-times"), &[]).await.ok();
        let letters = app.letters(ANA).await;
        assert_eq!(letters.len(), 2, "{letters:?}");
        assert_eq!(letters[1].0, "Tunde Bello asks for other times");
        assert!(letters[1].1.contains("none of the times you proposed fits Ruth Okafor, says Tunde Bello"));
        ana.get(&format!("/pairs/{}", story.pair)).await.ok().says("Other times are wanted");
        ana.get(&format!("{path}/times")).await.ok().says("Propose these instead");
        let again = [("minutes", "30"), ("time_1", "2026-01-27T16:00")];
        ana.post(&format!("{path}/times"), &again).await.ok();
        ana.post(&format!("{path}/times"), &again).await.ok();
        let letters = app.letters(TUNDE).await;
        assert_eq!(letters.len(), 2, "named, and once the new times: {letters:?}");
        assert_eq!(letters[1].0, "Ana Lim proposes other times to meet Ruth Okafor");
        let page = tunde.get(&path).await.ok();
        assert_eq!(choices(&page.body), ["2026-01-27T08:00:00.000Z"]);
        let page = page.does_not_say("Secret prompt").does_not_say("Getting to know");
        tunde.post(&format!("{path}/choice"), &[("at", &choices(&page.body)[0])]).await.ok().says("The meeting is set");
        // The mentor is too late now.
        let late = ana.post(&format!("{path}/times"), &[("minutes", "30"), ("time_1", "2026-01-28T16:00")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        late.says("Tunde Bello changed this in the meantime");
        assert!(app.calendars(TUNDE).await.is_empty(), "the invitation goes to the leader");
        ana.get(&path).await.ok().says("Tunde Bello chose the time");
    }
}

on_both! {
    async fn a_proposal_can_be_taken_back(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = propose(app, &story, &["2026-01-20T16:00"]).await;
        let mut ana = app.as_person(story.ana).await;
        let mut ruth = app.as_person(story.ruth).await;
        let at = choices(&ruth.get(&path).await.ok().body).remove(0);
        ana.post(&format!("{path}/withdrawal"), &[]).await.ok();
        ana.post(&format!("{path}/withdrawal"), &[]).await.ok();
        let late = ruth.post(&format!("{path}/choice"), &[("at", &at)]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        propose(app, &story, &["2026-01-21T16:00"]).await;
        let number = open_number(app, &story).await;
        assert_eq!(number, 1, "the number is free again");
    }
}

/// The number of the open proposal.
async fn open_number(app: &TestApp, story: &Story) -> i64 {
    let mut tx = app.read().await;
    let all = meetings::of_pair(&mut tx, &counterflow::kernel::guard::ByServer(story.pair)).await.unwrap();
    all.iter().find(|meeting| meeting.state == meetings::State::Proposed).unwrap().number
}

on_both! {
    async fn moved_at_once_by_either_side(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = plan(app, &story, "2026-01-20T16:00").await;
        let mut ana = app.as_person(story.ana).await;
        let mut tunde = app.name_delegate(&story).await;
        let seen = tunde.get(&format!("{path}/move")).await.ok().says("Move the meeting").hidden("sequence");
        assert_eq!(seen, "0");
        let place = ("place", "https://video.example/ana");
        let to = [("at", "typed"), ("time", "2026-01-21T10:00"), ("sequence", "0"), place];
        tunde.post(&format!("{path}/move"), &to).await.ok().says("Wednesday 21 January, 10:00");
        tunde.post(&format!("{path}/move"), &to).await.ok();
        // Ana had the old page open.
        let stale = [("at", "typed"), ("time", "2026-01-23T16:00"), ("sequence", "0"), place];
        let late = ana.post(&format!("{path}/move"), &stale).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        late.says("Tunde Bello changed this in the meantime");
        let cancelled = ana.post(&format!("{path}/cancellation"), &[("sequence", "0")]).await;
        assert_eq!(cancelled.status, StatusCode::CONFLICT);
        ana.get(&format!("/pairs/{}", story.pair)).await.ok()
            .says("Moved from Tuesday 20 January, 16:00 by Tunde Bello, 8 days before");
        // Only the place changes.
        let place = [("at", "keep"), ("sequence", "1"), ("place", "Room 4")];
        ana.post(&format!("{path}/move"), &place).await.ok().says("Room 4");
        for (address, mentor_stands, mentee_stands) in [(ANA, "NEEDS-ACTION", "ACCEPTED"), (RUTH, "NEEDS-ACTION", "ACCEPTED")] {
            let calendars = app.calendars(address).await;
            let sequences: Vec<_> = calendars.iter().map(|(method, object)| (method.as_str(), line(object, "SEQUENCE"))).collect();
            assert_eq!(sequences, [("REQUEST", "SEQUENCE:0"), ("REQUEST", "SEQUENCE:1"), ("REQUEST", "SEQUENCE:2")]);
            let unfolded = calendars[1].1.replace("\r\n ", "");
            assert_eq!(line(&unfolded, "DTSTART;"), "DTSTART;TZID=Asia/Singapore:20260121T170000");
            assert!(line(&unfolded, "ATTENDEE;CN=Ana Lim").contains(mentor_stands));
            assert!(line(&unfolded, "ATTENDEE;CN=Ruth Okafor").contains(mentee_stands));
            let uids: std::collections::BTreeSet<_> = calendars.iter().map(|(_, object)| line(object, "UID")).collect();
            assert_eq!(uids.len(), 1);
        }
        let (subject, text) = app.letters(ANA).await.into_iter().rfind(|(subject, _)| subject.starts_with("Moved")).unwrap();
        assert_eq!(subject, "Moved: mentoring with Ruth Okafor, Wednesday 21 January, 17:00");
        assert!(text.contains("Tunde Bello, for Ruth Okafor, moved your meeting"), "{text}");
        assert!(text.contains("Before: Tuesday 20 January, 16:00"), "{text}");
        let late = [("at", "typed"), ("time", "2026-01-01T10:00"), ("sequence", "2"), ("place", "Room 4")];
        assert_eq!(ana.post(&format!("{path}/move"), &late).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

on_both! {
    async fn a_meeting_that_has_begun_is_not_moved(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = plan(app, &story, "2026-01-20T16:00").await;
        app.at("2026-01-20T08:10:00Z");
        let mut ana = app.as_person(story.ana).await;
        let to = [("at", "typed"), ("time", "2026-01-21T10:00"), ("sequence", "0"), ("place", "Room 4")];
        ana.get(&path).await.ok().says("How did it go?").does_not_say("another time");
        ana.get(&format!("/pairs/{}", story.pair)).await.ok().says("Details").does_not_say("Move");
        assert_eq!(ana.get(&format!("{path}/move")).await.status, StatusCode::CONFLICT);
        let late = ana.post(&format!("{path}/move"), &to).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        late.says("This meeting has begun, so it can no longer be moved or cancelled.");
    }
}

on_both! {
    async fn cancelled_by_whom_and_how_early(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = plan(app, &story, "2026-01-20T16:00").await;
        app.at("2026-01-19T20:00:00Z");
        let mut ana = app.as_person(story.ana).await;
        let mut ruth = app.as_person(story.ruth).await;
        ruth.post(&format!("{path}/cancellation"), &[("sequence", "0")]).await.ok()
            .says("Cancelled by you, 12 hours before");
        ruth.post(&format!("{path}/cancellation"), &[("sequence", "0")]).await.ok();
        for address in [ANA, RUTH] {
            let calendars = app.calendars(address).await;
            assert_eq!(calendars.len(), 2);
            assert_eq!(calendars[1].0, "CANCEL");
            assert_eq!(line(&calendars[1].1, "METHOD"), "METHOD:CANCEL");
            assert_eq!(line(&calendars[1].1, "SEQUENCE"), "SEQUENCE:1");
            assert_eq!(line(&calendars[1].1, "STATUS"), "STATUS:CANCELLED");
            assert_eq!(line(&calendars[1].1, "UID"), line(&calendars[0].1, "UID"));
        }
        // One click to a new time, and it is meeting 1 again.
        let page = ana.get(&path).await.ok().says("Cancelled by Ruth, 12 hours before");
        let new = page.link(&format!("/pairs/{}/meetings/new", story.pair));
        ana.get(&new).await.ok().says("For meeting 1 with Ruth Okafor").says("Thursday 22 January, 16:00");
        let other = ana.post(&format!("{path}/outcome"), &[("went", "held"), ("minutes", "45"), ("seen", "")]).await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        let mut tx = app.read().await;
        let (by, notice): (String, i64) = counterflow::fetch_one!(
            tx, (String, i64), "select by_side, notice_minutes from meeting_outcomes"
        ).unwrap();
        assert_eq!((by.as_str(), notice), ("mentee", 720));
    }
}

on_both! {
    async fn held_or_missed_and_put_right_within_a_day(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = plan(app, &story, "2026-01-20T16:00").await;
        let mut tunde = app.name_delegate(&story).await;
        let outcome = format!("{path}/outcome");
        let held = [("went", "held"), ("minutes", "50"), ("seen", "")];
        let mut ana = app.as_person(story.ana).await;
        assert_eq!(ana.post(&outcome, &held).await.status, StatusCode::CONFLICT, "it has not begun");
        app.at("2026-01-20T09:00:00Z");
        let mut ana = app.as_person(story.ana).await;
        let mut ruth = app.as_person(story.ruth).await;
        assert_eq!(tunde.post(&outcome, &held).await.status, StatusCode::UNAUTHORIZED, "signed out by then");
        let mut tunde = app.as_person(story.tunde).await;
        assert_eq!(tunde.post(&outcome, &held).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ana.post(&format!("{path}/cancellation"), &[("sequence", "0")]).await.status, StatusCode::CONFLICT);
        ana.get(&format!("/pairs/{}", story.pair)).await.ok().says("Did you meet on Tuesday 20 January, 16:00?");
        assert_eq!(ana.post(&outcome, &[("went", "held"), ("minutes", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(ana.post(&outcome, &[("went", "nobody")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        ana.post(&outcome, &held).await.ok().says("Held, 50 minutes");
        ana.post(&outcome, &held).await.ok();
        // Ruth had the page open from before, and then corrects it.
        let stale = ruth.post(&outcome, &[("went", "mentee"), ("seen", "")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let seen = ruth.get(&path).await.ok().says("Ana wrote this down").hidden("seen");
        ruth.post(&outcome, &[("went", "mentee"), ("seen", &seen)]).await.ok().says("Missed by you");
        app.pass(SignedDuration::from_hours(25));
        let mut ana = app.as_person(story.ana).await;
        let page = ana.get(&path).await.ok().says("Missed by Ruth").does_not_say("Put it right");
        assert!(page.body.contains("Find a new time"));
        let late = ana.post(&outcome, &[("went", "held"), ("minutes", "50"), ("seen", "2026-01-20T09:00:00.000Z")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert_eq!(app.events_of(story.pair).await[3..], ["meeting.held", "meeting.missed"]);
        app.work().await;
    }
}

on_both! {
    async fn the_agenda_is_the_mentors_to_change(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let path = plan(app, &story, "2026-01-20T16:00").await;
        let mut ana = app.as_person(story.ana).await;
        let mut ruth = app.as_person(story.ruth).await;
        assert_eq!(ruth.get(&format!("{path}/agenda")).await.status, StatusCode::NOT_FOUND);
        let page = ana.get(&format!("{path}/agenda")).await.ok();
        assert!(page.body.contains("What Ruth wants to try"));
        let fields = [
            ("version", "1"), ("title", "Our own"),
            ("place-0", "2"), ("title-0", "Second"), ("minutes-0", "15"),
            ("place-1", "1"), ("title-1", "First"), ("minutes-1", "30"),
        ];
        ana.post(&format!("{path}/agenda"), &fields).await.ok();
        ana.post(&format!("{path}/agenda"), &fields).await.ok();
        ruth.get(&path).await.ok().says("Our own First 30 min Second 15 min").does_not_say("What Ruth wants to try");
        let stale = ana.post(&format!("{path}/agenda"), &[("version", "1"), ("title", "Other")]).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        stale.says("changed in another window").says("Our own");
        let wrong = ana.post(&format!("{path}/agenda"), &[("version", "2"), ("title-0", "Talk"), ("minutes-0", "long")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says("Write it as a whole number.");
    }
}

on_both! {
    async fn another_meeting_at_that_hour_is_in_the_way(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let first = plan(app, &story, "2026-01-20T16:00").await;
        // Ruth is in a second pair, whose mentor proposes the same hour.
        let mia = app.person_in("Mia Berg", "Europe/Berlin").await;
        let mentor = app.participant(story.round, mia, "mentor", &serde_json::json!({})).await;
        let mut tx = app.read().await;
        let (mentee,) = counterflow::fetch_one!(
            tx, (counterflow::kernel::ids::ParticipantId,), "select id from participants where person_id = $1", story.ruth
        ).unwrap();
        drop(tx);
        let second = app.pair(story.round, mentor, mentee).await;
        let other = Story { pair: second, ana: mia, ..story };
        let path = propose(app, &other, &["2026-01-20T09:30", "2026-01-20T10:00"]).await;
        let mut ruth = app.as_person(other.ruth).await;
        let at = choices(&ruth.get(&path).await.ok().body);
        let clash = ruth.post(&format!("{path}/choice"), &[("at", &at[0])]).await;
        assert_eq!(clash.status, StatusCode::UNPROCESSABLE_ENTITY);
        clash.says("has another meeting at that time");
        ruth.post(&format!("{path}/choice"), &[("at", &at[1])]).await.ok();
        let into = [("at", "2026-01-20T09:15:00.000Z"), ("sequence", "0"), ("place", "")];
        let clash = ruth.post(&format!("{first}/move"), &into).await;
        assert_eq!(clash.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Of Ana's pair nothing can be reached through Mia's.
        let id = first.rsplit('/').next().unwrap();
        assert_eq!(ruth.get(&format!("/pairs/{second}/meetings/{id}")).await.status, StatusCode::NOT_FOUND);
        let viewer = counterflow::kernel::guard::viewer_for(&app.app, &mut app.read().await, other.ruth).await.unwrap();
        let upcoming = meetings::upcoming_for(&mut app.read().await, &viewer).await.unwrap();
        let mentors: Vec<_> = upcoming.iter().map(|one| one.mentor.as_str()).collect();
        assert_eq!(mentors, ["Ana Lim", "Mia Berg"]);
        let pairs = counterflow::pairs::of_person(&mut app.read().await, &viewer).await.unwrap();
        assert_eq!(pairs.len(), 2);
    }
}

on_both! {
    async fn everybody_reads_their_own_clock_after_it_changed(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        let mut tx = app.write().await;
        counterflow::execute!(tx, "update people set time_zone = 'Europe/Berlin' where id = $1", story.ana).unwrap();
        counterflow::execute!(tx, "update people set time_zone = 'America/New_York' where id = $1", story.ruth).unwrap();
        tx.commit().await.unwrap();
        // New York has gone forward by then, Berlin not yet: five hours apart instead of six.
        let path = plan(app, &story, "2026-03-17T15:00").await;
        let mut ruth = app.as_person(story.ruth).await;
        ruth.get(&path).await.ok().says("Tuesday 17 March, 10:00").says("15:00 in Berlin");
        let to = [("at", "typed"), ("time", "2026-03-31T09:00"), ("sequence", "0"), ("place", "")];
        ruth.post(&format!("{path}/move"), &to).await.ok().says("Tuesday 31 March, 09:00").says("15:00 in Berlin");
        let (_, text) = app.letters(ANA).await.pop().unwrap();
        assert!(text.contains("Tuesday 31 March, 15:00 (Berlin time, 09:00 in New York)"), "{text}");
        let (_, object) = app.calendars(ANA).await.pop().unwrap();
        assert_eq!(line(&object, "DTSTART;"), "DTSTART;TZID=Europe/Berlin:20260331T150000");
        assert!(object.contains("TZOFFSETTO:+0200"));
    }
}

on_both! {
    async fn the_invitation_arrives_as_calendars_expect_it(app: TestApp) {
        let story = app.story(Gate::Advised).await;
        plan(app, &story, "2026-01-20T16:00").await;
        let server = MailServer::start(Manners::Good).await;
        let mailing = with_mail(app, &server);
        Post::new(&mailing).unwrap().unwrap().send_due(&mailing).await.unwrap();
        let invitations: Vec<_> =
            server.received().into_iter().filter(|letter| letter.contains("text/calendar")).collect();
        assert_eq!(invitations.len(), 2);
        for letter in invitations {
            // RFC 6047: the object beside text and HTML with its method, and once more as a file.
            for words in [
                "multipart/mixed",
                "multipart/alternative",
                "Content-Type: text/calendar; charset=utf-8; method=REQUEST",
                "filename=\"invitation.ics\"",
            ] {
                assert!(letter.contains(words), "{words} is missing in {letter}");
            }
        }
    }
}
