//! `eulb-delete-lb`.

use super::Command;
use crate::cli::exit::Failure;
use crate::wire::balancer::DeleteLoadBalancer;

/// Delete a load balancer
///
/// If the load balancer does not exist, this command still succeeds. Instances registered with it
/// keep running. A cloud administrator may name a load balancer of another account by its DNS name.
#[derive(Debug, clap::Args)]
pub struct DeleteLb {
    /// Accepted for compatibility; has no effect
    #[arg(long, hide = true)]
    force: bool,
    /// Name of the load balancer to delete (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DeleteLb {
    type Action = DeleteLoadBalancer;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &["eulb-delete-lb MyLB"];

    fn request(&self) -> Result<DeleteLoadBalancer, Failure> {
        Ok(DeleteLoadBalancer {
            load_balancer_name: self.name.clone(),
        })
    }
}
