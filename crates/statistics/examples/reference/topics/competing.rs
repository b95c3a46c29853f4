//! Cumulative incidences of competing causes.

use counterflow_statistics::survival::{AalenJohansen, ConfType, SurvivalData};
use serde_json::{Map, Value, json};

use super::{
    Case, Tolerance, Topic,
    survival::{complete, labels, list, said},
};

pub const TOPIC: Topic = Topic {
    name: "competing",
    given: &["id", "data", "filter", "prepare", "time", "status", "entry", "censor_code", "group", "functions"],
    tolerance: |_| Tolerance::CLOSED,
    compute,
    whole: None,
};

fn compute(case: &Case) -> Result<Value, String> {
    let (time, status, group, entry) =
        (case.need("time")?, case.need("status")?, case.text("group"), case.text("entry"));
    let table = complete(&case.table()?, &[Some(time), Some(status), group, entry])?;
    let censored = case.value["censor_code"].as_f64().unwrap_or(0.0);
    let codes = table.numbers(status)?;
    let mut causes: Vec<f64> = codes.iter().copied().filter(|code| *code != censored).collect();
    causes.sort_by(f64::total_cmp);
    causes.dedup();
    let events = codes.iter().map(|code| *code != censored).collect();
    let cause: Vec<u32> = codes.iter().map(|code| causes.partition_point(|cause| cause < code) as u32).collect();
    let data = match entry {
        Some(entry) => SurvivalData::counting_process(table.numbers(entry)?, table.numbers(time)?, events),
        None => SurvivalData::right_censored(table.numbers(time)?, events),
    };
    let data = data.map_err(said)?;
    let (names, groups) = match group {
        Some(group) => labels(&table, group)?,
        None => (vec!["all".to_owned()], vec![0; data.len()]),
    };
    let fits = AalenJohansen::fit_groups(&data, &cause, &groups, ConfType::LogLog, case.level()).map_err(said)?;
    let mut found = Map::new();
    for (place, (name, fit)) in names.iter().zip(&fits).enumerate() {
        let times = list(&case.value["groups"][name]["times"]);
        let n = groups.iter().filter(|group| **group as usize == place).count();
        let mut figures = json!({ "n": n, "times": times });
        for (at, code) in causes.iter().enumerate() {
            let points: Vec<_> = times.iter().map(|&time| fit.at(at, time)).collect();
            figures[format!("cif_cause{code}")] = points.iter().map(|point| point.estimate).collect();
            figures[format!("se_cause{code}")] = points.iter().map(|point| point.std_err).collect();
        }
        found.insert(name.clone(), figures);
    }
    Ok(json!({ "groups": found }))
}
