//! The statements on evergreen programs.

use super::Evergreen;
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        db::Tx,
        error::Answer,
        guard::{Access, Leave},
        ids::ProgramId,
    },
};

/// How often a program begins a round by itself, if it does.
pub(super) async fn evergreen(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Option<Evergreen>> {
    Ok(fetch_optional!(
        tx,
        Evergreen,
        "select every_days, ahead_days from evergreens where program_id = $1",
        leave.id()
    )?)
}

/// Evergreen programs that are not put away.
pub(super) async fn all(tx: &mut Tx) -> Answer<Vec<ProgramId>> {
    let found = fetch_all!(
        tx,
        (ProgramId,),
        "select e.program_id from evergreens e join programs on programs.id = e.program_id
         where programs.archived_at is null order by e.program_id"
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn set(tx: &mut Tx, access: &Access<ProgramId>, new: Option<Evergreen>) -> Answer<()> {
    let Some(new) = new else {
        execute!(tx, "delete from evergreens where program_id = $1", access.id)?;
        return Ok(());
    };
    let now = tx.now();
    execute!(
        tx,
        "insert into evergreens (program_id, every_days, ahead_days, set_by, set_at) values ($1, $2, $3, $4, $5)
         on conflict (program_id) do update set every_days = excluded.every_days, ahead_days = excluded.ahead_days,
                                                set_by = excluded.set_by, set_at = excluded.set_at",
        access.id,
        new.every_days,
        new.ahead_days,
        access.viewer.person,
        now,
    )?;
    Ok(())
}
