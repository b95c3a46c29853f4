//! Whether somebody works here, by the word in the status column.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::{Question, StatusWords, WordCount};

/// Whether somebody works here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Works here.
    #[default]
    Active,
    /// Works here, and is away for long.
    OnLeave,
    /// Has left.
    Left,
}

/// How many unknown words a question shows.
const UNKNOWN_WORDS: usize = 20;

/// The words that are known, and the unknown ones that were met.
pub(super) struct StatusReader {
    known: HashMap<String, Status>,
    unknown: BTreeMap<String, usize>,
}

impl StatusReader {
    /// The words of the mapping go before the built-in ones.
    pub(super) fn new(words: &StatusWords) -> Self {
        let built_in: StatusWords =
            toml::from_str(include_str!("status.toml")).expect("status.toml is part of the program and tested");
        let mut known = HashMap::new();
        for list in [words, &built_in] {
            for (status, words) in
                [(Status::Left, &list.left), (Status::OnLeave, &list.on_leave), (Status::Active, &list.active)]
            {
                for word in words {
                    known.entry(word.trim().to_lowercase()).or_insert(status);
                }
            }
        }
        Self { known, unknown: BTreeMap::new() }
    }

    /// The status in a cleaned cell. Somebody with an unknown word counts as active until the question is answered.
    pub(super) fn read(&mut self, word: &str) -> Status {
        if word.is_empty() {
            return Status::Active;
        }
        let known = self.known.get(&word.to_lowercase()).copied();
        known.unwrap_or_else(|| {
            *self.unknown.entry(word.to_owned()).or_default() += 1;
            Status::Active
        })
    }

    /// The question what the unknown words mean; the commonest first.
    pub(super) fn question(self, column: &str) -> Option<Question> {
        let words = self.unknown.into_iter().map(|(word, rows)| WordCount { word, rows });
        let mut words: Vec<WordCount> = words.collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.rows));
        words.truncate(UNKNOWN_WORDS);
        (!words.is_empty()).then(|| Question::StatusWords { column: column.to_owned(), words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_or_asked_about() {
        let words = StatusWords { left: vec!["Alumni".to_owned(), "On Leave".to_owned()], ..StatusWords::default() };
        let mut reader = StatusReader::new(&words);
        let mut check = |word: &str, expected| assert_eq!(reader.read(word), expected, "{word}");
        check("", Status::Active);
        check("Active", Status::Active);
        check("TERMINATED", Status::Left);
        check("In Elternzeit", Status::OnLeave);
        check("alumni", Status::Left);
        check("on leave", Status::Left);
        check("Seconded", Status::Active);
        check("Alien", Status::Active);
        check("Seconded", Status::Active);
        let count = |word: &str, rows| WordCount { word: word.to_owned(), rows };
        let words = vec![count("Seconded", 2), count("Alien", 1)];
        assert_eq!(reader.question("Status"), Some(Question::StatusWords { column: "Status".to_owned(), words }));
    }

    #[test]
    fn no_built_in_word_means_two_things() {
        let words: StatusWords = toml::from_str(include_str!("status.toml")).unwrap();
        let all = words.active.iter().chain(&words.on_leave).chain(&words.left);
        let mut seen = std::collections::HashSet::new();
        for word in all {
            assert!(seen.insert(word), "{word}");
            assert_eq!(*word, word.to_lowercase());
        }
    }
}
