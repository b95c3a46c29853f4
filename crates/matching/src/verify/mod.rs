//! Checks a certificate, without the solver.
//!
//! Weak duality in one sentence: for any prices and rents of 0 or more under which no pair outside the draft is worth
//! more than its two places cost, no draft can be worth more than all prices and rents together. A draft that is worth
//! exactly that much is the best. Everything is recomputed from the people and the criteria; from the certificate only
//! the prices and rents are taken, and it does not matter where they came from.
//!
//! What it shares with the solver, and so takes on trust: how two values are compared (`table.rs`), what a comparison is
//! worth (`degree.rs`, and `worth` in `compiled.rs`), whether a `must` or `must_not` is broken (`breaks` there), the bonuses
//! of the objective, and which people and pins there are. A mistake in those is a wrong score, and the draft is the best
//! one by wrong scores; `tests/it/oracle.rs` scores small instances anew against that. Not shared: the search, and the
//! chain of command, forbidden pairs and the same person, which `rules.rs` judges by ids and by walking up the managers.

mod draft;
mod prices;
mod rules;
mod violation;

use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::compiled::CompiledInstance;
use crate::objective::{Objective, ObjectiveValue};
use crate::solve::Solution;

use draft::Draft;
use prices::PriceList;
use rules::Rules;
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
    let rules = Rules::of(compiled);
    let draft = Draft::read(compiled, &rules, solution)?;
    let value = draft.check_value(solution, certificate)?;
    let prices = PriceList::read(&draft, certificate)?;
    prices.check_places()?;
    prices.check_draft()?;
    let pairs_checked = prices.check_all_pairs(&rules)?;
    let (worth, bound) = (certificate.bonus.combined(value), prices.bound());
    if worth != bound {
        return Err(Violation::Gap { worth, bound });
    }
    Ok(Proof { objective: solution.objective, value, bound, pairs_checked })
}
