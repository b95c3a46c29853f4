//! Eligibility: who can take part, by rules over the directory. A person fits who fulfills every rule of a side.
//! Here a rule is asked of one person after the other; `fitting` asks it of the whole directory at once.

use crate::{
    kernel::{
        clock::Day,
        error::{Answer, Error},
        words,
    },
    people::{Column, Profile, number},
    programs::{
        Round,
        template::{Eligibility, Operator, Rule},
    },
};

pub use crate::people::Field;

/// The rules that are stored with a round.
///
/// # Errors
/// A defect if they cannot be read.
pub fn eligibility(round: &Round) -> Answer<Eligibility> {
    serde_json::from_str(&round.eligibility)
        .map_err(|error| Error::defect(format!("stored eligibility rules cannot be read: {error}")))
}

/// How a field can be compared, by what occurs in it: numbers by size, words by choice.
#[must_use]
pub fn operators(column: Option<&Column>) -> &'static [Operator] {
    use Operator::{AtLeast, AtMost, IsKnown, NotOneOf, OneOf};
    const NUMBERS: &[Operator] = &[AtLeast, AtMost, IsKnown];
    const WORDS: &[Operator] = &[OneOf, NotOneOf, IsKnown];
    if column.is_some_and(Column::is_by_size) { NUMBERS } else { WORDS }
}

/// What a rule asks about, as people read it.
pub(super) fn field_words(field: &Field) -> String {
    let name = field.name();
    if words::has("field", name) { words::say("field", name, &[]) } else { name.to_owned() }
}

/// Full years from one day to another, with their fraction.
pub(super) fn years(from: Day, to: Day) -> f64 {
    f64::from(to.days_since(from)) / 365.25
}

/// The number that a person has in a field, if it is one.
fn number_of(field: &Field, person: &Profile, today: Day) -> Option<f64> {
    match field {
        Field::TenureYears => person.started_on.map(|day| years(day, today)),
        _ => field.number(person),
    }
}

/// Whether one of the words that a person has in a field is as asked. A level may be called by its label or its number.
fn has_word(field: &Field, person: &Profile, is_asked: impl Fn(&str) -> bool) -> bool {
    let level = || person.level.map(|level| level.to_string());
    field.words(person).into_iter().any(&is_asked)
        || *field == Field::Level && level().is_some_and(|level| is_asked(&level))
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
pub(super) struct Ready {
    pub field: Field,
    pub test: Test,
}

#[derive(Debug)]
pub(super) enum Test {
    AtLeast(f64),
    AtMost(f64),
    OneOf(Vec<String>),
    NotOneOf(Vec<String>),
    IsKnown,
}

impl Ready {
    pub fn of(rule: &Rule) -> Result<Self, Flaw> {
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
        let number = || number_of(&self.field, person, today);
        let chosen = |words: &[String]| has_word(&self.field, person, |word| words.contains(&word.to_lowercase()));
        match &self.test {
            Test::AtLeast(bound) => number().is_some_and(|number| number >= *bound),
            Test::AtMost(bound) => number().is_some_and(|number| number <= *bound),
            Test::OneOf(words) => chosen(words),
            Test::NotOneOf(words) => !chosen(words),
            Test::IsKnown => number().is_some() || has_word(&self.field, person, |_| true),
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
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        kernel::ids::PersonId,
        people::{Rows, Snapshot, Status},
    };

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
        let directory = Snapshot::of(people());
        let asked = |name: &str| operators(directory.column(&Field::named(name)))[0];
        assert_eq!(asked("level"), Operator::AtLeast);
        assert_eq!(asked("Grade"), Operator::AtLeast, "an attribute in which every value is a number");
        assert_eq!(asked("Group"), Operator::OneOf);
        assert_eq!(asked("Nobody keeps this"), Operator::OneOf);
        assert_eq!(directory.column(&Field::Languages).unwrap().counted(&Rows::all(2)), [("English", 1), ("Igbo", 1)]);
        for field in Field::OWN {
            assert_eq!(Field::named(field.name()), field);
        }
    }
}
