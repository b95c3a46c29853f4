//! Compares the crate with reference values: `cargo run --release -p statistics --example reference -- FOLDER`.
//!
//! FOLDER holds `ref_<topic>.json` files and the CSV files that their cases name. Every number of a case is computed and
//! compared; each miss is printed with both values. A number that nothing computes is a miss too, not a skip.

mod case;
mod compare;
mod table;
pub mod topics;

use std::{fs, io::Write, path::Path, process::ExitCode};

use case::Case;
use compare::Tally;
use serde_json::Value;
use topics::Topic;

/// The tally of one reference file. Its cases are computed by `topic`; without one everything in it is missed.
pub fn check(folder: &Path, name: &str, topic: Option<&Topic>) -> Result<Tally, String> {
    let file = folder.join(format!("ref_{name}.json"));
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let reference: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let cases = reference["cases"].as_array().ok_or_else(|| format!("{}: no cases", file.display()))?;
    let cases: Vec<_> = cases.iter().enumerate().map(|(place, value)| Case::new(folder, name, place, value)).collect();
    let mut tally = Tally::default();
    for case in &cases {
        let found = match topic {
            Some(topic) => (topic.compute)(case),
            None => Err("nothing computes this topic".to_owned()),
        };
        tally.case(case, topic, found);
    }
    if let Some(whole) = topic.and_then(|topic| topic.whole) {
        whole(&cases).into_iter().for_each(|check| tally.check(name, check));
    }
    Ok(tally)
}

/// The topics of the reference files in a folder, in the order of their names.
pub fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_prefix("ref_")?.strip_suffix(".json")?.to_owned()))
        .collect();
    names.sort();
    if names.is_empty() { Err(format!("{}: no ref_*.json", folder.display())) } else { Ok(names) }
}

/// Prints misses and a line per topic; whether nothing was missed.
fn run(folder: &Path) -> Result<bool, String> {
    let mut out = std::io::stdout().lock();
    let (mut lines, mut passed, mut failed) = (Vec::new(), 0, 0);
    for name in names(folder)? {
        let tally = check(folder, &name, topics::find(&name))?;
        for miss in &tally.misses {
            writeln!(out, "MISS {miss}").map_err(|error| error.to_string())?;
        }
        lines.push(format!("{name:<14} {:>6} passed, {} failed", tally.passed, tally.misses.len()));
        passed += tally.passed;
        failed += tally.misses.len();
    }
    writeln!(out, "{}\n{passed} passed, {failed} failed", lines.join("\n")).map_err(|error| error.to_string())?;
    Ok(failed == 0)
}

#[allow(dead_code, reason = "a test takes this file as a module")]
fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        let _ = writeln!(std::io::stderr(), "usage: reference FOLDER");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}
