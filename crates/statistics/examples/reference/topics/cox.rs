//! Proportional hazards, with everything that is made of them; right censored and counting process alike.

use counterflow_statistics::survival::{
    ConfType, CoxOptions, CoxPh, KaplanMeier, PhTest, Schoenfeld, SurvivalData, Ties, Transform, Variance,
};
use serde_json::{Map, Value, json};

use super::{
    Case, Tolerance, Topic,
    formula::Formula,
    survival::{complete, data, labels, list, said},
};

const GIVEN: &[&str] =
    &["id", "data", "filter", "prepare", "surv", "formula", "cluster", "weights", "functions", "ties"];

pub const TOPIC: Topic = Topic { name: "cox", given: GIVEN, tolerance, compute, whole: None };
pub const COUNTING: Topic = Topic { name: "cox_counting", given: GIVEN, tolerance, compute, whole: None };

const TRANSFORMS: [(&str, Transform); 4] =
    [("km", Transform::Km), ("identity", Transform::Identity), ("log", Transform::Log), ("rank", Transform::Rank)];

fn tolerance(path: &str) -> Tolerance {
    let robust = ["robust", "ph_", "concordance", "predicted", "baseline", "residuals"];
    if path.starts_with("ph_test_grambsch_therneau_approx") {
        // From lifelines, whose coefficients are right to 1e-8.
        Tolerance::STOPPED_EARLY
    } else if path.split('/').any(|part| part == "p") {
        Tolerance::TAIL
    } else if robust.iter().any(|word| path.contains(word)) {
        Tolerance::ROBUST
    } else {
        Tolerance::FITTED
    }
}

fn compute(case: &Case) -> Result<Value, String> {
    let formula = Formula::parse(case.need("formula")?)?;
    let times: Vec<&str> = case.need("surv")?.split(',').map(str::trim).collect();
    let (entry, time, event) = match times[..] {
        [time, event] => (None, time, event),
        [entry, time, event] => (Some(entry), time, event),
        _ => return Err(format!("{times:?} are no times")),
    };
    let (cluster, weights) = (case.text("cluster"), case.text("weights"));
    let mut used: Vec<_> = formula.columns().into_iter().map(Some).collect();
    used.extend([entry, Some(time), Some(event), cluster, weights]);
    let table = complete(&case.table()?, &used)?;
    let mut data = data(&table, entry, time, event)?;
    if let Some(column) = &formula.strata {
        data = data.with_strata(labels(&table, column)?.1).map_err(said)?;
    }
    if let Some(column) = cluster {
        data = data.with_clusters(labels(&table, column)?.1).map_err(said)?;
    }
    if let Some(column) = weights {
        data = data.with_weights(table.numbers(column)?).map_err(said)?;
    }
    let design = formula.design(&table)?;
    let mut found = Map::new();
    for (name, ties) in [("efron", Ties::Efron), ("breslow", Ties::Breslow)] {
        let options = CoxOptions { level: case.level() };
        let fit = CoxPh::fit(&data, &design, ties, &options).map_err(said)?;
        found.insert(name.to_owned(), model(&case.value[name], &data, &fit)?);
        if ties == Ties::Efron {
            found.insert("ph_test_grambsch_therneau_approx".to_owned(), approximate(&data, &fit));
        }
    }
    let published = published(&case.value["published"]["values"], &found);
    found.insert("published".to_owned(), json!({ "values": published }));
    Ok(Value::Object(found))
}

fn model(given: &Value, data: &SurvivalData, fit: &CoxPh) -> Result<Value, String> {
    let terms = fit.coefficients(Variance::Model);
    let covariance = fit.covariance(Variance::Model);
    let (lr, wald, score) = (fit.lr_test(), fit.wald_test(Variance::Model), fit.score_test());
    let of = |of: &dyn Fn(usize) -> f64| (0..terms.len()).map(of).collect::<Vec<_>>();
    let robust = fit.coefficients(Variance::Robust);
    let mut found = json!({
        "n": data.len(),
        "events": data.events(),
        "terms": fit.terms(),
        "coef": of(&|term| terms[term].coef),
        "se": of(&|term| terms[term].std_err),
        "vcov": (0..terms.len()).map(|row| covariance.row(row)).collect::<Vec<_>>(),
        "hr": of(&|term| terms[term].hazard_ratio),
        "hr_lower": of(&|term| terms[term].limits.lower),
        "hr_upper": of(&|term| terms[term].limits.upper),
        "z": of(&|term| terms[term].z),
        "p": of(&|term| terms[term].p),
        "loglik_null": fit.loglik_null(),
        "loglik": fit.loglik(),
        "lr_chi2": lr.map_err(said)?.chi2,
        "wald_chi2": wald.map_err(said)?.chi2,
        "score_chi2": score.map_err(said)?.chi2,
        "robust_se": of(&|term| robust[term].std_err),
    });
    concordance(&mut found, fit);
    for (name, transform) in TRANSFORMS {
        let rows = fit.terms().iter().map(String::as_str).chain(["GLOBAL"]);
        let test = match fit.ph_test(transform) {
            Ok(test) => ph_test(&test, &rows.collect::<Vec<_>>()),
            Err(why) => said(why).into(),
        };
        found[format!("ph_score_test_{name}")] = test;
    }
    found["baseline_cumhaz_at_x0"] = baseline(&list(&given["baseline_cumhaz_at_x0"]["times"]), fit)?;
    found["predicted"] = predicted(&given["predicted"], fit)?;
    found["residuals"] = residuals(&given["residuals"], fit);
    Ok(found)
}

/// Counts stand by name for one stratum, and for several one kind after the other.
fn concordance(found: &mut Value, fit: &CoxPh) {
    match fit.concordance() {
        Ok(concordance) => {
            found["concordance"] = concordance.concordance.into();
            found["concordance_se"] = concordance.std_err.into();
            let kinds = |of: fn(&counterflow_statistics::survival::Pairs) -> f64| -> Vec<f64> {
                concordance.pairs.iter().map(of).collect()
            };
            let counts = [
                ("concordant", kinds(|pairs| pairs.concordant)),
                ("discordant", kinds(|pairs| pairs.discordant)),
                ("tied.x", kinds(|pairs| pairs.tied_score)),
                ("tied.y", kinds(|pairs| pairs.tied_time)),
                ("tied.xy", kinds(|pairs| pairs.tied_both)),
            ];
            found["concordance_counts"] = if concordance.pairs.len() == 1 {
                counts.iter().map(|(name, values)| ((*name).to_owned(), json!(values[0]))).collect()
            } else {
                counts.iter().flat_map(|(_, values)| values).copied().collect()
            };
        }
        Err(why) => found["concordance"] = said(why).into(),
    }
}

fn ph_test(test: &PhTest, rows: &[&str]) -> Value {
    let all: Vec<_> = test.terms.iter().chain([&test.global]).collect();
    json!({
        "rows": rows,
        "chi2": all.iter().map(|row| row.chi2).collect::<Vec<_>>(),
        "df": all.iter().map(|row| row.df).collect::<Vec<_>>(),
        "p": all.iter().map(|row| row.p).collect::<Vec<_>>(),
    })
}

fn baseline(times: &[f64], fit: &CoxPh) -> Result<Value, String> {
    let strata = fit.baseline_hazard().map_err(said)?;
    let at = |time: &f64| {
        let passed = strata[0].times.partition_point(|jump| jump <= time);
        passed.checked_sub(1).map_or(0.0, |last| strata[0].cumulative_hazard[last])
    };
    Ok(json!({ "times": times, "H0": times.iter().map(at).collect::<Vec<_>>() }))
}

fn predicted(given: &Value, fit: &CoxPh) -> Result<Value, String> {
    let newdata = &given["newdata"][0];
    if newdata.is_null() {
        return Ok(Value::Null);
    }
    let value =
        |term: &String| -> f64 { term.split(':').map(|name| newdata[name].as_f64().unwrap_or(f64::NAN)).product() };
    let x: Vec<f64> = fit.terms().iter().map(value).collect();
    let times = list(&given["times"]);
    let stratum = fit.baseline_hazard().map_err(said)?[0].stratum;
    let points = fit.predict_survival(&x, stratum, &times, ConfType::LogLog, Variance::Model).map_err(said)?;
    Ok(json!({
        "newdata": given["newdata"],
        "times": times,
        "survival": points.iter().map(|point| point.survival).collect::<Vec<_>>(),
        "se": points.iter().map(|point| point.std_err).collect::<Vec<_>>(),
        "lower_loglog": points.iter().map(|point| point.limits.map(|limits| limits.lower)).collect::<Vec<_>>(),
        "upper_loglog": points.iter().map(|point| point.limits.map(|limits| limits.upper)).collect::<Vec<_>>(),
    }))
}

fn residuals(given: &Value, fit: &CoxPh) -> Value {
    let (martingale, deviance) = (fit.martingale_residuals(), fit.deviance_residuals());
    let squares = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
    let first = |name: &str| given[name].as_array().map_or(0, Vec::len);
    json!({
        "martingale_first8": martingale[..first("martingale_first8").min(martingale.len())],
        "deviance_first8": deviance[..first("deviance_first8").min(deviance.len())],
        "martingale_sum_sq": squares(&martingale),
        "deviance_sum_sq": squares(&deviance),
        "dfbeta_first4_rows": fit.dfbeta().into_iter().take(first("dfbeta_first4_rows")).collect::<Vec<_>>(),
    })
}

/// The test of 1994 that the score test has replaced, from scaled residuals and as if their variance were the same at all
/// times. The crate does not offer it; here it shows that its residuals are right.
fn approximate(data: &SurvivalData, fit: &CoxPh) -> Value {
    let residuals = fit.schoenfeld_residuals();
    let Ok(curve) = KaplanMeier::fit(data, ConfType::Plain, 0.95) else { return Value::Null };
    let times: Vec<f64> = residuals.iter().map(|residual| residual.time).collect();
    let km = |time: &f64| 1.0 - curve.at(*time).survival;
    json!({
        "km": { "chi2": scaled(fit, &residuals, times.iter().map(km).collect()) },
        "identity": { "chi2": scaled(fit, &residuals, times.clone()) },
        "rank": { "chi2": scaled(fit, &residuals, (1..=times.len()).map(|rank| rank as f64).collect()) },
    })
}

fn scaled(fit: &CoxPh, residuals: &[Schoenfeld], mut g: Vec<f64>) -> Vec<f64> {
    let (events, covariance) = (residuals.len() as f64, fit.covariance(Variance::Model));
    let mean = g.iter().sum::<f64>() / events;
    g.iter_mut().for_each(|g| *g -= mean);
    let squares: f64 = g.iter().map(|g| g * g).sum();
    let mut sums = vec![0.0; fit.terms().len()];
    for (residual, g) in residuals.iter().zip(&g) {
        sums.iter_mut().zip(covariance.times(&residual.residual)).for_each(|(sum, scaled)| *sum += g * scaled);
    }
    let chi2 = |(term, sum): (usize, f64)| events * sum * sum / (covariance[(term, term)] * squares);
    sums.into_iter().enumerate().map(chi2).collect()
}

/// Books print Efron's coefficients unless they say otherwise; one term stands without a list.
fn published(given: &Value, found: &Map<String, Value>) -> Value {
    let of = |ties: &str, what: &str, name: &str| {
        let values = &found[ties][what];
        if given[name].is_number() { values[0].clone() } else { values.clone() }
    };
    let names = ["coef", "se"].iter().flat_map(|what| {
        ["", "_efron", "_breslow"]
            .map(|end| (format!("{what}{end}"), *what, if end == "_breslow" { "breslow" } else { "efron" }))
    });
    names
        .map(|(name, what, ties)| {
            let value = of(ties, what, &name);
            (name, value)
        })
        .collect()
}
