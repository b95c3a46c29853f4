//! Times a stable matching: `cargo run --release -p matching --example stable`.
//!
//! Without arguments, or with numbers (proposers, receivers, choices, seed), the market is drawn from a seed: every
//! proposer ranks so many receivers, popular ones more often; receivers have 1 to 3 places and rank all who rank them.
//! With the path of a market and, if wanted, one for the pairs, it reads the market and writes the pairs. A market is
//! text: a line with the numbers of proposers and receivers; a line for each proposer, then for each receiver, with the
//! number of places and the list, best first, by positions from 0.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

mod drawn;

use std::error::Error;
use std::fmt::Write;
use std::time::Instant;

use counterflow_matching::stable::{Market, MarketError, Preferences, Role, blocking_pair, deferred_acceptance};

use drawn::Random;

/// Lists and places of one side.
type Half = (Preferences, Vec<u32>);

fn drawn(proposers: u64, receivers: u64, choices: u64, seed: u64) -> [Half; 2] {
    let mut random = Random(seed);
    let choices = choices.min(receivers);
    let mut listed_by = vec![u64::MAX; receivers as usize];
    let mut applicants = vec![Vec::new(); receivers as usize];
    let mut lists = Preferences::new();
    for proposer in 0..proposers {
        let mut list = Vec::with_capacity(choices as usize);
        while (list.len() as u64) < choices {
            let popular = random.below(receivers).min(random.below(receivers)) as usize;
            // A list that is nearly everybody would wait long for the last popular one.
            let receiver = (popular..receivers as usize).chain(0..popular).find(|&at| listed_by[at] != proposer);
            let Some(receiver) = receiver else { break };
            listed_by[receiver] = proposer;
            applicants[receiver].push((random.below(1 << 40), proposer as u32));
            list.push(receiver as u32);
        }
        lists.push(list);
    }
    let mut ranked = Preferences::new();
    let mut places = Vec::new();
    for mut list in applicants {
        list.sort_unstable();
        ranked.push(list.into_iter().map(|(_, proposer)| proposer));
        places.push(1 + random.below(3) as u32);
    }
    [(lists, vec![1; proposers as usize]), (ranked, places)]
}

fn read(path: &str) -> Result<[Half; 2], Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let people: Vec<usize> = numbers(lines.next().ok_or("the market is empty")?)?;
    let [proposers, receivers] = people[..] else { return Err("the first line has to hold two numbers".into()) };
    let mut half = |people: usize| -> Result<Half, Box<dyn Error>> {
        let (mut lists, mut places) = (Preferences::new(), Vec::new());
        for line in lines.by_ref().take(people) {
            let line = numbers::<u32>(line)?;
            let (first, list) = line.split_first().ok_or("a line without a number of places")?;
            places.push(*first);
            lists.push(list.iter().copied());
        }
        if places.len() == people { Ok((lists, places)) } else { Err("the market ends too early".into()) }
    };
    Ok([half(proposers)?, half(receivers)?])
}

fn numbers<N: std::str::FromStr>(line: &str) -> Result<Vec<N>, N::Err> {
    line.split_whitespace().map(str::parse).collect()
}

fn told(errors: Vec<MarketError>) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what:<8} {:>9.3} ms", start.elapsed().as_secs_f64() * 1_000.0);
    result
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<u64> = arguments.iter().map_while(|text| text.parse().ok()).collect();
    let number = |at: usize, default: u64| given.get(at).copied().unwrap_or(default);
    let from_file = !arguments.is_empty() && given.is_empty();
    let [proposers, receivers] = if from_file {
        timed("read", || read(&arguments[0]))?
    } else {
        drawn(number(0, 20_000), number(1, 100_000), number(2, 50), number(3, 1))
    };
    let market = timed("check", || Market::new(proposers.0, proposers.1, receivers.0, receivers.1)).map_err(told)?;
    let pairs = timed("match", || deferred_acceptance(&market));
    let objection = timed("verify", || blocking_pair(&market, &pairs));
    println!("{} pairs of {} choices", pairs.len(), market.preferences(Role::Proposer).total_choices());
    if let Some(objection) = objection {
        return Err(objection.into());
    }
    if let Some(path) = arguments.get(1).filter(|_| from_file) {
        let mut text = String::new();
        for (proposer, receiver) in &pairs {
            writeln!(text, "{proposer} {receiver}")?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
