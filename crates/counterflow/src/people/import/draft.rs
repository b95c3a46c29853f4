//! The first part of a plan: which rows can stand together. Rejecting one may take the e-mail or the manager from
//! another, so it goes round until nothing more is rejected.

use std::collections::{HashMap, HashSet};

use counterflow_roster::{Field, Manager, Org, PersonAt, Reading, Reason, RowError};

use super::{
    identity::{self, Identities},
    org_lines,
    record::{Columns, Known, Record},
    report::{Cause, Problem},
};
use crate::{kernel::ids::PersonId, people::Status};

/// How many people of a circle an error names.
const NAMED_IN_CIRCLE: usize = 20;

/// Rows that can stand together, with what they make of the directory.
pub(super) struct Draft<'a> {
    pub reading: &'a Reading,
    pub directory: &'a [Known],
    pub columns: Columns<'a>,
    pub identities: Identities,
    /// For each person of the file.
    pub draws: Vec<Draw>,
    /// Every reason why a row is rejected, by the file and by the directory.
    pub problems: Vec<Problem>,
    /// Rows whose manager is in a rejected row.
    pub warnings: Vec<RowError>,
    /// The places in the directory of those who left and give up an e-mail.
    pub released: Vec<usize>,
    org: &'a Org,
    /// The ids of those of the directory who may be managers.
    candidates: Vec<PersonId>,
    /// Ids for those who are new.
    fresh: Vec<PersonId>,
}

/// What becomes of a person of the file.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "almost every row is the large one")]
pub(super) enum Draw {
    /// The row is not imported.
    Rejected,
    /// Left before the directory knew them: nothing is kept.
    LeftBefore,
    /// Stands so afterwards.
    Kept { id: PersonId, record: Record },
}

impl<'a> Draft<'a> {
    pub fn of(reading: &'a Reading, directory: &'a [Known], org: &'a Org, columns: Columns<'a>) -> Self {
        let rejected: HashSet<u32> = org.rejected.iter().map(|error| error.line).collect();
        let errors = reading.rejected.iter().chain(&org.rejected);
        let mut draft = Self {
            identities: identity::recognize(reading, directory),
            draws: Vec::with_capacity(reading.people.len()),
            problems: errors.cloned().map(Problem::from).collect(),
            warnings: Vec::new(),
            released: Vec::new(),
            candidates: org_lines::candidate_ids(directory),
            fresh: reading.people.iter().map(|_| PersonId::new()).collect(),
            reading,
            directory,
            columns,
            org,
        };
        for (place, person) in reading.people.iter().enumerate() {
            let first = if rejected.contains(&person.line) { Draw::Rejected } else { draft.first_draw(place) };
            draft.draws.push(first);
        }
        while draft.settle() {}
        draft
    }

    /// Whom the directory knows as the person at this place of the file.
    pub fn known(&self, place: usize) -> Option<&'a Known> {
        self.identities.places[place].map(|known| &self.directory[known])
    }

    /// Without a manager, who can be found only when everybody has an id.
    fn first_draw(&self, place: usize) -> Draw {
        let known = self.known(place);
        let record = self.columns.record(&self.reading.people[place], known.map(|known| &known.record), None);
        match known {
            None if record.status == Status::Left => Draw::LeftBefore,
            None => Draw::Kept { id: self.fresh[place], record },
            Some(known) => Draw::Kept { id: known.id, record },
        }
    }

    /// One round: managers, e-mails, circles, admins. Answers whether a row was rejected.
    fn settle(&mut self) -> bool {
        self.warnings.clear();
        for place in 0..self.draws.len() {
            self.set_manager(place);
        }
        let mut found = self.settle_emails();
        found.extend(self.circles());
        found.extend(self.lost_admins());
        for (place, cause) in &found {
            self.draws[*place] = Draw::Rejected;
            self.problems.push(self.problem(*place, cause.clone()));
        }
        !found.is_empty()
    }

    fn set_manager(&mut self, place: usize) {
        let before = self.known(place).and_then(|known| known.record.manager_id);
        let manager = self.manager(place, before);
        if let Draw::Kept { record, .. } = &mut self.draws[place] {
            record.manager_id = manager;
        }
    }

    /// The manager of somebody: as the file says, and as before where it says nothing that can be followed.
    fn manager(&mut self, place: usize, before: Option<PersonId>) -> Option<PersonId> {
        let mut above = self.org.managers[place];
        if above.is_none() {
            let is_head = self.columns.has_managers() && self.reading.people[place].manager.is_none();
            return if is_head { None } else { before };
        }
        loop {
            match above? {
                Manager::Known(known) => return Some(self.candidates[known]),
                Manager::InFile(manager) => match (&self.draws[manager], self.known(manager)) {
                    (Draw::Kept { id, .. }, _) => return Some(*id),
                    (Draw::Rejected, Some(known)) => return Some(known.id),
                    (Draw::Rejected, None) => {
                        self.warn_of_rejected_manager(place, manager);
                        return before;
                    }
                    // Nobody keeps a manager who left before: the next one above takes the place.
                    (Draw::LeftBefore, _) => above = self.org.managers[manager],
                },
            }
        }
    }

    fn warn_of_rejected_manager(&mut self, place: usize, manager: usize) {
        if matches!(self.draws[place], Draw::Kept { .. }) {
            let reason = Reason::ManagerRejected { line: self.reading.people[manager].line };
            self.warnings.push(org_lines::error(self.reading, place, reason));
        }
    }

    /// An e-mail belongs to one person. Those who left give theirs up; of others it cannot be taken.
    fn settle_emails(&mut self) -> Vec<(usize, Cause)> {
        let wanted: HashMap<String, usize> = self.emails_of_rows().collect();
        let standing: HashSet<usize> = self.kept_places().filter_map(|place| self.identities.places[place]).collect();
        let mut taken = Vec::new();
        self.released.clear();
        for (at, known) in self.directory.iter().enumerate().filter(|(at, _)| !standing.contains(at)) {
            let Some(place) = known.record.email.as_ref().and_then(|email| wanted.get(email)) else { continue };
            if known.is_here() || self.identities.mentioned.contains(&at) {
                let Record { name, employee_id, .. } = known.record.clone();
                taken.push((*place, Cause::EmailTaken { name, employee_id }));
            } else {
                self.released.push(at);
            }
        }
        for place in 0..self.draws.len() {
            let before = self.known(place).and_then(|known| known.record.email.clone());
            let Draw::Kept { record, .. } = &mut self.draws[place] else { continue };
            let own = |email: &String| wanted.get(email).is_none_or(|owner| *owner == place);
            record.email = self.reading.people[place].email.clone().or(before).filter(own);
        }
        taken
    }

    fn kept_places(&self) -> impl Iterator<Item = usize> {
        let draws = self.draws.iter().enumerate();
        draws.filter(|(_, draw)| matches!(draw, Draw::Kept { .. })).map(|(place, _)| place)
    }

    fn emails_of_rows(&self) -> impl Iterator<Item = (String, usize)> {
        self.kept_places().filter_map(|place| Some((self.reading.people[place].email.clone()?, place)))
    }

    /// Circles that arise because a rejected row leaves somebody where they were. In each, the first row that puts
    /// somebody elsewhere is rejected.
    fn circles(&self) -> Vec<(usize, Cause)> {
        let kept: HashMap<PersonId, usize> = self
            .draws
            .iter()
            .enumerate()
            .filter_map(|(place, draw)| match draw {
                Draw::Kept { id, .. } => Some((*id, place)),
                Draw::Rejected | Draw::LeftBefore => None,
            })
            .collect();
        let managers = self.managers_afterwards();
        let circles = org_lines::circles(&managers);
        circles.iter().filter_map(|circle| self.circle_problem(circle, &kept)).collect()
    }

    fn circle_problem(&self, circle: &[PersonId], kept: &HashMap<PersonId, usize>) -> Option<(usize, Cause)> {
        let moved = |place: &usize| match &self.draws[*place] {
            Draw::Kept { record, .. } => record.manager_id != self.known(*place).and_then(|k| k.record.manager_id),
            Draw::Rejected | Draw::LeftBefore => false,
        };
        let place = circle.iter().filter_map(|id| kept.get(id).copied()).filter(moved).min()?;
        let Draw::Kept { id: start, .. } = self.draws[place] else { return None };
        let at = circle.iter().position(|id| *id == start)?;
        let upwards = circle[at..].iter().chain(&circle[..at]);
        let people = upwards.take(NAMED_IN_CIRCLE).map(|id| self.person_at(*id, kept)).collect();
        let more = circle.len().saturating_sub(NAMED_IN_CIRCLE);
        Some((place, Cause::File(Reason::ManagerCycle { people, more })))
    }

    fn person_at(&self, id: PersonId, kept: &HashMap<PersonId, usize>) -> PersonAt {
        match kept.get(&id).map(|place| &self.reading.people[*place]) {
            Some(person) => PersonAt { line: Some(person.line), name: person.name.clone() },
            None => {
                let known = self.directory.iter().find(|known| known.id == id);
                PersonAt { line: None, name: known.map(|known| known.record.name.clone()).unwrap_or_default() }
            }
        }
    }

    fn managers_afterwards(&self) -> HashMap<PersonId, PersonId> {
        let mut managers: HashMap<PersonId, PersonId> =
            self.directory.iter().filter_map(|known| Some((known.id, known.record.manager_id?))).collect();
        for draw in &self.draws {
            if let Draw::Kept { id, record } = draw {
                match record.manager_id {
                    Some(manager) => managers.insert(*id, manager),
                    None => managers.remove(id),
                };
            }
        }
        managers
    }

    /// The rows of admins who leave or lose their e-mail, if no admin would be left who can sign in.
    fn lost_admins(&self) -> Vec<(usize, Cause)> {
        let rows: HashMap<usize, usize> =
            self.kept_places().filter_map(|place| Some((self.identities.places[place]?, place))).collect();
        let mut lost = Vec::new();
        for (at, known) in self.directory.iter().enumerate().filter(|(_, known)| known.is_admin && known.is_here()) {
            let row = rows.get(&at).and_then(|place| match &self.draws[*place] {
                Draw::Kept { record, .. } => Some((*place, record)),
                Draw::Rejected | Draw::LeftBefore => None,
            });
            match row {
                Some((place, record)) if record.status == Status::Left => lost.push((place, Cause::LastAdmin)),
                Some((place, record)) if record.email.is_none() && known.record.email.is_some() => {
                    lost.push((place, Cause::LastAdminEmail));
                }
                _ if row.map_or(&known.record, |(_, record)| record).email.is_some() => return Vec::new(),
                _ => {}
            }
        }
        lost
    }

    fn problem(&self, place: usize, cause: Cause) -> Problem {
        let person = &self.reading.people[place];
        match cause {
            Cause::EmailTaken { .. } => Problem {
                line: person.line,
                column: self.reading.header(&Field::Email).map(str::to_owned),
                value: person.email.clone().unwrap_or_default(),
                cause,
            },
            Cause::File(reason) => org_lines::error(self.reading, place, reason).into(),
            Cause::LastAdmin | Cause::LastAdminEmail => {
                Problem { line: person.line, column: None, value: String::new(), cause }
            }
        }
    }
}
