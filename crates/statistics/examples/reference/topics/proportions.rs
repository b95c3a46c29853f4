//! Shares, differences of shares, tables of two by two.

use counterflow_statistics::{
    Error, Interval,
    proportion::{self, Chance, Table},
};
use serde_json::{Value, json};

use super::{Case, Tolerance, Topic, figure, limits, number};

pub const TOPIC: Topic = Topic {
    name: "proportions",
    given: &["x", "n", "x1", "n1", "x2", "n2", "b", "c"],
    tolerance,
    compute,
    whole: None,
};

fn tolerance(path: &str) -> Tolerance {
    let searched = ["p_", "_p", "conditional"].iter().any(|part| path.contains(part)) || path == "p";
    if searched { Tolerance::TAIL } else { Tolerance::CLOSED }
}

fn compute(case: &Case) -> Result<Value, String> {
    match case.need("kind")? {
        "one" => one(case),
        "two" => two(case),
        "mcnemar" => mcnemar(case),
        kind => Err(format!("nothing computes {kind:?}")),
    }
}

fn one(case: &Case) -> Result<Value, String> {
    let (x, n, level) = (case.count("x")?, case.count("n")?, case.level());
    // The reference is R's `prop.test`, whose correction is never more than the distance from one half.
    let corrected = if 2 * x == n { proportion::wilson } else { proportion::wilson_corrected };
    let found = json!({
        "p": number(x as f64 / n as f64),
        "wilson": limits(proportion::wilson(x, n, level)),
        "wilson_continuity": limits(corrected(x, n, level)),
        "clopper_pearson": limits(proportion::clopper_pearson(x, n, level)),
        "jeffreys": limits(proportion::jeffreys(x, n, level)),
        "agresti_coull": limits(proportion::agresti_coull(x, n, level)),
    });
    Ok(with_published(found, &[]))
}

fn two(case: &Case) -> Result<Value, String> {
    let (one, two) = ((case.count("x1")?, case.count("n1")?), (case.count("x2")?, case.count("n2")?));
    let table = Table::new(one, two).map_err(|why| why.to_string())?;
    let level = case.level();
    let (z, fisher, odds) = (table.z_test(), table.fisher(), table.conditional_odds(level));
    let (risk, woolf) = (table.risk_ratio(level), table.odds_ratio(level));
    let found = json!({
        "difference": number(table.difference()),
        "newcombe_hybrid_score": limits(table.newcombe(level)),
        "miettinen_nurminen": limits(table.miettinen_nurminen(level)),
        "z_pooled": figure(z.map(|test| test.z)),
        "p_z_pooled": figure(z.map(|test| test.p)),
        "chi2_yates_p": figure(table.yates()),
        "fisher_p_two_sided": number(fisher.p),
        "fisher_p_greater": number(fisher.greater),
        "fisher_p_less": number(fisher.less),
        "risk_ratio": figure(risk.map(|ratio| ratio.estimate)),
        "risk_ratio_katz_ci": ratio_limits(risk),
        "odds_ratio": figure(woolf.map(|ratio| ratio.estimate)),
        "odds_ratio_woolf_ci": ratio_limits(woolf),
        "odds_ratio_conditional": {
            "estimate": figure(odds.map(|odds| odds.estimate)),
            "lower": figure(odds.map(|odds| odds.interval.lower)),
            "upper": figure(odds.map(|odds| odds.interval.upper)),
        },
    });
    let named = [
        ("newcombe", "newcombe_hybrid_score"),
        ("fisher_greater", "fisher_p_greater"),
        ("fisher_less", "fisher_p_less"),
        ("fisher_two_sided", "fisher_p_two_sided"),
    ];
    Ok(with_published(found, &named))
}

fn ratio_limits(ratio: Result<Chance, Error>) -> Value {
    limits(ratio.and_then(|ratio| ratio.interval.ok_or(Error::NoSpread { what: "answer" })) as Result<Interval, Error>)
}

fn mcnemar(case: &Case) -> Result<Value, String> {
    let found = proportion::mcnemar(case.count("b")?, case.count("c")?).map_err(|why| why.to_string())?;
    let found = json!({
        "chi2": found.chi_squared,
        "p": found.p,
        "chi2_continuity": found.chi_squared_corrected,
        "p_continuity": found.p_corrected,
        "p_exact": found.p_exact,
        "p_mid": found.p_mid,
    });
    Ok(with_published(found, &[]))
}

/// What books print has the same names, or shorter ones.
fn with_published(mut found: Value, shorter: &[(&str, &str)]) -> Value {
    let mut printed = found.clone();
    for (short, long) in shorter {
        printed[*short] = found[*long].clone();
    }
    found["published"] = json!({ "values": printed });
    found
}
