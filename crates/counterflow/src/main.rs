//! The one binary. What it can do is in `cli.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    counterflow::cli::main()
}
