//! The frame around every page: top bar, breadcrumb, notices, times in the reader's zone; and the pages for errors.

use askama::Template;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use jiff::tz::TimeZone;

use super::{
    app::App,
    assets,
    clock::{Day, Timestamp},
    error::{Answer, Error, Report},
    form::Fields,
    labels::Labels,
    rights::Role,
    viewer::{Viewer, Visitor},
    words,
};

/// What the layout needs. Handlers take it as an argument and put it into their template as `page`.
#[derive(Debug, Clone)]
pub struct Page {
    /// The organization's name; empty before it is set up.
    pub organization: String,
    /// Who is looking.
    pub viewer: Option<Viewer>,
    /// The address of this page, without the query.
    pub path: String,
    /// What was just done: the sentence under `[done]` that the query names.
    pub done: Option<String>,
    /// Whether this is the demo.
    pub demo: bool,
    /// When the page was made.
    pub now: Timestamp,
    /// The zone in which times are shown.
    pub zone: TimeZone,
}

impl Page {
    /// The page for a viewer, outside a request.
    #[must_use]
    pub fn bare(app: &App, viewer: Option<Viewer>) -> Self {
        let zone = viewer.as_ref().map_or(TimeZone::UTC, |viewer| viewer.zone.clone());
        Self {
            organization: String::new(),
            viewer,
            path: String::new(),
            done: None,
            demo: app.config.demo,
            now: app.db.clock().now(),
            zone,
        }
    }

    /// The version in the addresses of stylesheet and script.
    #[must_use]
    pub fn assets(&self) -> &'static str {
        assets::version()
    }

    /// The hidden field that ties a form to the viewer.
    #[must_use]
    pub fn form_tag(&self) -> &str {
        self.viewer.as_ref().map_or("", |viewer| &viewer.form_tag)
    }

    /// `light`, `dark` or `system`.
    #[must_use]
    pub fn theme(&self) -> &str {
        self.viewer.as_ref().map_or("system", |viewer| &viewer.theme)
    }

    /// Whether the viewer holds a role on the organization.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.roles.has(Role::Admin))
    }

    /// Whether the viewer may start programs.
    #[must_use]
    pub fn may_start_programs(&self) -> bool {
        self.viewer
            .as_ref()
            .is_some_and(|viewer| viewer.roles.has(Role::Admin) || viewer.roles.has(Role::ProgramStarter))
    }

    /// A moment in the reader's zone: `Thursday 14 May, 16:00`, with the year if it is another one.
    #[must_use]
    pub fn moment(&self, at: &Timestamp) -> String {
        moment_in(*at, &self.zone, self.now)
    }

    /// The time of day in the reader's zone: `16:00`.
    #[must_use]
    pub fn time(&self, at: &Timestamp) -> String {
        at.jiff().to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }

    /// The day of a moment in the reader's zone: `14 May`.
    #[must_use]
    pub fn date(&self, at: &Timestamp) -> String {
        self.day(&at.day_in(&self.zone))
    }

    /// A calendar day: `14 May`, with the year if it is another one.
    #[must_use]
    pub fn day(&self, day: &Day) -> String {
        let same_year = self.now.day_in(&self.zone).0.year() == day.0.year();
        day.0.strftime(if same_year { "%-d %B" } else { "%-d %B %Y" }).to_string()
    }

    /// For `<input type="datetime-local">`: a moment in the reader's zone.
    #[must_use]
    pub fn local(&self, at: &Timestamp) -> String {
        at.jiff().to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// The name of the reader's zone, as people call it: `Berlin`.
    #[must_use]
    pub fn zone_name(&self) -> String {
        zone_name(&self.zone)
    }
}

/// A moment in a zone: `Thursday 14 May, 16:00`, with the year if `now` is in another one.
#[must_use]
pub fn moment_in(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = at.jiff().to_zoned(zone.clone());
    let same_year = now.day_in(zone).0.year() == local.year();
    local.strftime(if same_year { "%A %-d %B, %H:%M" } else { "%A %-d %B %Y, %H:%M" }).to_string()
}

/// The last part of a zone's name, as people call it: `Berlin`, `New York`; `UTC`.
#[must_use]
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().map_or("UTC", |name| name.rsplit('/').next().unwrap_or(name)).replace('_', " ")
}

impl FromRequestParts<App> for Page {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Visitor(viewer) = parts.extensions.get::<Visitor>().cloned().unwrap_or_default();
        let mut tx = app.db.read().await?;
        let organization = match app.organization(&mut tx).await {
            Ok(organization) => Some(organization),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        let mut page = Self::bare(app, viewer);
        if let (None, Some(organization)) = (&page.viewer, &organization) {
            page.zone = TimeZone::get(&organization.time_zone).unwrap_or(TimeZone::UTC);
        }
        page.organization = organization.map(|organization| organization.name).unwrap_or_default();
        page.path = parts.uri.path().to_owned();
        let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes());
        page.done =
            Some(query.get("done")).filter(|key| words::has("done", key)).map(|key| words::say("done", key, &[]));
        Ok(page)
    }
}

/// The query of the address, for pages that filter and sort.
#[derive(Debug, Clone, Default)]
pub struct Query(pub Fields);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// A page.
///
/// # Errors
/// When the template fails.
pub fn html(template: &impl Template) -> Answer {
    Ok(Html(template.render()?).into_response())
}

/// A page whose form came back with problems: 422.
///
/// # Errors
/// When the template fails.
pub fn invalid(template: &impl Template) -> Answer {
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, Html(template.render()?)).into_response())
}

/// After an act: off to a page by GET, so that reload and back do not repeat it.
#[must_use]
pub fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The same, with the sentence `[done] key` on the page.
#[must_use]
pub fn done(path: &str, key: &str) -> Response {
    let (path, anchor) = path.split_once('#').map_or((path, String::new()), |(path, id)| (path, format!("#{id}")));
    let join = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{join}done={key}{anchor}")).into_response()
}

#[derive(Template)]
#[template(path = "kernel/error.html")]
struct ErrorPage<'a> {
    page: Page,
    key: &'a str,
    words: String,
}

#[derive(Template)]
#[template(path = "kernel/signed_out.html")]
struct SignedOutPage<'a> {
    page: Page,
    action: &'a str,
    fields: Fields,
}

/// Signed out while writing: the page keeps what was typed, but for passwords, and sends it again after the sign-in.
pub(super) async fn signed_out(app: &App, action: &str, fields: Fields) -> Answer {
    let fields = fields.without_passwords();
    let mut response = html(&SignedOutPage { page: Page::bare(app, None), action, fields })?;
    *response.status_mut() = axum::http::StatusCode::UNAUTHORIZED;
    Ok(response)
}

/// The outermost layer that knows pages: gives every error its page, and every answer its headers.
pub async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = match same_origin(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    if let Some(report) = response.extensions_mut().remove::<Report>() {
        let Visitor(viewer) = response.extensions_mut().remove::<Visitor>().unwrap_or_default();
        let labels = response.extensions_mut().remove::<Labels>().unwrap_or_default();
        let words = labels.over(|| words::say("trouble", report.key, &report.data));
        let page = ErrorPage { page: Page::bare(&app, viewer), key: report.key, words };
        let (mut parts, _) = response.into_parts();
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        parts.headers.remove(header::CONTENT_LENGTH);
        response = Response::from_parts(parts, page.render().unwrap_or_default().into());
    }
    secure(&app, &mut response);
    response
}

/// Refuses what another site's page sends: by Sec-Fetch-Site, or by Origin where a browser does not send that.
fn same_origin(app: &App, request: &Request) -> Result<(), Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let ours = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            origin == app.config.public_url.origin().ascii_serialization() || (host.is_some() && host == text("host"))
        }
        (None, None) => false,
    };
    if ours {
        Ok(())
    } else {
        Err(Error::Trouble { status: axum::http::StatusCode::FORBIDDEN, key: "foreign_origin", data: Vec::new() })
    }
}

fn secure(app: &App, response: &mut Response) {
    const HEADERS: [(&str, &str); 9] = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
        ("vary", "Sec-Fetch-Site, Origin, Cookie"),
    ];
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Nothing is kept, unless a handler says so.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.config.is_https() {
        // Without `preload`: whether browsers carry the host in a list is for the operator to decide, at the proxy.
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
}
