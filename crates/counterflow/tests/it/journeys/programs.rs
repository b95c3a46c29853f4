use axum::http::StatusCode;
use counterflow::{
    kernel::{
        guard,
        ids::{PersonId, ProgramId, RoundId},
        rights::Role,
    },
    programs::{self, Stage, template},
};

use crate::{
    on_both,
    support::{app::TestApp, browser::Browser},
};

/// Inés, who may start programs, and her browser.
async fn ines(app: &TestApp) -> (PersonId, Browser) {
    app.set_up().await;
    let ines = app.person("Ines Duarte").await;
    let mut tx = app.write().await;
    counterflow::accounts::grant_role(&mut tx, ines, "program_starter", None).await.unwrap();
    tx.commit().await.unwrap();
    (ines, app.as_person(ines).await)
}

const DATES: [(&str, &str); 3] =
    [("enroll_until", "2026-01-30"), ("starts_on", "2026-02-16"), ("ends_on", "2026-08-15")];

/// The addresses of a program and its first round.
struct Started {
    program: String,
    round: String,
}

impl Started {
    fn program_id(&self) -> ProgramId {
        self.program.rsplit('/').next().unwrap().parse().unwrap()
    }
    fn round_id(&self) -> RoundId {
        self.round.rsplit('/').next().unwrap().parse().unwrap()
    }
}

async fn start(browser: &mut Browser, template: &str, name: &str) -> Started {
    let form = browser.get("/programs/new").await.ok();
    let (id, round) = (form.hidden("id"), form.hidden("round"));
    let mut fields =
        vec![("id", id.as_str()), ("round", &round), ("round_name", "Round 1"), ("template", template), ("name", name)];
    fields.extend(DATES);
    browser.post("/programs", &fields).await.ok().says("Your program is started");
    Started { program: format!("/programs/{id}"), round: format!("/rounds/{round}") }
}

/// The fields of the design's form as the page shows them, some of them changed.
fn typed(page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = sent::fields(page);
    for (name, value) in changes {
        fields.retain(|(field, _)| field != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

async fn send(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> crate::support::browser::Reply {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await
}

mod sent {
    /// What a browser would send of the last form of a page: every input, textarea and select with its value.
    pub fn fields(page: &str) -> Vec<(String, String)> {
        let from = page.find("name=\"round_version\"").unwrap();
        let form = &page[page[..from].rfind("<form").unwrap()..];
        let form = &form[..form.find("</form>").unwrap()];
        let mut found = Vec::new();
        for tag in form.split('<').skip(1) {
            let Some(name) = attribute(tag, "name") else { continue };
            if tag.starts_with("textarea") {
                found.push((name, text(tag.split_once('>').unwrap().1)));
            } else if tag.starts_with("select") {
                let options = &form[form.find(tag).unwrap()..];
                let chosen = options.split("<option").find(|option| option.contains(" selected")).unwrap();
                found.push((name, attribute(chosen, "value").unwrap()));
            } else if !tag.contains("checkbox") || tag.contains(" checked") {
                found.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        }
        found.retain(|(name, _)| name != "form_tag");
        found
    }

    fn attribute(tag: &str, name: &str) -> Option<String> {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(text(rest.split('"').next().unwrap()))
    }

    fn text(escaped: &str) -> String {
        let text = escaped.replace("&#39;", "'").replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">");
        text.replace("&#38;", "&")
    }
}

on_both! {
    async fn a_program_is_started_from_each_template(app: TestApp) {
        let (_, mut browser) = ines(app).await;
        browser.get("/programs").await.ok().says("You manage and back no program");
        for template in template::all() {
            browser.get(&format!("/programs/new?template={}", template.key)).await.ok().says(&template.name).says("6 agendas");
            let started = start(&mut browser, &template.key, &format!("Our {}", template.name)).await;
            let (shape, size) = (&template.shape, template.size.as_ref().unwrap());
            let again = template.kpis.iter().find(|kpi| kpi.key == "again").unwrap();
            browser.get(&format!("{}/design", started.round)).await.ok()
                .says(&format!("6 meetings of {} minutes, 16 February to 15 August", shape.meeting_minutes)).says(&template.agendas[5].title)
                .says(&format!("Would do it again {} %", again.target)).says(&format!("{} to {} {}", size.fewest_pairs, size.most_pairs, size.why))
                .says(&template.levels.offers.join("; ")).says(&template.training.mentor[0]).says("Dear Ines Duarte").says("Please do it by 30 January 2026").does_not_say("{");
            browser.get(&started.program).await.ok().says(&template.objective).says("Round 1 is in Design").says("Program manager");

            let mut tx = app.read().await;
            let round = programs::round(&mut tx, &guard::ByServer(started.round_id())).await.unwrap();
            assert_eq!(round.stage, Stage::Design);
            assert_eq!((round.meetings, round.minimum_reporting_size), (6, 5));
            let rules: template::Eligibility = serde_json::from_str(&round.eligibility).unwrap();
            assert_eq!(rules, template.eligibility);
            counterflow_matching::Criteria::from_toml(&round.criteria).unwrap();
            assert_eq!(programs::program_of(&mut tx, &round).await.unwrap().design, *template);
        }
        browser.get("/programs").await.ok().says("Our Digital fluency for leaders").says("Our A program of your own").says("You manage it");
    }
}

on_both! {
    async fn a_program_is_saved_as_a_template_and_started_from_it(app: TestApp) {
        let (_, mut browser) = ines(app).await;
        let started = start(&mut browser, "inclusion", "Seen & heard").await;
        let path = format!("{}/design", started.round);
        let page = browser.get(&path).await.ok().body;
        send(&mut browser, &path, &typed(&page, &[("objective", "Everybody is heard."), ("rhythm_days", "40")])).await.ok();
        let file = browser.get(&format!("{}/template.toml", started.program)).await.ok();
        assert_eq!(file.headers["content-disposition"], "attachment; filename=\"seen-heard.toml\"");
        let saved = template::Template::parse(&file.body).unwrap();
        let kept = template::named("inclusion").unwrap();
        assert_eq!((saved.name.as_str(), saved.objective.as_str(), saved.shape.rhythm_days), ("Seen & heard", "Everybody is heard.", 40));
        assert_eq!((&saved.agendas, &saved.private, &saved.eligibility), (&kept.agendas, &kept.private, &kept.eligibility));

        let offered = browser.upload("/programs/file", &[], "mine.toml", file.body.as_bytes()).await.ok();
        offered.says("Start from your file").says("Seen & heard").says("6 meetings of 60 minutes").says("Choose one of ours instead");
        // What is missing leaves the file in the form; browsers send its lines with other ends.
        let (id, round, own) = (ProgramId::new().to_string(), RoundId::new().to_string(), file.body.replace('\n', "\r\n"));
        let mut fields = vec![("id", id.as_str()), ("round", &round), ("round_name", "Round 1"), ("own", &own), ("name", "")];
        fields.extend(DATES);
        let back = browser.post("/programs", &fields).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("Please fill this in").says("Start from your file");
        fields[4] = ("name", "Heard elsewhere");
        browser.post("/programs", &fields).await.ok().says("Your program is started");
        let mut tx = app.read().await;
        let begun = programs::round(&mut tx, &guard::ByServer(round.parse().unwrap())).await.unwrap();
        assert_eq!(programs::program_of(&mut tx, &begun).await.unwrap().design, saved);
        assert_eq!(begun.rhythm_days, 40);
    }
}

on_both! {
    async fn a_file_that_is_no_template_says_why_and_starts_nothing(app: TestApp) {
        let (_, mut browser) = ines(app).await;
        let good = template::named("blank").unwrap().to_toml();
        let large = vec![b'#'; 300 << 10];
        for (content, expected) in [
            (good.replace("meetings = 6", "meetings = 7").as_bytes(), "mine.toml: agendas: there are 6 agendas for 7 meetings"),
            (b"key = 5", "mine.toml: at the top: line 1: invalid type"),
            (b"\xff\xfe", "This is no text file."),
            (large.as_slice(), "256 KiB"),
        ] {
            let back = browser.upload("/programs/file", &[], "mine.toml", content).await;
            assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{expected}");
            back.says("This file is not a template yet").says(expected);
        }
        browser.upload("/programs/file", &[], "", b"").await.says("Choose a file first");
        let (id, round) = (ProgramId::new().to_string(), RoundId::new().to_string());
        let mut fields = vec![("id", id.as_str()), ("round", &round), ("round_name", "Round 1"), ("own", "key = 5"), ("template", "blank"), ("name", "Forged")];
        fields.extend(DATES);
        browser.post("/programs", &fields).await.says("Choose one of the answers");
        browser.get("/programs").await.ok().says("You manage and back no program");
    }
}

on_both! {
    async fn a_double_click_starts_one_program(app: TestApp) {
        let (_, mut browser) = ines(app).await;
        let form = browser.get("/programs/new").await.ok();
        let (id, round) = (form.hidden("id"), form.hidden("round"));
        let mut fields = vec![("id", id.as_str()), ("round", &round), ("round_name", "Round 1"), ("template", "blank"), ("name", "Once")];
        fields.extend(DATES);
        for _ in 0..2 {
            assert_eq!(browser.post("/programs", &fields).await.ok().path, format!("/rounds/{round}/design?done=program_started"));
        }
        let mut tx = app.read().await;
        let (programs,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from programs").unwrap();
        let (rounds,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from rounds").unwrap();
        let (events,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from events where kind = 'program.started'").unwrap();
        assert_eq!((programs, rounds, events), (1, 1, 1));
        drop(tx);

        // Somebody else who sends the same ids learns nothing and gets nothing.
        let piet = app.person("Pia Starter").await;
        let mut tx = app.write().await;
        counterflow::accounts::grant_role(&mut tx, piet, "program_starter", None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.as_person(piet).await.post("/programs", &fields).await.status, StatusCode::NOT_FOUND);
        // Nor does a new program take over a round of another one.
        let (other, taken) = (ProgramId::new().to_string(), round.clone());
        let mut stolen = vec![("id", other.as_str()), ("round", &taken), ("round_name", "Mine"), ("template", "blank"), ("name", "Thief")];
        stolen.extend(DATES);
        assert_eq!(app.as_person(piet).await.post("/programs", &stolen).await.status, StatusCode::NOT_FOUND);
        browser.get("/programs").await.ok().says("Once").does_not_say("Thief");
    }
}

on_both! {
    async fn what_is_missing_or_in_the_wrong_order_is_named_and_kept(app: TestApp) {
        let (_, mut browser) = ines(app).await;
        let form = browser.get("/programs/new").await.ok();
        let bad = browser.post("/programs", &[("id", &form.hidden("id")), ("round", &form.hidden("round")), ("round_name", "Round 1"), ("template", "none"),
            ("name", ""), ("enroll_until", "2026-01-11"), ("starts_on", "2026-01-11"), ("ends_on", "soon")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(bad.hidden("id"), form.hidden("id"), "the same program when it is sent again");
        assert!(bad.body.contains("value=\"soon\""), "kept");
        bad.says("Please fill this in").says("Choose one of the answers").says("It has to be 12 January 2026 or later").says("after 11 January 2026").says("Write it as a date");
        browser.get("/programs").await.ok().says("You manage and back no program");

        let started = start(&mut browser, "digital-fluency", "Fluency").await;
        let path = format!("{}/design", started.round);
        let page = browser.get(&path).await.ok().body;
        let wrong = [("name", ""), ("meetings", "61"), ("rhythm_days", "monthly"), ("starts_on", "2026-09-01"), ("answer_days", "0"),
            ("asking_order", "nobody"), ("agreement_gate", "maybe"), ("minimum_reporting_size", "4"), ("objective", " ")];
        let reply = send(&mut browser, &path, &typed(&page, &wrong)).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains("value=\"monthly\"") && reply.body.contains("value=\"61\""), "kept");
        reply.says("between 1 and 60").says("whole number").says("after 1 September 2026").says("between 5 and 50").says("Choose one of the answers");
        browser.get(&path).await.ok().says("6 meetings of 45 minutes");
    }
}

on_both! {
    async fn a_design_is_made_ones_own(app: TestApp) {
        let (ines, mut browser) = ines(app).await;
        let started = start(&mut browser, "digital-fluency", "Fluency").await;
        let path = format!("{}/design", started.round);
        let page = browser.get(&path).await.ok().body;
        let mut fields = typed(&page, &[("name", "Pilot"), ("meetings", "4"), ("meeting_minutes", "60"), ("asking_order", "manager_decides"),
            ("minimum_reporting_size", "8"), ("ends_on", "2026-05-15"), ("objective", "Leaders decide from their own experience.")]);
        // Rename a topic, take one out, add one of the same name as a key that is taken, and one that is not.
        let place = |fields: &[(String, String)], value: &str| fields.iter().position(|(_, v)| v == value).unwrap();
        let at = place(&fields, "AI at work");
        fields[at].1 = "Assistants & agents".to_owned();
        fields.push(("topic_remove".to_owned(), "software".to_owned()));
        let empty: Vec<usize> = fields.iter().enumerate().filter(|(_, (name, value))| name == "topic_name" && value.is_empty()).map(|(at, _)| at).collect();
        fields[empty[0]].1 = "AI at work".to_owned();
        fields[empty[1]].1 = "Podcasts".to_owned();
        send(&mut browser, &path, &fields).await.ok().says("Saved.").says("4 meetings of 60 minutes").says("Pilot").says("need 2 days more");
        // The back button and a second click: the same again changes nothing.
        send(&mut browser, &path, &fields).await.ok().says("Saved.");

        let mut tx = app.read().await;
        let round = programs::round(&mut tx, &guard::ByServer(started.round_id())).await.unwrap();
        assert_eq!((round.name.as_str(), round.meetings, round.meeting_minutes, round.minimum_reporting_size, round.version), ("Pilot", 4, 60, 8, 2));
        let program = programs::program_of(&mut tx, &round).await.unwrap();
        let topics: Vec<_> = program.design.topics.iter().map(|topic| (topic.key.as_str(), topic.name.as_str())).collect();
        assert_eq!(topics.len(), 13);
        assert_eq!(topics[0], ("ai-at-work", "Assistants & agents"), "renaming keeps the key, and so the answers");
        assert_eq!(topics[11..], [("ai-at-work-2", "AI at work"), ("podcasts", "Podcasts")]);
        assert!(!topics.iter().any(|(key, _)| *key == "software"));
        let (events,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from events where kind = 'round.design_changed' and actor_id = $1", ines).unwrap();
        assert_eq!(events, 1);
        drop(tx);

        // Once people are asked, their topics stay, and the reporting size can only be raised.
        begin(app, &started, Stage::Enroll).await;
        let page = browser.get(&path).await.ok().says("People have been told of this design").body;
        let mut fields = typed(&page, &[("minimum_reporting_size", "7")]);
        fields.push(("topic_remove".to_owned(), "podcasts".to_owned()));
        send(&mut browser, &path, &fields).await.says("between 8 and 50").says("this one has to stay");
        send(&mut browser, &path, &typed(&page, &[("minimum_reporting_size", "10"), ("enroll_until", "2026-01-10")])).await.ok().says("Saved.");
        begin(app, &started, Stage::Launch).await;
        let page = browser.get(&path).await.ok().says("at least 10 people").body;
        send(&mut browser, &path, &typed(&page, &[("minimum_reporting_size", "12")])).await.says("between 10 and 10");
        let mut without = typed(&browser.get(&path).await.body, &[]);
        without.retain(|(name, _)| !name.starts_with("topic_"));
        send(&mut browser, &path, &without).await.says("Keep 1 to 40 topics");
    }
}

async fn begin(app: &TestApp, started: &Started, stage: Stage) {
    let mut tx = app.write().await;
    programs::begin_stage(&mut tx, &guard::ByServer(started.round_id()), stage).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn two_managers_never_overwrite_each_other(app: TestApp) {
        let (_, mut ines) = ines(app).await;
        let started = start(&mut ines, "blank", "Shared").await;
        let marek = app.person("Marek Havel").await;
        ines.post(&format!("{}/roles", started.program), &[("email", "Marek.Havel@halden.example"), ("role", "manager")]).await.ok().says("The role is given");
        let letters = app.letters("marek.havel@halden.example").await;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].0, "You manage Shared");
        assert!(letters[0].1.contains("Ines Duarte made you a manager of Shared"), "{}", letters[0].1);
        let mut marek = app.as_person(marek).await;

        let path = format!("{}/design", started.round);
        let (hers, his) = (ines.get(&path).await.ok().body, marek.get(&path).await.ok().body);
        send(&mut marek, &path, &typed(&his, &[("meetings", "8"), ("asking_order", "manager_decides"), ("starts_on", "2026-02-17")])).await.ok();
        let late = send(&mut ines, &path, &typed(&hers, &[("meetings", "5"), ("meeting_minutes", "30")])).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("value=\"5\"") && late.body.contains("value=\"30\""), "what she typed is kept");
        let again = late.body.clone();
        late.says("Marek Havel changed this in the meantime").says("It says “8” now").says("It says “17 February 2026” now").says("It is set differently now");
        marek.get(&path).await.ok().says("8 meetings of 45 minutes");

        // She has seen what he did; now her word counts.
        send(&mut ines, &path, &typed(&again, &[])).await.ok().says("Saved.").says("5 meetings of 30 minutes");

        // What all rounds share is guarded, too.
        let (hers, his) = (ines.get(&path).await.ok().body, marek.get(&path).await.ok().body);
        send(&mut ines, &path, &typed(&hers, &[("objective", "Hers.")])).await.ok();
        let late = send(&mut marek, &path, &typed(&his, &[("objective", "His.")])).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains(">His.</textarea>"), "what he typed is kept");
        late.says("Ines Duarte changed this in the meantime").says("It says “Hers.” now");
        // Criteria and eligibility are guarded by the same version.
        let mut tx = app.write().await;
        let viewer = guard::viewer_for(&app.app, &mut tx, ines.person.unwrap()).await.unwrap();
        let access = guard::leave(&mut tx, &viewer, started.round_id(), &[Role::Manager]).await.unwrap();
        let version = programs::round(&mut tx, &access).await.unwrap().version;
        programs::set_criteria(&mut tx, &access, version, "aim = 'total'").await.unwrap();
        programs::set_criteria(&mut tx, &access, version, "aim = 'total'").await.unwrap();
        assert!(programs::set_criteria(&mut tx, &access, version, "aim = 'coverage'").await.is_err());
        assert!(programs::set_eligibility(&mut tx, &access, version, &template::Eligibility::default()).await.is_err());
        programs::set_eligibility(&mut tx, &access, version + 1, &template::Eligibility::default()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn each_role_sees_its_part(app: TestApp) {
        let (ines, mut browser) = ines(app).await;
        let started = start(&mut browser, "digital-fluency", "Fluency").await;
        let (karin, ana) = (app.person("Karin Vogt").await, app.person("Ana Lim").await);
        browser.post(&format!("{}/roles", started.program), &[("email", "nobody@halden.example"), ("role", "sponsor")]).await.says("Nobody in the directory has this e-mail");
        for _ in 0..2 {
            browser.post(&format!("{}/roles", started.program), &[("email", "karin.vogt@halden.example"), ("role", "sponsor")]).await.ok().says("Karin Vogt");
        }
        assert_eq!(app.letters("karin.vogt@halden.example").await.len(), 1, "a double click writes one letter");

        let mut karin = app.as_person(karin).await;
        karin.get("/programs").await.ok().says("Fluency").says("You back it").does_not_say("Start a program");
        karin.get(&started.program).await.ok().says("Objective").does_not_say("Take back").does_not_say("Open the next round");
        let endorsement = format!("{}/endorsement", started.round);
        let form = karin.get(&endorsement).await.ok().says("Nobody has endorsed Fluency · Round 1 yet").says("I am taking part in Fluency");
        let own = form.hidden("sponsor");
        for _ in 0..2 {
            karin.post(&endorsement, &[("words", "I take part myself."), ("sponsor", &own), ("seen", "")]).await.ok().says("Karin Vogt endorses Fluency · Round 1");
        }
        let late = browser.post(&endorsement, &[("words", "She takes part."), ("sponsor", &own), ("seen", "")]).await;
        assert!(late.body.contains(">She takes part.</textarea>"), "kept");
        assert_eq!(late.hidden("seen"), "I take part myself.");
        late.says("Karin Vogt changed this in the meantime").says("I take part myself.");
        let foreign = ines.to_string();
        karin.post(&endorsement, &[("words", "Not mine"), ("sponsor", &foreign), ("seen", "I take part myself.")]).await.says("Choose one of the answers");
        browser.get(&format!("{}/design", started.round)).await.ok().says("I take part myself.").says("Karin Vogt");

        let mut ana = app.as_person(ana).await;
        for path in [started.program.clone(), format!("{}/design", started.round), format!("{}/close", started.round), endorsement.clone(), "/programs/new".into()] {
            assert_eq!(ana.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        ana.get("/programs").await.ok().says("You manage and back no program");
        for (path, fields) in [("design", vec![("name", "Mine")]), ("stage", vec![("stage", "enroll")])] {
            let path = format!("{}/{path}", started.round);
            assert_eq!(ana.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
            assert_eq!(karin.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "a sponsor looks on");
        }
        for path in ["roles", "roles/removal", "rounds", "archive", "archive/removal"] {
            assert_eq!(karin.post(&format!("{}/{path}", started.program), &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }

        // Who is no sponsor any more is not quoted as one.
        let mut tx = app.read().await;
        assert_eq!(programs::round(&mut tx, &guard::ByServer(started.round_id())).await.unwrap().endorser.as_deref(), Some("Karin Vogt"));
        drop(tx);
        let person = karin.person.unwrap().to_string();
        browser.post(&format!("{}/roles/removal", started.program), &[("person", &person), ("role", "sponsor")]).await.ok().says("taken back").does_not_say("Karin Vogt");
        assert_eq!(karin.get(&started.program).await.status, StatusCode::NOT_FOUND);
        let mut tx = app.read().await;
        assert_eq!(programs::round(&mut tx, &guard::ByServer(started.round_id())).await.unwrap().endorsement, None);
    }
}

on_both! {
    async fn the_last_manager_stays(app: TestApp) {
        let (ines, mut browser) = ines(app).await;
        let started = start(&mut browser, "blank", "Kept").await;
        let (roles, removal) = (format!("{}/roles", started.program), format!("{}/roles/removal", started.program));
        let id = ines.to_string();
        let alone = browser.post(&removal, &[("person", &id), ("role", "manager")]).await;
        assert_eq!(alone.status, StatusCode::CONFLICT);
        alone.says("Somebody has to manage the program");
        app.person("Marek Havel").await;
        browser.post(&roles, &[("email", "marek.havel@halden.example"), ("role", "manager")]).await.ok();
        // A manager who left does not count.
        let mut tx = app.write().await;
        counterflow::execute!(tx, "update people set status = 'left' where name = 'Marek Havel'").unwrap();
        tx.commit().await.unwrap();
        assert_eq!(browser.post(&removal, &[("person", &id), ("role", "manager")]).await.status, StatusCode::CONFLICT);
        app.person("Nia Thompson").await;
        browser.post(&roles, &[("email", "nia.thompson@halden.example"), ("role", "manager")]).await.ok();
        for _ in 0..2 {
            let gone = browser.post(&removal, &[("person", &id), ("role", "manager")]).await;
            assert!(gone.status == StatusCode::OK && gone.path.starts_with("/programs?") || gone.status == StatusCode::NOT_FOUND);
        }
        assert_eq!(browser.get(&started.program).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn a_round_goes_forward_and_a_program_goes_on(app: TestApp) {
        let (_, mut browser) = ines(app).await;
        let started = start(&mut browser, "blank", "Rounds").await;
        browser.get(&format!("{}/close", started.round)).await.ok().says("The round goes on until");
        let stage = format!("{}/stage", started.round);
        for _ in 0..2 {
            // Enroll's page is another feature's: what counts is where the round stands.
            browser.post(&stage, &[("stage", "enroll")]).await;
        }
        browser.post(&stage, &[("stage", "design")]).await;
        assert_eq!(browser.post(&stage, &[("stage", "party")]).await.status, StatusCode::NOT_FOUND);
        let mut tx = app.read().await;
        assert_eq!(programs::round(&mut tx, &guard::ByServer(started.round_id())).await.unwrap().stage, Stage::Enroll);
        let began: Vec<(String,)> = counterflow::fetch_all!(tx, (String,), "select stage from round_stages order by began_at, stage").unwrap();
        assert_eq!(began, [("design".to_owned(),), ("enroll".to_owned(),)]);
        let events: Vec<(String,)> = counterflow::fetch_all!(tx, (String,), "select data from events where kind = 'round.stage_began'").unwrap();
        assert_eq!(events, [(r#"{"from":"design","stage":"enroll"}"#.to_owned(),)]);
        drop(tx);

        // While people expect something of it, the program stays.
        browser.post(&format!("{}/archive", started.program), &[]).await.says("Round 1 is under way");

        // The next round takes over the shape of the last one.
        let path = format!("{}/design", started.round);
        let page = browser.get(&path).await.body;
        send(&mut browser, &path, &typed(&page, &[("rhythm_days", "14")])).await.ok();
        let form = browser.get(&started.program).await.ok();
        let id = form.hidden("id");
        let mut fields = vec![("id", id.as_str()), ("name", "Round 1")];
        fields.extend(DATES);
        browser.post(&format!("{}/rounds", started.program), &fields).await.says("This is taken already");
        fields[1] = ("name", "Round 2");
        for _ in 0..2 {
            browser.post(&format!("{}/rounds", started.program), &fields).await.ok().says("The next round is open");
        }
        let mut tx = app.read().await;
        let (rounds,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from rounds where program_id = $1", started.program_id()).unwrap();
        assert_eq!(rounds, 2);
        let second = programs::round(&mut tx, &guard::ByServer(id.parse().unwrap())).await.unwrap();
        assert_eq!((second.rhythm_days, second.stage, second.endorsement), (14, Stage::Design, None));
        drop(tx);
        browser.get("/programs").await.ok().says("Round 2").says("Round 1");
        let other = browser.get(&format!("/rounds/{id}/design")).await.body;
        send(&mut browser, &format!("/rounds/{id}/design"), &typed(&other, &[("name", "Round 1")])).await.says("This is taken already");

        browser.post(&stage, &[("stage", "close")]).await.ok().says("Go on to the report");
        app.work().await;
        browser.post(&format!("{}/archive", started.program), &[]).await.ok().says("Put away");
        browser.get(&started.program).await.ok().says("Bring it back").does_not_say("Open the next round");
        assert_eq!(browser.post(&format!("{}/rounds", started.program), &[("id", &RoundId::new().to_string()), ("name", "Round 3"), DATES[0], DATES[1], DATES[2]]).await.status, StatusCode::CONFLICT);
        send(&mut browser, &format!("/rounds/{id}/design"), &typed(&other, &[("name", "Late")])).await.says("was put away");
        browser.post(&stage, &[("stage", "prove")]).await.says("was put away");
        for _ in 0..2 {
            browser.post(&format!("{}/archive/removal", started.program), &[]).await.ok().says("The program is back");
        }
        let mut tx = app.write().await;
        let viewer = guard::viewer_for(&app.app, &mut tx, browser.person.unwrap()).await.unwrap();
        assert!(viewer.rounds.iter().any(|round| round.label == "Rounds · Round 2"), "back in the menu");
    }
}

on_both! {
    async fn a_program_whose_last_manager_left_waits_for_an_admin(app: TestApp) {
        let mut round = app.started_round().await;
        let piet = app.person_at("piet.visser@halden.example").await;
        let marek = app.person("Marek Havel").await;
        let mut admin = app.as_person(piet).await;
        admin.get("/home").await.ok().does_not_say("Nobody manages");
        app.leaves(round.ines).await;
        app.work().await;
        admin.get("/home").await.ok().says("Nobody manages").says("Name a manager");
        let program = round.program.rsplit('/').next().unwrap().to_owned();
        admin.get("/programs").await.ok().says("Nobody manages this one any more");
        admin.post("/programs/managers", &[("program", &program), ("email", "nobody@halden.example")]).await.says("Nobody in the directory has this e-mail");
        let named = [("program", program.as_str()), ("email", "marek.havel@halden.example")];
        admin.post("/programs/managers", &named).await.ok().says("They manage the program now");
        assert_eq!(admin.post("/programs/managers", &named).await.status, StatusCode::CONFLICT, "somebody manages it");
        assert_eq!(admin.get(&round.program).await.status, StatusCode::NOT_FOUND, "an admin sees nothing of it");
        app.as_person(marek).await.get(&round.program).await.ok();
        assert_eq!(app.letters("marek.havel@halden.example").await.len(), 1);

        // Whoever comes back does not manage it again by itself.
        let mut tx = app.write().await;
        counterflow::execute!(tx, "update people set status = 'active', left_on = null where id = $1", round.ines).unwrap();
        tx.commit().await.unwrap();
        round.manager = app.as_person(round.ines).await;
        assert_eq!(round.manager.get(&round.program).await.status, StatusCode::NOT_FOUND);
    }
}
