//! Checks a certificate, without the solver.
//!
//! Weak duality in one sentence: for any prices and rents of 0 or more under which no pair outside the draft is worth
//! more than its two places cost, no draft can be worth more than all prices and rents together. A draft that is worth
//! exactly that much is the best; one that misses it by a gap is at most so much worse than the best. Everything is
//! recomputed from the people and the criteria; from the certificate only the prices and rents are taken, and it does not
//! matter where they came from.
//!
//! A stable draft needs no prices: it is looked for two people who would both rather have each other (`stable.rs`).
//!
//! It shares with the solver the people and the criteria as they were given, the constants of the objective, and the
//! adder of bytes (`scan/kernel.rs`), whose forms are compared bit by bit with plain code. Everything else is here a
//! second time: what a comparison means and is worth (`score.rs`, `sum.rs`, from the documentation of the criteria), who
//! is kept apart or together (`rules.rs`), and which pairs need no scoring because a bound says enough (`bounds.rs`).
//! `tests/it/oracle.rs` scores small instances a third time.

mod bounds;
mod draft;
mod pairs;
mod prices;
mod rules;
mod score;
mod stable;
mod sum;
mod violation;
mod worst;

use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::compiled::CompiledInstance;
use crate::objective::{Objective, ObjectiveValue};
use crate::solve::{Solution, Status};

use crate::profile::Side;
use crate::scan::kernel::Kernel;

use draft::Draft;
use pairs::Search;
use prices::{Listed, PriceList};
use rules::Rules;
use score::Scorer;
pub use violation::Violation;

/// What was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// By what the draft is the best. Of a stable draft it is proven that it is stable: not that of all stable drafts it
    /// is the best for the proposing side.
    pub objective: Objective,
    /// What it reaches, and no other draft exceeds by the objective. With a gap, another one may be worth so much more, and
    /// nothing is proven of the worst pair.
    pub value: ObjectiveValue,
    /// The sum of all prices and rents, which is also the worth of the draft with all bonuses if there is no gap. Of a
    /// stable draft only its total, which another draft may well exceed.
    pub bound: i64,
    /// Where a limit came before the proof that the draft is the best: how much more another one may be worth, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<i64>,
    /// Pairs that were judged: every mentor with every mentee where both have places that pins leave, whether or not
    /// the rules allow the pair. For most a bound says that they are not worth more than they cost; the others are
    /// scored anew.
    pub pairs_checked: u64,
}

/// How to look at all pairs; the answer is the same.
#[derive(Clone, Copy, Debug)]
struct How {
    kernel: Kernel,
    threads: usize,
    /// Fewer pairs are scored one by one.
    bound_from: usize,
}

/// Below so many pairs a bound takes longer than it saves.
const BOUND_FROM: usize = 50_000;

/// Checks that the solution is a draft of this instance, and the best one, or as near to the best as its status says; of a
/// stable draft, that it is stable.
///
/// Judges every possible pair anew, on as many threads as the machine runs at once; takes memory for the people, never
/// for the pairs. Of several pairs that are worth more than they cost, or that both want, it names the first in the order of the smaller
/// side's ids (mentees where both are equal), then of the other's.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(compiled: &CompiledInstance, solution: &Solution, certificate: &Certificate) -> Result<Proof, Violation> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let how = How { kernel: Kernel::detect(), threads, bound_from: BOUND_FROM };
    verify_by(how, compiled, solution, certificate)
}

fn verify_by(
    how: How,
    compiled: &CompiledInstance,
    solution: &Solution,
    certificate: &Certificate,
) -> Result<Proof, Violation> {
    let is_of_this_input = || certificate.fingerprint == compiled.fingerprint();
    let pairs = compiled.people(Side::Mentor).len().saturating_mul(compiled.people(Side::Mentee).len());
    if how.threads == 1 || pairs < how.bound_from {
        return if is_of_this_input() {
            prove(how, compiled, solution, certificate)
        } else {
            Err(Violation::OtherInput)
        };
    }
    std::thread::scope(|scope| {
        let is_of_this_input = scope.spawn(is_of_this_input);
        let proof = prove(how, compiled, solution, certificate);
        if is_of_this_input.join().unwrap_or(false) { proof } else { Err(Violation::OtherInput) }
    })
}

/// Everything but the fingerprint.
fn prove(
    how: How,
    compiled: &CompiledInstance,
    solution: &Solution,
    certificate: &Certificate,
) -> Result<Proof, Violation> {
    if certificate.objective != solution.objective {
        return Err(Violation::OtherObjective);
    }
    if certificate.bonus != compiled.bonus(solution.objective) {
        return Err(Violation::OtherBonus);
    }
    let rules = Rules::new(compiled);
    let mentees_are_rows = compiled.people(Side::Mentee).len() <= compiled.people(Side::Mentor).len();
    let scorer = Scorer::new(compiled, if mentees_are_rows { Side::Mentor } else { Side::Mentee });
    let draft = Draft::read(compiled, &rules, &scorer, solution)?;
    let value = draft.check_value(solution, certificate)?;
    let bound = match solution.objective {
        Objective::Stable { .. } if solution.status == Status::Optimal => {
            stable::prove(how, &draft, &scorer, certificate)?;
            value.total
        }
        Objective::Stable { .. } => return Err(Violation::Unfinished),
        _ if solution.status != Status::Optimal => prove_bound(how, &draft, &scorer, certificate)?,
        _ => prove_best(how, &draft, &scorer, value, certificate)?,
    };
    let worth = certificate.bonus.combined(value);
    let gap = solution.status.gap();
    if bound - worth != gap.unwrap_or(0) || certificate.gap != gap {
        return Err(Violation::Gap { worth, bound });
    }
    Ok(Proof { objective: solution.objective, value, bound, gap, pairs_checked: draft.open_pairs() })
}

/// That no draft is better. Returns the sum of all prices and rents, which is still to be compared with the draft.
fn prove_best(
    how: How,
    draft: &Draft,
    scorer: &Scorer,
    value: ObjectiveValue,
    certificate: &Certificate,
) -> Result<i64, Violation> {
    let worst_counts = certificate.objective == Objective::MaxMin;
    let least_score = value.least.filter(|_| worst_counts).unwrap_or(0);
    let listed = Listed { prices: &certificate.prices, rents: &certificate.rents, least_score };
    let prices = PriceList::read(draft, certificate.bonus, &listed)?;
    prices.check_rents_of_draft()?;
    prices.check_places()?;
    prices.check_draft()?;
    Search::new(&prices.ask(scorer.columns), &prices, scorer).run(how)?;
    if worst_counts {
        worst::prove(how, draft, scorer, value, certificate)?;
    }
    Ok(prices.bound())
}

/// That no draft is worth more than the sum of all prices and rents, which it returns.
fn prove_bound(how: How, draft: &Draft, scorer: &Scorer, certificate: &Certificate) -> Result<i64, Violation> {
    let listed = Listed { prices: &certificate.prices, rents: &certificate.rents, least_score: 0 };
    let prices = PriceList::read(draft, certificate.bonus, &listed)?;
    prices.check_rents(scorer)?;
    Search::new(&prices.ask(scorer.columns), &prices, scorer).run(how)?;
    Ok(prices.bound())
}

#[cfg(test)]
mod tests;
