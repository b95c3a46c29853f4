//! The statements on pairs, agreements, signatures and delegations.

use super::{Seat, State};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::{ByServer, Leave},
        ids::{PairId, ParticipantId, PersonId, ProposalId, RoundId},
        viewer::Viewer,
    },
    programs::Side,
};

/// A pair, with the names that every page needs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Pair {
    /// Which.
    pub id: PairId,
    /// In which round.
    pub round_id: RoundId,
    /// What it began with.
    pub proposal_id: ProposalId,
    /// The mentor.
    pub mentor_id: PersonId,
    /// The mentor's name.
    pub mentor: String,
    /// The mentee.
    pub mentee_id: PersonId,
    /// The mentee's name.
    pub mentee: String,
    /// Which side proposes times and writes the agenda.
    pub led_by: Side,
    /// How it stands.
    pub state: State,
    /// JSON: why these two (`counterflow_matching::Rationale`).
    pub rationale: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Pair {
    /// Leave for its round: whoever holds a `Pair` was let in to it.
    #[must_use]
    pub fn round_leave(&self) -> ByServer<RoundId> {
        ByServer(self.round_id)
    }

    /// On which side a person is, if on any.
    #[must_use]
    pub fn side_of(&self, person: PersonId) -> Option<Side> {
        if person == self.mentor_id {
            Some(Side::Mentor)
        } else if person == self.mentee_id {
            Some(Side::Mentee)
        } else {
            None
        }
    }

    /// For which side somebody acts who looks at the pair from a seat.
    #[must_use]
    pub fn side_from(&self, seat: Seat) -> Side {
        match seat {
            Seat::Mentor => Side::Mentor,
            Seat::Mentee => Side::Mentee,
            Seat::Delegate => self.led_by.other(),
        }
    }

    /// Where somebody sits who was let in to the pair.
    #[must_use]
    pub fn seat_of(&self, person: PersonId) -> Seat {
        self.side_of(person).map_or(Seat::Delegate, Seat::from)
    }

    /// Who is on a side.
    #[must_use]
    pub fn person_on(&self, side: Side) -> PersonId {
        match side {
            Side::Mentor => self.mentor_id,
            Side::Mentee => self.mentee_id,
        }
    }

    /// Who chooses among the times, by themselves or by a delegate.
    #[must_use]
    pub fn chooser(&self) -> PersonId {
        self.person_on(self.led_by.other())
    }

    /// The name of whoever is on a side.
    #[must_use]
    pub fn name_on(&self, side: Side) -> &str {
        match side {
            Side::Mentor => &self.mentor,
            Side::Mentee => &self.mentee,
        }
    }

    /// Whether they meet: not paused, completed or ended.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// The address of the pair's page.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/pairs/{}", self.id)
    }
}

/// A pair.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn pair(tx: &mut Tx, leave: &impl Leave<PairId>) -> Answer<Pair> {
    let found = fetch_optional!(
        tx,
        Pair,
        "select pairs.id, pairs.round_id, pairs.proposal_id, pairs.mentor_id, mentor.name as mentor, pairs.mentee_id,
                mentee.name as mentee, pairs.led_by, pairs.state, pairs.rationale, pairs.began_at, pairs.ended_at
         from pairs join people mentor on mentor.id = pairs.mentor_id join people mentee on mentee.id = pairs.mentee_id
         where pairs.id = $1",
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}

/// A pair of somebody's, and where they sit in it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Own {
    /// The pair.
    #[sqlx(flatten)]
    pub pair: Pair,
    /// Where they sit.
    pub seat: Seat,
}

/// The pairs in which the viewer is, and those whose leader's calendar they keep; the latest first.
///
/// # Errors
/// When the database fails.
pub async fn of_person(tx: &mut Tx, viewer: &Viewer) -> Answer<Vec<Own>> {
    Ok(fetch_all!(
        tx,
        Own,
        "select pairs.id, pairs.round_id, pairs.proposal_id, pairs.mentor_id, mentor.name as mentor, pairs.mentee_id,
                mentee.name as mentee, pairs.led_by, pairs.state, pairs.rationale, pairs.began_at, pairs.ended_at,
                case $1 when pairs.mentor_id then 'mentor' when pairs.mentee_id then 'mentee' else 'delegate' end
                as seat
         from pairs join people mentor on mentor.id = pairs.mentor_id join people mentee on mentee.id = pairs.mentee_id
         where pairs.mentor_id = $1 or pairs.mentee_id = $1
            or pairs.id in (select pair_id from calendar_keepers where delegate_id = $1)
         order by pairs.began_at desc, pairs.id desc",
        viewer.person
    )?)
}

/// Makes the pair of an accepted proposal, unless it exists, one of the two has left, or the round is closed.
pub(super) async fn insert(tx: &mut Tx, id: PairId, proposal: ProposalId, led_by: Side) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into pairs (id, round_id, proposal_id, mentor_id, mentee_id, led_by, state, rationale, began_at)
         select $1, proposals.round_id, proposals.id, mentor.id, mentee.id, $4, 'active', proposals.rationale, $2
         from proposals
         join participants as mentor_seat on mentor_seat.id = proposals.mentor_id
         join participants as mentee_seat on mentee_seat.id = proposals.mentee_id
         join people as mentor on mentor.id = mentor_seat.person_id and mentor.status <> 'left'
         join people as mentee on mentee.id = mentee_seat.person_id and mentee.status <> 'left'
         join rounds on rounds.id = proposals.round_id and rounds.stage not in ('close', 'prove')
         where proposals.id = $3 and proposals.state = 'accepted'
         on conflict (proposal_id) do nothing",
        id,
        now,
        proposal,
        led_by
    )?;
    Ok(rows == 1)
}

/// Whether a pair began with this proposal.
pub(super) async fn has_begun(tx: &mut Tx, proposal: ProposalId) -> Answer<bool> {
    let (count,) = fetch_one!(tx, (i64,), "select count(*) from pairs where proposal_id = $1", proposal)?;
    Ok(count > 0)
}

/// The two as participants of the round: mentor, mentee.
pub(super) async fn participants(tx: &mut Tx, pair: &Pair) -> Answer<(ParticipantId, ParticipantId)> {
    Ok(fetch_one!(
        tx,
        (ParticipantId, ParticipantId),
        "select mentor_id, mentee_id from proposals where id = $1",
        pair.proposal_id
    )?)
}

/// The pairs of somebody that have not ended.
pub(super) async fn running_of(tx: &mut Tx, person: PersonId) -> Answer<Vec<(PairId,)>> {
    Ok(fetch_all!(
        tx,
        (PairId,),
        "select id from pairs where (mentor_id = $1 or mentee_id = $1) and state in ('active', 'paused') order by id",
        person
    )?)
}

/// Ends a pair before its time. Answers whether it had not ended yet.
pub(super) async fn end_early(tx: &mut Tx, pair: PairId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update pairs set state = 'ended_early', ended_at = $1 where id = $2 and state in ('active', 'paused')",
        now,
        pair
    )?;
    Ok(rows == 1)
}

/// Completes the pairs of a round that still meet, and answers them.
pub(super) async fn complete_all(tx: &mut Tx, round: RoundId) -> Answer<Vec<(PairId,)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (PairId,),
        "update pairs set state = 'completed', ended_at = $1 where round_id = $2 and state in ('active', 'paused') returning id",
        now,
        round
    )?)
}

#[derive(sqlx::FromRow)]
pub(super) struct AgreementRow {
    pub version: i64,
    pub rhythm_days: i64,
    pub meeting_minutes: i64,
    pub words: String,
    pub changed_by: Option<PersonId>,
    pub changed_at: Timestamp,
}

pub(super) async fn agreement(tx: &mut Tx, pair: PairId) -> Answer<Option<AgreementRow>> {
    Ok(fetch_optional!(
        tx,
        AgreementRow,
        "select version, rhythm_days, meeting_minutes, words, changed_by, changed_at from agreements where pair_id = $1",
        pair
    )?)
}

/// A name under a version of the agreement.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Signature {
    /// Who.
    pub person_id: PersonId,
    /// As they wrote it.
    pub signed_name: String,
    /// When.
    pub signed_at: Timestamp,
}

pub(super) async fn signatures(tx: &mut Tx, pair: PairId, version: i64) -> Answer<Vec<Signature>> {
    Ok(fetch_all!(
        tx,
        Signature,
        "select person_id, signed_name, signed_at from signatures where pair_id = $1 and version = $2
         order by signed_at, person_id",
        pair,
        version
    )?)
}

pub(super) async fn insert_agreement(
    tx: &mut Tx,
    pair: PairId,
    rhythm_days: i64,
    meeting_minutes: i64,
    words: &str,
) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into agreements (pair_id, version, rhythm_days, meeting_minutes, words, changed_at)
         values ($1, 1, $2, $3, $4, $5) on conflict (pair_id) do nothing",
        pair,
        rhythm_days,
        meeting_minutes,
        words,
        now
    )?;
    Ok(())
}

/// Writes the next version over the one that was seen. Answers whether that was still the latest.
pub(super) async fn update_agreement(
    tx: &mut Tx,
    pair: PairId,
    seen: i64,
    terms: &super::agreement::Terms,
    by: PersonId,
) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update agreements set version = version + 1, rhythm_days = $1, meeting_minutes = $2, words = $3,
                changed_by = $4, changed_at = $5
         where pair_id = $6 and version = $7",
        terms.rhythm_days,
        terms.meeting_minutes,
        &terms.words,
        by,
        now,
        pair,
        seen
    )?;
    Ok(rows == 1)
}

/// Signs once; signing again changes nothing. Answers whether it was the first time.
pub(super) async fn insert_signature(
    tx: &mut Tx,
    pair: PairId,
    person: PersonId,
    version: i64,
    name: &str,
) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into signatures (pair_id, person_id, version, signed_name, signed_at) values ($1, $2, $3, $4, $5)
         on conflict (pair_id, person_id, version) do nothing",
        pair,
        person,
        version,
        name,
        now
    )?;
    Ok(rows == 1)
}

/// Somebody who keeps a leader's calendar.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Delegation {
    pub delegate_id: PersonId,
    pub name: String,
    pub title: Option<String>,
    pub granted_at: Timestamp,
}

/// Who keeps the calendar of the one who chooses in a pair, by name; whoever has left the organization keeps none.
pub(super) async fn keepers(tx: &mut Tx, pair: PairId) -> Answer<Vec<(PersonId,)>> {
    Ok(fetch_all!(
        tx,
        (PersonId,),
        "select k.delegate_id from calendar_keepers k join people on people.id = k.delegate_id
         where k.pair_id = $1 and people.status <> 'left' order by people.sort_name, people.id",
        pair
    )?)
}

/// Who keeps a leader's calendar, by name; those who have left the organization are left out.
pub(super) async fn delegations_of(tx: &mut Tx, leader: PersonId) -> Answer<Vec<Delegation>> {
    Ok(fetch_all!(
        tx,
        Delegation,
        "select delegations.delegate_id, people.name, people.title, delegations.granted_at
         from delegations join people on people.id = delegations.delegate_id
         where delegations.leader_id = $1 and people.status <> 'left'
         order by people.sort_name, people.id",
        leader
    )?)
}

/// Whether the one leads a pair with the other now: proposes times, among which the other chooses.
pub(super) async fn leads(tx: &mut Tx, lead: PersonId, chooser: PersonId) -> Answer<bool> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from pair_leads where state in ('active', 'paused') and lead_id = $1 and chooser_id = $2",
        lead,
        chooser
    )?;
    Ok(count > 0)
}

/// Names a delegate. Answers whether they were not one yet.
pub(super) async fn insert_delegation(tx: &mut Tx, leader: PersonId, delegate: PersonId) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into delegations (leader_id, delegate_id, granted_at, granted_by) values ($1, $2, $3, $1)
         on conflict (leader_id, delegate_id) do nothing",
        leader,
        delegate,
        now
    )?;
    Ok(rows == 1)
}

pub(super) async fn delete_delegation(tx: &mut Tx, leader: PersonId, delegate: PersonId) -> Answer<bool> {
    let rows = execute!(tx, "delete from delegations where leader_id = $1 and delegate_id = $2", leader, delegate)?;
    Ok(rows == 1)
}

/// Ends every delegation of a person, on either side. Answers leader and delegate.
pub(super) async fn delete_delegations(tx: &mut Tx, person: PersonId) -> Answer<Vec<(PersonId, PersonId)>> {
    Ok(fetch_all!(
        tx,
        (PersonId, PersonId),
        "delete from delegations where leader_id = $1 or delegate_id = $1 returning leader_id, delegate_id",
        person
    )?)
}
