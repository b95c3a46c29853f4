//! Everybody who may be a manager, by id, e-mail and name.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::{Known, Manager};
use crate::clean::name_key;
use crate::reason::PersonAt;
use crate::{ManagerRef, Reading};

pub(super) struct Directory<'a> {
    reading: &'a Reading,
    known: &'a [Known<'a>],
    ids: HashMap<String, Place>,
    emails: HashMap<String, Place>,
    /// Made when the first manager is named by name.
    names: OnceCell<HashMap<String, Vec<Place>>>,
    /// The place in the file of those known who are in it.
    in_file: Vec<Option<usize>>,
}

/// Where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    At(Manager),
    /// In the rejected row with this place among [`Reading::unread`].
    Unread(usize),
}

/// Who answers to an id, an e-mail or a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nobody,
    One(Manager),
    Several(Vec<Manager>),
    /// Somebody in the rejected row at this line.
    Unread(u32),
}

impl<'a> Directory<'a> {
    pub(super) fn of(reading: &'a Reading, known: &'a [Known<'a>]) -> Self {
        let mut directory = Self {
            reading,
            known,
            ids: HashMap::new(),
            emails: HashMap::new(),
            names: OnceCell::new(),
            in_file: Vec::with_capacity(known.len()),
        };
        // The file goes before the directory, and what can be read before what cannot.
        for (place, person) in reading.people.iter().enumerate() {
            let place = Place::At(Manager::InFile(place));
            directory.add(person.employee_id.as_deref(), person.email.as_deref(), place);
        }
        for (place, person) in known.iter().enumerate() {
            let in_file = directory.place_in_file(person);
            directory.in_file.push(in_file);
            let place = in_file.map_or(Manager::Known(place), Manager::InFile);
            directory.add(person.employee_id, person.email, Place::At(place));
        }
        for (place, person) in reading.unread.iter().enumerate() {
            directory.add(person.employee_id.as_deref(), person.email.as_deref(), Place::Unread(place));
        }
        directory
    }

    fn add(&mut self, id: Option<&str>, email: Option<&str>, place: Place) {
        if let Some(id) = id {
            self.ids.entry(id.to_lowercase()).or_insert(place);
        }
        if let Some(email) = email {
            self.emails.entry(email.to_lowercase()).or_insert(place);
        }
    }

    /// By the employee id if both have one, else by the e-mail.
    fn place_in_file(&self, known: &Known<'_>) -> Option<usize> {
        let by_id = known.employee_id.and_then(|id| self.ids.get(&id.to_lowercase()));
        let by_email = || known.email.and_then(|email| self.emails.get(&email.to_lowercase()));
        match by_id.or_else(by_email) {
            Some(Place::At(Manager::InFile(place))) => Some(*place),
            _ => None,
        }
    }

    pub(super) fn find(&self, wanted: &ManagerRef) -> Found {
        let place = match wanted {
            ManagerRef::Id(id) => self.ids.get(&id.to_lowercase()),
            ManagerRef::Email(email) => self.emails.get(&email.to_lowercase()),
            ManagerRef::Name(name) => return self.find_by_name(name),
        };
        place.map_or(Found::Nobody, |place| self.found(*place))
    }

    fn found(&self, place: Place) -> Found {
        match place {
            Place::At(manager) => Found::One(manager),
            Place::Unread(place) => Found::Unread(self.reading.unread[place].line),
        }
    }

    /// Compared without accents and case. Of several people, the one whose name is the same in these too is meant.
    fn find_by_name(&self, name: &str) -> Found {
        let places = self.names().get(&name_key(name)).map_or(&[][..], Vec::as_slice);
        let exact = || places.iter().filter(|place| self.name(**place) == name);
        match places {
            [] => Found::Nobody,
            [place] => self.found(*place),
            _ if exact().count() == 1 => exact().next().map_or(Found::Nobody, |place| self.found(*place)),
            _ => {
                let managers = places.iter().filter_map(|place| match place {
                    Place::At(manager) => Some(*manager),
                    Place::Unread(_) => None,
                });
                Found::Several(managers.collect())
            }
        }
    }

    /// Everybody by the folded name.
    fn names(&self) -> &HashMap<String, Vec<Place>> {
        self.names.get_or_init(|| {
            let mut names = HashMap::<String, Vec<Place>>::new();
            for place in self.places() {
                let key = name_key(self.name(place));
                if !key.is_empty() {
                    names.entry(key).or_default().push(place);
                }
            }
            names
        })
    }

    /// Everybody once.
    fn places(&self) -> impl Iterator<Item = Place> {
        let people = (0..self.reading.people.len()).map(|place| Place::At(Manager::InFile(place)));
        let only_known = (0..self.known.len()).filter(|place| self.in_file[*place].is_none());
        let unread = (0..self.reading.unread.len()).map(Place::Unread);
        people.chain(only_known.map(|place| Place::At(Manager::Known(place)))).chain(unread)
    }

    fn name(&self, place: Place) -> &'a str {
        match place {
            Place::At(Manager::InFile(place)) => &self.reading.people[place].name,
            Place::At(Manager::Known(place)) => self.known[place].name,
            Place::Unread(place) => &self.reading.unread[place].name,
        }
    }

    /// Name and line of somebody.
    pub(super) fn person_at(&self, manager: Manager) -> PersonAt {
        let line = match manager {
            Manager::InFile(place) => Some(self.reading.people[place].line),
            Manager::Known(_) => None,
        };
        PersonAt { line, name: self.name(Place::At(manager)).to_owned() }
    }

    /// The manager, as the directory has it, of somebody who is only there.
    pub(super) fn manager_of_known(&self, place: usize) -> Option<Manager> {
        let manager = self.known[place].manager.filter(|manager| *manager < self.known.len())?;
        Some(self.in_file[manager].map_or(Manager::Known(manager), Manager::InFile))
    }

    /// All ids, e-mails or names like the wanted one, as they are compared; see [`super::closest`].
    pub(super) fn keys_like(&self, wanted: &ManagerRef) -> Box<dyn ExactSizeIterator<Item = &str> + '_> {
        match wanted {
            ManagerRef::Id(_) => Box::new(self.ids.keys().map(String::as_str)),
            ManagerRef::Email(_) => Box::new(self.emails.keys().map(String::as_str)),
            ManagerRef::Name(_) => Box::new(self.names().keys().map(String::as_str)),
        }
    }

    /// An id, e-mail or name as it is written, from how it is compared.
    pub(super) fn written(&self, kind: &ManagerRef, key: &str) -> Option<String> {
        let place = match kind {
            ManagerRef::Id(_) => *self.ids.get(key)?,
            ManagerRef::Email(_) => return Some(key.to_owned()),
            ManagerRef::Name(_) => *self.names().get(key)?.first()?,
        };
        match (kind, place) {
            (ManagerRef::Id(_), Place::At(Manager::InFile(place))) => self.reading.people[place].employee_id.clone(),
            (ManagerRef::Id(_), Place::At(Manager::Known(place))) => self.known[place].employee_id.map(str::to_owned),
            (ManagerRef::Id(_), Place::Unread(place)) => self.reading.unread[place].employee_id.clone(),
            _ => Some(self.name(place).to_owned()),
        }
    }
}
