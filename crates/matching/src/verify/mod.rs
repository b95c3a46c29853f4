//! Checks a certificate, in code that shares nothing with the solver.
//!
//! Weak duality in one sentence: for any prices and rents of 0 or more under which no pair outside the draft is worth
//! more than its two places cost, no draft can be worth more than all prices and rents together. A draft that is worth
//! exactly that much is the best. Everything is recomputed from the people and the criteria; from the certificate only
//! the prices and rents are taken, and it does not matter where they came from.

mod draft;
mod prices;
mod violation;

use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::compiled::CompiledInstance;
use crate::objective::{Objective, ObjectiveValue};
use crate::solve::Solution;

use draft::Draft;
use prices::PriceList;
pub use violation::Violation;

/// What was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// By what the draft is the best.
    pub objective: Objective,
    /// What it reaches, and no other draft exceeds.
    pub value: ObjectiveValue,
    /// The worth of the draft with all bonuses, which is also the sum of all prices and rents.
    pub bound: i64,
    /// Pairs scored anew, which are all that are possible.
    pub pairs_checked: u64,
}

/// Checks that the solution is a draft of this instance, and the best one.
///
/// Scores every possible pair anew: as much work as before the solver begins, and no memory for the pairs.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(compiled: &CompiledInstance, solution: &Solution, certificate: &Certificate) -> Result<Proof, Violation> {
    if certificate.fingerprint != compiled.fingerprint() {
        return Err(Violation::OtherInput);
    }
    if certificate.objective != solution.objective {
        return Err(Violation::OtherObjective);
    }
    if certificate.bonus != compiled.bonus(solution.objective) {
        return Err(Violation::OtherBonus);
    }
    let draft = Draft::read(compiled, solution)?;
    let value = draft.check_value(solution, certificate)?;
    let prices = PriceList::read(&draft, certificate)?;
    prices.check_places()?;
    prices.check_draft()?;
    let pairs_checked = prices.check_all_pairs()?;
    let (worth, bound) = (certificate.bonus.combined(value), prices.bound());
    if worth != bound {
        return Err(Violation::Gap { worth, bound });
    }
    Ok(Proof { objective: solution.objective, value, bound, pairs_checked })
}
