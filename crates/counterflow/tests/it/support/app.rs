//! The server under test: the real router on a real database, with a clock that stands still.

use std::sync::Arc;

use axum::Router;
use counterflow::{
    jobs,
    kernel::{
        app::App,
        clock::{Clock, Timestamp},
        config::{Config, Given},
        db::{Db, Tx},
        token,
    },
    router, works,
};
use jiff::SignedDuration;

use super::browser::Browser;

/// Monday 12 January 2026, 09:00 in Berlin.
pub const START: &str = "2026-01-12T08:00:00Z";

pub struct TestApp {
    pub app: App,
    pub router: Router,
    pub clock: Clock,
    _folder: Option<Arc<tempfile::TempDir>>,
}

impl TestApp {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db", folder.path().display());
        Self::on(&url, Some(Arc::new(folder))).await
    }

    /// A schema of its own in the throwaway PostgreSQL; `None`, loudly, if there is none.
    pub async fn postgres() -> Option<Self> {
        let Ok(base) = std::env::var("COUNTERFLOW_TEST_POSTGRES") else {
            eprintln!("SKIPPED on PostgreSQL: COUNTERFLOW_TEST_POSTGRES is not set (bin/test sets it)");
            return None;
        };
        let schema = format!("t{}", &token::new()[..20]);
        admin_statement(&base, format!("create schema {schema}")).await;
        let join = if base.contains('?') { '&' } else { '?' };
        Some(Self::on(&format!("{base}{join}options=-c%20search_path%3D{schema}"), None).await)
    }

    /// A database of its own that sorts as people do (ICU), where the others sort by bytes; `None`, loudly, if there is no
    /// PostgreSQL. [`TestApp::forget_icu`] drops it.
    pub async fn icu() -> Option<Self> {
        let Ok(base) = std::env::var("COUNTERFLOW_TEST_POSTGRES") else {
            eprintln!("SKIPPED under another collation: COUNTERFLOW_TEST_POSTGRES is not set (bin/test sets it)");
            return None;
        };
        let name = format!("icu{}", &token::new()[..20]).to_lowercase().replace('-', "_");
        let create =
            format!("create database {name} locale_provider icu icu_locale 'en' template template0 encoding 'UTF8'");
        admin_statement(&base, create).await;
        let mut url: url::Url = base.parse().unwrap();
        url.set_path(&name);
        Some(Self::on(url.as_str(), None).await)
    }

    /// Drops the database that [`TestApp::icu`] made.
    pub async fn forget_icu(self) {
        let url: url::Url = self.app.config.database.parse().unwrap();
        self.app.db.close().await;
        let base = std::env::var("COUNTERFLOW_TEST_POSTGRES").unwrap();
        admin_statement(&base, format!("drop database {}", url.path().trim_start_matches('/'))).await;
    }

    async fn on(url: &str, folder: Option<Arc<tempfile::TempDir>>) -> Self {
        let clock = Clock::at(START.parse().unwrap());
        let db = Db::open(url, clock.clone()).await.unwrap();
        let given = Given { database: Some(url.to_owned()), ..Given::default() };
        let config: Config = given.resolve().unwrap();
        let app = App::new(db, config).await.unwrap();
        Self { router: router::router(app.clone()), app, clock, _folder: folder }
    }

    /// The same server with other settings.
    pub fn with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = (*self.app.config).clone();
        change(&mut config);
        let app = App { config: Arc::new(config), ..self.app.clone() };
        Self { router: router::router(app.clone()), app, clock: self.clock.clone(), _folder: self._folder.clone() }
    }

    /// The same server behind a proxy, so that browsers can be in different places.
    pub fn behind_a_proxy(&self) -> Self {
        self.with(|config| config.trusted_proxies = 1)
    }

    pub async fn read(&self) -> Tx {
        self.app.db.read().await.unwrap()
    }

    pub async fn write(&self) -> Tx {
        self.app.db.write().await.unwrap()
    }

    /// A browser that nobody has signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(self)
    }

    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now().plus(time));
    }

    /// Goes to a moment.
    pub fn at(&self, moment: &str) {
        self.clock.set(moment.parse::<Timestamp>().unwrap());
    }

    /// Runs every job that is due.
    pub async fn work(&self) -> usize {
        jobs::run_due(&self.app, &works::kinds()).await.unwrap()
    }

    /// Fails if work was queued that nobody ran, or if work failed.
    pub async fn assert_idle(&self) {
        let mut tx = self.read().await;
        let now = tx.now();
        let left: Vec<(String, String, Option<String>)> = counterflow::fetch_all!(
            tx,
            (String, String, Option<String>),
            "select kind, key, last_error from jobs
             where (finished_at is null and run_at <= $1 and dead_at is null) or dead_at is not null",
            now
        )
        .unwrap();
        let left: Vec<_> = left.into_iter().filter(|(_, key, error)| key != "repeated" || error.is_some()).collect();
        assert!(left.is_empty(), "jobs left unrun or failed: {left:?}");
    }

    /// The letters written to an address, oldest first: subject and text.
    pub async fn letters(&self, address: &str) -> Vec<(String, String)> {
        let mut tx = self.read().await;
        let rows: Vec<(String, Option<String>)> = counterflow::fetch_all!(
            tx,
            (String, Option<String>),
            "select subject, body_text from letters where address = $1 order by created_at, id",
            address
        )
        .unwrap();
        rows.into_iter().map(|(subject, text)| (subject, text.unwrap_or_default())).collect()
    }

    /// The path of the last link in the last letter to an address.
    pub async fn link_to(&self, address: &str) -> String {
        let letters = self.letters(address).await;
        let (_, text) = letters.last().unwrap_or_else(|| panic!("no letter to {address}"));
        let url = text
            .split_whitespace()
            .rfind(|word| word.starts_with("http"))
            .unwrap_or_else(|| panic!("no link in the letter: {text}"));
        url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap()
    }
}

async fn admin_statement(base: &str, statement: String) {
    let pool = sqlx::PgPool::connect(base).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
    pool.close().await;
}
