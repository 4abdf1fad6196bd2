//! Every way the rules say no, in domain words.
//!
//! What a client is told, with which code and status, is written on the wire's side; here is only
//! what was wrong and with what.

use super::health::TargetError;
use super::instance::InstanceId;
use super::listener::Port;
use super::placement::ZoneName;

/// Why a change of a load balancer is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Invalid character found in the loadbalancer name")]
    InvalidName,
    #[error("Loadbalancer name must not exceed 32 characters")]
    NameTooLong,
    #[error("there is no load balancer '{name}'")]
    BalancerNotFound { name: String },
    #[error("there is a load balancer '{name}' already")]
    BalancerExists { name: String },
    #[error("load balancer '{name}' has a listener on port {port} already")]
    ListenerExists { name: String, port: Port },
    #[error("listeners of this protocol are not supported")]
    ProtocolUnsupported,
    #[error("Invalid listener format")]
    InvalidListener,
    #[error("At least one listener must be specified")]
    NoListeners,
    #[error("SSLCertificateId is required for HTTPS or SSL protocol")]
    CertificateRequired,
    #[error("SSLCertificateId is not specified")]
    CertificateUnspecified,
    #[error("there is no server certificate '{arn}'")]
    CertificateNotFound { arn: String },
    #[error("SSLCertificateId can be specified for HTTPS or SSL listeners only")]
    CertificateUnwanted,
    #[error("there is no listener on port {port}")]
    ListenerNotFound { port: Port },
    #[error("listeners with instance port {port} must all speak a secure protocol to it, or none")]
    InstancePortMixed { port: Port },
    #[error("Invalid port range")]
    InvalidPort,
    #[error("there is no zone '{zone}'")]
    ZoneUnknown { zone: ZoneName },
    #[error("There must be at least one availability zone")]
    LastZone,
    #[error("Not enough resources in {zone}")]
    NotEnoughResources { zone: ZoneName },
    #[error("instance {id} does not exist, or is not running")]
    InstanceInvalid { id: InstanceId },
    #[error("the zone of instance {id} is not enabled for the load balancer")]
    InstanceZone { id: InstanceId },
    #[error("EC2 instance {id} is not in the same VPC as ELB.")]
    InstanceVpc { id: InstanceId },
    #[error("Loadbalancer VM cannot be registered")]
    InstanceIsServo,
    /// The message is the service's own, misspellings included.
    #[error("{0}")]
    InvalidHealthCheck(&'static str),
    #[error("{0}")]
    InvalidTarget(#[from] TargetError),
}
