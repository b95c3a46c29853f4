//! From an instance to the best draft.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::certificate::Rent;
use crate::compiled::CompiledInstance;
use crate::objective::{Objective, ObjectiveValue};
use crate::profile::{Side, Sides};
use crate::scan::{Ask, Prices, Scan, Shortlist};

mod choice;
mod draft;
mod engine;
mod fair;
mod stable;

use draft::Found;
pub(crate) use draft::rents;
use engine::{Engine, Watch};

/// What to solve for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SolveOptions {
    /// Which draft is the best.
    pub objective: Objective,
    /// How many threads look at pairs; 0 for as many as the machine runs at once. The draft is the same for any number.
    pub threads: usize,
}

impl SolveOptions {
    /// What the criteria themselves ask for.
    pub fn of(compiled: &CompiledInstance) -> Self {
        Self { objective: compiled.criteria().aim, threads: 0 }
    }
}

/// How many threads an option asks for.
fn thread_count(option: usize) -> usize {
    match option {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    }
}

/// What the solver is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding out who can meet whom, and how well they fit; counted in people.
    Score,
    /// Finding the best draft among the pairs that are worth looking at; counted in searches.
    Assign,
    /// Making sure that no other pair would be better; counted in people.
    Prove,
}

/// How far the solver is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub step: Step,
    /// What is done of it.
    pub done: u64,
    /// All of it.
    pub of: u64,
}

/// For [`solve`], when nobody watches and nobody cancels.
pub fn unattended(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Why there is no solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SolveError {
    /// The caller's progress function broke off.
    #[error("the match was cancelled")]
    Cancelled,
}

/// A draft, and what proves that it is the best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    /// What it was solved for.
    pub objective: Objective,
    /// How good it is known to be.
    pub status: Status,
    /// What it reaches.
    pub value: ObjectiveValue,
    /// In the order of mentor and mentee ids.
    pub pairs: Vec<Pair>,
    /// People without any partner, in the order of their ids.
    pub unmatched: Sides<Vec<String>>,
    /// The dual price of each person's first free place, in the order of ids: what the optimum would lose without it.
    /// A [`Certificate`](crate::Certificate) is made from them, and says more about them. None for
    /// [`Objective::Stable`].
    pub prices: Sides<Vec<i64>>,
    /// For [`Objective::MaxMin`]: what proves that no draft reaches more people or pairs, and none as many with a better
    /// worst pair.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<Bound>,
}

/// Prices of another best draft, that of the pairs with at least some score. Whatever these pairs can reach, these
/// prices and rents are an upper bound on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Which pairs it speaks of.
    pub least_score: u32,
    /// The price of each person's first free place, in the order of ids.
    pub prices: Sides<Vec<i64>>,
    /// What pairs are worth beyond their places.
    pub rents: Vec<Rent>,
}

/// How good a solution is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No other draft is better. For [`Objective::Stable`]: the draft is stable, and of all stable drafts the best for
    /// each proposer.
    Optimal,
}

/// A mentor and a mentee of a draft.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pair {
    /// The mentor's id.
    pub mentor: String,
    /// The mentee's id.
    pub mentee: String,
    /// From 0 to 10,000.
    pub score: u32,
    /// Whether it was given rather than found.
    pub pinned: bool,
}

impl Pair {
    /// The id on one side.
    pub fn id(&self, side: Side) -> &str {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }
}

/// Finds the best draft by the objective.
///
/// The same people, criteria, pins and forbidden pairs give the same draft, in whatever order they are listed. Where
/// several drafts are equally good, this is the rule: the side with fewer free places (mentees, if equal) receives its
/// first places in the order of ids, then its second ones, and so on; each time the draft changes in the way that adds
/// most to its worth; of ways that add the same, the one through the better score comes first, then the one through
/// the smaller id. The value is the same for all best drafts. The stable draft that is best for the proposers is only one.
///
/// `progress` is called for every person and every place, and stops the work by breaking off.
///
/// Takes 8 bytes a possible pair beside the people. At worst the time is that of one look at all possible pairs for
/// each place; where one side has places to spare, most places need only a few looks.
///
/// # Errors
/// [`SolveError::Cancelled`] when `progress` breaks off.
pub fn solve(
    compiled: &CompiledInstance,
    options: &SolveOptions,
    mut progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<Solution, SolveError> {
    let engine = || Engine::new(compiled, options);
    let found = match options.objective {
        Objective::Stable { proposer } => stable::solve(compiled, options, proposer, &mut progress),
        Objective::MaxMin => fair::solve(compiled, engine(), &mut progress),
        objective => best(compiled, engine(), objective, &mut progress),
    };
    match found {
        ControlFlow::Break(()) => Err(SolveError::Cancelled),
        ControlFlow::Continue(solution) => Ok(solution),
    }
}

fn best(
    compiled: &CompiledInstance,
    mut engine: Engine,
    objective: Objective,
    watch: &mut Watch,
) -> ControlFlow<(), Solution> {
    engine.run(0, watch)?;
    let found = Found { pairs: engine.found(), prices: engine.prices() };
    ControlFlow::Continue(draft::solution(compiled, objective, found, Vec::new()))
}

/// Scans rows, and tells whoever watches how many are done.
fn shortlists(
    scan: &Scan,
    prices: Prices,
    asks: &[Ask],
    most: usize,
    step: Step,
    watch: &mut Watch,
) -> ControlFlow<(), Vec<Shortlist>> {
    let watch = Mutex::new((0, watch));
    let go_on = |rows: usize| {
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.0 += rows as u64;
        let done = watch.0;
        (watch.1)(Progress { step, done, of: asks.len() as u64 }).is_continue()
    };
    match scan.shortlists(prices, asks, most, &go_on) {
        Some(lists) => ControlFlow::Continue(lists),
        None => ControlFlow::Break(()),
    }
}
