//! A station may use earlier stations and the machinery, never a later one; SQL stands in store files.

use super::{File, Finding};

/// The modules of the application in the order in which data passes them. A module may use those before it.
const ORDER: [&str; 22] = [
    "kernel",
    "jobs",
    "mail",
    "accounts",
    "people",
    "programs",
    "enrollment",
    "readiness",
    "matching",
    "pairs",
    "meetings",
    "checkins",
    "measures",
    "circle",
    "training",
    "outcomes",
    "trust",
    "home",
    "works",
    "demo",
    "router",
    "cli",
];
/// Modules that read from everywhere and are read by the router alone.
const FREE: [&str; 3] = ["health", "lib", "main"];
const SOURCE: &str = "crates/counterflow/src/";

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with(SOURCE) && file.path.ends_with(".rs")) {
        directions(file, &mut findings);
        statements(file, &mut findings);
    }
    findings
}

/// The module to which a file belongs: its folder, or its name.
fn module(path: &str) -> &str {
    let inside = &path[SOURCE.len()..];
    inside.split(['/', '.']).next().unwrap_or(inside)
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == module)
}

fn directions(file: &File, findings: &mut Vec<Finding>) {
    let own = module(&file.path);
    if FREE.contains(&own) {
        return;
    }
    let Some(own_rank) = rank(own) else {
        findings.push(
            file.finding(1, format_args!("the module {own} has no place in the order (xtask/src/tidy/imports.rs)")),
        );
        return;
    };
    for (line, used) in uses(file) {
        match rank(&used) {
            Some(used_rank) if used_rank > own_rank => findings.push(file.finding(
                line,
                format_args!("{own} uses the later {used}: let it travel as an event (kernel/event.rs)"),
            )),
            _ => {}
        }
    }
}

/// Every `crate::module` in a file, and the modules inside `use crate::{...}`.
fn uses(file: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut depth = 0_usize; // inside a `use crate::{` block
    for (number, line) in file.lines() {
        let code = line.split("//").next().unwrap_or(line);
        for (at, _) in code.match_indices("crate::") {
            let name: String = code[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() && !code[..at].ends_with('$') {
                found.push((number, name));
            }
        }
        if code.trim_start().starts_with("use crate::{") {
            depth = 0;
            nested(code.split_once("crate::{").map_or("", |(_, rest)| rest), number, &mut depth, &mut found);
            depth += usize::from(!code.contains("};"));
            continue;
        }
        if depth > 0 {
            nested(code, number, &mut depth, &mut found);
            if code.contains("};") {
                depth = 0;
            }
        }
    }
    found
}

/// Names at the first level of a `use crate::{` block: those that stand at its indentation.
fn nested(code: &str, number: usize, depth: &mut usize, found: &mut Vec<(usize, String)>) {
    let indented = code.len() - code.trim_start().len();
    if *depth == 0 || indented == 4 {
        for part in code.split(',') {
            let name: String = part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                found.push((number, name));
            }
        }
    }
}

fn statements(file: &File, findings: &mut Vec<Finding>) {
    let is_store = file.path.ends_with("store.rs") || file.path.ends_with("kernel/db.rs");
    if is_store {
        return;
    }
    for (number, line) in file.lines() {
        let code = line.split("//").next().unwrap_or(line);
        let called = ["fetch_all!(", "fetch_one!(", "fetch_optional!(", "execute!(", "sqlx::query"];
        if called.iter().any(|call| code.contains(call)) {
            findings.push(file.finding(number, "a statement outside a store file: move it to the feature's store.rs"));
        }
        if code.contains("SqlitePool") || code.contains("PgPool") {
            findings.push(file.finding(number, "a pool outside kernel/db.rs: take &mut Tx"));
        }
    }
}
