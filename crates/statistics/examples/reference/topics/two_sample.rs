//! Two groups of different people.

use counterflow_statistics::{Error, t_test::TTest, two_sample::Samples};
use serde_json::{Value, json};

use super::{Case, Tolerance, Topic, asked, figure, limits, number};

pub const TOPIC: Topic = Topic { name: "two_sample", given: &["first", "second"], tolerance, compute, whole: None };

fn tolerance(path: &str) -> Tolerance {
    let searched = ["noncentral", "exact", "/p", "p_normal"].iter().any(|part| path.contains(part));
    if searched { Tolerance::TAIL } else { Tolerance::CLOSED }
}

fn compute(case: &Case) -> Result<Value, String> {
    let samples = samples(case)?;
    let level = case.level();
    let groups = samples.summaries().map_err(|why| why.to_string())?;
    let welch = samples.welch(level);
    let effect = samples.effect(level);
    Ok(json!({
        "n": groups.map(|group| group.n),
        "mean": groups.map(|group| number(group.mean)),
        "sd": groups.map(|group| group.sd.map(number)),
        "welch": test(welch),
        "pooled": test(samples.pooled(level)),
        "cohen_ds": figure(effect.map(|effect| effect.estimate)),
        "ds_ci_noncentral_t": limits(effect.map(|effect| effect.interval)),
        "hedges_g": figure(effect.map(|effect| effect.corrected)),
        "glass_delta_second_sd": figure(samples.glass_delta()),
        "mann_whitney": mann_whitney(&samples, case),
        "published": { "values": test(welch) },
    }))
}

fn samples(case: &Case) -> Result<Samples, String> {
    let table = case.table()?;
    let (values, groups) = (table.maybe_numbers(case.need("value")?)?, table.texts(case.need("group")?)?);
    let of = |key: &str| {
        let wanted = &case.value[key];
        let is =
            |cell: &str| wanted.as_str() == Some(cell) || (wanted.is_number() && wanted.as_f64() == cell.parse().ok());
        let rows = values.iter().zip(groups).filter(|(_, group)| group.as_deref().is_some_and(is));
        rows.filter_map(|(value, _)| *value).collect::<Vec<_>>()
    };
    Samples::new(&of("first"), &of("second")).map_err(|why| why.to_string())
}

fn test(test: Result<TTest, Error>) -> Value {
    json!({
        "t": figure(test.map(|test| test.t)),
        "df": figure(test.map(|test| test.df)),
        "p": figure(test.map(|test| test.p)),
        "ci": limits(test.map(|test| test.interval)),
    })
}

fn mann_whitney(samples: &Samples, case: &Case) -> Value {
    let found = match samples.rank_sum() {
        Ok(found) => found,
        Err(why) => return Value::from(format!("none: {why}")),
    };
    json!({
        "U_first": found.u,
        "p_normal_no_continuity": found.p,
        "p_normal_continuity": found.p_continuity,
        "p_exact": asked(&case.value["mann_whitney"]["p_exact"], || figure(samples.rank_sum_exact())),
        "prob_superiority": found.superiority,
        "cliffs_delta": found.cliffs_delta,
        "hodges_lehmann_shift": number(samples.hodges_lehmann()),
    })
}
