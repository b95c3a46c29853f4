//! Logins, passwords, sign-in links and roles on the organization.

pub mod me;
pub mod roles;
pub mod setup;
pub mod sign_in;
mod store;
#[cfg(test)]
mod tests;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use jiff::SignedDuration;

pub use me::move_to_zone;
pub use store::{grant_role, is_last_admin};

use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard,
        ids::PersonId,
        token,
    },
    mail::{self, Letter},
};

/// How long a sign-in link works.
const LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// The shortest password.
const SHORTEST: usize = 12;

/// Starts a login for a person: answers the redirect with its cookie. Every sign-in makes a new id.
///
/// # Errors
/// When the database fails.
pub async fn start_login(app: &App, tx: &mut Tx, person: PersonId, to: &str) -> Answer<Response> {
    let secret = token::new();
    let expires = tx.now().plus(guard::ABSOLUTE);
    store::insert_login(tx, &token::hash(&secret), person, expires).await?;
    Event::by_person(person, "login.started").on(person).record(tx).await?;
    let mut response = crate::kernel::page::see_other(local_path(to));
    response.headers_mut().insert(header::SET_COOKIE, cookie(app, &secret, guard::ABSOLUTE.as_secs())?);
    Ok(response)
}

/// Ends a login, and goes on to `to`.
async fn end_login(app: &App, tx: &mut Tx, id_hash: &str, to: &str) -> Answer<Response> {
    store::delete_login(tx, id_hash).await?;
    let mut response = crate::kernel::page::see_other(local_path(to));
    response.headers_mut().insert(header::SET_COOKIE, cookie(app, "", 0)?);
    Ok(response)
}

fn cookie(app: &App, secret: &str, seconds: i64) -> Answer<HeaderValue> {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let name = app.cookie_name();
    HeaderValue::from_str(&format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))
        .map_err(Error::defect)
}

/// Only ever a path on this server: `to` comes from an address that anybody can write.
fn local_path(to: &str) -> &str {
    // Browsers drop tabs and line ends, and read a backslash as a slash.
    let plain = to.starts_with('/') && !to.starts_with("//") && !to.contains(|c: char| c.is_control() || c == '\\');
    if plain { to } else { "/home" }
}

/// Hashes a password (Argon2id, 19 MiB, 2 passes: OWASP's minimum), on a blocking thread, two at a time.
async fn hash_password(app: &App, password: String) -> Answer<String> {
    let _permit = app.hashing.acquire().await.map_err(Error::defect)?;
    tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await
    .map_err(Error::defect)?
    .map_err(Error::defect)
}

/// Whether the password is the one that was hashed. Without a hash it takes as long, and answers no: nobody can tell
/// by the time whether an account exists.
async fn check_password(app: &App, password: String, phc: Option<String>) -> Answer<bool> {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let _permit = app.hashing.acquire().await.map_err(Error::defect)?;
    let known = phc.is_some();
    let phc = phc.unwrap_or_else(|| NOBODY.to_owned());
    let right = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&phc).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    Ok(right.await.map_err(Error::defect)? && known)
}

#[derive(Template)]
#[template(path = "accounts/mail_link.txt")]
struct LinkText<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/mail_link.html")]
struct LinkHtml<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/mail_link_subject.txt")]
struct LinkSubject;

/// Writes a letter with a link that signs the person in, once, within 15 minutes.
async fn send_link(app: &App, tx: &mut Tx, person: &store::Account, to: &str) -> Answer<()> {
    let secret = token::new();
    let hash = token::hash(&secret);
    let expires = tx.now().plus(LINK_LIFE);
    store::insert_link(tx, &hash, person.id, expires, local_path(to)).await?;
    let link = app.link(&format!("/sign-in/links/{secret}"));
    let letter = Letter {
        key: format!("sign-in:{hash}"),
        person: Some(person.id),
        address: person.email.clone(),
        subject: LinkSubject.render()?,
        text: LinkText { name: &person.name, link: &link }.render()?,
        html: LinkHtml { name: &person.name, link: &link }.render()?,
        calendar: None,
        useless_after: Some(expires),
    };
    mail::write(tx, app, letter).await?;
    Event::by_server("login.link_sent").on(person.id).record(tx).await?;
    Ok(())
}

/// Ends everything by which somebody comes in: they have left. Their roles on the organization end too, so that they
/// do not come back with the person.
///
/// # Errors
/// When the database fails.
pub async fn end_access(tx: &mut Tx, person: PersonId) -> Answer<()> {
    store::delete_logins(tx, person).await?;
    store::delete_links(tx, person).await?;
    store::delete_roles(tx, person).await
}

/// Forgets logins and links that can no longer be used.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(app: App) -> Answer<()> {
    let mut tx = app.db.write().await?;
    store::delete_old(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}
