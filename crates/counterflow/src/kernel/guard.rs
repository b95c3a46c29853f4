//! The guard at every route: loads the viewer, asks which roles they hold on what the URL names, and lets in only
//! those whom the rights table lets in. What it hands on ([`Access`]) is the only way to load anything by id.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{FromRequestParts, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, tz::TimeZone};

use super::{
    app::App,
    clock::Timestamp,
    db::Tx,
    error::{Answer, Error, Report},
    form,
    ids::{Id, PersonId},
    labels::Labels,
    rights::{Role, Roles},
    store, token,
    viewer::{RoundLink, Viewer, Visitor},
};

/// A login ends after this time without use,
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// and in any case after this time.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);

/// How long noting the use of a login may wait for other writers.
const TOUCH_PATIENCE: Duration = Duration::from_secs(1);

/// The path parameters whose object carries its own roles; under every other first parameter the roles on the
/// organization count.
const SCOPES: [&str; 6] = ["program", "round", "participant", "proposal", "pair", "checkin"];

/// As the view `held_roles` calls the organization.
const ORGANIZATION: &str = "organization";

/// What the URL named, as text, in order.
#[derive(Debug, Clone)]
struct PathParts(Arc<Vec<(String, String)>>);

/// The roles that let the viewer in.
#[derive(Debug, Clone, Copy)]
struct HeldRoles(Roles);

/// Leave to work with the object that the URL names first: made by the guard alone, after the rights table said yes.
/// Stores take it instead of a bare id, so nothing can be loaded that the viewer may not see.
#[derive(Debug, Clone)]
pub struct Access<I> {
    /// Who is asking.
    pub viewer: Viewer,
    /// The object.
    pub id: I,
    roles: Roles,
}

impl<I: Id> Access<I> {
    /// Whether the viewer holds this role on the object.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.has(role)
    }
}

/// Leave for work that no viewer asked for: jobs, the demo, the command line.
#[derive(Debug, Clone, Copy)]
pub struct ByServer<I>(pub I);

/// Something whose object may be loaded: leave from the guard, or the server itself.
pub trait Leave<I>: Sync {
    /// The object.
    fn id(&self) -> I;
    /// Who acts, if it is somebody.
    fn actor(&self) -> Option<&Viewer>;
}

impl<I: Id> Leave<I> for Access<I> {
    fn id(&self) -> I {
        self.id
    }
    fn actor(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }
}

impl<I: Id> Leave<I> for ByServer<I> {
    fn id(&self) -> I {
        self.0
    }
    fn actor(&self) -> Option<&Viewer> {
        None
    }
}

/// Leave for `viewer` on `id`, asked of the database: for verbs that touch a second object, and for tests.
///
/// # Errors
/// [`Error::NotFound`] if the viewer holds none of `roles` on it.
pub async fn leave<I: Id>(tx: &mut Tx, viewer: &Viewer, id: I, roles: &[Role]) -> Result<Access<I>, Error> {
    let on = if SCOPES.contains(&I::PARAMETER) { id.to_string() } else { ORGANIZATION.to_owned() };
    let held = held_roles(tx, Some(viewer), &on).await?.and(Roles::of(roles));
    if held.is_empty() { Err(Error::NotFound) } else { Ok(Access { viewer: viewer.clone(), id, roles: held }) }
}

/// An id further down in the URL (`/rounds/{round}/runs/{run}`). It gives no right by itself: statements name the
/// object above it too.
#[derive(Debug, Clone, Copy)]
pub struct Part<I>(pub I);

/// The text parameters of a URL: tokens, file names, versions.
#[derive(Debug, Clone)]
pub struct Segment(PathParts);

impl Segment {
    /// The first of them.
    #[must_use]
    pub fn first(&self) -> &str {
        self.0.0.first().map_or("", |(_, value)| value)
    }

    /// The last of them.
    #[must_use]
    pub fn last(&self) -> &str {
        self.0.0.last().map_or("", |(_, value)| value)
    }
}

/// Runs around every handler. `roles` is the route's row in the rights table.
pub async fn guard(
    State((app, roles)): State<(App, Roles)>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(parts) = named(params.ok()) else { return Error::NotFound.into_response() };
    let entry = enter(&app, request.headers(), &parts, roles).await;
    let (viewer, held) = match entry {
        Ok(entry) => entry,
        Err(error) => return error.into_response(),
    };
    if held.is_empty() {
        return refuse(&app, viewer, request).await;
    }
    let visitor = Visitor(viewer.clone());
    request.extensions_mut().insert(visitor.clone());
    request.extensions_mut().insert(HeldRoles(held));
    let labels = match labels(&app, &parts).await {
        Ok(labels) => labels,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(PathParts(Arc::new(parts)));
    let mut response = labels.clone().during(next.run(request)).await;
    if response.extensions().get::<Report>().is_some() {
        response.extensions_mut().insert(visitor);
        response.extensions_mut().insert(labels);
    }
    response
}

/// The words of the program that the URL names by its object, its link or its code; else the product's own.
async fn labels(app: &App, parts: &[(String, String)]) -> Answer<Labels> {
    let Some((name, value)) = parts.first() else { return Ok(Labels::default()) };
    let named = match name.as_str() {
        "token" => token::hash(value),
        "code" => value.clone(),
        name if SCOPES.contains(&name) => value.clone(),
        _ => return Ok(Labels::default()),
    };
    let mut tx = app.db.read().await?;
    match store::speech(&mut tx, &named).await? {
        Some((direction, design)) => Labels::stored(&direction, &design)
            .map_err(|error| Error::defect(format!("a stored design cannot be read: {error}"))),
        None => Ok(Labels::default()),
    }
}

/// Runs around a handler that is the same for everybody (a stylesheet, a health check): who asks is not looked up, so
/// that these answer without the database.
pub async fn pass(params: Result<RawPathParams, RawPathParamsRejection>, mut request: Request, next: Next) -> Response {
    let Some(parts) = named(params.ok()) else { return Error::NotFound.into_response() };
    request.extensions_mut().insert(PathParts(Arc::new(parts)));
    next.run(request).await
}

/// What the URL names; nothing if it cannot be the name of anything: it is no UTF-8, or has a NUL, on which PostgreSQL
/// fails.
fn named(params: Option<RawPathParams>) -> Option<Vec<(String, String)>> {
    let plain = |(name, value): (&str, &str)| (!value.contains('\0')).then(|| (name.to_owned(), value.to_owned()));
    params?.iter().map(plain).collect()
}

async fn enter(
    app: &App,
    headers: &HeaderMap,
    parts: &[(String, String)],
    allowed: Roles,
) -> Answer<(Option<Viewer>, Roles)> {
    let Some(secret) = cookie(headers, app.cookie_name()) else {
        return Ok((None, Roles::of(&[Role::Visitor]).and(allowed)));
    };
    let mut tx = app.db.read().await?;
    let Some((viewer, stale)) = load_viewer(app, &mut tx, secret).await? else {
        return Ok((None, Roles::of(&[Role::Visitor]).and(allowed)));
    };
    let on = match parts.first() {
        Some((name, value)) if SCOPES.contains(&name.as_str()) => value.as_str(),
        _ => ORGANIZATION,
    };
    let held = held_roles(&mut tx, Some(&viewer), on).await?.and(allowed);
    let used_at = tx.now();
    drop(tx);
    if stale {
        touch_later(app, &viewer.login, used_at);
    }
    Ok((Some(viewer), held))
}

/// Notes that a login was used, while the request goes on: whoever reads must not wait for whoever writes. One at a
/// time; if that takes too long or fails, the next request tries again.
fn touch_later(app: &App, login: &str, used_at: Timestamp) {
    let Ok(turn) = app.touching.clone().try_acquire_owned() else { return };
    let (app, login) = (app.clone(), login.to_owned());
    tokio::spawn(async move {
        let touched = tokio::time::timeout(TOUCH_PATIENCE, touch(&app, &login, used_at)).await;
        drop(turn);
        match touched {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the use of a login could not be noted"),
            Err(_) => tracing::debug!("the database was too busy to note the use of a login"),
        }
    });
}

async fn touch(app: &App, login: &str, used_at: Timestamp) -> Answer<()> {
    let mut tx = app.db.write().await?;
    store::touch_login(&mut tx, login, used_at).await?;
    Ok(tx.commit().await?)
}

/// The viewer behind a cookie, and whether the login's last use should be noted again.
async fn load_viewer(app: &App, tx: &mut Tx, secret: &str) -> Answer<Option<(Viewer, bool)>> {
    let login = token::hash(secret);
    let now = tx.now();
    let Some(row) = store::login(tx, &login, now.minus(IDLE)).await? else {
        return Ok(None);
    };
    let stale = now.since(row.seen_at) > SignedDuration::from_mins(2);
    Ok(Some((viewer_from(app, tx, row, login).await?, stale)))
}

async fn viewer_from(app: &App, tx: &mut Tx, row: store::LoginRow, login: String) -> Answer<Viewer> {
    let organization = app.organization(tx).await?;
    let zone = row.time_zone.as_deref().unwrap_or(&organization.time_zone);
    let rounds = store::rounds_of(tx, row.person_id).await?;
    let mut viewer = Viewer {
        person: row.person_id,
        name: row.name,
        zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
        theme: row.theme,
        roles: Roles::default(),
        login,
        form_tag: token::form_tag(&app.form_key, &row.person_id.to_string()),
        rounds: rounds
            .into_iter()
            .map(|row| RoundLink {
                href: format!("/rounds/{}", row.round_id),
                label: format!("{} · {}", row.program, row.round),
            })
            .collect(),
    };
    viewer.roles = held_roles(tx, Some(&viewer), ORGANIZATION).await?;
    Ok(viewer)
}

/// The roles of a viewer (or of anybody) on an object, `visitor` and `person` included.
async fn held_roles(tx: &mut Tx, viewer: Option<&Viewer>, on: &str) -> Answer<Roles> {
    let everybody = Roles::of(&[Role::Visitor]);
    let Some(viewer) = viewer else { return Ok(everybody) };
    let names = store::roles_on(tx, viewer.person, on).await?;
    let named = names.iter().filter_map(|(name,)| Role::named(name));
    Ok(named.fold(everybody.with(Role::Person), Roles::with))
}

/// What a person whom the table does not let in gets: the way to sign in, or the same 404 as for what does not exist.
async fn refuse(app: &App, viewer: Option<Viewer>, request: Request) -> Response {
    if viewer.is_some() {
        let mut response = Error::NotFound.into_response();
        response.extensions_mut().insert(Visitor(viewer));
        return response;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    if request.method() == Method::GET {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("to", &path).finish();
        return Redirect::to(&format!("/sign-in?{query}")).into_response();
    }
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    match form::read_body(request).await {
        Ok(fields) if is_form => super::page::signed_out(app, &path, fields).await.into_response(),
        _ => Error::SignInNeeded.into_response(),
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn extension<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, Error> {
    parts.extensions.get::<T>().cloned().ok_or_else(|| Error::defect("a handler runs outside the guard"))
}

impl<I: Id> FromRequestParts<App> for Access<I> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        let path: PathParts = extension(parts)?;
        let HeldRoles(roles) = extension(parts)?;
        let (name, value) =
            path.0.first().ok_or_else(|| Error::defect("a route without a parameter asks for access"))?;
        if name != I::PARAMETER {
            return Err(Error::defect(format!("{{{name}}} is not {{{}}}", I::PARAMETER)));
        }
        let id = value.parse().map_err(|_| Error::NotFound)?;
        let viewer = parts.extensions.get::<Visitor>().and_then(|visitor| visitor.0.clone());
        Ok(Self { viewer: viewer.ok_or(Error::SignInNeeded)?, id, roles })
    }
}

impl<I: Id> FromRequestParts<App> for Part<I> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        let path: PathParts = extension(parts)?;
        let found = path.0.iter().find(|(name, _)| name == I::PARAMETER);
        let (_, value) = found.ok_or_else(|| Error::defect(format!("no {{{}}} in the route", I::PARAMETER)))?;
        value.parse().map(Self).map_err(|_| Error::NotFound)
    }
}

impl FromRequestParts<App> for Segment {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        extension(parts).map(Self)
    }
}

/// The viewer for somebody known by id, without a login: for tests and the demo's past.
///
/// # Errors
/// When the person does not exist or the database fails.
pub async fn viewer_for(app: &App, tx: &mut Tx, person: PersonId) -> Answer<Viewer> {
    let row = store::person(tx, person).await?.ok_or(Error::NotFound)?;
    viewer_from(app, tx, row, String::new()).await
}
