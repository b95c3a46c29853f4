//! Every statement in the code is prepared on both databases: none can be wrong on one of them without a test saying so.

use std::{fs, path::Path};

use sqlx::{Executor, SqlSafeStr};

use crate::support::app::TestApp;

/// The statements of the macros in one file, with the line on which each begins.
fn statements(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for call in ["fetch_all!(", "fetch_optional!(", "fetch_one!(", "execute!("] {
        let mut from = 0;
        while let Some(at) = source[from..].find(call).map(|at| at + from) {
            from = at + call.len();
            // The statement is the first string literal of the call.
            let Some(open) = source[from..].find('"').map(|open| open + from + 1) else { break };
            let close = source[open..].find('"').map_or(source.len(), |close| close + open);
            found.push((source[..at].lines().count(), source[open..close].replace("\\\n", "\n")));
        }
    }
    found
}

fn every_file(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_file(&path, found);
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("store.rs")) {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn all() -> Vec<(String, String)> {
    let mut files = Vec::new();
    every_file(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    let all: Vec<_> = files
        .iter()
        .flat_map(|(path, source)| {
            statements(source).into_iter().map(move |(line, sql)| (format!("{path}:{line}"), sql))
        })
        .collect();
    assert!(all.len() > 40, "the scan found only {} statements", all.len());
    all
}

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let app = TestApp::sqlite().await;
    let pool = sqlx::SqlitePool::connect(&app.app.config.database).await.unwrap();
    for (place, sql) in all() {
        pool.prepare(sqlx::AssertSqlSafe(sql.clone()).into_sql_str())
            .await
            .unwrap_or_else(|error| panic!("{place}: {error}\n{sql}"));
    }
}

#[tokio::test]
async fn every_statement_prepares_on_postgres() {
    let Some(app) = TestApp::postgres().await else { return };
    let pool = sqlx::PgPool::connect(&app.app.config.database).await.unwrap();
    for (place, sql) in all() {
        pool.prepare(sqlx::AssertSqlSafe(sql.clone()).into_sql_str())
            .await
            .unwrap_or_else(|error| panic!("{place}: {error}\n{sql}"));
    }
}

/// Whoever writes `people` stamps the directory in the same transaction (`kernel/store.rs`, `stamp_directory`), or who fits
/// the rules is counted by what was true before. Another statement here needs another stamp.
#[test]
fn every_statement_that_writes_people_is_known() {
    let writes = |sql: &str| {
        ["insert into people ", "update people ", "delete from people "].iter().any(|one| sql.contains(one))
    };
    let mut counts = std::collections::BTreeMap::new();
    for (place, _) in all().iter().filter(|(_, sql)| writes(sql)) {
        let (_, file) = place.split_once("/src/").unwrap();
        *counts.entry(file.split(':').next().unwrap().to_owned()).or_insert(0) += 1;
    }
    let known = [
        ("accounts/store.rs", 2),
        ("people/import/store.rs", 3),
        ("people/import/undo_store.rs", 2),
        ("people/store.rs", 1),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), known.map(|(file, count)| (file.to_owned(), count)));
}
