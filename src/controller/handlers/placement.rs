//! EnableAvailabilityZonesForLoadBalancer, DisableAvailabilityZonesForLoadBalancer.

use super::balancer_to_change;
use crate::controller::operations::{Context, Write};
use crate::controller::refused::failed;
use crate::controller::state::Draft;
use crate::model::instance::InstanceState;
use crate::model::placement::ZoneName;
use crate::model::refusal::Refusal;
use crate::wire::fault::Fault;
use crate::wire::members;
use crate::wire::placement::{
    DisableAvailabilityZonesForLoadBalancer, DisableAvailabilityZonesForLoadBalancerResponse,
    EnableAvailabilityZonesForLoadBalancer, EnableAvailabilityZonesForLoadBalancerResponse,
};
use crate::wire::release::Feature;

impl Write for EnableAvailabilityZonesForLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<EnableAvailabilityZonesForLoadBalancerResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        for name in members(&self.availability_zones) {
            let zone = ZoneName::new(name.as_str());
            if !context.config.zones.contains(&zone) {
                return Err(Fault::Failure {
                    message: format!(
                        "Failed to enable zones: The requested zone {zone} is not valid"
                    ),
                });
            }
            if balancer.enable_zone(&zone) {
                draft
                    .scale_servos(&mut balancer, &zone, context.config.release)
                    .map_err(|refusal| failed("Failed to enable zones", &refusal))?;
            }
        }
        // Every zone that was ever enabled, those that are disabled now included.
        let zones = balancer.zones.keys().map(ToString::to_string).collect();
        draft.put_balancer(balancer);
        Ok(EnableAvailabilityZonesForLoadBalancerResponse {
            availability_zones: Some(zones),
        })
    }
}

impl Write for DisableAvailabilityZonesForLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<DisableAvailabilityZonesForLoadBalancerResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        for name in members(&self.availability_zones) {
            let state = draft.state();
            let left = balancer.disable_zone(&ZoneName::new(name.as_str()), |id| {
                state
                    .instances
                    .get(id)
                    .is_none_or(|instance| instance.state != InstanceState::Running)
            });
            draft.give_back_servos(left);
        }
        if context.has(Feature::LastZoneStays) && balancer.enabled_zones().next().is_none() {
            return Err(Refusal::LastZone.into());
        }
        let zones = balancer.enabled_zones().map(ToString::to_string).collect();
        draft.put_balancer(balancer);
        Ok(DisableAvailabilityZonesForLoadBalancerResponse {
            availability_zones: Some(zones),
        })
    }
}
