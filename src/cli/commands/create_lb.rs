//! `eulb-create-lb`.

use super::{Command, secure_features};
use crate::cli::args::{self, List, ListenerArgument, TagArgument};
use crate::cli::exit::Failure;
use crate::cli::report::{Report, text};
use crate::cli::wait::{Condition, Waiting, Wanted};
use crate::wire::balancer::{CreateLoadBalancer, CreateLoadBalancerResponse};
use crate::wire::release::Feature;

/// Create a load balancer
///
/// After creating a load balancer, register instances with it: traffic flows once they pass its
/// health check. The health check of a new load balancer is a TCP connection to the instance port
/// of its first listener; eulb-configure-healthcheck changes it.
/// With --wait, the command ends when the service describes the new load balancer; instances, and
/// so traffic, are waited for where they are registered.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("place").required(true))]
pub struct CreateLb {
    /// Subnets to place the load balancer in (required unless zones are given)
    #[arg(short, long, value_name = "SUBNET1,SUBNET2,...", group = "place")]
    subnets: Option<List>,
    /// Availability zones to place the load balancer in (required unless subnets are given)
    #[arg(short = 'z', long, value_name = "ZONE1,ZONE2,...", group = "place")]
    availability_zones: Option<List>,
    /// Port and protocol to listen on, and those of the instances behind (required; can be
    /// repeated)
    ///
    /// The form is "lb-port=PORT, protocol={HTTP,HTTPS,SSL,TCP}, instance-port=PORT,
    /// instance-protocol={HTTP,HTTPS,SSL,TCP}, cert-id=ARN". The last two may be left out. HTTPS,
    /// SSL and cert-id: NA, no SSL support in 3.3.0.
    #[arg(short, long = "listener", value_name = "LISTENER", required = true)]
    listeners: Vec<ListenerArgument>,
    /// "internal" to give the load balancer a private address only
    #[arg(short = 'i', long, value_name = "internal", value_parser = ["internal"], hide_possible_values = true)]
    scheme: Option<String>,
    /// Security groups to assign the load balancer to
    #[arg(short = 'g', long, value_name = "GROUP1,GROUP2,...")]
    security_groups: Option<List>,
    /// Tag for the new load balancer (can be repeated)
    #[arg(short, long = "tag", value_name = "KEY=VALUE")]
    tags: Vec<TagArgument>,
    /// Name of the new load balancer (required)
    #[arg(value_name = "ELB")]
    name: String,
    #[command(flatten)]
    waiting: Waiting,
}

impl Command for CreateLb {
    type Action = CreateLoadBalancer;

    const GATED: &'static [(&'static str, Feature)] = &[
        ("subnets", Feature::SubnetsOption),
        ("scheme", Feature::SchemeOption),
        ("security_groups", Feature::SecurityGroupsOption),
        ("tags", Feature::TagsOption),
    ];
    const OUTPUT: &'static str = "DNS_NAME, and the DNS name of the new load balancer.";
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-create-lb -z PARTI00 -l \"lb-port=80, protocol=HTTP, instance-port=80, instance-protocol=HTTP\" MyLB",
        "eulb-create-lb -z PARTI00,PARTI01 -l \"lb-port=25, protocol=TCP, instance-port=2525\" Mail",
    ];

    fn needs(&self, request: &CreateLoadBalancer) -> Vec<Feature> {
        secure_features(&request.listeners)
    }

    fn request(&self) -> Result<CreateLoadBalancer, Failure> {
        let members = |list: &Option<List>| list.as_ref().and_then(List::members);
        Ok(CreateLoadBalancer {
            load_balancer_name: self.name.clone(),
            listeners: args::listeners(&self.listeners),
            availability_zones: members(&self.availability_zones),
            subnets: members(&self.subnets),
            security_groups: members(&self.security_groups),
            scheme: self.scheme.clone(),
            tags: args::tags(&self.tags),
        })
    }

    fn wanted(&self, request: &CreateLoadBalancer) -> Option<Wanted> {
        let name = &request.load_balancer_name;
        self.waiting.wanted(Condition::LbExists, name, &None)
    }

    fn report(&self, answer: &CreateLoadBalancerResponse, report: &mut Report) {
        report.record("DNS_NAME", [text(&answer.dns_name)]);
    }
}
