//! `eulb-delete-lb-listeners`.

use super::Command;
use crate::cli::args::Integers;
use crate::cli::exit::Failure;
use crate::wire::listener::DeleteLoadBalancerListeners;

/// Delete listeners from a load balancer
///
/// Ports on which nothing listens are ignored.
#[derive(Debug, clap::Args)]
pub struct DeleteLbListeners {
    /// Ports of the listeners to delete (required)
    #[arg(short, long, value_name = "PORT1,PORT2,...")]
    lb_ports: Integers,
    /// Accepted for compatibility; has no effect
    #[arg(long, hide = true)]
    force: bool,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DeleteLbListeners {
    type Action = DeleteLoadBalancerListeners;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &["eulb-delete-lb-listeners -l 8080,2222 MyLB"];

    fn request(&self) -> Result<DeleteLoadBalancerListeners, Failure> {
        let ports = self.lb_ports.0.iter();
        let ports: Vec<i64> = ports.map(|port| port.nearest).collect();
        Ok(DeleteLoadBalancerListeners {
            load_balancer_name: self.name.clone(),
            load_balancer_ports: (!ports.is_empty()).then(|| ports.into()),
        })
    }
}
