//! Security groups of a load balancer: ApplySecurityGroupsToLoadBalancer.

use super::{Members, action};
use serde::{Deserialize, Serialize};

action! {
    ApplySecurityGroupsToLoadBalancer => ApplySecurityGroupsToLoadBalancerResponse,
}

/// The group that instances must admit for traffic of the load balancer to reach them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SourceSecurityGroup {
    pub owner_alias: Option<String>,
    pub group_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ApplySecurityGroupsToLoadBalancer {
    pub load_balancer_name: String,
    pub security_groups: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ApplySecurityGroupsToLoadBalancerResponse {
    pub security_groups: Option<Members<String>>,
}
