//! The statements on drafts, marks and changes.

use super::{Change, KeptPair, Two};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::{Access, Leave},
        ids::{ParticipantId, PersonId, RoundId},
    },
    matching::{Mark, Origin, ProposalState, Why, runs::Run},
    people,
    programs::Side,
};

/// A pair of a draft, with what the board shows of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DraftPair {
    /// The mentor.
    pub mentor_id: ParticipantId,
    /// In the directory.
    pub mentor_person: PersonId,
    /// Full name.
    pub mentor: String,
    /// Position.
    pub mentor_title: Option<String>,
    /// Office.
    pub mentor_location: Option<String>,
    /// Department.
    pub mentor_department: Option<String>,
    /// The mentee.
    pub mentee_id: ParticipantId,
    /// In the directory.
    pub mentee_person: PersonId,
    /// Full name.
    pub mentee: String,
    /// Position.
    pub mentee_title: Option<String>,
    /// Office.
    pub mentee_location: Option<String>,
    /// Department.
    pub mentee_department: Option<String>,
    /// In points of 10,000.
    pub score: i64,
    /// JSON of [`Why`].
    pub rationale: String,
    /// How it came into the draft.
    pub origin: Origin,
    /// What a manager says of it.
    pub mark: Option<Mark>,
    /// The proposal that was made of it, if it is open or accepted.
    pub proposal: Option<ProposalState>,
}

impl DraftPair {
    /// The two.
    #[must_use]
    pub fn two(&self) -> Two {
        Two { mentor: self.mentor_id, mentee: self.mentee_id }
    }

    /// Position and place of one side in one line: `Data analyst, Ankara`.
    #[must_use]
    pub fn position(&self, side: Side) -> String {
        match side {
            Side::Mentor => people::position(&self.mentor_title, &self.mentor_location),
            Side::Mentee => people::position(&self.mentee_title, &self.mentee_location),
        }
    }

    /// Whether somebody is one of the two.
    #[must_use]
    pub fn is_with(&self, person: PersonId) -> bool {
        [self.mentor_person, self.mentee_person].contains(&person)
    }

    /// Whether it stays as it is: pinned, or proposed already.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.mark == Some(Mark::Pinned) || self.proposal.is_some()
    }

    pub(super) fn kept(&self) -> Answer<KeptPair> {
        Ok(KeptPair { two: self.two(), origin: self.origin, why: Why::read(&self.rationale)? })
    }
}

/// Every pair of a draft, lowest fit first.
///
/// # Errors
/// When the database fails.
pub async fn draft(tx: &mut Tx, run: &Run) -> Answer<Vec<DraftPair>> {
    Ok(fetch_all!(
        tx,
        DraftPair,
        "select d.mentor_id, mo.person_id as mentor_person, mentor.name as mentor, mentor.title as mentor_title,
                mentor.location as mentor_location, mentor.department as mentor_department, d.mentee_id,
                me.person_id as mentee_person, mentee.name as mentee, mentee.title as mentee_title,
                mentee.location as mentee_location, mentee.department as mentee_department, d.score, d.rationale,
                d.origin, m.mark, p.state as proposal
         from draft_pairs d
         join match_runs r on r.id = d.run_id
         join participants mo on mo.id = d.mentor_id join people mentor on mentor.id = mo.person_id
         join participants me on me.id = d.mentee_id join people mentee on mentee.id = me.person_id
         left join match_marks m on m.round_id = r.round_id and m.mentor_id = d.mentor_id and m.mentee_id = d.mentee_id
         left join proposals p on p.mentor_id = d.mentor_id and p.mentee_id = d.mentee_id
              and p.state in ('proposed', 'accepted_by_first', 'accepted')
         where d.run_id = $1 order by d.score, mentee.sort_name, d.mentee_id, d.mentor_id",
        run.id
    )?)
}

pub(super) async fn take_out(tx: &mut Tx, run: &Run, two: Two) -> Answer<()> {
    execute!(
        tx,
        "delete from draft_pairs where run_id = $1 and mentor_id = $2 and mentee_id = $3",
        run.id,
        two.mentor,
        two.mentee
    )?;
    Ok(())
}

pub(super) async fn put_in(tx: &mut Tx, run: &Run, pair: &KeptPair) -> Answer<()> {
    execute!(
        tx,
        "insert into draft_pairs (run_id, mentor_id, mentee_id, score, rationale, origin) values ($1, $2, $3, $4, $5, $6)",
        run.id,
        pair.two.mentor,
        pair.two.mentee,
        i64::from(pair.why.score),
        pair.why.to_json(),
        pair.origin
    )?;
    Ok(())
}

/// The draft has changed.
pub(super) async fn rise(tx: &mut Tx, run: &Run) -> Answer<()> {
    execute!(tx, "update match_runs set version = version + 1 where id = $1", run.id)?;
    Ok(())
}

/// A pair about which a manager said something.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MarkedPair {
    /// The mentor.
    pub mentor_id: ParticipantId,
    /// In the directory.
    pub mentor: PersonId,
    /// Full name.
    pub mentor_name: String,
    /// The mentee.
    pub mentee_id: ParticipantId,
    /// In the directory.
    pub mentee: PersonId,
    /// Full name.
    pub mentee_name: String,
    /// What.
    pub mark: Mark,
    /// Who said it.
    pub by: Option<String>,
    /// When.
    pub marked_at: Timestamp,
}

/// Every pair of a round about which a manager said something, by the mentee's name.
///
/// # Errors
/// When the database fails.
pub async fn marks(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<MarkedPair>> {
    Ok(fetch_all!(
        tx,
        MarkedPair,
        "select m.mentor_id, mentor.id as mentor, mentor.name as mentor_name, m.mentee_id, mentee.id as mentee,
                mentee.name as mentee_name, m.mark, manager.name as by, m.marked_at
         from match_marks m
         join participants mo on mo.id = m.mentor_id join people mentor on mentor.id = mo.person_id
         join participants me on me.id = m.mentee_id join people mentee on mentee.id = me.person_id
         left join people manager on manager.id = m.marked_by
         where m.round_id = $1 order by mentee.sort_name, m.mentee_id, m.mentor_id",
        leave.id()
    )?)
}

/// What is said of a pair. Participants of another round are no pair of this one.
pub(super) async fn mark_on(tx: &mut Tx, access: &Access<RoundId>, two: Two) -> Answer<Option<Mark>> {
    let row = fetch_optional!(
        tx,
        (Option<Mark>,),
        "select m.mark from participants mo
         join participants me on me.round_id = mo.round_id and me.role = 'mentee' and me.id = $3
         left join match_marks m on m.round_id = mo.round_id and m.mentor_id = mo.id and m.mentee_id = me.id
         where mo.round_id = $1 and mo.role = 'mentor' and mo.id = $2",
        access.id,
        two.mentor,
        two.mentee
    )?;
    row.map(|(mark,)| mark).ok_or(Error::NotFound)
}

/// Whether both have room for one more pinned pair.
pub(super) async fn has_place_for_pin(tx: &mut Tx, access: &Access<RoundId>, two: Two) -> Answer<bool> {
    let (full,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from participants p
         where p.round_id = $1 and p.id in ($2, $3)
           and p.capacity <= (select count(*) from match_marks m where m.round_id = $1 and m.mark = 'pinned'
                              and p.id in (m.mentor_id, m.mentee_id))",
        access.id,
        two.mentor,
        two.mentee
    )?;
    Ok(full == 0)
}

pub(super) async fn set_mark(tx: &mut Tx, access: &Access<RoundId>, two: Two, mark: Option<Mark>) -> Answer<()> {
    let now = tx.now();
    match mark {
        None => execute!(
            tx,
            "delete from match_marks where round_id = $1 and mentor_id = $2 and mentee_id = $3",
            access.id,
            two.mentor,
            two.mentee
        )?,
        Some(mark) => execute!(
            tx,
            "insert into match_marks (round_id, mentor_id, mentee_id, mark, marked_by, marked_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (round_id, mentor_id, mentee_id) do update
                set mark = excluded.mark, marked_by = excluded.marked_by, marked_at = excluded.marked_at",
            access.id,
            two.mentor,
            two.mentee,
            mark,
            access.viewer.person,
            now
        )?,
    };
    Ok(())
}

/// A change as it was made.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredChange {
    /// Counted in the run, from 1.
    pub number: i64,
    change: String,
    /// Who made it.
    pub by: String,
    /// When.
    pub changed_at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

impl StoredChange {
    /// What was done.
    ///
    /// # Errors
    /// A defect: it was written by us.
    pub fn change(&self) -> Answer<Change> {
        serde_json::from_str(&self.change).map_err(|error| Error::defect(format!("a stored change: {error}")))
    }
}

pub(super) async fn insert_change(tx: &mut Tx, access: &Access<RoundId>, run: &Run, change: &Change) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into draft_changes (run_id, number, change, changed_by, changed_at)
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4 from draft_changes where run_id = $1",
        run.id,
        serde_json::to_string(change).map_err(Error::defect)?,
        access.viewer.person,
        now
    )?;
    Ok(())
}

/// The last change that stands.
pub(super) async fn last_change(tx: &mut Tx, run: &Run) -> Answer<Option<StoredChange>> {
    Ok(fetch_optional!(
        tx,
        StoredChange,
        "select c.number, c.change, people.name as by, c.changed_at, c.undone_at
         from draft_changes c join people on people.id = c.changed_by
         where c.run_id = $1 and c.undone_at is null order by c.number desc limit 1",
        run.id
    )?)
}

/// The last few changes, taken back or not, newest first.
///
/// # Errors
/// When the database fails.
pub async fn changes(tx: &mut Tx, run: &Run) -> Answer<Vec<StoredChange>> {
    Ok(fetch_all!(
        tx,
        StoredChange,
        "select c.number, c.change, people.name as by, c.changed_at, c.undone_at
         from draft_changes c join people on people.id = c.changed_by
         where c.run_id = $1 order by c.number desc limit 6",
        run.id
    )?)
}

pub(super) async fn undone(tx: &mut Tx, access: &Access<RoundId>, run: &Run, number: i64) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update draft_changes set undone_by = $1, undone_at = $2 where run_id = $3 and number = $4",
        access.viewer.person,
        now,
        run.id,
        number
    )?;
    Ok(())
}
