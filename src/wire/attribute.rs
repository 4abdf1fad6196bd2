//! Attributes of a load balancer and limits of an account: DescribeLoadBalancerAttributes,
//! ModifyLoadBalancerAttributes, DescribeAccountLimits.

use super::{Members, action};
use serde::{Deserialize, Serialize};

action! {
    DescribeLoadBalancerAttributes => DescribeLoadBalancerAttributesResponse,
    ModifyLoadBalancerAttributes => ModifyLoadBalancerAttributesResponse,
    DescribeAccountLimits => DescribeAccountLimitsResponse,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancerAttributes {
    pub cross_zone_load_balancing: Option<CrossZoneLoadBalancing>,
    pub access_log: Option<AccessLog>,
    pub connection_draining: Option<ConnectionDraining>,
    pub connection_settings: Option<ConnectionSettings>,
    pub additional_attributes: Option<Members<AdditionalAttribute>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CrossZoneLoadBalancing {
    pub enabled: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessLog {
    pub enabled: Option<bool>,
    #[serde(rename = "S3BucketName")]
    pub s3_bucket_name: Option<String>,
    /// Minutes.
    pub emit_interval: Option<i64>,
    #[serde(rename = "S3BucketPrefix")]
    pub s3_bucket_prefix: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectionDraining {
    pub enabled: Option<bool>,
    /// Seconds.
    pub timeout: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectionSettings {
    /// Seconds.
    pub idle_timeout: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdditionalAttribute {
    pub key: Option<String>,
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancerAttributes {
    pub load_balancer_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancerAttributesResponse {
    pub load_balancer_attributes: Option<LoadBalancerAttributes>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyLoadBalancerAttributes {
    pub load_balancer_name: String,
    pub load_balancer_attributes: Option<LoadBalancerAttributes>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyLoadBalancerAttributesResponse {
    pub load_balancer_name: Option<String>,
    pub load_balancer_attributes: Option<LoadBalancerAttributes>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAccountLimits {
    pub marker: Option<String>,
    pub page_size: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAccountLimitsResponse {
    pub limits: Option<Members<Limit>>,
    pub next_marker: Option<String>,
}

/// A limit of an account; its number is a string at Amazon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Limit {
    pub name: Option<String>,
    pub max: Option<String>,
}
