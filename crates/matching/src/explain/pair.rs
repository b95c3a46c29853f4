//! Why these two.

use serde::{Deserialize, Serialize};

use super::fact::{Fact, fact};
use super::{UnknownId, find};
use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::instance::PairIds;
use crate::profile::Side;

/// Why two people are, or could be, a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rationale {
    /// The two.
    #[serde(flatten)]
    pub pair: PairIds,
    /// From 0 to 10,000: the sum of all points, or 10,000 where no criterion has any to give.
    pub score: u32,
    /// Whether it was given rather than found.
    pub pinned: bool,
    /// The rules that it breaks: for a pinned pair those that the pin overrides, for any other what makes it impossible.
    pub broken: Vec<HardRule>,
    /// One a criterion, in the order of the criteria.
    pub parts: Vec<Part>,
    /// What the mentor is for the mentee, among all mentors the mentee could have.
    pub for_mentee: Standing,
    /// What the mentee is for the mentor, among all mentees the mentor could have.
    pub for_mentor: Standing,
}

/// What one criterion says of a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its position in the criteria.
    pub criterion: usize,
    /// What it adds to the score; 0 for hard rules.
    pub points: u32,
    /// What it could add at most; all of them together are 10,000.
    pub of: u32,
    /// Whether the comparison is true (also for `must_not` and `avoid`, where it had better not be).
    pub holds: bool,
    /// What it compared.
    pub fact: Fact,
}

/// The place of a partner among all candidates of a person, by score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// 1 for the first choice; one more than there are better candidates.
    pub rank: u32,
    /// Other candidates with the same score.
    pub tied: u32,
    /// All candidates.
    pub of: u32,
    /// The first choice: the best score, of equal ones the smallest id. `None` without any candidate.
    pub first_choice: Option<String>,
    /// What the first choice scores above this partner.
    pub regret: u32,
}

/// What each criterion says of two people, whether or not they can be a pair; the quick part of [`explain_pair`].
///
/// # Errors
/// An id that is not among the people.
pub fn parts(compiled: &CompiledInstance, mentor: &str, mentee: &str) -> Result<Vec<Part>, UnknownId> {
    let (mentor, mentee) = (find(compiled, Side::Mentor, mentor)?, find(compiled, Side::Mentee, mentee)?);
    Ok(parts_at(compiled, mentor, mentee))
}

fn parts_at(compiled: &CompiledInstance, mentor: usize, mentee: usize) -> Vec<Part> {
    (0..compiled.tables().len()).map(|criterion| part(compiled, criterion, mentor, mentee)).collect()
}

/// Explains a pair, whether or not it is in a draft. Scores all candidates of both people.
///
/// # Errors
/// An id that is not among the people.
pub fn explain_pair(compiled: &CompiledInstance, mentor: &str, mentee: &str) -> Result<Rationale, UnknownId> {
    let pair = PairIds::new(mentor, mentee);
    let (mentor, mentee) = (find(compiled, Side::Mentor, mentor)?, find(compiled, Side::Mentee, mentee)?);
    Ok(Rationale {
        pair,
        score: compiled.worth(mentor, mentee),
        pinned: compiled.is_pinned(mentor, mentee),
        broken: compiled.broken_rules(mentor, mentee),
        parts: parts_at(compiled, mentor, mentee),
        for_mentee: standing(compiled, Side::Mentee, mentee, mentor),
        for_mentor: standing(compiled, Side::Mentor, mentor, mentee),
    })
}

fn part(compiled: &CompiledInstance, criterion: usize, mentor: usize, mentee: usize) -> Part {
    Part {
        criterion,
        points: compiled.points(criterion, mentor, mentee),
        of: compiled.share(criterion),
        holds: compiled.tables()[criterion].verdict(mentor, mentee).is_some_and(|verdict| verdict.holds),
        fact: fact(compiled, criterion, mentor, mentee),
    }
}

fn standing(compiled: &CompiledInstance, side: Side, person: usize, partner: usize) -> Standing {
    let score_with = |other: usize| {
        let (mentor, mentee) = side.oriented(person, other);
        compiled.score(mentor, mentee)
    };
    let (mentor, mentee) = side.oriented(person, partner);
    let here = compiled.worth(mentor, mentee);
    let mut standing = Standing { rank: 1, tied: 0, of: 0, first_choice: None, regret: 0 };
    let mut best = None;
    for other in 0..compiled.people(side.other()).len() {
        let Some(score) = score_with(other) else { continue };
        standing.of += 1;
        standing.rank += u32::from(score > here);
        standing.tied += u32::from(score == here && other != partner);
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, other));
        }
    }
    if let Some((score, other)) = best {
        standing.first_choice = Some(compiled.id(side.other(), other).to_owned());
        standing.regret = score.saturating_sub(here);
    }
    standing
}

/// What changes when two pairs of a draft exchange their mentors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    /// The new total less the old one. In a draft that is the best by its total it is never above 0, unless rules break.
    pub change: i64,
    /// The two pairs that would come of it: the first mentee's, then the second's.
    pub pairs: [SwappedPair; 2],
}

/// A pair that a swap would make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwappedPair {
    /// The two.
    #[serde(flatten)]
    pub pair: PairIds,
    /// From 0 to 10,000.
    pub score: u32,
    /// Rules that it would break; a pin can override them.
    pub broken: Vec<HardRule>,
}

/// What it would cost that two pairs exchange their mentors.
///
/// # Errors
/// An id that is not among the people.
pub fn swap(compiled: &CompiledInstance, first: &PairIds, second: &PairIds) -> Result<Swap, UnknownId> {
    let score = |pair: &PairIds| -> Result<SwappedPair, UnknownId> {
        let mentor = find(compiled, Side::Mentor, &pair.mentor)?;
        let mentee = find(compiled, Side::Mentee, &pair.mentee)?;
        let broken = compiled.broken_rules(mentor, mentee);
        Ok(SwappedPair { pair: pair.clone(), score: compiled.worth(mentor, mentee), broken })
    };
    let before = [score(first)?, score(second)?];
    let pairs =
        [score(&PairIds::new(&second.mentor, &first.mentee))?, score(&PairIds::new(&first.mentor, &second.mentee))?];
    let total = |pairs: &[SwappedPair; 2]| pairs.iter().map(|pair| i64::from(pair.score)).sum::<i64>();
    Ok(Swap { change: total(&pairs) - total(&before), pairs })
}
