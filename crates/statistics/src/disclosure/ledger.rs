//! Every cohort of which a figure was released, so that no further one lets anybody be computed from what is known.

use std::fmt;

use super::{
    atoms::Atoms,
    cohort::Cohort,
    policy::Policy,
    rank::{self, System},
};
use crate::error::Error;

/// What has been released of one outcome in one wave, to all viewers together: they may talk to each other.
///
/// Whether a cohort may be released depends on who is in it and never on their answers, so that a refusal says nothing
/// about anybody (simulatable auditing: Kenthapadi, Mishra and Nissim 2005, PODS, 118-127). The count of everybody is
/// taken to be known from the start.
#[derive(Debug, Clone)]
pub struct Ledger {
    k: usize,
    atoms: Atoms,
    system: System,
    released: Vec<Cohort>,
}

/// Why a cohort is not released. For those who look after the policy: what a viewer reads is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It holds fewer than k people.
    TooFew,
    /// Fewer than k people are outside of it, and the count of everybody is known.
    TooFewOutside,
    /// The viewer is one of at most k + 1 members and can subtract himself.
    Insider,
    /// It, or those outside of it, differ by fewer than k people to each side from this cohort, as
    /// [`Ledger::released`] numbers them.
    NearlyReleased(usize),
    /// Fewer than k people are told apart by it from those with whom they stood together in everything released.
    TellsFewApart,
    /// Together with what is known it determines the figure of fewer than k people.
    Determines,
    /// It is about other people than the ledger.
    OtherPeople,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooFew => "too few people",
            Self::TooFewOutside => "too few people outside",
            Self::Insider => "the viewer is one of few",
            Self::NearlyReleased(_) => "nearly the same people were released",
            Self::TellsFewApart => "few people are told apart",
            Self::Determines => "the figure of few people would follow",
            Self::OtherPeople => "about other people than the ledger",
        })
    }
}

impl std::error::Error for Refusal {}

impl Ledger {
    /// A ledger for people numbered from 0 to `people` - 1, of whom only the count of all is known.
    ///
    /// # Errors
    /// [`Error::BelowThreshold`] if there are fewer people than the policy's k, and [`Error::OutOfRange`] if there are
    /// more than 2^31.
    pub fn new(people: usize, policy: &Policy) -> Result<Self, Error> {
        let k = policy.k();
        if people < k {
            return Err(Error::BelowThreshold { have: people, need: k });
        }
        if people > 1 << 31 {
            return Err(Error::OutOfRange { what: "people", value: people as f64 });
        }
        let (atoms, system, all) = rank::everybody(people, k);
        Ok(Self { k, atoms, system, released: vec![all] })
    }

    /// The ledger after these releases, as they were stored: [`Self::released`] without its first. They are not asked
    /// about again, because they are known.
    ///
    /// # Errors
    /// Those of [`Self::new`], and [`Error::Lengths`] for a cohort of other people.
    pub fn replay(people: usize, policy: &Policy, released: impl IntoIterator<Item = Cohort>) -> Result<Self, Error> {
        let mut ledger = Self::new(people, policy)?;
        for cohort in released {
            if cohort.people() != people {
                return Err(Error::Lengths { what: "cohort", have: cohort.people(), need: people });
            }
            ledger.record(cohort);
        }
        Ok(ledger)
    }

    /// The cohorts whose figures are known, in their order; the first is everybody.
    #[must_use]
    pub fn released(&self) -> &[Cohort] {
        &self.released
    }

    /// Whether a figure of these people may be released to this viewer, who may be one of them.
    ///
    /// Takes time in proportion to the people, to the cohorts of nearly the same size, and to the square of the cohorts.
    /// Every determined atom and pair of atoms is found, and every determined group where the cohort cuts an atom, is
    /// nearly a released one, or the ledger is not large (rows times atoms times cohorts below 2,000,000); in a larger
    /// one a cohort that cuts nothing may determine a group of three or more atoms.
    ///
    /// # Errors
    /// The [`Refusal`]: the first of its reasons that holds.
    pub fn check(&self, cohort: &Cohort, viewer: Option<usize>) -> Result<(), Refusal> {
        let people = self.released[0].len();
        if cohort.people() != people {
            return Err(Refusal::OtherPeople);
        }
        if cohort.len() < self.k {
            return Err(Refusal::TooFew);
        }
        if viewer.is_some_and(|viewer| cohort.contains(viewer)) && cohort.len() <= self.k + 1 {
            return Err(Refusal::Insider);
        }
        if (1..self.k).contains(&(people - cohort.len())) {
            return Err(Refusal::TooFewOutside);
        }
        if let Some(near) = self.released.iter().position(|other| self.near(cohort, other)) {
            return Err(Refusal::NearlyReleased(near));
        }
        let cuts = self.atoms.cuts(cohort);
        match self.atoms.told_apart(&cuts) {
            (0, 0) if self.system.would_determine(&self.atoms, &cuts, self.k) => Err(Refusal::Determines),
            (0, 0) => Ok(()),
            // Whatever a cohort newly determines holds all its members who are told apart, or all the others.
            (inside, outside) if inside < self.k || outside < self.k => Err(Refusal::TellsFewApart),
            _ => Ok(()),
        }
    }

    /// Checks, and remembers the cohort as released.
    ///
    /// # Errors
    /// As [`Self::check`]; then nothing is remembered.
    pub fn release(&mut self, cohort: Cohort, viewer: Option<usize>) -> Result<(), Refusal> {
        self.check(&cohort, viewer)?;
        self.record(cohort);
        Ok(())
    }

    fn record(&mut self, cohort: Cohort) {
        let cuts = self.atoms.cuts(&cohort);
        let splits = self.atoms.refine(&cohort, &cuts);
        self.system.insert(&self.atoms, &splits, self.k);
        self.released.push(cohort);
    }

    /// Whether two cohorts, or one and those outside of the other, differ by 1 to k - 1 people on one side and by fewer
    /// than k on the other. The sizes alone rule most of them out.
    fn near(&self, cohort: &Cohort, other: &Cohort) -> bool {
        let people = cohort.people();
        let differ = |one: usize, two: usize| one < self.k && two < self.k && one + two > 0;
        let sizes_near = cohort.len().abs_diff(other.len()) < self.k;
        let outside_near = (cohort.len() + other.len()).abs_diff(people) < self.k;
        if !sizes_near && !outside_near {
            return false;
        }
        let shared = cohort.shared(other);
        differ(cohort.len() - shared, other.len() - shared)
            || differ(shared, people + shared - cohort.len() - other.len())
    }
}
