//! A group of people as a set of bits, one for each person of a ledger.

use crate::error::Error;

/// Which of so many people belong to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    people: usize,
    len: usize,
    words: Vec<u64>,
}

impl Cohort {
    /// The group of those for whom `mask` is true; its length is the number of people.
    #[must_use]
    pub fn from_mask(mask: &[bool]) -> Self {
        let word = |bits: &[bool]| bits.iter().rev().fold(0, |word, &bit| word << 1 | u64::from(bit));
        let words: Vec<u64> = mask.chunks(64).map(word).collect();
        Self { people: mask.len(), len: mask.iter().filter(|&&member| member).count(), words }
    }

    /// The group of those members, each counted once, among `people` numbered from 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a member is not among the people.
    pub fn from_members(people: usize, members: impl IntoIterator<Item = usize>) -> Result<Self, Error> {
        let mut mask = vec![false; people];
        for member in members {
            *mask.get_mut(member).ok_or(Error::OutOfRange { what: "member", value: member as f64 })? = true;
        }
        Ok(Self::from_mask(&mask))
    }

    /// Everybody.
    pub(super) fn everybody(people: usize) -> Self {
        Self::from_mask(&vec![true; people])
    }

    /// How many people there are in all, members or not.
    #[must_use]
    pub fn people(&self) -> usize {
        self.people
    }

    /// How many members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether this person is a member.
    #[must_use]
    pub fn contains(&self, person: usize) -> bool {
        self.words.get(person / 64).is_some_and(|word| word >> (person % 64) & 1 == 1)
    }

    /// How many are in both.
    pub(super) fn shared(&self, other: &Self) -> usize {
        self.words.iter().zip(&other.words).map(|(one, two)| (one & two).count_ones() as usize).sum()
    }

    /// The members in their order.
    pub(super) fn members(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            std::iter::successors((word != 0).then_some(word), |&word| {
                let rest = word & (word - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |word| at * 64 + word.trailing_zeros() as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_members() {
        let cohort = Cohort::from_members(130, [129, 0, 64, 63, 64]).unwrap();
        assert_eq!(cohort.members().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!((cohort.len(), cohort.people()), (4, 130));
        assert!(cohort.contains(63) && !cohort.contains(1) && !cohort.contains(1_000));
        assert_eq!(cohort.shared(&Cohort::everybody(130)), 4);
        assert!(Cohort::from_members(3, [3]).is_err());
        assert!(Cohort::from_mask(&[]).is_empty());
    }
}
