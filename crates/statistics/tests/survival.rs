//! What holds for every set of rows: of curves, log-rank tests, hazards and incidences.

#![allow(clippy::unwrap_used, reason = "all of it is tests")]

use counterflow_statistics::{
    Error,
    survival::{
        AalenJohansen, ConfType, CoxOptions, CoxPh, Design, KaplanMeier, NelsonAalen, SurvivalData, Ties, Transform,
        Variance, Warning, Weights, concordance, logrank_test, rmst_difference,
    },
};
use proptest::prelude::*;

/// A person: entry, how long after it the exit is, what happened (0 is nothing), group, a covariate, a weight.
type Person = (u32, u32, u32, u32, i32, u32);

fn people() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec((0..6_u32, 1..9_u32, 0..3_u32, 0..2_u32, -3..4_i32, 1..5_u32), 12..50)
}

struct Rows {
    entry: Vec<f64>,
    time: Vec<f64>,
    event: Vec<bool>,
    cause: Vec<u32>,
    group: Vec<u32>,
    x: Vec<f64>,
    weight: Vec<f64>,
}

impl Rows {
    fn new(people: &[Person]) -> Self {
        Self {
            entry: people.iter().map(|person| f64::from(person.0)).collect(),
            time: people.iter().map(|person| f64::from(person.0 + person.1)).collect(),
            event: people.iter().map(|person| person.2 > 0).collect(),
            cause: people.iter().map(|person| person.2.saturating_sub(1)).collect(),
            group: people.iter().map(|person| person.3).collect(),
            x: people.iter().map(|person| f64::from(person.4)).collect(),
            weight: people.iter().map(|person| 0.5 * f64::from(person.5)).collect(),
        }
    }

    fn data(&self) -> SurvivalData {
        SurvivalData::counting_process(self.entry.clone(), self.time.clone(), self.event.clone()).unwrap()
    }

    fn weighted(&self) -> SurvivalData {
        self.data().with_weights(self.weight.clone()).unwrap()
    }

    fn design(&self) -> Design {
        let group = self.group.iter().map(|group| f64::from(*group)).collect();
        Design::new().with("x", self.x.clone()).unwrap().with("group", group).unwrap()
    }

    /// The rows with one weight a little larger.
    fn heavier(&self, row: usize, by: f64) -> SurvivalData {
        let mut weight = self.weight.clone();
        weight[row] += by;
        self.data().with_weights(weight).unwrap()
    }

    /// sqrt(sum (w df/dw)^2) of a figure, by central differences.
    fn jackknife(&self, figure: impl Fn(&SurvivalData) -> f64) -> f64 {
        const BY: f64 = 1e-5;
        let slope = |row| (figure(&self.heavier(row, BY)) - figure(&self.heavier(row, -BY))) / (2.0 * BY);
        (0..self.time.len()).map(|row| (self.weight[row] * slope(row)).powi(2)).sum::<f64>().sqrt()
    }
}

fn options() -> CoxOptions {
    CoxOptions::default()
}

fn curve(data: &SurvivalData) -> KaplanMeier {
    KaplanMeier::fit(data, ConfType::LogLog, 0.95).unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * (1.0 + expected.abs()), "{found} for {expected}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn curves_fall_and_limits_surround_them(people in people()) {
        let rows = Rows::new(&people);
        for data in [rows.data(), rows.weighted()] {
            for kind in [ConfType::LogLog, ConfType::Log, ConfType::Plain] {
                let mut last = 1.0;
                for step in KaplanMeier::fit(&data, kind, 0.9).unwrap().steps() {
                    assert!(step.survival <= last && step.survival >= 0.0 && step.n_risk > 0.0);
                    last = step.survival;
                    if let Some(limits) = step.limits {
                        assert!(limits.lower <= step.survival + 1e-12 && step.survival <= limits.upper + 1e-12);
                        assert!(limits.lower >= 0.0 && limits.upper <= 1.0);
                    }
                }
            }
        }
    }

    #[test]
    fn a_person_in_pieces_is_the_same_person(people in people()) {
        let rows = Rows::new(&people);
        let mut pieces = Rows::new(&[]);
        for row in 0..rows.time.len() {
            let middle = 0.5 * (rows.entry[row] + rows.time[row]);
            for (entry, time, event) in [(rows.entry[row], middle, false), (middle, rows.time[row], rows.event[row])] {
                pieces.entry.push(entry);
                pieces.time.push(time);
                pieces.event.push(event);
                pieces.group.push(rows.group[row]);
                pieces.x.push(rows.x[row]);
            }
        }
        let (whole, split) = (rows.data(), pieces.data());
        for step in curve(&whole).steps() {
            near(curve(&split).at(step.time).survival, step.survival, 1e-12);
        }
        if let Ok(expected) = CoxPh::fit(&whole, &rows.design(), Ties::Efron, &options()) {
            let clusters: Vec<u32> = (0..rows.time.len() as u32).flat_map(|row| [row, row]).collect();
            let split = split.with_clusters(clusters).unwrap();
            let design = pieces.design();
            let found = CoxPh::fit(&split, &design, Ties::Efron, &options()).unwrap();
            near(found.loglik(), expected.loglik(), 1e-10);
            for variance in [Variance::Model, Variance::Robust] {
                for (found, expected) in found.coefficients(variance).iter().zip(expected.coefficients(variance)) {
                    near(found.coef, expected.coef, 1e-8);
                    near(found.std_err, expected.std_err, 1e-7);
                }
            }
            let (found, expected) = (found.concordance().unwrap(), expected.concordance().unwrap());
            near(found.concordance, expected.concordance, 1e-12);
            near(found.std_err, expected.std_err, 1e-10);
        }
    }

    #[test]
    fn units_of_time_and_the_order_of_rows_make_no_difference(people in people(), unit in 0.01..100.0_f64) {
        let rows = Rows::new(&people);
        let mut turned = people.clone();
        turned.reverse();
        let mut other = Rows::new(&turned);
        other.entry.iter_mut().chain(&mut other.time).for_each(|time| *time *= unit);
        let tests = [(rows.data(), &rows), (other.data(), &other)].map(|(data, rows)| {
            let kinds = [Weights::LogRank, Weights::GehanBreslow, Weights::FlemingHarrington { rho: 0.5, gamma: 1.0 }];
            let tests = kinds.map(|kind| logrank_test(&data, &rows.group, kind).map_or(-1.0, |test| test.chi2));
            let fit = CoxPh::fit(&data, &rows.design(), Ties::Efron, &options());
            let coef = fit.as_ref().map_or(vec![], CoxPh::coef);
            let ph = fit.and_then(|fit| fit.ph_test(Transform::Km)).map_or(-1.0, |test| test.global.chi2);
            (tests, coef, ph)
        });
        tests[0].0.iter().zip(tests[1].0).for_each(|(one, two)| near(two, *one, 1e-9));
        assert_eq!(tests[0].1.len(), tests[1].1.len());
        tests[0].1.iter().zip(&tests[1].1).for_each(|(one, two)| near(*two, *one, 1e-8));
        near(tests[1].2, tests[0].2, 1e-6);
    }

    #[test]
    fn a_row_of_weight_two_is_two_rows(people in people()) {
        let rows = Rows::new(&people);
        let mut twice = people.clone();
        twice.extend(&people);
        let (heavy, twice) = (rows.data().with_weights(vec![2.0; people.len()]).unwrap(), Rows::new(&twice));
        let doubled = twice.data();
        for (heavy, double) in curve(&heavy).steps().iter().zip(curve(&doubled).steps()) {
            near(heavy.survival, double.survival, 1e-12);
        }
        let design = (rows.design(), twice.design());
        let heavy = CoxPh::fit(&heavy, &design.0, Ties::Breslow, &options());
        let double = CoxPh::fit(&doubled, &design.1, Ties::Breslow, &options());
        if let (Ok(heavy), Ok(double)) = (heavy, double) {
            heavy.coef().iter().zip(double.coef()).for_each(|(heavy, double)| near(*heavy, double, 1e-8));
        }
    }

    #[test]
    fn without_ties_efron_is_breslow_and_the_score_test_is_the_log_rank_test(people in people()) {
        let rows = Rows::new(&people);
        // Every exit a little later than the last of the same day.
        let time: Vec<f64> = rows.time.iter().zip(0..).map(|(time, row)| time + f64::from(row) * 1e-3).collect();
        let data = SurvivalData::counting_process(rows.entry.clone(), time, rows.event.clone()).unwrap();
        let group = rows.group.iter().map(|group| f64::from(*group)).collect();
        let design = Design::new().with("group", group).unwrap();
        if let Ok(efron) = CoxPh::fit(&data, &design, Ties::Efron, &options()) {
            let breslow = CoxPh::fit(&data, &design, Ties::Breslow, &options()).unwrap();
            near(efron.coef()[0], breslow.coef()[0], 1e-9);
            near(efron.loglik(), breslow.loglik(), 1e-12);
            let test = logrank_test(&data, &rows.group, Weights::LogRank).unwrap();
            near(efron.score_test().unwrap().chi2, test.chi2, 1e-9);
        }
    }

    #[test]
    fn residuals_sum_to_what_they_should(people in people()) {
        let rows = Rows::new(&people);
        let data = rows.data().with_strata(rows.cause.clone()).unwrap();
        for ties in [Ties::Efron, Ties::Breslow] {
            let design = rows.design();
            let Ok(fit) = CoxPh::fit(&data, &design, ties, &options()) else { continue };
            near(fit.martingale_residuals().iter().sum(), 0.0, 1e-9);
            for term in 0..2 {
                near(fit.score_residuals().iter().map(|row| row[term]).sum(), 0.0, 1e-7);
                near(fit.schoenfeld_residuals().iter().map(|row| row.residual[term]).sum(), 0.0, 1e-7);
            }
            for residual in fit.martingale_residuals().iter().chain(&fit.deviance_residuals()) {
                assert!(residual.is_finite());
            }
        }
    }

    #[test]
    fn incidences_and_the_curve_make_one(people in people()) {
        let rows = Rows::new(&people);
        let fit = AalenJohansen::fit(&rows.data(), &rows.cause, ConfType::LogLog, 0.95).unwrap();
        for step in curve(&rows.data()).steps() {
            let causes: f64 = (0..fit.causes()).map(|cause| fit.at(cause, step.time).estimate).sum();
            near(causes + step.survival, 1.0, 1e-12);
        }
        // One cause is the Kaplan-Meier curve, and the jackknife of unweighted rows without delayed entry is Greenwood's.
        let data = SurvivalData::right_censored(rows.time.clone(), rows.event.clone()).unwrap();
        let one = AalenJohansen::fit(&data, &vec![0; people.len()], ConfType::LogLog, 0.95).unwrap();
        for step in curve(&data).steps() {
            if let (Some(std_err), true) = (step.std_err, one.causes() == 1) {
                near(one.at(0, step.time).estimate, 1.0 - step.survival, 1e-12);
                near(one.at(0, step.time).std_err, std_err, 1e-9);
            }
        }
    }

    #[test]
    fn standard_errors_of_weighted_rows_are_the_jackknife_s(people in people()) {
        let rows = Rows::new(&people);
        let fitted = curve(&rows.weighted());
        let last = fitted.steps()[fitted.steps().len() - 1];
        let time = 0.6 * last.time;
        if let Some(std_err) = fitted.at(time).std_err {
            near(std_err, rows.jackknife(|data| curve(data).at(time).survival), 1e-6);
        }
        let rmst = |data: &SurvivalData| curve(data).rmst(time).unwrap();
        near(rmst(&rows.weighted()).std_err, rows.jackknife(|data| rmst(data).estimate), 1e-5);
        let by = |data: &SurvivalData| AalenJohansen::fit(data, &rows.cause, ConfType::LogLog, 0.95).unwrap().at(0, time);
        near(by(&rows.weighted()).std_err, rows.jackknife(|data| by(data).estimate), 1e-6);
        let scores = &rows.x;
        if let Ok(found) = concordance(&rows.weighted(), scores) {
            near(found.std_err, rows.jackknife(|data| concordance(data, scores).unwrap().concordance), 1e-6);
        }
    }

    #[test]
    fn robust_standard_errors_are_the_jackknife_s(people in people()) {
        let rows = Rows::new(&people);
        let design = rows.design();
        for ties in [Ties::Efron, Ties::Breslow] {
            let data = rows.weighted();
            let Ok(fit) = CoxPh::fit(&data, &design, ties, &options()) else { continue };
            let robust = fit.coefficients(Variance::Robust);
            for (term, found) in robust.iter().enumerate() {
                let coef = |data: &SurvivalData| CoxPh::fit(data, &design, ties, &options()).map_or(0.0, |fit| fit.coef()[term]);
                // Near separation a coefficient is no smooth function of a weight.
                if found.std_err < 3.0 {
                    near(found.std_err, rows.jackknife(coef), 1e-4);
                }
            }
        }
    }
}

fn censored(time: &[f64], event: &[bool]) -> SurvivalData {
    SurvivalData::right_censored(time.to_vec(), event.to_vec()).unwrap()
}

fn cox(data: &SurvivalData, x: &[f64]) -> Result<Vec<f64>, Error> {
    CoxPh::fit(data, &Design::new().with("x", x.to_vec()).unwrap(), Ties::Efron, &options()).map(|fit| fit.coef())
}

#[test]
fn rows_that_are_none_are_refused() {
    let refused =
        |time: &[f64], event: &[bool]| SurvivalData::right_censored(time.to_vec(), event.to_vec()).unwrap_err();
    assert_eq!(refused(&[], &[]), Error::Empty { what: "time" });
    assert_eq!(refused(&[1.0], &[]), Error::Lengths { what: "event", have: 0, need: 1 });
    assert_eq!(refused(&[-1.0], &[true]), Error::OutOfRange { what: "time", value: -1.0 });
    assert!(matches!(refused(&[f64::NAN], &[true]), Error::OutOfRange { what: "time", .. }));
    let entry = SurvivalData::counting_process(vec![2.0], vec![2.0], vec![true]);
    assert_eq!(entry, Err(Error::OutOfRange { what: "entry", value: 2.0 }));
    let data = censored(&[1.0, 2.0], &[true, true]);
    assert!(data.clone().with_weights(vec![1.0, 0.0]).is_err());
    assert!(data.clone().with_strata(vec![1]).is_err());
    assert!(KaplanMeier::fit(&data, ConfType::Log, 1.0).is_err());
    assert!(KaplanMeier::fit_groups(&data, &[0, 7], ConfType::Log, 0.95).is_err());
}

#[test]
fn nobody_with_the_event() {
    let data = censored(&[1.0, 2.0, 3.0], &[false; 3]);
    let curve = curve(&data);
    assert_eq!((curve.at(3.0).survival, curve.at(3.0).std_err), (1.0, Some(0.0)));
    assert_eq!(curve.median().estimate, None);
    assert_eq!(curve.rmst(3.0).unwrap().estimate, 3.0);
    assert_eq!(curve.rmst(3.5).unwrap_err(), Error::OutOfRange { what: "tau", value: 3.5 });
    assert!(rmst_difference(&curve, &curve, 2.0).is_err());
    assert_eq!(NelsonAalen::fit(&data, 0.95).unwrap().at(9.0).cumulative_hazard, 0.0);
    assert!(matches!(logrank_test(&data, &[0, 1, 1], Weights::LogRank), Err(Error::NotEnoughEvents { have: 0, .. })));
    assert_eq!(cox(&data, &[1.0, 2.0, 3.0]), Err(Error::NotEnoughEvents { have: 0, need: 1 }));
    assert_eq!(AalenJohansen::fit(&data, &[0; 3], ConfType::Log, 0.95).unwrap().causes(), 0);
    assert!(concordance(&data, &[1.0, 2.0, 3.0]).is_err());
}

#[test]
fn terms_that_say_nothing_or_too_much() {
    let data = censored(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[true, true, true, true, false, true]);
    let terms = |error: Result<Vec<f64>, Error>| match error {
        Err(Error::Collinear { terms }) => terms.iter().collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(terms(cox(&data, &[0.1; 6])), [0]);
    let x = vec![0.3, 0.1, 0.4, 0.1, 0.5, 0.9];
    let twice = x.iter().map(|x| 2.0 * x + 1.0).collect();
    let design = Design::new().with("x", x).unwrap().with("twice", twice).unwrap();
    assert_eq!(terms(CoxPh::fit(&data, &design, Ties::Efron, &options()).map(|fit| fit.coef())), [1]);
    // Whoever has the higher value leaves first.
    assert_eq!(cox(&data, &[6.0, 5.0, 4.0, 3.0, 2.0, 1.0]), Err(Error::Separation { term: 0 }));
    assert_eq!(cox(&data, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]), Err(Error::Separation { term: 0 }));
    assert!(logrank_test(&data, &[0; 6], Weights::LogRank).is_err());
    assert!(cox(&data, &[1.0]).is_err());
    assert!(CoxPh::fit(&data, &Design::new(), Ties::Efron, &options()).is_err());
}

#[test]
fn few_events_are_warned_of() {
    let data = censored(&[1.0, 2.0, 3.0, 4.0, 5.0], &[true, true, false, true, true]);
    let design = Design::new().with("x", vec![0.3, 0.9, 0.4, 0.1, 0.5]).unwrap();
    let fit = CoxPh::fit(&data, &design, Ties::Efron, &options()).unwrap();
    assert_eq!(fit.warnings(), [Warning::FewEvents { events: 4, terms: 1 }]);
    assert!(fit.predict_survival(&[0.5], 3, &[2.0], ConfType::LogLog, Variance::Model).is_err());
    assert!(fit.predict_survival(&[f64::NAN], 0, &[2.0], ConfType::LogLog, Variance::Model).is_err());
}

#[test]
fn far_times_and_large_covariates_have_figures() {
    let data = censored(&[1e-300, 1e300, 3e300, 2.0], &[true, true, false, true]);
    assert_eq!(curve(&data).at(1e300).survival, 0.25);
    let found = cox(&data, &[1e97, 1e98, -1e97, 3e97]);
    assert!(found.is_ok_and(|coef| coef[0].is_finite()));
    assert!(Design::new().with("x", vec![1e101; 4]).is_err());
}

#[test]
fn a_million_rows_at_one_time() {
    const SIZE: usize = 1_000_000;
    let events: Vec<bool> = (0..SIZE).map(|row| row % 2 == 0).collect();
    let data = censored(&vec![7.0; SIZE], &events);
    assert_eq!(curve(&data).at(7.0).survival, 0.5);
    let groups: Vec<u32> = (0..SIZE as u32).map(|row| row % 3 % 2).collect();
    assert!(logrank_test(&data, &groups, Weights::LogRank).is_ok_and(|test| test.p > 0.0));
    let x: Vec<f64> = (0..SIZE).map(|row| (row % 5) as f64).collect();
    assert!(cox(&data, &x).is_ok_and(|coef| coef[0].is_finite()));
    let sure = censored(&vec![7.0; SIZE], &vec![true; SIZE]);
    assert_eq!(curve(&sure).at(7.0).std_err, None);
    // Nobody outlives anybody: the hazards are the same whatever the covariate.
    assert!(cox(&sure, &x).is_ok_and(|coef| coef[0].is_finite()));
}
