//! Logins, passwords, sign-in links and roles on the organization.

mod address;
pub mod links;
pub mod me;
mod passwords;
pub mod roles;
pub mod setup;
pub mod sign_in;
mod store;
#[cfg(test)]
mod tests;

use axum::http::{HeaderValue, header};
use axum::response::Response;

pub use address::Address;
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
    words,
};

/// Starts a login for a person: answers the redirect with its cookie.
///
/// # Errors
/// When the database fails.
pub async fn start_login(app: &App, tx: &mut Tx, person: PersonId, to: &str) -> Answer<Response> {
    let login = new_login(app, tx, person, Proof::SignIn).await?;
    let mut response = crate::kernel::page::see_other(local_path(to));
    response.headers_mut().insert(header::SET_COOKIE, login);
    Ok(response)
}

/// Starts a login for whoever holds an invitation: they cannot make it permanent by setting a first password.
///
/// # Errors
/// When the database fails.
pub async fn start_login_by_invitation(app: &App, tx: &mut Tx, person: PersonId, to: &str) -> Answer<Response> {
    let mut response = crate::kernel::page::see_other(local_path(to));
    response.headers_mut().insert(header::SET_COOKIE, new_login(app, tx, person, Proof::Invitation).await?);
    Ok(response)
}

words! {
    /// How somebody proved who they are.
    Proof {
        /// By a password, or a link that works once and for minutes.
        SignIn = "sign_in",
        /// By an invitation's link.
        Invitation = "invitation",
    }
}

/// The cookie of a new login. Every sign-in makes a new id.
async fn new_login(app: &App, tx: &mut Tx, person: PersonId, proof: Proof) -> Answer<HeaderValue> {
    let secret = token::new();
    let expires = tx.now().plus(guard::ABSOLUTE);
    store::insert_login(tx, &token::hash(&secret), person, expires, proof).await?;
    Event::by_person(person, "login.started").on(person).record(tx).await?;
    cookie(app, &secret, guard::ABSOLUTE.as_secs())
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

/// Ends everything by which somebody comes in: they have left. Their roles on the organization end too, so that they
/// do not come back with the person.
///
/// # Errors
/// When the database fails.
pub async fn end_access(tx: &mut Tx, person: PersonId) -> Answer<()> {
    store::delete_logins(tx, person).await?;
    store::delete_links(tx, person).await?;
    store::delete_networks(tx, person).await?;
    store::delete_roles(tx, person).await
}

/// Forgets logins and links that can no longer be used, and networks that were not used for long.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(app: App) -> Answer<()> {
    let mut tx = app.db.write().await?;
    store::delete_old(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}
