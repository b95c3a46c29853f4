//! Joining a round that is open: whoever opens its address and fits the rules of an open side takes part by themselves.

use super::{
    State, event,
    exclusions::stands_against,
    lock_name, must_have,
    rules::{self, Field},
    store, takes_people,
    ways::{Way, Ways, ways},
    ways_store,
};
use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{ByServer, Leave},
        ids::{ParticipantId, PersonId, RoundId},
        viewer::Viewer,
    },
    people::{self, Profile, Status},
    programs::{self, Program, Round, Side, Stage, begin_stage},
};

/// A round as its address shows it.
#[derive(Debug)]
pub(super) struct Door {
    pub round: Round,
    pub program: Program,
    pub ways: Ways,
}

impl Door {
    /// The round behind a code. The code is the leave: it leads to what stands on posters.
    pub async fn behind(tx: &mut Tx, code: &str) -> Answer<Self> {
        let id = ways_store::round_of(tx, code).await?.ok_or(Error::NotFound)?;
        let round = programs::round(tx, &ByServer(id)).await?;
        let program = programs::program_of(tx, &round).await?;
        let ways = ways(tx, &ByServer(id)).await?;
        Ok(Self { round, program, ways })
    }

    /// Whether the round takes people in today.
    pub async fn is_open(&self, tx: &mut Tx) -> Answer<bool> {
        let in_time = people::leaving::today(tx).await? <= self.round.enroll_until;
        Ok(in_time && takes_people(self.round.stage) && self.program.archived_at.is_none())
    }
}

/// How somebody stands before a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Before {
    /// The round takes nobody in any more.
    Over,
    /// Asked or in already: their registration.
    Inside(ParticipantId),
    /// The managers have decided something about them that this page does not tell.
    Ask,
    /// They do something else that does not go together with this program.
    Elsewhere,
    /// The open sides, each with what stands in the way.
    Sides(Vec<Chance>),
}

/// An open side, for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chance {
    pub side: Side,
    /// What the rules ask about and this person does not have as asked. Nothing: they fit.
    pub lacks: Vec<Field>,
    /// The directory says that they are away for long.
    pub is_away: bool,
}

impl Chance {
    pub fn fits(&self) -> bool {
        self.lacks.is_empty() && !self.is_away
    }
}

/// How somebody stands before a door.
pub(super) async fn before(tx: &mut Tx, door: &Door, person: PersonId) -> Answer<Before> {
    let standing = ways_store::standing_of(tx, door.round.id, person).await?;
    let chosen = match standing {
        Some((_, side, State::Chosen)) => Some(side), // does not know, and need not
        Some((_, _, State::Withdrawn)) => return Ok(Before::Ask),
        Some((id, ..)) => return Ok(Before::Inside(id)),
        None => None,
    };
    if !door.is_open(tx).await? {
        return Ok(Before::Over);
    }
    if stands_against(tx, door.round.program_id, person).await?.is_some() {
        return Ok(Before::Elsewhere);
    }
    let profile = people::profile(tx, person).await?.ok_or(Error::NotFound)?;
    let mut chances = Vec::new();
    for side in door.ways.sides(Way::Open) {
        match chosen {
            Some(on) if on != side => return Ok(Before::Ask),
            Some(_) => chances.push(Chance { side, lacks: Vec::new(), is_away: false }),
            None => chances.push(chance(tx, &door.round, side, &profile).await?),
        }
    }
    Ok(Before::Sides(chances))
}

async fn chance(tx: &mut Tx, round: &Round, side: Side, profile: &Profile) -> Answer<Chance> {
    let is_away = profile.status != Status::Active;
    Ok(Chance { side, lacks: lacks(tx, round, side, profile).await?, is_away })
}

/// What the rules of a side ask about and somebody does not have as asked, each once.
pub(super) async fn lacks(tx: &mut Tx, round: &Round, side: Side, profile: &Profile) -> Answer<Vec<Field>> {
    let today = people::leaving::today(tx).await?;
    let rules = rules::eligibility(round)?;
    let one = std::slice::from_ref(profile);
    let fails =
        rules.of(side).iter().filter(|rule| rules::who_fits(std::slice::from_ref(*rule), one, today).is_empty());
    let mut fields: Vec<_> = fails.map(|rule| Field::named(&rule.field)).collect();
    fields.sort();
    fields.dedup();
    Ok(fields)
}

/// Takes somebody in who opened the round's address. Answers their place, also where they have one already.
///
/// # Errors
/// `not_open` if this side is not open for them, `registration_closed`, `takes_part_elsewhere`, or when the database fails.
pub(super) async fn join(tx: &mut Tx, door: &Door, viewer: &Viewer, side: Side) -> Answer<ParticipantId> {
    tx.lock(lock_name(door.round.id)).await?;
    match before(tx, door, viewer.person).await? {
        Before::Inside(id) => return Ok(id),
        Before::Over => return Err(Error::conflict("registration_closed")),
        Before::Elsewhere => return Err(Error::conflict("takes_part_elsewhere")),
        Before::Sides(chances) if chances.iter().any(|chance| chance.side == side && chance.fits()) => {}
        Before::Ask | Before::Sides(_) => return Err(Error::conflict("not_open")),
    }
    let id = take_in(tx, &door.round.leave(), viewer.person, side).await?;
    must_have(store::set_invited(tx, id).await?)?;
    store::set_opened(tx, id).await?;
    Event::by(viewer, "participant.joined")
        .program(door.round.program_id)
        .round(door.round.id)
        .on(id)
        .record(tx)
        .await?;
    Ok(id)
}

/// Puts somebody on a side, if a manager has not yet, and begins the round's enrollment.
pub(super) async fn take_in(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    person: PersonId,
    side: Side,
) -> Answer<ParticipantId> {
    let round = programs::round(tx, leave).await?;
    if store::insert(tx, round.id, person, side).await? {
        let facts = serde_json::json!({ "side": side, "count": 1 });
        event(leave, "participant.chosen", &round).with(facts).record(tx).await?;
    }
    begin_stage(tx, leave, Stage::Enroll).await?;
    match ways_store::standing_of(tx, round.id, person).await? {
        Some((id, on, _)) if on == side => Ok(id),
        _ => Err(Error::conflict("other_side_of_round")),
    }
}
