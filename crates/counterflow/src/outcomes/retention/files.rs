//! The two files: everybody, and who joined.

use std::{collections::HashMap, fs, path::Path};

use askama::Template;
use counterflow_roster::{
    Field, Mapping, Question, ReadOptions, Reading, RosterPerson, Status, Table, TableError, Target,
};
use counterflow_statistics::{
    design::{Leaving, Person},
    retention::{Column, Covariate},
};
use jiff::civil::{Date, date};

use super::{Failure, Given, Outcome, bytes_of, hash, mapping_failure, reasons};
use crate::people::import;

/// Fields that are looked at unless columns are named.
const ADJUST: [Field; 3] = [Field::Level, Field::Location, Field::Department];

/// Everybody in the order of their ids, with what was asked for.
#[derive(Debug)]
pub(super) struct Files {
    pub people: Vec<Person>,
    pub covariates: Vec<Covariate>,
    pub units: Option<Vec<String>>,
    /// What is adjusted for, in words of the file.
    pub adjusted: Vec<String>,
    pub outcome: Outcome,
    pub from: Date,
    pub until: Date,
    pub hash: String,
}

/// Something in a file that cannot stay so.
#[derive(Debug)]
pub(super) enum Problem {
    Table(TableError),
    Row(import::Problem),
    NoColumn(Missing),
    /// Of one that was named on the command line.
    Named(String),
    DateOrder {
        column: String,
        examples: Vec<String>,
    },
    Status {
        column: String,
        words: Vec<String>,
    },
    NoStart {
        line: u32,
    },
    LeftWithoutDay {
        line: u32,
    },
    NoReason {
        line: u32,
        column: String,
    },
    Reason {
        line: u32,
        column: String,
        value: String,
    },
    NoDay {
        line: u32,
    },
    Unknown {
        line: u32,
        id: String,
    },
    BeforeHire {
        line: u32,
        id: String,
        joined: Date,
        hired: Date,
    },
    AfterLeaving {
        line: u32,
        id: String,
        joined: Date,
        left: Date,
    },
}

/// A column without which nothing can be done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Missing {
    Id,
    Start,
    End,
    Joined,
}

#[derive(Template)]
#[template(path = "outcomes/retention/problem.txt")]
struct ProblemText<'a> {
    problem: &'a Problem,
}

impl Problem {
    /// What is wrong, in words.
    pub(super) fn words(&self) -> String {
        ProblemText { problem: self }.render().unwrap_or_default()
    }
}

/// A day of the calendar as a number of days.
pub(super) fn day(day: Date) -> i64 {
    day.since(date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()))
}

impl Files {
    pub(super) fn read(given: &Given) -> Result<Self, Failure> {
        let (people_bytes, joined_bytes) = (bytes_of(&given.people)?, bytes_of(&given.participants)?);
        let staff = Sheet::staff(&people_bytes, given)?;
        let joined = Sheet::joined(&joined_bytes, &given.participants)?;
        let (mut rows, outcome) = staff.rows(given)?;
        let days = joined.days(&rows, given)?;
        for (place, joined) in days {
            rows[place].joined = Some(joined);
        }
        // Where several are as near as each other the first is taken, so the order is one of their own.
        rows.sort_by(|one, two| one.key.cmp(&two.key));
        let every_day =
            rows.iter().flat_map(|row| [Some(row.hired), row.left.map(|left| left.0), row.joined]).flatten();
        let until = given.until.or_else(|| every_day.max()).unwrap_or(Date::MIN);
        let from = given.from.or_else(|| rows.iter().filter_map(|row| row.joined).min()).unwrap_or(until);
        let person = |row: &Row| Person {
            hired: day(row.hired),
            joined: row.joined.map(day),
            left: row.left.map(|(last, outcome)| Leaving { day: day(last), outcome }),
        };
        let known = staff.known(given, &rows)?;
        Ok(Self {
            people: rows.iter().map(person).collect(),
            adjusted: known.names,
            covariates: known.covariates,
            units: known.units,
            outcome,
            from,
            until,
            hash: hash([&people_bytes, &joined_bytes]),
        })
    }
}

/// A file as it was read.
struct Sheet<'a> {
    path: &'a Path,
    reading: Reading,
    /// By what people are known.
    by_id: bool,
    /// The column that says why somebody left.
    why: Option<String>,
}

/// Somebody of the people file.
struct Row {
    key: String,
    person: usize,
    hired: Date,
    /// The last day, and whether they left in the way that is asked about.
    left: Option<(Date, bool)>,
    joined: Option<Date>,
}

/// What is known of people beside their days.
#[derive(Default)]
struct Known {
    names: Vec<String>,
    covariates: Vec<Covariate>,
    units: Option<Vec<String>>,
}

impl<'a> Sheet<'a> {
    /// The people file. Only what is looked at is read, so that a missing name or a bad address keeps nobody out.
    fn staff(bytes: &[u8], given: &'a Given) -> Result<Self, Failure> {
        let path = given.people.as_path();
        let table = table(bytes, path)?;
        let mut mapping = match &given.mapping {
            Some(file) => {
                let text = fs::read_to_string(file).map_err(super::at(file))?;
                let mapping = Mapping::from_toml(&text)
                    .map_err(|error| Failure::Mapping(file.clone(), vec![error.to_string()]))?;
                let wrong: Vec<_> = mapping.check(&table).into_iter().filter(concerns_us).collect();
                if !wrong.is_empty() {
                    return Err(mapping_failure(file, &wrong));
                }
                mapping
            }
            None => Mapping::guess(&table).mapping,
        };
        let headers: Vec<String> = table.headers().to_vec();
        let named = given.adjust.iter().flatten().chain(&given.why);
        let unknown: Vec<Problem> =
            named.filter(|name| position(&headers, name).is_none()).cloned().map(Problem::Named).collect();
        if !unknown.is_empty() {
            return Err(Failure::Wrong(path.to_owned(), unknown));
        }
        let why = given.why.clone().or_else(|| headers.iter().find(|header| reasons::is_header(header)).cloned());
        let by_id = mapping.columns.values().any(|target| *target == Field::EmployeeId.into());
        mapping.columns.retain(|header, target| {
            let is_asked = given.adjust.iter().flatten().any(|name| same(name, header));
            is_asked || target_field(target).is_some_and(|field| is_looked_at(field, by_id))
        });
        let extra = given.adjust.iter().flatten().chain(&why);
        for name in extra {
            let header = position(&headers, name).map_or(name, |at| &headers[at]);
            let target = mapping.columns.entry(header.clone()).or_insert(Target::Ignore);
            if !target_field(target).is_some_and(|field| is_looked_at(field, by_id)) {
                *target = Field::Extra(header.clone()).into();
            }
        }
        let reading = counterflow_roster::read_people(&table, &mapping);
        let mut problems = missing(&reading, &[(Field::StartDate, Missing::Start), (Field::EndDate, Missing::End)]);
        problems.extend(wrong_rows(&reading));
        if problems.is_empty() {
            Ok(Self { path, reading, by_id, why })
        } else {
            Err(Failure::Wrong(path.to_owned(), problems))
        }
    }

    /// The file of those who joined.
    fn joined(bytes: &[u8], path: &'a Path) -> Result<Self, Failure> {
        let table = table(bytes, path)?;
        let guess = Mapping::guess(&table).mapping;
        let is = |header: &str, field: &Field| guess.target(header) == Some(&field.clone().into());
        let headers = table.headers();
        let find = |field: &Field| headers.iter().find(|header| is(header, field));
        let id = find(&Field::EmployeeId).or_else(|| headers.iter().find(|header| same(header, "id")));
        let (key, by_id) = match (id, find(&Field::Email)) {
            (Some(id), _) => (Some(id), true),
            (None, email) => (email, false),
        };
        let speaks_of_joining = |header: &&String| {
            let header = header.to_lowercase();
            ["join", "enrol", "date", "day", "since"].iter().any(|word| header.contains(word))
        };
        let rest = || headers.iter().filter(|header| Some(*header) != key);
        let joined = find(&Field::StartDate).or_else(|| rest().find(speaks_of_joining)).or_else(|| rest().next());
        let wrong = |missing| Failure::Wrong(path.to_owned(), vec![Problem::NoColumn(missing)]);
        let key = key.ok_or_else(|| wrong(Missing::Id))?;
        let joined = joined.ok_or_else(|| wrong(Missing::Joined))?;
        let field = if by_id { Field::EmployeeId } else { Field::Email };
        let mut mapping = Mapping { date_order: guess.date_order.clone(), ..Mapping::default() };
        mapping.columns.insert(key.clone(), field.into());
        mapping.columns.insert(joined.clone(), Field::StartDate.into());
        let reading = counterflow_roster::read_people(&table, &mapping);
        let problems: Vec<Problem> = wrong_rows(&reading).collect();
        if problems.is_empty() {
            Ok(Self { path, reading, by_id, why: None })
        } else {
            Err(Failure::Wrong(path.to_owned(), problems))
        }
    }

    /// Everybody with their days, and which exits count.
    fn rows(&self, given: &Given) -> Result<(Vec<Row>, Outcome), Failure> {
        let default = if self.why.is_some() { Outcome::Voluntary } else { Outcome::All };
        let outcome = given.outcome.unwrap_or(default);
        let why = self.why.as_deref().filter(|_| outcome == Outcome::Voluntary);
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        if outcome == Outcome::Voluntary && why.is_none() {
            problems.push(Problem::Named("exit_type (--why)".to_owned()));
        }
        for (place, person) in self.reading.people.iter().enumerate() {
            let line = person.line;
            let Some(hired) = person.start else {
                problems.push(Problem::NoStart { line });
                continue;
            };
            let left = match (person.end, why) {
                (None, _) if person.status == Status::Left => Err(Problem::LeftWithoutDay { line }),
                (None, _) => Ok(None),
                (Some(last), None) => Ok(Some((last, true))),
                (Some(last), Some(column)) => chosen(person, column, given).map(|chosen| Some((last, chosen))),
            };
            match left {
                Ok(left) => rows.push(Row { key: self.key(person), person: place, hired, left, joined: None }),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok((rows, outcome)) } else { Err(Failure::Wrong(self.path.to_owned(), problems)) }
    }

    /// Who of the people joined, and when.
    fn days(&self, rows: &[Row], given: &Given) -> Result<Vec<(usize, Date)>, Failure> {
        let known: HashMap<&str, usize> = rows.iter().enumerate().map(|(at, row)| (row.key.as_str(), at)).collect();
        let (mut days, mut problems) = (Vec::new(), Vec::new());
        for person in &self.reading.people {
            let (line, id) = (person.line, self.key(person));
            let Some(joined) = person.start else {
                problems.push(Problem::NoDay { line });
                continue;
            };
            let Some(&at) = known.get(id.as_str()) else {
                problems.push(Problem::Unknown { line, id });
                continue;
            };
            let row = &rows[at];
            if joined < row.hired {
                problems.push(Problem::BeforeHire { line, id, joined, hired: row.hired });
            } else if let Some((left, _)) = row.left.filter(|(left, _)| joined > *left) {
                problems.push(Problem::AfterLeaving { line, id, joined, left });
            } else if given.until.is_none_or(|until| joined <= until) {
                days.push((at, joined));
            }
        }
        if problems.is_empty() { Ok(days) } else { Err(Failure::Wrong(self.path.to_owned(), problems)) }
    }

    fn key(&self, person: &RosterPerson) -> String {
        let key = if self.by_id { &person.employee_id } else { &person.email };
        key.clone().unwrap_or_default().to_lowercase()
    }

    /// What is known of the people in `rows`, in their order.
    fn known(&self, given: &Given, rows: &[Row]) -> Result<Known, Failure> {
        let mut known = Known::default();
        let people: Vec<&RosterPerson> = rows.iter().map(|row| &self.reading.people[row.person]).collect();
        let mut fields: Vec<Field> = match &given.adjust {
            Some(names) => names.iter().filter_map(|name| self.field_of(name)).collect(),
            None => ADJUST.to_vec(),
        };
        fields.retain(|field| self.reading.header(field).is_some());
        for field in fields {
            let values: Vec<String> = people.iter().map(|person| value(person, &field)).collect();
            let name = self.reading.header(&field).unwrap_or_default().to_owned();
            if field == Field::Department {
                known.units = Some(values);
            } else {
                known.names.push(name.clone());
                known.covariates.push(Covariate { name, column: column(values, &field, &people) });
            }
        }
        Ok(known)
    }

    fn field_of(&self, name: &str) -> Option<Field> {
        self.reading.headers.iter().find(|(_, header)| same(header, name)).map(|(field, _)| field.clone())
    }
}

fn table(bytes: &[u8], path: &Path) -> Result<Table, Failure> {
    Table::read(bytes, &ReadOptions::default())
        .map_err(|error| Failure::Wrong(path.to_owned(), vec![Problem::Table(error)]))
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn position(headers: &[String], name: &str) -> Option<usize> {
    headers.iter().position(|header| same(header, name))
}

fn target_field(target: &Target) -> Option<&Field> {
    match target {
        Target::Field(field) => Some(field),
        Target::Ignore => None,
    }
}

/// Whether the analysis looks at a field. Addresses only where there are no ids.
fn is_looked_at(field: &Field, by_id: bool) -> bool {
    match field {
        Field::EmployeeId => by_id,
        Field::Email => !by_id,
        Field::StartDate | Field::EndDate | Field::Status | Field::Level | Field::Department | Field::Location => true,
        _ => false,
    }
}

/// Whether a mistake of a mapping is about more than names, without which the analysis goes.
fn concerns_us(error: &counterflow_roster::MappingError) -> bool {
    !matches!(error, counterflow_roster::MappingError::NoName)
}

/// Whether somebody left by their own choice.
fn chosen(person: &RosterPerson, column: &str, given: &Given) -> Result<bool, Problem> {
    let line = person.line;
    let value = person.extra.iter().find(|(name, _)| same(name, column)).map(|(_, value)| value.clone());
    let Some(value) = value.filter(|value| !value.trim().is_empty()) else {
        return Err(Problem::NoReason { line, column: column.to_owned() });
    };
    let known = reasons::is_voluntary(&value, &given.voluntary);
    known.ok_or_else(|| Problem::Reason { line, column: column.to_owned(), value })
}

/// What a person's row says of a field.
fn value(person: &RosterPerson, field: &Field) -> String {
    let text = match field {
        Field::Level => person.level.as_ref().map(|level| level.text.clone()),
        Field::Location => person.location.clone(),
        Field::Department => person.department.clone(),
        Field::Extra(name) => person.extra.get(name).cloned(),
        _ => None,
    };
    text.unwrap_or_default()
}

/// Numbers if all that is there is one, as levels that hold one; words if not.
fn column(values: Vec<String>, field: &Field, people: &[&RosterPerson]) -> Column {
    let levels: Option<Vec<Option<f64>>> = (*field == Field::Level)
        .then(|| people.iter().map(|person| Some(f64::from(person.level.as_ref()?.number?))).collect());
    let known = values.iter().filter(|value| !value.is_empty()).count();
    let numbers: Vec<Option<f64>> = levels.unwrap_or_else(|| {
        values
            .iter()
            .map(|value| value.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite()))
            .collect()
    });
    if known > 0 && numbers.iter().flatten().count() == known {
        Column::Numbers(numbers)
    } else {
        Column::Words(values)
    }
}

/// Which of the columns are not there; the one that tells people apart is asked for by the rows.
fn missing(reading: &Reading, needed: &[(Field, Missing)]) -> Vec<Problem> {
    let has = |field: &Field| reading.header(field).is_some();
    let id = (!has(&Field::EmployeeId) && !has(&Field::Email)).then_some(Missing::Id);
    let rest = needed.iter().filter(|(field, _)| !has(field)).map(|(_, missing)| *missing);
    id.into_iter().chain(rest).map(Problem::NoColumn).collect()
}

/// What is wrong with rows, and what only the owner of the file can say.
fn wrong_rows(reading: &Reading) -> impl Iterator<Item = Problem> {
    let questions = reading.questions.iter().map(|question| match question {
        Question::DateOrder { column, examples } => {
            Problem::DateOrder { column: column.clone(), examples: examples.clone() }
        }
        Question::StatusWords { column, words } => {
            let words = words.iter().map(|word| word.word.clone()).collect();
            Problem::Status { column: column.clone(), words }
        }
    });
    let rows = reading.rejected.iter().cloned().map(|error| Problem::Row(error.into()));
    questions.chain(rows).collect::<Vec<_>>().into_iter()
}
