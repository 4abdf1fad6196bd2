//! EnableAvailabilityZonesForLoadBalancer, DisableAvailabilityZonesForLoadBalancer,
//! AttachLoadBalancerToSubnets, DetachLoadBalancerFromSubnets, ApplySecurityGroupsToLoadBalancer.
//!
//! In a VPC a load balancer is in a zone by a subnet: the two are changed together.

use super::balancer::MAXIMUM_GROUPS;
use super::{balancer_to_change, given};
use crate::controller::operations::{Context, Write};
use crate::controller::refused::failed;
use crate::controller::state::Draft;
use crate::model::balancer::LoadBalancer;
use crate::model::instance::InstanceState;
use crate::model::network::{Attachment, PlacementRefusal};
use crate::model::placement::ZoneName;
use crate::model::refusal::Refusal;
use crate::wire::fault::Fault;
use crate::wire::placement::{
    AttachLoadBalancerToSubnets, AttachLoadBalancerToSubnetsResponse,
    DetachLoadBalancerFromSubnets, DetachLoadBalancerFromSubnetsResponse,
    DisableAvailabilityZonesForLoadBalancer, DisableAvailabilityZonesForLoadBalancerResponse,
    EnableAvailabilityZonesForLoadBalancer, EnableAvailabilityZonesForLoadBalancerResponse,
};
use crate::wire::release::Feature;
use crate::wire::security_group::{
    ApplySecurityGroupsToLoadBalancer, ApplySecurityGroupsToLoadBalancerResponse,
};
use crate::wire::{Members, members};

/// Enables a zone, with servos in it.
///
/// # Errors
///
/// There are not enough addresses.
pub fn enable(
    balancer: &mut LoadBalancer,
    zone: &ZoneName,
    draft: &mut Draft,
    context: &Context,
) -> Result<(), Refusal> {
    if balancer.enable_zone(zone) {
        draft.scale_servos(balancer, zone, context.config.release)?;
    }
    Ok(())
}

/// Disables a zone, and takes its servos away.
fn disable(balancer: &mut LoadBalancer, zone: &ZoneName, draft: &mut Draft) {
    let state = draft.state();
    let left = balancer.disable_zone(zone, |id| {
        state
            .instances
            .get(id)
            .is_none_or(|instance| instance.state != InstanceState::Running)
    });
    draft.give_back_servos(left);
}

/// The place of a load balancer in its VPC, to be changed.
fn attachment(
    balancer: &mut LoadBalancer,
    without: PlacementRefusal,
) -> Result<&mut Attachment, PlacementRefusal> {
    balancer.network.as_mut().ok_or(without)
}

fn subnets(balancer: &LoadBalancer) -> Members<String> {
    let network = balancer.network.iter();
    network
        .flat_map(|network| network.subnets.keys())
        .map(ToString::to_string)
        .collect()
}

impl Write for EnableAvailabilityZonesForLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<EnableAvailabilityZonesForLoadBalancerResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        given("AvailabilityZones", &self.availability_zones)?;
        for name in members(&self.availability_zones) {
            let zone = ZoneName::new(name.as_str());
            if !context.config.zones.contains(&zone) {
                return Err(Fault::Failure {
                    message: format!(
                        "Failed to enable zones: The requested zone {zone} is not valid"
                    ),
                });
            }
            if let Some(place) = &mut balancer.network
                && !place.subnets.values().any(|known| *known == zone)
            {
                let network = draft.state().network(&balancer.account, &context.config);
                let subnet = network.default_subnet(&zone);
                place.attach(subnet.ok_or(PlacementRefusal::NoDefaultSubnet)?)?;
            }
            enable(&mut balancer, &zone, draft, context)
                .map_err(|refusal| failed("Failed to enable zones", &refusal))?;
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
        given("AvailabilityZones", &self.availability_zones)?;
        for name in members(&self.availability_zones) {
            let zone = ZoneName::new(name.as_str());
            if let Some(place) = &mut balancer.network {
                place.subnets.retain(|_, known| *known != zone);
            }
            disable(&mut balancer, &zone, draft);
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

impl Write for AttachLoadBalancerToSubnets {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<AttachLoadBalancerToSubnetsResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        given("Subnets", &self.subnets)?;
        let network = draft.state().network(&balancer.account, &context.config);
        let place = attachment(&mut balancer, PlacementRefusal::SubnetsWithoutVpc)?;
        let mut zones = Vec::new();
        for subnet in network.subnets_named(members(&self.subnets))? {
            place
                .attach(subnet)
                .map_err(|refusal| unattached(refusal, context))?;
            zones.push(subnet.zone.clone());
        }
        for zone in zones {
            enable(&mut balancer, &zone, draft, context)
                .map_err(|refusal| failed("Failed to enable zones", &refusal))?;
        }
        let subnets = subnets(&balancer);
        draft.put_balancer(balancer);
        Ok(AttachLoadBalancerToSubnetsResponse {
            subnets: Some(subnets),
        })
    }
}

/// The fault of a subnet that cannot be attached. Terraform waits while it reads Amazon's words.
pub fn unattached(refusal: PlacementRefusal, context: &Context) -> Fault {
    match refusal {
        PlacementRefusal::ZoneTwice(_) if context.has(Feature::AmazonRules) => {
            Fault::InvalidConfiguration {
                reason: Some(
                    "ELB cannot be attached to multiple subnets in the same AZ.".to_owned(),
                ),
            }
        }
        other => other.into(),
    }
}

impl Write for DetachLoadBalancerFromSubnets {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<DetachLoadBalancerFromSubnetsResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        given("Subnets", &self.subnets)?;
        let place = attachment(&mut balancer, PlacementRefusal::SubnetsWithoutVpc)?;
        // A subnet that is not attached is none to detach.
        let zones: Vec<ZoneName> = members(&self.subnets)
            .iter()
            .filter_map(|id| place.subnets.remove(id.as_str()))
            .collect();
        if place.subnets.is_empty() && context.has(Feature::AmazonRules) {
            let name = &self.load_balancer_name;
            return Err(Fault::InvalidConfiguration {
                reason: Some(format!(
                    "Requested configuration change for LoadBalancer \"{name}\" is invalid because \
                     you attempted to detach all the subnets for this LoadBalancer and a \
                     LoadBalancer cannot be attached to zero subnets in VPC."
                )),
            });
        }
        if place.subnets.is_empty() && context.has(Feature::LastZoneStays) {
            return Err(PlacementRefusal::LastSubnet.into());
        }
        for zone in zones {
            disable(&mut balancer, &zone, draft);
        }
        let subnets = subnets(&balancer);
        draft.put_balancer(balancer);
        Ok(DetachLoadBalancerFromSubnetsResponse {
            subnets: Some(subnets),
        })
    }
}

impl Write for ApplySecurityGroupsToLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<ApplySecurityGroupsToLoadBalancerResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        given("SecurityGroups", &self.security_groups)?;
        let network = draft.state().network(&balancer.account, &context.config);
        let wanted = members(&self.security_groups);
        let place = attachment(&mut balancer, PlacementRefusal::GroupsWithoutVpc)?;
        if wanted.is_empty() || wanted.len() > MAXIMUM_GROUPS {
            return Err(PlacementRefusal::GroupNotFound.into());
        }
        place.groups = network.groups_named(&place.vpc, wanted)?;
        let groups = place.groups.iter().map(ToString::to_string).collect();
        draft.put_balancer(balancer);
        Ok(ApplySecurityGroupsToLoadBalancerResponse {
            security_groups: Some(groups),
        })
    }
}
