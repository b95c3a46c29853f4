//! Times a match of a made-up company: `cargo run --release -p matching --example measure -- 1000 1000`.
//!
//! The people are drawn from a seed: levels, offices in time zones, departments, languages, offered and wanted topics,
//! an org tree; juniors mentor seniors. About half of all pairs are possible.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::time::Instant;

use counterflow_matching::{
    Certificate, Criteria, Instance, Objective, OrgTree, Profile, SolveOptions, Value, Want, count, solve, unattended,
    verify,
};

const CRITERIA: &str = r#"
[chain_of_command]
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
rule = "must"
compare = "at_most_apart"
field = "utc_offset"
by = 6
wraps_at = 24
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
[[criterion]]
rule = "prefer"
compare = "complements"
field = "introversion"
by = 8
weight = 2
"#;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    /// Small numbers more often than large ones.
    fn skewed(&mut self, end: u64) -> u64 {
        self.below(end).min(self.below(end))
    }

    fn words(&mut self, prefix: &str, count: u64, end: u64) -> Vec<String> {
        (0..count).map(|_| format!("{prefix}{}", self.skewed(end))).collect()
    }
}

fn person(id: String, capacity: u32, level: u64, random: &mut Random) -> Profile {
    let office = random.skewed(30);
    let offset = [-6, 0, 1, 5, 9][office as usize % 5];
    let mut languages = random.words("language", 1, 12);
    languages.push(format!("language{}", if random.below(10) < 9 { 0 } else { office }));
    Profile::new(id, capacity)
        .with("level", Value::from(level as i32))
        .with("utc_offset", Value::from(offset))
        .with("department", Value::category(format!("department{}", random.skewed(20))))
        .with("introversion", Value::from(random.below(16) as i32))
        .with("languages", Value::set(languages))
        .with("slots", Value::set(random.words("slot", 6, 15)))
}

pub fn instance(mentors: u64, mentees: u64, most_mentees: u64, seed: u64) -> Instance {
    let mut random = Random(seed);
    let criteria = Criteria::from_toml(CRITERIA).expect("the criteria above are in the form");
    let mentor = |at: u64| {
        let capacity = 1 + random.below(most_mentees) as u32;
        let level = random.skewed(8);
        let offers = random.words("topic", 9, 200).into_iter().map(|topic| (topic, 1 + random.below(5) as u8));
        let offers = Value::offers(offers.collect::<Vec<_>>());
        person(format!("mentor{at:06}"), capacity, level, &mut random).with("offers", offers)
    };
    let juniors: Vec<Profile> = (0..mentors).map(mentor).collect();
    let mentee = |at: u64| {
        let level = 5 + random.skewed(7);
        let wants = random.words("topic", 5, 200).into_iter().zip([3, 2, 1, 1, 1]);
        let wants = Value::wants(wants.map(|(topic, priority)| (topic, Want::any_level(priority))).collect::<Vec<_>>());
        person(format!("mentee{at:06}"), 1, level, &mut random).with("wants", wants)
    };
    let seniors: Vec<Profile> = (0..mentees).map(mentee).collect();
    let mut random = Random(seed + 1);
    let ids = seniors.iter().chain(&juniors).map(|person| person.id.clone()).collect::<Vec<_>>();
    let manager = |at: usize| (at > 0).then(|| ids[random.below(at.min(seniors.len()) as u64) as usize].clone());
    let managers: Vec<_> = (0..ids.len()).map(manager).collect();
    let org = OrgTree::from_managers(ids.into_iter().zip(managers)).expect("everybody reports to somebody before them");
    Instance { org, ..Instance::new(juniors, seniors, criteria) }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what:<10} {:>9.1} ms", start.elapsed().as_secs_f64() * 1_000.0);
    result
}

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let number = |at: usize, default: u64| numbers.get(at).copied().unwrap_or(default);
    let (mentors, mentees) = (number(0, 1_000), number(1, 1_000));
    let made = instance(mentors, mentees, number(2, 1), number(3, 1));
    let compiled = timed("compile", || made.compile()).expect("the people above fit the criteria above");
    let counts = timed("count", || count(&compiled));
    println!("{} of {} pairs are possible", counts.remaining, counts.pairs);

    for objective in [Objective::MaxCoverage, Objective::MaxTotal] {
        let solution = timed("solve", || solve(&compiled, &SolveOptions { objective, threads: 0 }, unattended));
        let solution = solution.expect("nobody cancels");
        let certificate = timed("certify", || Certificate::new(&compiled, &solution));
        let proof = timed("verify", || verify(&compiled, &solution, &certificate)).expect("the draft is the best");
        println!("{objective:?}: {:?}", proof.value);
    }
}
