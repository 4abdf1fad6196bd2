//! The tools: what a person types and what comes back.
//!
//! One binary answers to many names. The stem of `argv[0]` decides: the name of a command runs that
//! command, anything else is the umbrella `eulb`, where `eulb create-lb` finds `eulb-create-lb`.
//! Only the one `clap::Command` that is needed is ever built.
//!
//! The two tables here-under are in the order in which help, manual pages and `eulb --list` show
//! them: [`commands::COMMANDS`], the 28 commands of euca2ools, and [`umbrella::SUBCOMMANDS`], what
//! the umbrella has besides. Text leaves through [`report`] and [`exit`] only.

pub mod exit;
pub mod output;
pub mod report;
pub mod umbrella;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs what `arguments` ask for, the first of which is the name of the program.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    umbrella::run(&arguments)
}
