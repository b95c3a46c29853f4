//! The statements on `folder_looks`: how files of the watched folder were last seen.

use jiff::SignedDuration;

use super::folder_files::FolderFile;
use crate::{
    execute, fetch_optional,
    kernel::{clock::Timestamp, db::Tx, error::Answer},
};

/// How long a file has to stay the same before it is taken: whoever writes it may pause.
const STEADY: SignedDuration = SignedDuration::from_secs(20);

/// Notes how a file is. Answers whether it has been so for a while.
pub(super) async fn is_steady(tx: &mut Tx, file: &FolderFile) -> Answer<bool> {
    let now = tx.now();
    let seen = fetch_optional!(
        tx,
        (Timestamp,),
        "select seen_at from folder_looks where file_name = $1 and size = $2 and modified = $3",
        &file.name,
        file.size,
        &file.modified
    )?;
    if let Some((seen,)) = seen {
        return Ok(now.since(seen) >= STEADY);
    }
    execute!(
        tx,
        "insert into folder_looks (file_name, size, modified, seen_at) values ($1, $2, $3, $4)
         on conflict (file_name) do update
         set size = excluded.size, modified = excluded.modified, seen_at = excluded.seen_at",
        &file.name,
        file.size,
        &file.modified,
        now
    )?;
    Ok(false)
}

/// A file is not there any more.
pub(super) async fn forget(tx: &mut Tx, name: &str) -> Answer<()> {
    execute!(tx, "delete from folder_looks where file_name = $1", name)?;
    Ok(())
}

/// Files that were seen long ago and are gone without having been taken.
pub(super) async fn forget_old(tx: &mut Tx, before: Timestamp) -> Answer<()> {
    execute!(tx, "delete from folder_looks where seen_at < $1", before)?;
    Ok(())
}
