//! Propensity scores, matched and weighted groups, and how alike they are.

use counterflow_statistics::matching::{
    BalanceRow, Covariates, Estimand, NearestMatching, NearestOptions, PropensityModel, Trim, Weights, balance_table,
    coarsened_exact, effective_sample_size, iptw, match_nearest,
};
use serde_json::{Map, Value, json};

use super::{super::table::Table, Case, Tolerance, Topic, number};

pub const TOPIC: Topic = Topic { name: "matching", given: &[], tolerance, compute, whole: None };

fn tolerance(path: &str) -> Tolerance {
    let last = path.rsplit('/').next().unwrap_or(path);
    match path.split('/').next() {
        _ if matches!(last, "pairs" | "n_treated" | "n_control" | "strata") || last.starts_with("matched_") => {
            Tolerance::SAME
        }
        Some("propensity") => Tolerance::FITTED,
        _ => Tolerance::CLOSED,
    }
}

/// The people of a case and the model of who is treated.
struct Study<'a> {
    case: &'a Case<'a>,
    table: Table,
    treated: Vec<bool>,
    covariates: Covariates,
    model: PropensityModel,
}

fn compute(case: &Case) -> Result<Value, String> {
    let table = case.table()?;
    let treated: Vec<bool> = table.numbers(case.need("treatment")?)?.iter().map(|&x| x == 1.0).collect();
    let covariates = covariates(&table, case.need("formula")?)?;
    let model = PropensityModel::fit(&covariates, &treated).map_err(|error| error.to_string())?;
    let study = Study { case, table, treated, covariates, model };
    let exposed = study.treated.iter().filter(|&&treated| treated).count();
    let mut found = Map::new();
    found.insert("n_treated".into(), exposed.into());
    found.insert("n_control".into(), (study.treated.len() - exposed).into());
    found.insert("propensity".into(), study.propensity());
    for (name, part) in case.value.as_object().into_iter().flatten() {
        let value = match name.as_str() {
            name if name.starts_with("nearest") => study.nearest(part)?,
            "att_weights" => study.treated_weights()?,
            "ate_weights_stabilised" => study.stabilised_weights()?,
            "cem" => study.coarsened(part)?,
            _ => continue,
        };
        found.insert(name.clone(), value);
    }
    found.insert("published".into(), study.published()?);
    Ok(found.into())
}

/// The columns that a formula such as `age+educ` adds up.
pub fn covariates(table: &Table, formula: &str) -> Result<Covariates, String> {
    let terms = formula.rsplit('~').next().unwrap_or(formula);
    let terms = terms.split('+').map(str::trim).filter(|term| !term.is_empty());
    let columns = terms.map(|term| Ok((term, table.numbers(term)?))).collect::<Result<Vec<_>, String>>()?;
    Covariates::new(columns).map_err(|error| error.to_string())
}

impl Study<'_> {
    fn propensity(&self) -> Value {
        let (model, scores) = (&self.model, self.model.scores());
        let terms = std::iter::once("(Intercept)").chain(self.covariates.names().iter().map(String::as_str));
        let mut found = json!({
            "terms": terms.collect::<Vec<_>>(), "coef": model.coef, "se": model.std_err,
            "loglik": model.loglik, "deviance": model.deviance(),
            "ps_min": scores.iter().copied().fold(f64::INFINITY, f64::min),
            "ps_max": scores.iter().copied().fold(0.0, f64::max),
            "auc": model.auc(), "sd_logit": model.sd_logit(),
        });
        for (name, listed) in self.case.value["propensity"].as_object().into_iter().flatten() {
            if name.starts_with("ps_first") {
                found[name] = json!(scores[..listed.as_array().map_or(0, Vec::len)]);
            }
        }
        found
    }

    /// What a part called `nearest..` describes: its text says the caliper in standard deviations of the logit.
    fn nearest(&self, part: &Value) -> Result<Value, String> {
        let text = part["functions"].as_str().unwrap_or_default();
        let widths = text.split("caliper ").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        let caliper = widths.map(|widths| widths * self.model.sd_logit());
        let ratio = part["ratio"].as_u64().map_or(1, |ratio| ratio as usize);
        let options = NearestOptions { caliper, ratio, exact_on: None };
        let matching = self.matched(&self.model.logit, &options)?;
        let (before, after) = self.balance(&matching.weights())?;
        let mut found = json!({
            "pairs": matching.sets.len(), "caliper": caliper.map(number), "max_distance": matching.max_distance,
            "ratio": ratio, "before": before, "after": after,
        });
        for (name, listed) in part.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("pairs_first"))
        {
            let pairs = matching.sets.iter().take(listed.as_array().map_or(0, Vec::len));
            let pair = |set: &counterflow_statistics::matching::MatchedSet| {
                Ok(json!({ "treated": self.id(set.treated)?, "control": self.id(set.controls[0])? }))
            };
            found[name] = pairs.map(pair).collect::<Result<Vec<_>, String>>()?.into();
        }
        Ok(found)
    }

    fn matched(&self, distance: &[f64], options: &NearestOptions) -> Result<NearestMatching, String> {
        match_nearest(distance, &self.treated, options).map_err(|error| error.to_string())
    }

    /// Somebody's id as the reference writes it: a number if it is one.
    fn id(&self, person: usize) -> Result<Value, String> {
        let id = self.table.texts("id")?[person].clone().unwrap_or_default();
        Ok(id.parse::<i64>().map_or_else(|_| id.clone().into(), Value::from))
    }

    fn treated_weights(&self) -> Result<Value, String> {
        let weights = self.weights(Estimand::Att)?;
        let of_controls: Vec<f64> = self.of_controls(&weights.weights);
        let (before, after) = self.balance(&weights.weights)?;
        Ok(json!({
            "ess_control": weights.effective_sample_sizes().1, "sum_control": of_controls.iter().sum::<f64>(),
            "before": before, "after": after,
        }))
    }

    fn stabilised_weights(&self) -> Result<Value, String> {
        let weights = self.weights(Estimand::Ate)?.weights;
        let (before, after) = self.balance(&weights)?;
        Ok(json!({
            "max": weights.iter().copied().fold(0.0, f64::max),
            "mean": weights.iter().sum::<f64>() / weights.len() as f64,
            "before": before, "after": after,
        }))
    }

    fn weights(&self, estimand: Estimand) -> Result<Weights, String> {
        iptw(&self.model, estimand, Trim::Keep).map_err(|error| error.to_string())
    }

    fn of_controls(&self, weights: &[f64]) -> Vec<f64> {
        weights.iter().zip(&self.treated).filter(|(_, treated)| !**treated).map(|(weight, _)| *weight).collect()
    }

    fn coarsened(&self, part: &Value) -> Result<Value, String> {
        let cuts = |name: &String| {
            let cuts = part["cutpoints"][name].as_array()?;
            Some(cuts.iter().filter_map(Value::as_f64).collect())
        };
        let cutpoints: Vec<Option<Vec<f64>>> = self.covariates.names().iter().map(cuts).collect();
        let found = coarsened_exact(&self.covariates, &self.treated, &cutpoints).map_err(|error| error.to_string())?;
        let of_controls = self.of_controls(&found.weights);
        let (before, after) = self.balance(&found.weights)?;
        Ok(json!({
            "covariates": self.covariates.names(), "cutpoints": part["cutpoints"],
            "matched_treated": found.treated, "matched_control": found.controls, "strata": found.strata,
            "weight_sum_control": of_controls.iter().sum::<f64>(),
            "weight_max": of_controls.iter().copied().fold(0.0, f64::max),
            "ess_control": effective_sample_size(&of_controls),
            "before": before, "after": after,
        }))
    }

    fn balance(&self, weights: &[f64]) -> Result<(Value, Value), String> {
        let table = balance_table(&self.covariates, &self.treated, weights).map_err(|error| error.to_string())?;
        Ok(balance(&table))
    }

    /// What a printed text says of these data: how many people, and how many pairs without a caliper.
    fn published(&self) -> Result<Value, String> {
        let pairs = self.matched(&self.model.logit, &NearestOptions::default())?.sets.len();
        let exposed = self.treated.iter().filter(|&&treated| treated).count();
        let control = self.treated.len() - exposed;
        Ok(json!({ "values": { "n": self.treated.len(), "treated": exposed, "control": control, "pairs": pairs } }))
    }
}

/// Rows before and after, by covariate.
pub fn balance(table: &[BalanceRow]) -> (Value, Value) {
    let side = |balance: &counterflow_statistics::matching::Balance, sd: f64| {
        json!({
            "mean_treated": balance.mean_treated, "mean_control": balance.mean_control,
            "sd_treated_unmatched": sd, "smd_treated_sd": balance.smd_treated_sd, "smd_pooled": balance.smd_pooled,
            "raw_difference": balance.raw_difference(), "variance_ratio": balance.variance_ratio,
            "ecdf_max": balance.ecdf_max,
        })
    };
    let rows = |of: fn(&BalanceRow) -> &counterflow_statistics::matching::Balance| {
        table.iter().map(|row| (row.name.clone(), side(of(row), row.sd_treated_unmatched))).collect::<Map<_, _>>()
    };
    (rows(|row| &row.before).into(), rows(|row| &row.after).into())
}
