//! Rules as wishes: whom a new match would give a partner.

use std::{collections::BTreeSet, ops::ControlFlow};

use counterflow_matching::{
    CompiledInstance, HardRule, Side, Solution, Unmatched, Weight, WhatIf, WhatIfError, what_if,
};

/// What a rule counts that becomes a wish: the middle of the scale.
pub const WEIGHT: u8 = 5;

/// Matches again for each criterion that alone keeps somebody from candidates, with the criterion as a wish. Who stands in
/// whose chain of command is nothing to bend for a match.
///
/// # Errors
/// When `go_on` breaks off, or on a defect.
pub fn tried<'u>(
    compiled: &CompiledInstance,
    solution: &Solution,
    unmatched: impl IntoIterator<Item = &'u Unmatched>,
    mut go_on: impl FnMut() -> ControlFlow<()> + Send,
) -> Result<Vec<WhatIf>, WhatIfError> {
    let weight = Weight::new(WEIGHT).ok_or(WhatIfError::NotPossible)?;
    let criterion = |rule: &HardRule| matches!(rule, HardRule::Criterion(_));
    let rules = unmatched.into_iter().flat_map(|one| one.relax.iter().map(|relax| relax.rule)).filter(criterion);
    let rules: BTreeSet<HardRule> = rules.collect();
    rules.into_iter().map(|rule| what_if(compiled, solution, rule, weight, |_| go_on())).collect()
}

/// Whether somebody without a partner has one with the rule as a wish; `None` if that was not tried.
#[must_use]
pub fn gives_partner(tried: &[WhatIf], rule: HardRule, side: Side, id: &str) -> Option<bool> {
    let found = tried.iter().find(|found| found.rule == rule)?;
    Some(found.gain.of(side).iter().any(|gain| gain.id == id))
}
