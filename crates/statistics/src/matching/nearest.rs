//! Nearest-neighbour matching on one distance.

use super::{arms, moderate};
use crate::error::{Error, above};

/// How comparators are chosen.
#[derive(Debug, Clone, Copy)]
pub struct NearestOptions<'a> {
    /// How far apart two may be, in the distance's own unit; nobody is too far without it. 0.2 standard deviations of the
    /// logit are usual (Austin 2011, Pharmaceutical Statistics 10, 150-161).
    pub caliper: Option<f64>,
    /// How many controls each treated person gets at most.
    pub ratio: usize,
    /// A label for each person, such as the unit: only those with the same one are matched.
    pub exact_on: Option<&'a [u64]>,
}

impl Default for NearestOptions<'_> {
    /// One control each, however far.
    fn default() -> Self {
        Self { caliper: None, ratio: 1, exact_on: None }
    }
}

/// A treated person and the controls who stand for what would have happened without treatment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedSet {
    /// The place of the treated person in the data.
    pub treated: usize,
    /// The places of the controls, the nearest first.
    pub controls: Vec<usize>,
}

/// Who is compared with whom.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestMatching {
    /// The matched, in the order in which they were matched: falling distance variable.
    pub sets: Vec<MatchedSet>,
    /// The treated for whom there was nobody: the estimand is about the others only.
    pub dropped: Vec<usize>,
    /// The largest distance within a set; 0 if nobody is matched.
    pub max_distance: f64,
    people: usize,
}

impl NearestMatching {
    /// A weight for each person: 1 for the matched treated, 1 / m for each of the m controls of a set, 0 for the others.
    #[must_use]
    pub fn weights(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.people];
        for set in &self.sets {
            weights[set.treated] = 1.0;
            set.controls.iter().for_each(|&control| weights[control] = 1.0 / set.controls.len() as f64);
        }
        weights
    }

    /// How many controls are matched.
    #[must_use]
    pub fn controls(&self) -> usize {
        self.sets.iter().map(|set| set.controls.len()).sum()
    }
}

/// Greedy matching without replacement: the treated in falling order of `distance` (the logit of a propensity score), each
/// with the nearest control that is still free; ties fall to who comes first in the data. With a ratio above 1 everybody
/// gets a first control before anybody gets a second. Austin 2011; Stuart 2010, Statistical Science 25, 1-21.
///
/// O(n log n): controls are sorted once, and those in use are skipped in almost constant time.
///
/// # Errors
/// [`Error::OutOfRange`] unless somebody is treated and somebody is not, all distances are finite, and caliper and ratio
/// are above 0; [`Error::Lengths`] unless there is one of each for each person.
pub fn match_nearest(
    distance: &[f64],
    treated: &[bool],
    options: &NearestOptions<'_>,
) -> Result<NearestMatching, Error> {
    let people = distance.len();
    arms(treated, people)?;
    for &value in distance {
        moderate("distance", value)?;
    }
    above("ratio", options.ratio as f64, 0.0)?;
    let caliper = options.caliper.map_or(Ok(f64::INFINITY), |caliper| above("caliper", caliper, 0.0))?;
    if let Some(labels) = options.exact_on.filter(|labels| labels.len() != people) {
        return Err(Error::Lengths { what: "exact_on", have: labels.len(), need: people });
    }
    let label = |person: usize| options.exact_on.map_or(0, |labels| labels[person]);
    let mut order: Vec<usize> = (0..people).filter(|&person| treated[person]).collect();
    order.sort_by(|&one, &two| distance[two].total_cmp(&distance[one]).then(one.cmp(&two)));
    let mut pool = Pool::new((0..people).filter(|&person| !treated[person]), distance, label);
    let mut sets: Vec<MatchedSet> = order.iter().map(|&treated| MatchedSet { treated, controls: Vec::new() }).collect();
    let mut max_distance = 0.0_f64;
    for round in 0..options.ratio {
        // Who found nobody in one round finds nobody in the next.
        for set in sets.iter_mut().filter(|set| set.controls.len() == round) {
            if let Some((control, apart)) = pool.take(label(set.treated), distance[set.treated], caliper) {
                set.controls.push(control);
                max_distance = max_distance.max(apart);
            }
        }
        if pool.is_empty() {
            break;
        }
    }
    let dropped = sets.iter().filter(|set| set.controls.is_empty()).map(|set| set.treated).collect();
    sets.retain(|set| !set.controls.is_empty());
    Ok(NearestMatching { sets, dropped, max_distance, people })
}

/// The controls by label, distance and place, with shortcuts past those that are taken.
struct Pool {
    controls: Vec<Control>,
    /// The first free one at or after each place, as far as is known; one more than there are at the end.
    after: Vec<usize>,
    /// The same before each place, moved by one: 0 says that there is none.
    before: Vec<usize>,
    free: usize,
}

struct Control {
    label: u64,
    distance: f64,
    person: usize,
}

impl Pool {
    fn new(controls: impl Iterator<Item = usize>, distance: &[f64], label: impl Fn(usize) -> u64) -> Self {
        let mut controls: Vec<Control> =
            controls.map(|person| Control { label: label(person), distance: distance[person] + 0.0, person }).collect();
        controls.sort_by(|one, two| {
            one.label.cmp(&two.label).then(one.distance.total_cmp(&two.distance)).then(one.person.cmp(&two.person))
        });
        let count = controls.len();
        Self { controls, after: (0..=count).collect(), before: (0..=count).collect(), free: count }
    }

    fn is_empty(&self) -> bool {
        self.free == 0
    }

    /// The nearest free control with this label, and how far it is, unless that is beyond the caliper.
    fn take(&mut self, label: u64, at: f64, caliper: f64) -> Option<(usize, f64)> {
        let from = self.controls.partition_point(|control| (control.label, control.distance) < (label, at));
        let apart = |pool: &Self, place: usize| (pool.controls[place].distance - at).abs();
        let right = self.right(from, label);
        let left = self.left(from, label);
        let least = [right, left].into_iter().flatten().map(|place| apart(self, place)).min_by(f64::total_cmp)?;
        if least > caliper {
            return None;
        }
        // Numbers that differ can be equally far after rounding: the first in the data of all that are.
        let mut best: Option<usize> = None;
        let mut better = |pool: &Self, place: usize| {
            let first = best.is_none_or(|best| pool.controls[place].person < pool.controls[best].person);
            best = if first { Some(place) } else { best };
        };
        let mut place = right;
        while let Some(found) = place.filter(|&place| apart(self, place) <= least) {
            better(self, found);
            let next = self.group_end(found);
            place = self.right(next, label);
        }
        let mut place = left;
        while let Some(found) = place.filter(|&place| apart(self, place) <= least) {
            let start = self.group_start(found);
            let first = self.right(start, label)?;
            better(self, first);
            place = self.left(start, label);
        }
        let place = best?;
        self.after[place] = place + 1;
        self.before[place + 1] = place;
        self.free -= 1;
        Some((self.controls[place].person, least))
    }

    /// The first free place from here on.
    fn right(&mut self, from: usize, label: u64) -> Option<usize> {
        let place = root(&mut self.after, from);
        self.controls.get(place).filter(|control| control.label == label).map(|_| place)
    }

    /// The last free place before this one.
    fn left(&mut self, from: usize, label: u64) -> Option<usize> {
        let place = root(&mut self.before, from).checked_sub(1)?;
        self.controls.get(place).filter(|control| control.label == label).map(|_| place)
    }

    /// The first place of those with the same label and distance.
    fn group_start(&self, place: usize) -> usize {
        let key = (self.controls[place].label, self.controls[place].distance);
        self.controls[..place].partition_point(|control| (control.label, control.distance) < key)
    }

    /// The place after the last of those with the same label and distance.
    fn group_end(&self, place: usize) -> usize {
        let key = (self.controls[place].label, self.controls[place].distance);
        place + self.controls[place..].partition_point(|control| (control.label, control.distance) <= key)
    }
}

/// Where the shortcuts from a place end. Each is made to lead two steps further (Tarjan and van Leeuwen 1984).
fn root(shortcuts: &mut [usize], mut place: usize) -> usize {
    while shortcuts[place] != place {
        shortcuts[place] = shortcuts[shortcuts[place]];
        place = shortcuts[place];
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(distance: &[f64], treated: &[u8], options: &NearestOptions<'_>) -> NearestMatching {
        let treated: Vec<bool> = treated.iter().map(|&treated| treated == 1).collect();
        match_nearest(distance, &treated, options).unwrap()
    }

    fn pairs(matching: &NearestMatching) -> Vec<(usize, Vec<usize>)> {
        matching.sets.iter().map(|set| (set.treated, set.controls.clone())).collect()
    }

    #[test]
    fn falls_from_the_largest_and_ties_go_to_the_first() {
        let found = matched(&[1.0, 1.5, 0.5, 1.0, 1.5, 0.5], &[1, 0, 0, 1, 0, 0], &NearestOptions::default());
        assert_eq!(pairs(&found), [(0, vec![1]), (3, vec![2])]);
        // All alike: the first, then the next.
        let found = matched(&[2.0; 5], &[0, 1, 0, 1, 0], &NearestOptions::default());
        assert_eq!(pairs(&found), [(1, vec![0]), (3, vec![2])]);
        assert_eq!(found.max_distance, 0.0);
    }

    #[test]
    fn beyond_the_caliper_is_nobody() {
        let options = NearestOptions { caliper: Some(0.25), ..NearestOptions::default() };
        let found = matched(&[1.0, 0.0, 1.25, 0.5], &[1, 1, 0, 0], &options);
        assert_eq!(pairs(&found), [(0, vec![2])]);
        assert_eq!((found.dropped.as_slice(), found.max_distance), ([1].as_slice(), 0.25));
        assert_eq!(found.weights(), [1.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn a_second_control_comes_after_everybody_has_one() {
        let options = NearestOptions { ratio: 2, ..NearestOptions::default() };
        let found = matched(&[3.0, 2.0, 3.1, 2.9, 1.0], &[1, 1, 0, 0, 0], &options);
        assert_eq!(pairs(&found), [(0, vec![2, 4]), (1, vec![3])]);
        assert_eq!(found.weights(), [1.0, 1.0, 0.5, 1.0, 0.5]);
    }

    #[test]
    fn only_the_same_label_is_compared() {
        let options = NearestOptions { exact_on: Some(&[7, 7, 8, 7]), ..NearestOptions::default() };
        assert_eq!(pairs(&matched(&[1.0, 5.0, 1.0, 9.0], &[1, 0, 0, 0], &options)), [(0, vec![1])]);
        let options = NearestOptions { exact_on: Some(&[7]), ..NearestOptions::default() };
        assert!(match_nearest(&[1.0, 2.0], &[true, false], &options).is_err());
    }

    #[test]
    fn what_is_no_distance_is_refused() {
        let options = NearestOptions::default();
        assert!(match_nearest(&[], &[], &options).is_err());
        assert!(match_nearest(&[1.0, f64::NAN], &[true, false], &options).is_err());
        assert!(match_nearest(&[1.0, 2.0], &[true, false], &NearestOptions { ratio: 0, ..options }).is_err());
        let zero = NearestOptions { caliper: Some(0.0), ..options };
        assert!(match_nearest(&[1.0, 2.0], &[true, false], &zero).is_err());
    }
}
