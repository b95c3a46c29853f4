//! What "best" means, and the constants by which one sum expresses it.

use serde::{Deserialize, Serialize};

use crate::profile::Side;

/// The score of a pair that meets every preference in full. Scores are basis points: 8,400 is a fit of 0.84.
pub const FULL_SCORE: u32 = 10_000;

/// Which of all possible drafts is the best one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Objective {
    /// As many people with a partner as possible; among those drafts, as many pairs as possible; among those, the
    /// highest total score.
    ///
    /// People are counted on both sides. The two sides never compete: where some draft gives a partner to the most
    /// mentees and another to the most mentors, a third does both (Mendelsohn and Dulmage 1958).
    #[default]
    #[serde(rename = "coverage")]
    MaxCoverage,
    /// The highest total score, however many people stay without a partner.
    #[serde(rename = "total")]
    MaxTotal,
    /// As many people with a partner as possible, and as many pairs, as [`MaxCoverage`](Self::MaxCoverage); among those
    /// drafts the one whose worst pair is the best; among those, the highest total score. Pinned pairs are given, and
    /// do not count as the worst.
    #[serde(rename = "fair")]
    MaxMin,
    /// A draft outside of which no two people would both rather have each other; of all such drafts the one that is best
    /// for every person of the proposing side at once, and worst for every person of the other.
    ///
    /// Who gave [`choices`](crate::Profile::choices) accepts these people only, in that order. Who gave none accepts
    /// everybody, the better score first, of equal scores the smaller id. The hard rules hold for everybody. Pinned pairs
    /// are given: they take places, and nobody would rather have somebody else than a pinned partner. Neither people nor
    /// scores are counted; but in all stable drafts the same people fill equally many places (Roth 1986).
    #[serde(rename = "stable")]
    Stable {
        /// Whose choices come first.
        proposer: Side,
    },
}

impl Objective {
    /// What the TOML form of criteria calls it: its `aim`.
    pub fn aim(self) -> &'static str {
        match self {
            Self::MaxCoverage => "coverage",
            Self::MaxTotal => "total",
            Self::MaxMin => "fair",
            Self::Stable { .. } => "stable",
        }
    }

    /// Whose choices come first, where that has a meaning.
    pub fn proposer(self) -> Option<Side> {
        match self {
            Self::Stable { proposer } => Some(proposer),
            Self::MaxCoverage | Self::MaxTotal | Self::MaxMin => None,
        }
    }
}

/// How good a draft is, in the order in which [`Objective::MaxCoverage`] compares; pinned pairs count like all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectiveValue {
    /// People with at least one partner, mentors and mentees. Who takes part on both sides counts on each.
    pub people: u64,
    /// Pairs, which is also the number of filled places on either side.
    pub pairs: u64,
    /// The sum of the scores of all pairs.
    pub total: i64,
    /// The lowest score of a pair that is not pinned; `None` without any.
    #[serde(default)]
    pub least: Option<u32>,
}

/// What a pair and a person's first pair are worth beside the score, so that the draft with the highest sum of
/// `score + pair` over all pairs plus `first_place` over all people who have a partner is the best by the objective.
///
/// Under [`Objective::MaxTotal`] and [`Objective::Stable`] both are 0. Under [`Objective::MaxCoverage`] both are 10,000 K + 1, where K is the
/// size of the smaller side, and that is enough: a better draft can be reached by steps along alternating paths that
/// visit nobody twice, each of which improves something by itself. A step changes the sum of scores by at most
/// 10,000 K. A step that gives somebody their first partner never takes a pair away, and one that adds a pair leaves
/// nobody without; so either is worth more than all scores it can cost, and people and pairs never compete.
///
/// Under [`Objective::MaxMin`], K is the most pairs that there can be. Then a bonus is worth more than all scores
/// together, and what bounds a draft's worth also bounds its people and pairs.
///
/// The worth of a person's places falls (the first, then all later ones), which keeps the whole a min-cost flow with
/// integer optima.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bonus {
    /// For each person with at least one partner.
    pub first_place: i64,
    /// For each pair.
    pub pair: i64,
}

impl Bonus {
    /// No bonus: only scores count.
    pub(crate) const NONE: Self = Self { first_place: 0, pair: 0 };

    /// The constants by which either bonus is worth more than the scores of so many pairs.
    pub(crate) fn beyond_scores_of(pairs: u64) -> Self {
        let pair = i64::from(FULL_SCORE) * pairs as i64 + 1;
        Self { first_place: pair, pair }
    }

    /// What a price under other bonuses comes to under these: most prices are a multiple of the bonus and some points. Of
    /// any two numbers, it is one that a price can have.
    pub(crate) fn translate(self, other: Self, price: i64) -> i64 {
        let most = i64::from(FULL_SCORE) + self.pair + 2 * self.first_place;
        let multiple = if other.pair > 0 { price.saturating_add(other.pair / 2).div_euclid(other.pair) } else { 0 };
        let shift = multiple.saturating_mul(self.pair.saturating_sub(other.pair));
        price.saturating_add(shift).clamp(0, most)
    }

    /// The one sum that the optimum maximizes.
    pub fn combined(self, value: ObjectiveValue) -> i64 {
        self.first_place * value.people as i64 + self.pair * value.pairs as i64 + value.total
    }
}
