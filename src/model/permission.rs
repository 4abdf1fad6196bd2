//! Permissions: what IAM policy documents let whom do, and how many load balancers they may have.
//!
//! A [`Document`] is read through serde from its JSON, with errors that say where they are. It grants
//! (`Allow`), forbids (`Deny`) and, an addition of Eucalyptus, sets quotas (`Limit`). [`decide`] and
//! [`quota`] evaluate the documents of a caller: an explicit `Deny` beats an `Allow`, an `Allow` beats
//! having none; administrators need no `Allow`.
//!
//! What is not understood is refused when a document is read: a condition or a variable that was
//! silently ignored would let more happen than its author wrote.
//!
//! Sources: IAM policy language, version 2012-10-17; Eucalyptus 3.3–4.4, policies of
//! `elasticloadbalancing` (resource type `loadbalancer`; ARNs in resources from 4.1.0, EUCA-10052).

mod document;

pub use document::{Document, Malformed, Problem};
use document::{Effect, Statement};
use std::sync::Arc;

/// The condition key of the quota on load balancers.
pub const LOAD_BALANCERS_QUOTA: &str = "elasticloadbalancing:quota-loadbalancernumber";

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `SERVICE:ACTION`, such as `elasticloadbalancing:CreateLoadBalancer`.
    pub action: &'a str,
    /// What it is done to; nothing where an operation is not about one thing, which only a
    /// `Resource` of `*` covers.
    pub resource: Option<&'a Resource<'a>>,
}

/// Something with an ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource<'a> {
    pub service: &'a str,
    pub region: &'a str,
    /// The number of the account that owns it.
    pub account: &'a str,
    /// The last part of the ARN: `loadbalancer/web`.
    pub path: String,
}

impl<'a> Resource<'a> {
    /// A load balancer of an account.
    pub fn load_balancer(region: &'a str, account: &'a str, name: &str) -> Resource<'a> {
        Resource {
            service: "elasticloadbalancing",
            region,
            account,
            path: format!("loadbalancer/{name}"),
        }
    }
}

/// Where somebody stands before any document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The cloud's administrator: may do everything, without quota.
    SystemAdministrator,
    /// The administrator of an account: may do in it whatever the account may.
    AccountAdministrator,
    /// Anybody else: may do what documents allow.
    User,
}

/// The documents that apply to somebody.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    pub standing: Standing,
    /// Those of the account, which the cloud's administrator attaches: they forbid and limit.
    pub account: &'a [Arc<Document>],
    /// Those of the user, and of the groups that the user is in.
    pub user: &'a [Arc<Document>],
}

/// Whether something may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// A statement forbids it: its `Sid`, if it has one.
    Forbidden {
        sid: Option<String>,
    },
    /// No statement allows it.
    NotAllowed,
}

impl Decision {
    pub fn is_allowed(&self) -> bool {
        *self == Decision::Allowed
    }
}

/// Says whether a request is allowed.
pub fn decide(holder: &Holder<'_>, request: Request<'_>) -> Decision {
    if holder.standing == Standing::SystemAdministrator {
        return Decision::Allowed;
    }
    // Deny first, of the account and of the user alike. As in Eucalyptus, what is forbidden to a
    // user who is the account's administrator is not looked at.
    let user: &[Arc<Document>] = match holder.standing {
        Standing::User => holder.user,
        _ => &[],
    };
    let applying = |documents: &'_ [Arc<Document>], effect| {
        statements(documents)
            .find(|statement| statement.effect() == effect && applies(statement, request))
            .map(|statement| statement.sid().map(str::to_owned))
    };
    if let Some(sid) =
        applying(holder.account, Effect::Deny).or_else(|| applying(user, Effect::Deny))
    {
        return Decision::Forbidden { sid };
    }
    if holder.standing == Standing::AccountAdministrator || applying(user, Effect::Allow).is_some()
    {
        Decision::Allowed
    } else {
        Decision::NotAllowed
    }
}

/// How many of something an account, and a user in it, may have. Nothing: as many as they like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    pub account: Option<u64>,
    pub user: Option<u64>,
}

impl Quota {
    /// Whether one more is within the quota, given how many the account and the user have.
    pub fn admits_one_more(self, in_account: u64, by_user: u64) -> bool {
        let within = |limit: Option<u64>, held: u64| limit.is_none_or(|limit| held < limit);
        within(self.account, in_account) && within(self.user, by_user)
    }
}

/// The quota that documents set with a condition key on a request: of each scope the strictest.
///
/// The cloud's administrator has none. The limits of a user apply to an account's administrator too.
pub fn quota(holder: &Holder<'_>, request: Request<'_>, key: &str) -> Quota {
    if holder.standing == Standing::SystemAdministrator {
        return Quota::default();
    }
    let strictest = |documents: &'_ [Arc<Document>]| {
        statements(documents)
            .filter(|statement| statement.effect() == Effect::Limit && applies(statement, request))
            .filter_map(|statement| statement.limit(key))
            .min()
    };
    Quota {
        account: strictest(holder.account),
        user: strictest(holder.user),
    }
}

fn statements(documents: &[Arc<Document>]) -> impl Iterator<Item = &Statement> {
    documents.iter().flat_map(|document| document.statements())
}

fn applies(statement: &Statement, request: Request<'_>) -> bool {
    statement.covers_action(request.action) && statement.covers_resource(request.resource)
}

#[cfg(test)]
mod tests;
