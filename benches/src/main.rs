//! Times the matching engine on a folder that `instances.py` wrote, and prints one line of JSON:
//! `cargo run --release -p benches -- target/bench/instances/d2k`.
//!
//! Reading the folder is not timed. `prepare_s` is making the org tree and the list of forbidden pairs, which a caller has
//! already; `compile_s` includes making a profile of each person. `total_s`, from end to end, is compiling, solving,
//! certifying and verifying; `solve_s`, `solve_cpu_s` and `solved_gib` show the solver without the proof. An unproven
//! draft is an error.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

mod export;
mod folder;
mod reasons;
mod usage;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use counterflow_matching::{
    Certificate, CompiledInstance, Objective, ObjectiveValue, Side, SolveOptions, Status, solve, unattended, verify,
};
use serde::Serialize;

use folder::Folder;

#[derive(Parser)]
#[command(about = "Times the matching engine on an instance and prints one line of JSON.")]
struct Args {
    /// What instances.py wrote.
    folder: PathBuf,
    /// Threads of the engine.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MOST_THREADS))]
    threads: u32,
    /// Instead of the criteria's own aim.
    #[arg(long)]
    aim: Option<Aim>,
    /// Writes the draft: mentor's and mentee's position and score, comma between, a line each.
    #[arg(long)]
    dump_pairs: Option<PathBuf>,
    /// Prints, instead, how long it takes to count and to explain.
    #[arg(long)]
    reasons: bool,
    /// Writes the score of every pair, two bytes each, a row a mentee, -1 for an impossible pair; and does nothing else.
    #[arg(long)]
    dump_scores: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Aim {
    Total,
    Coverage,
    /// Coverage, and among its drafts the one whose worst pair is the best.
    Fair,
    /// Stable; mentees propose.
    Stable,
    /// Stable; mentors propose.
    StableByMentors,
}

impl Aim {
    fn objective(self) -> Objective {
        match self {
            Self::Total => Objective::MaxTotal,
            Self::Coverage => Objective::MaxCoverage,
            Self::Fair => Objective::MaxMin,
            Self::Stable => Objective::Stable { proposer: Side::Mentee },
            Self::StableByMentors => Objective::Stable { proposer: Side::Mentor },
        }
    }
}

/// What the engine can use.
const MOST_THREADS: i64 = 256;

/// What the criteria ask for, and what the caller changed.
fn solve_options(args: &Args, compiled: &CompiledInstance) -> SolveOptions {
    let mut options = SolveOptions::of(compiled);
    options.objective = args.aim.map_or(options.objective, Aim::objective);
    options.threads = args.threads as usize;
    options
}

/// One run.
#[derive(Serialize)]
struct Report {
    instance: String,
    mentors: usize,
    mentees: usize,
    capacities: bool,
    /// All pairs, possible or not.
    pairs: u64,
    /// Those that were judged for the proof: where both have a place, whether or not the rules allow the pair.
    judged_pairs: u64,
    objective: Objective,
    value: ObjectiveValue,
    status: Status,
    threads: u32,
    #[serde(flatten)]
    times: Times,
    /// Before compiling, with the arrays of the folder; in GiB.
    prepared_gib: Option<f64>,
    /// The most until the draft was found, in GiB.
    solved_gib: Option<f64>,
    /// The most at any time, in GiB.
    rss_gib: Option<f64>,
    /// Of the machine in the last minute.
    load: Option<f64>,
}

/// In seconds; CPU time is that of all threads, in steps of a hundredth.
#[derive(Serialize)]
struct Times {
    prepare_s: f64,
    compile_s: f64,
    solve_s: f64,
    certificate_s: f64,
    verify_s: f64,
    /// Compiling, solving, certifying and verifying.
    total_s: f64,
    /// During `solve_s`.
    solve_cpu_s: Option<f64>,
    /// During `total_s`.
    cpu_s: Option<f64>,
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed().as_secs_f64())
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let folder = Folder::read(&args.folder)?;
    let (frame, prepare_s) = timed(|| folder.frame());
    let frame = frame?;
    let prepared_gib = usage::most_memory_gib();
    let start = usage::cpu_seconds();
    let (compiled, compile_s) = timed(|| folder.compile(frame));
    let compiled = compiled.map_err(|errors| errors[0].to_string())?;
    if let Some(path) = &args.dump_scores {
        return export::scores(&compiled, path);
    }
    let options = solve_options(&args, &compiled);
    let solve_start = usage::cpu_seconds();
    let (solution, solve_s) = timed(|| solve(&compiled, &options, unattended));
    let (solution, solve_cpu_s, solved_gib) = (solution?, usage::cpu_since(solve_start), usage::most_memory_gib());
    if args.reasons {
        println!("{}", serde_json::to_string(&reasons::times(&compiled, &solution)?)?);
        return Ok(());
    }
    let (certificate, certificate_s) = timed(|| Certificate::new(&compiled, &solution));
    let (proof, verify_s) = timed(|| verify(&compiled, &solution, &certificate));
    let (proof, cpu_s, rss_gib) = (proof?, usage::cpu_since(start), usage::most_memory_gib());
    if let Some(path) = &args.dump_pairs {
        export::pairs(&solution, path)?;
    }
    let total_s = compile_s + solve_s + certificate_s + verify_s;
    let times = Times { prepare_s, compile_s, solve_s, certificate_s, verify_s, total_s, solve_cpu_s, cpu_s };
    let meta = &folder.meta;
    let report = Report {
        instance: meta.name.clone(),
        mentors: meta.mentors,
        mentees: meta.mentees,
        capacities: meta.capacities,
        pairs: meta.mentors as u64 * meta.mentees as u64,
        judged_pairs: proof.pairs_checked,
        objective: proof.objective,
        value: proof.value,
        status: solution.status,
        threads: args.threads,
        times,
        prepared_gib,
        solved_gib,
        rss_gib,
        load: usage::load(),
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}
