//! How a side of a round is filled: by invitation, by anybody who fits and joins, or by naming somebody.

use serde_json::json;

use super::{event, lock_name, must_take_people, takes_people, ways_store};
use crate::{
    kernel::{
        db::Tx,
        error::Answer,
        guard::{Access, Leave},
        ids::RoundId,
        token,
    },
    programs::{self, Round, Side},
};

pub use crate::programs::template::entry::Way;

/// The ways of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// Into the mentors' side.
    pub mentor: Way,
    /// Into the mentees' side.
    pub mentee: Way,
}

impl Ways {
    /// The way into a side.
    #[must_use]
    pub fn of(self, side: Side) -> Way {
        match side {
            Side::Mentor => self.mentor,
            Side::Mentee => self.mentee,
        }
    }

    /// The sides into which this way leads, leaders first.
    #[must_use]
    pub fn sides(self, way: Way) -> Vec<Side> {
        [Side::Mentee, Side::Mentor].into_iter().filter(|side| self.of(*side) == way).collect()
    }
}

/// How the two sides of a round are filled.
///
/// # Errors
/// When the database fails.
pub async fn ways(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Ways> {
    let set = ways_store::ways(tx, leave.id()).await?;
    let of = |side| set.iter().find(|(on, _)| *on == side).map_or(Way::Invitation, |(_, way)| *way);
    Ok(Ways { mentor: of(Side::Mentor), mentee: of(Side::Mentee) })
}

/// Sets how the two sides are filled. Whoever came in before stays.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub async fn set_ways(tx: &mut Tx, access: &Access<RoundId>, wanted: Ways) -> Answer<()> {
    tx.lock(lock_name(access.id)).await?;
    let round = programs::round(tx, access).await?;
    must_take_people(&round)?;
    let before = ways(tx, access).await?;
    for side in [Side::Mentee, Side::Mentor] {
        let way = wanted.of(side);
        if way != before.of(side) {
            ways_store::set_way(tx, round.id, side, way, access.viewer.person).await?;
            event(access, "round.way_in_changed", &round).with(json!({ "side": side, "way": way })).record(tx).await?;
        }
    }
    if wanted.mentor != Way::Invitation || wanted.mentee != Way::Invitation {
        ways_store::insert_code(tx, round.id, &token::code()).await?;
    }
    Ok(())
}

/// Where anybody who fits can join: for posters and intranet pages. `None` while no side of the round is open, or once
/// it takes nobody in any more.
///
/// # Errors
/// When the database fails.
pub async fn join_path(tx: &mut Tx, round: &Round) -> Answer<Option<String>> {
    path(tx, round, Way::Open, "join").await
}

/// Where line managers name people of theirs. `None` while no side is filled so.
///
/// # Errors
/// When the database fails.
pub async fn nominate_path(tx: &mut Tx, round: &Round) -> Answer<Option<String>> {
    path(tx, round, Way::Nomination, "nominate").await
}

async fn path(tx: &mut Tx, round: &Round, way: Way, door: &str) -> Answer<Option<String>> {
    let leads_in = takes_people(round.stage) && !ways(tx, &round.leave()).await?.sides(way).is_empty();
    let code = if leads_in { ways_store::code(tx, round.id).await? } else { None };
    Ok(code.map(|code| format!("/{door}/{code}")))
}
