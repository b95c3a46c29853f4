//! What was probably meant by a manager whom nobody is.

use std::collections::HashMap;

use super::directory::Directory;
use crate::ManagerRef;
use crate::clean::name_key;

/// How many candidates are looked at for all misspelled managers of a file together, which takes well under a second.
/// With a thousand people that is for three thousand managers, with a million for three. A file with more of them has
/// another problem than misspelling.
const CANDIDATES: usize = 3_000_000;
/// How many letters may be wrong, missing, too many, or changed with the next one.
const DISTANCE: usize = 2;

/// Remembers answers: many report to the same misspelled manager.
#[derive(Default)]
pub(super) struct Closest {
    answers: HashMap<String, Option<String>>,
    candidates_seen: usize,
}

impl Closest {
    /// The id, e-mail or name that differs least from the wanted one; nothing if none is close.
    pub(super) fn to(&mut self, wanted: &ManagerRef, directory: &Directory<'_>) -> Option<String> {
        if let Some(answer) = self.answers.get(wanted.as_str()) {
            return answer.clone();
        }
        if self.candidates_seen >= CANDIDATES {
            return None;
        }
        self.candidates_seen += directory.keys_like(wanted).len();
        let key = match wanted {
            // Ids that differ by a digit are other people. The same digits written otherwise are not.
            ManagerRef::Id(id) => same_id(id, directory.keys_like(wanted)),
            ManagerRef::Email(email) => nearest(email, directory.keys_like(wanted)),
            ManagerRef::Name(name) => nearest_name(&name_key(name), || directory.keys_like(wanted)),
        };
        let answer = key.and_then(|key| directory.written(wanted, key));
        self.answers.insert(wanted.as_str().to_owned(), answer.clone());
        answer
    }
}

/// An id with the same letters and digits, but for leading zeros, case and punctuation.
fn same_id<'k>(wanted: &str, ids: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let core = |id: &str| -> String {
        let plain: String = id.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        plain.trim_start_matches('0').to_owned()
    };
    let wanted = core(wanted);
    if wanted.is_empty() { None } else { ids.filter(|id| core(id) == wanted).min() }
}

/// A name of the same words in another order, else one that differs by a few letters.
fn nearest_name<'k, I: Iterator<Item = &'k str>>(wanted: &str, names: impl Fn() -> I) -> Option<&'k str> {
    let sorted = |name: &str| {
        let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    let words = sorted(wanted);
    let reordered = names().filter(|name| name.len() == wanted.len()).filter(|name| sorted(name) == words).min();
    reordered.or_else(|| nearest(wanted, names()))
}

/// The candidate with the fewest changes; of two, the first in the alphabet. Most are ruled out by their length and
/// the set of their letters, before counting changes.
fn nearest<'k>(wanted: &str, candidates: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let letters = letters(wanted);
    let near = candidates.filter(|candidate| {
        candidate.len().abs_diff(wanted.len()) <= 4 * DISTANCE
            && (self::letters(candidate) ^ letters).count_ones() <= 2 * DISTANCE as u32
    });
    let counted = near.map(|candidate| (changes(wanted, candidate), candidate));
    // In a short word two changes make another word.
    let allowed = if wanted.chars().count() < 6 { 1 } else { DISTANCE };
    counted.filter(|(distance, _)| *distance <= allowed).min().map(|(_, candidate)| candidate)
}

/// The number of changes that make one word the other. They are between the common beginning and the common end,
/// which for e-mails is most of both.
fn changes(a: &str, b: &str) -> usize {
    let common = |(a, b): &(char, char)| a == b;
    let start: usize = a.chars().zip(b.chars()).take_while(common).map(|(a, _)| a.len_utf8()).sum();
    let (a, b) = (&a[start..], &b[start..]);
    let end: usize = a.chars().rev().zip(b.chars().rev()).take_while(common).map(|(a, _)| a.len_utf8()).sum();
    strsim::osa_distance(&a[..a.len() - end], &b[..b.len() - end])
}

/// Which letters a word has, one bit for each (some share one). A change takes away at most one and adds at most one.
fn letters(word: &str) -> u64 {
    let bit = |letter: char| match letter {
        'a'..='z' => u32::from(letter) - u32::from('a'),
        '0'..='9' => 26 + u32::from(letter) - u32::from('0'),
        _ => 36 + u32::from(letter) % 28,
    };
    word.chars().fold(0, |letters, letter| letters | 1 << bit(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_candidate_is_found() {
        let candidates = ["p.raman@halden.example", "p.roman@halden.example", "w.zhang@halden.example"];
        let check = |wanted: &str, expected| assert_eq!(nearest(wanted, candidates.into_iter()), expected, "{wanted}");
        check("p.raman@halden.exmaple", Some("p.raman@halden.example"));
        check("p.ramann@halden.example", Some("p.raman@halden.example"));
        check("raman@halden.example", Some("p.raman@halden.example"));
        check("p.rbman@halden.example", Some("p.raman@halden.example"));
        check("priya.raman@halden.example", None);
        check("", None);
    }

    #[test]
    fn changes_are_counted() {
        let check = |a: &str, b: &str, expected| assert_eq!(changes(a, b), expected, "{a} {b}");
        check("", "", 0);
        check("ana", "ana", 0);
        check("aa", "a", 1);
        check("abcd", "acbd", 1);
        check("zoë", "zoe", 1);
        check("ab@x", "xy@x", 2);
    }

    #[test]
    fn ids_written_otherwise_are_the_same() {
        let check =
            |wanted: &str, expected| assert_eq!(same_id(wanted, ["00117", "e-9", "40118"].into_iter()), expected);
        check("117", Some("00117"));
        check("E9", Some("e-9"));
        check("40117", None);
        check("-", None);
    }

    #[test]
    fn words_of_names_may_be_turned_round() {
        let names = ["wei zhang", "wei zheng"];
        assert_eq!(nearest_name("zhang wei", || names.into_iter()), Some("wei zhang"));
        assert_eq!(nearest_name("wei zhong", || names.into_iter()), Some("wei zhang"));
        assert_eq!(nearest_name("ana sol", || names.into_iter()), None);
    }
}
