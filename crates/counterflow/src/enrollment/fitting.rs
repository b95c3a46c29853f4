//! Eligibility asked of the whole directory at once: each rule as a set of people, and what all of them share. `rules`
//! says the same of one person after the other; a test compares the two.

use super::rules::{Ready, Test, years};
use crate::{
    kernel::clock::Day,
    people::{Column, Rows, Snapshot},
    programs::template::Rule,
};

/// Who fulfills one rule, of everybody in the directory. A rule with a flaw is fulfilled by nobody.
fn fulfill(rule: &Rule, directory: &Snapshot, today: Day) -> Rows {
    let none = || Rows::none(directory.len());
    let Ok(Ready { field, test }) = Ready::of(rule) else { return none() };
    let column = directory.column(&field);
    let of = |rows: &dyn Fn(&Column) -> Rows| column.map_or_else(none, rows);
    match test {
        Test::AtLeast(bound) => of(&|column| by_size(column, today, |number| number >= bound)),
        Test::AtMost(bound) => of(&|column| by_size(column, today, |number| number <= bound)),
        Test::OneOf(words) => of(&|column| column.with_word(&words)),
        Test::NotOneOf(words) => {
            let mut rows = of(&|column| column.with_word(&words));
            rows.invert();
            rows
        }
        Test::IsKnown => of(&Column::known),
    }
}

/// Who has a number of which something holds. A column has numbers or first days at work, never both.
fn by_size(column: &Column, today: Day, holds: impl Fn(f64) -> bool) -> Rows {
    let mut rows = column.with_number(&holds);
    rows.extend(column.with_day(|day| holds(years(day, today))).iter());
    rows
}

/// The rules of a side with who fulfills each.
#[derive(Debug)]
pub(super) struct Fitting {
    each: Vec<Rows>,
    among: Rows,
}

/// What one rule does among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    /// How many fulfill this rule, whatever the others say.
    pub alone: usize,
    /// How many would fit without it.
    pub without: usize,
}

impl Fitting {
    /// Asks the rules of some people.
    pub fn of(rules: &[Rule], directory: &Snapshot, among: &Rows, today: Day) -> Self {
        let each = rules.iter().map(|rule| fulfill(rule, directory, today)).collect();
        Self { each, among: among.clone() }
    }

    /// Those who fulfill every rule.
    pub fn all(&self) -> Rows {
        self.but(None)
    }

    /// What each rule does, in order.
    pub fn shares(&self) -> Vec<Share> {
        let share = |(at, rows): (usize, &Rows)| Share {
            alone: self.among.count_shared(rows),
            without: self.but(Some(at)).count(),
        };
        self.each.iter().enumerate().map(share).collect()
    }

    /// Those who fulfill every rule but one.
    fn but(&self, left_out: Option<usize>) -> Rows {
        let mut rows = self.among.clone();
        let asked = self.each.iter().enumerate().filter(|(at, _)| Some(*at) != left_out);
        asked.for_each(|(_, those)| rows.keep(those));
        rows
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*, sample::select};

    use super::{
        super::rules::{Field, who_fits},
        *,
    };
    use crate::{
        kernel::ids::PersonId,
        people::{Profile, Status},
        programs::template::Operator,
    };

    const TODAY: &str = "2026-01-12";

    /// Words as directories have them: blank ones, ones that differ by case or by a space only, numbers, and others.
    fn word() -> impl Strategy<Value = String> {
        select(vec![
            "Finance", "finance ", "FINANCE", "Legal", " ", "", "7", "07", "1,5", "L9", "-0", "0", "Ärger", "ÄRGER",
        ])
        .prop_map(str::to_owned)
    }

    prop_compose! {
        fn person()(
            name in "[A-C]{1,2}",
            (title, level_label, department, location) in
                (option::of(word()), option::of(word()), option::of(word()), option::of(word())),
            level in option::of(-2_i64..10),
            started in option::of((2000_i16..2027, 1_i8..13)),
            languages in vec(word(), 0..3),
            group in option::of(word()),
            grade in option::of(select(vec!["1", "2.5", "2,5", "10"])),
            has_address in any::<bool>(),
        ) -> Profile {
            let attributes = [("Group", group), ("Grade", grade.map(str::to_owned))];
            let attributes = attributes.into_iter().filter_map(|(name, word)| Some((name.to_owned(), word?))).collect();
            Profile {
                id: PersonId::new(),
                name,
                email: has_address.then(|| "a@halden.example".to_owned()),
                title, level, level_label, department, location, languages, attributes,
                time_zone: "Europe/Berlin".to_owned(),
                started_on: started.map(|(year, month)| Day(jiff::civil::date(year, month, 12))),
                status: Status::Active,
            }
        }
    }

    prop_compose! {
        fn rule()(
            field in select(vec!["level", "tenure_years", "department", "location", "title", "languages", "time_zone",
                "Group", "Grade", "Nobody keeps this"]),
            is in select(Operator::ALL.to_vec()),
            value in select(vec!["7", "0", "-1", "2.5", "2,5", "5", "9.99", "seven", ""]),
            values in vec(word(), 0..3),
        ) -> Rule {
            Rule { field: field.to_owned(), is, value: value.to_owned(), values }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        /// The directory at once says what every person by themselves says.
        #[test]
        fn the_directory_at_once_is_one_after_the_other(
            people in vec(person(), 0..90), rules in vec(rule(), 0..4), every in 1_usize..4,
        ) {
            let today: Day = TODAY.parse().unwrap();
            let directory = Snapshot::of(people.clone());
            let asked: Vec<Profile> = people.into_iter().step_by(every).collect();
            let among = directory.rows_of(asked.iter().map(|person| person.id));
            let fitting = Fitting::of(&rules, &directory, &among, today);
            let ids = |rows: &Rows| rows.iter().map(|row| directory.at(row).id).collect::<Vec<_>>();
            let expected = |rules: &[Rule]| {
                let mut fit = who_fits(rules, &asked, today);
                fit.sort_by_key(|person| (person.name.to_lowercase(), person.id));
                fit.iter().map(|person| person.id).collect::<Vec<_>>()
            };
            prop_assert_eq!(ids(&fitting.all()), expected(&rules));
            for (at, share) in fitting.shares().into_iter().enumerate() {
                let mut others = rules.clone();
                let alone = others.remove(at);
                prop_assert_eq!(share.without, expected(&others).len());
                prop_assert_eq!(share.alone, expected(&[alone]).len());
            }
        }

        /// Whether a field is compared by size, and what is counted for its pickers.
        #[test]
        fn pickers_count_what_people_have(people in vec(person(), 0..60)) {
            let directory = Snapshot::of(people.clone());
            for name in ["department", "languages", "Group", "Grade"] {
                let field = Field::named(name);
                let everybody = Rows::all(people.len());
                let counted = directory.column(&field).map(|column| column.counted(&everybody)).unwrap_or_default();
                for (word, count) in &counted {
                    let have = people.iter().filter(|person| field.words(person).contains(word)).count();
                    prop_assert_eq!(have, *count);
                }
                let all: std::collections::BTreeSet<&str> = people.iter().flat_map(|person| field.words(person)).collect();
                prop_assert_eq!(counted.len(), all.len());
                let are_numbers = !all.is_empty() && all.iter().all(|word| crate::people::number(word).is_some());
                let is_by_size = directory.column(&field).is_some_and(Column::is_by_size);
                prop_assert_eq!(is_by_size, are_numbers && !matches!(name, "department" | "languages"));
            }
        }
    }
}
