//! The operations, one file per resource.
//!
//! A handler reads its request, makes one transition of a draft and describes the result. It waits
//! for nothing and touches no file.

mod attribute;
mod balancer;
mod instance;
mod limits;
mod listener;
mod placement;
mod policy;
mod tag;

use super::operations::Context;
use super::state::{Draft, State};
use crate::model::balancer::{BalancerName, LoadBalancer, NameRule};
use crate::model::policy::Dialect;
use crate::model::refusal::Refusal;
use crate::wire::Members;
use crate::wire::fault::Fault;
use crate::wire::query::BindError;
use crate::wire::release::Feature;
use std::sync::Arc;

/// The caller's load balancer of a name.
fn balancer<'s>(
    state: &'s State,
    context: &Context,
    name: &str,
) -> Result<&'s Arc<LoadBalancer>, Refusal> {
    state
        .balancer(&context.caller.account, name)
        .ok_or_else(|| absent(context, name))
}

/// Why there is no load balancer of a name. Amazon looks at what the name is made of first, whatever
/// is asked about it. Source: the SDKs' tests against Amazon, which describe `fake_load_balancer`.
fn absent(context: &Context, name: &str) -> Refusal {
    if context.has(Feature::AmazonRules)
        && let Err(malformed) = BalancerName::parse(name, NameRule::Label)
    {
        return malformed;
    }
    Refusal::BalancerNotFound {
        name: name.to_owned(),
    }
}

/// A copy of the caller's load balancer of a name, to be changed and put back.
fn balancer_to_change(
    draft: &Draft,
    context: &Context,
    name: &str,
) -> Result<LoadBalancer, Refusal> {
    balancer(draft.state(), context, name).map(|found| LoadBalancer::clone(found))
}

/// A load balancer to be described, by its name or, from Eucalyptus 4.1.1, its DNS name: of any
/// account for the administrator, of the caller's own for everybody else.
pub fn balancer_to_describe<'s>(
    state: &'s State,
    context: &Context,
    name: &str,
) -> Result<&'s Arc<LoadBalancer>, Refusal> {
    let own = balancer(state, context, name);
    if own.is_ok() || !context.has(Feature::AdministratorLookups) {
        return own;
    }
    let domain = &context.config.dns_domain;
    let named =
        |balancer: &&Arc<LoadBalancer>| balancer.dns_name(domain).eq_ignore_ascii_case(name);
    let found = if context.caller.administrator {
        state.balancers.values().find(named)
    } else {
        state.balancers_of(&context.caller.account).find(named)
    };
    found.map_or(own, Ok)
}

/// Whose rules apply to policies, attributes and tags.
fn dialect(context: &Context) -> Dialect {
    if context.has(Feature::AmazonRules) {
        Dialect::Amazon
    } else {
        Dialect::Eucalyptus
    }
}

/// Checks that a required list was sent, if only empty.
///
/// # Errors
///
/// It was not.
fn given<T>(name: &str, list: &Option<Members<T>>) -> Result<(), Fault> {
    list.as_ref().map(|_| ()).ok_or_else(|| missing(name))
}

/// Checks that those members of a structure were sent which Amazon's model requires.
///
/// # Errors
///
/// One was not; all that were not are named.
fn required<const N: usize>(members: [(&str, bool); N]) -> Result<(), Fault> {
    let lacking = members.into_iter().filter(|(_, sent)| !sent);
    let fields: Vec<_> = lacking.map(|(name, _)| (name.to_owned(), None)).collect();
    match fields.is_empty() {
        true => Ok(()),
        false => Err(Fault::Bind(BindError { fields })),
    }
}

/// The fault of a required parameter that is not there. A list that is there but empty is.
fn missing(name: &str) -> Fault {
    Fault::Bind(BindError {
        fields: vec![(name.to_owned(), None)],
    })
}

#[cfg(test)]
mod tests;
