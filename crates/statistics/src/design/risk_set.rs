//! Each joiner beside people like him who had not joined on that day.

use super::{
    rows::Followed,
    trial::{Person, TargetTrial},
};
use crate::error::{Error, above, finite};

/// What becomes of comparators who join later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparators {
    /// They are seen until that day only: the effect of joining against not joining (yet).
    CensoredAtJoining,
    /// They and their joiner are seen until that day only, so that both of a set are watched equally long. Where some kinds
    /// of people both join and stay more often, watching only the comparator for shorter thins out one arm of that kind, and
    /// moves the difference (by 0.009 of a share at 12 months in `examples/retention.rs`).
    SetCensoredAtJoining,
    /// They are seen to the end, as in a trial by intention to treat.
    Kept,
}

/// Who is like whom.
#[derive(Debug, Clone, Copy)]
pub struct RiskSetOptions<'a> {
    /// By how many days two tenures may differ at most on the day of joining.
    pub tenure_within: i64,
    /// A label for each person, such as unit and level: only people with the same one are compared.
    pub exact_on: Option<&'a [u64]>,
    /// A number for each person that was known before anybody joined, such as a prognostic score: the nearest is chosen.
    /// Without it the nearest tenure is.
    pub distance: Option<&'a [f64]>,
    /// How far apart these may be at most.
    pub caliper: Option<f64>,
    /// How many comparators each joiner gets at most.
    pub ratio: usize,
}

/// Matched sets.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskSetMatch {
    /// Joiners in the order of their days of joining, each with comparators, the nearest first.
    pub sets: Vec<(usize, Vec<usize>)>,
    /// Joiners in the study for whom there was nobody.
    pub dropped: Vec<usize>,
}

impl TargetTrial {
    /// Matches each joiner, in the order of joining, to people who on that day were employed for about as long, had the
    /// same label, had not joined, and were not compared with anybody yet (sequential trials: Hernan and others 2008,
    /// Epidemiology 19, 766-779; risk-set matching: Li, Propert and Rosenbaum 2001, JASA 96, 870-882). Comparators may
    /// join later. Ties fall to who comes first in the data.
    ///
    /// O(joiners x people of about the same tenure).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the trial's days are in order, tenures may differ by 0 days or more, ratio and caliper
    /// are above 0, and distances finite; [`Error::Lengths`] unless there is a label and a distance for each person.
    pub fn risk_set_match(&self, people: &[Person], options: &RiskSetOptions<'_>) -> Result<RiskSetMatch, Error> {
        self.check()?;
        options.check(people.len())?;
        let day_of = |place: usize| {
            let joined = people[place].joined?;
            let seen = self.seen(&people[place])?;
            (joined >= seen.from && joined < seen.until).then_some(joined)
        };
        let mut joiners: Vec<(i64, usize)> =
            (0..people.len()).filter_map(|place| Some((day_of(place)?, place))).collect();
        joiners.sort_unstable();
        // Tenures differ by as much as days of hiring do, so who is near stands together in their order.
        let mut by_hiring: Vec<usize> = (0..people.len()).collect();
        by_hiring.sort_by_key(|&place| people[place].hired);
        let mut used = vec![false; people.len()];
        let (mut sets, mut dropped) = (Vec::new(), Vec::new());
        for (day, joiner) in joiners {
            let hired = people[joiner].hired;
            let first = by_hiring.partition_point(|&x| people[x].hired < hired.saturating_sub(options.tenure_within));
            let end = by_hiring.partition_point(|&x| people[x].hired <= hired.saturating_add(options.tenure_within));
            let mut near: Vec<(f64, i64, usize)> = by_hiring[first..end]
                .iter()
                .copied()
                .filter(|&place| !used[place] && place != joiner && self.at_risk(&people[place], day))
                .filter_map(|place| options.apart(people, joiner, place))
                .collect();
            near.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)).then(one.2.cmp(&two.2)));
            let chosen: Vec<usize> = near.iter().take(options.ratio).map(|entry| entry.2).collect();
            chosen.iter().for_each(|&place| used[place] = true);
            if chosen.is_empty() {
                dropped.push(joiner);
            } else {
                sets.push((joiner, chosen));
            }
        }
        Ok(RiskSetMatch { sets, dropped })
    }

    /// The matched as rows with the clock of their set, which starts on its joiner's day and ends at the horizon. Cluster
    /// them by person and by set: somebody can be a comparator and later a joiner.
    #[must_use]
    pub fn follow(&self, people: &[Person], matched: &RiskSetMatch, comparators: Comparators) -> Vec<Followed> {
        let mut rows = Vec::new();
        for (set, (joiner, others)) in matched.sets.iter().enumerate() {
            let Some(day) = people[*joiner].joined else { continue };
            let first = others.iter().filter_map(|&place| people[place].joined).min();
            for &place in std::iter::once(joiner).chain(others) {
                let exposed = place == *joiner;
                let Some(seen) = self.seen(&people[place]) else { continue };
                let joins = match comparators {
                    Comparators::CensoredAtJoining => people[place].joined.filter(|_| !exposed),
                    Comparators::SetCensoredAtJoining => first,
                    Comparators::Kept => None,
                };
                let last = (day + self.horizon).min(joins.unwrap_or(i64::MAX));
                let time = (seen.until.min(last) - day) as f64;
                rows.push(Followed { person: place, set, time, event: seen.event && seen.until <= last, exposed });
            }
        }
        rows
    }

    /// Whether somebody could have joined that day and had not: employed before, there after it.
    fn at_risk(&self, person: &Person, day: i64) -> bool {
        let there = self.seen(person).is_some_and(|seen| seen.from <= day && day < seen.until);
        there && person.joined.is_none_or(|joined| joined > day)
    }
}

impl RiskSetOptions<'_> {
    fn check(&self, people: usize) -> Result<(), Error> {
        let lengths = [("exact_on", self.exact_on.map(<[u64]>::len)), ("distance", self.distance.map(<[f64]>::len))];
        for (what, have) in lengths {
            if let Some(have) = have.filter(|&have| have != people) {
                return Err(Error::Lengths { what, have, need: people });
            }
        }
        if self.tenure_within < 0 {
            return Err(Error::OutOfRange { what: "tenure_within", value: self.tenure_within as f64 });
        }
        above("ratio", self.ratio as f64, 0.0)?;
        self.caliper.map_or(Ok(0.0), |caliper| above("caliper", caliper, 0.0))?;
        self.distance.into_iter().flatten().try_for_each(|&distance| finite("distance", distance).map(|_| ()))
    }

    /// How far two are apart, in distance and in tenure, unless they have other labels or the caliper is shorter.
    fn apart(&self, people: &[Person], joiner: usize, other: usize) -> Option<(f64, i64, usize)> {
        let tenure = people[joiner].hired.abs_diff(people[other].hired) as i64;
        let same = self.exact_on.is_none_or(|labels| labels[joiner] == labels[other]);
        let distance = self.distance.map_or(0.0, |distance| (distance[joiner] - distance[other]).abs());
        let near = self.caliper.is_none_or(|caliper| distance <= caliper);
        (same && near).then_some((distance, tenure, other))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::trial::{Leaving, tests::trial},
        *,
    };

    fn person(hired: i64, joined: Option<i64>, left: Option<i64>) -> Person {
        Person { hired, joined, left: left.map(|day| Leaving { day, outcome: true }) }
    }

    const OPTIONS: RiskSetOptions<'_> =
        RiskSetOptions { tenure_within: 30, exact_on: None, distance: None, caliper: None, ratio: 1 };

    #[test]
    fn a_joiner_is_compared_with_who_had_not_joined() {
        let people = [
            person(50, Some(200), Some(450)),
            person(45, Some(300), None),
            person(48, Some(150), None),
            person(52, None, Some(200)),
            person(90, None, None),
        ];
        let matched = trial().risk_set_match(&people, &OPTIONS).unwrap();
        // The third joins first and takes the first, who had not joined by then; for 200, who leaves that day is gone.
        assert_eq!(matched.sets, [(2, vec![0]), (0, vec![1])]);
        assert_eq!(matched.dropped, [1]);
        let rows = trial().follow(&people, &matched, Comparators::CensoredAtJoining);
        let times: Vec<_> = rows.iter().map(|row| (row.person, row.time, row.event, row.exposed)).collect();
        assert_eq!(times[..2], [(2, 350.0, false, true), (0, 50.0, false, false)]);
        assert_eq!(times[2..], [(0, 250.0, true, true), (1, 100.0, false, false)]);
        let kept = trial().follow(&people, &matched, Comparators::Kept);
        assert_eq!((kept[1].time, kept[1].event), (300.0, true));
        let short = TargetTrial { horizon: 100, ..trial() };
        assert!(!short.follow(&people, &matched, Comparators::Kept)[1].event);
    }

    #[test]
    fn the_nearest_of_the_same_label_is_chosen() {
        let people = [person(0, Some(200), None), person(0, None, None), person(0, None, None), person(0, None, None)];
        let options = RiskSetOptions {
            exact_on: Some(&[1, 2, 1, 1]),
            distance: Some(&[0.5, 0.5, 0.9, 0.6]),
            caliper: Some(0.2),
            ratio: 2,
            ..OPTIONS
        };
        assert_eq!(trial().risk_set_match(&people, &options).unwrap().sets, [(0, vec![3])]);
        let wrong = RiskSetOptions { exact_on: Some(&[1]), ..OPTIONS };
        assert!(trial().risk_set_match(&people, &wrong).is_err());
        assert!(trial().risk_set_match(&people, &RiskSetOptions { ratio: 0, ..OPTIONS }).is_err());
    }

    #[test]
    fn nobody_is_nothing() {
        assert_eq!(trial().risk_set_match(&[], &OPTIONS).unwrap().sets, []);
        assert!(TargetTrial { end: 100, ..trial() }.risk_set_match(&[], &OPTIONS).is_err());
    }
}
