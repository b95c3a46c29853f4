//! Whether the retention analysis finds what is true: `cargo run --release -p statistics --example retention -- [RUNS]`.
//!
//! Invented studies of which the truth is known: how far the difference at 12 months and the days kept are off on average,
//! how often their intervals hold the truth, and how often an effect is seen where there is none. Joiners are followed as
//! the report follows them, and as it would if only comparators were no longer watched once they join.

use std::{error::Error, io::Write};

use counterflow_statistics::{
    design::{Comparators, RiskSetOptions},
    power::simulation::Study,
    retention::TENURE_WITHIN,
    survival::{ConfType, KaplanMeier, SurvivalData, rmst_difference},
};

type Answer<T> = Result<T, Box<dyn Error>>;

const SEED: u64 = 20_260_101;
const TAU: u32 = 365;
const LEVEL_Z: f64 = 1.959_963_984_540_054;
/// Two kinds of people: some join often and rarely leave, the others the other way round. Compared are people of a kind.
const KINDS: [Study; 2] = [
    Study {
        people: 400,
        days: 1_096,
        longest_tenure: 3_000,
        joining: 0.9,
        exits: 0.08,
        other_exits: 0.05,
        hazard_ratio: 1.0,
    },
    Study {
        people: 400,
        days: 1_096,
        longest_tenure: 3_000,
        joining: 0.4,
        exits: 0.4,
        other_exits: 0.05,
        hazard_ratio: 1.0,
    },
];

/// Errors of an estimate over many runs.
#[derive(Default)]
struct Errors {
    sum: f64,
    held: u32,
    seen: u32,
    runs: u32,
}

impl Errors {
    fn add(&mut self, estimate: f64, std_err: f64, truth: f64) {
        self.sum += estimate - truth;
        self.held += u32::from((estimate - truth).abs() <= LEVEL_Z * std_err);
        self.seen += u32::from(estimate.abs() > LEVEL_Z * std_err);
        self.runs += 1;
    }

    fn print(&self, out: &mut impl Write, name: &str) -> std::io::Result<()> {
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(self.runs);
        let bias = self.sum / f64::from(self.runs);
        writeln!(
            out,
            "{name:<62} bias {bias:>+9.4}  holds {:>5.1} %  sees {:>5.1} %",
            share(self.held),
            share(self.seen)
        )
    }
}

fn main() -> Answer<()> {
    let runs: u32 = std::env::args().nth(1).map_or(Ok(2_000), |runs| runs.parse())?;
    let mut out = std::io::stdout().lock();
    for hazard_ratio in [1.0, 0.7] {
        for comparators in [Comparators::SetCensoredAtJoining, Comparators::CensoredAtJoining] {
            let kinds = KINDS.map(|kind| Study { hazard_ratio, ..kind });
            let [share, days] = errors(&kinds, comparators, runs)?;
            let name = |what: &str| format!("hazard ratio {hazard_ratio}, {comparators:?}: {what}");
            share.print(&mut out, &name("share"))?;
            days.print(&mut out, &name("days"))?;
        }
    }
    Ok(())
}

/// Of the difference at 12 months, and of the days kept. Hazards are constant and a day is counted to its end, so what is
/// true of a kind follows from powers, and of the matched from how many of each kind there are.
fn errors(kinds: &[Study; 2], comparators: Comparators, runs: u32) -> Answer<[Errors; 2]> {
    let stay = |hazard: f64, day: u32| (-hazard * f64::from(day)).exp();
    let mean = |hazard: f64| (0..TAU).map(|day| stay(hazard, day)).sum::<f64>();
    let truths = kinds.map(|kind| {
        let daily = kind.exits / 365.25;
        let joined = daily * kind.hazard_ratio;
        [stay(joined, TAU) - stay(daily, TAU), mean(joined) - mean(daily)]
    });
    let trial = kinds[0].trial(TAU);
    let mut found = [Errors::default(), Errors::default()];
    for place in 0..runs {
        let panels = [kinds[0].panel(SEED, place)?, kinds[1].panel(SEED + 1, place)?];
        let labels: Vec<u64> = (0..2_u64).flat_map(|kind| vec![kind; panels[kind as usize].len()]).collect();
        let people = panels.concat();
        let options = RiskSetOptions {
            tenure_within: TENURE_WITHIN,
            exact_on: Some(&labels),
            distance: None,
            caliper: None,
            ratio: 1,
        };
        let matched = trial.risk_set_match(&people, &options)?;
        let second = matched.sets.iter().filter(|(joiner, _)| labels[*joiner] == 1).count() as f64;
        let share = second / matched.sets.len() as f64;
        let truth = |figure: usize| (1.0 - share) * truths[0][figure] + share * truths[1][figure];
        let rows = trial.follow(&people, &matched, comparators);
        let arm = |exposed: bool| {
            let rows = rows.iter().filter(|row| row.exposed == exposed && row.time > 0.0);
            let (time, event) = rows.map(|row| (row.time, row.event)).unzip();
            KaplanMeier::fit(&SurvivalData::right_censored(time, event)?, ConfType::LogLog, 0.95)
        };
        let (joined, others) = (arm(true)?, arm(false)?);
        let at = [&joined, &others].map(|curve| curve.at(f64::from(TAU)));
        let std_err = at[0].std_err.unwrap_or(0.0).hypot(at[1].std_err.unwrap_or(0.0));
        found[0].add(at[0].survival - at[1].survival, std_err, truth(0));
        let days = rmst_difference(&others, &joined, f64::from(TAU))?.difference;
        found[1].add(days.estimate, days.std_err, truth(1));
    }
    Ok(found)
}
