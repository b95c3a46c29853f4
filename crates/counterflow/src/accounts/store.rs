//! The statements on logins, passwords, sign-in links and roles on the organization.

use jiff::SignedDuration;

use super::Proof;
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{clock::Timestamp, db::Tx, error::Answer, ids::PersonId, store::stamp_directory, viewer::Viewer},
};

/// A network from which nobody signed in for so many days is forgotten.
const NETWORK_DAYS: i64 = 180;

/// Somebody who can sign in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Account {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub phc: Option<String>,
}

pub(super) async fn account(tx: &mut Tx, email: &str) -> Answer<Option<Account>> {
    Ok(fetch_optional!(
        tx,
        Account,
        "select people.id, people.name, people.email, passwords.phc
         from people left join passwords on passwords.person_id = people.id
         where people.email = $1 and people.status <> 'left'",
        email
    )?)
}

/// Somebody who can sign in, by their id.
pub(super) async fn account_of(tx: &mut Tx, person: PersonId) -> Answer<Option<Account>> {
    Ok(fetch_optional!(
        tx,
        Account,
        "select people.id, people.name, people.email, passwords.phc
         from people left join passwords on passwords.person_id = people.id
         where people.id = $1 and people.email is not null and people.status <> 'left'",
        person
    )?)
}

/// Whether the account with this address was signed in to from this network before.
pub(super) async fn knows_network(tx: &mut Tx, email: &str, network: &str) -> Answer<bool> {
    let (known,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from known_networks n join people on people.id = n.person_id
         where people.email = $1 and n.network_hash = $2",
        email,
        network
    )?;
    Ok(known > 0)
}

/// Remembers that a person signed in from this network.
pub(super) async fn remember_network(tx: &mut Tx, person: PersonId, network: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into known_networks (person_id, network_hash, used_at) values ($1, $2, $3)
         on conflict (person_id, network_hash) do update set used_at = excluded.used_at",
        person,
        network,
        now
    )?;
    Ok(())
}

/// Forgets where a person signed in.
pub(super) async fn delete_networks(tx: &mut Tx, person: PersonId) -> Answer<()> {
    execute!(tx, "delete from known_networks where person_id = $1", person)?;
    Ok(())
}

pub(super) async fn insert_login(
    tx: &mut Tx,
    id_hash: &str,
    person: PersonId,
    expires: Timestamp,
    proof: Proof,
) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into logins (id_hash, person_id, created_at, seen_at, expires_at, proof) values ($1, $2, $3, $3, $4, $5)",
        id_hash,
        person,
        now,
        expires,
        proof
    )?;
    Ok(())
}

pub(super) async fn delete_login(tx: &mut Tx, id_hash: &str) -> Answer<()> {
    execute!(tx, "delete from logins where id_hash = $1", id_hash)?;
    Ok(())
}

/// Ends every login of a person.
pub(super) async fn delete_logins(tx: &mut Tx, person: PersonId) -> Answer<()> {
    execute!(tx, "delete from logins where person_id = $1", person)?;
    Ok(())
}

/// Makes every link that was sent to a person useless.
pub(super) async fn delete_links(tx: &mut Tx, person: PersonId) -> Answer<()> {
    execute!(tx, "delete from sign_in_links where person_id = $1", person)?;
    Ok(())
}

/// Takes all roles on the organization.
pub(super) async fn delete_roles(tx: &mut Tx, person: PersonId) -> Answer<()> {
    execute!(tx, "delete from organization_roles where person_id = $1", person)?;
    Ok(())
}

/// Whether nobody else who can sign in is admin.
///
/// # Errors
/// When the database fails.
pub async fn is_last_admin(tx: &mut Tx, person: PersonId) -> Answer<bool> {
    let admins = fetch_all!(
        tx,
        (PersonId,),
        "select r.person_id from organization_roles r join people on people.id = r.person_id
         where r.role = 'admin' and people.status <> 'left' and people.email is not null"
    )?;
    Ok(admins == [(person,)])
}

pub(super) async fn delete_old(tx: &mut Tx) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "delete from logins where expires_at <= $1 or seen_at <= $2",
        now,
        now.minus(crate::kernel::guard::IDLE)
    )?;
    execute!(tx, "delete from sign_in_links where expires_at <= $1", now.minus(SignedDuration::from_hours(24)))?;
    execute!(
        tx,
        "delete from known_networks where used_at <= $1",
        now.minus(SignedDuration::from_hours(24 * NETWORK_DAYS))
    )?;
    Ok(())
}

/// How many links a person has that still work.
pub(super) async fn open_links(tx: &mut Tx, person: PersonId) -> Answer<i64> {
    let now = tx.now();
    let (open,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from sign_in_links where person_id = $1 and used_at is null and expires_at > $2",
        person,
        now
    )?;
    Ok(open)
}

pub(super) async fn insert_link(tx: &mut Tx, hash: &str, person: PersonId, expires: Timestamp, to: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into sign_in_links (token_hash, person_id, created_at, expires_at, continue_to)
         values ($1, $2, $3, $4, $5)",
        hash,
        person,
        now,
        expires,
        to
    )?;
    Ok(())
}

/// A link that was sent, used or not.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Link {
    pub person_id: PersonId,
    pub name: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub continue_to: String,
}

pub(super) async fn link(tx: &mut Tx, hash: &str) -> Answer<Option<Link>> {
    Ok(fetch_optional!(
        tx,
        Link,
        "select l.person_id, people.name, l.created_at, l.expires_at, l.used_at, l.continue_to
         from sign_in_links l join people on people.id = l.person_id where l.token_hash = $1",
        hash
    )?)
}

/// Uses a link up. Answers whether it was this caller who did.
pub(super) async fn use_link(tx: &mut Tx, hash: &str) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update sign_in_links set used_at = $1 where token_hash = $2 and used_at is null and expires_at > $1",
        now,
        hash
    )?;
    Ok(rows == 1)
}

pub(super) async fn set_password(tx: &mut Tx, person: PersonId, phc: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into passwords (person_id, phc, set_at) values ($1, $2, $3)
         on conflict (person_id) do update set phc = excluded.phc, set_at = excluded.set_at",
        person,
        phc,
        now
    )?;
    Ok(())
}

pub(super) async fn is_set_up(tx: &mut Tx) -> Answer<bool> {
    let (count,) = fetch_one!(tx, (i64,), "select count(*) from organization")?;
    Ok(count > 0)
}

pub(super) async fn insert_organization(tx: &mut Tx, name: &str, zone: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into organization (id, name, time_zone, created_at) values ('organization', $1, $2, $3)",
        name,
        zone,
        now
    )?;
    Ok(())
}

/// The first admin, who usually stands in no directory yet: an import with the same e-mail adopts them. If a directory
/// was imported by the command line before, the person with this e-mail is meant.
pub(super) async fn insert_first_person(tx: &mut Tx, name: &str, email: &str) -> Answer<PersonId> {
    let now = tx.now();
    let (id,) = fetch_one!(
        tx,
        (PersonId,),
        "insert into people (id, email, name, sort_name, languages, attributes, status, theme, created_at, updated_at)
         values ($1, $2, $3, lower($3), '[]', '{}', 'active', 'system', $4, $4)
         on conflict (email) do update set status = 'active', updated_at = excluded.updated_at
         returning id",
        PersonId::new(),
        email,
        name,
        now
    )?;
    stamp_directory(tx).await?;
    Ok(id)
}

/// Gives somebody a role on the organization: `admin` or `program_starter`.
///
/// # Errors
/// When the database fails.
pub async fn grant_role(tx: &mut Tx, person: PersonId, role: &str, by: Option<PersonId>) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into organization_roles (person_id, role, granted_at, granted_by) values ($1, $2, $3, $4)
         on conflict (person_id, role) do nothing",
        person,
        role,
        now,
        by
    )?;
    Ok(())
}

/// Takes a role away, unless it is that of the last admin who can sign in. Answers whether it was taken.
pub(super) async fn remove_role(tx: &mut Tx, person: PersonId, role: &str) -> Answer<bool> {
    let rows = execute!(
        tx,
        "delete from organization_roles
         where person_id = $1 and role = $2
           and (role <> 'admin' or exists
               (select 1 from organization_roles r join people on people.id = r.person_id
                where r.role = 'admin' and r.person_id <> $1 and people.status <> 'left' and people.email is not null))",
        person,
        role
    )?;
    Ok(rows == 1)
}

/// Somebody with a role on the organization.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct RoleHolder {
    pub person_id: PersonId,
    pub name: String,
    pub title: Option<String>,
    pub role: String,
    pub granted_at: Timestamp,
}

pub(super) async fn role_holders(tx: &mut Tx) -> Answer<Vec<RoleHolder>> {
    Ok(fetch_all!(
        tx,
        RoleHolder,
        "select r.person_id, people.name, people.title, r.role, r.granted_at
         from organization_roles r join people on people.id = r.person_id order by r.role, people.sort_name"
    )?)
}

/// A person's own settings.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Settings {
    pub email: Option<String>,
    pub theme: String,
    pub has_password: bool,
    /// Came by an invitation's link, which is not enough for a first password.
    pub by_invitation: bool,
}

pub(super) async fn settings(tx: &mut Tx, viewer: &Viewer) -> Answer<Settings> {
    Ok(fetch_one!(
        tx,
        Settings,
        "select people.email, people.theme, passwords.person_id is not null as has_password,
                exists (select 1 from logins where id_hash = $2 and proof = 'invitation') as by_invitation
         from people left join passwords on passwords.person_id = people.id where people.id = $1",
        viewer.person,
        &viewer.login
    )?)
}

pub(super) async fn save_settings(tx: &mut Tx, person: PersonId, zone: &str, theme: &str) -> Answer<()> {
    let now = tx.now();
    let same_zone =
        fetch_one!(tx, (i64,), "select count(*) from people where id = $1 and time_zone = $2", person, zone)?;
    execute!(
        tx,
        "update people set time_zone = $1, theme = $2, updated_at = $3 where id = $4",
        zone,
        theme,
        now,
        person
    )?;
    // Rules ask for zones, and not for themes.
    if same_zone == (0,) { stamp_directory(tx).await } else { Ok(()) }
}
