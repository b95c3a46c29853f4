//! Reading the TOML form, with every error at once.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, de};
use toml::{Table, Value};

use super::error::{CriteriaError, Place, Problem, Range};
use super::{ChainOfCommand, Comparison, Complement, Criteria, Criterion, Depth, Missing, Rule, Weight};
use crate::number::Number;
use crate::objective::Objective;
use crate::profile::Side;

const AIMS: &[(&str, Objective)] = &[
    ("coverage", Objective::MaxCoverage),
    ("total", Objective::MaxTotal),
    ("fair", Objective::MaxMin),
    ("stable", Objective::Stable { proposer: Side::Mentee }),
];
const PROPOSERS: &[(&str, Side)] = &[("mentor", Side::Mentor), ("mentee", Side::Mentee)];
const MISSING: &[(&str, Missing)] = &[("refuse", Missing::Refuse), ("allow", Missing::Allow)];
const RULES: &[(&str, ())] = &[("must", ()), ("must_not", ()), ("prefer", ()), ("avoid", ())];
const COMPARISONS: &[(&str, ())] = &[
    ("same", ()),
    ("different", ()),
    ("at_least_apart", ()),
    ("at_most_apart", ()),
    ("overlaps", ()),
    ("complements", ()),
    ("offers_what_the_other_wants", ()),
];
/// Keys that only have a meaning beside certain values of another key.
const GOVERNED: &[(&str, &str)] = &[
    ("weight", "rule"),
    ("missing", "rule"),
    ("by", "compare"),
    ("wraps_at", "compare"),
    ("pairs", "compare"),
    ("mentor_field", "field"),
    ("mentee_field", "field"),
];

impl Criteria {
    /// Reads the TOML form.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place in the form; where the text is not TOML, only that.
    pub fn from_toml(text: &str) -> Result<Self, Vec<CriteriaError>> {
        let table: Table = text.parse().map_err(|error| vec![syntax_error(text, &error)])?;
        Self::from_table(&table)
    }

    /// Everything that is wrong with criteria that were not read from the form.
    pub fn problems(&self) -> Vec<CriteriaError> {
        let form = Table::try_from(self).expect("the form holds only texts, numbers and lists of them");
        Self::from_table(&form).err().unwrap_or_default()
    }

    fn from_table(table: &Table) -> Result<Self, Vec<CriteriaError>> {
        let mut form = Reader::new(Place::Top, table);
        let aim = read_aim(&mut form);
        let chain_of_command = form.get("chain_of_command").map(|value| read_chain(value, &mut form.errors));
        let list = match form.get("criterion") {
            None => Vec::new(),
            Some(Value::Array(entries)) => entries
                .iter()
                .enumerate()
                .filter_map(|(at, entry)| read_criterion(at, entry, &mut form.errors))
                .collect(),
            Some(other) => {
                form.wrong_type("criterion", "a list of tables, each begun with [[criterion]]", other);
                Vec::new()
            }
        };
        let criteria = Self { aim, chain_of_command, list };
        let errors = form.finish();
        if errors.is_empty() { Ok(criteria) } else { Err(errors) }
    }
}

impl<'de> Deserialize<'de> for Criteria {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = Table::deserialize(deserializer)?;
        Self::from_table(&table).map_err(|errors| {
            let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
            de::Error::custom(all.join("; "))
        })
    }
}

fn syntax_error(text: &str, error: &toml::de::Error) -> CriteriaError {
    let before = &text[..error.span().map_or(0, |span| text.floor_char_boundary(span.start))];
    let problem = Problem::Syntax {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        message: error.message().to_owned(),
    };
    CriteriaError { place: Place::Top, key: String::new(), problem }
}

fn read_chain(value: &Value, errors: &mut Vec<CriteriaError>) -> ChainOfCommand {
    let Some(table) = value.as_table() else {
        let problem = Problem::WrongType { expected: "a table", found: value.type_str() };
        errors.push(CriteriaError { place: Place::Top, key: "chain_of_command".into(), problem });
        return ChainOfCommand { depth: Depth::Any };
    };
    let mut form = Reader::new(Place::ChainOfCommand, table);
    let depth = match form.get("depth") {
        Some(Value::Integer(_)) => Depth::Levels(form.count("depth").unwrap_or(1)),
        _ => form.optional_word("depth", &[("any", Depth::Any)]).unwrap_or(Depth::Any),
    };
    errors.extend(form.finish());
    ChainOfCommand { depth }
}

/// `proposer` has a meaning beside `aim = "stable"` only; where the aim cannot be read, it is not blamed for it.
fn read_aim(form: &mut Reader) -> Objective {
    let aim = form.optional_word("aim", AIMS);
    match (aim, form.table.get("aim")) {
        (Some(Objective::Stable { proposer }), _) => {
            Objective::Stable { proposer: form.optional_word("proposer", PROPOSERS).unwrap_or(proposer) }
        }
        (None, Some(_)) => {
            form.get("proposer");
            Objective::default()
        }
        _ => {
            let aim = aim.unwrap_or_default();
            if form.get("proposer").is_some() {
                form.error("proposer", Problem::DoesNotApply { with: format!("`aim = \"{}\"`", aim.aim()) });
            }
            aim
        }
    }
}

fn read_criterion(position: usize, entry: &Value, errors: &mut Vec<CriteriaError>) -> Option<Criterion> {
    let place = Place::Criterion(position);
    let Some(table) = entry.as_table() else {
        let problem = Problem::WrongType { expected: "a table", found: entry.type_str() };
        errors.push(CriteriaError { place, key: "criterion".into(), problem });
        return None;
    };
    let mut form = Reader::new(place, table);
    let name = form.text("name");
    let rule = read_rule(&mut form);
    let compare = read_comparison(&mut form);
    let fields = read_fields(&mut form);
    errors.extend(form.finish());
    let (mentor_field, mentee_field) = fields?;
    Some(Criterion { name, rule: rule?, compare: compare?, mentor_field, mentee_field })
}

fn read_rule(form: &mut Reader) -> Option<Rule> {
    let hard = |form: &mut Reader| form.optional_word("missing", MISSING).unwrap_or_default();
    Some(match form.required_word("rule", RULES)? {
        "must" => Rule::Must(hard(form)),
        "must_not" => Rule::MustNot(hard(form)),
        "prefer" => Rule::Prefer(form.weight()?),
        _ => Rule::Avoid(form.weight()?),
    })
}

fn read_comparison(form: &mut Reader) -> Option<Comparison> {
    Some(match form.required_word("compare", COMPARISONS)? {
        "same" => Comparison::Same,
        "different" => Comparison::Different,
        "overlaps" => Comparison::Overlaps { by: form.count("by").unwrap_or(1) },
        "offers_what_the_other_wants" => Comparison::OffersWhatTheOtherWants { by: form.count("by").unwrap_or(1) },
        "complements" => Comparison::Complements(read_complement(form)),
        "at_least_apart" => {
            let (wraps_at, by) =
                (form.number("wraps_at", Range::Positive), form.required_number("by", Range::Positive)?);
            Comparison::AtLeastApart { by, wraps_at }
        }
        _ => {
            let wraps_at = form.number("wraps_at", Range::Positive);
            Comparison::AtMostApart { by: form.required_number("by", Range::NotNegative)?, wraps_at }
        }
    })
}

fn read_complement(form: &mut Reader) -> Complement {
    let span = form.number("by", Range::Positive);
    match (form.get("pairs"), span) {
        (Some(_), Some(_)) => {
            form.error("pairs", Problem::DoesNotApply { with: "`by`".into() });
            Complement::Any
        }
        (None, Some(span)) => Complement::Span(span),
        (None, None) => Complement::Any,
        (Some(pairs), None) => match pairs.clone().try_into::<Vec<[String; 2]>>() {
            Ok(pairs) if pairs.is_empty() => {
                form.error("pairs", Problem::Blank);
                Complement::Any
            }
            Ok(pairs) => Complement::Pairs(pairs),
            Err(_) => {
                form.wrong_type("pairs", "a list of lists of two texts each", pairs);
                Complement::Any
            }
        },
    }
}

fn read_fields(form: &mut Reader) -> Option<(String, String)> {
    if form.table.contains_key("mentor_field") || form.table.contains_key("mentee_field") {
        if form.table.contains_key("field") {
            form.text("field");
            return None; // The left-over keys are reported as having no meaning beside `field`.
        }
        let (mentor, mentee) = (form.required_text("mentor_field"), form.required_text("mentee_field"));
        return Some((mentor?, mentee?));
    }
    form.required_text("field").map(|field| (field.clone(), field))
}

/// Reads one table, collecting errors and remembering which keys it has been asked for.
struct Reader<'t> {
    place: Place,
    table: &'t Table,
    read: BTreeSet<&'static str>,
    errors: Vec<CriteriaError>,
}

impl<'t> Reader<'t> {
    fn new(place: Place, table: &'t Table) -> Self {
        Self { place, table, read: BTreeSet::new(), errors: Vec::new() }
    }

    fn error(&mut self, key: &str, problem: Problem) {
        self.errors.push(CriteriaError { place: self.place, key: key.to_owned(), problem });
    }

    fn wrong_type(&mut self, key: &str, expected: &'static str, found: &Value) {
        self.error(key, Problem::WrongType { expected, found: found.type_str() });
    }

    fn get(&mut self, key: &'static str) -> Option<&'t Value> {
        self.read.insert(key);
        self.table.get(key)
    }

    fn require(&mut self, key: &'static str) {
        if !self.table.contains_key(key) {
            self.error(key, Problem::Missing);
        }
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        match self.get(key)? {
            Value::String(text) if text.trim().is_empty() => self.error(key, Problem::Blank),
            Value::String(text) => return Some(text.clone()),
            other => self.wrong_type(key, "a text", other),
        }
        None
    }

    fn required_text(&mut self, key: &'static str) -> Option<String> {
        self.require(key);
        self.text(key)
    }

    fn number(&mut self, key: &'static str, range: Range) -> Option<Number> {
        let value = self.get(key)?;
        let Ok(found) = value.clone().try_into::<Number>() else {
            self.wrong_type(key, "a number with at most three decimals", value);
            return None;
        };
        let fits = match range {
            Range::Positive => found > Number::default(),
            Range::NotNegative => found >= Number::default(),
            Range::FromTo(least, most) => (least.into()..=most.into()).contains(&found),
        };
        if !fits {
            self.error(key, Problem::OutOfRange { found, range });
        }
        fits.then_some(found)
    }

    fn required_number(&mut self, key: &'static str, range: Range) -> Option<Number> {
        self.require(key);
        self.number(key, range)
    }

    /// A whole number in a range.
    fn whole(&mut self, key: &'static str, range: Range) -> Option<u32> {
        match self.get(key)? {
            Value::Integer(whole) => {
                self.number(key, range)?;
                u32::try_from(*whole).ok()
            }
            other => {
                self.wrong_type(key, "a whole number", other);
                None
            }
        }
    }

    fn count(&mut self, key: &'static str) -> Option<u32> {
        self.whole(key, Range::FromTo(1, i32::MAX))
    }

    fn weight(&mut self) -> Option<Weight> {
        self.require("weight");
        let weight = self.whole("weight", Range::FromTo(0, i32::from(Weight::MOST)))?;
        u8::try_from(weight).ok().and_then(Weight::new)
    }

    fn required_word<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<&'static str> {
        self.require(key);
        self.word(key, words).map(|(word, _)| word)
    }

    fn optional_word<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        self.word(key, words).map(|(_, meaning)| meaning)
    }

    fn word<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<(&'static str, T)> {
        let found = self.text(key)?;
        let known = words.iter().find(|(word, _)| *word == found).copied();
        if known.is_none() {
            self.error(key, Problem::UnknownWord { found, expected: words.iter().map(|&(word, _)| word).collect() });
        }
        known
    }

    /// Adds the keys nobody asked for. A governed key is blamed only where what governs it could be read.
    fn finish(mut self) -> Vec<CriteriaError> {
        for key in self.table.keys().filter(|key| !self.read.contains(key.as_str())) {
            let governing = GOVERNED.iter().find(|(governed, _)| governed == key).map(|&(_, by)| by);
            let problem = match (self.place, governing) {
                (Place::Criterion(_), Some(by)) if self.errors.iter().any(|error| error.key == by) => continue,
                (Place::Criterion(_), Some(by)) => match self.table.get(by) {
                    Some(value) => Problem::DoesNotApply { with: format!("`{by} = {value}`") },
                    None => continue,
                },
                _ => Problem::UnknownKey,
            };
            self.errors.push(CriteriaError { place: self.place, key: key.clone(), problem });
        }
        self.errors
    }
}
