//! The error function.

use std::f64::consts::PI;

/// The step of the trapezoidal sum. Its error is of the order of `exp(-(pi / STEP)^2)`, 7e-18.
const STEP: f64 = 0.5;
/// `exp(-(k * STEP)^2)` for k = 1, 2, ...: what follows is below 1e-19.
const WEIGHTS: [f64; 13] = [
    0.778_800_783_071_404_9,
    0.367_879_441_171_442_33,
    0.105_399_224_561_864_33,
    0.018_315_638_888_734_18,
    0.001_930_454_136_227_709_2,
    0.000_123_409_804_086_679_56,
    4.785_117_392_129_01e-6,
    1.125_351_747_192_591_2e-7,
    1.605_228_055_185_611_6e-9,
    1.388_794_386_496_402e-11,
    7.287_724_095_819_692e-14,
    2.319_522_830_243_569_4e-16,
    4.477_732_441_718_301e-19,
];
/// Below it, the series of `erf` loses nothing.
const SERIES_UP_TO: f64 = 0.75;

/// `exp(-x^2)` without the loss that squaring a large number brings: the leading bits of `x` are squared exactly.
fn exp_minus_square(x: f64) -> f64 {
    let lead = (x * 16.0).trunc() / 16.0;
    (-lead * lead).exp() * (-(x - lead) * (x + lead)).exp()
}

/// The error function.
#[must_use]
pub fn erf(x: f64) -> f64 {
    if x.abs() < SERIES_UP_TO { series(x) } else { 1.0_f64.copysign(x) * (1.0 - erfc(x.abs())) }
}

/// 1 minus the error function, with all its digits where it is small.
///
/// The trapezoidal sum over its integral, with the correction for the pole: Chiarella and Reichel (1968), Mathematics of
/// Computation 22, 137-143; Hunter and Regan (1972), 26, 539-541.
#[must_use]
pub fn erfc(x: f64) -> f64 {
    if x < SERIES_UP_TO {
        return if x > -SERIES_UP_TO { 1.0 - series(x) } else { 2.0 - erfc(-x) };
    }
    if x > 27.5 {
        return 0.0; // below the smallest number
    }
    let square = x * x;
    let sum = WEIGHTS.iter().enumerate().rev().fold(0.0, |sum, (k, weight)| {
        let node = (k + 1) as f64 * STEP;
        sum + weight / (square + node * node)
    });
    let value = STEP * x * exp_minus_square(x) / PI * (1.0 / square + 2.0 * sum);
    let pole = PI / STEP;
    if x < pole { value - 2.0 / (2.0 * pole * x).exp_m1() } else { value }
}

/// DLMF 7.6.2, whose terms have one sign: `erf(x) = 2/sqrt(pi) exp(-x^2) (x + 2x^3/3 + 4x^5/15 + ...)`.
fn series(x: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    while term.abs() > f64::EPSILON * 0.1 * sum.abs() {
        odd += 2.0;
        term *= 2.0 * x * x / odd;
        sum += term;
    }
    2.0 / PI.sqrt() * exp_minus_square(x) * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath 1.3, 30 digits.
    const KNOWN: [(f64, f64); 14] = [
        (-3.0, 1.999_977_909_503_001_4),
        (-0.5, 1.520_499_877_813_046_5),
        (1.0e-8, 0.999_999_988_716_208_3),
        (0.3, 0.671_373_240_540_872_6),
        (0.74, 0.295_321_922_145_254_2),
        (0.76, 0.282_463_247_194_409_15),
        (1.0, 0.157_299_207_050_285_13),
        (2.0, 0.004_677_734_981_047_266),
        (3.5, 7.430_983_723_414_128e-7),
        (6.2, 1.816_675_617_238_127e-18),
        (6.3, 5.124_221_687_395_715e-19),
        (10.0, 2.088_487_583_762_545e-45),
        (20.0, 5.395_865_611_607_901e-176),
        (26.5, 2.210_907_664_263_734_3e-307),
    ];

    #[test]
    fn agrees_with_many_digits_everywhere() {
        for (x, expected) in KNOWN {
            let found = erfc(x);
            assert!((found / expected - 1.0).abs() < 4e-15, "erfc({x}) = {found}, not {expected}");
        }
    }

    #[test]
    fn erf_and_erfc_are_one() {
        for x in [-8.0, -1.0, -0.75, -0.3, 0.0, 1e-300, 0.3, 0.749_999, 0.75, 1.0, 5.9, 6.3, 40.0] {
            assert!((erf(x) + erfc(x) - 1.0).abs() < 1e-15, "at {x}");
        }
    }
}
