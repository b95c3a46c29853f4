//! How long reasons take: what the criteria leave before a run, and why a draft is as it is after it.

use std::error::Error;

use counterflow_matching::{
    CompiledInstance, HardRule, Reasons, Side, Solution, Weight, count, explain_pair, unattended, what_if,
};
use serde::Serialize;

use crate::timed;

/// So many people and pairs are asked about.
const ASKED: usize = 20;

/// Seconds for all, milliseconds for one.
#[derive(Serialize)]
pub struct Times {
    count_s: f64,
    /// Pairs that all rules leave.
    remaining: u64,
    reasons_s: f64,
    /// For one mentee, the mean of some; all mentees if every one has a partner.
    mentee_ms: f64,
    /// For one mentor, the same.
    mentor_ms: f64,
    /// For one pair, the mean of some.
    pair_ms: f64,
    /// A match with the first rule dropped, verified.
    what_if_s: f64,
}

pub fn times(compiled: &CompiledInstance, solution: &Solution) -> Result<Times, Box<dyn Error>> {
    let (counts, count_s) = timed(|| count(compiled));
    let (reasons, reasons_s) = timed(|| Reasons::new(compiled, solution));
    let reasons = reasons?;
    let person = |side: Side| -> Result<f64, Box<dyn Error>> {
        let unmatched = solution.unmatched.of(side).iter().map(String::as_str);
        let asked: Vec<&str> = unmatched.chain(compiled.people(side).ids()).take(ASKED).collect();
        let (found, seconds) =
            timed(|| asked.iter().map(|id| reasons.unmatched(side, id)).collect::<Result<Vec<_>, _>>());
        Ok(seconds * 1_000.0 / found?.len() as f64)
    };
    let pairs = solution.pairs.iter().take(ASKED);
    let (explained, pairs_s) =
        timed(|| pairs.map(|pair| explain_pair(compiled, &pair.mentor, &pair.mentee)).collect::<Result<Vec<_>, _>>());
    let rule = compiled.criteria().list.iter().position(|criterion| criterion.rule.weight().is_none());
    let dropped = rule.zip(Weight::new(0));
    let (changed, what_if_s) = timed(|| {
        dropped.map(|(at, weight)| what_if(compiled, solution, HardRule::Criterion(at), weight, unattended)).transpose()
    });
    changed?;
    Ok(Times {
        count_s,
        remaining: counts.remaining,
        reasons_s,
        mentee_ms: person(Side::Mentee)?,
        mentor_ms: person(Side::Mentor)?,
        pair_ms: pairs_s * 1_000.0 / explained?.len().max(1) as f64,
        what_if_s,
    })
}
