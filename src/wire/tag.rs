//! Tags: AddTags, RemoveTags, DescribeTags.

use super::{Members, action};
use serde::{Deserialize, Serialize};

action! {
    AddTags => AddTagsResponse,
    RemoveTags => RemoveTagsResponse,
    DescribeTags => DescribeTagsResponse,
}

/// A tag; a value that is present but empty is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    pub key: Option<String>,
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagKeyOnly {
    pub key: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddTags {
    pub load_balancer_names: Option<Members<String>>,
    pub tags: Option<Members<Tag>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddTagsResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveTags {
    pub load_balancer_names: Option<Members<String>>,
    pub tags: Option<Members<TagKeyOnly>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveTagsResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTags {
    pub load_balancer_names: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTagsResponse {
    pub tag_descriptions: Option<Members<TagDescription>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagDescription {
    pub load_balancer_name: Option<String>,
    pub tags: Option<Members<Tag>>,
}
