//! A program's rounds over the years: duplicated, opened by themselves, with a sponsor who is asked to speak.

use axum::http::StatusCode;
use std::collections::BTreeSet;

use counterflow::{
    execute, fetch_all, fetch_one,
    kernel::{
        db::{Connection, Tx},
        guard::{self, ByServer},
        ids::{ProgramId, RoundId},
    },
    programs::{
        self, Dates, NewProgram, NewRound,
        copy_store::{COPIED, LEFT},
        template::{
            self,
            entry::{Admission, Way},
        },
    },
};
use sqlx::AssertSqlSafe;

use crate::{
    on_both,
    support::{app::TestApp, rounds::StartedRound},
};

/// Sets a round up in everything that stands beside its own row.
async fn set_up_fully(app: &TestApp, round: &mut StartedRound) {
    let path = round.path.clone();
    round.manager.post(&format!("{path}/ways"), &[("mentor", "nomination"), ("mentee", "open")]).await.ok();
    round.manager.post(&format!("{path}/leader-places"), &[("places", "17")]).await.ok();
    let mut tx = app.write().await;
    let form = r#"{"core": {"about": "off"}, "questions": [{"key": "shifts", "text": "Do you work in shifts?", "ask": "both",
                   "kind": "yes_no", "readers": "both"}]}"#;
    for number in [1, 2] {
        execute!(
            tx,
            "insert into form_versions (round_id, number, form, changed_by, changed_at) values ($1, $2, $3, $4, '2026-01-12')",
            round.id,
            number,
            form,
            round.ines
        )
        .unwrap();
    }
    for sql in [
        "insert into admissions (round_id, policy, set_by, set_at) values ($1, 'by_hand', $2, '2026-01-12')",
        "insert into reminder_plans (round_id, days, times, set_by, set_at) values ($1, 12, 2, $2, '2026-01-12')",
        r#"insert into screenings (round_id, design, version, changed_by, changed_at) values ($1,
             '{"questions": ["Why?"], "lines": [{"title": "Wants to teach", "anchors": ["No", "Little", "Yes", "Very"]},
               {"title": "Speaks up", "anchors": ["No", "Little", "Yes", "Very"]},
               {"title": "Is plain", "anchors": ["No", "Little", "Yes", "Very"]}]}', 3, $2, '2026-01-12')"#,
        "insert into round_expectations (round_id, pairs, answering) select $1, 33, 60 where $2 <> ''",
    ] {
        match tx.connection() {
            Connection::Sqlite(c) => sqlx::query(sql).bind(round.id).bind(round.ines).execute(c).await.map(drop),
            Connection::Postgres(c) => sqlx::query(sql).bind(round.id).bind(round.ines).execute(c).await.map(drop),
        }
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// How many rows of a table belong to a round.
async fn rows_of(tx: &mut Tx, table: &str, round: RoundId) -> i64 {
    let sql = AssertSqlSafe(format!("select count(*) from {table} where round_id = $1"));
    match tx.connection() {
        Connection::Sqlite(c) => sqlx::query_as::<_, (i64,)>(sql).bind(round).fetch_one(c).await,
        Connection::Postgres(c) => sqlx::query_as::<_, (i64,)>(sql).bind(round).fetch_one(c).await,
    }
    .unwrap()
    .0
}

/// Fails where a table of a round's design was not carried on.
async fn assert_set_up(app: &TestApp, round: RoundId) {
    let mut tx = app.read().await;
    for table in COPIED {
        assert!(rows_of(&mut tx, table, round).await > 0, "{table} was not carried on");
    }
    assert_eq!(rows_of(&mut tx, "form_versions", round).await, 1, "the form as it is now");
}

/// Starts a program from a file, and saves that as a file again.
async fn start_from(app: &TestApp, round: &mut StartedRound, file: &template::Template) -> template::Template {
    let ines = guard::viewer_for(&app.app, &mut app.read().await, round.ines).await.unwrap();
    let day = |text: &str| text.parse().unwrap();
    let dates = Dates { enroll_until: day("2026-03-06"), starts_on: day("2026-03-23"), ends_on: day("2026-09-19") };
    let first = NewRound { id: RoundId::new(), name: "Round 1".to_owned(), dates };
    let new = NewProgram { id: ProgramId::new(), name: "From a file".to_owned(), template: file, round: first };
    let mut tx = app.write().await;
    programs::start(&mut tx, &ines, &new).await.unwrap();
    programs::start(&mut tx, &ines, &new).await.unwrap();
    tx.commit().await.unwrap();
    let saved = round.manager.get(&format!("/programs/{}/template.toml", new.id)).await.ok();
    template::Template::parse(&saved.body).unwrap()
}

on_both! {
    async fn a_second_round_needs_no_setting_up(app: TestApp) {
        let mut round = app.started_round().await;
        set_up_fully(app, &mut round).await;
        let (next, path) = (RoundId::new(), format!("{}/rounds", round.program));
        let id = next.to_string();
        let fields = [("id", id.as_str()), ("name", "Round 2"), ("enroll_until", "2026-08-28"), ("starts_on", "2026-09-14"), ("ends_on", "2027-03-13")];
        round.manager.post(&path, &fields).await.ok();
        round.manager.post(&path, &fields).await.ok();
        assert_set_up(app, next).await;
        let (places,) = fetch_one!(&mut app.read().await, (i64,), "select places from leader_places where round_id = $1", next).unwrap();
        assert_eq!(places, 17);
        round.manager.get(&format!("/rounds/{next}/form")).await.ok().says("Do you work in shifts?");
        round.manager.get(&format!("/rounds/{next}/ways")).await.ok().says("/join/").says("/nominate/");

        let form = round.manager.get(&format!("{}/duplicate", round.program)).await.ok();
        let (program, first) = (form.hidden("program"), form.hidden("id"));
        let mut fields = vec![("program", program.as_str()), ("program_name", "Digital fluency, Asia"), ("id", &first), ("name", "Round 1")];
        fields.extend([("enroll_until", "2026-03-06"), ("starts_on", "2026-03-23"), ("ends_on", "2026-09-19")]);
        round.manager.post(&format!("{}/duplicate", round.program), &fields).await.ok();
        assert_set_up(app, first.parse().unwrap()).await;

        let file = round.manager.get(&format!("{}/template.toml", round.program)).await.ok();
        let saved = template::Template::parse(&file.body).unwrap();
        assert_eq!(saved.registration.iter().map(|question| question.key.as_str()).collect::<Vec<_>>(), ["shifts"]);
        let from_file = start_from(app, &mut round, &saved).await;
        let entry = |file: &template::Template| file.enrollment.clone().expect("how people come in");
        assert_eq!(entry(&saved), entry(&from_file), "a program from the file begins as the other one was set up");
        assert_eq!(entry(&saved).reminders.map(|plan| (plan.days, plan.times)), Some((12, 2)));
        assert_eq!(entry(&saved).mentor, Some(Way::Nomination));
        assert_eq!(entry(&saved).admission, Some(Admission::ByHand));
        assert_eq!(entry(&saved).screening.map(|design| design.lines.len()), Some(3));
        app.work().await; // whoever was promised the next round is looked for
    }
}

/// A new table of rounds or programs is either carried on to the next round, or there is a reason why not.
#[tokio::test]
async fn no_table_of_a_rounds_design_is_forgotten() {
    let app = TestApp::sqlite().await;
    let mut tx = app.read().await;
    let found = fetch_all!(
        tx,
        (String,),
        "select t.name from sqlite_master t, pragma_table_info(t.name) c
         where t.type = 'table' and c.name in ('round_id', 'program_id')
         union
         select t.name from sqlite_master t, pragma_foreign_key_list(t.name) f
         where t.type = 'table' and f.[table] in ('rounds', 'programs')"
    )
    .unwrap();
    let in_schema: BTreeSet<&str> = found.iter().map(|(name,)| name.as_str()).collect();
    let mut listed: Vec<&str> = COPIED.into_iter().chain(LEFT.iter().map(|(table, _)| *table)).collect();
    listed.sort_unstable();
    assert_eq!(listed, in_schema.into_iter().collect::<Vec<_>>());
}

on_both! {
    async fn a_duplicate_takes_the_design_and_nobody(app: TestApp) {
        let mut round = app.started_round().await;
        app.person("Karin Vogt").await;
        round.manager.post(&format!("{}/roles", round.program), &[("role", "sponsor"), ("email", "karin.vogt@halden.example")]).await.ok();
        round.manager.get(&round.program).await.ok().says("Duplicate the program");
        let form = round.manager.get(&format!("{}/duplicate", round.program)).await.ok();
        let (program, first) = (form.hidden("program"), form.hidden("id"));
        let path = format!("{}/duplicate", round.program);
        let fields = [("program", program.as_str()), ("id", &first), ("program_name", "Digital fluency, Asia"), ("name", "Round 1"),
            ("enroll_until", "2026-03-06"), ("starts_on", "2026-03-23"), ("ends_on", "2026-09-19")];
        let mut broken = fields;
        broken[2].1 = "";
        let back = round.manager.post(&path, &broken).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("Please fill this in");
        round.manager.post(&path, &fields).await.ok().says("The program is there");
        round.manager.post(&path, &fields).await.ok();
        assert_eq!(app.times("program.started").await, 2, "a double click makes one");
        round.manager.get(&format!("/programs/{program}")).await.ok().says("Digital fluency, Asia").says("AI at work").does_not_say("Karin Vogt");
        let first: RoundId = first.parse().unwrap();
        let copy = programs::round(&mut app.read().await, &ByServer(first)).await.unwrap();
        let old = programs::round(&mut app.read().await, &ByServer(round.id)).await.unwrap();
        assert_eq!((&copy.criteria, &copy.eligibility, copy.meetings), (&old.criteria, &old.eligibility, old.meetings));
        assert_eq!(copy.endorsement, None);
    }
}

on_both! {
    async fn an_evergreen_program_opens_its_next_round(app: TestApp) {
        let mut round = app.started_round().await;
        let path = format!("{}/evergreen", round.program);
        let back = round.manager.post(&path, &[("evergreen", "yes"), ("every_weeks", "8"), ("ahead_weeks", "9")]).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("between 1 and 7");
        round.manager.post(&format!("{}/ways", round.path), &[("mentor", "nomination"), ("mentee", "open")]).await.ok();
        round.manager.post(&path, &[("evergreen", "yes"), ("every_weeks", "26"), ("ahead_weeks", "8")]).await.ok()
            .says("opens by itself").says("22 June");
        let path_of = |page: &str| page.matches("/rounds/").count();
        let before = path_of(&round.manager.get(&round.program).await.ok().body);

        app.at("2026-06-21T10:00:00Z");
        programs::open_rounds(app.app.clone()).await.unwrap();
        assert_eq!(app.times("round.opened").await, 0, "the day before");
        app.at("2026-06-22T10:00:00Z");
        programs::open_rounds(app.app.clone()).await.unwrap();
        programs::open_rounds(app.app.clone()).await.unwrap();
        assert_eq!(app.times("round.opened").await, 1, "once");
        round.manager = app.as_person(round.ines).await;
        let page = round.manager.get(&round.program).await.ok().says("Round 2").says("17 August");
        assert!(path_of(&page.body) > before);
        let (ways,) = fetch_one!(&mut app.read().await, (i64,), "select count(*) from ways_in").unwrap();
        assert_eq!(ways, 2, "nobody comes into a round that no manager has seen");
        let letters = app.letters("ines.duarte@halden.example").await;
        let (subject, text) = letters.last().unwrap();
        assert_eq!(subject, "Digital fluency: Round 2 is open for you");
        assert!(text.contains("until 31 July 2026") && text.contains("on 17 August 2026"), "{text}");

        round.manager.post(&path, &[]).await.ok().says("Let rounds open by themselves");
        app.at("2027-06-22T10:00:00Z");
        programs::open_rounds(app.app.clone()).await.unwrap();
        assert_eq!(app.times("round.opened").await, 1);
        app.work().await; // whoever was promised the next round is looked for
    }
}

on_both! {
    async fn a_sponsor_is_asked_to_speak_three_times(app: TestApp) {
        let mut round = app.started_round().await;
        let karin = app.person("Karin Vogt").await;
        round.manager.post(&format!("{}/roles", round.program), &[("role", "sponsor"), ("email", "karin.vogt@halden.example")]).await.ok();
        let asked = async |stage: &str, moment: &str| {
            let mut tx = app.write().await;
            execute!(tx, "update rounds set stage = $1 where id = $2", stage, round.id).unwrap();
            tx.commit().await.unwrap();
            app.at(moment);
            programs::prompt_sponsors(app.app.clone()).await.unwrap();
            programs::prompt_sponsors(app.app.clone()).await.unwrap();
            let letters = app.letters("karin.vogt@halden.example").await;
            letters.into_iter().filter(|(subject, _)| subject.contains("a few words from you")).collect::<Vec<_>>()
        };
        assert_eq!(asked("enroll", "2026-01-20T10:00:00Z").await.len(), 0);
        let letters = asked("launch", "2026-02-10T10:00:00Z").await;
        assert_eq!(letters.len(), 1, "once for each moment");
        assert!(letters[0].0.contains("as the pairs begin") && letters[0].1.contains("6 meetings of 45 minutes") && !letters[0].1.contains('{'), "{:?}", letters[0]);
        assert_eq!(asked("run", "2026-03-01T10:00:00Z").await.len(), 1);
        assert_eq!(asked("run", "2026-05-20T10:00:00Z").await.len(), 2);
        assert_eq!(asked("close", "2026-08-16T10:00:00Z").await.len(), 3);

        let mut karin = app.as_person(karin).await;
        let page = format!("{}/sponsor", round.path);
        karin.get(&page).await.ok().says("Where a few words of yours help").says("tell your teams one thing").does_not_say("At half time");
        karin.post(&format!("{}/prompts/close", round.path), &[]).await.ok().says("Thank you");
        karin.post(&format!("{}/prompts/close", round.path), &[]).await.ok();
        assert_eq!(app.times("sponsor.spoke").await, 1);
        assert_eq!(karin.post(&format!("{}/prompts/lunch", round.path), &[]).await.status, StatusCode::NOT_FOUND);
        round.manager = app.as_person(round.ines).await;
        assert_eq!(round.manager.post(&format!("{}/prompts/close", round.path), &[]).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn the_promotion_kit_is_the_round_itself(app: TestApp) {
        let mut round = app.started_round().await;
        app.employee("Ana Lim", 3, "Sales").await;
        app.person("Karin Vogt").await;
        let (promotion, poster) = (format!("{}/promotion", round.path), format!("{}/poster", round.path));
        round.manager.get(&promotion).await.ok().says("A sponsor’s words are missing").says("Digital fluency")
            .says("6 meetings of 45 minutes").says("30 January 2026").says("write to Ines Duarte, ines.duarte@halden.example").says("Dear colleagues");
        round.manager.post(&format!("{}/roles", round.program), &[("role", "sponsor"), ("email", "karin.vogt@halden.example")]).await.ok();
        let sponsor = app.person_at("karin.vogt@halden.example").await.to_string();
        round.manager.post(&format!("{}/endorsement", round.path), &[("sponsor", &sponsor), ("words", "It was worth every hour.")]).await.ok();
        round.manager.get(&promotion).await.ok().does_not_say("words are missing").says("“It was worth every hour.” Karin Vogt");
        let sheet = round.manager.get(&poster).await.ok().says("AI at work").says("It was worth every hour.").says("ines.duarte@halden.example");
        assert!(sheet.body.contains("QR code: ines.duarte@halden.example") && sheet.body.matches("h1v1h-1z").count() > 200);
        let mut karin = app.as_person(app.person_at("karin.vogt@halden.example").await).await;
        round.manager.post(&format!("{}/ways", round.path), &[("mentor", "open"), ("mentee", "invitation")]).await.ok();
        round.manager.get(&poster).await.ok().says("/join/").does_not_say("Write by");
        round.manager.get(&promotion).await.ok().says("join by").says("the poster’s code leads there");
        assert_eq!(karin.get(&poster).await.status, StatusCode::NOT_FOUND);

        // The sponsor's words go with the reminder, too, and stand on the invitation's page.
        for path in ["choices", "invitations"] {
            round.manager.post(&format!("{}/{path}", round.path), &[("side", "mentor"), ("everybody", "yes")]).await.ok();
        }
        let mut browser = app.browser();
        browser.get(&app.link_to("ana.lim@halden.example").await).await.ok().says("It was worth every hour.");
        app.pass(jiff::SignedDuration::from_hours(24 * 8));
        app.work().await;
        let letters = app.letters("ana.lim@halden.example").await;
        let (_, reminder) = letters.last().unwrap();
        assert!(reminder.contains("has not reached us yet") && reminder.contains("worth every hour.\n- Karin Vogt"), "{reminder}");
    }
}
