//! What a column can mean.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A field of the directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// The number or code by which the organization knows the person.
    EmployeeId,
    /// The whole name, also as "Last, First".
    Name,
    /// First name.
    FirstName,
    /// Last name.
    LastName,
    /// E-mail at work.
    Email,
    /// The manager's employee id.
    ManagerId,
    /// The manager's e-mail.
    ManagerEmail,
    /// The manager's name.
    ManagerName,
    /// Job title.
    Title,
    /// Level or grade.
    Level,
    /// Department.
    Department,
    /// Place of work.
    Location,
    /// Time zone.
    TimeZone,
    /// First day at work.
    StartDate,
    /// Last day at work.
    EndDate,
    /// Active, on leave, left.
    Status,
    /// Languages, several in one cell.
    Languages,
    /// Any other attribute that the organization keeps, under this name.
    Extra(String),
}

const KEYS: [(Field, &str); 17] = [
    (Field::EmployeeId, "employee_id"),
    (Field::Name, "name"),
    (Field::FirstName, "first_name"),
    (Field::LastName, "last_name"),
    (Field::Email, "email"),
    (Field::ManagerId, "manager_id"),
    (Field::ManagerEmail, "manager_email"),
    (Field::ManagerName, "manager_name"),
    (Field::Title, "title"),
    (Field::Level, "level"),
    (Field::Department, "department"),
    (Field::Location, "location"),
    (Field::TimeZone, "time_zone"),
    (Field::StartDate, "start_date"),
    (Field::EndDate, "end_date"),
    (Field::Status, "status"),
    (Field::Languages, "languages"),
];

impl Field {
    /// Those that hold a name or a part of it.
    pub(crate) const NAMES: [Self; 3] = [Self::Name, Self::FirstName, Self::LastName];

    /// Every field but the extra ones, in the order in which a form offers them.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        KEYS.iter().map(|(field, _)| field.clone())
    }

    /// Whether it is somebody's own name, or a part of it.
    pub fn is_name(&self) -> bool {
        matches!(self, Self::Name | Self::FirstName | Self::LastName)
    }

    /// How the field is written in a mapping: `employee_id`, `extra:pronouns`.
    pub fn key(&self) -> Cow<'static, str> {
        if let Self::Extra(name) = self {
            return Cow::Owned(format!("extra:{name}"));
        }
        let known = KEYS.iter().find(|(field, _)| field == self);
        Cow::Borrowed(known.map_or("", |(_, key)| key))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}

/// A word in a mapping that names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no field; the fields are: {fields}, extra:NAME and ignore", fields = KEYS.map(|(_, key)| key).join(", "))]
pub struct UnknownField(pub String);

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(key: &str) -> Result<Self, UnknownField> {
        let extra = key.strip_prefix("extra:").map(str::trim).filter(|name| !name.is_empty());
        let known = || KEYS.iter().find(|(_, known)| *known == key).map(|(field, _)| field.clone());
        extra.map(|name| Self::Extra(name.to_owned())).or_else(known).ok_or_else(|| UnknownField(key.to_owned()))
    }
}

impl TryFrom<String> for Field {
    type Error = UnknownField;

    fn try_from(key: String) -> Result<Self, UnknownField> {
        key.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.key().into_owned()
    }
}

/// What is done with a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// It is read as this field.
    Field(Field),
    /// It is left out, which is not the same as being unknown: nobody needs to be asked about it again.
    Ignore,
}

impl TryFrom<String> for Target {
    type Error = UnknownField;

    fn try_from(key: String) -> Result<Self, UnknownField> {
        if key == "ignore" { Ok(Self::Ignore) } else { key.parse().map(Self::Field) }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        match target {
            Target::Field(field) => field.into(),
            Target::Ignore => "ignore".to_owned(),
        }
    }
}

impl From<Field> for Target {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_key() {
        for field in Field::all().chain([Field::Extra("pronouns".to_owned())]) {
            assert_eq!(field.key().parse(), Ok(field));
        }
    }

    #[test]
    fn other_words_are_no_fields() {
        for key in ["", "extra:", "extra: ", "mail"] {
            assert_eq!(key.parse::<Field>(), Err(UnknownField(key.to_owned())));
        }
    }
}
