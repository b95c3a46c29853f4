//! Reporting lines between the file and the directory.

use std::collections::{HashMap, HashSet};

use counterflow_roster::{Field, Known as Candidate, ManagerRef, Reading, Reason, RowError};

use super::record::{Columns, Known};
use crate::kernel::ids::PersonId;

/// Those of the directory who may be named as managers: whoever works here. A line that goes over somebody who has
/// left goes on to the next one above, so that no circle hides behind a leaver.
pub(super) fn candidates(directory: &[Known]) -> Vec<Candidate<'_>> {
    let by_id: HashMap<PersonId, &Known> = directory.iter().map(|known| (known.id, known)).collect();
    let places: HashMap<PersonId, usize> =
        here(directory).enumerate().map(|(place, known)| (known.id, place)).collect();
    let manager = |known: &Known| {
        let above = |known: &&Known| known.record.manager_id.and_then(|id| by_id.get(&id).copied());
        let mut line = std::iter::successors(above(&known), above);
        line.find_map(|known| places.get(&known.id).copied())
    };
    here(directory)
        .map(|known| Candidate {
            employee_id: known.record.employee_id.as_deref(),
            email: known.record.email.as_deref(),
            name: &known.record.name,
            manager: manager(known),
        })
        .collect()
}

/// The candidates' ids, in the same order.
pub(super) fn candidate_ids(directory: &[Known]) -> Vec<PersonId> {
    here(directory).map(|known| known.id).collect()
}

fn here(directory: &[Known]) -> impl Iterator<Item = &Known> {
    directory.iter().filter(|known| known.is_here())
}

/// An error about the manager whom a row names.
pub(super) fn error(reading: &Reading, place: usize, reason: Reason) -> RowError {
    let person = &reading.people[place];
    let fields = match &person.manager {
        Some(ManagerRef::Email(_)) => [Field::ManagerEmail, Field::ManagerId, Field::ManagerName],
        Some(ManagerRef::Name(_)) => [Field::ManagerName, Field::ManagerId, Field::ManagerEmail],
        Some(ManagerRef::Id(_)) | None => [Field::ManagerId, Field::ManagerEmail, Field::ManagerName],
    };
    RowError {
        line: person.line,
        column: fields.iter().find_map(|field| reading.header(field)).map(str::to_owned),
        value: person.manager.as_ref().map_or(String::new(), |manager| manager.as_str().to_owned()),
        reason,
    }
}

/// Every circle, upwards. Walks up from everybody and stops where it has been.
pub(super) fn circles(managers: &HashMap<PersonId, PersonId>) -> Vec<Vec<PersonId>> {
    let mut passed = HashSet::with_capacity(managers.len());
    let mut circles = Vec::new();
    for start in managers.keys() {
        let mut line = Vec::new();
        let mut here = *start;
        while passed.insert(here) {
            line.push(here);
            match managers.get(&here) {
                Some(above) => here = *above,
                None => break,
            }
        }
        // Back at somebody of this very walk, and not by standing still at the top.
        if managers.contains_key(&here)
            && let Some(at) = line.iter().position(|id| *id == here)
        {
            circles.push(line.split_off(at));
        }
    }
    circles
}

/// Whether the file says who reports to whom for all: a file without managers, about people whose managers the
/// directory knows, is no org tree at all.
pub(super) fn tells_the_whole(columns: &Columns<'_>, directory: &[Known]) -> bool {
    columns.has_managers() || directory.iter().all(|known| known.record.manager_id.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_and_lines_are_not() {
        let [ceo, cfo, ana, ben] = [(); 4].map(|()| PersonId::new());
        let line = HashMap::from([(ana, cfo), (ben, cfo), (cfo, ceo)]);
        assert!(circles(&line).is_empty());
        let mut circle = line;
        circle.insert(ceo, cfo);
        let found = circles(&circle);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].iter().copied().collect::<HashSet<_>>(), HashSet::from([ceo, cfo]));
    }
}
