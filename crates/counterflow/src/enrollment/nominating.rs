//! Naming somebody for a side that is filled by nomination: by their line manager, or by a mentor lead or manager of the
//! program. Whoever is named gets an invitation that says who thought of them, and decides in private: whoever named
//! them learns that they were asked, and no more.

use serde_json::json;

use super::{
    State, exclusions, invite, joining, lock_name, nomination_store, participant_lock, store, takes_people,
    ways::{Way, ways},
    ways_store,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        form::{Problem, Problems},
        guard::ByServer,
        ids::{ParticipantId, PersonId, RoundId},
        viewer::Viewer,
    },
    people::{self, Field, Status},
    programs::{self, Round, Side},
};

/// As what somebody names others: it decides whom they can name, and what they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nominator {
    /// Of whom those report who can be named.
    LineManager,
    /// A mentor of an earlier round.
    MentorLead,
    /// Of the program: can make an exception from the rules, and says why.
    Manager,
}

/// Who is named, by the field of the form that says so.
#[derive(Debug, Clone)]
pub(super) struct Nomination {
    pub person: PersonId,
    /// The field at which a problem with this person is shown.
    pub field: &'static str,
    pub side: Side,
    /// For whoever is named.
    pub words: Option<String>,
    /// Why somebody should be asked whom the rules leave out.
    pub reason: Option<String>,
}

/// What a nomination did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A letter is on its way.
    Asked,
    /// They had been asked before, so no second letter goes out.
    AskedBefore,
}

/// Names somebody.
///
/// # Errors
/// `enrollment_over`, `not_by_nomination`, or when the database fails. Inside: what is wrong with naming this person.
pub(super) async fn nominate(
    tx: &mut Tx,
    app: &App,
    (viewer, nominator): (&Viewer, Nominator),
    round: RoundId,
    new: &Nomination,
) -> Answer<Result<Outcome, Problems>> {
    tx.lock(lock_name(round)).await?;
    let round = programs::round(tx, &ByServer(round)).await?;
    must_take_nominations(tx, &round, new.side).await?;
    let standing = match check(tx, (viewer.person, nominator), &round, new).await? {
        Ok(standing) => standing,
        Err(problem) => return Ok(Err(Problems::from_iter([problem]))),
    };
    nomination_store::insert(tx, round.id, viewer.person, new).await?;
    let (id, outcome) = match standing {
        Some((id, state)) if state != State::Chosen => (id, Outcome::AskedBefore),
        _ => (ask(tx, app, &round, new).await?, Outcome::Asked),
    };
    let facts = json!({ "side": new.side, "exception": new.reason.is_some() });
    let event = Event::by(viewer, "nomination.made").program(round.program_id).round(round.id);
    event.on(id).with(facts).record(tx).await?;
    Ok(Ok(outcome))
}

async fn must_take_nominations(tx: &mut Tx, round: &Round, side: Side) -> Answer<()> {
    if !takes_people(round.stage) || people::leaving::today(tx).await? > round.enroll_until {
        return Err(Error::conflict("registration_closed"));
    }
    let way = ways(tx, &round.leave()).await?.of(side);
    if way == Way::Nomination { Ok(()) } else { Err(Error::conflict("not_by_nomination")) }
}

/// Takes somebody in and writes to them.
async fn ask(tx: &mut Tx, app: &App, round: &Round, new: &Nomination) -> Answer<ParticipantId> {
    let id = joining::take_in(tx, &round.leave(), new.person, new.side).await?;
    tx.lock(participant_lock(id)).await?;
    invite(tx, app, &ByServer(id)).await?;
    Ok(id)
}

/// Where somebody stands on the side for which they are named, or what is wrong with naming them.
async fn check(
    tx: &mut Tx,
    (me, nominator): (PersonId, Nominator),
    round: &Round,
    new: &Nomination,
) -> Answer<Result<Option<(ParticipantId, State)>, Problem>> {
    let problem = |key, data| Ok(Err(Problem { field: new.field.to_owned(), key, data }));
    if new.person == me {
        return problem("nominate_self", Vec::new());
    }
    let Some(person) = people::profile(tx, new.person).await? else { return problem("nobody", Vec::new()) };
    if nominator == Nominator::LineManager && !nomination_store::reports_to(tx, new.person, me).await? {
        return problem("not_a_report", Vec::new());
    }
    if let Some(at) = nomination_store::nominated_at(tx, round.id, new.person, me).await? {
        return problem("nominated_twice", vec![("day", at.day_in(&jiff::tz::TimeZone::UTC).to_string())]);
    }
    if person.email.is_none() {
        let key = if nominator == Nominator::MentorLead { "not_named" } else { "no_address_to_name" };
        return problem(key, Vec::new());
    }
    let standing = ways_store::standing_of(tx, round.id, new.person).await?;
    match standing {
        Some((id, side, state)) if side == new.side && state != State::Withdrawn => return Ok(Ok(Some((id, state)))),
        Some(_) if nominator == Nominator::Manager => return problem("not_named_manager", Vec::new()),
        Some(_) => return problem("not_named", Vec::new()),
        None => {}
    }
    match (exclusions::stands_against(tx, round.program_id, new.person).await?, nominator) {
        (Some(elsewhere), Nominator::Manager) => return problem("elsewhere", vec![("elsewhere", elsewhere.name)]),
        (Some(_), _) => return problem("not_named", Vec::new()),
        (None, _) => {}
    }
    let lacks = joining::lacks(tx, round, new.side, &person).await?;
    if (lacks.is_empty() && person.status == Status::Active) || may_make_exception(nominator, new) {
        return Ok(Ok(None));
    }
    // Who is away, and which rules somebody fails, is nothing for colleagues who do not lead them.
    let key = match (nominator, person.status) {
        (Nominator::Manager, _) => "not_eligible_manager",
        (Nominator::MentorLead, _) => "not_named",
        (Nominator::LineManager, Status::Active) => "not_eligible",
        (Nominator::LineManager, _) => "is_away",
    };
    problem(key, vec![("fields", names(&lacks))])
}

fn may_make_exception(nominator: Nominator, new: &Nomination) -> bool {
    nominator == Nominator::Manager && new.reason.is_some()
}

/// What rules ask about, by name and never by value.
fn names(fields: &[Field]) -> String {
    fields.iter().map(super::rules::field_words).collect::<Vec<_>>().join(", ")
}

/// Who thought of somebody, as their invitation says it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Thought {
    /// The name of whoever named them first.
    pub name: String,
    /// What they wrote.
    pub words: Option<String>,
}

/// Who thought of a participant, if they came by nomination.
pub(super) async fn thought_of(tx: &mut Tx, participant: ParticipantId) -> Answer<Option<Thought>> {
    let participant = store::participant(tx, &ByServer(participant)).await?;
    nomination_store::first(tx, participant.round_id, participant.person_id, participant.role).await
}
