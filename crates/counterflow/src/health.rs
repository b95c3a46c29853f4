//! Is the server alive, is it ready, and how is it doing: for load balancers, and for the admin.

use askama::Template;
use axum::http::StatusCode;

use crate::{
    jobs,
    kernel::{
        app::App,
        error::{Answer, Error},
        page::{self, Page},
    },
    mail,
};

/// `GET /healthz`: the process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the database answers too, and has our tables.
pub async fn ready(app: App) -> (StatusCode, &'static str) {
    match ask_database(&app).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database is not reachable\n")
        }
    }
}

/// Reads a row: to begin a transaction is not enough, SQLite opens the file only for a statement.
async fn ask_database(app: &App) -> Answer<()> {
    let mut tx = app.db.read().await?;
    match app.organization(&mut tx).await {
        Ok(_) | Err(Error::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "health_admin.html")]
struct AdminPage {
    page: Page,
    letters: mail::Standing,
    jobs: jobs::Standing,
    mail_server: Option<String>,
    database: &'static str,
    version: &'static str,
}

/// `GET /admin`: what the server is made of, and what is stuck.
pub async fn admin(app: App, page: Page) -> Answer {
    let mut tx = app.db.read().await?;
    let mail_server = app.config.smtp.as_ref().and_then(|smtp| smtp.url.host_str().map(str::to_owned));
    page::html(&AdminPage {
        page,
        letters: mail::standing(&mut tx).await?,
        jobs: jobs::standing(&mut tx).await?,
        mail_server,
        database: if app.config.database.starts_with("sqlite") { "SQLite" } else { "PostgreSQL" },
        version: env!("CARGO_PKG_VERSION"),
    })
}
