//! Writing the TOML form.

use serde::{Serialize, Serializer};

use super::{Comparison, Complement, Criteria, Criterion, Depth, Missing, Rule, Weight};
use crate::number::Number;
use crate::profile::Side;

impl Criteria {
    /// Writes the TOML form. Reading it again gives the same criteria.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("texts, numbers and lists of them can always be written as TOML")
    }
}

#[derive(Serialize)]
struct CriteriaForm<'a> {
    aim: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposer: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_of_command: Option<ChainForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    criterion: Vec<CriterionForm<'a>>,
}

#[derive(Serialize)]
struct ChainForm {
    depth: DepthForm,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DepthForm {
    Word(&'static str),
    Levels(u32),
}

#[derive(Default, Serialize)]
struct CriterionForm<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    rule: &'static str,
    compare: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mentor_field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mentee_field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wraps_at: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs: Option<&'a [[String; 2]]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
}

impl<'a> CriterionForm<'a> {
    fn of(criterion: &'a Criterion) -> Self {
        let mut form = Self { name: criterion.name.as_deref(), compare: criterion.compare.word(), ..Self::default() };
        if criterion.mentor_field == criterion.mentee_field {
            form.field = Some(&criterion.mentor_field);
        } else {
            form.mentor_field = Some(&criterion.mentor_field);
            form.mentee_field = Some(&criterion.mentee_field);
        }
        form.write_rule(criterion.rule);
        form.write_comparison(&criterion.compare);
        form
    }

    fn write_rule(&mut self, rule: Rule) {
        let (word, missing) = match rule {
            Rule::Must(missing) => ("must", missing),
            Rule::MustNot(missing) => ("must_not", missing),
            Rule::Prefer(_) => ("prefer", Missing::Refuse),
            Rule::Avoid(_) => ("avoid", Missing::Refuse),
        };
        self.rule = word;
        self.weight = rule.weight().map(Weight::get);
        self.missing = (missing == Missing::Allow).then_some("allow");
    }

    fn write_comparison(&mut self, compare: &'a Comparison) {
        match compare {
            Comparison::Same | Comparison::Different | Comparison::Complements(Complement::Any) => {}
            Comparison::AtLeastApart { by, wraps_at } | Comparison::AtMostApart { by, wraps_at } => {
                (self.by, self.wraps_at) = (Some(*by), *wraps_at);
            }
            Comparison::Overlaps { by } | Comparison::OffersWhatTheOtherWants { by } => {
                self.by = (*by != 1).then(|| Number::try_from(i64::from(*by)).expect("fits: u32 is below 10 billion"));
            }
            Comparison::Complements(Complement::Span(span)) => self.by = Some(*span),
            Comparison::Complements(Complement::Pairs(pairs)) => self.pairs = Some(pairs),
        }
    }
}

impl Serialize for Criteria {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let chain_of_command = self.chain_of_command.map(|chain| ChainForm {
            depth: match chain.depth {
                Depth::Any => DepthForm::Word("any"),
                Depth::Levels(levels) => DepthForm::Levels(levels),
            },
        });
        let criterion = self.list.iter().map(CriterionForm::of).collect();
        let (aim, proposer) = (self.aim.aim(), self.aim.proposer());
        CriteriaForm { aim, proposer, chain_of_command, criterion }.serialize(serializer)
    }
}
