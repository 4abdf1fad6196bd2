//! `eulb-disable-zones-for-lb`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::Report;
use crate::wire::members;
use crate::wire::placement::{
    DisableAvailabilityZonesForLoadBalancer, DisableAvailabilityZonesForLoadBalancerResponse,
};

/// Remove a load balancer from availability zones
///
/// Registered instances of these zones stay registered, but receive no traffic.
#[derive(Debug, clap::Args)]
pub struct DisableZonesForLb {
    /// Availability zones to remove the load balancer from (required)
    #[arg(short = 'z', long, value_name = "ZONE1,ZONE2,...")]
    availability_zones: List,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DisableZonesForLb {
    type Action = DisableAvailabilityZonesForLoadBalancer;

    const OUTPUT: &'static str = "AVAILABILITY_ZONES, and all zones the load balancer is now in, separated by a comma and a blank.";
    const EXAMPLES: &'static [&'static str] = &["eulb-disable-zones-for-lb -z PARTI00 MyLB"];

    fn request(&self) -> Result<DisableAvailabilityZonesForLoadBalancer, Failure> {
        Ok(DisableAvailabilityZonesForLoadBalancer {
            load_balancer_name: self.name.clone(),
            availability_zones: self.availability_zones.members(),
        })
    }

    fn report(
        &self,
        answer: &DisableAvailabilityZonesForLoadBalancerResponse,
        report: &mut Report,
    ) {
        let zones = members(&answer.availability_zones).join(", ");
        report.record("AVAILABILITY_ZONES", [zones]);
    }
}
