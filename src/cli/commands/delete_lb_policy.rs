//! `eulb-delete-lb-policy`.

use super::Command;
use crate::cli::exit::Failure;
use crate::wire::policy::DeleteLoadBalancerPolicy;

/// Delete a policy from a load balancer
///
/// A policy that is in use on a listener or an instance port cannot be deleted.
#[derive(Debug, clap::Args)]
pub struct DeleteLbPolicy {
    /// Name of the policy to delete (required)
    #[arg(short, long, value_name = "POLICY")]
    policy_name: String,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DeleteLbPolicy {
    type Action = DeleteLoadBalancerPolicy;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] =
        &["eulb-delete-lb-policy --release 4.0.0 -p five-minutes MyLB"];

    fn request(&self) -> Result<DeleteLoadBalancerPolicy, Failure> {
        Ok(DeleteLoadBalancerPolicy {
            load_balancer_name: self.name.clone(),
            policy_name: self.policy_name.clone(),
        })
    }
}
