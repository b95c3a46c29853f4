//! Where on the board the reader is.

use std::cmp::Reverse;

use super::DraftPair;
use crate::kernel::form::Fields;

/// Rows on a page.
const PAGE: usize = 25;

/// Where on the board the reader is: the same in the address and in every form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub sort: String,
    pub find: String,
    pub from: usize,
}

impl Place {
    pub fn read(fields: &Fields) -> Self {
        let sort = ["fit", "-fit", "mentee", "mentor"].into_iter().find(|sort| fields.is("sort", sort));
        Self {
            sort: sort.unwrap_or("fit").to_owned(),
            find: fields.get("q").trim().to_owned(),
            from: fields.get("from").parse().unwrap_or(0),
        }
    }

    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("sort", &self.sort);
        if !self.find.is_empty() {
            query.append_pair("q", &self.find);
        }
        if self.from > 0 {
            query.append_pair("from", &self.from.to_string());
        }
        query.finish()
    }

    pub fn sorted(&self, sort: &str) -> String {
        Self { sort: sort.to_owned(), from: 0, ..self.clone() }.query()
    }

    pub fn at(&self, from: usize) -> String {
        Self { from, ..self.clone() }.query()
    }

    /// The rows of this page, and how many there are in all.
    pub fn choose(&self, mut draft: Vec<DraftPair>) -> (Vec<DraftPair>, usize) {
        let find = self.find.to_lowercase();
        draft.retain(|pair| [&pair.mentee, &pair.mentor].iter().any(|name| name.to_lowercase().contains(&find)));
        match self.sort.as_str() {
            "-fit" => draft.sort_by_key(|pair| Reverse(pair.score)),
            "mentee" => draft.sort_by_key(|pair| pair.mentee.to_lowercase()),
            "mentor" => draft.sort_by_key(|pair| pair.mentor.to_lowercase()),
            _ => {} // as it comes from the database
        }
        let of = draft.len();
        (draft.into_iter().skip(self.from).take(PAGE).collect(), of)
    }
}
