//! The statements on personal links, and on whom letters go to.

use super::State;
use crate::{
    execute, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId, RoundId},
    },
    people::Status,
    programs::Side,
};

pub(super) async fn insert_link(tx: &mut Tx, hash: &str, id: ParticipantId, expires: Timestamp) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into invitations (token_hash, participant_id, created_at, expires_at) values ($1, $2, $3, $4)",
        hash,
        id,
        now,
        expires,
    )?;
    Ok(())
}

/// A personal link, and how whoever it belongs to stands now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Link {
    pub participant_id: ParticipantId,
    pub round_id: RoundId,
    pub person_id: PersonId,
    pub name: String,
    pub email: Option<String>,
    pub status: Status,
    pub state: State,
    pub role: Side,
    pub registered_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// They look after the server or a program: a forwarded letter must not open that.
    pub has_roles: bool,
}

pub(super) async fn link(tx: &mut Tx, hash: &str) -> Answer<Option<Link>> {
    Ok(fetch_optional!(
        tx,
        Link,
        "select i.participant_id, p.round_id, p.person_id, people.name, people.email, people.status, p.state, p.role,
                p.registered_at, i.created_at, i.expires_at,
                exists (select 1 from organization_roles o where o.person_id = p.person_id)
                  or exists (select 1 from program_roles g where g.person_id = p.person_id) as has_roles
         from invitations i join participants p on p.id = i.participant_id join people on people.id = p.person_id
         where i.token_hash = $1",
        hash
    )?)
}

/// Whether somebody was sent a link after `since`.
pub(super) async fn has_link_since(tx: &mut Tx, id: ParticipantId, since: Timestamp) -> Answer<bool> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from invitations where participant_id = $1 and created_at > $2",
        id,
        since
    )?;
    Ok(count > 0)
}

/// Somebody to whom a letter can be written.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Addressee {
    pub id: ParticipantId,
    pub person_id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Side,
}

/// The participant as an addressee; none if the directory has no address, or they left.
pub(super) async fn addressee(tx: &mut Tx, id: ParticipantId) -> Answer<Option<Addressee>> {
    Ok(fetch_optional!(
        tx,
        Addressee,
        "select p.id, p.person_id, people.name, people.email, p.role
         from participants p join people on people.id = p.person_id
         where p.id = $1 and people.email is not null and people.status <> 'left'",
        id
    )?)
}
