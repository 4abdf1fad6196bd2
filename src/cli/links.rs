//! `eulb links`: the 28 names of euca2ools as links to this program.

use super::commands::COMMANDS;
use super::exit::Failure;
use super::report;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The options of `eulb links`.
pub fn describe() -> clap::Command {
    clap::Command::new("links")
        .about("Make a link for each eulb command in a directory")
        .long_about(
            "Make a link for each eulb command in a directory\n\n\
             The links are symbolic and lead to this program, which does what the name says under \
             which it is started. Put the directory on your PATH. What is already there under one \
             of the names and is not a link to this program is left alone, and nothing is changed \
             then.",
        )
        .arg(
            Arg::new("remove")
                .long("remove")
                .action(ArgAction::SetTrue)
                .help("Remove the links to this program instead, and nothing else"),
        )
        .arg(
            Arg::new("relative")
                .long("relative")
                .action(ArgAction::SetTrue)
                .help("Link to the program by its path from the directory, so that both can be moved together"),
        )
        .arg(
            Arg::new("directory")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The directory; it is created if need be (required)"),
        )
}

/// Makes the links, or removes them.
///
/// # Errors
///
/// A name is taken, or the directory cannot be changed.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let program = std::env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| Failure::new(format!("cannot tell where this program is: {error}")))?;
    let directory: &PathBuf = matches
        .get_one("directory")
        .expect("the directory is required");
    if matches.get_flag("remove") {
        let removed = remove(&program, directory)?;
        return report::print(&format!(
            "removed {removed} links from {}\n",
            directory.display()
        ));
    }
    make(&program, directory, matches.get_flag("relative"))?;
    report::print(&format!(
        "made {} links to {} in {}\n",
        COMMANDS.len(),
        program.display(),
        directory.display()
    ))
}

/// What is there under a name.
enum Found {
    Nothing,
    /// A link to this program.
    Own,
    Other,
}

fn look(program: &Path, path: &Path) -> io::Result<Found> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_symlink() => match fs::canonicalize(path) {
            Ok(target) if target == program => Ok(Found::Own),
            _ => Ok(Found::Other),
        },
        Ok(_) => Ok(Found::Other),
    }
}

fn make(program: &Path, directory: &Path, relative: bool) -> Result<(), Failure> {
    fs::create_dir_all(directory).map_err(|error| cannot("create", directory, &error))?;
    let target = match relative {
        true => relative_to(program, directory)?,
        false => program.to_owned(),
    };
    let mut missing = Vec::new();
    for row in COMMANDS {
        let path = directory.join(row.name);
        match look(program, &path).map_err(|error| cannot("look at", &path, &error))? {
            Found::Nothing => missing.push(path),
            Found::Own => {}
            Found::Other => {
                return Err(Failure::new(format!(
                    "{} exists and is not a link to {}; nothing was changed",
                    path.display(),
                    program.display()
                )));
            }
        }
    }
    for path in missing {
        symlink(&target, &path).map_err(|error| cannot("link", &path, &error))?;
    }
    Ok(())
}

fn remove(program: &Path, directory: &Path) -> Result<usize, Failure> {
    let mut removed = 0;
    for row in COMMANDS {
        let path = directory.join(row.name);
        let found = look(program, &path).map_err(|error| cannot("look at", &path, &error))?;
        if matches!(found, Found::Own) {
            fs::remove_file(&path).map_err(|error| cannot("remove", &path, &error))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// The way from a directory to the program: up to where they part, then down.
fn relative_to(program: &Path, directory: &Path) -> Result<PathBuf, Failure> {
    let directory =
        fs::canonicalize(directory).map_err(|error| cannot("look at", directory, &error))?;
    let shared = program
        .components()
        .zip(directory.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = directory.components().skip(shared).map(|_| "..");
    let mut way: PathBuf = up.collect();
    way.extend(program.components().skip(shared));
    Ok(way)
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot {what} {}: {error}", path.display()))
}
