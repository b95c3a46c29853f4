//! What two people have in common, as they told it themselves: for introductions and for the pair's page.

use std::collections::BTreeSet;

use crate::{
    enrollment::{self, Answers},
    kernel::{db::Tx, error::Answer, guard::ByServer},
    programs::template::{Template, Topic},
};

use super::{Pair, store};

/// A topic that the mentor offers and the mentee wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// As people read it.
    pub name: String,
    /// How well the mentor knows it, 1 to 5.
    pub level: u8,
    /// How much the mentee wants it, 1 to 3.
    pub priority: u8,
}

/// What each said about themselves, and where they meet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common {
    /// The mentor's words about themselves.
    pub mentor_about: String,
    /// Topics that the mentor offers, by name, best first.
    pub offers: Vec<String>,
    /// The mentee's words about what they want.
    pub mentee_about: String,
    /// Topics that the mentee wants, by name, most wanted first.
    pub wants: Vec<String>,
    /// Offered and wanted, most wanted first.
    pub topics: Vec<Shared>,
    /// Languages that both speak.
    pub languages: Vec<String>,
    /// What one of them, or both, would rather not talk about. It belongs to the agreement.
    pub out_of_bounds: Vec<String>,
}

impl Common {
    /// From the registrations of both.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(tx: &mut Tx, pair: &Pair, design: &Template) -> Answer<Self> {
        let (mentor, mentee) = answers(tx, pair).await?;
        Ok(Self::of(&mentor, &mentee, &design.topics))
    }

    fn of(mentor: &Answers, mentee: &Answers, topics: &[Topic]) -> Self {
        let name = |key: &String| {
            topics.iter().find(|topic| topic.key == *key).map_or_else(|| key.clone(), |topic| topic.name.clone())
        };
        let ranked = |marks: &std::collections::BTreeMap<String, u8>| {
            let mut marks: Vec<_> = marks.iter().map(|(key, mark)| (name(key), *mark)).collect();
            marks.sort_by_key(|(_, mark)| std::cmp::Reverse(*mark));
            marks.into_iter().map(|(name, _)| name).collect()
        };
        let mut shared: Vec<Shared> = mentee
            .wants
            .iter()
            .filter_map(|(key, &priority)| Some(Shared { name: name(key), level: *mentor.offers.get(key)?, priority }))
            .collect();
        shared.sort_by_key(|topic| (std::cmp::Reverse(topic.priority), std::cmp::Reverse(topic.level)));
        Self {
            mentor_about: mentor.about.trim().to_owned(),
            offers: ranked(&mentor.offers),
            mentee_about: mentee.about.trim().to_owned(),
            wants: ranked(&mentee.wants),
            topics: shared,
            languages: mentor.languages.intersection(&mentee.languages).cloned().collect(),
            out_of_bounds: mentor.boundaries().into_iter().chain(mentee.boundaries()).collect::<BTreeSet<_>>().into_iter().collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_comes_first_and_unknown_topics_keep_their_key() {
        let marks = |pairs: &[(&str, u8)]| pairs.iter().map(|(key, mark)| ((*key).to_owned(), *mark)).collect();
        let mentor = Answers { offers: marks(&[("ai", 4), ("data", 2), ("old", 3)]), ..Answers::default() };
        let mentee = Answers { wants: marks(&[("ai", 1), ("old", 3), ("cloud", 2)]), ..Answers::default() };
        let topics = [Topic { key: "ai".into(), name: "AI at work".into(), help: String::new() }];
        let common = Common::of(&mentor, &mentee, &topics);
        let names: Vec<_> = common.topics.iter().map(|topic| (topic.name.as_str(), topic.level)).collect();
        assert_eq!(names, [("old", 3), ("AI at work", 4)]);
        assert_eq!(common.offers, ["AI at work", "old", "data"]);
        assert_eq!(common.wants, ["old", "cloud", "AI at work"]);
    }
}
