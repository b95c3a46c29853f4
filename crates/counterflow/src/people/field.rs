//! The fields of the directory, as rules name them.

use super::Profile;

/// What a rule can ask about. A field that is none of the directory's own is an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The level, as a number or as it is written.
    Level,
    /// Full years since the first day at work, with their fraction.
    TenureYears,
    /// Department.
    Department,
    /// Office.
    Location,
    /// Position.
    Title,
    /// Languages: several for one person.
    Languages,
    /// IANA name.
    TimeZone,
    /// Another column that the organization keeps.
    Attribute(String),
}

impl Field {
    /// The directory's own fields, in the order in which they are offered.
    pub const OWN: [Self; 7] = [
        Self::Level,
        Self::TenureYears,
        Self::Department,
        Self::Location,
        Self::Title,
        Self::Languages,
        Self::TimeZone,
    ];

    /// The field that a rule names.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let own = Self::OWN.into_iter().find(|field| field.name() == name);
        own.unwrap_or_else(|| Self::Attribute(name.to_owned()))
    }

    /// As a rule names it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Level => "level",
            Self::TenureYears => "tenure_years",
            Self::Department => "department",
            Self::Location => "location",
            Self::Title => "title",
            Self::Languages => "languages",
            Self::TimeZone => "time_zone",
            Self::Attribute(name) => name,
        }
    }

    /// The words that the directory has here for somebody, trimmed; blank ones are none. Of a level, the label.
    #[must_use]
    pub fn words<'p>(&self, person: &'p Profile) -> Vec<&'p str> {
        let words: Vec<&str> = match self {
            Self::Level => person.level_label.as_deref().into_iter().collect(),
            Self::TenureYears => Vec::new(),
            Self::Department => person.department.as_deref().into_iter().collect(),
            Self::Location => person.location.as_deref().into_iter().collect(),
            Self::Title => person.title.as_deref().into_iter().collect(),
            Self::Languages => person.languages.iter().map(String::as_str).collect(),
            Self::TimeZone => vec![&person.time_zone],
            Self::Attribute(name) => person.attributes.get(name).map(String::as_str).into_iter().collect(),
        };
        words.into_iter().map(str::trim).filter(|word| !word.is_empty()).collect()
    }

    /// The number that the directory has here for somebody. Years at work are none: they change from day to day.
    #[must_use]
    pub fn number(&self, person: &Profile) -> Option<f64> {
        match self {
            Self::Level => person.level.map(|level| level as f64),
            Self::Attribute(name) => person.attributes.get(name).and_then(|word| number(word)),
            _ => None,
        }
    }
}

/// A number as people write it: `7`, `1.5`, `1,5`.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}
