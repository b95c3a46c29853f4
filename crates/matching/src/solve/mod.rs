//! From an instance to the best draft.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::certificate::{Certificate, Rent};
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
use engine::Engine;

/// What to solve for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SolveOptions {
    /// Which draft is the best.
    pub objective: Objective,
    /// How many threads look at pairs; 0 for as many as the machine runs at once. The draft is the same for any number.
    pub threads: usize,
    /// How long and with how much memory; no limits for [`Objective::Stable`], which has no draft before it has the best.
    pub limits: Limits,
}

/// Where the solver stops looking for a better draft, and returns the one it has with a bound for all others; see
/// [`Status::Feasible`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// As long as this; what has been begun takes a little longer. The draft then depends on the machine.
    pub time: Option<Duration>,
    /// So many bytes for the columns of one side and for listed pairs, which is what the solver needs beside the people.
    pub memory: Option<u64>,
}

impl SolveOptions {
    /// What the criteria themselves ask for.
    pub fn of(compiled: &CompiledInstance) -> Self {
        Self { objective: compiled.criteria().aim, ..Self::default() }
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
    /// Finding the best draft among the pairs that are worth looking at; counted in bids and searches.
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
    /// worst pair. Where a limit came first, only whose prices these are.
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
    /// A limit was reached first.
    Feasible {
        /// No other draft is worth more than this one and so much, in points with all [bonuses](crate::Bonus). For
        /// [`Objective::MaxMin`] this says nothing of the worst pair, and may be 0.
        gap: i64,
    },
}

impl Status {
    /// How much more another draft may be worth; `None` for the best.
    pub fn gap(self) -> Option<i64> {
        match self {
            Self::Optimal => None,
            Self::Feasible { gap } => Some(gap),
        }
    }
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

/// Why the solver stops early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halt {
    /// The caller broke off.
    Cancel,
    /// A limit was reached.
    Settle,
}

/// Whoever watches, and may break off.
type Watch<'w> = dyn FnMut(Progress) -> ControlFlow<Halt> + Send + 'w;

/// Finds the best draft by the objective.
///
/// The same people, criteria, pins and forbidden pairs give the same draft, in whatever order they are listed, on any
/// processor and any number of threads; where several drafts are equally good, always the same one of them. The value
/// is the same for all best drafts. The stable draft that is best for the proposers is only one.
///
/// `progress` is called every few people and places, and stops the work by breaking off.
///
/// Takes a byte or two for each topic and each person of one side, and about 32 for each listed pair, of which there are
/// some dozens a person; what it took is in the output of `bin/bench matching`. A look at all pairs is exhaustive, and never
/// stores them.
///
/// # Errors
/// [`SolveError::Cancelled`] when `progress` breaks off.
pub fn solve(
    compiled: &CompiledInstance,
    options: &SolveOptions,
    progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<Solution, SolveError> {
    start(compiled, options, None, progress)
}

/// Finds the best draft anew after people, criteria, pins or forbidden pairs have changed a little: begins with the pairs
/// and prices of the draft before, and mends what they no longer fit. It is as good as what [`solve`] finds, but where
/// several drafts are equally good it may be another one, usually nearer to the draft before. Whoever is to keep their
/// partners for certain is pinned to them in the instance.
///
/// People are told by their ids. For [`Objective::MaxMin`] and [`Objective::Stable`] it is the same as [`solve`].
///
/// # Errors
/// [`SolveError::Cancelled`] when `progress` breaks off.
pub fn resolve(
    compiled: &CompiledInstance,
    before: (&Solution, &Certificate),
    options: &SolveOptions,
    progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<Solution, SolveError> {
    start(compiled, options, Some(before), progress)
}

fn start(
    compiled: &CompiledInstance,
    options: &SolveOptions,
    before: Option<(&Solution, &Certificate)>,
    mut progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<Solution, SolveError> {
    let is_stable = matches!(options.objective, Objective::Stable { .. });
    let deadline = options.limits.time.filter(|_| !is_stable).and_then(|time| Instant::now().checked_add(time));
    let mut watch = |now: Progress| match progress(now) {
        ControlFlow::Break(()) => ControlFlow::Break(Halt::Cancel),
        ControlFlow::Continue(()) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
            ControlFlow::Break(Halt::Settle)
        }
        ControlFlow::Continue(()) => ControlFlow::Continue(()),
    };
    let found = match options.objective {
        Objective::Stable { proposer } => stable::solve(compiled, options, proposer, &mut watch),
        Objective::MaxMin => fair::solve(compiled, Engine::new(compiled, options), &mut watch),
        Objective::MaxCoverage | Objective::MaxTotal => {
            let mut engine = Engine::new(compiled, options);
            if let Some((solution, certificate)) = before.filter(|(before, _)| before.objective == options.objective) {
                engine.begin_with(solution, certificate);
            }
            best(compiled, engine, options.objective, &mut watch)
        }
    };
    match found {
        ControlFlow::Break(_) => Err(SolveError::Cancelled),
        ControlFlow::Continue(solution) => Ok(solution),
    }
}

fn best(
    compiled: &CompiledInstance,
    mut engine: Engine,
    objective: Objective,
    watch: &mut Watch,
) -> ControlFlow<Halt, Solution> {
    let is_best = engine.run_or_settle(0, watch)?;
    let found = Found { pairs: engine.found(), prices: engine.prices(), is_best };
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
) -> ControlFlow<Halt, Vec<Shortlist>> {
    let state = Mutex::new((0, watch, ControlFlow::Continue(())));
    let go_on = |rows: usize| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += rows as u64;
        let done = state.0;
        // Whoever broke off is not asked again by another thread.
        if state.2.is_continue() {
            state.2 = (state.1)(Progress { step, done, of: asks.len() as u64 });
        }
        state.2.is_continue()
    };
    let lists = scan.shortlists(prices, asks, most, &go_on);
    state.into_inner().unwrap_or_else(PoisonError::into_inner).2?;
    lists.map_or(ControlFlow::Break(Halt::Cancel), ControlFlow::Continue)
}
