//! A number for everything that decides over a match, so that a certificate names the input it speaks of.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::compiled::CompiledInstance;
use crate::instance::{Input, PairIds};
use crate::org::OrgTree;
use crate::people::Field;
use crate::profile::{Kind, Side};

/// Comes first, and changes whenever scores or fingerprints are made in another way.
const FORM: &str = "counterflow-matching 1";

impl CompiledInstance {
    /// SHA-256 over the criteria, the people with the values that criteria name, the managers above them where the
    /// chain of command counts, the pinned and forbidden pairs, and the choices of people who gave any. Fields that no criterion names do not change it.
    pub fn fingerprint(&self) -> String {
        let mut hash = Fingerprint::default();
        let instance = self.instance();
        hash.text(FORM);
        hash.text(&instance.criteria.to_toml());
        for side in Side::BOTH {
            hash.people(instance, side);
        }
        hash.pairs(&instance.pinned);
        hash.pairs(&instance.forbidden);
        Side::BOTH.into_iter().for_each(|side| hash.choices(instance, side));
        hash.flush();
        let hex: String = hash.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }
}

/// Every part is preceded by its length, so that no two inputs run into the same bytes.
#[derive(Default)]
struct Fingerprint {
    hash: Sha256,
    /// What has not been hashed yet: parts are short, and hashing each by itself would take twice as long.
    parts: Vec<u8>,
}

/// So many bytes are hashed together.
const TOGETHER: usize = 1 << 14;

impl Fingerprint {
    fn flush(&mut self) {
        self.hash.update(&self.parts);
        self.parts.clear();
    }

    fn number(&mut self, number: i64) {
        self.parts.extend_from_slice(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as i64);
        self.parts.extend_from_slice(text.as_bytes());
        if self.parts.len() > TOGETHER {
            self.flush();
        }
    }

    fn people(&mut self, instance: &Input, side: Side) {
        let names: BTreeSet<&String> = instance.criteria.list.iter().map(|criterion| criterion.field(side)).collect();
        let people = instance.people.of(side);
        let fields: Vec<Option<&Field>> = names.into_iter().map(|name| people.field(name)).collect();
        let places = instance.criteria.chain_of_command.map(|_| instance.org.places(people.ids()));
        let mut places = places.into_iter().flatten();
        self.number(people.len() as i64);
        for person in 0..people.len() {
            self.text(people.id(person));
            self.number(people.capacity(person).into());
            for field in &fields {
                self.value(*field, person);
            }
            if let Some(place) = places.next() {
                self.managers(&instance.org, place);
            }
        }
    }

    fn managers(&mut self, org: &OrgTree, place: Option<usize>) {
        let manager = |&at: &usize| org.row(at).1;
        let managers = || std::iter::successors(place.and_then(|at| manager(&at)), manager);
        self.number(managers().count() as i64);
        managers().for_each(|at| self.text(org.row(at).0));
    }

    fn value(&mut self, field: Option<&Field>, person: usize) {
        let Some((field, kind)) = field.and_then(|field| Some((field, field.kind(person)?))) else {
            return self.text("missing");
        };
        self.text(name(kind));
        if let Some(number) = field.number(person) {
            self.number(number.thousandths());
        }
        if matches!(kind, Kind::Set | Kind::Offers | Kind::Wants) {
            self.number(field.entries(person).len() as i64);
        }
        for entry in field.entries(person) {
            self.text(&field.words()[entry.word as usize]);
            match kind {
                Kind::Offers => self.number(entry.level.into()),
                Kind::Wants => {
                    self.number(entry.want.priority.into());
                    self.number(entry.want.at_least.into());
                }
                _ => {}
            }
        }
    }

    /// Nothing where nobody gave a list.
    fn choices(&mut self, instance: &Input, side: Side) {
        let people = instance.people.of(side);
        let choices = people.choices();
        if !choices.any() {
            return;
        }
        self.text("choices");
        self.text(name_of(side));
        for person in 0..people.len() {
            let ids = choices.ids_of(person);
            self.number(ids.len() as i64);
            ids.for_each(|id| self.text(id));
        }
    }

    fn pairs(&mut self, pairs: &[PairIds]) {
        let pairs: BTreeSet<&PairIds> = pairs.iter().collect();
        self.number(pairs.len() as i64);
        for pair in pairs {
            self.text(&pair.mentor);
            self.text(&pair.mentee);
        }
    }
}

/// The word of a side when choices were first part of a fingerprint.
fn name_of(side: Side) -> &'static str {
    match side {
        Side::Mentor => "of mentors",
        Side::Mentee => "of mentees",
    }
}

/// The words of a kind when fingerprints were first made.
fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "a number",
        Kind::Category => "a category",
        Kind::Set => "a set",
        Kind::Offers => "offered topics",
        Kind::Wants => "wanted topics",
    }
}
