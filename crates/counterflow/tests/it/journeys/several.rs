//! The table of who stands where, and acts on many: counted before, carried out, taken back.

use axum::http::StatusCode;
use counterflow::{
    execute, fetch_all, fetch_one,
    kernel::ids::{ParticipantId, PersonId},
};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::Reply,
        rounds::{StartedRound, registered},
    },
};

/// A round with a leader and three mentors, chosen and not invited.
async fn chosen(app: &TestApp) -> StartedRound {
    let mut round = app.started_round().await;
    app.employee("Ruth Okafor", 9, "Finance").await;
    for name in ["Ana Lim", "Elif Kaya", "Tunde Bello"] {
        app.employee(name, 3, "Sales").await;
    }
    for side in ["mentee", "mentor"] {
        let path = round.path.clone();
        round.manager.post(&format!("{path}/choices"), &[("side", side), ("everybody", "yes")]).await.ok();
    }
    round
}

/// Asks for an act, and sends what the page that counts has in its form.
async fn act(round: &mut StartedRound, query: &str) -> Reply {
    let asked = round.manager.get(&format!("{}/bulk?{query}", round.path)).await.ok();
    let (id, seen) = (asked.hidden("id"), asked.hidden("seen"));
    send(round, query, &id, &seen).await
}

async fn send(round: &mut StartedRound, query: &str, id: &str, seen: &str) -> Reply {
    let mut fields: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    fields.extend([("id", id), ("seen", seen)]);
    round.manager.post(&format!("{}/bulk", round.path), &fields).await
}

async fn undo(app: &TestApp, round: &mut StartedRound) -> Reply {
    let mut tx = app.read().await;
    let (id,): (String,) =
        fetch_one!(tx, (String,), "select id from bulk_acts order by begun_at desc, id desc limit 1").unwrap();
    drop(tx);
    round.manager.post(&format!("{}/bulk/{id}/undo", round.path), &[]).await
}

/// How many of the round are in which state: `chosen 2, invited 1`.
async fn states(app: &TestApp, round: &StartedRound) -> String {
    let mut tx = app.read().await;
    let rows: Vec<(String, i64)> = fetch_all!(
        tx,
        (String, i64),
        "select state, count(*) from participants where round_id = $1 group by state order by state",
        round.id
    )
    .unwrap();
    rows.into_iter().map(|(state, count)| format!("{state} {count}")).collect::<Vec<_>>().join(", ")
}

async fn waiting_letters(app: &TestApp) -> i64 {
    let mut tx = app.read().await;
    fetch_one!(tx, (i64,), "select count(*) from letters where state = 'queued'").unwrap().0
}

on_both! {
    async fn whoever_moved_on_stays_where_they_are_when_an_act_is_taken_back(app: TestApp) {
        let mut round = chosen(app).await;
        act(&mut round, "act=take_out&whom=found&side=mentor").await.ok().says("3 people taken out");
        // Ana is on the other side by now, and Elif has left.
        round.manager.post(&format!("{}/choices", round.path), &[("side", "mentee"), ("email", "ana.lim@halden.example")]).await.ok();
        let mut tx = app.write().await;
        execute!(tx, "update people set status = 'left' where email = 'elif.kaya@halden.example'").unwrap();
        tx.commit().await.unwrap();
        undo(app, &mut round).await.ok().says("Taken back: 1 person as before").says("2 stayed taken out");
        assert_eq!(states(app, &round).await, "chosen 3, withdrawn 2", "Ruth, Tunde, and Ana as a leader");
    }
}

on_both! {
    async fn many_are_invited_and_taken_back_with_their_letters(app: TestApp) {
        let mut round = chosen(app).await;
        let query = "act=invite&whom=found&side=mentor";
        let asked = round.manager.get(&format!("{}/bulk?{query}", round.path)).await.ok()
            .says("Invite 3 people?").says("Ana Lim, Elif Kaya, Tunde Bello").says("The letters leave after ten minutes");
        let (id, seen) = (asked.hidden("id"), asked.hidden("seen"));
        let other = send(&mut round, query, &id, "4").await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        other.says("another number by now");
        assert_eq!(states(app, &round).await, "chosen 4", "nothing was done yet");
        for _ in 0..2 {
            send(&mut round, query, &id, &seen).await.ok().says("3 people invited").says("Undo").says("3 letters leave at 09:10");
        }
        assert_eq!((states(app, &round).await.as_str(), app.times("invitation.sent").await), ("chosen 1, invited 3", 1));
        let link = app.link_to("ana.lim@halden.example").await;
        let mut tx = app.read().await;
        let (held,): (i64,) = fetch_one!(tx, (i64,), "select count(*) from letters where send_at > created_at and state = 'queued'").unwrap();
        drop(tx);
        assert_eq!(held, 3);

        undo(app, &mut round).await.ok().says("Taken back: 3 people as before");
        assert_eq!((states(app, &round).await.as_str(), waiting_letters(app).await), ("chosen 4", 0));
        assert_eq!(app.browser().get(&link).await.status, StatusCode::NOT_FOUND, "the link works no more");
        assert_eq!(undo(app, &mut round).await.status, StatusCode::CONFLICT, "once");
        // Invited again, with new links, and sent at once.
        act(&mut round, query).await.ok().says("Send the letters now");
        let mut tx = app.read().await;
        let (bulk,): (String,) = fetch_one!(tx, (String,), "select id from bulk_acts where undone_at is null").unwrap();
        drop(tx);
        round.manager.post(&format!("{}/bulk/{bulk}/letters", round.path), &[]).await.ok().says("The letters are on their way").does_not_say("Send the letters now");
    }
}

on_both! {
    async fn who_moved_on_stays(app: TestApp) {
        let mut round = chosen(app).await;
        act(&mut round, "act=invite&whom=found").await.ok().says("4 people invited");
        registered(app, "ruth.okafor@halden.example", "1").await;
        round.manager = app.as_person(round.ines).await;
        undo(app, &mut round).await.ok().says("Taken back: 3 people as before").says("1 stayed invited");
        assert_eq!(states(app, &round).await, "admitted 1, chosen 3");
        // A day later, or after another act, nothing is taken back.
        act(&mut round, "act=take_out&whom=found&side=mentor").await.ok().says("3 people taken out");
        app.pass(SignedDuration::from_hours(25));
        round.manager = app.as_person(round.ines).await;
        assert_eq!(undo(app, &mut round).await.status, StatusCode::CONFLICT);
        round.manager.get(&format!("{}/enroll", round.path)).await.ok().does_not_say("Undo");
        app.work().await;
    }
}

on_both! {
    async fn the_ticked_are_admitted_wait_and_are_taken_out(app: TestApp) {
        let mut round = chosen(app).await;
        round.manager.post(&format!("{}/admission-policy", round.path), &[("policy", "by_hand")]).await.ok();
        act(&mut round, "act=invite&whom=found").await.ok();
        let mut ids = Vec::new();
        for name in ["ana.lim", "tunde.bello", "ruth.okafor"] {
            let address = format!("{name}@halden.example");
            app.pass(SignedDuration::from_secs(1));
            registered(app, &address, "1").await;
            ids.push(app.participant_of(round.id, app.person_at(&address).await).await.to_string());
        }
        round.manager = app.as_person(round.ines).await;
        let ticked = format!("whom=ticked&p={}&p={}&p=nonsense", ids[0], ids[1]);
        act(&mut round, &format!("act=admit&{ticked}")).await.ok().says("2 people admitted");
        assert_eq!(states(app, &round).await, "admitted 2, invited 1, registered 1");
        undo(app, &mut round).await.ok();
        assert_eq!(states(app, &round).await, "invited 1, registered 3");
        act(&mut round, &format!("act=wait&{ticked}")).await.ok().says("2 people put on the waiting list");
        round.manager.get(&format!("{}/waiting", round.path)).await.ok().says("2 people wait").says("1 Ana Lim").says("put here by hand");
        act(&mut round, &format!("act=admit&{ticked}")).await.ok();
        undo(app, &mut round).await.ok();
        round.manager.get(&format!("{}/waiting", round.path)).await.ok().says("2 people wait").says("put here by hand");
        // Of all who are found only some can be reminded, and the page says why.
        round.manager.get(&format!("{}/bulk?act=remind&whom=found", round.path)).await.ok()
            .says("Remind 1 person?").says("1 of the 4 people: Elif Kaya").says("Only those who are invited and have not registered");
        round.manager.get(&format!("{}/bulk?act=admit&whom=ticked", round.path)).await.ok().says("Nobody is ticked");
        round.manager.get(&format!("{}/bulk?act=praise", round.path)).await.ok().says("How it stands");
        app.pass(SignedDuration::from_mins(10));
        app.work().await;
    }
}

/// Five hundred mentors and one, chosen.
async fn crowd(app: &TestApp, round: &StartedRound) {
    let mut tx = app.write().await;
    let now = tx.now();
    for number in 0..501 {
        let (person, participant) = (PersonId::new(), ParticipantId::new());
        execute!(
            tx,
            "insert into people (id, email, name, sort_name, languages, attributes, status, theme, created_at, updated_at)
             values ($1, $2, $3, lower($3), '[]', '{}', 'active', 'system', $4, $4)",
            person,
            format!("mentor{number:03}@halden.example"),
            format!("Mentor {number:03}"),
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into participants (id, round_id, person_id, role, state, capacity, chosen_at)
             values ($1, $2, $3, 'mentor', 'chosen', 1, $4)",
            participant,
            round.id,
            person,
            now
        )
        .unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn very_many_are_done_in_batches_and_undone_in_batches(app: TestApp) {
        let mut round = app.started_round().await;
        crowd(app, &round).await;
        act(&mut round, "act=invite&whom=found").await.ok().says("0 of 501 people invited so far").says("Stop and take back");
        assert_eq!(states(app, &round).await, "chosen 501", "a job does it");
        app.work().await;
        assert_eq!((states(app, &round).await.as_str(), app.times("invitation.sent").await), ("invited 501", 3));
        round.manager.get(&format!("{}/enroll?side=mentor&from=100", round.path)).await.ok()
            .says("501 people invited").says("101 to 200 here").says("Mentor 100").does_not_say("Mentor 099").does_not_say("Mentor 200");
        undo(app, &mut round).await.ok().says("Being taken back");
        app.work().await;
        assert_eq!((states(app, &round).await.as_str(), waiting_letters(app).await), ("chosen 501", 0));
    }
}

on_both! {
    async fn the_table_is_sorted_and_filtered_by_the_address(app: TestApp) {
        let mut round = chosen(app).await;
        let enroll = format!("{}/enroll", round.path);
        let ana = app.participant_of(round.id, app.person_at("ana.lim@halden.example").await).await;
        act(&mut round, &format!("act=invite&whom=ticked&p={ana}")).await.ok();
        app.pass(SignedDuration::from_mins(1));
        act(&mut round, "act=invite&whom=found&side=mentor&q=elif").await.ok().says("1 person invited");
        let mut order = async |sort: &str| {
            let body = round.manager.get(&format!("{enroll}?sort={sort}")).await.ok().text();
            let mut names: Vec<_> = ["Ana Lim", "Elif Kaya", "Ruth Okafor", "Tunde Bello"].map(|name| (body.rfind(name).unwrap(), name)).to_vec();
            names.sort_unstable();
            names.into_iter().map(|(_, name)| name.split(' ').next().unwrap()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order("name").await, "Ana Elif Ruth Tunde");
        assert_eq!(order("-name").await, "Tunde Ruth Elif Ana");
        assert_eq!(order("invited").await, "Ana Elif Ruth Tunde");
        assert_eq!(order("-invited").await, "Elif Ana Ruth Tunde", "who has no date comes last either way");
        assert_eq!(order("state").await, "Ruth Tunde Ana Elif");
        round.manager.get(&format!("{enroll}?mail=unopened")).await.ok().says("Elif Kaya").does_not_say("Ruth Okafor");
        app.browser().post(&app.link_to("ana.lim@halden.example").await, &[]).await.ok();
        round.manager.get(&format!("{enroll}?mail=opened&sort=opened")).await.ok().says("Ana Lim").does_not_say("Elif Kaya");
        round.manager.get(&format!("{enroll}?mail=no_address")).await.ok().says("Nobody matches");
    }
}

on_both! {
    async fn a_letter_that_came_back_is_seen_and_not_repeated(app: TestApp) {
        let mut round = chosen(app).await;
        act(&mut round, "act=invite&whom=found&side=mentor").await.ok();
        let mut tx = app.write().await;
        let (message_id,): (String,) = fetch_one!(tx, (String,), "select message_id from letters where address = 'ana.lim@halden.example'").unwrap();
        let report = include_str!("../../../src/mail/samples/postfix.eml")
            .replace("<01a201e2-3a5a-77d6-a1ed-e82cff4b67d5@mentoring.halden.example>", &message_id);
        let bounce = counterflow::mail::bounces::read(report.as_bytes()).unwrap();
        assert!(counterflow::mail::bounces::note(&mut tx, &bounce).await.unwrap().is_some());
        let other = counterflow::mail::bounces::read(include_bytes!("../../../src/mail/samples/gmail.eml")).unwrap();
        assert_eq!(counterflow::mail::bounces::note(&mut tx, &other).await.unwrap(), None, "no letter of ours");
        tx.commit().await.unwrap();
        round.manager.get(&format!("{}/enroll?mail=bounced", round.path)).await.ok().says("Ana Lim").says("letter came back").does_not_say("Elif Kaya");
        round.manager.get(&round.path).await.ok().says("Ana Lim");
        round.manager.get(&format!("{}/bulk?act=remind&whom=found", round.path)).await.ok().says("Remind 2 people?").does_not_say("Ana Lim");
        app.pass(SignedDuration::from_hours(8 * 24));
        app.work().await;
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 1);
        assert_eq!(app.letters("elif.kaya@halden.example").await.len(), 2);
    }
}

on_both! {
    async fn a_round_plans_its_reminders(app: TestApp) {
        let mut round = chosen(app).await;
        act(&mut round, "act=invite&whom=found&side=mentor").await.ok().says("The next one leaves on 19 January");
        let plan = format!("{}/reminder-plan", round.path);
        let bad = round.manager.post(&plan, &[("days", "soon"), ("times", "2")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.says("whole number").body.contains("value=\"soon\""));
        round.manager.post(&plan, &[("days", "3"), ("times", "2")]).await.ok().says("after 3 days, and once more").says("leaves on 15 January");
        // Ana has opened her link within the last day: she is left in peace for another one.
        app.pass(SignedDuration::from_hours(3 * 24 - 1));
        app.browser().post(&app.link_to("ana.lim@halden.example").await, &[]).await.ok();
        app.pass(SignedDuration::from_hours(1));
        app.work().await;
        assert_eq!((app.letters("ana.lim@halden.example").await.len(), app.letters("elif.kaya@halden.example").await.len()), (1, 2));
        app.pass(SignedDuration::from_hours(24));
        app.work().await;
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 2);
        app.pass(SignedDuration::from_hours(10 * 24));
        app.work().await;
        assert_eq!(app.letters("elif.kaya@halden.example").await.len(), 3, "twice, and no more");
    }
}
