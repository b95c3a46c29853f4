//! Does it pay to answer narrowly? `cargo run --release -p matching --example gaming -- 20 20`
//! (programs drawn of each kind, people asked in each and of each side).
//!
//! In made-up programs, one person at a time gives less than the true answers: only the favorite topic, one time slot,
//! one language. Everybody else stays with the truth, and the match is run again. What the person gains is the score of
//! the partner found then minus that of the partner found with the truth, both by the true answers; without a partner
//! it is 0. The exit code says whether the mean gain is nowhere above 0 by more than two standard errors.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

mod drawn;

use std::collections::BTreeMap;
use std::process::ExitCode;

use counterflow_matching::{
    Criteria, Instance, Objective, Profile, Side, SolveOptions, Value, Want, admissible_pairs, solve, unattended,
};

use drawn::Random;

const CRITERIA: &str = r#"
[[criterion]]
rule = "must"
compare = "at_least_apart"
field = "level"
by = 2
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
by = 3
weight = 2
"#;

/// What is made up.
struct Kind {
    name: &'static str,
    mentors: u64,
    mentees: u64,
    /// Of how many languages people speak some; above 20 many cannot meet.
    languages: u64,
    objective: Objective,
}

const fn kind(name: &'static str, mentors: u64, mentees: u64, languages: u64, objective: Objective) -> Kind {
    Kind { name, mentors, mentees, languages, objective }
}

const KINDS: [Kind; 4] = [
    kind("tight", 200, 200, 6, Objective::MaxCoverage),
    kind("slack", 300, 150, 6, Objective::MaxCoverage),
    kind("strict", 200, 200, 60, Objective::MaxCoverage),
    kind("strict", 200, 200, 60, Objective::MaxTotal),
];

fn person(id: String, level: u64, languages: u64, random: &mut Random) -> Profile {
    let languages = random.words("language", 3, languages);
    Profile::new(id, 1)
        .with("level", Value::from(level as i32))
        .with("department", Value::category(format!("department{}", random.skewed(12))))
        .with("languages", Value::set(languages))
        .with("slots", Value::set(random.words("slot", 6, 15)))
}

fn program(kind: &Kind, seed: u64) -> Instance {
    let mut random = Random(seed);
    let mentor = |at: u64| {
        let level = random.skewed(8);
        let offers: Vec<_> =
            random.words("topic", 7, 40).into_iter().map(|topic| (topic, 1 + random.below(5) as u8)).collect();
        person(format!("mentor{at:04}"), level, kind.languages, &mut random).with("offers", Value::offers(offers))
    };
    let juniors = (0..kind.mentors).map(mentor).collect();
    let mentee = |at: u64| {
        let level = 5 + random.skewed(7);
        // A topic drawn twice keeps the priority of the first time.
        let wants: Vec<_> = random.words("topic", 5, 40).into_iter().zip([3, 2, 1, 1, 1]).rev().collect();
        let wants = wants.into_iter().map(|(topic, priority)| (topic, Want::any_level(priority)));
        person(format!("mentee{at:04}"), level, kind.languages, &mut random).with("wants", Value::wants(wants))
    };
    let seniors = (0..kind.mentees).map(mentee).collect();
    Instance::new(juniors, seniors, Criteria::from_toml(CRITERIA).expect("the criteria above are in the form"))
}

/// What a person leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Narrow {
    Topics,
    Slots,
    Languages,
}

impl Narrow {
    const ALL: [Self; 3] = [Self::Topics, Self::Slots, Self::Languages];

    fn words(self) -> &'static str {
        match self {
            Self::Topics => "only the favorite topic",
            Self::Slots => "one time slot",
            Self::Languages => "one language",
        }
    }

    fn answer(self, person: &mut Profile) {
        for (field, value) in &mut person.values {
            match (self, field.as_str(), value) {
                (Self::Topics, _, Value::Wants(wants)) => {
                    let favorite = wants.iter().max_by_key(|(_, want)| want.priority).map(|(topic, _)| topic.clone());
                    wants.retain(|topic, _| Some(topic) == favorite.as_ref());
                }
                (Self::Topics, _, Value::Offers(offers)) => {
                    let best = offers.iter().max_by_key(|(_, level)| **level).map(|(topic, _)| topic.clone());
                    offers.retain(|topic, _| Some(topic) == best.as_ref());
                }
                (Self::Slots, "slots", Value::Set(words)) | (Self::Languages, "languages", Value::Set(words)) => {
                    let first = words.first().cloned();
                    words.retain(|word| Some(word) == first.as_ref());
                }
                _ => {}
            }
        }
    }
}

/// Scores by the true answers.
type Scores = BTreeMap<(String, String), u32>;

/// The true score that each person gets.
fn outcome(instance: Instance, objective: Objective, truth: &Scores) -> BTreeMap<String, i64> {
    let compiled = instance.compile().expect("the people above fit the criteria above");
    let mut options = SolveOptions::of(&compiled);
    options.objective = objective;
    let solution = solve(&compiled, &options, unattended).expect("nobody cancels");
    let score = |mentor: &String, mentee: &String| truth.get(&(mentor.clone(), mentee.clone())).copied().unwrap_or(0);
    let pairs = solution.pairs.into_iter().map(|pair| (i64::from(score(&pair.mentor, &pair.mentee)), pair));
    pairs.flat_map(|(score, pair)| [(pair.mentor, score), (pair.mentee, score)]).collect()
}

/// Gains of many people, in points.
#[derive(Default)]
struct Gains(Vec<f64>);

impl Gains {
    fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len().max(1) as f64
    }

    fn standard_error(&self) -> f64 {
        let (mean, count) = (self.mean(), self.0.len() as f64);
        let squares: f64 = self.0.iter().map(|gain| (gain - mean).powi(2)).sum();
        (squares / (count - 1.0).max(1.0) / count.max(1.0)).sqrt()
    }

    fn share(&self, counts: fn(f64) -> bool) -> f64 {
        self.0.iter().filter(|gain| counts(**gain)).count() as f64 * 100.0 / self.0.len().max(1) as f64
    }
}

fn people(instance: &mut Instance, side: Side) -> &mut Vec<Profile> {
    match side {
        Side::Mentor => &mut instance.mentors,
        Side::Mentee => &mut instance.mentees,
    }
}

/// Adds the gains of some people of one program.
fn ask(truth: &Instance, objective: Objective, asked: usize, seed: u64, gains: &mut BTreeMap<(Side, Narrow), Gains>) {
    let compiled = truth.clone().compile().expect("the people above fit the criteria above");
    let scores: Scores = admissible_pairs(&compiled)
        .map(|pair| ((pair.mentor.to_owned(), pair.mentee.to_owned()), pair.score))
        .collect();
    let honest = outcome(truth.clone(), objective, &scores);
    let mut random = Random(seed);
    for side in [Side::Mentor, Side::Mentee] {
        for _ in 0..asked {
            let mut claimed = truth.clone();
            let at = random.below(people(&mut claimed, side).len() as u64) as usize;
            for narrow in Narrow::ALL {
                let mut claimed = claimed.clone();
                let person = &mut people(&mut claimed, side)[at];
                let id = person.id.clone();
                narrow.answer(person);
                let found = outcome(claimed, objective, &scores);
                let score = |found: &BTreeMap<String, i64>| found.get(&id).copied().unwrap_or(0);
                gains.entry((side, narrow)).or_default().0.push((score(&found) - score(&honest)) as f64);
            }
        }
    }
}

fn main() -> ExitCode {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let number = |at: usize, default: usize| numbers.get(at).copied().unwrap_or(default);
    let (programs, asked) = (number(0, 20), number(1, 20));
    let mut holds = true;
    println!("| program | best draft | who | answers with | people | mean gain | standard error | gain | lose |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for kind in &KINDS {
        let Kind { name, mentors, mentees, objective, .. } = kind;
        let mut gains = BTreeMap::new();
        for seed in 0..programs as u64 {
            ask(&program(kind, seed), *objective, asked, seed, &mut gains);
        }
        for ((side, narrow), gains) in gains {
            let (mean, error) = (gains.mean(), gains.standard_error());
            let (more, less) = (gains.share(|gain| gain > 0.0), gains.share(|gain| gain < 0.0));
            let (words, people) = (narrow.words(), gains.0.len());
            println!(
                "| {name} {mentors} x {mentees} | {objective:?} | {side} | {words} | {people} | {mean:.0} | {error:.0} | {more:.0} % | {less:.0} % |"
            );
            holds &= mean <= 2.0 * error;
        }
    }
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
