//! Deferred acceptance: proposers ask down their lists, receivers hold the best who asked so far.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::market::{Market, Preferences, Role};
use super::ranked_by::RankedBy;

/// The proposer-optimal stable matching: pairs of a proposer and a receiver, in order.
///
/// Takes time in proportion to the lists, and 12 bytes a choice while it runs.
pub fn deferred_acceptance(market: &Market) -> Vec<(u32, u32)> {
    let lists = market.preferences(Role::Proposer);
    let ranks = ranks_across(lists, market.preferences(Role::Receiver));
    let (starts, choices) = (lists.starts(), lists.choices());
    let mut next = starts[..lists.people()].to_vec();
    deferred_acceptance_by(market.places(Role::Proposer), market.places(Role::Receiver), |proposer, _| {
        let (next, end) = (&mut next[proposer as usize], starts[proposer as usize + 1]);
        let at = (*next..end).find(|&at| ranks[at] != UNRANKED).unwrap_or(end);
        *next = end.min(at + 1);
        (at < end).then(|| Choice { receiver: choices[at], key: Reverse(ranks[at]) })
    })
}

const UNRANKED: u32 = u32::MAX;

/// For each choice on the proposers' lists, the proposer's rank on that receiver's list, or [`UNRANKED`].
///
/// Each proposer's part of the receivers' lists is spread over one array of receivers, small enough to stay in the cache,
/// and read in the order of the proposer's list. No look-up searches or hashes.
fn ranks_across(proposers: &Preferences, receivers: &Preferences) -> Vec<u32> {
    let ranked_by = RankedBy::new(proposers.people(), receivers.lists().map(|list| list.iter().copied()));
    let mut rank_by = vec![UNRANKED; receivers.people()];
    let mut ranks = Vec::with_capacity(proposers.total_choices());
    for (proposer, list) in proposers.lists().enumerate() {
        let ranked_by = ranked_by.of(proposer);
        ranked_by.iter().for_each(|&(receiver, rank)| rank_by[receiver as usize] = rank);
        ranks.extend(list.iter().map(|&receiver| rank_by[receiver as usize]));
        ranked_by.iter().for_each(|&(receiver, _)| rank_by[receiver as usize] = UNRANKED);
    }
    ranks
}

/// Whom a proposer asks next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<K> {
    /// Who is asked.
    pub receiver: u32,
    /// How well the receiver likes the proposer: the larger the better. Among equal keys, the proposer with the smaller
    /// position is liked better.
    pub key: K,
}

/// The proposer-optimal stable matching of lists that are made on demand: pairs of a proposer and a receiver, in order.
///
/// `next_choice` says whom a proposer asks next, and `None` at the end of the list, which it may have to say more than
/// once. It names each receiver at most once to each proposer, in the order in which the proposer likes them, and
/// leaves out those who do not accept the proposer. It may also leave out whoever would refuse just now
/// ([`DeferredAcceptance::room`]): keys only get better, so they would refuse later, too.
///
/// ```
/// use counterflow_matching::stable::{Choice, deferred_acceptance_by};
/// let scores = [[8, 5, 1], [9, 4, 3]]; // of two proposers with three receivers; both sides go by them
/// let mut asked = [[false; 3]; 2];
/// let pairs = deferred_acceptance_by(&[1, 2], &[1, 1, 1], |proposer, now| {
///     let p = proposer as usize;
///     let open = |&receiver: &u32| {
///         !asked[p][receiver as usize] && now.accepts(proposer, receiver, &scores[p][receiver as usize])
///     };
///     let receiver = (0..3).filter(open).max_by_key(|&receiver| scores[p][receiver as usize])?;
///     asked[p][receiver as usize] = true;
///     Some(Choice { receiver, key: scores[p][receiver as usize] })
/// });
/// assert_eq!(pairs, [(0, 1), (1, 0), (1, 2)]);
/// ```
///
/// # Panics
/// When it names a receiver who is not there.
pub fn deferred_acceptance_by<K: Ord>(
    proposer_places: &[u32],
    receiver_places: &[u32],
    mut next_choice: impl FnMut(u32, &DeferredAcceptance<K>) -> Option<Choice<K>>,
) -> Vec<(u32, u32)> {
    let mut state = DeferredAcceptance::new(proposer_places, receiver_places);
    while let Some(proposer) = state.next_waiting() {
        while state.free_places(proposer) > 0 {
            let Some(choice) = next_choice(proposer, &state) else { break };
            state.propose(proposer, choice);
        }
    }
    state.into_pairs()
}

/// The state of a deferred acceptance, for callers who decide themselves in what order proposers ask, for instance many
/// rows of scores at once. The order changes nothing about the result.
///
/// Take proposers from [`next_waiting`](Self::next_waiting), as many as suit, and let each [`propose`](Self::propose)
/// down their list until they have no [free place](Self::free_places) or the list ends; those who are refused later
/// wait again. When nobody waits, [`into_pairs`](Self::into_pairs) is the stable matching.
#[derive(Clone, Debug)]
pub struct DeferredAcceptance<K> {
    free: Vec<u32>,
    places: Vec<u32>,
    /// For each receiver, whom they hold, the least liked on top.
    held: Vec<BinaryHeap<Reverse<Asked<K>>>>,
    waiting: Vec<u32>,
}

/// A key and a proposer: equal keys go by the proposer's position.
type Asked<K> = (K, Reverse<u32>);

/// Whom a receiver would take just now. It never widens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room<'a, K> {
    /// Everybody whom they accept: a place is free.
    Free,
    /// Who has a better key than the least liked partner, or an equal one and a smaller position.
    Above {
        /// The key of the least liked partner.
        key: &'a K,
        /// Their position.
        proposer: u32,
    },
    /// Nobody: they have no place at all.
    Closed,
}

impl<K: Ord> DeferredAcceptance<K> {
    /// Nobody has asked yet.
    ///
    /// # Panics
    /// When there are more people on a side than positions can name.
    pub fn new(proposer_places: &[u32], receiver_places: &[u32]) -> Self {
        assert!(proposer_places.len().max(receiver_places.len()) <= u32::MAX as usize, "more people than positions");
        Self {
            free: proposer_places.to_vec(),
            places: receiver_places.to_vec(),
            held: receiver_places.iter().map(|_| BinaryHeap::new()).collect(),
            waiting: (0..proposer_places.len() as u32).rev().collect(),
        }
    }

    /// A proposer with a free place who has not asked since it became free.
    pub fn next_waiting(&mut self) -> Option<u32> {
        while let Some(proposer) = self.waiting.pop() {
            if self.free_places(proposer) > 0 {
                return Some(proposer);
            }
        }
        None
    }

    /// How many more partners a proposer can have.
    pub fn free_places(&self, proposer: u32) -> u32 {
        self.free[proposer as usize]
    }

    /// Whom a receiver would take.
    pub fn room(&self, receiver: u32) -> Room<'_, K> {
        let held = &self.held[receiver as usize];
        match held.peek() {
            _ if held.len() < self.places[receiver as usize] as usize => Room::Free,
            None => Room::Closed,
            Some(Reverse((key, Reverse(proposer)))) => Room::Above { key, proposer: *proposer },
        }
    }

    /// Whether a receiver would take a proposer whom they do not hold already.
    pub fn accepts(&self, proposer: u32, receiver: u32, key: &K) -> bool {
        match self.room(receiver) {
            Room::Free => true,
            Room::Above { key: least, proposer: other } => (key, Reverse(proposer)) > (least, Reverse(other)),
            Room::Closed => false,
        }
    }

    /// The receiver takes the proposer, if there is a place or a less liked partner, who then has a free place again.
    /// Says whether they did. Nobody proposes to the same receiver twice, or without a free place.
    pub fn propose(&mut self, proposer: u32, choice: Choice<K>) -> bool {
        debug_assert!(self.free_places(proposer) > 0, "proposer {proposer} has no free place");
        if !self.accepts(proposer, choice.receiver, &choice.key) {
            return false;
        }
        let held = &mut self.held[choice.receiver as usize];
        let asked = Reverse((choice.key, Reverse(proposer)));
        self.free[proposer as usize] -= 1;
        if held.len() < self.places[choice.receiver as usize] as usize {
            held.push(asked);
        } else if let Some(mut least) = held.peek_mut() {
            let Reverse((_, Reverse(refused))) = std::mem::replace(&mut *least, asked);
            drop(least);
            let free = &mut self.free[refused as usize];
            *free += 1;
            // With more free places than this one, they wait already or have come to the end of their list.
            if *free == 1 {
                self.waiting.push(refused);
            }
        }
        true
    }

    /// The pairs held now, proposer and receiver, in order.
    pub fn into_pairs(self) -> Vec<(u32, u32)> {
        let of = |(receiver, held): (u32, BinaryHeap<_>)| {
            held.into_vec().into_iter().map(move |Reverse((_, Reverse(proposer)))| (proposer, receiver))
        };
        let mut pairs: Vec<(u32, u32)> = (0..).zip(self.held).flat_map(of).collect();
        pairs.sort_unstable();
        pairs
    }
}
