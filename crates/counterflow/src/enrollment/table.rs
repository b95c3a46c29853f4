//! What the table of people shows: filters, order and page, from the address and back into it.

use super::{
    State,
    list_store::{Found, Order},
};
use crate::{kernel::form::Fields, programs::Side};

/// What the table shows. Empty means any; without a state, those who were taken out are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub side: Option<Side>,
    pub state: Option<State>,
    pub found: Option<Found>,
    pub find: String,
}

/// What the table shows, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub filter: Filter,
    pub order: Order,
    pub backwards: bool,
}

impl Shown {
    /// Reads `side=&state=&mail=&q=&sort=`; what makes no sense counts as not said.
    pub fn read(query: &Fields) -> Self {
        let sort = query.get("sort");
        let (backwards, order) = sort.strip_prefix('-').map_or((false, sort), |order| (true, order));
        Self {
            filter: Filter {
                side: query.get("side").parse().ok(),
                state: query.get("state").parse().ok(),
                found: query.get("mail").parse().ok(),
                find: query.get("q").trim().to_owned(),
            },
            order: order.parse().unwrap_or_default(),
            backwards,
        }
    }

    /// The same with another side.
    pub fn on(&self, side: Option<Side>) -> Self {
        let mut shown = self.clone();
        shown.filter.side = side;
        shown
    }

    /// The same with another state; what was asked about letters is about people in one state only, and goes.
    pub fn in_state(&self, state: Option<State>) -> Self {
        let mut shown = self.clone();
        (shown.filter.state, shown.filter.found) = (state, None);
        shown
    }

    /// The same with another question about letters.
    pub fn with(&self, found: Option<Found>) -> Self {
        let mut shown = self.clone();
        (shown.filter.state, shown.filter.found) = (None, found);
        shown
    }

    /// The same by another column, or by the same column the other way round.
    pub fn by(&self, order: Order) -> Self {
        let backwards = self.order == order && !self.backwards;
        Self { order, backwards, ..self.clone() }
    }

    /// The fields of the address and of forms, without those that say nothing.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        let filter = &self.filter;
        fields.extend(filter.side.map(|side| ("side", side.to_string())));
        fields.extend(filter.state.map(|state| ("state", state.to_string())));
        fields.extend(filter.found.map(|found| ("mail", found.to_string())));
        fields.extend(Some(("q", filter.find.clone())).filter(|(_, find)| !find.is_empty()));
        let sort = format!("{}{}", if self.backwards { "-" } else { "" }, self.order);
        fields.extend(Some(("sort", sort)).filter(|_| self.backwards || self.order != Order::default()));
        fields
    }

    /// The query of the address, from a row on.
    pub fn query(&self, from: i64) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.fields());
        if from > 0 {
            query.append_pair("from", &from.to_string());
        }
        query.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, expected: &str) {
        assert_eq!(Shown::read(&Fields::parse(query.as_bytes())).query(0), expected);
    }

    #[test]
    fn what_is_shown_stands_in_the_address() {
        check("", "");
        check("side=mentee&state=invited&q=+Ana+&sort=-opened", "side=mentee&state=invited&q=Ana&sort=-opened");
        check("mail=bounced&sort=name", "mail=bounced");
        check("side=sponsor&state=ill&mail=lost&sort=shoes", "");
        check("sort=-name", "sort=-name");
    }

    #[test]
    fn the_same_column_again_turns_the_order_round() {
        let shown = Shown::default().by(Order::Invited);
        assert_eq!(
            (shown.query(0), shown.by(Order::Invited).query(0)),
            ("sort=invited".to_owned(), "sort=-invited".to_owned())
        );
        assert_eq!(shown.by(Order::Invited).by(Order::State).query(100), "sort=state&from=100");
    }
}
