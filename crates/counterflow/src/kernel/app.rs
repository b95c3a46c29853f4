//! What every handler has at hand.

use std::{convert::Infallible, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use tokio::sync::Semaphore;

use super::{
    config::Config,
    db::{Db, Tx},
    error::{Answer, Error},
    hashing::Hashing,
    kept::Kept,
    limits::Limits,
    store, token,
};

/// The running server: database, settings, limits. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The settings.
    pub config: Arc<Config>,
    /// What is counted: requests by address, guesses by account.
    pub limits: Arc<Limits>,
    /// Where passwords are hashed.
    pub hashing: Hashing,
    /// Whoever notes that a login was used holds it: one at a time, off the path of the request.
    pub touching: Arc<Semaphore>,
    /// The key that ties forms to people.
    pub form_key: Arc<str>,
    /// What `people` keeps of the whole directory, made again when somebody in it was changed.
    pub directory: Arc<Kept>,
}

/// The organization that this server belongs to.
#[derive(Debug, Clone)]
pub struct Organization {
    /// As it is shown.
    pub name: String,
    /// Used for people who have none of their own.
    pub time_zone: String,
}

impl App {
    /// Puts the server together: makes its keys at the first start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new(db: Db, config: Config) -> Answer<Self> {
        let mut tx = db.write().await?;
        let form_key = store::server_key(&mut tx, "form", &token::new()).await?;
        tx.commit().await?;
        Ok(Self {
            db,
            config: Arc::new(config),
            limits: Arc::default(),
            hashing: Hashing::default(),
            touching: Arc::new(Semaphore::new(1)),
            form_key: form_key.into(),
            directory: Arc::default(),
        })
    }

    /// The organization.
    ///
    /// # Errors
    /// [`Error::NotFound`] before the first visitor has set it up.
    pub async fn organization(&self, tx: &mut Tx) -> Answer<Organization> {
        let (name, time_zone) = store::organization(tx).await?.ok_or(Error::NotFound)?;
        Ok(Organization { name, time_zone })
    }

    /// The cookie that carries a login. Over https it has the prefix that browsers enforce.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.config.is_https() { "__Host-login" } else { "login" }
    }

    /// An address under which this server is reached from outside, for letters.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.config.public_url.as_str().trim_end_matches('/'))
    }
}

impl FromRequestParts<App> for App {
    type Rejection = Infallible;
    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(app.clone())
    }
}
