//! Where pairs end: at the first hard rule that removes them, or with all that is left.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::block::{BLOCK, Block, Row};
use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::profile::{Side, Sides};

/// How many pairs end where.
pub(super) struct Tally {
    ends: Sides<Ends>,
    /// The criterion, and of how many remaining pairs it is true.
    pub preferences: Vec<(usize, u64)>,
}

/// For each person of a side, how many pairs end at each rule; the last entry counts those that no rule removes.
struct Ends {
    width: usize,
    counts: Vec<u32>,
}

impl Ends {
    fn new(people: usize, rules: usize) -> Self {
        Self { width: rules + 1, counts: vec![0; people * (rules + 1)] }
    }

    fn of(&self, person: usize) -> &[u32] {
        &self.counts[person * self.width..][..self.width]
    }

    fn of_mut(&mut self, person: usize) -> &mut [u32] {
        &mut self.counts[person * self.width..][..self.width]
    }

    fn all(&self) -> impl Iterator<Item = &[u32]> {
        self.counts.chunks_exact(self.width)
    }
}

impl Tally {
    pub fn of(compiled: &CompiledInstance) -> Self {
        let list = compiled.criteria().list.iter().enumerate();
        let preferences: Vec<usize> =
            list.filter(|(_, entry)| entry.rule.weight().is_some()).map(|(at, _)| at).collect();
        let (mentors, _) = pass(compiled, Side::Mentor, &[]);
        let (mentees, true_of) = pass(compiled, Side::Mentee, &preferences);
        Self { ends: Sides { mentors, mentees }, preferences: preferences.into_iter().zip(true_of).collect() }
    }

    /// How many pairs the rule at this step removes.
    pub fn removed(&self, step: usize) -> u64 {
        self.ends.mentees.all().map(|ends| u64::from(ends[step])).sum()
    }

    /// Who had candidates before a step and has none after it.
    pub fn left_without(&self, compiled: &CompiledInstance, side: Side, step: usize) -> Vec<String> {
        let loses_all = |ends: &[u32]| ends[step] > 0 && ends[step + 1..].iter().all(|&count| count == 0);
        let ends = self.ends.of(side);
        let people = (0..compiled.people(side).len()).filter(|&person| loses_all(ends.of(person)));
        people.map(|person| compiled.id(side, person).to_owned()).collect()
    }

    /// Everybody of a side with the number of those that all rules leave.
    pub fn candidates<'t>(
        &'t self,
        compiled: &'t CompiledInstance,
        side: Side,
    ) -> impl Iterator<Item = (&'t str, u32)> + 't {
        let left = |ends: &[u32]| ends.last().copied().unwrap_or(0);
        compiled.people(side).ids().zip(self.ends.of(side).all().map(left))
    }
}

/// Counts for one side in rows, and of how many remaining pairs each of these criteria is true.
fn pass(compiled: &CompiledInstance, rows: Side, preferences: &[usize]) -> (Ends, Vec<u64>) {
    let blocks = compiled.people(rows.other()).len().div_ceil(BLOCK);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut ends = Ends::new(compiled.people(rows).len(), compiled.hard_rules().len());
        let mut true_of = vec![0; preferences.len()];
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= blocks {
                return (ends, true_of);
            }
            count(compiled, Block::new(compiled, rows, at), preferences, &mut ends, &mut true_of);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(blocks);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let (mut ends, mut true_of) = work();
        for (more, more_true) in others.into_iter().map(|other| other.join().expect("counting does not panic")) {
            ends.counts.iter_mut().zip(more.counts).for_each(|(count, more)| *count += more);
            true_of.iter_mut().zip(more_true).for_each(|(count, more)| *count += more);
        }
        (ends, true_of)
    })
}

fn count(compiled: &CompiledInstance, mut block: Block, preferences: &[usize], ends: &mut Ends, true_of: &mut [u64]) {
    let rules = compiled.hard_rules();
    let mut row = Row::default();
    for person in 0..compiled.people(block.rows).len() {
        let counts = ends.of_mut(person);
        block.begin(person, &mut row);
        for (count, rule) in counts.iter_mut().zip(rules) {
            *count += match rule {
                HardRule::Criterion(criterion) => row.remove(block.marks(*criterion, person)),
                apart => row.remove_some(block.apart(*apart, person)),
            };
        }
        counts[rules.len()] += row.left();
        for (count, &criterion) in true_of.iter_mut().zip(preferences) {
            *count += u64::from(row.left_of(block.marks(criterion, person)));
        }
    }
}
