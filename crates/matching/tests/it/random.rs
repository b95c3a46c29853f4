//! Random instances, each from a seed that names it when a test fails.

use counterflow_matching::{Criteria, Instance, OrgTree, PairIds, Profile, Value, Want};

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }

    fn some_of<'a>(&mut self, words: &[&'a str]) -> Vec<&'a str> {
        words.iter().copied().filter(|_| self.once_in(2)).collect()
    }
}

/// Hard rules and preferences of every kind; a seed takes a few of them.
const MENU: &[&str] = &[
    "rule = 'must'\ncompare = 'at_least_apart'\nfield = 'level'\nby = 1",
    "rule = 'must'\ncompare = 'overlaps'\nfield = 'languages'\nmissing = 'allow'",
    "rule = 'must_not'\ncompare = 'same'\nfield = 'office'\nmissing = 'allow'",
    "rule = 'must_not'\ncompare = 'at_most_apart'\nfield = 'level'\nby = 0.5",
    "rule = 'must'\ncompare = 'at_most_apart'\nfield = 'zone'\nby = 6\nwraps_at = 24",
    "rule = 'must'\ncompare = 'offers_what_the_other_wants'\nfield = 'topics'",
    "rule = 'prefer'\ncompare = 'offers_what_the_other_wants'\nfield = 'topics'\nweight = 6",
    "rule = 'prefer'\ncompare = 'different'\nfield = 'office'\nweight = 3",
    "rule = 'avoid'\ncompare = 'same'\nfield = 'level'\nweight = 2",
    "rule = 'prefer'\ncompare = 'at_least_apart'\nfield = 'level'\nby = 3\nweight = 5",
    "rule = 'avoid'\ncompare = 'at_least_apart'\nfield = 'zone'\nby = 7\nwraps_at = 24\nweight = 1",
    "rule = 'prefer'\ncompare = 'at_most_apart'\nfield = 'zone'\nby = 2.5\nweight = 4",
    "rule = 'prefer'\ncompare = 'overlaps'\nfield = 'languages'\nby = 2\nweight = 7",
    "rule = 'prefer'\ncompare = 'complements'\nfield = 'level'\nweight = 3",
    "rule = 'prefer'\ncompare = 'complements'\nfield = 'level'\nby = 4\nweight = 10",
    "rule = 'avoid'\ncompare = 'complements'\nfield = 'style'\nweight = 2",
    "rule = 'prefer'\ncompare = 'complements'\nfield = 'style'\npairs = [['quiet', 'loud'], ['quiet', 'calm']]\nweight = 4",
    "rule = 'prefer'\ncompare = 'same'\nfield = 'style'\nweight = 0",
    "rule = 'prefer'\ncompare = 'same'\nfield = 'city'\nweight = 3",
    "rule = 'must_not'\ncompare = 'same'\nfield = 'city'",
    "rule = 'avoid'\ncompare = 'same'\nfield = 'city'\nweight = 2",
    "rule = 'prefer'\ncompare = 'at_most_apart'\nfield = 'tenure'\nby = 40\nweight = 3",
    "rule = 'must'\ncompare = 'at_least_apart'\nfield = 'tenure'\nby = 100\nmissing = 'allow'",
    "rule = 'avoid'\ncompare = 'at_most_apart'\nfield = 'tenure'\nby = 90\nwraps_at = 365\nweight = 2",
    "rule = 'prefer'\ncompare = 'overlaps'\nfield = 'skills'\nby = 4\nweight = 5",
    "rule = 'avoid'\ncompare = 'overlaps'\nfield = 'skills'\nby = 40\nweight = 5",
    "rule = 'must_not'\ncompare = 'overlaps'\nfield = 'skills'\nby = 35\nmissing = 'allow'",
];

fn criteria(random: &mut Random) -> Criteria {
    let mut text = String::new();
    match random.below(4) {
        0 => text.push_str("[chain_of_command]\n"),
        1 => text.push_str("[chain_of_command]\ndepth = 1\n"),
        _ => {}
    }
    for _ in 0..random.below(6) {
        text.push_str(&format!("[[criterion]]\n{}\n", random.pick(MENU)));
    }
    Criteria::from_toml(&text).expect("the menu is in the form")
}

fn person(id: String, topics: Value, random: &mut Random) -> Profile {
    let mut person = Profile::new(id, 1 + random.below(3) as u32);
    let cities = 1 + random.below(400);
    let values = [
        ("level", Value::from(random.below(6) as i32)),
        ("zone", Value::from(random.below(25) as i32 - 12)),
        ("office", Value::category(*random.pick(&["Lagos", "Lima", "Linz"]))),
        ("style", Value::category(*random.pick(&["quiet", "calm", "loud", "odd"]))),
        ("languages", Value::set(random.some_of(&["English", "Igbo", "Spanish"]))),
        ("topics", topics),
        ("city", Value::category(format!("city {}", random.below(cities)))),
        ("tenure", Value::from(random.below(700) as i32)),
        ("skills", Value::set((0..90).filter(|_| random.once_in(2)).map(|skill| format!("skill {skill}")))),
    ];
    for (field, value) in values {
        if !random.once_in(8) {
            person = person.with(field, value);
        }
    }
    person
}

const TOPICS: &[&str] = &["AI", "data", "passkeys", "video"];

fn offers(random: &mut Random) -> Value {
    let topics = random.some_of(TOPICS);
    Value::offers(topics.into_iter().map(|topic| (topic, 1 + random.below(5) as u8)).collect::<Vec<_>>())
}

fn wants(random: &mut Random) -> Value {
    let topics = random.some_of(TOPICS).into_iter();
    let want = |random: &mut Random| Want { priority: 1 + random.below(3) as u8, at_least: 1 + random.below(3) as u8 };
    Value::wants(topics.map(|topic| (topic, want(random))).collect::<Vec<_>>())
}

/// Up to so many people on each side, some of them on both, with pins and forbidden pairs here and there.
pub fn instance(seed: u64, most: usize) -> Instance {
    let mut random = Random::new(seed);
    let side = |random: &mut Random, shift: usize, topics: fn(&mut Random) -> Value| -> Vec<Profile> {
        let people = 1 + random.below(most);
        (0..people)
            .map(|at| {
                let topics = topics(random);
                person(format!("p{}", at + shift), topics, random)
            })
            .collect()
    };
    let mentors = side(&mut random, 0, offers);
    let shift = random.below(2 * most);
    let mentees = side(&mut random, shift, wants);
    let mut instance = Instance { fields: fields(), ..Instance::new(mentors, mentees, criteria(&mut random)) };
    let manager =
        |at: usize, random: &mut Random| (at > 0 && !random.once_in(4)).then(|| format!("p{}", random.below(at)));
    let rows: Vec<_> = (0..2 * most + 2).map(|at| (format!("p{at}"), manager(at, &mut random))).collect();
    instance.org = OrgTree::from_managers(rows).expect("managers come before their reports");
    add_lists(&mut instance, &mut random);
    instance
}

/// Gives some people, on no side, on one or on both, lists of some of those across.
pub fn add_choices(instance: &mut Instance, random: &mut Random) {
    let ids = |people: &[Profile]| people.iter().map(|person| person.id.clone()).collect::<Vec<_>>();
    let (mentors, mentees) = (ids(&instance.mentors), ids(&instance.mentees));
    let (lists, leaves_out) = (random.below(4), 2 + random.below(6));
    for (side, across) in [(&mut instance.mentors, mentees), (&mut instance.mentees, mentors)] {
        let side_has_lists = random.below(4) < lists;
        for person in side.iter_mut().filter(|_| side_has_lists) {
            if !random.once_in(5) {
                let mut choices: Vec<String> = across.iter().filter(|_| !random.once_in(leaves_out)).cloned().collect();
                random.shuffle(&mut choices);
                person.choices = choices;
            }
        }
    }
}

fn fields() -> std::collections::BTreeSet<String> {
    ["level", "zone", "office", "style", "languages", "topics", "city", "tenure", "skills"].map(String::from).into()
}

fn add_lists(instance: &mut Instance, random: &mut Random) {
    for mentor in &instance.mentors {
        for mentee in &instance.mentees {
            let pair = PairIds::new(&mentor.id, &mentee.id);
            let pins = |id: &str, side| instance.pinned.iter().filter(|pin| pin.id(side) == id).count() as u32;
            let free = pins(&mentor.id, counterflow_matching::Side::Mentor) < mentor.capacity
                && pins(&mentee.id, counterflow_matching::Side::Mentee) < mentee.capacity;
            match random.below(14) {
                0 => instance.forbidden.push(pair),
                1 if free && mentor.id != mentee.id => instance.pinned.push(pair),
                _ => {}
            }
        }
    }
}
