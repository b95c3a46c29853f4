//! Filters for templates.
#![expect(missing_docs, reason = "the macro that makes a filter writes types without docs")]

use std::fmt::Write as _;

use askama::filters::{Html, Safe, escape};

/// Text with its line breaks kept and its addresses made into links. Everything else is escaped.
#[askama::filter_fn]
pub fn linked(text: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
    let mut out = String::new();
    for (number, line) in text.to_string().lines().enumerate() {
        if number > 0 {
            out.push_str("<br>");
        }
        for (position, word) in line.split(' ').enumerate() {
            if position > 0 {
                out.push(' ');
            }
            let word_html = escape(word, Html)?;
            if word.starts_with("https://") || word.starts_with("http://") {
                write!(out, "<a href=\"{word_html}\" rel=\"noreferrer\">{word_html}</a>")?;
            } else {
                write!(out, "{word_html}")?;
            }
        }
    }
    Ok(Safe(out))
}

/// A column's name as people read it: `cost_center` is cost center.
#[askama::filter_fn]
pub fn spaced(name: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(name.to_string().replace('_', " ").replace(':', ": "))
}

/// A count in groups of three: `38,212`.
#[askama::filter_fn]
pub fn grouped(number: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(group(&number.to_string()))
}

/// Commas between groups of three digits, and a minus as typesetters write it.
#[must_use]
pub fn group(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("−", rest));
    let mut out = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_are_grouped() {
        let check = |number: i64, expected: &str| assert_eq!(super::group(&number.to_string()), expected);
        check(0, "0");
        check(999, "999");
        check(-1279, "−1,279");
        check(1_000_000, "1,000,000");
    }
}
