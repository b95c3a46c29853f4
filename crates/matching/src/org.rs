//! The org tree, laid out so that "is above or below" costs two comparisons.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who reports to whom, in Euler-tour order: a person's whole line below them is one interval of positions.
///
/// ```
/// use counterflow_matching::{OrgTree, Relation};
/// let org = OrgTree::from_managers([
///     ("ruth", None),
///     ("inés", Some("ruth")),
///     ("tom", Some("inés")),
///     ("ana", Some("ruth")),
/// ])?;
/// assert_eq!(org.relation("ruth", "tom"), Some(Relation::Above { levels: 2 }));
/// assert_eq!(org.relation("tom", "inés"), Some(Relation::Below { levels: 1 }));
/// assert_eq!(org.relation("ana", "tom"), None);
/// # Ok::<(), counterflow_matching::OrgErrors>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct OrgTree {
    /// In order; everything else by position in it.
    ids: Vec<Box<str>>,
    manager: Vec<Option<u32>>,
    spots: Vec<Spot>,
}

/// Where the first of two people stands in the other's reporting line, with the steps between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "relation", rename_all = "snake_case")]
pub enum Relation {
    /// The other reports to the first, directly or through others.
    Above {
        /// 1 for the direct manager.
        levels: u32,
    },
    /// The first reports to the other.
    Below {
        /// 1 for a direct report.
        levels: u32,
    },
}

impl Relation {
    /// The number of steps in the reporting line between the two.
    pub fn levels(self) -> u32 {
        match self {
            Self::Above { levels } | Self::Below { levels } => levels,
        }
    }
}

/// A person's interval in the Euler tour, and the number of managers above.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// Where the person stands in the tour,
    pub enter: u32,
    /// and where all who are below them have been.
    pub leave: u32,
    depth: u32,
}

impl Spot {
    pub(crate) fn is_above(self, other: Self) -> bool {
        self.enter < other.enter && other.leave <= self.leave
    }

    pub(crate) fn relation(self, other: Self) -> Option<Relation> {
        if self.is_above(other) {
            Some(Relation::Above { levels: other.depth - self.depth })
        } else if other.is_above(self) {
            Some(Relation::Below { levels: self.depth - other.depth })
        } else {
            None
        }
    }
}

/// Everything that keeps rows of person and manager from being a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct OrgErrors {
    /// Rings of people who manage each other: each reports to the next, the last to the first.
    pub cycles: Vec<Vec<String>>,
    /// People whose manager is not among the people.
    pub unknown_managers: Vec<UnknownManager>,
    /// People who stand in more than one row.
    pub repeated: Vec<String>,
}

/// A person with a manager nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownManager {
    /// Who has the manager.
    pub person: String,
    /// The id that is not among the people.
    pub manager: String,
}

impl fmt::Display for OrgErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cycles = self.cycles.iter().map(|ring| format!("these manage each other in a ring: {}", ring.join(" -> ")));
        let unknown =
            self.unknown_managers.iter().map(|u| format!("the manager {} of {} is unknown", u.manager, u.person));
        let repeated = self.repeated.iter().map(|id| format!("{id} stands in more than one row"));
        let all: Vec<String> = cycles.chain(unknown).chain(repeated).collect();
        f.write_str(&all.join("; "))
    }
}

impl OrgTree {
    /// Builds the tree from each person and their manager. Several people without a manager are several trees.
    ///
    /// # Errors
    /// All rings, unknown managers and repeated people at once.
    pub fn from_managers<P, M>(people: impl IntoIterator<Item = (P, Option<M>)>) -> Result<Self, OrgErrors>
    where
        P: Into<String>,
        M: Into<String>,
    {
        let mut errors = OrgErrors::default();
        let mut rows: Vec<(Box<str>, Option<Box<str>>)> = people
            .into_iter()
            .map(|(person, manager)| (person.into().into(), manager.map(|manager| manager.into().into())))
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows.dedup_by(|later, first| {
            let again = later.0 == first.0;
            errors.repeated.extend(again.then(|| later.0.to_string()));
            again
        });
        let (ids, managers): (Vec<Box<str>>, Vec<Option<Box<str>>>) = rows.into_iter().unzip();
        let mut manager_of = vec![None; ids.len()];
        for (at, manager) in managers.iter().enumerate() {
            let Some(manager) = manager else { continue };
            manager_of[at] = ids.binary_search(manager).ok();
            if manager_of[at].is_none() {
                errors
                    .unknown_managers
                    .push(UnknownManager { person: ids[at].to_string(), manager: manager.to_string() });
            }
        }
        errors.cycles = rings(&manager_of, &ids);
        if errors != OrgErrors::default() {
            return Err(errors);
        }
        let spots = tour(&manager_of);
        let manager = manager_of.into_iter().map(|manager| manager.map(|manager| manager as u32)).collect();
        Ok(Self { ids, manager, spots })
    }

    /// How two people stand to each other in the reporting line; `None` where neither is above the other, where
    /// both are one person, or where one of them is not in the tree.
    pub fn relation(&self, first: &str, other: &str) -> Option<Relation> {
        self.spot(first)?.relation(self.spot(other)?)
    }

    /// The person's managers, from the direct one up.
    pub fn managers_of(&self, person: &str) -> impl Iterator<Item = &str> {
        let above = |at: u32| self.manager[at as usize];
        let first = self.position(person).and_then(|at| self.manager[at]);
        std::iter::successors(first, move |&at| above(at)).map(|at| &*self.ids[at as usize])
    }

    /// Whether the person is in the tree.
    pub fn contains(&self, person: &str) -> bool {
        self.position(person).is_some()
    }

    /// How many people are in the tree.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The id at a position in the order of ids, and the position of the manager.
    pub(crate) fn row(&self, at: usize) -> (&str, Option<usize>) {
        (&self.ids[at], self.manager[at].map(|manager| manager as usize))
    }

    /// The position of each of these ids, which come in order; `None` outside the tree.
    pub(crate) fn places<'i>(&self, ids: impl Iterator<Item = &'i str>) -> impl Iterator<Item = Option<usize>> {
        let mut at = 0;
        ids.map(move |id| {
            while self.ids.get(at).is_some_and(|other| **other < *id) {
                at += 1;
            }
            self.ids.get(at).filter(|other| ***other == *id).map(|_| at)
        })
    }

    fn position(&self, person: &str) -> Option<usize> {
        self.ids.binary_search_by(|id| (**id).cmp(person)).ok()
    }

    pub(crate) fn spot(&self, person: &str) -> Option<Spot> {
        self.position(person).map(|at| self.spots[at])
    }
}

/// Walks up from everybody; a walk that meets itself has found a ring, named from its smallest id on.
fn rings(manager_of: &[Option<usize>], ids: &[Box<str>]) -> Vec<Vec<String>> {
    let mut walked_by = vec![None; manager_of.len()];
    let mut found = Vec::new();
    for start in 0..manager_of.len() {
        let mut at = start;
        while walked_by[at].is_none() {
            walked_by[at] = Some(start);
            match manager_of[at] {
                Some(manager) if walked_by[manager] == Some(start) => found.push(ring_from(manager, manager_of)),
                Some(manager) => at = manager,
                None => {}
            }
        }
    }
    found.into_iter().map(|ring| ring.into_iter().map(|at| ids[at].to_string()).collect()).collect()
}

fn ring_from(start: usize, manager_of: &[Option<usize>]) -> Vec<usize> {
    let mut ring: Vec<usize> =
        std::iter::successors(Some(start), |&at| manager_of[at].filter(|&manager| manager != start)).collect();
    let smallest = ring.iter().enumerate().min_by_key(|&(_, &at)| at).map_or(0, |(place, _)| place);
    ring.rotate_left(smallest);
    ring
}

/// Depth-first positions of everybody, without recursion: a line can be as long as the company.
fn tour(manager_of: &[Option<usize>]) -> Vec<Spot> {
    let mut reports = vec![Vec::new(); manager_of.len()];
    let mut stack = Vec::new();
    for (person, manager) in manager_of.iter().enumerate() {
        match manager {
            Some(manager) => reports[*manager].push(person),
            None => stack.push((person, 0)),
        }
    }
    let mut spots = vec![Spot { enter: 0, leave: 0, depth: 0 }; manager_of.len()];
    let mut order = Vec::with_capacity(manager_of.len());
    while let Some((person, depth)) = stack.pop() {
        let enter = order.len() as u32;
        spots[person] = Spot { enter, leave: enter + 1, depth };
        order.push(person);
        stack.extend(reports[person].iter().map(|&report| (report, depth + 1)));
    }
    for &person in order.iter().rev() {
        if let Some(manager) = manager_of[person] {
            spots[manager].leave = spots[manager].leave.max(spots[person].leave);
        }
    }
    spots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(rows: &[(&str, &str)]) -> Result<OrgTree, OrgErrors> {
        OrgTree::from_managers(rows.iter().map(|&(person, manager)| (person, Some(manager).filter(|m| !m.is_empty()))))
    }

    #[test]
    fn knows_who_is_above_whom_at_any_depth() {
        let org = tree(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "a"), ("f", "e"), ("z", "")])
            .expect("a proper tree");
        let check = |first: &str, other: &str, expected: Option<i32>| {
            let signed = org.relation(first, other).map(|relation| match relation {
                Relation::Above { levels } => levels as i32,
                Relation::Below { levels } => -(levels as i32),
            });
            assert_eq!(signed, expected, "{first} {other}");
        };
        check("a", "b", Some(1));
        check("a", "d", Some(3));
        check("d", "a", Some(-3));
        check("f", "e", Some(-1));
        check("b", "e", None);
        check("d", "f", None);
        check("a", "a", None);
        check("a", "z", None);
        check("a", "nobody", None);
        assert_eq!(org.managers_of("d").collect::<Vec<_>>(), ["c", "b", "a"]);
        assert_eq!(org.managers_of("a").count() + org.managers_of("nobody").count(), 0);
    }

    #[test]
    fn names_every_ring_in_full_every_unknown_manager_and_every_repeated_person() {
        let errors = tree(&[
            ("c", "a"),
            ("a", "b"),
            ("b", "c"),
            ("below", "a"),
            ("self", "self"),
            ("x", "ghost"),
            ("y", ""),
            ("y", "x"),
        ])
        .expect_err("nothing here is a tree");
        assert_eq!(errors.cycles, [vec!["a", "b", "c"], vec!["self"]]);
        assert_eq!(errors.unknown_managers, [UnknownManager { person: "x".into(), manager: "ghost".into() }]);
        assert_eq!(errors.repeated, ["y"]);
        assert_eq!(
            errors.to_string(),
            "these manage each other in a ring: a -> b -> c; these manage each other in a ring: self; \
             the manager ghost of x is unknown; y stands in more than one row"
        );
    }

    #[test]
    fn a_line_of_a_hundred_thousand_does_not_overflow_the_stack() {
        let rows = (0..100_000).map(|at: u32| (at.to_string(), at.checked_sub(1).map(|manager| manager.to_string())));
        let org = OrgTree::from_managers(rows).expect("one long line");
        assert_eq!(org.relation("0", "99999"), Some(Relation::Above { levels: 99_999 }));
    }
}
