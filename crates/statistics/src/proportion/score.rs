//! The score interval of a difference of two shares.

use super::Table;
use crate::{Interval, distribution::normal, error::Error, solve};

/// So near the observed difference the search for a limit begins.
const NEAR: f64 = 1e-12;

impl Table {
    /// The score interval of the difference: Miettinen and Nurminen (1985), Statistics in Medicine 4, 213-226, with their
    /// factor `N / (N - 1)` on the variance; method 5 of Newcombe (1998) lacks only that factor.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a level that is not between 0 and 1; [`Error::NotConverged`] is not expected.
    pub fn miettinen_nurminen(&self, level: f64) -> Result<Interval, Error> {
        let z = normal::two_sided(1.0 - level)?;
        let difference = self.difference();
        // The distance of a difference from the observed one, less what its standard error allows.
        let beyond = |delta: f64| Ok((difference - delta).abs() - z * self.variance_at(delta).sqrt());
        let limit = |end: f64| {
            let near = difference + NEAR * end;
            let within = (end - near) * end > 0.0 && beyond(near)? < 0.0;
            if within { solve::zero("difference", (end, near), beyond) } else { Ok(end) }
        };
        Ok(Interval { lower: limit(-1.0)?, upper: limit(1.0)? })
    }

    /// The variance of the observed difference if the true one is `delta` and the shares are the likeliest that differ so.
    fn variance_at(&self, delta: f64) -> f64 {
        let (n1, n2) = (self.n1 as f64, self.n2 as f64);
        let p2 = self.likeliest_second(delta);
        let p1 = (p2 + delta).clamp(0.0, 1.0);
        let all = n1 + n2;
        (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2) * all / (all - 1.0)
    }

    /// The likeliest second share if the first is larger by `delta`: the root of a cubic that lies where both are shares
    /// (Miettinen and Nurminen 1985, appendix I; Farrington and Manning 1990).
    fn likeliest_second(&self, delta: f64) -> f64 {
        let (n1, n2, x1, x2) = (self.n1 as f64, self.n2 as f64, self.x1 as f64, self.x2 as f64);
        let (low, high) = ((-delta).max(0.0), (1.0 - delta).min(1.0));
        let all = n1 + n2;
        let square = (n1 + 2.0 * n2) * delta - all - x1 - x2;
        let linear = (n2 * delta - all - 2.0 * x2) * delta + x1 + x2;
        let constant = x2 * delta * (1.0 - delta);
        let third = square / (3.0 * all);
        let q = third.powi(3) - square * linear / (6.0 * all * all) + constant / (2.0 * all);
        let p = (third * third - linear / (3.0 * all)).max(0.0).sqrt().copysign(q);
        let angle = (std::f64::consts::PI + (q / p.powi(3)).clamp(-1.0, 1.0).acos()) / 3.0;
        let mut share = if p == 0.0 { -third } else { 2.0 * p * angle.cos() - third };
        // The cosine loses digits near the ends; Newton's steps bring them back.
        for _ in 0..3 {
            let value = ((all * share + square) * share + linear) * share + constant;
            let slope = (3.0 * all * share + 2.0 * square) * share + linear;
            let next = share - value / slope;
            if next.is_finite() && (low..=high).contains(&next) {
                share = next;
            }
        }
        share.clamp(low, high.max(low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Group = (u64, u64);

    /// Limits by bisection with 40 digits in mpmath 1.3, the shares by bisection on the slope of the likelihood.
    const LIMITS: [(Group, Group, f64, f64); 7] = [
        ((56, 70), (48, 80), 0.052_829_713_245_844_6, 0.338_172_940_015_868_34),
        ((9, 10), (3, 10), 0.170_025_016_424_398_74, 0.840_649_543_943_328_2),
        ((6, 7), (2, 7), 0.034_175_545_084_364_385, 0.853_405_259_897_420_3),
        ((5, 56), (0, 29), -0.032_596_561_743_513_76, 0.193_330_976_690_880_73),
        ((0, 10), (0, 20), -0.165_760_227_542_171_65, 0.284_381_339_534_377_33),
        ((10, 10), (0, 20), 0.715_618_660_465_622_6, 1.0),
        ((388, 400), (1104, 1200), 0.024_642_183_215_667_75, 0.071_571_455_255_577_43),
    ];

    #[test]
    fn agrees_with_many_digits() {
        for (one, two, lower, upper) in LIMITS {
            let found = Table::new(one, two).unwrap().miettinen_nurminen(0.95).unwrap();
            let near = |found: f64, expected: f64| (found - expected).abs() < 1e-11;
            assert!(near(found.lower, lower) && near(found.upper, upper), "{one:?} {two:?}: {found:?}");
        }
    }

    #[test]
    fn groups_may_change_places() {
        let (one, two) = ((5, 56), (0, 29));
        let found = Table::new(one, two).unwrap().miettinen_nurminen(0.9).unwrap();
        let turned = Table::new(two, one).unwrap().miettinen_nurminen(0.9).unwrap();
        assert!((found.lower + turned.upper).abs() < 1e-12 && (found.upper + turned.lower).abs() < 1e-12);
    }
}
