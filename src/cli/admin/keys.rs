//! `eulb admin keys`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::super::report;
use super::{is_of, known_account, listed};
use crate::client::local::LocalClient;
use crate::wire::admin::{self, ChangeKey, DeleteKey, NamedUser, NewKey};
use crate::wire::local::Done;
use clap::{Args, Subcommand};

/// Titles of the listing, in the order of [`row`].
const HEAD: [&str; 6] = ["RECORD", "ID", "USER", "ACCOUNT", "ALIAS", "STATUS"];

/// Make, list, deactivate and delete access keys of users
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(List),
    Create(Create),
    Activate(Activate),
    Deactivate(Deactivate),
    Delete(Delete),
}

/// List access keys, without their secrets
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
    /// Only those of an account, by alias or number
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Only those of users of this name
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Make an access key and print it with its secret, once
#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the user (default: admin)
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Make an inactive access key good again
#[derive(Debug, Args)]
struct Activate {
    #[command(flatten)]
    place: Place,
    /// Id of the key (required)
    #[arg(value_name = "KEY")]
    id: String,
}

/// Make an access key inactive; what it signs is not believed until it is active again
#[derive(Debug, Args)]
struct Deactivate {
    #[command(flatten)]
    place: Place,
    /// Id of the key (required)
    #[arg(value_name = "KEY")]
    id: String,
}

/// Delete an access key; what it signed is not believed from then on
#[derive(Debug, Args)]
struct Delete {
    #[command(flatten)]
    place: Place,
    /// Id of the key (required)
    #[arg(value_name = "KEY")]
    id: String,
}

impl Keys {
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::List(list) => {
                let client = list.place.client()?;
                let mut all: admin::Keys = ask(client.get("/_eulb/admin/keys"))?;
                let account = list.account.as_deref();
                all.keys.retain(|key| {
                    account.is_none_or(|account| is_of(key, account))
                        && list.user.as_ref().is_none_or(|user| key.user == *user)
                });
                if all.keys.is_empty() {
                    if let Some(account) = account {
                        known_account(&client, account)?;
                    }
                    if let Some(user) = &list.user {
                        known_user(&client, account, user)?;
                    }
                }
                listed(list.json, &all, &HEAD, all.keys.iter().map(row))
            }
            Verb::Create(create) => {
                let request = NamedUser {
                    account: create.account,
                    name: create.user,
                };
                let made: NewKey = ask(create
                    .place
                    .client()?
                    .post("/_eulb/admin/keys/create", &request))?;
                if create.json {
                    let text = serde_json::to_string_pretty(&made).map_err(Failure::new)?;
                    return report::print(&format!("{text}\n"));
                }
                report::print(&format!(
                    "ACCESS_KEY\t{}\t{}\t{}\t{}\n",
                    made.id, made.secret, made.user, made.account
                ))
            }
            Verb::Activate(Activate { place, id }) => change(&place, id, false),
            Verb::Deactivate(Deactivate { place, id }) => change(&place, id, true),
            Verb::Delete(delete) => {
                let request = DeleteKey { id: delete.id };
                let client = delete.place.client()?;
                ask(client.post::<_, Done>("/_eulb/admin/keys/delete", &request)).map(|_| ())
            }
        }
    }
}

/// Refuses the name of a user whom nobody has.
fn known_user(client: &LocalClient, account: Option<&str>, name: &str) -> Result<(), Failure> {
    let all: admin::Users = ask(client.get("/_eulb/admin/users"))?;
    let of = |user: &&admin::User| account.is_none_or(|account| is_of(*user, account));
    if all.users.iter().filter(of).any(|user| user.name == name) {
        return Ok(());
    }
    Err(Failure::new(match account {
        Some(account) => format!("the account '{account}' has no user '{name}'"),
        None => format!("no account has a user '{name}'"),
    }))
}

fn row(key: &admin::Key) -> Vec<String> {
    vec![
        "ACCESS_KEY".to_owned(),
        key.id.clone(),
        key.user.clone(),
        key.account.clone(),
        key.alias.clone(),
        if key.inactive { "Inactive" } else { "Active" }.to_owned(),
    ]
}

fn change(place: &Place, id: String, inactive: bool) -> Result<(), Failure> {
    let request = ChangeKey { id, inactive };
    let client = place.client()?;
    ask(client.post::<_, Done>("/_eulb/admin/keys/change", &request)).map(|_| ())
}
