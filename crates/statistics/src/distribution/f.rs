//! Fisher's F distribution: the ratio of two mean squares.

use crate::{
    error::{Error, above},
    special::beta_inc,
};

/// P(F > x) with `df1` and `df2` degrees of freedom, with all its digits where it is small: `I_y(df2/2, df1/2)` at
/// `y = df2 / (df2 + df1 x)` (Johnson, Kotz and Balakrishnan 1995, chapter 27).
///
/// # Errors
/// [`Error::OutOfRange`] unless the degrees of freedom are above 0 and `x` is 0 or above.
pub fn sf(x: f64, df1: f64, df2: f64) -> Result<f64, Error> {
    let (y, rest) = shares(x, df1, df2)?;
    beta_inc(0.5 * df2, 0.5 * df1, y, rest)
}

/// P(F <= x), with all its digits where it is small.
///
/// # Errors
/// As [`sf`].
pub fn cdf(x: f64, df1: f64, df2: f64) -> Result<f64, Error> {
    let (y, rest) = shares(x, df1, df2)?;
    beta_inc(0.5 * df1, 0.5 * df2, rest, y)
}

/// `df2 / (df2 + df1 x)` and what it lacks of 1.
fn shares(x: f64, df1: f64, df2: f64) -> Result<(f64, f64), Error> {
    above("df1", df1, 0.0)?;
    above("df2", df2, 0.0)?;
    if !(x.is_finite() && x >= 0.0) {
        return Err(Error::OutOfRange { what: "x", value: x });
    }
    let ratio = df1 / df2 * x;
    Ok(if ratio > 1.0 {
        let inverse = 1.0 / ratio;
        (inverse / (1.0 + inverse), 1.0 / (1.0 + inverse))
    } else {
        (1.0 / (1.0 + ratio), ratio / (1.0 + ratio))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::student_t;

    /// x, df1, df2 and P(F > x) by mpmath 1.3, 40 digits.
    const TAILS: [(f64, f64, f64, f64); 5] = [
        (4.0, 1.0, 10.0, 0.073_388_034_770_740_37),
        (0.3, 5.0, 20.0, 0.907_075_807_760_031_6),
        (2.5, 3.0, 600.0, 0.058_602_695_758_810_254),
        (300.0, 4.0, 200.0, 2.680_937_253_872_519_7e-83),
        (1000000000000.0, 2.0, 50.0, 8.881_784_191_450_137e-266),
    ];

    #[test]
    fn tails_keep_their_digits() {
        for (x, df1, df2, expected) in TAILS {
            let found = sf(x, df1, df2).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-12, "P(F > {x}) at {df1}, {df2} = {found}, not {expected}");
            assert!((cdf(x, df1, df2).unwrap() + found - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn with_one_degree_it_is_a_squared_t() {
        for t in [0.1, 1.0, 4.0, 30.0] {
            let (found, expected) = (sf(t * t, 1.0, 12.0).unwrap(), 2.0 * student_t::sf(t, 12.0).unwrap());
            assert!((found / expected - 1.0).abs() < 1e-12, "{t}: {found}, not {expected}");
        }
        assert!(sf(-1.0, 1.0, 2.0).is_err());
        assert!(sf(1.0, 0.0, 2.0).is_err());
    }
}
