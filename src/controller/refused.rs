//! Refusals in domain words, as faults of the API.

use crate::model::attribute::{AttributeName, AttributeRefusal};
use crate::model::network::PlacementRefusal;
use crate::model::policy::PolicyRefusal;
use crate::model::refusal::Refusal;
use crate::model::tag::TagRefusal;
use crate::wire::fault::Fault;
use crate::wire::release::Feature;

impl From<Refusal> for Fault {
    /// The fault of a refusal wherever its operation does not give it another one.
    fn from(refusal: Refusal) -> Fault {
        let invalid = |reason: String| Fault::InvalidConfiguration {
            reason: Some(reason),
        };
        match refusal {
            Refusal::BalancerNotFound { name } => Fault::LoadBalancerNotFound { name },
            Refusal::BalancerExists { name } => Fault::DuplicateLoadBalancerName {
                name,
                differing: "parameters",
            },
            Refusal::ListenerExists { name, port } => Fault::DuplicateListener {
                name,
                port: port.get(),
            },
            Refusal::ProtocolUnsupported => Fault::UnsupportedProtocol,
            Refusal::CertificateNotFound { arn } => Fault::CertificateNotFound { arn },
            Refusal::InvalidName => Fault::InvalidName,
            Refusal::NameTooLong => Fault::NameTooLong,
            Refusal::InvalidTarget(error) => Fault::InvalidTarget { error },
            Refusal::CertificateRequired => Fault::CertificateRequired,
            Refusal::ListenerNotFound { .. } => Fault::ListenerNotFound,
            Refusal::InstanceInvalid { id } => Fault::InvalidInstance { id: id.to_string() },
            Refusal::InstanceVpc { .. } => Fault::Service {
                status: 400,
                code: "InvalidInstance",
                message: refusal.to_string(),
            },
            Refusal::InvalidListener
            | Refusal::NoListeners
            | Refusal::InvalidPort
            | Refusal::InvalidHealthCheck(_) => Fault::InvalidArgument {
                reason: refusal.to_string(),
            },
            Refusal::CertificateUnspecified
            | Refusal::CertificateUnwanted
            | Refusal::InstancePortMixed { .. }
            | Refusal::LastZone => invalid(refusal.to_string()),
            Refusal::ZoneUnknown { .. }
            | Refusal::NotEnoughResources { .. }
            | Refusal::InstanceZone { .. }
            | Refusal::InstanceIsServo => Fault::Failure {
                message: refusal.to_string(),
            },
        }
    }
}

impl From<PlacementRefusal> for Fault {
    fn from(refusal: PlacementRefusal) -> Fault {
        match refusal {
            PlacementRefusal::SubnetNotFound => Fault::SubnetNotFound,
            PlacementRefusal::GroupNotFound => Fault::InvalidSecurityGroup,
            PlacementRefusal::InvalidScheme(scheme) => Fault::InvalidScheme { scheme },
            PlacementRefusal::NoGateway(_) => Fault::InvalidSubnet {
                reason: refusal.to_string(),
            },
            other => Fault::InvalidConfiguration {
                reason: Some(other.to_string()),
            },
        }
    }
}

impl From<PolicyRefusal> for Fault {
    fn from(refusal: PolicyRefusal) -> Fault {
        match refusal {
            PolicyRefusal::Duplicate => Fault::DuplicatePolicyName,
            PolicyRefusal::TooMany => Fault::TooManyPolicies,
            PolicyRefusal::UnknownType => Fault::PolicyTypeNotFound,
            PolicyRefusal::NotFound => Fault::PolicyNotFound,
            PolicyRefusal::ReferenceNotFound(policy) => Fault::ReferenceNotFound { policy },
            other => Fault::InvalidConfiguration {
                reason: Some(other.to_string()),
            },
        }
    }
}

impl From<AttributeRefusal> for Fault {
    fn from(refusal: AttributeRefusal) -> Fault {
        match refusal {
            AttributeRefusal::NotOffered(name) => Fault::NotInRelease {
                feature: match name {
                    AttributeName::CrossZone => Feature::CrossZoneAttribute,
                    AttributeName::Draining => Feature::ConnectionDrainingAttribute,
                    AttributeName::IdleTimeout => Feature::IdleTimeoutAttribute,
                    AttributeName::AccessLog => Feature::AccessLogAttribute,
                    AttributeName::Additional => Feature::AdditionalAttributes,
                },
            },
            AttributeRefusal::Unknown(name) => Fault::AttributeNotFound { name },
            AttributeRefusal::BucketMissing
            | AttributeRefusal::BucketInvalid(_)
            | AttributeRefusal::EmitInterval
            | AttributeRefusal::EmitIntervalAmazon
            | AttributeRefusal::Prefix => Fault::InvalidConfiguration {
                reason: Some(refusal.to_string()),
            },
            other => Fault::ValidationError {
                reason: other.to_string(),
            },
        }
    }
}

impl From<TagRefusal> for Fault {
    fn from(refusal: TagRefusal) -> Fault {
        match refusal {
            TagRefusal::Duplicate(key) => Fault::DuplicateTagKeys { key },
            TagRefusal::TooMany => Fault::TooManyTags,
            TagRefusal::Reserved => Fault::InvalidConfiguration {
                reason: Some(refusal.to_string()),
            },
            other => Fault::ValidationError {
                reason: other.to_string(),
            },
        }
    }
}

/// The fault of a refusal inside something larger: `Failed to enable zones: Not enough resources in
/// PARTI00`.
pub fn failed(what: &str, refusal: &Refusal) -> Fault {
    Fault::Failure {
        message: format!("{what}: {refusal}"),
    }
}
