//! Eligibility: who can take part, by rules over the directory. A person fits who fulfills every rule of a side.

use std::collections::BTreeMap;

use crate::{
    kernel::{
        clock::Day,
        error::{Answer, Error},
    },
    people::{Profile, Values},
    programs::{
        Round,
        template::{Eligibility, Operator, Rule},
    },
};

/// The rules that are stored with a round.
///
/// # Errors
/// A defect if they cannot be read.
pub fn eligibility(round: &Round) -> Answer<Eligibility> {
    serde_json::from_str(&round.eligibility)
        .map_err(|error| Error::defect(format!("stored eligibility rules cannot be read: {error}")))
}

/// What a rule asks about. A field that is none of the directory's own is an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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

    /// The values that occur, each with how many people have it.
    #[must_use]
    pub fn values(&self, values: &Values) -> BTreeMap<String, usize> {
        let of_attribute = |name: &String| values.attributes.get(name).cloned().unwrap_or_default();
        match self {
            Self::Level if values.level_labels.is_empty() => {
                values.levels.iter().map(|(level, count)| (level.to_string(), *count)).collect()
            }
            Self::Level => values.level_labels.clone(),
            Self::TenureYears => BTreeMap::new(),
            Self::Department => values.departments.clone(),
            Self::Location => values.locations.clone(),
            Self::Title => values.titles.clone(),
            Self::Languages => values.languages.clone(),
            Self::TimeZone => values.time_zones.clone(),
            Self::Attribute(name) => of_attribute(name),
        }
    }

    /// How this field can be compared, by what occurs in it: numbers by size, words by choice.
    #[must_use]
    pub fn operators(&self, values: &Values) -> &'static [Operator] {
        use Operator::{AtLeast, AtMost, IsKnown, NotOneOf, OneOf};
        const NUMBERS: &[Operator] = &[AtLeast, AtMost, IsKnown];
        const WORDS: &[Operator] = &[OneOf, NotOneOf, IsKnown];
        let by_size = match self {
            Self::TenureYears => true,
            Self::Level => !values.levels.is_empty(),
            Self::Attribute(_) => {
                let words = self.values(values);
                !words.is_empty() && words.keys().all(|word| number(word).is_some())
            }
            _ => false,
        };
        if by_size { NUMBERS } else { WORDS }
    }

    /// The number that a person has here, if it is one.
    fn number_of(&self, person: &Profile, today: Day) -> Option<f64> {
        match self {
            Self::Level => person.level.map(|level| level as f64),
            Self::TenureYears => person.started_on.map(|day| f64::from(today.days_since(day)) / 365.25),
            Self::Attribute(name) => person.attributes.get(name).and_then(|word| number(word)),
            _ => None,
        }
    }

    /// Whether one of the words that a person has here is as asked. Blank words are none.
    fn has_word(&self, person: &Profile, is_asked: impl Fn(&str) -> bool) -> bool {
        let asked = |word: &str| !word.trim().is_empty() && is_asked(word.trim());
        let of_one = |word: &Option<String>| word.as_deref().is_some_and(asked);
        match self {
            Self::Level => of_one(&person.level_label) || of_one(&person.level.map(|level| level.to_string())),
            Self::TenureYears => false,
            Self::Department => of_one(&person.department),
            Self::Location => of_one(&person.location),
            Self::Title => of_one(&person.title),
            Self::Languages => person.languages.iter().any(|word| asked(word)),
            Self::TimeZone => asked(&person.time_zone),
            Self::Attribute(name) => person.attributes.get(name).is_some_and(|word| asked(word)),
        }
    }
}

/// A number as people write it: `7`, `1.5`, `1,5`.
fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It compares by size, and what it compares with is no number.
    NotANumber,
    /// It chooses among values, and names none.
    NoValues,
}

/// A rule that is ready to be asked many times.
#[derive(Debug)]
struct Ready {
    field: Field,
    test: Test,
}

#[derive(Debug)]
enum Test {
    AtLeast(f64),
    AtMost(f64),
    OneOf(Vec<String>),
    NotOneOf(Vec<String>),
    IsKnown,
}

impl Ready {
    fn of(rule: &Rule) -> Result<Self, Flaw> {
        let bound = || number(&rule.value).ok_or(Flaw::NotANumber);
        let choices = || {
            let words: Vec<_> = rule.values.iter().map(|word| word.trim().to_lowercase()).collect();
            if words.iter().all(String::is_empty) { Err(Flaw::NoValues) } else { Ok(words) }
        };
        let test = match rule.is {
            Operator::AtLeast => Test::AtLeast(bound()?),
            Operator::AtMost => Test::AtMost(bound()?),
            Operator::OneOf => Test::OneOf(choices()?),
            Operator::NotOneOf => Test::NotOneOf(choices()?),
            Operator::IsKnown => Test::IsKnown,
        };
        Ok(Self { field: Field::named(&rule.field), test })
    }

    fn holds(&self, person: &Profile, today: Day) -> bool {
        let number = || self.field.number_of(person, today);
        let chosen = |words: &[String]| self.field.has_word(person, |word| words.contains(&word.to_lowercase()));
        match &self.test {
            Test::AtLeast(bound) => number().is_some_and(|number| number >= *bound),
            Test::AtMost(bound) => number().is_some_and(|number| number <= *bound),
            Test::OneOf(words) => chosen(words),
            Test::NotOneOf(words) => !chosen(words),
            Test::IsKnown => number().is_some() || self.field.has_word(person, |_| true),
        }
    }
}

/// What is wrong with a rule, if anything.
#[must_use]
pub fn flaw(rule: &Rule) -> Option<Flaw> {
    Ready::of(rule).err()
}

/// The people who fulfill every rule, in the order given. A rule with a flaw is fulfilled by nobody.
///
/// Who has no value: never at least or at most, never one of, always none of.
#[must_use]
pub fn who_fits<'p>(rules: &[Rule], people: &'p [Profile], today: Day) -> Vec<&'p Profile> {
    let Ok(rules) = rules.iter().map(Ready::of).collect::<Result<Vec<_>, _>>() else { return Vec::new() };
    people.iter().filter(|person| rules.iter().all(|rule| rule.holds(person, today))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::ids::PersonId, people::Status};

    const TODAY: &str = "2026-01-12";

    /// Ruth leads Finance in Lagos at level 9, since 2016; Ana came half a year ago, and little is known of her.
    fn people() -> Vec<Profile> {
        let ruth = Profile {
            id: PersonId::new(),
            name: "Ruth Okafor".into(),
            email: Some("ruth.okafor@halden.example".into()),
            title: Some("Chief financial officer".into()),
            level: Some(9),
            level_label: Some("L9".into()),
            department: Some("Finance".into()),
            location: Some("Lagos".into()),
            time_zone: "Africa/Lagos".into(),
            started_on: Some("2016-01-12".parse().unwrap()),
            languages: vec!["English".into(), "Igbo".into()],
            attributes: [("Grade".into(), "1,5".into()), ("Group".into(), "Women in tech".into())].into(),
            status: Status::Active,
        };
        let ana = Profile {
            id: PersonId::new(),
            name: "Ana Lim".into(),
            title: None,
            level: None,
            level_label: None,
            department: Some(" ".into()),
            location: Some("lagos ".into()),
            started_on: Some("2025-07-12".parse().unwrap()),
            languages: Vec::new(),
            attributes: BTreeMap::new(),
            ..ruth.clone()
        };
        vec![ruth, ana]
    }

    fn rule(field: &str, is: Operator, with: &[&str]) -> Rule {
        let values: Vec<String> = with.iter().map(|word| (*word).to_owned()).collect();
        Rule { field: field.to_owned(), is, value: values.first().cloned().unwrap_or_default(), values }
    }

    #[track_caller]
    fn check(rules: &[Rule], expected: &[&str]) {
        let people = people();
        let fit = who_fits(rules, &people, TODAY.parse().unwrap());
        assert_eq!(fit.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), expected, "{rules:?}");
    }

    #[test]
    fn each_operator_on_each_kind_of_field() {
        use Operator::{AtLeast, AtMost, IsKnown, NotOneOf, OneOf};
        let (both, ruth, ana, nobody) =
            (&["Ruth Okafor", "Ana Lim"][..], &["Ruth Okafor"][..], &["Ana Lim"][..], &[][..]);
        for (field, is, with, expected) in [
            ("level", AtLeast, &["9"][..], ruth),
            ("level", AtLeast, &["9.5"], nobody),
            ("level", AtMost, &["9"], ruth),
            ("level", AtMost, &["8"], nobody),
            ("level", OneOf, &["l9"], ruth),
            ("level", OneOf, &["9"], ruth),
            ("level", NotOneOf, &["L9"], ana),
            ("level", IsKnown, &[], ruth),
            ("tenure_years", AtLeast, &["9.9"], ruth),
            ("tenure_years", AtLeast, &["0,4"], both),
            ("tenure_years", AtMost, &["1"], ana),
            ("tenure_years", IsKnown, &[], both),
            ("tenure_years", OneOf, &["10"], nobody),
            ("department", OneOf, &["Legal", "finance"], ruth),
            ("department", NotOneOf, &["Finance"], ana),
            ("department", IsKnown, &[], ruth),
            ("department", AtLeast, &["3"], nobody),
            ("location", OneOf, &["Lagos"], both),
            ("title", OneOf, &["Chief financial officer"], ruth),
            ("languages", OneOf, &["igbo", "German"], ruth),
            ("languages", NotOneOf, &["Igbo"], ana),
            ("languages", IsKnown, &[], ruth),
            ("time_zone", OneOf, &["Africa/Lagos"], both),
            ("Grade", AtLeast, &["1.5"], ruth),
            ("Grade", AtMost, &["1.4"], nobody),
            ("Group", OneOf, &["Women in tech"], ruth),
            ("Group", AtLeast, &["1"], nobody),
            ("Nobody keeps this", IsKnown, &[], nobody),
            ("Nobody keeps this", NotOneOf, &["x"], both),
        ] {
            check(&[rule(field, is, with)], expected);
        }
    }

    #[test]
    fn every_rule_has_to_hold() {
        check(&[], &["Ruth Okafor", "Ana Lim"]);
        let lagos = rule("location", Operator::OneOf, &["Lagos"]);
        let new = rule("tenure_years", Operator::AtMost, &["2"]);
        check(&[lagos.clone(), new.clone()], &["Ana Lim"]);
        check(&[lagos, new, rule("level", Operator::IsKnown, &[])], &[]);
    }

    #[test]
    fn a_flaw_is_named_and_fits_nobody() {
        for (rule, expected) in [
            (rule("level", Operator::AtLeast, &["seven"]), Some(Flaw::NotANumber)),
            (rule("level", Operator::AtMost, &[]), Some(Flaw::NotANumber)),
            (rule("level", Operator::AtMost, &["inf"]), Some(Flaw::NotANumber)),
            (rule("department", Operator::OneOf, &[]), Some(Flaw::NoValues)),
            (rule("department", Operator::NotOneOf, &[" "]), Some(Flaw::NoValues)),
            (rule("department", Operator::IsKnown, &[]), None),
        ] {
            assert_eq!(flaw(&rule), expected, "{rule:?}");
            if expected.is_some() {
                check(&[rule], &[]);
            }
        }
    }

    #[test]
    fn fields_offer_what_they_can_be_asked() {
        let values = Values::of(&people());
        let asked = |name: &str| Field::named(name).operators(&values)[0];
        assert_eq!(asked("level"), Operator::AtLeast);
        assert_eq!(asked("Grade"), Operator::AtLeast, "an attribute in which every value is a number");
        assert_eq!(asked("Group"), Operator::OneOf);
        assert_eq!(asked("Nobody keeps this"), Operator::OneOf);
        assert_eq!(Field::named("languages").values(&values).len(), 2);
        for field in Field::OWN {
            assert_eq!(Field::named(field.name()), field);
        }
    }
}
