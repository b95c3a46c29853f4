//! The form with which people register: a program's own questions, and what becomes of answers when it changes.

use axum::http::StatusCode;
use counterflow::{
    enrollment::{self, Answers},
    kernel::guard::ByServer,
    matching::inputs,
    programs::{self, Side, Stage},
};

use super::registering::{self, ANA, with};
use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::{Browser, Reply},
        matching::Given,
        rounds::StartedRound,
    },
};

/// What every program asks, as it is at first, then rows of questions.
fn form(seen: &str, rows: &[&[(&'static str, &'static str)]]) -> Vec<(String, String)> {
    let core = ["topics", "about", "languages", "times"].map(|name| (format!("core-{name}"), "required".to_owned()));
    let mut fields = core.to_vec();
    fields.push(("core-style".to_owned(), "optional".to_owned()));
    fields.push(("seen".to_owned(), seen.to_owned()));
    for (position, row) in rows.iter().enumerate() {
        let usual = [("key", ""), ("kind", "text"), ("ask", "both"), ("readers", "managers")];
        let left = usual.iter().filter(|(part, _)| row.iter().all(|(given, _)| given != part));
        let number = position + 1;
        fields.extend(row.iter().chain(left).map(|(part, value)| (format!("{part}-{number}"), (*value).to_owned())));
    }
    fields
}

async fn send(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await
}

const MANAGES: [(&str, &str); 4] =
    [("text", "Do you manage people?"), ("kind", "yes_no"), ("required", "yes"), ("readers", "managers")];
const TEAM: [(&str, &str); 4] = [
    ("text", "What does your team do?"),
    ("required", "yes"),
    ("readers", "partner"),
    ("only_if", "do-you-manage-people=yes"),
];
const COLORS: [(&str, &str); 4] =
    [("text", "Which colors?"), ("kind", "several"), ("options", "Red\r\nBlue\r\n\r\nGreen"), ("readers", "both")];
const PLACE: [(&str, &str); 4] =
    [("text", "Where?"), ("kind", "choice"), ("options", "Here\nThere"), ("readers", "both")];
const OFTEN: [(&str, &str); 5] =
    [("text", "How often?"), ("kind", "scale"), ("from", "never"), ("to", "daily"), ("readers", "managers")];

/// A row that was saved: with its key.
fn stored<'a>(row: &[(&'a str, &'a str)], key: &'a str) -> Vec<(&'a str, &'a str)> {
    row.iter().copied().chain([("key", key)]).collect()
}

/// Inés adds a question on which another depends, and three of other kinds.
async fn ask(round: &mut StartedRound) {
    let path = format!("{}/form", round.path);
    let first = send(&mut round.manager, &path, &form("0", &[&MANAGES])).await.ok();
    first.says("The form is saved").says("Version 1").says("Yes or no");
    let manages = stored(&MANAGES, "do-you-manage-people");
    send(&mut round.manager, &path, &form("1", &[&manages, &TEAM, &COLORS, &PLACE, &OFTEN]))
        .await
        .ok()
        .says("Version 2");
}

on_both! {
    async fn every_kind_of_question_is_asked(app: TestApp) {
        let (mut round, _, link) = registering::invited(app).await;
        ask(&mut round).await;
        let preview = round.manager.get(&format!("{}/form/preview/mentor", round.path)).await.ok();
        preview.says("This is a preview").says("4 of 5 A few questions of Digital fluency").says("Only if you answered “Yes” to “Do you manage people?”")
            .says("Program managers, and whoever you are paired with").says("Nothing that you tick is kept").does_not_say("Save for later");
        round.manager.get(&format!("{}/form/preview/mentee", round.path)).await.ok().says("What you want to learn");
        assert_eq!(round.manager.get(&format!("{}/form/preview/cat", round.path)).await.status, StatusCode::NOT_FOUND);

        let mut browser = app.browser();
        let path = registering::open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.get(&path).await.ok().says("What does your team do?").says("0 of 5 parts ready").says("Only whoever you are paired with");
        let back = browser.post(&path, &with(&[("q:which-colors", "Pink"), ("q:how-often", "6")])).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("Do you manage people : Please fill this in").says("Which colors : Choose one of the answers").says("4 of 5 parts ready");
        // Without a team nobody asks for it, and what was typed there is not kept.
        let no = [("q:do-you-manage-people", "no"), ("q:what-does-your-team-do", "Nothing"), ("q:which-colors", "Green"), ("q:which-colors", "Red"), ("q:where", "There"), ("q:how-often", "4")];
        browser.post(&path, &with(&no)).await.ok().says("Red, Green").says("4 of 5").does_not_say("Nothing What").does_not_say("What does your team do?");
        let missing = with(&[("q:do-you-manage-people", "yes")]);
        browser.post(&path, &missing).await.says("What does your team do : Please fill this in");
        let yes = with(&[("q:do-you-manage-people", "yes"), ("q:what-does-your-team-do", "Maps & <b>routes</b>"), ("q:where", "Here")]);
        browser.post(&path, &yes).await.ok().says("Maps & <b>routes</b>").says("Here");

        // A manager reads what was promised to managers, and nothing else.
        let ana = registering::participant(app, &round, "ana.lim@halden.example").await;
        assert_eq!(ana.answers().replies.len(), 3, "colors and scale were not answered this time");
        round.manager.get(&format!("/participants/{}", ana.id)).await.ok().says("Do you manage people?").says("Where?").does_not_say("Maps");
        round.manager.get(&format!("{}/form", round.path)).await.ok().says("1 person has registered").says("1 answered");
    }
}

on_both! {
    async fn the_form_changes_while_people_answer(app: TestApp) {
        let (mut round, ruth_link, link) = registering::invited(app).await;
        ask(&mut round).await;
        let path = format!("{}/form", round.path);
        let mut browser = app.browser();
        let anas = registering::open(app, &mut browser, &link, "ana.lim@halden.example").await;
        let mut ruth = app.browser();
        let ruths = registering::open(app, &mut ruth, &ruth_link, "ruth.okafor@halden.example").await;
        let begun = [("form_version", "2"), ("q:do-you-manage-people", "yes"), ("q:where", "Here"), ("by_itself", "yes")];
        ruth.post(&format!("{ruths}/draft"), &begun).await;

        // Ana has version 2 open while Inés rewords one question, takes one out and adds one that has to be answered.
        let reworded = [("text", "Do you lead a team?"), ("kind", "yes_no"), ("required", "yes"), ("readers", "both"), ("key", "do-you-manage-people")];
        let (team, colors, often) = (stored(&TEAM, "what-does-your-team-do"), stored(&COLORS, "which-colors"), stored(&OFTEN, "how-often"));
        let gone = [stored(&PLACE, "where"), vec![("remove", "yes")]].concat();
        let new = [("text", "What do you read?"), ("required", "yes")];
        send(&mut round.manager, &path, &form("2", &[&reworded, &team, &colors, &gone, &often, &new])).await.ok().says("Version 3");
        let answers = with(&[("form_version", "2"), ("q:do-you-manage-people", "no"), ("q:where", "There")]);
        let done = browser.post(&anas, &answers).await.ok().says("Your registration has arrived");
        done.says("The form has changed since you answered").says("One question is new").says("Do you manage people? No The question reads otherwise now")
            .says("Where? There No longer asked. Your answer is kept").does_not_say("Do you lead a team?");
        let ana = registering::participant(app, &round, "ana.lim@halden.example").await;
        assert_eq!(ana.answers().form_version, 2);
        round.manager.get(&path).await.ok().says("1 answered, 1 of them when it read otherwise").says("No longer asked").says("Where? (1 answered)");
        round.manager.get(&format!("/participants/{}", ana.id)).await.ok().says("Do you manage people? No").says("Where? There");

        // The form marks what is new, and what is no longer asked stays when she sends it again.
        let again = browser.get(&format!("{anas}/form")).await.ok();
        again.says("New since you answered").says("It was: “Do you manage people?”");
        browser.post(&anas, &with(&[("form_version", "3"), ("q:do-you-manage-people", "no")])).await.says("What do you read : Please fill this in");
        let last = with(&[("form_version", "3"), ("q:do-you-manage-people", "no"), ("q:what-do-you-read", "Maps")]);
        browser.post(&anas, &last).await.ok().says("Do you lead a team? No").says("Where? There No longer asked").does_not_say("The form has changed");

        // Ruth had only begun: everything of hers is kept, and she reads what happened.
        ruth.get(&ruths).await.ok().says("The form has changed since you began").says("No longer asked: “Where?” You had written: “Here”")
            .says("It was: “Do you manage people?”").says("New since you began");
        // A question that comes back under its old words is another one: nobody has answered it.
        let manages = stored(&reworded[..4], "do-you-manage-people");
        let read = stored(&new, "what-do-you-read");
        send(&mut round.manager, &path, &form("3", &[&manages, &team, &colors, &often, &read, &PLACE])).await.ok().says("Version 4");
        let version = read_form(app, &round).await;
        assert_eq!(version.form.questions.last().unwrap().key, "where-2");
        assert_eq!(app.times("round.form_changed").await, 4);
    }
}

async fn read_form(app: &TestApp, round: &StartedRound) -> enrollment::form::FormVersion {
    let mut tx = app.read().await;
    let found = programs::round(&mut tx, &ByServer(round.id)).await.unwrap();
    let program = programs::program_of(&mut tx, &found).await.unwrap();
    enrollment::form::form(&mut tx, &found, &program).await.unwrap()
}

on_both! {
    async fn two_managers_do_not_overwrite_each_other(app: TestApp) {
        let mut round = app.started_round().await;
        let path = format!("{}/form", round.path);
        let manages = form("0", &[&MANAGES]);
        send(&mut round.manager, &path, &manages).await.ok();
        send(&mut round.manager, &path, &manages).await.ok().says("Version 1");
        assert_eq!(app.times("round.form_changed").await, 1, "a double click");
        let late = send(&mut round.manager, &path, &form("0", &[&PLACE])).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        late.says("Ines Duarte changed this in the meantime").says("saving again replaces theirs");
        let bad = send(&mut round.manager, &path, &form("1", &[&[("text", "Which?"), ("kind", "choice"), ("options", "One")], &[("text", ""), ("help", "no question")]])).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        bad.says("Give 2 to 12 answers").says("Please fill this in");
        let mut fields = form("1", &[]);
        fields.retain(|(name, _)| name != "core-about");
        send(&mut round.manager, &path, &fields).await.says("Choose one of the answers");
    }
}

on_both! {
    async fn what_every_program_asks_can_be_left_out(app: TestApp) {
        let (mut round, _, link) = registering::invited(app).await;
        let path = format!("{}/form", round.path);
        let mut browser = app.browser();
        let anas = registering::open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.post(&anas, &ANA).await.ok();
        let mut fields = form("0", &[]);
        for (name, value) in &mut fields {
            match name.as_str() {
                "core-topics" | "core-about" => "optional".clone_into(value),
                "core-times" | "core-style" => "off".clone_into(value),
                _ => {}
            }
        }
        send(&mut round.manager, &path, &fields).await.ok();
        browser.get(&format!("{anas}/form")).await.ok().does_not_say("Times that usually work").does_not_say("How you like to work");
        let least = [("form_version", "1"), ("languages", "English"), ("capacity", "1"), ("commitment", "yes")];
        browser.post(&anas, &least).await.ok();
        let answers = registering::participant(app, &round, "ana.lim@halden.example").await.answers();
        assert_eq!((answers.about.as_str(), answers.offers.len()), ("", 0));
        assert_eq!((answers.energy.as_str(), answers.times.len()), ("introvert", 2), "what is not asked any more stays as it was");

        let mut tx = app.write().await;
        for stage in [Stage::Match, Stage::Launch] {
            programs::begin_stage(&mut tx, &ByServer(round.id), stage).await.unwrap();
        }
        tx.commit().await.unwrap();
        round.manager.get(&path).await.ok().says("It stays as it is").does_not_say("Save the form");
        let late = send(&mut round.manager, &path, &form("1", &[&MANAGES])).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        late.says("nobody answers this form any more");
    }
}

on_both! {
    async fn working_styles_and_topics_out_of_bounds(app: TestApp) {
        let (round, _, link) = registering::invited(app).await;
        let mut browser = app.browser();
        let path = registering::open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.post(&path, &with(&[("topics_out", "data")])).await.says("“Data and dashboards” can’t be out of bounds and chosen above");
        browser.post(&path, &with(&[("learn", "sleeping")])).await.says("Choose one of the answers");
        let style = [("learn", "trying"), ("meet", "walk"), ("topics_out", "social-media")];
        browser.post(&path, &with(&style)).await.ok().says("You said that you need quiet").says("You learn best by trying it yourself").says("You like to meet on a walk")
            .says("Out of bounds Social media");
        let answers = registering::participant(app, &round, "ana.lim@halden.example").await.answers();
        assert_eq!((answers.learn.as_str(), answers.meet.as_str()), ("trying", "walk"));
        assert!(answers.topics_out.contains("social-media"));
    }
}

on_both! {
    async fn the_matching_respects_them(app: TestApp) {
        let story = app.round_to_match().await;
        let out = |topic: &str| Answers { topics_out: [topic.to_owned()].into(), learn: "trying".to_owned(), ..Answers::default() };
        let ana = Given { topics: &[("ai-at-work", 3)], answers: out("data"), ..Given::default() };
        app.admit(&story, "Ana Lim", Side::Mentor, ana).await;
        app.admit(&story, "Elif Kaya", Side::Mentor, Given { topics: &[("data", 4)], ..Given::default() }).await;
        let wants = Answers { wants_level: [("ai-at-work".to_owned(), 4)].into(), ..Answers::default() };
        let leader = |topics, answers| Given { level: 9, department: "Finance", topics, answers, ..Given::default() };
        let ruth = app.admit(&story, "Ruth Okafor", Side::Mentee, leader(&[("data", 3), ("ai-at-work", 1)], Answers::default())).await;
        let gregor = app.admit(&story, "Gregor Maier", Side::Mentee, leader(&[("ai-at-work", 3)], wants)).await;
        let found = inputs::gather(&mut app.read().await, &ByServer(story.round)).await.unwrap();
        let anas = found.mentors.iter().find(|one| one.values.contains_key("learn")).unwrap();
        assert_eq!(found.forbidden, [(anas.person, ruth.person)], "what Ruth wants most of all is out of bounds for Ana");
        let wanted = &found.mentees.iter().find(|one| one.person == gregor.person).unwrap().values["wants"];
        assert!(format!("{wanted:?}").contains("at_least: 4"), "{wanted:?}");
    }
}
