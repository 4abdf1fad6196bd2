//! `eulb-set-lb-policies-for-backend-server`.

use super::Command;
use crate::cli::args::{Integer, List};
use crate::cli::exit::Failure;
use crate::wire::policy::SetLoadBalancerPoliciesForBackendServer;

/// Change the policies of an instance port
///
/// The policies replace all that the port had before; an empty list ('') removes them all.
#[derive(Debug, clap::Args)]
pub struct SetLbPoliciesForBackendServer {
    /// Port of the instances (required)
    #[arg(short, long, value_name = "PORT")]
    instance_port: Integer,
    /// Policies to set; '' for none (required)
    #[arg(short, long, value_name = "POLICY1,POLICY2,...")]
    policy_names: List,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for SetLbPoliciesForBackendServer {
    type Action = SetLoadBalancerPoliciesForBackendServer;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-set-lb-policies-for-backend-server --release 4.2.0 -i 443 -p trusted MyLB",
        "eulb-set-lb-policies-for-backend-server --release 4.2.0 -i 443 -p '' MyLB",
    ];

    fn request(&self) -> Result<SetLoadBalancerPoliciesForBackendServer, Failure> {
        Ok(SetLoadBalancerPoliciesForBackendServer {
            load_balancer_name: self.name.clone(),
            instance_port: self.instance_port.nearest,
            // Present even if empty: that is what clears.
            policy_names: Some(self.policy_names.0.clone().into()),
        })
    }
}
