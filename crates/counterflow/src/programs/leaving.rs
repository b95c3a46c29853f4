//! When somebody leaves, what they were to programs ends. A program that nobody manages any more waits for an admin:
//! otherwise nobody could ever match, close or hand it on.

use serde_json::{Value, json};

use super::{
    ProgramRole,
    role_store::{self, Unmanaged},
    roles,
};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        form::Problems,
        guard::ByServer,
        ids::{PersonId, ProgramId},
        viewer::Viewer,
    },
    people,
};

/// The job `programs.drop_leaver`: the payload is the person. They manage and back nothing any more, so that these
/// roles do not come back with them.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn drop_leaver(app: App, payload: Value) -> Answer<()> {
    let person: PersonId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    // Somebody may have put a mistaken import right before this job ran.
    if people::has_left(&mut tx, person).await? {
        for (program, role) in role_store::delete_all(&mut tx, person).await? {
            let event = Event::by_server("program.role_removed").program(program).on(person);
            event.with(json!({ "role": role, "because": "left" })).record(&mut tx).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Programs that are not put away and that nobody manages.
///
/// # Errors
/// When the database fails.
pub async fn unmanaged(tx: &mut Tx) -> Answer<Vec<Unmanaged>> {
    role_store::unmanaged(tx).await
}

/// An admin makes somebody the manager of a program that has none. They see nothing else of it.
///
/// # Errors
/// `over` if somebody manages it, or when the database fails. Inside: nobody has this address.
pub async fn name_manager(
    tx: &mut Tx,
    app: &App,
    admin: &Viewer,
    program: ProgramId,
    email: &str,
) -> Answer<Result<(), Problems>> {
    tx.lock(program).await?;
    if !unmanaged(tx).await?.iter().any(|one| one.id == program) {
        return Err(Error::conflict("over"));
    }
    roles::grant(tx, app, (&ByServer(program), admin), email, ProgramRole::Manager).await
}
