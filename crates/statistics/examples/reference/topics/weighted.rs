//! Curves and hazard ratios of weighted rows.

use counterflow_statistics::{
    matching::{Covariates, Estimand, PropensityModel, Trim, iptw},
    survival::{ConfType, CoxOptions, CoxPh, Design, Horizon, KaplanMeier, SurvivalData, Ties, Variance},
};
use serde_json::{Map, Value, json};

use super::{
    Case, Tolerance, Topic,
    formula::Formula,
    survival::{complete, data, labels, list, said},
};

pub const TOPIC: Topic = Topic {
    name: "weighted",
    given: &[
        "id",
        "data",
        "filter",
        "prepare",
        "time",
        "event",
        "entry",
        "treatment",
        "ps_formula",
        "weights",
        "functions",
        "tau",
    ],
    // The weights are those of a fitted model, and so is all that is made of them.
    tolerance: |path| if path.contains("robust") { Tolerance::ROBUST } else { Tolerance::FITTED },
    compute,
    whole: None,
};

fn compute(case: &Case) -> Result<Value, String> {
    let (time, event, treatment) = (case.need("time")?, case.need("event")?, case.need("treatment")?);
    let (formula, entry) = (Formula::parse(case.need("ps_formula")?)?, case.text("entry"));
    let mut used: Vec<_> = formula.columns().into_iter().map(Some).collect();
    used.extend([Some(time), Some(event), Some(treatment), entry]);
    let table = complete(&case.table()?, &used)?;
    let design = formula.design(&table)?;
    let treatments = table.numbers(treatment)?;
    let treated: Vec<bool> = treatments.iter().map(|treated| *treated != 0.0).collect();
    let columns = design.names().iter().cloned().zip(design.columns().iter().cloned());
    let covariates = Covariates::new(columns).map_err(said)?;
    let model = PropensityModel::fit(&covariates, &treated).map_err(said)?;
    let weights = weights(case.need("weights")?, &model)?;
    let data = data(&table, entry, time, event)?.with_weights(weights).map_err(said)?;
    let (names, groups) = labels(&table, treatment)?;
    let curves = KaplanMeier::fit_groups(&data, &groups, ConfType::LogLog, case.level()).map_err(said)?;
    let tau = case.number("tau")?;
    let mut found = Map::new();
    for (name, curve) in names.iter().zip(&curves) {
        let times = list(&case.value["groups"][name]["times"]);
        let rmst = curve.rmst(Horizon::level_after_last(tau)).map_err(said)?;
        let survival: Vec<_> = times.iter().map(|&time| curve.at(time).survival).collect();
        let figures = json!({ "times": times, "weighted_survival": survival, "rmst": rmst.estimate });
        found.insert(name.clone(), figures);
    }
    Ok(json!({ "groups": found, "cox": cox(&data, treatment, treatments, case.level())? }))
}

/// Weights as the case words them; those for everybody are stabilised only if it says so.
fn weights(words: &str, model: &PropensityModel) -> Result<Vec<f64>, String> {
    let of = |estimand| iptw(model, estimand, Trim::Keep).map(|weights| weights.weights).map_err(said);
    if words.starts_with("ATT") {
        return of(Estimand::Att);
    }
    if !words.starts_with("ATE") {
        return Err(format!("weights {words:?}"));
    }
    let mut weights = of(Estimand::Ate)?;
    if !words.contains("tabili") {
        let exposed = model.treated().iter().filter(|treated| **treated).count() as f64;
        let share = exposed / weights.len() as f64;
        let shares = model.treated().iter().map(|treated| if *treated { share } else { 1.0 - share });
        weights.iter_mut().zip(shares).for_each(|(weight, share)| *weight /= share);
    }
    Ok(weights)
}

fn cox(data: &SurvivalData, treatment: &str, treated: Vec<f64>, level: f64) -> Result<Value, String> {
    let design = Design::new().with(treatment, treated).map_err(said)?;
    let fit = CoxPh::fit(data, &design, Ties::Efron, &CoxOptions { level }).map_err(said)?;
    let (naive, robust) = (fit.coefficients(Variance::Model)[0], fit.coefficients(Variance::Robust)[0]);
    Ok(json!({ "coef": naive.coef, "naive_se": naive.std_err, "robust_se": robust.std_err }))
}
