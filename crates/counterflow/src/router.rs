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
    accounts, checkins, demo, enrollment, health, home, jobs,
    kernel::{
        app::App,
        assets,
        error::Error,
        guard, page,
        rights::{Role, Roles},
    },
    mail,
    matching::{board, criteria, proposals, runs},
    measures,
    meetings::{pages as meeting, pair_page, planning},
    outcomes,
    pairs::{agreement_pages as agreement, delegates},
    people, programs, readiness,
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
    asks: Asks,
}

/// Whether it matters who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// The guard looks up who it is, and which roles they hold.
    Who,
    /// Everybody gets the same, even while the database is away.
    Nobody,
}

fn get<H: Handler<T, App>, T: 'static>(path: &'static str, roles: &[Role], handler: H) -> Route {
    Route {
        method: Method::GET,
        path,
        roles: Roles::of(roles),
        handler: on(MethodFilter::GET, handler),
        asks: Asks::Who,
    }
}

fn same_for_all<H: Handler<T, App>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { asks: Asks::Nobody, ..get(path, &[Role::Visitor, Role::Person], handler) }
}

fn post<H: Handler<T, App>, T: 'static>(path: &'static str, roles: &[Role], handler: H) -> Route {
    Route {
        method: Method::POST,
        path,
        roles: Roles::of(roles),
        handler: on(MethodFilter::POST, handler),
        asks: Asks::Who,
    }
}

/// The rights table: route by role.
#[must_use]
#[rustfmt::skip]
pub fn table() -> Vec<Route> {
    use Role::{
        Admin, Chooser, Delegate, Lead, Manager, Mentee, Mentor, MentorLead, Person, ProgramStarter, Reviewer, Sponsor,
        Visitor,
    };
    const ANYBODY: &[Role] = &[Visitor, Person];
    const THE_TWO: &[Role] = &[Mentor, Mentee];
    const BOOKING: &[Role] = &[Mentor, Mentee, Delegate];
    const CHOOSING: &[Role] = &[Chooser, Delegate];
    vec![
        // The server
        same_for_all("/healthz", health::live),
        same_for_all("/readyz", health::ready),
        same_for_all("/assets/{version}/{name}", assets::show),
        // Signing in
        get("/", ANYBODY, home::door),
        get("/setup", ANYBODY, accounts::setup::show),
        post("/setup", ANYBODY, accounts::setup::create),
        get("/sign-in", ANYBODY, accounts::sign_in::show),
        post("/sign-in/link", ANYBODY, accounts::sign_in::send_link),
        post("/sign-in/password", ANYBODY, accounts::sign_in::with_password),
        get("/sign-in/links/{token}", ANYBODY, accounts::sign_in::show_link),
        post("/sign-in/links/{token}", ANYBODY, accounts::sign_in::use_link),
        post("/demo/enter", ANYBODY, demo::doors::enter),
        post("/sign-out", &[Person], accounts::sign_in::sign_out),
        // Everybody
        get("/home", &[Person], home::show),
        get("/me", &[Person], accounts::me::show),
        post("/me", &[Person], accounts::me::save),
        post("/me/password", &[Person], accounts::me::set_password),
        get("/me/delegates", &[Person], delegates::show),
        post("/me/delegates", &[Person], delegates::add),
        post("/me/delegates/removal", &[Person], delegates::remove),
        // A pair
        get("/pairs/{pair}", BOOKING, pair_page::show),
        get("/pairs/{pair}/agreement", THE_TWO, agreement::show),
        post("/pairs/{pair}/agreement", THE_TWO, agreement::save),
        get("/pairs/{pair}/agreement/edit", THE_TWO, agreement::edit),
        post("/pairs/{pair}/agreement/signature", THE_TWO, agreement::sign),
        // Its meetings
        get("/pairs/{pair}/meetings/new", &[Lead], planning::new),
        post("/pairs/{pair}/meetings", &[Lead], planning::create),
        get("/pairs/{pair}/meetings/{meeting}", BOOKING, meeting::show),
        get("/pairs/{pair}/meetings/{meeting}/times", &[Lead], planning::times_again),
        post("/pairs/{pair}/meetings/{meeting}/times", &[Lead], planning::offer_again),
        post("/pairs/{pair}/meetings/{meeting}/withdrawal", &[Lead], meeting::withdraw),
        post("/pairs/{pair}/meetings/{meeting}/choice", CHOOSING, meeting::choose),
        post("/pairs/{pair}/meetings/{meeting}/other-times", CHOOSING, meeting::other_times),
        get("/pairs/{pair}/meetings/{meeting}/move", BOOKING, planning::show_move),
        post("/pairs/{pair}/meetings/{meeting}/move", BOOKING, planning::save_move),
        post("/pairs/{pair}/meetings/{meeting}/cancellation", BOOKING, meeting::cancel),
        post("/pairs/{pair}/meetings/{meeting}/outcome", THE_TWO, meeting::record),
        get("/pairs/{pair}/meetings/{meeting}/agenda", &[Lead], meeting::edit_agenda),
        post("/pairs/{pair}/meetings/{meeting}/agenda", &[Lead], meeting::save_agenda),
        get("/pairs/{pair}/meetings/{meeting}/invitation.ics", BOOKING, meeting::file),
        // Enrollment: the manager
        get("/rounds/{round}/enroll", &[Manager], enrollment::pages::show),
        get("/rounds/{round}/participants.csv", &[Manager], enrollment::pages::file),
        get("/rounds/{round}/candidates/{side}", &[Manager], enrollment::candidate_pages::list),
        get("/rounds/{round}/candidates/{side}/count", &[Manager], enrollment::candidate_pages::count),
        post("/rounds/{round}/candidates/{side}/rules", &[Manager], enrollment::candidate_pages::save_rules),
        post("/rounds/{round}/choices", &[Manager], enrollment::candidate_pages::make_choice),
        post("/rounds/{round}/invitations", &[Manager], enrollment::bulk_pages::invite_chosen),
        post("/rounds/{round}/reminders", &[Manager], enrollment::bulk_pages::remind_silent),
        post("/rounds/{round}/admissions", &[Manager], enrollment::bulk_pages::admit_registered),
        post("/rounds/{round}/reminder-plan", &[Manager], enrollment::pages::plan_reminders),
        post("/rounds/{round}/admission-policy", &[Manager], enrollment::pages::set_policy),
        get("/rounds/{round}/form", &[Manager], enrollment::form_pages::show),
        post("/rounds/{round}/form", &[Manager], enrollment::form_pages::save),
        get("/rounds/{round}/form/preview/{side}", &[Manager], enrollment::registration_pages::preview),
        get("/participants/{participant}", &[Manager], enrollment::participant_pages::show),
        post("/participants/{participant}/choice", &[Manager], enrollment::participant_pages::take_in),
        post("/participants/{participant}/invitation", &[Manager], enrollment::participant_pages::send_invitation),
        post("/participants/{participant}/reminder", &[Manager], enrollment::participant_pages::send_reminder),
        post("/participants/{participant}/admission", &[Manager], enrollment::participant_pages::let_in),
        post("/participants/{participant}/waiting", &[Manager], enrollment::participant_pages::let_wait),
        post("/participants/{participant}/withdrawal", &[Manager], enrollment::participant_pages::take_out),
        get("/rounds/{round}/bulk", &[Manager], enrollment::bulk_pages::confirm),
        post("/rounds/{round}/bulk", &[Manager], enrollment::bulk_pages::carry_out),
        get("/rounds/{round}/bulk/{bulk}", &[Manager], enrollment::bulk_pages::show),
        post("/rounds/{round}/bulk/{bulk}/undo", &[Manager], enrollment::bulk_pages::take_back),
        post("/rounds/{round}/bulk/{bulk}/letters", &[Manager], enrollment::bulk_pages::send_letters),
        get("/rounds/{round}/waiting", &[Manager], enrollment::waiting_pages::show),
        post("/rounds/{round}/leader-places", &[Manager], enrollment::waiting_pages::save_places),
        // Enrollment: whoever comes by themselves, or is named
        get("/rounds/{round}/ways", &[Manager], enrollment::ways_pages::show),
        post("/rounds/{round}/ways", &[Manager], enrollment::ways_pages::save),
        get("/join/{code}", ANYBODY, enrollment::join_pages::show),
        post("/join/{code}", &[Person], enrollment::join_pages::join),
        get("/nominate/{code}", &[Person], enrollment::nomination_pages::show),
        post("/nominate/{code}", &[Person], enrollment::nomination_pages::save),
        get("/rounds/{round}/nominations", &[Manager, MentorLead], enrollment::nomination_pages::list),
        post("/rounds/{round}/nominations", &[Manager, MentorLead], enrollment::nomination_pages::add),
        // Enrollment: choosing among those who want to mentor
        get("/rounds/{round}/screening", &[Manager], enrollment::screening_pages::show),
        get("/rounds/{round}/screening/rubric", &[Manager], enrollment::screening_pages::rubric),
        post("/rounds/{round}/screening/rubric", &[Manager], enrollment::screening_pages::save_rubric),
        post("/rounds/{round}/screening/removal", &[Manager], enrollment::screening_pages::stop),
        post("/rounds/{round}/screening/readers", &[Manager], enrollment::screening_pages::give_out),
        get("/registrations/{participant}/application", &[Mentor], enrollment::application_pages::show),
        post("/registrations/{participant}/application", &[Mentor], enrollment::application_pages::send),
        get("/reviews", &[Person], enrollment::review_pages::list),
        get("/participants/{participant}/review", &[Reviewer], enrollment::review_pages::show),
        post("/participants/{participant}/review", &[Reviewer], enrollment::review_pages::save),
        // Enrollment: whoever is invited
        get("/invitations/{token}", ANYBODY, enrollment::invitation_pages::show),
        post("/invitations/{token}", ANYBODY, enrollment::invitation_pages::open),
        post("/invitations/{token}/decline", ANYBODY, enrollment::invitation_pages::say_no),
        post("/invitations/{token}/next-time", ANYBODY, enrollment::invitation_pages::next_time),
        post("/invitations/{token}/renewal", ANYBODY, enrollment::invitation_pages::renew),
        get("/registrations/{participant}", &[Mentor, Mentee], enrollment::registration_pages::show),
        get("/registrations/{participant}/form", &[Mentor, Mentee], enrollment::registration_pages::change),
        post("/registrations/{participant}", &[Mentor, Mentee], enrollment::registration_pages::submit),
        post("/registrations/{participant}/draft", &[Mentor, Mentee], enrollment::registration_pages::draft),
        post("/registrations/{participant}/consent-withdrawal", &[Mentor, Mentee], enrollment::registration_pages::take_consent_back),
        post("/registrations/{participant}/decline", &[Mentor, Mentee], enrollment::registration_pages::say_no),
        // A round as it stands
        get("/rounds/{round}", &[Manager, Sponsor, Mentor, Mentee], outcomes::round_home::show),
        get("/rounds/{round}/run", &[Manager], outcomes::run::show),
        get("/rounds/{round}/run.csv", &[Manager], outcomes::run::csv),
        post("/rounds/{round}/pairs/{pair}/nudge", &[Manager], outcomes::run::send_nudge),
        get("/rounds/{round}/close", &[Manager], outcomes::close::show),
        post("/rounds/{round}/close", &[Manager], outcomes::close::close),
        get("/rounds/{round}/prove", &[Manager], outcomes::prove::show),
        post("/rounds/{round}/prove", &[Manager], outcomes::close::prove),
        get("/rounds/{round}/prove/{table}", &[Manager], outcomes::prove::csv),
        get("/rounds/{round}/sponsor", &[Manager, Sponsor], outcomes::sponsor::show),
        // Check-ins: only whom they ask
        get("/checkins/answer/{token}", ANYBODY, checkins::pages::show_link),
        post("/checkins/answer/{token}", ANYBODY, checkins::pages::save_link),
        get("/checkins/{checkin}", &[Mentor, Mentee], checkins::pages::show),
        post("/checkins/{checkin}", &[Mentor, Mentee], checkins::pages::save),
        // Match and launch: a round's criteria, runs and drafts, for its managers
        get("/rounds/{round}/match", &[Manager], runs::pages::stage),
        get("/rounds/{round}/criteria", &[Manager], criteria::pages::show),
        post("/rounds/{round}/criteria", &[Manager], criteria::pages::change),
        post("/rounds/{round}/runs", &[Manager], runs::pages::begin),
        get("/rounds/{round}/runs/{run}", &[Manager], runs::pages::show),
        post("/rounds/{round}/runs/{run}/cancellation", &[Manager], runs::pages::cancel),
        get("/rounds/{round}/runs/{run}/certificate", &[Manager], runs::pages::certificate),
        get("/rounds/{round}/runs/{run}/certificate.json", &[Manager], runs::pages::download),
        get("/rounds/{round}/runs/{run}/draft.csv", &[Manager], board::acts::download),
        post("/rounds/{round}/runs/{run}/marks", &[Manager], board::acts::set_mark),
        post("/rounds/{round}/runs/{run}/swaps", &[Manager], board::acts::make_swap),
        post("/rounds/{round}/runs/{run}/undo", &[Manager], board::acts::take_back),
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
        post("/admin/letters/retry", &[Admin], mail::pages::retry_all),
        post("/admin/letters/{letter}/opening", &[Admin], mail::pages::open),
        post("/admin/letters/{letter}/retry", &[Admin], mail::pages::retry),
        get("/admin/jobs", &[Admin], jobs::pages::list),
        post("/admin/jobs/{job}/retry", &[Admin], jobs::pages::retry),
        get("/admin/roles", &[Admin], accounts::roles::list),
        post("/admin/roles", &[Admin], accounts::roles::grant),
        post("/admin/roles/removal", &[Admin], accounts::roles::remove),
        // 1 People
        get("/directory", &[Admin], people::pages::list),
        get("/directory/people/{person}", &[Admin], people::pages::show),
        get("/directory/import", &[Admin], people::import::pages::new),
        post("/directory/imports", &[Admin], people::import::pages::create),
        get("/directory/imports/{import}", &[Admin], people::import::pages::show),
        get("/directory/imports/{import}/errors", &[Admin], people::import::pages::errors),
        post("/directory/imports/{import}/sheet", &[Admin], people::import::pages::choose_sheet),
        post("/directory/imports/{import}/mapping", &[Admin], people::import::pages::confirm_mapping),
        post("/directory/imports/{import}/confirmation", &[Admin], people::import::pages::confirm),
        post("/directory/imports/{import}/cancellation", &[Admin], people::import::pages::cancel),
        get("/directory/imports/{import}/changes", &[Admin], people::import::changes_pages::show),
        get("/directory/imports/{import}/changes.csv", &[Admin], people::import::changes_pages::csv),
        post("/directory/imports/{import}/undo", &[Admin], people::import::pages::undo),
        get("/directory/sources", &[Admin], people::import::source_pages::list),
        post("/directory/sources", &[Admin], people::import::source_pages::add),
        get("/directory/sources/{source}", &[Admin], people::import::source_pages::show),
        post("/directory/sources/{source}", &[Admin], people::import::source_pages::change),
        post("/directory/sources/{source}/removal", &[Admin], people::import::source_pages::remove),
        post("/directory/folder/look", &[Admin], people::import::source_pages::look),
        // Programs
        get("/programs", &[Person], programs::pages::list),
        post("/programs", &[Admin, ProgramStarter], programs::start_pages::create),
        get("/programs/new", &[Admin, ProgramStarter], programs::start_pages::new),
        post("/programs/file", &[Admin, ProgramStarter], programs::start_pages::from_file),
        post("/programs/managers", &[Admin], programs::pages::name_manager),
        get("/programs/{program}", &[Manager, Sponsor], programs::pages::show),
        get("/programs/{program}/template.toml", &[Manager], programs::start_pages::template_file),
        post("/programs/{program}/rounds", &[Manager], programs::pages::add_round),
        post("/programs/{program}/roles", &[Manager], programs::pages::add_role),
        post("/programs/{program}/roles/removal", &[Manager], programs::pages::take_role),
        get("/programs/{program}/exclusions", &[Manager], enrollment::exclusion_pages::show),
        post("/programs/{program}/exclusions", &[Manager], enrollment::exclusion_pages::add),
        post("/programs/{program}/exclusions/removal", &[Manager], enrollment::exclusion_pages::remove),
        post("/programs/{program}/left-out", &[Manager], enrollment::exclusion_pages::save_group),
        post("/programs/{program}/left-out/removal", &[Manager], enrollment::exclusion_pages::remove_group),
        get("/programs/{program}/duplicate", &[Manager], programs::pages::show_copy),
        post("/programs/{program}/duplicate", &[Manager], programs::pages::copy),
        get("/programs/{program}/words", &[Manager], programs::words_pages::show),
        post("/programs/{program}/words", &[Manager], programs::words_pages::save),
        post("/programs/{program}/evergreen", &[Manager], programs::pages::keep_green),
        post("/programs/{program}/archive", &[Manager], programs::pages::put_away),
        post("/programs/{program}/archive/removal", &[Manager], programs::pages::bring_back),
        // The design of a round, its stages and its close
        get("/rounds/{round}/design", &[Manager], programs::round_pages::design),
        post("/rounds/{round}/design", &[Manager], programs::round_pages::save),
        get("/rounds/{round}/endorsement", &[Manager, Sponsor], programs::round_pages::endorsement),
        get("/rounds/{round}/promotion", &[Manager], enrollment::promotion_pages::show),
        get("/rounds/{round}/poster", &[Manager], enrollment::promotion_pages::poster),
        post("/rounds/{round}/prompts/{moment}", &[Sponsor], outcomes::sponsor::said),
        post("/rounds/{round}/endorsement", &[Manager, Sponsor], programs::round_pages::save_endorsement),
        post("/rounds/{round}/stage", &[Manager], programs::round_pages::begin),
        // Whether an organization is ready: asked by a manager, answered by whoever holds a link
        get("/programs/{program}/readiness", &[Manager, Sponsor], readiness::pages::show),
        post("/programs/{program}/readiness", &[Manager], readiness::pages::create),
        post("/programs/{program}/readiness/closing", &[Manager], readiness::pages::end),
        get("/readiness/{token}", ANYBODY, readiness::pages::show_link),
        post("/readiness/{token}", ANYBODY, readiness::pages::save_link),
        // Its measures and questions
        get("/rounds/{round}/measures", &[Manager], measures::pages::show),
        post("/rounds/{round}/measures", &[Manager], measures::pages::save),
        get("/rounds/{round}/measures/notes", &[Manager], measures::pages::notes),
        get("/rounds/{round}/questions", &[Manager], measures::question_pages::show),
        post("/rounds/{round}/questions", &[Manager], measures::question_pages::save),
    ]
}

/// The whole application.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in table() {
        let guarded = match route.asks {
            Asks::Who => route.handler.layer(from_fn_with_state((app.clone(), route.roles), guard::guard)),
            Asks::Nobody => route.handler.layer(from_fn(guard::pass)),
        };
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
