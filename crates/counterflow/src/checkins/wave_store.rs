//! The statements on the days of a round's waves.

use super::Occasion;
use crate::{
    execute, fetch_all,
    kernel::{
        clock::Day,
        db::Tx,
        error::Answer,
        guard::{Access, Leave},
        ids::{ProgramId, RoundId},
    },
};

/// The days that were chosen.
pub(super) async fn chosen(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<(Occasion, Day)>> {
    Ok(fetch_all!(
        tx,
        (Occasion, Day),
        "select occasion, on_day from round_waves where round_id = $1 order by occasion",
        leave.id()
    )?)
}

/// Chooses a day, or none: then the rule holds.
pub(super) async fn choose(tx: &mut Tx, access: &Access<RoundId>, occasion: Occasion, day: Option<Day>) -> Answer<()> {
    let Some(day) = day else {
        execute!(tx, "delete from round_waves where round_id = $1 and occasion = $2", access.id, occasion)?;
        return Ok(());
    };
    execute!(
        tx,
        "insert into round_waves (round_id, occasion, on_day) values ($1, $2, $3)
         on conflict (round_id, occasion) do update set on_day = excluded.on_day",
        access.id,
        occasion,
        day
    )?;
    Ok(())
}

/// The waves in which a round has asked somebody already.
///
/// # Errors
/// When the database fails.
pub async fn asked_waves(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<(Occasion,)>> {
    Ok(fetch_all!(
        tx,
        (Occasion,),
        "select distinct occasion from checkins where round_id = $1 and meeting_id is null order by occasion",
        leave.id()
    )?)
}

/// The sets of questions that a program has asked anybody, each once, as JSON.
pub(super) async fn asked_sets(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<(String,)>> {
    Ok(fetch_all!(
        tx,
        (String,),
        "select distinct c.questions from checkins c join rounds on rounds.id = c.round_id where rounds.program_id = $1",
        leave.id()
    )?)
}
