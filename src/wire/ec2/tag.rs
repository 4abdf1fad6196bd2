//! Tags of everything but load balancers.

use super::{ENVELOPE, Filter, Items, Return, Tag};
use crate::wire::action;
use serde::{Deserialize, Serialize};

action! {
    ENVELOPE;
    CreateTags => Return,
    DeleteTags => Return,
    DescribeTags => DescribeTagsResponse,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateTags {
    pub resource_id: Option<Vec<String>>,
    pub tag: Option<Vec<Tag>>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteTags {
    pub resource_id: Option<Vec<String>>,
    pub tag: Option<Vec<Tag>>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTags {
    pub filter: Option<Vec<Filter>>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeTagsResponse {
    pub tag_set: Option<Items<TagDescription>>,
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagDescription {
    pub resource_id: Option<String>,
    pub resource_type: Option<String>,
    pub key: Option<String>,
    pub value: Option<String>,
}
