//! `eulb-describe-lbs`.

use super::Command;
use crate::cli::args;
use crate::cli::exit::Failure;
use crate::cli::report::{Report, group, present, structure, text};
use crate::cli::selection::{self, Filter};
use crate::wire::balancer::{
    DescribeLoadBalancers, DescribeLoadBalancersResponse, LoadBalancerDescription,
};
use crate::wire::listener::ListenerDescription;
use crate::wire::{Members, members};

/// Show information about load balancers
///
/// Without names, all load balancers of the account are shown. A cloud administrator sees those of
/// all accounts by giving "verbose" as a name.
///
/// A name may have wildcards: * stands for any characters, ? for one. Quote it, so that the shell
/// leaves it alone. Wildcards and filters select from what the service answers; that they select
/// nothing is no error.
#[derive(Debug, clap::Args)]
pub struct DescribeLbs {
    /// Show all of the load balancers' info
    #[arg(long)]
    show_long: bool,
    /// Limit results to load balancers that this is true of (can be repeated: all must be true)
    ///
    /// The keys are name, dns-name, zone, subnet, security-group, vpc, instance, scheme,
    /// listener-port, instance-port, protocol, health-check (the target), created-after and
    /// created-before. A value may have the wildcards * and ?; several, separated by commas, are
    /// alternatives. The values of the last two are moments of UTC such as 2026-11-23 or
    /// 2026-11-23T10:30:00Z; a load balancer created at that very moment was created after it.
    #[arg(long = "filter", value_name = "KEY=VALUE")]
    filters: Vec<Filter>,
    /// Limit results to specific load balancers
    #[arg(value_name = "ELB")]
    names: Vec<String>,
}

/// The name by which a cloud administrator asks for the load balancers of all accounts.
const VERBOSE: &str = "verbose";

impl DescribeLbs {
    fn has_patterns(&self) -> bool {
        self.names.iter().any(|name| selection::is_pattern(name))
    }

    /// Whether one of the names, with or without wildcards, is the load balancer's.
    fn is_named(&self, balancer: &LoadBalancerDescription) -> bool {
        self.names.iter().any(|name| is_called(name, balancer))
    }
}

/// Eucalyptus knows a load balancer by its DNS name, too.
fn is_called(name: &str, balancer: &LoadBalancerDescription) -> bool {
    let known = [&balancer.load_balancer_name, &balancer.dns_name];
    known
        .into_iter()
        .flatten()
        .any(|known| selection::matches(name, known))
}

impl Command for DescribeLbs {
    type Action = DescribeLoadBalancers;

    const OUTPUT: &'static str = "One line for each load balancer: LOAD_BALANCER, its name, DNS name, creation time and scheme. With --show-long, these fields come between DNS name and creation time: canonical hosted zone name, its ID, health check, availability zones, subnets, VPC, instances, listeners, backend servers, application cookie policies, load balancer cookie policies, other policies, source security group and security groups.";
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-describe-lbs",
        "eulb-describe-lbs --show-long MyLB",
        "eulb-describe-lbs verbose",
        "eulb-describe-lbs --filter zone=PARTI00 --filter protocol=tcp 'web-*'",
    ];

    fn request(&self) -> Result<DescribeLoadBalancers, Failure> {
        // With a pattern among them, names cannot limit what the service answers.
        let load_balancer_names = match self.has_patterns() {
            true if self.names.iter().any(|name| name == VERBOSE) => {
                Some(Members::from(vec![VERBOSE.to_owned()]))
            }
            true => None,
            false => args::names(&self.names),
        };
        Ok(DescribeLoadBalancers {
            load_balancer_names,
            ..DescribeLoadBalancers::default()
        })
    }

    fn next_marker(answer: &mut DescribeLoadBalancersResponse) -> Option<String> {
        let marker = answer.next_marker.take();
        marker.filter(|marker| !marker.is_empty())
    }

    fn append(answer: &mut DescribeLoadBalancersResponse, page: DescribeLoadBalancersResponse) {
        let found = answer.load_balancer_descriptions.get_or_insert_default();
        found
            .member
            .extend(page.load_balancer_descriptions.unwrap_or_default().member);
        answer.next_marker = page.next_marker;
    }

    fn select(&self, answer: &mut DescribeLoadBalancersResponse) -> Result<(), Failure> {
        let Some(found) = &mut answer.load_balancer_descriptions else {
            return Ok(());
        };
        if self.has_patterns() {
            // The service says so itself when it is asked for names only.
            let plain = self
                .names
                .iter()
                .filter(|name| !selection::is_pattern(name) && name.as_str() != VERBOSE);
            for name in plain {
                if !found
                    .member
                    .iter()
                    .any(|balancer| is_called(name, balancer))
                {
                    return Err(Failure::new(format!("there is no load balancer '{name}'")));
                }
            }
            found.member.retain(|balancer| self.is_named(balancer));
        }
        found
            .member
            .retain(|balancer| self.filters.iter().all(|filter| filter.admits(balancer)));
        Ok(())
    }

    fn report(&self, answer: &DescribeLoadBalancersResponse, report: &mut Report) {
        for balancer in members(&answer.load_balancer_descriptions) {
            let mut fields = vec![text(&balancer.load_balancer_name), text(&balancer.dns_name)];
            if self.show_long {
                fields.extend(details(balancer));
            }
            fields.extend([text(&balancer.created_time), text(&balancer.scheme)]);
            report.record("LOAD_BALANCER", fields);
        }
    }
}

/// The fourteen fields of `--show-long`.
fn details(balancer: &LoadBalancerDescription) -> [String; 14] {
    let check = balancer.health_check.clone().unwrap_or_default();
    let health_check = present([
        (
            "interval",
            check.interval.map(|seconds| seconds.to_string()),
        ),
        ("target", check.target),
        ("timeout", check.timeout.map(|seconds| seconds.to_string())),
        (
            "healthy-threshold",
            check.healthy_threshold.map(|count| count.to_string()),
        ),
        (
            "unhealthy-threshold",
            check.unhealthy_threshold.map(|count| count.to_string()),
        ),
    ]);
    let instances = members(&balancer.instances).iter();
    let instances: Vec<String> = instances
        .map(|instance| text(&instance.instance_id))
        .collect();
    let listeners = members(&balancer.listener_descriptions).iter();
    let listeners: Vec<String> = listeners.map(listener).collect();
    let policies = balancer.policies.clone().unwrap_or_default();
    let source_group = balancer.source_security_group.clone().unwrap_or_default();
    [
        text(&balancer.canonical_hosted_zone_name),
        text(&balancer.canonical_hosted_zone_name_id),
        if health_check.is_empty() {
            String::new()
        } else {
            group(&health_check)
        },
        members(&balancer.availability_zones).join(","),
        members(&balancer.subnets).join(","),
        text(&balancer.vpc_id),
        instances.join(","),
        listeners.join(","),
        backends(balancer),
        members(&policies.app_cookie_stickiness_policies)
            .iter()
            .map(|policy| {
                structure([
                    ("policy-name", text(&policy.policy_name)),
                    ("cookie-name", text(&policy.cookie_name)),
                ])
            })
            .collect::<Vec<_>>()
            .join(","),
        members(&policies.lb_cookie_stickiness_policies)
            .iter()
            .map(|policy| {
                structure([
                    ("policy-name", text(&policy.policy_name)),
                    ("expiration-period", text(&policy.cookie_expiration_period)),
                ])
            })
            .collect::<Vec<_>>()
            .join(","),
        unless_empty(members(&policies.other_policies)),
        match &balancer.source_security_group {
            Some(_) => structure([
                ("owner-alias", text(&source_group.owner_alias)),
                ("group-name", text(&source_group.group_name)),
            ]),
            None => String::new(),
        },
        unless_empty(members(&balancer.security_groups)),
    ]
}

fn unless_empty(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => group(names),
    }
}

fn listener(described: &ListenerDescription) -> String {
    let listener = described.listener.clone().unwrap_or_default();
    let mut parts = present([
        ("protocol", listener.protocol),
        (
            "lb-port",
            listener.load_balancer_port.map(|port| port.to_string()),
        ),
        ("instance-protocol", listener.instance_protocol),
        (
            "instance-port",
            listener.instance_port.map(|port| port.to_string()),
        ),
        ("cert-id", listener.ssl_certificate_id),
    ]);
    let policies = members(&described.policy_names);
    if !policies.is_empty() {
        parts.push(group(policies));
    }
    group(&parts)
}

fn backends(balancer: &LoadBalancerDescription) -> String {
    let shown: Vec<String> = members(&balancer.backend_server_descriptions)
        .iter()
        .map(|backend| {
            let mut parts = present([(
                "instance-port",
                backend.instance_port.map(|port| port.to_string()),
            )]);
            // A list that is there but empty is shown: `policies={}`.
            if let Some(policies) = &backend.policy_names {
                parts.push(format!("policies={}", group(&policies.member)));
            }
            group(&parts)
        })
        .collect();
    shown.join(",")
}
