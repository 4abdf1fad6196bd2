//! `eulb-delete-tags`.

use super::Command;
use crate::cli::exit::Failure;
use crate::wire::Members;
use crate::wire::tag::{RemoveTags, TagKeyOnly};

/// Delete tags of a load balancer
///
/// Keys that the load balancer does not have are ignored.
#[derive(Debug, clap::Args)]
pub struct DeleteTags {
    /// Key of a tag to delete, the whole text (required; can be repeated)
    #[arg(short, long = "tag", value_name = "KEY", required = true)]
    tags: Vec<String>,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for DeleteTags {
    type Action = RemoveTags;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &["eulb-delete-tags --release 4.1.0 -t stage MyLB"];

    fn request(&self) -> Result<RemoveTags, Failure> {
        let keys = self.tags.iter().map(|key| TagKeyOnly {
            key: Some(key.clone()),
        });
        Ok(RemoveTags {
            load_balancer_names: Some(Members::from(vec![self.name.clone()])),
            tags: Some(keys.collect()),
        })
    }
}
