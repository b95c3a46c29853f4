//! The stable draft: deferred acceptance between people who gave lists and people who go by scores.
//!
//! Who gave a list asks down this list. Who gave none asks in the order of scores, of which only a part is ever known
//! ([`by_score`]). The order in which proposers take turns changes nothing about the result, so that it does not depend
//! on threads.

use std::ops::ControlFlow;

use super::draft::{self, Found};
use super::{Halt, Progress, Solution, SolveOptions, Step, Watch};
use crate::compiled::CompiledInstance;
use crate::objective::Objective;
use crate::profile::{Side, Sides};
use crate::stable::{Choice, DeferredAcceptance, RankedBy};

mod by_score;

use by_score::{ByScore, Next};

/// Solves for [`Objective::Stable`].
pub(super) fn solve(
    compiled: &CompiledInstance,
    options: &SolveOptions,
    proposers: Side,
    watch: &mut Watch,
) -> ControlFlow<Halt, Solution> {
    let market = Market::new(compiled, proposers);
    let mut pairs = Proposals::new(&market, options.threads).run(watch)?;
    pairs.sort_unstable();
    let of = pairs.len() as u64;
    watch(Progress { step: Step::Assign, done: of, of })?;
    let found = Found { pairs, prices: Sides::default(), is_best: true };
    ControlFlow::Continue(draft::solution(compiled, Objective::Stable { proposer: proposers }, found, Vec::new()))
}

/// What the two sides say of each other.
struct Market<'c> {
    compiled: &'c CompiledInstance,
    proposers: Side,
    /// For each proposer, the receivers who listed them.
    ranked_by: RankedBy,
}

impl<'c> Market<'c> {
    fn new(compiled: &'c CompiledInstance, proposers: Side) -> Self {
        let receivers = compiled.people(proposers.other());
        let lists = (0..receivers.len()).map(|receiver| receivers.choices().of(receiver));
        Self { compiled, proposers, ranked_by: RankedBy::new(compiled.people(proposers).len(), lists) }
    }

    /// What pins leave of everybody's places.
    fn places(&self, side: Side) -> Vec<u32> {
        let people = self.compiled.people(side);
        let pins = self.compiled.pins(side).into_iter().enumerate();
        pins.map(|(person, pins)| people.capacity(person) - pins).collect()
    }

    fn has_list(&self, side: Side, person: u32) -> bool {
        self.compiled.people(side).choices().has(person as usize)
    }

    /// Mentor and mentee.
    fn pair(&self, proposer: u32, receiver: u32) -> (usize, usize) {
        match self.proposers {
            Side::Mentor => (proposer as usize, receiver as usize),
            Side::Mentee => (receiver as usize, proposer as usize),
        }
    }

    /// The score of a pair that the rules allow and that is not pinned already.
    fn score(&self, proposer: u32, receiver: u32) -> Option<u32> {
        let (mentor, mentee) = self.pair(proposer, receiver);
        let open = self.compiled.is_admissible(mentor, mentee) && !self.compiled.is_pinned(mentor, mentee);
        open.then(|| self.compiled.worth(mentor, mentee))
    }

    /// How well a receiver likes a proposer, the more the larger; `None` where they cannot be a pair.
    fn liking(&self, proposer: u32, receiver: u32) -> Option<u32> {
        if !self.has_list(self.proposers.other(), receiver) {
            return self.score(proposer, receiver);
        }
        let rank = self.ranked_by.rank(proposer as usize, receiver)?;
        self.score(proposer, receiver).map(|_| liking_of_rank(rank))
    }
}

/// The first on a list is liked most.
fn liking_of_rank(rank: u32) -> u32 {
    u32::MAX - rank
}

/// Proposers on their way down.
struct Proposals<'m> {
    market: &'m Market<'m>,
    state: DeferredAcceptance<u32>,
    /// For those with lists, how many of their choices are behind them.
    behind: Vec<u32>,
    by_score: ByScore<'m>,
}

impl<'m> Proposals<'m> {
    fn new(market: &'m Market, threads: usize) -> Self {
        let (proposers, receivers) = (market.places(market.proposers), market.places(market.proposers.other()));
        let state = DeferredAcceptance::new(&proposers, &receivers);
        Self { market, state, behind: vec![0; proposers.len()], by_score: ByScore::new(market, &proposers, threads) }
    }

    /// The stable pairs, mentors and mentees.
    fn run(mut self, watch: &mut Watch) -> ControlFlow<Halt, Vec<(usize, usize)>> {
        let mut stuck = Vec::new();
        loop {
            while let Some(proposer) = self.state.next_waiting() {
                self.ask_on(proposer, &mut stuck);
            }
            if stuck.is_empty() {
                break;
            }
            let rows = self.by_score.next_rows(&mut stuck);
            self.by_score.look(&rows, &self.state, watch)?;
            rows.into_iter().for_each(|row| self.ask_on(row, &mut stuck));
        }
        let pairs = self.state.into_pairs();
        ControlFlow::Continue(
            pairs.into_iter().map(|(proposer, receiver)| self.market.pair(proposer, receiver)).collect(),
        )
    }

    /// Lets a proposer ask until all places are filled or nobody is left, or it is not known whom to ask next.
    fn ask_on(&mut self, proposer: u32, stuck: &mut Vec<u32>) {
        let has_list = self.market.has_list(self.market.proposers, proposer);
        while self.state.free_places(proposer) > 0 {
            let next = match has_list {
                true => self.next_on_list(proposer),
                false => self.by_score.next(proposer, &self.state),
            };
            match next {
                Next::Ask(choice) => drop(self.state.propose(proposer, choice)),
                Next::Unknown => return stuck.push(proposer),
                Next::Nobody => return,
            }
        }
    }

    fn next_on_list(&mut self, proposer: u32) -> Next {
        let choices = self.market.compiled.people(self.market.proposers).choices().of(proposer as usize);
        for receiver in choices.skip(self.behind[proposer as usize] as usize) {
            self.behind[proposer as usize] += 1;
            if let Some(key) = self.market.liking(proposer, receiver) {
                return Next::Ask(Choice { receiver, key });
            }
        }
        Next::Nobody
    }
}
