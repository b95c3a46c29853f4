//! A set of the people in a snapshot, one bit for each.

/// Which rows of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    words: Vec<u64>,
    /// How many rows the snapshot has; the bits behind them are never set.
    len: usize,
}

impl Rows {
    /// None of `len`.
    #[must_use]
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// All of `len`.
    #[must_use]
    pub fn all(len: usize) -> Self {
        let mut rows = Self::none(len);
        rows.invert();
        rows
    }

    /// Puts a row in.
    pub fn insert(&mut self, row: u32) {
        self.words[row as usize / 64] |= 1 << (row % 64);
    }

    /// Whether a row is in.
    #[must_use]
    pub fn contains(&self, row: u32) -> bool {
        self.words[row as usize / 64] & (1 << (row % 64)) != 0
    }

    /// Leaves those that are in `other` too.
    pub fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Takes out those that are in `other`.
    pub fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Puts in what was out, and takes out what was in.
    pub fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        let used = self.len % 64;
        if let (Some(last), true) = (self.words.last_mut(), used > 0) {
            *last &= (1 << used) - 1;
        }
    }

    /// How many are in.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many are in both.
    #[must_use]
    pub fn count_shared(&self, other: &Self) -> usize {
        self.words.iter().zip(&other.words).map(|(word, other)| (word & other).count_ones() as usize).sum()
    }

    /// Those that are in, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.checked_sub(1)?;
                Some(at as u32 * 64 + bit)
            })
        })
    }
}

impl Extend<u32> for Rows {
    fn extend<T: IntoIterator<Item = u32>>(&mut self, rows: T) {
        rows.into_iter().for_each(|row| self.insert(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_a_set() {
        for len in [0, 1, 63, 64, 65, 200] {
            let all = Rows::all(len);
            assert_eq!(all.count(), len);
            assert_eq!(all.iter().collect::<Vec<_>>(), (0..len as u32).collect::<Vec<_>>());
            let mut thirds = Rows::none(len);
            thirds.extend((0..len as u32).step_by(3));
            let mut others = thirds.clone();
            others.invert();
            assert_eq!(thirds.count() + others.count(), len);
            assert_eq!(thirds.count_shared(&others), 0);
            assert!(thirds.iter().all(|row| row % 3 == 0 && thirds.contains(row) && !others.contains(row)));
            let mut left = all.clone();
            left.remove(&thirds);
            assert_eq!(left, others);
            left.keep(&thirds);
            assert_eq!(left, Rows::none(len));
        }
    }
}
