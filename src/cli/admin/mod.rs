//! `eulb admin`: what the administrator of a cloud did with other tools, one file per noun.
//!
//! | file | commands |
//! |---|---|
//! | [`properties`] | `admin properties list`, `get`, `set`, `reset` |
//! | [`balancers`] | `admin lbs` |
//!
//! All talk to the cloud that runs in the data directory, over the socket there, which only its owner
//! may open. The routes and their shapes are in [`crate::wire::admin`].

mod balancers;
mod properties;

use super::exit::Failure;
use super::local::parse;
use clap::{CommandFactory, Parser, Subcommand};

/// Administer the local cloud: accounts, properties, and what is running
///
/// Everything the administrator of a cloud does beside using it.
/// The commands find the cloud by its data directory; whoever may open that is the administrator.
#[derive(Debug, Parser)]
#[command(name = "admin", disable_help_subcommand = true)]
struct Admin {
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Debug, Subcommand)]
enum Noun {
    Properties(properties::Properties),
    Lbs(balancers::Lbs),
}

/// The options of `eulb admin`.
pub fn describe() -> clap::Command {
    Admin::command()
}

/// Does what a subcommand of `eulb admin` says.
///
/// # Errors
///
/// The cloud does not run, or refuses.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    match parse::<Admin>(matches)?.noun {
        Noun::Properties(properties) => properties.run(),
        Noun::Lbs(lbs) => lbs.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_make_sense_to_the_parser() {
        describe().debug_assert();
    }
}
