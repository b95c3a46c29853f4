//! The statements behind health: dates of meetings, who moved or missed them, who signed. Nothing that anybody wrote.

use std::collections::HashMap;

use super::health::{Facts, Fate, Health, Meeting, Sides, Wanted, health};
use crate::{
    fetch_all,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{MeetingId, PairId, PersonId, RoundId},
    },
    people,
    programs::Side,
};

/// A pair that goes on, with how it is doing.
#[derive(Debug, Clone)]
pub struct Running {
    /// Who.
    pub pair: PairRow,
    /// How.
    pub health: Health,
}

/// A pair that goes on, with what lists show of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PairRow {
    /// Which.
    pub id: PairId,
    /// The mentor.
    pub mentor_id: PersonId,
    /// The mentor's name.
    pub mentor: String,
    /// By which names are sorted.
    pub mentor_sort: String,
    /// The mentor's position.
    pub mentor_title: Option<String>,
    /// The mentor's office.
    pub mentor_location: Option<String>,
    /// The mentee.
    pub mentee_id: PersonId,
    /// The mentee's name.
    pub mentee: String,
    /// By which names are sorted.
    pub mentee_sort: String,
    /// The mentee's position.
    pub mentee_title: Option<String>,
    /// The mentee's office.
    pub mentee_location: Option<String>,
    /// When it began.
    pub began_at: Timestamp,
    /// Days from one meeting to the next, as agreed.
    pub rhythm_days: i64,
    /// Which side proposes times.
    pub led_by: Side,
    /// How many meetings it should have.
    pub plan: i64,
    mentor_signed: bool,
    mentee_signed: bool,
}

impl PairRow {
    /// Who is on a side.
    #[must_use]
    pub fn person_on(&self, side: Side) -> PersonId {
        match side {
            Side::Mentor => self.mentor_id,
            Side::Mentee => self.mentee_id,
        }
    }

    /// The name of whoever is on a side.
    #[must_use]
    pub fn name_on(&self, side: Side) -> &str {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }

    /// The first word of that name, as colleagues say it.
    #[must_use]
    pub fn first_name_on(&self, side: Side) -> &str {
        self.name_on(side).split_whitespace().next().unwrap_or_default()
    }

    /// Position and place of whoever is on a side, in one line.
    #[must_use]
    pub fn position_on(&self, side: Side) -> String {
        match side {
            Side::Mentor => people::position(&self.mentor_title, &self.mentor_location),
            Side::Mentee => people::position(&self.mentee_title, &self.mentee_location),
        }
    }

    fn unsigned(&self) -> Option<Sides> {
        match (self.mentor_signed, self.mentee_signed) {
            (true, true) => None,
            (false, true) => Some(Sides::Mentor),
            (true, false) => Some(Sides::Mentee),
            (false, false) => Some(Sides::Both),
        }
    }
}

#[derive(sqlx::FromRow)]
struct MeetingRow {
    id: MeetingId,
    pair_id: PairId,
    state: String,
    starts_at: Option<Timestamp>,
    proposed_at: Timestamp,
    other_times_at: Option<Timestamp>,
    by_side: Option<Sides>,
    notice_minutes: Option<i64>,
}

impl MeetingRow {
    fn fate(&self) -> Fate {
        let by = self.by_side.unwrap_or(Sides::Both);
        match self.state.as_str() {
            "proposed" => match self.other_times_at {
                Some(since) => Fate::Proposed { wanted: Wanted::OtherTimes, since },
                None => Fate::Proposed { wanted: Wanted::Choice, since: self.proposed_at },
            },
            "planned" => Fate::Planned,
            "held" => Fate::Held,
            "missed" => Fate::Missed { by },
            _ => Fate::Cancelled { by, notice_minutes: self.notice_minutes.unwrap_or(0) },
        }
    }
}

/// Every pair of a round that goes on, with how it is doing; or only one pair.
///
/// # Errors
/// When the database fails.
pub async fn of_round(tx: &mut Tx, leave: &impl Leave<RoundId>, only: Option<PairId>) -> Answer<Vec<Running>> {
    let pairs = fetch_all!(
        tx,
        PairRow,
        "select pairs.id, pairs.mentor_id, mentor.name as mentor, mentor.sort_name as mentor_sort,
                mentor.title as mentor_title, mentor.location as mentor_location, pairs.mentee_id,
                mentee.name as mentee, mentee.sort_name as mentee_sort, mentee.title as mentee_title,
                mentee.location as mentee_location, pairs.led_by, pairs.began_at,
                coalesce(a.rhythm_days, rounds.rhythm_days) as rhythm_days, rounds.meetings as plan,
                exists (select 1 from signatures s where s.pair_id = pairs.id and s.person_id = pairs.mentor_id
                                                     and s.version = a.version) as mentor_signed,
                exists (select 1 from signatures s where s.pair_id = pairs.id and s.person_id = pairs.mentee_id
                                                     and s.version = a.version) as mentee_signed
         from pairs
         join rounds on rounds.id = pairs.round_id
         join people mentor on mentor.id = pairs.mentor_id
         join people mentee on mentee.id = pairs.mentee_id
         left join agreements a on a.pair_id = pairs.id
         where pairs.round_id = $1 and pairs.state = 'active' and (cast($2 as text) is null or pairs.id = $2)
         order by mentee.sort_name, pairs.id",
        leave.id(),
        only
    )?;
    let mut meetings = meetings_of(tx, leave.id(), only).await?;
    let now = tx.now();
    let running = pairs.into_iter().map(|pair| {
        let facts = Facts {
            now,
            began_at: pair.began_at,
            led_by: pair.led_by,
            rhythm_days: pair.rhythm_days,
            plan: pair.plan,
            unsigned: pair.unsigned(),
            meetings: meetings.remove(&pair.id).unwrap_or_default(),
        };
        Running { health: health(&facts), pair }
    });
    Ok(running.collect())
}

async fn meetings_of(tx: &mut Tx, round: RoundId, only: Option<PairId>) -> Answer<HashMap<PairId, Vec<Meeting>>> {
    let rows = fetch_all!(
        tx,
        MeetingRow,
        "select m.id, m.pair_id, m.state, m.starts_at, m.proposed_at, m.other_times_at, o.by_side, o.notice_minutes
         from meetings m join pairs on pairs.id = m.pair_id left join meeting_outcomes o on o.meeting_id = m.id
         where pairs.round_id = $1 and pairs.state = 'active' and (cast($2 as text) is null or pairs.id = $2)
           and m.state <> 'withdrawn'
         order by m.id",
        round,
        only
    )?;
    let moved = fetch_all!(
        tx,
        (MeetingId, Side),
        "select v.meeting_id, v.by_side
         from meeting_moves v join meetings m on m.id = v.meeting_id join pairs on pairs.id = m.pair_id
         where pairs.round_id = $1 and pairs.state = 'active' and (cast($2 as text) is null or pairs.id = $2)
         order by v.moved_at, v.id",
        round,
        only
    )?;
    let mut moves: HashMap<MeetingId, Vec<Side>> = HashMap::new();
    for (meeting, side) in moved {
        moves.entry(meeting).or_default().push(side);
    }
    let mut meetings: HashMap<PairId, Vec<Meeting>> = HashMap::new();
    for row in rows {
        let meeting = Meeting { at: row.starts_at, fate: row.fate(), moves: moves.remove(&row.id).unwrap_or_default() };
        meetings.entry(row.pair_id).or_default().push(meeting);
    }
    Ok(meetings)
}
