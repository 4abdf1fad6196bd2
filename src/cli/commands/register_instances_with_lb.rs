//! `eulb-register-instances-with-lb`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::{Report, text};
use crate::cli::wait::{Condition, Waiting, Wanted};
use crate::wire::instance::{
    RegisterInstancesWithLoadBalancer, RegisterInstancesWithLoadBalancerResponse,
};
use crate::wire::members;

/// Add instances to a load balancer
///
/// An instance receives traffic once it has passed the health check of the load balancer, which
/// eulb-describe-instance-health tells. Registering an instance again does no harm.
/// With --wait, the command ends when all that it names are InService.
#[derive(Debug, clap::Args)]
pub struct RegisterInstancesWithLb {
    /// Instances to register (required)
    #[arg(long, value_name = "INSTANCE1,INSTANCE2,...")]
    instances: List,
    /// Name of the load balancer to register instances with (required)
    #[arg(value_name = "ELB")]
    name: String,
    #[command(flatten)]
    waiting: Waiting,
}

impl Command for RegisterInstancesWithLb {
    type Action = RegisterInstancesWithLoadBalancer;

    const OUTPUT: &'static str =
        "One line for each instance now registered: INSTANCE, and the ID of the instance.";
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-register-instances-with-lb --instances i-1DF9440E,i-50683D12 MyLB",
        "eulb-register-instances-with-lb --instances i-1DF9440E --wait --wait-timeout 120 MyLB",
    ];

    fn request(&self) -> Result<RegisterInstancesWithLoadBalancer, Failure> {
        Ok(RegisterInstancesWithLoadBalancer {
            load_balancer_name: self.name.clone(),
            instances: self.instances.instances(),
        })
    }

    fn wanted(&self, request: &RegisterInstancesWithLoadBalancer) -> Option<Wanted> {
        self.waiting.wanted(
            Condition::InstancesInService,
            &request.load_balancer_name,
            &request.instances,
        )
    }

    fn report(&self, answer: &RegisterInstancesWithLoadBalancerResponse, report: &mut Report) {
        for instance in members(&answer.instances) {
            report.record("INSTANCE", [text(&instance.instance_id)]);
        }
    }
}
