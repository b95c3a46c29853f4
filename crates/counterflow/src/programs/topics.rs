//! The topics of a program as rows of a form. People's answers name a topic by its key: renaming keeps the key, and
//! nothing that people are being asked about disappears under them.

use std::collections::BTreeSet;

use super::{
    design::Standing,
    keys::{adopt, free_key},
    template::Topic,
};
use crate::kernel::form::{Check, Fields, Form};

/// The most topics: a menu, not a catalog.
const MOST: usize = 40;
/// Empty rows at the end, for new ones.
const EMPTY_ROWS: usize = 2;

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// `topic-3`: the name of the row's problem, and the id of its field.
    pub id: String,
    /// Empty for a new topic.
    pub key: String,
    /// As typed.
    pub name: String,
    /// As typed.
    pub help: String,
    /// `checked` where the row is to be taken out.
    pub removed: &'static str,
}

/// Adds the stored topics to the fields of a form.
pub fn fill(fields: &mut Fields, topics: &[Topic]) {
    for topic in topics {
        fields.push("topic_key", &topic.key);
        fields.push("topic_name", &topic.name);
        fields.push("topic_help", &topic.help);
    }
}

/// The rows as they stand in a form, with empty ones at the end.
#[must_use]
pub fn rows(form: &Form) -> Vec<Row> {
    let mut rows = typed(&form.fields);
    rows.retain(|row| !(row.key.is_empty() && row.name.is_empty() && row.help.is_empty()));
    rows.extend(vec![Row::default(); EMPTY_ROWS]);
    for (number, row) in rows.iter_mut().enumerate() {
        row.id = format!("topic-{}", number + 1);
    }
    rows
}

fn typed(fields: &Fields) -> Vec<Row> {
    let (names, helps) = (fields.all("topic_name"), fields.all("topic_help"));
    let row = |(number, ((key, name), help)): (usize, ((&str, &str), &str))| Row {
        id: format!("topic-{}", number + 1),
        key: key.to_owned(),
        name: name.trim().to_owned(),
        help: help.trim().to_owned(),
        removed: if !key.is_empty() && fields.is("topic_remove", key) { "checked" } else { "" },
    };
    fields.all("topic_key").zip(names).zip(helps).enumerate().map(row).collect()
}

/// Reads the rows: every topic that stays, in their order, with a key for each new one.
pub(super) fn read(check: &mut Check<'_>, fields: &Fields, standing: &Standing) -> Option<Vec<Topic>> {
    let stored = &standing.program.design.topics;
    let mut rows = typed(fields);
    let names = stored.iter().map(|topic| (topic.key.as_str(), topic.name.as_str()));
    adopt(&mut rows, |row| &mut row.key, |row| row.name.clone(), names);
    let mut reader = Reader {
        check,
        keys: stored.iter().map(|topic| topic.key.clone()).collect(),
        names: BTreeSet::new(),
        topics_are_asked: standing.topics_are_asked,
    };
    let topics: Vec<Topic> = rows.into_iter().filter_map(|row| reader.read(row)).collect();
    if topics.is_empty() || topics.len() > MOST {
        reader.check.problem("topics", "topic_count", vec![("max", MOST.to_string())]);
    }
    Some(topics)
}

struct Reader<'a, 'b> {
    check: &'a mut Check<'b>,
    keys: BTreeSet<String>,
    names: BTreeSet<String>,
    topics_are_asked: bool,
}

impl Reader<'_, '_> {
    /// The topic of a row, if it stays. Problems are noted.
    fn read(&mut self, row: Row) -> Option<Topic> {
        if !row.key.is_empty() && !self.keys.contains(&row.key) {
            return None; // taken out in the meantime
        }
        if row.removed == "checked" {
            if self.topics_are_asked {
                self.check.problem(&row.id, "topic_asked", Vec::new());
            }
            return None;
        }
        if row.name.is_empty() {
            if !row.key.is_empty() || !row.help.is_empty() {
                self.check.problem(&row.id, "missing", Vec::new());
            }
            return None;
        }
        for (text, max) in [(&row.name, 60), (&row.help, 160)] {
            if text.chars().count() > max {
                self.check.problem(&row.id, "too_long", vec![("max", max.to_string())]);
            }
        }
        if !self.names.insert(row.name.to_lowercase()) {
            self.check.problem(&row.id, "topic_twice", Vec::new());
        }
        let key = if row.key.is_empty() { free_key(&row.name, "topic", &mut self.keys) } else { row.key };
        Some(Topic { key, name: row.name, help: row.help })
    }
}
