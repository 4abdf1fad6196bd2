//! `eulb-apply-security-groups-to-lb`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::Report;
use crate::wire::members;
use crate::wire::security_group::{
    ApplySecurityGroupsToLoadBalancer, ApplySecurityGroupsToLoadBalancerResponse,
};

/// Associate one or more security groups with a load balancer
///
/// The groups replace all those the load balancer was in before.
#[derive(Debug, clap::Args)]
pub struct ApplySecurityGroupsToLb {
    /// Security groups to associate the load balancer with (required)
    #[arg(short = 'g', long, value_name = "GROUP1,GROUP2,...")]
    security_groups: List,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for ApplySecurityGroupsToLb {
    type Action = ApplySecurityGroupsToLoadBalancer;

    const OUTPUT: &'static str = "SECURITY_GROUPS, and the groups the load balancer is now in, separated by a comma and a blank.";
    const EXAMPLES: &'static [&'static str] =
        &["eulb-apply-security-groups-to-lb --release 4.1.0 -g sg-aaaa1111,sg-bbbb2222 MyLB"];

    fn request(&self) -> Result<ApplySecurityGroupsToLoadBalancer, Failure> {
        Ok(ApplySecurityGroupsToLoadBalancer {
            load_balancer_name: self.name.clone(),
            security_groups: self.security_groups.members(),
        })
    }

    fn report(&self, answer: &ApplySecurityGroupsToLoadBalancerResponse, report: &mut Report) {
        let groups = members(&answer.security_groups).join(", ");
        report.record("SECURITY_GROUPS", [groups]);
    }
}
