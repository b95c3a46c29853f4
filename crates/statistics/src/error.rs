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
    /// Nothing was given.
    Empty {
        /// Of what.
        what: &'static str,
    },
    /// Two columns do not belong together.
    Lengths {
        /// Which one does not fit.
        what: &'static str,
        /// How long it is.
        have: usize,
        /// How long it should be.
        need: usize,
    },
    /// Too little happened.
    NotEnoughEvents {
        /// How often it did.
        have: usize,
        /// How often it has to.
        need: usize,
    },
    /// A term whose coefficient grows without end: it tells those with the event from those without.
    Separation {
        /// Its place among the terms.
        term: usize,
    },
    /// Terms that are combinations of earlier ones, or constant.
    Collinear {
        /// Their places.
        terms: Terms,
    },
    /// Fewer people than may be shown.
    BelowThreshold {
        /// How many there are.
        have: usize,
        /// How many it takes.
        need: usize,
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
}

/// Places of terms in a model of at most 64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Terms(u64);

impl Terms {
    /// How many terms a model may have.
    pub const MOST: usize = 64;

    /// The places, rising.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..Self::MOST).filter(move |place| self.0 >> place & 1 == 1)
    }
}

impl FromIterator<usize> for Terms {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        Self(places.into_iter().filter(|place| *place < Self::MOST).fold(0, |all, place| all | 1 << place))
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { what, value } => write!(f, "{what} cannot be {value}"),
            Self::OutOfReach { what } => write!(f, "no {what} gives what was asked for"),
            Self::NotConverged { what } => write!(f, "{what} did not converge"),
            Self::Empty { what } => write!(f, "{what} is empty"),
            Self::Lengths { what, have, need } => write!(f, "{what} has {have} values in place of {need}"),
            Self::NotEnoughEvents { have, need } => write!(f, "{have} events, and {need} are needed"),
            Self::Separation { term } => write!(f, "term {term} separates those with the event from those without"),
            Self::Collinear { terms } => write!(f, "terms {terms:?} follow from the others"),
            Self::BelowThreshold { have, need } => write!(f, "{have} people, and it takes {need}"),
            Self::TooFew { what, have, need } => write!(f, "{have} of {what} is too few, it takes {need}"),
            Self::NoSpread { what } => write!(f, "every {what} is the same"),
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
