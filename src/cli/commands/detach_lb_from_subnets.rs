//! `eulb-detach-lb-from-subnets`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::Report;
use crate::wire::members;
use crate::wire::placement::{
    DetachLoadBalancerFromSubnets, DetachLoadBalancerFromSubnetsResponse,
};

/// Remove a load balancer from subnets
#[derive(Debug, clap::Args)]
pub struct DetachLbFromSubnets {
    /// Subnets to remove the load balancer from (required)
    #[arg(short, long, value_name = "SUBNET1,SUBNET2,...")]
    subnets: List,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DetachLbFromSubnets {
    type Action = DetachLoadBalancerFromSubnets;

    const OUTPUT: &'static str =
        "SUBNETS, and all subnets the load balancer is now in, separated by commas.";
    const EXAMPLES: &'static [&'static str] =
        &["eulb-detach-lb-from-subnets --release 4.1.0 -s subnet-aaaa1111 MyLB"];

    fn request(&self) -> Result<DetachLoadBalancerFromSubnets, Failure> {
        Ok(DetachLoadBalancerFromSubnets {
            load_balancer_name: self.name.clone(),
            subnets: self.subnets.members(),
        })
    }

    fn report(&self, answer: &DetachLoadBalancerFromSubnetsResponse, report: &mut Report) {
        // No blank after the comma, unlike eulb-attach-lb-to-subnets: euca2ools 3.4.1 joins so.
        report.record("SUBNETS", [members(&answer.subnets).join(",")]);
    }
}
