//! Each check is a function from the tree to findings. A finding names file, line, what is wrong and what to do.

mod imports;
mod language;
mod routes;
mod shape;
mod supply;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// A file of the project, read once.
pub struct File {
    /// From the project's root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl File {
    /// Every line with its number, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// A finding on a line of this file.
    pub fn finding(&self, line: usize, words: impl fmt::Display) -> Finding {
        Finding { place: format!("{}:{line}", self.path), words: words.to_string() }
    }
}

/// Something that breaks a rule of the house.
pub struct Finding {
    place: String,
    words: String,
}

/// A check: from the tree to findings.
type Check = fn(&[File]) -> Vec<Finding>;

/// Runs every check and prints what it finds.
pub fn run(root: &Path) -> ExitCode {
    let files = read_all(root);
    let checks: [(&str, Check); 5] = [
        ("imports point one way, SQL only in store files", imports::check),
        ("every route is in the rights table and every form is checked", routes::check),
        ("files and templates keep their shape", shape::check),
        ("words for people exist", language::check),
        ("dependencies are what we think", supply::check),
    ];
    let mut count = 0;
    for (name, check) in checks {
        let findings = check(&files);
        count += findings.len();
        if !findings.is_empty() {
            println!("not tidy: {name}");
        }
        for finding in findings {
            println!("  {}: {}", finding.place, finding.words);
        }
    }
    println!("tidy: {} files read, {count} findings", files.len());
    if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read_all(root: &Path) -> Vec<File> {
    let mut files = Vec::new();
    for folder in ["benches", "crates", "xtask", "templates", "docs", "bin", "e2e", "examples"] {
        walk(root, &root.join(folder), &mut files);
    }
    for name in ["Cargo.toml", "Cargo.lock", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        push(root, &root.join(name), &mut files);
    }
    files
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            if !["node_modules", "target", "results"].contains(&name.as_str()) {
                walk(root, &path, files);
            }
        } else {
            push(root, &path, files);
        }
    }
}

fn push(root: &Path, path: &Path, files: &mut Vec<File>) {
    if let Ok(text) = fs::read_to_string(path) {
        let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        files.push(File { path, text });
    }
}
