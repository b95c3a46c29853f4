//! What can be wrong with a template, and where.

use std::{fmt, ops::RangeInclusive};

use crate::kernel::labels::{Fault, LONGEST};

use counterflow_matching::CriteriaError;

/// A file that is not a template.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub struct BrokenTemplate {
    /// The file's name.
    pub file: String,
    /// Everything that is wrong.
    pub errors: Vec<TemplateError>,
}

impl fmt::Display for BrokenTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.errors.iter().enumerate() {
            let end = if number + 1 == self.errors.len() { "" } else { "\n" };
            write!(f, "{}: {error}{end}", self.file)?;
        }
        Ok(())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct TemplateError {
    /// Section and key, counted from 1: `agendas 3, items 2, minutes`.
    pub place: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    /// Not TOML, or not the form of a template.
    #[error("line {line}: {message}")]
    Form {
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Nothing is written there.
    #[error("is empty")]
    Empty,
    /// More than people would read there.
    #[error("has more than {0} characters")]
    TooManyCharacters(usize),
    /// No word that a program can use for mentor, mentee, pair or meeting.
    #[error("{}", label(*.0))]
    Label(Fault),
    /// A key in another form than `small-words`.
    #[error("{0:?} is not a key: use small letters, digits and hyphens")]
    NotAKey(String),
    /// The same key twice.
    #[error("{0:?} is there twice")]
    Twice(String),
    /// The key of the template is not the name of its file.
    #[error("has to be the file's name without its ending, which is {file}")]
    NotTheFileName {
        /// The file's name.
        file: String,
    },
    /// A number outside its bounds.
    #[error("{found} is not between {} and {}", .bounds.start(), .bounds.end())]
    OutOfBounds {
        /// As written.
        found: f64,
        /// Both ends are allowed.
        bounds: RangeInclusive<i64>,
    },
    /// A word that means nothing there.
    #[error("{found:?} is not one of {}", .known.join(", "))]
    UnknownWord {
        /// As written.
        found: String,
        /// What could stand there.
        known: &'static [&'static str],
    },
    /// Not one agenda for each meeting.
    #[error("there are {agendas} agendas for {meetings} meetings")]
    AgendaCount {
        /// How many agendas there are.
        agendas: usize,
        /// How many meetings there are.
        meetings: i64,
    },
    /// An agenda that does not fit into its meeting.
    #[error("its items take {minutes} minutes, and the meeting has {available}")]
    TooLong {
        /// What the items take.
        minutes: i64,
        /// What there is.
        available: i64,
    },
    /// A scale without two words for its ends, or ends on what is no scale.
    #[error("a scale, and nothing else, has two ends in words")]
    Ends,
    /// The same key with another question.
    #[error("{0:?} is another question on an earlier occasion")]
    AnotherQuestion(String),
    /// A KPI from a question that is not asked.
    #[error("no check-in asks {0:?}")]
    NoSuchQuestion(String),
    /// A KPI from a question without figures.
    #[error("the answer to {0:?} is a text, not a figure")]
    NotAFigure(String),
    /// Not one word for each step of a scale.
    #[error("there are {found} words for {steps} steps")]
    StepCount {
        /// How many words there are.
        found: usize,
        /// How many steps there are.
        steps: usize,
    },
    /// A private question with too few or too many answers.
    #[error("takes {} to {} answers, not {found}", .bounds.start(), .bounds.end())]
    AnswerCount {
        /// How many there are.
        found: usize,
        /// Both ends are allowed.
        bounds: RangeInclusive<usize>,
    },
    /// A criterion over a private question that is not there.
    #[error("no private question has the key {0:?}")]
    NoSuchPrivateQuestion(String),
    /// A rule over what nobody has to answer.
    #[error("{0:?} is answered of one's own will and can't be a rule: prefer or avoid it")]
    PrivateRule(String),
    /// Who can take part may not depend on private answers.
    #[error("{0:?} is private and says nothing about who can take part")]
    PrivateEligibility(String),
    /// A private question that is compared in another way than its answers allow.
    #[error("{field:?} can be compared with {}", .possible.join(", "))]
    PrivateComparison {
        /// The field.
        field: String,
        /// How it can be compared.
        possible: &'static [&'static str],
    },
    /// A spread that answers from 1 to 5 cannot have.
    #[error("{0} is not above 0 and up to 4")]
    Spread(f64),
    /// A rule over a field with a missing or superfluous value.
    #[error("{0}")]
    RuleValue(&'static str),
    /// The criteria want topics, and there are none.
    #[error("{0:?} compares topics, and there are none")]
    NoTopics(String),
    /// A question of the registration that cannot be asked so.
    #[error("{0}")]
    Registration(super::registration::Flaw),
    /// A placeholder that nobody fills.
    #[error("nobody fills {{{0}}} in")]
    UnknownPlaceholder(String),
    /// The criteria cannot be read.
    #[error("{0}")]
    Criteria(CriteriaError),
}

/// What is wrong with a word of `[labels]`.
fn label(fault: Fault) -> String {
    match fault {
        Fault::Empty => "is empty".to_owned(),
        Fault::TooLong => format!("has more than {LONGEST} letters"),
        Fault::NotAWord => "is no word: letters, spaces, hyphens and apostrophes make one".to_owned(),
        Fault::Twice => "is used for another of the four already".to_owned(),
    }
}
