//! Which atoms the released counts determine: the linear system of everything that is known, in reduced form.
//!
//! Each released cohort is a row of zeros and ones over the atoms, and whoever knows the counts knows every combination of
//! rows. An atom is determined when some combination is 1 at it and 0 at all others. In reduced form each row has a pivot:
//! an atom at which it is 1 and every other row is 0. Only a pivot can be determined, and it is if its row is 0 elsewhere.
//!
//! The reduced rows would be as long as there are atoms, so they are kept as combinations of cohorts, with a sketch: the
//! sum of a row over the other atoms, each times a fixed scattered number. A sketch of 0 says that the row is 0 there; it
//! lies once in 2^61 times, and then something harmless is refused. The numbers are those modulo 2^61 - 1, which differ
//! from the rational ones only for systems with a minor that is a multiple of this prime.
//!
//! The scattered numbers of the other atoms, with minus the sketches at the pivots, are a random vector to which every row
//! is orthogonal. So a set of atoms is determined just if its numbers add up to 0.

use super::{
    atoms::{Atoms, Cuts},
    cohort::Cohort,
    field::Residue,
};

/// A table of so many bits says at once that most numbers are not looked for.
const SIEVE_BITS: u32 = 16;

/// How many additions the search for groups may take.
const MOST_WORK: usize = 2_000_000;

#[derive(Debug, Clone)]
pub(super) struct System {
    rows: Vec<Row>,
    /// The scattered number of each atom; 0 of a pivot.
    weights: Vec<Residue>,
    /// The row of which an atom is the pivot.
    pivot_of: Vec<Option<usize>>,
    drawn: u64,
    cohorts: usize,
}

#[derive(Debug, Clone)]
struct Row {
    pivot: usize,
    /// How often each cohort counts in the row.
    cohorts: Vec<Residue>,
    sketch: Residue,
}

/// A cohort less everything about it that follows from the others.
struct Residual {
    /// How often each cohort counts; the new one, once, is the last.
    cohorts: Vec<Residue>,
    sketch: Residue,
}

/// What a new row would change: its pivot, and for every older row how often it is taken off.
struct Insertion {
    pivot: usize,
    /// One over the value of the residual at the pivot.
    scale: Residue,
    /// The value of each older row at the pivot.
    values: Vec<Residue>,
}

impl System {
    /// Nothing is known of one atom.
    pub(super) fn empty() -> Self {
        Self { rows: Vec::new(), weights: vec![Residue::scattered(0)], pivot_of: vec![None], drawn: 1, cohorts: 0 }
    }

    /// Whether a cohort that cuts no atom would determine one smaller than `k`, or two that are smaller together.
    pub(super) fn would_determine(&self, atoms: &Atoms, cuts: &Cuts, k: usize) -> bool {
        let residual = self.residual(&|atom| cuts.holds(atom), atoms.len());
        let Some(insertion) = self.insertion(atoms, &residual, &|atom| cuts.holds(atom), k) else { return false };
        // What the sketches would be after the row came in.
        let share = residual.sketch.times(insertion.scale);
        let after = |row: usize| self.rows[row].sketch.minus(insertion.values[row].times(share));
        let small = |atom: usize| atoms.size(atom) < k;
        let mut pivots: Vec<(Residue, usize)> =
            (0..self.rows.len()).map(|row| (after(row), self.rows[row].pivot)).filter(|x| small(x.1)).collect();
        if small(insertion.pivot) {
            pivots.push((share.minus(self.weights[insertion.pivot]), insertion.pivot));
        }
        pivots.sort_unstable();
        pivots.first().is_some_and(|lowest| lowest.0 == Residue::ZERO)
            || self.pair_determined(atoms, &pivots, insertion.pivot, k)
            || self.group_determined(atoms, cuts, (&residual, &insertion), k)
    }

    /// Whether a small pivot and another small atom are determined together: their numbers are opposite.
    fn pair_determined(&self, atoms: &Atoms, pivots: &[(Residue, usize)], new: usize, k: usize) -> bool {
        let fits = |one: usize, other: usize| one != other && atoms.size(one) + atoms.size(other) < k;
        let mut sieve = vec![false; 1 << SIEVE_BITS];
        pivots.iter().for_each(|(sketch, _)| sieve[sketch.low(SIEVE_BITS)] = true);
        // The number of a pivot is minus its sketch, so another atom has the sketch itself, another pivot minus it.
        let partner = |number: Residue, atom: usize| {
            sieve[number.low(SIEVE_BITS)] && {
                let from = pivots.partition_point(|(sketch, _)| *sketch < number);
                pivots[from..].iter().take_while(|(sketch, _)| *sketch == number).any(|&(_, pivot)| fits(pivot, atom))
            }
        };
        let free = |atom: &usize| self.pivot_of[*atom].is_none() && *atom != new && atoms.size(*atom) < k;
        pivots.iter().any(|&(sketch, pivot)| partner(sketch.negative(), pivot))
            || (0..atoms.len()).filter(free).any(|atom| partner(self.weights[atom], atom))
    }

    /// Whether any group of atoms smaller than `k` is determined. It holds a small pivot, so the sums of rows with small
    /// pivots are looked at, as far as that is little work: in a large ledger it is not done.
    fn group_determined(&self, atoms: &Atoms, cuts: &Cuts, new: (&Residual, &Insertion), k: usize) -> bool {
        let (residual, insertion) = new;
        let small: Vec<usize> = (0..self.rows.len()).filter(|&row| atoms.size(self.rows[row].pivot) < k).collect();
        if (small.len() + 1) * atoms.len() * residual.cohorts.len() > MOST_WORK {
            return false;
        }
        let free = |atom: &usize| self.pivot_of[*atom].is_none() && *atom != insertion.pivot;
        let columns: Vec<usize> = (0..atoms.len()).filter(free).collect();
        let mut sizes: Vec<usize> = small.iter().map(|&row| atoms.size(self.rows[row].pivot)).collect();
        let mut rows = vec![Vec::new(); small.len() + 1];
        for &atom in &columns {
            let inside: Vec<usize> = atoms.cohorts_of(atom).collect();
            let own = if cuts.holds(atom) { Residue::ONE } else { Residue::ZERO };
            let added = Residue::sum(&residual.cohorts, &inside).plus(own).times(insertion.scale);
            for (entries, &row) in rows.iter_mut().zip(&small) {
                let before = Residue::sum(&self.rows[row].cohorts, &inside);
                entries.push(before.minus(insertion.values[row].times(added)));
            }
            rows[small.len()].push(added);
        }
        sizes.push(atoms.size(insertion.pivot));
        let columns = columns.into_iter().map(|atom| atoms.size(atom)).collect();
        let mut sums = Sums { rows, sizes, columns, k, left: MOST_WORK };
        let none = vec![Residue::ZERO; sums.columns.len()];
        sums.any_group(0, 0, &none)
    }

    /// A new cohort, after the atoms were cut by it.
    pub(super) fn insert(&mut self, atoms: &Atoms, splits: &[usize], k: usize) {
        self.split(splits);
        let cohort = self.cohorts;
        self.cohorts += 1;
        let residual = self.residual(&|atom| atoms.lies_in(atom, cohort), atoms.len());
        let insertion = self.insertion(atoms, &residual, &|atom| atoms.lies_in(atom, cohort), k);
        self.rows.iter_mut().for_each(|row| row.cohorts.push(Residue::ZERO));
        let Some(Insertion { pivot, scale, values }) = insertion else { return };
        let weight = std::mem::replace(&mut self.weights[pivot], Residue::ZERO);
        let cohorts: Vec<Residue> = residual.cohorts.iter().map(|times| times.times(scale)).collect();
        let sketch = residual.sketch.times(scale).minus(weight);
        for (row, value) in self.rows.iter_mut().zip(values).filter(|(_, value)| *value != Residue::ZERO) {
            let taken = row.cohorts.iter_mut().zip(&cohorts);
            taken.for_each(|(times, &more)| *times = times.minus(value.times(more)));
            row.sketch = row.sketch.minus(value.times(weight.plus(sketch)));
        }
        self.pivot_of[pivot] = Some(self.rows.len());
        self.rows.push(Row { pivot, cohorts, sketch });
    }

    /// The half of a pivot is no pivot, so its row alone gets longer; other atoms share their number between the halves.
    fn split(&mut self, splits: &[usize]) {
        for &old in splits {
            let number = Residue::scattered(self.drawn);
            self.drawn += 1;
            match self.pivot_of[old] {
                Some(row) => self.rows[row].sketch = self.rows[row].sketch.plus(number),
                None => self.weights[old] = self.weights[old].minus(number),
            }
            self.weights.push(number);
            self.pivot_of.push(None);
        }
    }

    fn residual(&self, holds: &dyn Fn(usize) -> bool, atoms: usize) -> Residual {
        let taken = || self.rows.iter().filter(|row| holds(row.pivot));
        let known = self.rows.first().map_or(0, |row| row.cohorts.len());
        let sums = Residue::sums(taken().map(|row| row.cohorts.as_slice()), known);
        let inside = (0..atoms).filter(|&atom| holds(atom));
        let sketch = inside.fold(Residue::ZERO, |sum, atom| sum.plus(self.weights[atom]));
        Residual {
            cohorts: sums.into_iter().map(Residue::negative).chain([Residue::ONE]).collect(),
            sketch: taken().fold(sketch, |sum, row| sum.minus(row.sketch)),
        }
    }

    /// Where the new row gets its pivot; none if it follows from the others. A large atom if there is one, because only
    /// small pivots can be a danger.
    fn insertion(
        &self,
        atoms: &Atoms,
        residual: &Residual,
        holds: &dyn Fn(usize) -> bool,
        k: usize,
    ) -> Option<Insertion> {
        if residual.sketch == Residue::ZERO {
            return None;
        }
        let known = residual.cohorts.len() - 1;
        let inside = |atom: usize| atoms.cohorts_of(atom).take_while(move |&cohort| cohort < known);
        let at = |atom: usize| {
            let own = if holds(atom) { Residue::ONE } else { Residue::ZERO };
            inside(atom).fold(own, |sum, cohort| sum.plus(residual.cohorts[cohort]))
        };
        let free = |atom: &usize| self.pivot_of[*atom].is_none();
        let large = (0..atoms.len()).filter(free).filter(|&atom| atoms.size(atom) >= k);
        let small = (0..atoms.len()).filter(free).filter(|&atom| atoms.size(atom) < k);
        let (pivot, found) = large.chain(small).map(|atom| (atom, at(atom))).find(|(_, x)| *x != Residue::ZERO)?;
        let of: Vec<usize> = inside(pivot).collect();
        let value = |row: &Row| Residue::sum(&row.cohorts, &of);
        Some(Insertion { pivot, scale: found.inverse(), values: self.rows.iter().map(value).collect() })
    }
}

/// Rows over the atoms that are no pivots, and which sums of them are groups.
struct Sums {
    rows: Vec<Vec<Residue>>,
    /// How many people the pivot of each row holds.
    sizes: Vec<usize>,
    /// How many each column holds.
    columns: Vec<usize>,
    k: usize,
    left: usize,
}

impl Sums {
    /// Whether the sum, with some of the rows from here on, is a group smaller than k, its pivots counted.
    fn any_group(&mut self, from: usize, held: usize, sum: &[Residue]) -> bool {
        for row in from..self.rows.len() {
            let held = held + self.sizes[row];
            if held >= self.k || self.left < sum.len() {
                continue;
            }
            self.left -= sum.len();
            let next: Vec<Residue> = sum.iter().zip(&self.rows[row]).map(|(sum, entry)| sum.plus(*entry)).collect();
            if self.is_group(held, &next) || self.any_group(row + 1, held, &next) {
                return true;
            }
        }
        false
    }

    fn is_group(&self, held: usize, sum: &[Residue]) -> bool {
        let inside = sum.iter().zip(&self.columns).try_fold(held, |people, (entry, size)| match *entry {
            Residue::ZERO => Some(people),
            Residue::ONE if people + size < self.k => Some(people + size),
            _ => None,
        });
        inside.is_some()
    }
}

/// The cohort that holds everybody, whose count is always known.
pub(super) fn everybody(people: usize, k: usize) -> (Atoms, System, Cohort) {
    let (mut atoms, mut system, all) = (Atoms::one(people), System::empty(), Cohort::everybody(people));
    let cuts = atoms.cuts(&all);
    let splits = atoms.refine(&all, &cuts);
    system.insert(&atoms, &splits, k);
    (atoms, system, all)
}
