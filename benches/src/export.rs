//! What others check the engine by: its scores, and the pairs it chose.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use counterflow_matching::{CompiledInstance, Side, Solution, admissible_pairs};

use crate::folder;

/// 200 MB as two bytes each.
const MOST_SCORES: usize = 100_000_000;

/// Writes the score of every pair: i16 little-endian, a row a mentee, -1 where the rules forbid the pair.
pub fn scores(compiled: &CompiledInstance, path: &Path) -> Result<(), Box<dyn Error>> {
    let (mentors, mentees) = (compiled.people(Side::Mentor).len(), compiled.people(Side::Mentee).len());
    if mentors * mentees > MOST_SCORES {
        return Err(format!("{mentors} by {mentees} scores are more than {MOST_SCORES}").into());
    }
    let mut scores = vec![-1i16; mentors * mentees];
    for pair in admissible_pairs(compiled) {
        let (mentor, mentee) = (folder::position(pair.mentor)?, folder::position(pair.mentee)?);
        scores[mentee * mentors + mentor] = i16::try_from(pair.score)?;
    }
    let bytes: Vec<u8> = scores.into_iter().flat_map(i16::to_le_bytes).collect();
    Ok(fs::write(path, bytes)?)
}

/// Writes mentor's and mentee's position and the score of each pair of the draft, a line each.
pub fn pairs(solution: &Solution, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(File::create(path)?);
    for pair in &solution.pairs {
        writeln!(out, "{},{},{}", folder::position(&pair.mentor)?, folder::position(&pair.mentee)?, pair.score)?;
    }
    Ok(out.flush()?)
}
