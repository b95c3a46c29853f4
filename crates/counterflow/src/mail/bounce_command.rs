//! `counterflow bounce`: reads a message that came back from standard input. docs/cli.md documents it.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use super::bounces;
use crate::kernel::{clock::Clock, config, db::Db, error::Answer, ids::LetterId};

/// A longer message is not read to its end: what counts stands at its beginning.
const LONGEST: u64 = 4 << 20;

/// Try again later, as mail servers understand it (`EX_TEMPFAIL`).
const LATER: u8 = 75;
/// The settings make no sense (`EX_CONFIG`).
const SETTINGS: u8 = 78;

/// What was given on the command line.
#[derive(Debug, Clone, clap::Args)]
pub struct Given {
    /// Settings file; counterflow.toml in the working directory is read if it is there
    #[arg(long, env = "COUNTERFLOW_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, env = "COUNTERFLOW_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
}

/// Reads the message and notes what it says. Answers the exit code: 0 whatever the message was, so that no mail server
/// sends it back; 75 if it should be given again later; 78 if the settings make no sense.
///
/// # Errors
/// When the message cannot be read or the answer cannot be written.
pub async fn run(given: Given, clock: Clock, input: &mut impl Read, out: &mut impl Write) -> io::Result<u8> {
    let mut message = Vec::new();
    input.take(LONGEST).read_to_end(&mut message)?;
    let Some(bounce) = bounces::read(&message) else {
        writeln!(out, "This message reports no failure: nothing was noted.")?;
        return Ok(0);
    };
    let settings = config::Given { config: given.config, database: given.database, ..config::Given::default() };
    let database = match settings.named_database() {
        Ok(Some(database)) => database,
        Ok(None) => {
            writeln!(out, "Name the database: --database, COUNTERFLOW_DATABASE, or database in counterflow.toml.")?;
            return Ok(SETTINGS);
        }
        Err(error) => {
            writeln!(out, "{error}")?;
            return Ok(SETTINGS);
        }
    };
    match note(&database, clock, &bounce).await {
        Ok(Some(letter)) => writeln!(out, "Letter {letter} came back: {}", bounce.words).map(|()| 0),
        Ok(None) => writeln!(out, "This message is about no letter of this server: nothing was noted.").map(|()| 0),
        Err(error) => writeln!(out, "{error}").map(|()| LATER),
    }
}

async fn note(database: &str, clock: Clock, bounce: &bounces::Bounce) -> Answer<Option<LetterId>> {
    let db = Db::open(database, clock).await.map_err(crate::kernel::error::Error::defect)?;
    let mut tx = db.write().await?;
    let letter = bounces::note(&mut tx, bounce).await?;
    tx.commit().await?;
    db.close().await;
    Ok(letter)
}
