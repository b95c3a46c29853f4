//! A number for everything that decides over a match, so that a certificate names the input it speaks of.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::compiled::CompiledInstance;
use crate::instance::{Input, PairIds};
use crate::people::Field;
use crate::profile::{Kind, Side};

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

    fn people(&mut self, instance: &Input, side: Side) {
        let fields: BTreeSet<&String> = instance.criteria.list.iter().map(|criterion| criterion.field(side)).collect();
        let people = instance.people.of(side);
        self.number(people.len() as i64);
        for person in 0..people.len() {
            self.text(people.id(person));
            self.number(people.capacity(person).into());
            for field in &fields {
                self.value(people.field(field), person);
            }
            if instance.criteria.chain_of_command.is_some() {
                self.managers(instance, people.id(person));
            }
        }
    }

    fn managers(&mut self, instance: &Input, person: &str) {
        self.number(instance.org.managers_of(person).count() as i64);
        instance.org.managers_of(person).for_each(|manager| self.text(manager));
    }

    fn value(&mut self, field: Option<&Field>, person: usize) {
        let Some((field, kind)) = field.and_then(|field| Some((field, field.kind(person)?))) else {
            return self.text("missing");
        };
        self.text(&kind.to_string());
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

    fn pairs(&mut self, pairs: &[PairIds]) {
        let pairs: BTreeSet<&PairIds> = pairs.iter().collect();
        self.number(pairs.len() as i64);
        for pair in pairs {
            self.text(&pair.mentor);
            self.text(&pair.mentee);
        }
    }
}
