//! Who reports to whom.

mod closest;
mod cycles;
mod directory;

use serde::{Deserialize, Serialize};

use crate::reason::{ManagerKey, PersonAt};
use crate::{Field, ManagerRef, Reading, Reason, RosterPerson, RowError, Severity, Status};
use closest::Closest;
use directory::{Directory, Found};

/// Somebody in the directory already, who may be a manager without being in the file.
///
/// Give those who work here; somebody who has left is no manager.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known<'a> {
    /// Employee id.
    pub employee_id: Option<&'a str>,
    /// E-mail.
    pub email: Option<&'a str>,
    /// Name.
    pub name: &'a str,
    /// The place of their manager among the known, so that circles through the directory are found.
    pub manager: Option<usize>,
}

/// How many people of a circle, or of those with the same name, an error names.
const NAMED_IN_CIRCLE: usize = 20;
const NAMED_OF_SEVERAL: usize = 10;

/// A person's manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manager {
    /// In the file, at this place among [`Reading::people`].
    InFile(usize),
    /// Only in the directory, at this place among the known.
    Known(usize),
}

impl Manager {
    /// Their place in the file, if they are in it.
    pub fn in_file(self) -> Option<usize> {
        match self {
            Self::InFile(place) => Some(place),
            Self::Known(_) => None,
        }
    }
}

/// The managers of everybody in a file, and what is wrong with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    /// The manager of each of [`Reading::people`], in their order; nothing where there is none or something is wrong
    /// with it. Nobody is above themselves.
    pub managers: Vec<Option<Manager>>,
    /// The places among [`Reading::people`] of those who work here and report to nobody.
    pub heads: Vec<usize>,
    /// What is wrong with managers, by line. Of a circle one row is named, the first in the file.
    pub rejected: Vec<RowError>,
    /// What deserves a look, by line.
    pub warnings: Vec<RowError>,
    /// What deserves a look in the whole.
    pub shape: Option<OrgWarning>,
}

/// An org tree that is no tree with one top. That is no error: a part of a company may be imported, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OrgWarning {
    /// Nobody has a manager. Matching cannot keep people out of their chain of command.
    NoManagers,
    /// Several people report to nobody.
    SeveralHeads {
        /// How many.
        count: usize,
        /// The first of them, at most ten.
        people: Vec<PersonAt>,
    },
}

impl Org {
    /// Finds the manager of everybody who was read, among the people of the file first and the known ones after.
    pub fn resolve(reading: &Reading, known: &[Known<'_>]) -> Self {
        let directory = Directory::of(reading, known);
        let mut closest = Closest::default();
        let mut org = Self { managers: Vec::with_capacity(reading.people.len()), ..Self::default() };
        for (place, person) in reading.people.iter().enumerate() {
            let manager = match manager_of(place, person, &directory, &mut closest) {
                Ok(manager) => manager,
                Err(reason) => {
                    org.report(reading, person, reason);
                    None
                }
            };
            org.managers.push(manager);
            org.warn_of_leaver(reading, person, manager);
        }
        org.heads = heads(reading);
        org.shape = shape(reading, &org.heads);
        org.break_circles(reading, &directory);
        org.rejected.sort_by_key(|error| error.line);
        org
    }

    /// Takes one manager out of every circle: of somebody who has left, silently, since they need none; else of the
    /// first person in the file, with an error.
    fn break_circles(&mut self, reading: &Reading, directory: &Directory<'_>) {
        let above = |person| match person {
            Manager::InFile(place) => self.managers[place],
            Manager::Known(place) => directory.manager_of_known(place),
        };
        for circle in cycles::find(self.managers.len(), above) {
            let places = circle.iter().filter_map(|person| person.in_file());
            let mut left = places.clone().filter(|place| reading.people[*place].status == Status::Left);
            if let Some(place) = left.next() {
                self.managers[place] = None;
            } else if let Some(place) = places.min() {
                self.managers[place] = None;
                let people = circle.iter().take(NAMED_IN_CIRCLE).map(|person| directory.person_at(*person)).collect();
                let more = circle.len().saturating_sub(NAMED_IN_CIRCLE);
                self.report(reading, &reading.people[place], Reason::ManagerCycle { people, more });
            }
        }
    }

    fn warn_of_leaver(&mut self, reading: &Reading, person: &RosterPerson, manager: Option<Manager>) {
        let Some(place) = manager.and_then(Manager::in_file) else { return };
        let manager = &reading.people[place];
        if manager.status == Status::Left && !person.leaves() {
            self.report(reading, person, Reason::ManagerLeft { line: manager.line });
        }
    }

    fn report(&mut self, reading: &Reading, person: &RosterPerson, reason: Reason) {
        let value = person.manager.as_ref().map_or("", ManagerRef::as_str);
        let list = match reason.severity() {
            Severity::RejectsRow => &mut self.rejected,
            Severity::Warning => &mut self.warnings,
        };
        list.push(RowError {
            line: person.line,
            column: manager_header(reading, person.manager.as_ref()),
            value: crate::clean::shorten(value, 200),
            reason,
        });
    }
}

/// The manager whom a row names; nothing if it names none, or if the person leaves and nobody has that name.
fn manager_of(
    place: usize,
    person: &RosterPerson,
    directory: &Directory<'_>,
    closest: &mut Closest,
) -> Result<Option<Manager>, Reason> {
    let Some(wanted) = &person.manager else { return Ok(None) };
    match directory.find(wanted) {
        Found::One(manager) if manager != Manager::InFile(place) => Ok(Some(manager)),
        _ if person.leaves() => Ok(None),
        Found::One(_) => Err(Reason::ManagerIsSelf),
        Found::Several(managers) => {
            let people = managers.into_iter().take(NAMED_OF_SEVERAL).map(|manager| directory.person_at(manager));
            Err(Reason::ManagerAmbiguous { people: people.collect() })
        }
        Found::Unread(line) => Err(Reason::ManagerRejected { line }),
        Found::Nobody => {
            let by = match wanted {
                ManagerRef::Id(_) => ManagerKey::Id,
                ManagerRef::Email(_) => ManagerKey::Email,
                ManagerRef::Name(_) => ManagerKey::Name,
            };
            Err(Reason::ManagerUnknown { by, closest: closest.to(wanted, directory) })
        }
    }
}

/// The column that names the manager: the one for this kind of name, else the first there is.
fn manager_header(reading: &Reading, manager: Option<&ManagerRef>) -> Option<String> {
    let own = manager.map(|manager| match manager {
        ManagerRef::Id(_) => Field::ManagerId,
        ManagerRef::Email(_) => Field::ManagerEmail,
        ManagerRef::Name(_) => Field::ManagerName,
    });
    let fields = own.into_iter().chain([Field::ManagerId, Field::ManagerEmail, Field::ManagerName]);
    fields.into_iter().find_map(|field| reading.headers.get(&field).cloned())
}

fn heads(reading: &Reading) -> Vec<usize> {
    let people = reading.people.iter().enumerate();
    people.filter(|(_, person)| person.manager.is_none() && !person.leaves()).map(|(place, _)| place).collect()
}

fn shape(reading: &Reading, heads: &[usize]) -> Option<OrgWarning> {
    if reading.people.len() > 1 && reading.people.iter().all(|person| person.manager.is_none()) {
        return Some(OrgWarning::NoManagers);
    }
    let first = heads.iter().take(NAMED_OF_SEVERAL).map(|place| &reading.people[*place]);
    let people = first.map(|person| PersonAt { line: Some(person.line), name: person.name.clone() });
    (heads.len() > 1).then(|| OrgWarning::SeveralHeads { count: heads.len(), people: people.collect() })
}
