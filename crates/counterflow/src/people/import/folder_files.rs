//! The files of the watched folder: what lies there, and where it goes.
//!
//! ```text
//! FOLDER/people.csv            to be taken, once it stopped growing
//! FOLDER/done/TIME-people.csv  imported, or nothing new
//! FOLDER/asks/TIME-people.csv  somebody has to look at it
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use crate::{kernel::clock::Timestamp, words};

words! {
    /// Where a file goes when it was looked at.
    Shelf {
        /// Imported, or nothing new.
        Done = "done",
        /// Somebody has to look at it.
        Asks = "asks",
    }
}

/// A file that lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFile {
    /// Its name.
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// When it was written last, in milliseconds since 1970: told apart, never compared with our clock.
    pub modified: String,
}

/// The endings under which programs write what is not finished.
const UNFINISHED: [&str; 4] = [".part", ".tmp", ".filepart", ".crdownload"];

/// The plain files in the folder, by name. Hidden ones, unfinished ones and links are none: a link could lead anywhere.
pub(super) fn list(folder: &Path) -> io::Result<Vec<FolderFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let unfinished = UNFINISHED.iter().any(|ending| name.to_lowercase().ends_with(ending));
        let Some(about) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
        if name.starts_with('.') || unfinished {
            continue;
        }
        let modified = about.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let size = i64::try_from(about.len()).unwrap_or(i64::MAX);
        files.push(FolderFile { name, size, modified: modified.to_string() });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// Moves a file to a shelf, under a name that no other file has.
pub(super) fn put_on(folder: &Path, name: &str, at: Timestamp, shelf: Shelf) -> io::Result<()> {
    let target = folder.join(shelf.name());
    fs::create_dir_all(&target)?;
    let free = (1..).map(|nth| target.join(stamped(name, at, nth))).find(|path| !path.exists());
    fs::rename(folder.join(name), free.unwrap_or_else(|| target.join(stamped(name, at, 0))))
}

/// Moves a file that somebody had to look at to those that are done. It may have been taken away meanwhile.
pub(super) fn settle(folder: &Path, name: &str, at: Timestamp) -> io::Result<()> {
    let stamped = stamped(name, at, 1);
    let from: PathBuf = folder.join(Shelf::Asks.name()).join(&stamped);
    if !from.exists() {
        return Ok(());
    }
    let done = folder.join(Shelf::Done.name());
    fs::create_dir_all(&done)?;
    fs::rename(from, done.join(stamped))
}

/// `20260112-080000-people.csv`, in UTC.
fn stamped(name: &str, at: Timestamp, nth: usize) -> String {
    let time = at.jiff().strftime("%Y%m%d-%H%M%S");
    if nth == 1 { format!("{time}-{name}") } else { format!("{time}-{nth}-{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finished_plain_files_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["people.csv", "b.xlsx", ".hidden.csv", "people.csv.part", "half.TMP"] {
            fs::write(path(name), name).unwrap();
        }
        fs::create_dir(path("done")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", path("link.csv")).unwrap();
        let names: Vec<String> = list(folder.path()).unwrap().into_iter().map(|file| file.name).collect();
        assert_eq!(names, ["b.xlsx", "people.csv"]);
        assert!(list(&path("nowhere")).is_err());
    }

    #[test]
    fn nothing_on_a_shelf_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let at: Timestamp = "2026-01-12T08:00:00Z".parse().unwrap();
        for content in ["one", "two"] {
            fs::write(folder.path().join("people.csv"), content).unwrap();
            put_on(folder.path(), "people.csv", at, Shelf::Asks).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("asks/20260112-080000-people.csv"), "one");
        assert_eq!(read("asks/20260112-080000-2-people.csv"), "two");
        settle(folder.path(), "people.csv", at).unwrap();
        settle(folder.path(), "people.csv", at).unwrap();
        assert_eq!(read("done/20260112-080000-people.csv"), "one");
    }
}
