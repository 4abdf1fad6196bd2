//! `eulb-deregister-instances-from-lb`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::{Report, text};
use crate::cli::wait::{Condition, Waiting, Wanted};
use crate::wire::instance::{
    DeregisterInstancesFromLoadBalancer, DeregisterInstancesFromLoadBalancerResponse,
};
use crate::wire::members;

/// Remove instances from a load balancer
///
/// Requests in progress are finished; new ones go to the instances that remain.
/// With --wait, the command ends when the load balancer lists none of those that it names.
#[derive(Debug, clap::Args)]
pub struct DeregisterInstancesFromLb {
    /// Instances to deregister (required)
    #[arg(long, value_name = "INSTANCE1,INSTANCE2,...")]
    instances: List,
    /// Name of the load balancer to deregister instances from (required)
    #[arg(value_name = "ELB")]
    name: String,
    #[command(flatten)]
    waiting: Waiting,
}

impl Command for DeregisterInstancesFromLb {
    type Action = DeregisterInstancesFromLoadBalancer;

    const OUTPUT: &'static str =
        "One line for each instance that remains registered: INSTANCE, and the ID of the instance.";
    const EXAMPLES: &'static [&'static str] =
        &["eulb-deregister-instances-from-lb --instances i-50683D12 MyLB"];

    fn request(&self) -> Result<DeregisterInstancesFromLoadBalancer, Failure> {
        Ok(DeregisterInstancesFromLoadBalancer {
            load_balancer_name: self.name.clone(),
            instances: self.instances.instances(),
        })
    }

    fn wanted(&self, request: &DeregisterInstancesFromLoadBalancer) -> Option<Wanted> {
        self.waiting.wanted(
            Condition::InstanceDeregistered,
            &request.load_balancer_name,
            &request.instances,
        )
    }

    fn report(&self, answer: &DeregisterInstancesFromLoadBalancerResponse, report: &mut Report) {
        for instance in members(&answer.instances) {
            report.record("INSTANCE", [text(&instance.instance_id)]);
        }
    }
}
