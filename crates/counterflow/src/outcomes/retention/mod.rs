//! `counterflow retention`: did people who joined stay longer? From two plain files, without a server. docs/retention.md
//! says what it needs and how to read it.

mod files;
mod reasons;
mod text;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use askama::Template;
use clap::ValueEnum;
use counterflow_roster::MappingError;
use counterflow_statistics::{
    Error,
    report::{Provenance, Question, Report},
    retention::{Inquiry, Staff, analyze},
};
use jiff::civil::Date;

use crate::{
    kernel::{token, words},
    people::import,
};
use files::{Files, Problem};
use text::Text;

/// What was given on the command line.
#[derive(Debug, Clone, clap::Args)]
pub struct Given {
    /// Everybody who works here or did, CSV or XLSX: id or e-mail, first day, last day, and what else is known
    people: PathBuf,
    /// Who joined and when, CSV or XLSX: id or e-mail, and a day
    #[arg(long, value_name = "JOINED.csv")]
    participants: PathBuf,
    /// For how many days people are watched after joining
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(i64).range(30..=3650))]
    horizon: i64,
    /// The first day of the study; the first day on which somebody joined, if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// The day of which the files are; the latest day in them, if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// Which exits count; voluntary ones if the people file says why people left, all if not
    #[arg(long, value_enum)]
    outcome: Option<Outcome>,
    /// The column that says why somebody left
    #[arg(long, value_name = "COLUMN")]
    why: Option<String>,
    /// What stands in that column when people left by their own choice, beside the words that are known; may be repeated
    #[arg(long, value_name = "WORD")]
    voluntary: Vec<String>,
    /// Columns that may have moved both joining and leaving; level, location and department if not given
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    adjust: Option<Vec<String>>,
    /// What the columns of the people file mean, as `counterflow import` takes it; without it, a guess
    #[arg(long, value_name = "MAP.toml")]
    mapping: Option<PathBuf>,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Writes the report into this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Which exits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Outcome {
    /// Those by people's own choice; any other ends what can be seen of somebody.
    Voluntary,
    /// Every exit.
    All,
}

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: crates/statistics/schema/report-1.json.
    Json,
}

/// Why there is no report.
#[derive(Debug)]
enum Failure {
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// The mapping is not in its form, or does not fit the file.
    Mapping(PathBuf, Vec<String>),
    /// A file says something that cannot be: all of it.
    Wrong(PathBuf, Vec<Problem>),
    /// The study ends before it begins.
    Days { from: Date, until: Date },
    /// Nobody joined while they were watched.
    Nobody,
    /// A figure of the library that is not defined here.
    Undefined(Error),
    /// The output cannot be written.
    Output(io::Error),
}

#[derive(Template)]
#[template(path = "outcomes/retention/failure.txt")]
struct FailureText<'a> {
    failure: &'a Failure,
}

/// Analyzes and prints. Exit 0: a report; 1: a file cannot be read, or says something that cannot be.
#[must_use]
pub fn run(given: &Given) -> ExitCode {
    match write(given) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads only the first lines of the output (`| head`) has what they wanted.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", FailureText { failure: &failure });
            ExitCode::FAILURE
        }
    }
}

fn write(given: &Given) -> Result<(), Failure> {
    let report = printed(given)?;
    match &given.output {
        Some(path) => fs::write(path, report).map_err(at(path)),
        None => io::stdout().lock().write_all(report.as_bytes()).map_err(Failure::Output),
    }
}

/// The report as it is written.
fn printed(given: &Given) -> Result<String, Failure> {
    let (report, files) = report(given)?;
    match given.format {
        Format::Json => Ok(report.to_json() + "\n"),
        Format::Text => {
            Text { report: &report, files: &files }.render().map_err(|error| Failure::Output(io::Error::other(error)))
        }
    }
}

fn report(given: &Given) -> Result<(Report, Files), Failure> {
    let files = Files::read(given)?;
    if files.people.iter().all(|person| person.joined.is_none()) {
        return Err(Failure::Nobody);
    }
    let (start, end) = (files::day(files.from), files::day(files.until));
    if end <= start {
        return Err(Failure::Days { from: files.from, until: files.until });
    }
    let inquiry = Inquiry::new(question(given, &files), start, end, given.horizon);
    let staff = Staff { people: &files.people, covariates: files.covariates.clone(), units: files.units.as_deref() };
    let report = analyze(&inquiry, &staff).map_err(|error| match error {
        Error::Empty { what: "joiners" } => Failure::Nobody,
        other => Failure::Undefined(other),
    })?;
    Ok((report.from(Provenance { data_hash: Some(files.hash.clone()), seed: Some(inquiry.seed) }), files))
}

/// The question in words, for the document.
fn question(given: &Given, files: &Files) -> Question {
    let days = [("from", files.from.to_string()), ("until", files.until.to_string())];
    let outcome = match files.outcome {
        Outcome::Voluntary => words::say("retention", "voluntary", &[]),
        Outcome::All => words::say("retention", "all", &[]),
    };
    Question {
        population: words::say("retention", "population", &days),
        exposure: words::say("retention", "exposure", &[]),
        comparator: words::say("retention", "comparator", &[]),
        time_zero: words::say("retention", "time_zero", &[]),
        outcome,
        horizon_days: given.horizon.unsigned_abs(),
        plan: None,
    }
}

/// A CSV or XLSX file, if it is not too large.
fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = import::bytes(path).map_err(at(path))?;
    bytes.map_err(|error| Failure::Wrong(path.to_owned(), vec![Problem::Table(error)]))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure + use<> {
    let path = path.to_owned();
    move |error| Failure::File(path, error)
}

fn mapping_failure(path: &Path, errors: &[MappingError]) -> Failure {
    Failure::Mapping(path.to_owned(), errors.iter().map(import::mapping_words).collect())
}

/// What the analysis was made of, so that it can be told from another.
fn hash(files: [&[u8]; 2]) -> String {
    token::hash(&files.map(token::hash_bytes).join(" "))
}

#[cfg(test)]
mod tests;
