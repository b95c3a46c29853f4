//! What a criterion found when it compared two people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::criteria::Comparison;
use crate::number::Number;
use crate::profile::{Side, Value, Want};
use crate::table::Table;

/// What a criterion found when it compared two people; with the criterion, all that is needed to say it in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// One or both gave no value.
    Missing {
        /// Who gave none.
        sides: Vec<Side>,
    },
    /// Two values that are the same, different or complementary.
    Values {
        /// The mentor's.
        mentor: Value,
        /// The mentee's.
        mentee: Value,
    },
    /// Two numbers and how far they are apart.
    Distance {
        /// The mentor's.
        mentor: Number,
        /// The mentee's.
        mentee: Number,
        /// Between them, the short way round where the values lie on a circle.
        distance: Number,
        /// What it was judged against.
        by: Number,
    },
    /// What both have.
    Shared {
        /// In alphabetical order.
        members: Vec<String>,
        /// How many the criterion asks for.
        by: u32,
    },
    /// What one wants and the other offers.
    Topics {
        /// Who offers.
        offering: Side,
        /// Every wanted topic: by priority, then in alphabetical order.
        wanted: Vec<TopicFact>,
        /// How many the criterion asks for.
        by: u32,
    },
}

/// A wanted topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicFact {
    /// The topic.
    pub topic: String,
    /// How much it is wanted, up to 3.
    pub priority: u8,
    /// The smallest level that helps.
    pub at_least: u8,
    /// The level at which the other offers it, if at all.
    pub offered: Option<u8>,
}

impl TopicFact {
    /// Whether the offer helps.
    pub fn is_met(&self) -> bool {
        self.offered.is_some_and(|level| level >= self.at_least)
    }
}

/// What the criterion at this position finds in a pair.
pub(super) fn fact(compiled: &CompiledInstance, criterion: usize, mentor: usize, mentee: usize) -> Fact {
    let entry = &compiled.criteria().list[criterion];
    let value = |side: Side, at: usize| compiled.people(side).value(at, entry.field(side));
    let (ours, theirs) = (value(Side::Mentor, mentor), value(Side::Mentee, mentee));
    let (Some(ours), Some(theirs)) = (&ours, &theirs) else {
        let given = [(Side::Mentor, &ours), (Side::Mentee, &theirs)];
        let sides = given.into_iter().filter(|(_, value)| value.is_none()).map(|(side, _)| side).collect();
        return Fact::Missing { sides };
    };
    match (&entry.compare, ours, theirs, &compiled.tables()[criterion]) {
        (_, Value::Number(mentor), Value::Number(mentee), Table::Distance { measure, .. }) => Fact::Distance {
            mentor: *mentor,
            mentee: *mentee,
            distance: measure.distance(*mentor, *mentee),
            by: measure.by(),
        },
        (Comparison::Overlaps { by }, ours, theirs, _) => Fact::Shared { members: shared(ours, theirs), by: *by },
        (Comparison::OffersWhatTheOtherWants { by }, Value::Offers(offers), Value::Wants(wants), _) => {
            Fact::Topics { offering: Side::Mentor, wanted: wanted(offers, wants), by: *by }
        }
        (Comparison::OffersWhatTheOtherWants { by }, Value::Wants(wants), Value::Offers(offers), _) => {
            Fact::Topics { offering: Side::Mentee, wanted: wanted(offers, wants), by: *by }
        }
        _ => Fact::Values { mentor: ours.clone(), mentee: theirs.clone() },
    }
}

fn shared(ours: &Value, theirs: &Value) -> Vec<String> {
    let members = |value| match value {
        Value::Set(words) => words.iter().cloned().collect(),
        Value::Category(word) => vec![word.clone()],
        _ => Vec::new(),
    };
    let theirs = members(theirs.clone());
    members(ours.clone()).into_iter().filter(|word| theirs.contains(word)).collect()
}

fn wanted(offers: &BTreeMap<String, u8>, wants: &BTreeMap<String, Want>) -> Vec<TopicFact> {
    let mut wanted: Vec<TopicFact> = wants
        .iter()
        .map(|(topic, want)| TopicFact {
            topic: topic.clone(),
            priority: want.priority,
            at_least: want.at_least,
            offered: offers.get(topic).copied(),
        })
        .collect();
    wanted.sort_by_key(|fact| std::cmp::Reverse(fact.priority));
    wanted
}
