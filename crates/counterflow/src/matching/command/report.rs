//! What `counterflow match` prints.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use askama::Template;
use counterflow_matching::{
    CompiledInstance, HardRule, Objective, ObjectiveValue, Proof, Relaxation, Side, Solution, Status, Unmatched,
    explain_pair, explain_unmatched,
};
use serde::Serialize;

use super::Format;
use crate::matching::why::{Head, Names, Reader, Why, capitalized, fit};

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

enum Kind<'a> {
    Removes { rule: Label<'a>, removes: u32, of: u32 },
    Held { candidates: u32, by_choice: bool },
    Relax { rule: Label<'a>, opens: u32, free: u32 },
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
    pub fn new(
        compiled: &CompiledInstance,
        solution: &Solution,
        proof: &Proof,
        names: &BTreeMap<String, String>,
    ) -> Self {
        let name = |id: &str| names.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| id.to_owned());
        let pairs = solution.pairs.iter().map(|pair| {
            let rationale = explain_pair(compiled, &pair.mentor, &pair.mentee);
            let (mentor_name, mentee_name) = (name(&pair.mentor), name(&pair.mentee));
            let say = Names { mentor: first(&mentor_name), mentee: first(&mentee_name) };
            let why = rationale.map(|rationale| Why::new(compiled.criteria(), rationale, str::to_owned));
            let why = why.map_or_else(|_| Vec::new(), |why| why.phrases(say, Reader::Other));
            let (mentor, mentee) = (pair.mentor.clone(), pair.mentee.clone());
            PairLine { mentor, mentee, mentor_name, mentee_name, score: pair.score, why }
        });
        let mut unmatched = Vec::new();
        for side in [Side::Mentee, Side::Mentor] {
            for id in solution.unmatched.of(side) {
                let because = explain_unmatched(compiled, solution, side, id);
                let because =
                    because.map_or_else(|_| Vec::new(), |found| because_of(compiled, solution.objective, side, &found));
                unmatched.push(UnmatchedLine { id: id.clone(), name: name(id), role: side, because });
            }
        }
        Self {
            status: solution.status,
            objective: solution.value.total,
            aim: solution.objective.aim(),
            proposer: solution.objective.proposer(),
            proven: proof.objective,
            value: solution.value,
            pairs: pairs.collect(),
            unmatched,
            certificate: Proven { valid: true, bound: proof.bound, pairs_checked: proof.pairs_checked },
        }
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

fn first(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// What stands in somebody's way: each rule with what it removes, whether others hold the candidates, and which rule
/// would open some if it became a preference.
fn because_of(compiled: &CompiledInstance, objective: Objective, side: Side, found: &Unmatched) -> Vec<String> {
    let by_choice = objective.proposer().is_some();
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
        lines.push(say(Kind::Held { candidates: found.funnel.candidates, by_choice }));
    }
    // Who stands in whose chain of command is nothing to bend for a match.
    let bendable = |relaxation: &&Relaxation| matches!(relaxation.rule, HardRule::Criterion(_));
    for Relaxation { rule, opens, with_a_free_place: free } in found.relax.iter().filter(bendable) {
        lines.push(say(Kind::Relax { rule: label(rule), opens: *opens, free: *free }));
    }
    lines
}
