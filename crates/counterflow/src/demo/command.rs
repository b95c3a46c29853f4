//! `counterflow demo`: makes the invented company, once, and serves it. docs/cli.md documents it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, tz::TimeZone};

use super::past;
use crate::kernel::{
    app::App,
    clock::Clock,
    config::Config,
    db::{Db, Refusal},
    error::Error,
};

/// What was given on the command line.
#[derive(Debug, Clone, clap::Args)]
pub struct Given {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Where the demo keeps its database, to be there again next time; without it, a folder that is removed at the end
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum NoDemo {
    /// The folder cannot be used.
    #[error("{0}: {1}")]
    Folder(String, #[source] std::io::Error),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] Refusal),
    /// The company could not be invented: a defect.
    #[error("the demo could not be made: {0}")]
    Story(#[from] Error),
}

impl From<sqlx::Error> for NoDemo {
    fn from(error: sqlx::Error) -> Self {
        Self::Story(error.into())
    }
}

/// A folder of the demo's own, gone with it unless somebody named it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl Folder {
    fn of(given: &Given) -> Result<Self, NoDemo> {
        let own = || std::env::temp_dir().join(format!("counterflow-demo-{}", uuid::Uuid::now_v7()));
        let path = given.data.clone().unwrap_or_else(own);
        std::fs::create_dir_all(&path).map_err(|error| NoDemo::Folder(path.display().to_string(), error))?;
        Ok(Self { path, keep: given.data.is_some() })
    }
}

/// Makes the company, unless the folder holds one, and answers the application that shows it.
///
/// # Errors
/// [`NoDemo`] says what is in the way.
pub async fn open(given: &Given) -> Result<(App, Folder), NoDemo> {
    let folder = Folder::of(given)?;
    let finished = folder.path.join("counterflow-demo.db");
    if !finished.exists() {
        make(&folder.path.join("being-made.db"), &finished, given.listen).await?;
    }
    let config = config(&finished, given.listen);
    let db = Db::open(&config.database, Clock::System).await?;
    Ok((App::new(db, config).await?, folder))
}

/// Under another name until it is finished: killed on the way, the next start begins again.
async fn make(unfinished: &Path, finished: &Path, listen: SocketAddr) -> Result<(), NoDemo> {
    let at_folder = |error| NoDemo::Folder(unfinished.display().to_string(), error);
    for suffix in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{suffix}", unfinished.display()));
        if file.exists() {
            std::fs::remove_file(file).map_err(at_folder)?;
        }
    }
    let config = config(unfinished, listen);
    let now = Clock::System.now();
    let before_it_all = now.day_in(&TimeZone::UTC).plus_days(-400).start_in(&TimeZone::UTC);
    let clock = Clock::at(before_it_all);
    let db = Db::open(&config.database, clock.clone()).await?;
    past::write(db.clone(), config, clock, now.minus(SignedDuration::from_mins(5))).await?;
    db.close().await;
    std::fs::rename(unfinished, finished).map_err(at_folder)
}

/// No settings of a real server: the demo writes to nobody.
fn config(database: &Path, listen: SocketAddr) -> Config {
    Config {
        database: format!("sqlite://{}", database.display()),
        listen,
        public_url: format!("http://{listen}/").parse().unwrap_or_else(|_| unreachable!("an address makes a URL")),
        smtp: None,
        demo: true,
        trusted_proxies: 0,
        import_folder: None,
    }
}
