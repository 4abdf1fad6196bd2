//! The operations this service answers: action → handler.
//!
//! A request is decoded before anything else happens to it, so what does not bind never queues. An
//! operation of the API that the emulated release lacks is refused by the release table, in words,
//! where that release itself would answer an empty success or not know it: a deliberate difference.

use super::Config;
use super::registry::{Registry, Snapshot};
use super::state::{Draft, State};
use crate::model::account::Caller;
use crate::model::timestamp::Timestamp;
use crate::wire::attribute::{
    DescribeAccountLimits, DescribeLoadBalancerAttributes, ModifyLoadBalancerAttributes,
};
use crate::wire::balancer::{CreateLoadBalancer, DeleteLoadBalancer, DescribeLoadBalancers};
use crate::wire::fault::Fault;
use crate::wire::instance::{
    ConfigureHealthCheck, DeregisterInstancesFromLoadBalancer, DescribeInstanceHealth,
    RegisterInstancesWithLoadBalancer,
};
use crate::wire::listener::{
    CreateLoadBalancerListeners, DeleteLoadBalancerListeners, SetLoadBalancerListenerSSLCertificate,
};
use crate::wire::placement::{
    AttachLoadBalancerToSubnets, DetachLoadBalancerFromSubnets,
    DisableAvailabilityZonesForLoadBalancer, EnableAvailabilityZonesForLoadBalancer,
};
use crate::wire::policy::{
    CreateAppCookieStickinessPolicy, CreateLBCookieStickinessPolicy, CreateLoadBalancerPolicy,
    DeleteLoadBalancerPolicy, DescribeLoadBalancerPolicies, DescribeLoadBalancerPolicyTypes,
    SetLoadBalancerPoliciesForBackendServer, SetLoadBalancerPoliciesOfListener,
};
use crate::wire::query::{self, Parameters};
use crate::wire::release::{self, Feature, Release};
use crate::wire::security_group::ApplySecurityGroupsToLoadBalancer;
use crate::wire::service::Service;
use crate::wire::tag::{AddTags, DescribeTags, RemoveTags};
use crate::wire::{Action, Envelope, NAMESPACE, VERSION, xml};
use std::sync::Arc;

/// What a handler may know besides the request and the state.
#[derive(Clone, Debug)]
pub struct Context {
    pub caller: Caller,
    pub config: Arc<Config>,
    pub now: Timestamp,
    pub request_id: Arc<str>,
}

impl Context {
    /// Whether the emulated release has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        self.config.release.has(feature)
    }
}

/// An operation that only reads.
pub trait Read: Action {
    /// Answers from a snapshot.
    fn answer(self, context: &Context, state: &State) -> Result<Self::Response, Fault>;
}

/// An operation that changes something.
pub trait Write: Action {
    /// Makes one change of a draft, or refuses and leaves nothing.
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Self::Response, Fault>;
}

/// An operation that only reads, and writes its answer itself: one whose answers are large and mostly
/// known already.
pub trait Prepared: Action {
    /// Answers from a snapshot.
    fn answer(self, context: &Context, state: &State) -> Result<String, Fault>;
}

type Body = Result<String, Fault>;
type Change = Box<dyn FnOnce(&mut Draft) -> Body + Send>;

/// How an operation is run.
pub enum Run {
    Read(fn(&Parameters<'_>, &Context, &State) -> Body),
    Write(fn(&Parameters<'_>, Context) -> Result<Change, Fault>),
}

/// One row of [`OPERATIONS`].
pub struct Operation {
    pub action: &'static str,
    run: Run,
}

pub const fn reads<A: Read>() -> Operation {
    Operation {
        action: A::NAME,
        run: Run::Read(|parameters, context, state| {
            let request: A = decoded(parameters, context)?;
            body::<A>(&request.answer(context, state)?, context)
        }),
    }
}

const fn prepared<A: Prepared>() -> Operation {
    Operation {
        action: A::NAME,
        run: Run::Read(|parameters, context, state| {
            let request: A = decoded(parameters, context)?;
            request.answer(context, state)
        }),
    }
}

pub const fn writes<A: Write + Send + 'static>() -> Operation {
    Operation {
        action: A::NAME,
        run: Run::Write(|parameters, context| {
            let request: A = decoded(parameters, &context)?;
            Ok(Box::new(move |draft| {
                body::<A>(&request.handle(&context, draft)?, &context)
            }))
        }),
    }
}

/// Reads a request. What it does not know is refused, or passed over and told in the log, where the
/// release passes it over: a client that is newer than the API must go on.
fn decoded<A: Action>(parameters: &Parameters<'_>, context: &Context) -> Result<A, Fault> {
    let ours = A::ENVELOPE == Envelope::Query(NAMESPACE);
    if !ours || !context.has(Feature::UnknownParametersIgnored) {
        return query::decode(parameters).map_err(Fault::Bind);
    }
    let (request, unknown) = query::decode_known(parameters).map_err(Fault::Bind)?;
    if !unknown.is_empty() {
        tracing::warn!(
            target: "loadbalancing", request = %context.request_id, action = A::NAME,
            parameters = unknown.join(" "), "unknown parameters are ignored, as this release does"
        );
    }
    Ok(request)
}

fn body<A: Action>(response: &A::Response, context: &Context) -> Body {
    xml::response::<A>(response, &context.request_id).map_err(|error| Fault::Internal {
        message: error.to_string(),
    })
}

/// Every operation with a handler.
pub const OPERATIONS: &[Operation] = &[
    writes::<CreateLoadBalancer>(),
    prepared::<DescribeLoadBalancers>(),
    writes::<DeleteLoadBalancer>(),
    writes::<CreateLoadBalancerListeners>(),
    writes::<DeleteLoadBalancerListeners>(),
    writes::<RegisterInstancesWithLoadBalancer>(),
    writes::<DeregisterInstancesFromLoadBalancer>(),
    writes::<ConfigureHealthCheck>(),
    reads::<DescribeInstanceHealth>(),
    writes::<EnableAvailabilityZonesForLoadBalancer>(),
    writes::<DisableAvailabilityZonesForLoadBalancer>(),
    writes::<AttachLoadBalancerToSubnets>(),
    writes::<DetachLoadBalancerFromSubnets>(),
    writes::<ApplySecurityGroupsToLoadBalancer>(),
    writes::<CreateAppCookieStickinessPolicy>(),
    writes::<CreateLBCookieStickinessPolicy>(),
    writes::<CreateLoadBalancerPolicy>(),
    writes::<DeleteLoadBalancerPolicy>(),
    reads::<DescribeLoadBalancerPolicies>(),
    reads::<DescribeLoadBalancerPolicyTypes>(),
    writes::<SetLoadBalancerListenerSSLCertificate>(),
    writes::<SetLoadBalancerPoliciesForBackendServer>(),
    writes::<SetLoadBalancerPoliciesOfListener>(),
    writes::<AddTags>(),
    writes::<RemoveTags>(),
    reads::<DescribeTags>(),
    reads::<DescribeLoadBalancerAttributes>(),
    writes::<ModifyLoadBalancerAttributes>(),
    reads::<DescribeAccountLimits>(),
];

/// The version of the API of application and network load balancers, which are not here.
const SECOND_GENERATION: &str = "2015-12-01";

/// The action that a request names.
///
/// # Errors
///
/// It names none, or two.
pub fn action<'p>(parameters: &'p Parameters<'_>) -> Result<&'p str, Fault> {
    let action = query::stated(parameters, "Action").map_err(Fault::Bind)?;
    action.ok_or(Fault::MissingAction)
}

/// Finds the operation of a request to a service.
///
/// # Errors
///
/// The action is missing, or the service does not have it here; of load balancing, as of [`find`].
pub fn find_in(
    service: Service,
    parameters: &Parameters<'_>,
    release: Release,
) -> Result<&'static Operation, Fault> {
    let operations = match service {
        Service::LoadBalancing => return find(parameters, release),
        Service::Iam => super::iam::OPERATIONS,
        Service::Tokens => super::sts::OPERATIONS,
        Service::Compute => super::ec2::OPERATIONS,
        // It has a door of its own, for the sake of its newer protocols.
        Service::CloudWatch => &[],
    };
    let action = action(parameters)?;
    operations
        .iter()
        .find(|operation| operation.action == action)
        .ok_or_else(|| Fault::NotHere {
            action: action.to_owned(),
            service,
            known: operations
                .iter()
                .map(|operation| operation.action)
                .collect::<Vec<_>>()
                .join(", "),
        })
}

/// Finds the operation of a request to load balancing.
///
/// # Errors
///
/// The action or the version is missing or unknown, or the release lacks the operation.
pub fn find(parameters: &Parameters<'_>, release: Release) -> Result<&'static Operation, Fault> {
    let version = query::stated(parameters, "Version")
        .map_err(Fault::Bind)?
        .ok_or(Fault::MissingVersion)?;
    // Another well-formed version falls back to this one, as in Eucalyptus. Not that of the second
    // generation of load balancers, whose operations have the same names and other answers.
    if version != VERSION && (!is_date(version) || version == SECOND_GENERATION) {
        return Err(Fault::UnknownVersion {
            version: version.to_owned(),
        });
    }
    let action = action(parameters)?;
    let unknown = || Fault::UnknownAction {
        action: action.to_owned(),
    };
    let feature = release::operation(action).ok_or_else(unknown)?;
    if !release.has(feature) {
        return Err(Fault::NotInRelease { feature });
    }
    OPERATIONS
        .iter()
        .find(|operation| operation.action == action)
        .ok_or_else(|| Fault::Failure {
            message: format!("{action} is not implemented by this controller"),
        })
}

/// `2012-06-01`
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// What the log says of a refusal, in Eucalyptus' own words where it has some.
/// Source: Eucalyptus 3.3.0, LoadBalancingService.
pub fn failure_text(action: &str) -> &'static str {
    match action {
        "CreateLoadBalancer" => "failed to handle new loadbalancer event",
        "DeleteLoadBalancer" => "failed to handle DeleteLoadbalancer event",
        "CreateLoadBalancerListeners" => "failed to handle CreateListener event",
        "DeleteLoadBalancerListeners" => "failed to handle DeleteListener event",
        "RegisterInstancesWithLoadBalancer" => "failed to handle RegisterInstances event",
        "DeregisterInstancesFromLoadBalancer" => "failed to handle DeregisterInstances event",
        "EnableAvailabilityZonesForLoadBalancer" => "failed to handle EnabledZone event",
        "DisableAvailabilityZonesForLoadBalancer" => "failed to handle DisabledZone event",
        "ConfigureHealthCheck" => "failed to persist health check config",
        _ => "refused",
    }
}

/// Runs an operation to its answer's body.
///
/// # Errors
///
/// Whatever the operation refuses, and what the registry cannot do.
pub async fn run(
    operation: &Operation,
    parameters: &Parameters<'_>,
    context: Context,
    registry: &Registry,
) -> Body {
    match operation.run {
        Run::Read(read) => {
            let snapshot: Arc<Snapshot> = registry.snapshot();
            read(parameters, &context, &snapshot.state)
        }
        Run::Write(write) => {
            let cause = context.request_id.clone();
            let change = write(parameters, context)?;
            registry.change(cause, change).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_api_has_a_handler() {
        let found: Vec<_> = release::AVAILABILITY
            .iter()
            .filter(|row| row.kind == release::Kind::Operation)
            .filter(|row| Release::default().has(row.feature))
            .map(|row| row.name)
            .collect();
        let handled: Vec<_> = OPERATIONS.iter().map(|row| row.action).collect();
        assert_eq!(handled[..found.len()], found);
        for (index, action) in handled.iter().enumerate() {
            assert!(release::operation(action).is_some(), "{action}");
            assert!(!handled[..index].contains(action), "{action} twice");
        }
        assert_eq!(handled.len(), 29);
    }
}
