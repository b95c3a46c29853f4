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
    /// What they answered to the program's own questions for whoever they are paired with: question and answer.
    pub replies: Vec<(String, String)>,
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
            replies: told(answers),
        };
        let bounds: BTreeSet<String> = mentor.boundaries(topics).into_iter().chain(mentee.boundaries(topics)).collect();
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

/// Answers that were promised to the partner, in the words in which they were asked.
fn told(answers: &Answers) -> Vec<(String, String)> {
    let told = answers.replies.values().filter(|reply| reply.readers.has_partner());
    told.map(|reply| (reply.question.clone(), reply.words())).collect()
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
    use crate::{
        enrollment::Reply,
        programs::template::registration::{FormKind, Readers},
    };

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
        let reply = |readers, answer: &str| Reply {
            question: "Where do you sit?".into(),
            kind: FormKind::Text,
            readers,
            answers: vec![answer.to_owned()],
        };
        let replies = [
            ("a".to_owned(), reply(Readers::Managers, "In the basement")),
            ("b".to_owned(), reply(Readers::Partner, "By the window")),
        ];
        let mentee = Answers {
            wants: marks(&[("ai", 3), ("data", 1)]),
            topics_out: bounds(&["data"]),
            replies: replies.into(),
            out_of_bounds: bounds(&["pay", "my sister"]),
            ..Answers::default()
        };
        let topic = |key: &str, name: &str| Topic { key: key.into(), name: name.into(), help: String::new() };
        let both = Profiles::of(&mentor, &mentee, &[topic("ai", "AI at work"), topic("data", "Data")]);
        let topics = vec!["Data".into(), "AI at work".into()];
        assert_eq!(both.mentor, Profile { about: "I count.".into(), topics, replies: Vec::new() });
        assert_eq!(both.mentee.replies, [("Where do you sit?".to_owned(), "By the window".to_owned())]);
        assert_eq!(both.mentee.topics, ["AI at work", "Data"]);
        assert_eq!(both.out_of_bounds, ["Data", "Pay and promotion", "my sister"]);
    }
}
