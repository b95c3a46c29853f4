//! Is the worst pair as good as can be?
//!
//! Two bounds prove it beside the prices of the draft itself. One speaks of all pairs, and says that no draft reaches more
//! people or pairs. One speaks of the pairs with better scores than the draft's worst, and says that these alone do not
//! reach as many. A person or pair more is worth a bonus that no scores make up for (see [`Bonus`](crate::Bonus)), so
//! both are comparisons of a bound with the worth of the draft's people and pairs.

use super::draft::Draft;
use super::pairs::Search;
use super::prices::{Listed, PriceList};
use super::score::Scorer;
use super::{How, Violation};
use crate::certificate::{Certificate, CertifiedBound};
use crate::objective::{FULL_SCORE, ObjectiveValue};

pub(super) fn prove(
    how: How,
    draft: &Draft,
    scorer: &Scorer,
    value: ObjectiveValue,
    certificate: &Certificate,
) -> Result<(), Violation> {
    let bonus = certificate.bonus;
    let pins = draft.rules.pins().iter().filter_map(|&pin| draft.score(pin));
    let pinned: i64 = pins.map(i64::from).sum();
    // What the draft's people and pairs are worth without any scores but those of the pins, which every draft has.
    let reach = bonus.combined(ObjectiveValue { total: 0, ..value }) + pinned;
    let bound = |bound: &CertifiedBound| -> Result<i64, Violation> {
        let CertifiedBound { least_score, prices, rents } = bound;
        let listed = Listed { prices, rents, least_score: *least_score };
        let prices = PriceList::read(draft, bonus, &listed)?;
        prices.check_rents(scorer)?;
        Search::new(&prices.ask(scorer.columns), &prices, scorer).run(how)?;
        Ok(prices.bound())
    };
    let of_all = certificate.bounds.iter().find(|bound| bound.least_score == 0).ok_or(Violation::ReachNotProven)?;
    if bound(of_all)? >= reach + bonus.pair.min(bonus.first_place) {
        return Err(Violation::ReachNotProven);
    }
    let Some(least) = value.least.filter(|&least| least < FULL_SCORE) else { return Ok(()) };
    let better = certificate.bounds.iter().find(|bound| (1..=least + 1).contains(&bound.least_score));
    if bound(better.ok_or(Violation::WorstNotProven { least })?)? >= reach {
        return Err(Violation::WorstNotProven { least });
    }
    Ok(())
}
