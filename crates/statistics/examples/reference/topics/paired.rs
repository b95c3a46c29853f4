//! The same people before and after.

use counterflow_statistics::{
    Error,
    effect::Effect,
    paired::{Pairs, Zeros},
};
use serde_json::{Value, json};

use super::{Case, Tolerance, Topic, asked, figure, limits, number};

pub const TOPIC: Topic = Topic { name: "paired", given: &[], tolerance, compute, whole: None };

fn tolerance(path: &str) -> Tolerance {
    let searched = ["noncentral", "exact", "/p", "_p_"].iter().any(|part| path.contains(part));
    if searched { Tolerance::TAIL } else { Tolerance::CLOSED }
}

fn compute(case: &Case) -> Result<Value, String> {
    let table = case.table()?;
    let (before, after) = (table.maybe_numbers(case.need("pre")?)?, table.maybe_numbers(case.need("post")?)?);
    let all = before.len();
    let (before, after): (Vec<_>, Vec<_>) = before.into_iter().zip(after).filter_map(|(b, a)| b.zip(a)).unzip();
    let pairs = Pairs::new(&before, &after).map_err(|why| why.to_string())?;
    let test = pairs.t_test(case.level());
    let sign = pairs.sign_test();
    Ok(json!({
        "n_pairs": pairs.len(),
        "dropped_incomplete": all - pairs.len(),
        "t": {
            "mean_diff": figure(test.map(|test| test.estimate)),
            "sd_diff": figure(pairs.spread_of_changes()),
            "t": figure(test.map(|test| test.t)),
            "df": figure(test.map(|test| test.df)),
            "p": figure(test.map(|test| test.p)),
            "ci": limits(test.map(|test| test.interval)),
        },
        "effect": effect(&pairs, case.level()),
        "wilcoxon": wilcoxon(&pairs, case),
        "sign_test": {
            "positive": figure(sign.map(|sign| sign.up as f64)),
            "negative": figure(sign.map(|sign| sign.down as f64)),
            "p_exact": figure(sign.map(|sign| sign.p)),
        },
        "published": { "values": {
            "t": figure(test.map(|test| test.t)),
            "df": figure(test.map(|test| test.df)),
            "p": figure(test.map(|test| test.p)),
            "mean_diff": figure(test.map(|test| test.estimate)),
            "ci": limits(test.map(|test| test.interval)),
        } },
    }))
}

fn effect(pairs: &Pairs, level: f64) -> Value {
    let effect = pairs.effect(level);
    let factor = pairs.hedges_factor();
    let corrected = |d: Result<f64, Error>| figure(d.and_then(|d| Ok(d * factor?)));
    let of = |part: fn(Effect) -> f64| figure(effect.map(part));
    json!({
        "cohen_dz": of(|effect| effect.estimate),
        "dz_ci_noncentral_t": limits(effect.map(|effect| effect.interval)),
        "hedges_gz": of(|effect| effect.corrected),
        "J": figure(factor),
        "cohen_dav": figure(pairs.d_average()),
        "hedges_gav": corrected(pairs.d_average()),
        "cohen_drm": figure(pairs.d_repeated()),
        "hedges_grm": corrected(pairs.d_repeated()),
        "correlation": figure(pairs.correlation()),
        "d_pre_sd": figure(pairs.d_before()),
    })
}

fn wilcoxon(pairs: &Pairs, case: &Case) -> Value {
    let (dropped, pratt) = match (pairs.signed_rank(Zeros::Dropped), pairs.signed_rank(Zeros::Ranked)) {
        (Ok(dropped), Ok(pratt)) => (dropped, pratt),
        (Err(why), _) | (_, Err(why)) => return Value::from(format!("none: {why}")),
    };
    let asked_for = &case.value["wilcoxon"];
    let exact = |name: &str, zeros| asked(&asked_for[name], || figure(pairs.signed_rank_exact(zeros)));
    json!({
        "n_nonzero": dropped.changed,
        "zeros_dropped": dropped.zeros,
        "ties": dropped.ties,
        "W_plus": dropped.up,
        "W_minus": dropped.down,
        "V_R": dropped.up,
        "p_normal_tie_corrected_no_continuity": number(dropped.p),
        "p_normal_tie_corrected_continuity": number(dropped.p_continuity),
        "p_exact_conditional_shift_algorithm": exact("p_exact_conditional_shift_algorithm", Zeros::Dropped),
        "rank_biserial": number(dropped.rank_biserial),
        "hodges_lehmann_median_of_walsh_averages": figure(pairs.hodges_lehmann()),
        "pratt_Z": number(pratt.z),
        "pratt_p_asymptotic": number(pratt.p),
        "pratt_p_exact": exact("pratt_p_exact", Zeros::Ranked),
    })
}
