//! Survival curves, their limits and quantiles, and restricted means.

use counterflow_statistics::survival::{ConfType, Horizon, KaplanMeier, NelsonAalen, rmst_difference};
use serde_json::{Map, Value, json};

use super::{
    Case, Tolerance, Topic,
    survival::{complete, data, labels, list, said},
};

pub const TOPIC: Topic = Topic {
    name: "km",
    given: &["id", "data", "filter", "prepare", "time", "event", "entry", "group", "estimator", "functions"],
    tolerance,
    compute,
    whole: None,
};

const KINDS: [(&str, ConfType); 3] = [("loglog", ConfType::LogLog), ("log", ConfType::Log), ("plain", ConfType::Plain)];

fn tolerance(path: &str) -> Tolerance {
    if path.ends_with("/p") || path.ends_with("/ratio_p") { Tolerance::TAIL } else { Tolerance::CLOSED }
}

fn compute(case: &Case) -> Result<Value, String> {
    let (time, event, group) = (case.need("time")?, case.need("event")?, case.text("group"));
    let table = complete(&case.table()?, &[Some(time), Some(event), case.text("entry"), group])?;
    let data = data(&table, case.text("entry"), time, event)?;
    let (names, groups) = match group {
        Some(group) => labels(&table, group)?,
        None => (vec!["all".to_owned()], vec![0; data.len()]),
    };
    let mut curves = Vec::new();
    for (_, kind) in KINDS {
        curves.push(KaplanMeier::fit_groups(&data, &groups, kind, case.level()).map_err(said)?);
    }
    let hazards = NelsonAalen::fit_groups(&data, &groups, case.level()).map_err(said)?;
    let mut found = Map::new();
    for (place, name) in names.iter().enumerate() {
        let kinds: Vec<_> = curves.iter().map(|curves| &curves[place]).collect();
        found.insert(name.clone(), curve(&case.value["groups"][name], &kinds, &hazards[place])?);
    }
    let mut published = published(&names, &curves, group.is_some());
    let all = KaplanMeier::fit(&data, ConfType::LogLog, case.level()).map_err(said)?;
    published["median_all"] = all.median().estimate.into();
    Ok(json!({
        "groups": found,
        "rmst_difference_second_minus_first": difference(case, &names, &curves[0]),
        "published": { "values": published },
    }))
}

fn curve(given: &Value, kinds: &[&KaplanMeier], hazard: &NelsonAalen) -> Result<Value, String> {
    let curve = kinds[0];
    let times = list(&given["times"]);
    let points: Vec<_> = times.iter().map(|&time| curve.at(time)).collect();
    let hazards: Vec<_> = times.iter().map(|&time| hazard.at(time)).collect();
    let quantiles: Vec<_> = [0.25, 0.5, 0.75].iter().filter_map(|&p| curve.quantile(p).ok()).collect();
    let mut found = json!({
        "n": curve.n(),
        "events": curve.events(),
        "distinct_event_times": curve.steps().iter().filter(|step| step.n_event > 0.0).count(),
        "times": times,
        "n_risk": points.iter().map(|point| point.n_risk).collect::<Vec<_>>(),
        "survival": points.iter().map(|point| point.survival).collect::<Vec<_>>(),
        "se_greenwood": points.iter().map(|point| point.std_err).collect::<Vec<_>>(),
        "nelson_aalen": hazards.iter().map(|hazard| hazard.cumulative_hazard).collect::<Vec<_>>(),
        "nelson_aalen_se": hazards.iter().map(|hazard| hazard.std_err).collect::<Vec<_>>(),
        "quantile_25_50_75": quantiles.iter().map(|quantile| quantile.estimate).collect::<Vec<_>>(),
    });
    for ((kind, _), curve) in KINDS.iter().zip(kinds) {
        let limits: Vec<_> = times.iter().map(|&time| curve.at(time).limits).collect();
        let quantiles: Vec<_> = [0.25, 0.5, 0.75].iter().filter_map(|&p| curve.quantile(p).ok()).collect();
        found[format!("lower_{kind}")] = limits.iter().map(|limits| limits.map(|limits| limits.lower)).collect();
        found[format!("upper_{kind}")] = limits.iter().map(|limits| limits.map(|limits| limits.upper)).collect();
        found[format!("quantile_lower_{kind}")] = quantiles.iter().map(|quantile| quantile.lower).collect();
        found[format!("quantile_upper_{kind}")] = quantiles.iter().map(|quantile| quantile.upper).collect();
    }
    if let Some(tau) = given["tau"].as_f64() {
        let rmst = curve.rmst(Horizon::level_after_last(tau)).map_err(said)?;
        found["tau"] = tau.into();
        found["rmst"] = rmst.estimate.into();
        found["rmst_se"] = rmst.std_err.into();
    }
    Ok(found)
}

fn difference(case: &Case, names: &[String], curves: &[KaplanMeier]) -> Value {
    let order = &case.value["rmst_difference_second_minus_first"]["order"];
    let of = |place: usize| names.iter().position(|name| Some(name.as_str()) == order[place].as_str());
    let (Some(first), Some(second)) = (of(0), of(1)) else { return Value::Null };
    let Some(tau) = case.value["groups"][&names[first]]["tau"].as_f64() else { return Value::Null };
    match rmst_difference(&curves[first], &curves[second], Horizon::level_after_last(tau)) {
        Ok(found) => json!({
            "order": order,
            "difference": found.difference.estimate,
            "se": found.difference.std_err,
            "lower": found.difference.limits.lower,
            "upper": found.difference.limits.upper,
            "p": found.p,
            "ratio": found.ratio.estimate,
            "ratio_lower": found.ratio.limits.lower,
            "ratio_upper": found.ratio.limits.upper,
            "ratio_p": found.ratio_p,
        }),
        Err(why) => said(why).into(),
    }
}

/// What books print of medians: by group, or of all.
fn published(names: &[String], curves: &[Vec<KaplanMeier>], grouped: bool) -> Value {
    let by_group = |of: &dyn Fn(usize) -> Value| -> Value {
        if grouped { names.iter().enumerate().map(|(place, name)| (name.clone(), of(place))).collect() } else { of(0) }
    };
    let mut found = json!({ "median": by_group(&|place| curves[0][place].median().estimate.into()) });
    for ((kind, _), curves) in KINDS.iter().zip(curves) {
        let limits = |place: usize| {
            let median = curves[place].median();
            json!([median.lower, median.upper])
        };
        found[format!("median_ci_{kind}")] = by_group(&limits);
    }
    found
}
