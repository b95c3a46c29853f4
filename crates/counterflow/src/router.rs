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
    mail, programs,
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
    use Role::{Admin, Manager, Person, ProgramStarter, Sponsor, Visitor};
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
        // The organization
        get("/admin", &[Admin], health::admin),
        get("/admin/letters", &[Admin], mail::pages::list),
        get("/admin/letters/{letter}", &[Admin], mail::pages::show),
        post("/admin/letters/{letter}/retry", &[Admin], mail::pages::retry),
        get("/admin/roles", &[Admin], accounts::roles::list),
        post("/admin/roles", &[Admin], accounts::roles::grant),
        post("/admin/roles/removal", &[Admin], accounts::roles::remove),
        // Programs
        get("/programs", &[Person], programs::pages::list),
        post("/programs", &[Admin, ProgramStarter], programs::pages::create),
        get("/programs/new", &[Admin, ProgramStarter], programs::pages::new),
        get("/programs/{program}", &[Manager, Sponsor], programs::pages::show),
        post("/programs/{program}/rounds", &[Manager], programs::pages::add_round),
        post("/programs/{program}/roles", &[Manager], programs::pages::add_role),
        post("/programs/{program}/roles/removal", &[Manager], programs::pages::take_role),
        post("/programs/{program}/archive", &[Manager], programs::pages::put_away),
        post("/programs/{program}/archive/removal", &[Manager], programs::pages::bring_back),
        // The design of a round, its stages and its close
        get("/rounds/{round}/design", &[Manager], programs::round_pages::design),
        post("/rounds/{round}/design", &[Manager], programs::round_pages::save),
        get("/rounds/{round}/endorsement", &[Manager, Sponsor], programs::round_pages::endorsement),
        post("/rounds/{round}/endorsement", &[Manager, Sponsor], programs::round_pages::save_endorsement),
        post("/rounds/{round}/stage", &[Manager], programs::round_pages::begin),
        get("/rounds/{round}/close", &[Manager], programs::round_pages::close),
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
