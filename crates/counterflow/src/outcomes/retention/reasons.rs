//! Why somebody left, in the words of HR systems.

use std::sync::LazyLock;

use serde::Deserialize;

/// Headers of the column that says why somebody left, in lower case and without anything but letters.
const HEADERS: [&str; 17] = [
    "exittype",
    "exitreason",
    "reasonforleaving",
    "leavingreason",
    "leavereason",
    "leavingtype",
    "terminationtype",
    "terminationreason",
    "terminationcategory",
    "separationtype",
    "separationreason",
    "turnovertype",
    "austrittsgrund",
    "austrittsart",
    "kündigungsgrund",
    "motifdedépart",
    "leftwhy",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    other: Vec<String>,
    voluntary: Vec<String>,
}

static KNOWN: LazyLock<Known> =
    LazyLock::new(|| toml::from_str(include_str!("reasons.toml")).expect("reasons.toml is checked by a test"));

/// Whether a header names the column that says why somebody left.
pub(super) fn is_header(header: &str) -> bool {
    let letters: String = header.to_lowercase().chars().filter(|letter| letter.is_alphabetic()).collect();
    HEADERS.contains(&letters.as_str())
}

/// Whether people left by their own choice, if the words are known. `voluntary` are words that somebody said mean it.
pub(super) fn is_voluntary(reason: &str, voluntary: &[String]) -> Option<bool> {
    let reason = reason.trim().to_lowercase();
    if voluntary.iter().any(|word| word.trim().to_lowercase() == reason) {
        return Some(true);
    }
    let holds = |words: &[String]| words.iter().any(|word| reason.contains(word.as_str()));
    if holds(&KNOWN.other) {
        Some(false)
    } else if holds(&KNOWN.voluntary) {
        Some(true)
    } else {
        // Whoever said which words mean a choice has said that the others do not.
        (!voluntary.is_empty()).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_hr_systems_are_known() {
        let check = |reason: &str, expected: Option<bool>| assert_eq!(is_voluntary(reason, &[]), expected, "{reason}");
        check("Voluntary", Some(true));
        check("Involuntary - Performance", Some(false));
        check("Resignation", Some(true));
        check("Retirement", Some(false));
        check("Eigenkündigung", Some(true));
        check("Kündigung durch Arbeitgeber", Some(false));
        check("X7", None);
        assert_eq!(is_voluntary("X7", &["x7".to_owned()]), Some(true));
        assert_eq!(is_voluntary("X8", &["x7".to_owned()]), Some(false));
    }

    #[test]
    fn headers_are_known_however_they_are_written() {
        for header in ["exit_type", "Termination Reason", "Austrittsgrund", "Reason for leaving"] {
            assert!(is_header(header), "{header}");
        }
        assert!(!is_header("Reason"));
    }
}
