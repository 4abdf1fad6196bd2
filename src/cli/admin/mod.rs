//! `eulb admin`: what the administrator of a cloud did with other tools, one file per noun.
//!
//! | file | commands |
//! |---|---|
//! | [`properties`] | `admin properties list`, `get`, `set`, `reset` |
//! | [`balancers`] | `admin lbs` |
//! | [`services`], [`servos`] | `admin services`; `admin servos`, `admin activities` |
//! | [`accounts`], [`users`], [`keys`] | `admin accounts`, `users`, `keys`: `list`, `create`, `delete` |
//! | [`groups`] | `admin groups list`, `create`, `delete`, `add-user`, `remove-user` |
//! | [`certificates`] | `admin certificates list`, `upload`, `delete` |
//! | [`policies`] | `admin policies list`, `show`, `create`, `delete`, `attach`, `detach` |
//! | [`log_level`] | `admin log-level` |
//!
//! All talk to the cloud that runs in the data directory, over the socket there, which only its owner
//! may open. The routes and their shapes are in [`crate::wire::admin`].

mod accounts;
mod balancers;
mod certificates;
mod groups;
mod keys;
mod log_level;
mod policies;
mod properties;
mod services;
mod servos;
mod users;

use super::exit::Failure;
use super::local::{Place, ask, columns, parse};
use super::report;
use crate::client::local::LocalClient;
use crate::wire::admin;
use clap::{Args, CommandFactory, Parser, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;

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
    Accounts(accounts::Accounts),
    Users(users::Users),
    Groups(groups::Groups),
    Keys(keys::Keys),
    Policies(policies::Policies),
    Certificates(certificates::Certificates),
    Properties(properties::Properties),
    Services(services::Services),
    Servos(servos::Servos),
    Activities(servos::Activities),
    Lbs(balancers::Lbs),
    LogLevel(log_level::LogLevel),
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
        Noun::Accounts(accounts) => accounts.run(),
        Noun::Users(users) => users.run(),
        Noun::Groups(groups) => groups.run(),
        Noun::Keys(keys) => keys.run(),
        Noun::Policies(policies) => policies.run(),
        Noun::Certificates(certificates) => certificates.run(),
        Noun::Properties(properties) => properties.run(),
        Noun::Services(services) => services.run(),
        Noun::Servos(servos) => servos.run(),
        Noun::Activities(activities) => activities.run(),
        Noun::Lbs(lbs) => lbs.run(),
        Noun::LogLevel(log_level) => log_level.run(),
    }
}

/// What every listing of things that accounts own can be asked for.
#[derive(Debug, Args)]
struct Listing {
    #[command(flatten)]
    place: Place,
    /// Only those of an account, by alias or number
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

impl Listing {
    /// Fetches what a route lists and prints all of it, or what is an account's.
    fn print<T: Serialize + DeserializeOwned, R: Owned>(
        &self,
        route: &str,
        head: &[&str],
        row: fn(&R) -> Vec<String>,
        items: fn(&mut T) -> &mut Vec<R>,
    ) -> Result<(), Failure> {
        let client = self.place.client()?;
        let mut all: T = ask(client.get(route))?;
        if let Some(account) = &self.account {
            items(&mut all).retain(|one| is_of(one, account));
            if items(&mut all).is_empty() {
                known_account(&client, account)?;
            }
        }
        let rows: Vec<_> = items(&mut all).iter().map(row).collect();
        listed(self.json, &all, head, rows.into_iter())
    }
}

/// Something that an account has.
trait Owned {
    /// Number and alias of the account.
    fn owner(&self) -> [&str; 2];
}

macro_rules! owned {
    ($($kind:ident)*) => {
        $(impl Owned for admin::$kind {
            fn owner(&self) -> [&str; 2] {
                [&self.account, &self.alias]
            }
        })*
    };
}

owned! { Balancer Certificate Group Key Policy User }

/// Whether it is an account's, by number or alias.
fn is_of(one: &impl Owned, account: &str) -> bool {
    one.owner().contains(&account)
}

/// Refuses the name of an account that nobody has: an empty listing would hide a slip.
fn known_account(client: &LocalClient, account: &str) -> Result<(), Failure> {
    let all: admin::Accounts = ask(client.get("/_eulb/admin/accounts"))?;
    let mut known = all.accounts.iter();
    if known.any(|one| one.alias == account || one.id == account) {
        return Ok(());
    }
    let aliases: Vec<&str> = all.accounts.iter().map(|one| one.alias.as_str()).collect();
    Err(Failure::new(format!(
        "there is no account '{account}'; there are {}",
        aliases.join(", ")
    )))
}

/// Refuses the name of a load balancer that nobody has.
fn known_balancer(client: &LocalClient, name: &str) -> Result<(), Failure> {
    let all: admin::Balancers = ask(client.get("/_eulb/admin/lbs"))?;
    if all.balancers.iter().any(|one| one.name == name) {
        return Ok(());
    }
    Err(Failure::new(format!("there is no load balancer '{name}'")))
}

/// Prints what a noun lists: the whole answer as JSON, or a line each.
fn listed<T: Serialize>(
    json: bool,
    answer: &T,
    head: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<(), Failure> {
    if json {
        let text = serde_json::to_string_pretty(answer).map_err(Failure::new)?;
        return report::print(&format!("{text}\n"));
    }
    report::print(&columns(head, &rows.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_make_sense_to_the_parser() {
        describe().debug_assert();
    }
}
