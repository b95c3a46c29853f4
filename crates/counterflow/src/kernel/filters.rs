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
    Ok(name.to_string().replace('_', " "))
}

/// A count in groups of three: `38,212`.
#[askama::filter_fn]
pub fn grouped(number: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
    let digits = number.to_string();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("−", rest));
    let mut out = sign.to_owned();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    Ok(out)
}
