//! `eulb-describe-lb-policy-types`.

use super::Command;
use crate::cli::args;
use crate::cli::exit::Failure;
use crate::cli::report::{Report, structure, text};
use crate::wire::members;
use crate::wire::policy::{
    DescribeLoadBalancerPolicyTypes, DescribeLoadBalancerPolicyTypesResponse,
};

/// Show information about load balancer policy types
#[derive(Debug, clap::Args)]
pub struct DescribeLbPolicyTypes {
    /// Show all of the policy types' info
    #[arg(long)]
    show_long: bool,
    /// Limit results to specific policy types
    #[arg(value_name = "POLTYPE")]
    names: Vec<String>,
}

impl Command for DescribeLbPolicyTypes {
    type Action = DescribeLoadBalancerPolicyTypes;

    const OUTPUT: &'static str = "One line for each type: POLICY_TYPE, its name and its description. With --show-long, its attributes follow: {name=,description=,type=,default-value=,cardinality=}, separated by commas.";
    const EXAMPLES: &'static [&'static str] =
        &["eulb-describe-lb-policy-types --release 4.0.0 --show-long LBCookieStickinessPolicyType"];

    fn request(&self) -> Result<DescribeLoadBalancerPolicyTypes, Failure> {
        Ok(DescribeLoadBalancerPolicyTypes {
            policy_type_names: args::names(&self.names),
        })
    }

    fn report(&self, answer: &DescribeLoadBalancerPolicyTypesResponse, report: &mut Report) {
        for kind in members(&answer.policy_type_descriptions) {
            let mut fields = vec![text(&kind.policy_type_name), text(&kind.description)];
            if self.show_long {
                let attributes = members(&kind.policy_attribute_type_descriptions).iter();
                let shown: Vec<String> = attributes
                    .map(|attribute| {
                        structure([
                            ("name", text(&attribute.attribute_name)),
                            ("description", text(&attribute.description)),
                            ("type", text(&attribute.attribute_type)),
                            ("default-value", text(&attribute.default_value)),
                            ("cardinality", text(&attribute.cardinality)),
                        ])
                    })
                    .collect();
                fields.push(shown.join(","));
            }
            report.record("POLICY_TYPE", fields);
        }
    }
}
