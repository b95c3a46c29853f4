//! The document of a report against its schema, and the rules that no caller can break.

mod schema;

use counterflow_statistics::{
    Error, Interval,
    report::{Absence, Caveat, Number, Plan, Provenance, Question, Report, Section},
};
use proptest::prelude::*;
use schema::read;
use serde_json::{Value, json};

fn hazard_ratio(events: [u64; 2]) -> Number {
    let estimate = Ok((0.7, Interval { lower: 0.55, upper: 0.89 }));
    Number::effect("hazard_ratio", "ratio", estimate, 0.95, "Cox 1972, Efron", (1_800, events)).tested(0.004)
}

fn question() -> Question {
    let plan = Plan { made_on: "2026-01-31".to_owned(), hash: "c0ffee".to_owned() };
    Question { outcome: "voluntary exit".to_owned(), horizon_days: 365, plan: Some(plan), ..Question::default() }
}

#[test]
fn a_document_follows_its_schema_and_its_order() {
    let mut report = Report::new(question()).from(Provenance { data_hash: None, seed: Some(u64::MAX) });
    report.add(
        Section::Experience,
        Number::description("nps", "points", Ok(12.0), "three-point variance", 44).with(Caveat::RespondersOnly),
    );
    report.add(Section::Retention, hazard_ratio([88, 210]));
    report
        .add(Section::Power, Number::diagnostic("smallest_hazard_ratio", "ratio", Ok(0.72), "Schoenfeld 1981", 1_800));
    let document = read(&report);
    let sections: Vec<_> = document["sections"].as_array().unwrap().iter().map(|section| &section["section"]).collect();
    assert_eq!(sections[..3], ["power", "flow", "retention"]);
    let found = &document["sections"][2]["numbers"][0];
    assert_eq!(found["interval"], json!({ "lower": 0.55, "upper": 0.89, "level": 0.95, "unbounded": [] }));
    assert_eq!((&found["p"], &found["events"]), (&json!(0.004), &json!([88, 210])));
    assert_eq!(found["caveats"], json!(["observational"]));
    assert_eq!(document["provenance"]["seed"], u64::MAX.to_string());
}

#[test]
fn a_number_that_is_missing_says_why() {
    let mut report = Report::new(question());
    let undefined =
        Number::description("t", "", Err(Error::NoSpread { what: "change" }), "Student 1908", 9).tested(0.01);
    report.add(Section::Learning, undefined);
    report.add(Section::Learning, Number::description("ratio", "", Ok(f64::INFINITY), "odds", 9));
    report
        .add(Section::Return, Number::range("saved", "euro", Ok(Interval { lower: -2e4, upper: 9e4 }), 0.95, ("", 80)));
    report.add(Section::Retention, hazard_ratio([9, 40]));
    report.add(Section::Retention, Number::description("median", "days", Ok(1.0), "", 30).absent(Absence::NotReached));
    let document = read(&report);
    let reason =
        |section: usize, place: usize| document["sections"][section]["numbers"][place]["reason"]["kind"].clone();
    assert_eq!([reason(5, 0), reason(5, 1)], ["undefined", "undefined"]);
    assert_eq!([reason(2, 0), reason(2, 1)], ["too_few_events", "not_reached"]);
    let saved = &document["sections"][8]["numbers"][0];
    assert_eq!(
        (&saved["value"], &saved["interval"]["upper"], reason(8, 0)),
        (&Value::Null, &json!(9e4), json!("range_only"))
    );
    let few = &document["sections"][2]["numbers"][0];
    assert_eq!((&few["value"], &few["interval"], &few["p"]), (&Value::Null, &Value::Null, &Value::Null));
}

#[test]
fn without_a_plan_every_effect_is_exploratory() {
    let mut report = Report::new(Question::default());
    report.add(Section::Retention, hazard_ratio([88, 210]));
    report.add(Section::Process, Number::description("meetings", "meetings", Ok(5.0), "median", 50));
    let document = read(&report);
    assert_eq!(document["sections"][2]["numbers"][0]["caveats"], json!(["observational", "exploratory"]));
    assert_eq!(document["sections"][7]["numbers"][0]["caveats"], json!([]));
}

#[test]
fn what_is_withheld_leaves_no_trace_but_its_name() {
    let mut report = Report::new(question());
    report.add(Section::Retention, hazard_ratio([88, 210]));
    report.add(Section::Flow, Number::description("joined", "people", Ok(3.0), "count", 3));
    let document = read(&report.released(|_, number| number.name() != "joined"));
    let hidden = &document["sections"][1]["numbers"][0];
    assert_eq!((&hidden["name"], &hidden["value"], &hidden["n"]), (&json!("joined"), &Value::Null, &Value::Null));
    assert_eq!(hidden["reason"], json!({ "kind": "withheld", "detail": null }));
    assert_eq!(document["sections"][2]["numbers"][0]["value"], 0.7);
}

proptest! {
    #[test]
    fn whatever_comes_in_the_document_is_valid(name in ".*", value in any::<f64>(), lower in any::<f64>(), upper in any::<f64>(), p in any::<f64>(), n in any::<u64>()) {
        let mut report = Report::new(Question { outcome: name.clone(), ..Question::default() });
        let interval = Interval { lower, upper };
        report.add(Section::Robustness, Number::description(name.clone(), "", Ok(value), "", n).within(interval, 0.95).tested(p));
        report.add(Section::Return, Number::effect(name.clone(), "", Ok((value, interval)), 0.9, "", (n, [n, n])));
        let document = read(&report);
        let number = &document["sections"][4]["numbers"][0];
        prop_assert_eq!(number["name"].as_str(), Some(name.as_str()));
        let sound = value.is_finite() && lower <= upper;
        prop_assert_eq!(number["value"].is_number(), sound);
        // The reader may miss the last bits.
        let read = number["value"].as_f64().unwrap_or_default();
        prop_assert!(!sound || (read - value).abs() <= 1e-13 * value.abs() + f64::MIN_POSITIVE, "{read}");
        prop_assert_eq!(number["interval"].is_object(), sound);
        prop_assert_eq!(number["value"].is_null(), number["reason"].is_object());
        prop_assert!(number["p"].is_null() || number["interval"].is_object());
    }
}
