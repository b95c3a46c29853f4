//! Solves an assignment problem from a file: `cargo run --release -p matching --example assign -- FILE`.
//!
//! It reads the DIMACS form (`p asn`), that of the OR-Library (`assign100.txt`: the size, then all costs), and one of its own
//! for places and bonuses (`p transport`; see `read.rs`). Prints the optimum and that its prices prove it, or that no
//! perfect assignment exists, with the proof. Fails, naming the line, if the file cannot be read.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is its purpose")]

mod matching;
mod perfect;
mod read;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;

use counterflow_matching::transport::{check, solve};

use read::Input;

fn answer(text: &str) -> Result<String, Box<dyn Error>> {
    let optimum = match read::read(text)? {
        Input::Transport(problem) => check(&problem, &solve(&problem))?,
        Input::Assignment(problem) => match perfect::solve(&problem)? {
            perfect::Answer::Optimum(cost) => cost,
            perfect::Answer::None(why) => return Ok(format!("no perfect assignment exists\nproof: {why}")),
        },
    };
    Ok(format!("optimum {optimum}\ncertificate valid"))
}

fn run() -> Result<String, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(file), None) = (arguments.next(), arguments.next()) else { return Err("usage: assign FILE".into()) };
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    answer(&text)
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
