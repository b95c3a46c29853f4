//! The one error type of the web. It says what happened; `error.html` says it to people, with a way on.

use axum::{
    http::{HeaderValue, StatusCode, header},
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

/// Whether the database is away or too busy, rather than unhappy with a statement: trying again may help.
fn unreachable(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};
    match error {
        Io(_) | PoolTimedOut | PoolClosed | WorkerCrashed | Tls(_) => true,
        Database(error) => {
            let code = error.code().unwrap_or_default();
            // The two are told apart first: read as a number, some codes of PostgreSQL look like one of SQLite.
            if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                sqlite_unreachable(&code)
            } else {
                postgres_unreachable(&code)
            }
        }
        _ => false,
    }
}

/// SQLite: busy (5), locked (6), read-only (8), I/O error (10), disk full (13), cannot open (14). The higher bits of a
/// code say more exactly what happened (<https://www.sqlite.org/rescode.html>).
fn sqlite_unreachable(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

/// PostgreSQL: class 08 connection, class 53 out of something, 57P0x shutting down or starting up, 40001 and 40P01 two
/// transactions in each other's way (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn postgres_unreachable(code: &str) -> bool {
    code.starts_with("08") || code.starts_with("53") || code.starts_with("57P0") || matches!(code, "40001" | "40P01")
}

/// What the outermost layer ([`page::finish`](super::page::finish)) needs to render the page.
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
        if let Some(seconds) = retry_after(status, &report) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(report);
        response
    }
}

/// After how many seconds trying again makes sense.
fn retry_after(status: StatusCode, report: &Report) -> Option<HeaderValue> {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => Some(HeaderValue::from_static("5")),
        StatusCode::TOO_MANY_REQUESTS => {
            let (_, seconds) = report.data.iter().find(|(name, _)| *name == "seconds")?;
            HeaderValue::from_str(seconds).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_or_busy_is_not_our_mistake() {
        for code in ["5", "261", "517", "6", "262", "8", "1032", "10", "266", "778", "13", "14", "526"] {
            assert!(sqlite_unreachable(code), "{code}");
        }
        for code in ["1", "11", "19", "2067", "787", "26", ""] {
            assert!(!sqlite_unreachable(code), "{code}");
        }
        for code in ["08006", "53100", "53200", "53300", "57P01", "57P03", "40001", "40P01"] {
            assert!(postgres_unreachable(code), "{code}");
        }
        // 22021 is a NUL in a text; as a number, its low byte is SQLite's "busy".
        for code in ["22021", "23505", "42601", "40002"] {
            assert!(!postgres_unreachable(code), "{code}");
        }
        for error in [sqlx::Error::PoolTimedOut, sqlx::Error::WorkerCrashed] {
            assert_eq!(Error::from(error).status(), StatusCode::SERVICE_UNAVAILABLE);
        }
    }
}
