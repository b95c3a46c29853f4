//! What both told of themselves when they registered, and why they are a pair: for introductions and the pair's page.

use std::collections::BTreeSet;

use super::{Pair, store};
use crate::{
    enrollment::{self, Answers},
    kernel::{db::Tx, error::Answer, guard::ByServer},
    matching::{
        Reader, Why,
        why::{Names, capitalized},
    },
    people::Card,
    programs::{
        Side,
        template::{Template, Topic},
    },
};

/// What somebody told of themselves, as the other one may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// In their own words; empty if they wrote none.
    pub about: String,
    /// Topics by name: a mentor's best first, a mentee's most wanted first.
    pub topics: Vec<String>,
}

/// What both told of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profiles {
    /// The mentor's.
    pub mentor: Profile,
    /// The mentee's.
    pub mentee: Profile,
    /// What one of them, or both, would rather not talk about. It belongs to the agreement.
    pub out_of_bounds: Vec<String>,
}

impl Profiles {
    /// From the registrations of both.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(tx: &mut Tx, pair: &Pair, design: &Template) -> Answer<Self> {
        let (mentor, mentee) = answers(tx, pair).await?;
        Ok(Self::of(&mentor, &mentee, &design.topics))
    }

    fn of(mentor: &Answers, mentee: &Answers, topics: &[Topic]) -> Self {
        let profile = |answers: &Answers, side: Side| Profile {
            about: answers.about.trim().to_owned(),
            topics: answers.topics(side, topics).into_iter().map(|(name, _)| name.to_owned()).collect(),
        };
        let bounds: BTreeSet<String> = mentor.boundaries().into_iter().chain(mentee.boundaries()).collect();
        Self {
            mentor: profile(mentor, Side::Mentor),
            mentee: profile(mentee, Side::Mentee),
            out_of_bounds: bounds.into_iter().collect(),
        }
    }

    /// Whoever is on a side.
    #[must_use]
    pub fn on(&self, side: Side) -> &Profile {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }
}

/// What both answered when they registered: mentor, mentee.
///
/// # Errors
/// When the database fails.
pub async fn answers(tx: &mut Tx, pair: &Pair) -> Answer<(Answers, Answers)> {
    let (mentor, mentee) = store::participants(tx, pair).await?;
    let mentor = enrollment::participant(tx, &ByServer(mentor)).await?;
    let mentee = enrollment::participant(tx, &ByServer(mentee)).await?;
    Ok((mentor.answers(), mentee.answers()))
}

/// Why these two, in phrases that speak to the one on a side.
///
/// # Errors
/// When what the matching stored cannot be read.
pub fn why(pair: &Pair, mentor: &Card, mentee: &Card, side: Side) -> Answer<Vec<String>> {
    let names = Names { mentor: mentor.first_name(), mentee: mentee.first_name() };
    let phrases = Why::read(&pair.rationale)?.phrases(names, Reader::Side(side));
    Ok(phrases.iter().map(|phrase| capitalized(phrase)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_comes_first_and_bounds_are_said_once() {
        let marks = |pairs: &[(&str, u8)]| pairs.iter().map(|(key, mark)| ((*key).to_owned(), *mark)).collect();
        let bounds = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        let mentor = Answers {
            offers: marks(&[("ai", 2), ("data", 4)]),
            out_of_bounds: bounds(&["pay"]),
            about: " I count. ".into(),
            ..Answers::default()
        };
        let mentee = Answers {
            wants: marks(&[("ai", 3), ("data", 1)]),
            out_of_bounds: bounds(&["pay", "my sister"]),
            ..Answers::default()
        };
        let topic = |key: &str, name: &str| Topic { key: key.into(), name: name.into(), help: String::new() };
        let both = Profiles::of(&mentor, &mentee, &[topic("ai", "AI at work"), topic("data", "Data")]);
        assert_eq!(both.mentor, Profile { about: "I count.".into(), topics: vec!["Data".into(), "AI at work".into()] });
        assert_eq!(both.mentee.topics, ["AI at work", "Data"]);
        assert_eq!(both.out_of_bounds, ["Pay and promotion", "my sister"]);
    }
}
