//! What holds for comparison groups, whatever the people.

use counterflow_statistics::matching::{
    Covariates, Estimand, NearestOptions, PropensityModel, Trim, balance_table, coarsened_exact, iptw, match_nearest,
};
use proptest::prelude::*;

/// Greedy matching as it is defined: for each treated person all controls are looked at.
fn as_defined(distance: &[f64], treated: &[bool], options: &NearestOptions) -> Vec<(usize, Vec<usize>)> {
    let caliper = options.caliper.unwrap_or(f64::INFINITY);
    let label = |person: usize| options.exact_on.map_or(0, |labels| labels[person]);
    let mut order: Vec<usize> = (0..treated.len()).filter(|&person| treated[person]).collect();
    order.sort_by(|&one, &two| distance[two].total_cmp(&distance[one]));
    let mut used = treated.to_vec();
    let mut sets: Vec<(usize, Vec<usize>)> = order.into_iter().map(|person| (person, Vec::new())).collect();
    for round in 0..options.ratio {
        for (person, controls) in sets.iter_mut().filter(|(_, controls)| controls.len() == round) {
            let apart = |control: usize| (distance[control] - distance[*person]).abs();
            let near = (0..treated.len())
                .filter(|&control| !used[control] && label(control) == label(*person) && apart(control) <= caliper)
                .min_by(|&one, &two| apart(one).total_cmp(&apart(two)));
            if let Some(control) = near {
                used[control] = true;
                controls.push(control);
            }
        }
    }
    sets.retain(|(_, controls)| !controls.is_empty());
    sets
}

/// People with a distance that often ties, a label and whether they are treated; some of both.
fn people() -> impl Strategy<Value = (Vec<f64>, Vec<bool>, Vec<u64>)> {
    let person = (prop_oneof![(-4_i8..4).prop_map(|step| f64::from(step) / 2.0), -2.0..2.0], any::<bool>(), 0_u64..3);
    prop::collection::vec(person, 2..60).prop_filter_map("both groups", |people| {
        let treated: Vec<bool> = people.iter().map(|person| person.1).collect();
        let both = treated.contains(&true) && treated.contains(&false);
        both.then(|| (people.iter().map(|p| p.0).collect(), treated, people.iter().map(|p| p.2).collect()))
    })
}

proptest! {
    #[test]
    fn the_fast_way_finds_what_the_definition_says(
        (distance, treated, labels) in people(),
        caliper in prop::option::of(0.01..2.0_f64),
        ratio in 1..4_usize,
        exact in any::<bool>(),
    ) {
        let options = NearestOptions { caliper, ratio, exact_on: exact.then_some(&labels) };
        let found = match_nearest(&distance, &treated, &options).unwrap();
        let sets: Vec<_> = found.sets.iter().map(|set| (set.treated, set.controls.clone())).collect();
        prop_assert_eq!(&sets, &as_defined(&distance, &treated, &options));
        let matched: Vec<usize> = sets.iter().map(|set| set.0).collect();
        prop_assert_eq!(found.dropped.len() + matched.len(), treated.iter().filter(|&&treated| treated).count());
        prop_assert!(found.max_distance <= caliper.unwrap_or(f64::INFINITY));
    }

    #[test]
    fn units_and_order_do_not_matter(
        rows in prop::collection::vec((-3.0..3.0_f64, 0..4_u8, any::<bool>()), 30..80),
        unit in 0.01..100.0_f64,
        offset in -50.0..50.0_f64,
    ) {
        let model = |rows: &[(f64, u8, bool)], unit: f64, offset: f64| {
            let columns = [
                ("x", rows.iter().map(|row| offset + unit * row.0).collect::<Vec<f64>>()),
                ("grade", rows.iter().map(|row| f64::from(row.1)).collect()),
            ];
            let treated: Vec<bool> = rows.iter().map(|row| row.2).collect();
            PropensityModel::fit(&Covariates::new(columns).unwrap(), &treated)
        };
        let Ok(plain) = model(&rows, 1.0, 0.0) else { return Ok(()) };
        let scaled = model(&rows, unit, offset).unwrap();
        let mut reversed = rows.clone();
        reversed.reverse();
        let reversed = model(&reversed, 1.0, 0.0).unwrap();
        prop_assert!((scaled.loglik - plain.loglik).abs() < 1e-9);
        prop_assert!((scaled.coef[1] * unit - plain.coef[1]).abs() < 1e-8);
        prop_assert!((scaled.std_err[1] * unit - plain.std_err[1]).abs() < 1e-8);
        prop_assert!((reversed.coef[1] - plain.coef[1]).abs() < 1e-9);
        // What is maximised has no slope: the scores of the treated and of all add up to the same.
        let treated = rows.iter().filter(|row| row.2).count() as f64;
        prop_assert!((plain.scores().iter().sum::<f64>() - treated).abs() < 1e-8);
        let weights = iptw(&plain, Estimand::Ate, Trim::Keep).unwrap();
        prop_assert!(weights.weights.iter().all(|weight| *weight > 0.0));
    }

    #[test]
    fn whatever_is_given_there_is_an_answer_or_an_error(
        rows in prop::collection::vec((prop_oneof![Just(0.0), Just(1.0), -1e3..1e3_f64], any::<bool>()), 0..12),
    ) {
        let column: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let treated: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let Ok(covariates) = Covariates::new([("x", column.clone()), ("y", column.iter().map(|x| x * x).collect())])
        else { return Ok(()) };
        if let Ok(model) = PropensityModel::fit(&covariates, &treated) {
            prop_assert!(model.coef.iter().chain(&model.std_err).chain(&model.logit).all(|value| value.is_finite()));
        }
        if let Ok(found) = coarsened_exact(&covariates, &treated, &[Some(vec![0.5]), None]) {
            let table = balance_table(&covariates, &treated, &found.weights);
            prop_assert!(table.is_err() || table.unwrap().iter().all(|row| row.after.mean_control.is_finite()));
        }
    }
}
