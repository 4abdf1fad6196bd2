//! `eulb admin users`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::{Listing, listed};
use crate::wire::admin::{self, DeleteUser, NamedUser};
use crate::wire::local::Done;
use clap::{Args, Subcommand};

/// Titles of the listing, in the order of [`row`].
const HEAD: [&str; 8] = [
    "RECORD", "NAME", "ACCOUNT", "ALIAS", "ID", "CREATED", "KEYS", "POLICIES",
];

/// Make, list and delete users of accounts
///
/// The user admin of an account may do in it whatever the account may.
/// Any other user may do what the policies attached to the user, and to the groups the user is in, allow: nothing, at first.
#[derive(Debug, Args)]
pub struct Users {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List users, with their keys counted and their policies named
    List(Listing),
    Create(Create),
    Delete(Delete),
}

/// Make a user, who may do nothing yet and has no key
#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the user: 1 to 64 letters, digits and +=,.@_- (required)
    #[arg(value_name = "USER")]
    name: String,
}

/// Delete a user
#[derive(Debug, Args)]
struct Delete {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the user (required)
    #[arg(value_name = "USER")]
    name: String,
    /// Delete the user's keys, too
    #[arg(short, long)]
    recursive: bool,
}

impl Users {
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::List(list) => list.print(
                "/_eulb/admin/users",
                &HEAD,
                row,
                |all: &mut admin::Users| &mut all.users,
            ),
            Verb::Create(create) => {
                let request = NamedUser {
                    account: create.account,
                    name: Some(create.name),
                };
                let made: admin::Users = ask(create
                    .place
                    .client()?
                    .post("/_eulb/admin/users/create", &request))?;
                listed(false, &made, &HEAD, made.users.iter().map(row))
            }
            Verb::Delete(delete) => {
                let request = DeleteUser {
                    account: delete.account,
                    name: delete.name,
                    recursive: delete.recursive,
                };
                let client = delete.place.client()?;
                ask(client.post::<_, Done>("/_eulb/admin/users/delete", &request)).map(|_| ())
            }
        }
    }
}

fn row(user: &admin::User) -> Vec<String> {
    vec![
        "USER".to_owned(),
        user.name.clone(),
        user.account.clone(),
        user.alias.clone(),
        user.id.clone(),
        user.created.clone(),
        user.keys.to_string(),
        user.policies.join(","),
    ]
}
