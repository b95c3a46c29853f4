//! A whole report on people with dates: the biased label, time split at joining, a landmark, a matched cohort, a survey.

use counterflow_statistics::{
    design::{EverNever, Landmarked, Leaving, Person, Stretch, TargetTrial, stretches_data},
    matching::{Covariates, NearestOptions, PropensityModel, balance_table, match_nearest},
    nps::Answers,
    proportion::wilson,
    sensitivity::{Answered, manski},
    survival::{
        ConfType, CoxOptions, CoxPh, Design, Horizon, KaplanMeier, SurvivalData, Ties, Variance, Weights, logrank_test,
    },
};
use serde_json::{Map, Value, json};

use super::{
    super::table::Table,
    Case, Tolerance, Topic,
    matching::balance,
    survival::{list, said},
};

pub const TOPIC: Topic = Topic { name: "hr_panel", given: &["true_hazard_ratio"], tolerance, compute, whole: None };

fn tolerance(path: &str) -> Tolerance {
    let last = path.split('/').find(|part| part.contains("robust")).unwrap_or(path);
    if last.contains("robust") {
        Tolerance::ROBUST
    } else if path.contains("cox") || path.contains("time_dependent") || path.ends_with("hr_z") {
        Tolerance::FITTED
    } else {
        Tolerance::CLOSED
    }
}

/// The people of a case and the trial that its definition describes.
struct Panel<'a> {
    case: &'a Case<'a>,
    table: Table,
    people: Vec<Person>,
    trial: TargetTrial,
}

fn compute(case: &Case) -> Result<Value, String> {
    let definition = case.need("definition")?;
    let mut table = case.table()?;
    let factors = definition.rsplit("factors ").next().unwrap_or_default().split(';').next().unwrap_or_default();
    table.prepare(&format!("0/1 columns from {factors}"))?;
    let panel = Panel { case, people: people(&table)?, trial: trial(definition)?, table };
    let stretches = panel.trial.split_at_exposure(&panel.people).map_err(said)?;
    let labels = panel.trial.ever_never_biased(&panel.people).map_err(said)?;
    Ok(json!({
        "counts": panel.counts(&stretches, &labels),
        "naive_ever_never_BIASED": panel.naive(&labels)?,
        "time_dependent": panel.time_dependent(&stretches)?,
        "landmark": panel.landmark()?,
        "survey": panel.survey()?,
    }))
}

fn people(table: &Table) -> Result<Vec<Person>, String> {
    let days = |name| Ok::<_, String>(table.maybe_numbers(name)?.into_iter().map(|day| day.map(|day| day as i64)));
    let hired = table.numbers("hire_day")?;
    let left = days("exit_day")?.zip(table.texts("exit_type")?);
    let left = left.map(|(day, kind)| Some(Leaving { day: day?, outcome: kind.as_deref() == Some("voluntary") }));
    let people = hired.iter().zip(days("join_day")?).zip(left);
    Ok(people.map(|((&hired, joined), left)| Person { hired: hired as i64, joined, left }).collect())
}

/// The study window stands in the definition: `study window days 730..1826`.
fn trial(definition: &str) -> Result<TargetTrial, String> {
    let window = definition.split("days ").nth(1).and_then(|rest| rest.split(';').next()?.trim().split_once(".."));
    let (start, end) = window.ok_or("no study window")?;
    let day = |text: &str| text.trim().parse::<i64>().map_err(said);
    Ok(TargetTrial {
        eligibility: "employed during the study".to_owned(),
        time_zero: "hiring, with delayed entry at the start of the study".to_owned(),
        exposure: "has joined".to_owned(),
        comparator: "has not joined yet".to_owned(),
        outcome: "voluntary exit".to_owned(),
        start: day(start)?,
        end: day(end)?,
        horizon: 365,
    })
}

impl Panel<'_> {
    fn counts(&self, stretches: &[Stretch], labels: &[EverNever]) -> Value {
        let of = |exposed: bool| stretches.iter().filter(move |stretch| stretch.exposed == exposed);
        let events = |exposed| of(exposed).filter(|stretch| stretch.event).count();
        let years = |exposed| of(exposed).map(Stretch::years).sum::<f64>();
        let rate = |exposed| events(exposed) as f64 / years(exposed);
        json!({
            "employees": labels.len(),
            "ever_joined_before_exit": labels.iter().filter(|label| label.ever).count(),
            "intervals": stretches.len(),
            "voluntary": labels.iter().filter(|label| label.event).count(),
            "events_exposed": events(true), "events_unexposed": events(false),
            "person_years_exposed": years(true), "person_years_unexposed": years(false),
            "rate_ratio": rate(true) / rate(false),
        })
    }

    fn naive(&self, labels: &[EverNever]) -> Result<Value, String> {
        let retained = |ever: bool| {
            let of = || labels.iter().filter(move |label| label.ever == ever);
            of().filter(|label| !label.event).count() as f64 / of().count() as f64
        };
        let of = |value: fn(&EverNever) -> f64| labels.iter().map(value).collect::<Vec<f64>>();
        let events = labels.iter().map(|label| label.event).collect();
        let data = SurvivalData::counting_process(of(|label| label.entry), of(|label| label.exit), events);
        let rows: Vec<usize> = labels.iter().map(|label| label.person).collect();
        let own = [("z", of(|label| f64::from(u8::from(label.ever))))];
        let given = &self.case.value["naive_ever_never_BIASED"]["cox_adjusted"];
        Ok(json!({
            "retained_share_ever": retained(true), "retained_share_never": retained(false),
            "cox_adjusted": self.cox(given, &data.map_err(said)?, &rows, &own, Variance::Model)?,
        }))
    }

    fn time_dependent(&self, stretches: &[Stretch]) -> Result<Value, String> {
        let data = stretches_data(stretches).map_err(said)?;
        let rows: Vec<usize> = stretches.iter().map(|stretch| stretch.person).collect();
        let own = [("z", stretches.iter().map(|stretch| f64::from(u8::from(stretch.exposed))).collect())];
        let given = self.case.value["time_dependent"].as_object();
        let fit = |(name, given): (&String, &Value)| {
            Ok((name.clone(), self.cox(given, &data, &rows, &own, Variance::Robust)?))
        };
        Ok(given.into_iter().flatten().map(fit).collect::<Result<Map<_, _>, String>>()?.into())
    }

    /// The Cox model with the terms that a part of the case names; terms in `own` stand for themselves, others are columns.
    fn cox(
        &self,
        given: &Value,
        data: &SurvivalData,
        rows: &[usize],
        own: &[(&str, Vec<f64>)],
        variance: Variance,
    ) -> Result<Value, String> {
        let terms: Vec<&str> = given["terms"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut design = Design::new();
        for term in &terms {
            design = design.with(*term, self.column(term, rows, own)?).map_err(said)?;
        }
        let model = CoxPh::fit(data, &design, Ties::Efron, &CoxOptions::default()).map_err(said)?;
        let of = |variance| model.coefficients(variance);
        let plain = of(Variance::Model);
        Ok(json!({
            "terms": terms,
            "coef": plain.iter().map(|term| term.coef).collect::<Vec<_>>(),
            "se": plain.iter().map(|term| term.std_err).collect::<Vec<_>>(),
            "robust_se": of(variance).iter().map(|term| term.std_err).collect::<Vec<_>>(),
            "hr_z": plain[0].hazard_ratio,
        }))
    }

    fn column(&self, name: &str, rows: &[usize], own: &[(&str, Vec<f64>)]) -> Result<Vec<f64>, String> {
        if let Some((_, column)) = own.iter().find(|(own, _)| *own == name) {
            return Ok(column.clone());
        }
        let column = self.table.numbers(name)?;
        Ok(rows.iter().map(|&row| column[row]).collect())
    }

    fn landmark(&self) -> Result<Value, String> {
        let given = &self.case.value["landmark"];
        let day = given["landmark_day"].as_i64().ok_or("no landmark_day")?;
        let there = self.trial.landmark(&self.people, day).map_err(said)?;
        let rows: Vec<usize> = there.iter().map(|row| row.person).collect();
        let groups: Vec<u32> = there.iter().map(|row| u32::from(row.exposed)).collect();
        let of = |value: fn(&Landmarked) -> f64| there.iter().map(value).collect::<Vec<f64>>();
        let data = SurvivalData::right_censored(of(|row| row.time), there.iter().map(|row| row.event).collect());
        let data = data.map_err(said)?;
        let own = [("z", of(|row| f64::from(u8::from(row.exposed)))), ("ten", of(|row| row.tenure / 365.25))];
        let curves = KaplanMeier::fit_groups(&data, &groups, ConfType::LogLog, 0.95).map_err(said)?;
        let curve = |(group, curve): (usize, &KaplanMeier)| {
            Ok((group.to_string(), Self::curve(&given["groups"][group.to_string()], curve)?))
        };
        Ok(json!({
            "landmark_day": day,
            "groups": curves.iter().enumerate().map(curve).collect::<Result<Map<_, _>, String>>()?,
            "logrank_chi2": logrank_test(&data, &groups, Weights::LogRank).map_err(said)?.chi2,
            "cox_adjusted": self.cox(&given["cox_adjusted"], &data, &rows, &own, Variance::Model)?,
            "matched": self.matched(&given["matched"], &there, &own)?,
        }))
    }

    fn curve(given: &Value, curve: &KaplanMeier) -> Result<Value, String> {
        let times = list(&given["times"]);
        let points: Vec<_> = times.iter().map(|&time| curve.at(time)).collect();
        let limit = |of: fn(counterflow_statistics::Interval) -> f64| {
            points.iter().map(|point| point.limits.map(of)).collect::<Vec<_>>()
        };
        let mut found = json!({
            "n": curve.n(), "events": curve.events(), "times": times,
            "survival": points.iter().map(|point| point.survival).collect::<Vec<_>>(),
            "lower_loglog": limit(|limits| limits.lower), "upper_loglog": limit(|limits| limits.upper),
        });
        for (name, _) in given.as_object().into_iter().flatten() {
            let tau = name.strip_prefix("rmst").and_then(|tau| tau.trim_end_matches("_se").parse::<f64>().ok());
            if let Some(tau) = tau {
                let rmst = curve.rmst(Horizon::level_after_last(tau)).map_err(said)?;
                found[name] = if name.ends_with("_se") { rmst.std_err } else { rmst.estimate }.into();
            }
        }
        Ok(found)
    }

    /// Pairs among those at the landmark, by a propensity model of the columns of its balance, and their hazard ratio.
    fn matched(&self, given: &Value, there: &[Landmarked], own: &[(&str, Vec<f64>)]) -> Result<Value, String> {
        let rows: Vec<usize> = there.iter().map(|row| row.person).collect();
        let treated: Vec<bool> = there.iter().map(|row| row.exposed).collect();
        // The rows of the balance table are the columns of the model, in the order of the other model's terms.
        let named = |name: &&str| given["balance"]["before"][*name].is_object();
        let terms = self.case.value["landmark"]["cox_adjusted"]["terms"].as_array().into_iter().flatten();
        let own_name = |term: &str| term.strip_prefix("region").map_or_else(|| term.to_owned(), str::to_lowercase);
        let names: Vec<String> = terms.filter_map(Value::as_str).map(own_name).collect();
        let names = names.iter().map(String::as_str).filter(named);
        let columns =
            names.map(|name| Ok((name, self.column(name, &rows, own)?))).collect::<Result<Vec<_>, String>>()?;
        let covariates = Covariates::new(columns).map_err(said)?;
        let model = PropensityModel::fit(&covariates, &treated).map_err(said)?;
        let widths = given["caliper"].as_str().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
        let caliper = widths.map(|widths| widths * model.sd_logit());
        let options = NearestOptions { caliper, ..NearestOptions::default() };
        let matching = match_nearest(&model.logit, &treated, &options).map_err(said)?;
        let table = balance_table(&covariates, &treated, &matching.weights()).map_err(said)?;
        let (before, after) = balance(&table);
        let members = matching.sets.iter().enumerate();
        let members: Vec<(usize, u32)> =
            members.flat_map(|(set, pair)| [(pair.treated, set as u32), (pair.controls[0], set as u32)]).collect();
        let of =
            |value: fn(&Landmarked) -> f64| members.iter().map(|(row, _)| value(&there[*row])).collect::<Vec<f64>>();
        let events = members.iter().map(|(row, _)| there[*row].event).collect();
        let data = SurvivalData::right_censored(of(|row| row.time), events)
            .and_then(|data| data.with_clusters(members.iter().map(|(_, set)| *set).collect()))
            .map_err(said)?;
        let design = Design::new().with("z", of(|row| f64::from(u8::from(row.exposed)))).map_err(said)?;
        let cox = CoxPh::fit(&data, &design, Ties::Efron, &CoxOptions::default()).map_err(said)?;
        Ok(json!({
            "pairs": matching.sets.len(), "balance": { "before": before, "after": after },
            "cox_coef": cox.coef()[0],
            "cox_robust_se_by_pair": cox.coefficients(Variance::Robust)[0].std_err,
        }))
    }

    fn survey(&self) -> Result<Value, String> {
        let joined: Vec<bool> = self.people.iter().map(|person| person.joined.is_some()).collect();
        let (before, after) = (self.table.maybe_numbers("skill_pre")?, self.table.maybe_numbers("skill_post")?);
        let (asked, mut answered, mut improved) = (joined.iter().filter(|&&joined| joined).count() as u64, 0, 0);
        for person in (0..joined.len()).filter(|&person| joined[person]) {
            if let Some(after) = after[person] {
                answered += 1;
                improved += u64::from(before[person].is_some_and(|before| after > before));
            }
        }
        let bounds = manski(Answered { asked, answered, hits: improved }).map_err(said)?;
        let response = wilson(answered, asked, 0.95).map_err(said)?;
        let points = self.table.maybe_numbers("nps")?.into_iter().zip(joined).filter(|(_, joined)| *joined);
        let answers = Answers::of(points.filter_map(|(points, _)| Some(points? as u8))).map_err(said)?;
        let score = answers.score(0.95).map_err(said)?;
        Ok(json!({
            "participants": asked, "responded_post": answered,
            "response_rate": answered as f64 / asked as f64,
            "response_wilson": [response.lower, response.upper],
            "improved_among_responders": improved as f64 / answered as f64,
            "manski_bounds_improved": [bounds.lower, bounds.upper],
            "nps": {
                "promoters": answers.promoters, "passives": answers.passives, "detractors": answers.detractors,
                "nps_points": score.points, "se_points_n": score.std_err,
                "se_points_n_minus_1": score.std_err_sample,
                "ci_wald_n": [score.interval.lower, score.interval.upper],
            },
        }))
    }
}
