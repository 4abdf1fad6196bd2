//! `eulb-describe-instance-health`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::{Report, text};
use crate::wire::instance::{DescribeInstanceHealth, DescribeInstanceHealthResponse};
use crate::wire::members;

/// Show the state of instances registered with a load balancer
#[derive(Debug, clap::Args)]
pub struct DescribeInstanceHealthCommand {
    /// Limit results to specific instances
    #[arg(long, value_name = "INSTANCE1,INSTANCE2,...")]
    instances: Option<List>,
    /// Show all of the instances' info: why they are in their states, too
    #[arg(long)]
    show_long: bool,
    /// Name of the load balancer to describe instances of (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DescribeInstanceHealthCommand {
    type Action = DescribeInstanceHealth;

    const OUTPUT: &'static str = "One line for each instance: INSTANCE, the ID of the instance and its state (InService, OutOfService, Error or Unknown). With --show-long, a description of the state and a code that says whose fault it is (Instance or ELB) follow.";
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-describe-instance-health MyLB",
        "eulb-describe-instance-health --show-long --instances i-1DF9440E MyLB",
    ];

    fn request(&self) -> Result<DescribeInstanceHealth, Failure> {
        Ok(DescribeInstanceHealth {
            load_balancer_name: self.name.clone(),
            instances: self.instances.as_ref().and_then(List::instances),
        })
    }

    fn report(&self, answer: &DescribeInstanceHealthResponse, report: &mut Report) {
        for instance in members(&answer.instance_states) {
            let mut fields = vec![text(&instance.instance_id), text(&instance.state)];
            if self.show_long {
                fields.extend([text(&instance.description), text(&instance.reason_code)]);
            }
            report.record("INSTANCE", fields);
        }
    }
}
