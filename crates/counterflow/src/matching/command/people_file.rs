//! The people file of `counterflow match`: `id,name,role,capacity`, then any fields and answers that criteria name.
//!
//! `role` is `mentor` or `mentee`; a row without a role stands in the org tree only. `capacity` is 1 where it is empty.
//! Lists (languages, times) are separated by `;`. Offered topics carry a level, `AI at work:4; data:3` (3 where none is
//! given), wanted topics a priority, `AI at work:3` (2 where none is given), and if need be a smallest level,
//! `AI at work:3:2`. `choices`, which need not be there, are the ids of those across whom somebody would have, best first,
//! separated by `;`. With `[chain_of_command]` in the criteria a column `manager` holds the id of each one's manager.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use counterflow_matching::{
    Comparison, Criteria, Instance, InstanceError, Kind, LEVELS, Number, OrgErrors, OrgTree, PRIORITIES, Profile, Side,
    Value, Want,
};
use counterflow_roster::{ReadOptions, Row, Table, TableError};

use crate::people::import::{self, Problem};

const ID: &str = "id";
const NAME: &str = "name";
const ROLE: &str = "role";
const CAPACITY: &str = "capacity";
const MANAGER: &str = "manager";
const CHOICES: &str = "choices";

/// What stands between the members of a list.
const BETWEEN: char = ';';

/// The people of a file, ready to be matched.
#[derive(Debug)]
pub struct PeopleFile {
    /// Names by id, for reading the result.
    pub names: BTreeMap<String, String>,
    /// Both sides, the criteria and the org tree.
    pub instance: Instance,
}

/// Something in the file that cannot stay so.
#[derive(Debug)]
pub enum FileError {
    /// The file is no table.
    Table(TableError),
    /// A row does not fit the header.
    Ragged(Problem),
    /// A column that is needed.
    NoColumn(&'static str),
    /// A cell that says something else than its column means.
    Cell {
        /// In the file, from 1.
        line: u32,
        /// The header.
        column: String,
        /// What stands there.
        value: String,
        /// What should.
        expected: Expected,
    },
    /// Managers that go round in a circle, or are not in the file.
    Org(OrgErrors),
    /// People and criteria do not fit each other.
    Instance(InstanceError),
}

/// What a cell should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    Something,
    /// `mentor` or `mentee`.
    Role,
    /// The id of a mentor.
    Mentor,
    /// The id of a mentee.
    Mentee,
    /// A whole number from 1.
    Capacity,
    /// A number.
    Number,
    /// `topic:level`, the level from 1 to 5.
    Offers,
    /// `topic:priority`, the priority from 1 to 3.
    Wants,
}

#[derive(Template)]
#[template(path = "matching/command/file_error.txt")]
struct FileErrorText<'a> {
    error: &'a FileError,
}

impl FileError {
    /// What is wrong, in words.
    pub fn words(&self) -> String {
        FileErrorText { error: self }.render().unwrap_or_default()
    }
}

/// Reads the file (CSV or XLSX).
///
/// # Errors
/// Everything that is wrong with it, in the order of its lines.
pub fn read(bytes: &[u8], criteria: Criteria) -> Result<PeopleFile, Vec<FileError>> {
    let table = Table::read(bytes, &ReadOptions::default()).map_err(|error| vec![FileError::Table(error)])?;
    let mut errors: Vec<FileError> = table.ragged().iter().cloned().map(Problem::from).map(FileError::Ragged).collect();
    let columns = Columns::find(&table, &criteria)?;
    let mut names = BTreeMap::new();
    let mut sides: [Vec<Profile>; 2] = [Vec::new(), Vec::new()];
    let mut managers: BTreeMap<String, Option<String>> = BTreeMap::new();
    for row in table.rows() {
        let Some(id) = columns.text(row, columns.id, Expected::Something, &mut errors) else { continue };
        names.entry(id.clone()).or_insert_with(|| row.get(columns.name).to_owned());
        if let Some(column) = columns.manager {
            let manager = Some(row.get(column).to_owned()).filter(|text| !text.is_empty());
            managers.entry(id.clone()).or_insert(manager);
        }
        if let Some((side, profile)) = columns.profile(row, id, &mut errors) {
            sides[usize::from(side == Side::Mentee)].push(profile);
        }
    }
    let org = match OrgTree::from_managers(managers) {
        Ok(org) => org,
        Err(wrong) => {
            errors.push(FileError::Org(wrong));
            OrgTree::default()
        }
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    let [mentors, mentees] = sides;
    let fields = table.headers().iter().cloned().collect();
    let instance = Instance { org, fields, ..Instance::new(mentors, mentees, criteria) };
    Ok(PeopleFile { names, instance })
}

/// Where each column is, and how the others are read.
struct Columns<'t> {
    headers: &'t [String],
    id: usize,
    name: usize,
    role: usize,
    capacity: usize,
    manager: Option<usize>,
    choices: Option<usize>,
    /// The other columns, with the kind of value that the criteria compare on each side.
    fields: Vec<(usize, [Option<Kind>; 2])>,
}

impl<'t> Columns<'t> {
    fn find(table: &'t Table, criteria: &Criteria) -> Result<Self, Vec<FileError>> {
        let headers = table.headers();
        let at = |name: &'static str| headers.iter().position(|header| header == name).ok_or(FileError::NoColumn(name));
        let manager = criteria.chain_of_command.map(|_| at(MANAGER));
        let (found, missing): (Vec<_>, Vec<_>) =
            [ID, NAME, ROLE, CAPACITY].map(at).into_iter().partition(Result::is_ok);
        let missing: Vec<FileError> = missing
            .into_iter()
            .chain(manager.iter().filter(|found| found.is_err()).map(|_| Err(FileError::NoColumn(MANAGER))))
            .filter_map(Result::err)
            .collect();
        let known: Vec<usize> = found.into_iter().flatten().collect();
        let &[id, name, role, capacity] = known.as_slice() else { return Err(missing) };
        if !missing.is_empty() {
            return Err(missing);
        }
        let kinds = |header: &str| [Side::Mentor, Side::Mentee].map(|side| kind_of(table, criteria, side, header));
        let fields =
            headers.iter().enumerate().filter(|(at, _)| !known.contains(at)).map(|(at, header)| (at, kinds(header)));
        let (manager, choices) = (manager.and_then(Result::ok), at(CHOICES).ok());
        Ok(Self { headers, id, name, role, capacity, manager, choices, fields: fields.collect() })
    }

    fn text(&self, row: Row<'_>, column: usize, expected: Expected, errors: &mut Vec<FileError>) -> Option<String> {
        let text = row.get(column).trim();
        if text.is_empty() { self.wrong(row, column, expected, errors) } else { Some(text.to_owned()) }
    }

    fn wrong<T>(&self, row: Row<'_>, column: usize, expected: Expected, errors: &mut Vec<FileError>) -> Option<T> {
        let (column, value) = (self.headers[column].clone(), row.get(column).to_owned());
        errors.push(FileError::Cell { line: row.line(), column, value, expected });
        None
    }

    /// The person of a row with a role.
    fn profile(&self, row: Row<'_>, id: String, errors: &mut Vec<FileError>) -> Option<(Side, Profile)> {
        let side = match row.get(self.role).trim().to_lowercase().as_str() {
            "mentor" => Side::Mentor,
            "mentee" => Side::Mentee,
            "" => return None,
            _ => return self.wrong(row, self.role, Expected::Role, errors),
        };
        let capacity = match row.get(self.capacity).trim() {
            "" => 1,
            text => match text.parse() {
                Ok(number @ 1..=1000) => number,
                _ => return self.wrong(row, self.capacity, Expected::Capacity, errors),
            },
        };
        let choices = self.choices.map_or("", |column| row.get(column));
        let mut profile = Profile::new(id, capacity).choosing(members(choices));
        for &(column, kinds) in &self.fields {
            let (text, Some(kind)) = (row.get(column).trim(), kinds[usize::from(side == Side::Mentee)]) else {
                continue;
            };
            if text.is_empty() {
                continue;
            }
            match value(kind, text) {
                Ok(value) => profile = profile.with(self.headers[column].clone(), value),
                Err(expected) => {
                    self.wrong::<()>(row, column, expected, errors);
                }
            }
        }
        Some((side, profile))
    }
}

/// The kind of value that the criteria compare in a field of one side; `None` if they do not name it.
fn kind_of(table: &Table, criteria: &Criteria, side: Side, header: &str) -> Option<Kind> {
    let of_this_field = || criteria.list.iter().filter(|criterion| criterion.field(side) == header);
    let topics =
        of_this_field().find(|criterion| matches!(criterion.compare, Comparison::OffersWhatTheOtherWants { .. }));
    if let Some(criterion) = topics {
        // Mentors offer and mentees want, unless the mentor's column says by its name that it is the other way round.
        let turned = criterion.mentor_field.starts_with("want");
        return Some(if (side == Side::Mentor) == turned { Kind::Wants } else { Kind::Offers });
    }
    let kinds: BTreeSet<Kind> = of_this_field().flat_map(|criterion| criterion.compare.kinds()).copied().collect();
    let only_numbers = || {
        let column = table.column(header)?;
        let mut texts = table.rows().map(|row| row.get(column)).filter(|text| !text.is_empty()).peekable();
        texts.peek()?;
        texts.all(|text| text.parse::<Number>().is_ok()).then_some(Kind::Number)
    };
    let strict = of_this_field().any(|criterion| criterion.compare.kinds() == [Kind::Number]);
    match kinds.into_iter().collect::<Vec<_>>().as_slice() {
        [] => None,
        [Kind::Category, Kind::Set] => Some(Kind::Set),
        _ if strict => Some(Kind::Number),
        [Kind::Number, Kind::Category] => only_numbers().or(Some(Kind::Category)),
        [one, ..] => Some(*one),
    }
}

/// Reads a cell as a kind of value.
fn value(kind: Kind, text: &str) -> Result<Value, Expected> {
    let members = || members(text);
    match kind {
        Kind::Number => text.parse::<Number>().map(Value::from).map_err(|_| Expected::Number),
        Kind::Category => Ok(Value::category(text)),
        Kind::Set => Ok(Value::set(members())),
        Kind::Offers => {
            let offers: Option<Vec<_>> = members().map(offer).collect();
            offers.map(Value::offers).ok_or(Expected::Offers)
        }
        Kind::Wants => {
            let wants: Option<Vec<_>> = members().map(want).collect();
            wants.map(Value::wants).ok_or(Expected::Wants)
        }
    }
}

/// The members of a list, as far as they say something.
fn members(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN).map(str::trim).filter(|member| !member.is_empty())
}

/// `AI at work:4`; level 3 where none is given.
fn offer(text: &str) -> Option<(String, u8)> {
    let (topic, level) = text.split_once(':').unwrap_or((text, "3"));
    let level = level.trim().parse().ok().filter(|level| LEVELS.contains(level))?;
    Some((topic.trim().to_owned(), level))
}

/// `AI at work:3` or `AI at work:3:2`; priority 2 and any level where none is given.
fn want(text: &str) -> Option<(String, Want)> {
    let mut parts = text.split(':').map(str::trim);
    let topic = parts.next()?;
    let priority = parts.next().unwrap_or("2").parse().ok().filter(|priority| PRIORITIES.contains(priority))?;
    let at_least = parts.next().unwrap_or("1").parse().ok().filter(|level| LEVELS.contains(level))?;
    parts.next().is_none().then(|| (topic.to_owned(), Want { priority, at_least }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRITERIA: &str = r#"
        [chain_of_command]
        [[criterion]]
        rule = "must"
        compare = "at_least_apart"
        field = "level"
        by = 3
        [[criterion]]
        rule = "prefer"
        compare = "offers_what_the_other_wants"
        mentor_field = "offers"
        mentee_field = "wants"
        weight = 6
        [[criterion]]
        rule = "prefer"
        compare = "overlaps"
        field = "languages"
        weight = 2
    "#;

    fn read_text(text: &str) -> Result<PeopleFile, Vec<FileError>> {
        read(text.as_bytes(), Criteria::from_toml(CRITERIA).unwrap())
    }

    #[test]
    fn cells_become_values() {
        for (kind, text, expected) in [
            (Kind::Number, "3.5", Ok(Value::from("3.5".parse::<Number>().unwrap()))),
            (Kind::Number, "three", Err(Expected::Number)),
            (Kind::Set, "German; English;", Ok(Value::set(["German", "English"]))),
            (Kind::Offers, "AI at work:4; data", Ok(Value::offers([("AI at work", 4), ("data", 3)]))),
            (Kind::Offers, "AI at work:6", Err(Expected::Offers)),
            (Kind::Wants, "data:3:2", Ok(Value::wants([("data", Want { priority: 3, at_least: 2 })]))),
            (Kind::Wants, "data:3:2:1", Err(Expected::Wants)),
        ] {
            assert_eq!(value(kind, text), expected, "{text}");
        }
    }

    #[test]
    fn a_file_becomes_two_sides_and_a_tree() {
        let file = read_text(
            "id,name,role,capacity,manager,level,offers,wants,languages\n\
             1,Karin Vogt,,,,9,,,\n\
             2,Ruth Okafor,mentee,2,1,8,,AI:3,English; Igbo\n\
             3,Ana Lim,mentor,,2,3,AI:4,,English\n",
        )
        .unwrap();
        assert_eq!(file.names["3"], "Ana Lim");
        assert_eq!((file.instance.mentors.len(), file.instance.mentees[0].capacity), (1, 2));
        assert!(file.instance.org.relation("3", "1").is_some());
    }

    #[test]
    fn choices_are_ids_in_their_order() {
        let header = "id,name,role,capacity,manager,level,offers,wants,languages";
        let file = read_text(&format!(
            "{header},choices\n2,Ruth,mentee,1,,8,,,,4; 3;\n3,Ana,mentor,1,,3,,,,\n4,Tom,mentor,1,,3,,,,2\n"
        ));
        let Instance { mentors, mentees, .. } = file.unwrap().instance;
        let choices = [&mentees[0], &mentors[0], &mentors[1]].map(|person| person.choices.join(" "));
        assert_eq!(choices, ["4 3", "", "2"]);
        let without = read_text(&format!("{header}\n2,Ruth,mentee,1,,8,,,\n")).unwrap();
        assert!(without.instance.mentees[0].choices.is_empty());
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let errors = read_text(
            "id,name,role,capacity,manager,level,offers,wants,languages\n\
             ,Nobody,mentor,1,,3,,,\n\
             2,Ruth Okafor,leader,1,,8,,,\n\
             3,Ana Lim,mentor,none,,3,,,\n\
             4,Tom Whitaker,mentor,1,,three,AI:9,,\n\
             5,Uma Kim,mentor,1\n",
        )
        .unwrap_err();
        let words: Vec<String> = errors.iter().map(FileError::words).collect();
        assert_eq!(
            words,
            [
                "line 6: The row has 4 cells, the header has 9.",
                "line 2, id, \"\": expected something",
                "line 3, role, \"leader\": expected mentor or mentee",
                "line 4, capacity, \"none\": expected a whole number from 1 to 1000",
                "line 5, level, \"three\": expected a number with at most three decimals",
                "line 5, offers, \"AI:9\": expected topics with a level from 1 to 5, such as AI at work:4; data:3",
            ]
        );
    }

    #[test]
    fn missing_columns_are_named() {
        let errors = read_text("id,name,level\n1,Ana,3\n").unwrap_err();
        let words: Vec<String> = errors.iter().map(FileError::words).collect();
        assert_eq!(words, ["there is no column role", "there is no column capacity", "there is no column manager"]);
    }
}
