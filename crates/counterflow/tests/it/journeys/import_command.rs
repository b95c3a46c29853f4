//! `counterflow import`: answers, exit codes, and nothing half done.

use std::path::PathBuf;

use counterflow::{
    execute, fetch_one,
    people::import::command::{self, Format, Given},
};

use crate::{on_both, support::app::TestApp};

const GOOD: &str = "\
Employee ID,Name,Email,Manager Email,Department
1,Karin Holm,karin.holm@halden.example,,Board
2,Ruth Okafor,ruth.okafor@halden.example,karin.holm@halden.example,Finance
3,Ana Lim,ana.lim@halden.example,ruth.okafor@halden.example,Finance
";

/// A folder with a people file, and the command on it.
struct Command {
    folder: tempfile::TempDir,
    given: Given,
}

impl Command {
    fn on(app: &TestApp, content: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("people.csv");
        std::fs::write(&file, content).unwrap();
        let given = Given {
            file,
            config: None,
            database: Some(app.app.config.database.clone()),
            mapping: None,
            sheet: None,
            dry_run: false,
            format: Format::Text,
            accept_rejected: false,
            confirm_leavers: false,
            mark_missing_left: false,
            confirm_partial: false,
            confirm_changes: false,
            source: None,
        };
        Self { folder, given }
    }

    fn with(mut self, change: impl FnOnce(&mut Given)) -> Self {
        change(&mut self.given);
        self
    }

    fn with_mapping(self, toml: &str) -> Self {
        let path: PathBuf = self.folder.path().join("MAP.toml");
        std::fs::write(&path, toml).unwrap();
        self.with(|given| given.mapping = Some(path))
    }

    /// Exit code, standard output, standard error.
    async fn run(&self, app: &TestApp) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = command::run(self.given.clone(), app.clock.clone(), &mut out, &mut err).await.unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }
}

async fn people(app: &TestApp) -> i64 {
    let mut tx = app.read().await;
    fetch_one!(tx, (i64,), "select count(*) from people where status <> 'left'").unwrap().0
}

#[track_caller]
fn says(text: &str, words: &str) {
    assert!(text.contains(words), "does not say {words:?} but: {text}");
}

on_both! {
    async fn a_clean_file_is_imported_once(app: TestApp) {
        let (code, out, _) = Command::on(app, GOOD).with(|given| given.dry_run = true).run(app).await;
        assert_eq!((code, people(app).await), (0, 0));
        says(&out, "New                 3");
        says(&out, "Nothing was changed: this was a dry run.");

        let (code, out, err) = Command::on(app, GOOD).run(app).await;
        assert_eq!((code, people(app).await, err.as_str()), (0, 3, ""));
        says(&out, "Imported.");
        let (code, out, _) = Command::on(app, GOOD).run(app).await;
        assert_eq!(code, 0);
        says(&out, "Unchanged           3");
        says(&out, "The directory said the same already.");
    }
}

on_both! {
    async fn rejected_rows_keep_everything_out_until_they_are_accepted(app: TestApp) {
        let bad = format!("{GOOD}4,Wei Zhang,wei.zhang,karin.hom@halden.example,Finance\n");
        let (code, out, _) = Command::on(app, &bad).run(app).await;
        assert_eq!((code, people(app).await), (2, 0));
        says(&out, "line 5, Email, \"wei.zhang\": This is not an e-mail address.");
        says(&out, "Nothing was imported. Correct the rejected rows, or import the others with --accept-rejected.");

        let accepting = Command::on(app, &bad).with(|given| given.accept_rejected = true);
        let (code, out, _) = accepting.with(|given| given.format = Format::Json).run(app).await;
        assert_eq!((code, people(app).await), (2, 3));
        let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(answer["status"], "imported");
        assert_eq!(answer["counts"]["new"], 3);
        assert_eq!(answer["rejected"][0]["line"], 5);
        assert_eq!(answer["rejected"][0]["cause"]["kind"], "not_an_email");
    }
}

on_both! {
    async fn many_leavers_need_a_word(app: TestApp) {
        Command::on(app, GOOD).run(app).await;
        let gone = GOOD.replace(",Department", ",Department,Termination Date").replace("Board", "Board,")
            .replace("halden.example,Finance", "halden.example,Finance,2025-11-30");
        let (code, out, _) = Command::on(app, &gone).run(app).await;
        assert_eq!((code, people(app).await), (1, 3));
        says(&out, "2 of 3 people (67 %) would leave");
        let (code, _, _) = Command::on(app, &gone).with(|given| given.confirm_leavers = true).run(app).await;
        assert_eq!((code, people(app).await), (0, 1));

        let one = "Employee ID,Name,Email\n9,Uma Kim,uma.kim@halden.example\n";
        let all = Command::on(app, one).with(|given| (given.mark_missing_left, given.confirm_leavers) = (true, true));
        let (code, _, _) = all.run(app).await;
        assert_eq!((code, people(app).await), (0, 1), "Uma is here, and Karin was missing");
        app.work().await;
    }
}

on_both! {
    async fn many_who_leave_soon_need_a_word_too(app: TestApp) {
        Command::on(app, GOOD).run(app).await;
        let today = "2026-01-12";
        let ends = GOOD.replace(",Department", ",Department,End Date").replace("Board", &format!("Board,{today}"))
            .replace("halden.example,Finance", &format!("halden.example,Finance,{today}"));
        let (code, out, _) = Command::on(app, &ends).run(app).await;
        assert_eq!(code, 1, "{out}");
        says(&out, "Leaving             0\nWill leave          3  (of those who change: when their last day is over)");
        says(&out, &format!("Who will leave\n  Karin Holm, {today} (line 2)"));
        says(&out, "3 of 3 people (100 %) would leave");
        let (code, out, _) = Command::on(app, &ends).with(|given| given.format = Format::Json).run(app).await;
        let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &answer["needs"]), (1, &serde_json::json!(["--confirm-leavers"])));
        assert_eq!((&answer["counts"]["will_leave"], &answer["will_leave"][2]["name"]), (&3.into(), &"Ana Lim".into()));
        let (code, _, _) = Command::on(app, &ends).with(|given| given.confirm_leavers = true).run(app).await;
        assert_eq!((code, people(app).await), (0, 3));
    }
}

on_both! {
    async fn questions_are_answered_in_a_file(app: TestApp) {
        let open = "ID,Name,Email,Hire Date\n1,Ana Lim,ana.lim@halden.example,3/1/2024\n";
        let (code, _, err) = Command::on(app, open).run(app).await;
        assert_eq!(code, 1);
        says(&err, "# 3/1/2024: \"day-first\" or \"month-first\"?\n[date_order]\n\"Hire Date\" = \"day-first\"");
        let answered = "[date_order]\n\"Hire Date\" = \"month-first\"\n";
        let (code, _, _) = Command::on(app, open).with_mapping(answered).run(app).await;
        assert_eq!((code, people(app).await), (0, 1));
        let mut tx = app.read().await;
        let (day,) = fetch_one!(tx, (String,), "select started_on from people").unwrap();
        assert_eq!(day, "2024-03-01");
        drop(tx);
        let (code, _, _) = Command::on(app, open).run(app).await;
        assert_eq!(code, 0, "the answer is remembered");
    }
}

on_both! {
    async fn what_cannot_be_read_says_why(app: TestApp) {
        let check = |command: Command, expected: &'static str| async move {
            let (code, out, err) = command.with(|given| given.format = Format::Json).run(app).await;
            assert_eq!(code, 1, "{expected}");
            says(&err, expected);
            let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
            assert_eq!(answer["status"], "stopped");
        };
        check(Command::on(app, ""), "people.csv can't be read: The file is empty.").await;
        check(Command::on(app, GOOD).with(|given| given.file = "no/such/file.csv".into()), "no/such/file.csv can't be read").await;
        check(Command::on(app, "Shoe,Hat\n1,2\n"), "No column is read as e-mail or employee id").await;
        check(Command::on(app, GOOD).with_mapping("[columns]\nEmail = \"mail\""), "MAP.toml is no mapping").await;
        check(Command::on(app, GOOD).with_mapping("[columns]\nEmail = \"email\"\nName = \"email\""), "Several columns are read as e-mail").await;
        check(Command::on(app, GOOD).with(|given| given.database = Some("mysql://x".into())), "neither sqlite").await;
        check(Command::on(app, GOOD).with(|given| given.database = None), "say which database").await;
        let large = Command::on(app, GOOD);
        std::fs::File::create(&large.given.file).unwrap().set_len(1 << 42).unwrap(); // no memory has so much
        check(large, "people.csv can't be read: The file is too large: more than 268435456 bytes.").await;
        assert_eq!(people(app).await, 0);
    }
}

on_both! {
    async fn the_settings_file_names_the_database_too(app: TestApp) {
        let command = Command::on(app, GOOD);
        let config = command.folder.path().join("settings.toml");
        std::fs::write(&config, format!("database = {:?}", app.app.config.database)).unwrap();
        let named = command.with(|given| (given.database, given.config) = (None, Some(config)));
        assert_eq!((named.run(app).await.0, people(app).await), (0, 3));
    }
}

#[tokio::test]
async fn a_dry_run_makes_no_database() {
    let app = TestApp::sqlite().await;
    let command = Command::on(&app, GOOD);
    let path = command.folder.path().join("new").join("counterflow.db");
    let url = format!("sqlite://{}", path.display());
    let command = command.with(|given| (given.dry_run, given.database) = (true, Some(url)));
    let (code, _, err) = command.run(&app).await;
    assert_eq!(code, 1);
    says(&err, &format!("there is no database at {}", path.display()));
    assert!(!path.parent().unwrap().exists());

    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "").unwrap();
    let (code, _, err) = command.run(&app).await;
    says(&err, "older than this Counterflow, or empty");
    assert_eq!((code, std::fs::metadata(&path).unwrap().len()), (1, 0));
}

on_both! {
    async fn a_dry_run_does_not_bring_the_database_up_to_date(app: TestApp) {
        let mut tx = app.write().await;
        execute!(tx, "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)").unwrap();
        let (before,) = fetch_one!(tx, (i64,), "select count(*) from _sqlx_migrations").unwrap();
        tx.commit().await.unwrap();
        let (code, _, err) = Command::on(app, GOOD).with(|given| given.dry_run = true).run(app).await;
        assert_eq!(code, 1);
        says(&err, "`counterflow serve` brings it up to date");
        let mut tx = app.read().await;
        let (after,) = fetch_one!(tx, (i64,), "select count(*) from _sqlx_migrations").unwrap();
        assert_eq!(before, after);
    }
}

on_both! {
    async fn a_source_says_what_may_happen(app: TestApp) {
        let missing = Command::on(app, GOOD).with(|given| given.source = Some("Workday".to_owned()));
        let (code, _, err) = missing.run(app).await;
        assert_eq!(code, 1);
        says(&err, "there is no source \"Workday\"");
        let mut tx = app.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into import_sources (id, name, missing_policy, most_leavers_percent, least_share_percent, letters_to,
                                         created_at)
             values ('00000000-0000-7000-8000-000000000001', 'Workday', 'leave', 40, 60, '[]', $1)",
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        let with_source = |content: &str| {
            Command::on(app, content).with(|given| given.source = Some("workday".to_owned()))
        };
        let (code, ..) = with_source(GOOD).run(app).await;
        assert_eq!((code, people(app).await), (0, 3));
        let without_ana: String = GOOD.lines().take(3).map(|line| format!("{line}\n")).collect();
        let (code, out, _) = with_source(&without_ana).run(app).await;
        assert_eq!((code, people(app).await), (0, 2), "a third of the people is within what the source allows: {out}");
        let only_karin: String = GOOD.lines().take(2).map(|line| format!("{line}\n")).collect();
        let (code, out, _) = with_source(&only_karin).run(app).await;
        assert_eq!((code, people(app).await), (1, 2));
        says(&out, "1 of 2 people (50 %) would leave, and without a question at most 40 % may");
        says(&out, "1 of 2 people are missing from the file");
        let (code, ..) = with_source(&only_karin).with(|given| given.confirm_leavers = true).run(app).await;
        assert_eq!((code, people(app).await), (0, 1));
        let mut tx = app.read().await;
        let (kept,) = fetch_one!(tx, (i64,), "select count(*) from import_changes").unwrap();
        assert_eq!(kept, 1, "the last one can be undone in the browser");
        drop(tx);
        app.work().await;
    }
}
