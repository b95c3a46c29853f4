//! The form in which somebody says what the columns of a file mean.

use std::str::FromStr;

use counterflow_roster::{DateOrder, Field, GuessedColumn, Mapping, MappingError, Question, Target, Why, WordCount};

use super::{Import, MappingFrom, field_words, is_unsure, mapping_words};
use crate::{
    kernel::{
        error::{Answer, Error},
        form::{Fields, Problems},
    },
    people::Status,
};

/// Everything that the page of the columns shows.
#[derive(Debug)]
pub(super) struct ColumnsForm {
    pub columns: Vec<ColumnChoice>,
    pub questions: Vec<Asked>,
    /// What keeps the file from being read so, in words.
    pub problems: Vec<String>,
    /// What a column can be read as: key and words.
    pub fields: Vec<(String, String)>,
}

/// One column of the file.
#[derive(Debug)]
pub(super) struct ColumnChoice {
    pub header: String,
    pub examples: Vec<String>,
    /// The key of what it is read as.
    pub chosen: String,
    /// The key under which it is kept as an attribute, and the attribute's name.
    pub attribute: (String, String),
    pub why: Why,
    pub from: MappingFrom,
    pub is_unsure: bool,
}

/// A question and the answer that was given to it, if it came back.
#[derive(Debug)]
pub(super) enum Asked {
    DateOrder { column: String, examples: Vec<String>, chosen: String },
    StatusWords { column: String, words: Vec<(WordCount, String)> },
}

impl ColumnsForm {
    /// The form as it is stored, or as it comes back with what was typed.
    pub fn of(import: &Import, typed: Option<&Fields>, problems: Vec<String>) -> Answer<Self> {
        let mapping = Mapping::from_toml(&import.mapping).map_err(Error::defect)?;
        let columns = import.facts.0.columns.iter();
        Ok(Self {
            columns: columns.map(|column| ColumnChoice::of(column, &mapping, import.mapping_from, typed)).collect(),
            questions: import.questions.0.iter().map(|question| Asked::of(question, typed)).collect(),
            problems,
            fields: Field::all().map(|field| (field.key().into_owned(), field_words(&field))).collect(),
        })
    }

    pub fn unsure(&self) -> usize {
        self.columns.iter().filter(|column| column.is_unsure).count()
    }
}

impl ColumnChoice {
    fn of(column: &GuessedColumn, mapping: &Mapping, from: MappingFrom, typed: Option<&Fields>) -> Self {
        let target = mapping.target(&column.header).cloned().unwrap_or(Target::Ignore);
        let typed = typed.map(|fields| fields.get(&column_name(&column.header)).to_owned());
        let attribute = match &target {
            Target::Field(Field::Extra(name)) => name.clone(),
            Target::Field(_) | Target::Ignore => column.header.clone(),
        };
        Self {
            header: column.header.clone(),
            examples: column.examples.clone(),
            chosen: typed.unwrap_or_else(|| target.into()),
            attribute: (Field::Extra(attribute.clone()).into(), attribute),
            why: column.why.clone(),
            from,
            is_unsure: from == MappingFrom::Guess && is_unsure(column),
        }
    }
}

impl Asked {
    fn of(question: &Question, typed: Option<&Fields>) -> Self {
        let answer = |name: &str| typed.map(|fields| fields.get(name).to_owned()).unwrap_or_default();
        match question {
            Question::DateOrder { column, examples } => Self::DateOrder {
                column: column.clone(),
                examples: examples.clone(),
                chosen: answer(&order_name(column)),
            },
            Question::StatusWords { column, words } => Self::StatusWords {
                column: column.clone(),
                words: words.iter().map(|word| (word.clone(), answer(&status_name(&word.word)))).collect(),
            },
        }
    }
}

/// The names of the controls carry the header or word itself: a form of yesterday cannot answer for another column.
fn column_name(header: &str) -> String {
    format!("column.{header}")
}

fn order_name(header: &str) -> String {
    format!("order.{header}")
}

fn status_name(word: &str) -> String {
    format!("status.{word}")
}

/// The mapping that the form describes: what is stored, with what was chosen and answered.
pub(super) fn read(import: &Import, fields: &Fields) -> Answer<Result<Mapping, Problems>> {
    let mut mapping = Mapping::from_toml(&import.mapping).map_err(Error::defect)?;
    mapping.columns.clear();
    let mut check = fields.check();
    for column in &import.facts.0.columns {
        match target(fields.get(&column_name(&column.header))) {
            Some(target) => {
                mapping.columns.insert(column.header.clone(), target);
            }
            None => check.problem("columns", "not_a_choice", Vec::new()),
        }
    }
    for question in &import.questions.0 {
        if !answer(question, fields, &mut mapping) {
            check.problem("questions", "not_answered", Vec::new());
        }
    }
    Ok(check.done(|| Some(mapping)))
}

fn target(key: &str) -> Option<Target> {
    Target::try_from(key.to_owned()).ok()
}

/// Writes the answer to a question into the mapping. Answers whether there is one.
fn answer(question: &Question, fields: &Fields, mapping: &mut Mapping) -> bool {
    match question {
        Question::DateOrder { column, .. } => {
            let order = match fields.get(&order_name(column)) {
                "day-first" => DateOrder::DayFirst,
                "month-first" => DateOrder::MonthFirst,
                _ => return false,
            };
            mapping.date_order.insert(column.clone(), order);
            true
        }
        Question::StatusWords { words, .. } => words.iter().fold(true, |all, WordCount { word, .. }| {
            let Ok(status) = Status::from_str(fields.get(&status_name(word))) else { return false };
            let list = match status {
                Status::Active => &mut mapping.status.active,
                Status::OnLeave => &mut mapping.status.on_leave,
                Status::Left => &mut mapping.status.left,
            };
            list.push(word.clone());
            all
        }),
    }
}

/// Every problem of a form, in words.
pub(super) fn problem_words(problems: &Problems) -> Vec<String> {
    let mut words: Vec<String> = problems.iter().map(crate::kernel::form::Problem::words).collect();
    words.dedup();
    words
}

/// Everything that keeps a file from being read with a mapping, in words.
pub(super) fn error_words(errors: &[MappingError]) -> Vec<String> {
    errors.iter().map(mapping_words).collect()
}
