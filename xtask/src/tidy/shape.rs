//! Sizes, and what may not stand in code or templates.

use super::{File, Finding};

const MOST_LINES: usize = 600;
/// The one file that may do what the compiler cannot check; docs/decisions/0008 says why.
const UNSAFE: &str = "crates/matching/src/scan/kernel.rs";

pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let is_code = [".rs", ".js", ".mjs", ".html"].iter().any(|end| file.path.ends_with(end));
        if is_code && file.text.lines().count() > MOST_LINES {
            findings.push(file.finding(MOST_LINES, format_args!("more than {MOST_LINES} lines: split by idea")));
        }
        if file.path.starts_with("xtask/") {
            continue;
        }
        if file.path.ends_with(".html") {
            template(file, &mut findings);
        }
        if file.path.ends_with(".rs") {
            code(file, &mut findings);
        }
        for (number, line) in file.lines() {
            if ["/home/", "/Users/", "/root/"].iter().any(|path| line.contains(path)) {
                findings.push(file.finding(number, "a path of somebody's machine"));
            }
        }
    }
    findings
}

fn template(file: &File, findings: &mut Vec<Finding>) {
    let is_letter = file.path.contains("/mail_") || file.path.ends_with("/letter.html");
    for (number, line) in file.lines() {
        if !is_letter && (line.contains(" style=") || line.contains("<style") || line.contains(" onclick=")) {
            findings.push(file.finding(number, "inline style or script: the content security policy refuses it"));
        }
        if line.contains("|safe") || line.contains("| safe") {
            findings
                .push(file.finding(number, "|safe turns escaping off: write a filter that returns Safe, with a test"));
        }
        if !is_letter && line.contains("src=\"data:") {
            findings.push(file.finding(number, "a data: address: the content security policy refuses it"));
        }
    }
}

fn code(file: &File, findings: &mut Vec<Finding>) {
    for (number, line) in file.lines() {
        if file.path.ends_with("pages.rs") && line.contains("ByServer(") {
            findings.push(file.finding(
                number,
                "a page takes leave from the guard or from what it loaded with it, never from the server",
            ));
        }
        if line.contains("allow(unsafe_code") && file.path != UNSAFE {
            findings.push(file.finding(number, format_args!("unsafe code stands in {UNSAFE} alone")));
        }
        for word in ["todo!(", "unimplemented!(", "#[ignore"] {
            if line.contains(word) {
                findings.push(file.finding(number, format_args!("{word} is a promise: keep it or take it out")));
            }
        }
        for banned in ["struct ", "trait ", "enum "] {
            let Some(rest) = line.trim_start().trim_start_matches("pub ").strip_prefix(banned) else { continue };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            if ["Service", "Helper", "Util", "Utils"].iter().any(|end| name.ends_with(end) && name.len() > end.len()) {
                findings.push(file.finding(number, format_args!("{name} says nothing: name it after what it does")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many findings a file with this text has.
    fn findings(path: &str, text: &str) -> usize {
        check(&[File { path: path.to_owned(), text: text.to_owned() }]).len()
    }

    #[test]
    fn pages_do_not_act_as_the_server() {
        let line = "let round = programs::round(tx, &ByServer(id)).await?;\n";
        assert_eq!(findings("crates/counterflow/src/pairs/pages.rs", line), 1);
        assert_eq!(findings("crates/counterflow/src/pairs/agreement_pages.rs", line), 1);
        assert_eq!(findings("crates/counterflow/src/pairs/begin.rs", line), 0);
    }

    #[test]
    fn unsafe_code_stands_in_one_file() {
        let line = "#![allow(unsafe_code, reason = \"fast\")]\n";
        assert_eq!(findings("crates/matching/src/scan/layout.rs", line), 1);
        assert_eq!(findings("crates/counterflow/src/kernel/db.rs", line), 1);
        assert_eq!(findings(UNSAFE, line), 0);
    }
}
