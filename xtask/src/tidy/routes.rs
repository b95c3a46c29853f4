//! The rights table in router.rs is the only way to mount a handler, and every form's token is checked.

use super::{File, Finding};

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let app = |file: &&File| file.path.starts_with("crates/counterflow/src/") && file.path.ends_with(".rs");
    for file in files.iter().filter(app).filter(|file| !file.path.ends_with("/router.rs")) {
        for (number, line) in file.lines() {
            if line.contains("Router::new") || line.contains(".route(") {
                findings.push(file.finding(number, "a route outside the rights table (router.rs)"));
            }
        }
    }
    let Some(router) = files.iter().find(|file| file.path.ends_with("counterflow/src/router.rs")) else {
        return findings;
    };
    for (number, line) in router.lines().filter(|(_, line)| line.trim_start().starts_with("post(\"")) {
        let Some(handler) =
            line.rsplit(',').find_map(|part| part.contains("::").then(|| part.trim().trim_end_matches(')')))
        else {
            continue;
        };
        if !takes_a_form(files, handler) {
            findings.push(router.finding(
                number,
                format_args!("{handler} takes neither Fields nor Upload, so the form token is not checked"),
            ));
        }
    }
    findings
}

/// Whether the handler's signature takes one of the two extractors that check the form token. Verbs of the same name
/// are told from handlers by the application or the page, which only handlers take whole and first.
fn takes_a_form(files: &[File], handler: &str) -> bool {
    let Some((module, name)) = handler.rsplit_once("::") else { return false };
    let declared = format!("pub async fn {name}(");
    let signature = |file: &File| {
        let (_, rest) = file.text.split_once(&declared)?;
        let signature = rest.split("-> ").next().unwrap_or(rest);
        let takes = |first: &str| signature.trim_start().starts_with(first);
        (takes("app: App") || takes("page: Page")).then(|| signature.to_owned())
    };
    let inside = |file: &&File| file.path.starts_with("crates/counterflow/src/");
    let named = |file: &&File| module.split("::").all(|part| file.path.contains(part));
    let mut found: Vec<String> = files.iter().filter(inside).filter(named).filter_map(signature).collect();
    if found.is_empty() {
        // The router calls the module by another name: every handler of this name has to.
        found = files.iter().filter(inside).filter_map(signature).collect();
    }
    !found.is_empty() && found.iter().all(|signature| signature.contains("Fields") || signature.contains("Upload"))
}
