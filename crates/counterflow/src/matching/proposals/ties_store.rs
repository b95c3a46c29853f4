//! What stands between the people of a round: proposals and pairs, from this round and from others of the program.

use super::ProposalState;
use crate::{
    fetch_all,
    kernel::{
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId, RoundId},
    },
    programs::{Round, Side},
};

/// What stands between two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// Proposed or accepted in this round.
    Standing,
    /// Declined in this round.
    Declined,
    /// A pair in another round of the program.
    Before,
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct TieRow {
    round_id: RoundId,
    state: ProposalState,
    mentor_id: ParticipantId,
    mentor: PersonId,
    mentee_id: ParticipantId,
    mentee: PersonId,
    /// The side that said no, for now.
    not_now: Option<Side>,
    /// The side that was asked first, as long as it must not learn of the other's no.
    unaware: Option<Side>,
}

impl TieRow {
    /// On which side of it somebody is.
    fn sides(&self, participant: &ParticipantId) -> impl Iterator<Item = Side> {
        let on = [(Side::Mentor, self.mentor_id == *participant), (Side::Mentee, self.mentee_id == *participant)];
        on.into_iter().filter_map(|(side, is_there)| is_there.then_some(side))
    }
}

/// Everything that stands between people of a round, from proposals.
#[derive(Debug, Clone)]
pub struct Ties {
    round: RoundId,
    rows: Vec<TieRow>,
}

/// What stands between the people of a round.
///
/// # Errors
/// When the database fails.
pub async fn ties(tx: &mut Tx, round: &Round) -> Answer<Ties> {
    let now = tx.now();
    let rows = fetch_all!(
        tx,
        TieRow,
        "select p.round_id, p.state, p.mentor_id, mo.person_id as mentor, p.mentee_id, me.person_id as mentee,
                case when d.reason = 'not_now' then d.side end as not_now,
                case when p.state = 'declined' and d.side <> p.asked_first and p.expires_at > $3 then p.asked_first end
                    as unaware
         from proposals p
         join rounds r on r.id = p.round_id
         join participants mo on mo.id = p.mentor_id join participants me on me.id = p.mentee_id
         left join declines d on d.proposal_id = p.id
         where r.program_id = $1
           and (p.state = 'accepted' or (p.round_id = $2 and p.state in ('proposed', 'accepted_by_first', 'declined')))",
        round.program_id,
        round.id,
        now
    )?;
    Ok(Ties { round: round.id, rows })
}

impl Ties {
    fn tie(&self, row: &TieRow) -> Tie {
        match row.state {
            ProposalState::Declined => Tie::Declined,
            _ if row.round_id == self.round => Tie::Standing,
            _ => Tie::Before,
        }
    }

    fn rows(&self, tie: Tie) -> impl Iterator<Item = &TieRow> {
        self.rows.iter().filter(move |row| self.tie(row) == tie)
    }

    /// How many partners somebody has, or will have if everybody says yes. A place stays held whose holder said yes and
    /// is told that the other still thinks: a new proposal in the meantime would tell them of the no.
    #[must_use]
    pub fn places_held(&self, participant: ParticipantId) -> i64 {
        let stands = |row: &&TieRow| self.tie(row) == Tie::Standing && row.sides(&participant).next().is_some();
        let unaware = |row: &&TieRow| row.sides(&participant).any(|side| row.unaware == Some(side));
        let held = self.rows.iter().filter(|row| stands(row) || unaware(row));
        i64::try_from(held.count()).unwrap_or(i64::MAX)
    }

    /// Whether somebody said "not now": they are not matched again in this round.
    #[must_use]
    pub fn waits(&self, participant: ParticipantId) -> bool {
        self.rows(Tie::Declined).any(|row| match row.not_now {
            Some(Side::Mentor) => row.mentor_id == participant,
            Some(Side::Mentee) => row.mentee_id == participant,
            None => false,
        })
    }

    /// Mentor and mentee of all that stand in this way.
    pub fn pairs(&self, wanted: impl Fn(Tie) -> bool) -> impl Iterator<Item = (PersonId, PersonId)> {
        self.rows.iter().filter(move |row| wanted(self.tie(row))).map(|row| (row.mentor, row.mentee))
    }

    /// What stands between two participants.
    #[must_use]
    pub fn between(&self, mentor: PersonId, mentee: PersonId) -> Option<Tie> {
        let both = |row: &&TieRow| row.mentor == mentor && row.mentee == mentee;
        self.rows.iter().filter(both).map(|row| self.tie(row)).find(|tie| *tie != Tie::Before)
    }

    /// How many pairs hold places.
    #[must_use]
    pub fn standing(&self) -> usize {
        self.rows(Tie::Standing).count() + self.rows.iter().filter(|row| row.unaware.is_some()).count()
    }
}
