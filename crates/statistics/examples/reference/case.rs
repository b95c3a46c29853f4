//! One case of a reference file: what it is called, what it gives, and its data.

use std::path::Path;

use serde_json::Value;

use super::table::Table;

/// A case and the folder that holds its data.
pub struct Case<'a> {
    folder: &'a Path,
    topic: &'a str,
    place: usize,
    /// All of it, as the file has it.
    pub value: &'a Value,
}

impl<'a> Case<'a> {
    /// The case at a place of a topic's file.
    pub fn new(folder: &'a Path, topic: &'a str, place: usize, value: &'a Value) -> Self {
        Self { folder, topic, place, value }
    }

    /// For messages: topic, place and what the file calls it.
    pub fn name(&self) -> String {
        let own = self.text("id").or_else(|| self.text("kind")).unwrap_or("case");
        format!("{} {} {own}", self.topic, self.place + 1)
    }

    /// A string that the case gives, if it does.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value[key].as_str()
    }

    /// A string that the case has to give.
    pub fn need(&self, key: &str) -> Result<&'a str, String> {
        self.text(key).ok_or_else(|| format!("no {key}"))
    }

    /// A number that the case has to give.
    pub fn number(&self, key: &str) -> Result<f64, String> {
        self.value[key].as_f64().ok_or_else(|| format!("no {key}"))
    }

    /// A count that the case has to give.
    pub fn count(&self, key: &str) -> Result<u64, String> {
        self.value[key].as_u64().ok_or_else(|| format!("no {key}"))
    }

    /// The confidence of its intervals: 0.95 unless it says otherwise.
    pub fn level(&self) -> f64 {
        let given = |key: &str| self.value[key].as_f64();
        let level = given("level").or_else(|| given("conf_level")).or_else(|| given("alpha").map(|alpha| 1.0 - alpha));
        level.unwrap_or(0.95)
    }

    /// The rows that it is about: its file, with its prepared columns, filtered.
    pub fn table(&self) -> Result<Table, String> {
        let mut table = Table::read(&self.folder.join(self.need("data")?))?;
        table.prepare(self.text("prepare").unwrap_or_default())?;
        table.filter(self.text("filter").unwrap_or_default())?;
        Ok(table)
    }
}
