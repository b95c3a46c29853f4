//! Answers to a program's own questions: read by the version of the form that was seen, and kept with the question as it
//! was asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::form::RegistrationForm;
use crate::{
    kernel::form::{Check, Fields},
    programs::{
        Side,
        template::registration::{FormKind, FormQuestion, Readers},
    },
};

/// The longest answer in one's own words, in characters.
const LONGEST_REPLY: usize = 2000;

/// The name of a question's field.
pub(super) fn field(key: &str) -> String {
    format!("q:{key}")
}

/// An answer, with everything that it takes to show it when the form has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The question as it was asked.
    pub question: String,
    /// How it was answered.
    pub kind: FormKind,
    /// Who reads it: what was promised beside the question.
    pub readers: Readers,
    /// The answer; several where several could be ticked.
    pub answers: Vec<String>,
}

impl Reply {
    /// The answer as people read it.
    #[must_use]
    pub fn words(&self) -> String {
        match self.kind {
            FormKind::YesNo if self.answers == ["yes"] => "Yes".to_owned(),
            FormKind::YesNo => "No".to_owned(),
            FormKind::Scale => format!("{} of 5", self.answers.join("")),
            FormKind::Text | FormKind::Choice | FormKind::Several => self.answers.join(", "),
        }
    }
}

/// Answers by the key of their question.
pub type Replies = BTreeMap<String, Reply>;

/// Reads the answers of a side. What is asked only after another answer is neither read nor missing without it.
pub(super) fn read(check: &mut Check<'_>, fields: &Fields, form: &RegistrationForm, side: Side) -> Replies {
    let mut replies = Replies::new();
    for question in form.asked(side) {
        if !applies(question, &replies) {
            continue;
        }
        let Some(answers) = answers(check, fields, question) else { continue };
        if answers.is_empty() {
            if question.required {
                check.problem(&field(&question.key), "missing", Vec::new());
            }
            continue;
        }
        let (text, readers) = (question.text.clone(), question.readers);
        replies.insert(question.key.clone(), Reply { question: text, kind: question.kind, readers, answers });
    }
    replies
}

/// Whether a question is asked after these answers.
fn applies(question: &FormQuestion, replies: &Replies) -> bool {
    question.only_if.as_ref().is_none_or(|condition| {
        replies.get(&condition.question).is_some_and(|reply| reply.answers.contains(&condition.answer))
    })
}

/// What was answered; nothing at all where it is no answer to the question.
fn answers(check: &mut Check<'_>, fields: &Fields, question: &FormQuestion) -> Option<Vec<String>> {
    let name = field(&question.key);
    if question.kind == FormKind::Text {
        return Some(check.optional_text(&name, LONGEST_REPLY)?.into_iter().collect());
    }
    let possible = question.answers();
    let given: Vec<String> = fields.all(&name).filter(|answer| !answer.is_empty()).map(str::to_owned).collect();
    let one_too_many = question.kind != FormKind::Several && given.len() > 1;
    if one_too_many || given.iter().any(|answer| !possible.contains(&answer.as_str())) {
        check.problem(&name, "not_a_choice", Vec::new());
        return None;
    }
    Some(possible.into_iter().map(str::to_owned).filter(|answer| given.contains(answer)).collect())
}

/// Fills a form with what was answered.
pub(super) fn fill(fields: &mut Fields, replies: &Replies) {
    for (key, reply) in replies {
        for answer in &reply.answers {
            fields.push(field(key), answer.clone());
        }
    }
}

/// The answers in the order of the form; those to what it no longer asks come last.
#[must_use]
pub fn in_order<'r>(replies: &'r Replies, form: &RegistrationForm) -> Vec<(&'r str, &'r Reply)> {
    let position = |key: &str| form.questions.iter().position(|question| question.key == key).unwrap_or(usize::MAX);
    let mut listed: Vec<_> = replies.iter().map(|(key, reply)| (key.as_str(), reply)).collect();
    listed.sort_by_key(|(key, _)| position(key));
    listed
}

/// What became of a question since somebody answered or began to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was not asked then.
    New,
    /// It read otherwise: so.
    Was(String),
}

/// What is new or different for a side, by key, from the version that somebody saw to the one of now.
#[must_use]
pub fn changes(seen: &RegistrationForm, now: &RegistrationForm, side: Side) -> BTreeMap<String, Change> {
    let change = |question: &FormQuestion| match seen.asked(side).find(|one| one.key == question.key) {
        None => Some(Change::New),
        Some(before) if before.text != question.text => Some(Change::Was(before.text.clone())),
        Some(_) => None,
    };
    now.asked(side).filter_map(|question| Some((question.key.clone(), change(question)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::template::registration::{Condition, Whom};

    fn question(key: &str, kind: FormKind) -> FormQuestion {
        let options = match kind {
            FormKind::Choice | FormKind::Several => vec!["Red".to_owned(), "Blue".to_owned()],
            _ => Vec::new(),
        };
        FormQuestion {
            key: key.to_owned(),
            text: key.to_uppercase(),
            help: String::new(),
            ask: Whom::Both,
            kind,
            options,
            ends: Vec::new(),
            required: true,
            readers: Readers::Partner,
            only_if: None,
        }
    }

    fn after(question: FormQuestion, key: &str, answer: &str) -> FormQuestion {
        let only_if = Some(Condition { question: key.to_owned(), answer: answer.to_owned() });
        FormQuestion { only_if, ..question }
    }

    #[track_caller]
    fn check(questions: &[FormQuestion], typed: &str, expected: &[(&str, &str)], problems: &[(&str, &str)]) {
        let form = RegistrationForm { questions: questions.to_vec(), ..RegistrationForm::default() };
        let fields = Fields::parse(typed.as_bytes());
        let mut check = fields.check();
        let replies = read(&mut check, &fields, &form, Side::Mentee);
        let found: Vec<_> = replies.iter().map(|(key, reply)| (key.as_str(), reply.words())).collect();
        let found: Vec<_> = found.iter().map(|(key, words)| (*key, words.as_str())).collect();
        assert_eq!(found, expected, "{typed}");
        let wrong = check.done(|| Some(())).err().unwrap_or_default();
        let wrong: Vec<_> = wrong.iter().map(|problem| (problem.field.as_str(), problem.key)).collect();
        assert_eq!(wrong, problems, "{typed}");
    }

    #[test]
    fn every_kind_is_read() {
        use FormKind::{Choice, Scale, Several, Text, YesNo};
        let one = |kind| [question("a", kind)];
        check(&one(Text), "q:a=+two+words+", &[("a", "two words")], &[]);
        check(&one(Text), "q:a=+", &[], &[("q:a", "missing")]);
        check(&one(Choice), "q:a=Blue", &[("a", "Blue")], &[]);
        check(&one(Choice), "q:a=Green", &[], &[("q:a", "not_a_choice")]);
        check(&one(Choice), "q:a=Red&q:a=Blue", &[], &[("q:a", "not_a_choice")]);
        check(&one(Several), "q:a=Blue&q:a=Red&q:a=Blue", &[("a", "Red, Blue")], &[]);
        check(&one(Several), "", &[], &[("q:a", "missing")]);
        check(&one(Scale), "q:a=4", &[("a", "4 of 5")], &[]);
        check(&one(Scale), "q:a=6", &[], &[("q:a", "not_a_choice")]);
        check(&one(YesNo), "q:a=no", &[("a", "No")], &[]);
        let long = format!("q:a={}", "x".repeat(2001));
        check(&one(Text), &long, &[], &[("q:a", "too_long")]);
        check(&[FormQuestion { required: false, ..question("a", YesNo) }], "q:a=", &[], &[]);
        check(&[FormQuestion { ask: Whom::Mentor, ..question("a", YesNo) }], "q:a=yes", &[], &[]);
    }

    #[test]
    fn what_is_hidden_is_neither_kept_nor_missing() {
        use FormKind::{Text, YesNo};
        let chain =
            [question("a", YesNo), after(question("b", YesNo), "a", "yes"), after(question("c", Text), "b", "yes")];
        check(&chain, "q:a=no&q:b=yes&q:c=typed", &[("a", "No")], &[]);
        check(&chain, "q:a=yes&q:b=yes&q:c=typed", &[("a", "Yes"), ("b", "Yes"), ("c", "typed")], &[]);
        check(&chain, "q:a=yes", &[("a", "Yes")], &[("q:b", "missing")]);
    }

    #[test]
    fn what_changed_is_told() {
        let form =
            |questions: &[FormQuestion]| RegistrationForm { questions: questions.to_vec(), ..Default::default() };
        let (a, b) = (question("a", FormKind::Text), question("b", FormKind::Text));
        let reworded = FormQuestion { text: "Otherwise".to_owned(), ..a.clone() };
        let found = changes(&form(std::slice::from_ref(&a)), &form(&[reworded, b.clone()]), Side::Mentor);
        assert_eq!(found, [("a".to_owned(), Change::Was("A".to_owned())), ("b".to_owned(), Change::New)].into());
        assert!(changes(&form(&[a.clone(), b.clone()]), &form(&[b, a]), Side::Mentor).is_empty(), "order is no change");
    }
}
