//! Whole numbers modulo the prime 2^61 - 1, in which the linear systems of a ledger are solved without rounding.

/// 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;

/// So many numbers below the prime, and one more, can be added before a word is full.
const UNREDUCED: usize = 7;

/// A number below the prime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Residue(u64);

impl Residue {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const ONE: Self = Self(1);

    pub(super) fn plus(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        Self(if sum >= PRIME { sum - PRIME } else { sum })
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.plus(other.negative())
    }

    pub(super) fn negative(self) -> Self {
        Self(if self.0 == 0 { 0 } else { PRIME - self.0 })
    }

    pub(super) fn times(self, other: Self) -> Self {
        let product = u128::from(self.0) * u128::from(other.0);
        // 2^61 is 1, so the upper bits count as they stand.
        let sum = (product as u64 & PRIME) + (product >> 61) as u64;
        Self(if sum >= PRIME { sum - PRIME } else { sum })
    }

    /// One over this, by Fermat's little theorem; 0 for 0.
    pub(super) fn inverse(self) -> Self {
        let (mut power, mut square, mut rest) = (Self::ONE, self, PRIME - 2);
        while rest > 0 {
            if rest & 1 == 1 {
                power = power.times(square);
            }
            square = square.times(square);
            rest >>= 1;
        }
        power
    }

    /// The sum of picked entries.
    pub(super) fn sum(entries: &[Self], picked: &[usize]) -> Self {
        let parts = picked.chunks(UNREDUCED).map(|part| part.iter().map(|&at| entries[at].0).sum::<u64>());
        parts.fold(Self::ZERO, |sum, part| sum.plus(Self(part % PRIME)))
    }

    /// The sums of rows, entry by entry. A row counts as far as it goes.
    pub(super) fn sums<'a>(rows: impl Iterator<Item = &'a [Self]>, len: usize) -> Vec<Self> {
        let mut totals = vec![0; len];
        for (at, row) in rows.enumerate() {
            totals.iter_mut().zip(row).for_each(|(total, entry)| *total += entry.0);
            if at % UNREDUCED == UNREDUCED - 1 {
                totals.iter_mut().for_each(|total| *total %= PRIME);
            }
        }
        totals.into_iter().map(|total| Self(total % PRIME)).collect()
    }

    /// The lower bits, for a table of what is there.
    pub(super) fn low(self, bits: u32) -> usize {
        (self.0 & ((1 << bits) - 1)) as usize
    }

    /// The `index`-th of a fixed sequence without pattern, never 0: SplitMix64 (Steele, Lea and Flood 2014, OOPSLA).
    pub(super) fn scattered(index: u64) -> Self {
        let mut bits = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((bits ^ bits >> 31) % (PRIME - 1) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_field() {
        for index in 0..100 {
            let (a, b) = (Residue::scattered(index), Residue::scattered(index + 1_000));
            assert_eq!(a.times(a.inverse()), Residue::ONE);
            assert_eq!(a.plus(b).minus(b), a);
            assert_eq!(a.plus(a.negative()), Residue::ZERO);
            let product = u128::from(a.0) * u128::from(b.0) % u128::from(PRIME);
            assert_eq!(u128::from(a.times(b).0), product);
        }
        assert_eq!(Residue::ZERO.inverse(), Residue::ZERO);
    }
}
