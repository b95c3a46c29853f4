//! Whatever stands in a criteria file, it is answered: with criteria that mean the same when written and read again, or with
//! errors that name their places.

use counterflow_matching::{
    Certificate, Criteria, CriteriaError, Instance, Place, Problem, SolveOptions, solve, unattended, verify,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::random;

/// A change to a text, somewhere.
#[derive(Clone, Debug)]
enum Fault {
    /// One bit, which may make it no UTF-8 at all; then it is read as a careless program would.
    Flip(Index, u8),
    /// Everything between two places goes.
    Cut(Index, Index),
    /// What stands between two places stands at a third, too.
    Splice(Index, Index, Index),
    /// Something else is put in.
    Insert(Index, String),
}

fn fault() -> impl Strategy<Value = Fault> {
    let piece = prop_oneof![
        prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        "[\\[\\]{}=\"'#,.\\\\ \n\r\t0-9a-z_-]{0,12}",
        "\\PC{0,6}",
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
    ];
    prop_oneof![
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Fault::Flip(at, bit)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Fault::Cut(from, to)),
        (any::<Index>(), any::<Index>(), any::<Index>()).prop_map(|(from, to, at)| Fault::Splice(from, to, at)),
        (any::<Index>(), piece).prop_map(|(at, piece)| Fault::Insert(at, piece)),
    ]
}

const PIECES: &[&str] = &[
    "\u{feff}",
    "\r\n",
    "\r",
    "\0",
    "\"\"\"",
    "'''",
    "\u{202e}",
    "\u{1F469}\u{200D}\u{1F4BB}",
    "e\u{301}",
    "\n[[criterion]]\n",
    "\n[criterion]\n",
    "\n[chain_of_command]\n",
    "\ndepth = 0\n",
    "\ndepth = 4294967296\n",
    "\n\"\" = 1\n",
    "\nby = 9223372036854775807\n",
    "\nby = 2147483647\n",
    "\nby = 10000000000\n",
    "\nby = 1e-3\n",
    "\nby = 0.0005\n",
    "\nby = nan\n",
    "\nby = -inf\n",
    "\nby = 1979-05-27T07:32:00Z\n",
    "\nweight = 11\n",
    "\nweight = -1\n",
    "\nwraps_at = 0.001\n",
    "\nwraps_at = 1\n",
    "\npairs = [[]]\n",
    "\npairs = [['a', 'b', 'c']]\n",
    "\npairs = [['', '']]\n",
    "\nfield = 'topics'\n",
    "\nmissing = 'allow'\n",
    "\nrule = 'must'\n",
    "\nrule = 'avoid'\n",
    "\ncriterion = 1\n",
];

const DOCUMENTED: &str = "# a comment\naim = \"fair\"\nchain_of_command = { depth = 2 }\n\n[[criterion]]\nname = '''Time\nzones'''\n\
    rule = \"must\"\ncompare = \"at_most_apart\"\nmentor_field = \"zone\"\nmentee_field = \"zone\"\nby = 3.5\nwraps_at = 24\n\
    missing = \"allow\"\n[[criterion]]\nrule = 'prefer'\ncompare = 'complements'\nfield = 'style'\nweight = 0x0A\n\
    pairs = [ [\"introvert\", \"extrovert\"], # both ways\n  ['loud', 'quiet'], ]\n";

fn text() -> impl Strategy<Value = String> {
    let written = (0..2_000_u64).prop_map(|seed| random::instance(seed, 1).criteria.to_toml());
    prop_oneof![Just(DOCUMENTED.to_owned()), written]
}

fn with_faults(text: String, faults: &[Fault]) -> String {
    let mut bytes = text.into_bytes();
    for fault in faults {
        let place = |index: &Index| index.index(bytes.len() + 1);
        let range = |from: &Index, to: &Index| place(from).min(place(to))..place(from).max(place(to));
        match fault {
            Fault::Flip(at, bit) if place(at) < bytes.len() => {
                let at = place(at);
                bytes[at] ^= 1 << bit;
            }
            Fault::Flip(..) => {}
            Fault::Cut(from, to) => drop(bytes.drain(range(from, to))),
            Fault::Splice(from, to, at) => {
                let (piece, at) = (bytes[range(from, to)].to_vec(), place(at));
                bytes.splice(at..at, piece);
            }
            Fault::Insert(at, piece) => {
                let at = place(at);
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn names_its_place(text: &str, tables: usize, error: &CriteriaError) {
    match &error.problem {
        Problem::Syntax { line, column, message } => {
            let found = text.split('\n').nth(line - 1).unwrap_or_else(|| panic!("there is no line {line}"));
            assert!((1..=found.chars().count() + 1).contains(column), "line {line} has no column {column}");
            assert!(!message.is_empty());
        }
        _ => assert!(error.to_string().contains('`'), "{error}"),
    }
    if let Place::Criterion(position) = error.place {
        assert!(position < tables, "{error}");
    }
}

/// Reads, writes, reads again, and matches a few people by what was read. Returns whether it could be read.
fn walk(text: &str) -> bool {
    match Criteria::from_toml(text) {
        Err(errors) => {
            assert!(!errors.is_empty());
            let tables = text.matches("criterion").count() + text.matches('{').count();
            errors.iter().for_each(|error| names_its_place(text, tables, error));
            false
        }
        Ok(criteria) => {
            assert_eq!(criteria.problems(), []);
            assert_eq!(Criteria::from_toml(&criteria.to_toml()), Ok(criteria.clone()));
            matches_people(criteria);
            true
        }
    }
}

fn matches_people(criteria: Criteria) {
    let instance = Instance { criteria, ..random::instance(3, 6) };
    match instance.compile() {
        Err(errors) => assert!(errors.iter().all(|error| !error.to_string().is_empty())),
        Ok(compiled) => {
            let solution = solve(&compiled, &SolveOptions::of(&compiled), unattended).expect("nobody cancels");
            verify(&compiled, &solution, &Certificate::new(&compiled, &solution)).expect("a proof");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn faulty_criteria_are_read_or_refused_with_their_places(text in text(), faults in vec(fault(), 0..5)) {
        walk(&with_faults(text, &faults));
    }
}

#[test]
fn without_faults_they_are_read() {
    assert!(walk(DOCUMENTED));
    for seed in 0..200 {
        assert!(walk(&random::instance(seed, 1).criteria.to_toml()), "seed {seed}");
    }
}

#[test]
fn very_deep_and_very_long_texts_are_refused_or_read() {
    let long = |piece: &str, count: usize| piece.repeat(count);
    for text in [
        format!("a = {}", long("[", 100_000)),
        format!("a = {}", long("{a=", 100_000)),
        format!("{}a = 1", long("a.", 100_000)),
        format!("[{}a]", long("a.", 100_000)),
        long("[[criterion]]\n", 2_000),
        long("[[criterion]]\nrule = 'must'\ncompare = 'same'\nfield = 'office'\n", 100),
        format!("aim = '{}'", long("x", 1_000_000)),
        long("\u{feff}", 1_000),
        long("\"", 100_001),
    ] {
        walk(&text);
    }
}
