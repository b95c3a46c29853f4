//! Viewers who ask a ledger for one cohort after another, together, and an attacker who computes what follows.

use counterflow_statistics::disclosure::{Cohort, Ledger, Policy, Release, audit, audit_below};

const PANELS: u64 = 200;
const QUERIES: usize = 30;
const K: usize = 5;

/// Numbers without pattern, the same in every run: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ bits >> 31) % bound
    }

    /// One of as many values as there are shares, which are in percent.
    fn pick(&mut self, shares: &[u64]) -> u64 {
        let mut rest = self.below(shares.iter().sum());
        shares
            .iter()
            .position(|&share| {
                rest < share || {
                    rest -= share;
                    false
                }
            })
            .unwrap_or(0) as u64
    }
}

/// Somebody's unit, region, grade, gender, band of age and year of entry.
type Person = [u64; 6];

fn panel(dice: &mut Dice) -> Vec<Person> {
    let people = 200 + dice.below(1_800);
    let shares: [&[u64]; 6] =
        [&[32, 22, 17, 15, 9, 5], &[32, 50, 18], &[14; 7], &[54, 46], &[15, 30, 30, 15, 10], &[40, 20, 20, 20]];
    (0..people).map(|_| shares.map(|shares| dice.pick(shares))).collect()
}

/// A filter of one to three conditions: a value, or all up to a value.
fn cohort(dice: &mut Dice, people: &[Person]) -> Cohort {
    let conditions: Vec<(usize, u64, bool)> =
        (0..=dice.below(3)).map(|_| (dice.below(6) as usize, dice.below(7), dice.below(3) == 0)).collect();
    let fits = |person: &Person| {
        conditions
            .iter()
            .all(|&(field, value, up_to)| if up_to { person[field] <= value } else { person[field] == value })
    };
    Cohort::from_mask(&people.iter().map(fits).collect::<Vec<_>>())
}

/// Whether it, those outside, and the four cells that it forms with each released cohort are empty or 2 k people.
fn harmless(cohort: &Cohort, ledger: &Ledger) -> bool {
    let cell = |fits: &dyn Fn(usize) -> bool| {
        let people = (0..cohort.people()).filter(|&person| fits(person)).count();
        people == 0 || people >= 2 * K
    };
    !cohort.is_empty()
        && ledger.released().iter().all(|other| {
            cell(&|person| cohort.contains(person) && other.contains(person))
                && cell(&|person| cohort.contains(person) && !other.contains(person))
                && cell(&|person| !cohort.contains(person) && other.contains(person))
                && cell(&|person| !cohort.contains(person) && !other.contains(person))
        })
}

/// What was released with its counts, how many queries were harmless, and how many of those were answered.
fn session(seed: u64) -> (Vec<Release>, usize, usize) {
    let mut dice = Dice(seed);
    let people = panel(&mut dice);
    let outcome: Vec<bool> = people.iter().map(|_| dice.below(10) < 3).collect();
    let mut ledger = Ledger::new(people.len(), &Policy::default()).expect("more people than k");
    let (mut asked, mut answered) = (0, 0);
    for _ in 0..QUERIES {
        let cohort = cohort(&mut dice, &people);
        let harmless = harmless(&cohort, &ledger);
        asked += usize::from(harmless);
        answered += usize::from(ledger.release(cohort, None).is_ok() && harmless);
    }
    let count =
        |cohort: &Cohort| (0..people.len()).filter(|&person| cohort.contains(person) && outcome[person]).count();
    let released =
        ledger.released().iter().map(|cohort| Release { count: count(cohort) as u64, cohort: cohort.clone() });
    (released.collect(), asked, answered)
}

#[test]
fn no_sequence_of_queries_determines_fewer_than_k() {
    let (mut asked, mut answered, mut released, mut determined) = (0, 0, 0, 0);
    for seed in 0..PANELS {
        let (releases, harmless, given) = session(seed);
        let known = audit(&releases);
        let small = audit_below(&releases, K);
        assert!(small.is_empty(), "sequence {seed} gives away {small:?}");
        (asked, answered) = (asked + harmless, answered + given);
        (released, determined) = (released + releases.len() - 1, determined + known.len());
    }
    println!(
        "{released} of 6000 released, {answered} of {asked} harmless ones; {determined} atoms of k or more determined"
    );
    assert!(answered * 10 >= asked * 9, "{answered} of {asked} harmless queries answered");
}
