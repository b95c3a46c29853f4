//! The proof of optimality, in a form that can be stored and checked later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::instance::PairIds;
use crate::objective::{Bonus, Objective, ObjectiveValue};
use crate::profile::{Side, Sides};
use crate::solve::{Bound, Pair, Solution, Status, rents};

/// Dual prices that prove a draft to be the best: give every person's place a price so that no pair outside the draft
/// is worth more than its two places cost, and every pair inside is worth exactly its places plus its rent. Whatever
/// draft somebody else proposes, its worth is then at most the sum of prices and rents, which this draft reaches. Where a limit came first, pairs inside
/// may be worth less than their places, and the draft misses the sum by the [gap](Self::gap).
///
/// A pair is worth its score, plus [`Bonus::pair`], plus [`Bonus::first_place`] for each of the two people without
/// pins; a place beyond a person's first costs `first_place` less (for people without pins). [`verify`](crate::verify)
/// checks it.
///
/// A stable draft needs no prices: that no two people would both rather have each other can be seen from the people, the
/// criteria and the draft. Its certificate says for which input and by which objective, and no more. It proves that the
/// draft is stable; not that it is the one of all stable drafts that is the best for the proposing side, which follows
/// from how it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// By what the draft is the best.
    pub objective: Objective,
    /// Of people, criteria, org tree, pins and forbidden pairs: the certificate speaks of this input only.
    pub fingerprint: String,
    /// What the draft reaches.
    pub value: ObjectiveValue,
    /// Where a limit came first: how much more than this draft another one may be worth, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<i64>,
    /// The constants of the objective.
    pub bonus: Bonus,
    /// The price of each person's first free place by id, 0 or more.
    pub prices: Sides<BTreeMap<String, i64>>,
    /// What pairs of the draft are worth beyond their two places, where it is more than 0: such a pair would be
    /// chosen again if only it were possible twice.
    pub rents: Vec<Rent>,
    /// For [`Objective::MaxMin`], whose prices above speak only of pairs with at least the lowest score of the draft: that
    /// no draft reaches more people or pairs, and that none reaches as many with only better pairs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<CertifiedBound>,
}

/// Prices and rents that bound what the pairs with at least some score can reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifiedBound {
    /// Which pairs it speaks of.
    pub least_score: u32,
    /// The price of each person's first free place by id, 0 or more.
    pub prices: Sides<BTreeMap<String, i64>>,
    /// What pairs are worth beyond their places.
    pub rents: Vec<Rent>,
}

/// What a pair is worth beyond its two places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rent {
    /// The pair.
    #[serde(flatten)]
    pub pair: PairIds,
    /// More than 0.
    pub rent: i64,
}

impl Certificate {
    /// Writes down what proves the solution of this instance.
    pub fn new(compiled: &CompiledInstance, solution: &Solution) -> Self {
        let by_id = |prices: &Sides<Vec<i64>>| {
            let of = |side| compiled.people(side).ids().map(str::to_owned).zip(prices.of(side).iter().copied());
            Sides::from_fn(|side| of(side).collect())
        };
        let bound = |bound: &Bound| CertifiedBound {
            least_score: bound.least_score,
            prices: by_id(&bound.prices),
            rents: bound.rents.clone(),
        };
        let position = |pair: &Pair| {
            compiled.position(Side::Mentor, &pair.mentor).zip(compiled.position(Side::Mentee, &pair.mentee))
        };
        let found: Vec<(usize, usize)> =
            solution.pairs.iter().filter(|pair| !pair.pinned).filter_map(position).collect();
        Self {
            objective: solution.objective,
            fingerprint: compiled.fingerprint(),
            value: solution.value,
            gap: solution.status.gap(),
            bonus: compiled.bonus(solution.objective),
            prices: by_id(&solution.prices),
            bounds: solution.bounds.iter().filter(|_| solution.status == Status::Optimal).map(bound).collect(),
            rents: match (solution.objective, solution.bounds.first()) {
                (Objective::Stable { .. }, _) => Vec::new(),
                (_, Some(bound)) if solution.status != Status::Optimal => bound.rents.clone(),
                (objective, _) => rents(compiled, &found, &solution.prices, objective),
            },
        }
    }
}
