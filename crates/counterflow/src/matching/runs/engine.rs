//! What happens on the working thread: compile, count, solve, prove, explain. No database here.

use std::{collections::HashMap, ops::ControlFlow};

use counterflow_matching::{
    Certificate, CompiledInstance, Criteria, InstanceError, ObjectiveValue, Pair, Proof, Reasons, Solution, SolveError,
    SolveOptions, Unmatched, WhatIf, WhatIfError, count, explain_pair, solve, verify,
};
use serde::{Deserialize, Serialize};

use super::{
    Failure,
    progress::{Step, Watch},
};
use crate::{
    kernel::{
        error::{Answer, Error},
        ids::{ParticipantId, PersonId},
    },
    matching::{Origin, Why, criteria, inputs::Inputs, wishes},
    programs::Side,
};

/// What a run reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// People with a partner, pairs, and the total of points of the proven optimum.
    pub value: ObjectiveValue,
    /// All mentors that could be matched.
    pub mentors: usize,
    /// All mentees that could be matched.
    pub mentees: usize,
    /// How many mentees have a mentor.
    pub matched_mentees: usize,
    /// How many mentees got whom they fit best with.
    pub first_choices: usize,
    /// How many criteria there were.
    pub criteria: usize,
    /// Every mentor with every mentee.
    pub pairs: u64,
    /// Those that the rules leave.
    pub remaining: u64,
    /// Pairs that were judged anew for the proof, possible or not.
    pub checked: u64,
    /// Pairs that were given.
    pub pinned: usize,
    /// Pairs that were ruled out one by one.
    pub forbidden: usize,
    /// Pairs from before that held places.
    pub standing: usize,
    /// Why mentees have no mentor.
    pub unmatched: Vec<Unmatched>,
    /// What a new run would come to, for each criterion that kept one of them from mentors, with it as a wish.
    #[serde(default)]
    pub wishes: Vec<WhatIf>,
    /// Mentors without a mentee.
    pub free_mentors: Vec<PersonId>,
}

/// The optimum with its proof, in the form in which it is stored and can be downloaded; `counterflow match --certificate`
/// writes the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// The pairs that the engine chose.
    #[serde(rename = "draft")]
    pub solution: Solution,
    /// The prices that prove that no others are better.
    pub certificate: Certificate,
}

/// A pair of the draft.
#[derive(Debug, Clone)]
pub(super) struct Drafted {
    pub mentor: ParticipantId,
    pub mentee: ParticipantId,
    pub why: Why,
    pub origin: Origin,
}

/// Everything that is stored when a run is done.
#[derive(Debug)]
pub(super) struct Draft {
    pub outcome: Outcome,
    pub proven: Proven,
    pub pairs: Vec<Drafted>,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum Stop {
    Cancelled,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Makes the draft. `topic` gives a topic's key its name.
pub(super) fn draft(
    inputs: &Inputs,
    criteria: &str,
    topic: impl Fn(&str) -> String,
    watch: &Watch,
) -> Result<Draft, Stop> {
    let compiled = compile(inputs, criteria)?;
    watch.note(|progress| {
        progress.sizes = Some((inputs.mentors.len(), inputs.mentees.len(), compiled.criteria().list.len()));
    });
    go(watch.begin(Step::Count))?;
    let counts = count(&compiled);
    watch.note(|progress| progress.remaining = Some((counts.remaining, counts.pairs)));
    go(watch.begin(Step::Solve))?;
    let options = SolveOptions::of(&compiled);
    let solution = solve(&compiled, &options, |progress| watch.report(progress.done, progress.of))
        .map_err(|SolveError::Cancelled| Stop::Cancelled)?;
    go(watch.begin(Step::Prove))?;
    let certificate = Certificate::new(&compiled, &solution);
    let proof = verify(&compiled, &solution, &certificate)
        .map_err(|violation| Failure::NotProven { violation: violation.to_string() })?;
    go(watch.begin(Step::Explain))?;
    let (pairs, first_choices) = explained(inputs, &compiled, &solution, topic, watch)?;
    let unmatched = unmatched(&compiled, &solution)?;
    let wishes = wishes::tried(&compiled, &solution, &unmatched, || watch.go_on()).map_err(|error| match error {
        WhatIfError::Cancelled(_) => Stop::Cancelled,
        error => Stop::Failed(Failure::NotProven { violation: error.to_string() }),
    })?;
    let outcome = Outcome {
        value: solution.value,
        mentors: inputs.mentors.len(),
        mentees: inputs.mentees.len(),
        matched_mentees: inputs.mentees.len() - solution.unmatched.mentees.len(),
        first_choices,
        criteria: compiled.criteria().list.len(),
        pairs: counts.pairs,
        remaining: counts.remaining,
        checked: proof.pairs_checked,
        pinned: inputs.pinned.len(),
        forbidden: inputs.forbidden.len(),
        standing: inputs.standing,
        unmatched,
        wishes,
        free_mentors: solution.unmatched.mentors.iter().filter_map(|id| id.parse().ok()).collect(),
    };
    watch.finish();
    Ok(Draft { outcome, proven: Proven { solution, certificate }, pairs })
}

/// Verifies a stored proof against the stored inputs, anew.
///
/// # Errors
/// A defect if the inputs cannot be read; inside, what is wrong with the proof, in the verifier's words.
pub fn recheck(inputs: &Inputs, criteria: &str, proven: &Proven) -> Answer<Result<Proof, String>> {
    let compiled = compile(inputs, criteria).map_err(|_| Error::defect("stored inputs no longer compile"))?;
    Ok(verify(&compiled, &proven.solution, &proven.certificate).map_err(|violation| violation.to_string()))
}

/// The instance that a run works on.
pub(in crate::matching) fn compile(inputs: &Inputs, criteria: &str) -> Result<CompiledInstance, Failure> {
    let criteria = criteria::read(criteria).map_err(|_| Failure::Criteria)?;
    compile_with(inputs, criteria)
}

fn compile_with(inputs: &Inputs, criteria: Criteria) -> Result<CompiledInstance, Failure> {
    let instance = inputs.instance(criteria).map_err(|_| Failure::Broken)?;
    instance.compile().map_err(|errors| {
        let empty = criteria::empty_sides(&errors);
        let pins = |error: &InstanceError| {
            matches!(error, InstanceError::TooManyPins { .. } | InstanceError::PinnedToThemself { .. })
        };
        match empty.first() {
            Some(counterflow_matching::Side::Mentor) => Failure::Nobody { side: Side::Mentor },
            Some(counterflow_matching::Side::Mentee) => Failure::Nobody { side: Side::Mentee },
            None if errors.iter().any(pins) => Failure::Pins,
            None => Failure::Criteria,
        }
    })
}

fn go(flow: ControlFlow<()>) -> Result<(), Stop> {
    if flow.is_break() { Err(Stop::Cancelled) } else { Ok(()) }
}

/// The pairs with their reasons, and how many mentees got whom they fit best with.
fn explained(
    inputs: &Inputs,
    compiled: &CompiledInstance,
    solution: &Solution,
    topic: impl Fn(&str) -> String,
    watch: &Watch,
) -> Result<(Vec<Drafted>, usize), Stop> {
    let mentors = participants(inputs, Side::Mentor);
    let mentees = participants(inputs, Side::Mentee);
    let mut drafted = Vec::with_capacity(solution.pairs.len());
    let mut first_choices = 0;
    for (position, pair) in solution.pairs.iter().enumerate() {
        go(watch.report(position as u64, solution.pairs.len() as u64))?;
        let rationale = explain_pair(compiled, &pair.mentor, &pair.mentee).map_err(|_| Failure::Broken)?;
        first_choices += usize::from(rationale.for_mentee.rank == 1);
        let find = |list: &HashMap<String, ParticipantId>, id| list.get(id).copied().ok_or(Failure::Broken);
        drafted.push(Drafted {
            mentor: find(&mentors, &pair.mentor)?,
            mentee: find(&mentees, &pair.mentee)?,
            why: Why::new(compiled.criteria(), (rationale.score, rationale.pinned), rationale.parts, &topic),
            origin: origin(pair),
        });
    }
    Ok((drafted, first_choices))
}

fn origin(pair: &Pair) -> Origin {
    if pair.pinned { Origin::Pinned } else { Origin::Optimum }
}

fn participants(inputs: &Inputs, side: Side) -> HashMap<String, ParticipantId> {
    inputs.side(side).iter().map(|entrant| (entrant.person.to_string(), entrant.participant)).collect()
}

fn unmatched(compiled: &CompiledInstance, solution: &Solution) -> Result<Vec<Unmatched>, Stop> {
    let side = counterflow_matching::Side::Mentee;
    let without = solution.unmatched.mentees.iter();
    let reasons = Reasons::new(compiled, solution).map_err(|_| Failure::Broken)?;
    let explain = |id: &String| reasons.unmatched(side, id).map_err(|_| Failure::Broken.into());
    without.map(explain).collect()
}
