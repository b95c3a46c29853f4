//! What the other stations keep, counted. Reads only.

use jiff::SignedDuration;

use super::figures::{BothSides, ByWhom, MeetingCounts, PairCounts, People, ProposalCounts, Responses};
use crate::{
    checkins::health::Sides,
    fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::{Access, Leave},
        ids::{RoundId, RunId},
    },
    programs::Side,
};

/// An invitation that was not opened for so long needs somebody.
const UNOPENED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A proposal that expires so soon needs somebody.
const EXPIRES_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 24);
/// The latest events that are looked through for the timeline.
const EVENTS: i64 = 80;

#[derive(sqlx::FromRow)]
struct PeopleRow {
    side: Side,
    invited: i64,
    registered: i64,
    admitted: i64,
    uninvited: i64,
    unanswered: i64,
    unopened: i64,
    to_admit: i64,
    waiting: i64,
    declined: i64,
}

/// The people of a round, by side.
pub(super) async fn people(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<BothSides<People>> {
    let unopened_since = tx.now().minus(UNOPENED_FOR);
    let rows = fetch_all!(
        tx,
        PeopleRow,
        "select role as side,
                cast(count(coalesce(invited_at, registered_at, admitted_at)) as bigint) as invited,
                cast(count(coalesce(registered_at, admitted_at)) as bigint) as registered,
                cast(count(admitted_at) as bigint) as admitted,
                cast(count(case when state = 'chosen' then 1 end) as bigint) as uninvited,
                cast(count(case when state = 'invited' then 1 end) as bigint) as unanswered,
                cast(count(case when state = 'invited' and opened_at is null and invited_at <= $2 then 1 end) as bigint)
                    as unopened,
                cast(count(case when state = 'registered' then 1 end) as bigint) as to_admit,
                cast(count(case when state = 'waiting' then 1 end) as bigint) as waiting,
                cast(count(case when state = 'declined' then 1 end) as bigint) as declined
         from participants where round_id = $1 group by role",
        leave.id(),
        unopened_since
    )?;
    let mut people = BothSides::<People>::default();
    for row in rows {
        let one = people.side_mut(row.side);
        one.funnel.invited = row.invited;
        one.funnel.registered = row.registered;
        one.funnel.admitted = row.admitted;
        one.uninvited = row.uninvited;
        one.unanswered = row.unanswered;
        one.unopened = row.unopened;
        one.to_admit = row.to_admit;
        one.waiting = row.waiting;
        one.declined = row.declined;
    }
    add_paired(tx, leave, &mut people).await?;
    Ok(people)
}

#[derive(sqlx::FromRow)]
struct PairedRow {
    mentors: i64,
    mentees: i64,
    mentors_started: i64,
    mentees_started: i64,
    mentors_finished: i64,
    mentees_finished: i64,
}

async fn add_paired(tx: &mut Tx, leave: &impl Leave<RoundId>, people: &mut BothSides<People>) -> Answer<()> {
    let row = fetch_one!(
        tx,
        PairedRow,
        "select cast(count(distinct mentor_id) as bigint) as mentors, cast(count(distinct mentee_id) as bigint) as mentees,
                cast(count(distinct case when met > 0 then mentor_id end) as bigint) as mentors_started,
                cast(count(distinct case when met > 0 then mentee_id end) as bigint) as mentees_started,
                cast(count(distinct case when state = 'completed' then mentor_id end) as bigint) as mentors_finished,
                cast(count(distinct case when state = 'completed' then mentee_id end) as bigint) as mentees_finished
         from (select pairs.mentor_id, pairs.mentee_id, pairs.state,
                      (select count(*) from meetings m where m.pair_id = pairs.id and m.state = 'held') as met
               from pairs where pairs.round_id = $1) paired",
        leave.id()
    )?;
    let (mentor, mentee) = (&mut people.mentor.funnel, &mut people.mentee.funnel);
    (mentor.matched, mentor.started, mentor.finished) = (row.mentors, row.mentors_started, row.mentors_finished);
    (mentee.matched, mentee.started, mentee.finished) = (row.mentees, row.mentees_started, row.mentees_finished);
    Ok(())
}

/// How the pairs of a round stand.
pub(super) async fn pairs(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<PairCounts> {
    Ok(fetch_one!(
        tx,
        PairCounts,
        "select cast(count(case when state = 'active' then 1 end) as bigint) as active,
                cast(count(case when state = 'paused' then 1 end) as bigint) as paused,
                cast(count(case when state = 'completed' then 1 end) as bigint) as completed,
                cast(count(case when state = 'ended_early' then 1 end) as bigint) as ended_early
         from pairs where round_id = $1",
        leave.id()
    )?)
}

/// How the proposals of a round stand, as the viewer may know: where they are one of the two, a no of the other side
/// counts as silence.
pub(super) async fn proposals(tx: &mut Tx, access: &Access<RoundId>) -> Answer<ProposalCounts> {
    let (now, soon) = (tx.now(), tx.now().plus(EXPIRES_WITHIN));
    Ok(fetch_one!(
        tx,
        ProposalCounts,
        "select cast(count(case when state in ('proposed', 'accepted_by_first') then 1 end) as bigint) as open,
                cast(count(case when state in ('proposed', 'accepted_by_first') and expires_at <= $2 then 1 end) as bigint)
                    as expiring,
                cast(count(case when state = 'accepted' then 1 end) as bigint) as accepted,
                cast(count(case when state = 'declined' then 1 end) as bigint) as declined,
                cast(count(case when state = 'expired' then 1 end) as bigint) as expired
         from (select p.expires_at,
                      case when p.state <> 'declined' or other.id is null then p.state
                           when p.expires_at > $3 then 'proposed' else 'expired' end as state
               from proposals p
               left join declines d on d.proposal_id = p.id
               left join participants other on other.id in (p.mentor_id, p.mentee_id) and other.role <> d.side
                                            and other.person_id = $4
               where p.round_id = $1) seen",
        access.id,
        soon,
        now,
        access.viewer.person
    )?)
}

/// The latest match run of a round.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct LatestRun {
    pub id: RunId,
    pub number: i64,
    pub state: String,
    /// Pairs in its draft.
    pub drafted: i64,
    /// Proposals that were sent from it.
    pub proposed: i64,
}

pub(super) async fn latest_run(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Option<LatestRun>> {
    Ok(fetch_optional!(
        tx,
        LatestRun,
        "select r.id, r.number, r.state, (select count(*) from draft_pairs d where d.run_id = r.id) as drafted,
                (select count(*) from proposals where proposals.run_id = r.id) as proposed
         from match_runs r where r.round_id = $1 and r.state <> 'cancelled' order by r.number desc limit 1",
        leave.id()
    )?)
}

#[derive(sqlx::FromRow)]
struct MeetingRow {
    state: String,
    by_side: Option<Sides>,
    meetings: i64,
    late: i64,
    over: i64,
}

/// The meetings of a round.
pub(super) async fn meetings(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<MeetingCounts> {
    let now = tx.now();
    let rows = fetch_all!(
        tx,
        MeetingRow,
        "select m.state, o.by_side, cast(count(*) as bigint) as meetings,
                cast(count(case when o.notice_minutes < 1440 then 1 end) as bigint) as late,
                cast(count(case when m.starts_at < $2 then 1 end) as bigint) as over
         from meetings m join pairs on pairs.id = m.pair_id left join meeting_outcomes o on o.meeting_id = m.id
         where pairs.round_id = $1 and m.starts_at is not null group by m.state, o.by_side",
        leave.id(),
        now
    )?;
    let mut counts = MeetingCounts { moved: moves(tx, leave).await?, ..MeetingCounts::default() };
    for row in rows {
        let by = row.by_side.unwrap_or(Sides::Both);
        match row.state.as_str() {
            "held" => counts.held += row.meetings,
            "planned" => {
                counts.unmarked += row.over;
                counts.booked += row.meetings - row.over;
            }
            "cancelled" if row.by_side.is_none() => counts.released += row.meetings,
            "cancelled" => {
                counts.cancelled.add(by, row.meetings);
                counts.cancelled_late.add(by, row.late);
            }
            _ => counts.missed.add(by, row.meetings),
        }
    }
    (counts.plan,) = fetch_one!(
        tx,
        (i64,),
        "select cast(coalesce(sum(rounds.meetings), 0) as bigint)
         from pairs join rounds on rounds.id = pairs.round_id where pairs.round_id = $1",
        leave.id()
    )?;
    Ok(counts)
}

async fn moves(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<ByWhom> {
    let rows = fetch_all!(
        tx,
        (Side, i64),
        "select v.by_side, cast(count(*) as bigint)
         from meeting_moves v join meetings m on m.id = v.meeting_id join pairs on pairs.id = m.pair_id
         where pairs.round_id = $1 group by v.by_side",
        leave.id()
    )?;
    let mut moves = ByWhom::default();
    for (side, count) in rows {
        moves.add(side.into(), count);
    }
    Ok(moves)
}

/// How many answered, by occasion and side.
pub(super) async fn responses(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Responses>> {
    let now = tx.now();
    let mut rows = fetch_all!(
        tx,
        Responses,
        "select occasion, side, cast(count(*) as bigint) as asked, cast(count(answered_at) as bigint) as answered,
                cast(count(case when answered_at is null and due_at > $2 then 1 end) as bigint) as open
         from checkins where round_id = $1 group by occasion, side",
        leave.id(),
        now
    )?;
    rows.sort_by_key(|row| (row.occasion, std::cmp::Reverse(row.side)));
    Ok(rows)
}

/// People of a round to whom the last letter of which anything is known could not be sent, or came back, by name.
pub(super) async fn unreachable(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<(String,)>> {
    Ok(fetch_all!(
        tx,
        (String,),
        "select people.name from people
         where (exists (select 1 from letters dead
                        where dead.person_id = people.id and dead.state = 'dead' and dead.dropped_at is null
                          and not exists (select 1 from letters later
                                          where later.person_id = people.id and later.state = 'sent'
                                            and later.created_at > dead.created_at))
                or exists (select 1 from bounces where bounces.address = people.email))
           and people.id in (select p.person_id from participants p where p.round_id = $1 and p.state <> 'withdrawn')
         order by people.sort_name",
        leave.id()
    )?)
}

/// Whether a manager has changed the criteria since the round was opened.
pub(super) async fn criteria_changed(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<bool> {
    let (changed,) = fetch_one!(
        tx,
        (bool,),
        "select exists (select 1 from events where round_id = $1 and kind = 'round.criteria_changed') as changed",
        leave.id()
    )?;
    Ok(changed)
}

/// The names of those who hold a role on a round's program.
pub(super) async fn holders(tx: &mut Tx, leave: &impl Leave<RoundId>, role: &str) -> Answer<Vec<(String,)>> {
    Ok(fetch_all!(
        tx,
        (String,),
        "select people.name from program_roles r
         join rounds on rounds.program_id = r.program_id join people on people.id = r.person_id
         where rounds.id = $1 and r.role = $2 order by people.sort_name",
        leave.id(),
        role
    )?)
}

/// Something that happened in a round.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Happened {
    pub at: Timestamp,
    pub kind: String,
    pub actor: Option<String>,
    /// JSON: names and numbers.
    pub data: String,
}

/// The latest events of a round, newest first.
pub(super) async fn happened(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Happened>> {
    Ok(fetch_all!(
        tx,
        Happened,
        "select events.at, events.kind, people.name as actor, events.data
         from events left join people on people.id = events.actor_id
         where events.round_id = $1 order by events.at desc, events.id desc limit $2",
        leave.id(),
        EVENTS
    )?)
}
