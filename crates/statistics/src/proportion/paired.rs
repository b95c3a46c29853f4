//! The same people before and after, with a yes or no each time.

use crate::{
    distribution::{binomial, chi_squared},
    error::Error,
};

/// McNemar's test (1947) in four forms. The mid-p is the one to show: the exact p is too careful, the plain
/// chi-squared too rash where few change (Fagerland, Lydersen and Laake 2013, BMC Medical Research Methodology 13:91).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// `(b - c)^2 / (b + c)`, with one degree of freedom.
    pub chi_squared: f64,
    /// Its p.
    pub p: f64,
    /// `(|b - c| - 1)^2 / (b + c)` (Edwards 1948); 0 if as many changed either way.
    pub chi_squared_corrected: f64,
    /// Its p.
    pub p_corrected: f64,
    /// Exact: each change as likely either way.
    pub p_exact: f64,
    /// The same with half the probability of what was observed.
    pub p_mid: f64,
}

/// Of the people whose answer changed, `b` went from no to yes and `c` from yes to no.
///
/// # Errors
/// [`Error::NoSpread`] if nobody changed.
pub fn mcnemar(b: u64, c: u64) -> Result<McNemar, Error> {
    let changed = b + c;
    if changed == 0 {
        return Err(Error::NoSpread { what: "answer" });
    }
    let off = b.abs_diff(c);
    let square = |off: u64| (off as f64).powi(2) / changed as f64;
    let (chi_squared, corrected) = (square(off), square(off.saturating_sub(1)));
    let one_side = binomial::at_most(b.min(c), changed, 0.5)?;
    let mid = 2.0 * one_side - binomial::exactly(b.min(c), changed, 0.5)?;
    Ok(McNemar {
        chi_squared,
        p: chi_squared::sf(chi_squared, 1.0)?,
        chi_squared_corrected: corrected,
        p_corrected: chi_squared::sf(corrected, 1.0)?,
        p_exact: (2.0 * one_side).min(1.0),
        p_mid: mid.min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fagerland, Lydersen and Laake (2013), tables 1 and 4: 1 and 7 changed; 7 and 25.
    #[test]
    fn agrees_with_a_paper() {
        let found = mcnemar(1, 7).unwrap();
        assert!((found.p - 0.034).abs() < 5e-4 && (found.p_corrected - 0.077).abs() < 5e-4, "{found:?}");
        assert!((found.p_exact - 0.070).abs() < 5e-4 && (found.p_mid - 0.039).abs() < 5e-4, "{found:?}");
    }

    #[test]
    fn as_many_either_way_say_nothing() {
        let found = mcnemar(4, 4).unwrap();
        for p in [found.p, found.p_corrected, found.p_exact, found.p_mid] {
            assert!((p - 1.0).abs() < 1e-14, "{found:?}");
        }
        assert_eq!(mcnemar(0, 0), Err(Error::NoSpread { what: "answer" }));
        assert!((mcnemar(0, 1).unwrap().p_exact - 1.0).abs() < 1e-14);
    }
}
