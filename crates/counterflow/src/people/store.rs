//! The statements on `people`.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{profile::Status, spelling};

use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{clock::Day, db::Tx, error::Answer, guard::Leave, ids::PersonId, json_text::JsonText},
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
        super::position(&self.title, &self.location)
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

/// One of them, also somebody who is away.
pub(super) async fn present_person(tx: &mut Tx, person: PersonId) -> Answer<Option<ProfileRow>> {
    Ok(fetch_optional!(
        tx,
        ProfileRow,
        "select id, name, email, title, level, level_label, department, location,
                coalesce(time_zone, (select time_zone from organization), 'UTC') as time_zone,
                started_on, languages, attributes, status
         from people where status <> 'left' and id = $1",
        person
    )?)
}

/// Somebody who works here, by words of their name or by e-mail: for pickers. Every word has to occur; at most
/// `limit` people, by name.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, text: &str, limit: i64) -> Answer<Vec<Card>> {
    let [first, second, third] = spelling::patterns(text);
    Ok(fetch_all!(
        tx,
        Card,
        "select id, name, title, department, location, email,
                coalesce(time_zone, (select time_zone from organization)) as time_zone
         from people
         where status <> 'left'
           and coalesce(search_text, lower(name || ' ' || coalesce(email, ''))) like $1 escape '!'
           and coalesce(search_text, lower(name || ' ' || coalesce(email, ''))) like $2 escape '!'
           and coalesce(search_text, lower(name || ' ' || coalesce(email, ''))) like $3 escape '!'
         order by sort_name, id limit $4",
        first,
        second,
        third,
        limit
    )?)
}

/// The organization's zone, once it has been set up.
pub(super) async fn organization_zone(tx: &mut Tx) -> Answer<Option<String>> {
    let row = fetch_optional!(tx, (String,), "select time_zone from organization")?;
    Ok(row.map(|(zone,)| zone))
}

/// Those whose last day is over.
pub(super) async fn due_to_leave(tx: &mut Tx, today: Day) -> Answer<Vec<PersonId>> {
    let rows = fetch_all!(
        tx,
        (PersonId,),
        "select id from people where status <> 'left' and left_on < $1 order by id",
        today
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whoever has this address and works here.
///
/// # Errors
/// When the database fails.
pub async fn colleague(tx: &mut Tx, email: &str) -> Answer<Option<PersonId>> {
    let found = fetch_optional!(tx, (PersonId,), "select id from people where email = $1 and status <> 'left'", email)?;
    Ok(found.map(|(id,)| id))
}

/// Whether somebody has left. Jobs ask again: a mistaken import may have been put right meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn has_left(tx: &mut Tx, person: PersonId) -> Answer<bool> {
    let (count,) = fetch_one!(tx, (i64,), "select count(*) from people where id = $1 and status = 'left'", person)?;
    Ok(count > 0)
}

pub(super) async fn mark_left(tx: &mut Tx, person: PersonId) -> Answer<()> {
    let now = tx.now();
    execute!(tx, "update people set status = 'left', updated_at = $1 where id = $2", now, person)?;
    Ok(())
}

/// How many people there are.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Headcount {
    pub here: i64,
    pub on_leave: i64,
    pub left: i64,
    /// Work here, and cannot be written to.
    pub without_email: i64,
}

pub(super) async fn headcount(tx: &mut Tx) -> Answer<Headcount> {
    Ok(fetch_one!(
        tx,
        Headcount,
        "select count(case when status <> 'left' then 1 end) as here,
                count(case when status = 'on_leave' then 1 end) as on_leave,
                count(case when status = 'left' then 1 end) as left,
                count(case when status <> 'left' and email is null then 1 end) as without_email
         from people"
    )?)
}

/// Somebody in the list of the directory.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Entry {
    pub id: PersonId,
    pub name: String,
    pub title: Option<String>,
    pub department: Option<String>,
    pub location: Option<String>,
    pub manager: Option<String>,
    pub status: Status,
}

/// Whom the directory lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    Here,
    Left,
}

/// Those in whose name, e-mail, department or title every word is found, by last name.
pub(super) async fn search(tx: &mut Tx, text: &str, listing: Listing, limit: i64, from: i64) -> Answer<Vec<Entry>> {
    let [first, second, third] = spelling::patterns(text);
    Ok(fetch_all!(
        tx,
        Entry,
        "select people.id, people.name, people.title, people.department, people.location, managers.name as manager,
                people.status
         from people left join people managers on managers.id = people.manager_id
         where (people.status = 'left') = $1
           and coalesce(people.search_text, lower(people.name || ' ' || coalesce(people.email, ''))) like $2 escape '!'
           and coalesce(people.search_text, lower(people.name || ' ' || coalesce(people.email, ''))) like $3 escape '!'
           and coalesce(people.search_text, lower(people.name || ' ' || coalesce(people.email, ''))) like $4 escape '!'
         order by people.sort_name, people.id limit $5 offset $6",
        listing == Listing::Left,
        first,
        second,
        third,
        limit,
        from
    )?)
}

/// How many [`search`] finds in all.
pub(super) async fn count_matches(tx: &mut Tx, text: &str, listing: Listing) -> Answer<i64> {
    let [first, second, third] = spelling::patterns(text);
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from people
         where (status = 'left') = $1
           and coalesce(search_text, lower(name || ' ' || coalesce(email, ''))) like $2 escape '!'
           and coalesce(search_text, lower(name || ' ' || coalesce(email, ''))) like $3 escape '!'
           and coalesce(search_text, lower(name || ' ' || coalesce(email, ''))) like $4 escape '!'",
        listing == Listing::Left,
        first,
        second,
        third
    )?;
    Ok(count)
}

/// Everything that the directory knows of somebody, for admins.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Person {
    pub name: String,
    pub employee_id: Option<String>,
    pub email: Option<String>,
    pub title: Option<String>,
    pub level_label: Option<String>,
    pub department: Option<String>,
    pub location: Option<String>,
    pub time_zone: String,
    pub languages: JsonText<Vec<String>>,
    pub attributes: JsonText<BTreeMap<String, String>>,
    pub started_on: Option<Day>,
    pub left_on: Option<Day>,
    pub status: Status,
    /// How many work here and report to them.
    pub reports: i64,
}

pub(super) async fn person(tx: &mut Tx, leave: &impl Leave<PersonId>) -> Answer<Option<Person>> {
    Ok(fetch_optional!(
        tx,
        Person,
        "select name, employee_id, email, title, level_label, department, location,
                coalesce(time_zone, (select time_zone from organization), 'UTC') as time_zone,
                languages, attributes, started_on, left_on, status,
                (select count(*) from people below where below.manager_id = people.id and below.status <> 'left') as reports
         from people where id = $1",
        leave.id()
    )?)
}

/// Somebody above or below somebody.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Relative {
    pub id: PersonId,
    pub name: String,
    pub title: Option<String>,
    pub status: Status,
}

/// The line of managers upwards, at most fifty.
pub(super) async fn managers_above(tx: &mut Tx, person: PersonId) -> Answer<Vec<Relative>> {
    Ok(fetch_all!(
        tx,
        Relative,
        "with recursive line (id, height) as (
             select manager_id, 1 from people where id = $1 and manager_id is not null
             union all
             select people.manager_id, line.height + 1 from line join people on people.id = line.id
             where people.manager_id is not null and line.height < 50
         )
         select people.id, people.name, people.title, people.status
         from line join people on people.id = line.id order by line.height",
        person
    )?)
}

/// Those who work here and report to somebody, by name.
pub(super) async fn reports(tx: &mut Tx, person: PersonId, limit: i64) -> Answer<Vec<Relative>> {
    Ok(fetch_all!(
        tx,
        Relative,
        "select id, name, title, status from people where manager_id = $1 and status <> 'left'
         order by sort_name, id limit $2",
        person,
        limit
    )?)
}
