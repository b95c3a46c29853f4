//! The statements on the versions of registration forms.

use super::form::FormVersion;
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        db::Tx,
        error::{Answer, Error},
        ids::{PersonId, RoundId},
    },
};

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    number: i64,
    form: String,
}

impl Row {
    pub(super) fn read(&self) -> Answer<FormVersion> {
        let form = serde_json::from_str(&self.form)
            .map_err(|error| Error::defect(format!("a stored form cannot be read: {error}")))?;
        Ok(FormVersion { number: self.number, form })
    }
}

pub(super) async fn latest(tx: &mut Tx, round: RoundId) -> Answer<Option<Row>> {
    Ok(fetch_optional!(
        tx,
        Row,
        "select number, form from form_versions where round_id = $1 order by number desc limit 1",
        round
    )?)
}

pub(super) async fn version(tx: &mut Tx, round: RoundId, number: i64) -> Answer<Option<Row>> {
    Ok(fetch_optional!(
        tx,
        Row,
        "select number, form from form_versions where round_id = $1 and number = $2",
        round,
        number
    )?)
}

pub(super) async fn every(tx: &mut Tx, round: RoundId) -> Answer<Vec<Row>> {
    Ok(fetch_all!(tx, Row, "select number, form from form_versions where round_id = $1 order by number", round)?)
}

/// Who made a version, by name.
pub(super) async fn changed_by(tx: &mut Tx, round: RoundId, number: i64) -> Answer<String> {
    let found = fetch_optional!(
        tx,
        (String,),
        "select people.name from form_versions join people on people.id = form_versions.changed_by
         where form_versions.round_id = $1 and form_versions.number = $2",
        round,
        number
    )?;
    Ok(found.map(|(name,)| name).unwrap_or_default())
}

pub(super) async fn insert(tx: &mut Tx, round: RoundId, number: i64, form: &str, by: PersonId) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into form_versions (round_id, number, form, changed_by, changed_at) values ($1, $2, $3, $4, $5)",
        round,
        number,
        form,
        by,
        now,
    )?;
    Ok(())
}

/// How many have answered a round's registration.
pub(super) async fn answered(tx: &mut Tx, round: RoundId) -> Answer<Vec<Option<String>>> {
    let rows = fetch_all!(
        tx,
        (Option<String>,),
        "select r.answers from registrations r join participants p on p.id = r.participant_id
         where p.round_id = $1 and p.state <> 'withdrawn' and r.submitted_at is not null",
        round
    )?;
    Ok(rows.into_iter().map(|(answers,)| answers).collect())
}
