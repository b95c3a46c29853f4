//! The few lines of JSON that a report takes (RFC 8259), so that the crate needs no other.

use std::fmt::{self, Write};

/// A JSON value. Members keep the order in which they are given.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// A number; an infinity or NaN is written as `null`, because JSON has neither.
    Number(f64),
    /// A whole number.
    Count(u64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What is there, or `null`.
    pub fn maybe<T>(value: Option<T>, json: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, json)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            // The shortest digits that read back as the same bits.
            Self::Number(value) if value.is_finite() => write!(f, "{value:?}"),
            Self::Number(_) => f.write_str("null"),
            Self::Count(value) => write!(f, "{value}"),
            Self::Text(text) => quoted(f, text),
            Self::List(items) => {
                f.write_char('[')?;
                for (place, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if place > 0 { "," } else { "" })?;
                }
                f.write_char(']')
            }
            Self::Object(members) => {
                f.write_char('{')?;
                for (place, (name, value)) in members.iter().enumerate() {
                    f.write_str(if place > 0 { "," } else { "" })?;
                    quoted(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_as_what_was_written() {
        let json = Json::Object(vec![
            ("text", Json::text("a \"quote\", a \\ and\na tab\t, ü")),
            (
                "list",
                Json::List(vec![Json::Number(1e-300), Json::Number(-0.1), Json::Number(5.0), Json::Count(u64::MAX)]),
            ),
            ("nothing", Json::List(vec![Json::Null, Json::Number(f64::NAN), Json::Number(f64::INFINITY)])),
        ]);
        let read: serde_json::Value = serde_json::from_str(&json.to_string()).unwrap();
        assert_eq!(read["text"], "a \"quote\", a \\ and\na tab\t, ü");
        assert_eq!(read["list"], serde_json::json!([1e-300, -0.1, 5.0, u64::MAX]));
        assert_eq!(read["nothing"], serde_json::json!([null, null, null]));
    }
}
