//! The people of a ledger by what tells them apart: those who are in just the same released cohorts are one atom.

use super::cohort::Cohort;

/// Everybody's atom, how many each holds, and in which cohorts each lies.
#[derive(Debug, Clone)]
pub(super) struct Atoms {
    of: Vec<u32>,
    sizes: Vec<u32>,
    /// For each 64 cohorts, and in it for each atom, the bits of those that hold it.
    inside: Vec<Vec<u64>>,
    cohorts: usize,
}

/// How a cohort cuts the atoms.
pub(super) struct Cuts {
    /// For each atom, how many of it are members.
    members: Vec<u32>,
}

impl Atoms {
    /// All people in one atom, and no cohort.
    pub(super) fn one(people: usize) -> Self {
        Self { of: vec![0; people], sizes: vec![people as u32], inside: Vec::new(), cohorts: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.sizes.len()
    }

    pub(super) fn size(&self, atom: usize) -> usize {
        self.sizes[atom] as usize
    }

    pub(super) fn cuts(&self, cohort: &Cohort) -> Cuts {
        let mut members = vec![0; self.len()];
        cohort.members().for_each(|person| members[self.of[person] as usize] += 1);
        Cuts { members }
    }

    /// How many members and how many others the cohort tells apart who were together so far.
    pub(super) fn told_apart(&self, cuts: &Cuts) -> (usize, usize) {
        let cut = cuts.members.iter().zip(&self.sizes).filter(|(members, size)| **members > 0 && members < size);
        cut.fold((0, 0), |(inside, outside), (&members, &size)| {
            (inside + members as usize, outside + (size - members) as usize)
        })
    }

    /// Whether an atom lies in a cohort.
    pub(super) fn lies_in(&self, atom: usize, cohort: usize) -> bool {
        self.inside[cohort / 64][atom] >> (cohort % 64) & 1 == 1
    }

    /// The cohorts in which an atom lies.
    pub(super) fn cohorts_of(&self, atom: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.cohorts).filter(move |&cohort| self.lies_in(atom, cohort))
    }

    /// The cohort becomes one of the ledger. The atoms that it cuts become two: the larger part stays, the other is added
    /// at the end. Returns the cut ones in the order of the added ones.
    pub(super) fn refine(&mut self, cohort: &Cohort, cuts: &Cuts) -> Vec<usize> {
        let mut splits = Vec::new();
        let mut member: Vec<bool> = cuts.members.iter().map(|&members| members > 0).collect();
        let mut halves: Vec<u32> = (0..self.len() as u32).collect();
        for (old, &members) in cuts.members.iter().enumerate() {
            let others = self.sizes[old] - members;
            if members == 0 || others == 0 {
                continue;
            }
            (member[old], halves[old]) = (members >= others, self.sizes.len() as u32);
            member.push(members < others);
            self.sizes[old] = members.max(others);
            self.sizes.push(members.min(others));
            self.inside.iter_mut().for_each(|block| block.push(block[old]));
            splits.push(old);
        }
        for (person, atom) in self.of.iter_mut().enumerate() {
            let old = *atom as usize;
            if cohort.contains(person) != member[old] {
                *atom = halves[old];
            }
        }
        if self.cohorts.is_multiple_of(64) {
            self.inside.push(vec![0; self.sizes.len()]);
        }
        let bit = self.cohorts % 64;
        let words = self.inside.iter_mut().skip(self.cohorts / 64).flatten();
        words.zip(member).for_each(|(word, member)| *word |= u64::from(member) << bit);
        self.cohorts += 1;
        splits
    }
}

impl Cuts {
    /// Whether a whole atom lies in the cohort. Only for cohorts that cut none.
    pub(super) fn holds(&self, atom: usize) -> bool {
        self.members[atom] > 0
    }
}
