//! `eulb-create-tags`.

use super::Command;
use crate::cli::args::{self, TagArgument};
use crate::cli::exit::Failure;
use crate::wire::Members;
use crate::wire::tag::AddTags;

/// Add or update tags for a load balancer
#[derive(Debug, clap::Args)]
pub struct CreateTags {
    /// Key, and optionally value, of a tag to create or to update (required; can be repeated)
    #[arg(short, long = "tag", value_name = "KEY[=VALUE]", required = true)]
    tags: Vec<TagArgument>,
    /// Name of the load balancer to tag (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for CreateTags {
    type Action = AddTags;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] =
        &["eulb-create-tags --release 4.1.0 -t stage=beta -t urgent MyLB"];

    fn request(&self) -> Result<AddTags, Failure> {
        Ok(AddTags {
            load_balancer_names: Some(Members::from(vec![self.name.clone()])),
            tags: args::tags(&self.tags),
        })
    }
}
