//! One row, read as a person.

use jiff::civil::Date;

use super::names::{self, FullName};
use super::status::{Status, StatusReader};
use super::{Columns, DateOrders, Level, ManagerRef, RosterPerson};
use crate::clean::{clean, shorten};
use crate::dates::read_date;
use crate::{Field, Mapping, Reason, Row, RowError, Table, email, zones};

/// The most characters of a value; attributes of the organization's own and lists of languages may have more.
const CHARACTERS: usize = 300;
const CHARACTERS_OF_EXTRAS: usize = 2000;
/// Years in which people start or leave.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;
/// SAP's way to say that somebody does not leave.
const NEVER: i16 = 9999;
/// What stands for an empty cell, in lower case. Not in names: somebody may be called Null.
const PLACEHOLDERS: [&str; 10] = ["-", "--", "–", "—", "n/a", "none", "null", "no_manager", "no manager", "#"];
/// What formulas of a workbook leave when they fail.
const FAILED_FORMULAS: [&str; 7] = ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"];

pub(super) struct RowReader<'t> {
    row: Row<'t>,
    table: &'t Table,
    columns: &'t Columns,
    pub(super) errors: Vec<RowError>,
    /// There is a leaving date, which cannot be read (yet).
    leaves_some_day: bool,
}

impl<'t> RowReader<'t> {
    pub(super) fn new(row: Row<'t>, table: &'t Table, columns: &'t Columns) -> Self {
        Self { row, table, columns, errors: Vec::new(), leaves_some_day: false }
    }

    /// The person in this row; what is wrong goes to `errors`.
    pub(super) fn person(&mut self, mapping: &Mapping, orders: &DateOrders, status: &mut StatusReader) -> RosterPerson {
        let name = self.name(mapping);
        let mut person = RosterPerson {
            line: self.row.line(),
            employee_id: self.value(&Field::EmployeeId),
            first_name: name.first,
            last_name: name.last,
            name: name.display,
            manager: self.manager(mapping),
            title: self.value(&Field::Title),
            level: self.value(&Field::Level).map(level),
            department: self.value(&Field::Department),
            location: self.value(&Field::Location),
            time_zone: self.time_zone(),
            start: self.date(&Field::StartDate, orders),
            end: self.date(&Field::EndDate, orders).filter(|date| date.year() != NEVER),
            status: self.value(&Field::Status).map_or(Status::Active, |word| status.read(&word)),
            languages: self.text(&Field::Languages).map(languages).unwrap_or_default(),
            ..RosterPerson::default()
        };
        self.identity(&mut person);
        self.order_of_dates(&person);
        for field in self.columns.extras() {
            if let (Field::Extra(name), Some(value)) = (field, self.text(field)) {
                person.extra.insert(name.clone(), value);
            }
        }
        person
    }

    fn name(&mut self, mapping: &Mapping) -> FullName {
        let (first, last) = (self.text(&Field::FirstName), self.text(&Field::LastName));
        let whole = self.text(&Field::Name).map(|name| names::parse(&name, mapping.name_order));
        let name = match whole {
            Some(whole) if first.is_none() && last.is_none() => whole,
            Some(whole) => FullName { display: whole.display, ..names::of_parts(first, last) },
            None => names::of_parts(first, last),
        };
        if !Field::NAMES.iter().any(|field| self.columns.get(field).is_some()) {
            // Files without any names are of people who are known by something else.
            let known = self.value(&Field::EmployeeId).or_else(|| self.value(&Field::Email));
            return FullName { display: known.unwrap_or_default(), ..name };
        }
        // Read before everything else: an error here is of a name that is there.
        if name.display.is_empty() && self.errors.is_empty() {
            let field = [Field::Name, Field::LastName].into_iter().find(|field| self.columns.get(field).is_some());
            self.reject(&field.unwrap_or(Field::FirstName), Reason::NoName);
        }
        name
    }

    /// Reads the e-mail, and asks for what tells people apart.
    fn identity(&mut self, person: &mut RosterPerson) {
        let errors_before = self.errors.len();
        if let Some(text) = self.value(&Field::Email) {
            person.email = email::parse(&text);
            if person.email.is_none() {
                self.reject(&Field::Email, Reason::NotAnEmail);
            }
        }
        if person.email.is_some() || self.errors.len() > errors_before {
            return;
        }
        let has_email_column = self.columns.get(&Field::Email).is_some();
        if has_email_column && !person.leaves() && !self.leaves_some_day {
            self.reject(&Field::Email, Reason::NeedsEmail);
        } else if person.employee_id.is_none() {
            self.reject(&Field::EmployeeId, Reason::NotIdentified);
        }
    }

    fn manager(&mut self, mapping: &Mapping) -> Option<ManagerRef> {
        if let Some(id) = self.value(&Field::ManagerId) {
            return Some(ManagerRef::Id(id));
        }
        if let Some(address) = self.value(&Field::ManagerEmail) {
            return Some(ManagerRef::Email(email::parse(&address).unwrap_or_else(|| address.to_lowercase())));
        }
        let name = self.value(&Field::ManagerName)?;
        if let Some(address) = email::parse(&name) {
            Some(ManagerRef::Email(address))
        } else if let Some(id) = names::id_in_brackets(&name) {
            Some(ManagerRef::Id(id.to_owned()))
        } else {
            Some(ManagerRef::Name(names::parse(&name, mapping.name_order).display))
        }
    }

    fn time_zone(&mut self) -> Option<String> {
        let text = self.value(&Field::TimeZone)?;
        let zone = zones::canonical(&text);
        if zone.is_none() {
            self.reject(&Field::TimeZone, Reason::UnknownTimeZone);
        }
        zone.map(str::to_owned)
    }

    fn date(&mut self, field: &Field, orders: &DateOrders) -> Option<Date> {
        let text = self.value(field)?;
        match read_date(&text, orders.get(field), self.table.epoch()) {
            Ok(Some(date)) if YEARS.contains(&date.year()) || date.year() == NEVER => return Some(date),
            Ok(Some(date)) => self.reject(field, Reason::ImplausibleYear { year: date.year() }),
            Ok(None) => {}
            Err(problem) => self.reject(field, problem.into()),
        }
        self.leaves_some_day |= *field == Field::EndDate;
        None
    }

    fn order_of_dates(&mut self, person: &RosterPerson) {
        if let (Some(start), Some(end)) = (person.start, person.end)
            && end < start
        {
            self.reject(&Field::EndDate, Reason::LeavesBeforeStart { start });
        }
    }

    /// The cleaned cell, unless it is empty or a word that stands for it.
    fn value(&mut self, field: &Field) -> Option<String> {
        self.text(field).filter(|text| !PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(text)))
    }

    /// The cleaned cell, unless it is empty or cannot be read.
    fn text(&mut self, field: &Field) -> Option<String> {
        let cell = clean(self.row.get(self.columns.get(field)?));
        if cell.is_empty() {
            return None;
        }
        let limit = match field {
            Field::Extra(_) | Field::Languages => CHARACTERS_OF_EXTRAS,
            _ => CHARACTERS,
        };
        let wrong = if cell.contains('\u{fffd}') {
            Some(Reason::BrokenText)
        } else if cell.len() > limit && cell.chars().count() > limit {
            Some(Reason::TooLong { limit })
        } else if FAILED_FORMULAS.contains(&&*cell) {
            Some(Reason::FormulaFailed)
        } else {
            None
        };
        match wrong {
            Some(reason) => {
                self.reject(field, reason);
                None
            }
            None => Some(cell.into_owned()),
        }
    }

    fn reject(&mut self, field: &Field, reason: Reason) {
        let column = self.columns.get(field);
        self.errors.push(RowError {
            line: self.row.line(),
            column: column.map(|column| self.table.headers()[column].clone()),
            value: column.map_or(String::new(), |column| shorten(self.row.get(column), 200)),
            reason,
        });
    }
}

fn level(text: String) -> Level {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let number = match (numbers.next(), numbers.next()) {
        (Some(digits), None) => digits.parse().ok(),
        _ => None,
    };
    Level { text, number }
}

/// Languages between commas, semicolons, slashes or bars; what stands in brackets (how well) is left out.
fn languages(text: String) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for part in text.split([',', ';', '/', '|']) {
        let language = part.split('(').next().unwrap_or(part).trim();
        let known = languages.iter().any(|known| known.to_lowercase() == language.to_lowercase());
        if !language.is_empty() && !known {
            languages.push(language.to_owned());
        }
    }
    languages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_a_number_if_they_have_one() {
        let check = |text: &str, expected| assert_eq!(level(text.to_owned()).number, expected, "{text}");
        check("L3", Some(3));
        check("Level 7", Some(7));
        check("7", Some(7));
        check("M2/3", None);
        check("Director", None);
        check("99999999999", None);
    }

    #[test]
    fn languages_are_a_list() {
        let check = |text: &str, expected: &[&str]| assert_eq!(languages(text.to_owned()), expected, "{text}");
        check("English", &["English"]);
        check("English (native), Deutsch; español/english", &["English", "Deutsch", "español"]);
        check(" , ;", &[]);
    }
}
