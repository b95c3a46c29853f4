//! Everything a match needs, and the checks that come before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::criteria::{Criteria, CriteriaError};
use crate::org::OrgTree;
use crate::people::People;
use crate::profile::{Kind, Profile, Side, Sides};

/// Two people by their ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PairIds {
    /// The mentor's id.
    pub mentor: String,
    /// The mentee's id.
    pub mentee: String,
}

impl PairIds {
    /// A mentor and a mentee.
    pub fn new(mentor: impl Into<String>, mentee: impl Into<String>) -> Self {
        Self { mentor: mentor.into(), mentee: mentee.into() }
    }

    /// The id on one side.
    pub fn id(&self, side: Side) -> &str {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }
}

/// Everything a match needs. The order of rows means nothing: people are taken in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct Instance {
    /// One side.
    pub mentors: Vec<Profile>,
    /// The other.
    pub mentees: Vec<Profile>,
    /// What makes a pair possible and good.
    pub criteria: Criteria,
    /// Who reports to whom, for the chain of command.
    pub org: OrgTree,
    /// Pairs that are part of every draft. They override all criteria and the chain of command.
    pub pinned: Vec<PairIds>,
    /// Pairs that are part of none: conflicts, vetoes, pairs of earlier rounds.
    pub forbidden: Vec<PairIds>,
    /// Fields that exist although perhaps nobody filled them in yet. A criterion on a field that is neither here
    /// nor in anybody's values is an error.
    pub fields: BTreeSet<String>,
}

impl Instance {
    /// People and criteria, without org tree, pins or forbidden pairs.
    pub fn new(mentors: Vec<Profile>, mentees: Vec<Profile>, criteria: Criteria) -> Self {
        Self { mentors, mentees, criteria, ..Self::default() }
    }

    /// Checks everything and lays it out for scoring.
    ///
    /// # Errors
    /// Everything that is wrong, each naming its place.
    pub fn compile(mut self) -> Result<CompiledInstance, Vec<InstanceError>> {
        let (mentors, mentees) = (std::mem::take(&mut self.mentors), std::mem::take(&mut self.mentees));
        self.compile_with(mentors, mentees)
    }

    /// The same for people who come one by one and never stand in memory together as profiles, which take some ten
    /// times what their values need: for instances with millions. The people in the instance itself do not count.
    ///
    /// # Errors
    /// Everything that is wrong, each naming its place.
    pub fn compile_with(
        self,
        mentors: impl IntoIterator<Item = Profile>,
        mentees: impl IntoIterator<Item = Profile>,
    ) -> Result<CompiledInstance, Vec<InstanceError>> {
        let mut people = Sides { mentors: People::collect(mentors), mentees: People::collect(mentees) };
        people.mentors.find_choices(&people.mentees);
        people.mentees.find_choices(&people.mentors);
        CompiledInstance::new(Input {
            people,
            criteria: self.criteria,
            org: self.org,
            pinned: self.pinned,
            forbidden: self.forbidden,
            fields: self.fields,
        })
    }
}

/// An [`Instance`] whose people are laid out field by field.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub people: Sides<People>,
    pub criteria: Criteria,
    pub org: OrgTree,
    pub pinned: Vec<PairIds>,
    pub forbidden: Vec<PairIds>,
    pub fields: BTreeSet<String>,
}

impl Input {
    pub fn position(&self, side: Side, id: &str) -> Option<usize> {
        self.people.of(side).position(id)
    }

    /// What is wrong with people, fields, pins and forbidden pairs.
    pub fn problems(&self) -> Vec<InstanceError> {
        let mut errors: Vec<InstanceError> =
            self.criteria.problems().into_iter().map(InstanceError::Criteria).collect();
        for side in Side::BOTH {
            self.check_people(side, &mut errors);
            self.check_fields(side, &mut errors);
            self.check_choices(side, &mut errors);
            self.check_pins(side, &mut errors);
        }
        self.check_listed(PairList::Pinned, &self.pinned, &mut errors);
        self.check_listed(PairList::Forbidden, &self.forbidden, &mut errors);
        let forbidden: BTreeSet<&PairIds> = self.forbidden.iter().collect();
        for pair in self.pinned.iter().collect::<BTreeSet<_>>() {
            if pair.mentor == pair.mentee {
                errors.push(InstanceError::PinnedToThemself { person: pair.mentor.clone() });
            }
            if forbidden.contains(pair) {
                errors.push(InstanceError::PinnedAndForbidden { pair: pair.clone() });
            }
        }
        errors
    }

    fn check_people(&self, side: Side, errors: &mut Vec<InstanceError>) {
        let people = self.people.of(side);
        if people.is_empty() {
            errors.push(InstanceError::EmptySide { side });
        }
        for at in (0..people.len()).filter(|&at| people.capacity(at) == 0) {
            errors.push(InstanceError::NoCapacity { side, person: people.id(at).to_owned() });
        }
        let again = (1..people.len()).filter(|&at| people.id(at) == people.id(at - 1));
        let repeated: BTreeSet<&str> = again.map(|at| people.id(at)).collect();
        for person in repeated {
            errors.push(InstanceError::RepeatedPerson { side, person: person.to_owned() });
        }
    }

    fn check_fields(&self, side: Side, errors: &mut Vec<InstanceError>) {
        for (criterion, entry) in self.criteria.list.iter().enumerate() {
            let field = entry.field(side);
            let known = self.people.of(side).field(field).is_some() || self.fields.contains(field);
            if !self.people.of(side).is_empty() && !known {
                errors.push(InstanceError::UnknownField { criterion, side, field: field.clone() });
            }
        }
    }

    fn check_choices(&self, side: Side, errors: &mut Vec<InstanceError>) {
        let (people, choices) = (self.people.of(side), self.people.of(side).choices());
        // Whose list named a person last.
        let mut named_by = vec![usize::MAX; self.people.of(side.other()).len()];
        for at in 0..people.len() {
            for (id, position) in choices.ids_of(at).zip(choices.of(at)) {
                let (person, choice) = (|| people.id(at).to_owned(), || id.to_owned());
                match named_by.get_mut(position as usize) {
                    None => errors.push(InstanceError::UnknownChoice { side, person: person(), choice: choice() }),
                    Some(by) if *by == at => {
                        errors.push(InstanceError::RepeatedChoice { side, person: person(), choice: choice() });
                    }
                    Some(by) => *by = at,
                }
            }
        }
    }

    fn check_pins(&self, side: Side, errors: &mut Vec<InstanceError>) {
        let mut pins: BTreeMap<&str, BTreeSet<&PairIds>> = BTreeMap::new();
        for pair in &self.pinned {
            pins.entry(pair.id(side)).or_default().insert(pair);
        }
        for (id, pairs) in pins {
            let Some(at) = self.position(side, id) else { continue };
            let (capacity, pins) = (self.people.of(side).capacity(at), pairs.len() as u32);
            if pins > capacity {
                errors.push(InstanceError::TooManyPins { side, person: id.to_owned(), capacity, pins });
            }
        }
    }

    fn check_listed(&self, list: PairList, pairs: &[PairIds], errors: &mut Vec<InstanceError>) {
        for side in Side::BOTH {
            let ids: BTreeSet<&str> = pairs.iter().map(|pair| pair.id(side)).collect();
            for id in ids.into_iter().filter(|id| self.position(side, id).is_none()) {
                errors.push(InstanceError::UnknownPerson { list, side, person: id.to_owned() });
            }
        }
    }
}

/// A list of pairs in an [`Instance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairList {
    /// [`Instance::pinned`].
    Pinned,
    /// [`Instance::forbidden`].
    Forbidden,
}

/// A number in a topic's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicNumber {
    /// The level at which it is offered.
    Level,
    /// The priority with which it is wanted.
    Priority,
    /// The smallest level that helps.
    AtLeast,
}

/// One thing that is wrong with an [`Instance`]. Criteria are named by their position, from 0; in words from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstanceError {
    /// The criteria themselves.
    #[error("{0}")]
    Criteria(CriteriaError),
    /// There is nobody on one side.
    #[error("there is no {side}")]
    EmptySide {
        /// The side.
        side: Side,
    },
    /// One id stands twice on one side.
    #[error("{side} {person} is listed more than once")]
    RepeatedPerson {
        /// The side.
        side: Side,
        /// The id.
        person: String,
    },
    /// A person without any place.
    #[error("{side} {person} has a capacity of 0; it has to be at least 1")]
    NoCapacity {
        /// The side.
        side: Side,
        /// The id.
        person: String,
    },
    /// A list of choices names somebody who is not across.
    #[error("{side} {person} chose {} {choice}, who is unknown", side.other())]
    UnknownChoice {
        /// The side of the list.
        side: Side,
        /// Whose list.
        person: String,
        /// The id on it.
        choice: String,
    },
    /// A list of choices names somebody again.
    #[error("{side} {person} chose {} {choice} more than once", side.other())]
    RepeatedChoice {
        /// The side of the list.
        side: Side,
        /// Whose list.
        person: String,
        /// The id on it.
        choice: String,
    },
    /// A pinned or forbidden pair names somebody who is not there.
    #[error("{side} {person} of a {list} pair is unknown")]
    UnknownPerson {
        /// Where the id stands.
        list: PairList,
        /// The side.
        side: Side,
        /// The id.
        person: String,
    },
    /// A person is pinned to themself.
    #[error("{person} cannot be pinned to themself")]
    PinnedToThemself {
        /// The id.
        person: String,
    },
    /// A pair is both pinned and forbidden.
    #[error("mentor {} and mentee {} are both pinned and forbidden", pair.mentor, pair.mentee)]
    PinnedAndForbidden {
        /// The two ids.
        pair: PairIds,
    },
    /// More pins than places.
    #[error("{side} {person} has {pins} pinned pairs for a capacity of {capacity}")]
    TooManyPins {
        /// The side.
        side: Side,
        /// The id.
        person: String,
        /// The places.
        capacity: u32,
        /// The pinned pairs.
        pins: u32,
    },
    /// A criterion names a field nobody on that side has.
    #[error("criterion {}: no {side} has a field `{field}`", criterion + 1)]
    UnknownField {
        /// The position of the criterion.
        criterion: usize,
        /// The side.
        side: Side,
        /// The field.
        field: String,
    },
    /// A value has a form that the criterion cannot compare.
    #[error("criterion {}: `{field}` of {side} {person} is {found}; it has to be {}", criterion + 1, either(expected))]
    WrongKind {
        /// The position of the criterion.
        criterion: usize,
        /// The side.
        side: Side,
        /// The field.
        field: String,
        /// The id.
        person: String,
        /// The form found.
        found: Kind,
        /// The forms that fit.
        expected: Vec<Kind>,
    },
    /// A level or priority outside its scale.
    #[error("criterion {}: `{field}` of {side} {person} has {topic} with {number} {found}; it has to be from {} to {}", criterion + 1, number.range().start(), number.range().end())]
    TopicOutOfRange {
        /// The position of the criterion.
        criterion: usize,
        /// The side.
        side: Side,
        /// The field.
        field: String,
        /// The id.
        person: String,
        /// The topic.
        topic: String,
        /// Which of its numbers.
        number: TopicNumber,
        /// The number found.
        found: u8,
    },
}

fn either(kinds: &[Kind]) -> String {
    let words: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    words.join(" or ")
}

impl fmt::Display for TopicNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Level => "level",
            Self::Priority => "priority",
            Self::AtLeast => "smallest level",
        })
    }
}

impl fmt::Display for PairList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pinned => "pinned",
            Self::Forbidden => "forbidden",
        })
    }
}
