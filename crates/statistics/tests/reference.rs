//! The figures of `tests/reference/*.json`, each computed by R, by mpmath with 40 digits, or by a closed form. Another
//! folder in the same format is checked too where `STATISTICS_REFERENCE` names one.
//!
//! Every number of a case has to be known here: one that nothing computes is a failure, not a skip.

use std::{fs, path::Path};

use counterflow_statistics::{
    Error,
    power::{events, paired, proportions, two_sample},
};
use serde_json::Value;

/// |found - expected| <= RELATIVE |expected|
const RELATIVE: f64 = 1e-8;
/// What describes a case and is no figure of it.
const NOTES: [&str; 5] =
    ["kind", "functions", "cross_check", "power_source", "lifelines_sample_size_event_probability_1"];

struct Case<'a>(&'a Value);

impl Case<'_> {
    fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }

    /// The figures of a case by name. What is not among them was given.
    fn figures(&self) -> Vec<(&'static str, Result<f64, Error>)> {
        let n = |name| self.number(name);
        match self.0["kind"].as_str().unwrap_or_default() {
            "two_proportions_n_per_group" => {
                let (p1, p2, power, alpha) = (n("p1"), n("p2"), n("power"), n("alpha"));
                let plain = proportions::per_group(p1, p2, power, alpha);
                vec![
                    ("n_per_group_normal", plain),
                    ("n_per_group_ceiling", plain.map(f64::ceil)),
                    ("closed_form_check", plain),
                    ("cohen_h", proportions::cohen_h(p1, p2)),
                    ("n_per_group_arcsine", proportions::per_group_arcsine(p1, p2, power, alpha)),
                    ("fleiss_continuity", proportions::per_group_corrected(p1, p2, power, alpha)),
                ]
            }
            "two_proportions_power_unequal" => {
                let (one, two, alpha) = ((n("p1"), n("n1")), (n("p2"), n("n2")), n("alpha"));
                vec![
                    ("power_arcsine", proportions::two_groups_arcsine(one, two, alpha)),
                    ("power_normal_pooled_null", proportions::two_groups(one, two, alpha)),
                ]
            }
            "paired_t_n_pairs" => {
                let pairs = paired::pairs(n("dz"), n("power"), n("alpha"));
                vec![("n", pairs), ("n_ceiling", pairs.map(f64::ceil))]
            }
            "paired_t_power" => vec![("power", paired::power(n("dz"), n("n"), n("alpha")))],
            "two_sample_t_power" => vec![("power", two_sample::power(n("d"), n("n1"), n("n2"), n("alpha")))],
            "logrank_schoenfeld_1981" => {
                let needed = events::schoenfeld(n("hr"), n("share_exposed"), n("power"), n("alpha"));
                let people = needed.and_then(|needed| events::people(needed, n("prob_event")));
                vec![("events", needed), ("n_total", people)]
            }
            "logrank_power_given_events" => {
                vec![("power", events::power(n("hr"), n("share_exposed"), n("events"), n("alpha")))]
            }
            "logrank_minimum_detectable_hr" => {
                let (exposed, events, power, alpha) = (n("share_exposed"), n("events"), n("power"), n("alpha"));
                vec![("hr", events::smallest_hazard_ratio(exposed, events, power, alpha))]
            }
            "logrank_freedman_1982_equal_arms" => vec![("events", events::freedman(n("hr"), n("power"), n("alpha")))],
            kind => panic!("nothing computes {kind:?}"),
        }
    }

    /// The names of what each kind is given.
    fn given(&self) -> &'static [&'static str] {
        match self.0["kind"].as_str().unwrap_or_default() {
            "two_proportions_n_per_group" => &["p1", "p2", "power", "alpha"],
            "two_proportions_power_unequal" => &["p1", "p2", "n1", "n2", "alpha"],
            "paired_t_n_pairs" => &["dz", "power", "alpha"],
            "paired_t_power" => &["dz", "n", "alpha"],
            "two_sample_t_power" => &["d", "n1", "n2", "alpha"],
            "logrank_schoenfeld_1981" => &["hr", "share_exposed", "prob_event", "power", "alpha"],
            "logrank_power_given_events" => &["hr", "share_exposed", "events", "alpha"],
            "logrank_minimum_detectable_hr" => &["share_exposed", "events", "power", "alpha"],
            "logrank_freedman_1982_equal_arms" => &["hr", "power", "alpha"],
            _ => &[],
        }
    }

    /// Every figure that is missed, and every number that nothing computes.
    fn misses(&self) -> Vec<String> {
        let figures = self.figures();
        let names = self.0.as_object().expect("a case is an object").keys().map(String::as_str);
        let unknown = names
            .filter(|name| !NOTES.contains(name) && !self.given().contains(name))
            .filter(|name| !figures.iter().any(|(figure, _)| figure == name))
            .map(|name| format!("{}: nothing computes {name}", self.0["kind"]));
        let missed = figures.iter().filter_map(|(name, found)| {
            let expected = self.number(name);
            let near = found.is_ok_and(|found| (found - expected).abs() <= RELATIVE * expected.abs());
            (!near).then(|| format!("{} {name}: {found:?}, not {expected}", self.0["kind"]))
        });
        unknown.chain(missed).collect()
    }
}

/// The misses of one file, and how many cases it has.
fn check(file: &Path) -> (Vec<String>, usize) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let reference: Value = serde_json::from_str(&text).expect("the reference is JSON");
    let cases = reference["cases"].as_array().expect("the reference has cases");
    (cases.iter().flat_map(|case| Case(case).misses()).collect(), cases.len())
}

#[test]
fn every_figure_of_the_reference_is_reached() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let other = std::env::var_os("STATISTICS_REFERENCE").map(Into::into);
    if other.is_none() {
        eprintln!("SKIPPED: references beside our own, because STATISTICS_REFERENCE names no folder.");
    }
    for folder in std::iter::once(own).chain(other) {
        let (misses, cases) = check(&folder.join("ref_power.json"));
        assert!(misses.is_empty(), "{}:\n{}", folder.display(), misses.join("\n"));
        assert!(cases >= 15, "only {cases} cases in {}", folder.display());
    }
}
