//! `eulb-attach-lb-to-subnets`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::Report;
use crate::wire::members;
use crate::wire::placement::{AttachLoadBalancerToSubnets, AttachLoadBalancerToSubnetsResponse};

/// Add a load balancer to subnets
#[derive(Debug, clap::Args)]
pub struct AttachLbToSubnets {
    /// Subnets to add the load balancer to (required)
    #[arg(short, long, value_name = "SUBNET1,SUBNET2,...")]
    subnets: List,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for AttachLbToSubnets {
    type Action = AttachLoadBalancerToSubnets;

    const OUTPUT: &'static str =
        "SUBNETS, and all subnets the load balancer is now in, separated by a comma and a blank.";
    const EXAMPLES: &'static [&'static str] =
        &["eulb-attach-lb-to-subnets --release 4.1.0 -s subnet-aaaa1111 MyLB"];

    fn request(&self) -> Result<AttachLoadBalancerToSubnets, Failure> {
        Ok(AttachLoadBalancerToSubnets {
            load_balancer_name: self.name.clone(),
            subnets: self.subnets.members(),
        })
    }

    fn report(&self, answer: &AttachLoadBalancerToSubnetsResponse, report: &mut Report) {
        report.record("SUBNETS", [members(&answer.subnets).join(", ")]);
    }
}
