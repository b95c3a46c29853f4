//! Random instances and their proven drafts, for a check by other solvers:
//! `cargo run --release -p matching --example drafts -- FIRST_SEED COUNT MOST_PEOPLE`.
//!
//! Prints one line of JSON an instance: who has how many places, all admissible pairs with their scores, and the draft for
//! each aim but `stable`. People are positions in the order of their ids. Fails if a certificate does not hold.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

#[path = "../tests/it/random.rs"]
#[allow(dead_code, missing_docs, reason = "shared with the tests, which need more of it")]
mod random;

use std::error::Error;

use counterflow_matching::{
    Bonus, Certificate, CompiledInstance, Instance, Objective, ObjectiveValue, Side, SolveOptions, admissible_pairs,
    solve, unattended, verify,
};
use serde::Serialize;

use random::Random;

/// What sets an instance apart; seeds take turns.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Everybody has one place, and nothing is pinned.
    OnePlace,
    /// One to three places, and for some people many more; nothing is pinned.
    ManyPlaces,
    /// One to three places; pairs are pinned by chance.
    Pins,
}

#[derive(Serialize)]
struct Line {
    seed: u64,
    kind: Kind,
    /// How many pairs of the two sides are forbidden by name.
    forbidden: usize,
    mentor_places: Vec<u32>,
    mentee_places: Vec<u32>,
    /// Mentor, mentee and score of each pair that is not pinned.
    pairs: Vec<(usize, usize, u32)>,
    /// The same of each that is.
    pinned: Vec<(usize, usize, u32)>,
    drafts: Vec<Draft>,
}

/// The best draft by an aim.
#[derive(Serialize)]
struct Draft {
    aim: &'static str,
    value: ObjectiveValue,
    bonus: Bonus,
    /// Mentor and mentee.
    pairs: Vec<(usize, usize)>,
}

fn instance(seed: u64, most: usize) -> (Kind, Instance) {
    let kind = [Kind::OnePlace, Kind::ManyPlaces, Kind::Pins][(seed % 3) as usize];
    let mut instance = random::instance(seed, most);
    let mut random = Random::new(!seed);
    let pins = match kind {
        Kind::Pins => random.below(instance.mentors.len().min(instance.mentees.len()) + 1),
        Kind::OnePlace | Kind::ManyPlaces => 0,
    };
    // Among many people nearly every place would be pinned.
    random.shuffle(&mut instance.pinned);
    instance.pinned.truncate(pins);
    for person in instance.mentors.iter_mut().chain(&mut instance.mentees) {
        match kind {
            Kind::OnePlace => person.capacity = 1,
            Kind::ManyPlaces if random.once_in(6) => person.capacity += random.below(most) as u32,
            Kind::ManyPlaces | Kind::Pins => {}
        }
    }
    (kind, instance)
}

fn position(compiled: &CompiledInstance, side: Side, id: &str) -> Result<usize, Box<dyn Error>> {
    compiled.people(side).position(id).ok_or_else(|| format!("there is no {side} {id}").into())
}

fn draft(compiled: &CompiledInstance, objective: Objective, threads: usize) -> Result<Draft, Box<dyn Error>> {
    let mut options = SolveOptions::of(compiled);
    (options.objective, options.threads) = (objective, threads);
    let solution = solve(compiled, &options, unattended)?;
    let certificate = Certificate::new(compiled, &solution);
    verify(compiled, &solution, &certificate)?;
    let at = |side, id: &str| position(compiled, side, id);
    let pairs =
        solution.pairs.iter().map(|pair| Ok((at(Side::Mentor, &pair.mentor)?, at(Side::Mentee, &pair.mentee)?)));
    let pairs = pairs.collect::<Result<_, Box<dyn Error>>>()?;
    Ok(Draft { aim: objective.aim(), value: solution.value, bonus: certificate.bonus, pairs })
}

fn line(seed: u64, most: usize) -> Result<Line, Box<dyn Error>> {
    let (kind, instance) = instance(seed, most);
    let forbidden = instance.forbidden.len();
    let compiled = instance.compile().map_err(|errors| errors[0].to_string())?;
    let places = |side| {
        let people = compiled.people(side);
        (0..people.len()).map(|at| people.capacity(at)).collect()
    };
    let (mut pairs, mut pinned) = (Vec::new(), Vec::new());
    for pair in admissible_pairs(&compiled) {
        let list = if pair.pinned { &mut pinned } else { &mut pairs };
        let (mentor, mentee) =
            (position(&compiled, Side::Mentor, pair.mentor)?, position(&compiled, Side::Mentee, pair.mentee)?);
        list.push((mentor, mentee, pair.score));
    }
    let aims = [Objective::MaxTotal, Objective::MaxCoverage, Objective::MaxMin];
    let drafts = aims.into_iter().map(|aim| draft(&compiled, aim, 1 + (seed % 2) as usize));
    Ok(Line {
        seed,
        kind,
        forbidden,
        mentor_places: places(Side::Mentor),
        mentee_places: places(Side::Mentee),
        pairs,
        pinned,
        drafts: drafts.collect::<Result<_, _>>()?,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let numbers = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<Vec<u64>, _>>();
    let (first, count, most) = match numbers.as_deref() {
        Ok(&[first, count, most]) if most > 0 => (first, count, most as usize),
        _ => return Err("usage: drafts FIRST_SEED COUNT MOST_PEOPLE".into()),
    };
    for seed in first..first + count {
        let line = line(seed, most).map_err(|error| format!("seed {seed}: {error}"))?;
        println!("{}", serde_json::to_string(&line)?);
    }
    Ok(())
}
