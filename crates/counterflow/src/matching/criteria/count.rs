//! What the criteria leave, for the screen: counted on a thread of its own, since a large round takes a moment.

use counterflow_matching::{
    Candidates, CompiledInstance, Counts, HardRule, Instance, InstanceError, Side, count, funnel,
};

use crate::kernel::{
    error::{Answer, Error},
    ids::PersonId,
};

/// How many people without a candidate are looked at one by one.
const EXPLAINED: usize = 12;

/// What the criteria leave, and to whom nothing.
#[derive(Debug, Clone)]
pub struct Counted {
    /// What each criterion does.
    pub counts: Counts,
    /// Leaders without any candidate, at most the first twelve.
    pub without: Vec<Without>,
    /// How many leaders have none.
    pub mentees_without: usize,
    /// How many mentors have none.
    pub mentors_without: usize,
    /// Leaders by how many candidates they have.
    pub bins: Vec<Bin>,
}

/// A leader without any candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Without {
    /// Who.
    pub person: PersonId,
    /// The criterion that helps most if it becomes a wish, and how many candidates it would open.
    pub relax: Option<(usize, u32)>,
}

/// A bar of the histogram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bin {
    /// `10–19`.
    pub label: String,
    /// How many leaders.
    pub people: usize,
}

/// Counts.
///
/// # Errors
/// What is wrong with the criteria for these people, inside; a defect outside.
pub async fn counted(instance: Instance) -> Answer<Result<Counted, Vec<InstanceError>>> {
    let work = tokio::task::spawn_blocking(move || instance.compile().map(|compiled| Counted::of(&compiled)));
    work.await.map_err(Error::defect)
}

impl Counted {
    fn of(compiled: &CompiledInstance) -> Self {
        let counts = count(compiled);
        let none = |one: &&Candidates| one.candidates == 0;
        let explain = |one: &Candidates| {
            let funnel = funnel(compiled, Side::Mentee, &one.id).ok()?;
            let criteria = funnel.steps.iter().filter_map(|step| match step.rule {
                HardRule::Criterion(position) if step.only > 0 => Some((position, step.only)),
                _ => None,
            });
            // The first of those that open most: later ones must open more to come before it.
            let relax = criteria.rev().max_by_key(|(_, opens)| *opens);
            Some(Without { person: one.id.parse().ok()?, relax })
        };
        Self {
            without: counts.candidates.mentees.iter().filter(none).take(EXPLAINED).filter_map(explain).collect(),
            mentees_without: counts.candidates.mentees.iter().filter(none).count(),
            mentors_without: counts.candidates.mentors.iter().filter(none).count(),
            bins: bins(counts.candidates.mentees.iter().map(|one| one.candidates)),
            counts,
        }
    }
}

/// Five bars: none, and four of equal width of which the last is open.
fn bins(candidates: impl Iterator<Item = u32>) -> Vec<Bin> {
    let all: Vec<u32> = candidates.collect();
    let most = all.iter().max().copied().unwrap_or(0);
    let mut widths = (0..9).flat_map(|power| [1, 2, 5].map(|lead| lead * 10_u32.pow(power)));
    let width = widths.find(|width| most < 4 * width).unwrap_or(most);
    // Where a bar would hold 1 to 0, the bars are the single numbers 0, 1, 2, 3 and more.
    let starts = if width == 1 { [0, 1, 2, 3, 4] } else { [0, 1, width, 2 * width, 3 * width] };
    let bin = |position: usize| {
        let (from, to) = (starts[position], starts.get(position + 1).copied());
        let people = all.iter().filter(|count| **count >= from && to.is_none_or(|to| **count < to)).count();
        let label = match to {
            None => format!("{from}+"),
            Some(to) if to == from + 1 => from.to_string(),
            Some(to) => format!("{from}–{}", to - 1),
        };
        Bin { label, people }
    };
    (0..5).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(candidates: &[u32], expected: &[(&str, usize)]) {
        let bins = bins(candidates.iter().copied());
        let found: Vec<_> = bins.iter().map(|bin| (bin.label.as_str(), bin.people)).collect();
        assert_eq!(found, expected, "{candidates:?}");
    }

    #[test]
    fn bars_fit_the_numbers() {
        check(&[], &[("0", 0), ("1", 0), ("2", 0), ("3", 0), ("4+", 0)]);
        check(&[0, 1, 3, 3], &[("0", 1), ("1", 1), ("2", 0), ("3", 2), ("4+", 0)]);
        check(&[0, 9, 10, 29, 30, 38], &[("0", 1), ("1–9", 1), ("10–19", 1), ("20–29", 1), ("30+", 2)]);
        check(&[5_000, 1_999], &[("0", 0), ("1–1999", 1), ("2000–3999", 0), ("4000–5999", 1), ("6000+", 0)]);
    }
}
