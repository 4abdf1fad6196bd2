//! `eulb generate`: manual pages and completions, made from the tables.
//!
//! Hidden, since it is for those who change the commands: `man/` and `completions/` are committed,
//! and a test compares them with what this makes.

mod completions;
mod configuration;
mod man;
pub mod pages;
mod releases;

use super::exit::Failure;
use clap::{Arg, ArgMatches, value_parser};
use std::fs;
use std::path::{Path, PathBuf};

/// A file to be written: its path below the directory, and its text.
pub type Page = (PathBuf, String);

/// What can be generated.
const KINDS: [&str; 2] = ["man", "completions"];

/// The options of `eulb generate`.
pub fn describe() -> clap::Command {
    clap::Command::new("generate")
        .about("Write the manual pages or the completions into a directory")
        .hide(true)
        .arg(
            Arg::new("kind")
                .value_name("KIND")
                .required(true)
                .value_parser(KINDS)
                .help("What to write (required)"),
        )
        .arg(
            Arg::new("directory")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("Where to (required)"),
        )
}

/// Writes the pages.
///
/// # Errors
///
/// A file cannot be written.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let directory: &PathBuf = matches
        .get_one("directory")
        .expect("the directory is required");
    let kind: &String = matches.get_one("kind").expect("the kind is required");
    for (path, text) in pages(kind)? {
        write(&directory.join(path), &text)?;
    }
    Ok(())
}

/// All pages of a kind, `man` or `completions`.
///
/// # Errors
///
/// A page cannot be made.
pub fn pages(kind: &str) -> Result<Vec<Page>, Failure> {
    match kind {
        "man" => man::pages(),
        "completions" => completions::pages(),
        other => Err(Failure::new(format!("nothing of the kind '{other}'"))),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let cannot = |error| Failure::new(format!("cannot write {}: {error}", path.display()));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(cannot)?;
    }
    fs::write(path, text).map_err(cannot)
}
