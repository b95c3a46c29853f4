//! The statements on `people`.

use jiff::tz::TimeZone;

use super::profile::Status;

use crate::{
    fetch_all, fetch_optional,
    kernel::{clock::Day, db::Tx, error::Answer, ids::PersonId},
};

/// What others may see of somebody: name, position, place. And how to reach them, for letters.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Card {
    /// Who.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Position.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Office.
    pub location: Option<String>,
    /// Where letters go.
    pub email: Option<String>,
    /// IANA name; the organization's zone if the person has none.
    pub time_zone: String,
}

impl Card {
    /// Position and place in one line: `Data analyst, Ankara`.
    #[must_use]
    pub fn position(&self) -> String {
        [&self.title, &self.location].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// The zone in which this person reads times.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// The first word of the name, as colleagues say it.
    #[must_use]
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }

    /// The first letters of first and last name: `AL`.
    #[must_use]
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace();
        let first = words.next().and_then(|word| word.chars().next());
        let last = words.last().and_then(|word| word.chars().next());
        first.into_iter().chain(last).collect()
    }
}

/// Somebody's card. Whoever calls has made sure that the viewer may know of this person (they are in the same round,
/// pair or program): a card holds nothing private.
///
/// # Errors
/// When the database fails.
pub async fn card(tx: &mut Tx, id: PersonId) -> Answer<Option<Card>> {
    Ok(fetch_optional!(
        tx,
        Card,
        "select id, name, title, department, location, email,
                coalesce(time_zone, (select time_zone from organization)) as time_zone
         from people where id = $1",
        id
    )?)
}

/// Everybody with their manager: the org tree's edges, for the chain of command.
///
/// # Errors
/// When the database fails.
pub async fn reporting_lines(tx: &mut Tx) -> Answer<Vec<(PersonId, Option<PersonId>)>> {
    Ok(fetch_all!(tx, (PersonId, Option<PersonId>), "select id, manager_id from people order by id")?)
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct ProfileRow {
    pub id: PersonId,
    pub name: String,
    pub email: Option<String>,
    pub title: Option<String>,
    pub level: Option<i64>,
    pub level_label: Option<String>,
    pub department: Option<String>,
    pub location: Option<String>,
    pub time_zone: String,
    pub started_on: Option<Day>,
    pub languages: String,
    pub attributes: String,
    pub status: Status,
}

pub(super) async fn present_people(tx: &mut Tx) -> Answer<Vec<ProfileRow>> {
    Ok(fetch_all!(
        tx,
        ProfileRow,
        "select id, name, email, title, level, level_label, department, location,
                coalesce(time_zone, (select time_zone from organization), 'UTC') as time_zone,
                started_on, languages, attributes, status
         from people where status <> 'left' order by id"
    )?)
}

/// Somebody who works here, by words of their name or by e-mail: for pickers. Every word has to occur; at most
/// `limit` people, by name.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, text: &str, limit: i64) -> Answer<Vec<Card>> {
    let [first, second, third] = patterns(text);
    Ok(fetch_all!(
        tx,
        Card,
        "select id, name, title, department, location, email,
                coalesce(time_zone, (select time_zone from organization)) as time_zone
         from people
         where status <> 'left'
           and sort_name || ' ' || coalesce(email, '') like $1 escape '!'
           and sort_name || ' ' || coalesce(email, '') like $2 escape '!'
           and sort_name || ' ' || coalesce(email, '') like $3 escape '!'
         order by sort_name, id limit $4",
        first,
        second,
        third,
        limit
    )?)
}

/// What was typed into a search box, as patterns for `like`: one for each of the first two words, one for the rest.
fn patterns(text: &str) -> [String; 3] {
    let text = text.trim().to_lowercase();
    let mut words = text.splitn(3, char::is_whitespace).map(str::trim);
    [(); 3].map(|()| {
        let word = words.next().unwrap_or_default();
        let plain = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        format!("%{plain}%")
    })
}
