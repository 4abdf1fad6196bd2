//! `eulb admin accounts`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::listed;
use crate::wire::admin::{self, CreateAccount, DeleteAccount};
use crate::wire::local::Done;
use clap::{Args, Subcommand};

/// Titles of the listing, in the order of [`row`].
const HEAD: [&str; 8] = [
    "RECORD",
    "NUMBER",
    "ALIAS",
    "USERS",
    "KEYS",
    "LBS",
    "INSTANCES",
    "POLICIES",
];

/// Make, list and delete accounts
#[derive(Debug, Args)]
pub struct Accounts {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(List),
    Create(Create),
    Delete(Delete),
}

/// List accounts: number, alias, and how much each has
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Make an account with its user admin, who has no key yet
#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    place: Place,
    /// Alias of the account: 3 to 63 small letters, digits and hyphens (required)
    #[arg(value_name = "ALIAS")]
    alias: String,
}

/// Delete an account
#[derive(Debug, Args)]
struct Delete {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (required)
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Delete its load balancers, instances, users, groups, keys and policies, too
    #[arg(short, long)]
    recursive: bool,
}

impl Accounts {
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::List(list) => {
                let all: admin::Accounts = ask(list.place.client()?.get("/_eulb/admin/accounts"))?;
                listed(list.json, &all, &HEAD, all.accounts.iter().map(row))
            }
            Verb::Create(create) => {
                let request = CreateAccount {
                    alias: create.alias,
                };
                let made: admin::Accounts = ask(create
                    .place
                    .client()?
                    .post("/_eulb/admin/accounts/create", &request))?;
                listed(false, &made, &HEAD, made.accounts.iter().map(row))
            }
            Verb::Delete(delete) => {
                let request = DeleteAccount {
                    account: delete.account,
                    recursive: delete.recursive,
                };
                let client = delete.place.client()?;
                ask(client.post::<_, Done>("/_eulb/admin/accounts/delete", &request)).map(|_| ())
            }
        }
    }
}

fn row(account: &admin::Account) -> Vec<String> {
    vec![
        "ACCOUNT".to_owned(),
        account.id.clone(),
        account.alias.clone(),
        account.users.to_string(),
        account.keys.to_string(),
        account.balancers.to_string(),
        account.instances.to_string(),
        account.policies.join(","),
    ]
}
