//! What leaders are asked, and what the answers advise: `questions.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::programs::{Direction, Side};

/// A sentence with which people agree from 1 to 5.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable key.
    pub key: String,
    /// As people read it.
    pub text: String,
    /// In which programs it is asked.
    #[serde(default = "everywhere")]
    directions: Vec<Direction>,
    /// Whether there is nothing to begin without it.
    #[serde(default)]
    essential: bool,
    /// From this percent of agreement on, all is well.
    good: i64,
    /// From this percent on, it takes some care; below, it is weak.
    fair: i64,
    /// What to do where it takes care.
    care: String,
    /// What to do where it is weak.
    weak: String,
}

/// Something that would make people stop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Stable key.
    pub key: String,
    /// As people read it.
    pub text: String,
    /// In which programs it is offered.
    #[serde(default = "everywhere")]
    directions: Vec<Direction>,
}

fn everywhere() -> Vec<Direction> {
    Direction::ALL.to_vec()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    question: Vec<Question>,
    reason: Vec<Reason>,
}

/// All that is asked in a program.
#[derive(Debug)]
pub struct Asked {
    /// In order.
    pub questions: Vec<&'static Question>,
    /// In order.
    pub reasons: Vec<&'static Reason>,
}

/// Under which name the ticked reasons are counted and sent.
pub const REASONS: &str = "reasons";

static FILE: LazyLock<File> =
    LazyLock::new(|| toml::from_str(include_str!("questions.toml")).expect("questions.toml is checked by a test"));

/// All that is asked in a program of this direction.
#[must_use]
pub fn asked(direction: Direction) -> Asked {
    Asked {
        questions: FILE.question.iter().filter(|question| question.directions.contains(&direction)).collect(),
        reasons: FILE.reason.iter().filter(|reason| reason.directions.contains(&direction)).collect(),
    }
}

/// Whose readiness decides: those who choose among the times, because theirs are the scarcer. In most programs leaders.
#[must_use]
pub fn who_decides(direction: Direction) -> Side {
    direction.leads().other()
}

/// How many people gave which answer to which question.
pub type Counts = BTreeMap<(String, String), i64>;

/// How a question came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Most agree.
    Good,
    /// Something has to be done.
    Care,
    /// It stands in the way.
    Weak,
}

/// What the answers say about beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Begin.
    Go,
    /// Begin, and see to what is weak.
    Care,
    /// See to what is weak first.
    Wait,
}

/// One question's result. Nothing in it is about fewer people than answered.
#[derive(Debug)]
pub struct Result {
    /// What was asked.
    pub question: &'static Question,
    /// How it came out.
    pub level: Level,
    /// Percent who agree (4 or 5), are undecided (3), and disagree (1 or 2): from twice the smallest number of answers on,
    /// because with fewer a share can tell of one person.
    pub shares: Option<[i64; 3]>,
}

impl Result {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self.level {
            Level::Good => None,
            Level::Care => Some(&self.question.care),
            Level::Weak => Some(&self.question.weak),
        }
    }
}

/// The results of all questions, if enough people answered.
#[must_use]
pub fn results(direction: Direction, counts: &Counts, answered: i64, minimum: i64) -> Option<Vec<Result>> {
    if answered < minimum {
        return None;
    }
    let result = |question: &'static Question| {
        let count = |steps: [&str; 2]| steps.iter().filter_map(|step| counts.get(&key(question, step))).sum::<i64>();
        let people = [count(["4", "5"]), count(["3", ""]), count(["1", "2"])];
        let agree = percent(people[0], answered);
        let level = match agree {
            agree if agree >= question.good => Level::Good,
            agree if agree >= question.fair => Level::Care,
            _ => Level::Weak,
        };
        let shares = (answered >= 2 * minimum).then(|| people.map(|people| percent(people, answered)));
        Result { question, level, shares }
    };
    Some(asked(direction).questions.into_iter().map(result).collect())
}

/// The reasons that at least `minimum` people ticked, the most frequent first.
#[must_use]
pub fn reasons(counts: &Counts, minimum: i64) -> Vec<(&'static str, i64)> {
    let count = |reason: &'static Reason| {
        let people = counts.get(&(REASONS.to_owned(), reason.key.clone())).copied().unwrap_or_default();
        (people >= minimum).then_some((reason.text.as_str(), people))
    };
    let mut found: Vec<_> = FILE.reason.iter().filter_map(count).collect();
    found.sort_by_key(|(_, people)| -people);
    found
}

/// Two that are weak stand in the way of each other; without an essential one there is nothing to begin.
#[must_use]
pub fn verdict(results: &[Result]) -> Verdict {
    let weak = |result: &&Result| result.level == Level::Weak;
    let unwilling = results.iter().filter(weak).any(|result| result.question.essential);
    let (weak, care) =
        (results.iter().filter(weak).count(), results.iter().filter(|result| result.level == Level::Care).count());
    match (weak, care) {
        _ if unwilling || weak >= 2 => Verdict::Wait,
        (1, _) | (_, 1..) => Verdict::Care,
        _ => Verdict::Go,
    }
}

fn key(question: &Question, answer: &str) -> (String, String) {
    (question.key.clone(), answer.to_owned())
}

fn percent(part: i64, of: i64) -> i64 {
    (part * 100 + of / 2) / of.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts in which every question has the same answers.
    fn counts(answers: &[(&str, i64)]) -> Counts {
        let of = |question: &'static Question| answers.iter().map(|(answer, people)| (key(question, answer), *people));
        asked(Direction::Reverse).questions.into_iter().flat_map(of).collect()
    }

    #[test]
    fn fewer_than_the_smallest_number_show_nothing() {
        assert!(results(Direction::Reverse, &counts(&[("5", 4)]), 4, 5).is_none());
        let five = results(Direction::Reverse, &counts(&[("5", 5)]), 5, 5).unwrap();
        assert!(five.iter().all(|result| result.level == Level::Good && result.shares.is_none()));
        assert_eq!(
            results(Direction::Reverse, &counts(&[("5", 7), ("3", 1), ("1", 2)]), 10, 5).unwrap()[0].shares,
            Some([70, 10, 20])
        );
    }

    #[test]
    fn the_verdict_follows_the_levels() {
        let check = |counts: &Counts, expected| {
            assert_eq!(verdict(&results(Direction::Reverse, counts, 10, 5).unwrap()), expected, "{counts:?}");
        };
        check(&counts(&[("4", 6), ("1", 4)]), Verdict::Go);
        check(&counts(&[("4", 5), ("1", 5)]), Verdict::Care);
        check(&counts(&[("4", 3), ("1", 7)]), Verdict::Wait);
        let mut one_weak = counts(&[("5", 10)]);
        one_weak.insert(("time".to_owned(), "5".to_owned()), 3);
        check(&one_weak, Verdict::Care);
        let mut unwilling = counts(&[("5", 10)]);
        unwilling.insert(("taught-by-junior".to_owned(), "5".to_owned()), 3);
        check(&unwilling, Verdict::Wait);
    }

    #[test]
    fn every_direction_is_asked_five_sentences_of_which_one_is_essential() {
        for &direction in Direction::ALL {
            let asked = asked(direction);
            assert_eq!(asked.questions.len(), 5, "{direction}");
            assert_eq!(asked.questions.iter().filter(|question| question.essential).count(), 1, "{direction}");
            assert!(asked.reasons.len() >= 6, "{direction}");
        }
    }

    #[test]
    fn rare_reasons_stay_hidden() {
        let ticked = |key: &str, people| ((REASONS.to_owned(), key.to_owned()), people);
        let counts = Counts::from([ticked("workload", 6), ticked("gossip", 4), ticked("no-backing", 9)]);
        assert_eq!(reasons(&counts, 5), [("No backing from above", 9), ("Too much work", 6)]);
    }
}
