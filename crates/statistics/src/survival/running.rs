//! A sum that goes on, keeping what each addition loses.

/// Neumaier's sum (1974, ZAMM 54, 39-51): what leaves again leaves nothing behind but its own rounding.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Running {
    sum: f64,
    lost: f64,
}

impl Running {
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        let next = self.sum + value;
        // Knuth's two-sum: the same loss as Neumaier's, without a branch.
        let back = next - self.sum;
        self.lost += (self.sum - (next - back)) + (value - back);
        self.sum = next;
    }

    #[inline]
    pub(super) fn value(&self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_survives_what_is_large() {
        let mut sum = Running::default();
        [1.0, 1e100, 1.0, -1e100].into_iter().for_each(|value| sum.add(value));
        assert_eq!(sum.value(), 2.0);
    }
}
