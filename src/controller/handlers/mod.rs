//! The operations, one file per resource.
//!
//! A handler reads its request, makes one transition of a draft and describes the result. It waits
//! for nothing and touches no file.

mod balancer;
mod instance;
mod listener;
mod placement;

use super::operations::Context;
use super::state::{Draft, State};
use crate::model::balancer::LoadBalancer;
use crate::model::refusal::Refusal;
use std::sync::Arc;

/// The caller's load balancer of a name.
fn balancer<'s>(
    state: &'s State,
    context: &Context,
    name: &str,
) -> Result<&'s Arc<LoadBalancer>, Refusal> {
    state
        .balancer(&context.caller.account, name)
        .ok_or_else(|| Refusal::BalancerNotFound {
            name: name.to_owned(),
        })
}

/// A copy of the caller's load balancer of a name, to be changed and put back.
fn balancer_to_change(
    draft: &Draft,
    context: &Context,
    name: &str,
) -> Result<LoadBalancer, Refusal> {
    balancer(draft.state(), context, name).map(|found| LoadBalancer::clone(found))
}
