//! Who is asking.

use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::tz::TimeZone;

use super::{error::Error, ids::PersonId, rights::Roles};

/// The person who is signed in, as loaded for this request.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who it is.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Roles on the organization.
    pub roles: Roles,
    /// The hash under which this login is stored.
    pub login: String,
    /// Ties forms to this person (`kernel::token::form_tag`).
    pub form_tag: String,
    /// Rounds to which the viewer can switch.
    pub rounds: Vec<RoundLink>,
}

/// A round in the top bar's menu.
#[derive(Debug, Clone)]
pub struct RoundLink {
    /// Where it leads.
    pub href: String,
    /// Program and round.
    pub label: String,
}

/// Who is asking on a page that needs no sign-in.
#[derive(Debug, Clone, Default)]
pub struct Visitor(pub Option<Viewer>);

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Visitor>().and_then(|visitor| visitor.0.clone()).ok_or(Error::SignInNeeded)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
