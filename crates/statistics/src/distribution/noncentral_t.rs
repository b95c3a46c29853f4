//! The noncentral t distribution: a normal number around `shift`, divided by an independent `sqrt(chi^2 / df)`. It says
//! how a t test comes out when there is something to see.

use crate::{
    distribution::normal,
    error::{Error, above, finite},
};

/// The trapezoidal sum takes so many steps across the narrowest bend of its integrand.
const STEPS: f64 = 2.5;
/// The widest bend: with few degrees of freedom the integrand's Fourier transform falls off like `exp(-pi w / 2)`, which
/// at the frequency of this many steps is below 1e-21.
const WIDEST: f64 = 0.5;
/// What is this far down, as a logarithm, adds nothing.
const DEPTH: f64 = 42.0;
/// The largest degrees of freedom and shift; beyond them a normal distribution says the same.
const MOST: f64 = 1e9;

/// P(T <= t) with `df` degrees of freedom.
///
/// # Errors
/// [`Error::OutOfRange`] unless `df` lies above 0 and up to 10^9, `shift` within 10^4 to either side, and `t` is a number.
pub fn cdf(t: f64, df: f64, shift: f64) -> Result<f64, Error> {
    mean_over_spread(t, df, shift, normal::cdf)
}

/// P(T > t), with all its digits where it is small.
///
/// # Errors
/// As [`cdf`].
pub fn sf(t: f64, df: f64, shift: f64) -> Result<f64, Error> {
    mean_over_spread(t, df, shift, normal::sf)
}

/// The mean of `tail(t s - shift)` over the distribution of `s = sqrt(chi^2 / df)`, by its definition (Johnson, Kotz and
/// Balakrishnan 1995, chapter 31). With `x = 2 ln s` the density is `exp(df/2 (x - e^x + 1))` up to a factor; it is smooth
/// and falls off on both sides, so the trapezoidal rule converges faster than any power of its step (Trefethen and
/// Weideman 2014, SIAM Review 56, 385-458). The factor is left out: the same sum over the density alone replaces it.
fn mean_over_spread(t: f64, df: f64, shift: f64, tail: impl Fn(f64) -> f64) -> Result<f64, Error> {
    finite("t", t)?;
    above("df", df, 0.0)?;
    for (what, value, most) in [("df", df, MOST), ("shift", shift, 1e4)] {
        if value.is_nan() || value.abs() > most {
            return Err(Error::OutOfRange { what, value });
        }
    }
    let spread = (2.0 / df).sqrt();
    let bend = 2.0 / shift.abs().max(2.0);
    let step = spread.min(bend).min(WIDEST) / STEPS;
    let density = |x: f64| (0.5 * df * (x - x.exp_m1())).exp();
    let value = |x: f64| tail(t * (0.5 * x).exp() - shift);
    let (mut mass, mut sum) = (0.0, 0.0);
    // Outward from the peak to both sides, until the density is gone.
    for direction in [1.0, -1.0] {
        let mut k = if direction > 0.0 { 0.0 } else { 1.0 };
        loop {
            let x = direction * k * step;
            if 0.5 * df * (x.exp_m1() - x) > DEPTH {
                break;
            }
            let weight = density(x);
            mass += weight;
            sum += weight * value(x);
            k += 1.0;
        }
    }
    Ok(sum / mass)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::student_t;

    /// t, df, shift and P(T <= t) by quadrature with 40 digits in mpmath 1.3.
    const KNOWN: [(f64, f64, f64, f64); 8] = [
        (2.0227, 39.0, 2.5, 0.316_292_585_553_107_2),
        (0.0, 10.0, 1.5, 0.066_807_201_268_858_07),
        (-1.0, 4.0, 0.5, 0.086_149_569_036_562_75),
        (3.0, 2.0, 0.2, 0.936_057_141_379_233_3),
        (2.0, 1000.0, 30.0, 1.766_048_015_430_233_8e-172),
        (1.7, 24.0, -2.0, 0.999_829_034_082_142_2),
        (12.0, 59.0, 10.0, 0.905_613_370_297_985_2),
        (2.5, 7.5, 3.1, 0.280_795_703_730_170_6),
    ];

    #[test]
    fn agrees_with_quadrature_of_many_digits() {
        for (t, df, shift, expected) in KNOWN {
            let found = cdf(t, df, shift).unwrap();
            assert!((found - expected).abs() < 2e-14, "P(T <= {t}) at {df}, {shift} = {found}, not {expected}");
        }
    }

    #[test]
    fn without_a_shift_it_is_students() {
        for df in [1.0, 4.0, 39.0, 1e5] {
            for t in [-3.0, -0.2, 0.0, 1.0, 2.5] {
                let (found, expected) = (sf(t, df, 0.0).unwrap(), student_t::sf(t, df).unwrap());
                assert!((found - expected).abs() < 1e-13, "P(T > {t}) at {df} = {found}, not {expected}");
            }
        }
    }

    #[test]
    fn its_domain() {
        assert!(cdf(f64::NAN, 3.0, 0.0).is_err());
        assert!(cdf(1.0, 0.0, 0.0).is_err());
        assert!(cdf(1.0, 3.0, 1e5).is_err());
    }
}
