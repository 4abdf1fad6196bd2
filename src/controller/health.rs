//! What a release says of a registered instance: in DescribeInstanceHealth, and to people.

use super::Config;
use super::state::State;
use crate::model::balancer::{
    LoadBalancer, Reason, Registration, RegistrationState, description, is_stale,
};
use crate::model::instance::{InstanceId, InstanceState};
use crate::model::timestamp::Timestamp;
use crate::wire::release::Feature;

/// The name of the state that Eucalyptus has from 4.2.1 on.
const UNKNOWN: &str = "Unknown";

/// The health of a registered instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health<'r> {
    pub state: &'static str,
    pub reason: Reason,
    /// Empty for one in service.
    pub description: &'r str,
}

/// Whether nobody has spoken for a state for too long.
pub fn is_unheard(
    balancer: &LoadBalancer,
    registration: &Registration,
    config: &Config,
    now: Timestamp,
) -> bool {
    balancer
        .staleness(config.release.has(Feature::LongStaleness))
        .map(|staleness| config.clock.real_duration(staleness))
        .is_some_and(|staleness| is_stale(registration, staleness, now))
}

/// The health of an instance that is registered with a load balancer.
pub fn health<'r>(
    (id, registration): (&InstanceId, &'r Registration),
    balancer: &LoadBalancer,
    all: &State,
    config: &Config,
    now: Timestamp,
) -> Health<'r> {
    let release = config.release;
    let out_of_service = |reason, description| Health {
        state: RegistrationState::OutOfService.as_str(),
        reason,
        description,
    };
    if registration.state == RegistrationState::Error && release.has(Feature::StoppedStateNamed) {
        let instance = all.instances.get(id);
        let pending = instance.is_some_and(|instance| instance.state == InstanceState::Pending);
        let text = match pending {
            true => description::PENDING,
            false => description::STOPPED,
        };
        return out_of_service(Reason::Instance, text);
    }
    if is_unheard(balancer, registration, config, now) {
        return match release.has(Feature::UnknownInstanceState) {
            true => Health {
                state: UNKNOWN,
                reason: Reason::Elb,
                description: description::UNREACHABLE,
            },
            false => out_of_service(Reason::Elb, description::STALE),
        };
    }
    let description = match registration.description.as_str() {
        description::ZONE_DISABLED if release.has(Feature::OtherZonesRegister) => {
            let draining = all.draining_of(&balancer.key(), now);
            match draining.contains(&id) {
                true => description::ZONE_DISABLING,
                false => description::ZONE_NOT_ROUTED,
            }
        }
        text => text,
    };
    Health {
        state: registration.state.as_str(),
        reason: registration.reason,
        description,
    }
}
