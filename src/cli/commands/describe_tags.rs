//! `eulb-describe-tags`.

use super::Command;
use crate::cli::args;
use crate::cli::exit::Failure;
use crate::cli::report::{Report, text};
use crate::wire::members;
use crate::wire::tag::{DescribeTags, DescribeTagsResponse};

/// Show the tags of load balancers
#[derive(Debug, clap::Args)]
pub struct DescribeTagsCommand {
    /// Begin with a line that names the columns
    #[arg(long)]
    show_headers: bool,
    /// Names of the load balancers to describe (required)
    #[arg(value_name = "ELB", required = true)]
    names: Vec<String>,
}

impl Command for DescribeTagsCommand {
    type Action = DescribeTags;

    const OUTPUT: &'static str = "One line for each tag: TAG, \"load-balancer\", the name of the load balancer, the key and the value.";
    const EXAMPLES: &'static [&'static str] =
        &["eulb-describe-tags --release 4.1.0 --show-headers MyLB"];

    fn request(&self) -> Result<DescribeTags, Failure> {
        Ok(DescribeTags {
            load_balancer_names: args::names(&self.names),
        })
    }

    fn report(&self, answer: &DescribeTagsResponse, report: &mut Report) {
        if self.show_headers {
            report.record("TAG", ["TYPE", "NAME", "KEY", "VALUE"].map(str::to_owned));
        }
        for described in members(&answer.tag_descriptions) {
            for tag in members(&described.tags) {
                let name = text(&described.load_balancer_name);
                let kind = "load-balancer".to_owned();
                report.record("TAG", [kind, name, text(&tag.key), text(&tag.value)]);
            }
        }
    }
}
