//! What a program asks people when they register, beside what every program asks. The same rules hold for a template's
//! file and for the form that a manager changes: [`flaws`].

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{programs::Side, words};

/// The most questions of a form: whoever registers has five minutes.
pub const MOST_QUESTIONS: usize = 20;
/// The most answers to choose from.
pub const MOST_OPTIONS: usize = 12;
/// The longest question or explanation, in characters.
pub const LONGEST_TEXT: usize = 200;
/// The longest answer to choose from, and the longest end of a scale, in characters.
pub const LONGEST_OPTION: usize = 60;
/// The steps of a scale.
pub const STEPS: [&str; 5] = ["1", "2", "3", "4", "5"];

words! {
    /// How a question is answered.
    FormKind {
        /// In one's own words.
        Text = "text",
        /// One of several answers.
        Choice = "choice",
        /// Any of several answers.
        Several = "several",
        /// From 1 to 5.
        Scale = "scale",
        /// Yes or no.
        YesNo = "yes_no",
    }
}

words! {
    /// Whom a question is put to.
    Whom {
        /// Mentors.
        Mentor = "mentor",
        /// Mentees.
        Mentee = "mentee",
        /// Both sides.
        Both = "both",
    }
}

impl Whom {
    /// Whether a side is asked.
    #[must_use]
    pub fn has(self, side: Side) -> bool {
        match self {
            Self::Mentor => side == Side::Mentor,
            Self::Mentee => side == Side::Mentee,
            Self::Both => true,
        }
    }
}

words! {
    /// Who reads an answer beside whoever gave it.
    Readers {
        /// The program's managers.
        Managers = "managers",
        /// Whoever they are paired with.
        Partner = "partner",
        /// Managers, and whoever they are paired with.
        Both = "both",
    }
}

impl Readers {
    /// Whether managers read it.
    #[must_use]
    pub fn has_managers(self) -> bool {
        self != Self::Partner
    }

    /// Whether the partner reads it.
    #[must_use]
    pub fn has_partner(self) -> bool {
        self != Self::Managers
    }
}

/// A question of the registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormQuestion {
    /// Stable: answers name it.
    pub key: String,
    /// As people read it.
    pub text: String,
    /// What is meant, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Whom it is put to.
    pub ask: Whom,
    /// How it is answered.
    pub kind: FormKind,
    /// What can be answered to a choice, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// What 1 and 5 mean on a scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<String>,
    /// Whether it has to be answered.
    #[serde(default)]
    pub required: bool,
    /// Who reads the answer.
    pub readers: Readers,
    /// It is asked only after this answer to an earlier question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
}

/// An answer to an earlier question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The earlier question's key.
    pub question: String,
    /// One of its answers; `yes` or `no` for a question of that kind.
    pub answer: String,
}

impl FormQuestion {
    /// The answers that can be given, as they are stored. A text has none.
    #[must_use]
    pub fn answers(&self) -> Vec<&str> {
        match self.kind {
            FormKind::Text => Vec::new(),
            FormKind::Choice | FormKind::Several => self.options.iter().map(String::as_str).collect(),
            FormKind::Scale => STEPS.to_vec(),
            FormKind::YesNo => vec!["yes", "no"],
        }
    }

    /// Whether another question can depend on the answer.
    #[must_use]
    pub fn decides(&self) -> bool {
        matches!(self.kind, FormKind::Choice | FormKind::Several | FormKind::YesNo)
    }
}

/// What is wrong with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing is written there.
    Empty,
    /// More than so many characters.
    TooLong(usize),
    /// Fewer than 2 answers to choose from, or more than [`MOST_OPTIONS`].
    Options,
    /// The same answer twice.
    Twice,
    /// Answers to choose from where nothing is chosen.
    NoOptions,
    /// A scale without words for both ends, or ends on what is no scale.
    Ends,
    /// It depends on a question that is not asked before it.
    Later,
    /// It depends on an answer that the earlier question does not have.
    NoSuchAnswer,
    /// It depends on a question that not everybody is asked whom it is put to.
    OtherSide,
}

impl Flaw {
    /// The key of its sentence under `[problem]`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "missing",
            Self::TooLong(_) => "too_long",
            Self::Options => "option_count",
            Self::Twice => "option_twice",
            Self::NoOptions => "option_none",
            Self::Ends => "scale_ends",
            Self::Later => "condition_later",
            Self::NoSuchAnswer => "condition_answer",
            Self::OtherSide => "condition_side",
        }
    }

    /// What fills its sentence.
    #[must_use]
    pub fn data(self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong(max) => vec![("max", max.to_string())],
            Self::Options => vec![("max", MOST_OPTIONS.to_string())],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong(max) => write!(f, "has more than {max} characters"),
            Self::Options => write!(f, "a choice has 2 to {MOST_OPTIONS} answers"),
            Self::Twice => f.write_str("one answer is there twice"),
            Self::NoOptions => f.write_str("only a choice has answers to choose from"),
            Self::Ends => f.write_str("a scale, and nothing else, has two ends in words"),
            Self::Later => f.write_str("no earlier question has this key"),
            Self::NoSuchAnswer => f.write_str("the earlier question has no such answer"),
            Self::OtherSide => f.write_str("the earlier question is not put to everybody whom this one is put to"),
        }
    }
}

/// Everything that is wrong with the questions of a form: the position of the question, its part, what is wrong there. A
/// question can only depend on an earlier one, so that no two can wait for each other.
#[must_use]
pub fn flaws(questions: &[FormQuestion]) -> Vec<(usize, &'static str, Flaw)> {
    let mut found = Vec::new();
    for (position, question) in questions.iter().enumerate() {
        let earlier = &questions[..position];
        let each = texts(question).into_iter().chain(answers(question)).chain(condition(question, earlier));
        found.extend(each.map(|(part, flaw)| (position, part, flaw)));
    }
    found
}

type Found = Vec<(&'static str, Flaw)>;

fn texts(question: &FormQuestion) -> Found {
    let mut found = Found::new();
    if question.text.trim().is_empty() {
        found.push(("text", Flaw::Empty));
    }
    for (part, text) in [("text", &question.text), ("help", &question.help)] {
        if text.chars().count() > LONGEST_TEXT {
            found.push((part, Flaw::TooLong(LONGEST_TEXT)));
        }
    }
    found
}

fn answers(question: &FormQuestion) -> Found {
    let mut found = Found::new();
    let is_long = |text: &String| text.chars().count() > LONGEST_OPTION;
    let is_choice = matches!(question.kind, FormKind::Choice | FormKind::Several);
    if is_choice && !(2..=MOST_OPTIONS).contains(&question.options.len()) {
        found.push(("options", Flaw::Options));
    }
    if !is_choice && !question.options.is_empty() {
        found.push(("options", Flaw::NoOptions));
    }
    if question.options.iter().collect::<BTreeSet<_>>().len() < question.options.len() {
        found.push(("options", Flaw::Twice));
    }
    if question.options.iter().any(is_long) {
        found.push(("options", Flaw::TooLong(LONGEST_OPTION)));
    }
    let wanted = if question.kind == FormKind::Scale { 2 } else { 0 };
    if question.ends.len() != wanted || question.ends.iter().any(|end| end.trim().is_empty()) {
        found.push(("ends", Flaw::Ends));
    }
    if question.ends.iter().any(is_long) {
        found.push(("ends", Flaw::TooLong(LONGEST_OPTION)));
    }
    found
}

fn condition(question: &FormQuestion, earlier: &[FormQuestion]) -> Found {
    let Some(condition) = &question.only_if else { return Found::new() };
    let Some(asked) = earlier.iter().find(|one| one.key == condition.question && one.decides()) else {
        return vec![("only_if", Flaw::Later)];
    };
    if !asked.answers().contains(&condition.answer.as_str()) {
        return vec![("only_if", Flaw::NoSuchAnswer)];
    }
    let all_are_asked = Side::ALL.iter().all(|side| !question.ask.has(*side) || asked.ask.has(*side));
    if all_are_asked { Found::new() } else { vec![("only_if", Flaw::OtherSide)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(key: &str, kind: FormKind) -> FormQuestion {
        FormQuestion {
            key: key.to_owned(),
            text: format!("What about {key}?"),
            help: String::new(),
            ask: Whom::Both,
            kind,
            options: Vec::new(),
            ends: Vec::new(),
            required: false,
            readers: Readers::Managers,
            only_if: None,
        }
    }

    fn after(question: FormQuestion, key: &str, answer: &str) -> FormQuestion {
        let only_if = Some(Condition { question: key.to_owned(), answer: answer.to_owned() });
        FormQuestion { only_if, ..question }
    }

    #[track_caller]
    fn check(questions: &[FormQuestion], expected: &[(usize, &str, Flaw)]) {
        assert_eq!(flaws(questions), expected);
    }

    #[test]
    fn each_kind_has_what_it_needs_and_no_more() {
        use FormKind::{Choice, Scale, Several, Text, YesNo};
        let options = |kind, options: &[&str]| {
            let options = options.iter().map(|option| (*option).to_owned()).collect();
            FormQuestion { options, ..question("a", kind) }
        };
        let ends = |kind, ends: &[&str]| FormQuestion {
            ends: ends.iter().map(|end| (*end).to_owned()).collect(),
            ..question("a", kind)
        };
        check(&[question("a", Text), question("b", YesNo)], &[]);
        check(&[options(Choice, &["Red", "Blue"])], &[]);
        check(&[ends(Scale, &["never", "daily"])], &[]);
        check(&[options(Several, &["Red"])], &[(0, "options", Flaw::Options)]);
        check(&[options(Several, &["Red", "Red"])], &[(0, "options", Flaw::Twice)]);
        check(&[options(YesNo, &["Red", "Blue"])], &[(0, "options", Flaw::NoOptions)]);
        check(&[options(Choice, &["Red", &"x".repeat(61)])], &[(0, "options", Flaw::TooLong(60))]);
        check(&[question("a", Scale)], &[(0, "ends", Flaw::Ends)]);
        check(&[ends(Scale, &["never", " "])], &[(0, "ends", Flaw::Ends)]);
        check(&[ends(Text, &["never", "daily"])], &[(0, "ends", Flaw::Ends)]);
        check(&[FormQuestion { text: " ".to_owned(), ..question("a", Text) }], &[(0, "text", Flaw::Empty)]);
        let long = FormQuestion { help: "x".repeat(201), ..question("a", Text) };
        check(&[long], &[(0, "help", Flaw::TooLong(200))]);
    }

    #[test]
    fn a_question_depends_on_an_earlier_one_only() {
        use FormKind::{Scale, Text, YesNo};
        let first = || question("first", YesNo);
        check(&[first(), after(question("b", Text), "first", "yes")], &[]);
        check(&[first(), after(question("b", Text), "first", "maybe")], &[(1, "only_if", Flaw::NoSuchAnswer)]);
        check(&[after(question("b", Text), "first", "yes"), first()], &[(0, "only_if", Flaw::Later)]);
        check(&[after(first(), "first", "yes")], &[(0, "only_if", Flaw::Later)]);
        // Two that wait for each other: one of them comes first.
        let ring = [after(question("a", YesNo), "b", "yes"), after(question("b", YesNo), "a", "yes")];
        check(&ring, &[(0, "only_if", Flaw::Later)]);
        let ends = vec!["never".to_owned(), "daily".to_owned()];
        let scale = FormQuestion { ends, ..question("s", Scale) };
        check(&[scale, after(question("b", Text), "s", "5")], &[(1, "only_if", Flaw::Later)]);
        let mentors = FormQuestion { ask: Whom::Mentor, ..first() };
        check(&[mentors.clone(), after(question("b", Text), "first", "yes")], &[(1, "only_if", Flaw::OtherSide)]);
        let both = FormQuestion { ask: Whom::Mentor, ..after(question("b", Text), "first", "yes") };
        check(&[mentors, both], &[]);
    }
}
