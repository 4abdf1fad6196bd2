//! The tools: what a person types and what comes back.
//!
//! One binary answers to many names. The stem of `argv[0]` decides: the name of a command runs that
//! command, anything else is the umbrella `eulb`, where `eulb create-lb` finds `eulb-create-lb`.
//! Only the one `clap::Command` that is needed is ever built.
//!
//! The two tables here-under are in the order in which help, manual pages and `eulb --list` show
//! them: [`commands::COMMANDS`], the 28 commands of euca2ools, and [`umbrella::SUBCOMMANDS`], what
//! the umbrella has besides. Text leaves through [`report`] and [`exit`] only.

mod admin;
mod advice;
pub mod args;
mod color;
pub mod commands;
mod complete;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod dry_run;
pub mod exit;
mod explain;
pub mod generate;
mod input;
mod install;
mod links;
pub mod local;
pub mod output;
mod prefix;
mod progress;
pub mod proxy;
pub mod report;
pub mod selection;
mod session;
mod stats;
mod tour;
mod trace;
pub mod umbrella;
pub mod wait;
mod watch;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// What `eulb --version` says after the name of the program.
pub const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (commands as in euca2ools 3.4.1)"
);

/// What `--version` of the 28 commands says. Scripts ask it for euca2ools and a number: they are told
/// whose commands these are like, in the place and the form they know, and then the truth.
const COMPATIBLE_VERSION: &str = concat!(
    "euca2ools 3.4.1 (compatible; eulb ",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// Runs what `arguments` ask for, the first of which is the name of the program.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let name = arguments
        .first()
        .and_then(|program| Path::new(program).file_stem())
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let own = arguments.get(1..).unwrap_or_default();
    match commands::find(&name).filter(|row| row.name == name) {
        Some(row) => exit::finish(row.name, row.run(own)),
        None => umbrella::run(own),
    }
}
