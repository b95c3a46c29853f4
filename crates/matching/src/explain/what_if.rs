//! What would become of a draft under other rules.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::compiled::CompiledInstance;
use crate::criteria::{HardRule, Weight};
use crate::objective::ObjectiveValue;
use crate::profile::{Side, Sides};
use crate::solve::{Progress, Solution, SolveError, SolveOptions, solve};
use crate::verify::{Violation, verify};

/// What a match comes to when one rule is changed for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// The rule.
    #[serde(flatten)]
    pub rule: HardRule,
    /// The weight of the preference that takes its place; 0 where nothing does.
    pub weight: u8,
    /// What the new draft reaches, its scores by the changed criteria.
    pub value: ObjectiveValue,
    /// Who was without a partner, and has one now, in the order of ids.
    pub gain: Sides<Vec<Gain>>,
    /// Who had a partner, and has none now, in the order of ids.
    pub lose: Sides<Vec<String>>,
}

/// Somebody to whom a change gives a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gain {
    /// The person.
    pub id: String,
    /// Whether every draft that is the best under the changed rules gives them a partner. Where it is not proven, another
    /// one, as good, may leave them out. The proof is the price of the person's place: what it costs above 0 would be
    /// lost if it stayed empty.
    pub in_every_best: bool,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhatIfError {
    /// Nobody can be their own mentor; a preference is no rule; only a criterion can become a preference.
    #[error("that rule cannot be changed in this way")]
    NotPossible,
    /// The caller's progress function broke off.
    #[error(transparent)]
    Cancelled(#[from] SolveError),
    /// A defect: the new draft does not stand up to its proof.
    #[error("the draft could not be proven: {0}")]
    NotProven(Violation),
}

/// Matches again with one rule changed for everybody: dropped with a weight of 0, else turned into a preference (`must`
/// into `prefer`, `must_not` into `avoid`), and compares. The new draft is verified. Takes as long as a match.
///
/// # Errors
/// See [`WhatIfError`].
pub fn what_if(
    compiled: &CompiledInstance,
    before: &Solution,
    rule: HardRule,
    weight: Weight,
    progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<WhatIf, WhatIfError> {
    let changed = compiled.relaxed(rule, weight).ok_or(WhatIfError::NotPossible)?;
    let options = SolveOptions { objective: before.objective, ..SolveOptions::of(&changed) };
    let after = solve(&changed, &options, progress)?;
    verify(&changed, &after, &Certificate::new(&changed, &after)).map_err(WhatIfError::NotProven)?;
    Ok(WhatIf {
        rule,
        weight: weight.get(),
        value: after.value,
        gain: Sides::from_fn(|side| gains(&changed, before, &after, side)),
        lose: Sides::from_fn(|side| only_in(after.unmatched.of(side), before.unmatched.of(side))),
    })
}

fn gains(compiled: &CompiledInstance, before: &Solution, after: &Solution, side: Side) -> Vec<Gain> {
    let price =
        |id: &str| compiled.position(side, id).and_then(|at| after.prices.of(side).get(at)).copied().unwrap_or(0);
    let gain = |id: String| Gain { in_every_best: price(&id) > 0, id };
    only_in(before.unmatched.of(side), after.unmatched.of(side)).into_iter().map(gain).collect()
}

fn only_in(these: &[String], those: &[String]) -> Vec<String> {
    let those: BTreeSet<&String> = those.iter().collect();
    these.iter().filter(|id| !those.contains(id)).cloned().collect()
}
