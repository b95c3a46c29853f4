//! Somebody who has read everything released of one outcome, and computes what follows. For tests of a ledger and for
//! audits of what was published: it shares no arithmetic with the guard.

use std::collections::BTreeMap;

use super::cohort::Cohort;

/// Another prime than the guard's: 2^31 - 1.
const PRIME: u64 = (1 << 31) - 1;

/// A count that was published: how many of these people had the outcome.
#[derive(Debug, Clone)]
pub struct Release {
    /// Of whom.
    pub cohort: Cohort,
    /// How many.
    pub count: u64,
}

/// People whose count follows from what was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who they are.
    pub people: Vec<usize>,
    /// How many of them had the outcome.
    pub count: u64,
}

/// Every atom (people in just the same cohorts) whose count the linear system of all releases determines, by elimination
/// over the whole system. People who are in no cohort are left out: nothing is said of them. Counts have to be below
/// 2^31 - 1.
#[must_use]
pub fn audit(releases: &[Release]) -> Vec<Known> {
    let system = Reduced::new(releases);
    let lone = |row: &&Vec<u64>| row[..system.atoms.len()].iter().filter(|&&entry| entry != 0).count() == 1;
    system.rows.iter().filter(lone).filter_map(|row| system.group(row)).collect()
}

/// The groups of fewer than `below` people, of one atom or several, whose count is determined. Of a group that holds a
/// found one with fewer pivots only the latter is told.
#[must_use]
pub fn audit_below(releases: &[Release], below: usize) -> Vec<Known> {
    let system = Reduced::new(releases);
    let size = |row: usize| system.atoms[system.pivots[row]].len();
    // A determined group holds a pivot: else the sum of no rows would be the group.
    let small: Vec<usize> = (0..system.rows.len()).filter(|&row| size(row) < below).collect();
    let (mut found, mut sum) = (Vec::new(), vec![0; system.atoms.len() + 1]);
    system.extend(&small, below, 0, &mut sum, &mut found);
    found
}

/// The system in reduced form: each row is 1 at its pivot, where all others are 0, and ends with its count.
struct Reduced {
    /// The largest first, so that small ones are pivots only where they have to be.
    atoms: Vec<Vec<usize>>,
    rows: Vec<Vec<u64>>,
    pivots: Vec<usize>,
}

impl Reduced {
    fn new(releases: &[Release]) -> Self {
        let atoms = atoms(releases);
        let width = atoms.len();
        let row = |release: &Release| {
            let inside = atoms.iter().map(|people| u64::from(release.cohort.contains(people[0])));
            inside.chain([release.count % PRIME]).collect()
        };
        let mut rows: Vec<Vec<u64>> = releases.iter().map(row).collect();
        let mut pivots = Vec::new();
        for column in 0..width {
            let rank = pivots.len();
            let Some(found) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
            rows.swap(rank, found);
            let inverse = power(rows[rank][column], PRIME - 2);
            rows[rank].iter_mut().for_each(|entry| *entry = *entry * inverse % PRIME);
            let pivot = rows[rank].clone();
            for (_, row) in rows.iter_mut().enumerate().filter(|(at, row)| *at != rank && row[column] != 0) {
                let times = PRIME - row[column];
                row.iter_mut().zip(&pivot).for_each(|(entry, other)| *entry = (*entry + times * other) % PRIME);
            }
            pivots.push(column);
        }
        rows.truncate(pivots.len());
        Self { atoms, rows, pivots }
    }

    /// The group of which a sum of rows is the count, unless it is of no group.
    fn group(&self, sum: &[u64]) -> Option<Known> {
        let (count, entries) = sum.split_last()?;
        let inside = |entry: &&u64| **entry == 1;
        let is_group = entries.iter().all(|&entry| entry <= 1) && entries.iter().any(|entry| inside(&entry));
        is_group.then(|| {
            let people = entries.iter().zip(&self.atoms).filter(|(entry, _)| inside(entry));
            Known { people: people.flat_map(|(_, people)| people.iter().copied()).collect(), count: *count }
        })
    }

    /// Adds each row with a small pivot in turn, as long as the pivots stay below the bound and no group is found.
    fn extend(&self, small: &[usize], below: usize, held: usize, sum: &mut [u64], found: &mut Vec<Known>) {
        for (at, &row) in small.iter().enumerate() {
            let held = held + self.atoms[self.pivots[row]].len();
            if held >= below {
                continue;
            }
            sum.iter_mut().zip(&self.rows[row]).for_each(|(sum, entry)| *sum = (*sum + entry) % PRIME);
            match self.group(sum).filter(|known| known.people.len() < below) {
                Some(known) => found.push(known),
                None => self.extend(&small[at + 1..], below, held, sum, found),
            }
            sum.iter_mut().zip(&self.rows[row]).for_each(|(sum, entry)| *sum = (*sum + PRIME - entry) % PRIME);
        }
    }
}

/// People by the cohorts in which they are.
fn atoms(releases: &[Release]) -> Vec<Vec<usize>> {
    let people = releases.first().map_or(0, |release| release.cohort.people());
    let mut atoms: BTreeMap<Vec<bool>, Vec<usize>> = BTreeMap::new();
    for person in 0..people {
        let inside: Vec<bool> = releases.iter().map(|release| release.cohort.contains(person)).collect();
        if inside.contains(&true) {
            atoms.entry(inside).or_default().push(person);
        }
    }
    let mut atoms: Vec<_> = atoms.into_values().collect();
    atoms.sort_by_key(|people| std::cmp::Reverse(people.len()));
    atoms
}

fn power(base: u64, exponent: u64) -> u64 {
    let (mut power, mut square, mut rest) = (1, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            power = power * square % PRIME;
        }
        square = square * square % PRIME;
        rest >>= 1;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtracts_and_combines() {
        let release = |members: &[usize], count| Release {
            cohort: Cohort::from_members(9, members.iter().copied()).unwrap(),
            count,
        };
        let all = release(&[0, 1, 2, 3, 4, 5, 6, 7, 8], 5);
        assert_eq!(audit(&[all.clone(), release(&[0, 1, 2, 3, 4, 5, 6], 4)]).len(), 2);
        // Three overlapping cohorts give away what lies in all pairs of them: x + y, y + z, x + z.
        let three = [release(&[0, 1, 2, 3], 3), release(&[2, 3, 4, 5], 2), release(&[0, 1, 4, 5], 3)];
        let known = audit(&three);
        let found: Vec<_> = known.iter().map(|known| (known.people.clone(), known.count)).collect();
        assert_eq!(found, [(vec![4, 5], 1), (vec![0, 1], 2), (vec![2, 3], 1)]);
        // What is left of two cohorts in a third is three people of two kinds.
        let union = [release(&[0, 1, 2, 3, 4, 5, 6], 4), release(&[0, 1, 2, 3], 3), release(&[4, 7, 8], 2)];
        assert!(audit(&union).iter().all(|known| known.people.len() > 3));
        let mut groups: Vec<_> = audit_below(&union, 4).into_iter().map(|known| (known.people, known.count)).collect();
        groups.iter_mut().for_each(|group| group.0.sort_unstable());
        groups.sort_unstable();
        assert_eq!(groups, [(vec![4, 5, 6], 1), (vec![4, 7, 8], 2)]);
        assert!(audit(&three[..2]).is_empty());
        assert!(audit(&[]).is_empty());
    }
}
