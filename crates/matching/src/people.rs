//! Many people in little memory: field by field, every word once.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use crate::choices::Choices;
use crate::number::Number;
use crate::profile::{Kind, Profile, Value, Want};

/// The people of one side in the order of their ids, as a compiled instance holds them.
#[derive(Clone, Debug, Default)]
pub struct People {
    ids: Ids,
    capacities: Vec<u32>,
    fields: BTreeMap<String, Field>,
    choices: Choices,
}

/// Texts in one piece of memory.
#[derive(Clone, Debug, Default)]
struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}

/// Everybody's values of one field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    words: Vec<String>,
    codes: HashMap<String, u32>,
    numbers: Vec<Number>,
    entries: Vec<Entry>,
    cells: Vec<Cell>,
}

/// One value: where its numbers or entries are.
#[derive(Clone, Copy, Debug)]
struct Cell {
    kind: Option<Kind>,
    start: u32,
    length: u32,
}

/// Nothing, or nothing that says anything.
const BLANK: Cell = Cell { kind: None, start: 0, length: 0 };

/// A word of a value: a category, a member of a set, a topic with its level, or with how it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The number of the word in its field.
    pub word: u32,
    /// The level of an offer.
    pub level: u8,
    /// How a topic is wanted.
    pub want: Want,
}

const NO_WANT: Want = Want { priority: 0, at_least: 0 };

impl Field {
    fn add(&mut self, value: &Value) {
        let cell = if value.is_blank() { BLANK } else { self.cell(value) };
        self.cells.push(cell);
    }

    fn cell(&mut self, value: &Value) -> Cell {
        if let Value::Number(number) = value {
            self.numbers.push(*number);
            return Cell { kind: Some(Kind::Number), start: self.numbers.len() as u32 - 1, length: 1 };
        }
        let start = self.entries.len();
        match value {
            Value::Number(_) => {}
            Value::Category(word) => self.entry(word, 0, NO_WANT),
            Value::Set(words) => words.iter().for_each(|word| self.entry(word, 0, NO_WANT)),
            Value::Offers(topics) => topics.iter().for_each(|(topic, &level)| self.entry(topic, level, NO_WANT)),
            Value::Wants(topics) => topics.iter().for_each(|(topic, &want)| self.entry(topic, 0, want)),
        }
        Cell { kind: Some(value.kind()), start: start as u32, length: (self.entries.len() - start) as u32 }
    }

    fn entry(&mut self, word: &str, level: u8, want: Want) {
        let word = match self.codes.get(word) {
            Some(&code) => code,
            None => {
                let code = self.words.len() as u32;
                self.words.push(word.to_owned());
                self.codes.insert(word.to_owned(), code);
                code
            }
        };
        self.entries.push(Entry { word, level, want });
    }

    /// The form of a person's value; `None` where there is none, or an empty one.
    pub fn kind(&self, person: usize) -> Option<Kind> {
        self.cells[person].kind
    }

    /// Forms in the order of people.
    pub fn kinds(&self) -> impl ExactSizeIterator<Item = Option<Kind>> + '_ {
        self.cells.iter().map(|cell| cell.kind)
    }

    /// A person's number, if the value is one.
    pub fn number(&self, person: usize) -> Option<Number> {
        let cell = self.cells[person];
        (cell.kind == Some(Kind::Number)).then(|| self.numbers[cell.start as usize])
    }

    /// The words of a person's value, in the order of the words; none for numbers.
    pub fn entries(&self, person: usize) -> &[Entry] {
        match self.cells[person] {
            Cell { kind: None | Some(Kind::Number), .. } => &[],
            Cell { start, length, .. } => &self.entries[start as usize..][..length as usize],
        }
    }

    /// All words in the order of their numbers.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The number of a word that somebody has.
    pub fn code(&self, word: &str) -> Option<u32> {
        self.codes.get(word).copied()
    }

    fn value(&self, person: usize) -> Option<Value> {
        let word = |entry: &Entry| self.words[entry.word as usize].clone();
        let entries = self.entries(person).iter();
        Some(match self.kind(person)? {
            Kind::Number => Value::Number(self.number(person)?),
            Kind::Category => Value::Category(entries.map(word).next()?),
            Kind::Set => Value::Set(entries.map(word).collect()),
            Kind::Offers => Value::Offers(entries.map(|entry| (word(entry), entry.level)).collect()),
            Kind::Wants => Value::Wants(entries.map(|entry| (word(entry), entry.want)).collect()),
        })
    }
}

impl People {
    /// Takes in people, in any order, one by one.
    pub(crate) fn collect(people: impl IntoIterator<Item = Profile>) -> Self {
        let mut all = Self::default();
        people.into_iter().for_each(|person| all.push(&person));
        for field in all.fields.values_mut() {
            field.cells.resize(all.capacities.len(), BLANK);
        }
        all.sort();
        all
    }

    fn push(&mut self, person: &Profile) {
        for (name, value) in &person.values {
            if !self.fields.contains_key(name) {
                self.fields.insert(name.clone(), Field::default());
            }
            if let Some(field) = self.fields.get_mut(name) {
                field.cells.resize(self.capacities.len(), BLANK);
                field.add(value);
            }
        }
        self.ids.push(&person.id);
        self.capacities.push(person.capacity);
        self.choices.push(&person.choices);
    }

    fn sort(&mut self) {
        if (1..self.len()).all(|at| self.id(at - 1) <= self.id(at)) {
            return;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.id(a).cmp(self.id(b)));
        let mut ids = Ids::default();
        order.iter().for_each(|&at| ids.push(self.id(at)));
        self.ids = ids;
        self.capacities = order.iter().map(|&at| self.capacities[at]).collect();
        for field in self.fields.values_mut() {
            field.cells = order.iter().map(|&at| field.cells[at]).collect();
        }
        self.choices.reorder(&order);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.capacities.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.capacities.is_empty()
    }

    /// The id of the person at a position.
    pub fn id(&self, position: usize) -> &str {
        self.ids.get(position)
    }

    /// All ids in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|position| self.id(position))
    }

    /// The places of the person at a position.
    pub fn capacity(&self, position: usize) -> u32 {
        self.capacities[position]
    }

    /// Gives everybody as many places.
    pub(crate) fn set_capacities(&mut self, capacity: u32) {
        self.capacities.fill(capacity);
    }

    /// The position of the person with an id.
    pub fn position(&self, id: &str) -> Option<usize> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = from.midpoint(to);
            match self.id(middle).cmp(id) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// The value of a field, where it says anything.
    pub fn value(&self, position: usize, field: &str) -> Option<Value> {
        self.fields.get(field)?.value(position)
    }

    /// Whom everybody chose across.
    pub(crate) fn choices(&self) -> &Choices {
        &self.choices
    }

    /// Notes where those stand whom people chose across.
    pub(crate) fn find_choices(&mut self, across: &Self) {
        self.choices.find(|id| across.position(id));
    }

    /// A field that somebody has.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }
}
