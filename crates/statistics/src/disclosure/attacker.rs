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
    /// They are in just the same published cohorts.
    pub people: Vec<usize>,
    /// How many of them had the outcome.
    pub count: u64,
}

/// Every atom (people in just the same cohorts) whose count the linear system of all releases determines, by elimination
/// over the whole system. People who are in no cohort are left out: nothing is said of them. Counts have to be below
/// 2^31 - 1.
#[must_use]
pub fn audit(releases: &[Release]) -> Vec<Known> {
    let atoms = atoms(releases);
    let width = atoms.len();
    let mut rows: Vec<Vec<u64>> = releases
        .iter()
        .map(|release| {
            let inside = atoms.iter().map(|people| u64::from(release.cohort.contains(people[0])));
            inside.chain([release.count % PRIME]).collect()
        })
        .collect();
    let mut rank = 0;
    for column in 0..width {
        let Some(found) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
        rows.swap(rank, found);
        let inverse = power(rows[rank][column], PRIME - 2);
        rows[rank].iter_mut().for_each(|entry| *entry = *entry * inverse % PRIME);
        let pivot = rows[rank].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(at, row)| *at != rank && row[column] != 0) {
            let times = PRIME - row[column];
            row.iter_mut().zip(&pivot).for_each(|(entry, other)| *entry = (*entry + times * other) % PRIME);
        }
        rank += 1;
    }
    let lone = |row: &Vec<u64>| {
        let mut filled = (0..width).filter(|&column| row[column] != 0);
        filled.next().filter(|_| filled.next().is_none())
    };
    let known = |row: &Vec<u64>| lone(row).map(|atom| Known { people: atoms[atom].clone(), count: row[width] });
    rows.iter().filter_map(known).collect()
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
    atoms.into_values().collect()
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
        assert!(audit(&three[..2]).is_empty());
        assert!(audit(&[]).is_empty());
    }
}
