//! Who manages a program and who backs it, and putting a program away.

use askama::Template;
use axum::http::StatusCode;
use serde_json::json;

use super::{Program, ProgramRole, role_store, store};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        form::Problems,
        guard::{Access, Leave},
        ids::{PersonId, ProgramId},
        viewer::Viewer,
    },
    mail::{self, Letter},
};

#[derive(Template)]
#[template(path = "programs/mail_role_subject.txt")]
struct RoleSubject<'a> {
    program: &'a str,
    role: ProgramRole,
}

#[derive(Template)]
#[template(path = "programs/mail_role.txt")]
struct RoleText<'a> {
    name: &'a str,
    giver: &'a str,
    program: &'a str,
    role: ProgramRole,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "programs/mail_role.html")]
struct RoleHtml<'a> {
    name: &'a str,
    giver: &'a str,
    program: &'a str,
    role: ProgramRole,
    link: &'a str,
}

/// Gives a role to whoever has this address in the directory, and writes to them. The same again changes nothing.
///
/// # Errors
/// When the database fails. Inside: nobody has this address.
pub async fn grant_role(
    tx: &mut Tx,
    app: &App,
    access: &Access<ProgramId>,
    email: &str,
    role: ProgramRole,
) -> Answer<Result<(), Problems>> {
    grant(tx, app, (access, &access.viewer), email, role).await
}

/// Gives a role, whoever may: a manager of the program, or an admin where it has none.
pub(super) async fn grant(
    tx: &mut Tx,
    app: &App,
    (leave, giver): (&impl Leave<ProgramId>, &Viewer),
    email: &str,
    role: ProgramRole,
) -> Answer<Result<(), Problems>> {
    let Some(person) = role_store::person_by_email(tx, email).await? else {
        return Ok(Err(Problems::one("email", "nobody")));
    };
    if !role_store::insert(tx, leave.id(), person.id, role, giver.person).await? {
        return Ok(Ok(()));
    }
    let event = Event::by(giver, "program.role_granted").program(leave.id()).on(person.id);
    let event = event.with(json!({ "role": role })).record(tx).await?;
    if person.id != giver.person {
        let program = store::program(tx, leave).await?;
        let letter = letter(app, giver, &program, &person, role, format!("program-role:{event}"))?;
        mail::write(tx, app, letter).await?;
    }
    Ok(Ok(()))
}

fn letter(
    app: &App,
    giver: &Viewer,
    program: &Program,
    person: &role_store::Addressee,
    role: ProgramRole,
    key: String,
) -> Answer<Letter> {
    // A mentor lead does not see the program itself: what they can do stands on their home.
    let path = if role == ProgramRole::MentorLead { "/home".to_owned() } else { program.href() };
    let link = &app.link(&path);
    let (labels, name, giver, program) = (program.labels(), &person.name, &giver.name, &program.name);
    labels.over(|| {
        Ok(Letter {
            key,
            person: Some(person.id),
            address: person.email.clone(),
            subject: RoleSubject { program, role }.render()?,
            text: RoleText { name, giver, program, role, link }.render()?,
            html: RoleHtml { name, giver, program, role, link }.render()?,
            calendar: None,
            useless_after: None,
        })
    })
}

/// Takes a role back. Somebody always manages the program; and nobody is quoted as a sponsor who is none.
///
/// # Errors
/// `last_manager`, or when the database fails.
pub async fn remove_role(tx: &mut Tx, access: &Access<ProgramId>, person: PersonId, role: ProgramRole) -> Answer<()> {
    tx.lock(access.id).await?;
    let holders = role_store::holders(tx, access).await?;
    if !holders.iter().any(|holder| holder.person_id == person && holder.role == role) {
        return Ok(());
    }
    let stays = |holder: &role_store::Holder| holder.role == ProgramRole::Manager && holder.person_id != person;
    if role == ProgramRole::Manager && !holders.iter().any(stays) {
        return Err(Error::conflict("last_manager"));
    }
    role_store::delete(tx, access.id, person, role).await?;
    if role == ProgramRole::Sponsor {
        for (round,) in role_store::delete_endorsements(tx, access, person).await? {
            let event = Event::by(&access.viewer, "round.endorsement_removed").program(access.id).round(round);
            event.on(round).record(tx).await?;
        }
    }
    let event = Event::by(&access.viewer, "program.role_removed").program(access.id).on(person);
    event.with(json!({ "role": role })).record(tx).await?;
    Ok(())
}

/// Puts a program away: it leaves the lists and menus, and nothing of it is deleted. Only while no round is under way.
///
/// # Errors
/// `round_under_way` with its name, or when the database fails.
pub async fn archive(tx: &mut Tx, access: &Access<ProgramId>) -> Answer<()> {
    tx.lock(access.id).await?;
    let rounds = store::rounds(tx, access).await?;
    if let Some(round) = rounds.iter().find(|round| round.stage.is_under_way()) {
        let data = vec![("round", round.name.clone())];
        return Err(Error::Trouble { status: StatusCode::CONFLICT, key: "round_under_way", data });
    }
    if store::archive(tx, access).await? {
        Event::by(&access.viewer, "program.archived").program(access.id).on(access.id).record(tx).await?;
    }
    Ok(())
}

/// Brings a program back.
///
/// # Errors
/// When the database fails.
pub async fn unarchive(tx: &mut Tx, access: &Access<ProgramId>) -> Answer<()> {
    if store::unarchive(tx, access).await? {
        Event::by(&access.viewer, "program.unarchived").program(access.id).on(access.id).record(tx).await?;
    }
    Ok(())
}
