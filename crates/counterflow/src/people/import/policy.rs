//! What an import may do without a question, and what somebody has to say before it goes on.

use super::report::{Counts, Missing};

/// What may happen without a question. A source has its own; without one it is [`Policy::default`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What happens to those who are missing from the file.
    pub missing: Missing,
    /// More of a hundred who work here may not leave at once.
    pub most_leavers: usize,
    /// Fewer of a hundred who work here may not be in the file.
    pub least_share: usize,
}

impl Default for Policy {
    /// A tenth may leave; a file may be about a part of the organization, but not about less than half of it.
    fn default() -> Self {
        Self { missing: Missing::Stay, most_leavers: 10, least_share: 50 }
    }
}

/// What somebody agrees to, having seen the report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Consent {
    /// To import without the rejected rows.
    pub rejected: bool,
    /// That so many people really leave.
    pub leavers: bool,
    /// That the file is about a part of the organization only.
    pub partial: bool,
    /// That one field really changes for most people.
    pub sweeping: bool,
    /// What happens to those who are missing from the file.
    pub missing: Missing,
}

/// What a consent lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// A word about the rejected rows.
    Rejected,
    /// A word about the many who would leave.
    Leavers,
    /// A word about the many who are missing from the file.
    Missing,
    /// A word about a field that changes for most people.
    Sweeping,
}

impl Policy {
    /// What has to be said before the import of this report may begin.
    #[must_use]
    pub fn lacks(&self, counts: &Counts, consent: &Consent) -> Vec<Lack> {
        let rejected = counts.rejected > 0 && !consent.rejected;
        let leavers = self.many_leave(counts, consent.missing) && !consent.leavers;
        // Who says that all the missing have left, and that they are so many, has said enough.
        let said = consent.partial || (consent.missing == Missing::Leave && consent.leavers);
        let missing = self.many_missing(counts) && !said;
        let sweeping = !counts.sweeping().is_empty() && !consent.sweeping;
        let all = [
            (rejected, Lack::Rejected),
            (leavers, Lack::Leavers),
            (missing, Lack::Missing),
            (sweeping, Lack::Sweeping),
        ];
        all.into_iter().filter_map(|(lacks, lack)| lacks.then_some(lack)).collect()
    }

    /// Whether so many would leave, now or on their last day, that somebody has to say that they do. After the import
    /// nobody is asked again: when the day is over, they are signed out.
    #[must_use]
    pub fn many_leave(&self, counts: &Counts, missing: Missing) -> bool {
        100 * counts.going(missing) > self.most_leavers * counts.present
    }

    /// How many would leave, now or on their last day.
    #[must_use]
    pub fn going(&self, counts: &Counts) -> usize {
        counts.going(self.missing)
    }

    /// How many of a hundred that is.
    #[must_use]
    pub fn share(&self, counts: &Counts) -> usize {
        counts.share(self.missing)
    }

    /// Whether so many of those who work here are in no row that the file may be cut off, or about a part only.
    #[must_use]
    pub fn many_missing(&self, counts: &Counts) -> bool {
        100 * counts.missing > (100 - self.least_share.min(100)) * counts.present
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(leaving: usize, missing: usize) -> Counts {
        Counts { leaving, missing, present: 100, ..Counts::default() }
    }

    #[test]
    fn more_than_a_tenth_is_many() {
        let policy = Policy::default();
        assert!(!policy.many_leave(&counts(10, 90), Missing::Stay));
        assert!(policy.many_leave(&counts(11, 0), Missing::Stay));
        assert!(policy.many_leave(&counts(5, 6), Missing::Leave));
        assert!(!policy.many_leave(&Counts::default(), Missing::Leave), "nobody of nobody");
        let later = Counts { will_leave: 6, ..counts(5, 0) };
        assert!(policy.many_leave(&later, Missing::Stay), "on their last day nobody is asked again");
        let patient = Policy { most_leavers: 30, ..policy };
        assert!(
            !patient.many_leave(&counts(30, 0), Missing::Stay) && patient.many_leave(&counts(31, 0), Missing::Stay)
        );
    }

    #[test]
    fn half_the_staff_missing_has_to_be_explained() {
        let policy = Policy::default();
        let lacks = |missing, consent: Consent| policy.lacks(&counts(0, missing), &consent);
        assert_eq!(lacks(50, Consent::default()), []);
        assert_eq!(lacks(51, Consent::default()), [Lack::Missing]);
        assert_eq!(lacks(51, Consent { partial: true, ..Consent::default() }), []);
        let leave = Consent { missing: Missing::Leave, ..Consent::default() };
        assert_eq!(lacks(51, leave), [Lack::Leavers, Lack::Missing]);
        assert_eq!(lacks(51, Consent { leavers: true, ..leave }), [], "it is said that they leave");
        let strict = Policy { least_share: 90, ..policy };
        assert_eq!(strict.lacks(&counts(0, 11), &Consent::default()), [Lack::Missing]);
        assert_eq!(strict.lacks(&counts(0, 10), &Consent::default()), []);
        assert_eq!(policy.lacks(&Counts::default(), &Consent::default()), [], "an empty directory");
    }
}
