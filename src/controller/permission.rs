//! What a caller may do: the policies of the state applied to a request.
//!
//! The rules are in [`crate::model::permission`]. Here is which documents apply to a caller, which load
//! balancers a request is about, and what a missing permission looks like to the client.
//!
//! Eucalyptus never answers AccessDenied for load balancing: what may not be seen is left out of
//! DescribeLoadBalancers, CreateLoadBalancer fails, and every other operation says that the load
//! balancer could not be found. Amazon says AccessDenied. Source: Eucalyptus 3.3.0,
//! LoadBalancingService; IAM user guide, troubleshooting access denied messages.

use super::handlers;
use super::operations::Context;
use super::state::State;
use crate::model::account::{AccountId, Caller};
use crate::model::permission::{
    self, Decision, Document, Holder, LOAD_BALANCERS_QUOTA, Request, Resource, Standing,
};
use crate::wire::SERVICE;
use crate::wire::fault::Fault;
use crate::wire::query::Parameters;
use crate::wire::release::Feature;
use crate::wire::service::Service;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The documents that apply to a caller.
struct Documents {
    standing: Standing,
    account: Vec<Arc<Document>>,
    user: Vec<Arc<Document>>,
}

impl Documents {
    fn of(state: &State, caller: &Caller) -> Documents {
        let read = |names: &BTreeSet<String>| -> Vec<Arc<Document>> {
            names
                .iter()
                .filter_map(|name| state.policy(&caller.account, name))
                .map(|stored| stored.document.clone())
                .collect()
        };
        let account = state.accounts.get(&caller.account);
        let user = state.user(&caller.account, &caller.user);
        Documents {
            standing: caller.standing(),
            account: account.map_or_else(Vec::new, |account| read(&account.policies)),
            user: user.map_or_else(Vec::new, |user| {
                let groups = state.groups_with(&caller.account, &caller.user);
                let of_groups = groups.flat_map(|group| read(&group.policies));
                read(&user.policies).into_iter().chain(of_groups).collect()
            }),
        }
    }

    fn decide(&self, action: &str, resource: Option<&Resource<'_>>) -> Decision {
        permission::decide(&self.holder(), Request { action, resource })
    }

    fn holder(&self) -> Holder<'_> {
        Holder {
            standing: self.standing,
            account: &self.account,
            user: &self.user,
        }
    }
}

/// Whether nothing needs to be looked at: the caller is the cloud's administrator, or that of an
/// account to which nothing is attached. Nearly every request is one of theirs.
fn is_free(state: &State, caller: &Caller) -> bool {
    match caller.standing() {
        Standing::SystemAdministrator => true,
        Standing::AccountAdministrator => state
            .accounts
            .get(&caller.account)
            .is_some_and(|account| account.policies.is_empty()),
        Standing::User => false,
    }
}

fn qualified(action: &str) -> String {
    format!("{SERVICE}:{action}")
}

/// Operations that everybody may call who is somebody. Source: STS API reference, GetCallerIdentity;
/// IAM user guide, permissions for GetSessionToken.
const FREE: [&str; 2] = ["sts:GetCallerIdentity", "sts:GetSessionToken"];

fn load_balancer<'a>(caller: &'a Caller, account: &'a AccountId, name: &str) -> Resource<'a> {
    Resource::load_balancer(&caller.region, account.as_str(), name)
}

/// Whether a caller may see a load balancer in the list that an operation answers.
pub fn may_see(
    action: &str,
    state: &State,
    context: &Context,
) -> impl Fn(&AccountId, &str) -> bool + use<> {
    let caller = context.caller.clone();
    let documents = (!is_free(state, &caller)).then(|| Documents::of(state, &caller));
    let action = qualified(action);
    move |account, name| {
        documents.as_ref().is_none_or(|documents| {
            let resource = load_balancer(&caller, account, name);
            documents.decide(&action, Some(&resource)).is_allowed()
        })
    }
}

/// Lets a request through to its operation, or refuses it.
///
/// # Errors
///
/// The caller's policies do not allow it.
pub fn admit(
    service: Service,
    action: &str,
    parameters: &Parameters<'_>,
    context: &Context,
    state: &State,
) -> Result<(), Fault> {
    let caller = &context.caller;
    if is_free(state, caller) {
        return Ok(());
    }
    let documents = Documents::of(state, caller);
    if service != Service::LoadBalancing {
        // The neighbours' operations are not told apart by what they are about.
        let action = format!("{}:{action}", service.policy_prefix());
        let decision = documents.decide(&action, None);
        let admitted = decision.is_allowed() || FREE.contains(&&*action);
        return match admitted {
            true => Ok(()),
            false => Err(denied(&action, context, "*", &decision)),
        };
    }
    let amazon = context.has(Feature::AccessDenied);
    let mut names: Vec<&str> = parameters
        .iter()
        .filter(|(field, _)| {
            *field == "LoadBalancerName" || field.starts_with("LoadBalancerNames.member.")
        })
        .map(|(_, name)| name)
        .collect();
    if amazon && (names.is_empty() || action.starts_with("Describe")) {
        // Amazon's describe operations know no resources but everything.
        return match documents.decide(&qualified(action), None) {
            Decision::Allowed => Ok(()),
            decision => Err(denied(&qualified(action), context, "*", &decision)),
        };
    }
    if action == "DescribeLoadBalancers" {
        // What may not be seen is left out of the answer.
        names.clear();
    }
    for name in names {
        // From 4.1.1 a name may be a DNS name; a policy is about the load balancer that has it.
        let found = handlers::balancer_to_describe(state, context, name).ok();
        let (account, own) = match found {
            Some(balancer) => (&balancer.account, balancer.name.as_str()),
            None => (&caller.account, name),
        };
        let resource = load_balancer(caller, account, own);
        let decision = documents.decide(&qualified(action), Some(&resource));
        if decision.is_allowed() {
            continue;
        }
        tracing::info!(
            target: "auth", request = %context.request_id, account = %caller.account,
            user = %caller.user, action, balancer = name, ?decision, "not permitted"
        );
        if amazon {
            let arn = format!(
                "arn:aws:{}:{}:{}:{}",
                resource.service, resource.region, resource.account, resource.path
            );
            return Err(denied(&qualified(action), context, &arn, &decision));
        }
        match action {
            "CreateLoadBalancer" => {
                return Err(Fault::Failure {
                    message: format!(
                        "Not authorized to create loadbalancer by user: {}",
                        caller.user
                    ),
                });
            }
            // Deleting what is not there succeeds, whoever asks.
            "DeleteLoadBalancer" if found.is_none() => {}
            "DeleteLoadBalancer" => {
                return Err(Fault::Failure {
                    message: "The specified LoadBalancer could not be found".to_owned(),
                });
            }
            _ => {
                return Err(Fault::LoadBalancerNotFound {
                    name: name.to_owned(),
                });
            }
        }
    }
    Ok(())
}

fn denied(action: &str, context: &Context, resource: &str, decision: &Decision) -> Fault {
    let caller = &context.caller;
    let why = match decision {
        Decision::Forbidden { .. } => {
            "with an explicit deny in an identity-based policy".to_owned()
        }
        _ => format!("because no identity-based policy allows the {action} action"),
    };
    Fault::AccessDenied {
        message: format!(
            "User: arn:aws:iam::{}:user/{} is not authorized to perform: {action} on resource: \
             {resource} {why}",
            caller.account, caller.user
        ),
    }
}

/// Checks that one more load balancer is within the quotas of the caller's account and user.
///
/// # Errors
///
/// It is not.
pub fn within_quota(state: &State, context: &Context, name: &str) -> Result<(), Fault> {
    let caller = &context.caller;
    if !context.has(Feature::PolicyLimits) || caller.standing() == Standing::SystemAdministrator {
        return Ok(());
    }
    let documents = Documents::of(state, caller);
    let resource = load_balancer(caller, &caller.account, name);
    let request = Request {
        action: &qualified("CreateLoadBalancer"),
        resource: Some(&resource),
    };
    let quota = permission::quota(&documents.holder(), request, LOAD_BALANCERS_QUOTA);
    // Counting costs what there is, so only those count who have a quota.
    let count = |counts: bool, only: Option<&str>| {
        let all = state.balancers_of(&caller.account);
        let own = all.filter(|one| only.is_none() || one.creator.as_deref() == only);
        if counts { own.count() as u64 } else { 0 }
    };
    let in_account = count(quota.account.is_some(), None);
    let by_user = count(quota.user.is_some(), Some(&caller.user));
    if quota.admits_one_more(in_account, by_user) {
        Ok(())
    } else {
        Err(Fault::TooManyLoadBalancers)
    }
}
