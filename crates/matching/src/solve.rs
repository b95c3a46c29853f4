//! From an instance to the best draft.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::objective::{Bonus, Objective, ObjectiveValue};
use crate::profile::{Side, Sides};
use crate::transport::{self, Arc, Flow, Node, Problem};

/// What to solve for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SolveOptions {
    /// Which draft is the best.
    pub objective: Objective,
}

impl SolveOptions {
    /// What the criteria themselves ask for.
    pub fn of(compiled: &CompiledInstance) -> Self {
        Self { objective: compiled.criteria().aim }
    }
}

/// What the solver is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding out who can meet whom, and how well they fit; counted in people.
    Score,
    /// Finding the best draft; counted in places.
    Assign,
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
    /// A [`Certificate`](crate::Certificate) is made from them, and says more about them.
    pub prices: Sides<Vec<i64>>,
}

/// How good a solution is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No other draft is better.
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
/// the smaller id. The value is the same for all best drafts.
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
    progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Solution, SolveError> {
    let places = FreePlaces::of(compiled, options.objective);
    match places.assign(compiled, progress) {
        ControlFlow::Break(()) => Err(SolveError::Cancelled),
        ControlFlow::Continue(flow) => Ok(places.solution(compiled, options.objective, flow)),
    }
}

/// What pins leave to be filled, and what filling it is worth.
struct FreePlaces {
    nodes: Sides<Vec<Node>>,
    bonus: Bonus,
    /// The side whose places are filled one by one: the scarcer one, for which fewer searches are needed.
    rows: Side,
}

impl FreePlaces {
    fn of(compiled: &CompiledInstance, objective: Objective) -> Self {
        let bonus = compiled.bonus(objective);
        let nodes: Sides<Vec<Node>> = Sides::from_fn(|side| {
            let across = compiled.people(side.other()).len() as u32;
            let people = compiled.people(side).iter().zip(compiled.pins(side));
            people
                .map(|(person, pins)| Node {
                    // More places than people across are as good as one more than people across.
                    places: (person.capacity - pins).min(across + 1),
                    first_bonus: if pins == 0 { bonus.first_place } else { 0 },
                })
                .collect()
        });
        let total = |side| nodes.of(side).iter().map(|node| u64::from(node.places)).sum::<u64>();
        let rows = if total(Side::Mentor) < total(Side::Mentee) { Side::Mentor } else { Side::Mentee };
        Self { nodes, bonus, rows }
    }

    fn assign(
        &self,
        compiled: &CompiledInstance,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> ControlFlow<(), Flow> {
        let (rows, columns) = (self.nodes.of(self.rows), self.nodes.of(self.rows.other()));
        let mut problem = Problem::new(columns.clone(), self.bonus.pair);
        for (row, &node) in rows.iter().enumerate() {
            problem.push_row(node, (0..columns.len()).filter_map(|column| self.arc(compiled, row, column)));
            progress(Progress { step: Step::Score, done: row as u64 + 1, of: rows.len() as u64 })?;
        }
        let of = rows.iter().map(|node| u64::from(node.places)).sum();
        transport::solve(&problem, |done| progress(Progress { step: Step::Assign, done, of }))
    }

    fn arc(&self, compiled: &CompiledInstance, row: usize, column: usize) -> Option<Arc> {
        let (mentor, mentee) = self.oriented(row, column);
        let free = self.nodes.mentors[mentor].places > 0 && self.nodes.mentees[mentee].places > 0;
        if !free || compiled.is_pinned(mentor, mentee) {
            return None;
        }
        compiled.score(mentor, mentee).map(|score| Arc { column: column as u32, score: score as u16 })
    }

    /// Mentor and mentee from row and column.
    fn oriented<T>(&self, row: T, column: T) -> (T, T) {
        match self.rows {
            Side::Mentor => (row, column),
            Side::Mentee => (column, row),
        }
    }

    fn solution(&self, compiled: &CompiledInstance, objective: Objective, flow: Flow) -> Solution {
        let found = flow.chosen.iter().map(|&(row, column)| self.oriented(row, column));
        let mut chosen: Vec<(usize, usize)> = found.chain(compiled.pinned_pairs()).collect();
        chosen.sort_unstable();
        let pairs: Vec<Pair> = chosen
            .iter()
            .map(|&(mentor, mentee)| Pair {
                mentor: compiled.id(Side::Mentor, mentor).to_owned(),
                mentee: compiled.id(Side::Mentee, mentee).to_owned(),
                score: compiled.worth(mentor, mentee),
                pinned: compiled.is_pinned(mentor, mentee),
            })
            .collect();
        let (mentors, mentees) = self.oriented(flow.row_prices, flow.column_prices);
        let unmatched = Sides {
            mentors: unmatched(compiled, Side::Mentor, chosen.iter().map(|pair| pair.0)),
            mentees: unmatched(compiled, Side::Mentee, chosen.iter().map(|pair| pair.1)),
        };
        let matched = |side| (compiled.people(side).len() - unmatched.of(side).len()) as u64;
        let value = ObjectiveValue {
            people: matched(Side::Mentor) + matched(Side::Mentee),
            pairs: pairs.len() as u64,
            total: pairs.iter().map(|pair| i64::from(pair.score)).sum(),
        };
        let prices = Sides {
            mentors: first_place_prices(&self.nodes.mentors, mentors),
            mentees: first_place_prices(&self.nodes.mentees, mentees),
        };
        Solution { objective, status: Status::Optimal, value, pairs, unmatched, prices }
    }
}

fn unmatched(compiled: &CompiledInstance, side: Side, matched: impl Iterator<Item = usize>) -> Vec<String> {
    let mut without = vec![true; compiled.people(side).len()];
    matched.for_each(|position| without[position] = false);
    let people = compiled.people(side).iter().zip(without);
    people.filter(|(_, without)| *without).map(|(person, _)| person.id.clone()).collect()
}

/// The flow's prices are those of further places. Who has no place left has nothing to price.
fn first_place_prices(nodes: &[Node], prices: Vec<i64>) -> Vec<i64> {
    let first = |(node, price): (&Node, i64)| if node.places == 0 { 0 } else { price + node.first_bonus };
    nodes.iter().zip(prices).map(first).collect()
}
