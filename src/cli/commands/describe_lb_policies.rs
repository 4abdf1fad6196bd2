//! `eulb-describe-lb-policies`.

use super::Command;
use crate::cli::args::List;
use crate::cli::exit::Failure;
use crate::cli::report::{Report, structure, text};
use crate::wire::members;
use crate::wire::policy::{DescribeLoadBalancerPolicies, DescribeLoadBalancerPoliciesResponse};

/// Show information about load balancer policies
///
/// Without a load balancer, the sample policies that are available to all are shown. Policies are
/// shown as they were made; what of a security policy a local cloud serves is told by eulb explain.
#[derive(Debug, clap::Args)]
pub struct DescribeLbPolicies {
    /// Limit results to specific policies
    #[arg(short, long, value_name = "POLICY1,POLICY2,...")]
    policy_names: Option<List>,
    /// Show all of the policies' info
    #[arg(long)]
    show_long: bool,
    /// Show the policies of this load balancer
    #[arg(value_name = "ELB")]
    name: Option<String>,
}

impl Command for DescribeLbPolicies {
    type Action = DescribeLoadBalancerPolicies;

    const OUTPUT: &'static str = "One line for each policy: POLICY, its name and its type. With --show-long, its attributes follow: {name=NAME,value=VALUE}, separated by commas.";
    const EXAMPLES: &'static [&'static str] =
        &["eulb-describe-lb-policies --release 4.0.0 --show-long MyLB"];

    fn request(&self) -> Result<DescribeLoadBalancerPolicies, Failure> {
        Ok(DescribeLoadBalancerPolicies {
            load_balancer_name: self.name.clone(),
            policy_names: self.policy_names.as_ref().and_then(List::members),
        })
    }

    fn report(&self, answer: &DescribeLoadBalancerPoliciesResponse, report: &mut Report) {
        for policy in members(&answer.policy_descriptions) {
            let mut fields = vec![text(&policy.policy_name), text(&policy.policy_type_name)];
            if self.show_long {
                let attributes = members(&policy.policy_attribute_descriptions).iter();
                let shown: Vec<String> = attributes
                    .map(|attribute| {
                        structure([
                            ("name", text(&attribute.attribute_name)),
                            ("value", text(&attribute.attribute_value)),
                        ])
                    })
                    .collect();
                fields.push(shown.join(","));
            }
            report.record("POLICY", fields);
        }
    }
}
