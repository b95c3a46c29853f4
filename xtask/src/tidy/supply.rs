//! Dependencies: the pure crates stay pure, and there is one SQLite, new enough to keep what it acknowledged.

use super::{File, Finding};

const IMPURE: [&str; 8] = ["tokio", "sqlx", "axum", "reqwest", "hyper", "lettre", "getrandom", "rand"];

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| {
        file.path.ends_with("/Cargo.toml")
            && ["matching", "roster", "statistics"].iter().any(|name| file.path.contains(&format!("crates/{name}/")))
    }) {
        let mut section = "";
        for (number, line) in file.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if section == "[dependencies]" && IMPURE.contains(&name) {
                findings.push(
                    file.finding(number, format_args!("{name} in a pure crate: no clock, no IO, no async there")),
                );
            }
        }
    }
    if let Some(lock) = files.iter().find(|file| file.path == "Cargo.lock") {
        findings.extend(one_new_sqlite(lock));
        for (number, line) in lock.lines() {
            if line.contains("source = \"git+") {
                findings.push(lock.finding(number, "a git dependency: use a published version"));
            }
        }
    }
    findings
}

/// libsqlite3-sys 0.37 bundles 3.51.3; an older one can lose acknowledged commits in WAL mode.
fn one_new_sqlite(lock: &File) -> Vec<Finding> {
    let lines: Vec<(usize, &str)> = lock.lines().collect();
    let versions: Vec<(usize, &str)> = lines
        .windows(2)
        .filter(|pair| pair[0].1 == "name = \"libsqlite3-sys\"")
        .map(|pair| (pair[1].0, pair[1].1.trim_start_matches("version = ").trim_matches('"')))
        .collect();
    let minor = |version: &str| version.split('.').nth(1).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    match versions.as_slice() {
        [(_, version)] if minor(version) >= 37 => Vec::new(),
        [] => Vec::new(),
        [(line, version), ..] => {
            vec![lock.finding(
                *line,
                format_args!(
                    "SQLite has to be one, and 3.51.3 or newer (libsqlite3-sys 0.37): found {version} ({} in all)",
                    versions.len()
                ),
            )]
        }
    }
}
