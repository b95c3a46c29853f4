//! What holds for every plan, whatever its numbers.

use counterflow_statistics::{
    distribution::{noncentral_t, normal, student_t},
    power::{paired, proportions},
    proportion::wilson,
    special::beta_inc,
};
use proptest::prelude::*;

proptest! {
    #[test]
    fn more_pairs_and_more_change_have_more_power(dz in 0.01..2.0_f64, pairs in 2.0..500.0_f64, alpha in 0.001..0.2_f64) {
        let power = paired::power(dz, pairs, alpha).unwrap();
        prop_assert!(power >= alpha - 1e-12 && power <= 1.0 + 1e-12);
        prop_assert!(paired::power(dz, pairs + 1.0, alpha).unwrap() >= power - 1e-12);
        prop_assert!(paired::power(dz * 1.1, pairs, alpha).unwrap() >= power - 1e-12);
        prop_assert!((paired::power(-dz, pairs, alpha).unwrap() - power).abs() < 1e-12);
    }

    #[test]
    fn the_unit_does_not_matter(pairs in 2.0..300.0_f64, spread in 0.1..5.0_f64, factor in 0.01..100.0_f64) {
        let (change, scaled) = (
            paired::smallest_change(pairs, spread, 0.8, 0.05).unwrap(),
            paired::smallest_change(pairs, spread * factor, 0.8, 0.05).unwrap(),
        );
        prop_assert!((scaled / (change * factor) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn distributions_rise_from_0_to_1(t in -50.0..50.0_f64, step in 0.0..5.0_f64, df in 0.5..1e5_f64, shift in -20.0..20.0_f64) {
        let (low, high) = (noncentral_t::cdf(t, df, shift).unwrap(), noncentral_t::cdf(t + step, df, shift).unwrap());
        prop_assert!((0.0..=1.0 + 1e-14).contains(&low) && high >= low - 1e-14);
        prop_assert!(student_t::cdf(t + step, df).unwrap() >= student_t::cdf(t, df).unwrap() - 1e-14);
        prop_assert!(normal::cdf(t + step) >= normal::cdf(t));
    }

    #[test]
    fn quantiles_are_inverse(p in 1e-12..1.0_f64) {
        prop_assume!(p < 1.0);
        prop_assert!((normal::cdf(normal::quantile(p).unwrap()) / p - 1.0).abs() < 1e-12);
    }

    #[test]
    fn both_halves_of_a_beta_are_one(a in 0.01..500.0_f64, b in 0.01..500.0_f64, x in 0.0..1.0_f64) {
        let both = beta_inc(a, b, x, 1.0 - x).unwrap() + beta_inc(b, a, 1.0 - x, x).unwrap();
        prop_assert!((both - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_interval_holds_its_share(hits in 0..200_u64, more in 0..200_u64, level in 0.5..0.999_f64) {
        prop_assume!(hits + more > 0);
        let found = wilson(hits, hits + more, level).unwrap();
        let share = hits as f64 / (hits + more) as f64;
        prop_assert!(found.lower <= share + 1e-12 && share <= found.upper + 1e-12);
        prop_assert!((0.0..=1.0).contains(&found.lower) && (0.0..=1.0).contains(&found.upper));
    }

    #[test]
    fn a_smallest_rise_is_just_seen(base in 0.02..0.9_f64, n in 10..400_u64) {
        if let Some(share) = proportions::smallest_rise(base, n, 0.8, 0.05).unwrap() {
            prop_assert!(share > base);
            prop_assert!(proportions::one_group(base, share, n, 0.05).unwrap() >= 0.8 - 1e-9);
        }
    }
}
