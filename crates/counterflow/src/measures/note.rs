//! What a measure can show with so many people: said before anybody is asked, with what it assumes.

use counterflow_statistics::{
    Error,
    power::{paired, proportions},
    proportion,
};

use crate::programs::template::{Kpi, Template, Unit};

/// The probability with which a change should be seen: in 8 of 10 such rounds.
const POWER: f64 = 0.8;
/// The probability with which chance alone looks like a change.
const ALPHA: f64 = 0.05;
/// The confidence of an interval.
const LEVEL: f64 = 0.95;
/// By how much people's changes on a scale of 1 to 5 differ where nobody has said otherwise, as a standard deviation. An
/// assumption, shown wherever it is used: answers that spread by 1.0 and agree by 0.4 between two waves give
/// `1.0 * sqrt(2 (1 - 0.4)) = 1.1`.
pub(super) const SPREAD: f64 = 1.1;

/// With how many people a round is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub pairs: i64,
    /// Percent.
    pub answering: i64,
    /// From so many on something is shown.
    pub minimum: i64,
}

impl Size {
    /// Pairs of which an answer is expected, rounded down.
    fn answers(self) -> i64 {
        self.pairs * self.answering / 100
    }
}

/// What a measure can show.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Note {
    /// Nothing: fewer answers than are ever shown.
    TooFew { answers: i64 },
    /// A change between the first and the last time of asking.
    Change {
        answers: i64,
        spread: f64,
        /// The smallest change that is seen often enough.
        change: f64,
        /// From the baseline to the target, where both are known.
        hoped: Option<f64>,
    },
    /// A mean that is asked only once: known to within so much.
    Mean { answers: i64, spread: f64, margin: f64 },
    /// A share that is compared with one from before.
    Share {
        count: i64,
        from: f64,
        /// The nearest share, on the side of the target, that is told apart often enough; `None` if none is.
        to: Option<f64>,
        target: f64,
    },
    /// A share with nothing to compare it with: known to lie between these, if it comes out as hoped.
    Range { count: i64, target: f64, low: f64, high: f64 },
}

/// What a measure can show with so many people.
///
/// # Errors
/// When a figure is outside of what can be computed; the forms do not let any in.
pub(super) fn note(kpi: &Kpi, design: &Template, size: Size) -> Result<Note, Error> {
    let question = design.question_of(&kpi.source);
    let answers = if question.is_some() { size.answers() } else { size.pairs };
    if answers < size.minimum {
        return Ok(Note::TooFew { answers });
    }
    if design.unit(kpi) == Unit::Percent {
        return share(kpi, answers);
    }
    let (spread, n) = (kpi.spread.unwrap_or(SPREAD), answers as f64);
    let twice = question.is_some_and(|question| {
        design.asks(&question.key, "baseline")
            && ["midpoint", "endline"].iter().any(|on| design.asks(&question.key, on))
    });
    if !twice {
        return Ok(Note::Mean { answers, spread, margin: up(paired::margin(n, spread, LEVEL)?) });
    }
    let change = up(paired::smallest_change(n, spread, POWER, ALPHA)?);
    Ok(Note::Change { answers, spread, change, hoped: kpi.baseline.map(|from| (kpi.target - from).abs()) })
}

fn share(kpi: &Kpi, count: i64) -> Result<Note, Error> {
    let (n, target) = (count.unsigned_abs(), kpi.target);
    match kpi.baseline.filter(|from| *from > 0.0 && *from < 100.0) {
        Some(from) => {
            let falls = target < from;
            let base = if falls { 100.0 - from } else { from } / 100.0;
            let rise = proportions::smallest_rise(base, n, POWER, ALPHA)?;
            let to = rise.map(|share| if falls { (100.0 - share * 100.0).floor() } else { (share * 100.0).ceil() });
            Ok(Note::Share { count, from, to, target })
        }
        None => {
            let hits = (target / 100.0 * n as f64).round() as u64;
            let known = proportion::wilson(hits.min(n), n, LEVEL)?;
            Ok(Note::Range { count, target, low: (known.lower * 100.0).floor(), high: (known.upper * 100.0).ceil() })
        }
    }
}

/// To one decimal, never better than it is.
fn up(value: f64) -> f64 {
    (value * 10.0 - 1e-9).ceil() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::template;

    const SIZE: Size = Size { pairs: 40, answering: 100, minimum: 5 };

    fn check(source: &str, baseline: Option<f64>, target: f64, size: Size, expected: &Note) {
        let kpi = Kpi {
            key: "x".to_owned(),
            name: "X".to_owned(),
            source: source.to_owned(),
            target,
            baseline,
            spread: None,
        };
        let design = template::named("digital-fluency").unwrap();
        assert_eq!(&note(&kpi, design, size).unwrap(), expected, "{source}");
    }

    #[test]
    fn a_question_that_is_asked_twice_shows_a_change() {
        // The normal approximation gives 2.8016 * 1.1 / sqrt(40) = 0.487; the t distribution a little more.
        let change = |answers, change, hoped| Note::Change { answers, spread: 1.1, change, hoped };
        check("question:confidence", None, 4.0, SIZE, &change(40, 0.5, None));
        check("question:confidence", Some(3.0), 4.0, SIZE, &change(40, 0.5, Some(1.0)));
        check("question:confidence", None, 4.0, Size { answering: 80, ..SIZE }, &change(32, 0.6, None));
    }

    #[test]
    fn a_question_that_is_asked_once_shows_where_it_stands() {
        // 2.0227 * 1.1 / sqrt(40) = 0.352
        check("question:worth-it", None, 4.0, SIZE, &Note::Mean { answers: 40, spread: 1.1, margin: 0.4 });
    }

    #[test]
    fn shares_show_a_rise_or_a_range() {
        // Wilson's interval of 28 of 40 is 54.6 to 81.9 percent.
        let range = Note::Range { count: 40, target: 70.0, low: 54.0, high: 82.0 };
        check("question:changed-something", None, 70.0, SIZE, &range);
        check("finished", None, 70.0, Size { answering: 10, ..SIZE }, &range);
        let rise = |from, to, target| Note::Share { count: 40, from, to: Some(to), target };
        check("finished", Some(60.0), 85.0, SIZE, &rise(60.0, 82.0, 85.0));
        check("finished", Some(40.0), 15.0, SIZE, &rise(40.0, 18.0, 15.0));
    }

    #[test]
    fn too_few_answers_show_nothing() {
        check("question:confidence", None, 4.0, Size { answering: 10, ..SIZE }, &Note::TooFew { answers: 4 });
        check("finished", None, 70.0, Size { pairs: 4, ..SIZE }, &Note::TooFew { answers: 4 });
    }
}
