//! The rules of one side as a form: a sentence with pickers for each rule.

use super::{
    choosing::Candidates,
    rules::{self, Field, Flaw},
};
use crate::{
    kernel::form::{Fields, Problem, Problems},
    programs::template::{Operator, Rule},
};

/// More values than this are typed, one a line, and not ticked.
const MOST_CHOICES: usize = 40;
/// More rules than this nobody can follow.
const MOST_RULES: usize = 20;

/// Values that fewer people have are offered and not counted: a number that small says who they are.
const FEWEST_COUNTED: usize = 5;

/// How many people have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    ByNobody,
    ByFew,
    By(usize),
}

impl From<usize> for Held {
    fn from(count: usize) -> Self {
        match count {
            0 => Self::ByNobody,
            1..FEWEST_COUNTED => Self::ByFew,
            _ => Self::By(count),
        }
    }
}

/// A value that can be ticked.
pub(super) struct Choice {
    pub value: String,
    pub held: Held,
    pub chosen: bool,
}

/// A rule as the page shows it.
pub(super) struct Row {
    pub field: Field,
    pub is: Operator,
    pub operators: Vec<Operator>,
    pub value: String,
    pub choices: Vec<Choice>,
    /// The chosen values one a line, where there are too many to tick.
    pub lines: Option<String>,
    pub problem: Option<String>,
}

impl Row {
    pub fn of(rule: &Rule, candidates: &Candidates) -> Self {
        let field = Field::named(&rule.field);
        let column = candidates.directory.column(&field);
        let mut operators = rules::operators(column).to_vec();
        if !operators.contains(&rule.is) {
            operators.push(rule.is);
        }
        let are_many = column.is_some_and(|column| column.choices() > MOST_CHOICES);
        let known = column.filter(|_| !are_many).map(|column| column.counted(&candidates.rows)).unwrap_or_default();
        let same = |word: &str, value: &str| word.to_lowercase() == value.to_lowercase();
        let is_new = |value: &&str| known.iter().all(|(word, _)| !same(word, value));
        let unknown = rule.values.iter().map(String::as_str).filter(is_new);
        let unknown: Vec<_> = unknown.map(|value| (value, 0)).collect();
        let choice = |(value, count): (&str, usize)| Choice {
            value: value.to_owned(),
            held: count.into(),
            chosen: rule.values.iter().any(|chosen| same(chosen, value)),
        };
        Self {
            is: rule.is,
            operators,
            value: rule.value.clone(),
            choices: known.into_iter().chain(unknown).map(choice).collect(),
            lines: are_many.then(|| rule.values.join("\n")),
            problem: None,
            field,
        }
    }

    pub fn compares_by_size(&self) -> bool {
        self.operators.contains(&Operator::AtLeast) || self.operators.contains(&Operator::AtMost)
    }

    pub fn chooses(&self) -> bool {
        self.operators.contains(&Operator::OneOf) || self.operators.contains(&Operator::NotOneOf)
    }
}

/// The rows for rules with what is wrong with them.
pub(super) fn rows(rules: &[Rule], problems: &Problems, candidates: &Candidates) -> Vec<Row> {
    let row = |(position, rule): (usize, &Rule)| {
        let problem = problems.iter().find(|problem| problem.field == place(position)).map(Problem::words);
        Row { problem, ..Row::of(rule, candidates) }
    };
    rules.iter().enumerate().map(row).collect()
}

/// Where the page shows what is wrong with a rule; people count from one.
fn place(position: usize) -> String {
    format!("rule-{}", position + 1)
}

/// The rules as they were typed, without the one to be removed and with the one to be added. A rule that is added asks
/// only whether the field is known, until the manager says more.
pub(super) fn typed(fields: &Fields) -> Vec<Rule> {
    let count: usize = fields.get("rules").parse().unwrap_or(0);
    let removed: Option<usize> = fields.get("remove").parse().ok();
    let kept = (0..count.min(MOST_RULES)).filter(|position| Some(*position) != removed);
    let mut rules: Vec<Rule> = kept.filter_map(|position| rule_at(fields, position)).collect();
    let added = fields.get("add");
    if !added.is_empty() && rules.len() < MOST_RULES {
        rules.push(Rule { field: added.to_owned(), is: Operator::IsKnown, value: String::new(), values: Vec::new() });
    }
    rules
}

fn rule_at(fields: &Fields, position: usize) -> Option<Rule> {
    let field = fields.get(&format!("field-{position}")).trim();
    let is: Operator = fields.get(&format!("is-{position}")).parse().ok()?;
    if field.is_empty() {
        return None;
    }
    let (mut value, mut values) = (String::new(), Vec::new());
    match is {
        Operator::AtLeast | Operator::AtMost => value = fields.get(&format!("value-{position}")).trim().to_owned(),
        Operator::OneOf | Operator::NotOneOf => {
            let name = format!("values-{position}");
            let lines = fields.all(&name).flat_map(str::lines).map(str::trim);
            values = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
            values.sort();
            values.dedup();
        }
        Operator::IsKnown => {}
    }
    Some(Rule { field: field.to_owned(), is, value, values })
}

/// Everything that is wrong with the rules.
///
/// # Errors
/// All problems, each at its rule.
pub(super) fn check(rules: &[Rule]) -> Result<(), Problems> {
    let fields = Fields::default();
    let mut check = fields.check();
    for (position, rule) in rules.iter().enumerate() {
        match rules::flaw(rule) {
            Some(Flaw::NotANumber) => check.problem(&place(position), "not_a_quantity", Vec::new()),
            Some(Flaw::NoValues) => check.problem(&place(position), "choose_value", Vec::new()),
            None => {}
        }
    }
    check.done(|| Some(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::parse(text.as_bytes())
    }

    #[test]
    fn reads_keeps_removes_and_adds() {
        let form = "rules=3&field-0=level&is-0=at_least&value-0=+7+&values-0=ignored\
                    &field-1=department&is-1=one_of&values-1=Sales&values-1=Legal%0AIT%0A&value-1=9\
                    &field-2=Group&is-2=is_known";
        let rules = typed(&fields(form));
        assert_eq!((rules[0].value.as_str(), rules[0].values.len()), ("7", 0));
        assert_eq!(rules[1].values, ["IT", "Legal", "Sales"]);
        assert_eq!(rules.len(), 3);
        let rules = typed(&fields(&format!("{form}&remove=0&add=title")));
        assert_eq!(rules.iter().map(|rule| rule.field.as_str()).collect::<Vec<_>>(), ["department", "Group", "title"]);
        assert_eq!(rules[2].is, Operator::IsKnown);
    }

    #[test]
    fn few_are_not_counted_out() {
        for (count, held) in [(0, Held::ByNobody), (1, Held::ByFew), (4, Held::ByFew), (5, Held::By(5))] {
            assert_eq!(Held::from(count), held);
        }
    }

    #[test]
    fn nonsense_is_left_out() {
        assert_eq!(typed(&fields("rules=many")), []);
        assert_eq!(typed(&fields("rules=2&field-0=level&is-0=near&field-1=&is-1=is_known")), []);
        assert_eq!(typed(&fields("rules=-1&field-0=level&is-0=is_known")), []);
        assert_eq!(typed(&fields("rules=99999999999&field-0=level&is-0=is_known")).len(), 1);
    }

    #[test]
    fn each_problem_stands_at_its_rule() {
        let rules = typed(&fields("rules=2&field-0=level&is-0=at_most&value-0=high&field-1=title&is-1=one_of"));
        let problems = check(&rules).unwrap_err();
        let rows = rows(&rules, &problems, &Candidates::none());
        assert_eq!(rows[0].problem.as_deref(), Some("Write it as a number, such as 7 or 1.5."));
        assert_eq!(rows[1].problem.as_deref(), Some("Choose at least one."));
        assert!(rows[0].operators.contains(&Operator::AtMost), "an operator in use stays");
    }
}
