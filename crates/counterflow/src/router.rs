//! Every URL on one page, each with the roles that may use it. There is no other way to mount a handler.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::Method,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodFilter, MethodRouter, on},
};

use crate::{
    accounts, health, home,
    kernel::{
        app::App,
        assets,
        error::Error,
        guard, page,
        rights::{Role, Roles},
    },
    mail,
    matching::{board, criteria, proposals, runs},
};

/// One row of the rights table.
pub struct Route {
    /// GET or POST.
    pub method: Method,
    /// As axum writes it; the first `{parameter}` names the object on which the roles are held.
    pub path: &'static str,
    /// Who may use it.
    pub roles: Roles,
    handler: MethodRouter<App>,
}

fn get<H: Handler<T, App>, T: 'static>(path: &'static str, roles: &[Role], handler: H) -> Route {
    Route { method: Method::GET, path, roles: Roles::of(roles), handler: on(MethodFilter::GET, handler) }
}

fn post<H: Handler<T, App>, T: 'static>(path: &'static str, roles: &[Role], handler: H) -> Route {
    Route { method: Method::POST, path, roles: Roles::of(roles), handler: on(MethodFilter::POST, handler) }
}

/// The rights table: route by role.
#[must_use]
#[rustfmt::skip]
pub fn table() -> Vec<Route> {
    use Role::{Admin, Manager, Mentee, Mentor, Person, Visitor};
    const ANYBODY: &[Role] = &[Visitor, Person];
    vec![
        // The server
        get("/healthz", ANYBODY, health::live),
        get("/readyz", ANYBODY, health::ready),
        get("/assets/{version}/{name}", ANYBODY, assets::show),
        // Signing in
        get("/", ANYBODY, home::door),
        get("/setup", ANYBODY, accounts::setup::show),
        post("/setup", ANYBODY, accounts::setup::create),
        get("/sign-in", ANYBODY, accounts::sign_in::show),
        post("/sign-in/link", ANYBODY, accounts::sign_in::send_link),
        post("/sign-in/password", ANYBODY, accounts::sign_in::with_password),
        get("/sign-in/links/{token}", ANYBODY, accounts::sign_in::show_link),
        post("/sign-in/links/{token}", ANYBODY, accounts::sign_in::use_link),
        post("/sign-out", &[Person], accounts::sign_in::sign_out),
        // Everybody
        get("/home", &[Person], home::show),
        get("/me", &[Person], accounts::me::show),
        post("/me", &[Person], accounts::me::save),
        post("/me/password", &[Person], accounts::me::set_password),
        // Match and launch: a round's criteria, runs and drafts, for its managers
        get("/rounds/{round}/match", &[Manager], runs::pages::stage),
        get("/rounds/{round}/criteria", &[Manager], criteria::pages::show),
        post("/rounds/{round}/criteria", &[Manager], criteria::pages::change),
        post("/rounds/{round}/runs", &[Manager], runs::pages::begin),
        get("/rounds/{round}/runs/{run}", &[Manager], runs::pages::show),
        post("/rounds/{round}/runs/{run}/cancellation", &[Manager], runs::pages::cancel),
        get("/rounds/{round}/runs/{run}/certificate", &[Manager], runs::pages::certificate),
        get("/rounds/{round}/runs/{run}/certificate.json", &[Manager], runs::pages::download),
        get("/rounds/{round}/runs/{run}/draft.csv", &[Manager], board::pages::download),
        post("/rounds/{round}/runs/{run}/marks", &[Manager], board::pages::set_mark),
        post("/rounds/{round}/runs/{run}/swaps", &[Manager], board::pages::make_swap),
        post("/rounds/{round}/runs/{run}/undo", &[Manager], board::pages::take_back),
        get("/rounds/{round}/runs/{run}/proposals", &[Manager], proposals::pages::confirm),
        post("/rounds/{round}/runs/{run}/proposals", &[Manager], proposals::pages::send_all),
        get("/rounds/{round}/launch", &[Manager], proposals::launch::show),
        // A proposal, for those who were asked
        get("/proposals/{proposal}", &[Manager, Mentor, Mentee], proposals::pages::show),
        post("/proposals/{proposal}/acceptance", &[Mentor, Mentee], proposals::pages::say_yes),
        post("/proposals/{proposal}/decline", &[Mentor, Mentee], proposals::pages::say_no),
        post("/proposals/{proposal}/decline/undo", &[Mentor, Mentee], proposals::pages::think_again),
        post("/proposals/{proposal}/withdrawal", &[Manager], proposals::pages::take_back),
        post("/proposals/{proposal}/reminder", &[Manager], proposals::pages::send_reminder),
        // The organization
        get("/admin", &[Admin], health::admin),
        get("/admin/letters", &[Admin], mail::pages::list),
        get("/admin/letters/{letter}", &[Admin], mail::pages::show),
        post("/admin/letters/{letter}/retry", &[Admin], mail::pages::retry),
        get("/admin/roles", &[Admin], accounts::roles::list),
        post("/admin/roles", &[Admin], accounts::roles::grant),
        post("/admin/roles/removal", &[Admin], accounts::roles::remove),
    ]
}

/// The whole application.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in table() {
        let guarded = route.handler.layer(from_fn_with_state((app.clone(), route.roles), guard::guard));
        router = router.route(route.path, guarded);
    }
    router
        .fallback(|| async { Error::NotFound })
        .method_not_allowed_fallback(|| async { Error::NotFound })
        .layer(DefaultBodyLimit::disable()) // fields and uploads have limits of their own
        .layer(from_fn(catch_panics))
        .layer(from_fn_with_state(app.clone(), page::finish))
        .with_state(app)
}

/// A panic is a defect of ours: the reader gets a page, and the server goes on.
async fn catch_panics(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    use axum::response::IntoResponse;
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => Error::defect(error).into_response(),
    }
}
