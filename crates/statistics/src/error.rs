use std::fmt;

/// Why there is no figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Error {
    /// An argument for which the figure is not defined.
    OutOfRange {
        /// Which, as the function calls it.
        what: &'static str,
        /// What it was.
        value: f64,
    },
    /// No argument gives what was asked for (a power that no effect reaches).
    OutOfReach {
        /// What was looked for.
        what: &'static str,
    },
    /// An iteration did not settle.
    NotConverged {
        /// Of which function.
        what: &'static str,
    },
    /// Fewer values than the figure takes.
    TooFew {
        /// Of what.
        what: &'static str,
        /// How many there are.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// All values are equal, so that nothing can be measured by their spread.
    NoSpread {
        /// Which values.
        what: &'static str,
    },
    /// Lists that belong together have different lengths.
    Mismatched {
        /// Which lists.
        what: &'static str,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { what, value } => write!(f, "{what} cannot be {value}"),
            Self::OutOfReach { what } => write!(f, "no {what} gives what was asked for"),
            Self::NotConverged { what } => write!(f, "{what} did not converge"),
            Self::TooFew { what, have, need } => write!(f, "{have} of {what} is too few, it takes {need}"),
            Self::NoSpread { what } => write!(f, "every {what} is the same"),
            Self::Mismatched { what } => write!(f, "{what} differ in length"),
        }
    }
}

impl std::error::Error for Error {}

/// A number above a bound; infinity is none.
pub(crate) fn above(what: &'static str, value: f64, bound: f64) -> Result<f64, Error> {
    if value.is_finite() && value > bound { Ok(value) } else { Err(Error::OutOfRange { what, value }) }
}

/// A number between 0 and 1, neither of them.
pub(crate) fn inside(what: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value < 1.0 { Ok(value) } else { Err(Error::OutOfRange { what, value }) }
}

/// Any number but an infinity or NaN.
pub(crate) fn finite(what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() { Ok(value) } else { Err(Error::OutOfRange { what, value }) }
}
