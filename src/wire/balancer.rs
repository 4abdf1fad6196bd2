//! Load balancers: CreateLoadBalancer, DescribeLoadBalancers, DeleteLoadBalancer.

use super::listener::{Listener, ListenerDescription};
use super::policy::{BackendServerDescription, Policies};
use super::security_group::SourceSecurityGroup;
use super::tag::Tag;
use super::{Members, action};
use crate::model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use super::instance::{HealthCheck, InstanceRef};

action! {
    CreateLoadBalancer => CreateLoadBalancerResponse,
    DescribeLoadBalancers => DescribeLoadBalancersResponse,
    DeleteLoadBalancer => DeleteLoadBalancerResponse,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLoadBalancer {
    pub load_balancer_name: String,
    pub listeners: Option<Members<Listener>>,
    pub availability_zones: Option<Members<String>>,
    pub subnets: Option<Members<String>>,
    pub security_groups: Option<Members<String>>,
    pub scheme: Option<String>,
    pub tags: Option<Members<Tag>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateLoadBalancerResponse {
    #[serde(rename = "DNSName")]
    pub dns_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancers {
    pub load_balancer_names: Option<Members<String>>,
    pub marker: Option<String>,
    pub page_size: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancersResponse {
    pub load_balancer_descriptions: Option<Members<LoadBalancerDescription>>,
    pub next_marker: Option<String>,
}

/// A load balancer as DescribeLoadBalancers tells it. The fields are in the order of the elements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancerDescription {
    pub load_balancer_name: Option<String>,
    #[serde(rename = "DNSName")]
    pub dns_name: Option<String>,
    pub canonical_hosted_zone_name: Option<String>,
    #[serde(rename = "CanonicalHostedZoneNameID")]
    pub canonical_hosted_zone_name_id: Option<String>,
    pub listener_descriptions: Option<Members<ListenerDescription>>,
    pub policies: Option<Policies>,
    pub backend_server_descriptions: Option<Members<BackendServerDescription>>,
    pub availability_zones: Option<Members<String>>,
    pub subnets: Option<Members<String>>,
    #[serde(rename = "VPCId")]
    pub vpc_id: Option<String>,
    pub instances: Option<Members<InstanceRef>>,
    pub health_check: Option<HealthCheck>,
    pub source_security_group: Option<SourceSecurityGroup>,
    pub security_groups: Option<Members<String>>,
    /// See [`created_time`].
    pub created_time: Option<String>,
    pub scheme: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLoadBalancer {
    pub load_balancer_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteLoadBalancerResponse {}

/// A moment as CreatedTime writes it: UTC, milliseconds with trailing zeros trimmed.
///
/// Source: Eucalyptus 3.3.0, `2013-05-15T23:31:32.806Z`, `2013-10-30T03:02:53.39Z`.
pub fn created_time(moment: Timestamp) -> String {
    let nanoseconds = i128::from(moment.0) * 1_000_000;
    let utc = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let fraction = match utc.millisecond() {
        0 => String::new(),
        milliseconds => format!(".{}", format!("{milliseconds:03}").trim_end_matches('0')),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        utc.year(),
        u8::from(utc.month()),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn created_times_drop_trailing_zeros_of_milliseconds() {
        let cases = [
            (1_368_660_692_806, "2013-05-15T23:31:32.806Z"),
            (1_383_102_173_390, "2013-10-30T03:02:53.39Z"),
            (1_383_102_173_005, "2013-10-30T03:02:53.005Z"),
            (1_383_102_173_000, "2013-10-30T03:02:53Z"),
            (0, "1970-01-01T00:00:00Z"),
        ];
        for (milliseconds, expected) in cases {
            assert_eq!(created_time(Timestamp(milliseconds)), expected);
        }
    }
}
