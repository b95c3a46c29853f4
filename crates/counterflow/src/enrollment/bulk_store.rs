//! The statements on acts on many people: on whom, how they stood before and after, and the letters that wait.

use super::{
    State,
    bulk::{Act, Stand},
    list_store,
    table::Filter,
};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{BulkId, ParticipantId, PersonId, RoundId},
    },
    programs::Side,
};

/// Those whom a filter finds and on whom an act can be carried out now, by name.
pub(super) async fn able(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    act: Act,
    filter: &Filter,
) -> Answer<Vec<(ParticipantId, String)>> {
    let [first, second] = list_store::patterns(&filter.find);
    Ok(fetch_all!(
        tx,
        (ParticipantId, String),
        "select p.id, people.name
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.role = coalesce($2, p.role)
           and ((cast($3 as text) is null and p.state <> 'withdrawn') or p.state = $3)
           and people.sort_name || ' ' || coalesce(people.email, '') like $4 escape '!'
           and people.sort_name || ' ' || coalesce(people.email, '') like $5 escape '!'
           and case cast($6 as text)
               when 'unopened' then p.state = 'invited' and p.opened_at is null
               when 'opened' then p.state = 'invited' and p.opened_at is not null
               when 'bounced' then exists (select 1 from bounces b where b.address = people.email)
               when 'no_address' then people.email is null
               when 'next_time' then exists (select 1 from next_times n where n.participant_id = p.id)
               else true end
           and case cast($7 as text)
               when 'invite' then p.state = 'chosen' and people.email is not null and people.status <> 'left'
               when 'ask_again' then p.state = 'declined' and people.email is not null and people.status <> 'left'
               when 'remind' then p.state = 'invited' and p.reminders < 2 and people.email is not null
                                  and people.status <> 'left'
                                  and not exists (select 1 from bounces b where b.address = people.email)
               when 'admit' then p.state in ('registered', 'waiting')
               when 'wait' then p.state in ('registered', 'admitted')
               else p.state <> 'withdrawn' end
         order by people.sort_name, p.id",
        leave.id(),
        filter.side,
        filter.state,
        first,
        second,
        filter.found,
        act,
    )?)
}

/// Those on a side who have not opened their link, and last heard of it at or before `since`.
pub(super) async fn silent(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    side: Side,
    since: Timestamp,
) -> Answer<Vec<ParticipantId>> {
    let rows = fetch_all!(
        tx,
        (ParticipantId,),
        "select p.id
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.role = $2 and p.state = 'invited' and p.opened_at is null and p.reminders < 2
           and coalesce(p.reminded_at, p.invited_at) <= $3
           and people.email is not null and people.status <> 'left'
           and not exists (select 1 from bounces b where b.address = people.email)
         order by people.sort_name, p.id",
        leave.id(),
        side,
        since,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// An act on many.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Bulk {
    pub id: BulkId,
    pub round_id: RoundId,
    pub act: Act,
    pub total: i64,
    pub done_by: Option<PersonId>,
    /// Their name.
    pub by: Option<String>,
    pub begun_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub undone_at: Option<Timestamp>,
    /// Who took it back.
    pub undone_by: Option<String>,
}

pub(super) async fn insert(tx: &mut Tx, new: &Bulk, whom: &[ParticipantId]) -> Answer<bool> {
    let rows = execute!(
        tx,
        "insert into bulk_acts (id, round_id, act, total, done_by, begun_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do nothing",
        new.id,
        new.round_id,
        new.act,
        new.total,
        new.done_by,
        new.begun_at,
    )?;
    if rows == 0 {
        return Ok(false);
    }
    for participant in whom {
        execute!(
            tx,
            "insert into bulk_rows (act_id, participant_id) values ($1, $2)
             on conflict (act_id, participant_id) do nothing",
            new.id,
            *participant
        )?;
    }
    Ok(true)
}

/// An act of a round.
pub(super) async fn bulk(tx: &mut Tx, leave: &impl Leave<RoundId>, id: BulkId) -> Answer<Option<Bulk>> {
    Ok(fetch_optional!(
        tx,
        Bulk,
        "select b.id, b.round_id, b.act, b.total, b.done_by, doer.name as by, b.begun_at, b.finished_at, b.undone_at,
                undoer.name as undone_by
         from bulk_acts b left join people doer on doer.id = b.done_by left join people undoer on undoer.id = b.undone_by
         where b.round_id = $1 and b.id = $2",
        leave.id(),
        id
    )?)
}

/// The last act of a round.
pub(super) async fn latest(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Option<Bulk>> {
    Ok(fetch_optional!(
        tx,
        Bulk,
        "select b.id, b.round_id, b.act, b.total, b.done_by, doer.name as by, b.begun_at, b.finished_at, b.undone_at,
                undoer.name as undone_by
         from bulk_acts b left join people doer on doer.id = b.done_by left join people undoer on undoer.id = b.undone_by
         where b.round_id = $1 order by b.begun_at desc, b.id desc limit 1",
        leave.id()
    )?)
}

/// In which round an act was: for the job that carries it on.
pub(super) async fn round_of(tx: &mut Tx, id: BulkId) -> Answer<Option<(RoundId, Option<PersonId>)>> {
    Ok(fetch_optional!(tx, (RoundId, Option<PersonId>), "select round_id, done_by from bulk_acts where id = $1", id)?)
}

/// How an act stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Tally {
    /// Not looked at yet.
    pub to_do: i64,
    pub done: i64,
    /// Stood elsewhere by the time their turn came.
    pub passed: i64,
    pub undone: i64,
    /// Could not be undone: they have moved on, or their letter is sent.
    pub kept: i64,
    /// Letters of those done that wait to be sent,
    pub letters_wait: i64,
    /// and that were handed over.
    pub letters_gone: i64,
}

pub(super) async fn tally(tx: &mut Tx, id: BulkId) -> Answer<Tally> {
    Ok(fetch_one!(
        tx,
        Tally,
        "select cast(count(case when r.outcome is null then 1 end) as bigint) as to_do,
                cast(count(case when r.outcome = 'done' then 1 end) as bigint) as done,
                cast(count(case when r.outcome = 'passed' then 1 end) as bigint) as passed,
                cast(count(case when r.outcome = 'undone' then 1 end) as bigint) as undone,
                cast(count(case when r.outcome = 'kept' then 1 end) as bigint) as kept,
                cast(count(case when r.outcome = 'done' and l.state = 'queued' then 1 end) as bigint) as letters_wait,
                cast(count(case when r.outcome = 'done' and l.state in ('sending', 'sent') then 1 end) as bigint)
                    as letters_gone
         from bulk_rows r left join letters l on l.key = r.letter where r.act_id = $1",
        id
    )?)
}

/// When the letters of an act that still wait are sent.
pub(super) async fn letters_leave_at(tx: &mut Tx, id: BulkId) -> Answer<Option<Timestamp>> {
    let (at,) = fetch_one!(
        tx,
        (Option<Timestamp>,),
        "select min(l.send_at) from bulk_rows r join letters l on l.key = r.letter
         where r.act_id = $1 and l.state = 'queued'",
        id
    )?;
    Ok(at)
}

/// Somebody on whom an act is to be carried out, or was.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Row {
    pub id: ParticipantId,
    pub person_id: PersonId,
    pub name: String,
    /// None where the directory has no address, or they left.
    pub email: Option<String>,
    pub role: Side,
    #[sqlx(flatten)]
    pub stand: Stand,
    pub before: Option<String>,
    pub after: Option<String>,
    pub letter: Option<String>,
    pub token_hash: Option<String>,
}

/// The next `limit` people whom an act has left in this outcome; null: on whom it was not carried out yet.
pub(super) async fn rows(tx: &mut Tx, id: BulkId, outcome: Option<&str>, limit: i64) -> Answer<Vec<Row>> {
    Ok(fetch_all!(
        tx,
        Row,
        "select p.id, p.person_id, people.name, case when people.status <> 'left' then people.email end as email, p.role,
                p.state, p.invited_at, p.opened_at, p.reminded_at, p.reminders, p.admitted_at, p.waiting_at,
                p.declined_at, p.withdrawn_at, w.since as waits_since, w.by_hand,
                r.before, r.after, r.letter, r.token_hash
         from bulk_rows r join participants p on p.id = r.participant_id join people on people.id = p.person_id
         left join waiting_entries w on w.participant_id = p.id
         where r.act_id = $1 and coalesce(r.outcome, 'to_do') = coalesce($2, 'to_do')
         order by r.participant_id limit $3",
        id,
        outcome,
        limit,
    )?)
}

/// How somebody stands now.
pub(super) async fn stand(tx: &mut Tx, id: ParticipantId) -> Answer<Stand> {
    Ok(fetch_one!(
        tx,
        Stand,
        "select p.state, p.invited_at, p.opened_at, p.reminded_at, p.reminders, p.admitted_at, p.waiting_at,
                p.declined_at, p.withdrawn_at, w.since as waits_since, w.by_hand
         from participants p left join waiting_entries w on w.participant_id = p.id where p.id = $1",
        id
    )?)
}

/// A letter that an act has written, with the personal link in it.
pub(super) struct Written {
    pub key: String,
    pub token_hash: String,
}

/// Notes that an act was carried out on somebody.
pub(super) async fn note_done(
    tx: &mut Tx,
    act: BulkId,
    id: ParticipantId,
    before: &str,
    after: &str,
    letter: Option<&Written>,
) -> Answer<()> {
    execute!(
        tx,
        "update bulk_rows set outcome = 'done', before = $1, after = $2, letter = $3, token_hash = $4
         where act_id = $5 and participant_id = $6",
        before,
        after,
        letter.map(|letter| letter.key.as_str()),
        letter.map(|letter| letter.token_hash.as_str()),
        act,
        id,
    )?;
    Ok(())
}

pub(super) async fn note(tx: &mut Tx, act: BulkId, id: ParticipantId, outcome: &str) -> Answer<()> {
    execute!(tx, "update bulk_rows set outcome = $1 where act_id = $2 and participant_id = $3", outcome, act, id)?;
    Ok(())
}

/// Passes by everybody whose turn has not come: the act was taken back before.
pub(super) async fn pass_rest(tx: &mut Tx, act: BulkId) -> Answer<()> {
    execute!(tx, "update bulk_rows set outcome = 'passed' where act_id = $1 and outcome is null", act)?;
    Ok(())
}

pub(super) async fn finish(tx: &mut Tx, id: BulkId) -> Answer<()> {
    let now = tx.now();
    execute!(tx, "update bulk_acts set finished_at = $1 where id = $2 and finished_at is null", now, id)?;
    Ok(())
}

/// Notes that an act is taken back. Answers whether it was not before.
pub(super) async fn set_undone(tx: &mut Tx, id: BulkId, by: Option<PersonId>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update bulk_acts set undone_at = $1, undone_by = $2 where id = $3 and undone_at is null",
        now,
        by,
        id
    )?;
    Ok(rows == 1)
}

/// Puts somebody back as they stood, if they stand as the act left them, still work here, and are not on the other side by
/// now.
pub(super) async fn restore(tx: &mut Tx, id: ParticipantId, after: &Stand, before: &Stand) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update participants set state = $1, invited_at = $2, opened_at = $3, reminded_at = $4, reminders = $5,
                admitted_at = $6, waiting_at = $7, declined_at = $8, withdrawn_at = $9
         where id = $10 and state = $11 and reminders = $12 and coalesce(opened_at, '') = coalesce($13, '')
           and coalesce(admitted_at, '') = coalesce($14, '') and coalesce(waiting_at, '') = coalesce($15, '')
           and not exists (select 1 from people where people.id = participants.person_id and people.status = 'left')
           and not exists (select 1 from participants other
                           where other.round_id = participants.round_id and other.person_id = participants.person_id
                             and other.id <> participants.id and other.state <> 'withdrawn')",
        before.state,
        before.invited_at,
        before.opened_at,
        before.reminded_at,
        before.reminders,
        before.admitted_at,
        before.waiting_at,
        before.declined_at,
        before.withdrawn_at,
        id,
        after.state,
        after.reminders,
        after.opened_at,
        after.admitted_at,
        after.waiting_at,
    )?;
    if rows == 1
        && let (State::Waiting, Some(since)) = (before.state, before.waits_since)
    {
        execute!(
            tx,
            "insert into waiting_entries (participant_id, since, by_hand) values ($1, $2, $3)
             on conflict (participant_id) do nothing",
            id,
            since,
            before.by_hand.unwrap_or(false),
        )?;
    }
    Ok(rows == 1)
}

/// Forgets a personal link whose letter was never sent.
pub(super) async fn delete_link(tx: &mut Tx, hash: &str) -> Answer<()> {
    execute!(tx, "delete from invitations where token_hash = $1", hash)?;
    Ok(())
}

/// Sends the letters of an act that still wait. Answers how many.
pub(super) async fn release(tx: &mut Tx, id: BulkId) -> Answer<u64> {
    let now = tx.now();
    tx.brings_work();
    Ok(execute!(
        tx,
        "update letters set send_at = $1
         where state = 'queued' and send_at > $1
           and key in (select r.letter from bulk_rows r where r.act_id = $2 and r.letter is not null)",
        now,
        id
    )?)
}
