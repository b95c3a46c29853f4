//! The measures as rows of a form. What is stored with answers names a measure by its key: it stays through a renaming.

use std::{collections::BTreeSet, ops::RangeInclusive};

use crate::{
    kernel::form::{Check, Fields, Form},
    programs::{
        adopt, free_key,
        template::{Kpi, Question, Template},
    },
};

/// The most measures: more than these nobody remembers.
const MOST: usize = 20;
/// Empty rows at the end, for new ones.
const EMPTY_ROWS: usize = 1;
/// Figures that need no question.
pub(super) const FIGURES: [&str; 8] = [
    "meetings_held",
    "meetings_kept",
    "finished",
    "retention",
    "field:level",
    "field:department",
    "field:location",
    "field:title",
];
const SCALE: RangeInclusive<f64> = 1.0..=5.0;
const PERCENT: RangeInclusive<f64> = 0.0..=100.0;
/// A standard deviation of changes between answers from 1 to 5.
const SPREADS: RangeInclusive<f64> = 0.1..=4.0;

/// One row, as typed.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// `measure-3`: the name of the row's problem, and the id of its field.
    pub id: String,
    /// Empty for a new one.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Where the figure comes from.
    pub source: String,
    /// What is hoped for.
    pub target: String,
    /// Where it stood before.
    pub baseline: String,
    /// By how much changes differ.
    pub spread: String,
    /// `checked` where the row is to be taken out.
    pub removed: &'static str,
}

impl Row {
    fn is_empty(&self) -> bool {
        self.key.is_empty() && self.name.is_empty() && self.target.is_empty() && self.baseline.is_empty()
    }

    /// The measure, as far as what was typed makes one.
    fn kpi(&self) -> Option<Kpi> {
        Some(Kpi {
            key: self.key.clone(),
            name: self.name.clone(),
            source: self.source.clone(),
            target: self.target.parse().ok()?,
            baseline: self.baseline.parse().ok(),
            spread: self.spread.parse().ok(),
        })
    }
}

/// Adds the stored measures to the fields of a form.
pub(super) fn fill(fields: &mut Fields, kpis: &[Kpi]) {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for kpi in kpis {
        fields.push("measure_key", &kpi.key);
        fields.push("measure_name", &kpi.name);
        fields.push("measure_source", &kpi.source);
        fields.push("measure_target", kpi.target.to_string());
        fields.push("measure_baseline", number(kpi.baseline));
        fields.push("measure_spread", number(kpi.spread));
    }
}

/// The rows as they stand in a form, with an empty one at the end.
pub(super) fn rows(form: &Form) -> Vec<Row> {
    let mut rows = typed(&form.fields);
    rows.retain(|row| !row.is_empty());
    rows.extend(vec![Row::default(); EMPTY_ROWS]);
    for (number, row) in rows.iter_mut().enumerate() {
        row.id = format!("measure-{}", number + 1);
    }
    rows
}

/// The measures of the rows that can be read already, for what they can show.
pub(super) fn readable(fields: &Fields, design: &Template) -> Vec<Kpi> {
    let rows = typed(fields).into_iter().filter(|row| row.removed.is_empty() && !row.name.is_empty());
    let in_bounds = |kpi: &Kpi| {
        let bounds = bounds(design, kpi);
        bounds.contains(&kpi.target)
            && kpi.baseline.is_none_or(|value| bounds.contains(&value))
            && kpi.spread.is_none_or(|value| SPREADS.contains(&value))
    };
    rows.filter_map(|row| row.kpi()).filter(in_bounds).collect()
}

fn typed(fields: &Fields) -> Vec<Row> {
    let column = |name: &'static str| fields.all(name).map(|value| value.trim().to_owned()).collect::<Vec<_>>();
    let at = |column: &[String], row: usize| column.get(row).cloned().unwrap_or_default();
    let [keys, names, sources, targets, baselines, spreads] =
        ["measure_key", "measure_name", "measure_source", "measure_target", "measure_baseline", "measure_spread"]
            .map(column);
    let row = |number: usize| Row {
        id: format!("measure-{}", number + 1),
        removed: if !keys[number].is_empty() && fields.is("measure_remove", &keys[number]) { "checked" } else { "" },
        key: at(&keys, number),
        name: at(&names, number),
        source: at(&sources, number),
        target: at(&targets, number),
        baseline: at(&baselines, number),
        spread: at(&spreads, number),
    };
    (0..keys.len()).map(row).collect()
}

/// Between which numbers target and baseline can be.
fn bounds(design: &Template, kpi: &Kpi) -> RangeInclusive<f64> {
    match design.question_of(&kpi.source).map(|question| question.kind.as_str()) {
        Some("scale") => SCALE,
        _ => PERCENT,
    }
}

/// Whether a figure can come from there.
pub(super) fn is_figure(question: &Question) -> bool {
    question.kind == "scale" || question.kind == "yes_no"
}

/// Reads the rows: every measure that stays, in their order, with a key for each new one.
pub(super) fn read(check: &mut Check<'_>, fields: &Fields, design: &Template) -> Option<Vec<Kpi>> {
    let mut keys: BTreeSet<String> = design.kpis.iter().map(|kpi| kpi.key.clone()).collect();
    let mut names = BTreeSet::new();
    let mut kpis = Vec::new();
    let mut rows = typed(fields);
    let stored = design.kpis.iter().map(|kpi| (kpi.key.as_str(), kpi.name.as_str()));
    adopt(&mut rows, |row| &mut row.key, |row| row.name.clone(), stored);
    for row in rows.into_iter().filter(|row| row.removed.is_empty() && !row.is_empty()) {
        if !row.name.is_empty() && !names.insert(row.name.to_lowercase()) {
            check.problem(&row.id, "measure_twice", Vec::new());
        }
        if let Some(kpi) = read_row(check, &row, design, &mut keys) {
            kpis.push(kpi);
        }
    }
    if kpis.len() > MOST {
        check.problem("measures", "measure_count", vec![("max", MOST.to_string())]);
    }
    Some(kpis)
}

fn read_row(check: &mut Check<'_>, row: &Row, design: &Template, keys: &mut BTreeSet<String>) -> Option<Kpi> {
    if row.name.is_empty() {
        check.problem(&row.id, "missing", Vec::new());
    }
    if row.name.chars().count() > 120 {
        check.problem(&row.id, "too_long", vec![("max", "120".to_owned())]);
    }
    let question = design.question_of(&row.source);
    let known = FIGURES.contains(&row.source.as_str())
        || question.is_some_and(is_figure)
        || design.kpis.iter().any(|kpi| kpi.source == row.source);
    if !known {
        check.problem(&row.id, "not_a_choice", Vec::new());
    }
    let bounds = if question.is_some_and(|question| question.kind == "scale") { SCALE } else { PERCENT };
    let target = decimal(check, &row.id, &row.target, &bounds, true);
    let baseline = decimal(check, &row.id, &row.baseline, &bounds, false);
    let spread = decimal(check, &row.id, &row.spread, &SPREADS, false);
    Some(Kpi {
        key: if row.key.is_empty() { free_key(&row.name, "measure", keys) } else { row.key.clone() },
        name: row.name.clone(),
        source: row.source.clone(),
        target: target?,
        baseline,
        spread,
    })
}

/// A number within bounds; nothing if it is left out, which is a problem where it is needed.
fn decimal(
    check: &mut Check<'_>,
    field: &str,
    text: &str,
    bounds: &RangeInclusive<f64>,
    is_needed: bool,
) -> Option<f64> {
    if text.is_empty() {
        if is_needed {
            check.problem(field, "measure_target", Vec::new());
        }
        return None;
    }
    match text.replace(',', ".").parse::<f64>() {
        Ok(number) if bounds.contains(&number) => Some(number),
        Ok(_) => {
            let data = vec![("min", bounds.start().to_string()), ("max", bounds.end().to_string())];
            check.problem(field, "measure_bounds", data.into_iter().chain([("value", text.to_owned())]).collect());
            None
        }
        Err(_) => {
            check.problem(field, "not_a_decimal", Vec::new());
            None
        }
    }
}
