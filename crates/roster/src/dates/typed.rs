//! The forms of dates.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{DateOrder, Epoch};
use crate::clean::fold;

/// What was typed. Numbers may be out of the calendar's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    /// The form says which number is the day.
    Fixed {
        year: i16,
        month: u8,
        day: u8,
        /// The order, where the form has one that a reader may want to know.
        order: Option<DateOrder>,
    },
    /// `3/1/2024`: it does not.
    Open { first: u8, second: u8, year: i16 },
}

/// Names of months in the languages of the headers, folded.
const MONTHS: [&str; 12] = [
    "jan january januar janner janvier janv ene enero",
    "feb february februar fevrier fevr fev febrero",
    "mar march mrz marz maerz mars marzo",
    "apr april avril avr abr abril",
    "may mai mayo",
    "jun june juni juin junio",
    "jul july juli juillet juil julio",
    "aug august aout ago agosto",
    "sep sept september septembre septiembre set setiembre",
    "oct october okt oktober octobre octubre",
    "nov november novembre noviembre",
    "dec december dez dezember decembre dic diciembre",
];
static MONTH_NAMES: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
    let months = MONTHS.iter().zip(1..);
    months.flat_map(|(names, month)| names.split(' ').map(move |name| (name, month))).collect()
});

/// Reads `2024-03-01`, `20240301`, `3/1/2024`, `01.03.2024`, `1-Mar-2024`, `March 1st, 2024`, `1 de marzo de 2024`, each
/// also with a time of day, which is dropped. Numbers of days are dates in workbooks only (`epoch`).
pub(crate) fn parse(text: &str, epoch: Option<Epoch>) -> Option<Typed> {
    let text = without_time(text.trim());
    if text.len() > 40 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.matches('.').count() < 2 {
        return from_number(text, epoch);
    }
    let separators = |c: char| matches!(c, '/' | '-' | '.' | ',' | ' ' | '\u{a0}');
    let is_filler = |word: &str| matches!(word, "de" | "of" | "del" | "le");
    let words = text.split(separators).filter(|word| !word.is_empty() && !is_filler(&word.to_lowercase()));
    let words: Vec<&str> = words.take(4).collect();
    let [a, b, c] = words[..] else { return None };
    if let Some(month) = month_named(b) {
        named(month, a, c)
    } else if let Some(month) = month_named(a) {
        named(month, b, c)
    } else if a.len() == 4 {
        fixed(year(a)?, small(b)?, small(c)?, None)
    } else if text.contains('.') {
        fixed(year(c)?, small(b)?, small(a)?, Some(DateOrder::DayFirst))
    } else {
        Some(Typed::Open { first: small(a)?, second: small(b)?, year: year(c)? })
    }
}

/// `2024-03-01T00:00:00Z`, `2024-03-01-08:00` (Workday) and `3/1/2024 12:00:00 AM` without the time.
fn without_time(text: &str) -> &str {
    let is_iso = text.bytes().zip(*b"0000-00-00").filter(|(b, form)| match form {
        b'-' => *b == b'-',
        _ => b.is_ascii_digit(),
    });
    if is_iso.count() == 10 && !text.as_bytes().get(10).is_some_and(u8::is_ascii_digit) {
        return &text[..10];
    }
    let Some(colon) = text.find(':') else { return text };
    text[..colon].rfind(' ').map_or(text, |space| text[..space].trim_end())
}

/// `20240301`, or a number of days in a workbook. The fraction of a day is its time.
fn from_number(text: &str, epoch: Option<Epoch>) -> Option<Typed> {
    let whole = text.split('.').next().unwrap_or(text);
    if text.len() == 8 && whole.len() == 8 {
        return fixed(year(&text[..4])?, small(&text[4..6])?, small(&text[6..])?, None);
    }
    // From 1901 to 2199: smaller numbers are no dates of people at work, but counts, levels, ids.
    let days = whole.parse::<i32>().ok().filter(|days| (367..=109_000).contains(days))?;
    let start: Date = match epoch? {
        // Not the 1st of January, because Excel believes that 1900 was a leap year.
        Epoch::Of1900 => date(1899, 12, 30),
        Epoch::Of1904 => date(1904, 1, 1),
    };
    let date = start.checked_add(days.days()).ok()?;
    fixed(date.year(), date.month().unsigned_abs(), date.day().unsigned_abs(), None)
}

fn month_named(word: &str) -> Option<u8> {
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    MONTH_NAMES.get(fold(word).as_str()).copied()
}

/// A month by name, and the two numbers beside it: the one with four digits is the year, else the second.
fn named(month: u8, a: &str, b: &str) -> Option<Typed> {
    let (day, year_word) = if a.len() == 4 && a.bytes().all(|b| b.is_ascii_digit()) { (b, a) } else { (a, b) };
    let day = day.trim_end_matches(|c: char| c.is_alphabetic() || c == 'º');
    fixed(year(year_word)?, month, small(day)?, None)
}

fn fixed(year: i16, month: u8, day: u8, order: Option<DateOrder>) -> Option<Typed> {
    Some(Typed::Fixed { year, month, day, order })
}

/// One or two digits.
fn small(digits: &str) -> Option<u8> {
    let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

/// Four digits, or two: 69 to 99 are of the last century, as POSIX has it.
fn year(digits: &str) -> Option<i16> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i16 = digits.parse().ok()?;
    match digits.len() {
        4 => Some(number),
        2 if number >= 69 => Some(1900 + number),
        2 => Some(2000 + number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_with_a_fixed_order() {
        let check = |text: &str, expected: (i16, u8, u8)| match parse(text, None) {
            Some(Typed::Fixed { year, month, day, .. }) => assert_eq!((year, month, day), expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        };
        for text in [
            "2024-03-01",
            "2024/3/1",
            "2024.03.01",
            "20240301",
            "01.03.2024",
            "1.3.24",
            "1-Mar-2024",
            "01-MAR-24",
            "1 March 2024",
            "March 1, 2024",
            "Mar 1st, 2024",
            "1. März 2024",
            "1er mars 2024",
            "1 de marzo de 2024",
            "2024-Mar-01",
            "2024-03-01T09:30:00",
            "2024-03-01T09:30:00+01:00",
            "2024-03-01-08:00",
            "2024-03-01 00:00:00",
            "01.03.2024 00:00",
            " 2024-03-01 ",
        ] {
            check(text, (2024, 3, 1));
        }
        check("31.12.1998", (1998, 12, 31));
        check("31.12.98", (1998, 12, 31));
        check("31.12.9999", (9999, 12, 31));
        check("2024-13-45", (2024, 13, 45));
    }

    #[test]
    fn forms_with_an_open_order() {
        let check = |text: &str, expected: (u8, u8, i16)| match parse(text, None) {
            Some(Typed::Open { first, second, year }) => assert_eq!((first, second, year), expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        };
        check("3/1/2024", (3, 1, 2024));
        check("03/01/24", (3, 1, 2024));
        check("3-1-2024", (3, 1, 2024));
        check("3/1/2024 12:00:00 AM", (3, 1, 2024));
        check("3/25/1999", (3, 25, 1999));
    }

    #[test]
    fn days_are_counted_in_workbooks_only() {
        let fixed = |year, month, day| Some(Typed::Fixed { year, month, day, order: None });
        assert_eq!(parse("45352", Some(Epoch::Of1900)), fixed(2024, 3, 1));
        assert_eq!(parse("45352.75", Some(Epoch::Of1900)), fixed(2024, 3, 1));
        assert_eq!(parse("43890", Some(Epoch::Of1904)), fixed(2024, 3, 1));
        assert_eq!(parse("45352", None), None);
        assert_eq!(parse("7", Some(Epoch::Of1900)), None);
    }

    #[test]
    fn other_things_are_no_dates() {
        for text in
            ["", "-", "soon", "3/2024", "1/2/3/2024", "1/1/20244", "12:30", "Mayor 1 2024", "١/١/٢٠٢٤", "....", "é/é/é"]
        {
            assert_eq!(parse(text, None), None, "{text:?}");
        }
    }
}
