//! Where a function that rises or falls crosses zero.

use crate::error::Error;

/// More than the halvings between the largest and the smallest number.
const MOST_STEPS: usize = 3_000;

/// The zero of `f` between `a` and `b`, where it changes its sign, to the last bits.
///
/// Chandrupatla (1997), Advances in Engineering Software 28(3), 145-149: inverse quadratic interpolation where three
/// points allow it, halving everywhere else, so that it always arrives.
pub(crate) fn zero(
    what: &'static str,
    (mut a, mut b): (f64, f64),
    f: impl Fn(f64) -> Result<f64, Error>,
) -> Result<f64, Error> {
    let (mut at_a, mut at_b) = (f(a)?, f(b)?);
    if at_a == 0.0 {
        return Ok(a);
    }
    if at_b == 0.0 {
        return Ok(b);
    }
    if at_a.signum() == at_b.signum() {
        return Err(Error::OutOfReach { what });
    }
    let mut share = 0.5;
    for _ in 0..MOST_STEPS {
        let x = a + share * (b - a);
        let at_x = f(x)?;
        // `a` becomes the newest point, `b` stays on the other side of zero, `c` is what went before.
        let (c, at_c);
        if at_x.signum() == at_a.signum() {
            (c, at_c) = (a, at_a);
        } else {
            (c, at_c, b, at_b) = (b, at_b, a, at_a);
        }
        (a, at_a) = (x, at_x);
        let (best, at_best) = if at_a.abs() < at_b.abs() { (a, at_a) } else { (b, at_b) };
        let smallest = f64::EPSILON * best.abs() / (b - a).abs();
        if at_best == 0.0 || smallest > 0.5 {
            return Ok(best);
        }
        let (xi, phi) = ((a - b) / (c - b), (at_a - at_b) / (at_c - at_b));
        let next = if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
            at_a / (at_b - at_a) * at_c / (at_b - at_c)
                + (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
        } else {
            0.5
        };
        share = next.clamp(smallest.min(0.5), 1.0 - smallest.min(0.5));
    }
    Err(Error::NotConverged { what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_zero_to_the_last_bits() {
        type Curve = fn(f64) -> f64;
        let cases: [(Curve, f64, f64, f64); 4] = [
            (|x| x * x - 2.0, 0.0, 2.0, std::f64::consts::SQRT_2),
            (|x| 1.0 - 1.0 / x, 1e-6, 1e6, 1.0),
            (|x| x.exp() - 1e-300, -1000.0, 0.0, -300.0 * std::f64::consts::LN_10),
            (|x| x - 3.0, 3.0, 9.0, 3.0),
        ];
        for (f, a, b, expected) in cases {
            let found = zero("x", (a, b), |x| Ok(f(x))).unwrap();
            assert!((found / expected - 1.0).abs() <= 1e-15, "{found} for {expected}");
        }
    }

    #[test]
    fn says_when_there_is_none() {
        assert_eq!(zero("n", (1.0, 2.0), Ok), Err(Error::OutOfReach { what: "n" }));
    }
}
