//! The topics of a program as rows of a form. People's answers name a topic by its key: renaming keeps the key, and
//! nothing that people are being asked about disappears under them.

use std::collections::BTreeSet;

use super::{design::Standing, template::Topic};
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
    adopt(&mut rows, stored);
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

/// A new row with the name of a stored topic that no other row speaks of is that topic: the form was sent twice.
fn adopt(rows: &mut [Row], stored: &[Topic]) {
    let spoken_of: BTreeSet<String> = rows.iter().map(|row| row.key.clone()).collect();
    for row in rows.iter_mut().filter(|row| row.key.is_empty()) {
        let same = |topic: &&Topic| topic.name == row.name && !spoken_of.contains(&topic.key);
        if let Some(topic) = stored.iter().find(same) {
            row.key.clone_from(&topic.key);
        }
    }
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
        let key = if row.key.is_empty() { self.new_key(&row.name) } else { row.key };
        Some(Topic { key, name: row.name, help: row.help })
    }

    /// A key made of the name, and of a number where that is taken.
    fn new_key(&mut self, name: &str) -> String {
        let key = free_key(name, "topic", &self.keys);
        self.keys.insert(key.clone());
        key
    }
}

/// A key made of a name, or of `plain` where it has no letter of ASCII, and of a number where that is taken.
#[must_use]
pub fn free_key(name: &str, plain: &str, taken: &BTreeSet<String>) -> String {
    let first = key_of(name, plain);
    let numbered = (2..).map(|number| format!("{first}-{number}"));
    let free = std::iter::once(first.clone()).chain(numbered).find(|key| !taken.contains(key));
    free.unwrap_or(first)
}

/// `AI at work` becomes `ai-at-work`. Letters beyond ASCII are left out; a name without any other becomes `otherwise`.
pub(super) fn key_of(name: &str, otherwise: &str) -> String {
    let ascii = name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let words: Vec<_> = ascii.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { otherwise.to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_names() {
        for (name, key) in
            [("AI at work", "ai-at-work"), ("  R&D: what's next? ", "r-d-what-s-next"), ("人工智能", "topic")]
        {
            assert_eq!(free_key(name, "topic", &BTreeSet::new()), key);
        }
        assert_eq!(free_key("AI", "topic", &["ai".to_owned(), "ai-2".to_owned()].into()), "ai-3");
    }
}
