//! What holds for every comparison, whatever its numbers.

use counterflow_statistics::{
    Error, Interval, multiplicity,
    nps::Answers,
    paired::{Pairs, Zeros},
    proportion::{self, Table},
    rates::Rate,
    sensitivity::{Answered, Effect, e_value, manski},
    two_sample::Samples,
};
use proptest::{collection::vec, prelude::*};

/// Answers as surveys have them: few levels, many ties.
fn levels(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    vec((1..=5_u8).prop_map(f64::from), n)
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()) + tolerance
}

/// A figure is a number, or an error says why there is none.
fn is_sound(found: &[f64]) -> bool {
    found.iter().all(|value| !value.is_nan())
}

fn holds(interval: Interval, value: f64) -> bool {
    interval.lower <= value + 1e-9 && value <= interval.upper + 1e-9
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_unit_and_the_order_of_pairs_change_no_test(
        answers in vec((1..=5_u8, 1..=5_u8), 3..40),
        factor in 0.01..100.0_f64,
        shift in -50.0..50.0_f64,
    ) {
        let (before, after): (Vec<f64>, Vec<f64>) = answers.iter().map(|&(b, a)| (f64::from(b), f64::from(a))).unzip();
        let scaled = |values: &[f64]| values.iter().rev().map(|value| factor * value + shift).collect::<Vec<_>>();
        let one = Pairs::new(&before, &after).unwrap();
        let other = Pairs::new(&scaled(&before), &scaled(&after)).unwrap();
        match (one.t_test(0.95), other.t_test(0.95)) {
            (Ok(one), Ok(other)) => prop_assert!(near(one.p, other.p, 1e-6), "{one:?} {other:?}"),
            (one, other) => prop_assert_eq!(one.map(|t| t.p), other.map(|t| t.p)),
        }
        for zeros in [Zeros::Dropped, Zeros::Ranked] {
            prop_assert_eq!(one.signed_rank(zeros), other.signed_rank(zeros));
        }
        prop_assert_eq!(one.sign_test(), other.sign_test());
    }

    #[test]
    fn before_and_after_may_change_places(before in levels(2..30), seed in any::<u64>()) {
        let after: Vec<f64> = before.iter().enumerate().map(|(k, b)| (b + (seed >> (k % 60) & 3) as f64) % 5.0).collect();
        let (one, other) = (Pairs::new(&before, &after).unwrap(), Pairs::new(&after, &before).unwrap());
        if let (Ok(one), Ok(other)) = (one.effect(0.9), other.effect(0.9)) {
            prop_assert!(near(one.estimate, -other.estimate, 1e-12) && near(one.interval.lower, -other.interval.upper, 1e-9));
            prop_assert!(holds(one.interval, one.estimate) || before.len() < 4);
        }
        if let (Ok(one), Ok(other)) = (one.signed_rank(Zeros::Dropped), other.signed_rank(Zeros::Dropped)) {
            prop_assert_eq!((one.up, one.p_exact), (other.down, other.p_exact));
            prop_assert!((0.0..=1.0).contains(&one.p) && (0.0..=1.0).contains(&one.p_continuity));
            prop_assert!(one.p_exact.is_none_or(|p| p > 0.0 && p <= 1.0));
        }
    }

    #[test]
    fn medians_of_sums_are_those_of_the_sums(first in levels(1..25), second in vec(-3.0..3.0_f64, 1..25)) {
        let samples = Samples::new(&first, &second).unwrap();
        let mut all: Vec<f64> = first.iter().flat_map(|x| second.iter().map(move |y| x - y)).collect();
        all.sort_by(f64::total_cmp);
        let middle = 0.5 * (all[(all.len() - 1) / 2] + all[all.len() / 2]);
        prop_assert!(near(samples.hodges_lehmann(), middle, 1e-14));
    }

    #[test]
    fn groups_may_change_places(first in levels(2..20), second in levels(2..20)) {
        let (one, other) = (Samples::new(&first, &second).unwrap(), Samples::new(&second, &first).unwrap());
        match (one.rank_sum(), other.rank_sum()) {
            (Ok(one), Ok(other)) => {
                prop_assert!(near(one.p, other.p, 1e-12) && near(one.cliffs_delta, -other.cliffs_delta, 1e-12));
                prop_assert!(near(one.p_exact.unwrap(), other.p_exact.unwrap(), 1e-9));
            }
            (one, other) => prop_assert_eq!(one, other),
        }
        if let (Ok(one), Ok(other)) = (one.welch(0.95), other.welch(0.95)) {
            prop_assert!(near(one.t, -other.t, 1e-12) && near(one.p, other.p, 1e-12) && one.df >= 1.0 - 1e-9);
        }
    }

    #[test]
    fn intervals_of_shares_hold_them_and_lie_within_0_and_1(hits in 0..150_u64, more in 0..150_u64, level in 0.5..0.999_f64) {
        prop_assume!(hits + more > 0);
        let share = hits as f64 / (hits + more) as f64;
        for method in [proportion::wilson, proportion::wilson_corrected, proportion::clopper_pearson, proportion::jeffreys] {
            let found = method(hits, hits + more, level).unwrap();
            prop_assert!(holds(found, share), "{found:?}");
            prop_assert!((0.0..=1.0).contains(&found.lower) && (0.0..=1.0).contains(&found.upper));
        }
    }

    #[test]
    fn a_table_has_sound_figures(x1 in 0..40_u64, m1 in 0..40_u64, x2 in 0..40_u64, m2 in 0..40_u64, level in 0.5..0.999_f64) {
        prop_assume!(x1 + m1 > 0 && x2 + m2 > 0);
        let table = Table::new((x1, x1 + m1), (x2, x2 + m2)).unwrap();
        for interval in [table.newcombe(level).unwrap(), table.miettinen_nurminen(level).unwrap()] {
            prop_assert!(holds(interval, table.difference()) && interval.lower >= -1.0 && interval.upper <= 1.0);
        }
        let fisher = table.fisher();
        prop_assert!(fisher.p > 0.0 && fisher.p <= 1.0 && fisher.greater + fisher.less >= 1.0 - 1e-9);
        match table.conditional_odds(level) {
            Ok(odds) => prop_assert!(holds(odds.interval, odds.estimate) && is_sound(&[odds.estimate])),
            Err(error) => prop_assert_eq!(error, Error::NoSpread { what: "answer" }),
        }
        for ratio in [table.risk_ratio(level), table.odds_ratio(level)].into_iter().flatten() {
            prop_assert!(is_sound(&[ratio.estimate]));
            prop_assert!(ratio.interval.is_none_or(|interval| holds(interval, ratio.estimate)));
        }
    }

    #[test]
    fn the_exact_odds_and_the_one_sided_test_agree(x1 in 0..20_u64, m1 in 1..20_u64, x2 in 0..20_u64, m2 in 1..20_u64) {
        prop_assume!(x1 + x2 > 0);
        let table = Table::new((x1, x1 + m1), (x2, x2 + m2)).unwrap();
        let (fisher, odds) = (table.fisher(), table.conditional_odds(0.9).unwrap());
        // An interval leaves 1 out just where a one-sided test rejects at half its alpha.
        prop_assert_eq!(odds.interval.lower > 1.0 + 1e-9, fisher.greater < 0.05 - 1e-9);
        prop_assert_eq!(odds.interval.upper < 1.0 - 1e-9, fisher.less < 0.05 - 1e-9);
    }

    #[test]
    fn rates_scale_with_time(events in 0..60_u64, other in 0..60_u64, time in 0.1..500.0_f64, factor in 0.01..100.0_f64) {
        let (one, scaled) = (Rate::new(events, time).unwrap(), Rate::new(events, time * factor).unwrap());
        let (short, long) = (one.garwood(0.95).unwrap(), scaled.garwood(0.95).unwrap());
        prop_assert!(holds(short, one.estimate()) && near(short.upper, long.upper * factor, 1e-12));
        prop_assume!(events + other > 0);
        let against = |time: f64| Rate::new(other, time).unwrap();
        let (a, b) = (one.over(&against(9.0), 0.95).unwrap(), scaled.over(&against(9.0 * factor), 0.95).unwrap());
        prop_assert!(near(a.p, b.p, 1e-9) && a.p > 0.0 && holds(a.exact, a.estimate) && is_sound(&[a.estimate]));
    }

    #[test]
    fn adjusted_levels_keep_their_order(p in vec(0.0..=1.0_f64, 0..30)) {
        let (holm, hochberg, plain) =
            (multiplicity::holm(&p).unwrap(), multiplicity::benjamini_hochberg(&p).unwrap(), multiplicity::bonferroni(&p).unwrap());
        for k in 0..p.len() {
            prop_assert!(p[k] <= hochberg[k] + 1e-15 && hochberg[k] <= holm[k] + 1e-15 && holm[k] <= plain[k] + 1e-15);
            for other in 0..p.len() {
                prop_assert!(p[k] > p[other] || holm[k] <= holm[other] && hochberg[k] <= hochberg[other]);
            }
        }
    }

    #[test]
    fn scores_bounds_and_e_values_stay_in_range(promoters in 0..50_u64, passives in 0..50_u64, detractors in 0..50_u64, ratio in 0.01..100.0_f64) {
        prop_assume!(promoters + passives + detractors > 0);
        let score = Answers { promoters, passives, detractors }.score_of_few(0.95).unwrap();
        prop_assert!((-100.0..=100.0).contains(&score.points) && score.std_err >= 0.0);
        let bounds = manski(Answered { asked: promoters + passives + detractors, answered: promoters + passives, hits: promoters });
        prop_assert!(bounds.is_ok_and(|bounds| 0.0 <= bounds.lower && bounds.lower <= bounds.upper && bounds.upper <= 1.0));
        let interval = Interval { lower: ratio * 0.8, upper: ratio * 1.3 };
        let found = e_value(Effect::CommonHazardRatio(ratio), interval).unwrap();
        prop_assert!(found.estimate >= 1.0 && found.limit >= 1.0 && found.limit <= found.estimate + 1e-12);
    }
}
