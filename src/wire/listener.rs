//! Listeners: CreateLoadBalancerListeners, DeleteLoadBalancerListeners,
//! SetLoadBalancerListenerSSLCertificate.

use super::{Members, action};
use serde::{Deserialize, Serialize};

action! {
    CreateLoadBalancerListeners => CreateLoadBalancerListenersResponse,
    DeleteLoadBalancerListeners => DeleteLoadBalancerListenersResponse,
    SetLoadBalancerListenerSSLCertificate => SetLoadBalancerListenerSSLCertificateResponse,
}

/// A listener, as asked for and as described.
///
/// Every member may be missing on paper: Eucalyptus refuses an incomplete listener after binding,
/// with `Invalid listener format`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    pub protocol: Option<String>,
    pub load_balancer_port: Option<i64>,
    pub instance_protocol: Option<String>,
    pub instance_port: Option<i64>,
    #[serde(rename = "SSLCertificateId")]
    pub ssl_certificate_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerDescription {
    pub listener: Option<Listener>,
    pub policy_names: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLoadBalancerListeners {
    pub load_balancer_name: String,
    pub listeners: Option<Members<Listener>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateLoadBalancerListenersResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLoadBalancerListeners {
    pub load_balancer_name: String,
    pub load_balancer_ports: Option<Members<i64>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteLoadBalancerListenersResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetLoadBalancerListenerSSLCertificate {
    pub load_balancer_name: String,
    pub load_balancer_port: i64,
    #[serde(rename = "SSLCertificateId")]
    pub ssl_certificate_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetLoadBalancerListenerSSLCertificateResponse {}
