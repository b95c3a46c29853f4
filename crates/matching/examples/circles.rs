//! Times the forming of circles: `cargo run --release -p matching --example circles -- 300 300 2 3`
//! (mentors, mentees, mentors a circle, mentees a circle, seed).
//!
//! The people are drawn from a seed: levels, languages, offered and wanted topics. About half of all pairs are possible.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

mod drawn;

use std::ops::ControlFlow;
use std::time::Instant;

use counterflow_matching::{
    CircleOptions, Criteria, Instance, Profile, Shape, ShapeError, Value, Want, count, form_circles, verify_circles,
};

use drawn::Random;

const CRITERIA: &str = r#"
[[criterion]]
rule = "must"
compare = "at_least_apart"
field = "level"
by = 3
[[criterion]]
rule = "must"
compare = "overlaps"
field = "languages"
[[criterion]]
rule = "prefer"
compare = "offers_what_the_other_wants"
mentor_field = "offers"
mentee_field = "wants"
weight = 6
[[criterion]]
rule = "prefer"
compare = "different"
field = "department"
weight = 2
[[criterion]]
rule = "prefer"
compare = "overlaps"
field = "slots"
by = 4
weight = 2
"#;

fn person(id: String, level: u64, random: &mut Random) -> Profile {
    let mut languages = random.words("language", 1, 12);
    if random.below(10) < 8 {
        languages.push("language0".to_owned());
    }
    Profile::new(id, 1)
        .with("level", Value::from(level as i32))
        .with("department", Value::category(format!("department{}", random.skewed(20))))
        .with("languages", Value::set(languages))
        .with("slots", Value::set(random.words("slot", 6, 15)))
}

fn instance(mentors: u64, mentees: u64, seed: u64) -> Instance {
    let mut random = Random(seed);
    let mentor = |at: u64| {
        let level = random.skewed(8);
        let offers = random.words("topic", 9, 60).into_iter().map(|topic| (topic, 1 + random.below(5) as u8));
        let offers = Value::offers(offers.collect::<Vec<_>>());
        person(format!("mentor{at:06}"), level, &mut random).with("offers", offers)
    };
    let juniors: Vec<Profile> = (0..mentors).map(mentor).collect();
    let mentee = |at: u64| {
        let level = 5 + random.skewed(7);
        let wants = random.words("topic", 5, 60).into_iter().zip([3, 2, 1, 1, 1]);
        let wants = Value::wants(wants.map(|(topic, priority)| (topic, Want::any_level(priority))).collect::<Vec<_>>());
        person(format!("mentee{at:06}"), level, &mut random).with("wants", wants)
    };
    let seniors: Vec<Profile> = (0..mentees).map(mentee).collect();
    Instance::new(juniors, seniors, Criteria::from_toml(CRITERIA).expect("the criteria above are in the form"))
}

fn main() -> Result<(), ShapeError> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let number = |at: usize, default: u64| numbers.get(at).copied().unwrap_or(default);
    let shape = Shape::new(number(2, 2) as u8, number(3, 3) as u8)?;
    let compiled = instance(number(0, 300), number(1, 300), number(4, 1)).compile().expect("people fit the criteria");
    let counts = count(&compiled);
    let start = Instant::now();
    let circles = form_circles(&compiled, &CircleOptions::of(shape), |_| ControlFlow::Continue(())).expect("no pins");
    let formed = start.elapsed();
    verify_circles(&compiled, &circles).expect("circles are what they say");
    println!(
        "{}/{} pairs possible; {} of {} circles, total {} of {} ({:.2} %), {:?}; {:.3} s",
        counts.remaining,
        counts.pairs,
        circles.circles.len(),
        circles.proof.most,
        circles.total,
        circles.bound,
        circles.total as f64 * 100.0 / circles.bound.max(1) as f64,
        circles.status,
        formed.as_secs_f64()
    );
    Ok(())
}
