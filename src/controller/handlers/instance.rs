//! RegisterInstancesWithLoadBalancer, DeregisterInstancesFromLoadBalancer, ConfigureHealthCheck,
//! DescribeInstanceHealth.

use super::balancer::{health_check, instances};
use super::{balancer_to_change, balancer_to_describe, given, missing, required};
use crate::controller::health::health;
use crate::controller::operations::{Context, Read, Write};
use crate::controller::refused::failed;
use crate::controller::state::{Draft, State};
use crate::model::balancer::{
    HealthCheckRequest, LoadBalancer, Reason, Registration, RegistrationState, description,
};
use crate::model::health::{HealthCheck, Target, TargetCase};
use crate::model::instance::{Instance, InstanceId, InstanceState};
use crate::model::refusal::Refusal;
use crate::wire::fault::Fault;
use crate::wire::instance::{
    ConfigureHealthCheck, ConfigureHealthCheckResponse, DeregisterInstancesFromLoadBalancer,
    DeregisterInstancesFromLoadBalancerResponse, DescribeInstanceHealth,
    DescribeInstanceHealthResponse, InstanceRef, InstanceState as WireState,
    RegisterInstancesWithLoadBalancer, RegisterInstancesWithLoadBalancerResponse,
};
use crate::wire::release::Feature;
use crate::wire::{Members, members};

/// The ids of a request; an item without one is an empty id, which nothing has.
fn ids(list: &Option<Members<InstanceRef>>) -> impl Iterator<Item = InstanceId> + '_ {
    members(list)
        .iter()
        .map(|item| InstanceId::new(item.instance_id.as_deref().unwrap_or_default()))
}

/// Refuses an instance that the caller does not have, where the release does.
///
/// # Errors
///
/// There is no such instance.
fn refuse_unknown(id: &InstanceId, context: &Context, state: &State) -> Result<(), Fault> {
    let owned = state
        .instances
        .get(id)
        .is_some_and(|instance| instance.owner == context.caller.account);
    if owned || !context.has(Feature::UnregisteredInstancesDescribed) {
        return Ok(());
    }
    Err(Refusal::InstanceInvalid { id: id.clone() }.into())
}

impl Write for RegisterInstancesWithLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<RegisterInstancesWithLoadBalancerResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        given("Instances", &self.instances)?;
        let state = draft.state();
        if ids(&self.instances).any(|id| state.is_servo(id.as_str())) {
            let refusal = Refusal::InstanceIsServo;
            return Err(failed("Failed to register instances", &refusal));
        }
        for id in ids(&self.instances) {
            if balancer.instances.contains_key(&id) {
                continue;
            }
            let instance = state
                .instances
                .get(&id)
                .filter(|instance| instance.owner == context.caller.account)
                .filter(|instance| instance.state == InstanceState::Running)
                .ok_or_else(|| Refusal::InstanceInvalid { id: id.clone() })?;
            if context.has(Feature::AmazonRules)
                && !is_in_its_vpc(instance, &balancer, context, state)
            {
                return Err(Refusal::InstanceVpc { id }.into());
            }
            match balancer.register(&id, &instance.zone) {
                Err(Refusal::InstanceZone { .. }) if context.has(Feature::OtherZonesRegister) => {
                    balancer.register_elsewhere(&id, &instance.zone);
                }
                registered => registered.map_err(|refusal| wrong_zone(refusal, context))?,
            }
        }
        let instances = instances(&balancer);
        draft.put_balancer(balancer);
        Ok(RegisterInstancesWithLoadBalancerResponse {
            instances: Some(instances),
        })
    }
}

/// Whether an instance is in the VPC of a load balancer, where that is in one.
fn is_in_its_vpc(
    instance: &Instance,
    balancer: &LoadBalancer,
    context: &Context,
    state: &State,
) -> bool {
    let Some(place) = &balancer.network else {
        return true;
    };
    let network = state.network(&instance.owner, &context.config);
    let subnet = match &instance.launch.subnet {
        Some(id) => network.subnets.get(id),
        None => network.default_subnet(&instance.zone),
    };
    subnet.is_none_or(|subnet| subnet.vpc == place.vpc)
}

/// What a release says to an instance of another zone.
fn wrong_zone(refusal: Refusal, context: &Context) -> Fault {
    let Refusal::InstanceZone { id } = refusal else {
        return refusal.into();
    };
    let named = format!("Instance {id}'s availaibility zone is not enabled for the loadbalancer");
    if context.has(Feature::ZoneMismatchConflict) {
        Fault::InvalidConfiguration {
            reason: Some(format!("Failed to register instances: {named}")),
        }
    } else if context.has(Feature::ZoneMismatchNamed) {
        Fault::Failure {
            message: format!("Failed to register instances: {named}"),
        }
    } else {
        Fault::Failure {
            message: "unable to find the instance's zone".to_owned(),
        }
    }
}

impl Write for DeregisterInstancesFromLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<DeregisterInstancesFromLoadBalancerResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        given("Instances", &self.instances)?;
        for id in ids(&self.instances) {
            if !balancer.instances.contains_key(&id) {
                refuse_unknown(&id, context, draft.state())?;
            }
            balancer.deregister(&id);
        }
        let instances = instances(&balancer);
        draft.put_balancer(balancer);
        Ok(DeregisterInstancesFromLoadBalancerResponse {
            instances: Some(instances),
        })
    }
}

impl Write for ConfigureHealthCheck {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<ConfigureHealthCheckResponse, Fault> {
        if context.has(Feature::HealthCheckBounds) {
            let whole = self.health_check.as_ref();
            let whole = whole.ok_or_else(|| missing("HealthCheck"))?;
            required([
                ("HealthCheck.Target", whole.target.is_some()),
                ("HealthCheck.Interval", whole.interval.is_some()),
                ("HealthCheck.Timeout", whole.timeout.is_some()),
                (
                    "HealthCheck.UnhealthyThreshold",
                    whole.unhealthy_threshold.is_some(),
                ),
                (
                    "HealthCheck.HealthyThreshold",
                    whole.healthy_threshold.is_some(),
                ),
            ])?;
        }
        let asked = self.health_check.unwrap_or_default();
        let request = HealthCheckRequest {
            target: asked.target,
            interval: asked.interval,
            timeout: asked.timeout,
            healthy_threshold: asked.healthy_threshold,
            unhealthy_threshold: asked.unhealthy_threshold,
        };
        // The numbers are looked at before the load balancer, the target after it.
        let (interval_seconds, timeout_seconds, thresholds) =
            request.numbers(context.has(Feature::HealthCheckBounds))?;
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        let case = if context.has(Feature::TargetCase) {
            TargetCase::Insensitive
        } else {
            TargetCase::Sensitive
        };
        let target = Target::parse(request.target.as_deref().unwrap_or_default(), case);
        let target = target.map_err(|error| {
            if context.has(Feature::TargetMessages) {
                Refusal::from(error).into()
            } else {
                Fault::Failure {
                    message: "Failed to persist the health check config".to_owned(),
                }
            }
        })?;
        let check = HealthCheck {
            target,
            interval_seconds,
            timeout_seconds,
            thresholds,
        };
        let answer = health_check(&check);
        balancer.health_check = Some(check);
        draft.put_balancer(balancer);
        Ok(ConfigureHealthCheckResponse {
            health_check: Some(answer),
        })
    }
}

impl Read for DescribeInstanceHealth {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeInstanceHealthResponse, Fault> {
        let balancer = balancer_to_describe(state, context, &self.load_balancer_name)?;
        let asked: Vec<InstanceId> = ids(&self.instances).collect();
        let draining = state.draining_of(&balancer.key(), context.now);
        let states: Members<WireState> = if asked.is_empty() {
            let deregistered = draining
                .iter()
                .filter(|id| !balancer.instances.contains_key(**id));
            balancer
                .instances
                .iter()
                .map(|(id, registration)| describe(id, registration, balancer, (context, state)))
                .chain(deregistered.map(|id| still_leaving(id)))
                .collect()
        } else {
            let mut states = Vec::with_capacity(asked.len());
            for id in &asked {
                if let Some(registration) = balancer.instances.get(id) {
                    states.push(describe(id, registration, balancer, (context, state)));
                    continue;
                }
                if draining.contains(&id) {
                    states.push(still_leaving(id));
                    continue;
                }
                // Eucalyptus leaves out what is not registered.
                refuse_unknown(id, context, state)?;
                let terminated = state
                    .instances
                    .get(id)
                    .is_none_or(|instance| instance.state == InstanceState::Terminated);
                if context.has(Feature::UnregisteredInstancesDescribed) && !terminated {
                    states.push(WireState {
                        instance_id: Some(id.to_string()),
                        state: Some(RegistrationState::OutOfService.as_str().to_owned()),
                        reason_code: Some(Reason::Instance.as_str().to_owned()),
                        description: Some(description::NOT_REGISTERED.to_owned()),
                    });
                }
            }
            states.into()
        };
        Ok(DescribeInstanceHealthResponse {
            instance_states: Some(states),
        })
    }
}

/// What Amazon says of an instance that is in service. Source: InstanceState, API reference.
const NOTHING: &str = "N/A";

/// What Amazon says of an instance that was deregistered and finishes what it has under way.
fn still_leaving(id: &InstanceId) -> WireState {
    WireState {
        instance_id: Some(id.to_string()),
        state: Some(RegistrationState::InService.as_str().to_owned()),
        reason_code: Some(NOTHING.to_owned()),
        description: Some(description::DEREGISTRATION_IN_PROGRESS.to_owned()),
    }
}

fn describe(
    id: &InstanceId,
    registration: &Registration,
    balancer: &LoadBalancer,
    (context, all): (&Context, &State),
) -> WireState {
    let config = &context.config;
    let health = health((id, registration), balancer, all, config, context.now);
    let in_service = health.state == RegistrationState::InService.as_str();
    let (reason, text) = match in_service && context.has(Feature::HealthyReasonNamed) {
        true => (Some(NOTHING), NOTHING),
        false => {
            // Only an instance out of service has a reason, even if that is empty.
            let blamed = !in_service && health.state != RegistrationState::Error.as_str();
            (blamed.then(|| health.reason.as_str()), health.description)
        }
    };
    WireState {
        instance_id: Some(id.to_string()),
        state: Some(health.state.to_owned()),
        reason_code: reason.map(str::to_owned),
        description: Some(text.to_owned()),
    }
}
