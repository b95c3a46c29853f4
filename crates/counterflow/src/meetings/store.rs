//! The statements on meetings, proposed times, moves and outcomes.

use super::{State, Who};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{EventId, MeetingId, PairId, PersonId},
        viewer::Viewer,
    },
    pairs::Seat,
    programs::Side,
};

/// A meeting, with how it ended once it has.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Meeting {
    /// Which.
    pub id: MeetingId,
    /// Of which pair.
    pub pair_id: PairId,
    /// The first, the second, ...: a meeting that did not take place gives its number back.
    pub number: i64,
    /// How it stands.
    pub state: State,
    /// How long it should be.
    pub minutes: i64,
    /// When it begins, once a time was chosen.
    pub starts_at: Option<Timestamp>,
    /// IANA name of the zone in which its invitations are written.
    pub organizer_zone: String,
    /// Rises with each change that calendars must hear of (iTIP).
    pub sequence: i64,
    /// A video link or a room.
    pub place: Option<String>,
    /// JSON of [`crate::programs::template::Agenda`].
    pub agenda: String,
    /// Rises with each change of the agenda.
    pub agenda_version: i64,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// Who asked for other times, until they are offered.
    pub other_times_by: Option<PersonId>,
    /// When they asked.
    pub other_times_at: Option<Timestamp>,
    /// Who chose the time.
    pub chosen_by: Option<PersonId>,
    /// When they chose.
    pub chosen_at: Option<Timestamp>,
    /// Held: how long it was.
    pub held_minutes: Option<i64>,
    /// Cancelled or missed: by whom; nobody if the pair ended.
    pub by_side: Option<Who>,
    /// Cancelled: how many minutes before the start.
    pub notice_minutes: Option<i64>,
    /// Who said how it ended; `None` if the server did.
    pub recorded_by: Option<PersonId>,
    /// When they said it.
    pub recorded_at: Option<Timestamp>,
}

impl Meeting {
    /// The address of its page.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/pairs/{}/meetings/{}", self.pair_id, self.id)
    }

    /// Whether its time has come.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.starts_at.is_some_and(|at| at <= now)
    }

    /// Cancelled: how early, in words.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        self.notice_minutes.map(super::notice)
    }

    /// The place, if it is an address to open.
    #[must_use]
    pub fn video_link(&self) -> Option<&str> {
        self.place.as_deref().filter(|place| place.starts_with("https://"))
    }
}

/// The meetings of a pair, in the order of their time; those without a time by when they were proposed.
///
/// # Errors
/// When the database fails.
pub async fn of_pair(tx: &mut Tx, leave: &impl Leave<PairId>) -> Answer<Vec<Meeting>> {
    Ok(fetch_all!(
        tx,
        Meeting,
        "select m.id, m.pair_id, m.number, m.state, m.minutes, m.starts_at, m.organizer_zone, m.sequence, m.place,
                m.agenda, m.agenda_version, m.proposed_by, m.proposed_at, m.other_times_by, m.other_times_at,
                m.chosen_by, m.chosen_at, o.minutes as held_minutes, o.by_side, o.notice_minutes, o.recorded_by,
                o.recorded_at
         from meetings m left join meeting_outcomes o on o.meeting_id = m.id
         where m.pair_id = $1 order by coalesce(m.starts_at, m.proposed_at), m.id",
        leave.id()
    )?)
}

/// A meeting of a pair.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn meeting(tx: &mut Tx, leave: &impl Leave<PairId>, id: MeetingId) -> Answer<Meeting> {
    let found = fetch_optional!(
        tx,
        Meeting,
        "select m.id, m.pair_id, m.number, m.state, m.minutes, m.starts_at, m.organizer_zone, m.sequence, m.place,
                m.agenda, m.agenda_version, m.proposed_by, m.proposed_at, m.other_times_by, m.other_times_at,
                m.chosen_by, m.chosen_at, o.minutes as held_minutes, o.by_side, o.notice_minutes, o.recorded_by,
                o.recorded_at
         from meetings m left join meeting_outcomes o on o.meeting_id = m.id
         where m.id = $1 and m.pair_id = $2",
        id,
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}

/// A meeting that waits for somebody: to be chosen, to come, or to be said how it went.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Upcoming {
    /// The meeting.
    #[sqlx(flatten)]
    pub meeting: Meeting,
    /// The mentor's name.
    pub mentor: String,
    /// The mentee's name.
    pub mentee: String,
    /// Where the viewer sits in the pair.
    pub seat: Seat,
}

/// Proposed and planned meetings of every running pair in which the viewer sits, the next first, proposals last.
/// Planned ones whose time has passed are among them: nobody has said yet how they went.
///
/// # Errors
/// When the database fails.
pub async fn upcoming_for(tx: &mut Tx, viewer: &Viewer) -> Answer<Vec<Upcoming>> {
    Ok(fetch_all!(
        tx,
        Upcoming,
        "select m.id, m.pair_id, m.number, m.state, m.minutes, m.starts_at, m.organizer_zone, m.sequence, m.place,
                m.agenda, m.agenda_version, m.proposed_by, m.proposed_at, m.other_times_by, m.other_times_at,
                m.chosen_by, m.chosen_at, o.minutes as held_minutes, o.by_side, o.notice_minutes, o.recorded_by,
                o.recorded_at, mentor.name as mentor, mentee.name as mentee,
                case $1 when pairs.mentor_id then 'mentor' when pairs.mentee_id then 'mentee' else 'delegate' end
                as seat
         from meetings m
         join pairs on pairs.id = m.pair_id
         join people mentor on mentor.id = pairs.mentor_id
         join people mentee on mentee.id = pairs.mentee_id
         left join meeting_outcomes o on o.meeting_id = m.id
         where m.state in ('proposed', 'planned') and pairs.state = 'active'
           and (pairs.mentor_id = $1 or pairs.mentee_id = $1
                or pairs.id in (select pair_id from calendar_keepers where delegate_id = $1))
         order by coalesce(m.starts_at, '9999'), m.proposed_at, m.id",
        viewer.person
    )?)
}

/// The times that are proposed for a meeting, in order.
pub(super) async fn times(tx: &mut Tx, id: MeetingId) -> Answer<Vec<Timestamp>> {
    let rows = fetch_all!(
        tx,
        (Timestamp,),
        "select starts_at from meeting_times where meeting_id = $1 order by starts_at",
        id
    )?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// A meeting about to be proposed.
pub(super) struct NewMeeting<'a> {
    pub id: MeetingId,
    pub number: i64,
    pub minutes: i64,
    pub zone: &'a str,
    pub place: Option<&'a str>,
    pub agenda: &'a str,
    pub by: PersonId,
}

/// Answers whether it is new.
pub(super) async fn insert(tx: &mut Tx, leave: &impl Leave<PairId>, new: &NewMeeting<'_>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into meetings (id, pair_id, number, state, minutes, organizer_zone, sequence, place, agenda,
                               agenda_version, proposed_by, proposed_at)
         values ($1, $2, $3, 'proposed', $4, $5, 0, $6, $7, 1, $8, $9)
         on conflict do nothing",
        new.id,
        leave.id(),
        new.number,
        new.minutes,
        new.zone,
        new.place,
        new.agenda,
        new.by,
        now
    )?;
    Ok(rows == 1)
}

/// Puts these in the place of the times that were proposed before.
pub(super) async fn replace_times(tx: &mut Tx, id: MeetingId, times: &[Timestamp]) -> Answer<()> {
    execute!(tx, "delete from meeting_times where meeting_id = $1", id)?;
    for at in times {
        execute!(tx, "insert into meeting_times (meeting_id, starts_at) values ($1, $2)", id, *at)?;
    }
    Ok(())
}

/// Offers a proposed meeting again: nobody waits for other times any more.
pub(super) async fn offer_again(tx: &mut Tx, id: MeetingId, minutes: i64, place: Option<&str>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update meetings set minutes = $1, place = $2, proposed_at = $3, other_times_by = null, other_times_at = null
         where id = $4 and state = 'proposed'",
        minutes,
        place,
        now,
        id
    )?;
    Ok(rows == 1)
}

/// Notes that other times are wanted. Answers whether nobody had asked yet.
pub(super) async fn ask_other_times(tx: &mut Tx, id: MeetingId, by: PersonId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update meetings set other_times_by = $1, other_times_at = $2
         where id = $3 and state = 'proposed' and other_times_at is null",
        by,
        now,
        id
    )?;
    Ok(rows == 1)
}

/// Takes a proposal back.
pub(super) async fn withdraw(tx: &mut Tx, id: MeetingId) -> Answer<bool> {
    Ok(execute!(tx, "update meetings set state = 'withdrawn' where id = $1 and state = 'proposed'", id)? == 1)
}

/// Plans a proposed meeting at one of its times.
pub(super) async fn plan(tx: &mut Tx, id: MeetingId, at: Timestamp, by: PersonId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update meetings set state = 'planned', starts_at = $1, chosen_by = $2, chosen_at = $3,
                other_times_by = null, other_times_at = null
         where id = $4 and state = 'proposed'
           and exists (select 1 from meeting_times where meeting_id = $4 and meeting_times.starts_at = $1)",
        at,
        by,
        now,
        id
    )?;
    Ok(rows == 1)
}

/// Changes time and place of the planned meeting that was seen with this sequence.
pub(super) async fn reschedule(
    tx: &mut Tx,
    id: MeetingId,
    seen: i64,
    at: Timestamp,
    place: Option<&str>,
) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update meetings set starts_at = $1, place = $2, sequence = sequence + 1
         where id = $3 and state = 'planned' and sequence = $4",
        at,
        place,
        id,
        seen
    )?;
    Ok(rows == 1)
}

/// One time that a meeting was moved.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Move {
    /// Which meeting.
    pub meeting_id: MeetingId,
    /// From when.
    pub from_at: Timestamp,
    /// To when.
    pub to_at: Timestamp,
    /// On whose side.
    pub by_side: Side,
    /// By whom.
    pub moved_by: PersonId,
    /// When.
    pub moved_at: Timestamp,
}

impl Move {
    /// How early before the old time it was made, in words.
    #[must_use]
    pub fn notice(&self) -> String {
        super::notice(self.from_at.since(self.moved_at).as_mins())
    }
}

pub(super) async fn insert_move(tx: &mut Tx, made: &Move) -> Answer<()> {
    execute!(
        tx,
        "insert into meeting_moves (id, meeting_id, from_at, to_at, by_side, moved_by, moved_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        EventId::new(),
        made.meeting_id,
        made.from_at,
        made.to_at,
        made.by_side,
        made.moved_by,
        made.moved_at
    )?;
    Ok(())
}

/// Every move of a pair's meetings, in order.
pub(super) async fn moves(tx: &mut Tx, leave: &impl Leave<PairId>) -> Answer<Vec<Move>> {
    Ok(fetch_all!(
        tx,
        Move,
        "select v.meeting_id, v.from_at, v.to_at, v.by_side, v.moved_by, v.moved_at
         from meeting_moves v join meetings m on m.id = v.meeting_id
         where m.pair_id = $1 order by v.moved_at, v.id",
        leave.id()
    )?)
}

/// Cancels the planned meeting that was seen with this sequence.
pub(super) async fn cancel(tx: &mut Tx, id: MeetingId, seen: i64) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update meetings set state = 'cancelled', sequence = sequence + 1
         where id = $1 and state = 'planned' and sequence = $2",
        id,
        seen
    )?;
    Ok(rows == 1)
}

/// Notes that a planned meeting was held or missed, or the other of the two if that is corrected.
pub(super) async fn close(tx: &mut Tx, id: MeetingId, state: State) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update meetings set state = $1 where id = $2 and state in ('planned', 'held', 'missed')",
        state,
        id
    )?;
    Ok(rows == 1)
}

/// How a meeting ended, as it is written down.
pub(super) struct OutcomeRow {
    pub state: State,
    pub minutes: Option<i64>,
    pub by_side: Option<Who>,
    pub notice_minutes: Option<i64>,
    pub recorded_by: Option<PersonId>,
}

pub(super) async fn put_outcome(tx: &mut Tx, id: MeetingId, row: &OutcomeRow) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into meeting_outcomes (meeting_id, outcome, minutes, by_side, notice_minutes, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (meeting_id) do update set outcome = excluded.outcome, minutes = excluded.minutes,
             by_side = excluded.by_side, notice_minutes = excluded.notice_minutes,
             recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at",
        id,
        row.state,
        row.minutes,
        row.by_side,
        row.notice_minutes,
        row.recorded_by,
        now
    )?;
    Ok(())
}

/// Writes the agenda over the version that was seen.
pub(super) async fn put_agenda(tx: &mut Tx, id: MeetingId, seen: i64, agenda: &str) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update meetings set agenda = $1, agenda_version = agenda_version + 1
         where id = $2 and agenda_version = $3 and state in ('proposed', 'planned')",
        agenda,
        id,
        seen
    )?;
    Ok(rows == 1)
}

/// When either of two people has a planned meeting, in any of their pairs: start and minutes. Only that they are busy
/// is told, not with whom.
pub(super) async fn busy(
    tx: &mut Tx,
    people: (PersonId, PersonId),
    except: MeetingId,
    from: Timestamp,
    until: Timestamp,
) -> Answer<Vec<(Timestamp, i64)>> {
    Ok(fetch_all!(
        tx,
        (Timestamp, i64),
        "select m.starts_at, m.minutes from meetings m join pairs on pairs.id = m.pair_id
         where m.state = 'planned' and m.id <> $3 and m.starts_at >= $4 and m.starts_at < $5
           and (pairs.mentor_id in ($1, $2) or pairs.mentee_id in ($1, $2))
         order by m.starts_at",
        people.0,
        people.1,
        except,
        from,
        until
    )?)
}

/// A pair's proposals without an answer and its meetings to come.
pub(super) async fn open_of(tx: &mut Tx, leave: &impl Leave<PairId>) -> Answer<Vec<(MeetingId,)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (MeetingId,),
        "select id from meetings
         where pair_id = $1 and (state = 'proposed' or (state = 'planned' and starts_at > $2)) order by id",
        leave.id(),
        now
    )?)
}
