//! Sources, and the folder into which an HR system writes at night.

use std::{fs, path::Path};

use axum::http::StatusCode;
use counterflow::{fetch_all, fetch_one, kernel::ids::SourceId, people::import::folder};
use jiff::SignedDuration;

use super::importing::{HALDEN, say_yes, take_columns};
use crate::{
    on_both,
    support::{app::TestApp, browser::Browser},
};

/// The form of a source whose files are about everybody.
const NIGHTLY: [(&str, &str); 6] = [
    ("name", "Workday, nightly"),
    ("file_pattern", "workday-*.csv"),
    ("missing_policy", "leave"),
    ("most_leavers", "20"),
    ("least_share", "70"),
    ("letters_to", "hr-data@halden.example\npiet.visser@halden.example"),
];

async fn add_source(browser: &mut Browser, fields: &[(&str, &str)]) -> SourceId {
    let id = browser.get("/directory/sources").await.ok().hidden("id");
    let all: Vec<(&str, &str)> = [("id", id.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post("/directory/sources", &all).await.ok().says("The source is added");
    browser.post("/directory/sources", &all).await.ok().says("The source is added");
    id.parse().unwrap()
}

/// A server that watches a folder, with a nightly source whose columns are confirmed.
struct House {
    app: TestApp,
    browser: Browser,
    folder: tempfile::TempDir,
    source: SourceId,
}

impl House {
    async fn new(app: &TestApp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let app = app.with(|config| config.import_folder = Some(path));
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let source = add_source(&mut browser, &NIGHTLY).await;
        let id = browser.get("/directory/import").await.ok().hidden("id");
        let fields = [("id", id.as_str()), ("source", &source.to_string())];
        let columns = browser.upload("/directory/imports", &fields, "by-hand.csv", HALDEN.as_bytes()).await.ok();
        take_columns(&mut browser, &columns, &[]).await.ok();
        app.work().await;
        let check = browser.get(&columns.path).await.ok().says("From Workday, nightly");
        say_yes(&app, &mut browser, &check, &[]).await.says("Imported on");
        Self { app, browser, folder, source }
    }

    fn drop_file(&self, name: &str, content: &str) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }

    /// Looks twice, with a while between, and does what follows.
    async fn look(&self) {
        for _ in 0..2 {
            folder::watch(self.app.app.clone()).await.unwrap();
            self.app.work().await;
            self.app.pass(SignedDuration::from_secs(30));
        }
    }

    fn lies(&self, shelf: &str) -> Vec<String> {
        names(&self.folder.path().join(shelf))
    }

    async fn letters(&self) -> Vec<(String, String)> {
        self.app.letters("hr-data@halden.example").await
    }

    async fn states(&self) -> Vec<(String, String)> {
        let mut tx = self.app.read().await;
        fetch_all!(tx, (String, String), "select file_name, state from imports order by created_at, id").unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let files = entries.map(Result::unwrap).filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = files.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

on_both! {
    async fn a_clean_nightly_file_is_imported_by_itself_once(app: TestApp) {
        let mut house = House::new(app).await;
        house.drop_file("workday-13.csv", &HALDEN.replace("Data analyst", "Lead analyst"));
        house.drop_file("canteen.csv", "Menu\nSoup\n");
        house.look().await;
        house.browser.get("/directory?q=lead").await.ok().says("Ana Lim");
        assert_eq!(house.states().await[1], ("workday-13.csv".to_owned(), "applied".to_owned()));
        assert_eq!((house.lies("").len(), house.lies("done").len()), (1, 1), "{:?}", house.lies("done"));
        assert!(house.lies("done")[0].ends_with("-workday-13.csv"));
        let letters = house.letters().await;
        let (subject, text) = letters.last().unwrap();
        assert_eq!(subject, "Workday, nightly: 0 new, 1 changed, 0 left");
        assert!(text.contains("workday-13.csv is imported") && !text.contains("Ana"), "{text}");
        house.browser.get("/directory/sources").await.ok()
            .says("canteen.csv : fits no source, so it stays where it is").says("Workday, nightly");
        house.browser.get(&format!("/directory/sources/{}", house.source)).await.ok()
            .says("workday-13.csv").says("by the watched folder");

        let count = letters.len();
        house.drop_file("workday-14.csv", &HALDEN.replace("Data analyst", "Lead analyst"));
        house.look().await;
        assert_eq!((house.states().await.len(), house.lies("done").len()), (2, 2), "the same bytes are nothing new");
        assert_eq!(house.letters().await.len(), count);
        let mut tx = house.app.read().await;
        let (same,) = fetch_one!(tx, (i64,), "select count(*) from events where kind = 'import.nothing_new'").unwrap();
        assert_eq!(same, 1);
    }
}

on_both! {
    async fn a_file_that_is_being_written_waits(app: TestApp) {
        let house = House::new(app).await;
        let (half, whole) = (&HALDEN[..HALDEN.len() / 2], HALDEN.replace("CFO", "Chief"));
        house.drop_file("workday-13.csv", half);
        folder::watch(house.app.app.clone()).await.unwrap();
        house.app.pass(SignedDuration::from_secs(30));
        house.drop_file("workday-13.csv", &whole);
        folder::watch(house.app.app.clone()).await.unwrap();
        folder::watch(house.app.app.clone()).await.unwrap();
        assert_eq!(house.states().await.len(), 1, "it has changed a moment ago");
        house.app.pass(SignedDuration::from_secs(30));
        folder::watch(house.app.app.clone()).await.unwrap();
        house.app.work().await;
        assert_eq!(house.states().await[1].1, "applied");
    }
}

on_both! {
    async fn half_the_staff_missing_stops_the_nightly_file(app: TestApp) {
        let mut house = House::new(app).await;
        let half: String = HALDEN.lines().take(3).map(|line| format!("{line}\n")).collect();
        house.drop_file("workday-13.csv", &half);
        house.look().await;
        assert_eq!(house.states().await[1].1, "checked", "nothing is changed");
        assert_eq!((house.lies("").len(), house.lies("asks").len()), (0, 1));
        let (subject, text) = house.letters().await.pop().unwrap();
        assert_eq!(subject, "Workday, nightly: a people file waits for your answer");
        assert!(text.contains("2 of 5 people would leave (40 %, at most 20 % may without a question)."), "{text}");
        assert!(text.contains("2 of 5 people are missing from the file."), "{text}");

        let path = house.app.link_to("hr-data@halden.example").await;
        let check = house.browser.get(&path).await.ok().says("Many people are missing from this file");
        let check = say_yes(&house.app, &mut house.browser, &check, &[("missing", "leave"), ("leavers", "yes")]).await;
        check.says("Left 2").says("from the watched folder");
        assert_eq!((house.lies("asks").len(), house.lies("done").len()), (0, 1), "somebody decided");
    }
}

on_both! {
    async fn what_cannot_be_read_is_put_aside_with_a_reason(app: TestApp) {
        let mut house = House::new(app).await;
        house.drop_file("workday-pdf.csv", "%PDF-1.7 \n1 0 obj");
        house.drop_file("workday-renamed.csv", &HALDEN.replace("Business Title", "Position Name"));
        house.look().await;
        assert_eq!((house.lies("").len(), house.lies("asks").len()), (0, 2));
        let letters = house.letters().await;
        let subjects: Vec<&str> = letters.iter().map(|(subject, _)| subject.as_str()).collect();
        assert!(subjects.contains(&"Workday, nightly: a people file can't be read"), "{subjects:?}");
        assert!(subjects.contains(&"Workday, nightly: a people file has columns that nobody has confirmed"), "{subjects:?}");
        assert!(letters.iter().any(|(_, text)| text.contains("This is a PDF")), "{letters:?}");
        house.browser.get("/directory/sources").await.ok().says("waits for you");
        house.look().await;
        assert_eq!(house.letters().await.len(), letters.len(), "nobody is told twice");
    }
}

on_both! {
    async fn sources_are_checked_and_remember_their_own_columns(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        browser.get("/directory/sources").await.ok().says("No sources yet").says("No folder is watched");
        let first = add_source(&mut browser, &NIGHTLY).await;
        let form = browser.get("/directory/sources").await.ok();
        let id = form.hidden("id");
        let mut fields = NIGHTLY.to_vec();
        fields.push(("id", &id));
        let refused = browser.post("/directory/sources", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("Another source has this name").says("The files of “Workday, nightly” are called so already");
        let second = add_source(&mut browser, &[("name", "Contractors"), ("missing_policy", "stay"), ("most_leavers", "10"), ("least_share", "0"), ("letters_to", "")]).await;

        let file = b"Nr,Name,Mail,Team\n1,Ana Lim,ana.lim@halden.example,Data\n2,Piet Visser,piet.visser@halden.example,Data\n";
        for (source, meaning) in [(first, "department"), (second, "extra:Agency")] {
            let id = browser.get("/directory/import").await.ok().hidden("id");
            let fields = [("id", id.as_str()), ("source", &source.to_string())];
            let page = browser.upload("/directory/imports", &fields, "people.csv", file).await.ok();
            take_columns(&mut browser, &page, &[("column.Team", meaning), ("column.Nr", "employee_id")]).await.ok();
            app.work().await;
            let checked = browser.get(&page.path).await.ok();
            say_yes(app, &mut browser, &checked, &[]).await.says("Imported on");
        }
        for (source, meaning) in [(first, "department"), (second, "extra:Agency")] {
            let id = browser.get("/directory/import").await.ok().hidden("id");
            let fields = [("id", id.as_str()), ("source", &source.to_string())];
            let page = browser.upload("/directory/imports", &fields, "people.csv", file).await.ok();
            let offered = page.form(&format!("{}/mapping", page.path));
            assert!(offered.contains(&("column.Team".to_owned(), meaning.to_owned())), "{offered:?}");
        }
        browser.post(&format!("/directory/sources/{second}/removal"), &[]).await.ok().says("The source is removed");
        assert_eq!(browser.get(&format!("/directory/sources/{second}")).await.status, StatusCode::NOT_FOUND);
        let mut changed = NIGHTLY.to_vec();
        changed[0] = ("name", "Contractors");
        browser.post(&format!("/directory/sources/{first}"), &changed).await.ok().says("Saved");
    }
}

on_both! {
    async fn a_file_whose_import_was_undone_asks_when_it_comes_again(app: TestApp) {
        let mut house = House::new(app).await;
        let wrong = HALDEN.replace("Data analyst", "Lead analyst");
        house.drop_file("workday-13.csv", &wrong);
        house.look().await;
        let mut tx = house.app.read().await;
        let (import,): (String,) =
            fetch_one!(tx, (String,), "select id from imports where file_name = 'workday-13.csv'").unwrap();
        drop(tx);
        house.browser.post(&format!("/directory/imports/{import}/undo"), &[]).await.ok();
        house.app.work().await;
        house.browser.get("/directory?q=lead").await.ok().does_not_say("Ana Lim");

        house.drop_file("workday-14.csv", &wrong);
        house.look().await;
        house.browser.get("/directory?q=lead").await.ok().does_not_say("Ana Lim");
        assert_eq!(house.states().await[2], ("workday-14.csv".to_owned(), "checked".to_owned()));
        assert_eq!(house.lies("asks").len(), 1);
        let letters = house.letters().await;
        let (subject, text) = letters.last().unwrap();
        assert_eq!(subject, "Workday, nightly: a people file waits for your answer");
        assert!(text.contains("that import was undone"), "{text}");
        let link = text.lines().find_map(|line| line.split_once("/directory/imports/")).unwrap().1;
        let page = house.browser.get(&format!("/directory/imports/{}", link.trim())).await.ok();
        say_yes(&house.app, &mut house.browser, &page.says("This file was imported before, and undone on"), &[]).await.says("Imported on");
        house.browser.get("/directory?q=lead").await.ok().says("Ana Lim");
    }
}

on_both! {
    async fn two_who_look_at_once_make_one_import(app: TestApp) {
        let house = House::new(app).await;
        house.drop_file("workday-13.csv", &HALDEN.replace("CFO", "Chief"));
        folder::watch(house.app.app.clone()).await.unwrap();
        house.app.pass(SignedDuration::from_secs(30));
        let looks = (0..4).map(|_| tokio::spawn(folder::watch(house.app.app.clone())));
        for look in looks.collect::<Vec<_>>() {
            look.await.unwrap().unwrap();
        }
        house.app.work().await;
        assert_eq!(house.states().await.len(), 2, "one by hand, and one from the folder: {:?}", house.states().await);
    }
}

on_both! {
    async fn a_newer_file_sets_older_ones_aside_that_wait(app: TestApp) {
        let mut house = House::new(app).await;
        let many = HALDEN.lines().take(2).collect::<Vec<_>>().join("\n");
        house.drop_file("workday-13.csv", &many);
        house.look().await;
        assert_eq!(house.states().await[1].1, "checked");
        house.drop_file("workday-14.csv", &HALDEN.replace("CFO", "Chief"));
        house.look().await;
        assert_eq!(house.states().await.into_iter().skip(1).map(|(_, state)| state).collect::<Vec<_>>(), ["cancelled", "applied"]);

        // Without a source: the same person's file of the same name, and no other.
        for (name, content) in [("people.csv", "Name,E-mail\nA B,a@halden.example\n"), ("other.csv", HALDEN), ("people.csv", HALDEN)] {
            let id = house.browser.get("/directory/import").await.ok().hidden("id");
            house.app.pass(SignedDuration::from_secs(1));
            house.browser.upload("/directory/imports", &[("id", id.as_str())], name, content.as_bytes()).await.ok();
        }
        assert_eq!(house.states().await.into_iter().skip(3).map(|(_, state)| state).collect::<Vec<_>>(), ["cancelled", "uploaded", "uploaded"]);
        assert_eq!(house.app.times("import.set_aside").await, 2);
    }
}
