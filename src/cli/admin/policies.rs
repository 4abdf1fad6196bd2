//! `eulb admin policies`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::super::report;
use super::{Listing, is_of, listed};
use crate::wire::admin::{self, AttachPolicy, CreatePolicy, NamedPolicy};
use crate::wire::local::Done;
use clap::{Args, Subcommand};
use std::io::{self, Read};

/// Titles of the listing, in the order of [`row`].
const HEAD: [&str; 6] = [
    "RECORD",
    "NAME",
    "ACCOUNT",
    "ALIAS",
    "CREATED",
    "ATTACHED TO",
];

/// Bytes read of a policy at most: one more than is taken.
const MAXIMUM_FILE: u64 = CreatePolicy::MAXIMUM_DOCUMENT as u64 + 1;

/// Make, list, attach and delete IAM policies
///
/// A policy is attached to a user or a group of users, whom it then allows or forbids something, or to a whole account, which it can forbid and limit something.
/// The service understands Allow, Deny and Limit, wildcards in actions, and from 4.1.0 ARNs of load balancers as resources.
#[derive(Debug, Args)]
pub struct Policies {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List policies, and whom each is attached to
    List(Listing),
    Show(Named),
    Create(Create),
    /// Delete a policy that is attached to nothing
    Delete(Named),
    /// Attach a policy to a user, a group, or the whole account
    Attach(Attach),
    /// Take a policy from a user, a group, or the whole account
    Detach(Attach),
}

/// Make a policy from a JSON document
///
/// Example: eulb admin policies create read-only read-only.json
#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the policy: 1 to 64 letters, digits and +=,.@_- (required)
    #[arg(value_name = "POLICY")]
    name: String,
    /// File with the document, - for standard input (required)
    #[arg(value_name = "FILE")]
    file: String,
}

/// Print the document of a policy as it was written
#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    place: Place,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Name of the policy (required)
    #[arg(value_name = "POLICY")]
    name: String,
}

#[derive(Debug, Args)]
struct Attach {
    #[command(flatten)]
    named: Named,
    /// Name of the user (default: the account as a whole)
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Name of the group of users
    #[arg(long, value_name = "GROUP", conflicts_with = "user")]
    group: Option<String>,
}

impl Policies {
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::List(list) => list.print(
                "/_eulb/admin/policies",
                &HEAD,
                row,
                |all: &mut admin::Policies| &mut all.policies,
            ),
            Verb::Show(named) => named.show(),
            Verb::Create(create) => create.run(),
            Verb::Delete(named) => named.delete(),
            Verb::Attach(attach) => attach.change("/_eulb/admin/policies/attach"),
            Verb::Detach(attach) => attach.change("/_eulb/admin/policies/detach"),
        }
    }
}

/// Prints a policy that was made or attached, and warns of what has no effect in it.
fn print(policies: &admin::Policies) -> Result<(), Failure> {
    for action in policies
        .policies
        .iter()
        .flat_map(|one| &one.unknown_actions)
    {
        report::note(&format!(
            "eulb admin: warning: '{action}' is no operation of load balancing"
        ));
    }
    listed(false, policies, &HEAD, policies.policies.iter().map(row))
}

impl Create {
    fn run(self) -> Result<(), Failure> {
        let cannot = |error| Failure::new(format!("cannot read {}: {error}", self.file));
        let mut document = Vec::new();
        if self.file == "-" {
            let input = io::stdin().lock();
            input.take(MAXIMUM_FILE).read_to_end(&mut document)
        } else {
            std::fs::File::open(&self.file)
                .and_then(|file| file.take(MAXIMUM_FILE).read_to_end(&mut document))
        }
        .map_err(cannot)?;
        if document.len() as u64 == MAXIMUM_FILE {
            let reason = CreatePolicy::TOO_LARGE;
            return Err(Failure::new(format!("cannot use {}: {reason}", self.file)));
        }
        let document =
            String::from_utf8(document).map_err(|error| cannot(io::Error::other(error)))?;
        let request = CreatePolicy {
            account: self.account,
            name: self.name,
            document,
        };
        print(&ask(self
            .place
            .client()?
            .post("/_eulb/admin/policies/create", &request))?)
    }
}

impl Named {
    fn show(&self) -> Result<(), Failure> {
        let usual = "tenant".to_owned();
        let account = self.account.as_ref().unwrap_or(&usual);
        let all: admin::Policies = ask(self.place.client()?.get("/_eulb/admin/policies"))?;
        let mut own = all.policies.iter().filter(|policy| is_of(*policy, account));
        let found = own.find(|policy| policy.name == self.name);
        let found = found.ok_or_else(|| {
            Failure::new(format!(
                "the account '{account}' has no policy '{}'",
                self.name
            ))
        })?;
        report::print(&format!("{}\n", found.document.trim_end()))
    }

    fn delete(self) -> Result<(), Failure> {
        let request = NamedPolicy {
            account: self.account,
            name: self.name,
        };
        let client = self.place.client()?;
        ask(client.post::<_, Done>("/_eulb/admin/policies/delete", &request)).map(|_| ())
    }
}

impl Attach {
    fn change(self, route: &str) -> Result<(), Failure> {
        let request = AttachPolicy {
            account: self.named.account,
            name: self.named.name,
            user: self.user,
            group: self.group,
        };
        print(&ask(self.named.place.client()?.post(route, &request))?)
    }
}

fn row(policy: &admin::Policy) -> Vec<String> {
    let whole = policy.whole_account.then(|| "account".to_owned());
    let users = policy.users.iter().map(|user| format!("user/{user}"));
    let groups = policy.groups.iter().map(|group| format!("group/{group}"));
    let all = whole.into_iter().chain(groups).chain(users);
    vec![
        "POLICY".to_owned(),
        policy.name.clone(),
        policy.account.clone(),
        policy.alias.clone(),
        policy.created.clone(),
        all.collect::<Vec<_>>().join(","),
    ]
}
