//! What makes a new password good enough: long, typed twice the same, and not one of those that are tried first.

use std::{collections::HashSet, sync::LazyLock};

use crate::kernel::form::{Check, Fields};

/// The shortest password, in characters.
const SHORTEST: usize = 12;
/// The longest, in bytes.
const LONGEST: usize = 1024;

/// The words and runs that most people think of, one a line.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().filter(|line| !line.is_empty()).collect());

/// Asks for a new password, twice the same.
pub(super) fn new_password(check: &mut Check<'_>, fields: &Fields) -> Option<String> {
    let password = fields.get("password");
    if password.chars().count() < SHORTEST {
        check.problem("password", "password_short", vec![("min", SHORTEST.to_string())]);
        return None;
    }
    if password.len() > LONGEST {
        check.problem("password", "too_long", vec![("max", LONGEST.to_string())]);
        return None;
    }
    if is_common(password) {
        check.problem("password", "password_common", Vec::new());
        return None;
    }
    if password != fields.get("password_again") {
        check.problem("password_again", "password_same", Vec::new());
        return None;
    }
    Some(password.to_owned())
}

/// Whether it is a common word or run, bare, repeated, or with the digits and signs before and after it that people
/// add until a form takes it: `Password2026!`, `qwertyqwerty`, `111111111111`.
fn is_common(password: &str) -> bool {
    let plain: String = password.to_lowercase().chars().filter(|letter| !letter.is_whitespace()).collect();
    let stem = plain.trim_matches(|letter: char| !letter.is_alphabetic());
    let known = |text: &str| COMMON.contains(text) || COMMON.contains(unit(text));
    unit(&plain).chars().count() < 5 || known(&plain) || known(stem)
}

/// The shortest piece of which the text is made by repeating it, the last time perhaps in part: `abcabca` is `abc`.
fn unit(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).skip(1);
    ends.map(|end| &text[..end]).find(|piece| text.starts_with(&text[piece.len()..])).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_thinks_of_is_refused() {
        for password in [
            "password1234",
            "Password2026!",
            "PASSWORDPASSWORD",
            "qwertyuiop12",
            "123456789012",
            "111111111111",
            "abcabcabcabc",
            "iloveyou2024",
            "let me in 2026",
            "Welcome12345",
            "Counterflow1!",
            "changemechangeme",
            "............",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_only_one_person_thinks_of_is_taken() {
        for password in
            ["four plain words here", "a password for Piet", "Tr0ub4dor&3-x9", "8302947561204", "ünïcödé wörter"]
        {
            assert!(!is_common(password), "{password}");
        }
    }

    #[test]
    fn the_list_is_as_it_is_searched() {
        assert!(COMMON.len() > 300);
        for word in COMMON.iter() {
            assert_eq!(*word, word.to_lowercase().trim(), "in lower case without spaces");
        }
    }
}
