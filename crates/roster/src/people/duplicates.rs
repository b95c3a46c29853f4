//! The same person in two rows.

use std::collections::HashMap;

use super::{Reading, RosterPerson};
use crate::reason::Earlier;
use crate::{Field, Reason, RowError};

/// Who has which employee id and e-mail, by their place among the people read.
#[derive(Default)]
pub(super) struct Duplicates {
    ids: HashMap<String, usize>,
    emails: HashMap<String, usize>,
}

impl Duplicates {
    pub(super) fn add(&mut self, person: &RosterPerson, place: usize) {
        if let Some(id) = &person.employee_id {
            self.ids.insert(id.to_lowercase(), place);
        }
        if let Some(email) = &person.email {
            self.emails.insert(email.clone(), place);
        }
    }

    /// What is wrong with a row whose id or e-mail an earlier one has.
    pub(super) fn find(&self, person: &RosterPerson, reading: &Reading) -> Option<RowError> {
        let by_id = person.employee_id.as_ref().and_then(|id| self.ids.get(&id.to_lowercase()));
        let by_email = person.email.as_ref().and_then(|email| self.emails.get(email));
        let earlier = &reading.people[*by_id.or(by_email)?];
        if same_but_for_line(earlier, person) {
            return Some(RowError::of_row(person.line, Reason::RepeatedRow { line: earlier.line }));
        }
        let other_name = (earlier.name != person.name).then(|| earlier.name.clone());
        let earlier = Earlier { line: earlier.line, other_name };
        let (field, value, reason) = match by_id {
            Some(_) => (Field::EmployeeId, &person.employee_id, Reason::DuplicateId(earlier)),
            None => (Field::Email, &person.email, Reason::DuplicateEmail(earlier)),
        };
        Some(RowError {
            line: person.line,
            column: reading.headers.get(&field).cloned(),
            value: value.clone().unwrap_or_default(),
            reason,
        })
    }
}

fn same_but_for_line(earlier: &RosterPerson, person: &RosterPerson) -> bool {
    RosterPerson { line: earlier.line, ..person.clone() } == *earlier
}
