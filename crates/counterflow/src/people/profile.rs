//! What the directory knows of people, as criteria and eligibility rules read it.

use std::collections::BTreeMap;

use super::store;
use crate::kernel::{
    clock::Day,
    db::Tx,
    error::{Answer, Error},
    ids::PersonId,
};

crate::words! {
    /// Whether somebody works here.
    Status {
        /// Works here.
        Active = "active",
        /// Works here, and is away for long.
        OnLeave = "on_leave",
        /// Has left: kept for what happened before, and never invited, matched or signed in.
        Left = "left",
    }
}

/// What the directory knows of somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Where letters go.
    pub email: Option<String>,
    /// Position.
    pub title: Option<String>,
    /// Level as a number, where the organization's levels are numbers: higher is higher or lower as it counts them.
    pub level: Option<i64>,
    /// Level as the organization writes it: `L3`, `Director`.
    pub level_label: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Office.
    pub location: Option<String>,
    /// IANA name; the organization's zone if the person has none.
    pub time_zone: String,
    /// First day at work.
    pub started_on: Option<Day>,
    /// Languages that the person speaks, as the directory writes them.
    pub languages: Vec<String>,
    /// Every other column that the organization keeps, by its name.
    pub attributes: BTreeMap<String, String>,
    /// Active or on leave.
    pub status: Status,
}

/// Everybody who works here and is not away for long, by id: whom eligibility rules choose from.
///
/// # Errors
/// When the database fails.
pub async fn directory_people(tx: &mut Tx) -> Answer<Vec<Profile>> {
    let mut people = present_people(tx).await?;
    people.retain(|profile| profile.status == Status::Active);
    Ok(people)
}

/// Everybody who has not left, by id, also those on leave: somebody who took part before may be one of them.
///
/// # Errors
/// When the database fails.
pub async fn present_people(tx: &mut Tx) -> Answer<Vec<Profile>> {
    store::present_people(tx).await?.into_iter().map(Profile::try_from).collect()
}

/// Somebody who has not left.
///
/// # Errors
/// When the database fails.
pub async fn profile(tx: &mut Tx, person: PersonId) -> Answer<Option<Profile>> {
    store::present_person(tx, person).await?.map(Profile::try_from).transpose()
}

impl TryFrom<store::ProfileRow> for Profile {
    type Error = Error;

    fn try_from(row: store::ProfileRow) -> Answer<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            email: row.email,
            title: row.title,
            level: row.level,
            level_label: row.level_label,
            department: row.department,
            location: row.location,
            time_zone: row.time_zone,
            started_on: row.started_on,
            languages: serde_json::from_str(&row.languages).map_err(Error::defect)?,
            attributes: serde_json::from_str(&row.attributes).map_err(Error::defect)?,
            status: row.status,
        })
    }
}
