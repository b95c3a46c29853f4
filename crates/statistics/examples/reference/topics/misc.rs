//! E-values, multiplicity, net promoter scores, rates.

use counterflow_statistics::{
    Error, Interval, multiplicity,
    nps::Answers,
    rates::Rate,
    sensitivity::{self, Effect},
};
use serde_json::{Value, json};

use super::{Case, Tolerance, Topic, figure, limits, number};

pub const TOPIC: Topic = Topic {
    name: "misc",
    given: &[
        "rr",
        "hr",
        "or",
        "lower",
        "upper",
        "p",
        "promoters",
        "passives",
        "detractors",
        "events",
        "person_years",
        "d1",
        "t1",
        "d0",
        "t0",
    ],
    tolerance: |path| if path.starts_with("p_") { Tolerance::TAIL } else { Tolerance::CLOSED },
    compute,
    whole: None,
};

fn compute(case: &Case) -> Result<Value, String> {
    match case.need("kind")? {
        kind if kind.starts_with("e_value") => e_value(case, kind.contains("common")),
        "p_adjust" => adjusted(case),
        "nps" => nps(case.value, case.level()),
        "rate" => rate(case),
        "rate_ratio" => rate_ratio(case),
        kind => Err(format!("nothing computes {kind:?}")),
    }
}

fn e_value(case: &Case, common: bool) -> Result<Value, String> {
    let given = |name: &str| case.value[name].as_f64();
    let effect = match (given("rr"), given("hr"), given("or")) {
        (Some(ratio), ..) => Effect::RiskRatio(ratio),
        (_, Some(ratio), _) if common => Effect::CommonHazardRatio(ratio),
        (_, _, Some(ratio)) if common => Effect::CommonOddsRatio(ratio),
        (_, Some(ratio), _) | (_, _, Some(ratio)) => Effect::RiskRatio(ratio),
        _ => return Err("no ratio".to_owned()),
    };
    let (lower, upper) = (case.number("lower").unwrap_or(0.0), case.number("upper").unwrap_or(f64::INFINITY));
    let found = sensitivity::e_value(effect, Interval { lower, upper });
    let limit = figure(found.map(|found| found.limit));
    Ok(json!({
        "rr_approx": figure(effect.as_risk_ratio()),
        "e_value": figure(effect.e_value()),
        "e_value_limit": limit,
        "published": { "values": { "e_value": figure(effect.e_value()), "e_value_limit": limit } },
    }))
}

fn adjusted(case: &Case) -> Result<Value, String> {
    let p: Vec<f64> = case.value["p"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let all = |found: Result<Vec<f64>, Error>| found.map_err(|why| why.to_string());
    Ok(json!({
        "holm": all(multiplicity::holm(&p))?,
        "bh": all(multiplicity::benjamini_hochberg(&p))?,
        "bonferroni": all(multiplicity::bonferroni(&p))?,
    }))
}

/// The score of the counts that `value` gives.
pub fn nps(value: &Value, level: f64) -> Result<Value, String> {
    let count = |name: &str| value[name].as_u64().ok_or_else(|| format!("no {name}"));
    let answers =
        Answers { promoters: count("promoters")?, passives: count("passives")?, detractors: count("detractors")? };
    let score = answers.score_of_few(level).map_err(|why| why.to_string())?;
    Ok(json!({
        "nps_points": score.points,
        "se_points_n": score.std_err,
        "se_points_n_minus_1": score.std_err_sample,
        "ci_wald_n": [score.interval.lower, score.interval.upper],
    }))
}

fn rate(case: &Case) -> Result<Value, String> {
    let rate = Rate::new(case.count("events")?, case.number("person_years")? / 100.0).map_err(|why| why.to_string())?;
    Ok(json!({
        "rate_per_100py": rate.estimate(),
        "garwood_exact": limits(rate.garwood(case.level())),
        "byar": limits(rate.byar(case.level())),
    }))
}

fn rate_ratio(case: &Case) -> Result<Value, String> {
    let rate =
        |events: &str, time: &str| Rate::new(case.count(events)?, case.number(time)?).map_err(|why| why.to_string());
    let (one, other) = (rate("d1", "t1")?, rate("d0", "t0")?);
    let found = one.over(&other, case.level()).map_err(|why| why.to_string())?;
    Ok(json!({
        "ratio": number(found.estimate),
        "exact_conditional_ci": [number(found.exact.lower), number(found.exact.upper)],
        "p_exact": found.p,
        "wald_log_ci": found.wald.map(|wald| [wald.lower, wald.upper]),
    }))
}
