//! What invented people answer: topics, hours, a few words about themselves, scales of check-ins.

use serde::Deserialize;

use super::past::Past;
use crate::{
    checkins::Given,
    enrollment::{Answers, BOUNDARIES},
    kernel::error::{Answer, Error},
    people::Profile,
    programs::{
        Side,
        template::{Question, Template},
    },
};

/// The words of the demo, in `invented.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invented {
    pub organization: String,
    /// What the pair of the story answers.
    story: Vec<Told>,
    /// The names of the two rounds.
    pub rounds: [String; 2],
    pub endorsement: String,
    pub video_link: String,
    /// Why somebody says no to a proposal.
    pub declines: Vec<String>,
    about_mentors: Vec<String>,
    about_mentees: Vec<String>,
    energies: Vec<String>,
    /// What a few write in their own words in a check-in.
    comments: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    name: String,
    answers: Answers,
}

impl Invented {
    pub fn read() -> Answer<Self> {
        toml::from_str(include_str!("invented.toml")).map_err(Error::defect)
    }
}

impl Past {
    /// A registration.
    pub fn registration(&mut self, person: &Profile, side: Side, design: &Template) -> Answers {
        let (most, highest) = match side {
            Side::Mentor => (5, 5),
            Side::Mentee => (4, 3),
        };
        let count = self.random.usize(2..=most);
        let mut keys: Vec<&str> = design.topics.iter().map(|topic| topic.key.as_str()).collect();
        // The first topics are what most people talk about.
        let split = keys.len().min(5);
        self.random.shuffle(&mut keys[..split]);
        if self.chance(60) {
            self.random.shuffle(&mut keys);
        }
        let lowest = if side == Side::Mentor { 2 } else { 1 };
        let topics = keys.iter().take(count).map(|key| ((*key).to_owned(), self.random.u8(lowest..=highest))).collect();
        let about = match side {
            Side::Mentor => &self.invented.about_mentors,
            Side::Mentee => &self.invented.about_mentees,
        };
        let mut answers = Answers {
            about: self.random.choice(about).cloned().unwrap_or_default(),
            languages: person.languages.iter().cloned().collect(),
            energy: self.random.choice(&self.invented.energies).cloned().unwrap_or_default(),
            time_zone: person.time_zone.clone(),
            capacity: 1,
            ..Answers::default()
        };
        for day in ["mon", "tue", "wed", "thu", "fri"] {
            let free: Vec<&str> = ["08", "10", "13", "15"].into_iter().filter(|_| self.chance(45)).collect();
            answers.times.extend(free.into_iter().map(|hour| format!("{day}-{hour}")));
        }
        if answers.times.is_empty() {
            answers.times.insert("wed-13".to_owned());
        }
        answers.out_of_bounds.extend(BOUNDARIES.into_iter().filter(|_| self.chance(15)).map(str::to_owned));
        match side {
            Side::Mentor => answers.offers = topics,
            Side::Mentee => answers.wants = topics,
        }
        self.invented.story.iter().find(|one| one.name == person.name).map_or(answers, |one| one.answers.clone())
    }

    /// Answers to the questions of a check-in. Few write words.
    pub fn checkin(&mut self, questions: &[Question], lowest: i64) -> Vec<Given> {
        let mut given = Vec::new();
        for question in questions {
            let (scale, words) = match question.kind.as_str() {
                "scale" => (Some(self.random.i64(lowest..=5)), None),
                "yes_no" => (Some(i64::from(self.chance(80))), None),
                _ if self.chance(15) => (None, self.random.choice(&self.invented.comments).cloned()),
                _ => (None, None),
            };
            if scale.is_some() || words.is_some() {
                given.push(Given { question: question.key.clone(), scale, words });
            }
        }
        given
    }
}
