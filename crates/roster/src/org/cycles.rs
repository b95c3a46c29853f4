//! Circles of managers.

use std::collections::HashMap;

use super::Manager;

/// Every circle that somebody in the file is part of, upwards from the first of them in the file.
///
/// Walks upwards from each of the first `people`, and stops where it has been: on this walk, that closes a circle; on
/// an earlier one, what is above is known. So everybody is passed once.
pub(super) fn find(people: usize, above: impl Fn(Manager) -> Option<Manager>) -> Vec<Vec<Manager>> {
    let mut walks = HashMap::<Manager, usize>::with_capacity(people);
    let mut circles = Vec::new();
    for walk in 0..people {
        let mut here = Some(Manager::InFile(walk));
        while let Some(person) = here.filter(|person| !walks.contains_key(person)) {
            walks.insert(person, walk);
            here = above(person);
        }
        if let Some(person) = here.filter(|person| walks[person] == walk) {
            circles.push(circle_through(person, &above));
        }
    }
    circles
}

fn circle_through(start: Manager, above: impl Fn(Manager) -> Option<Manager>) -> Vec<Manager> {
    let next = |person: &Manager| above(*person).filter(|next| *next != start);
    let mut circle: Vec<Manager> = std::iter::successors(Some(start), next).collect();
    // The order of managers puts the people of the file first, in its order. A walk begins in the file, and reaches a
    // circle that is only in the directory without being part of it.
    let first = circle.iter().enumerate().min_by_key(|(_, person)| **person).map_or(0, |(index, _)| index);
    circle.rotate_left(first);
    circle
}

#[cfg(test)]
mod tests {
    use super::*;
    use Manager::{InFile, Known};

    #[test]
    fn circles_are_found_once() {
        let check = |managers: &[Option<Manager>], known: &[Option<Manager>], expected: &[&[Manager]]| {
            let above = |person| match person {
                InFile(place) => managers[place],
                Known(place) => known[place],
            };
            assert_eq!(find(managers.len(), above), expected);
        };
        check(&[], &[], &[]);
        check(&[None, Some(InFile(0)), Some(InFile(1))], &[], &[]);
        check(&[Some(InFile(2)), Some(InFile(0)), Some(InFile(1))], &[], &[&[InFile(0), InFile(2), InFile(1)]]);
        // The way into a circle is no part of it.
        check(&[Some(InFile(1)), Some(InFile(2)), Some(InFile(1))], &[], &[&[InFile(1), InFile(2)]]);
        check(
            &[Some(InFile(1)), Some(InFile(0)), Some(InFile(3)), Some(InFile(2))],
            &[],
            &[&[InFile(0), InFile(1)], &[InFile(2), InFile(3)]],
        );
        check(&[Some(Known(0))], &[Some(InFile(0))], &[&[InFile(0), Known(0)]]);
        check(&[Some(Known(0))], &[Some(Known(1)), Some(Known(0))], &[&[Known(0), Known(1)]]);
    }
}
