//! Solves an assignment problem from a file: `cargo run --release -p matching --example assign -- FILE`.
//!
//! It reads the DIMACS form (`p asn`), that of the OR-Library (`assign100.txt`: the size, then all costs), and one of its own
//! for places and bonuses (`p transport`; see `read.rs`). Prints the optimum and that its prices prove it, or that no
//! perfect assignment exists, with the proof; `--times` adds how long it took. Fails, naming the line, if the file cannot be read.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is its purpose")]

mod matching;
mod perfect;
mod read;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use counterflow_matching::transport::{check, solve};

use read::Input;

fn answer(input: Input) -> Result<String, Box<dyn Error>> {
    let optimum = match input {
        Input::Transport(problem) => check(&problem, &solve(&problem))?,
        Input::Assignment(problem) => match perfect::solve(&problem)? {
            perfect::Answer::Optimum(cost) => cost,
            perfect::Answer::None(why) => return Ok(format!("no perfect assignment exists\nproof: {why}")),
        },
    };
    Ok(format!("optimum {optimum}\ncertificate valid"))
}

fn run() -> Result<String, Box<dyn Error>> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let (file, times) = match arguments.as_slice() {
        [file] => (file, false),
        [file, times] if times == "--times" => (file, true),
        _ => return Err("usage: assign FILE [--times]".into()),
    };
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let began = Instant::now();
    let input = read::read(&text)?;
    let read = began.elapsed();
    let mut answer = answer(input)?;
    if times {
        let solved = began.elapsed() - read;
        answer +=
            &format!("\nread in {:.3} s, solved and checked in {:.3} s", read.as_secs_f64(), solved.as_secs_f64());
    }
    Ok(answer)
}

fn main() -> ExitCode {
    match run() {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
