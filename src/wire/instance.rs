//! Instances and their health: RegisterInstancesWithLoadBalancer,
//! DeregisterInstancesFromLoadBalancer, ConfigureHealthCheck, DescribeInstanceHealth.

use super::{Members, action};
use serde::{Deserialize, Serialize};

action! {
    RegisterInstancesWithLoadBalancer => RegisterInstancesWithLoadBalancerResponse,
    DeregisterInstancesFromLoadBalancer => DeregisterInstancesFromLoadBalancerResponse,
    ConfigureHealthCheck => ConfigureHealthCheckResponse,
    DescribeInstanceHealth => DescribeInstanceHealthResponse,
}

/// An instance, named by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceRef {
    pub instance_id: Option<String>,
}

impl InstanceRef {
    pub fn new(id: impl Into<String>) -> InstanceRef {
        InstanceRef {
            instance_id: Some(id.into()),
        }
    }
}

/// A health check, as asked for and as described.
///
/// Every member may be missing on paper: Eucalyptus refuses an incomplete health check after
/// binding, with a message per member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthCheck {
    pub target: Option<String>,
    /// Seconds.
    pub interval: Option<i64>,
    /// Seconds.
    pub timeout: Option<i64>,
    pub unhealthy_threshold: Option<i64>,
    pub healthy_threshold: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RegisterInstancesWithLoadBalancer {
    pub load_balancer_name: String,
    pub instances: Option<Members<InstanceRef>>,
}

/// All instances registered now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RegisterInstancesWithLoadBalancerResponse {
    pub instances: Option<Members<InstanceRef>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeregisterInstancesFromLoadBalancer {
    pub load_balancer_name: String,
    pub instances: Option<Members<InstanceRef>>,
}

/// The instances that remain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeregisterInstancesFromLoadBalancerResponse {
    pub instances: Option<Members<InstanceRef>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfigureHealthCheck {
    pub load_balancer_name: String,
    pub health_check: Option<HealthCheck>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfigureHealthCheckResponse {
    pub health_check: Option<HealthCheck>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceHealth {
    pub load_balancer_name: String,
    pub instances: Option<Members<InstanceRef>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceHealthResponse {
    pub instance_states: Option<Members<InstanceState>>,
}

/// What a load balancer thinks of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceState {
    pub instance_id: Option<String>,
    /// `InService`, `OutOfService`, `Error` (Eucalyptus), `Unknown` (from 4.2.1, and Amazon).
    pub state: Option<String>,
    pub reason_code: Option<String>,
    pub description: Option<String>,
}
