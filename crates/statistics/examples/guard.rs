//! How long a ledger takes to answer: `cargo run --release -p statistics --example guard`.
//!
//! 100,000 people and 1,000 released cohorts, first filters as a company would ask them, then groups without pattern, which
//! leave almost everybody an atom alone.

use std::time::{Duration, Instant};

use counterflow_statistics::disclosure::{Cohort, Ledger, Policy};

const PEOPLE: usize = 100_000;
const COHORTS: usize = 1_000;
const QUERIES: usize = 200;
/// How many values each field of a person has.
const FIELDS: [u64; 6] = [30, 4, 8, 2, 6, 5];

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
}

fn filter(dice: &mut Dice, people: &[[u64; 6]]) -> Cohort {
    let mut condition = || {
        let field = dice.below(6) as usize;
        (field, dice.below(FIELDS[field]))
    };
    let conditions: Vec<(usize, u64)> = (0..1 + condition().1 % 3).map(|_| condition()).collect();
    let fits = |person: &[u64; 6]| conditions.iter().all(|&(field, most)| person[field] <= most);
    Cohort::from_mask(&people.iter().map(fits).collect::<Vec<_>>())
}

fn half(dice: &mut Dice) -> Cohort {
    Cohort::from_mask(&(0..PEOPLE).map(|_| dice.below(2) == 0).collect::<Vec<_>>())
}

#[expect(clippy::print_stdout, reason = "it is what the example is for")]
fn measure(name: &str, ledger: &Ledger, mut query: impl FnMut() -> Cohort) {
    let mut times: Vec<(Duration, bool)> = (0..QUERIES)
        .map(|_| query())
        .map(|cohort| {
            let started = Instant::now();
            let answer = ledger.check(&cohort, None);
            (started.elapsed(), answer.is_ok())
        })
        .collect();
    let answered = times.iter().filter(|(_, ok)| *ok).count();
    times.sort();
    println!(
        "{name}: {} cohorts; median {:.2?}, slowest {:.2?}; {answered} of {QUERIES} answered",
        ledger.released().len(),
        times[QUERIES / 2].0,
        times[QUERIES - 1].0
    );
}

fn main() -> Result<(), counterflow_statistics::Error> {
    let mut dice = Dice(1);
    let people: Vec<[u64; 6]> = (0..PEOPLE).map(|_| FIELDS.map(|values| dice.below(values))).collect();
    let mut ledger = Ledger::new(PEOPLE, &Policy::default())?;
    let mut asked = 0;
    let started = Instant::now();
    while ledger.released().len() <= COHORTS && asked < 10 * COHORTS {
        let cohort = filter(&mut dice, &people);
        asked += 1;
        // What is refused is not released; that is all that matters here.
        let _refused = ledger.release(cohort, None).is_err();
    }
    eprintln!("asked {asked} in {:?}", started.elapsed());
    measure("filters", &ledger, || filter(&mut dice, &people));
    let cohorts: Vec<Cohort> = (0..COHORTS).map(|_| half(&mut dice)).collect();
    let ledger = Ledger::replay(PEOPLE, &Policy::default(), cohorts)?;
    measure("without pattern", &ledger, || half(&mut dice));
    Ok(())
}
