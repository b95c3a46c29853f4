//! From bytes to text.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// How text was written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// UTF-16, low byte first (what Excel calls "Unicode text").
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Latin-1 (ISO 8859-1).
    Latin1,
    /// Windows-1252: Latin-1 with typographic quotes, dashes and the euro sign.
    Windows1252,
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Latin1 => "Latin-1",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

/// The encoding of `bytes`: by the byte order mark; else by the zero bytes that UTF-16 has in Latin text; else UTF-8
/// where it fits; else Windows-1252, or Latin-1 where the two agree.
///
/// A few bad bytes in a file that is otherwise full of UTF-8 do not make all of it Latin-1: they become replacement
/// characters, which are reported row by row.
pub(super) fn detect(bytes: &[u8]) -> Encoding {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        Encoding::Utf8
    } else if bytes.starts_with(b"\xff\xfe") {
        Encoding::Utf16Le
    } else if bytes.starts_with(b"\xfe\xff") {
        Encoding::Utf16Be
    } else if let Some(utf16) = utf16_without_mark(bytes) {
        utf16
    } else if mostly_utf8(bytes) {
        Encoding::Utf8
    } else if bytes.iter().any(|b| (0x80..=0x9f).contains(b)) {
        Encoding::Windows1252
    } else {
        Encoding::Latin1
    }
}

/// Separators, digits and line breaks have a zero byte in UTF-16 whatever the language; text without UTF-16 has none.
fn utf16_without_mark(bytes: &[u8]) -> Option<Encoding> {
    let pairs = bytes[..bytes.len().min(4096)].chunks_exact(2);
    let count = pairs.len();
    let (high, low) =
        pairs.fold((0, 0), |(high, low), pair| (high + usize::from(pair[0] == 0), low + usize::from(pair[1] == 0)));
    let mostly = |zeros: usize, others: usize| zeros * 4 > count && others * 20 <= count;
    if mostly(low, high) {
        Some(Encoding::Utf16Le)
    } else if mostly(high, low) {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// Whether the bytes are UTF-8, or broken UTF-8 rather than another encoding: at least 50 good characters beyond
/// ASCII for each broken place.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut broken, mut beyond_ascii) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        broken += usize::from(!chunk.invalid().is_empty());
        beyond_ascii += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
    }
    beyond_ascii >= 50 * broken
}

/// The text, without a byte order mark.
pub(super) fn decode(bytes: &[u8], encoding: Encoding) -> Cow<'_, str> {
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
        Encoding::Utf16Le => UTF_16LE.decode_with_bom_removal(bytes).0,
        Encoding::Utf16Be => UTF_16BE.decode_with_bom_removal(bytes).0,
        Encoding::Latin1 | Encoding::Windows1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Whether decoded text is no text: zero characters, or many control characters.
pub(super) fn is_binary(text: &str) -> bool {
    let is_control = |b: u8| b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a);
    let head = &text.as_bytes()[..text.len().min(64 * 1024)];
    text.as_bytes().contains(&0) || head.iter().filter(|b| is_control(**b)).count() * 100 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn encodings_are_detected_and_decoded() {
        let check = |bytes: &[u8], encoding: Encoding, text: &str| {
            assert_eq!(detect(bytes), encoding, "{text}");
            assert_eq!(decode(bytes, encoding), text);
        };
        let text = "id;name\n1;Inés Müller\n";
        check(text.as_bytes(), Encoding::Utf8, text);
        check(b"id;name\n", Encoding::Utf8, "id;name\n");
        check(&[b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8, text);
        check(&utf16(text, u16::to_le_bytes), Encoding::Utf16Le, text);
        check(&utf16(text, u16::to_be_bytes), Encoding::Utf16Be, text);
        check(&utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), Encoding::Utf16Le, text);
        check(&utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), Encoding::Utf16Be, text);
        check(b"id;name\n1;In\xe9s M\xfcller\n", Encoding::Latin1, text);
        check(b"id;name\n1;In\xe9s \x80\n", Encoding::Windows1252, "id;name\n1;Inés €\n");
        let chinese = "编号,姓名\n1,王伟\n2,李娜\n";
        check(&utf16(chinese, u16::to_le_bytes), Encoding::Utf16Le, chinese);
    }

    #[test]
    fn one_broken_character_does_not_change_the_encoding() {
        let mut bytes = "Müller,".repeat(60).into_bytes();
        bytes.push(0xc3);
        assert_eq!(detect(&bytes), Encoding::Utf8);
        assert!(decode(&bytes, Encoding::Utf8).ends_with('\u{fffd}'));
    }

    #[test]
    fn binary_is_not_text() {
        assert!(is_binary("a\0b"));
        assert!(is_binary(&"\u{1}\u{2}abc".repeat(10)));
        assert!(!is_binary("id\tname\r\n1\tAna\r\n\u{1a}"));
        assert!(!is_binary(""));
    }
}
