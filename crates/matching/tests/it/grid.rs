//! Instances in which every pair has the score that a test wants: a pair shares so many words of its own.

use counterflow_matching::{Criteria, Instance, PairIds, Profile, Value};

use crate::random::Random;

/// What one word in common is worth.
pub const WORD: u32 = 500;

/// Scores by mentor and mentee, in words in common, at most 20; `None` where the pair is forbidden.
#[derive(Clone, Debug)]
pub struct Grid {
    pub scores: Vec<Vec<Option<u32>>>,
    pub mentor_places: Vec<u32>,
    pub mentee_places: Vec<u32>,
}

impl Grid {
    /// Up to so many people a side, with as many different scores as `most` words.
    pub fn random(seed: u64, people: usize, most: usize) -> Self {
        let mut random = Random::new(seed);
        let (mentors, mentees) = (1 + random.below(people), 1 + random.below(people));
        let score = |random: &mut Random| (!random.once_in(4)).then(|| random.below(most + 1) as u32);
        let scores = (0..mentors).map(|_| (0..mentees).map(|_| score(&mut random)).collect()).collect();
        let mut places = |people: usize| (0..people).map(|_| 1 + random.below(2) as u32).collect();
        Self { scores, mentor_places: places(mentors), mentee_places: places(mentees) }
    }

    /// The instance that scores so.
    pub fn instance(&self) -> Instance {
        let text = "[[criterion]]\nrule = 'prefer'\ncompare = 'overlaps'\nfield = 'words'\nby = 20\nweight = 1";
        let person = |id: String, places: &[u32], at: usize, words: Vec<String>| {
            Profile::new(id, places[at]).with("words", Value::set(words))
        };
        let words = |mentor: usize, mentee: usize| {
            (0..self.scores[mentor][mentee].unwrap_or(0)).map(move |at| format!("{mentor}-{mentee}-{at}"))
        };
        let (mentors, mentees) = (self.mentor_places.len(), self.mentee_places.len());
        let mentor = |at: usize| {
            person(mentor(at), &self.mentor_places, at, (0..mentees).flat_map(|other| words(at, other)).collect())
        };
        let mentee = |at: usize| {
            person(mentee(at), &self.mentee_places, at, (0..mentors).flat_map(|other| words(other, at)).collect())
        };
        let pairs = (0..mentors).flat_map(|mentor| (0..mentees).map(move |mentee| (mentor, mentee)));
        let forbidden = pairs.filter(|&(mentor, mentee)| self.scores[mentor][mentee].is_none());
        let criteria = Criteria::from_toml(text).expect("in the form");
        Instance {
            forbidden: forbidden.map(|(mentor, mentee)| ids(mentor, mentee)).collect(),
            fields: ["words".to_owned()].into(),
            ..Instance::new((0..mentors).map(mentor).collect(), (0..mentees).map(mentee).collect(), criteria)
        }
    }
}

/// The id of the mentor at a position.
pub fn mentor(at: usize) -> String {
    format!("mentor{at:02}")
}

/// The id of the mentee at a position.
pub fn mentee(at: usize) -> String {
    format!("mentee{at:02}")
}

fn ids(at: usize, other: usize) -> PairIds {
    PairIds::new(mentor(at), mentee(other))
}
