//! `eulb admin groups`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::{Listing, listed};
use crate::wire::admin::{self, DeleteGroup, GroupMember, NamedGroup};
use crate::wire::local::Done;
use clap::{Args, Subcommand};

/// Titles of the listing, in the order of [`row`].
const HEAD: [&str; 8] = [
    "RECORD", "NAME", "ACCOUNT", "ALIAS", "ID", "CREATED", "USERS", "POLICIES",
];

/// Make, list and delete groups of users, and say who is in them
///
/// A policy that is attached to a group goes for each user in it, beside the user's own.
/// Quotas are of accounts and users: a policy with a Limit is attached to no group.
#[derive(Debug, Args)]
pub struct Groups {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List groups, with their users and policies named
    List(Listing),
    Create(Create),
    Delete(Delete),
    /// Put a user into a group
    AddUser(Member),
    /// Take a user out of a group
    RemoveUser(Member),
}

/// Make a group with nobody in it
#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the group: 1 to 64 letters, digits and +=,.@_- (required)
    #[arg(value_name = "GROUP")]
    name: String,
}

/// Delete a group; its users and policies stay
#[derive(Debug, Args)]
struct Delete {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the group (required)
    #[arg(value_name = "GROUP")]
    name: String,
    /// Take users and policies out of it first
    #[arg(short, long)]
    recursive: bool,
}

#[derive(Debug, Args)]
struct Member {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the group (required)
    #[arg(value_name = "GROUP")]
    group: String,
    /// Name of the user (required)
    #[arg(value_name = "USER")]
    user: String,
}

impl Groups {
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::List(list) => list.print(
                "/_eulb/admin/groups",
                &HEAD,
                row,
                |all: &mut admin::Groups| &mut all.groups,
            ),
            Verb::Create(create) => {
                let request = NamedGroup {
                    account: create.account,
                    name: create.name,
                };
                let client = create.place.client()?;
                print(&ask(client.post("/_eulb/admin/groups/create", &request))?)
            }
            Verb::Delete(delete) => {
                let request = DeleteGroup {
                    account: delete.account,
                    name: delete.name,
                    recursive: delete.recursive,
                };
                let client = delete.place.client()?;
                ask(client.post::<_, Done>("/_eulb/admin/groups/delete", &request)).map(|_| ())
            }
            Verb::AddUser(member) => member.change("/_eulb/admin/groups/add-user"),
            Verb::RemoveUser(member) => member.change("/_eulb/admin/groups/remove-user"),
        }
    }
}

impl Member {
    fn change(self, route: &str) -> Result<(), Failure> {
        let request = GroupMember {
            account: self.account,
            group: self.group,
            user: self.user,
        };
        print(&ask(self.place.client()?.post(route, &request))?)
    }
}

fn print(groups: &admin::Groups) -> Result<(), Failure> {
    listed(false, groups, &HEAD, groups.groups.iter().map(row))
}

fn row(group: &admin::Group) -> Vec<String> {
    vec![
        "GROUP".to_owned(),
        group.name.clone(),
        group.account.clone(),
        group.alias.clone(),
        group.id.clone(),
        group.created.clone(),
        group.users.join(","),
        group.policies.join(","),
    ]
}
