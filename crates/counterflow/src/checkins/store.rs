//! The statements on check-ins, their links and their answers.

use std::ops::RangeInclusive;

use super::{Checkin, Given, Occasion};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::{Answer, Error},
        guard::{ByServer, Leave},
        ids::{CheckinId, MeetingId, PairId, PersonId, RoundId},
    },
    programs::Side,
};

/// A check-in.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn checkin(tx: &mut Tx, leave: &impl Leave<CheckinId>) -> Answer<Checkin> {
    let found = fetch_optional!(
        tx,
        Checkin,
        "select c.id, c.round_id, c.pair_id, c.person_id, c.side, c.occasion, c.questions, other.name as other,
                programs.name as program, rounds.minimum_reporting_size,
                coalesce(me.time_zone, (select time_zone from organization)) as time_zone,
                meetings.starts_at as met_at, c.due_at, c.answered_at
         from checkins c
         join pairs on pairs.id = c.pair_id
         join people me on me.id = c.person_id
         join people other on other.id = case when c.side = 'mentor' then pairs.mentee_id else pairs.mentor_id end
         join rounds on rounds.id = c.round_id
         join programs on programs.id = rounds.program_id
         left join meetings on meetings.id = c.meeting_id
         where c.id = $1",
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}

/// The check-in that a link answers, and whom it asks. Nobody's, once that person has left.
pub(super) async fn behind_link(tx: &mut Tx, token_hash: &str) -> Answer<(ByServer<CheckinId>, PersonId)> {
    let found = fetch_optional!(
        tx,
        (CheckinId, PersonId),
        "select c.id, c.person_id
         from checkin_links l join checkins c on c.id = l.checkin_id join people on people.id = c.person_id
         where l.token_hash = $1 and people.status <> 'left'",
        token_hash
    )?;
    let (id, person) = found.ok_or(Error::NotFound)?;
    Ok((ByServer(id), person))
}

/// A meeting that was held: whose, and in which round.
pub(super) async fn held_meeting(tx: &mut Tx, meeting: MeetingId) -> Answer<Option<(PairId, RoundId)>> {
    Ok(fetch_optional!(
        tx,
        (PairId, RoundId),
        "select pairs.id, pairs.round_id from meetings join pairs on pairs.id = meetings.pair_id
         where meetings.id = $1 and meetings.state = 'held'",
        meeting
    )?)
}

/// A check-in about to be written.
#[derive(Debug)]
pub(super) struct New<'a> {
    pub id: CheckinId,
    pub round_id: RoundId,
    pub pair_id: PairId,
    pub meeting_id: Option<MeetingId>,
    pub person_id: PersonId,
    pub side: Side,
    pub occasion: Occasion,
    pub questions: &'a str,
    pub due_at: Timestamp,
}

/// Writes a check-in unless this person was asked already. Answers whether it was written.
pub(super) async fn insert(tx: &mut Tx, new: &New<'_>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into checkins (id, round_id, pair_id, meeting_id, person_id, side, occasion, questions, due_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
        new.id,
        new.round_id,
        new.pair_id,
        new.meeting_id,
        new.person_id,
        new.side,
        new.occasion,
        new.questions,
        new.due_at,
        now,
    )?;
    Ok(rows == 1)
}

pub(super) async fn insert_link(tx: &mut Tx, token_hash: &str, checkin: CheckinId) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into checkin_links (token_hash, checkin_id, created_at) values ($1, $2, $3)",
        token_hash,
        checkin,
        now
    )?;
    Ok(())
}

/// Marks a check-in as answered. Answers whether it was this caller who did.
pub(super) async fn mark_answered(tx: &mut Tx, checkin: CheckinId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update checkins set answered_at = $1 where id = $2 and answered_at is null and due_at > $1",
        now,
        checkin
    )?;
    Ok(rows == 1)
}

pub(super) async fn insert_answer(tx: &mut Tx, checkin: CheckinId, given: &Given) -> Answer<()> {
    execute!(
        tx,
        "insert into checkin_answers (checkin_id, question, scale, words) values ($1, $2, $3, $4)",
        checkin,
        &given.question,
        given.scale,
        given.words.as_deref()
    )?;
    Ok(())
}

/// What was answered. Only for the person who answered: the caller holds leave on the check-in.
pub(super) async fn answers(tx: &mut Tx, leave: &impl Leave<CheckinId>) -> Answer<Vec<Given>> {
    Ok(fetch_all!(tx, Given, "select question, scale, words from checkin_answers where checkin_id = $1", leave.id())?)
}

/// Up to `limit` check-ins that were asked before `asked_before`, are still open, and had no reminder yet.
pub(super) async fn unanswered(tx: &mut Tx, asked_before: Timestamp, limit: i64) -> Answer<Vec<(CheckinId,)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (CheckinId,),
        "select c.id from checkins c join people on people.id = c.person_id
         where c.answered_at is null and c.reminded_at is null and c.created_at <= $1 and c.due_at > $2
           and people.status <> 'left'
         order by c.created_at, c.id limit $3",
        asked_before,
        now,
        limit
    )?)
}

/// Notes the reminder. Answers whether it was this caller who did.
pub(super) async fn mark_reminded(tx: &mut Tx, checkin: CheckinId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update checkins set reminded_at = $1 where id = $2 and reminded_at is null and answered_at is null",
        now,
        checkin
    )?;
    Ok(rows == 1)
}

/// Rounds whose dates may call for a wave: begun, and not over for longer than `ended_after`.
pub(super) async fn rounds_with_waves(tx: &mut Tx, ended_after: Day) -> Answer<Vec<(RoundId,)>> {
    Ok(fetch_all!(
        tx,
        (RoundId,),
        "select rounds.id from rounds join programs on programs.id = rounds.program_id
         where programs.archived_at is null and rounds.ends_on >= $1
           and exists (select 1 from pairs where pairs.round_id = rounds.id)
         order by rounds.id",
        ended_after
    )?)
}

/// Pairs of a round that go on or reached its end, began within a time, and were not asked at this occasion.
pub(super) async fn pairs_not_asked(
    tx: &mut Tx,
    round: RoundId,
    occasion: Occasion,
    began: &RangeInclusive<Timestamp>,
) -> Answer<Vec<(PairId,)>> {
    Ok(fetch_all!(
        tx,
        (PairId,),
        "select pairs.id from pairs
         where pairs.round_id = $1 and pairs.state in ('active', 'completed') and pairs.began_at >= $2
           and pairs.began_at <= $3
           and not exists (select 1 from checkins c where c.pair_id = pairs.id and c.occasion = $4)
         order by pairs.id",
        round,
        *began.start(),
        *began.end(),
        occasion
    )?)
}

/// A check-in that waits for somebody.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Waiting {
    /// Which.
    pub id: CheckinId,
    /// When they are asked.
    pub occasion: Occasion,
    /// The name of the person on the other side.
    pub other: String,
    /// When they met, if it is about a meeting.
    pub met_at: Option<Timestamp>,
    /// Until when it can be answered.
    pub due_at: Timestamp,
}

/// The check-ins that wait for a person, the most urgent first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx, person: PersonId) -> Answer<Vec<Waiting>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        Waiting,
        "select c.id, c.occasion, other.name as other, meetings.starts_at as met_at, c.due_at
         from checkins c
         join pairs on pairs.id = c.pair_id
         join people other on other.id = case when c.side = 'mentor' then pairs.mentee_id else pairs.mentor_id end
         left join meetings on meetings.id = c.meeting_id
         where c.person_id = $1 and c.answered_at is null and c.due_at > $2 order by c.due_at, c.id",
        person,
        now
    )?)
}
