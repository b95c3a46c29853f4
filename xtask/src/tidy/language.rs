//! Every key that the code says has its sentence in words/en.toml, and every sentence is said somewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Finding};

/// A call, the section of its key, and where in the call the key stands.
const CALLS: [(&str, &str, Place); 7] = [
    ("page::done(", "done", Place::Last),
    ("Error::conflict(", "trouble", Place::First),
    ("Error::bad_request(", "trouble", Place::First),
    ("Error::Trouble {", "trouble", Place::AfterKey),
    (".problem(", "problem", Place::Second),
    ("Problems::one(", "problem", Place::Second),
    (".fail(name, ", "problem", Place::First),
];

/// Where in a call the key stands.
#[derive(Clone, Copy)]
enum Place {
    /// The call begins with it.
    First,
    /// It is the second argument.
    Second,
    /// It is the last literal.
    Last,
    /// It follows `key: `.
    AfterKey,
}

pub fn check(files: &[File]) -> Vec<Finding> {
    let Some(catalog) = files.iter().find(|file| file.path.ends_with("words/en.toml")) else {
        return Vec::new();
    };
    let known = sections(catalog);
    let mut findings = Vec::new();
    let app = |file: &&File| file.path.starts_with("crates/counterflow/src/") && file.path.ends_with(".rs");
    let mut all_code = String::new();
    for file in files.iter().filter(app) {
        all_code.push_str(&file.text);
        for (line, section, key) in keys(file) {
            if !known.get(section).is_some_and(|keys| keys.contains(&key)) {
                findings.push(file.finding(line, format_args!("words/en.toml has no [{section}] {key}")));
            }
        }
    }
    for (number, line) in catalog.lines() {
        if let Some((key, _)) = line.split_once(" = ")
            && !line.starts_with('#')
            && !all_code.contains(&format!("\"{}\"", key.trim()))
        {
            findings.push(catalog.finding(number, format_args!("nothing says {key} any more")));
        }
    }
    findings
}

fn sections(catalog: &File) -> BTreeMap<&str, BTreeSet<String>> {
    let mut known: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut section = "";
    for (_, line) in catalog.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
        } else if let Some((key, _)) = line.split_once(" = ") {
            known.entry(section).or_default().insert(key.trim().to_owned());
        }
    }
    known
}

/// The keys that a file says: (line, section, key).
fn keys(file: &File) -> Vec<(usize, &'static str, String)> {
    let mut found = Vec::new();
    for (call, section, place) in CALLS {
        for (at, _) in file.text.match_indices(call) {
            let arguments = balanced(&file.text[at + call.len()..]);
            let key = match place {
                Place::First => literal(arguments),
                Place::Second => arguments.split_once(',').and_then(|(_, rest)| literal(rest)),
                Place::Last => arguments.rsplit('"').nth(1),
                Place::AfterKey => arguments.split_once("key: ").and_then(|(_, rest)| literal(rest)),
            };
            // Only plain keys: a variable, a path or a formatted text is something else.
            if let Some(key) = key.filter(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_')) {
                found.push((file.text[..at].lines().count().max(1), section, key.to_owned()));
            }
        }
    }
    found
}

/// The string literal with which a text begins.
fn literal(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix('"')?.split('"').next()
}

/// The text up to the closing parenthesis of the call (or the end of the line for a field).
fn balanced(text: &str) -> &str {
    let mut depth = 1;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            '\n' if at > 400 => return &text[..at],
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}
