//! What can be wrong with criteria, and where.

use std::fmt;

use crate::number::Number;

/// One thing that is wrong with criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriteriaError {
    /// The part of the form.
    pub place: Place,
    /// The key in it; empty where the text as a whole cannot be read.
    pub key: String,
    /// What is wrong.
    pub problem: Problem,
}

impl std::error::Error for CriteriaError {}

impl fmt::Display for CriteriaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Top => {}
            Place::ChainOfCommand => f.write_str("chain_of_command, ")?,
            Place::Criterion(position) => write!(f, "criterion {}, ", position + 1)?,
        }
        if !matches!(self.problem, Problem::Syntax { .. }) {
            write!(f, "`{}` ", self.key)?;
        }
        write!(f, "{}", self.problem)
    }
}

/// A part of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Outside any table.
    Top,
    /// The table `[chain_of_command]`.
    ChainOfCommand,
    /// The `[[criterion]]` at this position, from 0. In words it is counted from 1.
    Criterion(usize),
}

/// What is wrong with a key or its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The text is not TOML.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What the reader of TOML says, in English.
        message: String,
    },
    /// The key has to be there.
    #[error("is missing")]
    Missing,
    /// The form has no such key.
    #[error("is not a known key")]
    UnknownKey,
    /// The key means nothing beside another one.
    #[error("has no meaning with {with}")]
    DoesNotApply {
        /// The other key, or key and value.
        with: String,
    },
    /// The value is of another type.
    #[error("has to be {expected}, not {found}")]
    WrongType {
        /// Such as "a text".
        expected: &'static str,
        /// The TOML type of what was found.
        found: &'static str,
    },
    /// The word is none of those that are possible.
    #[error("has to be one of {}, not {found:?}", expected.join(", "))]
    UnknownWord {
        /// The word found.
        found: String,
        /// The words that are possible.
        expected: Vec<&'static str>,
    },
    /// The text says nothing.
    #[error("is empty")]
    Blank,
    /// The number is too small or too large.
    #[error("has to be {range}, not {found}")]
    OutOfRange {
        /// The number found.
        found: Number,
        /// What is possible.
        range: Range,
    },
}

/// A range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Any number above 0.
    Positive,
    /// 0 or any number above.
    NotNegative,
    /// From one number to another, both included.
    FromTo(i32, i32),
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Positive => f.write_str("more than 0"),
            Self::NotNegative => f.write_str("0 or more"),
            Self::FromTo(least, most) => write!(f, "from {least} to {most}"),
        }
    }
}
