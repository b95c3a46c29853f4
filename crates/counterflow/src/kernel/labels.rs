//! How a program calls its mentors, mentees, pairs and meetings. Every sentence of ours writes these words in brackets,
//! `Choose [mentors]`, and [`say`] puts in what the program says instead.
//!
//! They are the program's language, as a locale would be: one set holds for a whole page or letter, however deep in
//! pieces, phrases and problems a sentence stands. So the words travel beside the task and not through every struct:
//! the guard sets them for the program that the URL names, a letter for the program that it is about. Where neither
//! speaks, the product's own words stand.

use std::{fmt::Display, sync::Arc};

use serde::{Deserialize, Serialize};

tokio::task_local! {
    static SPOKEN: Labels;
}

/// The longest word, in letters: it stands in buttons and in the heads of columns.
pub const LONGEST: usize = 24;

/// The words that a program can choose, each for one and for many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Who shares what they know.
    pub mentor: String,
    /// Several of them.
    pub mentors: String,
    /// Who learns.
    pub mentee: String,
    /// Several of them.
    pub mentees: String,
    /// The two.
    pub pair: String,
    /// Several twos.
    pub pairs: String,
    /// What they do.
    pub meeting: String,
    /// Again and again.
    pub meetings: String,
}

/// What is wrong with words that somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing stands there.
    Empty,
    /// More than [`LONGEST`] letters.
    TooLong,
    /// Something that is no word: only letters, spaces, hyphens and apostrophes make one.
    NotAWord,
    /// Another of the four is called so already.
    Twice,
}

impl Words {
    /// The names of the words, as forms, templates and brackets write them: one and many, in turn.
    pub const NAMES: [&str; 8] = ["mentor", "mentors", "mentee", "mentees", "pair", "pairs", "meeting", "meetings"];

    /// The product's own: a leader learns where mentoring is reversed. In the other directions the two sides keep their
    /// plain names, between equals too: each page has to tell apart who offers a topic and who asks for it.
    /// `direction` is a direction's stored name.
    #[must_use]
    pub fn of(direction: &str) -> Self {
        let (mentee, mentees) = if direction == "reverse" { ("leader", "leaders") } else { ("mentee", "mentees") };
        Self::from(["mentor", "mentors", mentee, mentees, "pair", "pairs", "meeting", "meetings"].map(str::to_owned))
    }

    /// Each word under its name.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &str); 8] {
        let words = [
            &self.mentor,
            &self.mentors,
            &self.mentee,
            &self.mentees,
            &self.pair,
            &self.pairs,
            &self.meeting,
            &self.meetings,
        ];
        std::array::from_fn(|at| (Self::NAMES[at], words[at].as_str()))
    }

    /// Everything that is wrong, under the name of the word.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, Fault)> {
        let all = self.all();
        let mut found = Vec::new();
        for (at, (name, word)) in all.iter().enumerate() {
            // One and many of the same thing may be the same word, as in "one sheep, two sheep".
            let earlier = || all[..at - at % 2].iter().any(|(_, other)| other.to_lowercase() == word.to_lowercase());
            if word.trim().is_empty() {
                found.push((*name, Fault::Empty));
            } else if word.chars().count() > LONGEST {
                found.push((*name, Fault::TooLong));
            } else if !word.chars().all(|letter| letter.is_alphabetic() || " -'’".contains(letter)) {
                found.push((*name, Fault::NotAWord));
            } else if earlier() {
                found.push((*name, Fault::Twice));
            }
        }
        found
    }
}

impl From<[String; 8]> for Words {
    fn from(words: [String; 8]) -> Self {
        let [mentor, mentors, mentee, mentees, pair, pairs, meeting, meetings] = words;
        Self { mentor, mentors, mentee, mentees, pair, pairs, meeting, meetings }
    }
}

/// The words that hold for a page or a letter.
#[derive(Debug, Clone)]
pub struct Labels(Arc<Words>);

impl Default for Labels {
    /// Outside of a program.
    fn default() -> Self {
        Self(Arc::new(Words::of("")))
    }
}

/// Of a stored design the words alone.
#[derive(Deserialize)]
struct Chosen {
    labels: Option<Words>,
}

impl Labels {
    /// A program's own words, or those of its direction.
    #[must_use]
    pub fn of(direction: &str, chosen: Option<&Words>) -> Self {
        Self(Arc::new(chosen.cloned().unwrap_or_else(|| Words::of(direction))))
    }

    /// The same from a program as it is stored.
    ///
    /// # Errors
    /// When the design is no JSON, or its words are not words.
    pub fn stored(direction: &str, design: &str) -> Result<Self, serde_json::Error> {
        let chosen: Chosen = serde_json::from_str(design)?;
        Ok(Self::of(direction, chosen.labels.as_ref()))
    }

    /// Works with these words.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        SPOKEN.scope(self, work).await
    }

    /// Writes with these words.
    pub fn over<T>(&self, write: impl FnOnce() -> T) -> T {
        SPOKEN.sync_scope(self.clone(), write)
    }

    /// The words that hold here.
    #[must_use]
    pub fn here() -> Self {
        SPOKEN.try_with(Self::clone).unwrap_or_default()
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.0
    }

    /// A sentence of ours in these words: `[mentors]`, `[Mentors]`, `[a mentor]`, `[A mentor]`. Other brackets stay.
    #[must_use]
    pub fn say(&self, sentence: &str) -> String {
        let mut out = String::with_capacity(sentence.len() + 16);
        let mut rest = sentence;
        while let Some((before, (inside, after))) =
            rest.split_once('[').and_then(|(before, tail)| Some((before, tail.split_once(']')?)))
        {
            out.push_str(before);
            match self.word(inside) {
                Some(word) => out.push_str(&word),
                None => out.extend(["[", inside, "]"]),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// What stands for the name in brackets.
    fn word(&self, bracket: &str) -> Option<String> {
        let lower = bracket.to_lowercase();
        let (with_article, name) = lower.strip_prefix("a ").map_or((false, lower.as_str()), |name| (true, name));
        let (_, word) = self.0.all().into_iter().find(|(known, _)| *known == name)?;
        let said = if with_article { format!("{} {word}", article(word)) } else { word.to_owned() };
        Some(if bracket.starts_with(char::is_uppercase) { capital(&said) } else { said })
    }
}

/// A sentence of ours in the words that hold here.
#[must_use]
pub fn say(sentence: &str) -> String {
    Labels::here().say(sentence)
}

/// One or many of what the brackets name: `say_number("pair", 2)` is "pairs".
#[must_use]
pub fn say_number(name: impl Display, number: impl Display) -> String {
    let many = if number.to_string() == "1" { "" } else { "s" };
    say(&format!("[{name}{many}]"))
}

/// "a" or "an", by how a word is likely to begin when it is spoken.
fn article(word: &str) -> &'static str {
    let lower = word.to_lowercase();
    let sounds_like_you = ["uni", "use", "usu", "eu", "one"].iter().any(|start| lower.starts_with(start));
    let silent = ["hour", "honest", "honour", "honor", "heir"].iter().any(|start| lower.starts_with(start));
    let vowel = lower.starts_with(['a', 'e', 'i', 'o', 'u']);
    if silent || (vowel && !sounds_like_you) { "an" } else { "a" }
}

/// The same with a capital.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        let all: Vec<String> = text.split(',').map(str::to_owned).collect();
        Words::from(<[String; 8]>::try_from(all).expect("eight words"))
    }

    #[test]
    fn sentences_are_said_in_the_words_of_the_program() {
        let labels = Labels::of("reverse", Some(&words("expert,experts,partner,partners,team,teams,hour,hours")));
        for (sentence, expected) in [
            ("[A mentor] and [a mentee]", "An expert and a partner"),
            ("[Mentors], [pairs], [a meeting]", "Experts, teams, an hour"),
            ("[nothing] of [ours", "[nothing] of [ours"),
            ("", ""),
        ] {
            assert_eq!(labels.say(sentence), expected);
        }
        assert_eq!(say("[Mentees]"), "Mentees", "outside of a program");
        assert_eq!(labels.over(|| say_number("pair", 1)), "team");
        assert_eq!(labels.over(|| say_number("pair", 0)), "teams");
    }

    #[test]
    fn articles_follow_the_sound() {
        for (word, expected) in [("union", "a"), ("hour", "an"), ("Erfahrene", "an"), ("one-to-one", "a"), ("", "a")] {
            assert_eq!(article(word), expected, "{word}");
        }
    }

    #[test]
    fn words_that_cannot_be_told_apart_are_refused() {
        let check = |text: &str, expected: &[(&str, Fault)]| assert_eq!(words(text).faults(), expected, "{text}");
        check("mentor,mentors,leader,leaders,pair,pairs,meeting,meetings", &[]);
        check("sheep,sheep,shepherd,shepherds,pair,pairs,meeting,meetings", &[]);
        check("a, ,b,bs,p,ps,m,ms", &[("mentors", Fault::Empty)]);
        check("a,as,A,bs,p,ps,m,ms", &[("mentee", Fault::Twice)]);
        check("{name},as,b,<b>,p,ps,m,ms", &[("mentor", Fault::NotAWord), ("mentees", Fault::NotAWord)]);
        let long = "a".repeat(LONGEST + 1);
        check(&format!("a,{long},b,bs,p,ps,m,ms"), &[("mentors", Fault::TooLong)]);
    }

    #[test]
    fn a_stored_design_without_words_speaks_by_its_direction() {
        let said = |direction, design| Labels::stored(direction, design).unwrap().say("[mentee]");
        assert_eq!(said("reverse", r#"{"key": "x"}"#), "leader");
        assert_eq!(said("traditional", "{}"), "mentee");
    }
}
