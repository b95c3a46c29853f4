//! The whole retention analysis on panels of known truth, and what holds for any staff.

#![allow(clippy::unwrap_used, reason = "all of it is tests")]

mod schema;

use std::collections::BTreeSet;

use counterflow_statistics::{
    Error,
    design::{Leaving, Person},
    power::simulation::Study,
    report::{Absence, Caveat, Question, Report},
    retention::{Column, Covariate, Inquiry, Staff, analyze},
};
use proptest::prelude::*;

const EFFECT: &str = include_str!("reference/hr_effect.csv");
const NULL: &str = include_str!("reference/hr_null.csv");

/// A reference panel: people, covariates and units.
fn panel(text: &str) -> (Vec<Person>, Vec<Covariate>, Vec<String>) {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let at = |name: &str| header.iter().position(|known| *known == name).unwrap();
    let day = |row: &[&str], name: &str| row[at(name)].parse::<i64>().ok();
    let person = |row: &Vec<&str>| Person {
        hired: day(row, "hire_day").unwrap(),
        joined: day(row, "join_day"),
        left: day(row, "exit_day").map(|day| Leaving { day, outcome: row[at("exit_type")] == "voluntary" }),
    };
    let numbers = |name: &str| Covariate {
        name: name.to_owned(),
        column: Column::Numbers(rows.iter().map(|row| row[at(name)].parse().ok()).collect()),
    };
    let words = |name: &str| rows.iter().map(|row| row[at(name)].to_owned()).collect::<Vec<_>>();
    let region = Covariate { name: "region".to_owned(), column: Column::Words(words("region")) };
    let covariates = ["age", "woman", "grade", "perf"].map(numbers).into_iter().chain([region]).collect();
    (rows.iter().map(person).collect(), covariates, words("unit"))
}

fn report_of(text: &str) -> Report {
    let (people, covariates, units) = panel(text);
    let staff = Staff { people: &people, covariates, units: Some(&units) };
    analyze(&Inquiry::new(Question::default(), 730, 1_826, 365), &staff).unwrap()
}

#[track_caller]
fn value(report: &Report, name: &str) -> f64 {
    report.number(name).unwrap_or_else(|| panic!("no {name}")).value().unwrap()
}

#[track_caller]
fn limits(report: &Report, name: &str) -> (f64, f64) {
    let (interval, _) = report.number(name).unwrap().interval().unwrap();
    (interval.lower, interval.upper)
}

#[test]
fn an_effect_of_a_known_size_is_found() {
    let report = report_of(EFFECT);
    let (lower, upper) = limits(&report, "hazard_ratio");
    assert!(lower <= 0.7 && (0.7..1.0).contains(&upper), "{lower} to {upper}");
    assert!(limits(&report, "days_kept").0 > 0.0);
    assert!(value(&report, "stayed.joined.365") > value(&report, "stayed.comparators.365"));
    let (lower, upper) = limits(&report, "hazard_ratio.placebo");
    assert!(lower < 1.0 && 1.0 < upper, "{lower} to {upper}");
    assert!(value(&report, "largest_difference") < 0.15);
    assert!(value(&report, "e_value.limit") > 1.0);
    assert!(value(&report, "hazard_ratio.without_a_unit.lowest") < value(&report, "hazard_ratio"));
    assert!(value(&report, "hazard_ratio.without_a_unit.highest") > value(&report, "hazard_ratio"));
}

#[test]
fn where_nothing_happened_nothing_is_claimed() {
    let report = report_of(NULL);
    for name in ["hazard_ratio", "days_kept", "stayed.difference.365"] {
        let number = report.number(name).unwrap();
        assert!(number.caveats().contains(&Caveat::HoldsNoDifference), "{name}: {:?}", number.interval());
    }
    assert_eq!(value(&report, "e_value.limit"), 1.0);
}

#[test]
fn counts_are_multiples_of_five_and_small_ones_are_kept_back() {
    let report = report_of(EFFECT);
    for (_, number) in report.numbers() {
        assert_eq!(number.n() % 5, 0, "{}", number.name());
        assert!(number.events().is_none_or(|events| events.iter().all(|count| count % 5 == 0)), "{}", number.name());
    }
    let study = Study {
        people: 60,
        days: 400,
        longest_tenure: 900,
        joining: 0.5,
        exits: 0.1,
        other_exits: 0.02,
        hazard_ratio: 1.0,
    };
    let people = study.panel(3, 0).unwrap();
    let small = analyze(&Inquiry::new(Question::default(), 0, 400, 365), &Staff::new(&people)).unwrap();
    let ratio = small.number("hazard_ratio").unwrap();
    assert!(matches!(ratio.value(), Err(Absence::TooFewEvents { have: 0 | 5, need: 10 })), "{ratio:?}");
    let hidden = small.numbers().filter(|(_, number)| number.value() == Err(&Absence::Withheld)).count();
    assert!(hidden > 0, "{}", small.to_json());
}

#[test]
fn the_order_of_the_list_makes_no_difference_to_the_model() {
    let (people, ..) = panel(EFFECT);
    let inquiry = Inquiry::new(Question::default(), 730, 1_826, 365);
    let (own, turned): (Vec<Person>, Vec<Person>) = (people.clone(), people.into_iter().rev().collect());
    let [own, turned] = [own, turned].map(|people| analyze(&inquiry, &Staff::new(&people)).unwrap());
    let apart = (value(&own, "hazard_ratio") / value(&turned, "hazard_ratio") - 1.0).abs();
    assert!(apart < 1e-9, "{apart}");
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let nobody_joined = [Person { hired: 0, joined: None, left: None }; 30];
    let inquiry = Inquiry::new(Question::default(), 100, 500, 365);
    assert_eq!(analyze(&inquiry, &Staff::new(&nobody_joined)).unwrap_err(), Error::Empty { what: "joiners" });
    assert_eq!(analyze(&inquiry, &Staff::new(&[])).unwrap_err(), Error::Empty { what: "joiners" });
    let (people, mut covariates, units) = panel(NULL);
    let turned = Inquiry::new(Question::default(), 500, 100, 365);
    assert!(matches!(analyze(&turned, &Staff::new(&people)), Err(Error::OutOfRange { .. })));
    covariates.push(Covariate { name: "short".to_owned(), column: Column::Words(Vec::new()) });
    let staff = Staff { people: &people, covariates, units: Some(&units) };
    assert!(matches!(analyze(&inquiry, &staff), Err(Error::Lengths { .. })));
}

#[test]
fn the_document_follows_its_order_and_names_each_number_once() {
    let report = report_of(EFFECT);
    let names: Vec<&str> = report.numbers().map(|(_, number)| number.name()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let document = schema::read(&report);
    assert_eq!(document["sections"][0]["section"], "power");
    assert!(document["sections"][2]["numbers"].as_array().unwrap().iter().any(|number| number["name"] == "days_kept"));
}

fn person() -> impl Strategy<Value = Person> {
    (0_i64..900, prop::option::of(0_i64..1_100), prop::option::of((0_i64..1_200, any::<bool>()))).prop_map(
        |(hired, joined, left)| Person {
            hired,
            joined: joined.map(|day| day.max(hired)),
            left: left.map(|(day, outcome)| Leaving { day: day.max(hired), outcome }),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_staff_has_a_report_or_a_named_error(people in prop::collection::vec(person(), 0..120), start in 0_i64..500, horizon in 1_i64..800) {
        let inquiry = Inquiry::new(Question::default(), start, 1_000, horizon);
        if let Ok(report) = analyze(&inquiry, &Staff::new(&people)) {
            for (_, number) in report.numbers() {
                prop_assert!(number.value().is_err() || number.value().is_ok_and(f64::is_finite), "{:?}", number);
                prop_assert!(number.n() % 5 == 0);
            }
            schema::read(&report);
        }
    }
}
