//! The registration's form: from what was typed to [`Answers`], and back.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Answers, BOUNDARIES,
    form::{Ask, FormVersion},
    private, replies, week,
};
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
/// How somebody can like to learn; the empty word is "rather not say".
pub(super) const LEARNING: [&str; 4] = ["shown", "trying", "reading", ""];
/// How somebody can like to meet.
pub(super) const MEETING: [&str; 4] = ["table", "video", "walk", ""];
/// The levels that can be asked of a mentor. Any level does where none is chosen.
pub(super) const LEVELS_WANTED: std::ops::RangeInclusive<u8> = 2..=5;
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

/// The name of the field that says how well the other has to know a topic.
pub(super) fn level_field(key: &str) -> String {
    format!("level-{key}")
}

/// Who answers, and what they are asked.
pub(super) struct Asked<'a> {
    pub person: PersonId,
    pub side: Side,
    pub topics: &'a [Topic],
    pub private: &'a [PrivateQuestion],
    /// As they saw it.
    pub version: &'a FormVersion,
    /// What they answered before; what is not asked any more stays so.
    pub before: &'a Answers,
}

/// Reads a registration that is being sent.
///
/// # Errors
/// The outer one when the database fails; the inner one has every problem of the form.
pub(super) async fn read(tx: &mut Tx, fields: &Fields, asked: &Asked<'_>) -> Answer<Result<Answers, Problems>> {
    let mut check = fields.check();
    let (core, before) = (asked.version.form.core, asked.before);
    let topics = topics(&mut check, fields, asked);
    let about = about(&mut check, asked);
    let languages = match core.languages {
        Ask::Off => Some(before.languages.clone()),
        ask => languages(&mut check, fields, ask),
    };
    let [energy, learn, meet] = styles(&mut check, fields, asked);
    let (times, time_zone) = match core.times {
        Ask::Off => (before.times.clone(), Some(before.time_zone.clone())),
        ask => (times(&mut check, fields, ask), check.zone("zone")),
    };
    let private = private::read(&mut check, fields, asked.private);
    let replies = replies(&mut check, fields, asked);
    let out_of_bounds = out_of_bounds(&mut check, fields);
    let topics_out = topics_out(&mut check, fields, asked.topics, &topics);
    let never_with = never_with(tx, &mut check, fields, asked.person).await?;
    let capacity = capacity(&mut check, asked.side);
    if !fields.is("commitment", "yes") {
        check.problem("commitment", "agree_first", Vec::new());
    }
    let wants_level = levels(fields, asked.side, &topics);
    let (offers, wants) = match asked.side {
        Side::Mentor => (topics, BTreeMap::new()),
        Side::Mentee => (BTreeMap::new(), topics),
    };
    Ok(check.done(|| {
        Some(Answers {
            offers,
            wants,
            wants_level,
            about: about?,
            languages: languages?,
            energy,
            learn,
            meet,
            private,
            times,
            time_zone: time_zone?,
            out_of_bounds: out_of_bounds?,
            topics_out,
            never_with,
            capacity: capacity?,
            form_version: asked.version.number,
            replies,
        })
    }))
}

/// A few words about themselves, or what would make it worth their time.
fn about(check: &mut Check<'_>, asked: &Asked<'_>) -> Option<String> {
    match asked.version.form.core.about {
        Ask::Required => check.text("about", LONGEST_ABOUT),
        Ask::Optional => check.optional_text("about", LONGEST_ABOUT).map(Option::unwrap_or_default),
        Ask::Off => Some(asked.before.about.clone()),
    }
}

/// Energy, learning, meeting. Nobody has to say any of them.
fn styles(check: &mut Check<'_>, fields: &Fields, asked: &Asked<'_>) -> [String; 3] {
    let before = asked.before;
    if asked.version.form.core.style == Ask::Off {
        return [before.energy.clone(), before.learn.clone(), before.meet.clone()];
    }
    [("energy", ENERGIES), ("learn", LEARNING), ("meet", MEETING)].map(|(name, words)| {
        let found = words.iter().find(|word| **word == fields.get(name));
        if found.is_none() {
            check.problem(name, "not_a_choice", Vec::new());
        }
        found.copied().unwrap_or_default().to_owned()
    })
}

/// Answers to the program's own questions, and earlier ones to what this side is no longer asked.
fn replies(check: &mut Check<'_>, fields: &Fields, asked: &Asked<'_>) -> replies::Replies {
    let mut all = asked.before.replies.clone();
    all.retain(|key, _| !asked.version.form.asked(asked.side).any(|question| question.key == *key));
    all.extend(replies::read(check, fields, &asked.version.form, asked.side));
    all
}

/// Topics of the program, each with its step on the side's scale. Others are not listened to.
fn topics(check: &mut Check<'_>, fields: &Fields, asked: &Asked<'_>) -> BTreeMap<String, u8> {
    let step = |topic: &Topic| {
        let step = fields.get(&topic_field(&topic.key)).parse().ok()?;
        (1..=highest(asked.side)).contains(&step).then(|| (topic.key.clone(), step))
    };
    let topics: BTreeMap<_, _> = asked.topics.iter().filter_map(step).collect();
    if topics.is_empty() && !asked.topics.is_empty() && asked.version.form.core.topics == Ask::Required {
        check.problem("topics", "choose_topic", Vec::new());
    }
    topics
}

/// How well the other has to know each topic that is wanted.
fn levels(fields: &Fields, side: Side, topics: &BTreeMap<String, u8>) -> BTreeMap<String, u8> {
    let level = |key: &String| {
        let level = fields.get(&level_field(key)).parse().ok()?;
        LEVELS_WANTED.contains(&level).then(|| (key.clone(), level))
    };
    if side == Side::Mentee { topics.keys().filter_map(level).collect() } else { BTreeMap::new() }
}

/// Topics that shall not come up. Nobody can want, or offer, what is out of bounds for themselves.
fn topics_out(
    check: &mut Check<'_>,
    fields: &Fields,
    asked: &[Topic],
    chosen: &BTreeMap<String, u8>,
) -> BTreeSet<String> {
    let out: BTreeSet<_> =
        asked.iter().filter(|topic| fields.is("topics_out", &topic.key)).map(|topic| topic.key.clone()).collect();
    for topic in asked.iter().filter(|topic| out.contains(&topic.key) && chosen.contains_key(&topic.key)) {
        check.problem("topics_out", "topic_both", vec![("topic", topic.name.clone())]);
    }
    out
}

/// Languages, between commas: `english, Deutsch` are English and Deutsch.
fn languages(check: &mut Check<'_>, fields: &Fields, ask: Ask) -> Option<BTreeSet<String>> {
    let longest = MOST_WORDS * LONGEST_WORD;
    match ask {
        Ask::Required => drop(check.text("languages", longest)?),
        Ask::Optional | Ask::Off => drop(check.optional_text("languages", longest)?),
    }
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

fn times(check: &mut Check<'_>, fields: &Fields, ask: Ask) -> BTreeSet<String> {
    let times: BTreeSet<_> = week::blocks().filter(|block| fields.is("times", block)).collect();
    if times.is_empty() && ask == Ask::Required {
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
    for (key, level) in &answers.wants_level {
        fields.push(level_field(key), level.to_string());
    }
    fields.push("about", answers.about.clone());
    fields.push("languages", answers.languages.iter().cloned().collect::<Vec<_>>().join(", "));
    private::fill(&mut fields, &answers.private);
    for (name, word) in [("energy", &answers.energy), ("learn", &answers.learn), ("meet", &answers.meet)] {
        fields.push(name, word.clone());
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
    for topic in &answers.topics_out {
        fields.push("topics_out", topic.clone());
    }
    replies::fill(&mut fields, &answers.replies);
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
