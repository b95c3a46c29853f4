//! Stable matching of two sides that rank each other, many to many.
//!
//! Speaks of people by their positions, from 0, and knows nothing of criteria: it takes anybody's lists.
//!
//! ```
//! use counterflow_matching::stable::{Market, Preferences, blocking_pair, deferred_acceptance};
//!
//! // Two mentees propose to two mentors; the first mentor has two places.
//! let mentees = Preferences::from(vec![vec![0, 1], vec![0]]);
//! let mentors = Preferences::from(vec![vec![1, 0], vec![0]]);
//! let market = Market::new(mentees, vec![1, 1], mentors, vec![2, 1]).expect("every choice exists, and only once");
//! let pairs = deferred_acceptance(&market);
//! assert_eq!(pairs, [(0, 0), (1, 0)]);
//! assert_eq!(blocking_pair(&market, &pairs), None);
//! assert!(blocking_pair(&market, &[(0, 1), (1, 0)]).is_some()); // mentee 0 and mentor 0 would rather meet
//! ```
//!
//! # What is promised
//! A pair is possible only if both rank each other. A matching is *stable* when it keeps everybody's places and no pair
//! outside it *blocks* it: each of the two would take the other, into a free place or for a partner they like less.
//! [`deferred_acceptance`] finds the stable matching that is best for every proposer at once (Gale and Shapley 1962;
//! for places on both sides, under preferences that judge partners one by one, Roth 1984). In every stable matching
//! the same people fill equally many places, and who has a place left has the same partners (Roth 1986): a place that
//! stays free cannot be filled by another stable matching.
//!
//! Preferences are strict. Where two choices are equally good, whoever makes the list decides; any such decision gives
//! a matching that is stable in the weak sense (no pair in which *both* would gain), but perhaps not the largest one,
//! which is hard to find (Iwama, Manlove, Miyazaki and Morita 1999).
//!
//! # Lists that nobody can store
//! [`deferred_acceptance_by`] and [`DeferredAcceptance`] ask for a proposer's next choice when it is needed, with the
//! receiver's key for the proposer, for instance a score. Memory is that of the people and their partners.

mod accept;
mod check;
mod market;
mod ranked_by;

pub use accept::{Choice, DeferredAcceptance, Room, deferred_acceptance, deferred_acceptance_by};
pub use check::{Objection, blocking_pair};
pub use market::{Market, MarketError, Preferences, Role};
pub(crate) use ranked_by::RankedBy;
