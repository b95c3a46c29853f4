//! The registration's form: from what was typed to [`Answers`], and back.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answers, BOUNDARIES, week};
use crate::{
    kernel::{
        db::Tx,
        error::Answer,
        form::{Check, Fields, Problems},
        ids::PersonId,
    },
    people::{self, Card},
    programs::{
        Side,
        template::{PrivateQuestion, Topic},
    },
};

/// What can be said about energy; the empty word is "rather not say".
pub(super) const ENERGIES: [&str; 4] = ["introvert", "ambivert", "extrovert", ""];
/// For how many people somebody can have room at most.
pub(super) const MOST_PLACES: i64 = 3;
/// The highest step on the scale of a side: level for mentors, priority for mentees.
pub(super) fn highest(side: Side) -> u8 {
    match side {
        Side::Mentor => 5,
        Side::Mentee => 3,
    }
}

const LONGEST_ABOUT: usize = 2000;
const LONGEST_WORD: usize = 60;
const MOST_WORDS: usize = 20;

/// The name of a topic's field.
pub(super) fn topic_field(key: &str) -> String {
    format!("topic-{key}")
}

/// The name of a private question's field.
pub(super) fn private_field(key: &str) -> String {
    format!("private-{key}")
}

/// Who answers, and what they are asked.
pub(super) struct Asked<'a> {
    pub person: PersonId,
    pub side: Side,
    pub topics: &'a [Topic],
    pub private: &'a [PrivateQuestion],
}

/// Reads a registration that is being sent.
///
/// # Errors
/// The outer one when the database fails; the inner one has every problem of the form.
pub(super) async fn read(tx: &mut Tx, fields: &Fields, asked: &Asked<'_>) -> Answer<Result<Answers, Problems>> {
    let mut check = fields.check();
    let topics = topics(&mut check, fields, asked);
    let about = check.text("about", LONGEST_ABOUT);
    let languages = languages(&mut check, fields);
    let energy = ENERGIES.iter().find(|word| **word == fields.get("energy"));
    if energy.is_none() {
        check.problem("energy", "not_a_choice", Vec::new());
    }
    let private = private(fields, asked.private);
    let times = times(&mut check, fields);
    let time_zone = check.zone("zone");
    let out_of_bounds = out_of_bounds(&mut check, fields);
    let never_with = never_with(tx, &mut check, fields, asked.person).await?;
    let capacity = capacity(&mut check, asked.side);
    if !fields.is("commitment", "yes") {
        check.problem("commitment", "agree_first", Vec::new());
    }
    let (offers, wants) = match asked.side {
        Side::Mentor => (topics, BTreeMap::new()),
        Side::Mentee => (BTreeMap::new(), topics),
    };
    Ok(check.done(|| {
        Some(Answers {
            offers,
            wants,
            about: about?,
            languages: languages?,
            energy: (*energy?).to_owned(),
            private,
            times,
            time_zone: time_zone?,
            out_of_bounds: out_of_bounds?,
            never_with,
            capacity: capacity?,
        })
    }))
}

/// At least one topic of the program, each with its step on the side's scale. Others are not listened to.
fn topics(check: &mut Check<'_>, fields: &Fields, asked: &Asked<'_>) -> BTreeMap<String, u8> {
    let step = |topic: &Topic| {
        let step = fields.get(&topic_field(&topic.key)).parse().ok()?;
        (1..=highest(asked.side)).contains(&step).then(|| (topic.key.clone(), step))
    };
    let topics: BTreeMap<_, _> = asked.topics.iter().filter_map(step).collect();
    if topics.is_empty() && !asked.topics.is_empty() {
        check.problem("topics", "choose_topic", Vec::new());
    }
    topics
}

/// Languages, between commas: `english, Deutsch` are English and Deutsch.
fn languages(check: &mut Check<'_>, fields: &Fields) -> Option<BTreeSet<String>> {
    check.text("languages", MOST_WORDS * LONGEST_WORD)?;
    words(check, "languages", fields.get("languages")).map(|words| words.iter().map(|word| capitalized(word)).collect())
}

/// Words between commas, semicolons or line breaks.
fn words(check: &mut Check<'_>, field: &str, text: &str) -> Option<BTreeSet<String>> {
    let words: BTreeSet<_> =
        text.split([',', ';', '\n']).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    if words.len() > MOST_WORDS || words.iter().any(|word| word.chars().count() > LONGEST_WORD) {
        check.problem(field, "too_long", vec![("max", LONGEST_WORD.to_string())]);
        return None;
    }
    Some(words)
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Private answers: none has to be given, others than those of the question are not listened to.
fn private(fields: &Fields, questions: &[PrivateQuestion]) -> BTreeMap<String, BTreeSet<String>> {
    let answered = |question: &PrivateQuestion| {
        let name = private_field(&question.key);
        let ticked = question.answers.iter().filter(|answer| fields.is(&name, answer)).cloned();
        let most = if question.several { usize::MAX } else { 1 };
        (question.key.clone(), ticked.take(most).collect())
    };
    let answers = questions.iter().map(answered);
    answers.filter(|(_, ticked): &(String, BTreeSet<String>)| !ticked.is_empty()).collect()
}

fn times(check: &mut Check<'_>, fields: &Fields) -> BTreeSet<String> {
    let times: BTreeSet<_> = week::blocks().filter(|block| fields.is("times", block)).collect();
    if times.is_empty() {
        check.problem("times", "choose_time", Vec::new());
    }
    times
}

fn out_of_bounds(check: &mut Check<'_>, fields: &Fields) -> Option<BTreeSet<String>> {
    let own = words(check, "own_boundaries", fields.get("own_boundaries"))?;
    let ticked = BOUNDARIES.iter().filter(|key| fields.is("out", key)).map(|key| (*key).to_owned());
    Some(ticked.chain(own).collect())
}

fn capacity(check: &mut Check<'_>, side: Side) -> Option<u8> {
    match side {
        Side::Mentor => check.number("capacity", 1, MOST_PLACES).and_then(|places| places.try_into().ok()),
        Side::Mentee => Some(1),
    }
}

/// One person a line, by e-mail or by name. Whoever is meant has to be clear.
async fn never_with(tx: &mut Tx, check: &mut Check<'_>, fields: &Fields, own: PersonId) -> Answer<Vec<PersonId>> {
    let mut people = BTreeSet::new();
    for line in fields.get("never_with").lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_WORDS) {
        let problem = match meant(tx, line).await?.as_slice() {
            [] => "nobody_called",
            [one] if one.id == own => "yourself",
            [one] => {
                people.insert(one.id);
                continue;
            }
            _ => "several_called",
        };
        check.problem("never_with", problem, vec![("text", line.to_owned())]);
    }
    Ok(people.into_iter().collect())
}

/// Who can be meant by an address or a name: whoever has exactly this one, or else everybody in whose name it occurs.
async fn meant(tx: &mut Tx, text: &str) -> Answer<Vec<Card>> {
    let found = people::find(tx, text, 5).await?;
    let text = text.to_lowercase();
    let is_exact = |card: &&Card| card.email.as_ref() == Some(&text) || card.name.to_lowercase() == text;
    let exact: Vec<_> = found.iter().filter(is_exact).cloned().collect();
    Ok(if exact.is_empty() { found } else { exact })
}

/// What stands in the form of somebody who has answered before.
pub(super) async fn filled(tx: &mut Tx, answers: &Answers) -> Answer<Fields> {
    let mut fields = Fields::default();
    for (key, step) in answers.offers.iter().chain(&answers.wants) {
        fields.push(topic_field(key), step.to_string());
    }
    fields.push("about", answers.about.clone());
    fields.push("languages", answers.languages.iter().cloned().collect::<Vec<_>>().join(", "));
    fields.push("energy", answers.energy.clone());
    for (key, ticked) in &answers.private {
        for answer in ticked {
            fields.push(private_field(key), answer.clone());
        }
    }
    for time in &answers.times {
        fields.push("times", time.clone());
    }
    fields.push("zone", answers.time_zone.clone());
    let (ticked, own): (Vec<&String>, Vec<_>) =
        answers.out_of_bounds.iter().partition(|boundary| BOUNDARIES.contains(&boundary.as_str()));
    for boundary in ticked {
        fields.push("out", boundary.clone());
    }
    fields.push("own_boundaries", own.into_iter().cloned().collect::<Vec<_>>().join(", "));
    fields.push("never_with", addresses(tx, &answers.never_with).await?.join("\n"));
    fields.push("capacity", answers.capacity.to_string());
    Ok(fields)
}

/// People by their address, or by name if they have none.
async fn addresses(tx: &mut Tx, people: &[PersonId]) -> Answer<Vec<String>> {
    let mut addresses = Vec::new();
    for person in people {
        if let Some(card) = people::card(tx, *person).await? {
            addresses.push(card.email.unwrap_or(card.name));
        }
    }
    Ok(addresses)
}
