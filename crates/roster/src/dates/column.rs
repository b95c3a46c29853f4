//! Which of day and month comes first in a column.

use super::{DateOrder, Epoch, Typed, parse};

/// How many examples a question shows.
const EXAMPLES: usize = 3;

/// What the values of a column say about the order of day and month.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ColumnOrder {
    /// Some values have a number over 12, which cannot be a month, and no value says otherwise.
    Known(DateOrder),
    /// No value depends on it.
    Indifferent,
    /// Every value can be read both ways, or the values contradict each other: then whoever counts the votes reads
    /// some of the others wrong.
    Ask(Vec<String>),
}

/// Values of a column, a few of each kind: those that can be read both ways, and those that decide.
#[derive(Default)]
struct Evidence {
    open: Vec<String>,
    day_first: Vec<String>,
    month_first: Vec<String>,
}

pub(crate) fn order_of_column<'v>(values: impl Iterator<Item = &'v str>, epoch: Option<Epoch>) -> ColumnOrder {
    let mut evidence = Evidence::default();
    for value in values {
        let Some(Typed::Open { first, second, .. }) = parse(value, epoch) else { continue };
        let examples = match (first > 12, second > 12) {
            (true, false) => &mut evidence.day_first,
            (false, true) => &mut evidence.month_first,
            (false, false) if first != second => &mut evidence.open,
            // The same both ways, or no date in either: says nothing.
            (false, false) | (true, true) => continue,
        };
        if examples.len() < EXAMPLES && !examples.iter().any(|example| example == value) {
            examples.push(value.to_owned());
        }
    }
    evidence.order()
}

impl Evidence {
    fn order(self) -> ColumnOrder {
        let Self { open, day_first, month_first } = self;
        match (day_first.first(), month_first.first()) {
            (Some(day_first), Some(month_first)) => {
                let examples = [day_first, month_first].into_iter().chain(open.first());
                ColumnOrder::Ask(examples.cloned().collect())
            }
            (Some(_), None) => ColumnOrder::Known(DateOrder::DayFirst),
            (None, Some(_)) => ColumnOrder::Known(DateOrder::MonthFirst),
            (None, None) if open.is_empty() => ColumnOrder::Indifferent,
            (None, None) => ColumnOrder::Ask(open),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_over_twelve_decides_the_column() {
        let check = |values: &[&str], expected| {
            assert_eq!(order_of_column(values.iter().copied(), None), expected, "{values:?}");
        };
        let ask = |examples: &[&str]| ColumnOrder::Ask(examples.iter().map(|e| (*e).to_owned()).collect());
        check(&["3/1/2024", "3/25/2024"], ColumnOrder::Known(DateOrder::MonthFirst));
        check(&["3/1/2024", "25/3/2024"], ColumnOrder::Known(DateOrder::DayFirst));
        check(&["3/1/2024", "25/3/2024", "26/3/2024", "3/25/2024"], ask(&["25/3/2024", "3/25/2024", "3/1/2024"]));
        check(&["3/1/2024", "4/1/2024", "3/1/2024"], ask(&["3/1/2024", "4/1/2024"]));
        check(&["25/3/2024", "3/25/2024"], ask(&["25/3/2024", "3/25/2024"]));
        check(&["2024-03-01", "01.03.2024", "5/5/2024", "soon", ""], ColumnOrder::Indifferent);
        check(&["45/45/2024"], ColumnOrder::Indifferent);
        check(&[], ColumnOrder::Indifferent);
    }
}
