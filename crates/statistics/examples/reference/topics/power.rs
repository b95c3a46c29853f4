//! What a plan can show.

use counterflow_statistics::power::{events, paired, proportions, two_sample};
use serde_json::{Value, json};

use super::{Case, Tolerance, Topic, figure};

pub const TOPIC: Topic = Topic {
    name: "power",
    given: &["p1", "p2", "n1", "n2", "power", "alpha", "dz", "d", "n", "hr", "share_exposed", "prob_event", "events"],
    tolerance: |_| Tolerance::TAIL,
    compute,
    whole: None,
};

fn compute(case: &Case) -> Result<Value, String> {
    match case.need("kind")? {
        "two_proportions_n_per_group" => per_group(case),
        "two_proportions_power_unequal" => unequal(case),
        "paired_t_n_pairs" => {
            let pairs = paired::pairs(case.number("dz")?, case.number("power")?, case.number("alpha")?);
            Ok(json!({ "n": figure(pairs), "n_ceiling": figure(pairs.map(f64::ceil)) }))
        }
        "paired_t_power" => {
            let power = paired::power(case.number("dz")?, case.number("n")?, case.number("alpha")?);
            Ok(json!({ "power": figure(power) }))
        }
        "two_sample_t_power" => {
            let (n1, n2) = (case.number("n1")?, case.number("n2")?);
            Ok(json!({ "power": figure(two_sample::power(case.number("d")?, n1, n2, case.number("alpha")?)) }))
        }
        kind if kind.starts_with("logrank") => log_rank(case, kind),
        kind => Err(format!("nothing computes {kind:?}")),
    }
}

fn per_group(case: &Case) -> Result<Value, String> {
    let (p1, p2) = (case.number("p1")?, case.number("p2")?);
    let (power, alpha) = (case.number("power")?, case.number("alpha")?);
    let plain = proportions::per_group(p1, p2, power, alpha);
    Ok(json!({
        "n_per_group_normal": figure(plain),
        "n_per_group_ceiling": figure(plain.map(f64::ceil)),
        "closed_form_check": figure(plain),
        "cohen_h": figure(proportions::cohen_h(p1, p2)),
        "n_per_group_arcsine": figure(proportions::per_group_arcsine(p1, p2, power, alpha)),
        "fleiss_continuity": figure(proportions::per_group_corrected(p1, p2, power, alpha)),
    }))
}

fn unequal(case: &Case) -> Result<Value, String> {
    let one = (case.number("p1")?, case.number("n1")?);
    let two = (case.number("p2")?, case.number("n2")?);
    let alpha = case.number("alpha")?;
    Ok(json!({
        "power_arcsine": figure(proportions::two_groups_arcsine(one, two, alpha)),
        "power_normal_pooled_null": figure(proportions::two_groups(one, two, alpha)),
    }))
}

fn log_rank(case: &Case, kind: &str) -> Result<Value, String> {
    let n = |name| case.number(name);
    match kind {
        "logrank_schoenfeld_1981" => {
            let events = events::schoenfeld(n("hr")?, n("share_exposed")?, n("power")?, n("alpha")?);
            let event = n("prob_event")?;
            let people = events.and_then(|events| events::people(events, event));
            Ok(json!({ "events": figure(events), "n_total": figure(people) }))
        }
        "logrank_power_given_events" => {
            let power = events::power(n("hr")?, n("share_exposed")?, n("events")?, n("alpha")?);
            Ok(json!({ "power": figure(power) }))
        }
        "logrank_minimum_detectable_hr" => {
            let ratio = events::smallest_hazard_ratio(n("share_exposed")?, n("events")?, n("power")?, n("alpha")?);
            Ok(json!({ "hr": figure(ratio) }))
        }
        "logrank_freedman_1982_equal_arms" => {
            let events = events::freedman(n("hr")?, n("power")?, n("alpha")?);
            let arm = figure(events.map(|events| (events / 2.0).ceil()));
            Ok(json!({ "events": figure(events), "lifelines_sample_size_event_probability_1": [arm, arm] }))
        }
        _ => Err(format!("nothing computes {kind:?}")),
    }
}
