//! The headers that are known, from `headers.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::Field;
use crate::Row;
use crate::clean::fold;

/// What a known header means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    Field(Field),
    /// The manager, by id, e-mail or name.
    Manager,
}

/// How a header is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub meaning: Meaning,
    /// How well it says what it means: the higher the better. A known header has 500 more than a part of one.
    pub score: i32,
    /// The part of the header, where it is not known as a whole.
    pub word: Option<&'static str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    #[serde(default)]
    exact: Vec<String>,
    #[serde(default)]
    contains: Vec<String>,
}

struct Dictionary {
    exact: HashMap<String, (Meaning, i32)>,
    /// Parts of headers as they are compared and as they are written; the longest first.
    contains: Vec<(String, Meaning, String)>,
    never: Vec<String>,
    last_first: Vec<String>,
    bare_name: Vec<String>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let sections: BTreeMap<String, Section> =
        toml::from_str(include_str!("headers.toml")).expect("headers.toml is part of the program and tested");
    Dictionary::of(sections)
});

impl Dictionary {
    fn of(mut sections: BTreeMap<String, Section>) -> Self {
        let mut list = |name: &str| {
            let section = sections.remove(name);
            section.map_or(Vec::new(), |list| list.exact.iter().chain(&list.contains).map(|h| key(h)).collect())
        };
        let (never, last_first, bare_name) = (list("never"), list("last_first"), list("bare_name"));
        let (mut exact, mut contains) = (HashMap::new(), Vec::new());
        for (name, section) in sections {
            let meaning = name.parse().map_or(Meaning::Manager, Meaning::Field);
            for (rank, header) in (0..).zip(&section.exact) {
                exact.entry(key(header)).or_insert((meaning.clone(), 1000 - rank));
            }
            for word in section.contains {
                contains.push((key(&word), meaning.clone(), word));
            }
        }
        contains.sort_by_key(|(key, ..)| std::cmp::Reverse(key.len()));
        Self { exact, contains, never, last_first, bare_name }
    }
}

/// A header as it is compared: lower case, without accents, spaces and punctuation.
fn key(header: &str) -> String {
    let header = header.replace('#', "number").replace('+', "plus");
    fold(&header).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a header means, if it is known or a part of it is.
pub(super) fn lookup(header: &str) -> Option<Known> {
    let key = key(header);
    if let Some((meaning, score)) = DICTIONARY.exact.get(&key) {
        return Some(Known { meaning: meaning.clone(), score: *score, word: None });
    }
    if is_never(header) {
        return None;
    }
    // A header that names the manager is about the manager, whatever else it contains.
    let about_manager = |(_, meaning, _): &&(String, Meaning, String)| *meaning == Meaning::Manager;
    let found = |(part, ..): &&(String, Meaning, String)| key.contains(part.as_str());
    let parts = || DICTIONARY.contains.iter().filter(found);
    let (_, meaning, word) = parts().find(about_manager).or_else(|| parts().next())?;
    Some(Known { meaning: meaning.clone(), score: 500, word: Some(word) })
}

/// Whether the header says that the column is none of ours: private addresses, dates of birth, other managers.
pub(super) fn is_never(header: &str) -> bool {
    let key = key(header);
    DICTIONARY.never.iter().any(|never| key.contains(never.as_str()))
}

/// Whether this header of a whole name says that the last name comes first.
pub(super) fn is_last_first(header: &str) -> bool {
    DICTIONARY.last_first.contains(&key(header))
}

/// Whether this header means the whole name only if no other column has a part of it.
pub(super) fn is_bare_name(header: &str) -> bool {
    DICTIONARY.bare_name.contains(&key(header))
}

/// Whether a row is a second header: SuccessFactors writes the names of its columns twice, for machines and people.
pub(crate) fn is_header_row(row: Row<'_>) -> bool {
    let filled = row.cells().filter(|cell| !cell.is_empty()).count();
    let known = row.cells().filter(|cell| DICTIONARY.exact.contains_key(&key(cell))).count();
    known >= 3 && known * 2 >= filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_a_field_or_a_list() {
        let sections: BTreeMap<String, Section> = toml::from_str(include_str!("headers.toml")).unwrap();
        for name in sections.keys() {
            let is_list = ["manager", "never", "last_first", "bare_name"].contains(&name.as_str());
            assert!(is_list || name.parse::<Field>().is_ok(), "{name}");
        }
        for field in Field::all() {
            assert!(sections.contains_key(&*field.key()), "{field}");
        }
    }

    #[test]
    fn no_header_means_two_things() {
        let sections: BTreeMap<String, Section> = toml::from_str(include_str!("headers.toml")).unwrap();
        let mut seen = HashMap::new();
        for (name, section) in sections.iter().filter(|(name, _)| !["last_first", "bare_name"].contains(&name.as_str()))
        {
            for header in &section.exact {
                let other = seen.insert(key(header), name);
                assert!(other.is_none_or(|other| other == name), "{header} is in {name} and {other:?}");
            }
        }
    }

    #[test]
    fn headers_are_compared_without_case_and_punctuation() {
        let check = |header: &str, expected: Option<Field>| {
            let found = lookup(header).map(|known| match known.meaning {
                Meaning::Field(field) => field,
                Meaning::Manager => Field::ManagerName,
            });
            assert_eq!(found, expected, "{header}");
        };
        check("EMPLOYEE_ID", Some(Field::EmployeeId));
        check("Employee #", Some(Field::EmployeeId));
        check("Straße", None);
        check("Email Information Email Address", Some(Field::Email));
        check("Personal Email", None);
        check("Home Email", None);
        check("Date of Birth", None);
        check("Worker's Manager(s)", Some(Field::ManagerName));
        check("Manager Email Address", Some(Field::ManagerEmail));
        check("Direct Manager's Email", Some(Field::ManagerName));
        check("N+1", Some(Field::ManagerName));
        check("Date d'embauche", Some(Field::StartDate));
        check("", None);
    }
}
