//! How long it takes to find comparators: `cargo run --release -p statistics --example comparators -- [PEOPLE]`.
//!
//! Invented people with six covariates, of whom three in ten join; a propensity model, pairs within 0.2 standard
//! deviations of the logit, and their balance.

use std::{error::Error, io::Write, time::Instant};

use counterflow_statistics::matching::{
    Covariates, NearestOptions, PropensityModel, balance_table, love_plot, match_nearest,
};

/// Numbers without pattern between 0 and 1, the same in every run: SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ bits >> 31) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let people: usize = std::env::args().nth(1).map_or(Ok(100_000), |people| people.parse())?;
    let mut dice = Dice(1);
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 6];
    let mut treated = Vec::with_capacity(people);
    for _ in 0..people {
        let age = 22.0 + (dice.next() * 430.0).floor() / 10.0;
        let woman = (dice.next() * 2.0).floor();
        let grade = 1.0 + (dice.next() * 7.0).floor();
        let tenure = (dice.next() * 4_000.0).floor() / 365.25;
        let rating = 1.0 + (dice.next() * 400.0).floor() / 100.0;
        let remote = (dice.next() * 2.0).floor();
        for (column, value) in columns.iter_mut().zip([age, woman, grade, tenure, rating, remote]) {
            column.push(value);
        }
        let logit = -1.9 - 0.03 * (age - 40.0) + 0.3 * woman + 0.15 * (grade - 4.0) + 0.4 * (rating - 3.0);
        treated.push(dice.next() < 1.0 / (1.0 + (-logit - 0.9).exp()));
    }
    let names = ["age", "woman", "grade", "tenure", "rating", "remote"];
    let covariates = Covariates::new(names.into_iter().zip(columns))?;
    let started = Instant::now();
    let model = PropensityModel::fit(&covariates, &treated)?;
    let fitted = started.elapsed();
    let options = NearestOptions { caliper: Some(0.2 * model.sd_logit()), ..NearestOptions::default() };
    let matching = match_nearest(&model.logit, &treated, &options)?;
    let matched = started.elapsed();
    let plot = love_plot(&balance_table(&covariates, &treated, &matching.weights())?);
    writeln!(
        std::io::stdout(),
        "{people} people, {} pairs, {} dropped: model {fitted:.1?} ({} steps), with pairs {matched:.1?}, with balance \
         {:.1?}; {} of {} covariates balanced",
        matching.sets.len(),
        matching.dropped.len(),
        model.iterations,
        started.elapsed(),
        plot.iter().filter(|row| row.balanced).count(),
        plot.len()
    )?;
    Ok(())
}
