//! What people read when something is wrong or done, by key: `words/en.toml`. Other languages will follow beside it.

use std::{collections::BTreeMap, sync::LazyLock};

use super::labels;

type Catalog = BTreeMap<String, BTreeMap<String, String>>;

static ENGLISH: LazyLock<Catalog> =
    LazyLock::new(|| toml::from_str(include_str!("../../words/en.toml")).expect("words/en.toml is checked by a test"));

/// The sentence under `[section] key`, in the words of the program ([`labels`]) and with `{name}` filled in from
/// `data`. An unknown key answers with itself:
/// a test makes sure that none is left.
#[must_use]
pub fn say(section: &str, key: &str, data: &[(&str, String)]) -> String {
    let Some(sentence) = ENGLISH.get(section).and_then(|keys| keys.get(key)) else {
        return key.to_owned();
    };
    let sentence = labels::say(sentence); // before the data, in which brackets are people's own
    data.iter().fold(sentence, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Whether there are words for it.
#[must_use]
pub fn has(section: &str, key: &str) -> bool {
    ENGLISH.get(section).is_some_and(|keys| keys.contains_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::labels::Words;

    #[test]
    fn fills_in_data() {
        assert_eq!(say("problem", "too_long", &[("max", "80".into())]), "Write at most 80 characters.");
        assert!(!has("problem", "no such key"));
    }

    /// What a program can call otherwise stands in brackets. Not so the name of a role, and what people do.
    #[test]
    fn sentences_name_people_in_brackets() {
        let product = [Words::of(""), Words::of("reverse")];
        let ours = |word: &&str| product.iter().flat_map(Words::all).any(|(_, ours)| *word == ours);
        let without = |text: String, [open, close]: [char; 2]| {
            text.split(open).map(|part| part.split_once(close).map_or(part, |(_, rest)| rest)).collect::<String>()
        };
        let known = ["mentor lead", "mentors the", "equals mentor"];
        for (section, sentences) in ENGLISH.iter() {
            for (key, sentence) in sentences {
                let spoken = without(without(sentence.to_lowercase(), ['[', ']']), ['{', '}']);
                let spoken = known.iter().fold(spoken, |text, known| text.replace(known, ""));
                let found = spoken.split(|letter: char| !letter.is_alphabetic()).find(ours);
                assert_eq!(found, None, "[{section}] {key}: {sentence}");
            }
        }
    }
}
