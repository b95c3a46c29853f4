//! Roles, and sets of roles. Which route takes which roles is the table in `router.rs`; who holds which role on what
//! is the view `held_roles` in the database. Nothing else decides what somebody may do.

use std::fmt;

/// A role somebody can hold on the organization, a program, a round, a participant, a proposal, a pair or a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Role {
    /// Anybody, signed in or not.
    Visitor,
    /// Anybody who is signed in.
    Person,
    /// Looks after directory, sign-in, mail and server; sees no pair content.
    Admin,
    /// May start programs of their own.
    ProgramStarter,
    /// Program manager.
    Manager,
    /// Backs the program.
    Sponsor,
    /// Who shares what they know.
    Mentor,
    /// Who learns.
    Mentee,
    /// The one of a pair who proposes times and writes the agenda; which side it is follows from the program's direction.
    Lead,
    /// The other one, who chooses among the times.
    Chooser,
    /// Books meetings for the chooser.
    Delegate,
    /// A mentor of an earlier round, who helps to pick the next.
    MentorLead,
    /// Reads one application.
    Reviewer,
}

impl Role {
    /// Every role, in the order of the rights table.
    pub const ALL: [Self; 13] = [
        Self::Visitor,
        Self::Person,
        Self::Admin,
        Self::ProgramStarter,
        Self::Manager,
        Self::Sponsor,
        Self::Mentor,
        Self::Mentee,
        Self::Lead,
        Self::Chooser,
        Self::Delegate,
        Self::MentorLead,
        Self::Reviewer,
    ];

    /// As it is written in the database and in `counterflow routes --json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Person => "person",
            Self::Admin => "admin",
            Self::ProgramStarter => "program_starter",
            Self::Manager => "manager",
            Self::Sponsor => "sponsor",
            Self::Mentor => "mentor",
            Self::Mentee => "mentee",
            Self::Lead => "lead",
            Self::Chooser => "chooser",
            Self::Delegate => "delegate",
            Self::MentorLead => "mentor_lead",
            Self::Reviewer => "reviewer",
        }
    }

    /// The role under a name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A set of roles.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Roles(u16);

impl Roles {
    /// The set of the given roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < roles.len() {
            bits |= 1 << roles[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// Whether the role is in the set.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u16) != 0
    }

    /// Whether a row with this set lets the role in: everybody is a visitor, and whoever holds any other role is
    /// signed in.
    #[must_use]
    pub const fn allows(self, role: Role) -> bool {
        let is_person = !matches!(role, Role::Visitor);
        self.has(role) || self.has(Role::Visitor) || (is_person && self.has(Role::Person))
    }

    /// The roles in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The set with one more role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u16)
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Role::ALL.into_iter().filter(|role| self.has(*role))).finish()
    }
}
