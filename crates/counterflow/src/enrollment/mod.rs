//! Who takes part in a round: chosen, invited, registered, admitted, waiting.
//!
//! The verbs are in the files named for them: `choosing`, `inviting`, `registering`, `admitting`.

mod admitting;
mod answers;
pub mod application_pages;
mod bulk;
pub mod bulk_pages;
mod bulk_store;
pub mod candidate_pages;
mod choosing;
pub mod exclusion_pages;
mod exclusion_store;
mod exclusions;
mod fitting;
pub mod form;
pub mod form_pages;
mod form_rows;
mod form_store;
pub mod invitation_pages;
mod inviting;
pub mod join_pages;
mod joining;
mod letters;
mod link_store;
mod list_store;
mod nominating;
pub mod nomination_pages;
mod nomination_store;
pub mod pages;
pub mod participant_pages;
mod private;
mod promotion;
pub mod promotion_pages;
mod registering;
mod registration_form;
pub mod registration_pages;
mod registration_store;
mod reminding;
mod reminding_store;
pub mod replies;
pub mod review_pages;
mod reviewing;
mod rule_form;
pub mod rules;
mod screening;
mod screening_letters;
pub mod screening_pages;
mod screening_store;
mod standing;
mod store;
mod table;
mod waiting;
mod waiting_letters;
pub mod waiting_pages;
mod waiting_store;
mod ways;
pub mod ways_pages;
mod ways_store;
mod week;

use jiff::SignedDuration;

pub use crate::programs::template::entry::{Admission, ReminderPlan};
pub use admitting::{admit, put_on_waiting_list, set_admission, withdraw, withdraw_leaver};
pub use answers::{Answers, BOUNDARIES};
pub use bulk::{Act, act_on_side, go_on};
pub use choosing::{Chosen, choose, choose_again, choose_by_email, choose_everybody_who_fits};
pub use exclusions::{NewGroup, exclude, include, leave_out, let_in};
pub use inviting::{invite, remind};
pub use list_store::Counts;
pub use private::{Private, withdraw_consent};
pub use registering::{commitment, decline, register, save_draft};
pub use registration_store::Open;
pub use reminding::{remind_due, set_reminder_plan};
pub use replies::Reply;
pub use screening_store::Reading;
pub use standing::{Standing, standing};
pub use store::{Participant, participant, participants};
pub use waiting::{carry_over, set_leader_places, with_reserve};
pub use waiting_letters::tell_place;
pub use waiting_store::Place;
pub use ways::{Way, Ways, join_path, nominate_path, set_ways, ways};
pub use week::weekly_slots_utc;

use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{Access, ByServer, Leave},
        ids::{ParticipantId, RoundId},
        viewer::Viewer,
    },
    programs::{Round, Side, Stage},
    words,
};

impl Participant {
    /// A manager in the place of somebody who is invited: for a look at the form. Nothing is stored of it.
    fn imagined(access: &Access<RoundId>, role: Side) -> Self {
        Self {
            id: ParticipantId::new(),
            round_id: access.id,
            person_id: access.viewer.person,
            name: access.viewer.name.clone(),
            title: None,
            location: None,
            role,
            state: State::Invited,
            capacity: 1,
            invited_at: None,
            opened_at: None,
            registered_at: None,
            answers: None,
        }
    }

    /// Leave for their round: whoever holds a `Participant` was let in to it.
    #[must_use]
    pub fn round_leave(&self) -> ByServer<RoundId> {
        ByServer(self.round_id)
    }
}

words! {
    /// How far a participant has come.
    State {
        /// Picked by a manager; does not know yet.
        Chosen = "chosen",
        /// Has been written to.
        Invited = "invited",
        /// Has answered the registration.
        Registered = "registered",
        /// Takes part in the matching.
        Admitted = "admitted",
        /// Waits for a place, with priority in the next round.
        Waiting = "waiting",
        /// Said no; may be asked again.
        Declined = "declined",
        /// Left, or was taken out.
        Withdrawn = "withdrawn",
    }
}

/// After so long without an answer, a reminder is due.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Nobody is reminded more often than this of one invitation.
const MOST_REMINDERS: i64 = *ReminderPlan::TIMES.end();

/// What waits for somebody who helps to choose, or who wants to be chosen.
#[derive(Debug)]
pub struct Choosing {
    /// Applications that they were given to read and have not scored.
    pub to_read: Vec<Reading>,
    /// Registrations for which they have still to apply: the participant, the program, the round.
    pub to_apply: Vec<(ParticipantId, String, String)>,
    /// Rounds for which they can name people, as a mentor lead: the round, the program, the round's name.
    pub to_name: Vec<(RoundId, String, String)>,
}

/// What waits for somebody who helps to choose, or who wants to be chosen.
///
/// # Errors
/// When the database fails.
pub async fn choosing_for(tx: &mut Tx, viewer: &Viewer) -> Answer<Choosing> {
    let readings = screening_store::readings(tx, viewer.person).await?;
    Ok(Choosing {
        to_read: readings.into_iter().filter(|reading| reading.submitted_at.is_none()).collect(),
        to_apply: screening_store::unapplied(tx, viewer.person).await?,
        to_name: screening_store::led(tx, viewer.person).await?,
    })
}

/// What waits for somebody: registrations to begin or to finish.
///
/// # Errors
/// When the database fails.
pub async fn open_for(tx: &mut Tx, viewer: &Viewer) -> Answer<Vec<Open>> {
    let today = tx.now().day_in(&viewer.zone);
    registration_store::open_for(tx, viewer.person, today).await
}

/// Whether a round still takes people in: until its pairs are proposed.
fn takes_people(stage: Stage) -> bool {
    stage <= Stage::Match
}

/// Whether somebody can send or change their answers: until matching begins. Who was invited late can still register
/// while it goes on.
fn takes_answers(stage: Stage, state: State) -> bool {
    match state {
        State::Chosen | State::Withdrawn => false,
        State::Invited | State::Declined => takes_people(stage),
        State::Registered | State::Admitted | State::Waiting => stage <= Stage::Enroll,
    }
}

/// Refuses once a round takes nobody in any more.
fn must_take_people(round: &Round) -> Answer<()> {
    if takes_people(round.stage) { Ok(()) } else { Err(Error::conflict("enrollment_over")) }
}

/// Refuses where a conditional update found the state changed: a double click, the back button, or somebody faster.
fn must_have(changed: bool) -> Answer<()> {
    if changed { Ok(()) } else { Err(Error::conflict("over")) }
}

/// An event in a round, caused by whoever holds the leave.
fn event<I>(leave: &impl Leave<I>, kind: &'static str, round: &Round) -> Event {
    let event = match leave.actor() {
        Some(viewer) => Event::by(viewer, kind),
        None => Event::by_server(kind),
    };
    event.program(round.program_id).round(round.id)
}

/// What a lock on the people of a round is called. Held by every verb that reads who is in before it changes it.
fn lock_name(round: RoundId) -> String {
    format!("enrollment:{round}")
}

/// What a lock on one participant is called.
fn participant_lock(id: ParticipantId) -> String {
    format!("participant:{id}")
}
