//! `counterflow import`: the same import without a browser. docs/cli.md documents it.

use std::{
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
};

use askama::Template;
use clap::ValueEnum;
use counterflow_roster::{Field, Mapping, MappingError, Question, Source, TableError, Target};
use serde_json::{Value, json};

use super::{
    Consent, Lack, Policy, Source as PeopleSource,
    file::{self, Facts, PeopleFile},
    jobs,
    report::{Counts, Missing, Problem, Report},
    source_store,
    store::{self, Applied},
    wording, write,
};
use crate::kernel::{
    clock::Clock,
    config,
    db::{Db, Refusal, Tx},
    error::Error,
    filters, token,
};

/// Files with at least so many rows are long: what is being done is told on standard error.
const LONG: usize = 5_000;

/// What was given on the command line.
#[derive(Debug, Clone, clap::Args)]
pub struct Given {
    /// People file, CSV or XLSX
    pub file: PathBuf,
    /// Settings file; counterflow.toml in the working directory is read if it is there
    #[arg(long, env = "COUNTERFLOW_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, env = "COUNTERFLOW_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// What the columns mean; without it, what was confirmed for such a file before, or a guess
    #[arg(long, value_name = "MAP.toml")]
    pub mapping: Option<PathBuf>,
    /// The source of the file: its columns, and what may change without a question
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// The sheet of a workbook; by default the first one with rows
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Only say what would change: the same answer and exit code, and nothing is changed
    #[arg(long)]
    pub dry_run: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Import without the rejected rows
    #[arg(long)]
    pub accept_rejected: bool,
    /// More than a tenth of the people really leave
    #[arg(long)]
    pub confirm_leavers: bool,
    /// The file is about a part of the organization only
    #[arg(long)]
    pub confirm_partial: bool,
    /// One field really changes for most people
    #[arg(long)]
    pub confirm_changes: bool,
    /// Whoever works here and is missing from the file has left
    #[arg(long)]
    pub mark_missing_left: bool,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Why nothing could be compared at all.
#[derive(Debug)]
enum Stop {
    Settings(config::ConfigError),
    NoDatabase,
    Refused(Refusal),
    NoSource(String),
    Server(Error),
    Unreadable { path: String, error: io::Error },
    File(TableError),
    MappingFile { path: String, detail: String },
    Mapping(Vec<MappingError>),
    Questions(Vec<Question>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Server(error.into())
    }
}

/// A file that was compared with the directory.
#[derive(Debug)]
struct Done {
    facts: Facts,
    mapping: Mapping,
    report: Report,
    /// What may happen without a question.
    policy: Policy,
    /// What becomes of those who are missing.
    missing: Missing,
    /// What has to be said before it is imported.
    lacks: Vec<Lack>,
}

impl Done {
    /// 0 clean, 2 rows were rejected, 1 a word is missing.
    fn exit_code(&self) -> u8 {
        match (self.report.counts.rejected, self.lacks.is_empty()) {
            (1.., _) => 2,
            (0, false) => 1,
            (0, true) => 0,
        }
    }
}

/// Carries out the command. Answers the exit code: 0 clean, 2 rejected rows, 1 could not read.
///
/// # Errors
/// When the answer cannot be written.
pub async fn run(
    given: Given,
    clock: Clock,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> io::Result<u8> {
    match import(&given, clock, err).await {
        Ok(done) => {
            match given.format {
                Format::Text => write!(out, "{}", Text { given: &given, done: &done, file: &file_name(&given) })?,
                Format::Json => writeln!(out, "{:#}", done_json(&given, &done))?,
            }
            Ok(done.exit_code())
        }
        Err(stop) => {
            if given.format == Format::Json {
                writeln!(out, "{:#}", stop_json(&given, &stop))?;
            }
            writeln!(err, "{}", StopText { file: &file_name(&given), stop: &stop })?;
            Ok(1)
        }
    }
}

fn file_name(given: &Given) -> String {
    given.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

async fn import(given: &Given, clock: Clock, err: &mut (dyn Write + Send)) -> Result<Done, Stop> {
    let path = given.file.display().to_string();
    let content = file::bytes(&given.file).map_err(|error| Stop::Unreadable { path, error })?.map_err(Stop::File)?;
    let (sheet, content_hash) = (given.sheet.clone(), token::hash_bytes(&content));
    let file = file::aside(move || PeopleFile::read(&content, sheet.as_deref())).await?.map_err(Stop::File)?;
    let db = open(given, clock).await?;
    let done = import_into(&db, given, file, &content_hash, err).await;
    db.close().await;
    done
}

/// The database that was named. A dry run only looks at it.
async fn open(given: &Given, clock: Clock) -> Result<Db, Stop> {
    let (config, database) = (given.config.clone(), given.database.clone());
    let settings = config::Given { config, database, ..config::Given::default() };
    let database = settings.named_database().map_err(Stop::Settings)?.ok_or(Stop::NoDatabase)?;
    let opened =
        if given.dry_run { Db::open_to_look(&database, clock).await } else { Db::open(&database, clock).await };
    opened.map_err(Stop::Refused)
}

async fn import_into(
    db: &Db,
    given: &Given,
    file: PeopleFile,
    content_hash: &str,
    err: &mut (dyn Write + Send),
) -> Result<Done, Stop> {
    let facts = file.facts();
    let mut tell = Tell { rows: facts.rows, err };
    tell.reading();
    let source = source(&mut db.read().await?, given).await?;
    let mapping = mapping(&mut db.read().await?, given, source.as_ref(), &file).await?;
    let errors = mapping.check(&file.table);
    if !errors.is_empty() {
        return Err(Stop::Mapping(errors));
    }
    let (of_file, headers_hash) = (mapping.clone(), file.headers_hash());
    let reading = file::aside(move || file.people(&of_file)).await?;
    if !reading.questions.is_empty() {
        return Err(Stop::Questions(reading.questions));
    }
    tell.comparing();
    let policy = source.as_ref().map_or_else(Policy::default, PeopleSource::policy);
    let consent = consent(given, policy);
    let mut tx = if given.dry_run { db.read().await? } else { db.write().await? };
    if !given.dry_run {
        tx.lock("directory").await?;
    }
    let plan = jobs::plan(&mut tx, Arc::new(reading)).await?;
    let (counts, missing) = (&plan.report.counts, consent.missing);
    let lacks = policy.lacks(counts, &consent);
    if !given.dry_run && lacks.is_empty() {
        let (total, source) = (counts.changes(), source.map(|source| source.id));
        let (file_name, facts) = (&*file_name(given), facts.clone());
        let applied = Applied { file_name, facts, counts, missing, source, content_hash };
        let import = store::insert_applied(&mut tx, applied).await?;
        write::write(&mut tx, import, &plan, missing, None, &mut |written| tell.writing(written, total)).await?;
        if given.mapping.is_some() {
            file::remember(&mut tx, source, &headers_hash, &mapping.to_toml()).await?;
        }
        tx.commit().await?;
    }
    Ok(Done { facts, mapping, report: plan.report, policy, missing, lacks })
}

fn consent(given: &Given, policy: Policy) -> Consent {
    Consent {
        rejected: given.accept_rejected,
        leavers: given.confirm_leavers,
        partial: given.confirm_partial,
        sweeping: given.confirm_changes,
        missing: if given.mark_missing_left { Missing::Leave } else { policy.missing },
    }
}

/// The source that was named.
async fn source(tx: &mut Tx, given: &Given) -> Result<Option<PeopleSource>, Stop> {
    let Some(name) = &given.source else { return Ok(None) };
    let found = source_store::all(tx).await?.into_iter().find(|source| source.name.eq_ignore_ascii_case(name));
    found.map(Some).ok_or_else(|| Stop::NoSource(name.clone()))
}

/// The mapping that was given; where it names no columns, with those of an earlier such file or as guessed.
async fn mapping(
    tx: &mut Tx,
    given: &Given,
    source: Option<&PeopleSource>,
    file: &PeopleFile,
) -> Result<Mapping, Stop> {
    let source = source.map(|source| source.id);
    let Some(path) = &given.mapping else { return Ok(file.mapping(tx, source).await?.0) };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| Stop::Unreadable { path: name.clone(), error })?;
    let said =
        Mapping::from_toml(&text).map_err(|error| Stop::MappingFile { path: name, detail: error.to_string() })?;
    if said.columns.is_empty() {
        return Ok(Mapping { columns: file.mapping(tx, source).await?.0.columns, ..said });
    }
    Ok(said)
}

/// Tells on standard error what is being done with a long file. That it cannot be told stops nothing.
struct Tell<'e> {
    rows: usize,
    err: &'e mut (dyn Write + Send),
}

#[derive(Template)]
#[template(path = "people/import/command_progress.txt")]
struct ProgressText<'a> {
    step: &'a str,
    rows: usize,
    written: usize,
    total: usize,
}

impl Tell<'_> {
    fn reading(&mut self) {
        self.say(&ProgressText { step: "reading", rows: self.rows, written: 0, total: 0 });
    }

    fn comparing(&mut self) {
        self.say(&ProgressText { step: "comparing", rows: self.rows, written: 0, total: 0 });
    }

    fn writing(&mut self, written: usize, total: usize) {
        self.say(&ProgressText { step: "writing", rows: self.rows, written, total });
    }

    fn say(&mut self, text: &ProgressText<'_>) {
        if self.rows >= LONG {
            let _ = writeln!(self.err, "{text}");
        }
    }
}

#[derive(Template)]
#[template(path = "people/import/command.txt")]
struct Text<'a> {
    given: &'a Given,
    done: &'a Done,
    file: &'a str,
}

impl Text<'_> {
    fn counts(&self) -> &Counts {
        &self.done.report.counts
    }

    /// How many would leave.
    fn going(&self) -> usize {
        self.counts().going(self.done.missing)
    }

    /// How many of a hundred that is.
    fn share(&self) -> usize {
        self.counts().share(self.done.missing)
    }

    fn field(&self, key: &str) -> String {
        wording::field_label(key)
    }

    /// The columns that are read, with what they are read as, in the order of the file.
    fn columns(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.done.facts.columns.iter().filter_map(|column| match self.done.mapping.target(&column.header)? {
            Target::Field(field) => Some((column.header.as_str(), field)),
            Target::Ignore => None,
        })
    }
}

#[derive(Template)]
#[template(path = "people/import/command_stop.txt")]
struct StopText<'a> {
    file: &'a str,
    stop: &'a Stop,
}

fn done_json(given: &Given, done: &Done) -> Value {
    let imported = !given.dry_run && done.lacks.is_empty();
    json!({
        "file": file_name(given),
        "status": if imported { "imported" } else if given.dry_run { "dry_run" } else { "stopped" },
        "needs": done.lacks.iter().map(|lack| match lack {
            Lack::Rejected => "--accept-rejected",
            Lack::Leavers => "--confirm-leavers",
            Lack::Missing => "--confirm-partial",
            Lack::Sweeping => "--confirm-changes",
        }).collect::<Vec<_>>(),
        "columns": done.mapping.columns,
        "counts": done.report.counts,
        "rejected": problems_json(&done.report.rejected),
        "warnings": problems_json(&done.report.warnings),
        "leavers": done.report.leavers,
        "will_leave": done.report.will_leave,
        "missing": done.report.missing,
        "org": done.report.shape,
    })
}

fn problems_json(problems: &[Problem]) -> Vec<Value> {
    let problem = |problem: &Problem| {
        json!({
            "line": problem.line,
            "column": problem.column,
            "value": problem.value,
            "reason": problem.words(),
            "cause": problem.cause,
        })
    };
    problems.iter().map(problem).collect()
}

fn stop_json(given: &Given, stop: &Stop) -> Value {
    let (kind, data) = match stop {
        Stop::Settings(error) => ("settings", json!(error.to_string())),
        Stop::NoDatabase => ("settings", Value::Null),
        Stop::Refused(error) => ("database", json!(error.to_string())),
        Stop::NoSource(name) => ("source", json!(name)),
        Stop::Server(error) => ("database", json!(error.to_string())),
        Stop::Unreadable { error, .. } => ("unreadable", json!(error.to_string())),
        Stop::File(error) => ("file", json!(error)),
        Stop::MappingFile { detail, .. } => ("mapping_file", json!(detail)),
        Stop::Mapping(errors) => ("mapping", json!(errors)),
        Stop::Questions(questions) => ("questions", json!(questions)),
    };
    json!({ "file": file_name(given), "status": "stopped", "because": kind, "details": data })
}
