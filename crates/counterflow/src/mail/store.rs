//! The statements on `letters`.

use super::Letter;
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{clock::Timestamp, db::Tx, error::Answer, ids::LetterId},
};

/// How the outbox stands.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Standing {
    /// To be sent.
    pub queued: i64,
    /// Sent.
    pub sent: i64,
    /// Put aside after too many failures. A letter that was of no use any more is not among them.
    pub dead: i64,
}

/// How the outbox stands.
///
/// # Errors
/// When the database fails.
pub async fn standing(tx: &mut Tx) -> Answer<Standing> {
    Ok(fetch_one!(
        tx,
        Standing,
        "select cast(count(case when state in ('queued', 'sending') then 1 end) as bigint) as queued,
                cast(count(case when state = 'sent' then 1 end) as bigint) as sent,
                cast(count(case when state = 'dead' and dropped_at is null then 1 end) as bigint) as dead
         from letters"
    )?)
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: LetterId,
    message_id: &str,
    letter: &Letter,
    send_at: Timestamp,
) -> Answer<bool> {
    let now = tx.now();
    tx.brings_work();
    let calendar = letter.calendar.as_ref();
    let rows = execute!(
        tx,
        "insert into letters (id, key, person_id, address, subject, body_text, body_html, calendar, calendar_method,
                              calendar_uid, message_id, state, attempts, fence, send_at, maybe_twice, created_at,
                              useless_after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, 0, $14, false, $12, $13)
         on conflict (key) do nothing",
        id,
        &letter.key,
        letter.person,
        &letter.address,
        &letter.subject,
        &letter.text,
        &letter.html,
        calendar.map(|calendar| calendar.object.as_str()),
        calendar.map(|calendar| calendar.method.name()),
        calendar.map(|calendar| calendar.uid.as_str()),
        message_id,
        now,
        letter.useless_after,
        send_at,
    )?;
    Ok(rows == 1)
}

/// Puts aside a letter that waits, and forgets what was in it.
pub(super) async fn take_back(tx: &mut Tx, key: &str) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update letters set state = 'dead', dropped_at = $1, body_text = null, body_html = null, calendar = null
         where key = $2 and state = 'queued'",
        now,
        key
    )?;
    Ok(rows == 1)
}

/// A letter that somebody has claimed for sending.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Claimed {
    pub id: LetterId,
    pub address: String,
    pub subject: String,
    pub body_text: Option<String>,
    pub body_html: Option<String>,
    pub calendar: Option<String>,
    pub calendar_method: Option<String>,
    pub message_id: String,
    pub attempts: i64,
    pub fence: i64,
}

/// Claims the letter that has waited longest. One that is still `sending` after its lease was being sent when a
/// process stopped: it may arrive twice, and says so.
///
/// News of a meeting wait for earlier news of it to the same address, so that a cancellation does not overtake the
/// invitation. What gave up holds nothing back: a calendar makes do with the latest.
pub(super) async fn claim(tx: &mut Tx, until: Timestamp) -> Answer<Option<Claimed>> {
    let now = tx.now();
    Ok(fetch_optional!(
        tx,
        Claimed,
        "update letters set maybe_twice = (maybe_twice or state = 'sending'), state = 'sending', leased_until = $1,
                attempts = attempts + 1, fence = fence + 1
         where id = (select id from letters
                     where ((state = 'queued' and send_at <= $2) or (state = 'sending' and leased_until <= $2))
                       and not exists (select 1 from letters earlier
                                       where earlier.address = letters.address
                                         and earlier.calendar_uid = letters.calendar_uid
                                         and earlier.state in ('queued', 'sending')
                                         and (earlier.created_at < letters.created_at
                                              or (earlier.created_at = letters.created_at and earlier.id < letters.id)))
                     order by send_at, id limit 1)
           and ((state = 'queued' and send_at <= $2) or (state = 'sending' and leased_until <= $2))
         returning id, address, subject, body_text, body_html, calendar, calendar_method, message_id, attempts, fence",
        until,
        now
    )?)
}

/// Notes that the mail server took it. What was in it is forgotten: it may hold a personal link.
pub(super) async fn sent(tx: &mut Tx, letter: &Claimed) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update letters set state = 'sent', sent_at = $1, leased_until = null, last_error = null,
                body_text = null, body_html = null, calendar = null
         where id = $2 and fence = $3",
        now,
        letter.id,
        letter.fence
    )?;
    Ok(())
}

/// Puts back a letter that could not be tried, because the mail server did not answer: it counts as no attempt. It goes
/// behind the others, in case it was this letter that the server fell over.
pub(super) async fn put_back(tx: &mut Tx, letter: &Claimed, ambiguous: bool) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update letters set state = 'queued', leased_until = null, attempts = attempts - 1, send_at = $1,
                maybe_twice = (maybe_twice or $2)
         where id = $3 and fence = $4",
        now,
        ambiguous,
        letter.id,
        letter.fence
    )?;
    Ok(())
}

/// Puts aside the letters that are of no use any more, and forgets what was in them.
pub(super) async fn drop_useless(tx: &mut Tx) -> Answer<Vec<(LetterId,)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (LetterId,),
        "update letters set state = 'dead', dropped_at = $1, leased_until = null,
                body_text = null, body_html = null, calendar = null
         where useless_after <= $1 and (state = 'queued' or (state = 'sending' and leased_until <= $1))
         returning id",
        now
    )?)
}

/// The mail server does not answer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Outage {
    pub since: Timestamp,
    pub tries: i64,
    pub next_at: Timestamp,
    pub last_error: String,
}

pub(super) async fn outage(tx: &mut Tx) -> Answer<Option<Outage>> {
    Ok(fetch_optional!(tx, Outage, "select since, tries, next_at, last_error from mail_outage")?)
}

pub(super) async fn note_outage(tx: &mut Tx, outage: &Outage) -> Answer<()> {
    execute!(
        tx,
        "insert into mail_outage (id, since, tries, next_at, last_error) values ('outage', $1, $2, $3, $4)
         on conflict (id) do update set tries = excluded.tries, next_at = excluded.next_at,
                                        last_error = excluded.last_error",
        outage.since,
        outage.tries,
        outage.next_at,
        &outage.last_error
    )?;
    Ok(())
}

/// Answers whether there was one.
pub(super) async fn end_outage(tx: &mut Tx) -> Answer<bool> {
    Ok(execute!(tx, "delete from mail_outage")? == 1)
}

/// Notes a failure: to be tried again at `retry`, or put aside.
pub(super) async fn failed(
    tx: &mut Tx,
    letter: &Claimed,
    error: &str,
    ambiguous: bool,
    retry: Option<Timestamp>,
) -> Answer<()> {
    execute!(
        tx,
        "update letters set state = case when cast($1 as text) is null then 'dead' else 'queued' end,
                send_at = coalesce($1, send_at), leased_until = null, last_error = $2,
                maybe_twice = (maybe_twice or $3)
         where id = $4 and fence = $5",
        retry,
        error,
        ambiguous,
        letter.id,
        letter.fence
    )?;
    Ok(())
}

/// A letter in the admin's list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Listed {
    pub id: LetterId,
    pub address: String,
    pub subject: String,
    pub state: String,
    pub maybe_twice: bool,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub dropped_at: Option<Timestamp>,
}

/// Letters, newest first, whose address or subject contains `find`.
pub(super) async fn list(tx: &mut Tx, find: &str, limit: i64, offset: i64) -> Answer<Vec<Listed>> {
    Ok(fetch_all!(
        tx,
        Listed,
        "select id, address, subject, state, maybe_twice, last_error, created_at, sent_at,
                dropped_at
         from letters
         where lower(address) like '%' || lower($1) || '%' or lower(subject) like '%' || lower($1) || '%'
         order by created_at desc, id desc limit $2 offset $3",
        find,
        limit,
        offset
    )?)
}

/// A letter with what is in it, as long as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Kept {
    pub id: LetterId,
    pub address: String,
    pub subject: String,
    pub body_text: Option<String>,
    pub calendar: Option<String>,
    pub state: String,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub dropped_at: Option<Timestamp>,
}

pub(super) async fn find(tx: &mut Tx, id: LetterId) -> Answer<Option<Kept>> {
    Ok(fetch_optional!(
        tx,
        Kept,
        "select id, address, subject, body_text, calendar, state, last_error, created_at, dropped_at
         from letters where id = $1",
        id
    )?)
}

pub(super) async fn retry(tx: &mut Tx, id: LetterId) -> Answer<u64> {
    let now = tx.now();
    tx.brings_work();
    Ok(execute!(
        tx,
        "update letters set state = 'queued', attempts = 0, send_at = $1 where id = $2 and state = 'dead' and dropped_at is null",
        now,
        id
    )?)
}

/// Queues every letter that gave up. Answers how many.
pub(super) async fn retry_all(tx: &mut Tx) -> Answer<u64> {
    let now = tx.now();
    tx.brings_work();
    Ok(execute!(
        tx,
        "update letters set state = 'queued', attempts = 0, send_at = $1 where state = 'dead' and dropped_at is null",
        now
    )?)
}
