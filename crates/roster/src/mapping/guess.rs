//! What the columns of a file mean, as far as their headers and values tell.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::headers::{self, Known, Meaning};
use super::values::{Look, Values};
use super::{Field, Mapping, NameOrder, Target};
use crate::Table;

/// How many values of a column a form shows beside it.
const EXAMPLES: usize = 3;

/// A mapping for a file, to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The mapping; it names every column.
    pub mapping: Mapping,
    /// Why, for every column in the order of the file.
    pub columns: Vec<GuessedColumn>,
}

/// What a column is guessed to mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuessedColumn {
    /// Its header.
    pub header: String,
    /// What it means.
    pub target: Target,
    /// How sure that is.
    pub confidence: Confidence,
    /// What speaks for it.
    pub why: Why,
    /// Some of its values, at most three.
    pub examples: Vec<String>,
}

/// How sure a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Nothing is known of the column.
    Low,
    /// A part of the header, or the values alone.
    Medium,
    /// The header is known, and the values do not contradict.
    High,
}

/// What speaks for a guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// The header is known.
    KnownHeader,
    /// A part of the header is known.
    PartOfHeader {
        /// The part.
        word: String,
    },
    /// The values look like this.
    Values {
        /// Like what.
        look: Look,
    },
    /// The values name people of the file by this column.
    NamesPeopleBy {
        /// The column with the ids.
        header: String,
    },
    /// The header would fit, the values do not look like it.
    ValuesDoNotFit {
        /// What the header says.
        field: Field,
    },
    /// Another column fits the same field better.
    BetterColumn {
        /// The field.
        field: Field,
        /// The other column.
        header: String,
    },
    /// Nothing is known.
    Unknown,
}

/// What a column may mean, before columns are compared.
#[derive(Debug)]
struct Candidate {
    field: Field,
    score: i32,
    confidence: Confidence,
    why: Why,
}

pub(super) fn guess(table: &Table) -> Guess {
    let values: Vec<Values<'_>> = (0..table.headers().len()).map(|column| Values::of(table, column)).collect();
    let known: Vec<Option<Known>> = table.headers().iter().map(|header| headers::lookup(header)).collect();
    let ids = IdColumns::of(table, &known);
    let mut choice = Choice::new(table);
    for (column, known) in known.into_iter().enumerate() {
        match known.map(|known| candidate(column, known, &values[column], &ids)) {
            Some(Ok(candidate)) => choice.offer(column, candidate),
            Some(Err(why)) => choice.why[column] = why,
            None => {}
        }
    }
    choice.split_bare_name();
    choice.find_email(&values);
    choice.finish(&values)
}

/// The columns that may hold employee ids.
struct IdColumns<'t> {
    table: &'t Table,
    columns: Vec<(usize, HashSet<&'t str>)>,
    /// The one that managers are named by.
    used_by_managers: Option<usize>,
}

impl<'t> IdColumns<'t> {
    fn of(table: &'t Table, known: &[Option<Known>]) -> Self {
        let means = |known: &Option<Known>, wanted: &[Meaning]| {
            known.as_ref().is_some_and(|known| wanted.contains(&known.meaning))
        };
        let with = |wanted: &[Meaning]| -> Vec<usize> {
            (0..known.len()).filter(|column| means(&known[*column], wanted)).collect()
        };
        let set = |column: usize| table.rows().map(|row| row.get(column)).filter(|id| !id.is_empty()).collect();
        let managers = with(&[Meaning::Manager, Meaning::Field(Field::ManagerId)]);
        let columns = if managers.is_empty() { Vec::new() } else { with(&[Meaning::Field(Field::EmployeeId)]) };
        let columns = columns.into_iter().map(|column| (column, set(column))).collect();
        let mut ids = Self { table, columns, used_by_managers: None };
        ids.used_by_managers = managers.into_iter().find_map(|column| ids.named_by(&Values::of(table, column)));
        ids
    }

    /// The column whose ids at least half of the values are.
    fn named_by(&self, values: &Values<'_>) -> Option<usize> {
        let shares = self.columns.iter().map(|(column, ids)| (values.share_within(ids), *column));
        let best = shares.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 >= 0.5).then_some(best.1)
    }
}

/// What a column with a known header may mean; an error if its values contradict.
fn candidate(column: usize, known: Known, values: &Values<'_>, ids: &IdColumns<'_>) -> Result<Candidate, Why> {
    let why = known.word.map_or(Why::KnownHeader, |word| Why::PartOfHeader { word: word.to_owned() });
    let confidence = if known.word.is_none() && !values.is_empty() { Confidence::High } else { Confidence::Medium };
    // A column that is mostly empty gives way to one with values: "preferred name" to "first name".
    let mut score = known.score - if values.filled() < 0.5 { 300 } else { 0 };
    if ids.used_by_managers == Some(column) {
        score += 100;
    }
    let field = match known.meaning {
        Meaning::Manager => return Ok(manager(None, values, ids, score, why)),
        Meaning::Field(field @ (Field::ManagerId | Field::ManagerEmail | Field::ManagerName)) => {
            return Ok(manager(Some(field), values, ids, score, why));
        }
        Meaning::Field(field) => field,
    };
    let look = match field {
        Field::Email => Look::Emails,
        Field::StartDate | Field::EndDate => Look::Dates,
        Field::TimeZone => Look::TimeZones,
        // Of names everything is possible but addresses: then two columns are swapped, and both of them deserve a look.
        _ if field.is_name() && values.mostly(Look::Emails) => return Err(Why::ValuesDoNotFit { field }),
        _ => return Ok(Candidate { field, score, confidence, why }),
    };
    if values.is_empty() || values.share(look) >= 0.5 {
        Ok(Candidate { field, score, confidence, why })
    } else {
        Err(Why::ValuesDoNotFit { field })
    }
}

/// A column of managers: its values say by what it names them, before its header does.
fn manager(said: Option<Field>, values: &Values<'_>, ids: &IdColumns<'_>, score: i32, why: Why) -> Candidate {
    let sure = |field, why| Candidate { field, score, confidence: Confidence::High, why };
    let said_by_header = |field: &Field| said.as_ref() == Some(field);
    if values.mostly(Look::Emails) {
        let why = if said_by_header(&Field::ManagerEmail) { why } else { Why::Values { look: Look::Emails } };
        return sure(Field::ManagerEmail, why);
    }
    if let Some(column) = ids.named_by(values) {
        let header = ids.table.headers()[column].clone();
        let why = if said_by_header(&Field::ManagerId) { why } else { Why::NamesPeopleBy { header } };
        return sure(Field::ManagerId, why);
    }
    if let Some(field) = said {
        return sure(field, why);
    }
    let look = if values.mostly(Look::Ids) { Look::Ids } else { Look::Names };
    let field = if look == Look::Ids { Field::ManagerId } else { Field::ManagerName };
    Candidate { field, score, confidence: Confidence::Medium, why: Why::Values { look } }
}

/// The best column for each field.
struct Choice<'t> {
    table: &'t Table,
    best: BTreeMap<Field, (usize, Candidate)>,
    /// For columns that are left out.
    why: Vec<Why>,
}

impl<'t> Choice<'t> {
    fn new(table: &'t Table) -> Self {
        Self { table, best: BTreeMap::new(), why: vec![Why::Unknown; table.headers().len()] }
    }

    /// Keeps the candidate if no earlier column fits its field at least as well.
    fn offer(&mut self, column: usize, candidate: Candidate) {
        let field = candidate.field.clone();
        let (loser, winner) = match self.best.get(&field) {
            Some((earlier, other)) if other.score >= candidate.score => (column, *earlier),
            Some((earlier, _)) => (*earlier, column),
            None => (usize::MAX, column),
        };
        if let Some(why) = self.why.get_mut(loser) {
            *why = Why::BetterColumn { field: field.clone(), header: self.table.headers()[winner].clone() };
        }
        if winner == column {
            self.best.insert(field, (column, candidate));
        }
    }

    /// "Name" beside "Vorname" is the last name, "Nombre" beside "Apellidos" the first.
    fn split_bare_name(&mut self) {
        let has = |field: Field| self.best.contains_key(&field);
        let part = match (has(Field::FirstName), has(Field::LastName)) {
            (true, false) => Field::LastName,
            (false, true) => Field::FirstName,
            _ => return,
        };
        let is_bare = |(column, _): &(usize, Candidate)| headers::is_bare_name(&self.table.headers()[*column]);
        if self.best.get(&Field::Name).is_some_and(is_bare)
            && let Some((column, mut candidate)) = self.best.remove(&Field::Name)
        {
            candidate.field = part.clone();
            self.best.insert(part, (column, candidate));
        }
    }

    /// If no header says so, a column of e-mails is the e-mail.
    fn find_email(&mut self, values: &[Values<'_>]) {
        let is_free = |column: &usize| self.best.values().all(|(taken, _)| taken != column);
        let is_unknown = |column: &usize| self.why[*column] == Why::Unknown;
        // What the dictionary says never to take (private addresses) has no meaning, and is not taken here either.
        let may_be = |column: &usize| !headers::is_never(&self.table.headers()[*column]);
        let mut free = (0..values.len()).filter(|c| is_free(c) && is_unknown(c) && may_be(c));
        let found = free.find(|column| values[*column].mostly(Look::Emails));
        if let Some(column) = found.filter(|_| !self.best.contains_key(&Field::Email)) {
            let why = Why::Values { look: Look::Emails };
            let candidate = Candidate { field: Field::Email, score: 0, confidence: Confidence::Medium, why };
            self.best.insert(Field::Email, (column, candidate));
        }
    }

    fn finish(self, values: &[Values<'_>]) -> Guess {
        let mut mapping = Mapping::default();
        let whole_name = self.best.get(&Field::Name).map(|(column, _)| &self.table.headers()[*column]);
        if whole_name.is_some_and(|header| headers::is_last_first(header)) {
            mapping.name_order = NameOrder::LastFirst;
        }
        let mut chosen: BTreeMap<usize, Candidate> = self.best.into_values().collect();
        let mut columns = Vec::with_capacity(values.len());
        for ((column, header), why) in self.table.headers().iter().enumerate().zip(self.why) {
            let (target, confidence, why) = match chosen.remove(&column) {
                Some(candidate) => (Target::Field(candidate.field), candidate.confidence, candidate.why),
                None => (Target::Ignore, Confidence::Low, why),
            };
            mapping.columns.insert(header.clone(), target.clone());
            let examples = values[column].examples(EXAMPLES);
            columns.push(GuessedColumn { header: header.clone(), target, confidence, why, examples });
        }
        Guess { mapping, columns }
    }
}
