//! Lists turned around.

/// For each person, whose lists they stand on, and how high.
#[derive(Clone, Debug)]
pub(crate) struct RankedBy {
    /// Where each person's entries start, and at last where the last ones end.
    starts: Vec<usize>,
    /// The owner of a list and the rank on it, from 0.
    entries: Vec<(u32, u32)>,
}

impl RankedBy {
    /// Turns lists around that name so many people, by a counting sort.
    ///
    /// # Panics
    /// When a list names somebody who is not there.
    pub fn new<L: Iterator<Item = u32>>(people: usize, lists: impl Iterator<Item = L> + Clone) -> Self {
        let mut starts = vec![0; people + 1];
        for person in lists.clone().flatten() {
            starts[person as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut ends = starts.clone();
        let mut entries = vec![(0, 0); starts[people]];
        for (owner, list) in (0..).zip(lists) {
            for (rank, person) in (0..).zip(list) {
                let end = &mut ends[person as usize];
                entries[*end] = (owner, rank);
                *end += 1;
            }
        }
        Self { starts, entries }
    }

    /// Who ranks a person, in order, and how high.
    pub fn of(&self, person: usize) -> &[(u32, u32)] {
        &self.entries[self.starts[person]..self.starts[person + 1]]
    }

    /// How high a person stands on somebody's list; `None` where they do not.
    pub fn rank(&self, person: usize, owner: u32) -> Option<u32> {
        let entries = self.of(person);
        entries.binary_search_by_key(&owner, |&(owner, _)| owner).ok().map(|at| entries[at].1)
    }
}
