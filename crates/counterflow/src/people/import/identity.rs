//! Who in the file is who in the directory.

use std::collections::{HashMap, HashSet};

use counterflow_roster::{Reading, RosterPerson};

use super::record::Known;
use crate::people::spelling::fold;

/// Who in the file is who in the directory.
pub(super) struct Identities {
    /// For each person of the file, their place in the directory.
    pub places: Vec<Option<usize>>,
    /// The places of everybody whom the file speaks of, rejected rows too.
    pub mentioned: HashSet<usize>,
}

/// Recognizes people by employee id first and by e-mail second.
///
/// An e-mail alone does not make two people the same if the file and the directory know them by different employee
/// ids and names: addresses are given to newcomers, and nobody may come into somebody else's pairs and notes.
pub(super) fn recognize(reading: &Reading, directory: &[Known]) -> Identities {
    let keys = Keys::of(directory);
    let mut places: Vec<Option<usize>> =
        reading.people.iter().map(|person| keys.by_id(person.employee_id.as_deref())).collect();
    let mut mentioned: HashSet<usize> = places.iter().flatten().copied().collect();
    for (person, place) in reading.people.iter().zip(&mut places) {
        if place.is_none() {
            *place = keys
                .by_email(person.email.as_deref())
                .filter(|place| !mentioned.contains(place) && may_be_same(person, &directory[*place]));
            mentioned.extend(*place);
        }
    }
    for unread in &reading.unread {
        mentioned.extend(keys.by_id(unread.employee_id.as_deref()));
        mentioned.extend(keys.by_email(unread.email.as_deref()));
    }
    Identities { places, mentioned }
}

/// Whether one e-mail means one person: unless both have employee ids (which differ) and names that differ too.
fn may_be_same(person: &RosterPerson, known: &Known) -> bool {
    let one_without_id = person.employee_id.is_none() || known.record.employee_id.is_none();
    one_without_id || fold(&person.name) == fold(&known.record.name)
}

struct Keys<'a> {
    ids: HashMap<String, usize>,
    emails: HashMap<&'a str, usize>,
}

impl<'a> Keys<'a> {
    fn of(directory: &'a [Known]) -> Self {
        let mut keys = Self { ids: HashMap::new(), emails: HashMap::new() };
        for (place, known) in directory.iter().enumerate() {
            if let Some(id) = &known.record.employee_id {
                keys.ids.insert(id.to_lowercase(), place);
            }
            if let Some(email) = &known.record.email {
                keys.emails.insert(email, place);
            }
        }
        keys
    }

    fn by_id(&self, id: Option<&str>) -> Option<usize> {
        self.ids.get(&id?.to_lowercase()).copied()
    }

    fn by_email(&self, email: Option<&str>) -> Option<usize> {
        self.emails.get(email?).copied()
    }
}
