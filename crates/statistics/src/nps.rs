//! The net promoter score: who would recommend the program, less who would not.
//!
//! No book has its standard error; each answer counts +1, 0 or -1, and the score is their mean times 100. With the shares
//! p of promoters and d of detractors the variance of one answer is `p + d - (p - d)^2`. Of 50 answers the score is known
//! to within some 20 points: a difference of 10 is noise.

use crate::{Interval, distribution::normal, error::Error};

/// Below so many answers the counts say more than a score.
pub const LEAST: u64 = 30;

/// Answers from 0 to 10 in their three groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// 9 and 10.
    pub promoters: u64,
    /// 7 and 8.
    pub passives: u64,
    /// 0 to 6.
    pub detractors: u64,
}

/// A score in points, from -100 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Percent of promoters less percent of detractors.
    pub points: f64,
    /// Its standard error, with n.
    pub std_err: f64,
    /// The same with n - 1, as of the mean of a sample; nothing of one answer.
    pub std_err_sample: Option<f64>,
    /// Where it lies, by the normal distribution and `std_err`. It can reach beyond 100 where nearly all agree.
    pub interval: Interval,
}

impl Answers {
    /// Sorts answers from 0 to 10.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an answer above 10.
    pub fn of(answers: impl IntoIterator<Item = u8>) -> Result<Self, Error> {
        let mut counts = Self { promoters: 0, passives: 0, detractors: 0 };
        for answer in answers {
            match answer {
                0..=6 => counts.detractors += 1,
                7..=8 => counts.passives += 1,
                9..=10 => counts.promoters += 1,
                _ => return Err(Error::OutOfRange { what: "answer", value: f64::from(answer) }),
            }
        }
        Ok(counts)
    }

    /// How many answered.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// The score to show, with confidence `level`.
    ///
    /// # Errors
    /// [`Error::TooFew`] below [`LEAST`] answers: show the counts then; [`Error::OutOfRange`] for a level that is not
    /// between 0 and 1.
    pub fn score(&self, level: f64) -> Result<Score, Error> {
        if self.n() < LEAST {
            return Err(Error::TooFew { what: "answers", have: self.n() as usize, need: LEAST as usize });
        }
        self.score_of_few(level)
    }

    /// The score of however few answers there are, to compute with and not to show.
    ///
    /// # Errors
    /// [`Error::TooFew`] without answers, and for the level as [`Answers::score`].
    pub fn score_of_few(&self, level: f64) -> Result<Score, Error> {
        if self.n() == 0 {
            return Err(Error::TooFew { what: "answers", have: 0, need: 1 });
        }
        let n = self.n() as f64;
        let (promoters, detractors) = (self.promoters as f64 / n, self.detractors as f64 / n);
        let mean = (self.promoters as f64 - self.detractors as f64) / n;
        let variance = (promoters + detractors - mean * mean).max(0.0);
        let std_err = 100.0 * (variance / n).sqrt();
        let half = normal::two_sided(1.0 - level)? * std_err;
        let points = 100.0 * mean;
        let std_err_sample = (n > 1.0).then(|| 100.0 * (variance / (n - 1.0)).sqrt());
        Ok(Score { points, std_err, std_err_sample, interval: Interval { lower: points - half, upper: points + half } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sum::Moments;

    #[test]
    fn is_the_mean_of_ones_and_minus_ones() {
        let answers = [10, 9, 9, 8, 7, 0, 6, 10, 3, 9].repeat(4);
        let found = Answers::of(answers.iter().copied()).unwrap().score(0.95).unwrap();
        let signs: Vec<f64> = answers
            .iter()
            .map(|answer| {
                if *answer > 8 {
                    1.0
                } else if *answer > 6 {
                    0.0
                } else {
                    -1.0
                }
            })
            .collect();
        let moments = Moments::of("answers", &signs).unwrap();
        assert!((found.points - 100.0 * moments.mean).abs() < 1e-12);
        let expected = 100.0 * (moments.variance("answers").unwrap() / 40.0).sqrt();
        assert!((found.std_err_sample.unwrap() - expected).abs() < 1e-12);
        assert!(found.std_err < expected);
    }

    #[test]
    fn few_answers_have_counts_and_no_score() {
        let few = Answers { promoters: 7, passives: 5, detractors: 8 };
        assert_eq!(few.score(0.95), Err(Error::TooFew { what: "answers", have: 20, need: 30 }));
        assert_eq!(few.score_of_few(0.95).unwrap().points, -5.0);
        let none = Answers::of([]).unwrap();
        assert_eq!(none.score_of_few(0.95), Err(Error::TooFew { what: "answers", have: 0, need: 1 }));
        assert!(Answers::of([11]).is_err());
        let one = Answers::of([9]).unwrap().score_of_few(0.95).unwrap();
        assert_eq!((one.points, one.std_err, one.std_err_sample), (100.0, 0.0, None));
        assert!(Answers { promoters: 40, ..none }.score(1.0).is_err());
    }
}
