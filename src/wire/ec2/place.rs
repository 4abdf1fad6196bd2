//! Where things are: zones, regions, and what an account may use.

use super::{ENVELOPE, Filter, Items};
use crate::wire::action;
use serde::{Deserialize, Serialize};

action! {
    ENVELOPE;
    DescribeAvailabilityZones => DescribeAvailabilityZonesResponse,
    DescribeRegions => DescribeRegionsResponse,
    DescribeAccountAttributes => DescribeAccountAttributesResponse,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAvailabilityZones {
    pub zone_name: Option<Vec<String>>,
    pub zone_id: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub all_availability_zones: Option<bool>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeAvailabilityZonesResponse {
    pub availability_zone_info: Option<Items<Zone>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Zone {
    pub zone_name: Option<String>,
    pub zone_state: Option<String>,
    pub region_name: Option<String>,
    pub message_set: Items<String>,
    pub zone_id: Option<String>,
    pub zone_type: Option<String>,
    pub group_name: Option<String>,
    pub opt_in_status: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRegions {
    pub region_name: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub all_regions: Option<bool>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeRegionsResponse {
    pub region_info: Option<Items<Region>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    pub region_name: Option<String>,
    pub region_endpoint: Option<String>,
    pub opt_in_status: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAccountAttributes {
    pub attribute_name: Option<Vec<String>>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeAccountAttributesResponse {
    pub account_attribute_set: Option<Items<AccountAttribute>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAttribute {
    pub attribute_name: Option<String>,
    pub attribute_value_set: Option<Items<AttributeValue>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeValue {
    pub attribute_value: Option<String>,
}
