//! Who ranks whom, and the checks that come before a matching.

use std::fmt;

/// The lists of one side, best choice first. Who is not on a list is not acceptable to its owner.
///
/// Takes 4 bytes a choice and 8 a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Where each list starts, and at last where the last one ends.
    starts: Vec<usize>,
    choices: Vec<u32>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { starts: vec![0], choices: Vec::new() }
    }
}

impl Preferences {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next person with their list, best choice first.
    pub fn push(&mut self, choices: impl IntoIterator<Item = u32>) {
        self.choices.extend(choices);
        self.starts.push(self.choices.len());
    }

    /// How many people have a list, empty ones included.
    pub fn people(&self) -> usize {
        self.starts.len() - 1
    }

    /// The sum of the lengths of all lists.
    pub fn total_choices(&self) -> usize {
        self.choices.len()
    }

    /// A person's list, best choice first.
    ///
    /// # Panics
    /// Where there is no such person.
    pub fn of(&self, person: u32) -> &[u32] {
        &self.choices[self.starts[person as usize]..self.starts[person as usize + 1]]
    }

    /// Every person's list in turn.
    pub fn lists(&self) -> impl Iterator<Item = &[u32]> + Clone {
        self.starts.windows(2).map(|bounds| &self.choices[bounds[0]..bounds[1]])
    }

    pub(super) fn starts(&self) -> &[usize] {
        &self.starts
    }

    pub(super) fn choices(&self) -> &[u32] {
        &self.choices
    }
}

impl From<Vec<Vec<u32>>> for Preferences {
    fn from(lists: Vec<Vec<u32>>) -> Self {
        lists.into_iter().collect()
    }
}

impl<L: IntoIterator<Item = u32>> FromIterator<L> for Preferences {
    fn from_iter<I: IntoIterator<Item = L>>(lists: I) -> Self {
        let mut preferences = Self::new();
        lists.into_iter().for_each(|list| preferences.push(list));
        preferences
    }
}

/// A side of a [`Market`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Who asks, and does best among all stable matchings.
    Proposer,
    /// Who holds the best who asked so far.
    Receiver,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proposer => "proposer",
            Self::Receiver => "receiver",
        })
    }
}

/// Two sides with their lists and places. What stands in it has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    proposers: Preferences,
    proposer_places: Vec<u32>,
    receivers: Preferences,
    receiver_places: Vec<u32>,
}

/// One thing that is wrong with a [`Market`]. People and their choices are named by their positions, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarketError {
    /// Not as many numbers of places as lists.
    #[error("there are {lists} lists of {role}s, but {places} numbers of places")]
    Places {
        /// The side.
        role: Role,
        /// The lists.
        lists: usize,
        /// The numbers of places.
        places: usize,
    },
    /// More people than positions can name.
    #[error("there are {people} {role}s; at most {} are possible", u32::MAX)]
    TooMany {
        /// The side.
        role: Role,
        /// The lists.
        people: usize,
    },
    /// A list names somebody who is not there.
    #[error("{role} {person}, choice {at}: there is no {} {choice}", other(*role))]
    Unknown {
        /// The side of the list.
        role: Role,
        /// Whose list.
        person: u32,
        /// Where on the list.
        at: usize,
        /// Who is named.
        choice: u32,
    },
    /// A list names somebody again.
    #[error("{role} {person}, choice {at}: {} {choice} is on the list already", other(*role))]
    Repeated {
        /// The side of the list.
        role: Role,
        /// Whose list.
        person: u32,
        /// Where on the list it stands again.
        at: usize,
        /// Who is named.
        choice: u32,
    },
}

pub(super) fn other(role: Role) -> Role {
    match role {
        Role::Proposer => Role::Receiver,
        Role::Receiver => Role::Proposer,
    }
}

impl Market {
    /// Checks the lists. Nobody needs to have a place: who has none gets no partner.
    ///
    /// # Errors
    /// Everything that is wrong, proposers first, in the order of the lists.
    pub fn new(
        proposers: Preferences,
        proposer_places: Vec<u32>,
        receivers: Preferences,
        receiver_places: Vec<u32>,
    ) -> Result<Self, Vec<MarketError>> {
        let mut errors = Vec::new();
        check_side(Role::Proposer, &proposers, &proposer_places, receivers.people(), &mut errors);
        check_side(Role::Receiver, &receivers, &receiver_places, proposers.people(), &mut errors);
        if errors.is_empty() {
            Ok(Self { proposers, proposer_places, receivers, receiver_places })
        } else {
            Err(errors)
        }
    }

    /// The lists of a side.
    pub fn preferences(&self, role: Role) -> &Preferences {
        match role {
            Role::Proposer => &self.proposers,
            Role::Receiver => &self.receivers,
        }
    }

    /// How many partners each person of a side can have.
    pub fn places(&self, role: Role) -> &[u32] {
        match role {
            Role::Proposer => &self.proposer_places,
            Role::Receiver => &self.receiver_places,
        }
    }

    /// The same lists with the roles exchanged: the other side asks.
    pub fn turned(self) -> Self {
        Self {
            proposers: self.receivers,
            proposer_places: self.receiver_places,
            receivers: self.proposers,
            receiver_places: self.proposer_places,
        }
    }
}

fn check_side(role: Role, lists: &Preferences, places: &[u32], across: usize, errors: &mut Vec<MarketError>) {
    if lists.people() != places.len() {
        errors.push(MarketError::Places { role, lists: lists.people(), places: places.len() });
    }
    if lists.people() > u32::MAX as usize {
        errors.push(MarketError::TooMany { role, people: lists.people() });
        return;
    }
    // Whose list named a person last; no list has this number.
    let mut named_by = vec![u32::MAX; across];
    for (person, list) in (0..).zip(lists.lists()) {
        for (at, &choice) in list.iter().enumerate() {
            match named_by.get_mut(choice as usize) {
                None => errors.push(MarketError::Unknown { role, person, at, choice }),
                Some(named) if *named == person => errors.push(MarketError::Repeated { role, person, at, choice }),
                Some(named) => *named = person,
            }
        }
    }
}
