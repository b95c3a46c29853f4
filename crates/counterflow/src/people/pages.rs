//! The directory as admins see it: whom the organization told us about, and who reports to whom.

use askama::Template;

use super::{
    Status,
    store::{self, Entry, Headcount, Listing, Person, Relative},
};
use crate::kernel::{
    app::App,
    error::{Answer, Error},
    filters,
    guard::Access,
    ids::PersonId,
    page::{self, Page, Query},
};

/// How many people a page lists.
const PER_PAGE: i64 = 50;
/// How many reports a person's page names.
const REPORTS: i64 = 100;

#[derive(Template)]
#[template(path = "people/directory.html")]
struct DirectoryPage {
    page: Page,
    people: Vec<Entry>,
    headcount: Headcount,
    /// How many match the search.
    matches: i64,
    find: String,
    listing: Listing,
    from: i64,
    earlier: Option<i64>,
    later: Option<i64>,
}

/// `GET /directory?q=&show=&from=`
pub async fn list(app: App, page: Page, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    let from: i64 = query.get("from").parse().unwrap_or(0).max(0);
    let find = query.get("q").trim().to_owned();
    let listing = if query.is("show", "left") { Listing::Left } else { Listing::Here };
    let matches = store::count_matches(&mut tx, &find, listing).await?;
    let people = store::search(&mut tx, &find, listing, PER_PAGE, from).await?;
    page::html(&DirectoryPage {
        page,
        people,
        headcount: store::headcount(&mut tx).await?,
        matches,
        find,
        listing,
        from,
        earlier: (from > 0).then(|| (from - PER_PAGE).max(0)),
        later: (from + PER_PAGE < matches).then_some(from + PER_PAGE),
    })
}

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonPage {
    page: Page,
    person: Person,
    /// Upwards: the person's manager first.
    managers: Vec<Relative>,
    reports: Vec<Relative>,
}

/// `GET /directory/people/{person}`
pub async fn show(app: App, page: Page, access: Access<PersonId>) -> Answer {
    let mut tx = app.db.read().await?;
    let person = store::person(&mut tx, &access).await?.ok_or(Error::NotFound)?;
    page::html(&PersonPage {
        page,
        managers: store::managers_above(&mut tx, access.id).await?,
        reports: store::reports(&mut tx, access.id, REPORTS).await?,
        person,
    })
}
