//! The command line: everything an operator does. docs/cli.md documents it.

pub mod serve;

use std::{io::IsTerminal, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use serve::Patience;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

use crate::{
    demo, jobs,
    kernel::{
        app::App,
        clock::Clock,
        config::{Config, Given},
        db::Db,
        rights::Role,
    },
    mail, matching,
    outcomes::retention,
    people::import,
    router, works,
};

/// Runs reverse-mentoring programs from objective to proof.
#[derive(Debug, Parser)]
#[command(name = "counterflow", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows an invented company with a round in the middle, to look around in
    Demo(demo::command::Given),
    /// Starts the server
    Serve(Given),
    /// Brings a people file into the directory
    ///
    /// Exit code: 0 clean, 2 rows were rejected, 1 the file could not be read or a question is open.
    Import(import::command::Given),
    /// Notes that a letter came back, from the message on standard input
    ///
    /// Exit code: 0 whatever the message was, 75 if it should be given again later, 78 if the settings make no sense.
    Bounce(mail::bounce_command::Given),
    /// Matches people by criteria, without a server
    Match(matching::command::Given),
    /// Says whether people who joined stayed longer, from two plain files, without a server
    Retention(retention::Given),
    /// Prints every route with its method and the roles that may use it
    Routes {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("COUNTERFLOW_LOG").unwrap_or_else(|_| "info,sqlx=warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match Cli::parse().command {
        Command::Demo(given) => demo_with(&given),
        Command::Serve(given) => serve_with(given),
        Command::Import(given) => import_with(given),
        Command::Bounce(given) => bounce_with(given),
        Command::Match(given) => matching::command::run(&given),
        Command::Retention(given) => retention::run(&given),
        Command::Routes { json } => routes(json),
    }
}

fn fail(message: impl std::fmt::Display, code: u8) -> ExitCode {
    eprintln!("counterflow: {message}");
    ExitCode::from(code)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn serve_with(given: Given) -> ExitCode {
    let config = match given.resolve() {
        Ok(config) => config,
        Err(error) => return fail(error, 78),
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return fail(error, 1),
    };
    let code = runtime.block_on(async {
        let db = match Db::open(&config.database, Clock::System).await {
            Ok(db) => db,
            Err(refusal) => return fail(&refusal, refusal.exit_code()),
        };
        match App::new(db, config).await {
            Ok(app) => serve(app).await,
            Err(error) => fail(error, 69),
        }
    });
    runtime.shutdown_background(); // a match run on a thread of its own would keep the process for minutes
    code
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn demo_with(given: &demo::command::Given) -> ExitCode {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return fail(error, 1),
    };
    let code = runtime.block_on(async {
        println!("Inventing a company and the last months of its program ...");
        let (app, _folder) = match demo::command::open(given).await {
            Ok(opened) => opened,
            Err(error) => return fail(error, 74),
        };
        println!("The demo is at {}  (Ctrl+C ends it)", app.config.public_url);
        serve(app).await
    });
    runtime.shutdown_background();
    code
}

fn import_with(given: import::command::Given) -> ExitCode {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return fail(error, 1),
    };
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let command = import::command::run(given, Clock::System, &mut out, &mut err);
    runtime.block_on(command).map_or_else(|error| fail(error, 74), ExitCode::from)
}

fn bounce_with(given: mail::bounce_command::Given) -> ExitCode {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return fail(error, 1),
    };
    let (mut message, mut out) = (std::io::stdin(), std::io::stdout());
    let command = mail::bounce_command::run(given, Clock::System, &mut message, &mut out);
    runtime.block_on(command).map_or_else(|error| fail(error, 74), ExitCode::from)
}

/// Serves until SIGINT or SIGTERM. Then nothing new is begun; what is under way has eight seconds. Work that is cut
/// short is leased, and done again after the next start.
async fn serve(app: App) -> ExitCode {
    let Config { listen, public_url, .. } = (*app.config).clone();
    let listener = match TcpListener::bind(listen).await {
        Ok(listener) => listener,
        Err(error) => return fail(format_args!("cannot listen on {listen}: {error}"), 75),
    };
    let told_to_stop = match told_to_stop() {
        Ok(told) => told,
        Err(error) => return fail(error, 1),
    };
    tracing::info!("listening on {listen}, reached at {public_url}");
    if app.config.is_https() && app.config.trusted_proxies == 0 {
        tracing::warn!(
            "public_url is https, so there is a proxy in front, but trusted_proxies is 0: everybody seems to come from \
             the proxy, and shares its limits; set trusted_proxies (COUNTERFLOW_TRUSTED_PROXIES) to the number of proxies"
        );
    }
    let mut workers = JoinSet::new();
    workers.spawn(jobs::run_forever(app.clone(), Arc::new(works::kinds())));
    let (say_stop, stop) = watch::channel(false);
    let sender = tokio::spawn(mail::run_until(stop, app.clone()));
    let patience = Patience::default();
    let stopped = async {
        told_to_stop.await;
        let _ = say_stop.send(true);
        workers.shutdown().await; // each stops where it waits, with its transaction undone
    };
    serve::serve(router::router(app.clone()), listener, stopped, patience).await;
    if tokio::time::timeout(patience.close, sender).await.is_err() {
        tracing::warn!("stopped in the middle of a letter: it may be sent again, and is marked so");
    }
    if tokio::time::timeout(patience.close, app.db.close()).await.is_err() {
        tracing::warn!("stopped before the database was closed: what was not committed is undone");
    }
    ExitCode::SUCCESS
}

/// Hears SIGINT and SIGTERM from now on, and ends with the first of them.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn routes(json: bool) -> ExitCode {
    if json {
        println!("{}", routes_json());
        return ExitCode::SUCCESS;
    }
    for route in router::table() {
        println!("{:5} {:60} {:?}", route.method.as_str(), route.path, route.roles);
    }
    ExitCode::SUCCESS
}

/// Every route with its method and, for each role, whether the guard lets it in: what `routes --json` prints.
#[must_use]
pub fn routes_json() -> serde_json::Value {
    let row = |route: &router::Route| {
        let roles = Role::ALL.iter().map(|role| (role.name().to_owned(), route.roles.allows(*role).into()));
        let roles: serde_json::Map<_, _> = roles.collect();
        serde_json::json!({ "method": route.method.as_str(), "path": route.path, "roles": roles })
    };
    router::table().iter().map(row).collect()
}
