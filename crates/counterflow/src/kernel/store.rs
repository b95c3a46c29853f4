//! The kernel's statements: who is signed in, which roles somebody holds, events, and queueing work.

use serde_json::Value;

use super::{
    clock::Timestamp,
    db::Tx,
    error::Error,
    event::Event,
    ids::{EventId, JobId, PersonId},
    token,
};
use crate::{execute, fetch_all, fetch_one, fetch_optional};

#[derive(sqlx::FromRow)]
pub(super) struct LoginRow {
    pub person_id: PersonId,
    pub name: String,
    pub time_zone: Option<String>,
    pub theme: String,
    pub seen_at: Timestamp,
}

/// The person behind a login that is neither too old nor too long unused, and who has not left.
pub(super) async fn login(tx: &mut Tx, id_hash: &str, seen_after: Timestamp) -> Result<Option<LoginRow>, Error> {
    let now = tx.now();
    Ok(fetch_optional!(
        tx,
        LoginRow,
        "select people.id as person_id, people.name, people.time_zone, people.theme, logins.seen_at
         from logins join people on people.id = logins.person_id
         where logins.id_hash = $1 and logins.expires_at > $2 and logins.seen_at > $3 and people.status <> 'left'",
        id_hash,
        now,
        seen_after,
    )?)
}

/// A person as a login row, for acting in their name without a browser.
pub(super) async fn person(tx: &mut Tx, id: PersonId) -> Result<Option<LoginRow>, Error> {
    let now = tx.now();
    Ok(fetch_optional!(
        tx,
        LoginRow,
        "select id as person_id, name, time_zone, theme, cast($2 as text) as seen_at from people where id = $1",
        id,
        now
    )?)
}

/// Notes that a login was used.
pub(super) async fn touch_login(tx: &mut Tx, id_hash: &str, used_at: Timestamp) -> Result<(), Error> {
    execute!(tx, "update logins set seen_at = $1 where id_hash = $2 and seen_at < $1", used_at, id_hash)?;
    Ok(())
}

/// The names of the roles that a person holds on something.
pub(super) async fn roles_on(tx: &mut Tx, person: PersonId, on: &str) -> Result<Vec<(String,)>, Error> {
    Ok(fetch_all!(
        tx,
        (String,),
        "select distinct role from held_roles where person_id = $1 and on_id = $2",
        person,
        on
    )?)
}

#[derive(sqlx::FromRow)]
pub(super) struct RoundRow {
    pub round_id: String,
    pub program: String,
    pub round: String,
}

/// The rounds that somebody manages or backs, newest first.
pub(super) async fn rounds_of(tx: &mut Tx, person: PersonId) -> Result<Vec<RoundRow>, Error> {
    Ok(fetch_all!(
        tx,
        RoundRow,
        "select distinct rounds.id as round_id, programs.name as program, rounds.name as round, rounds.created_at
         from program_roles r join programs on programs.id = r.program_id join rounds on rounds.program_id = programs.id
         where r.person_id = $1 and programs.archived_at is null
         order by rounds.created_at desc limit 12",
        person
    )?)
}

/// The organization's name and zone, once it has been set up.
pub(super) async fn organization(tx: &mut Tx) -> Result<Option<(String, String)>, Error> {
    Ok(fetch_optional!(tx, (String, String), "select name, time_zone from organization")?)
}

/// What the directory looks like: another stamp whenever somebody in it was changed; empty before the first change.
///
/// # Errors
/// When the database fails.
pub(crate) async fn directory_stamp(tx: &mut Tx) -> Result<String, Error> {
    let found = fetch_optional!(tx, (String,), "select stamp from directory_stamp")?;
    Ok(found.map(|(stamp,)| stamp).unwrap_or_default())
}

/// Notes that somebody in the directory was changed. Whoever writes `people` says so in the same transaction.
///
/// # Errors
/// When the database fails.
pub(crate) async fn stamp_directory(tx: &mut Tx) -> Result<(), Error> {
    execute!(
        tx,
        "insert into directory_stamp (id, stamp) values ('directory', $1)
         on conflict (id) do update set stamp = excluded.stamp",
        token::new(),
    )?;
    Ok(())
}

/// Direction and design of the program to which something belongs, by its id, by the hash of a link, or by a code.
pub(super) async fn speech(tx: &mut Tx, named: &str) -> Result<Option<(String, String)>, Error> {
    Ok(fetch_optional!(
        tx,
        (String, String),
        "select programs.direction, programs.design from programs join (
             select id as program_id from programs where id = $1
             union all select program_id from rounds where id = $1
             union all select rounds.program_id from rounds join (
                 select round_id from participants where id = $1
                 union all select round_id from proposals where id = $1
                 union all select round_id from pairs where id = $1
                 union all select round_id from checkins where id = $1
                 union all select round_id from join_codes where code = $1
                 union all select participants.round_id from invitations
                     join participants on participants.id = invitations.participant_id
                     where invitations.token_hash = $1
                 union all select checkins.round_id from checkin_links
                     join checkins on checkins.id = checkin_links.checkin_id where checkin_links.token_hash = $1
             ) as parts on parts.round_id = rounds.id
             union all select readiness_surveys.program_id from readiness_links
                 join readiness_surveys on readiness_surveys.id = readiness_links.survey_id
                 where readiness_links.token_hash = $1
         ) as owner on owner.program_id = programs.id limit 1",
        named,
    )?)
}

/// A key of this server; `candidate` becomes the key if there is none yet.
pub(super) async fn server_key(tx: &mut Tx, name: &str, candidate: &str) -> Result<String, Error> {
    execute!(
        tx,
        "insert into server_keys (name, value) values ($1, $2) on conflict (name) do nothing",
        name,
        candidate
    )?;
    let (key,) = fetch_one!(tx, (String,), "select value from server_keys where name = $1", name)?;
    Ok(key)
}

pub(super) async fn insert_event(tx: &mut Tx, id: EventId, event: &Event) -> Result<(), Error> {
    let now = tx.now();
    execute!(
        tx,
        "insert into events (id, at, kind, actor_id, program_id, round_id, pair_id, subject_id, data)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        now,
        event.kind,
        event.actor,
        event.program,
        event.round,
        event.pair,
        event.subject.as_deref(),
        event.data.to_string(),
    )?;
    Ok(())
}

/// Queues work in this transaction, unless the same work (kind and key) already waits. If it is being done right now, it
/// is done once more afterwards: what this transaction writes may have come too late for it. Answers whether it was queued.
///
/// # Errors
/// When the database fails.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    kind: &str,
    key: &str,
    payload: &Value,
    run_at: Timestamp,
) -> Result<bool, Error> {
    let now = tx.now();
    tx.brings_work();
    let rows = execute!(
        tx,
        "insert into jobs (id, kind, key, payload, run_at, attempts, fence, created_at)
         values ($1, $2, $3, $4, $5, 0, 0, $6)
         on conflict (kind, key) where finished_at is null and dead_at is null
         do update set again_at = excluded.run_at where jobs.leased_until is not null",
        JobId::new(),
        kind,
        key,
        payload.to_string(),
        run_at,
        now,
    )?;
    Ok(rows == 1)
}
