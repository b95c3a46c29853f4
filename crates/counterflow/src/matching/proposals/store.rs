//! The statements on proposals and declines.

use std::collections::HashMap;

use super::{AskedFirst, ProposalState};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{ParticipantId, PersonId, ProposalId, RoundId, RunId},
    },
    matching::{DeclineReason, board::DraftPair, runs::Run},
    programs::{Round, Side},
};

/// A pair about which both sides are asked.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Proposal {
    /// Which.
    pub id: ProposalId,
    /// In which round.
    pub round_id: RoundId,
    /// Of which run's draft.
    pub run_id: RunId,
    /// The mentor in the round.
    pub mentor_id: ParticipantId,
    /// The mentor in the directory.
    pub mentor_person: PersonId,
    /// The mentor's name.
    pub mentor: String,
    /// The mentee in the round.
    pub mentee_id: ParticipantId,
    /// The mentee in the directory.
    pub mentee_person: PersonId,
    /// The mentee's name.
    pub mentee: String,
    /// In points of 10,000.
    pub score: i64,
    /// JSON of [`super::super::Why`].
    pub rationale: String,
    /// How it stands. For one of the two sides, ask [`Proposal::seen_by`].
    pub state: ProposalState,
    /// Who is asked first.
    pub asked_first: AskedFirst,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Until when whoever is asked can answer.
    pub expires_at: Timestamp,
    /// When the other side was asked.
    pub second_asked_at: Option<Timestamp>,
    /// When whoever is asked was reminded.
    pub reminded_at: Option<Timestamp>,
    /// When it came to rest.
    pub answered_at: Option<Timestamp>,
    /// Which side said no.
    pub declined_by: Option<Side>,
}

impl Proposal {
    /// Who is on a side.
    #[must_use]
    pub fn person_on(&self, side: Side) -> PersonId {
        match side {
            Side::Mentor => self.mentor_person,
            Side::Mentee => self.mentee_person,
        }
    }

    /// The participant on a side.
    #[must_use]
    pub fn participant_on(&self, side: Side) -> ParticipantId {
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

    /// The address of its page.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/proposals/{}", self.id)
    }
}

/// A proposal.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub async fn proposal(tx: &mut Tx, leave: &impl Leave<ProposalId>) -> Answer<Proposal> {
    let found = fetch_optional!(
        tx,
        Proposal,
        "select p.id, p.round_id, p.run_id, p.mentor_id, mo.person_id as mentor_person, mentor.name as mentor, p.mentee_id,
                me.person_id as mentee_person, mentee.name as mentee, p.score, p.rationale, p.state, p.asked_first,
                p.sent_at, p.expires_at, p.second_asked_at, p.reminded_at, p.answered_at, d.side as declined_by
         from proposals p
         join participants mo on mo.id = p.mentor_id join people mentor on mentor.id = mo.person_id
         join participants me on me.id = p.mentee_id join people mentee on mentee.id = me.person_id
         left join declines d on d.proposal_id = p.id where p.id = $1",
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}

/// Every proposal of a round, by the mentee's name. For a page, ask [`super::of_round`].
pub(super) async fn proposals(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Proposal>> {
    Ok(fetch_all!(
        tx,
        Proposal,
        "select p.id, p.round_id, p.run_id, p.mentor_id, mo.person_id as mentor_person, mentor.name as mentor, p.mentee_id,
                me.person_id as mentee_person, mentee.name as mentee, p.score, p.rationale, p.state, p.asked_first,
                p.sent_at, p.expires_at, p.second_asked_at, p.reminded_at, p.answered_at, d.side as declined_by
         from proposals p
         join participants mo on mo.id = p.mentor_id join people mentor on mentor.id = mo.person_id
         join participants me on me.id = p.mentee_id join people mentee on mentee.id = me.person_id
         left join declines d on d.proposal_id = p.id where p.round_id = $1
         order by mentee.sort_name, p.sent_at desc, p.id",
        leave.id()
    )?)
}

/// A private no, for managers.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Declined {
    /// Of which proposal.
    pub proposal_id: ProposalId,
    /// Who said it.
    pub side: Side,
    /// Why, if they said.
    pub reason: Option<DeclineReason>,
    /// In their words.
    pub words: Option<String>,
    /// When.
    pub declined_at: Timestamp,
}

/// Every no of a round. Only for pages that nobody but managers can open.
///
/// # Errors
/// When the database fails.
pub async fn declines(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Declined>> {
    Ok(fetch_all!(
        tx,
        Declined,
        "select d.proposal_id, d.side, d.reason, d.words, d.declined_at
         from declines d join proposals p on p.id = d.proposal_id where p.round_id = $1",
        leave.id()
    )?)
}

/// The no of one proposal, for whoever said it and for managers.
///
/// # Errors
/// When the database fails.
pub async fn declined(tx: &mut Tx, leave: &impl Leave<ProposalId>) -> Answer<Option<Declined>> {
    Ok(fetch_optional!(
        tx,
        Declined,
        "select proposal_id, side, reason, words, declined_at from declines where proposal_id = $1",
        leave.id()
    )?)
}

/// A proposal about to be sent.
pub(super) struct NewProposal<'a> {
    pub id: ProposalId,
    pub run: &'a Run,
    pub pair: &'a DraftPair,
    pub asked_first: AskedFirst,
    pub by: Option<PersonId>,
    pub expires_at: Timestamp,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewProposal<'_>) -> Answer<()> {
    let now = tx.now();
    let decided = new.asked_first == AskedFirst::Nobody;
    let state = if decided { ProposalState::Accepted } else { ProposalState::Proposed };
    execute!(
        tx,
        "insert into proposals (id, round_id, run_id, mentor_id, mentee_id, score, rationale, state, asked_first, sent_by,
                sent_at, expires_at, second_asked_at, answered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        new.id,
        new.run.round_id,
        new.run.id,
        new.pair.mentor_id,
        new.pair.mentee_id,
        new.pair.score,
        new.pair.rationale.as_str(),
        state,
        new.asked_first,
        new.by,
        now,
        new.expires_at,
        decided.then_some(now)
    )?;
    Ok(())
}

/// Whether one of the two has no place left: others who said yes hold them all, or they take part no more. A no of which
/// somebody must not learn yet holds their place too ([`super::ties_store`]).
pub(super) async fn is_full(tx: &mut Tx, proposal: &Proposal) -> Answer<bool> {
    let now = tx.now();
    let (full,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from participants p
         where p.id in ($1, $2)
           and (p.state <> 'admitted'
             or p.capacity <= (select count(*) from proposals o
                               left join declines d on d.proposal_id = o.id
                               where p.id in (o.mentor_id, o.mentee_id) and o.id <> $3
                                 and (o.state in ('accepted_by_first', 'accepted')
                                   or (o.state = 'declined' and o.asked_first = p.role and d.side <> p.role
                                       and o.expires_at > $4))))",
        proposal.mentor_id,
        proposal.mentee_id,
        proposal.id,
        now
    )?;
    Ok(full > 0)
}

/// The first said yes: the other side is asked, until `expires_at`.
pub(super) async fn ask_second(tx: &mut Tx, proposal: &Proposal, expires_at: Timestamp) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "update proposals set state = 'accepted_by_first', second_asked_at = $1, expires_at = $2, reminded_at = null
         where id = $3",
        now,
        expires_at,
        proposal.id
    )?;
    Ok(())
}

/// The proposal comes to rest.
pub(super) async fn rest(tx: &mut Tx, proposal: &Proposal, state: ProposalState) -> Answer<()> {
    let now = tx.now();
    execute!(tx, "update proposals set state = $1, answered_at = $2 where id = $3", state, now, proposal.id)?;
    Ok(())
}

pub(super) async fn insert_decline(
    tx: &mut Tx,
    proposal: &Proposal,
    side: Side,
    reason: Option<DeclineReason>,
    words: Option<&str>,
) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into declines (proposal_id, side, reason, words, declined_at) values ($1, $2, $3, $4, $5)",
        proposal.id,
        side,
        reason,
        words,
        now
    )?;
    Ok(())
}

/// The no is taken back: the proposal stands again as before it.
pub(super) async fn reopen(tx: &mut Tx, proposal: &Proposal, expires_at: Timestamp) -> Answer<()> {
    execute!(tx, "delete from declines where proposal_id = $1", proposal.id)?;
    execute!(
        tx,
        "update proposals set answered_at = null, expires_at = $1,
                state = case when second_asked_at is null then 'proposed' else 'accepted_by_first' end
         where id = $2",
        expires_at,
        proposal.id
    )?;
    Ok(())
}

/// Whether a run was begun in the round since then.
pub(super) async fn was_matched_since(tx: &mut Tx, proposal: &Proposal, since: Timestamp) -> Answer<bool> {
    let (runs,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from match_runs where round_id = $1 and created_at >= $2 and id <> $3",
        proposal.round_id,
        since,
        proposal.run_id
    )?;
    Ok(runs > 0)
}

/// Open proposals whose time is over.
pub(super) async fn overdue(tx: &mut Tx) -> Answer<Vec<(ProposalId, RoundId)>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        (ProposalId, RoundId),
        "select id, round_id from proposals where state in ('proposed', 'accepted_by_first') and expires_at <= $1
         order by round_id, id limit 500",
        now
    )?)
}

/// Open proposals that end before `before`, were asked before `asked_before`, and of which nobody was reminded.
pub(super) async fn to_remind(tx: &mut Tx, before: Timestamp, asked_before: Timestamp) -> Answer<Vec<ProposalId>> {
    let rows = fetch_all!(
        tx,
        (ProposalId,),
        "select id from proposals
         where state in ('proposed', 'accepted_by_first') and expires_at <= $1
           and coalesce(second_asked_at, sent_at) <= $2 and reminded_at is null
         order by id limit 500",
        before,
        asked_before
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes a reminder, unless there was one since `since`. Answers whether it was noted.
pub(super) async fn note_reminder(tx: &mut Tx, id: ProposalId, since: Timestamp) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update proposals set reminded_at = $1
         where id = $2 and state in ('proposed', 'accepted_by_first') and (reminded_at is null or reminded_at < $3)",
        now,
        id,
        since
    )?;
    Ok(rows == 1)
}

/// No by the second side that the first should not learn of: those whose time to answer ended just now.
pub(super) async fn silent_ends(tx: &mut Tx, since: Timestamp) -> Answer<Vec<ProposalId>> {
    let now = tx.now();
    let rows = fetch_all!(
        tx,
        (ProposalId,),
        "select p.id from proposals p join declines d on d.proposal_id = p.id
         where p.state = 'declined' and d.side <> p.asked_first and p.expires_at <= $1 and p.expires_at > $2 order by p.id",
        now,
        since
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Open proposals of somebody, in every round.
pub(super) async fn open_of(tx: &mut Tx, person: PersonId) -> Answer<Vec<(ProposalId, RoundId)>> {
    Ok(fetch_all!(
        tx,
        (ProposalId, RoundId),
        "select p.id, p.round_id from proposals p
         join participants a on a.id in (p.mentor_id, p.mentee_id)
         where a.person_id = $1 and p.state in ('proposed', 'accepted_by_first') order by p.round_id, p.id",
        person
    )?)
}

/// Proposals of a round on which one side still waits: the open ones, and those to which the side that was asked second
/// said no without the first having been told that nothing comes of it. Those whose time is over expire as always.
pub(super) async fn undecided(tx: &mut Tx, round: RoundId) -> Answer<Vec<ProposalId>> {
    let now = tx.now();
    let rows = fetch_all!(
        tx,
        (ProposalId,),
        "select p.id from proposals p left join declines d on d.proposal_id = p.id
         where p.round_id = $1 and p.expires_at > $2
           and (p.state in ('proposed', 'accepted_by_first') or (p.state = 'declined' and d.side <> p.asked_first))
         order by p.id",
        round,
        now
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether somebody is gone from the organization.
pub(super) async fn has_left(tx: &mut Tx, person: PersonId) -> Answer<bool> {
    let (count,) = fetch_one!(tx, (i64,), "select count(*) from people where id = $1 and status = 'left'", person)?;
    Ok(count > 0)
}

/// The managers of the round's program, by name.
///
/// # Errors
/// When the database fails.
pub async fn manager_names(tx: &mut Tx, round: &Round) -> Answer<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "select people.name from program_roles r join people on people.id = r.person_id
         where r.program_id = $1 and r.role = 'manager' order by people.sort_name",
        round.program_id
    )?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Who takes part in a round in which role and how many partners each has room for.
pub(super) async fn places(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<HashMap<ParticipantId, (bool, i64)>> {
    let rows = fetch_all!(
        tx,
        (ParticipantId, String, i64),
        "select p.id, case when people.status = 'left' then 'left' else p.state end, p.capacity
         from participants p join people on people.id = p.person_id where p.round_id = $1",
        leave.id()
    )?;
    Ok(rows.into_iter().map(|(id, state, capacity)| (id, (state == "admitted", capacity))).collect())
}

/// Since when somebody works here.
pub(super) async fn started_on(tx: &mut Tx, person: PersonId) -> Answer<Option<Day>> {
    let row = fetch_optional!(tx, (Option<Day>,), "select started_on from people where id = $1", person)?;
    Ok(row.and_then(|(day,)| day))
}
