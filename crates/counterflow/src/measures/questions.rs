//! The questions of a program as a form: each question once, with the occasions on which it is asked, so that the same
//! question has the same words everywhere. What people have answered stays as it was asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    checkins::{Kind, Occasion, kind_of},
    kernel::form::{Check, Fields, Form},
    programs::{
        Side, adopt, free_key,
        template::{Checkin, Question, Template},
    },
};

/// The most questions of a program.
const MOST: usize = 60;
/// Empty rows at the end, for new ones.
const EMPTY_ROWS: usize = 2;
/// What people answer after each meeting takes so long at most, on each side.
pub(super) const LIMIT_SECONDS: i64 = 20;
/// Words that people read in a minute: Brysbaert (2019), Journal of Memory and Language 109, 104047, for English.
const WORDS_A_MINUTE: i64 = 238;

/// One question, as typed.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// `question-3`: the name of the row's problem, and the id of its field.
    pub id: String,
    /// The stored key; `+1` and so on for new ones.
    pub key: String,
    /// As people read it.
    pub text: String,
    /// `mentor`, `mentee` or `both`.
    pub ask: String,
    /// `scale`, `yes_no` or `text`.
    pub kind: String,
    /// The low end of a scale.
    pub from: String,
    /// The high end.
    pub to: String,
    /// `counted` or `pair`.
    pub readers: String,
    /// When it is asked, by the names of the occasions.
    pub at: BTreeSet<&'static str>,
    /// Whether people were asked it already.
    pub asked: bool,
}

impl Row {
    /// Whether it is asked on an occasion.
    #[must_use]
    pub fn is_at(&self, occasion: &str) -> bool {
        self.at.contains(occasion)
    }

    /// Whether it is not stored yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.key.starts_with('+')
    }

    fn is_empty(&self) -> bool {
        self.is_new() && self.text.is_empty() && self.at.is_empty()
    }

    fn of(question: &Question) -> Self {
        let end = |at: usize| question.ends.get(at).cloned().unwrap_or_default();
        Self {
            key: question.key.clone(),
            text: question.text.clone(),
            ask: question.ask.clone(),
            kind: question.kind.clone(),
            from: end(0),
            to: end(1),
            readers: question.readers.clone(),
            ..Self::default()
        }
    }

    fn question(&self, key: String) -> Question {
        let ends = if self.kind == Kind::Scale.name() { vec![self.from.clone(), self.to.clone()] } else { Vec::new() };
        let (text, ask, kind, readers) = (self.text.clone(), self.ask.clone(), self.kind.clone(), self.readers.clone());
        Question { key, text, ask, kind, ends, readers }
    }
}

/// Adds the stored questions to the fields of a form.
pub(super) fn fill(fields: &mut Fields, design: &Template) {
    let mut seen = BTreeSet::new();
    for question in design.checkins.iter().flat_map(|checkin| &checkin.questions) {
        if !seen.insert(&question.key) {
            continue;
        }
        let row = Row::of(question);
        for (name, value) in [
            ("question_key", &row.key),
            ("question_text", &row.text),
            ("question_ask", &row.ask),
            ("question_kind", &row.kind),
            ("question_from", &row.from),
            ("question_to", &row.to),
            ("question_readers", &row.readers),
        ] {
            fields.push(name, value);
        }
        for occasion in Occasion::ALL.iter().filter(|occasion| design.asks(&row.key, occasion.name())) {
            fields.push("question_at", format!("{}/{occasion}", row.key));
        }
    }
}

/// The rows as they stand in a form, with empty ones at the end.
pub(super) fn rows(form: &Form, asked: &BTreeMap<String, Question>) -> Vec<Row> {
    let mut rows = typed(&form.fields);
    rows.retain(|row| !row.is_empty());
    rows.extend(vec![Row::default(); EMPTY_ROWS]);
    let mut new = 0;
    for (number, row) in rows.iter_mut().enumerate() {
        row.id = format!("question-{}", number + 1);
        row.asked = asked.contains_key(&row.key);
        if row.key.is_empty() || row.is_new() {
            new += 1;
            row.key = format!("+{new}");
        }
    }
    rows
}

fn typed(fields: &Fields) -> Vec<Row> {
    let column = |name: &'static str| fields.all(name).map(|value| value.trim().to_owned()).collect::<Vec<_>>();
    let at = |column: &[String], row: usize| column.get(row).cloned().unwrap_or_default();
    let [keys, texts, asks, kinds, froms, tos, readers] = [
        "question_key",
        "question_text",
        "question_ask",
        "question_kind",
        "question_from",
        "question_to",
        "question_readers",
    ]
    .map(column);
    let ticked = |key: &str| {
        let names = Occasion::ALL.iter().map(|occasion| occasion.name());
        names.filter(|name| fields.is("question_at", &format!("{key}/{name}"))).collect()
    };
    let row = |number: usize| Row {
        id: format!("question-{}", number + 1),
        at: ticked(&keys[number]),
        key: at(&keys, number),
        text: at(&texts, number),
        ask: at(&asks, number),
        kind: at(&kinds, number),
        from: at(&froms, number),
        to: at(&tos, number),
        readers: at(&readers, number),
        asked: false,
    };
    (0..keys.len()).map(row).collect()
}

/// Reads the rows into the check-ins of a program. Problems are noted.
pub(super) fn read(
    check: &mut Check<'_>,
    fields: &Fields,
    design: &Template,
    asked: &BTreeMap<String, Question>,
) -> Option<Vec<Checkin>> {
    let stored: Vec<&Question> = design.checkins.iter().flat_map(|checkin| &checkin.questions).collect();
    let mut keys: BTreeSet<String> = stored.iter().map(|question| question.key.clone()).collect();
    keys.extend(asked.keys().cloned());
    let mut reader = Reader { check, design, asked, keys };
    let mut rows = typed(fields);
    let texts = stored.iter().map(|question| (question.key.as_str(), question.text.as_str()));
    adopt(&mut rows, |row| &mut row.key, |row| row.text.clone(), texts);
    rows.retain(|row| !row.is_empty());
    let read: Vec<(Question, BTreeSet<&'static str>)> = rows.iter().filter_map(|row| reader.read(row)).collect();
    if read.len() > MOST {
        check.problem("questions", "question_count", vec![("max", MOST.to_string())]);
    }
    let checkins = checkins(design, &read);
    too_long(check, &checkins);
    Some(checkins)
}

struct Reader<'a, 'b> {
    check: &'a mut Check<'b>,
    design: &'a Template,
    asked: &'a BTreeMap<String, Question>,
    keys: BTreeSet<String>,
}

impl Reader<'_, '_> {
    fn read(&mut self, row: &Row) -> Option<(Question, BTreeSet<&'static str>)> {
        let known = self.keys.contains(&row.key);
        if !row.is_new() && !known {
            return None; // taken out in the meantime
        }
        self.text(row, &row.text, 200, true);
        let is_scale = row.kind == Kind::Scale.name();
        for end in [&row.from, &row.to] {
            self.text(row, end, 30, is_scale);
        }
        let is_choice = ["mentor", "mentee", "both"].contains(&row.ask.as_str())
            && row.kind.parse::<Kind>().is_ok()
            && ["counted", "pair"].contains(&row.readers.as_str());
        if !is_choice {
            self.check.problem(&row.id, "not_a_choice", Vec::new());
        }
        let is_measured = self.design.kpis.iter().any(|kpi| kpi.source.strip_prefix("question:") == Some(&row.key));
        if row.at.is_empty() && (row.is_new() || is_measured) {
            self.check.problem(&row.id, if is_measured { "question_measured" } else { "question_when" }, Vec::new());
        }
        let key = if row.is_new() { free_key(&row.text, "question", &mut self.keys) } else { row.key.clone() };
        let question = row.question(key);
        if self.asked.get(&question.key).is_some_and(|before| *before != question) {
            self.check.problem(&row.id, "question_asked", Vec::new());
        }
        if is_measured && question.kind == Kind::Text.name() {
            self.check.problem(&row.id, "question_measured_text", Vec::new());
        }
        Some((question, row.at.clone()))
    }

    fn text(&mut self, row: &Row, text: &str, max: usize, is_needed: bool) {
        if text.is_empty() && is_needed {
            self.check.problem(&row.id, "missing", Vec::new());
        }
        if text.chars().count() > max {
            self.check.problem(&row.id, "too_long", vec![("max", max.to_string())]);
        }
    }
}

/// The occasions with their questions: those that were there keep their order, new ones follow.
fn checkins(design: &Template, read: &[(Question, BTreeSet<&'static str>)]) -> Vec<Checkin> {
    let at = |occasion: &Occasion| {
        let stored = design.checkins.iter().find(|checkin| checkin.occasion == occasion.name());
        let place = |key: &str| {
            let mut keys = stored.iter().flat_map(|checkin| &checkin.questions).map(|question| question.key.as_str());
            keys.position(|other| other == key).unwrap_or(usize::MAX)
        };
        let on = read.iter().filter(|(_, at)| at.contains(occasion.name()));
        let mut questions: Vec<Question> = on.map(|(question, _)| question.clone()).collect();
        questions.sort_by_key(|question| place(&question.key));
        Checkin { occasion: occasion.name().to_owned(), questions }
    };
    // In the order in which the design has its occasions.
    let place = |checkin: &Checkin| {
        let found = design.checkins.iter().position(|other| other.occasion == checkin.occasion);
        found.unwrap_or(usize::MAX)
    };
    let mut all: Vec<Checkin> = Occasion::ALL.iter().map(at).filter(|checkin| !checkin.questions.is_empty()).collect();
    all.sort_by_key(place);
    all
}

/// Notes for each side whose questions after a meeting take too long.
fn too_long(check: &mut Check<'_>, checkins: &[Checkin]) {
    for side in Side::ALL {
        let seconds = seconds_at(checkins, Occasion::AfterMeeting, *side);
        if seconds > LIMIT_SECONDS {
            let key = match side {
                Side::Mentor => "questions_long_mentor",
                Side::Mentee => "questions_long_mentee",
            };
            let data = vec![("seconds", seconds.to_string()), ("max", LIMIT_SECONDS.to_string())];
            check.problem("questions", key, data);
        }
    }
}

/// How long a side needs on an occasion, in seconds.
pub(super) fn seconds_at(checkins: &[Checkin], occasion: Occasion, side: Side) -> i64 {
    let at = checkins.iter().filter(|checkin| checkin.occasion == occasion.name());
    let asked = |question: &&Question| question.ask == "both" || question.ask == side.name();
    let milliseconds: i64 = at.flat_map(|checkin| &checkin.questions).filter(asked).map(milliseconds).sum();
    (milliseconds + 999) / 1000
}

/// Reading a question, and answering: two seconds for a tap, ten for a few words.
fn milliseconds(question: &Question) -> i64 {
    let words = i64::try_from(question.text.split_whitespace().count()).unwrap_or(i64::MAX / 60_000);
    let answering = match kind_of(question) {
        Kind::Scale | Kind::YesNo => 2_000,
        Kind::Text => 10_000,
    };
    words * 60_000 / WORDS_A_MINUTE + answering
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::template;

    #[test]
    fn the_templates_questions_after_a_meeting_take_20_seconds_at_most() {
        for design in template::all() {
            for side in Side::ALL {
                let seconds = seconds_at(&design.checkins, Occasion::AfterMeeting, *side);
                assert!((1..=LIMIT_SECONDS).contains(&seconds), "{}, {side}: {seconds} seconds", design.key);
            }
        }
    }

    #[test]
    fn a_form_that_comes_back_as_it_went_changes_nothing() {
        for design in template::all() {
            let mut fields = Fields::default();
            fill(&mut fields, design);
            let mut check = fields.check();
            let read = read(&mut check, &fields, design, &BTreeMap::new());
            assert_eq!(check.done(|| read).unwrap(), design.checkins, "{}", design.key);
        }
    }
}
