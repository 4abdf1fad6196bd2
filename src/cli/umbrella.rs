//! `eulb`: one name for everything, and what has no command of its own.

use super::exit::{self, Failure};
use clap::ArgMatches;
use std::ffi::OsString;
use std::process::ExitCode;

/// Something the umbrella does besides the commands of euca2ools: `eulb local start`.
pub struct Subcommand {
    /// The word after `eulb`.
    pub name: &'static str,
    /// Its options and subcommands, named as the word.
    pub describe: fn() -> clap::Command,
    pub run: fn(&ArgMatches) -> Result<(), Failure>,
}

/// What the umbrella does besides the commands, in the order of its help.
pub const SUBCOMMANDS: &[Subcommand] = &[];

/// Runs the subcommand that the second argument names.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let word = arguments
        .get(1)
        .map(|word| word.to_string_lossy().into_owned())
        .unwrap_or_default();
    match SUBCOMMANDS.iter().find(|row| row.name == word) {
        Some(row) => {
            let program = format!("eulb {}", row.name);
            exit::finish(&program, run_row(row, &program, &arguments[1..]))
        }
        None => exit::finish(
            "eulb",
            Err(Failure::usage(format!("there is no command '{word}'"))),
        ),
    }
}

fn run_row(row: &Subcommand, program: &str, arguments: &[OsString]) -> Result<(), Failure> {
    let mut command = (row.describe)()
        .bin_name(program)
        .infer_long_args(true)
        .infer_subcommands(false);
    let matches = exit::parsed(command.try_get_matches_from_mut(arguments), &mut command)?;
    (row.run)(&matches)
}
