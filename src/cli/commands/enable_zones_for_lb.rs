//! `eulb-enable-zones-for-lb`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::Report;
use crate::wire::members;
use crate::wire::placement::{
    EnableAvailabilityZonesForLoadBalancer, EnableAvailabilityZonesForLoadBalancerResponse,
};

/// Add a load balancer to availability zones
///
/// The load balancer forwards to registered instances of these zones, too.
#[derive(Debug, clap::Args)]
pub struct EnableZonesForLb {
    /// Availability zones to add the load balancer to (required)
    #[arg(short = 'z', long, value_name = "ZONE1,ZONE2,...")]
    availability_zones: List,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for EnableZonesForLb {
    type Action = EnableAvailabilityZonesForLoadBalancer;

    const OUTPUT: &'static str = "AVAILABILITY_ZONES, and all zones the load balancer is now in, separated by a comma and a blank.";
    const EXAMPLES: &'static [&'static str] = &["eulb-enable-zones-for-lb -z PARTI01 MyLB"];

    fn request(&self) -> Result<EnableAvailabilityZonesForLoadBalancer, Failure> {
        Ok(EnableAvailabilityZonesForLoadBalancer {
            load_balancer_name: self.name.clone(),
            availability_zones: self.availability_zones.members(),
        })
    }

    fn report(&self, answer: &EnableAvailabilityZonesForLoadBalancerResponse, report: &mut Report) {
        let zones = members(&answer.availability_zones).join(", ");
        report.record("AVAILABILITY_ZONES", [zones]);
    }
}
