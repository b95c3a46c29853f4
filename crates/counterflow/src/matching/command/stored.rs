//! `counterflow match verify`: a draft of before, checked without the solver.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use askama::Template;
use counterflow_matching::{Bonus, Certificate, Objective, PairIds, Proof, Solution, verify};
use serde::Deserialize;

use super::report::Beyond;
use super::{Failure, Inputs, at};

#[derive(Debug, clap::Args)]
pub(super) struct Given {
    #[command(flatten)]
    pub inputs: Inputs,
    /// The draft and its certificate, as `match --certificate` wrote them
    #[arg(long, value_name = "FILE")]
    pub certificate: PathBuf,
}

/// The file that `--certificate` writes.
#[derive(Deserialize)]
struct Stored {
    draft: Solution,
    certificate: Certificate,
}

#[derive(Template)]
#[template(path = "matching/command/stored.txt")]
struct Valid {
    proof: Proof,
    beyond: Option<Beyond>,
}

/// Checks and prints what was proven.
pub(super) fn check(given: &Given) -> Result<(), Failure> {
    let (proof, bonus) = proof(given)?;
    let text = Valid { proof, beyond: Beyond::of(&proof, bonus) };
    writeln!(io::stdout().lock(), "{text}").map_err(Failure::Output)
}

/// What the stored draft and certificate prove of people and criteria.
pub(super) fn proof(given: &Given) -> Result<(Proof, Bonus), Failure> {
    let text = fs::read_to_string(&given.certificate).map_err(at(&given.certificate))?;
    let wrong = |error: serde_json::Error| Failure::Wrong(given.certificate.clone(), vec![error.to_string()]);
    let Stored { draft, certificate } = serde_json::from_str(&text).map_err(wrong)?;
    let mut instance = given.inputs.read()?.instance;
    // The aim and the pairs that were kept belong to the match, and stand with its result.
    instance.criteria.aim = certificate.objective;
    let kept = draft.pairs.iter().filter(|pair| pair.pinned);
    instance.pinned = kept.map(|pair| PairIds::new(&pair.mentor, &pair.mentee)).collect();
    let compiled = given.inputs.compile(instance, None)?;
    let bonus = compiled.bonus(certificate.objective);
    verify(&compiled, &draft, &certificate)
        .map(|proof| (proof, bonus))
        .map_err(|violation| Failure::NotProven(given.certificate.clone(), violation.to_string()))
}
