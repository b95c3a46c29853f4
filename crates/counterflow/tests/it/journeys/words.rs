//! A program says how it calls mentor, mentee, pair and meeting, and every page and letter of it says it so.

use axum::http::{Method, StatusCode};
use counterflow::{
    fetch_all,
    kernel::labels::Words,
    programs::template::{self, Template},
    router,
};
use serde_json::Value;

use crate::{
    on_both,
    rights::{self, Halden},
    support::{
        app::TestApp,
        browser::{Browser, Reply},
        matching::Matched,
    },
};

/// What no page and no letter of a relabelled program says.
const OURS: [&str; 10] =
    ["mentor", "mentors", "mentee", "mentees", "leader", "leaders", "pair", "pairs", "meeting", "meetings"];

/// Where one of them may stand all the same, and why.
const EXCEPTIONS: [&str; 18] = [
    "mentor lead",                         // the name of a role
    "could mentor",                        // what they do, not who they are: mentoring is what the product is for
    "junior mentors",                      // the same
    "equals mentor",                       // what they do
    "to mentor somebody",                  // the same
    "without a word of your own: mentor.", // the page of the words shows the product's own
    "without a word of your own: leader.",
    "without a word of your own: pair.",
    "without a word of your own: meeting.",
    "without a word of your own: mentors.",
    "without a word of your own: leaders.",
    "without a word of your own: pairs.",
    "without a word of your own: meetings.",
    "mentors the junior", // what they do
    "who mentors whom",
    "mentors the senior",
    "mentors the other",
    "mentor each other",
];

const FIELDS: [(&str, &str); 8] = [
    ("mentor", "expert"),
    ("mentors", "experts"),
    ("mentee", "learner"),
    ("mentees", "learners"),
    ("pair", "team"),
    ("pairs", "teams"),
    ("meeting", "hour"),
    ("meetings", "hours"),
];

/// A template whose own texts have none of the words: what is left of them on a page comes from the product.
fn relabelled() -> Template {
    let mut design = serde_json::to_value(template::named("digital-fluency").unwrap()).unwrap();
    silence(&mut design);
    let mut design: Template = serde_json::from_value(design).unwrap();
    "words".clone_into(&mut design.key); // so that the program's page quotes no template of the shelf
    design.labels = Some(Words::from(FIELDS.map(|(_, word)| word.to_owned())));
    design
}

/// Takes the words out of every sentence; keys, which are one word, stay.
fn silence(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(' ') => {
            let quiet = |word: &str| word.split(|letter: char| !letter.is_alphabetic()).any(is_ours);
            *text = text.split(' ').map(|word| if quiet(word) { "quiet" } else { word }).collect::<Vec<_>>().join(" ");
        }
        Value::Array(values) => values.iter_mut().for_each(silence),
        Value::Object(fields) => fields.values_mut().for_each(silence),
        _ => {}
    }
}

fn is_ours(word: &str) -> bool {
    OURS.contains(&word.to_lowercase().as_str())
}

/// Each of our words in a text, with what stands around it.
fn found(text: &str) -> Vec<String> {
    let text = EXCEPTIONS.iter().fold(text.to_lowercase(), |text, known| text.replace(known, "~"));
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with("http")).collect();
    let ours = |at: &usize| words[*at].split(|letter: char| !letter.is_alphabetic()).any(is_ours);
    (0..words.len()).filter(ours).map(|at| words[at.saturating_sub(3)..(at + 3).min(words.len())].join(" ")).collect()
}

/// What people see or hear of a page: its text, and the attributes that are read out.
fn said(page: &Reply) -> String {
    let mut said = page.text();
    for name in ["aria-label=\"", "data-label=\"", "title=\"", "placeholder=\"", "alt=\""] {
        for rest in page.body.split(name).skip(1) {
            said.push_str(" . ");
            said.push_str(rest.split('"').next().unwrap_or_default());
        }
    }
    said
}

async fn story(app: &TestApp) -> Matched {
    app.set_up().await;
    let ines = app.person("Inés Duarte").await;
    let program = app.program_to_match(ines, &relabelled()).await;
    Matched { ines, program, round: app.another_round(program, 1).await }
}

/// Whether a route is a page that belongs to a program.
fn is_page(route: &router::Route) -> bool {
    let inside =
        ["/programs/{", "/rounds/{", "/participants/{", "/registrations/{", "/proposals/{", "/pairs/{", "/checkins/{"];
    let is_file = [".csv", ".toml", ".ics", ".svg", "/progress"].iter().any(|end| route.path.ends_with(end));
    route.method == Method::GET && !is_file && inside.iter().any(|beginning| route.path.starts_with(beginning))
}

on_both! {
    async fn every_page_and_letter_speaks_the_programs_words(app: TestApp) {
        let story = story(app).await;
        let halden = rights::halden_of(app, story).await;
        let mut seen = 0;
        let mut wrong = Vec::new();
        for (who, person, held) in &halden.people {
            let mut browser = app.as_person(*person).await;
            for route in router::table().iter().filter(|route| is_page(route) && Halden::lets_in(route, held)) {
                let page = browser.get(&halden.address(route.path)).await;
                // Whoever only takes part is led to their home, which belongs to no program.
                if page.path != "/home" && page.headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html")) {
                    seen += 1;
                    wrong.extend(found(&said(&page)).into_iter().map(|words| format!("{who}: {}: … {words} …", route.path)));
                }
            }
        }
        wrong.extend(letters(app).await);
        wrong.sort();
        wrong.dedup();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(seen > 60, "only {seen} pages were read");
    }
}

/// What is wrong in the letters that were written so far.
async fn letters(app: &TestApp) -> Vec<String> {
    let mut tx = app.read().await;
    let rows: Vec<(String, String, String)> = fetch_all!(
        tx,
        (String, String, String),
        "select key, subject, body_text from letters where body_text is not null order by key"
    )
    .unwrap();
    for kind in ["proposal:", "introduction:", "checkin:"] {
        assert!(rows.iter().any(|(key, ..)| key.starts_with(kind)), "no letter {kind} was written");
    }
    let check = |(key, subject, text): &(String, String, String)| {
        let kind = key.split(':').next().unwrap_or_default().to_owned();
        let found = found(&format!("{subject} . {text}"));
        found.into_iter().map(move |words| format!("the letter {kind}: … {words} …")).collect::<Vec<_>>()
    };
    rows.iter().flat_map(check).collect()
}

async fn save(manager: &mut Browser, path: &str, changes: &[(&str, &str)]) -> Reply {
    let seen = manager.get(path).await.ok().hidden("seen");
    let word = |(name, word)| (name, changes.iter().find(|(other, _)| *other == name).map_or(word, |(_, word)| *word));
    let seen = ("seen", seen.as_str());
    let direction = changes.iter().find(|(name, _)| *name == "direction").copied().unwrap_or(("direction", "reverse"));
    let fields: Vec<_> = FIELDS.into_iter().map(word).chain([seen, direction]).collect();
    manager.post(path, &fields).await
}

on_both! {
    async fn a_manager_chooses_words(app: TestApp) {
        let mut round = app.started_round().await;
        let path = format!("{}/words", round.program);
        round.manager.get(&path).await.ok().says("You could take part as a mentor. Your leader is asked first");
        let reply = save(&mut round.manager, &path, &[("pair", ""), ("mentee", "expert"), ("mentors", "<b>x</b>")]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        reply
            .says("Please fill this in")
            .says("Another of the four is called this already")
            .says("Write a word of letters")
            .says("as a mentor");
        let long = "a".repeat(25);
        let reply = save(&mut round.manager, &path, &[("meetings", &long)]).await.says("Write at most 24 characters");
        assert!(reply.body.contains(&long), "what was typed is kept");
        assert_eq!(app.times("program.words_changed").await, 0);

        save(&mut round.manager, &path, &[]).await.ok().says("You could take part as an expert. Your learner is asked first");
        round.manager.get(&round.program).await.ok().says("experts and learners");
        round.manager.get(&format!("{}/enroll", round.path)).await.ok().says("Choose learners").does_not_say("leaders");
        assert_eq!(app.times("program.words_changed").await, 1);

        // The product's own words are no choice: the program follows its direction again.
        let plain = Words::of("reverse");
        save(&mut round.manager, &path, &plain.all()).await.ok().says("Your leader is asked first");
        let toml = round.manager.get(&format!("{}/template.toml", round.program)).await.ok();
        assert!(!toml.body.contains("[labels]"));
    }
}

on_both! {
    async fn the_words_go_with_a_template_of_ones_own(app: TestApp) {
        let mut round = app.started_round().await;
        save(&mut round.manager, &format!("{}/words", round.program), &[]).await.ok();
        let file = round.manager.get(&format!("{}/template.toml", round.program)).await.ok().body;
        let offered = round.manager.upload("/programs/file", &[], "own.toml", file.as_bytes()).await.ok();
        let mut form = offered.form("/programs");
        form.retain(|(name, _)| name != "name");
        form.push(("name".to_owned(), "Learning anew".to_owned()));
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        round.manager.post("/programs", &form).await.ok().says("Your program is started").says("choose learners first");
    }
}

on_both! {
    async fn the_doors_for_everybody_speak_the_words_too(app: TestApp) {
        let mut round = app.started_round().await;
        let ruth = app.employee("Ruth Okafor", 9, "Finance").await;
        let ana = app.employee("Ana Lim", 3, "Sales").await;
        app.reports(ana, ruth).await;
        save(&mut round.manager, &format!("{}/words", round.program), &[]).await.ok();
        round.manager.post(&format!("{}/ways", round.path), &[("mentor", "nomination"), ("mentee", "open")]).await.ok();
        let ways = round.manager.get(&format!("{}/ways", round.path)).await.ok();
        // What the program is for is the program's own text.
        let objective = template::named("digital-fluency").unwrap().objective.clone();
        let ours = |page: &Reply| found(&said(page).replace(&objective, ""));
        for door in ["/join/", "/nominate/"] {
            let at = ways.body.find(door).unwrap();
            let address = ways.body[at..].split('"').next().unwrap();
            for person in [ruth, ana] {
                let page = app.as_person(person).await.get(address).await.ok();
                assert_eq!(ours(&page), Vec::<String>::new(), "{door}: {}", page.text());
            }
            let stranger = app.browser().get(address).await.ok();
            assert_eq!(ours(&stranger), Vec::<String>::new(), "{door}: {}", stranger.text());
        }
    }
}

on_both! {
    async fn two_managers_choose_words_at_once(app: TestApp) {
        let mut round = app.started_round().await;
        let path = format!("{}/words", round.program);
        let seen = round.manager.get(&path).await.ok().hidden("seen");
        save(&mut round.manager, &path, &[]).await.ok();
        let fields: Vec<_> = Words::of("peer").all().into_iter().chain([("seen", seen.as_str()), ("direction", "reverse")]).map(|(a, b)| (a, b.to_owned())).collect();
        let fields: Vec<_> = fields.iter().map(|(name, word)| (*name, word.as_str())).collect();
        let reply = round.manager.post(&path, &fields).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        let reply = reply.says("changed this in the meantime");
        assert!(reply.body.contains("value=\"mentee\""), "what was typed is kept");
    }
}

on_both! {
    async fn a_manager_chooses_the_direction(app: TestApp) {
        let mut round = app.started_round().await;
        let path = format!("{}/words", round.program);
        let plain = Words::of("reverse");
        let turned: Vec<_> = plain.all().into_iter().chain([("direction", "traditional")]).collect();
        let said = save(&mut round.manager, &path, &turned).await.ok();
        said.says("Your mentor is asked first").says("Mentees propose times").says("Without a word of your own: mentee.");
        let toml = round.manager.get(&format!("{}/template.toml", round.program)).await.ok();
        assert!(toml.body.contains("direction = \"traditional\"") && !toml.body.contains("[labels]"), "{}", toml.body);
        let design = round.manager.get(&format!("{}/design", round.path)).await.ok();
        assert!(design.body.contains("value=\"mentor_then_mentee\" selected"));

        // Words that would be those of the other side after the turn are refused before it.
        let crossed: Vec<_> = Words::of("traditional").all().into_iter().chain([("direction", "reverse")])
            .map(|(name, word)| (name, if name == "mentor" { "leader" } else { word }.to_owned())).collect();
        let crossed: Vec<_> = crossed.iter().map(|(name, word)| (*name, word.as_str())).collect();
        let reply = save(&mut round.manager, &path, &crossed).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);

        // Once somebody is chosen for a side, it stays.
        app.employee("Ana Lim", 3, "Sales").await;
        round.manager.post(&format!("{}/choices", round.path), &[("side", "mentor"), ("everybody", "yes")]).await.ok();
        round.manager.get(&path).await.ok().says("This is fixed since people were asked");
        let back: Vec<_> = Words::of("traditional").all().into_iter().chain([("direction", "peer")]).map(|(a, b)| (a, b.to_owned())).collect();
        let back: Vec<_> = back.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let reply = save(&mut round.manager, &path, &back).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        reply.says("The direction is fixed");
    }
}
