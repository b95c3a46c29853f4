//! Programs that exclude each other, and groups outside whose members a program leaves out.

use axum::http::StatusCode;
use counterflow::{
    enrollment::{self, State},
    fetch_one,
    kernel::{
        db::Tx,
        guard::{self, Access, ByServer},
        ids::RoundId,
        rights::Role,
    },
};

use crate::{
    on_both,
    support::{app::TestApp, browser::Browser, rounds::StartedRound},
};

const RUTH: &str = "ruth.okafor@halden.example";

/// Everything that a leader's registration needs.
const ANSWERS: [(&str, &str); 8] = [
    ("topic-ai-at-work", "3"),
    ("about", "Less fear of the tools."),
    ("languages", "English"),
    ("energy", "extrovert"),
    ("times", "mon-08"),
    ("zone", "Europe/Berlin"),
    ("capacity", "1"),
    ("commitment", "yes"),
];

/// A second program of the same manager, with a round of its own.
struct Other {
    program: String,
    path: String,
    id: String,
}

async fn other(round: &mut StartedRound, name: &str) -> Other {
    let form = round.manager.get("/programs/new").await.ok();
    let (id, first) = (form.hidden("id"), form.hidden("round"));
    let fields = [
        ("id", id.as_str()),
        ("round", &first),
        ("round_name", "Round 1"),
        ("template", "blank"),
        ("name", name),
        ("enroll_until", "2026-01-30"),
        ("starts_on", "2026-02-16"),
        ("ends_on", "2026-08-15"),
    ];
    round.manager.post("/programs", &fields).await.ok();
    Other { program: format!("/programs/{id}"), path: format!("/rounds/{first}"), id }
}

/// Ruth, invited to a round as a leader: the address of her registration there.
async fn invited(app: &TestApp, manager: &mut Browser, path: &str) -> String {
    invites(app, manager, path, RUTH).await
}

/// Invites a leader to a round. Answers the address of their registration there.
async fn invites(app: &TestApp, manager: &mut Browser, path: &str, address: &str) -> String {
    manager.post(&format!("{path}/choices"), &[("side", "mentee"), ("email", address)]).await.ok();
    manager.post(&format!("{path}/invitations"), &[("side", "mentee")]).await.ok();
    let participant = app.participant_of(round_of(path), app.person_at(address).await).await;
    format!("/registrations/{participant}")
}

fn round_of(path: &str) -> RoundId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// Answers with one of the topics that a form offers: every program asks for its own.
fn answers_to(form: &str) -> Vec<(&str, &'static str)> {
    let topic = form.find("name=\"topic-").unwrap() + "name=\"".len();
    let mut answers = ANSWERS.to_vec();
    answers[0].0 = form[topic..].split('"').next().unwrap();
    answers
}

fn answers(topic: &str) -> Vec<(&str, &'static str)> {
    let mut answers = ANSWERS.to_vec();
    answers[0].0 = topic;
    answers
}

on_both! {
    async fn whoever_registers_first_takes_part_there(app: TestApp) {
        let mut round = app.started_round().await;
        app.employee("Ruth Okafor", 9, "Finance").await;
        let board = other(&mut round, "Shadow board").await;
        let (here, there) = (invited(app, &mut round.manager, &round.path.clone()).await, invited(app, &mut round.manager, &board.path).await);
        let exclusions = format!("{}/exclusions", round.program);
        round.manager.get(&exclusions).await.ok().says("Nothing keeps anybody out").says("Shadow board");
        round.manager.post(&exclusions, &[("other", &board.id)]).await.ok().says("Nobody takes part in both").says("Allow both");
        round.manager.post(&exclusions, &[("other", &board.id)]).await.ok();
        assert_eq!(app.times("program.excluded").await, 1, "a double click declares it once");
        round.manager.get(&format!("{}/exclusions", board.program)).await.ok().says("Digital fluency").says("by Ines Duarte");

        let mut ruth = app.as_person(app.person_at(RUTH).await).await;
        let form = ruth.get(&there).await.ok().says("Your registration").body;
        ruth.post(&there, &answers_to(&form)).await.ok().says("Thank you, Ruth");
        ruth.get(&here).await.ok().says("You take part in Shadow board").says("Open my registration there").does_not_say("1 of 4");
        let refused = ruth.post(&here, &answers("topic-ai-at-work")).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        refused.says("excludes this program");

        // She changes her mind there, and is free here.
        ruth.post(&format!("{there}/decline"), &[]).await.ok();
        ruth.get(&here).await.ok().says("1 of 4");
        ruth.post(&here, &answers("topic-ai-at-work")).await.ok().says("Thank you, Ruth");
        ruth.get(&there).await.ok().says("You take part in Digital fluency");
    }
}

on_both! {
    async fn nobody_is_chosen_who_takes_part_elsewhere(app: TestApp) {
        let mut round = app.started_round().await;
        app.employee("Ruth Okafor", 9, "Finance").await;
        app.employee("Olu Ade", 8, "Sales").await;
        let board = other(&mut round, "Shadow board").await;
        let there = invited(app, &mut round.manager, &board.path).await;
        let mut ruth = app.as_person(app.person_at(RUTH).await).await;
        let form = ruth.get(&there).await.ok().body;
        ruth.post(&there, &answers_to(&form)).await.ok();
        round.manager.get(&format!("{}/candidates/mentee", round.path)).await.ok().says("2 of").says("Ruth Okafor");
        round.manager.post(&format!("{}/exclusions", round.program), &[("other", &board.id)]).await.ok();
        round.manager.get(&format!("{}/candidates/mentee", round.path)).await.ok()
            .says("1 of").says("something else that they do").does_not_say("Ruth Okafor").says("Olu Ade");
        let choices = format!("{}/choices", round.path);
        let refused = round.manager.post(&choices, &[("side", "mentee"), ("email", RUTH)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("because of Shadow board");
        round.manager.post(&choices, &[("side", "mentee"), ("everybody", "yes")]).await.ok().says("Olu Ade").does_not_say("Ruth Okafor");
        // Somebody who is ticked on a page that was loaded before.
        let id = app.person_at(RUTH).await.to_string();
        round.manager.post(&choices, &[("side", "mentee"), ("person", &id)]).await.ok().does_not_say("Ruth Okafor");

        round.manager.post(&format!("{}/exclusions/removal", round.program), &[("other", &board.id)]).await.ok().says("in both again");
        round.manager.post(&choices, &[("side", "mentee"), ("email", RUTH)]).await.ok().says("Ruth Okafor");
    }
}

on_both! {
    async fn the_other_programs_managers_hear_of_it(app: TestApp) {
        let mut round = app.started_round().await;
        let board = other(&mut round, "Shadow board").await;
        app.person("Karin Vogt").await;
        round.manager.post(&format!("{}/roles", board.program), &[("role", "manager"), ("email", "karin.vogt@halden.example")]).await.ok();
        round.manager.post(&format!("{}/exclusions", round.program), &[("other", &board.id)]).await.ok();
        let letters = app.letters("karin.vogt@halden.example").await;
        let (subject, text) = letters.last().unwrap();
        assert_eq!(subject, "Shadow board and Digital fluency exclude each other now");
        assert!(text.contains("Ines Duarte declared") && text.contains(&format!("{}/exclusions", board.program)), "{text}");
        assert!(app.letters("ines.duarte@halden.example").await.iter().all(|(subject, _)| !subject.contains("exclude")));
        let mut karin = app.as_person(app.person_at("karin.vogt@halden.example").await).await;
        let own = round.program.rsplit('/').next().unwrap().to_owned();
        karin.post(&format!("{}/exclusions/removal", board.program), &[("other", &own)]).await.ok();
        assert_eq!(app.times("program.included").await, 1);
        assert_eq!(karin.get(&format!("{}/exclusions", round.program)).await.status, StatusCode::NOT_FOUND);
        let itself = round.manager.post(&format!("{}/exclusions", round.program), &[("other", &own)]).await;
        assert_eq!(itself.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

on_both! {
    async fn a_group_outside_is_left_out_without_being_named(app: TestApp) {
        let mut round = app.started_round().await;
        app.employee("Ruth Okafor", 9, "Finance").await;
        let here = invited(app, &mut round.manager, &round.path.clone()).await;
        let form = round.manager.get(&format!("{}/exclusions", round.program)).await.ok();
        let (id, path) = (form.hidden("id"), format!("{}/left-out", round.program));
        let fields = [("id", id.as_str()), ("name", "Talent pool"), ("members", "ruth.okafor@halden.example\r\nnobody@halden.example\r\n")];
        let back = round.manager.post(&path, &fields).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        let back = back.says("Line 2").says("nobody@halden.example");
        assert!(back.body.contains("ruth.okafor@halden.example\r\nnobody@halden.example"), "what was typed is kept");
        let fields = [("id", id.as_str()), ("name", "Talent pool"), ("members", "Ruth.Okafor@halden.example")];
        round.manager.post(&path, &fields).await.ok().says("Talent pool").says("1 person cannot be in");

        let mut ruth = app.as_person(app.person_at(RUTH).await).await;
        ruth.get(&here).await.ok().says("not open to you at present").does_not_say("Talent pool");
        assert_eq!(ruth.post(&here, &answers("topic-ai-at-work")).await.status, StatusCode::CONFLICT);
        round.manager.post(&format!("{path}/removal"), &[("id", &id)]).await.ok().says("Nothing keeps anybody out");
        ruth.post(&here, &answers("topic-ai-at-work")).await.ok().says("Thank you, Ruth");

        // Declared while she is in: nothing is taken from her, and the page says so.
        let fields = [("id", id.as_str()), ("name", "Talent pool"), ("members", RUTH)];
        round.manager.post(&path, &fields).await.ok().says("In both at present").says("Ruth Okafor");
        let person = app.person_at(RUTH).await;
        let participant = app.participant_of(round.id, person).await;
        let state = enrollment::participant(&mut app.read().await, &ByServer(participant)).await.unwrap().state;
        assert_eq!(state, State::Admitted);
        ruth.get(&here).await.ok().says("Thank you, Ruth");
    }
}

/// Ruth waits for a place in two rounds, because Gregor has the only one in each; since then their programs exclude each
/// other.
async fn waits_twice(app: &TestApp) -> (StartedRound, Other) {
    let mut round = app.started_round().await;
    app.employee("Ruth Okafor", 9, "Finance").await;
    app.employee("Gregor Maier", 9, "Legal").await;
    let board = other(&mut round, "Shadow board").await;
    for path in [round.path.clone(), board.path.clone()] {
        round.manager.post(&format!("{path}/leader-places"), &[("places", "1")]).await.ok();
        for address in ["gregor.maier@halden.example", RUTH] {
            let registration = invites(app, &mut round.manager, &path, address).await;
            let mut browser = app.as_person(app.person_at(address).await).await;
            let form = browser.get(&registration).await.ok().body;
            browser.post(&registration, &answers_to(&form)).await.ok();
        }
    }
    round.manager.post(&format!("{}/exclusions", round.program), &[("other", &board.id)]).await.ok();
    (round, board)
}

async fn state_in(app: &TestApp, round: RoundId) -> State {
    let participant = app.participant_of(round, app.person_at(RUTH).await).await;
    enrollment::participant(&mut app.read().await, &ByServer(participant)).await.unwrap().state
}

async fn access(app: &TestApp, tx: &mut Tx, round: RoundId) -> Access<RoundId> {
    let viewer = app.viewer("ines.duarte@halden.example").await;
    guard::leave(tx, &viewer, round, &[Role::Manager]).await.unwrap()
}

/// How many transactions wait for those who take people into programs that exclude others.
async fn waiting_for_the_lock(app: &TestApp) -> i64 {
    let mut tx = app.read().await;
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from pg_locks where locktype = 'advisory' and not granted
           and ((classid::bigint << 32) | objid::bigint) = hashtextextended('takes-part', 0)"
    )
    .unwrap();
    count
}

/// While a place for Ruth opens in one round, and before that is committed, `fields` are sent to `path` of the other one.
async fn races(app: &TestApp, (round, board): (StartedRound, Other), path: &str, fields: &[(&str, &str)]) {
    let there = round_of(&board.path);
    let mut tx = app.write().await;
    let leave = access(app, &mut tx, round.id).await;
    enrollment::set_leader_places(&mut tx, &leave, Some(2)).await.unwrap();
    let (id, mut manager) = (round.id, round.manager);
    let path = format!("{}{path}", board.path);
    let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let other = tokio::spawn(async move {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        manager.post(&path, &fields).await.ok();
    });
    while !other.is_finished() && waiting_for_the_lock(app).await == 0 {
        tokio::task::yield_now().await;
    }
    tx.commit().await.unwrap();
    other.await.unwrap();
    assert_eq!([state_in(app, id).await, state_in(app, there).await], [State::Admitted, State::Waiting]);
}

/// SQLite has one writer, so nothing is at once there.
#[tokio::test]
async fn places_that_open_at_once_in_both_are_given_in_one() {
    let Some(app) = TestApp::postgres().await else { return };
    let story = waits_twice(&app).await;
    races(&app, story, "/leader-places", &[("places", "2")]).await;
}

#[tokio::test]
async fn an_act_on_many_does_not_take_in_who_is_taken_in_elsewhere_meanwhile() {
    let Some(app) = TestApp::postgres().await else { return };
    let (mut round, board) = waits_twice(&app).await;
    let ruth = app.participant_of(round_of(&board.path), app.person_at(RUTH).await).await;
    let asked = round.manager.get(&format!("{}/bulk?act=admit&whom=ticked&p={ruth}", board.path)).await.ok();
    let (id, seen, ruth) = (asked.hidden("id"), asked.hidden("seen"), ruth.to_string());
    let fields = [("id", id.as_str()), ("seen", &seen), ("act", "admit"), ("whom", "ticked"), ("p", &ruth)];
    races(&app, (round, board), "/bulk", &fields).await;
}
