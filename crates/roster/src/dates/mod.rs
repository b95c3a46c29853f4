//! Dates as people and systems write them.
//!
//! Two steps: [`parse`] says what was typed, without deciding which of `3/1/2024` is the day; [`order_of_column`]
//! looks at all values of a column for one that decides it. Where none does, the order is asked, never guessed.

mod column;
mod typed;

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub(crate) use column::{ColumnOrder, order_of_column};
pub(crate) use typed::{Typed, parse};

/// Which comes first in `3/1/2024`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// The 3rd of January.
    DayFirst,
    /// The 1st of March.
    MonthFirst,
}

/// The first day of a workbook's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Epoch {
    /// 1 January 1900.
    #[default]
    Of1900,
    /// 1 January 1904, from old versions for the Macintosh.
    Of1904,
}

/// A date that the calendar does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoSuchDate {
    /// The year as read.
    pub year: i16,
    /// The month as read; may be more than 12.
    pub month: u8,
    /// The day as read.
    pub day: u8,
    /// How dates in the column are read, where that makes a difference.
    pub order: Option<DateOrder>,
}

/// Why a cell is no date.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DateProblem {
    /// It has none of the forms.
    NotADate,
    /// It has, and the calendar does not have the date.
    NoSuchDate(NoSuchDate),
}

/// The date in a cell that is not empty. Nothing where the order of day and month is not known yet.
pub(crate) fn read_date(
    text: &str,
    order: Option<DateOrder>,
    epoch: Option<Epoch>,
) -> Result<Option<Date>, DateProblem> {
    let (year, month, day, order) = match parse(text, epoch).ok_or(DateProblem::NotADate)? {
        Typed::Fixed { year, month, day, order } => (year, month, day, order),
        Typed::Open { first, second, year } => match order {
            Some(DateOrder::DayFirst) => (year, second, first, order),
            Some(DateOrder::MonthFirst) => (year, first, second, order),
            None if first == second || first.min(second) > 12 => (year, first, second, None),
            None => return Ok(None),
        },
    };
    let no_such_date = NoSuchDate { year, month, day, order };
    let date = i8::try_from(month).ok().zip(i8::try_from(day).ok());
    date.and_then(|(month, day)| Date::new(year, month, day).ok())
        .map(Some)
        .ok_or(DateProblem::NoSuchDate(no_such_date))
}

impl fmt::Display for NoSuchDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = usize::from(self.month).checked_sub(1).and_then(|index| MONTHS.get(index));
        match month {
            None => write!(f, "There is no month {}.", self.month)?,
            Some(month) if (self.month, self.day) == (2, 29) => write!(f, "{month} {} has no 29th.", self.year)?,
            Some(month) if self.day == 31 => write!(f, "{month} has no 31st.")?,
            Some(month) if self.day == 30 => write!(f, "{month} has no 30th.")?,
            Some(_) => write!(f, "There is no day {}.", self.day)?,
        }
        match self.order {
            Some(DateOrder::DayFirst) => f.write_str(" Dates in this column are read as day, month, year."),
            Some(DateOrder::MonthFirst) => f.write_str(" Dates in this column are read as month, day, year."),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayFirst, MonthFirst};

    #[test]
    fn dates_are_read_in_the_order_of_their_column() {
        let check = |text: &str, order, expected: &str| {
            let date = read_date(text, order, None).unwrap().map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some(expected), "{text}");
        };
        check("2024-03-01", None, "2024-03-01");
        check("3/1/2024", Some(MonthFirst), "2024-03-01");
        check("3/1/2024", Some(DayFirst), "2024-01-03");
        check("5/5/2024", None, "2024-05-05");
        check("01.03.2024", Some(MonthFirst), "2024-03-01");
        check("29.2.2024", None, "2024-02-29");
    }

    #[test]
    fn without_an_order_nothing_is_guessed() {
        assert_eq!(read_date("3/1/2024", None, None), Ok(None));
    }

    #[test]
    fn impossible_dates_say_why() {
        let check = |text: &str, order, expected: &str| {
            assert_eq!(crate::Reason::from(read_date(text, order, None).unwrap_err()).to_string(), expected, "{text}");
        };
        let day_first = "Dates in this column are read as day, month, year.";
        let month_first = "Dates in this column are read as month, day, year.";
        check("31.02.2024", None, &format!("February has no 31st. {day_first}"));
        check("29/2/2023", Some(DayFirst), &format!("February 2023 has no 29th. {day_first}"));
        check("3/25/2024", Some(DayFirst), &format!("There is no month 25. {day_first}"));
        check("25/3/2024", Some(MonthFirst), &format!("There is no month 25. {month_first}"));
        check("2024-13-01", None, "There is no month 13.");
        check("2024-06-31", None, "June has no 31st.");
        check("0.1.2024", None, &format!("There is no day 0. {day_first}"));
        check("30/40/2024", None, "There is no month 30.");
        check("soon", None, "Not a date.");
    }
}
