//! One task of the crate `survival`: `survival-peer FILE.csv TASK REPEATS`. Prints JSON as the other runners do.
//!
//! Only Cox models are compared: its curves come without limits by the log of minus the log.

use std::{error::Error, fs, time::Instant};

use ndarray::Array2;
use serde_json::json;
use survival::regression::{CoxPHFit, CoxphData, CoxphOptions};

const COVARIATES: [&str; 6] = ["participant", "x1", "x2", "x3", "x4", "x5"];

struct Table {
    header: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Table {
    fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(path)?;
        let mut lines = text.lines();
        let header = lines.next().unwrap_or_default().split(',').map(str::to_owned).collect();
        let rows = lines.map(|line| line.split(',').map(str::parse).collect()).collect::<Result<_, _>>()?;
        Ok(Self { header, rows })
    }

    fn column(&self, name: &str) -> Vec<f64> {
        let place = self.header.iter().position(|own| own == name).expect("every file has this column");
        self.rows.iter().map(|row| row[place]).collect()
    }

    fn data(&self, delayed: bool) -> Result<CoxphData, Box<dyn Error>> {
        let columns = COVARIATES.map(|name| self.column(name));
        let covariates = Array2::from_shape_fn((self.rows.len(), columns.len()), |(row, at)| columns[at][row]);
        let left = self.column("event").into_iter().map(|event| event as i32).collect();
        let entry = delayed.then(|| self.column("entry"));
        Ok(CoxphData::try_new(self.column("duration"), entry, left, covariates, None, None, None)?)
    }
}

fn memory(key: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|size| size.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [path, task, repeats] = &given[..] else { return Err("usage: survival-peer FILE.csv TASK REPEATS".into()) };
    if !task.starts_with("cox6") {
        println!("{}", json!({ "unsupported": true }));
        return Ok(());
    }
    let table = Table::read(path)?;
    let data = table.data(task == "cox6_trunc")?;
    drop(table);
    let (mut walls, mut result) = (Vec::new(), json!(null));
    let mut peak: f64 = 0.0;
    for _ in 0..repeats.parse::<usize>()? {
        // It takes its data for itself: the copy is there before the clock starts.
        let own = data.clone();
        let _ = fs::write("/proc/self/clear_refs", "5");
        let before = memory("VmRSS");
        let began = Instant::now();
        let fit = CoxPHFit::fit(own, CoxphOptions::default())?;
        walls.push(began.elapsed().as_secs_f64());
        peak = peak.max(memory("VmHWM") - before);
        let errors: Vec<f64> = fit.var.diag().iter().map(|variance| variance.sqrt()).collect();
        result = json!({ "coef": fit.coefficients, "se": errors });
    }
    println!("{}", json!({ "version": "2.0.0", "wall_s": walls, "task_peak_mb": peak, "result": result }));
    Ok(())
}
