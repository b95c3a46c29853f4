//! Why two people are a pair: stored with the draft and the proposal, and put into words by one template (`phrase.txt`)
//! for the review board, the proposal, the letters and the command line.

mod head;
#[cfg(test)]
mod tests;

use askama::Template;
use counterflow_matching::{Criteria, Fact, Part, TopicFact};
use serde::{Deserialize, Serialize};

pub use head::{Compare, Head, Strength};

use super::inputs::STYLES;
use crate::{
    kernel::{
        error::{Answer, Error},
        words,
    },
    programs::Side,
};

/// Filters for the words of criteria.
mod filters {
    use counterflow_matching::Value;

    pub use crate::kernel::filters::*;

    /// A value that can be said in a word.
    #[askama::filter_fn]
    pub fn plain(value: &Value, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(match value {
            Value::Number(number) => number.to_string(),
            Value::Category(word) => word.clone(),
            Value::Set(_) | Value::Offers(_) | Value::Wants(_) => String::new(),
        })
    }
}

/// What one criterion says of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The criterion.
    #[serde(flatten)]
    pub head: Head,
    /// What it adds to the fit, in points of 10,000.
    pub points: u32,
    /// What it could add at most.
    pub of: u32,
    /// Whether the comparison is true.
    pub holds: bool,
    /// What it compared. Topics go by their names.
    pub fact: Fact,
}

/// Why two people are a pair. Everything that its words need is in it, so that criteria and topics can change later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The fit, in points of 10,000.
    pub score: u32,
    /// Whether a manager wanted it so.
    pub pinned: bool,
    /// One a criterion, in the order of the criteria.
    pub reasons: Vec<Reason>,
}

/// Whom the words speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody who looks at both: a manager, the command line.
    Other,
    /// One of the two.
    Side(Side),
}

/// The two, by the names with which the words speak of them.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The mentor.
    pub mentor: &'a str,
    /// The mentee.
    pub mentee: &'a str,
}

/// A criterion's share of a fit, for the bar and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The color: 1 to 6.
    pub series: usize,
    /// What the criterion is called.
    pub label: String,
    /// Where it begins in the bar, in percent.
    pub start: String,
    /// How long it is, in percent.
    pub width: String,
    /// The same, rounded, for words.
    pub percent: u32,
}

impl Why {
    /// From what the engine found, a pair's score and whether it was pinned; `topic` gives a topic's key its name.
    pub fn new(
        criteria: &Criteria,
        (score, pinned): (u32, bool),
        parts: Vec<Part>,
        topic: impl Fn(&str) -> String,
    ) -> Self {
        let reasons = parts.into_iter().filter_map(|part| {
            let head = Head::from(criteria.list.get(part.criterion)?);
            // What was said for the matching alone is not stored with the draft: only what it gave.
            let fact = if head.is_private() { Fact::Missing { sides: Vec::new() } } else { named(part.fact, &topic) };
            Some(Reason { head, points: part.points, of: part.of, holds: part.holds, fact })
        });
        Self { score, pinned, reasons: reasons.collect() }
    }

    /// Reads what was stored.
    ///
    /// # Errors
    /// A defect: it was written by us.
    pub fn read(json: &str) -> Answer<Self> {
        serde_json::from_str(json).map_err(|error| Error::defect(format!("a stored rationale cannot be read: {error}")))
    }

    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers and lists of them are always JSON")
    }

    /// The fit from 0 to 1: `0.84`.
    #[must_use]
    pub fn fit(&self) -> String {
        fit(i64::from(self.score))
    }

    /// One phrase for each criterion that has something to say, topics first: `4 levels apart`. Whoever looks at both
    /// also reads what speaks against them; the two themselves read what speaks for them.
    #[must_use]
    pub fn phrases(&self, names: Names, reader: Reader) -> Vec<String> {
        let Said { topics, pros, cons } = self.said(names, reader);
        let cons = cons.into_iter().map(|con| joined(&[], &[con]));
        topics.into_iter().chain(pros).chain(cons).collect()
    }

    /// The phrases as running text: `Wants AI at work; Ana offers level 4. Other department, 4 levels apart, but other
    /// office.`
    #[must_use]
    pub fn text(&self, names: Names, reader: Reader) -> String {
        let Said { mut topics, pros, cons } = self.said(names, reader);
        match reader {
            Reader::Side(_) => topics.extend(pros),
            Reader::Other if pros.is_empty() && cons.is_empty() => {}
            Reader::Other => topics.push(joined(&pros, &cons)),
        }
        topics.iter().map(|sentence| capitalized(sentence) + ".").collect::<Vec<_>>().join(" ")
    }

    fn said(&self, names: Names, reader: Reader) -> Said {
        let mut said = Said::default();
        let mut reasons: Vec<&Reason> = self.reasons.iter().filter(|reason| reason.speaks_to(reader)).collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points));
        for reason in reasons {
            let phrase = phrase(reason, names, reader);
            let list = match reason.fact {
                Fact::Topics { .. } => &mut said.topics,
                _ if reason.speaks_against() => &mut said.cons,
                _ => &mut said.pros,
            };
            if !phrase.is_empty() && !list.contains(&phrase) {
                list.push(phrase);
            }
        }
        said
    }

    /// Each criterion's part of the whole bar, which stands for a fit of 1. What private answers gave is drawn as one
    /// with the first of the others, so that nobody reads off what two people said.
    #[must_use]
    pub fn bar(&self) -> Vec<Share> {
        let private = self.private_points();
        let points = |(nth, reason): (usize, &Reason)| reason.points + if nth == 0 { private } else { 0 };
        let mut parts: Vec<_> =
            self.open().map(|(nth, reason)| (nth, self.label(nth, reason), points((nth, reason)))).collect();
        if parts.is_empty() && private > 0 {
            parts.push((0, words::say("why", "private", &[]), private));
        }
        drawn(parts, 10_000)
    }

    /// Each criterion's part of the fit that these two reach, for one of them to read: what they should not learn of
    /// the other is drawn together, and last.
    #[must_use]
    pub fn shares(&self, side: Side) -> Vec<Share> {
        let shown = |reason: &Reason| reason.head.is_shown_to_the_pair();
        let parts = self.open().filter(|(_, reason)| shown(reason));
        let parts = parts.map(|(nth, reason)| (nth, reason.head.label_for(side), reason.points)).collect();
        // Not even together: where only private answers are hidden, their part would tell what the other said.
        let whole = self.score.saturating_sub(self.private_points());
        let mut shares = drawn(parts, whole);
        let hidden: u32 = self.open().filter(|(_, reason)| !shown(reason)).map(|(_, reason)| reason.points).sum();
        if hidden > 0 {
            shares.push(share(6, String::new(), tenths(whole - hidden, whole), hidden, whole));
        }
        shares
    }

    /// The criteria that can give points and are no secret, counted from 0.
    fn open(&self) -> impl Iterator<Item = (usize, &Reason)> {
        self.reasons.iter().filter(|reason| reason.of > 0 && !reason.head.is_private()).enumerate()
    }

    fn private(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| reason.of > 0 && reason.head.is_private())
    }

    fn private_points(&self) -> u32 {
        self.private().map(|reason| reason.points).sum()
    }

    fn label(&self, nth: usize, reason: &Reason) -> String {
        let label = reason.head.label();
        let has_private = nth == 0 && self.private().next().is_some();
        if has_private { words::say("why", "with_private", &[("label", label)]) } else { label }
    }

    /// The key to the colors of [`Self::bar`].
    #[must_use]
    pub fn key(&self) -> Vec<(usize, String)> {
        self.open().map(|(nth, reason)| (series(nth), self.label(nth, reason))).collect()
    }
}

/// Parts in a row, each with its number among the criteria, its label and its points; those without any are left out.
fn drawn(parts: Vec<(usize, String, u32)>, whole: u32) -> Vec<Share> {
    let mut before = 0;
    let mut shares = Vec::new();
    for (nth, label, points) in parts.into_iter().filter(|(_, _, points)| *points > 0) {
        shares.push(share(series(nth), label, tenths(before, whole), points, whole));
        before += points;
    }
    shares
}

/// What the words say, sorted.
#[derive(Debug, Default)]
struct Said {
    topics: Vec<String>,
    pros: Vec<String>,
    cons: Vec<String>,
}

impl Reason {
    /// Private answers speak to nobody. Every pair of a draft follows the rules: of these only how far two people are apart tells one from another.
    fn speaks_to(&self, reader: Reader) -> bool {
        if self.head.is_private() {
            return false;
        }
        let (holds, is_wish) = match self.head.rule {
            Strength::Must => (self.holds, false),
            Strength::MustNot => (!self.holds, false),
            Strength::Prefer | Strength::Avoid => (self.points > 0, true),
        };
        match reader {
            Reader::Other => {
                self.of > 0 || (!is_wish && matches!(self.fact, Fact::Distance { .. } | Fact::Topics { .. }))
            }
            Reader::Side(_) => holds && self.head.is_shown_to_the_pair(),
        }
    }

    /// Whether a wish is fulfilled by less than half.
    fn speaks_against(&self) -> bool {
        self.points * 2 < self.of
    }
}

#[derive(Template)]
#[template(path = "matching/why/joined.txt")]
struct Joined<'a> {
    pros: &'a [String],
    cons: &'a [String],
}

fn joined(pros: &[String], cons: &[String]) -> String {
    Joined { pros, cons }.render().unwrap_or_default().trim().to_owned()
}

#[derive(Template)]
#[template(path = "matching/why/phrase.txt")]
struct Phrase<'a> {
    reason: &'a Reason,
    field: &'a str,
    /// The names, or empty for whoever reads.
    mentor: &'a str,
    mentee: &'a str,
    to_pair: bool,
    topics: Topics<'a>,
}

impl Phrase<'_> {
    fn is_style(&self) -> bool {
        STYLES.contains(&self.field)
    }
}

/// What a criterion found about topics.
struct Topics<'a> {
    /// Who wants, by name; empty if it is the reader.
    learner: &'a str,
    /// Who offers, by name; empty if it is the reader.
    teacher: &'a str,
    /// Whether the mentee, of whom the line speaks, is the one who wants.
    mentee_wants: bool,
    met: Vec<&'a TopicFact>,
    wanted: &'a [TopicFact],
}

fn phrase(reason: &Reason, names: Names, reader: Reader) -> String {
    let mentor = if reader == Reader::Side(Side::Mentor) { "" } else { names.mentor };
    let mentee = if reader == Reader::Side(Side::Mentee) { "" } else { names.mentee };
    let mut topics = Topics { learner: mentee, teacher: mentor, mentee_wants: true, met: Vec::new(), wanted: &[] };
    if let Fact::Topics { offering, wanted, .. } = &reason.fact {
        if *offering == counterflow_matching::Side::Mentee {
            topics = Topics { learner: mentor, teacher: mentee, mentee_wants: false, ..topics };
        }
        topics.met = wanted.iter().filter(|topic| topic.is_met()).collect();
        topics.wanted = wanted;
    }
    let to_pair = reader != Reader::Other;
    let phrase = Phrase { reason, field: &reason.head.mentor_field, mentor, mentee, to_pair, topics };
    phrase.render().unwrap_or_default().trim().to_owned()
}

/// Topics by their names.
fn named(fact: Fact, topic: impl Fn(&str) -> String) -> Fact {
    match fact {
        Fact::Topics { offering, wanted, by } => {
            let name = |fact: TopicFact| TopicFact { topic: topic(&fact.topic), ..fact };
            Fact::Topics { offering, wanted: wanted.into_iter().map(name).collect(), by }
        }
        other => other,
    }
}

fn series(position: usize) -> usize {
    position % 6 + 1
}

fn share(series: usize, label: String, start: u32, points: u32, whole: u32) -> Share {
    let width = tenths(points, whole);
    let decimal = |tenths: u32| format!("{}.{}", tenths / 10, tenths % 10);
    Share {
        series,
        label,
        start: decimal(start),
        width: decimal(width),
        percent: (points * 200 + whole) / (whole * 2).max(1),
    }
}

/// Tenths of a percent, rounded half up.
fn tenths(part: u32, whole: u32) -> u32 {
    (part * 2_000 + whole) / (whole * 2).max(1)
}

/// Points of 10,000 as a fit from 0 to 1: `0.84`.
#[must_use]
pub fn fit(points: i64) -> String {
    let hundredths = (points.max(0) + 50) / 100;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// With a capital letter.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
