//! Times one task on a file of the retention benchmark: `timings FILE.csv TASK REPEATS`.
//!
//! Tasks are `km`, `logrank`, `rmst`, `cox6` and `cox6_trunc`; columns are `duration`, `event`, `entry`, `participant` and
//! `x1` to `x5`. The file is read first. What is printed has the form of the peers' runs, so that results are compared
//! before times are.

use std::{fs, io::Write, time::Instant};

use counterflow_statistics::{
    Error,
    survival::{
        ConfType, CoxOptions, CoxPh, Design, KaplanMeier, SurvivalData, Ties, Variance, Weights, logrank_test,
        rmst_difference,
    },
};
use serde_json::{Value, json};

const COVARIATES: [&str; 6] = ["participant", "x1", "x2", "x3", "x4", "x5"];

type Problem = Box<dyn std::error::Error>;

/// The columns of those names.
fn columns<const N: usize>(file: &str, names: [&str; N]) -> Result<[Vec<f64>; N], Problem> {
    let text = fs::read_to_string(file)?;
    let mut lines = text.lines();
    let header: Vec<_> = lines.next().unwrap_or_default().split(',').collect();
    let mut columns = names.map(|_| Vec::new());
    for line in lines {
        let cells: Vec<_> = line.split(',').collect();
        for (column, name) in columns.iter_mut().zip(names) {
            let place = header.iter().position(|own| *own == name).ok_or("a column is missing")?;
            column.push(cells.get(place).ok_or("a cell is missing")?.parse()?);
        }
    }
    Ok(columns)
}

struct Input {
    data: SurvivalData,
    groups: Vec<u32>,
    design: Design,
}

impl Input {
    /// Only what the task needs stays in memory.
    fn read(file: &str, task: &str) -> Result<Self, Problem> {
        let [time, event, entry] = columns(file, ["duration", "event", "entry"])?;
        let event = event.into_iter().map(|event| event > 0.0).collect();
        let data = if task == "cox6_trunc" {
            SurvivalData::counting_process(entry, time, event)?
        } else {
            SurvivalData::right_censored(time, event)?
        };
        let mut design = Design::new();
        let mut groups = Vec::new();
        if task.starts_with("cox6") {
            for (name, column) in COVARIATES.into_iter().zip(columns(file, COVARIATES)?) {
                design = design.with(name, column)?;
            }
        } else {
            let [participant] = columns(file, ["participant"])?;
            groups = participant.into_iter().map(|participant| u32::from(participant > 0.0)).collect();
        }
        Ok(Self { data, groups, design })
    }

    fn run(&self, task: &str) -> Result<Value, Error> {
        let curves = || KaplanMeier::fit_groups(&self.data, &self.groups, ConfType::LogLog, 0.95);
        Ok(match task {
            "km" => {
                let curves = curves()?;
                json!({ "S365_0": curves[0].at(365.0).survival, "S365_1": curves[1].at(365.0).survival })
            }
            "rmst" => {
                let curves = curves()?;
                let means = [curves[0].rmst(1000.0)?, curves[1].rmst(1000.0)?];
                let p = rmst_difference(&curves[0], &curves[1], 1000.0)?.p;
                json!({ "rmst1000_0": means[0].estimate, "rmst1000_1": means[1].estimate, "p": p })
            }
            "logrank" => json!({ "chi2": logrank_test(&self.data, &self.groups, Weights::LogRank)?.chi2 }),
            _ => {
                let fit = CoxPh::fit(&self.data, &self.design, Ties::Efron, &CoxOptions::default())?;
                let terms = fit.coefficients(Variance::Model);
                let tests = [fit.lr_test()?, fit.wald_test(Variance::Model)?, fit.score_test()?];
                json!({
                    "coef": fit.coef(),
                    "se": terms.iter().map(|term| term.std_err).collect::<Vec<_>>(),
                    "chi2": tests.map(|test| test.chi2),
                })
            }
        })
    }
}

/// What the system says of the memory of this process, in MB.
fn memory(key: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|size| size.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

fn main() -> Result<(), Problem> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [file, task, repeats] = &arguments[..] else { return Err("usage: timings FILE.csv TASK REPEATS".into()) };
    if !["km", "rmst", "logrank", "cox6", "cox6_trunc"].contains(&task.as_str()) {
        return Err(format!("no task {task}").into());
    }
    let started = Instant::now();
    let input = Input::read(file, task)?;
    let loaded = started.elapsed().as_secs_f64();
    // Reading needs more memory for a moment than the columns take; from here on the peak is that of the task.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS");
    let (mut walls, mut result) = (Vec::new(), Value::Null);
    for _ in 0..repeats.parse::<usize>()? {
        let started = Instant::now();
        result = input.run(task)?;
        walls.push(started.elapsed().as_secs_f64());
    }
    let peak = memory("VmHWM");
    let report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "load_s": loaded,
        "wall_s": walls,
        "rss_after_load_mb": before,
        "peak_rss_mb": peak,
        "task_peak_mb": peak - before,
        "result": result,
    });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}
