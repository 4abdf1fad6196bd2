//! Refusals in domain words, as faults of the API.

use crate::model::refusal::Refusal;
use crate::wire::fault::Fault;

impl From<Refusal> for Fault {
    /// The fault of a refusal wherever its operation does not give it another one.
    fn from(refusal: Refusal) -> Fault {
        let invalid = |reason: String| Fault::InvalidConfiguration {
            reason: Some(reason),
        };
        match refusal {
            Refusal::BalancerNotFound { name } => Fault::LoadBalancerNotFound { name },
            Refusal::BalancerExists { name } => Fault::DuplicateLoadBalancerName { name },
            Refusal::ListenerExists { name, port } => Fault::DuplicateListener {
                name,
                port: port.get(),
            },
            Refusal::ProtocolUnsupported => Fault::UnsupportedProtocol,
            Refusal::InstanceInvalid { id } => Fault::InvalidInstance { id: id.to_string() },
            Refusal::InvalidName
            | Refusal::NameTooLong
            | Refusal::InvalidListener
            | Refusal::InvalidPort
            | Refusal::LastZone
            | Refusal::InvalidHealthCheck(_)
            | Refusal::InvalidTarget(_) => invalid(refusal.to_string()),
            Refusal::ZoneUnknown { .. }
            | Refusal::NotEnoughResources { .. }
            | Refusal::InstanceZone { .. }
            | Refusal::InstanceIsServo => Fault::Failure {
                message: refusal.to_string(),
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
