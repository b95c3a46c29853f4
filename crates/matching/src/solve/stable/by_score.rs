//! Whom somebody without a list asks next: the best score first, of equal scores the smaller id.
//!
//! Two billion pairs are not ranked. A proposer's *queue* holds the next few receivers, in their exact order; when it is
//! used up, a [`Scan`] of all receivers finds more, and leaves out who would refuse: they would refuse later, too
//! ([`DeferredAcceptance::room`]). Receivers with a free place are listed by score, best first; receivers without one are
//! listed where they would rather have this proposer, by prices that are the scores of their least liked partners.
//! Whoever is not listed has at most the score that the scan names, so that all who are better are in order.
//!
//! Where more receivers than a list holds have the same score, they are walked through one by one in the order of ids.

use std::cmp::Reverse;
use std::ops::ControlFlow;

use super::{Market, liking_of_rank};
use crate::scan::{Ask, Scan, Shortlist};
use crate::solve::{Halt, Step, Watch, shortlists, thread_count};
use crate::stable::{Choice, DeferredAcceptance, Room};

/// So many receivers are listed at first, and so many times more when they were of no use.
const LISTED: usize = 32;
const MORE: usize = 8;
/// A queue holds no more than this.
const KEPT: usize = 256;
/// So many proposers are looked for together, but for the first time; later the others gain from what these found.
const TOGETHER: usize = 4_096;
/// Lists of one scan hold no more than this together.
const MOST_ENTRIES: usize = 1 << 22;
/// Every score is above this.
const NOBODY: i64 = -1;

/// Whom a proposer asks next.
pub(super) enum Next {
    /// This one.
    Ask(Choice<u32>),
    /// A scan has to find out.
    Unknown,
    /// Everybody has been asked.
    Nobody,
}

/// Somebody to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    receiver: u32,
    score: u32,
    /// How well the receiver likes the proposer.
    key: u32,
}

/// A place in the order of somebody without a list; the smaller comes first.
type Place = (Reverse<u32>, u32);

impl Candidate {
    fn place(&self) -> Place {
        (Reverse(self.score), self.receiver)
    }
}

/// What is known of the receivers of a proposer without a list.
#[derive(Debug)]
struct Queue {
    /// Receivers with lists of their own who named the proposer, the last to ask first.
    listed: Vec<Candidate>,
    /// The next of the other receivers, the last to ask first.
    found: Vec<Candidate>,
    /// After those that were found come the receivers with this score, from this id on.
    tied: Option<(u32, u32)>,
    /// No other receiver would take the proposer.
    complete: bool,
    /// The last of the other receivers who was asked.
    last: Option<Place>,
    /// How many are to be listed.
    most: usize,
    /// Whether somebody was asked since the last look.
    useful: bool,
}

impl Queue {
    fn new(listed: Vec<Candidate>, complete: bool) -> Self {
        Self { listed, found: Vec::new(), tied: None, complete, last: None, most: LISTED, useful: true }
    }

    fn is_behind(&self, place: Place) -> bool {
        self.last.is_some_and(|last| place <= last)
    }
}

/// The queues of all proposers without a list.
pub(super) struct ByScore<'m> {
    market: &'m Market<'m>,
    /// `None` where everybody on one side has a list or no place.
    scan: Option<Scan<'m>>,
    /// `None` for proposers with lists or without a place.
    queues: Vec<Option<Box<Queue>>>,
    /// Receivers without a list.
    open: Vec<bool>,
    is_first_look: bool,
}

impl<'m> ByScore<'m> {
    /// `places` are those of the proposers.
    pub fn new(market: &'m Market, places: &[u32], threads: usize) -> Self {
        let (proposers, receivers) = (market.proposers, market.proposers.other());
        let open: Vec<bool> = (0..market.compiled.people(receivers).len() as u32)
            .map(|receiver| !market.has_list(receivers, receiver))
            .collect();
        let nobody_is_open = !open.contains(&true);
        let queue = |(proposer, &places): (u32, &u32)| {
            let goes_by_score = places > 0 && !market.has_list(proposers, proposer);
            goes_by_score.then(|| Box::new(Queue::new(listed(market, proposer), nobody_is_open)))
        };
        let queues: Vec<Option<Box<Queue>>> = (0..).zip(places).map(queue).collect();
        let needed = !nobody_is_open && queues.iter().any(Option::is_some);
        let scan = needed.then(|| Scan::new(market.compiled, receivers, thread_count(threads)));
        Self { market, scan, queues, open, is_first_look: true }
    }

    /// Whom a proposer asks next.
    pub fn next(&mut self, proposer: u32, now: &DeferredAcceptance<u32>) -> Next {
        let Some(queue) = self.queues[proposer as usize].as_mut() else { return Next::Nobody };
        while queue.found.pop_if(|next| !now.accepts(proposer, next.receiver, &next.key)).is_some() {}
        if queue.found.is_empty() {
            let next = next_tied(self.market, &self.open, queue, proposer, now);
            queue.found.extend(next);
        }
        if queue.found.is_empty() && !queue.complete {
            return Next::Unknown;
        }
        let place = |next: Option<&Candidate>| next.map(Candidate::place);
        let (other, own) = (place(queue.found.last()), place(queue.listed.last()));
        let next = match (other, own) {
            (Some(other), own) if own.is_none_or(|own| other < own) => {
                (queue.last, queue.useful) = (Some(other), true);
                queue.found.pop()
            }
            _ => queue.listed.pop(),
        };
        next.map_or(Next::Nobody, |next| Next::Ask(Choice { receiver: next.receiver, key: next.key }))
    }

    /// Takes from those who are stuck whom to look for together.
    pub fn next_rows(&mut self, stuck: &mut Vec<u32>) -> Vec<u32> {
        for &row in stuck.iter() {
            let Some(queue) = self.queues[row as usize].as_mut() else { continue };
            if !queue.useful {
                (queue.most, queue.useful) = (queue.most * MORE, true);
            }
        }
        let most = |row: &u32| self.queues[*row as usize].as_ref().map_or(LISTED, |queue| queue.most);
        stuck.sort_unstable_by_key(|row| (most(row), *row));
        let Some(first) = stuck.first().map(most) else { return Vec::new() };
        let alike = stuck.iter().take_while(|row| most(row) == first).count();
        let together = if self.is_first_look { usize::MAX } else { TOGETHER.min(MOST_ENTRIES / first).max(1) };
        stuck.drain(..alike.min(together)).collect()
    }

    /// Fills the queues of proposers who list equally many, in order.
    pub fn look(&mut self, rows: &[u32], now: &DeferredAcceptance<u32>, watch: &mut Watch) -> ControlFlow<Halt> {
        let (Some(scan), Some(&first)) = (&self.scan, rows.first()) else { return ControlFlow::Continue(()) };
        self.is_first_look = false;
        let most = self.queues[first as usize].as_ref().map_or(LISTED, |queue| queue.most);
        let rooms = (0..).zip(&self.open).map(|(receiver, &open)| open.then(|| now.room(receiver)));
        let free = |room| (room == Some(Room::Free)).then_some(0);
        let full = |room| match room {
            // Of equal scores the smaller position is liked better.
            Some(Room::Above { key, proposer }) => Some(i64::from(*key) - i64::from(first < proposer)),
            _ => None,
        };
        let free: Vec<Option<i64>> = rooms.clone().map(free).collect();
        let full: Vec<Option<i64>> = rooms.map(full).collect();
        let free = ask(scan, &free, rows, NOBODY, most, watch)?;
        let full = ask_for_all(scan, &full, rows, watch)?;
        for ((&row, free), full) in rows.iter().zip(free).zip(full) {
            if let Some(queue) = self.queues[row as usize].as_mut() {
                queue.useful = false;
                fill(queue, &free, &full);
            }
        }
        ControlFlow::Continue(())
    }
}

/// Receivers with lists who named a proposer, the last to ask first.
fn listed(market: &Market, proposer: u32) -> Vec<Candidate> {
    let candidate = |&(receiver, rank): &(u32, u32)| {
        let score = market.score(proposer, receiver)?;
        Some(Candidate { receiver, score, key: liking_of_rank(rank) })
    };
    let mut listed: Vec<Candidate> = market.ranked_by.of(proposer as usize).iter().filter_map(candidate).collect();
    listed.sort_unstable_by_key(|candidate| Reverse(candidate.place()));
    listed
}

/// The next receiver in a tie who would take the proposer.
fn next_tied(
    market: &Market,
    open: &[bool],
    queue: &mut Queue,
    proposer: u32,
    now: &DeferredAcceptance<u32>,
) -> Option<Candidate> {
    let (score, from) = queue.tied?;
    let takes = |receiver: &u32| {
        open[*receiver as usize]
            && now.accepts(proposer, *receiver, &score)
            && !queue.is_behind((Reverse(score), *receiver))
            && market.score(proposer, *receiver) == Some(score)
    };
    let receiver = (from..open.len() as u32).find(takes);
    queue.tied = receiver.map(|receiver| (score, receiver + 1));
    receiver.map(|receiver| Candidate { receiver, score, key: score })
}

/// Puts in order what is known for sure: everybody whom the lists leave out comes after those in the queue.
fn fill(queue: &mut Queue, free: &Shortlist, full: &[(u32, u16)]) {
    let candidate = |&(receiver, score): &(u32, u16)| {
        let score = u32::from(score);
        Candidate { receiver, score, key: score }
    };
    let all = free.arcs.iter().chain(full).map(candidate);
    let mut found: Vec<Candidate> = all.filter(|candidate| !queue.is_behind(candidate.place())).collect();
    found.sort_unstable_by_key(Candidate::place);
    queue.complete = free.rest <= NOBODY && found.len() <= KEPT;
    let score = |candidate: &Candidate| i64::from(candidate.score);
    let sure = found.iter().take_while(|candidate| score(candidate) > free.rest).count();
    // Where nobody is better than the rest, and somebody as good, those with this score can be walked through.
    let tied = found.first().filter(|next| score(next) == free.rest);
    queue.tied = tied.map(|next| (next.score, 0));
    found.truncate(sure.min(KEPT));
    found.reverse();
    queue.found = found;
}

/// All receivers whose score with a row is above their price.
fn ask_for_all(
    scan: &Scan,
    prices: &[Option<i64>],
    rows: &[u32],
    watch: &mut Watch,
) -> ControlFlow<Halt, Vec<Vec<(u32, u16)>>> {
    let mut all = vec![Vec::new(); rows.len()];
    if prices.iter().all(Option::is_none) {
        return ControlFlow::Continue(all);
    }
    let mut open: Vec<usize> = (0..rows.len()).collect();
    let mut most = LISTED;
    while !open.is_empty() {
        let mut left = Vec::new();
        for some in open.chunks((MOST_ENTRIES / most).max(1)) {
            let asking: Vec<u32> = some.iter().map(|&at| rows[at]).collect();
            for (&at, list) in some.iter().zip(ask(scan, prices, &asking, 0, most, watch)?) {
                if list.rest > 0 {
                    left.push(at);
                } else {
                    all[at] = list.arcs;
                }
            }
        }
        (open, most) = (left, most * MORE);
    }
    ControlFlow::Continue(all)
}

fn ask(
    scan: &Scan,
    prices: &[Option<i64>],
    rows: &[u32],
    above: i64,
    most: usize,
    watch: &mut Watch,
) -> ControlFlow<Halt, Vec<Shortlist>> {
    let asks: Vec<Ask> = rows.iter().map(|&row| Ask { row, above }).collect();
    shortlists(scan, prices, &asks, most, Step::Score, watch)
}
