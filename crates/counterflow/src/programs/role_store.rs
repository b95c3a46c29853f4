//! The statements on who manages and backs a program.

use super::ProgramRole;
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::{Access, Leave},
        ids::{PersonId, ProgramId, RoundId},
    },
};

/// Somebody who holds a role in a program.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Holder {
    /// Who.
    pub person_id: PersonId,
    /// Full name.
    pub name: String,
    /// Position.
    pub title: Option<String>,
    /// Which role.
    pub role: ProgramRole,
    /// Since when.
    pub granted_at: Timestamp,
}

/// Somebody in the directory who can be written to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Addressee {
    /// Who.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Where they read letters.
    pub email: String,
}

/// Whoever holds a role in a program and can be written to, in the order of names.
///
/// # Errors
/// When the database fails.
pub async fn addressees(tx: &mut Tx, leave: &impl Leave<ProgramId>, role: ProgramRole) -> Answer<Vec<Addressee>> {
    Ok(fetch_all!(
        tx,
        Addressee,
        "select people.id, people.name, people.email
         from program_roles roles join people on people.id = roles.person_id
         where roles.program_id = $1 and roles.role = $2 and people.status <> 'left' and people.email is not null
         order by people.sort_name, people.id",
        leave.id(),
        role
    )?)
}

/// Whoever has this address and has not left.
pub(super) async fn person_by_email(tx: &mut Tx, email: &str) -> Answer<Option<Addressee>> {
    Ok(fetch_optional!(
        tx,
        Addressee,
        "select id, name, email from people where email = $1 and status <> 'left'",
        email
    )?)
}

/// Everybody who manages or backs a program or leads its mentors and has not left, managers first.
///
/// # Errors
/// When the database fails.
pub async fn holders(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<Holder>> {
    Ok(fetch_all!(
        tx,
        Holder,
        "select roles.person_id, people.name, people.title, roles.role, roles.granted_at
         from (select program_id, person_id, role, granted_at from program_roles
               union all
               select program_id, person_id, 'mentor_lead', granted_at from mentor_leads) roles
         join people on people.id = roles.person_id
         where roles.program_id = $1 and people.status <> 'left'
         order by roles.role, people.sort_name, people.id",
        leave.id()
    )?)
}

/// Answers whether it is new.
pub(super) async fn insert(
    tx: &mut Tx,
    program: ProgramId,
    person: PersonId,
    role: ProgramRole,
    by: PersonId,
) -> Answer<bool> {
    let now = tx.now();
    if role == ProgramRole::MentorLead {
        let rows = execute!(
            tx,
            "insert into mentor_leads (program_id, person_id, granted_at, granted_by) values ($1, $2, $3, $4)
             on conflict (program_id, person_id) do nothing",
            program,
            person,
            now,
            by,
        )?;
        return Ok(rows == 1);
    }
    let rows = execute!(
        tx,
        "insert into program_roles (program_id, person_id, role, granted_at, granted_by) values ($1, $2, $3, $4, $5)
         on conflict (program_id, person_id, role) do nothing",
        program,
        person,
        role,
        now,
        by,
    )?;
    Ok(rows == 1)
}

pub(super) async fn delete(tx: &mut Tx, program: ProgramId, person: PersonId, role: ProgramRole) -> Answer<()> {
    if role == ProgramRole::MentorLead {
        execute!(tx, "delete from mentor_leads where program_id = $1 and person_id = $2", program, person)?;
        return Ok(());
    }
    execute!(
        tx,
        "delete from program_roles where program_id = $1 and person_id = $2 and role = $3",
        program,
        person,
        role
    )?;
    Ok(())
}

/// Takes a person's endorsements out of the rounds whose introductions have not gone out yet. Answers those rounds.
pub(super) async fn delete_endorsements(
    tx: &mut Tx,
    access: &Access<ProgramId>,
    person: PersonId,
) -> Answer<Vec<(RoundId,)>> {
    Ok(fetch_all!(
        tx,
        (RoundId,),
        "update rounds set endorsement = null, endorsed_by = null
         where program_id = $1 and endorsed_by = $2 and stage in ('design', 'enroll', 'match') returning id",
        access.id,
        person,
    )?)
}

/// Takes every role from a person. Answers what they were.
pub(super) async fn delete_all(tx: &mut Tx, person: PersonId) -> Answer<Vec<(ProgramId, ProgramRole)>> {
    let mut taken = fetch_all!(
        tx,
        (ProgramId, ProgramRole),
        "delete from program_roles where person_id = $1 returning program_id, role",
        person
    )?;
    taken.extend(fetch_all!(
        tx,
        (ProgramId, ProgramRole),
        "delete from mentor_leads where person_id = $1 returning program_id, 'mentor_lead' as role",
        person
    )?);
    Ok(taken)
}

/// A program that nobody manages.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Unmanaged {
    /// Which.
    pub id: ProgramId,
    /// Its name.
    pub name: String,
}

pub(super) async fn unmanaged(tx: &mut Tx) -> Answer<Vec<Unmanaged>> {
    Ok(fetch_all!(
        tx,
        Unmanaged,
        "select id, name from programs
         where archived_at is null
           and not exists (select 1 from program_roles r join people on people.id = r.person_id
                           where r.program_id = programs.id and r.role = 'manager' and people.status <> 'left')
         order by name, id"
    )?)
}
