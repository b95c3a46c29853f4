//! Why nobody.

use serde::{Deserialize, Serialize};

use super::reasons::{Candidate, Reasons};
use super::{UnknownId, find};
use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::profile::Side;

/// What the hard rules leave of all people across.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// The person's side.
    pub side: Side,
    /// Their id.
    pub id: String,
    /// All people across.
    pub of: u32,
    /// The rules in the order in which they are counted.
    pub steps: Vec<FunnelStep>,
    /// Who is left.
    pub candidates: u32,
}

/// What one rule does to a person's candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// The rule.
    #[serde(flatten)]
    pub rule: HardRule,
    /// How many it removes of those that the rules before it left.
    pub removes: u32,
    /// How many break it, whatever other rules they break.
    pub alone: u32,
    /// How many break only this one: without it, or with `prefer` in its stead, they would be candidates.
    pub only: u32,
}

/// Why a person has no partner, or fewer than places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    /// What the rules leave.
    pub funnel: Funnel,
    /// The person's places.
    pub places: u32,
    /// Those that are filled.
    pub filled: u32,
    /// The candidates whom the person does not have, best first, at most ten: all their places are given to others,
    /// or the objective is better off without the pair.
    pub candidates: Vec<Candidate>,
    /// The rules that would open candidates if only they were relaxed, in the order of the rules.
    pub relax: Vec<Relaxation>,
}

/// What it would bring to make an exception from one rule, for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxation {
    /// The rule.
    #[serde(flatten)]
    pub rule: HardRule,
    /// Candidates it would open.
    pub opens: u32,
    /// How many of them have a free place in the draft: each of these could be paired at once, and nobody moved.
    pub with_a_free_place: u32,
    /// Whether one of them would come to be the person's partner.
    #[serde(default)]
    pub outlook: Outlook,
}

/// What is proven about a draft that is made anew with an exception for one person, the rule being kept for all others.
/// What a rule does that is changed for everybody, [`what_if`](super::what_if) finds out by matching again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlook {
    /// Every best draft pairs the person with somebody whom the exception opens: one of them has a free place, so that
    /// the pair and nothing else makes the draft better.
    Paired,
    /// The present draft stays a best one: no pair that is opened is worth more than its two places cost.
    Unchanged,
    /// Neither: others would have to move, and it takes a new match to know whether that pays.
    #[default]
    Open,
}

/// What the hard rules leave of all people across, before any draft.
///
/// # Errors
/// An id that is not among the people.
pub fn funnel(compiled: &CompiledInstance, side: Side, id: &str) -> Result<Funnel, UnknownId> {
    Ok(Row::of(compiled, side, find(compiled, side, id)?).funnel(compiled))
}

/// What stands between two people.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    Nothing,
    /// The rule at this position, and no other.
    One(usize),
    Several,
}

/// A person, and what stands between them and everybody across.
pub(super) struct Row {
    pub side: Side,
    pub person: usize,
    obstacles: Vec<Obstacle>,
    /// By rule.
    steps: Vec<FunnelStep>,
}

impl Row {
    pub fn of(compiled: &CompiledInstance, side: Side, person: usize) -> Self {
        let across = compiled.people(side.other()).len();
        let step = |&rule: &HardRule| FunnelStep { rule, removes: 0, alone: 0, only: 0 };
        let steps = compiled.hard_rules().iter().map(step).collect();
        let mut row = Self { side, person, obstacles: Vec::with_capacity(across), steps };
        for other in 0..across {
            let (mentor, mentee) = side.oriented(person, other);
            let obstacle = row.judge(compiled, mentor, mentee);
            row.obstacles.push(obstacle);
        }
        row
    }

    /// Counts what one more person across breaks; pinned pairs break nothing.
    fn judge(&mut self, compiled: &CompiledInstance, mentor: usize, mentee: usize) -> Obstacle {
        let mut obstacle = Obstacle::Nothing;
        if compiled.is_pinned(mentor, mentee) {
            return obstacle;
        }
        for (at, step) in self.steps.iter_mut().enumerate() {
            if compiled.breaks(step.rule, mentor, mentee) {
                step.alone += 1;
                step.removes += u32::from(obstacle == Obstacle::Nothing);
                obstacle = if obstacle == Obstacle::Nothing { Obstacle::One(at) } else { Obstacle::Several };
            }
        }
        if let Obstacle::One(at) = obstacle {
            self.steps[at].only += 1;
        }
        obstacle
    }

    pub fn funnel(&self, compiled: &CompiledInstance) -> Funnel {
        Funnel {
            side: self.side,
            id: compiled.id(self.side, self.person).to_owned(),
            of: self.obstacles.len() as u32,
            steps: self.steps.clone(),
            candidates: self.open().count() as u32,
        }
    }

    /// Everybody whom no rule keeps away.
    pub fn open(&self) -> impl Iterator<Item = usize> {
        self.behind(Obstacle::Nothing)
    }

    fn behind(&self, obstacle: Obstacle) -> impl Iterator<Item = usize> {
        let others = self.obstacles.iter().enumerate();
        others.filter(move |(_, other)| **other == obstacle).map(|(other, _)| other)
    }

    /// Nobody can be their own mentor, whatever the rules.
    pub fn relaxations(&self, reasons: &Reasons) -> Vec<Relaxation> {
        let helps = |step: &&FunnelStep| step.only > 0 && step.rule != HardRule::SamePerson;
        let steps = self.steps.iter().enumerate();
        steps.filter(|(_, step)| helps(step)).map(|(at, _)| self.relaxation(reasons, at)).collect()
    }

    fn relaxation(&self, reasons: &Reasons, rule: usize) -> Relaxation {
        let may_add = reasons.has_free_place(self.side, self.person);
        let (mut with_a_free_place, mut pays, mut stays) = (0, false, true);
        for other in self.behind(Obstacle::One(rule)) {
            let (mentor, mentee) = self.side.oriented(self.person, other);
            let score = reasons.compiled.worth(mentor, mentee);
            let is_free = reasons.has_free_place(self.side.other(), other);
            with_a_free_place += u32::from(is_free);
            pays |= is_free && may_add && reasons.gains_by_one_more(score);
            stays &= reasons.stays_best_beside(mentor, mentee, score);
        }
        let outlook = match (pays, stays) {
            (true, _) => Outlook::Paired,
            (false, true) => Outlook::Unchanged,
            (false, false) => Outlook::Open,
        };
        let FunnelStep { rule, only, .. } = self.steps[rule];
        Relaxation { rule, opens: only, with_a_free_place, outlook }
    }
}
