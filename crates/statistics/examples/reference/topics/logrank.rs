//! Comparisons of curves by the weighted log-rank family.

use counterflow_statistics::survival::{LogRank, Weights, logrank_test};
use serde_json::{Value, json};

use super::{
    Case, Tolerance, Topic,
    survival::{complete, data, labels, said},
};

pub const TOPIC: Topic = Topic {
    name: "logrank",
    given: &["id", "data", "filter", "prepare", "time", "event", "entry", "group", "strata", "functions"],
    tolerance,
    compute,
    whole: None,
};

fn tolerance(path: &str) -> Tolerance {
    if path.ends_with("/p") { Tolerance::TAIL } else { Tolerance::CLOSED }
}

fn compute(case: &Case) -> Result<Value, String> {
    let (time, event, group) = (case.need("time")?, case.need("event")?, case.need("group")?);
    let (entry, strata) = (case.text("entry"), case.text("strata"));
    let table = complete(&case.table()?, &[Some(time), Some(event), Some(group), entry, strata])?;
    let mut data = data(&table, entry, time, event)?;
    if let Some(strata) = strata {
        data = data.with_strata(labels(&table, strata)?.1).map_err(said)?;
    }
    let (names, groups) = labels(&table, group)?;
    let test = |name: &str, weights| match logrank_test(&data, &groups, weights) {
        Ok(test) => found(&test, &names, &case.value[name]),
        Err(why) => said(why).into(),
    };
    let logrank = test("logrank", Weights::LogRank);
    let mut tests = json!({
        "peto_peto_rho1": test("peto_peto_rho1", Weights::PetoPeto),
        "gehan_breslow": test("gehan_breslow", Weights::GehanBreslow),
        "tarone_ware": test("tarone_ware", Weights::TaroneWare),
        "published": { "values": { "chi2": logrank["chi2"], "p": logrank["p"] } },
        "logrank": logrank,
    });
    // Other members of the family say their exponents themselves.
    for (name, given) in case.value.as_object().into_iter().flatten() {
        if let Some(rho) = given["rho"].as_f64() {
            let gamma = given["gamma"].as_f64().unwrap_or(0.0);
            tests[name] = test(name, Weights::FlemingHarrington { rho, gamma });
            (tests[name]["rho"], tests[name]["gamma"]) = (rho.into(), gamma.into());
        }
    }
    Ok(tests)
}

/// The variance is a matrix where all groups are shown and a number where only the first one is.
fn found(test: &LogRank, names: &[String], expected: &Value) -> Value {
    let size = names.len();
    let rows: Vec<_> = (0..size).map(|row| test.variance.row(row)).collect();
    let variance = if expected["variance"].is_number() { json!(test.variance[(0, 0)]) } else { json!(rows) };
    json!({
        "groups": names,
        "n": test.n,
        "observed": test.observed,
        "expected": test.expected,
        "variance": variance,
        "U_first_group": test.observed[0] - test.expected[0],
        "chi2": test.chi2,
        "df": test.df,
        "p": test.p,
    })
}
