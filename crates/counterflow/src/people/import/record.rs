//! What the directory keeps of somebody, and how a row of a file changes it.

use std::collections::BTreeMap;

use counterflow_roster::{Field, Reading, RosterPerson, Status as RowStatus};

use crate::{
    kernel::{clock::Day, ids::PersonId, json_text::JsonText},
    people::{Status, spelling},
};

/// Everything about a person that an import may change.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize, serde::Deserialize)]
pub(super) struct Record {
    pub employee_id: Option<String>,
    pub email: Option<String>,
    pub name: String,
    pub sort_name: String,
    pub title: Option<String>,
    pub level: Option<i64>,
    pub level_label: Option<String>,
    pub department: Option<String>,
    pub location: Option<String>,
    pub directory_time_zone: Option<String>,
    pub languages: JsonText<Vec<String>>,
    pub attributes: JsonText<BTreeMap<String, String>>,
    pub manager_id: Option<PersonId>,
    pub started_on: Option<Day>,
    pub left_on: Option<Day>,
    pub status: Status,
}

/// Somebody who is in the directory already.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Known {
    pub id: PersonId,
    /// Holds the role on the organization.
    pub is_admin: bool,
    #[sqlx(flatten)]
    pub record: Record,
}

impl Known {
    pub fn is_here(&self) -> bool {
        self.record.status != Status::Left
    }
}

/// Reads rows of one file into records.
pub(super) struct Columns<'a> {
    headers: &'a BTreeMap<Field, String>,
    today: Day,
}

impl<'a> Columns<'a> {
    pub fn of(reading: &'a Reading, today: Day) -> Self {
        Self { headers: &reading.headers, today }
    }

    /// Whether the file says anything about a field.
    pub fn has(&self, field: &Field) -> bool {
        self.headers.contains_key(field)
    }

    pub fn has_managers(&self) -> bool {
        [Field::ManagerId, Field::ManagerEmail, Field::ManagerName].iter().any(|field| self.has(field))
    }

    /// The record that a row makes of somebody. Where the file has a column, its cell counts, also if it is empty;
    /// where it has none, what the directory knows stays. Two things never go by an empty cell: an e-mail (leavers'
    /// rows often have none any more) and a time zone.
    pub fn record(&self, row: &RosterPerson, before: Option<&Record>, manager_id: Option<PersonId>) -> Record {
        let status = self.status(row, before);
        Record {
            employee_id: row.employee_id.clone().or_else(|| before?.employee_id.clone()),
            email: row.email.clone().or_else(|| before?.email.clone()),
            name: row.name.clone(),
            sort_name: spelling::sort_name(row.first_name.as_deref(), row.last_name.as_deref(), &row.name),
            title: self.cell(&Field::Title, &row.title, before.map(|before| &before.title)),
            level: self.level(row, before),
            level_label: self.level_label(row, before),
            department: self.cell(&Field::Department, &row.department, before.map(|before| &before.department)),
            location: self.cell(&Field::Location, &row.location, before.map(|before| &before.location)),
            directory_time_zone: row.time_zone.clone().or_else(|| before?.directory_time_zone.clone()),
            languages: self.languages(row, before),
            attributes: self.attributes(row, before),
            manager_id,
            started_on: self.cell(&Field::StartDate, &row.start.map(Day), before.map(|before| &before.started_on)),
            left_on: self.left_on(row, before, status),
            status,
        }
    }

    fn cell<T: Clone>(&self, field: &Field, cell: &Option<T>, before: Option<&Option<T>>) -> Option<T> {
        if self.has(field) { cell.clone() } else { before.cloned().flatten() }
    }

    fn level(&self, row: &RosterPerson, before: Option<&Record>) -> Option<i64> {
        let number = row.level.as_ref().and_then(|level| level.number).map(i64::from);
        self.cell(&Field::Level, &number, before.map(|before| &before.level))
    }

    fn level_label(&self, row: &RosterPerson, before: Option<&Record>) -> Option<String> {
        let label = row.level.as_ref().map(|level| level.text.clone());
        self.cell(&Field::Level, &label, before.map(|before| &before.level_label))
    }

    fn languages(&self, row: &RosterPerson, before: Option<&Record>) -> JsonText<Vec<String>> {
        match before {
            Some(before) if !self.has(&Field::Languages) => before.languages.clone(),
            _ => JsonText(row.languages.clone()),
        }
    }

    /// The attributes of this file, and those that other files brought.
    fn attributes(&self, row: &RosterPerson, before: Option<&Record>) -> JsonText<BTreeMap<String, String>> {
        let mut attributes = before.map(|before| before.attributes.0.clone()).unwrap_or_default();
        attributes.retain(|name, _| !self.has(&Field::Extra(name.clone())));
        attributes.extend(row.extra.clone());
        JsonText(attributes)
    }

    /// A file without a column for it lists those who work here: whoever had left is back, whoever is on leave stays so.
    fn status(&self, row: &RosterPerson, before: Option<&Record>) -> Status {
        if row.has_left(self.today.0) {
            return Status::Left;
        }
        match (row.status, before.map(|before| before.status)) {
            (_, Some(Status::OnLeave)) if !self.has(&Field::Status) => Status::OnLeave,
            (RowStatus::OnLeave, _) => Status::OnLeave,
            (RowStatus::Active | RowStatus::Left, _) => Status::Active,
        }
    }

    /// The last day at work. If only the word says that somebody has left, it is the day on which we learn it.
    fn left_on(&self, row: &RosterPerson, before: Option<&Record>, status: Status) -> Option<Day> {
        let end = row.end.map(Day);
        let known = before.filter(|before| (before.status == Status::Left) == (status == Status::Left));
        let known = known.and_then(|before| before.left_on);
        match status {
            Status::Left => Some(end.or(known).unwrap_or(self.today)),
            Status::Active | Status::OnLeave if self.has(&Field::EndDate) => end,
            Status::Active | Status::OnLeave => known,
        }
    }
}
