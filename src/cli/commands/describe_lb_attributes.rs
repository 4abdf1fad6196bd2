//! `eulb-describe-lb-attributes`.

use super::Command;
use crate::cli::exit::Failure;
use crate::cli::report::Report;
use crate::wire::attribute::{
    DescribeLoadBalancerAttributes, DescribeLoadBalancerAttributesResponse,
    ModifyLoadBalancerAttributes,
};
use crate::wire::query;

/// Show the attributes of a load balancer
#[derive(Debug, clap::Args)]
pub struct DescribeLbAttributes {
    /// Name of the load balancer to describe (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DescribeLbAttributes {
    type Action = DescribeLoadBalancerAttributes;

    const OUTPUT: &'static str = "One line for each attribute, sorted: its name, spelt as eulb-modify-lb-attributes takes it, and its value.";
    const EXAMPLES: &'static [&'static str] = &["eulb-describe-lb-attributes --release 4.1.0 MyLB"];

    fn request(&self) -> Result<DescribeLoadBalancerAttributes, Failure> {
        Ok(DescribeLoadBalancerAttributes {
            load_balancer_name: self.name.clone(),
        })
    }

    fn report(&self, answer: &DescribeLoadBalancerAttributesResponse, report: &mut Report) {
        // The dotted names of the Query encoding are the names that people use, so the attributes
        // are flattened as if they were to be sent.
        let request = ModifyLoadBalancerAttributes {
            load_balancer_name: String::new(),
            load_balancer_attributes: answer.load_balancer_attributes.clone(),
        };
        let mut lines: Vec<(String, String)> = query::parameters(&request)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(name, value)| {
                Some((
                    name.strip_prefix("LoadBalancerAttributes.")?.to_owned(),
                    value,
                ))
            })
            .collect();
        lines.sort();
        for (name, value) in lines {
            report.record(&name, [value]);
        }
    }
}
