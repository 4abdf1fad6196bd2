//! Where a load balancer is: availability zones and, in a VPC, subnets.

use super::{Members, action};
use serde::{Deserialize, Serialize};

action! {
    EnableAvailabilityZonesForLoadBalancer => EnableAvailabilityZonesForLoadBalancerResponse,
    DisableAvailabilityZonesForLoadBalancer => DisableAvailabilityZonesForLoadBalancerResponse,
    AttachLoadBalancerToSubnets => AttachLoadBalancerToSubnetsResponse,
    DetachLoadBalancerFromSubnets => DetachLoadBalancerFromSubnetsResponse,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnableAvailabilityZonesForLoadBalancer {
    pub load_balancer_name: String,
    pub availability_zones: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnableAvailabilityZonesForLoadBalancerResponse {
    pub availability_zones: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisableAvailabilityZonesForLoadBalancer {
    pub load_balancer_name: String,
    pub availability_zones: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisableAvailabilityZonesForLoadBalancerResponse {
    pub availability_zones: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachLoadBalancerToSubnets {
    pub load_balancer_name: String,
    pub subnets: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachLoadBalancerToSubnetsResponse {
    pub subnets: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachLoadBalancerFromSubnets {
    pub load_balancer_name: String,
    pub subnets: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachLoadBalancerFromSubnetsResponse {
    pub subnets: Option<Members<String>>,
}
