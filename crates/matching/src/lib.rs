//! Pairs two sides by criteria, exactly, with a certificate of optimality that anyone can check.
//!
//! Pure: people and criteria go in, a draft with its proof and its reasons comes out. No clock, no files, no network, no
//! randomness; the same input gives the same output, in whatever order its rows come.
//!
//! ```
//! use counterflow_matching::{
//!     Certificate, Criteria, Instance, Profile, SolveOptions, Value, Want, count, explain_pair, solve, unattended, verify,
//! };
//!
//! let criteria = Criteria::from_toml(r#"
//! [[criterion]]
//! rule = "must"
//! compare = "at_least_apart"
//! field = "level"
//! by = 3
//!
//! [[criterion]]
//! rule = "prefer"
//! compare = "offers_what_the_other_wants"
//! mentor_field = "offers"
//! mentee_field = "wants"
//! weight = 6
//! "#).expect("the criteria are in the form");
//!
//! let mentor = |id: &str, level: i32, topic: &str| {
//!     Profile::new(id, 1).with("level", Value::from(level)).with("offers", Value::offers([(topic, 4)]))
//! };
//! let mentee = |id: &str, topic: &str| {
//!     Profile::new(id, 1).with("level", Value::from(6)).with("wants", Value::wants([(topic, Want::any_level(3))]))
//! };
//! let instance = Instance::new(
//!     vec![mentor("ana", 2, "AI at work"), mentor("tom", 3, "passkeys"), mentor("kim", 5, "AI at work")],
//!     vec![mentee("ruth", "AI at work"), mentee("priya", "passkeys")],
//!     criteria,
//! );
//!
//! // Before a run: what does each criterion leave?
//! let compiled = instance.compile().expect("people and criteria fit each other");
//! assert_eq!(count(&compiled).remaining, 4); // kim is too near to both
//!
//! // The best draft, and its proof.
//! let solution = solve(&compiled, &SolveOptions::of(&compiled), unattended).expect("nobody cancels");
//! let pairs: Vec<_> = solution.pairs.iter().map(|pair| (pair.mentor.as_str(), pair.mentee.as_str())).collect();
//! assert_eq!(pairs, [("ana", "ruth"), ("tom", "priya")]);
//! let certificate = Certificate::new(&compiled, &solution);
//! assert!(verify(&compiled, &solution, &certificate).is_ok());
//!
//! // And why.
//! let rationale = explain_pair(&compiled, "ana", "ruth").expect("both exist");
//! assert_eq!((rationale.score, rationale.for_mentee.rank), (6_400, 1));
//! ```
//!
//! # Where to look
//! * [`criteria`]: what makes a pair possible and what makes it good; the TOML form and the score, in full.
//! * [`Instance`]: people, org tree, pins, forbidden pairs; [`Instance::compile`] checks everything at once.
//! * [`count`] and [`funnel`]: what the rules leave, before a run.
//! * [`solve`] and [`Objective`]: the best draft, or the stable one by [`Profile::choices`] and scores; [`admissible_pairs`] for a check by another solver.
//! * [`resolve`]: the same after a change, from the draft before; [`Limits`]: a draft in time, with a proven bound.
//! * [`form_circles`] and [`verify_circles`]: groups of 3 to 8 people, with a bound on what any arrangement can reach.
//! * [`stable`]: the same without people and criteria: stable matchings from lists of positions, or from keys on demand.
//! * [`Certificate`] and [`verify`]: the proof, and its check, which shares with the solver the input and the adder of bytes, and nothing else.
//! * [`explain_pair`], [`Reasons`], [`swap`]: reasons as data, which the application puts into words; [`what_if`]: whom a
//!   rule keeps without a partner, found out by matching without it.

#[cfg(test)]
extern crate self as counterflow_matching;

mod certificate;
mod choices;
mod circles;
mod columns;
mod compiled;
mod count;
pub mod criteria;
mod degree;
mod explain;
mod fingerprint;
mod instance;
mod number;
mod objective;
mod org;
mod people;
mod profile;
#[cfg(test)]
#[path = "../tests/it/random.rs"]
#[allow(dead_code, missing_docs, reason = "shared with the tests of the whole crate, which need more of it")]
mod random;
mod scan;
mod solve;
pub mod stable;
mod table;
pub mod transport;
mod verify;

pub use certificate::{Certificate, CertifiedBound, Rent};
pub use circles::{
    Circle, CircleOptions, CircleProgress, CircleProof, CircleStatus, CircleStep, CircleViolation, Circles,
    CirclesError, Shape, ShapeError, form_circles, verify_circles,
};
pub use compiled::{AdmissiblePair, CompiledInstance, Override, admissible_pairs};
pub use count::{Candidates, Counts, HardCount, Lacking, PreferenceCount, count};
pub use criteria::{
    ChainOfCommand, Comparison, Complement, Criteria, CriteriaError, Criterion, Depth, HardRule, Missing, Place,
    Problem, Range, Rule, Weight,
};
pub use explain::{
    Candidate, Fact, Funnel, FunnelStep, Gain, Outlook, Part, Rationale, Reasons, Relaxation, Standing, Swap,
    SwappedPair, TopicFact, UnknownId, Unmatched, WhatIf, WhatIfError, explain_pair, funnel, parts, swap, what_if,
};
pub use instance::{Instance, InstanceError, PairIds, PairList, TopicNumber};
pub use number::{NotANumber, Number};
pub use objective::{Bonus, FULL_SCORE, Objective, ObjectiveValue};
pub use org::{OrgErrors, OrgTree, Relation, UnknownManager};
pub use people::People;
pub use profile::{Kind, LEVELS, PRIORITIES, Profile, Side, Sides, Value, Want};
pub use solve::{
    Bound, Limits, Pair, Progress, Solution, SolveError, SolveOptions, Status, Step, resolve, solve, unattended,
};
pub use verify::{Proof, Violation, verify};
