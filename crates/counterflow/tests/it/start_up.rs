//! What the server refuses to start on, each with its own exit code.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use counterflow::kernel::{
    clock::Clock,
    db::{Db, Refusal},
};

use crate::support::app::TestApp;

async fn refusal(url: &str) -> Refusal {
    Db::open(url, Clock::System).await.map(|_| ()).unwrap_err()
}

#[tokio::test]
async fn an_unknown_database_is_named() {
    let refused = refusal("mysql://localhost/x").await;
    assert_eq!((refused.exit_code(), refused.to_string().contains("sqlite://PATH")), (64, true));
}

#[tokio::test]
async fn a_refusal_tells_no_password() {
    for url in ["postgre://counterflow:geheim@db/counterflow", "counterflow:geheim@db", "sqlite://x?mode=geheim"] {
        let refused = refusal(url).await;
        assert_eq!(refused.exit_code(), 64);
        assert!(!format!("{refused} {refused:?}").contains("geheim"), "{refused:?}");
    }
    assert!(refusal("postgre://counterflow:geheim@db/x").await.to_string().contains("postgre://)"));
}

#[test]
fn help_shows_no_setting_that_may_hold_a_password() {
    for command in ["serve", "import"] {
        let help = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"))
            .args([command, "--help"])
            .env("COUNTERFLOW_DATABASE", "postgres://counterflow:geheim@db/counterflow")
            .env("COUNTERFLOW_SMTP_URL", "smtps://counterflow:geheim@mail")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&help.stdout);
        assert!(text.contains("COUNTERFLOW_DATABASE") && !text.contains("geheim"), "{text}");
    }
}

#[test]
fn the_command_of_the_readme_matches_people() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    let counterflow = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"))
            .current_dir(examples)
            .args(arguments)
            .output()
            .unwrap()
    };
    let matched = counterflow(&["match", "people.csv", "--criteria", "criteria.toml"]);
    let text = String::from_utf8_lossy(&matched.stdout);
    assert!(matched.status.success() && text.contains("Proven: no other draft"), "{text}");
    let with_an_option = counterflow(&["match", "people.csv", "--criteria", "criteria.toml", "--threads", "1"]);
    assert_eq!(text, String::from_utf8_lossy(&with_an_option.stdout));
    let nothing = counterflow(&["match"]);
    assert!(!nothing.status.success() && !nothing.stderr.is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_database_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    let db = Db::open(&format!("sqlite://{}", path.display()), Clock::System).await.unwrap();
    for file in ["new.db", "new.db-wal", "new.db-shm"] {
        assert_eq!(mode(&folder.path().join(file)), 0o600, "{file}");
    }
    db.close().await;
    // What the operator set is kept.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    Db::open(&format!("sqlite://{}", path.display()), Clock::System).await.unwrap().close().await;
    assert_eq!(mode(&path), 0o640);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.db");
    std::fs::write(&path, "Dear all, this is a letter and not a database. ".repeat(40)).unwrap();
    let refused = refusal(&format!("sqlite://{}", path.display())).await;
    assert_eq!(refused.exit_code(), 69, "{refused}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("Dear all"));
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_sqlite() {
    let app = TestApp::sqlite().await;
    let url = app.app.config.database.clone();
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'from the future', true, x'00', 1)")
        .execute(&pool)
        .await
        .unwrap();
    let refused = refusal(&url).await;
    assert_eq!(refused.exit_code(), 73, "{refused}");
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_postgres() {
    let Some(app) = TestApp::postgres().await else { return };
    let url = app.app.config.database.clone();
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    sqlx::query("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'from the future', true, '\\x00', 1)")
        .execute(&pool)
        .await
        .unwrap();
    let refused = refusal(&url).await;
    assert_eq!(refused.exit_code(), 73, "{refused}");
}

#[tokio::test]
async fn every_connection_to_sqlite_keeps_what_it_acknowledges() {
    let app = TestApp::sqlite().await;
    // More transactions at once than the pool had connections before: each new one was asked on opening.
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(app.read().await);
    }
    for tx in &mut open {
        let (synchronous,): (i64,) =
            counterflow::fetch_one!(tx, (i64,), "select synchronous from pragma_synchronous").unwrap();
        assert_eq!(synchronous, 2);
    }
    let mut write = app.write().await;
    let (synchronous,): (i64,) =
        counterflow::fetch_one!(write, (i64,), "select synchronous from pragma_synchronous").unwrap();
    assert_eq!(synchronous, 2);
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    for app in [Some(TestApp::sqlite().await), TestApp::postgres().await].into_iter().flatten() {
        let mut tx = app.read().await;
        let written = counterflow::execute!(tx, "insert into server_keys (name, value) values ('x', 'y')");
        assert!(written.is_err());
    }
}

/// The binary, with its own folder and nothing of this machine's settings.
fn counterflow(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterflow"));
    command.current_dir(folder).env_clear().stderr(Stdio::piped());
    command
}

#[test]
fn listening_everywhere_without_a_public_url_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = counterflow(folder.path()).args(["serve", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(78));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("public_url"), "{said}");
    assert!(!folder.path().join("counterflow.db").exists(), "before anything is written");
}

#[test]
fn a_server_that_is_told_to_stop_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["serve", "--listen", "127.0.0.1:0", "--public-url", "https://mentoring.example.org"];
    let mut server = counterflow(folder.path()).args(args).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("listening on")));
    assert!(lines.next().unwrap().contains("trusted_proxies is 0"), "said once, since https means a proxy");
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    let rest: Vec<String> = lines.collect();
    assert_eq!(server.wait().unwrap().code(), Some(0), "{rest:?}");
}
