//! Which of day and month comes first in a column.

use super::{DateOrder, Epoch, Typed, parse};

/// How many examples a question shows.
const EXAMPLES: usize = 3;

/// What the values of a column say about the order of day and month.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ColumnOrder {
    /// Some values have a number over 12, which cannot be a month. Values that say otherwise are errors of their rows.
    Known(DateOrder),
    /// No value depends on it.
    Indifferent,
    /// Every value can be read both ways, or as many values say the one as the other.
    Ask(Vec<String>),
}

pub(crate) fn order_of_column<'v>(values: impl Iterator<Item = &'v str>, epoch: Option<Epoch>) -> ColumnOrder {
    let (mut day_first, mut month_first) = (0_usize, 0_usize);
    let mut examples = Vec::new();
    for value in values {
        let Some(Typed::Open { first, second, .. }) = parse(value, epoch) else { continue };
        match (first > 12, second > 12) {
            (true, false) => day_first += 1,
            (false, true) => month_first += 1,
            _ if first == second => continue,
            _ => {}
        }
        if examples.len() < EXAMPLES && !examples.iter().any(|example| example == value) {
            examples.push(value.to_owned());
        }
    }
    match day_first.cmp(&month_first) {
        std::cmp::Ordering::Greater => ColumnOrder::Known(DateOrder::DayFirst),
        std::cmp::Ordering::Less => ColumnOrder::Known(DateOrder::MonthFirst),
        std::cmp::Ordering::Equal if examples.is_empty() => ColumnOrder::Indifferent,
        std::cmp::Ordering::Equal => ColumnOrder::Ask(examples),
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
        check(&["3/1/2024", "25/3/2024", "26/3/2024", "3/25/2024"], ColumnOrder::Known(DateOrder::DayFirst));
        check(&["3/1/2024", "4/1/2024", "3/1/2024"], ask(&["3/1/2024", "4/1/2024"]));
        check(&["25/3/2024", "3/25/2024"], ask(&["25/3/2024", "3/25/2024"]));
        check(&["2024-03-01", "01.03.2024", "5/5/2024", "soon", ""], ColumnOrder::Indifferent);
        check(&["45/45/2024"], ColumnOrder::Indifferent);
        check(&[], ColumnOrder::Indifferent);
    }
}
