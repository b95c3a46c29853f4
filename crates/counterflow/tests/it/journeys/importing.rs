//! The people file, from the upload to the directory.

use axum::http::StatusCode;
use counterflow::{
    execute, fetch_all, fetch_one,
    kernel::{
        guard::ByServer,
        ids::{ImportId, PersonId},
    },
    people::import::{
        State,
        jobs::{self, Finish},
    },
};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::{Browser, Reply},
    },
};

/// Halden's people as its HR system exports them. Piet has looked after the server since before.
pub const HALDEN: &str = "\
Employee ID,Worker,Work Email,Manager ID,Business Title,Job Level,Department,Location,Hire Date,Termination Date,Pronouns
1,\"Holm, Karin\",karin.holm@halden.example,,CEO,12,Board,Berlin,2009-02-01,,she/her
2,Ruth Okafor,ruth.okafor@halden.example,1,CFO,11,Finance,Berlin,2012-05-01,,
3,Inés Duarte,ines.duarte@halden.example,1,Head of People,10,People,Lisbon,2015-09-01,,she/her
4,Ana Lim,ana.lim@halden.example,2,Data analyst,3,Finance,Singapore,2023-01-09,,
5,Piet Visser,piet.visser@halden.example,3,IT,5,People,Berlin,2018-03-01,,
";

pub async fn upload(browser: &mut Browser, name: &str, content: &[u8]) -> Reply {
    let id = browser.get("/directory/import").await.ok().hidden("id");
    browser.upload("/directory/imports", &[("id", &id)], name, content).await
}

/// Sends the form of the columns as it is offered, but for the answers given.
pub async fn take_columns(browser: &mut Browser, page: &Reply, answers: &[(&str, &str)]) -> Reply {
    let action = format!("{}/mapping", page.path);
    let offered = page.form(&action);
    let kept = offered.iter().filter(|(name, _)| answers.iter().all(|(answer, _)| answer != name));
    let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = kept.chain(answers.iter().copied()).collect();
    browser.post(&action, &fields).await
}

/// Uploads, takes the columns as they are guessed, and answers the page of the dry run.
pub async fn dry_run(app: &TestApp, browser: &mut Browser, content: &str) -> Reply {
    let page = upload(browser, "people.csv", content.as_bytes()).await.ok();
    take_columns(browser, &page, &[]).await.ok().says("Being checked");
    app.work().await;
    browser.get(&page.path).await.ok()
}

pub async fn say_yes(app: &TestApp, browser: &mut Browser, dry_run: &Reply, answers: &[(&str, &str)]) -> Reply {
    let seen = dry_run.hidden("seen");
    let fields: Vec<(&str, &str)> = [("seen", seen.as_str())].into_iter().chain(answers.iter().copied()).collect();
    let reply = browser.post(&format!("{}/confirmation", dry_run.path), &fields).await;
    if reply.status != StatusCode::OK {
        return reply;
    }
    app.work().await;
    browser.get(&dry_run.path).await.ok()
}

pub async fn import(app: &TestApp, browser: &mut Browser, content: &str) -> Reply {
    let page = dry_run(app, browser, content).await;
    say_yes(app, browser, &page, &[]).await
}

/// The directory in a few columns, by name.
async fn directory(app: &TestApp) -> Vec<(String, Option<String>, Option<String>, String)> {
    let mut tx = app.read().await;
    fetch_all!(
        tx,
        (String, Option<String>, Option<String>, String),
        "select people.name, people.employee_id, managers.name, people.status
         from people left join people managers on managers.id = people.manager_id order by people.name"
    )
    .unwrap()
}

async fn count(app: &TestApp, kind: &str) -> i64 {
    let mut tx = app.read().await;
    fetch_one!(tx, (i64,), "select count(*) from events where kind = $1", kind).unwrap().0
}

pub async fn person(app: &TestApp, email: &str) -> PersonId {
    let mut tx = app.read().await;
    fetch_one!(tx, (PersonId,), "select id from people where email = $1", email).unwrap().0
}

fn row(
    name: &str,
    id: Option<&str>,
    manager: Option<&str>,
    status: &str,
) -> (String, Option<String>, Option<String>, String) {
    (name.to_owned(), id.map(str::to_owned), manager.map(str::to_owned), status.to_owned())
}

fn import_id(page: &Reply) -> ImportId {
    page.path.rsplit('/').next().unwrap().parse().unwrap()
}

on_both! {
    async fn a_file_becomes_the_directory_and_the_same_file_again_changes_nothing(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        browser.get("/directory").await.ok().says("Only you so far").says("Import the people file");

        let columns = upload(&mut browser, "people.csv", HALDEN.as_bytes()).await.ok();
        let columns = columns.says("5 rows, separated by commas, UTF-8").says("Holm, Karin").says("The header is known");
        let checking = take_columns(&mut browser, &columns, &[("column.Pronouns", "extra:Pronouns")]).await.ok();
        assert_eq!(checking.headers["refresh"], "2", "the page of the progress loads itself again");
        checking.says("Being checked").says("Read 5 rows");
        browser.get("/directory/import").await.ok().says("Being checked");
        app.work().await;
        let page = browser.get(&columns.path).await.ok();
        let text = page.text();
        assert!(text.contains("New 4") && text.contains("Changed 1") && text.contains("Rejected 0"), "{text}");
        assert_eq!(directory(app).await.len(), 1, "a dry run changes nothing");
        say_yes(app, &mut browser, &page, &[]).await.says("Imported on").says("New 4");

        assert_eq!(directory(app).await, [
            row("Ana Lim", Some("4"), Some("Ruth Okafor"), "active"),
            row("Inés Duarte", Some("3"), Some("Karin Holm"), "active"),
            row("Karin Holm", Some("1"), None, "active"),
            row("Piet Visser", Some("5"), Some("Inés Duarte"), "active"),
            row("Ruth Okafor", Some("2"), Some("Karin Holm"), "active"),
        ]);
        assert_eq!(person(app, "piet.visser@halden.example").await, piet, "adopted by e-mail");
        assert_eq!(count(app, "directory.imported").await, 1);

        let again = dry_run(app, &mut browser, HALDEN).await;
        again.says("The directory says the same as this file already").says("Unchanged 5").does_not_say("Import it");
        browser.get("/directory?q=duarte+people").await.ok().says("Inés Duarte").does_not_say("Ruth Okafor");
        browser.get("/directory?q=INES").await.ok().says("1 matches").says("Inés Duarte");
        let ana = person(app, "ana.lim@halden.example").await;
        browser.get(&format!("/directory/people/{ana}")).await.ok()
            .says("Reports to Ruth Okafor CFO Karin Holm CEO").says("Data analyst").does_not_say("she/her");
        let ines = person(app, "ines.duarte@halden.example").await;
        browser.get(&format!("/directory/people/{ines}")).await.ok().says("Pronouns").does_not_say("she/her").says("1 report");
    }
}

on_both! {
    async fn the_columns_are_remembered_and_mistakes_in_them_are_named(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let file = "Nr,Name,Mail,Team\n1,Ana Lim,ana.lim@halden.example,Data\n2,Ben Oz,ben.oz@halden.example,Data\n";
        let page = upload(&mut browser, "hand.csv", file.as_bytes()).await.ok();
        let wrong = take_columns(&mut browser, &page, &[("column.Nr", "email"), ("column.Mail", "email"), ("column.Name", "ignore")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says("Several columns are read as e-mail: Mail, Nr").says("No column is read as name");
        // What was only checked, and never imported, is nothing to go by.
        take_columns(&mut browser, &page, &[("column.Team", "ignore"), ("column.Nr", "employee_id")]).await.ok();
        app.work().await;
        browser.post(&format!("{}/cancellation", page.path), &[]).await.ok().says("Cancelled");
        let page = upload(&mut browser, "hand.csv", file.as_bytes()).await.ok().does_not_say("as you confirmed them");

        take_columns(&mut browser, &page, &[("column.Team", "extra:Crew"), ("column.Nr", "employee_id")]).await.ok();
        app.work().await;
        let checked = browser.get(&page.path).await.ok();
        say_yes(app, &mut browser, &checked, &[]).await.says("Imported on");

        let next = upload(&mut browser, "hand2.csv", "Team,Mail,Nr,Name\nArt,ana.lim@halden.example,1,Ana Lim\n".as_bytes()).await.ok();
        let next = next.says("as you confirmed them for an earlier file");
        let offered = next.form(&format!("{}/mapping", next.path));
        assert!(offered.contains(&("column.Team".to_owned(), "extra:Crew".to_owned())), "{offered:?}");
        browser.post(&format!("{}/cancellation", next.path), &[]).await.ok().says("Cancelled");
        let mut tx = app.read().await;
        let kept: Vec<(ImportId,)> = fetch_all!(tx, (ImportId,), "select id from imports where content is not null").unwrap();
        assert!(kept.is_empty(), "files are deleted when an import is over");
        let kept: Vec<(ImportId,)> = fetch_all!(tx, (ImportId,), "select id from imports where report is not null").unwrap();
        assert!(kept.is_empty(), "so is what was read of people in them");
    }
}

on_both! {
    async fn what_cannot_be_guessed_is_asked(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let file = "ID,Name,Email,Hire Date,Status\n1,Ana Lim,ana.lim@halden.example,3/1/2024,Active\n2,Ben Oz,ben.oz@halden.example,5/4/2020,Seconded\n";
        let page = upload(&mut browser, "people.csv", file.as_bytes()).await.ok();
        let unanswered = take_columns(&mut browser, &page, &[]).await;
        assert_eq!(unanswered.status, StatusCode::UNPROCESSABLE_ENTITY);
        unanswered.says("Answer the questions about this file").says("3/1/2024").says("Seconded");
        take_columns(&mut browser, &page, &[("order.Hire Date", "day-first"), ("status.Seconded", "on_leave")]).await.ok();
        app.work().await;
        let checked = browser.get(&page.path).await.ok();
        say_yes(app, &mut browser, &checked, &[]).await.says("Imported on");
        let mut tx = app.read().await;
        let rows = fetch_all!(tx, (String, String), "select started_on, status from people where employee_id is not null order by name").unwrap();
        assert_eq!(rows, [("2024-01-03".to_owned(), "active".to_owned()), ("2020-04-05".to_owned(), "on_leave".to_owned())]);
    }
}

on_both! {
    async fn bad_rows_are_all_named_and_nothing_is_imported_without_a_yes(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let file = "Employee ID,Name,Email,Manager Email,Start date\n\
            1,Karin Holm,karin.holm@halden.example,,2009-02-01\n\
            2,Ruth Okafor,ruth.okafor,karin.holm@halden.example,31.02.2024\n\
            3,Wei Zhang,wei.zhang@halden.example,fiona@halden.example,\n\
            4,Fiona Gallagher,fiona@halden.example,wei.zhang@halden.example,\n\
            1,Kwame Boateng,kwame@halden.example,karin.hom@halden.example,\n\
            6,Ana Lim,ana.lim@halden.example,karin.hom@halden.example,2020-01-01\n";
        let page = dry_run(app, &mut browser, file).await;
        let page = page.says("4 rows of people.csv can’t be imported")
            .says("3 Email ruth.okafor This is not an e-mail address.")
            .says("3 Start date 31.02.2024 February has no 31st. Dates in this column are read as day, month, year.")
            .says("4 Manager Email fiona@halden.example Goes round in a circle: Wei Zhang reports to Fiona Gallagher, who reports to Wei Zhang.")
            .says("6 Employee ID 1 The same id as in line 2, with another name (Karin Holm).")
            .says("7 Manager Email karin.hom@halden.example Nobody in the file or the directory has this e-mail. Closest: karin.holm@halden.example");
        let csv = browser.get(&format!("{}/errors", page.path)).await.ok();
        assert_eq!(csv.body.lines().count(), 6, "{}", csv.body);
        assert!(csv.body.contains(r#""3","Email","ruth.okafor","This is not an e-mail address.""#), "{}", csv.body);

        let refused = say_yes(app, &mut browser, &page, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("say whether the rejected rows may be kept out");
        assert_eq!(directory(app).await.len(), 1);

        say_yes(app, &mut browser, &page, &[("rejected", "keep-out")]).await.says("Imported on").says("Rejected 4");
        let gone = browser.get(&format!("{}/errors", page.path)).await;
        assert_eq!(gone.status, StatusCode::CONFLICT);
        gone.says("This import is over, and its rejected rows are not kept any longer.");
        assert_eq!(directory(app).await, [
            row("Fiona Gallagher", Some("4"), None, "active"),
            row("Karin Holm", Some("1"), None, "active"),
            row("Piet Visser", None, None, "active"),
        ]);
    }
}

on_both! {
    async fn many_leavers_stop_and_ask_and_whoever_is_back_is_the_same_person(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await.says("Imported on");
        let ana = person(app, "ana.lim@halden.example").await;
        let mut anas = app.as_person(ana).await;
        anas.get("/me").await.ok().says("My settings");

        let without_ana = HALDEN.replace("2023-01-09,,", "2023-01-09,2026-01-09,");
        let page = dry_run(app, &mut browser, &without_ana).await;
        let page = page.says("Leaving 1").says("Yes, 1 of 5 people (20 %) really leave").says("Ana Lim, Finance, 9 January (line 5)");
        let asked = say_yes(app, &mut browser, &page, &[]).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        asked.says("say whether so many people really leave");
        assert_eq!(count(app, "person.left").await, 0);
        say_yes(app, &mut browser, &page, &[("leavers", "yes")]).await.says("Imported on").says("Left 1");
        assert_eq!(count(app, "person.left").await, 1);
        assert!(directory(app).await.contains(&row("Ana Lim", Some("4"), Some("Ruth Okafor"), "left")));
        anas.get("/me").await.says("Sign in");
        browser.get("/directory?show=left").await.ok().says("Ana Lim");
        dry_run(app, &mut browser, &without_ana).await.says("The directory says the same");

        import(app, &mut browser, HALDEN).await.says("1 of them had left and are back");
        assert_eq!(person(app, "ana.lim@halden.example").await, ana);
        assert!(directory(app).await.contains(&row("Ana Lim", Some("4"), Some("Ruth Okafor"), "active")));

        let last_day_today = HALDEN.replace("2023-01-09,,", "2023-01-09,2026-01-12,");
        let page = dry_run(app, &mut browser, &last_day_today).await;
        let page = page.says("Leaving 0").says("Will leave 1").says("Ana Lim, Finance, 12 January (line 5)");
        let page = page.says("Yes, 1 of 5 people (20 %) really leave");
        assert_eq!(say_yes(app, &mut browser, &page, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        say_yes(app, &mut browser, &page, &[("leavers", "yes")]).await.says("1 of them will leave");
    }
}

on_both! {
    async fn whoever_is_missing_stays_unless_somebody_says_that_they_left(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await.says("Imported on");
        let only_finance: String = HALDEN.lines().filter(|line| !line.starts_with(['3', '5'])).map(|line| format!("{line}\n")).collect();
        let page = dry_run(app, &mut browser, &only_finance).await;
        let page = page.says("1 person is missing from this file: mark them as left").says("Inés Duarte, People");
        let asked = say_yes(app, &mut browser, &page, &[("missing", "leave")]).await;
        asked.says("say whether so many people really leave");
        say_yes(app, &mut browser, &page, &[("missing", "leave"), ("leavers", "yes")]).await.says("Left 1");
        let statuses: Vec<_> = directory(app).await.into_iter().filter(|(.., status)| status == "left").map(|(name, ..)| name).collect();
        assert_eq!(statuses, ["Inés Duarte"], "the admin is missing too, and stays");
    }
}

on_both! {
    async fn the_last_admin_cannot_leave(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await;
        let page = dry_run(app, &mut browser, &HALDEN.replace("2018-03-01,,", "2018-03-01,2025-12-31,")).await;
        page.says("Nobody else looks after this server");
    }
}

on_both! {
    async fn two_people_may_swap_their_e_mails(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await;
        let (ana, ruth) = (person(app, "ana.lim@halden.example").await, person(app, "ruth.okafor@halden.example").await);
        let swapped = HALDEN.replace("ana.lim@", "x@").replace("ruth.okafor@", "ana.lim@").replace("x@", "ruth.okafor@");
        import(app, &mut browser, &swapped).await.says("Changed 2");
        assert_eq!(person(app, "ana.lim@halden.example").await, ruth);
        assert_eq!(person(app, "ruth.okafor@halden.example").await, ana);
    }
}

on_both! {
    async fn wrong_files_are_refused_with_a_reason(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let check = [
            ("", &b""[..], "Choose a file first"),
            ("empty.csv", b"", "The file is empty"),
            ("blank.csv", b"\n\n \n", "The file is empty"),
            ("header.csv", b"Name,Email\n", "no rows below it"),
            ("people.pdf", b"%PDF-1.7 \n1 0 obj", "This is a PDF. Save the table as CSV"),
            ("people.xls", b"<html><body><table>", "This is a web page"),
            ("twice.csv", b"Name,name\nAna,Lim\n", "have the same header"),
        ];
        for (name, content, expected) in check {
            let reply = upload(&mut browser, name, content).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            reply.says(expected).says("Nothing was kept of it").says("Choose a file");
        }
        browser.get("/directory/import").await.ok().says("No imports yet");
    }
}

on_both! {
    async fn double_clicks_and_the_back_button_do_no_harm(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let id = browser.get("/directory/import").await.ok().hidden("id");
        let first = browser.upload("/directory/imports", &[("id", &id)], "people.csv", HALDEN.as_bytes()).await.ok();
        let second = browser.upload("/directory/imports", &[("id", &id)], "people.csv", HALDEN.as_bytes()).await.ok();
        assert_eq!(first.path, second.path);
        let other = browser.upload("/directory/imports", &[("id", &id)], "other.csv", b"Name,Email\nUma Kim,uma.kim@halden.example\n").await.ok();
        other.says("Uma Kim");
        assert_eq!(count(app, "import.uploaded").await, 2);
        take_columns(&mut browser, &first, &[]).await.ok();
        take_columns(&mut browser, &first, &[]).await.says("That was not done");
        app.work().await;
        let page = browser.get(&first.path).await.ok();
        let fields = [("seen", page.hidden("seen"))].map(|(name, value)| (name, value));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let confirmation = format!("{}/confirmation", page.path);
        browser.post(&confirmation, &fields).await.ok().says("Being imported");
        browser.post(&confirmation, &fields).await.ok().says("Being imported");
        app.work().await;
        browser.post(&confirmation, &fields).await.ok().says("Imported on");
        browser.post(&format!("{}/cancellation", page.path), &[]).await.says("This is over already");
        assert_eq!(count(app, "directory.imported").await, 1);
    }
}

on_both! {
    async fn an_import_that_is_cancelled_leaves_nothing(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let page = upload(&mut browser, "people.csv", HALDEN.as_bytes()).await.ok();
        take_columns(&mut browser, &page, &[]).await.ok();
        browser.post(&format!("{}/cancellation", page.path), &[]).await.ok().says("The directory is as it was");
        app.work().await;
        browser.get(&page.path).await.ok().says("Cancelled");

        let page = dry_run(app, &mut browser, HALDEN).await;
        browser.post(&format!("{}/confirmation", page.path), &[("seen", &page.hidden("seen"))]).await.ok();
        browser.post(&format!("{}/cancellation", page.path), &[]).await.ok().says("Cancelled");
        app.work().await;
        assert_eq!(directory(app).await.len(), 1);
    }
}

on_both! {
    async fn a_yes_is_for_what_was_seen(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let page = dry_run(app, &mut browser, HALDEN).await;
        let seen = page.hidden("seen");
        browser.post(&format!("{}/confirmation", page.path), &[("seen", &seen)]).await.ok().says("Being imported");
        app.person("Ruth Okafor").await;
        app.work().await;
        let again = browser.get(&page.path).await.ok().says("The directory changed after you had said yes").says("Changed 2");
        assert_eq!(directory(app).await.len(), 2);
        browser.post(&format!("{}/confirmation", page.path), &[("seen", &seen)]).await.says("look at it again");
        say_yes(app, &mut browser, &again, &[]).await.says("Imported on");
    }
}

on_both! {
    async fn killed_in_the_middle_nothing_is_half_done_and_it_runs_again(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let page = dry_run(app, &mut browser, HALDEN).await;
        browser.post(&format!("{}/confirmation", page.path), &[("seen", &page.hidden("seen"))]).await.ok();

        // A process claims the job, writes everything, and dies before the commit.
        let mut tx = app.write().await;
        let until = tx.now().plus(SignedDuration::from_mins(10));
        execute!(tx, "update jobs set leased_until = $1, attempts = 1, fence = 1 where kind = 'people.apply_import'", until).unwrap();
        tx.commit().await.unwrap();
        let ready = jobs::prepare(&app.app, ByServer(import_id(&page)), State::Applying).await.unwrap().unwrap();
        let mut tx = app.write().await;
        assert_eq!(jobs::finish(&mut tx, ready).await.unwrap(), Finish::Applied);
        let (written,) = fetch_one!(tx, (i64,), "select count(*) from people").unwrap();
        assert_eq!(written, 5);
        drop(tx);

        assert_eq!(directory(app).await.len(), 1, "nothing is half done");
        browser.get(&page.path).await.ok().says("Being imported").says("Write 5 people");
        app.work().await;
        browser.get(&page.path).await.ok().says("Being imported");
        app.pass(SignedDuration::from_mins(11));
        app.work().await;
        browser.get(&page.path).await.ok().says("Imported on");
        assert_eq!(directory(app).await.len(), 5);
        assert_eq!(count(app, "directory.imported").await, 1);
    }
}

on_both! {
    async fn whoever_has_a_last_day_leaves_when_it_is_over(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, &HALDEN.replace("2023-01-09,,", "2023-01-09,2026-01-13,")).await.says("Imported on");
        let ana = person(app, "ana.lim@halden.example").await;
        browser.get(&format!("/directory/people/{ana}")).await.ok().says("Works here until 13 January");
        app.at("2026-01-13T22:30:00Z");
        app.work().await;
        assert_eq!(count(app, "person.left").await, 0, "in Berlin it is still her last day");
        app.at("2026-01-13T23:31:00Z");
        app.work().await;
        assert_eq!(count(app, "person.left").await, 1);
        assert!(directory(app).await.contains(&row("Ana Lim", Some("4"), Some("Ruth Okafor"), "left")));
    }
}

on_both! {
    async fn an_upload_that_nobody_goes_on_with_is_forgotten(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let page = upload(&mut browser, "people.csv", HALDEN.as_bytes()).await.ok();
        app.pass(SignedDuration::from_hours(15 * 24));
        app.work().await;
        let mut browser = app.as_person(piet).await;
        browser.get(&page.path).await.ok().says("Cancelled");
        assert_eq!(count(app, "import.forgotten").await, 1);
    }
}

on_both! {
    async fn an_import_that_a_mistake_of_ours_ends_is_recorded(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let page = upload(&mut browser, "people.csv", HALDEN.as_bytes()).await.ok();
        take_columns(&mut browser, &page, &[]).await.ok();
        let mut tx = app.write().await;
        execute!(tx, "update imports set mapping = 'not the form of a mapping'").unwrap();
        tx.commit().await.unwrap();
        app.work().await;
        browser.get(&page.path).await.ok().says("stopped because of a mistake of ours");
        assert_eq!(count(app, "import.failed").await, 1);
    }
}

/// A workbook whose first sheet tells how to fill in the second.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let help = book.add_worksheet().set_name("Read me").unwrap();
    help.write_row(0, 0, ["Name", "Email"]).unwrap();
    help.write_row(1, 0, ["Your name here", "your@halden.example"]).unwrap();
    let people = book.add_worksheet().set_name("People").unwrap();
    people.write_row(0, 0, ["Employee ID", "Name", "Email"]).unwrap();
    people.write_row(1, 0, ["1", "Karin Holm", "karin.holm@halden.example"]).unwrap();
    book.save_to_buffer().unwrap()
}

on_both! {
    async fn another_sheet_of_a_workbook_can_be_read(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let page = upload(&mut browser, "people.xlsx", &workbook()).await.ok().says("sheet “Read me”").says("Your name here");
        let page = browser.post(&format!("{}/sheet", page.path), &[("sheet", "People")]).await.ok();
        let page = page.says("sheet “People”").says("Karin Holm");
        take_columns(&mut browser, &page, &[]).await.ok();
        app.work().await;
        let page = browser.get(&page.path).await.ok();
        say_yes(app, &mut browser, &page, &[]).await.says("New 1");
        assert!(directory(app).await.contains(&row("Karin Holm", Some("1"), None, "active")));
    }
}

on_both! {
    async fn a_file_that_is_too_large_is_refused_before_it_is_read(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let request = browser.request("POST", "/directory/imports")
            .header("content-type", "multipart/form-data; boundary=X")
            .header("content-length", "1073741824")
            .header("sec-fetch-site", "same-origin")
            .body("--X".into()).unwrap();
        let reply = browser.raw(request).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
        reply.says("That is larger than this server takes (64 MiB)");
    }
}

on_both! {
    async fn a_zone_of_ones_own_stays_until_the_directory_says_another(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let file = |zone: &str| format!("ID,Name,Email,Time Zone\n5,Piet Visser,piet.visser@halden.example,{zone}\n");
        import(app, &mut browser, &file("Europe/Berlin")).await.says("Changed 1");
        browser.post("/me", &[("zone", "Asia/Singapore"), ("theme", "dark")]).await.ok();
        dry_run(app, &mut browser, &file("Europe/Berlin")).await.says("The directory says the same");
        import(app, &mut browser, &file("Europe/Lisbon")).await.says("Changed 1");
        browser.get("/me").await.ok().says("Lisbon");
    }
}
