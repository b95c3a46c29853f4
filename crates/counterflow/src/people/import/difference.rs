//! What changes about somebody, field by field: as it is counted, filtered and shown.

use std::collections::{BTreeMap, HashMap};

use counterflow_roster::Field;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    plan::{Change, Kind},
    record::Record,
};
use crate::kernel::{ids::PersonId, token};

/// How many of those whom a field changes for, and how many of them had something else there before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// People for whom it changes.
    pub people: usize,
    /// Of these, the ones who had a value that goes.
    pub replaced: usize,
}

/// One field of one person, before and after. A manager stands here as an id, a day and a status as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub field: Field,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What differs between two records of a person, in the order of the fields; for somebody new, everything that is known.
pub(super) fn differences(before: Option<&Record>, after: &Record) -> Vec<Difference> {
    let (mut old, new) = (before.map(values).unwrap_or_default(), values(after));
    let mut fields: Vec<Field> = new.iter().map(|(field, _)| field.clone()).collect();
    fields.extend(
        old.iter().filter(|(field, _)| !fields.contains(field)).map(|(field, _)| field.clone()).collect::<Vec<_>>(),
    );
    let new: HashMap<Field, String> = new.into_iter().collect();
    let mut old: HashMap<Field, String> = old.drain(..).collect();
    let differs = |field: Field| {
        let (before, after) = (old.remove(&field), new.get(&field).cloned());
        (before != after).then_some(Difference { field, before, after })
    };
    let mut found: Vec<Difference> = fields.into_iter().filter_map(differs).collect();
    // The order in lists follows the name: said only where nothing else tells of it.
    if before.is_none() || found.iter().any(|difference| difference.field == Field::Name) {
        found.retain(|difference| difference.field != Field::LastName);
    }
    found
}

/// What a record says, field by field. [`Field::LastName`] stands for the name as lists are sorted by it.
fn values(record: &Record) -> Vec<(Field, String)> {
    let text = |value: &Option<String>| value.clone();
    let known = [
        (Field::Name, Some(record.name.clone())),
        (Field::LastName, Some(record.sort_name.clone())),
        (Field::EmployeeId, text(&record.employee_id)),
        (Field::Email, text(&record.email)),
        (Field::ManagerId, record.manager_id.map(|manager| manager.to_string())),
        (Field::Title, text(&record.title)),
        (Field::Level, level(record)),
        (Field::Department, text(&record.department)),
        (Field::Location, text(&record.location)),
        (Field::TimeZone, text(&record.directory_time_zone)),
        (Field::StartDate, record.started_on.map(|day| day.to_string())),
        (Field::EndDate, record.left_on.map(|day| day.to_string())),
        (Field::Status, Some(record.status.name().to_owned())),
        (Field::Languages, Some(record.languages.0.join(", ")).filter(|languages| !languages.is_empty())),
    ];
    let extra = record.attributes.0.iter().map(|(name, value)| (Field::Extra(name.clone()), Some(value.clone())));
    known.into_iter().chain(extra).filter_map(|(field, value)| Some((field, value?))).collect()
}

/// The level as it is written, with the number behind it where that is another.
fn level(record: &Record) -> Option<String> {
    match (&record.level_label, record.level) {
        (Some(label), Some(number)) if !label.contains(&number.to_string()) => Some(format!("{label} ({number})")),
        (Some(label), _) => Some(label.clone()),
        (None, number) => number.map(|number| number.to_string()),
    }
}

/// What a change does to the fields of somebody who stays or comes back; nothing for those who come or go.
pub(super) fn touched_by(change: &Change) -> impl Iterator<Item = Difference> {
    let stays = matches!(change.kind, Kind::Changed | Kind::Returns);
    let found = if stays { differences(change.before.as_ref(), &change.after) } else { Vec::new() };
    found.into_iter()
}

/// For how many of those who stay or come back each field changes.
pub(super) fn touched(changes: &[Change]) -> BTreeMap<String, Touched> {
    let mut fields: BTreeMap<String, Touched> = BTreeMap::new();
    for difference in changes.iter().flat_map(touched_by) {
        let touched = fields.entry(difference.field.to_string()).or_default();
        touched.people += 1;
        touched.replaced += usize::from(difference.before.is_some());
    }
    fields
}

/// A fingerprint of everything that a plan changes: a yes to one plan is no yes to another with the same counts. The ids
/// of new people are made afresh for each plan, so their lines stand for them.
pub(super) fn fingerprint<'a>(changes: impl Iterator<Item = &'a Change> + Clone) -> String {
    let new = |change: &&Change| change.kind == Kind::New;
    let lines: HashMap<PersonId, Option<u32>> =
        changes.clone().filter(new).map(|change| (change.id, change.line)).collect();
    let mut hasher = Sha256::new();
    for change in changes {
        let manager =
            change.after.manager_id.map(|id| lines.get(&id).map_or(id.to_string(), |line| format!("{line:?}")));
        let after = Record { manager_id: None, ..change.after.clone() };
        let person = if change.kind == Kind::New { String::new() } else { change.id.to_string() };
        let whole = (change.kind.name(), change.line, person, manager, &change.before, after);
        hasher.update(serde_json::to_vec(&whole).unwrap_or_default());
    }
    token::hex(&hasher.finalize())
}
