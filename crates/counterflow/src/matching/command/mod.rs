//! `counterflow match`: the engine without a server.

mod people_file;
mod report;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use askama::Template;
use clap::ValueEnum;
use counterflow_matching::{
    Certificate, CompiledInstance, Criteria, Solution, SolveOptions, admissible_pairs, solve, unattended, verify,
};

use people_file::{FileError, PeopleFile};
use report::Report;

use crate::people::import;

/// What was given on the command line.
#[derive(Debug, clap::Args)]
pub struct Given {
    /// People file, CSV or XLSX: id, name, role, capacity, then any fields and answers that the criteria name
    people: PathBuf,
    /// Criteria in TOML
    #[arg(long, value_name = "CRITERIA.toml")]
    criteria: PathBuf,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Writes every possible pair as mentor_id,mentee_id,score, for a check by another solver
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// Writes the certificate of optimality as JSON
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
}

/// How the result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One line a pair.
    Csv,
    /// Everything.
    Json,
}

/// Why there is no result.
#[derive(Debug)]
enum Failure {
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// The criteria are not in the form, or people and criteria do not fit each other: all of it.
    Wrong(PathBuf, Vec<String>),
    /// A defect of ours: the draft does not stand up to its own proof.
    Unproven(String),
    /// The output cannot be written.
    Output(io::Error),
}

#[derive(Template)]
#[template(path = "matching/command/failure.txt")]
struct FailureText<'a> {
    failure: &'a Failure,
}

/// Matches and prints. Exit 0: a proven draft; 1: a file cannot be read, or says something that cannot be.
#[must_use]
pub fn run(given: &Given) -> ExitCode {
    match matched(given) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads only the first lines of the output (`| head`) has what they wanted.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", FailureText { failure: &failure });
            ExitCode::FAILURE
        }
    }
}

fn matched(given: &Given) -> Result<(), Failure> {
    report(given)?.print(given.format, &mut io::stdout().lock()).map_err(Failure::Output)
}

fn report(given: &Given) -> Result<Report, Failure> {
    let PeopleFile { names, instance } = read(given)?;
    let wrong = |errors: Vec<_>| {
        Failure::Wrong(given.people.clone(), errors.into_iter().map(|one| FileError::Instance(one).words()).collect())
    };
    let compiled = instance.compile().map_err(wrong)?;
    if let Some(path) = &given.scores {
        write_scores(&compiled, path).map_err(|error| Failure::File(path.clone(), error))?;
    }
    let solution = solve(&compiled, &SolveOptions::of(&compiled), unattended)
        .map_err(|error| Failure::Unproven(error.to_string()))?;
    let certificate = Certificate::new(&compiled, &solution);
    let proof = verify(&compiled, &solution, &certificate).map_err(|error| Failure::Unproven(error.to_string()))?;
    if let Some(path) = &given.certificate {
        write_certificate(&solution, &certificate, path).map_err(|error| Failure::File(path.clone(), error))?;
    }
    Ok(Report::new(&compiled, &solution, &proof, &names))
}

fn read(given: &Given) -> Result<PeopleFile, Failure> {
    let at = |path: &PathBuf| {
        let path = path.clone();
        move |error| Failure::File(path, error)
    };
    let text = fs::read_to_string(&given.criteria).map_err(at(&given.criteria))?;
    let criteria = Criteria::from_toml(&text)
        .map_err(|all| Failure::Wrong(given.criteria.clone(), all.iter().map(ToString::to_string).collect()))?;
    let bytes = import::bytes(&given.people).map_err(at(&given.people))?;
    let bytes = bytes.map_err(|error| Failure::Wrong(given.people.clone(), vec![import::file_words(&error)]))?;
    people_file::read(&bytes, criteria)
        .map_err(|all| Failure::Wrong(given.people.clone(), all.iter().map(FileError::words).collect()))
}

fn write_scores(compiled: &CompiledInstance, path: &Path) -> io::Result<()> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["mentor_id", "mentee_id", "score"])?;
    for pair in admissible_pairs(compiled) {
        out.write_record([pair.mentor, pair.mentee, &pair.score.to_string()])?;
    }
    out.flush()
}

/// The draft beside its proof: together they are what `verify` takes.
fn write_certificate(solution: &Solution, certificate: &Certificate, path: &Path) -> io::Result<()> {
    let mut file = io::BufWriter::new(fs::File::create(path)?);
    let both = serde_json::json!({ "draft": solution, "certificate": certificate });
    serde_json::to_writer_pretty(&mut file, &both)?;
    file.write_all(b"\n")?;
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in docs/cli.md between these words and the end of its block.
    fn documented(begin: &str) -> &'static str {
        let text = include_str!("../../../../../docs/cli.md");
        let block = &text[text.find(begin).unwrap()..];
        &block[..block.find("```").unwrap()]
    }

    #[test]
    fn the_documented_example_is_matched_as_documented() {
        let folder = tempfile::tempdir().unwrap();
        let (people, criteria) = (folder.path().join("people.csv"), folder.path().join("criteria.toml"));
        fs::write(&people, documented("id,name,role,capacity,manager")).unwrap();
        fs::write(&criteria, documented("aim = \"coverage\"")).unwrap();
        let given = Given { people, criteria, format: Format::Csv, scores: None, certificate: None };
        let mut out = Vec::new();
        report(&given).unwrap().print(Format::Csv, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0]), (2, "mentor_id,mentee_id,score,why"), "{text}");
        assert!(lines[1].starts_with("3,2,9040,"), "{text}");
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let (people, criteria) = (folder.path().join("people.csv"), folder.path().join("criteria.toml"));
        fs::File::create(&people).unwrap().set_len(1 << 42).unwrap(); // no disk and no memory has so much
        fs::write(&criteria, "").unwrap();
        let given = Given { people, criteria, format: Format::Table, scores: None, certificate: None };
        let failure = FailureText { failure: &matched(&given).unwrap_err() }.to_string();
        assert!(failure.ends_with(":\n  The file is too large: more than 268435456 bytes."), "{failure}");
    }
}
