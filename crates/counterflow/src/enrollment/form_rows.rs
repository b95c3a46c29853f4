//! The registration form as a manager changes it: rows of fields, from what is stored to what was typed and back.

use std::collections::BTreeSet;

use super::form::{Ask, Core, RegistrationForm};
use crate::{
    kernel::form::{Check, Fields, Problems},
    programs::{
        adopt, free_key,
        template::registration::{
            Condition, FormKind, FormQuestion, LONGEST_OPTION, LONGEST_TEXT, MOST_OPTIONS, MOST_QUESTIONS, flaws,
        },
    },
};

/// What every program can ask, and which words there are for how much of it.
pub(super) const CORE: [(&str, &[Ask]); 5] = [
    ("topics", &[Ask::Required, Ask::Optional]),
    ("about", &[Ask::Required, Ask::Optional, Ask::Off]),
    ("languages", &[Ask::Required, Ask::Optional, Ask::Off]),
    ("times", &[Ask::Required, Ask::Optional, Ask::Off]),
    ("style", &[Ask::Optional, Ask::Off]),
];

/// A key is made of so many words of a question.
const WORDS_OF_A_KEY: usize = 6;

/// One question of the form that is being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// From 1.
    pub number: usize,
    /// Empty for a new question.
    pub key: String,
}

impl Row {
    /// The name of one of its fields.
    pub fn name(&self, part: &str) -> String {
        format!("{part}-{}", self.number)
    }

    fn is_blank(&self, fields: &Fields) -> bool {
        self.key.is_empty()
            && ["text", "help", "options"].iter().all(|part| fields.get(&self.name(part)).trim().is_empty())
    }
}

/// The rows that stand in the fields.
fn typed(fields: &Fields) -> Vec<Row> {
    let row = |number: usize| Row { number, key: fields.get(&format!("key-{number}")).to_owned() };
    let is_there = |row: &Row| fields.iter().any(|(name, _)| name == row.name("text"));
    (1..=MOST_QUESTIONS * 2).map(row).take_while(is_there).collect()
}

/// The rows that the page shows: those of the form, and an empty one for a new question.
pub(super) fn rows(fields: &Fields) -> Vec<Row> {
    let mut rows = typed(fields);
    if rows.last().is_none_or(|row| !row.is_blank(fields)) {
        rows.push(Row { number: rows.len() + 1, key: String::new() });
    }
    rows
}

/// The fields of a form that is stored.
pub(super) fn fill(form: &RegistrationForm) -> Fields {
    let core = &form.core;
    let asks = [core.topics, core.about, core.languages, core.times, core.style];
    let mut fields = Fields::filled(CORE.iter().zip(asks).map(|((name, _), ask)| (format!("core-{name}"), ask.name())));
    for (position, question) in form.questions.iter().enumerate() {
        let row = Row { number: position + 1, key: question.key.clone() };
        let mut put = |part: &str, value: &str| fields.push(row.name(part), value);
        put("key", &question.key);
        put("place", &row.number.to_string());
        put("text", &question.text);
        put("help", &question.help);
        put("kind", question.kind.name());
        put("options", &question.options.join("\n"));
        put("from", question.ends.first().map_or("", String::as_str));
        put("to", question.ends.last().map_or("", String::as_str));
        put("ask", question.ask.name());
        put("readers", question.readers.name());
        put("required", if question.required { "yes" } else { "" });
        put("only_if", &question.only_if.as_ref().map(condition_value).unwrap_or_default());
    }
    fields
}

/// A condition as one value of a picker.
pub(super) fn condition_value(condition: &Condition) -> String {
    format!("{}={}", condition.question, condition.answer)
}

/// Reads a form. `taken` are the keys that a new question cannot have.
pub(super) fn read(
    fields: &Fields,
    stored: &RegistrationForm,
    taken: &BTreeSet<String>,
) -> Result<RegistrationForm, Problems> {
    let mut check = fields.check();
    let core = core(&mut check, fields);
    let mut rows = typed(fields);
    let texts = stored.questions.iter().map(|question| (question.key.as_str(), question.text.as_str()));
    adopt(&mut rows, |row| &mut row.key, |row| fields.get(&row.name("text")).trim().to_owned(), texts);
    let mut taken = taken.clone();
    let mut placed = Vec::new();
    for row in rows.into_iter().filter(|row| !row.is_blank(fields) && !fields.is(&row.name("remove"), "yes")) {
        let place = place(&mut check, fields, &row);
        let Some(question) = question(&mut check, fields, &row, stored, &mut taken) else { continue };
        placed.push((place, row, question));
    }
    placed.sort_by_key(|(place, ..)| *place);
    let (rows, questions): (Vec<Row>, Vec<FormQuestion>) =
        placed.into_iter().map(|(_, row, question)| (row, question)).unzip();
    for (position, part, flaw) in flaws(&questions) {
        let part = if part == "ends" { "from" } else { part };
        check.problem(&rows[position].name(part), flaw.key(), flaw.data());
    }
    if questions.len() > MOST_QUESTIONS {
        check.problem("questions", "form_count", vec![("max", MOST_QUESTIONS.to_string())]);
    }
    check.done(|| Some(RegistrationForm { core: core?, questions }))
}

fn core(check: &mut Check<'_>, fields: &Fields) -> Option<Core> {
    let mut ask = |(name, possible): (&str, &[Ask])| {
        let name = format!("core-{name}");
        let found = possible.iter().copied().find(|ask| ask.name() == fields.get(&name));
        if found.is_none() {
            check.problem(&name, "not_a_choice", Vec::new());
        }
        found
    };
    let [topics, about, languages, times, style] = CORE.map(&mut ask);
    Some(Core { topics: topics?, about: about?, languages: languages?, times: times?, style: style? })
}

/// Where a row stands; one without a number comes last.
fn place(check: &mut Check<'_>, fields: &Fields, row: &Row) -> i64 {
    let name = row.name("place");
    if fields.get(&name).trim().is_empty() { 100 } else { check.number(&name, 1, 99).unwrap_or(100) }
}

/// One question. Its kind stays what it is once it was saved: answers of another kind would be no answers to it.
fn question(
    check: &mut Check<'_>,
    fields: &Fields,
    row: &Row,
    stored: &RegistrationForm,
    taken: &mut BTreeSet<String>,
) -> Option<FormQuestion> {
    let before = stored.question(&row.key);
    if !row.key.is_empty() && before.is_none() {
        return None; // taken out in the meantime
    }
    let text = |part: &str| fields.get(&row.name(part)).trim().replace("\r\n", "\n");
    let kind = before.map(|question| question.kind).or_else(|| check.choice(&row.name("kind")));
    let (ask, readers) = (check.choice(&row.name("ask")), check.choice(&row.name("readers")));
    // Generous bounds: `flaws` says what is too long.
    check.optional_text(&row.name("text"), LONGEST_TEXT * 10);
    check.optional_text(&row.name("options"), LONGEST_OPTION * MOST_OPTIONS * 10);
    let kind = kind?;
    let lines = || text("options").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let is_choice = matches!(kind, FormKind::Choice | FormKind::Several);
    let words = text("text");
    let key = if row.key.is_empty() { new_key(&words, taken) } else { row.key.clone() };
    Some(FormQuestion {
        key,
        text: words,
        help: text("help"),
        ask: ask?,
        kind,
        options: if is_choice { lines() } else { Vec::new() },
        ends: if kind == FormKind::Scale { vec![text("from"), text("to")] } else { Vec::new() },
        required: fields.is(&row.name("required"), "yes"),
        readers: readers?,
        only_if: text("only_if")
            .split_once('=')
            .map(|(question, answer)| Condition { question: question.to_owned(), answer: answer.to_owned() }),
    })
}

fn new_key(text: &str, taken: &mut BTreeSet<String>) -> String {
    let words: Vec<&str> = text.split_whitespace().take(WORDS_OF_A_KEY).collect();
    free_key(&words.join(" "), "question", taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core_fields() -> Fields {
        fill(&RegistrationForm::default())
    }

    fn with(rows: &[(&str, &str)]) -> Fields {
        let mut fields = core_fields();
        for (name, value) in rows {
            fields.push(*name, *value);
        }
        fields
    }

    const YES_NO: [(&str, &str); 5] = [
        ("text-1", "Do you manage people?"),
        ("kind-1", "yes_no"),
        ("ask-1", "both"),
        ("readers-1", "managers"),
        ("key-1", ""),
    ];

    fn read_new(fields: &Fields) -> Result<RegistrationForm, Problems> {
        read(fields, &RegistrationForm::default(), &BTreeSet::new())
    }

    #[test]
    fn what_is_filled_in_is_read_back() {
        let form = read_new(&with(&YES_NO)).unwrap();
        assert_eq!(form.questions[0].key, "do-you-manage-people");
        assert_eq!(read(&fill(&form), &form, &BTreeSet::new()).unwrap(), form);
        // Sent twice: the same question, not another one.
        assert_eq!(read(&with(&YES_NO), &form, &["do-you-manage-people".to_owned()].into()).unwrap(), form);
    }

    #[test]
    fn a_key_that_was_ever_used_is_not_given_again() {
        let form =
            read(&with(&YES_NO), &RegistrationForm::default(), &["do-you-manage-people".to_owned()].into()).unwrap();
        assert_eq!(form.questions[0].key, "do-you-manage-people-2");
    }

    #[test]
    fn numbers_set_the_order_and_blank_rows_are_nothing() {
        let second = [
            ("text-2", "First"),
            ("kind-2", "text"),
            ("ask-2", "mentor"),
            ("readers-2", "both"),
            ("place-2", "1"),
            ("text-3", " "),
        ];
        let fields = with(&[&YES_NO[..], &[("place-1", "2")], &second[..]].concat());
        let texts: Vec<_> = read_new(&fields).unwrap().questions.into_iter().map(|question| question.text).collect();
        assert_eq!(texts, ["First", "Do you manage people?"]);
        assert_eq!(rows(&fields).len(), 3, "the blank row is the new one");
    }

    #[test]
    fn every_problem_names_its_row() {
        let bad = [
            ("text-2", ""),
            ("help-2", "x"),
            ("kind-2", "choice"),
            ("options-2", "One"),
            ("ask-2", "cats"),
            ("readers-2", "managers"),
            ("place-2", "x"),
        ];
        let problems = read_new(&with(&[&YES_NO[..], &bad[..]].concat())).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.key)).collect();
        assert_eq!(found, [("place-2", "not_a_number"), ("ask-2", "not_a_choice")]);
        let fields =
            with(&[&YES_NO[..], &bad[..4], &[("ask-2", "both"), ("readers-2", "both"), ("only_if-2", "x=y")]].concat());
        let problems = read_new(&fields).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.key)).collect();
        assert_eq!(found, [("text-2", "missing"), ("options-2", "option_count"), ("only_if-2", "condition_later")]);
    }

    #[test]
    fn the_kind_of_a_stored_question_stays() {
        let form = read_new(&with(&YES_NO)).unwrap();
        let mut fields = core_fields();
        for (name, value) in YES_NO {
            let value = match name {
                "kind-1" => "text",
                "key-1" => "do-you-manage-people",
                _ => value,
            };
            fields.push(name, value);
        }
        assert_eq!(read(&fields, &form, &BTreeSet::new()).unwrap().questions[0].kind, FormKind::YesNo);
    }
}
