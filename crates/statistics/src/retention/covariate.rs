//! What is known of people, as columns of numbers for a model.

use std::collections::BTreeMap;

use crate::disclosure::Policy;

/// The most values of a column of words that are told apart; the rarer ones count as one.
const MOST_VALUES: usize = 12;

/// What is known of each person in one respect.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// What it is called.
    pub name: String,
    /// What it says of each.
    pub column: Column,
}

/// The values of a covariate, one for each person.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; nothing where they are not known.
    Numbers(Vec<Option<f64>>),
    /// Words; empty where nothing is known, which counts as a word of its own.
    Words(Vec<String>),
}

impl Covariate {
    pub(super) fn len(&self) -> usize {
        match &self.column {
            Column::Numbers(values) => values.len(),
            Column::Words(values) => values.len(),
        }
    }

    /// As columns of numbers. Of words the commonest among those who are `seen` is the base, and each other one is a column
    /// of yes and no; what fewer have than may be shown counts together. An unknown number is the mean, with a column
    /// that says so. A column without any spread is none.
    pub(super) fn columns(&self, seen: &[bool], policy: &Policy) -> Vec<(String, Vec<f64>)> {
        let columns = match &self.column {
            Column::Numbers(values) => self.of_numbers(values),
            Column::Words(values) => self.of_words(values, seen, policy.k_comments()),
        };
        let varies = |column: &[f64]| {
            let mut values = column.iter().zip(seen).filter(|(_, seen)| **seen).map(|(value, _)| value);
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        columns.into_iter().filter(|(_, column)| varies(column)).collect()
    }

    fn of_numbers(&self, values: &[Option<f64>]) -> Vec<(String, Vec<f64>)> {
        let known: Vec<f64> = values.iter().flatten().copied().collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let filled = values.iter().map(|value| value.unwrap_or(mean)).collect();
        let unknown = values.iter().map(|value| f64::from(u8::from(value.is_none()))).collect();
        vec![(self.name.clone(), filled), (format!("{}: not known", self.name), unknown)]
    }

    fn of_words(&self, values: &[String], seen: &[bool], few: usize) -> Vec<(String, Vec<f64>)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (value, _) in values.iter().zip(seen).filter(|(_, seen)| **seen) {
            *counts.entry(value).or_default() += 1;
        }
        let mut common: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count >= few).collect();
        common.sort_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(two.0)));
        common.truncate(MOST_VALUES);
        let is_common = |value: &str| common.iter().any(|(known, _)| *known == value);
        let column = |is: &dyn Fn(&str) -> bool| values.iter().map(|value| f64::from(u8::from(is(value)))).collect();
        let named = |value: &str| format!("{}: {}", self.name, if value.is_empty() { "not known" } else { value });
        let each = common.iter().skip(1).map(|(known, _)| (named(known), column(&|value| value == *known)));
        let rest = (format!("{}: rarer values", self.name), column(&|value| !is_common(value)));
        each.chain([rest]).collect()
    }
}

/// Labels by number, in the order of the labels.
pub(super) fn numbered(labels: &[String]) -> Vec<u64> {
    let mut distinct: Vec<&String> = labels.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    labels.iter().map(|label| distinct.binary_search(&label).unwrap_or_default() as u64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(column: Column) -> Vec<(String, Vec<f64>)> {
        let covariate = Covariate { name: "office".to_owned(), column };
        let seen = vec![true; covariate.len()];
        covariate.columns(&seen, &Policy::default())
    }

    #[test]
    fn words_become_yes_and_no_and_rare_ones_count_together() {
        let words = [("Lagos", 20), ("Oslo", 12), ("Rome", 3), ("Bonn", 2)];
        let words = words.iter().flat_map(|(word, count)| std::iter::repeat_n((*word).to_owned(), *count)).collect();
        let found = columns(Column::Words(words));
        let sums: Vec<(&str, f64)> = found.iter().map(|(name, column)| (name.as_str(), column.iter().sum())).collect();
        assert_eq!(sums, [("office: Oslo", 12.0), ("office: rarer values", 5.0)]);
        assert_eq!(columns(Column::Words(vec!["Lagos".to_owned(); 30])), []);
    }

    #[test]
    fn an_unknown_number_is_the_mean_and_says_so() {
        let found = columns(Column::Numbers(vec![Some(1.0), None, Some(3.0)]));
        assert_eq!(found[0].1, [1.0, 2.0, 3.0]);
        assert_eq!(found[1], ("office: not known".to_owned(), vec![0.0, 1.0, 0.0]));
        assert_eq!(columns(Column::Numbers(vec![Some(1.0), Some(1.0)])), []);
    }

    #[test]
    fn labels_are_numbered_in_their_order() {
        assert_eq!(numbered(&["b".to_owned(), "a".to_owned(), "b".to_owned()]), [1, 0, 1]);
    }
}
