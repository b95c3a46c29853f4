//! The one error type of the web. It says what happened; `error.html` says it to people, with a way on.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// What a handler answers.
pub type Answer<T = Response> = Result<T, Error>;

/// Why a request was not carried out. In every case nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or it is not the viewer's to see: the same answer.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in.
    #[error("sign-in needed")]
    SignInNeeded,
    /// Something that the viewer can put right, in words of `[trouble]`.
    #[error("{key}")]
    Trouble {
        /// 4xx.
        status: StatusCode,
        /// The key in words/en.toml.
        key: &'static str,
        /// What to fill in.
        data: Vec<(&'static str, String)>,
    },
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A page could not be made.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
    /// A defect: something that we thought cannot happen.
    #[error("{0}")]
    Defect(String),
}

impl Error {
    /// 409: the state is not the one that the viewer saw.
    #[must_use]
    pub fn conflict(key: &'static str) -> Self {
        Self::Trouble { status: StatusCode::CONFLICT, key, data: Vec::new() }
    }

    /// 400: the request makes no sense.
    #[must_use]
    pub fn bad_request(key: &'static str) -> Self {
        Self::Trouble { status: StatusCode::BAD_REQUEST, key, data: Vec::new() }
    }

    /// A broken promise of the code or of the stored data.
    pub fn defect(what: impl std::fmt::Display) -> Self {
        Self::Defect(what.to_string())
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignInNeeded => StatusCode::UNAUTHORIZED,
            Self::Trouble { status, .. } => *status,
            Self::Database(error) if unreachable(error) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) | Self::Template(_) | Self::Defect(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the database refused because of a unique constraint: somebody was faster, or it is a double click.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Whether the database is away, rather than unhappy with a statement.
fn unreachable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => true,
        // PostgreSQL: class 08 connection, 57P0x shutting down or starting up, 53300 too many; SQLite: busy, disk full.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P0") || code == "53300" || code == "5" || code == "13"
        }),
        _ => false,
    }
}

/// What the outermost layer needs to render the page (`page::render_errors`).
#[derive(Debug, Clone)]
pub struct Report {
    /// Key in `[trouble]`, or `not_found`, `sign_in`, `defect`.
    pub key: &'static str,
    /// What to fill in.
    pub data: Vec<(&'static str, String)>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = %self, "request failed");
        }
        let report = match self {
            Self::NotFound => Report { key: "not_found", data: Vec::new() },
            Self::SignInNeeded => Report { key: "sign_in", data: Vec::new() },
            Self::Trouble { key, data, .. } => Report { key, data },
            Self::Database(_) if status == StatusCode::SERVICE_UNAVAILABLE => Report { key: "busy", data: Vec::new() },
            Self::Database(_) | Self::Template(_) | Self::Defect(_) => Report { key: "defect", data: Vec::new() },
        };
        let mut response = status.into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert("retry-after", axum::http::HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(report);
        response
    }
}
