//! What a criterion asks, and what it is called.

use askama::Template;
use counterflow_matching::{Comparison, Criterion, Rule};
use serde::{Deserialize, Serialize};

use super::filters;
use crate::{
    matching::inputs::{FIELDS, STYLES},
    programs::{Side, template::PRIVATE},
    words,
};

words! {
    /// What follows when a comparison is true.
    Strength {
        /// Every pair follows it.
        Must = "must",
        /// No pair does.
        MustNot = "must_not",
        /// Adds to the fit.
        Prefer = "prefer",
        /// Takes from the fit.
        Avoid = "avoid",
    }
}

words! {
    /// How two values are compared.
    Compare {
        /// Not equal.
        Different = "different",
        /// Equal.
        Same = "same",
        /// Members in common.
        Overlaps = "overlaps",
        /// A distance of at least so much.
        AtLeastApart = "at_least_apart",
        /// A distance of at most so much.
        AtMostApart = "at_most_apart",
        /// One has what the other lacks.
        Complements = "complements",
        /// Topics.
        Offers = "offers_what_the_other_wants",
    }
}

/// What a criterion asks, in the parts from which its label is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// What the manager calls it.
    pub name: Option<String>,
    /// What follows from it.
    pub rule: Strength,
    /// How it compares.
    pub compare: Compare,
    /// The field of the mentor.
    pub mentor_field: String,
    /// The field of the mentee.
    pub mentee_field: String,
    /// The distance or count that it asks for.
    pub by: String,
    /// From 0 to 10, for preferences.
    pub weight: u8,
}

impl From<&Criterion> for Head {
    fn from(criterion: &Criterion) -> Self {
        let (rule, weight) = match criterion.rule {
            Rule::Must(_) => (Strength::Must, 0),
            Rule::MustNot(_) => (Strength::MustNot, 0),
            Rule::Prefer(weight) => (Strength::Prefer, weight.get()),
            Rule::Avoid(weight) => (Strength::Avoid, weight.get()),
        };
        let (compare, by) = match &criterion.compare {
            Comparison::Same => (Compare::Same, String::new()),
            Comparison::Different => (Compare::Different, String::new()),
            Comparison::AtLeastApart { by, .. } => (Compare::AtLeastApart, by.to_string()),
            Comparison::AtMostApart { by, .. } => (Compare::AtMostApart, by.to_string()),
            Comparison::Overlaps { by } => (Compare::Overlaps, by.to_string()),
            Comparison::Complements(_) => (Compare::Complements, String::new()),
            Comparison::OffersWhatTheOtherWants { by } => (Compare::Offers, by.to_string()),
        };
        Self {
            name: criterion.name.clone(),
            rule,
            compare,
            mentor_field: criterion.mentor_field.clone(),
            mentee_field: criterion.mentee_field.clone(),
            by,
            weight,
        }
    }
}

#[derive(Template)]
#[template(path = "matching/why/label.txt")]
struct Label<'a> {
    head: &'a Head,
    field: &'a str,
    /// Whether one of the two reads who wants, or who offers.
    reads: &'static str,
}

impl Label<'_> {
    /// One of the two could tell from more exact words how the other likes to work.
    fn is_style(&self) -> bool {
        STYLES.contains(&self.field)
    }
}

impl Head {
    /// What the criterion is called: the manager's own name for it, or a few words such as `other department`.
    #[must_use]
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.plain_label("nobody"))
    }

    /// The same for one of the two: `offers what you want`. The manager's own name for it stays with the managers.
    pub(super) fn label_for(&self, side: Side) -> String {
        let field = if side == Side::Mentor { &self.mentor_field } else { &self.mentee_field };
        self.plain_label(if field == "wants" { "learner" } else { "teacher" })
    }

    fn plain_label(&self, reads: &'static str) -> String {
        Label { head: self, field: &self.mentor_field, reads }.render().unwrap_or_default()
    }

    /// Whether it compares what people said for the matching alone.
    #[must_use]
    pub fn is_private(&self) -> bool {
        [&self.mentor_field, &self.mentee_field].iter().any(|field| field.starts_with(PRIVATE))
    }

    /// Whether the two sides may read what this criterion compared. Other columns of the directory stay with the
    /// managers: nobody should learn something about a partner that the partner did not choose to show.
    #[must_use]
    pub fn is_shown_to_the_pair(&self) -> bool {
        [&self.mentor_field, &self.mentee_field].iter().all(|field| FIELDS.contains(&field.as_str()))
    }
}
