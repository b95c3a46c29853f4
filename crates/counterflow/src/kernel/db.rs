//! One body of SQL for SQLite and PostgreSQL: native drivers behind an enum, and macros that expand one statement for both.
//!
//! What differs between the two lives in this file and nowhere else: how a transaction begins, pragmas, locks.
//! The dialect is described in docs/decisions/0002-one-sql-two-databases.md.

use std::{path::Path, str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Notify;

use super::clock::{Clock, Timestamp};
use crate::fetch_all;

/// Every table, view and index, for both databases.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The oldest SQLite that keeps what it acknowledged: before it, WAL mode with several connections can lose commits.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Why the server does not start on this database. Each has an exit code of its own (docs/cli.md).
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Not `sqlite://...` or `postgres://...`. Only the scheme is told: the rest may hold a password.
    #[error("the database setting ({0}) is neither sqlite://PATH nor postgres://USER@HOST/NAME")]
    Url(String),
    /// No connection, or it broke.
    #[error("the database cannot be opened: {0}")]
    Open(#[source] sqlx::Error),
    /// SQLite older than [`OLDEST_SQLITE`].
    #[error("SQLite {0} is too old: 3.51.3 or newer is needed, because older ones can lose acknowledged writes")]
    SqliteVersion(String),
    /// A connection that would not keep its promises.
    #[error("SQLite answers {pragma} = {found}, expected {expected}: acknowledged writes would not be safe")]
    Pragma {
        /// The setting that was read back.
        pragma: &'static str,
        /// What the connection said.
        found: String,
        /// What is needed.
        expected: &'static str,
    },
    /// SQLite on a network file system, where its locks cannot be trusted.
    #[error(
        "{path} is on a {kind} file system: SQLite's locks cannot be trusted there; use a local disk or PostgreSQL"
    )]
    NetworkDisk {
        /// The database file.
        path: String,
        /// What the system calls the file system.
        kind: String,
    },
    /// Written by a newer Counterflow.
    #[error("the database was written by a newer Counterflow (migration {0} is unknown here): start that one")]
    NewerSchema(i64),
    /// A migration failed.
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[source] MigrateError),
    /// No such file, and none may be made.
    #[error("there is no database at {0}")]
    Missing(String),
    /// Not brought up to date yet, and nothing may be changed.
    #[error("the database is older than this Counterflow, or empty: `counterflow serve` brings it up to date")]
    OlderSchema,
}

impl Refusal {
    fn url(url: &str) -> Self {
        Self::Url(url.split_once("://").map_or_else(|| "no scheme".to_owned(), |(scheme, _)| format!("{scheme}://")))
    }

    /// The process's exit code: one for each reason.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Url(_) => 64,
            Self::Open(_) | Self::Missing(_) => 69,
            Self::SqliteVersion(_) => 70,
            Self::Pragma { .. } => 71,
            Self::NetworkDisk { .. } => 72,
            Self::NewerSchema(_) => 73,
            Self::Migration(_) | Self::OlderSchema => 74,
        }
    }
}

/// The database and the clock. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    clock: Clock,
    wake: Arc<Notify>,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One connection that writes, several that read.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database, refuses what is unsafe, and brings the schema up to date.
    ///
    /// # Errors
    /// A [`Refusal`] that names the reason.
    pub async fn open(url: &str, clock: Clock) -> Result<Self, Refusal> {
        let pools = if url.starts_with("sqlite:") { open_sqlite(url).await? } else { open_postgres(url).await? };
        let migrated = match &pools {
            Pools::Sqlite { write, .. } => MIGRATIONS.run(write).await,
            Pools::Postgres(pool) => MIGRATIONS.run(pool).await,
        };
        migrated.map_err(|error| match error {
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
                Refusal::NewerSchema(version)
            }
            other => Refusal::Migration(other),
        })?;
        Ok(Self { pools, clock, wake: Arc::default() })
    }

    /// Opens a database only to look at it: no file is made and no migration runs. Writing fails.
    ///
    /// # Errors
    /// A [`Refusal`]; also where there is no database, or one that is not up to date.
    pub async fn open_to_look(url: &str, clock: Clock) -> Result<Self, Refusal> {
        let pools = if url.starts_with("sqlite:") { look_at_sqlite(url).await? } else { open_postgres(url).await? };
        let db = Self { pools, clock, wake: Arc::default() };
        let mut tx = db.read().await.map_err(Refusal::Open)?;
        let applied = match fetch_all!(tx, (i64,), "select version from _sqlx_migrations where success") {
            Ok(applied) => applied,
            Err(sqlx::Error::Database(_)) => return Err(Refusal::OlderSchema), // no such table
            Err(error) => return Err(Refusal::Open(error)),
        };
        drop(tx);
        if let Some((version,)) = applied.iter().find(|(version,)| !MIGRATIONS.version_exists(*version)) {
            return Err(Refusal::NewerSchema(*version));
        }
        if MIGRATIONS.iter().any(|migration| !applied.contains(&(migration.version,))) {
            return Err(Refusal::OlderSchema);
        }
        Ok(db)
    }

    /// A transaction that only reads, on a consistent snapshot.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => Inner::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => {
                Inner::Postgres(pool.begin_with("begin isolation level repeatable read, read only").await?)
            }
        };
        Ok(self.tx(inner))
    }

    /// A transaction that may write. On SQLite there is one at a time, and it waits for its turn.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write(&self) -> sqlx::Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { write, .. } => Inner::Sqlite(write.begin_with("begin immediate").await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(self.tx(inner))
    }

    fn tx(&self, inner: Inner) -> Tx {
        Tx { now: self.clock.now(), inner, wake: self.wake.clone(), brings_work: false }
    }

    /// The clock that transactions read.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Rings whenever a transaction with new work (a job, a letter) was committed.
    #[must_use]
    pub fn new_work(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// A transaction: the only way to the tables. Dropped without [`Tx::commit`] it is undone.
#[derive(Debug)]
pub struct Tx {
    now: Timestamp,
    inner: Inner,
    wake: Arc<Notify>,
    brings_work: bool,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// The connection below a transaction, for the statement macros.
#[doc(hidden)]
pub enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Tx {
    /// The moment at which the transaction began. Everything written in it carries this moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Makes everything in the transaction permanent.
    ///
    /// # Errors
    /// When the database cannot; then nothing was written.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        if self.brings_work {
            self.wake.notify_waiters();
        }
        Ok(())
    }

    /// Notes that the transaction wrote a job or a letter: whoever does such work is rung once it commits.
    pub(crate) fn brings_work(&mut self) {
        self.brings_work = true;
    }

    /// Waits until no other transaction holds `what`, and holds it to the end of this one. Verbs that read a
    /// state and then change it call this first. On SQLite there is only one writer anyway.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(&mut self, what: impl std::fmt::Display) -> sqlx::Result<()> {
        if let Connection::Postgres(connection) = self.connection() {
            sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind(what.to_string())
                .execute(connection)
                .await?;
        }
        Ok(())
    }

    /// Used by the statement macros.
    #[doc(hidden)]
    pub fn connection(&mut self) -> Connection<'_> {
        match &mut self.inner {
            Inner::Sqlite(tx) => Connection::Sqlite(&mut *tx),
            Inner::Postgres(tx) => Connection::Postgres(&mut *tx),
        }
    }
}

/// `fetch_all!(tx, Row, "select ...", args...)`: every row.
#[macro_export]
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:literal $(, $arg:expr)* $(,)?) => {
        match $tx.connection() {
            $crate::kernel::db::Connection::Sqlite(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(c).await,
            $crate::kernel::db::Connection::Postgres(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(c).await,
        }
    };
}

/// `fetch_optional!(tx, Row, "select ...", args...)`: the row, if there is one.
#[macro_export]
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:literal $(, $arg:expr)* $(,)?) => {
        match $tx.connection() {
            $crate::kernel::db::Connection::Sqlite(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(c).await,
            $crate::kernel::db::Connection::Postgres(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(c).await,
        }
    };
}

/// `fetch_one!(tx, Row, "select ...", args...)`: the one row; none is an error.
#[macro_export]
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:literal $(, $arg:expr)* $(,)?) => {
        match $tx.connection() {
            $crate::kernel::db::Connection::Sqlite(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(c).await,
            $crate::kernel::db::Connection::Postgres(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(c).await,
        }
    };
}

/// `execute!(tx, "update ...", args...)`: how many rows it touched.
#[macro_export]
macro_rules! execute {
    ($tx:expr, $sql:literal $(, $arg:expr)* $(,)?) => {
        match $tx.connection() {
            $crate::kernel::db::Connection::Sqlite(c) => sqlx::query($sql)$(.bind($arg))*.execute(c).await.map(|done| done.rows_affected()),
            $crate::kernel::db::Connection::Postgres(c) => sqlx::query($sql)$(.bind($arg))*.execute(c).await.map(|done| done.rows_affected()),
        }
    };
}

async fn open_postgres(url: &str) -> Result<Pools, Refusal> {
    if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
        return Err(Refusal::url(url));
    }
    let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10));
    Ok(Pools::Postgres(pool.connect(url).await.map_err(Refusal::Open)?))
}

/// The journal mode stays as it is: setting it would write into a file that may be none of ours.
async fn look_at_sqlite(url: &str) -> Result<Pools, Refusal> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| Refusal::url(url))?;
    let path = options.get_filename();
    if !path.exists() {
        return Err(Refusal::Missing(path.display().to_string()));
    }
    let options = options.create_if_missing(false).busy_timeout(Duration::from_secs(10)).pragma("query_only", "on");
    let pool = SqlitePoolOptions::new().max_connections(2).acquire_timeout(Duration::from_secs(30));
    let read = pool.connect_with(options).await.map_err(Refusal::Open)?;
    Ok(Pools::Sqlite { write: read.clone(), read })
}

async fn open_sqlite(url: &str) -> Result<Pools, Refusal> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| Refusal::url(url))?;
    let path = options.get_filename().to_owned();
    if let Some(kind) = network_disk(&path) {
        return Err(Refusal::NetworkDisk { path: path.display().to_string(), kind });
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Refusal::Open(sqlx::Error::Io(error)))?;
    }
    // sqlx's name for a database in memory begins so. It is no file, and refused below: it would not keep anything.
    if !path.to_string_lossy().starts_with("file:") {
        create_for_owner(&path).map_err(|error| Refusal::Open(sqlx::Error::Io(error)))?;
    }
    // sqlx sets the busy timeout before any pragma, so that switching to WAL waits for other openers.
    let options = options
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(10))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("journal_size_limit", "67108864");
    let write = pool(1).connect_with(options.clone()).await.map_err(refusal)?;
    let (version,): (String,) =
        sqlx::query_as("select sqlite_version()").fetch_one(&write).await.map_err(Refusal::Open)?;
    if parse_version(&version) < OLDEST_SQLITE {
        return Err(Refusal::SqliteVersion(version));
    }
    let read = pool(8).connect_with(options.pragma("query_only", "on")).await.map_err(refusal)?;
    Ok(Pools::Sqlite { write, read })
}

/// Makes the database file, if it is missing, for its owner's eyes only. SQLite gives the files beside it (-wal, -shm)
/// the same mode. A file that is there keeps the mode that the operator gave it.
fn create_for_owner(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// A pool whose every new connection is asked whether it will keep what it acknowledges.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(30)).after_connect(
        |connection, _| {
            Box::pin(async move {
                let (journal,): (String,) = sqlx::query_as("pragma journal_mode").fetch_one(&mut *connection).await?;
                let (synchronous,): (i64,) = sqlx::query_as("pragma synchronous").fetch_one(&mut *connection).await?;
                let (keys,): (i64,) = sqlx::query_as("pragma foreign_keys").fetch_one(&mut *connection).await?;
                let unsafe_setting = |pragma, found: String, expected| {
                    sqlx::Error::Configuration(Box::new(Refusal::Pragma { pragma, found, expected }))
                };
                if journal != "wal" {
                    return Err(unsafe_setting("journal_mode", journal, "wal"));
                }
                if synchronous != 2 {
                    return Err(unsafe_setting("synchronous", synchronous.to_string(), "2 (FULL)"));
                }
                if keys != 1 {
                    return Err(unsafe_setting("foreign_keys", keys.to_string(), "1"));
                }
                Ok(())
            })
        },
    )
}

/// Takes our own refusal out of the pool's error.
fn refusal(error: sqlx::Error) -> Refusal {
    match error {
        sqlx::Error::Configuration(inner) => match inner.downcast::<Refusal>() {
            Ok(refusal) => *refusal,
            Err(inner) => Refusal::Open(sqlx::Error::Configuration(inner)),
        },
        other => Refusal::Open(other),
    }
}

fn parse_version(version: &str) -> (u32, u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

/// The kind of network file system that holds `path`, as Linux tells it; `None` for a local disk or where it is not told.
fn network_disk(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.ancestors().find_map(|ancestor| ancestor.canonicalize().ok())?;
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    let mount = |line: &str| {
        let mut words = line.split(' ').skip(1).map(str::to_owned);
        Some((words.next()?, words.next()?))
    };
    let (_, kind) =
        mounts.lines().filter_map(mount).filter(|(at, _)| folder.starts_with(at)).max_by_key(|(at, _)| at.len())?;
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "ceph", "glusterfs", "afs"]
        .contains(&kind.as_str())
        .then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(parse_version("3.51.2") < OLDEST_SQLITE);
        assert!(parse_version("3.9.30") < OLDEST_SQLITE);
        assert!(parse_version("3.51.3") >= OLDEST_SQLITE);
        assert!(parse_version("4.0") >= OLDEST_SQLITE);
    }

    #[test]
    fn a_local_disk_is_accepted() {
        assert_eq!(network_disk(Path::new("/nowhere/at/all.db")), None);
    }
}
