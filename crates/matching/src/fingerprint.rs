//! A number for everything that decides over a match, so that a certificate names the input it speaks of.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::compiled::CompiledInstance;
use crate::instance::{Instance, PairIds};
use crate::profile::{Profile, Side, Value};

/// Comes first, and changes whenever scores or fingerprints are made in another way.
const FORM: &str = "counterflow-matching 1";

impl CompiledInstance {
    /// SHA-256 over the criteria, the people with the values that criteria name, the managers above them where the
    /// chain of command counts, and the pinned and forbidden pairs. Fields that no criterion names do not change it.
    pub fn fingerprint(&self) -> String {
        let mut hash = Fingerprint(Sha256::new());
        let instance = self.instance();
        hash.text(FORM);
        hash.text(&instance.criteria.to_toml());
        for side in Side::BOTH {
            hash.people(instance, side);
        }
        hash.pairs(&instance.pinned);
        hash.pairs(&instance.forbidden);
        let hex: String = hash.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }
}

/// Every part is preceded by its length, so that no two inputs run into the same bytes.
struct Fingerprint(Sha256);

impl Fingerprint {
    fn number(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as i64);
        self.0.update(text);
    }

    fn people(&mut self, instance: &Instance, side: Side) {
        let fields: BTreeSet<&String> = instance.criteria.list.iter().map(|criterion| criterion.field(side)).collect();
        let people = instance.people(side);
        self.number(people.len() as i64);
        for person in people {
            self.text(&person.id);
            self.number(person.capacity.into());
            for field in &fields {
                self.value(person, field);
            }
            if instance.criteria.chain_of_command.is_some() {
                self.managers(instance, &person.id);
            }
        }
    }

    fn managers(&mut self, instance: &Instance, person: &str) {
        let managers: Vec<&str> = instance.org.managers_of(person).collect();
        self.number(managers.len() as i64);
        managers.into_iter().for_each(|manager| self.text(manager));
    }

    fn value(&mut self, person: &Profile, field: &str) {
        let Some(value) = person.value(field) else { return self.text("missing") };
        self.text(&value.kind().to_string());
        match value {
            Value::Number(number) => self.number(number.thousandths()),
            Value::Category(word) => self.text(word),
            Value::Set(words) => {
                self.number(words.len() as i64);
                words.iter().for_each(|word| self.text(word));
            }
            Value::Offers(topics) => {
                self.number(topics.len() as i64);
                for (topic, level) in topics {
                    self.text(topic);
                    self.number((*level).into());
                }
            }
            Value::Wants(topics) => {
                self.number(topics.len() as i64);
                for (topic, want) in topics {
                    self.text(topic);
                    self.number(want.priority.into());
                    self.number(want.at_least.into());
                }
            }
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
