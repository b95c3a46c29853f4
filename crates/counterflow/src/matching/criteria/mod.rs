//! Criteria as a form: sentences made of pickers, to and from the one TOML form, which the engine checks.

mod count;
pub mod pages;

pub use count::{Bin, Counted, Without, counted};

use counterflow_matching::{Criteria, CriteriaError, Criterion, InstanceError, Place, Problem as Wrong, Side};
use toml::{Table, Value};

use super::{why::Head, wishes};
use crate::kernel::form::{Check, Fields};

/// The criteria of a round, from its stored TOML.
///
/// # Errors
/// What is wrong with it: it was written by a template or by an older version.
pub fn read(toml: &str) -> Result<Criteria, Vec<CriteriaError>> {
    Criteria::from_toml(toml)
}

/// What stands in the pickers: text, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentences {
    /// `coverage`, `total`, `fair` or `stable`.
    pub aim: String,
    /// Whose choices come first where the aim is `stable`, if the criteria say so. No picker: as long as nobody is asked
    /// for choices, everybody goes by the fit, and it is the same either way.
    pub proposer: String,
    /// How far the chain of command reaches: `any`, a number of levels, or `off`.
    pub depth: String,
    /// In the order of the criteria.
    pub rows: Vec<Row>,
}

/// One criterion. Every key is one of the TOML form, apart from `field`, which holds both sides' fields
/// (`offers/wants`) where they differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The manager's name for it.
    pub name: String,
    /// `must`, `must_not`, `prefer`, `avoid`.
    pub rule: String,
    /// How the values are compared.
    pub compare: String,
    /// What is compared.
    pub field: String,
    /// A distance or a smallest count.
    pub by: String,
    /// 0 to 10.
    pub weight: String,
    /// `refuse` or `allow`.
    pub missing: String,
    /// The circle on which the values lie.
    pub wraps_at: String,
    /// JSON: what complements what.
    pub pairs: String,
    /// What the name was given to: a row that asks something else now has lost it.
    pub named: String,
}

const KEYS: [&str; 10] = ["name", "rule", "compare", "field", "by", "weight", "missing", "wraps_at", "pairs", "named"];

impl Row {
    /// What a new row says until somebody changes it.
    fn fresh() -> Self {
        let text = str::to_owned;
        Self {
            rule: text("prefer"),
            compare: text("different"),
            field: text("department"),
            by: text("1"),
            weight: text("5"),
            ..Self::default()
        }
    }

    fn slots(&mut self) -> [&mut String; 10] {
        [
            &mut self.name,
            &mut self.rule,
            &mut self.compare,
            &mut self.field,
            &mut self.by,
            &mut self.weight,
            &mut self.missing,
            &mut self.wraps_at,
            &mut self.pairs,
            &mut self.named,
        ]
    }

    fn of(entry: &Table) -> Self {
        let text = |key: &str| entry.get(key).map(plain).unwrap_or_default();
        let mut row = Self::default();
        for (key, slot) in KEYS.into_iter().zip(row.slots()) {
            *slot = text(key);
        }
        if row.field.is_empty() {
            row.field = format!("{}/{}", text("mentor_field"), text("mentee_field"));
        }
        if row.by.is_empty() {
            row.by = "1".to_owned();
        }
        if row.weight.is_empty() {
            row.weight = wishes::WEIGHT.to_string();
        }
        row.named = row.asks();
        row
    }

    /// What the row asks, whether as a rule or as a wish.
    fn asks(&self) -> String {
        let against = matches!(self.rule.as_str(), "must_not" | "avoid");
        let by = if self.takes_number() { self.by.as_str() } else { "" };
        format!("{against} {} {} {by}", self.compare, self.field)
    }

    /// Whether every pair has to follow it.
    #[must_use]
    pub fn is_hard(&self) -> bool {
        matches!(self.rule.as_str(), "must" | "must_not")
    }

    /// Whether the comparison is by a number. Preferring an offer needs none: more is better.
    fn takes_number(&self) -> bool {
        match self.compare.as_str() {
            "at_least_apart" | "at_most_apart" | "overlaps" => true,
            "offers_what_the_other_wants" => self.is_hard(),
            _ => false,
        }
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        let mut put = |key: &str, value: Value| table.insert(key.to_owned(), value);
        put("rule", Value::from(self.rule.as_str()));
        put("compare", Value::from(self.compare.as_str()));
        match self.field.split_once('/') {
            Some((mentor, mentee)) => {
                put("mentor_field", Value::from(mentor));
                put("mentee_field", Value::from(mentee));
            }
            None => drop(put("field", Value::from(self.field.as_str()))),
        }
        if !self.name.trim().is_empty() {
            put("name", Value::from(self.name.trim()));
        }
        if self.is_hard() {
            if self.missing == "allow" {
                put("missing", Value::from("allow"));
            }
        } else {
            put("weight", number(&self.weight));
        }
        if self.takes_number() && !self.by.trim().is_empty() {
            put("by", number(&self.by));
        }
        if self.compare.ends_with("_apart") && self.field == "utc_offset" {
            put("wraps_at", Value::from(24));
        } else if self.compare.ends_with("_apart") && !self.wraps_at.is_empty() {
            put("wraps_at", number(&self.wraps_at));
        }
        if self.compare == "complements" {
            let stored = serde_json::from_str::<Vec<[String; 2]>>(&self.pairs).ok();
            let opposites = || (self.field == "energy").then(|| vec![["introvert".to_owned(), "extrovert".to_owned()]]);
            if let Some(pairs) = stored.or_else(opposites) {
                put("pairs", Value::try_from(pairs).unwrap_or(Value::Array(Vec::new())));
            }
        }
        table
    }

    /// The same criterion as a wish.
    fn relaxed(&self) -> Self {
        let rule = if self.rule == "must" { "prefer" } else { "avoid" };
        let mut wish = Self { rule: rule.to_owned(), weight: wishes::WEIGHT.to_string(), ..self.clone() };
        wish.named = wish.asks();
        wish
    }
}

impl From<&Criteria> for Sentences {
    fn from(criteria: &Criteria) -> Self {
        let table = Table::try_from(criteria).unwrap_or_default();
        let rows = table.get("criterion").and_then(Value::as_array).into_iter().flatten();
        let depth = table.get("chain_of_command").and_then(|chain| chain.get("depth")).map(plain);
        Self {
            aim: table.get("aim").map(plain).unwrap_or_default(),
            proposer: table.get("proposer").map(plain).unwrap_or_default(),
            depth: depth.unwrap_or_else(|| "off".to_owned()),
            rows: rows.filter_map(Value::as_table).map(Row::of).collect(),
        }
    }
}

impl Sentences {
    /// What was typed.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let mut rows = Vec::new();
        while rows.len() < 100 && !fields.get(&format!("c{}-rule", rows.len())).is_empty() {
            let position = rows.len();
            let mut row = Row::default();
            for (key, slot) in KEYS.into_iter().zip(row.slots()) {
                fields.get(&format!("c{position}-{key}")).clone_into(slot);
            }
            if row.named != row.asks() {
                row.name.clear();
                row.named = row.asks();
            }
            rows.push(row);
        }
        let text = |key| fields.get(key).to_owned();
        Self { aim: text("aim"), proposer: text("proposer"), depth: text("depth"), rows }
    }

    /// One more row, at the end.
    pub fn add(&mut self) {
        self.rows.push(Row::fresh());
    }

    /// Without a row.
    pub fn remove(&mut self, position: usize) {
        if position < self.rows.len() {
            self.rows.remove(position);
        }
    }

    /// With a rule turned into a wish.
    pub fn relax(&mut self, position: usize) {
        if let Some(row) = self.rows.get_mut(position).filter(|row| row.is_hard()) {
            *row = row.relaxed();
        }
    }

    /// The criteria, or every problem under the name of its picker.
    ///
    /// # Errors
    /// What the one form does not allow.
    pub fn criteria(&self) -> Result<Criteria, Vec<CriteriaError>> {
        let mut table = Table::new();
        table.insert("aim".to_owned(), Value::from(self.aim.as_str()));
        if self.aim == "stable" && !self.proposer.is_empty() {
            table.insert("proposer".to_owned(), Value::from(self.proposer.as_str()));
        }
        if self.depth != "off" {
            let depth = Table::from_iter([("depth".to_owned(), number(&self.depth))]);
            table.insert("chain_of_command".to_owned(), Value::Table(depth));
        }
        if !self.rows.is_empty() {
            let rows = self.rows.iter().map(|row| Value::Table(row.table())).collect();
            table.insert("criterion".to_owned(), Value::Array(rows));
        }
        Criteria::from_toml(&table.to_string())
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) => serde_json::to_string(value).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// A number as TOML; what is none stays text, so that the form says what is wrong with it.
fn number(text: &str) -> Value {
    let text = text.trim().replace(',', ".");
    let whole = text.parse::<i64>().map(Value::from).ok();
    whole.or_else(|| text.parse::<f64>().map(Value::from).ok()).unwrap_or_else(|| Value::from(text))
}

/// Notes what is wrong with the form itself.
pub fn note_form_problems(check: &mut Check<'_>, errors: &[CriteriaError]) {
    for error in errors {
        let field = match error.place {
            Place::Criterion(position) => {
                let key = if error.key.ends_with("field") { "field" } else { error.key.as_str() };
                format!("c{position}-{key}")
            }
            Place::ChainOfCommand => "depth".to_owned(),
            Place::Top => "aim".to_owned(),
        };
        match &error.problem {
            Wrong::Missing | Wrong::Blank => check.problem(&field, "missing", Vec::new()),
            Wrong::WrongType { .. } => check.problem(&field, "not_a_decimal", Vec::new()),
            Wrong::OutOfRange { range, .. } => {
                check.problem(&field, "out_of_bounds", vec![("range", range.to_string())]);
            }
            _ => check.problem(&field, "not_a_choice", Vec::new()),
        }
    }
}

/// Notes rules over private answers: nobody is left out for having kept one to themselves.
pub fn note_private_rules(check: &mut Check<'_>, criteria: &Criteria) {
    for (position, criterion) in criteria.list.iter().enumerate() {
        if is_private_rule(criterion) {
            check.problem(&format!("c{position}-rule"), "private_is_a_wish", Vec::new());
        }
    }
}

/// Whether a criterion would rule pairs out by what people said in private: what it removes would tell that.
pub fn is_private_rule(criterion: &Criterion) -> bool {
    criterion.rule.weight().is_none() && Head::from(criterion).is_private()
}

/// Notes what people's values or the pins make impossible.
pub fn note_instance_problems(check: &mut Check<'_>, errors: &[InstanceError]) {
    let mut seen = Vec::new();
    for error in errors {
        let (field, key) = match error {
            InstanceError::Criteria(error) => {
                note_form_problems(check, std::slice::from_ref(error));
                continue;
            }
            InstanceError::UnknownField { criterion, .. } => (format!("c{criterion}-field"), "nobody_has_this"),
            InstanceError::WrongKind { criterion, .. } | InstanceError::TopicOutOfRange { criterion, .. } => {
                (format!("c{criterion}-compare"), "not_comparable")
            }
            InstanceError::EmptySide { .. } => continue,
            _ => ("pins".to_owned(), "too_many_pins"),
        };
        if !seen.contains(&field) {
            check.problem(&field, key, Vec::new());
            seen.push(field);
        }
    }
}

/// The sides on which there is nobody to be matched.
#[must_use]
pub fn empty_sides(errors: &[InstanceError]) -> Vec<Side> {
    errors
        .iter()
        .filter_map(|error| match error {
            InstanceError::EmptySide { side } => Some(*side),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"
        aim = "total"
        [chain_of_command]
        depth = 2
        [[criterion]]
        rule = "must"
        compare = "at_least_apart"
        field = "level"
        by = 3
        missing = "allow"
        [[criterion]]
        rule = "must_not"
        compare = "at_most_apart"
        field = "utc_offset"
        by = 0.5
        wraps_at = 24
        [[criterion]]
        name = "Topics"
        rule = "prefer"
        compare = "offers_what_the_other_wants"
        mentor_field = "offers"
        mentee_field = "wants"
        weight = 6
        [[criterion]]
        rule = "avoid"
        compare = "complements"
        field = "style"
        pairs = [["a", "b"]]
        weight = 0
    "#;

    fn typed(sentences: &Sentences) -> Fields {
        let mut fields =
            Fields::filled([("aim", &sentences.aim), ("proposer", &sentences.proposer), ("depth", &sentences.depth)]);
        for (position, row) in sentences.rows.iter().enumerate() {
            let mut row = row.clone();
            for (key, slot) in KEYS.into_iter().zip(row.slots()) {
                fields.push(format!("c{position}-{key}"), slot.clone());
            }
        }
        fields
    }

    #[test]
    fn every_part_of_the_form_survives_the_pickers() {
        for aim in ["aim = \"total\"", "aim = \"stable\"\nproposer = \"mentor\""] {
            let criteria = Criteria::from_toml(&ALL.replace("aim = \"total\"", aim)).unwrap();
            let sentences = Sentences::from(&criteria);
            assert_eq!(sentences.rows[1].wraps_at, "24");
            assert_eq!(Sentences::read(&typed(&sentences)), sentences);
            assert_eq!(sentences.criteria(), Ok(criteria));
        }
    }

    #[test]
    fn a_name_goes_when_the_row_asks_something_else() {
        let mut sentences = Sentences::from(&Criteria::from_toml(ALL).unwrap());
        sentences.rows[2].rule = "must".into();
        assert_eq!(Sentences::read(&typed(&sentences)).rows[2].name, "", "a must asks for a number too");
        sentences.rows[2].rule = "prefer".into();
        sentences.rows[2].weight = "9".into();
        assert_eq!(Sentences::read(&typed(&sentences)).rows[2].name, "Topics");
        sentences.rows[2].field = "languages".into();
        assert_eq!(Sentences::read(&typed(&sentences)).rows[2].name, "");
    }

    #[test]
    fn problems_name_their_pickers() {
        let mut sentences = Sentences::from(&Criteria::from_toml(ALL).unwrap());
        sentences.rows[0].by = "three".into();
        sentences.rows[1].by = "-1".into();
        sentences.rows[2].weight = "11".into();
        sentences.rows[3].compare = "likes".into();
        let fields = Fields::default();
        let mut check = fields.check();
        note_form_problems(&mut check, &sentences.criteria().unwrap_err());
        let problems = check.done(|| Some(())).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.key)).collect();
        let expected = [
            ("c0-by", "not_a_decimal"),
            ("c1-by", "out_of_bounds"),
            ("c2-weight", "out_of_bounds"),
            ("c3-compare", "not_a_choice"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn private_answers_are_no_rule() {
        for (rule, expected) in [("must", 1), ("must_not", 1), ("prefer", 0), ("avoid", 0)] {
            let weight = if expected == 0 { "\nweight = 2" } else { "" };
            let toml =
                format!("[[criterion]]\nrule = \"{rule}\"\ncompare = \"overlaps\"\nfield = \"private:groups\"{weight}");
            let fields = Fields::default();
            let mut check = fields.check();
            note_private_rules(&mut check, &Criteria::from_toml(&toml).unwrap());
            let problems = check.done(|| Some(())).err().unwrap_or_default();
            assert_eq!(problems.iter().filter(|problem| problem.field == "c0-rule").count(), expected, "{rule}");
        }
    }

    #[test]
    fn a_rule_becomes_a_wish() {
        let mut sentences = Sentences::from(&Criteria::from_toml(ALL).unwrap());
        sentences.relax(0);
        sentences.relax(1);
        sentences.relax(2);
        sentences.relax(99);
        let rules: Vec<_> = sentences.rows.iter().map(|row| row.rule.as_str()).collect();
        assert_eq!(rules, ["prefer", "avoid", "prefer", "avoid"]);
        assert!(sentences.criteria().is_ok());
    }

    #[test]
    fn a_new_row_is_complete() {
        let mut sentences = Sentences::from(&Criteria::default());
        sentences.add();
        assert_eq!(sentences.criteria().unwrap().list.len(), 1);
        sentences.remove(0);
        assert_eq!(sentences.criteria(), Ok(Criteria::default()));
    }
}
