//! The statements on ways in, on the codes in addresses, and on where somebody stands in a round.

use super::{State, ways::Way};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId, RoundId},
    },
    programs::Side,
};

pub(super) async fn ways(tx: &mut Tx, round: RoundId) -> Answer<Vec<(Side, Way)>> {
    Ok(fetch_all!(tx, (Side, Way), "select role, way from ways_in where round_id = $1", round)?)
}

pub(super) async fn set_way(tx: &mut Tx, round: RoundId, side: Side, way: Way, by: PersonId) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into ways_in (round_id, role, way, set_by, set_at) values ($1, $2, $3, $4, $5)
         on conflict (round_id, role) do update set way = excluded.way, set_by = excluded.set_by,
             set_at = excluded.set_at",
        round,
        side,
        way,
        by,
        now,
    )?;
    Ok(())
}

/// Gives a round its code, unless it has one: what is printed on posters goes on to work.
pub(super) async fn insert_code(tx: &mut Tx, round: RoundId, code: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into join_codes (round_id, code, made_at) values ($1, $2, $3) on conflict (round_id) do nothing",
        round,
        code,
        now,
    )?;
    Ok(())
}

pub(super) async fn code(tx: &mut Tx, round: RoundId) -> Answer<Option<String>> {
    let found = fetch_optional!(tx, (String,), "select code from join_codes where round_id = $1", round)?;
    Ok(found.map(|(code,)| code))
}

/// The round to which a code belongs.
pub(super) async fn round_of(tx: &mut Tx, code: &str) -> Answer<Option<RoundId>> {
    let found = fetch_optional!(tx, (RoundId,), "select round_id from join_codes where code = $1", code)?;
    Ok(found.map(|(round,)| round))
}

/// Where somebody stands in a round. Who was taken out on one side and is in on the other is in.
pub(super) async fn standing_of(
    tx: &mut Tx,
    round: RoundId,
    person: PersonId,
) -> Answer<Option<(ParticipantId, Side, State)>> {
    Ok(fetch_optional!(
        tx,
        (ParticipantId, Side, State),
        "select id, role, state from participants where round_id = $1 and person_id = $2
         order by case when state = 'withdrawn' then 1 else 0 end limit 1",
        round,
        person,
    )?)
}
