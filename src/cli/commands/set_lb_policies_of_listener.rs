//! `eulb-set-lb-policies-of-listener`.

use super::Command;
use crate::cli::args::{Integer, List};
use crate::cli::exit::Failure;
use crate::wire::policy::SetLoadBalancerPoliciesOfListener;

/// Change the policies of a listener
///
/// The policies replace all that the listener had before; an empty list ('') removes them all.
#[derive(Debug, clap::Args)]
pub struct SetLbPoliciesOfListener {
    /// Port of the listener (required)
    #[arg(short, long, value_name = "PORT")]
    lb_port: Integer,
    /// Policies to set; '' for none (required)
    #[arg(short, long, value_name = "POLICY1,POLICY2,...")]
    policy_names: List,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for SetLbPoliciesOfListener {
    type Action = SetLoadBalancerPoliciesOfListener;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-set-lb-policies-of-listener --release 4.0.0 -l 80 -p five-minutes MyLB",
        "eulb-set-lb-policies-of-listener --release 4.0.0 -l 80 -p '' MyLB",
    ];

    fn request(&self) -> Result<SetLoadBalancerPoliciesOfListener, Failure> {
        Ok(SetLoadBalancerPoliciesOfListener {
            load_balancer_name: self.name.clone(),
            load_balancer_port: self.lb_port.nearest,
            // Present even if empty: that is what clears.
            policy_names: Some(self.policy_names.0.clone().into()),
        })
    }
}
