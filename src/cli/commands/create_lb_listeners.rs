//! `eulb-create-lb-listeners`.

use super::{Command, secure_features};
use crate::cli::args::{self, ListenerArgument};
use crate::cli::exit::Failure;
use crate::wire::listener::CreateLoadBalancerListeners;
use crate::wire::release::Feature;

/// Add listeners to a load balancer
#[derive(Debug, clap::Args)]
pub struct CreateLbListeners {
    /// Port and protocol to listen on, and those of the instances behind (required; can be
    /// repeated)
    ///
    /// The form is "lb-port=PORT, protocol={HTTP,HTTPS,SSL,TCP}, instance-port=PORT,
    /// instance-protocol={HTTP,HTTPS,SSL,TCP}, cert-id=ARN". The last two may be left out. HTTPS,
    /// SSL and cert-id: NA, no SSL support in 3.3.0.
    #[arg(short, long = "listener", value_name = "LISTENER", required = true)]
    listeners: Vec<ListenerArgument>,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for CreateLbListeners {
    type Action = CreateLoadBalancerListeners;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-create-lb-listeners -l \"lb-port=8080, protocol=HTTP, instance-port=80\" MyLB",
        "eulb-create-lb-listeners -l \"lb-port=2222, protocol=TCP, instance-port=22\" MyLB",
    ];

    fn needs(&self, request: &CreateLoadBalancerListeners) -> Vec<Feature> {
        secure_features(&request.listeners)
    }

    fn request(&self) -> Result<CreateLoadBalancerListeners, Failure> {
        Ok(CreateLoadBalancerListeners {
            load_balancer_name: self.name.clone(),
            listeners: args::listeners(&self.listeners),
        })
    }
}
