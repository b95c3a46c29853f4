//! From rows to what the engine reads: who is admitted, what criteria can compare of them, and who must not meet.
//!
//! In the engine people go by their directory ids, on both sides: so it knows when both sides are one person, and where
//! everybody stands in the org tree.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use counterflow_matching::{Criteria, Instance, Number, OrgTree, PairIds, Profile, Value, Want};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    Mark,
    board::store as marks,
    proposals::ties_store::{Tie, Ties, ties},
};
use crate::{
    enrollment::{self, Answers, Participant, State, weekly_slots_utc},
    kernel::{
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{ParticipantId, PersonId, RoundId},
    },
    people,
    programs::{
        self, Round, Side,
        template::{PRIVATE, PrivateQuestion, Purpose},
    },
};

/// Everything that a run reads, beside its criteria. Stored with the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// Those who have a place, by person.
    pub mentors: Vec<Entrant>,
    /// The other side.
    pub mentees: Vec<Entrant>,
    /// The managers above everybody who takes part: person, manager.
    pub reporting: Vec<(PersonId, PersonId)>,
    /// Mentor and mentee.
    pub pinned: Vec<(PersonId, PersonId)>,
    /// Mentor and mentee: forbidden by a manager, declined, already proposed, ruled out by one of them, or a pair before.
    pub forbidden: Vec<(PersonId, PersonId)>,
    /// Fields that criteria can name, also where nobody gave a value.
    pub fields: BTreeSet<String>,
    /// Pairs that hold places: proposed, accepted, or declined without the one who said yes having been told.
    pub standing: usize,
}

/// Somebody who can be matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrant {
    /// In the round.
    pub participant: ParticipantId,
    /// In the directory.
    pub person: PersonId,
    /// How many partners they have room for.
    pub capacity: u32,
    /// What criteria can compare.
    pub values: BTreeMap<String, Value>,
}

/// The fields that every round has.
pub const FIELDS: [&str; 13] = [
    "department",
    "location",
    "title",
    "level",
    "tenure_years",
    "utc_offset",
    "languages",
    "times",
    "energy",
    "learn",
    "meet",
    "offers",
    "wants",
];

/// How somebody likes to work. They were promised that nobody reads it: of these fields no value is ever said, only whether
/// two fit.
pub const STYLES: [&str; 3] = ["energy", "learn", "meet"];

/// How much a mentee wants a topic most of all.
const MOST: u8 = 3;

/// Reads everything that a match of this round needs.
///
/// # Errors
/// When the database fails.
pub async fn gather(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Inputs> {
    let round = programs::round(tx, leave).await?;
    let private = programs::program_of(tx, &round).await?.design.private;
    let everybody: HashMap<PersonId, people::Profile> =
        people::present_people(tx).await?.into_iter().map(|profile| (profile.id, profile)).collect();
    let admitted: Vec<Participant> = enrollment::participants(tx, leave)
        .await?
        .into_iter()
        .filter(|one| one.state == State::Admitted && everybody.contains_key(&one.person_id))
        .collect();
    let ties = ties(tx, &round).await?;
    let marks = marks::marks(tx, leave).await?;
    let managers: HashMap<PersonId, PersonId> = people::reporting_lines(tx)
        .await?
        .into_iter()
        .filter_map(|(person, manager)| Some((person, manager?)))
        .collect();
    let numeric = numeric_attributes(admitted.iter().filter_map(|one| everybody.get(&one.person_id)));
    let entrant = |one: &Participant| {
        let capacity = u32::try_from(one.capacity - ties.places_held(one.id)).unwrap_or(0);
        let profile = everybody.get(&one.person_id).filter(|_| capacity > 0 && !ties.waits(one.id))?;
        let values = values(profile, one, &round, &numeric, &private);
        Some(Entrant { participant: one.id, person: one.person_id, capacity, values })
    };
    let side = |side: Side| {
        let mut people: Vec<Entrant> = admitted.iter().filter(|one| one.role == side).filter_map(entrant).collect();
        people.sort_by_key(|entrant| entrant.person);
        people
    };
    let mut inputs = Inputs {
        mentors: side(Side::Mentor),
        mentees: side(Side::Mentee),
        fields: fields(&everybody, &private),
        standing: ties.standing(),
        ..Inputs::default()
    };
    inputs.reporting = lines_above(&inputs, &managers);
    let pinned = marks.iter().filter(|mark| mark.mark == Mark::Pinned).map(|mark| (mark.mentor, mark.mentee));
    let forbidden = marks.iter().filter(|mark| mark.mark == Mark::Forbidden).map(|mark| (mark.mentor, mark.mentee));
    let vetoes = vetoes(&admitted).into_iter().chain(out_of_bounds(&admitted)).collect();
    inputs.rule_out(&vetoes, &ties, pinned.collect(), forbidden.collect());
    Ok(inputs)
}

impl Inputs {
    /// Pins and forbidden pairs among those who can be matched. A person's own veto, a decline and a standing proposal
    /// outweigh a pin; a pin outweighs that they were a pair before.
    fn rule_out(
        &mut self,
        vetoes: &HashSet<(PersonId, PersonId)>,
        ties: &Ties,
        pinned: HashSet<(PersonId, PersonId)>,
        mut forbidden: HashSet<(PersonId, PersonId)>,
    ) {
        forbidden.extend(ties.pairs(|tie| tie != Tie::Before));
        let mentors: BTreeSet<PersonId> = self.mentors.iter().map(|entrant| entrant.person).collect();
        let mentees: BTreeSet<PersonId> = self.mentees.iter().map(|entrant| entrant.person).collect();
        let listed = |a: &PersonId, b: &PersonId| mentors.contains(a) && mentees.contains(b);
        let either_way = vetoes.iter().copied().chain(ties.pairs(|tie| tie == Tie::Before));
        let both_ways: Vec<_> = either_way.flat_map(|(a, b)| [(a, b), (b, a)]).collect();
        let vetoed = |pair: &(PersonId, PersonId)| vetoes.contains(pair) || vetoes.contains(&(pair.1, pair.0));
        let pinned: BTreeSet<_> =
            pinned.into_iter().filter(|pair| !vetoed(pair) && !forbidden.contains(pair)).collect();
        forbidden.extend(both_ways);
        self.forbidden = forbidden.into_iter().filter(|(a, b)| listed(a, b) && !pinned.contains(&(*a, *b))).collect();
        self.forbidden.sort_unstable();
        self.pinned = pinned.into_iter().filter(|(a, b)| listed(a, b)).collect();
    }

    /// The people of one side.
    #[must_use]
    pub fn side(&self, side: Side) -> &[Entrant] {
        match side {
            Side::Mentor => &self.mentors,
            Side::Mentee => &self.mentees,
        }
    }

    /// Only what these criteria read: a run keeps no more of people than it needs.
    #[must_use]
    pub fn narrowed_to(mut self, criteria: &Criteria) -> Self {
        let named: BTreeSet<&String> =
            criteria.list.iter().flat_map(|entry| [&entry.mentor_field, &entry.mentee_field]).collect();
        self.fields.retain(|field| named.contains(field));
        for entrant in self.mentors.iter_mut().chain(&mut self.mentees) {
            entrant.values.retain(|field, _| named.contains(field));
        }
        self
    }

    /// What the engine takes.
    ///
    /// # Errors
    /// A defect: the directory keeps the reporting lines free of rings.
    pub fn instance(&self, criteria: Criteria) -> Answer<Instance> {
        let profile = |entrant: &Entrant| Profile {
            id: entrant.person.to_string(),
            capacity: entrant.capacity,
            values: entrant.values.clone(),
            choices: Vec::new(), // nobody is asked for any yet
        };
        let pair = |(mentor, mentee): &(PersonId, PersonId)| PairIds::new(mentor.to_string(), mentee.to_string());
        Ok(Instance {
            mentors: self.mentors.iter().map(profile).collect(),
            mentees: self.mentees.iter().map(profile).collect(),
            criteria,
            org: self.org_tree()?,
            pinned: self.pinned.iter().map(pair).collect(),
            forbidden: self.forbidden.iter().map(pair).collect(),
            fields: self.fields.clone(),
        })
    }

    fn org_tree(&self) -> Answer<OrgTree> {
        let above: HashMap<PersonId, PersonId> = self.reporting.iter().copied().collect();
        let people: BTreeSet<PersonId> = above.iter().flat_map(|(a, b)| [*a, *b]).collect();
        OrgTree::from_managers(
            people.iter().map(|person| (person.to_string(), above.get(person).map(ToString::to_string))),
        )
        .map_err(Error::defect)
    }

    /// The forms of values that each field has, on either side: what the pickers of the criteria screen offer.
    #[must_use]
    pub fn kinds(&self) -> BTreeMap<&str, counterflow_matching::Kind> {
        let values = self.mentors.iter().chain(&self.mentees).flat_map(|entrant| &entrant.values);
        values.map(|(field, value)| (field.as_str(), value.kind())).collect()
    }
}

/// Everybody above those who take part, as far as the lines go.
fn lines_above(inputs: &Inputs, managers: &HashMap<PersonId, PersonId>) -> Vec<(PersonId, PersonId)> {
    let mut lines = BTreeMap::new();
    for entrant in inputs.mentors.iter().chain(&inputs.mentees) {
        let mut at = entrant.person;
        while let Some(&manager) = managers.get(&at) {
            if lines.insert(at, manager).is_some() {
                break;
            }
            at = manager;
        }
    }
    lines.into_iter().collect()
}

/// With whom people said that they should not be paired: who, whom.
fn vetoes(admitted: &[Participant]) -> HashSet<(PersonId, PersonId)> {
    let pairs =
        admitted.iter().flat_map(|one| one.answers().never_with.into_iter().map(|other| (one.person_id, other)));
    pairs.collect()
}

/// Mentor and mentee where a topic that matters most to one is out of bounds for the other: what the mentee wants most of
/// all, everything that they want, or everything that the mentor offers.
fn out_of_bounds(admitted: &[Participant]) -> Vec<(PersonId, PersonId)> {
    let on = |side: Side| -> Vec<(PersonId, Answers)> {
        admitted.iter().filter(|one| one.role == side).map(|one| (one.person_id, one.answers())).collect()
    };
    let (mentors, mentees) = (on(Side::Mentor), on(Side::Mentee));
    let mut pairs = Vec::new();
    for (mentor, offering) in &mentors {
        for (mentee, wanting) in &mentees {
            if stand_against(offering, wanting) {
                pairs.push((*mentor, *mentee));
            }
        }
    }
    pairs
}

fn stand_against(mentor: &Answers, mentee: &Answers) -> bool {
    if mentor.topics_out.is_empty() && mentee.topics_out.is_empty() {
        return false; // nearly everybody: asked for every two
    }
    let all_out = |topics: &BTreeMap<String, u8>, out: &BTreeSet<String>| {
        !topics.is_empty() && topics.keys().all(|topic| out.contains(topic))
    };
    let most_out = || mentee.wants.iter().any(|(topic, rank)| *rank == MOST && mentor.topics_out.contains(topic));
    all_out(&mentee.wants, &mentor.topics_out) || most_out() || all_out(&mentor.offers, &mentee.topics_out)
}

/// Attributes that are a number for everybody who has them: they can be compared by distance.
fn numeric_attributes<'a>(profiles: impl Iterator<Item = &'a people::Profile>) -> BTreeSet<String> {
    let mut numeric: BTreeMap<&str, bool> = BTreeMap::new();
    for (name, text) in profiles.flat_map(|profile| &profile.attributes).filter(|(_, text)| !text.trim().is_empty()) {
        *numeric.entry(name).or_insert(true) &= text.trim().parse::<Number>().is_ok();
    }
    numeric.into_iter().filter(|(_, is_number)| *is_number).map(|(name, _)| name.to_owned()).collect()
}

fn fields(everybody: &HashMap<PersonId, people::Profile>, private: &[PrivateQuestion]) -> BTreeSet<String> {
    let attributes = everybody.values().flat_map(|profile| profile.attributes.keys().cloned());
    attributes.chain(FIELDS.map(str::to_owned)).chain(private.iter().map(PrivateQuestion::field)).collect()
}

/// The private answers that somebody agreed to be matched by, as criteria compare them.
fn private_values(answers: &Answers, questions: &[PrivateQuestion]) -> Vec<(String, Value)> {
    let value = |question: &PrivateQuestion| {
        let said = answers.private.get(&question.key)?;
        let given = said.purposes.contains(&Purpose::Matching).then_some(&said.answers)?;
        let one = || given.first().map(Value::category);
        Some((question.field(), if question.several { Value::set(given) } else { one()? }))
    };
    questions.iter().filter_map(value).collect()
}

/// What criteria can compare of somebody: the directory and the registration together, as of the round's first day.
fn values(
    profile: &people::Profile,
    participant: &Participant,
    round: &Round,
    numeric: &BTreeSet<String>,
    private: &[PrivateQuestion],
) -> BTreeMap<String, Value> {
    let answers = participant.answers();
    let zone = TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC);
    let category = |text: &Option<String>| text.as_deref().map(str::trim).map(Value::category);
    let languages = if answers.languages.is_empty() {
        profile.languages.clone()
    } else {
        answers.languages.iter().cloned().collect()
    };
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    let mut put = |field: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_blank()) {
            values.insert(field.to_owned(), value);
        }
    };
    // What people may keep to themselves comes from nobody but them.
    for (name, text) in profile.attributes.iter().filter(|(name, _)| !name.starts_with(PRIVATE)) {
        let number = numeric.contains(name).then(|| text.trim().parse::<Number>().ok()).flatten();
        put(name, Some(number.map_or_else(|| Value::category(text.trim()), Value::Number)));
    }
    for (field, value) in private_values(&answers, private) {
        put(&field, Some(value));
    }
    put("department", category(&profile.department));
    put("location", category(&profile.location));
    put("title", category(&profile.title));
    put("level", profile.level.and_then(|level| Number::try_from(level).ok()).map(Value::Number));
    put("tenure_years", profile.started_on.and_then(|day| tenure(day, round.starts_on)).map(Value::Number));
    put("utc_offset", utc_offset(&zone, round.starts_on).map(Value::Number));
    put("languages", Some(Value::set(languages)));
    put("times", Some(Value::set(weekly_slots_utc(&answers, &zone, round.starts_on))));
    put("energy", Some(Value::category(answers.energy)));
    put("learn", Some(Value::category(answers.learn)));
    put("meet", Some(Value::category(answers.meet)));
    put("offers", Some(Value::offers(answers.offers)));
    let levels = answers.wants_level;
    put(
        "wants",
        Some(Value::wants(answers.wants.into_iter().map(|(topic, rank)| {
            let at_least = levels.get(&topic).copied().unwrap_or(1);
            (topic, Want { at_least, ..Want::any_level(rank) })
        }))),
    );
    values
}

/// Years with one decimal.
fn tenure(started: Day, on: Day) -> Option<Number> {
    let tenths = i64::from(on.days_since(started).max(0)) * 100 / 3_652;
    Number::from_thousandths(tenths * 100)
}

/// Hours ahead of UTC on that day at noon.
fn utc_offset(zone: &TimeZone, on: Day) -> Option<Number> {
    let noon = on.0.at(12, 0, 0, 0).to_zoned(zone.clone()).ok()?;
    Number::from_thousandths(i64::from(noon.offset().seconds()) * 1_000 / 3_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_out_of_bounds_stands_against_whom_it_matters_most_to() {
        let topics = |all: &[(&str, u8)]| all.iter().map(|(key, step)| ((*key).to_owned(), *step)).collect();
        let out = |all: &[&str]| all.iter().map(|key| (*key).to_owned()).collect();
        let check = |offers, mentor_out, wants, mentee_out, expected| {
            let mentor = Answers { offers: topics(offers), topics_out: out(mentor_out), ..Answers::default() };
            let mentee = Answers { wants: topics(wants), topics_out: out(mentee_out), ..Answers::default() };
            assert_eq!(stand_against(&mentor, &mentee), expected, "{mentor:?} {mentee:?}");
        };
        check(&[("ai", 5)], &[], &[("ai", 3)], &[], false);
        check(&[("ai", 5)], &["data"], &[("ai", 1), ("data", 3)], &[], true);
        check(&[("ai", 5)], &["data"], &[("ai", 1), ("data", 2)], &[], false);
        check(&[("ai", 5)], &["data"], &[("data", 1)], &[], true);
        check(&[("ai", 5)], &[], &[("data", 3)], &["ai"], true);
        check(&[("ai", 5), ("data", 2)], &[], &[("data", 3)], &["ai"], false);
        check(&[], &[], &[], &["ai"], false);
    }

    #[test]
    fn years_and_hours() {
        let check = |started: &str, on: &str, expected: &str| {
            let years = tenure(started.parse().unwrap(), on.parse().unwrap()).unwrap();
            assert_eq!(years.to_string(), expected, "{started} to {on}");
        };
        check("2020-01-01", "2026-01-01", "6");
        check("2025-07-01", "2026-01-01", "0.5");
        check("2026-05-01", "2026-01-01", "0");
        let offset =
            |zone: &str, on: &str| utc_offset(&TimeZone::get(zone).unwrap(), on.parse().unwrap()).unwrap().to_string();
        assert_eq!(offset("Asia/Kathmandu", "2026-01-01"), "5.75");
        assert_eq!(offset("Europe/Berlin", "2026-07-01"), "2");
        assert_eq!(offset("America/St_Johns", "2026-01-01"), "-3.5");
    }
}
