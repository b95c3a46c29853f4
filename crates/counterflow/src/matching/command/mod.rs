//! `counterflow match`: the engine without a server.

#[cfg(test)]
mod any_people;
mod keep;
mod people_file;
mod report;
mod stored;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use askama::Template;
use clap::ValueEnum;
use counterflow_matching::{
    Certificate, CompiledInstance, Criteria, Instance, Limits, Objective, Side, Solution, SolveOptions,
    admissible_pairs, solve, unattended, verify,
};

use people_file::{FileError, PeopleFile};
use report::Report;

use crate::people::import;

/// What was given on the command line.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Given {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    matching: Option<Matching>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Checks a draft and its certificate, as `--certificate` wrote them, without the solver
    Verify(stored::Given),
}

/// What is matched, and by what.
#[derive(Debug, clap::Args)]
struct Inputs {
    /// People file, CSV or XLSX: id, name, role, capacity, then any fields and answers that the criteria name
    // Belongs to what is matched even where no option is given: without it clap would see nothing to match.
    #[arg(group = "Matching")]
    people: PathBuf,
    /// Criteria in TOML
    #[arg(long, value_name = "CRITERIA.toml")]
    criteria: PathBuf,
}

#[derive(Debug, clap::Args)]
struct Matching {
    #[command(flatten)]
    inputs: Inputs,
    /// Which draft is the best, instead of what the criteria say
    #[arg(long, value_enum)]
    aim: Option<Aim>,
    /// Whose choices come first where the aim is stable, instead of what the criteria say
    #[arg(long, value_enum)]
    proposer: Option<Proposer>,
    /// Pairs that stay: CSV with the columns mentor_id and mentee_id
    #[arg(long, value_name = "PAIRS.csv")]
    keep: Option<PathBuf>,
    /// How many threads look at pairs; as many as the machine runs at once if not given. The result is the same
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Stops looking for a better draft after so many seconds, and says how much better one could be
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u32>,
    /// The same when what the solver holds beside the people takes so many MiB
    #[arg(long, value_name = "MIB")]
    memory_limit: Option<u32>,
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

/// Which draft is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Aim {
    /// The highest total, however many people stay without a partner.
    Total,
    /// Most people with a partner, then the highest total.
    Coverage,
    /// Most people with a partner, then the best worst pair, then the highest total.
    Fair,
    /// No two people would both rather have each other, by their choices or by their scores.
    Stable,
}

/// A side, as the command line calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Proposer {
    /// Mentees get the best that a stable draft has for them.
    Mentee,
    /// Mentors do.
    Mentor,
}

impl From<Proposer> for Side {
    fn from(proposer: Proposer) -> Self {
        match proposer {
            Proposer::Mentee => Self::Mentee,
            Proposer::Mentor => Self::Mentor,
        }
    }
}

impl Matching {
    fn limits(&self) -> Limits {
        Limits {
            time: self.time_limit.map(|seconds| Duration::from_secs(seconds.into())),
            memory: self.memory_limit.map(|mib| u64::from(mib) << 20),
        }
    }

    /// What the options make of the criteria's aim.
    fn objective(&self, of_criteria: Objective) -> Result<Objective, Failure> {
        let proposer = self.proposer.map(Side::from);
        let aim = match (self.aim, of_criteria) {
            (None | Some(Aim::Stable), Objective::Stable { .. }) | (None, _) => of_criteria,
            (Some(Aim::Stable), _) => Objective::Stable { proposer: Side::Mentee },
            (Some(Aim::Total), _) => Objective::MaxTotal,
            (Some(Aim::Coverage), _) => Objective::MaxCoverage,
            (Some(Aim::Fair), _) => Objective::MaxMin,
        };
        match (aim, proposer) {
            (aim, None) => Ok(aim),
            (Objective::Stable { .. }, Some(proposer)) => Ok(Objective::Stable { proposer }),
            (aim, Some(_)) => Err(Failure::NoProposer(aim)),
        }
    }
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
    /// Neither files nor a command; clap asks for one of them before.
    NothingGiven,
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// The criteria are not in the form, or people and criteria do not fit each other: all of it.
    Wrong(PathBuf, Vec<String>),
    /// `--proposer` with an aim in which nobody proposes.
    NoProposer(Objective),
    /// A stored draft does not stand up to its proof.
    NotProven(PathBuf, String),
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

/// Matches and prints, or checks what was matched. Exit 0: a proven draft; 1: a file cannot be read, or says something
/// that cannot be.
#[must_use]
pub fn run(given: &Given) -> ExitCode {
    let done = match (&given.command, &given.matching) {
        (Some(Command::Verify(given)), _) => stored::check(given),
        (None, Some(given)) => matched(given),
        (None, None) => Err(Failure::NothingGiven),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads only the first lines of the output (`| head`) has what they wanted.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", FailureText { failure: &failure });
            ExitCode::FAILURE
        }
    }
}

fn matched(given: &Matching) -> Result<(), Failure> {
    report(given)?.print(given.format, &mut io::stdout().lock()).map_err(Failure::Output)
}

fn report(given: &Matching) -> Result<Report, Failure> {
    let mut file = given.inputs.read()?;
    file.instance.criteria.aim = given.objective(file.instance.criteria.aim)?;
    if let Some(path) = &given.keep {
        file.instance.pinned = keep::read(path, &file.instance)?;
    }
    let PeopleFile { names, instance } = file;
    let compiled = given.inputs.compile(instance, given.keep.as_deref())?;
    if let Some(path) = &given.scores {
        write_scores(&compiled, path).map_err(|error| Failure::File(path.clone(), error))?;
    }
    let options = SolveOptions {
        threads: given.threads.map_or(0, usize::from),
        limits: given.limits(),
        ..SolveOptions::of(&compiled)
    };
    let solution = solve(&compiled, &options, unattended).map_err(|error| Failure::Unproven(error.to_string()))?;
    let certificate = Certificate::new(&compiled, &solution);
    let proof = verify(&compiled, &solution, &certificate).map_err(|error| Failure::Unproven(error.to_string()))?;
    if let Some(path) = &given.certificate {
        write_certificate(&solution, &certificate, path).map_err(|error| Failure::File(path.clone(), error))?;
    }
    Report::new(&compiled, &solution, &proof, &names).map_err(Failure::Unproven)
}

impl Inputs {
    fn read(&self) -> Result<PeopleFile, Failure> {
        let text = fs::read_to_string(&self.criteria).map_err(at(&self.criteria))?;
        let criteria = Criteria::from_toml(&text)
            .map_err(|all| Failure::Wrong(self.criteria.clone(), all.iter().map(ToString::to_string).collect()))?;
        people_file::read(&bytes_of(&self.people)?, criteria)
            .map_err(|all| Failure::Wrong(self.people.clone(), all.iter().map(FileError::words).collect()))
    }

    /// What is wrong with the pairs alone is said of the file that they were kept in.
    fn compile(&self, instance: Instance, keep: Option<&Path>) -> Result<CompiledInstance, Failure> {
        instance.compile().map_err(|errors| {
            let (pairs, people): (Vec<_>, Vec<_>) = errors.into_iter().partition(keep::is_about_pairs);
            let (path, errors) = match keep.filter(|_| people.is_empty()) {
                Some(keep) => (keep, pairs),
                None => (self.people.as_path(), people.into_iter().chain(pairs).collect()),
            };
            let words = errors.into_iter().map(|one| FileError::Instance(one).words());
            Failure::Wrong(path.to_owned(), words.collect())
        })
    }
}

/// A CSV or XLSX file, if it is not too large.
fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = import::bytes(path).map_err(at(path))?;
    bytes.map_err(|error| Failure::Wrong(path.to_owned(), vec![import::file_words(&error)]))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure + use<> {
    let path = path.to_owned();
    move |error| Failure::File(path, error)
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

    fn given(people: PathBuf, criteria: PathBuf, format: Format) -> Matching {
        let inputs = Inputs { people, criteria };
        let (aim, proposer, keep, threads) = (None, None, None, None);
        Matching {
            inputs,
            aim,
            proposer,
            keep,
            threads,
            time_limit: None,
            memory_limit: None,
            format,
            scores: None,
            certificate: None,
        }
    }

    /// Ruth and Ana from the documentation, in files.
    fn example(folder: &Path) -> (PathBuf, PathBuf) {
        let (people, criteria) = (folder.join("people.csv"), folder.join("criteria.toml"));
        fs::write(&people, documented("id,name,role,capacity,manager")).unwrap();
        fs::write(&criteria, documented("aim = \"coverage\"")).unwrap();
        (people, criteria)
    }

    #[test]
    fn a_kept_pair_stays_whatever_it_breaks_and_the_stored_draft_is_checked_again() {
        let folder = tempfile::tempdir().unwrap();
        let (people, criteria) = example(folder.path());
        let keep = folder.path().join("keep.csv");
        fs::write(&keep, "mentee_id,mentor_id\n2,4\n").unwrap();
        let certificate = folder.path().join("certificate.json");
        for aim in [Aim::Total, Aim::Coverage, Aim::Fair, Aim::Stable] {
            let given = Matching {
                aim: Some(aim),
                keep: Some(keep.clone()),
                threads: Some(1),
                certificate: Some(certificate.clone()),
                ..given(people.clone(), criteria.clone(), Format::Csv)
            };
            let mut out = Vec::new();
            report(&given).unwrap().print(Format::Csv, &mut out).unwrap();
            assert!(String::from_utf8(out).unwrap().contains("4,2,"), "Tom reports to Ruth, but was kept");
            let stored = stored::Given { inputs: given.inputs, certificate: certificate.clone() };
            stored::proof(&stored).unwrap();
            let text = fs::read_to_string(&certificate).unwrap();
            fs::write(&certificate, text.replacen("\"pairs\": 2", "\"pairs\": 3", 1)).unwrap();
            assert!(matches!(stored::proof(&stored), Err(Failure::NotProven(..))));
        }
    }

    /// Everybody likes the mentors best who were born in the years next to theirs, and the first take what the later need.
    #[test]
    fn a_match_that_stops_at_a_limit_says_how_much_better_another_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let (people, criteria) = (folder.path().join("people.csv"), folder.path().join("criteria.toml"));
        let mut text = "id,name,role,capacity,born\n".to_owned();
        for at in 0..80 {
            text += &format!("m{at:02},,mentor,1,{}\n", 1990 + at * 7 % 11);
            text += &format!("e{at:02},,mentee,1,{}\n", 1985 + at * 5 % 13);
        }
        fs::write(&people, text).unwrap();
        let rule = "rule = 'prefer'\ncompare = 'at_least_apart'\nfield = 'born'\nby = 12\nweight = 1";
        fs::write(&criteria, format!("aim = 'total'\n[[criterion]]\n{rule}\n")).unwrap();
        let certificate = folder.path().join("certificate.json");
        let limited = |memory_limit| Matching {
            memory_limit,
            certificate: Some(certificate.clone()),
            ..given(people.clone(), criteria.clone(), Format::Table)
        };
        let printed = |given: &Matching| {
            let mut out = Vec::new();
            report(given).unwrap().print(given.format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(printed(&limited(None)).contains("\nProven: no other draft has a higher total."));
        let text = printed(&limited(Some(0)));
        let expected = "\nNot proven to be the best: the match stopped at its limit. Another draft can have at most ";
        assert!(text.contains(expected), "{text}");
        let stored = stored::Given { inputs: limited(None).inputs, certificate };
        let (proof, bonus) = stored::proof(&stored).unwrap();
        let beyond = report::Beyond::of(&proof, bonus);
        assert!(matches!(beyond, Some(report::Beyond::Points(1..))), "{beyond:?}");
        let coverage = counterflow_matching::Bonus { first_place: 2_000_000, pair: 2_000_000 };
        let beyond = report::Beyond::of(&proof, coverage);
        assert!(matches!(beyond, Some(report::Beyond::PointsOfSameReach(_))), "{beyond:?}");
    }

    #[test]
    fn the_documented_choices_are_matched_as_documented() {
        let folder = tempfile::tempdir().unwrap();
        let (people, criteria) = (folder.path().join("people.csv"), folder.path().join("criteria.toml"));
        fs::write(&people, documented("id,name,role,capacity,choices")).unwrap();
        fs::write(&criteria, documented("aim = \"stable\"")).unwrap();
        let certificate = folder.path().join("certificate.json");
        let pairs = |proposer| {
            let given = Matching {
                proposer,
                certificate: Some(certificate.clone()),
                ..given(people.clone(), criteria.clone(), Format::Json)
            };
            let mut out = Vec::new();
            report(&given).unwrap().print(Format::Json, &mut out).unwrap();
            let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
            let stored = stored::Given { inputs: given.inputs, certificate: certificate.clone() };
            assert_eq!(stored::proof(&stored).unwrap().0.value.pairs, 2);
            assert_eq!((&json["aim"], json["certificate"]["valid"].as_bool()), (&"stable".into(), Some(true)));
            let pairs = json["pairs"].as_array().unwrap().iter();
            let pairs =
                pairs.map(|pair| format!("{}+{}", pair["mentor"].as_str().unwrap(), pair["mentee"].as_str().unwrap()));
            (json["proposer"].as_str().unwrap().to_owned(), pairs.collect::<Vec<_>>().join(" "))
        };
        assert_eq!(pairs(None), ("mentee".into(), "ana+omar tom+ruth".into()));
        assert_eq!(pairs(Some(Proposer::Mentor)), ("mentor".into(), "ana+ruth tom+omar".into()));
    }

    #[test]
    fn a_proposer_needs_a_stable_draft() {
        let folder = tempfile::tempdir().unwrap();
        let (people, criteria) = example(folder.path());
        let aim = |aim, proposer| {
            let given = Matching { aim, proposer, ..given(people.clone(), criteria.clone(), Format::Table) };
            let of = |of_criteria| {
                given.objective(of_criteria).map_err(|failure| FailureText { failure: &failure }.to_string())
            };
            (of(Objective::MaxCoverage), of(Objective::Stable { proposer: Side::Mentor }))
        };
        let stable = |proposer| Ok(Objective::Stable { proposer });
        assert_eq!(aim(None, None), (Ok(Objective::MaxCoverage), stable(Side::Mentor)));
        assert_eq!(aim(Some(Aim::Stable), None), (stable(Side::Mentee), stable(Side::Mentor)));
        assert_eq!(aim(Some(Aim::Stable), Some(Proposer::Mentee)), (stable(Side::Mentee), stable(Side::Mentee)));
        let refused = "counterflow: --proposer: with the aim coverage nobody proposes; it belongs to stable".to_owned();
        assert_eq!(aim(None, Some(Proposer::Mentee)), (Err(refused), stable(Side::Mentee)));
    }

    #[test]
    fn what_is_wrong_with_kept_pairs_is_named_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keep.csv");
        let words = |text: &str| {
            fs::write(&path, text).unwrap();
            let (people, criteria) = example(folder.path());
            let given = Matching { keep: Some(path.clone()), ..given(people, criteria, Format::Csv) };
            let failure = FailureText { failure: &report(&given).unwrap_err() }.to_string();
            assert!(failure.contains("keep.csv:"), "{failure}");
            failure.lines().skip(1).map(str::trim).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(words("mentor,mentee\n1,2\n"), ["there is no column mentor_id", "there is no column mentee_id"]);
        assert_eq!(
            words("mentor_id,mentee_id\n3,\n\n,2\n"),
            ["line 2, mentee_id, \"\": expected something", "line 4, mentor_id, \"\": expected something"]
        );
        assert_eq!(
            words("mentor_id,mentee_id\n2,3\n3,ghost\n"),
            [
                "line 2, mentor_id, \"2\": expected the id of a mentor in the people file",
                "line 2, mentee_id, \"3\": expected the id of a mentee in the people file",
                "line 3, mentee_id, \"ghost\": expected the id of a mentee in the people file",
            ]
        );
    }

    #[test]
    fn the_documented_example_is_matched_as_documented() {
        let folder = tempfile::tempdir().unwrap();
        let (people, criteria) = example(folder.path());
        let given = given(people, criteria, Format::Csv);
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
        let given = given(people, criteria, Format::Table);
        let failure = FailureText { failure: &matched(&given).unwrap_err() }.to_string();
        assert!(failure.ends_with(":\n  The file is too large: more than 268435456 bytes."), "{failure}");
    }
}
