//! The columns of a model.

use crate::{Terms, error::Error};

/// The squares of larger values have no sum.
const LARGEST: f64 = 1e100;

/// Named columns with a number for each row. Columns stay as they are given, without a copy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Design {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Design {
    /// No columns yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more column.
    ///
    /// # Errors
    /// [`Error::Lengths`] if it is not as long as the others, [`Error::OutOfRange`] for a value above 1e100 or that is no
    /// number, or for more than [`Terms::MOST`] columns.
    pub fn with(mut self, name: impl Into<String>, column: Vec<f64>) -> Result<Self, Error> {
        if let Some(first) = self.columns.first() {
            super::super::data::same_length("column", column.len(), first.len())?;
        }
        if self.columns.len() == Terms::MOST {
            return Err(Error::OutOfRange { what: "terms", value: Terms::MOST as f64 + 1.0 });
        }
        if let Some(value) = column.iter().find(|value| value.is_nan() || value.abs() > LARGEST) {
            return Err(Error::OutOfRange { what: "column", value: *value });
        }
        self.names.push(name.into());
        self.columns.push(column);
        Ok(self)
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }
}
