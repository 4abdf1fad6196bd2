//! Policies: creating, deleting and describing them and their types, and putting them on listeners
//! and instance ports.

use super::{Members, action};
use serde::{Deserialize, Serialize};

action! {
    CreateAppCookieStickinessPolicy => CreateAppCookieStickinessPolicyResponse,
    CreateLBCookieStickinessPolicy => CreateLBCookieStickinessPolicyResponse,
    CreateLoadBalancerPolicy => CreateLoadBalancerPolicyResponse,
    DeleteLoadBalancerPolicy => DeleteLoadBalancerPolicyResponse,
    DescribeLoadBalancerPolicies => DescribeLoadBalancerPoliciesResponse,
    DescribeLoadBalancerPolicyTypes => DescribeLoadBalancerPolicyTypesResponse,
    SetLoadBalancerPoliciesForBackendServer => SetLoadBalancerPoliciesForBackendServerResponse,
    SetLoadBalancerPoliciesOfListener => SetLoadBalancerPoliciesOfListenerResponse,
}

/// The policies of a load balancer, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policies {
    pub app_cookie_stickiness_policies: Option<Members<AppCookieStickinessPolicy>>,
    #[serde(rename = "LBCookieStickinessPolicies")]
    pub lb_cookie_stickiness_policies: Option<Members<LbCookieStickinessPolicy>>,
    pub other_policies: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AppCookieStickinessPolicy {
    pub policy_name: Option<String>,
    pub cookie_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LbCookieStickinessPolicy {
    pub policy_name: Option<String>,
    /// Seconds; absent for a cookie that lasts as long as the browser's session.
    pub cookie_expiration_period: Option<i64>,
}

/// An instance port that carries policies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackendServerDescription {
    pub instance_port: Option<i64>,
    pub policy_names: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAppCookieStickinessPolicy {
    pub load_balancer_name: String,
    pub policy_name: String,
    pub cookie_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateAppCookieStickinessPolicyResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLBCookieStickinessPolicy {
    pub load_balancer_name: String,
    pub policy_name: String,
    /// Seconds.
    pub cookie_expiration_period: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateLBCookieStickinessPolicyResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLoadBalancerPolicy {
    pub load_balancer_name: String,
    pub policy_name: String,
    pub policy_type_name: String,
    pub policy_attributes: Option<Members<PolicyAttribute>>,
}

/// A named value of a policy, as asked for and as described.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyAttribute {
    pub attribute_name: Option<String>,
    pub attribute_value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateLoadBalancerPolicyResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLoadBalancerPolicy {
    pub load_balancer_name: String,
    pub policy_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteLoadBalancerPolicyResponse {}

/// Without a load balancer, the sample policies are described.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancerPolicies {
    pub load_balancer_name: Option<String>,
    pub policy_names: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancerPoliciesResponse {
    pub policy_descriptions: Option<Members<PolicyDescription>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDescription {
    pub policy_name: Option<String>,
    pub policy_type_name: Option<String>,
    pub policy_attribute_descriptions: Option<Members<PolicyAttribute>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancerPolicyTypes {
    pub policy_type_names: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLoadBalancerPolicyTypesResponse {
    pub policy_type_descriptions: Option<Members<PolicyTypeDescription>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyTypeDescription {
    pub policy_type_name: Option<String>,
    pub description: Option<String>,
    pub policy_attribute_type_descriptions: Option<Members<PolicyAttributeTypeDescription>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyAttributeTypeDescription {
    pub attribute_name: Option<String>,
    pub attribute_type: Option<String>,
    pub description: Option<String>,
    pub default_value: Option<String>,
    /// `ONE`, `ZERO_OR_ONE`, `ZERO_OR_MORE`, `ONE_OR_MORE`.
    pub cardinality: Option<String>,
}

/// Replaces the policies of an instance port; an empty list clears them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetLoadBalancerPoliciesForBackendServer {
    pub load_balancer_name: String,
    pub instance_port: i64,
    pub policy_names: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetLoadBalancerPoliciesForBackendServerResponse {}

/// Replaces the policies of a listener; an empty list clears them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetLoadBalancerPoliciesOfListener {
    pub load_balancer_name: String,
    pub load_balancer_port: i64,
    pub policy_names: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetLoadBalancerPoliciesOfListenerResponse {}
