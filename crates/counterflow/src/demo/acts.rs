//! What can stand in the calendar.

use super::{past::Past, script::Step};
use crate::{
    kernel::{
        error::Answer,
        ids::{CheckinId, MeetingId, PairId, ParticipantId, PersonId, ProposalId},
    },
    programs::Side,
};

/// Something that is done at its moment.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Managers and the like follow the script.
    Step(Step),
    /// Everybody sees what has come to them since yesterday.
    LookAround,
    Register(ParticipantId),
    DeclineInvitation(ParticipantId),
    AnswerProposal(ProposalId, PersonId),
    Sign(PairId, Side),
    Propose(PairId),
    Choose(PairId, MeetingId),
    Move(PairId, MeetingId),
    Cancel(PairId, MeetingId),
    Record(PairId, MeetingId),
    AnswerCheckin(CheckinId, PersonId),
}

impl Act {
    /// Does it.
    pub async fn play(self, past: &mut Past) -> Answer<()> {
        match self {
            Self::Step(step) => step.play(past).await,
            Self::LookAround => past.look_around().await,
            Self::Register(participant) => past.register(participant).await,
            Self::DeclineInvitation(participant) => past.decline_invitation(participant).await,
            Self::AnswerProposal(proposal, person) => past.answer_proposal(proposal, person).await,
            Self::Sign(pair, side) => past.sign(pair, side).await,
            Self::Propose(pair) => past.propose(pair).await,
            Self::Choose(pair, meeting) => past.choose(pair, meeting).await,
            Self::Move(pair, meeting) => past.move_meeting(pair, meeting).await,
            Self::Cancel(pair, meeting) => past.cancel(pair, meeting).await,
            Self::Record(pair, meeting) => past.record(pair, meeting).await,
            Self::AnswerCheckin(checkin, person) => past.answer_checkin(checkin, person).await,
        }
    }
}
