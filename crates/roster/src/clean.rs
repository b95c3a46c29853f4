//! Text as people type it, made comparable: stray spaces, invisible characters, accents, case.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};

/// Removes what nobody means to type: spaces at the ends and doubled or non-breaking ones between words, line
/// breaks, control characters, and marks that are invisible or turn the direction of text. The result is Unicode NFC.
///
/// Zero-width joiners stay: Persian and several Indian scripts spell names with them.
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_clean(text) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace()) {
        let before = cleaned.len();
        if before > 0 {
            cleaned.push(' ');
        }
        let start = cleaned.len();
        cleaned.extend(word.chars().filter(|c| !is_noise(*c)).nfc());
        if cleaned.len() == start {
            cleaned.truncate(before);
        }
    }
    Cow::Owned(cleaned)
}

/// Most cells are plain ASCII without stray spaces, and those are not copied.
fn is_clean(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain = bytes.iter().all(|b| (b' '..=b'~').contains(b));
    let spaced =
        bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ') || bytes.windows(2).any(|pair| pair == b"  ");
    if plain {
        return !spaced;
    }
    !spaced && !text.chars().any(|c| is_noise(c) || (c != ' ' && c.is_whitespace())) && is_nfc(text)
}

/// Control characters, soft hyphens, byte order marks, and marks that set the direction of text.
fn is_noise(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Lower case without accents: `Müller-Łukasz` becomes `muller-lukasz`. For comparing, never for showing.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            // Lower-casing `İ` leaves a dot above, which is a mark like the others.
            c if is_combining_mark(c) || is_noise(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// The folded words of a name, with one space between: `O'Brien,  Ana-María` becomes `o brien ana maria`.
pub(crate) fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for word in fold(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

/// At most `limit` characters of a value, for messages.
pub(crate) fn shorten(value: &str, limit: usize) -> String {
    match value.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_characters_go() {
        let check = |typed: &str, expected: &str| assert_eq!(clean(typed), expected, "{typed:?}");
        check("Kwame Boateng", "Kwame Boateng");
        check("  Kwame \u{a0} Boateng\t", "Kwame Boateng");
        check("Berlin\r\nMitte", "Berlin Mitte");
        check("Ine\u{301}s", "Inés");
        check("\u{feff}Ana\u{200b}", "Ana");
        check("Ana \u{200b} Sol", "Ana Sol");
        check("abc\u{202e}txt.exe", "abctxt.exe");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        check("\u{a0}", "");
        check("", "");
    }

    #[test]
    fn folding_is_for_comparing() {
        let check = |typed: &str, expected: &str| assert_eq!(name_key(typed), expected, "{typed:?}");
        check("Müller-Łukasz", "muller lukasz");
        check("STRAßE", "strasse");
        check("O'Brien,  Ana-María", "o brien ana maria");
        check("İnci Işık", "inci isik");
        check("王 伟", "王 伟");
    }

    #[test]
    fn shortening_counts_characters() {
        assert_eq!(shorten("éééé", 2), "éé…");
        assert_eq!(shorten("éé", 2), "éé");
    }
}
