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

/// Whether the handler's signature takes one of the two extractors that check the form token.
fn takes_a_form(files: &[File], handler: &str) -> bool {
    let Some((module, name)) = handler.rsplit_once("::") else { return false };
    let folder = module.replace("::", "/");
    let declared = format!("pub async fn {name}(");
    files
        .iter()
        .filter(|file| file.path.contains(&format!("src/{folder}")))
        .filter_map(|file| file.text.split_once(declared.as_str()))
        .any(|(_, rest)| {
            let signature = rest.split("-> ").next().unwrap_or(rest);
            signature.contains("Fields") || signature.contains("Upload")
        })
}
