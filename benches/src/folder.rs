//! An instance as `instances.py` writes it, and the engine's instance made of it.

use std::error::Error;
use std::fs;
use std::path::Path;

use counterflow_matching::{
    CompiledInstance, Criteria, Instance, InstanceError, OrgTree, PairIds, Profile, Side, Value, Want,
};
use serde::Deserialize;

/// The arrays of a folder.
pub struct Folder {
    /// What it was made from.
    pub meta: Meta,
    criteria: String,
    mentors: People,
    mentees: People,
    /// A mentor and a mentee, by position.
    forbidden: Vec<[i32; 2]>,
}

/// The part of `meta.json` that a run needs.
#[derive(Deserialize)]
pub struct Meta {
    /// The folder's name.
    pub name: String,
    /// How many.
    pub mentors: usize,
    /// How many.
    pub mentees: usize,
    /// Whether anybody can have more than one partner.
    pub capacities: bool,
}

/// One side, an entry a person; `instances.py` says what each means.
struct People {
    side: Side,
    level: Vec<u8>,
    utc_offset: Vec<i8>,
    department: Vec<u8>,
    languages: Vec<u16>,
    slots: Vec<u16>,
    introversion: Vec<u8>,
    groups: Vec<u16>,
    capacity: Vec<u8>,
    manager: Vec<i32>,
    topic_starts: Vec<u32>,
    topics: Vec<u8>,
    topic_numbers: Vec<u8>,
}

/// The words behind the numbers, made once.
struct Words {
    topics: Vec<String>,
    departments: Vec<String>,
    languages: Vec<String>,
    slots: Vec<String>,
    groups: Vec<String>,
}

impl Words {
    fn new() -> Self {
        let words = |prefix, count| (0..count).map(|number| format!("{prefix} {number}")).collect();
        Self {
            topics: words("topic", 256),
            departments: words("department", 256),
            languages: words("language", 16),
            slots: words("slot", 16),
            groups: words("group", 16),
        }
    }
}

/// A person's id: in the order of positions, as wide as the largest position can be.
fn id(side: Side, position: usize) -> String {
    match side {
        Side::Mentor => format!("m{position:07}"),
        Side::Mentee => format!("e{position:07}"),
    }
}

/// The position behind a person's id.
pub fn position(id: &str) -> Result<usize, std::num::ParseIntError> {
    id.trim_start_matches(['m', 'e']).parse()
}

impl Folder {
    /// Reads everything.
    pub fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let meta: Meta = serde_json::from_str(&fs::read_to_string(path.join("meta.json"))?)?;
        Ok(Self {
            mentors: People::read(path, Side::Mentor, meta.mentors)?,
            mentees: People::read(path, Side::Mentee, meta.mentees)?,
            criteria: fs::read_to_string(path.join("criteria.toml"))?,
            forbidden: array(path, "forbidden.i4", i32::from_le_bytes)?.as_chunks().0.to_vec(),
            meta,
        })
    }

    /// The org tree, the criteria and the forbidden pairs; without people.
    pub fn frame(&self) -> Result<Instance, Box<dyn Error>> {
        let criteria = Criteria::from_toml(&self.criteria).map_err(|errors| format!("{errors:?}"))?;
        let managers = self.mentees.managers().chain(self.mentors.managers());
        let forbidden = self.forbidden.iter().map(|&[mentor, mentee]| {
            PairIds::new(id(Side::Mentor, mentor as usize), id(Side::Mentee, mentee as usize))
        });
        let org = OrgTree::from_managers(managers)?;
        Ok(Instance { org, forbidden: forbidden.collect(), ..Instance::new(Vec::new(), Vec::new(), criteria) })
    }

    /// Compiles the frame with the people, who are made one by one: profiles of a million would take gigabytes.
    pub fn compile(&self, frame: Instance) -> Result<CompiledInstance, Vec<InstanceError>> {
        let words = Words::new();
        frame.compile_with(self.mentors.profiles(&words), self.mentees.profiles(&words))
    }
}

impl People {
    fn read(folder: &Path, side: Side, count: usize) -> Result<Self, Box<dyn Error>> {
        let name = |name: &str| format!("{side}_{name}");
        let bytes = |what: &str| array(folder, &name(what), u8::from_le_bytes);
        let bits = |what: &str| array(folder, &name(what), u16::from_le_bytes);
        let people = Self {
            side,
            level: bytes("level.u1")?,
            utc_offset: array(folder, &name("utc_offset.i1"), i8::from_le_bytes)?,
            department: bytes("department.u1")?,
            languages: bits("languages.u2")?,
            slots: bits("slots.u2")?,
            introversion: bytes("introversion.u1")?,
            groups: bits("groups.u2")?,
            capacity: bytes("capacity.u1")?,
            manager: array(folder, &name("manager.i4"), i32::from_le_bytes)?,
            topic_starts: array(folder, &name("topic_starts.u4"), u32::from_le_bytes)?,
            topics: bytes("topics.u1")?,
            topic_numbers: bytes("topic_numbers.u1")?,
        };
        let whole = people.level.len() == count && people.topic_starts.len() == count + 1;
        if whole { Ok(people) } else { Err(format!("the arrays are not of {count} {side}s").into()) }
    }

    fn profiles<'a>(&'a self, words: &'a Words) -> impl Iterator<Item = Profile> + 'a {
        (0..self.level.len()).map(|at| self.profile(at, words))
    }

    fn profile(&self, at: usize, words: &Words) -> Profile {
        let (field, topics) = self.topics(at, words);
        Profile::new(id(self.side, at), self.capacity[at].into())
            .with("level", Value::from(i32::from(self.level[at])))
            .with("utc_offset", Value::from(i32::from(self.utc_offset[at])))
            .with("department", Value::category(&words.departments[usize::from(self.department[at])]))
            .with("languages", set(self.languages[at], &words.languages))
            .with("slots", set(self.slots[at], &words.slots))
            .with("introversion", Value::from(i32::from(self.introversion[at])))
            .with("groups", set(self.groups[at], &words.groups))
            .with(field, topics)
    }

    fn topics(&self, at: usize, words: &Words) -> (&'static str, Value) {
        let own = self.topic_starts[at] as usize..self.topic_starts[at + 1] as usize;
        let entries = own.map(|entry| (&words.topics[usize::from(self.topics[entry])], self.topic_numbers[entry]));
        match self.side {
            Side::Mentor => ("offers", Value::offers(entries)),
            Side::Mentee => {
                ("wants", Value::wants(entries.map(|(topic, priority)| (topic, Want::any_level(priority)))))
            }
        }
    }

    /// Each person with their manager, who is a mentee.
    fn managers(&self) -> impl Iterator<Item = (String, Option<String>)> + '_ {
        let manager = |position: &i32| usize::try_from(*position).ok().map(|position| id(Side::Mentee, position));
        self.manager.iter().enumerate().map(move |(at, position)| (id(self.side, at), manager(position)))
    }
}

fn set(bits: u16, words: &[String]) -> Value {
    let members = words.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
    Value::Set(members.map(|(_, word)| word.clone()).collect())
}

/// Numbers of N bytes each, the lowest byte first.
fn array<const N: usize, T>(folder: &Path, name: &str, from_bytes: fn([u8; N]) -> T) -> Result<Vec<T>, Box<dyn Error>> {
    let bytes = fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    let (numbers, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() {
        return Err(format!("{name}: not a whole number of entries").into());
    }
    Ok(numbers.iter().map(|&number| from_bytes(number)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterflow_matching::admissible_pairs;

    fn people(side: Side, levels: &[u8], managers: &[i32]) -> People {
        let count = levels.len();
        People {
            side,
            level: levels.to_vec(),
            utc_offset: vec![-1; count],
            department: (0..count as u8).collect(),
            languages: vec![0b1; count],
            slots: vec![0b1111; count],
            introversion: vec![if side == Side::Mentor { 0 } else { 8 }; count],
            groups: vec![0b11; count],
            capacity: vec![1; count],
            manager: managers.to_vec(),
            topic_starts: (0..=count as u32).collect(),
            topics: vec![7; count],
            topic_numbers: vec![3; count],
        }
    }

    /// Mentor 0 reports to mentee 1, who reports to mentee 0; mentor 1 is too near to mentee 1; one pair is forbidden.
    #[test]
    fn rules_and_scores_are_those_of_the_arrays() -> Result<(), Box<dyn Error>> {
        let folder = Folder {
            meta: Meta { name: "tiny".to_owned(), mentors: 3, mentees: 2, capacities: false },
            criteria: include_str!("../criteria.toml").to_owned(),
            mentors: people(Side::Mentor, &[2, 4, 0], &[1, 0, -1]),
            mentees: people(Side::Mentee, &[9, 6], &[-1, 0]),
            forbidden: vec![[2, 1]],
        };
        let compiled = folder.compile(folder.frame()?).map_err(|errors| format!("{errors:?}"))?;
        let found: Vec<_> = admissible_pairs(&compiled)
            .map(|pair| (position(pair.mentor).ok(), position(pair.mentee).ok(), pair.score))
            .collect();
        // 9 topic points of 30 are 0.51 of 5,000; everything else is met in full.
        assert_eq!(found, [(Some(2), Some(0), 2_550 + 5_000)]);
        Ok(())
    }
}
