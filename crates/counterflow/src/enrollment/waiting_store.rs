//! The statements on the waiting list: who is in line, who comes next, and who is carried over into the next round.

use super::State;
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{ParticipantId, PersonId, ProgramId, RoundId},
    },
    people,
    programs::{Side, Stage},
};

/// Brings the line in step with the states: whoever waits is in it, whoever does not is out. Answers who came in.
pub(super) async fn settle(tx: &mut Tx, round: RoundId, by_hand: bool) -> Answer<Vec<ParticipantId>> {
    execute!(
        tx,
        "delete from waiting_entries
         where participant_id in (select id from participants where round_id = $1 and state <> 'waiting')",
        round
    )?;
    let now = tx.now();
    let rows = fetch_all!(
        tx,
        (ParticipantId,),
        "insert into waiting_entries (participant_id, since, by_hand)
         select p.id, coalesce(c.since, p.registered_at, p.waiting_at, cast($2 as text)), cast($3 as boolean)
         from participants p
         left join carry_overs c on c.to_round = p.round_id and c.person_id = p.person_id and c.role = p.role
         where p.round_id = $1 and p.state = 'waiting'
           and not exists (select 1 from waiting_entries w where w.participant_id = p.id)
         returning participant_id",
        round,
        now,
        by_hand,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Somebody in line.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct InLine {
    pub id: ParticipantId,
    pub person_id: PersonId,
    pub name: String,
    pub title: Option<String>,
    pub location: Option<String>,
    pub capacity: i64,
    pub since: Timestamp,
    pub by_hand: bool,
    /// The round from which they were carried over.
    pub carried_from: Option<String>,
}

impl InLine {
    /// Position and place in one line.
    pub fn position(&self) -> String {
        people::position(&self.title, &self.location)
    }
}

/// Those who wait on a side, first the one who comes next.
pub(super) async fn in_line(tx: &mut Tx, leave: &impl Leave<RoundId>, side: Side) -> Answer<Vec<InLine>> {
    Ok(fetch_all!(
        tx,
        InLine,
        "select p.id, p.person_id, people.name, people.title, people.location, p.capacity, w.since, w.by_hand,
                earlier_round.name as carried_from
         from waiting_entries w join participants p on p.id = w.participant_id join people on people.id = p.person_id
         left join carry_overs c on c.to_round = p.round_id and c.person_id = p.person_id and c.role = p.role
                                    and c.since is not null
         left join participants earlier on earlier.id = c.participant_id
         left join rounds earlier_round on earlier_round.id = earlier.round_id
         where p.round_id = $1 and p.role = $2 and p.state = 'waiting'
         order by w.since, w.participant_id",
        leave.id(),
        side,
    )?)
}

/// Where somebody stands in line.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Place {
    /// 1 comes next.
    pub nth: i64,
    /// How many wait on this side.
    pub of: i64,
    /// Since when they want to take part.
    pub since: Timestamp,
    /// The managers choose whether they get the next place: by having put them on the list, or by screening.
    pub by_hand: bool,
    /// The round from which they were carried over.
    pub carried_from: Option<String>,
}

/// Where somebody stands in line; none if they do not wait.
pub(super) async fn place(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<Option<Place>> {
    Ok(fetch_optional!(
        tx,
        Place,
        "select (select count(*) from waiting_entries w join participants q on q.id = w.participant_id
                 where q.round_id = p.round_id and q.role = p.role
                   and (w.since < mine.since or (w.since = mine.since and w.participant_id <= p.id))) as nth,
                (select count(*) from waiting_entries w join participants q on q.id = w.participant_id
                 where q.round_id = p.round_id and q.role = p.role) as of,
                mine.since, (mine.by_hand or (p.role = 'mentor' and s.round_id is not null)) as by_hand,
                earlier_round.name as carried_from
         from waiting_entries mine join participants p on p.id = mine.participant_id
         left join carry_overs c on c.to_round = p.round_id and c.person_id = p.person_id and c.role = p.role
                                    and c.since is not null
         left join participants earlier on earlier.id = c.participant_id
         left join rounds earlier_round on earlier_round.id = earlier.round_id
         left join screenings s on s.round_id = p.round_id
         where p.id = $1 and p.state = 'waiting'",
        leave.id()
    )?)
}

/// The round into which somebody was carried over, by name.
pub(super) async fn carried_to(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<Option<String>> {
    let found = fetch_optional!(
        tx,
        (String,),
        "select rounds.name from carry_overs c join rounds on rounds.id = c.to_round where c.participant_id = $1",
        leave.id()
    )?;
    Ok(found.map(|(name,)| name))
}

/// The places that the admitted of a side offer, or need.
pub(super) async fn places(tx: &mut Tx, round: RoundId, side: Side) -> Answer<i64> {
    let (places,) = fetch_one!(
        tx,
        (i64,),
        "select cast(coalesce(sum(capacity), 0) as bigint) from participants
         where round_id = $1 and role = $2 and state = 'admitted'",
        round,
        side
    )?;
    Ok(places)
}

/// Puts everybody who has registered into the state of waiting, but for mentors who are screened.
pub(super) async fn set_all_waiting(tx: &mut Tx, round: RoundId) -> Answer<u64> {
    let now = tx.now();
    Ok(execute!(
        tx,
        "update participants set state = 'waiting', waiting_at = $1
         where round_id = $2 and state = 'registered'
           and not (role = 'mentor'
                    and exists (select 1 from screenings s where s.round_id = participants.round_id))",
        now,
        round
    )?)
}

/// How many leaders a round has room for; none: as many as register.
pub(super) async fn leader_places(tx: &mut Tx, round: RoundId) -> Answer<Option<i64>> {
    let found = fetch_optional!(tx, (i64,), "select places from leader_places where round_id = $1", round)?;
    Ok(found.map(|(places,)| places))
}

pub(super) async fn set_leader_places(tx: &mut Tx, round: RoundId, places: Option<i64>, by: PersonId) -> Answer<()> {
    let now = tx.now();
    let Some(places) = places else {
        execute!(tx, "delete from leader_places where round_id = $1", round)?;
        return Ok(());
    };
    execute!(
        tx,
        "insert into leader_places (round_id, places, set_by, set_at) values ($1, $2, $3, $4)
         on conflict (round_id) do update set places = excluded.places, set_by = excluded.set_by,
             set_at = excluded.set_at",
        round,
        places,
        by,
        now,
    )?;
    Ok(())
}

/// To whom a letter about the waiting list goes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Told {
    pub round_id: RoundId,
    pub person_id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Side,
    pub state: State,
    pub admitted_at: Option<Timestamp>,
    pub waiting_at: Option<Timestamp>,
}

/// The participant as somebody to write to; none if the directory has no address, or they left.
pub(super) async fn told(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<Option<Told>> {
    Ok(fetch_optional!(
        tx,
        Told,
        "select p.round_id, p.person_id, people.name, people.email, p.role, p.state, p.admitted_at, p.waiting_at
         from participants p join people on people.id = p.person_id
         where p.id = $1 and people.email is not null and people.status <> 'left'",
        leave.id()
    )?)
}

/// The rounds in which somebody takes part and is in no pair: those that a leaver leaves.
pub(super) async fn rounds_of(tx: &mut Tx, person: PersonId) -> Answer<Vec<RoundId>> {
    let rows = fetch_all!(
        tx,
        (RoundId,),
        "select distinct round_id from participants where person_id = $1 and state <> 'withdrawn' order by round_id",
        person
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The program's latest round after `round`, or `round` itself, with where it stands.
pub(super) async fn latest_round(tx: &mut Tx, program: ProgramId) -> Answer<Option<(RoundId, Stage)>> {
    Ok(fetch_optional!(
        tx,
        (RoundId, Stage),
        "select id, stage from rounds where program_id = $1 order by number desc limit 1",
        program
    )?)
}

/// Somebody who was promised the next round.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Owed {
    pub participant: ParticipantId,
    pub person: PersonId,
    pub role: Side,
    pub reason: String,
    pub since: Option<Timestamp>,
}

/// Everybody of a program's rounds before `to` who was promised the next round and was not carried over yet, who has
/// waited longest first. A round that still takes people in may find a place for them itself, and whoever was in a round
/// in between has their claim from there.
pub(super) async fn owed(tx: &mut Tx, to: RoundId) -> Answer<Vec<Owed>> {
    Ok(fetch_all!(
        tx,
        Owed,
        "select p.id as participant, p.person_id as person, p.role,
                case p.state when 'declined' then 'next_time' when 'admitted' then 'no_pair' else 'no_place' end as reason,
                case when p.state <> 'declined' then coalesce(w.since, c.since, p.registered_at, p.chosen_at) end as since
         from participants p
         join rounds r on r.id = p.round_id
         join rounds target on target.id = $1 and target.program_id = r.program_id and target.number > r.number
         join people on people.id = p.person_id and people.status <> 'left'
         left join waiting_entries w on w.participant_id = p.id
         left join carry_overs c on c.to_round = p.round_id and c.person_id = p.person_id and c.role = p.role
         left join next_times n on n.participant_id = p.id
         where not exists (select 1 from carry_overs done where done.participant_id = p.id)
           and not exists (select 1 from participants since join rounds between_them on between_them.id = since.round_id
                           where since.person_id = p.person_id and between_them.program_id = r.program_id
                             and between_them.number > r.number and between_them.number < target.number)
           and ((p.state in ('waiting', 'registered') and r.stage in ('launch', 'run', 'close', 'prove'))
                or (p.state = 'declined' and n.participant_id is not null)
                or (p.state = 'admitted' and r.stage in ('close', 'prove')
                    and not exists (select 1 from pairs where pairs.round_id = r.id
                                    and p.person_id in (pairs.mentor_id, pairs.mentee_id))))
         order by coalesce(w.since, c.since, p.registered_at, p.chosen_at), p.id",
        to
    )?)
}

/// Notes that somebody was carried over. A person is in a round once: the longest wait counts.
pub(super) async fn carry(tx: &mut Tx, owed: &Owed, to: RoundId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into carry_overs (participant_id, to_round, person_id, role, reason, since, carried_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        owed.participant,
        to,
        owed.person,
        owed.role,
        owed.reason.as_str(),
        owed.since,
        now,
    )?;
    Ok(rows == 1)
}

/// Who was carried over into a round, by side: how many, and how many of them with a place in the line.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Carried {
    pub role: Side,
    pub count: i64,
    pub first: i64,
}

pub(super) async fn carried(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Carried>> {
    Ok(fetch_all!(
        tx,
        Carried,
        "select role, cast(count(*) as bigint) as count, cast(count(since) as bigint) as first
         from carry_overs where to_round = $1 group by role order by role",
        leave.id()
    )?)
}

/// Notes that somebody who said no wants to be asked in the next round.
pub(super) async fn ask_next_time(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into next_times (participant_id, asked_at)
         select p.id, $1 from participants p where p.id = $2 and p.state = 'declined' on conflict do nothing",
        now,
        id
    )?;
    Ok(rows == 1)
}

pub(super) async fn wants_next_time(tx: &mut Tx, id: ParticipantId) -> Answer<bool> {
    Ok(fetch_optional!(tx, (ParticipantId,), "select participant_id from next_times where participant_id = $1", id)?
        .is_some())
}
