//! Where the cells of a table are kept: one text and the ends of the cells in it. A million rows of fifteen columns
//! take their text and 60 MB, in two allocations.

use super::{Quantity, TableError};

#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    text: String,
    ends: Vec<u32>,
}

impl Cells {
    /// Adds a cell. Fails when there is more text than 32 bits can count.
    pub(super) fn push(&mut self, cell: &str) -> Result<(), TableError> {
        self.text.push_str(cell);
        let end = u32::try_from(self.text.len())
            .map_err(|_| TableError::TooLarge { what: Quantity::Bytes, limit: u32::MAX.into() })?;
        self.ends.push(end);
        Ok(())
    }

    /// The cell with this number, counted from 0; empty after the last.
    pub(super) fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..end as usize]
    }

    /// Bytes of text.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }
}
