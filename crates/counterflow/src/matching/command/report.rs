//! What `counterflow match` prints.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    ops::ControlFlow,
};

use askama::Template;
use counterflow_matching::{
    Bonus, CompiledInstance, Funnel, HardRule, Objective, ObjectiveValue, Proof, Reasons, Relaxation, Side, Solution,
    Status, Unmatched, WhatIf, parts,
};
use serde::Serialize;

use super::Format;
use crate::matching::{
    why::{Head, Names, Reader, Why, capitalized, fit},
    wishes,
};

/// The result, in the JSON form that docs/cli.md promises.
#[derive(Debug, Serialize)]
pub struct Report {
    status: Status,
    objective: i64,
    aim: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposer: Option<Side>,
    value: ObjectiveValue,
    pairs: Vec<PairLine>,
    unmatched: Vec<UnmatchedLine>,
    certificate: Proven,
    #[serde(skip)]
    proven: Objective,
    #[serde(skip)]
    beyond: Option<Beyond>,
}

/// How much better than a draft that was settled for another one can be.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "matching/command/beyond.txt")]
pub(super) enum Beyond {
    /// So many points more.
    Points(i64),
    /// So many points more, if it reaches as many people and pairs; it cannot reach more.
    PointsOfSameReach(i64),
    /// So many points more, if it reaches as many, and its worst pair may be better.
    PointsOrWorst(i64),
    /// So many people and pairs more, counted together.
    Reach(i64),
}

impl Beyond {
    /// A draft with more people or pairs may have fewer points, but not less than none.
    pub(super) fn of(proof: &Proof, bonus: Bonus) -> Option<Self> {
        let gap = proof.gap?;
        if bonus.pair == 0 {
            return Some(Self::Points(gap));
        }
        Some(match ((gap + proof.value.total) / bonus.pair, proof.objective) {
            (0, Objective::MaxMin) => Self::PointsOrWorst(gap),
            (0, _) => Self::PointsOfSameReach(gap),
            (more, _) => Self::Reach(more),
        })
    }
}

#[derive(Debug, Serialize)]
struct PairLine {
    mentor: String,
    mentee: String,
    mentor_name: String,
    mentee_name: String,
    score: u32,
    why: Vec<String>,
}

#[derive(Debug, Serialize)]
struct UnmatchedLine {
    id: String,
    name: String,
    role: Side,
    because: Vec<String>,
}

/// What `verify` found. It is only ever shown when it found the draft proven.
#[derive(Debug, Serialize)]
struct Proven {
    valid: bool,
    bound: i64,
    pairs_checked: u64,
}

/// One sentence about why somebody is without a pair.
#[derive(Template)]
#[template(path = "matching/command/because.txt")]
struct Because<'a> {
    /// The other side.
    across: Side,
    kind: Kind<'a>,
}

/// What keeps candidates from somebody whom the rules allow.
#[derive(Debug, Clone, Copy)]
enum By {
    BestDraft,
    Draft,
    Choice,
}

enum Kind<'a> {
    Removes { rule: Label<'a>, removes: u32, of: u32 },
    Held { candidates: u32, by: By },
    Relax { rule: Label<'a>, opens: u32, free: u32, pairs: bool },
}

/// A rule as it is named: those that are no criterion have no label of their own.
struct Label<'a> {
    rule: &'a HardRule,
    criterion: String,
}

#[derive(Template)]
#[template(path = "matching/command/table.txt")]
struct Table<'a> {
    report: &'a Report,
    aim: Objective,
}

impl Report {
    /// Puts a proven solution into words.
    ///
    /// # Errors
    /// A defect, in words.
    pub fn new(
        compiled: &CompiledInstance,
        solution: &Solution,
        proof: &Proof,
        names: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let name = |id: &str| names.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| id.to_owned());
        let pairs = solution.pairs.iter().map(|pair| {
            let parts = parts(compiled, &pair.mentor, &pair.mentee).unwrap_or_default();
            let (mentor_name, mentee_name) = (name(&pair.mentor), name(&pair.mentee));
            let say = Names { mentor: first(&mentor_name), mentee: first(&mentee_name) };
            let why = Why::new(compiled.criteria(), (pair.score, pair.pinned), parts, str::to_owned);
            let why = why.phrases(say, Reader::Other);
            let (mentor, mentee) = (pair.mentor.clone(), pair.mentee.clone());
            PairLine { mentor, mentee, mentor_name, mentee_name, score: pair.score, why }
        });
        let found = without(compiled, solution)?;
        // Whoever sets a limit does not want to wait for matches under other rules.
        let tried = match proof.gap {
            Some(_) => Vec::new(),
            None => wishes::tried(compiled, solution, &found, || ControlFlow::Continue(()))
                .map_err(|error| error.to_string())?,
        };
        let by = match (solution.objective.proposer(), proof.gap) {
            (Some(_), _) => By::Choice,
            (None, None) => By::BestDraft,
            (None, Some(_)) => By::Draft,
        };
        let unmatched = found.iter().map(|found| {
            let Funnel { side, id, .. } = &found.funnel;
            let because = because_of(compiled, by, found, &tried);
            UnmatchedLine { id: id.clone(), name: name(id), role: *side, because }
        });
        Ok(Self {
            status: solution.status,
            objective: solution.value.total,
            aim: solution.objective.aim(),
            proposer: solution.objective.proposer(),
            proven: proof.objective,
            beyond: Beyond::of(proof, compiled.bonus(proof.objective)),
            value: solution.value,
            pairs: pairs.collect(),
            unmatched: unmatched.collect(),
            certificate: Proven { valid: true, bound: proof.bound, pairs_checked: proof.pairs_checked },
        })
    }

    /// Prints it.
    pub fn print(&self, format: Format, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
            Format::Csv => {
                let mut table = csv::Writer::from_writer(out);
                table.write_record(["mentor_id", "mentee_id", "score", "why"])?;
                for pair in &self.pairs {
                    table.write_record([&pair.mentor, &pair.mentee, &pair.score.to_string(), &pair.why.join("; ")])?;
                }
                table.flush()
            }
            Format::Table => {
                let text = Table { report: self, aim: self.proven }.render().map_err(io::Error::other)?;
                out.write_all(text.as_bytes())
            }
        }
    }

    fn mentees(&self) -> usize {
        self.pairs.iter().map(|pair| &pair.mentee).collect::<std::collections::BTreeSet<_>>().len()
    }

    fn without(&self, side: Side) -> usize {
        self.unmatched.iter().filter(|person| person.role == side).count()
    }
}

impl PairLine {
    fn fit(&self) -> String {
        fit(i64::from(self.score))
    }

    fn sentence(&self) -> String {
        self.why.iter().map(|phrase| capitalized(phrase) + ".").collect::<Vec<_>>().join(" ")
    }
}

/// Everybody without a partner, mentees first.
fn without(compiled: &CompiledInstance, solution: &Solution) -> Result<Vec<Unmatched>, String> {
    let reasons = Reasons::new(compiled, solution).map_err(|error| error.to_string())?;
    let all = [Side::Mentee, Side::Mentor].into_iter().flat_map(|side| {
        let unmatched = solution.unmatched.of(side).iter();
        unmatched.map(move |id| (side, id))
    });
    all.map(|(side, id)| reasons.unmatched(side, id).map_err(|error| error.to_string())).collect()
}

fn first(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// What stands in somebody's way: each rule with what it removes, whether others hold the candidates, and which rule
/// would open some if it became a preference.
fn because_of(compiled: &CompiledInstance, by: By, found: &Unmatched, tried: &[WhatIf]) -> Vec<String> {
    let side = found.funnel.side;
    let list = &compiled.criteria().list;
    let name = |position: usize| list.get(position).map(|criterion| Head::from(criterion).label()).unwrap_or_default();
    let label = |rule| match rule {
        &HardRule::Criterion(position) => Label { rule, criterion: name(position) },
        HardRule::SamePerson | HardRule::Forbidden | HardRule::ChainOfCommand => {
            Label { rule, criterion: String::new() }
        }
    };
    let say = |kind: Kind| Because { across: side.other(), kind }.render().unwrap_or_default().trim().to_owned();
    let mut lines = Vec::new();
    let mut left = found.funnel.of;
    for step in found.funnel.steps.iter().filter(|step| step.removes > 0) {
        lines.push(say(Kind::Removes { rule: label(&step.rule), removes: step.removes, of: left }));
        left -= step.removes;
    }
    if found.funnel.candidates > 0 {
        lines.push(say(Kind::Held { candidates: found.funnel.candidates, by }));
    }
    // Who stands in whose chain of command is nothing to bend for a match.
    let bendable = |relaxation: &&Relaxation| matches!(relaxation.rule, HardRule::Criterion(_));
    for Relaxation { rule, opens, with_a_free_place: free, .. } in found.relax.iter().filter(bendable) {
        if matches!(by, By::Draft) {
            continue;
        }
        let pairs = wishes::gives_partner(tried, *rule, side, &found.funnel.id).unwrap_or(false);
        lines.push(say(Kind::Relax { rule: label(rule), opens: *opens, free: *free, pairs }));
    }
    lines
}
