//! Refusals on the wire: code, HTTP status, side and message, by release.
//!
//! A [`Fault`] is a reason in the API's words; the controller maps its own refusals to them. What a
//! client sees of it depends on the release: up to Eucalyptus 3.4 the code of nearly every refusal is
//! literally `400`, from 4.0.0 it is the name of the exception (`AccessPointNotFound`), and Amazon
//! has names of its own (`LoadBalancerNotFound`). Statuses and messages are the same in all releases
//! of Eucalyptus. The reason phrase of the HTTP answer is the code: `HTTP/1.1 400 400`.
//!
//! Requests that do not even bind are refused by Eucalyptus' front end, whose documents are those of
//! EC2: `<Response><Errors><Error>`. Sources: Eucalyptus 3.3.0 and 4.4.2, the exceptions of
//! LoadBalancingService; common errors and the operations' errors of the API reference 2012-06-01.

use super::NAMESPACE;
use super::query::{BindError, FormError};
use super::release::{Feature, Release};
use super::service::Service;
use super::xml::Writer;
use crate::model::health::TargetError;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    // The rules of load balancing.
    LoadBalancerNotFound {
        name: String,
    },
    DuplicateLoadBalancerName {
        name: String,
        /// What of it differs from the request, to Amazon: `parameters`, or only its `tags`.
        differing: &'static str,
    },
    DuplicateListener {
        name: String,
        port: u16,
    },
    /// A rule was broken; the reason follows `Requested configuration change is invalid`.
    InvalidConfiguration {
        reason: Option<String>,
    },
    /// The name of a load balancer has a character, or a place for one, that it may not have.
    InvalidName,
    NameTooLong,
    /// The target of a health check is none.
    InvalidTarget {
        error: TargetError,
    },
    /// An HTTPS or SSL listener has no certificate.
    CertificateRequired,
    /// A policy refers to a predefined one that there is not.
    ReferenceNotFound {
        policy: String,
    },
    /// An argument has a form that it may not have. Eucalyptus calls that an invalid configuration.
    InvalidArgument {
        reason: String,
    },
    InvalidInstance {
        id: String,
    },
    TooManyLoadBalancers,
    UnsupportedProtocol,
    UnsupportedParameter,
    CertificateNotFound {
        arn: String,
    },
    DuplicatePolicyName,
    ListenerNotFound,
    PolicyNotFound,
    PolicyTypeNotFound,
    TooManyPolicies,
    AttributeNotFound {
        name: String,
    },
    SubnetNotFound,
    InvalidSubnet {
        reason: String,
    },
    InvalidSecurityGroup,
    InvalidScheme {
        scheme: String,
    },
    TooManyTags,
    DuplicateTagKeys {
        key: String,
    },
    /// A value that the operation does not take: `Too many load balancers`.
    InvalidParameterValue {
        reason: String,
    },
    ValidationError {
        reason: String,
    },
    /// Something that was asked for could not be done: `Failed to enable zones: …`.
    Failure {
        message: String,
    },

    /// A refusal of a neighbouring service, which has codes of its own in every release.
    Service {
        status: u16,
        code: &'static str,
        message: String,
    },

    // The service itself.
    Internal {
        message: String,
    },
    Unavailable {
        message: String,
    },
    /// The emulated release does not have the operation or the option; see
    /// [`Release::refusal`]. A deliberate difference to releases that answer an empty success.
    NotInRelease {
        feature: Feature,
    },

    // Requests that are not understood.
    UnknownAction {
        action: String,
    },
    /// A neighbouring service has the action or not; this one does not.
    NotHere {
        action: String,
        service: Service,
        /// What it has, for people.
        known: String,
    },
    MissingAction,
    UnknownVersion {
        version: String,
    },
    MissingVersion,
    Bind(BindError),
    Form(FormError),

    // Who is asking.
    MissingAuthenticationToken,
    IncompleteSignature {
        reason: String,
    },
    InvalidClientTokenId,
    /// Temporary credentials after their end.
    ExpiredToken,
    SignatureDoesNotMatch {
        reason: String,
    },
    RequestExpired {
        reason: String,
    },
    AccessDenied {
        message: String,
    },
}

/// What Amazon says of required parameters that are not there. Source: terraform-provider-aws, issue
/// 48304, about ModifyLoadBalancerAttributes without attributes.
fn null_members(error: &BindError) -> String {
    let of_step = |step: &str| {
        let (first, rest) = step.split_at(step.ceil_char_boundary(1));
        first.to_ascii_lowercase() + rest
    };
    let of_field = |(name, _): &(String, Option<String>)| {
        let path: Vec<String> = name.split('.').map(of_step).collect();
        format!(
            "Value null at '{}' failed to satisfy constraint: Member must not be null",
            path.join(".")
        )
    };
    let all: Vec<String> = error.fields.iter().map(of_field).collect();
    let errors = if all.len() == 1 { "error" } else { "errors" };
    format!(
        "{} validation {errors} detected: {}",
        all.len(),
        all.join("; ")
    )
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Sender,
    Receiver,
}

impl Side {
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Sender => "Sender",
            Side::Receiver => "Receiver",
        }
    }
}

/// The form of the document that carries a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `<ErrorResponse><Error>` with an empty `<Detail>`, of this API at Eucalyptus.
    ErrorResponse,
    /// `<ErrorResponse><Error>` in the namespace of a service, as Amazon writes it.
    Amazon(&'static str),
    /// `<Response><Errors><Error>`, of EC2 and of Eucalyptus' binding layer.
    Response,
}

/// A fault as one release shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The HTTP status.
    pub status: u16,
    /// The code, which is the HTTP reason phrase too.
    pub code: &'static str,
    pub side: Side,
    pub message: String,
    pub form: Form,
}

/// What is the same for every fault of a kind.
struct Row {
    status: u16,
    side: Side,
    /// Whether the code has its name even before Eucalyptus gave codes their names.
    always_named: bool,
    /// The code from Eucalyptus 4.0.0 on.
    eucalyptus: &'static str,
    amazon: &'static str,
}

const fn sender(eucalyptus: &'static str, amazon: &'static str) -> Row {
    Row {
        status: 400,
        side: Side::Sender,
        always_named: false,
        eucalyptus,
        amazon,
    }
}

/// A fault that has one name everywhere.
const fn named(status: u16, side: Side, code: &'static str) -> Row {
    Row {
        status,
        side,
        always_named: true,
        eucalyptus: code,
        amazon: code,
    }
}

/// The code of everything unnamed before 4.0.0: the default of the exceptions' constructor.
const UNNAMED: &str = "400";

impl Fault {
    #[rustfmt::skip]
    fn row(&self) -> Row {
        use Side::{Receiver, Sender};
        match self {
            Fault::LoadBalancerNotFound { .. } => sender("AccessPointNotFound", "LoadBalancerNotFound"),
            Fault::DuplicateLoadBalancerName { .. } => sender("DuplicateAccessPointName", "DuplicateLoadBalancerName"),
            Fault::DuplicateListener { .. } => sender("DuplicateListener", "DuplicateListener"),
            Fault::InvalidConfiguration { .. } => Row {
                status: 409,
                ..sender("InvalidConfigurationRequest", "InvalidConfigurationRequest")
            },
            Fault::InvalidArgument { .. }
            | Fault::InvalidName
            | Fault::NameTooLong
            | Fault::InvalidTarget { .. }
            | Fault::CertificateRequired
            | Fault::ReferenceNotFound { .. } => Row {
                status: 409,
                ..sender("InvalidConfigurationRequest", "ValidationError")
            },
            Fault::InvalidInstance { .. } => sender("InvalidEndPoint", "InvalidInstance"),
            Fault::TooManyLoadBalancers => sender("TooManyAccessPoints", "TooManyLoadBalancers"),
            // These two never got a name of their own in Eucalyptus; Amazon's came later.
            Fault::UnsupportedProtocol => sender("InternalFailure", "UnsupportedProtocol"),
            Fault::UnsupportedParameter => sender("InternalFailure", "ValidationError"),
            Fault::CertificateNotFound { .. } => sender("CertificateNotFoundException", "CertificateNotFound"),
            Fault::DuplicatePolicyName => sender("DuplicatePolicyName", "DuplicatePolicyName"),
            Fault::ListenerNotFound => sender("ListenerNotFound", "ListenerNotFound"),
            Fault::PolicyNotFound => sender("PolicyNotFound", "PolicyNotFound"),
            Fault::PolicyTypeNotFound => sender("PolicyTypeNotFound", "PolicyTypeNotFound"),
            Fault::TooManyPolicies => sender("TooManyPolicies", "TooManyPolicies"),
            Fault::AttributeNotFound { .. } => sender("LoadBalancerAttributeNotFound", "LoadBalancerAttributeNotFound"),
            Fault::SubnetNotFound => sender("SubnetNotFound", "SubnetNotFound"),
            Fault::InvalidSubnet { .. } => sender("InvalidSubnet", "InvalidSubnet"),
            Fault::InvalidSecurityGroup => sender("InvalidSecurityGroup", "InvalidSecurityGroup"),
            Fault::InvalidScheme { .. } => Row {
                status: 409,
                ..sender("InvalidConfigurationRequest", "InvalidScheme")
            },
            Fault::TooManyTags => sender("TooManyTags", "TooManyTags"),
            Fault::DuplicateTagKeys { .. } => sender("DuplicateTagKeys", "DuplicateTagKeys"),
            Fault::InvalidParameterValue { .. } => sender("InvalidParameterValue", "InvalidParameterValue"),
            Fault::ValidationError { .. } => sender("ValidationError", "ValidationError"),
            // A failure of the service, yet with the status of a mistake: so that nobody retries.
            Fault::Failure { .. } => Row {
                amazon: "ValidationError",
                ..named(400, Receiver, "InternalFailure")
            },
            Fault::Service { status, code, .. } => named(*status, Sender, code),
            Fault::Internal { .. } => named(500, Receiver, "InternalFailure"),
            Fault::Unavailable { .. } => named(503, Receiver, "ServiceUnavailable"),
            Fault::NotInRelease { .. } => named(400, Sender, "UnsupportedOperation"),
            Fault::UnknownAction { .. } => named(400, Sender, "InvalidAction"),
            Fault::NotHere { .. } => named(400, Sender, "InvalidAction"),
            Fault::MissingAction => named(400, Sender, "MissingAction"),
            Fault::UnknownVersion { .. } => named(400, Sender, "NoSuchVersion"),
            Fault::MissingVersion => named(400, Sender, "MissingParameter"),
            Fault::Bind(error) if error.is_only_of_missing() =>
                Row { amazon: "ValidationError", ..named(400, Sender, "MissingParameter") },
            Fault::Bind(_) => Row { amazon: "ValidationError", ..named(400, Sender, "InvalidParameterValue") },
            Fault::Form(_) => named(400, Sender, "MalformedQueryString"),
            Fault::MissingAuthenticationToken => named(403, Sender, "MissingAuthenticationToken"),
            Fault::IncompleteSignature { .. } => named(400, Sender, "IncompleteSignature"),
            Fault::InvalidClientTokenId => named(403, Sender, "InvalidClientTokenId"),
            Fault::ExpiredToken => named(403, Sender, "ExpiredToken"),
            Fault::SignatureDoesNotMatch { .. } => named(403, Sender, "SignatureDoesNotMatch"),
            Fault::RequestExpired { .. } => named(400, Sender, "RequestExpired"),
            Fault::AccessDenied { .. } => named(403, Sender, "AccessDenied"),
        }
    }

    fn message(&self, release: Release) -> String {
        let amazon = release.has(Feature::AmazonErrorCodes);
        let invalid = |reason: &str| format!("Requested configuration change is invalid: {reason}");
        match self {
            Fault::LoadBalancerNotFound { name } if amazon => {
                format!("There is no ACTIVE Load Balancer named '{name}'")
            }
            Fault::LoadBalancerNotFound { .. } => {
                "The specified LoadBalancer could not be found".to_owned()
            }
            Fault::DuplicateLoadBalancerName { name, differing } if amazon => format!(
                "Load Balancer named '{name}' already exists and it is configured with different \
                 {differing}."
            ),
            Fault::DuplicateLoadBalancerName { .. } => "LoadBalancer name already exists for this \
                 account. Please choose another name."
                .to_owned(),
            Fault::DuplicateListener { name, port } if amazon => format!(
                "A listener already exists for {name} with LoadBalancerPort {port}, but with a \
                 different InstancePort, Protocol, or SSLCertificateId"
            ),
            Fault::DuplicateListener { .. } => "A Listener already exists".to_owned(),
            Fault::InvalidConfiguration { reason: None } => {
                "Requested configuration change is invalid".to_owned()
            }
            Fault::InvalidConfiguration {
                reason: Some(reason),
            } if amazon => reason.clone(),
            Fault::InvalidConfiguration {
                reason: Some(reason),
            } => invalid(reason),
            // In Amazon's words where they are known: from the SDKs' own tests, or as people quote them.
            Fault::InvalidName if amazon => "LoadBalancer name cannot contain characters that \
                 are not letters, or digits or the dash."
                .to_owned(),
            Fault::InvalidName => invalid("Invalid character found in the loadbalancer name"),
            Fault::NameTooLong if amazon => {
                "LoadBalancer name cannot be longer than 32 characters".to_owned()
            }
            Fault::NameTooLong => invalid("Loadbalancer name must not exceed 32 characters"),
            Fault::InvalidTarget {
                error: TargetError::MissingPath(protocol),
            } if amazon => format!(
                "HealthCheck {protocol} Target must specify a port followed by a path that begins \
                 with a slash. e.g. {protocol}:80/ping/this/path"
            ),
            Fault::InvalidTarget { error } if amazon => error.to_string(),
            Fault::InvalidTarget { error } => invalid(&error.to_string()),
            Fault::CertificateRequired if amazon => {
                "Secure Listeners need to specify a SSLCertificateId".to_owned()
            }
            Fault::CertificateRequired => {
                invalid("SSLCertificateId is required for HTTPS or SSL protocol")
            }
            Fault::ReferenceNotFound { policy } if amazon => {
                format!("Invalid Reference Security Policy: {policy}")
            }
            Fault::ReferenceNotFound { policy } => {
                invalid(&format!("Referenced security policy {policy} is not found"))
            }
            Fault::InvalidArgument { reason } if amazon => reason.clone(),
            Fault::InvalidArgument { reason } => invalid(reason),
            Fault::InvalidInstance { id } if amazon => {
                format!("Could not find EC2 instance {id}.")
            }
            Fault::InvalidInstance { .. } => {
                "The specified EndPoint (instance) is not valid".to_owned()
            }
            Fault::TooManyLoadBalancers => {
                "The quota for the number of LoadBalancers has already been reached.".to_owned()
            }
            Fault::UnsupportedProtocol => "The requested protocol is not supported".to_owned(),
            Fault::UnsupportedParameter => "The supplied parameters are not supported".to_owned(),
            Fault::CertificateNotFound { arn } if amazon => {
                format!("Server Certificate not found for the key: {arn}")
            }
            Fault::CertificateNotFound { .. } => {
                "The specified SSL ID does not refer to a valid SSL \
                 certificate in the AWS Identity and Access Management Service."
                    .to_owned()
            }
            Fault::DuplicatePolicyName => "Policy with the same name exists for this load \
                 balancer. Please choose another name."
                .to_owned(),
            Fault::ListenerNotFound => {
                "Load balancer does not have a listener configured at the given port.".to_owned()
            }
            Fault::PolicyNotFound => "One or more specified policies were not found.".to_owned(),
            Fault::PolicyTypeNotFound => {
                "One or more of the specified policy types do not exist.".to_owned()
            }
            Fault::TooManyPolicies => {
                "The quota for the number of policies has already been reached.".to_owned()
            }
            Fault::AttributeNotFound { name } => {
                format!("The load balancer attribute {name} does not exist")
            }
            Fault::SubnetNotFound => "Invalid subnet(s)".to_owned(),
            Fault::InvalidSecurityGroup => "Invalid security group(s)".to_owned(),
            Fault::InvalidScheme { scheme } if amazon => format!("Invalid scheme ({scheme})"),
            Fault::InvalidScheme { scheme } => invalid(&format!("Invalid scheme ({scheme})")),
            Fault::TooManyTags if !amazon => "Tag limit exceeded".to_owned(),
            Fault::TooManyTags => {
                "The quota for the number of tags has already been reached".to_owned()
            }
            Fault::DuplicateTagKeys { key } => format!("Duplicate tag key ({key})"),
            Fault::InvalidSubnet { reason }
            | Fault::InvalidParameterValue { reason }
            | Fault::ValidationError { reason }
            | Fault::IncompleteSignature { reason }
            | Fault::SignatureDoesNotMatch { reason }
            | Fault::RequestExpired { reason } => reason.clone(),
            // Amazon says what is wrong, and not what was tried.
            Fault::Failure { message } if amazon => match message.split_once(": ") {
                Some((tried, reason)) if tried.starts_with("Failed to ") => reason.to_owned(),
                _ => message.clone(),
            },
            Fault::Failure { message }
            | Fault::Service { message, .. }
            | Fault::Internal { message }
            | Fault::Unavailable { message }
            | Fault::AccessDenied { message } => message.clone(),
            Fault::NotInRelease { feature } => release
                .refusal(*feature)
                .unwrap_or_else(|| "the operation does not work in this release".to_owned()),
            Fault::UnknownAction { action } => {
                format!(
                    "Could not find operation {action} for version {}",
                    super::VERSION
                )
            }
            Fault::NotHere {
                action,
                service,
                known,
            } => format!(
                "The action {action} is not one that {} of this local cloud answers. It answers \
                 {known}.",
                service.title()
            ),
            Fault::MissingAction => "The parameter Action is missing".to_owned(),
            Fault::UnknownVersion { version } => {
                format!("The version {version} is not known; use {}", super::VERSION)
            }
            Fault::MissingVersion => "The parameter Version is missing".to_owned(),
            Fault::Bind(error) if amazon && error.is_only_of_missing() => null_members(error),
            Fault::Bind(error) => error.to_string(),
            Fault::Form(error) => format!("The request is not a form: {error}"),
            Fault::MissingAuthenticationToken => "The request must contain a signature".to_owned(),
            Fault::InvalidClientTokenId => {
                "The security token included in the request is invalid".to_owned()
            }
            Fault::ExpiredToken => {
                "The security token included in the request is expired".to_owned()
            }
        }
    }

    /// Whether the request was refused before any operation saw it.
    fn is_of_binding(&self) -> bool {
        matches!(
            self,
            Fault::UnknownAction { .. }
                | Fault::MissingAction
                | Fault::UnknownVersion { .. }
                | Fault::MissingVersion
                | Fault::Bind(_)
                | Fault::Form(_)
        )
    }

    /// The fault as a release shows it.
    pub fn shown(&self, release: Release) -> Shown {
        let row = self.row();
        let amazon = release.has(Feature::AmazonErrorCodes);
        let code = if amazon {
            row.amazon
        } else if row.always_named || release.has(Feature::NamedErrorCodes) {
            row.eucalyptus
        } else {
            UNNAMED
        };
        Shown {
            // At Amazon only a configuration that contradicts another is a conflict.
            status: match self {
                _ if amazon && row.status == 409 && row.amazon != row.eucalyptus => 400,
                // Odd, and documented. Source: common errors, API reference 2012-06-01.
                Fault::Form(_) if amazon => 404,
                _ => row.status,
            },
            code,
            side: match self {
                Fault::Failure { .. } if amazon => Side::Sender,
                _ => row.side,
            },
            message: self.message(release),
            form: match (amazon, self.is_of_binding()) {
                (true, _) => Form::Amazon(NAMESPACE),
                (false, true) => Form::Response,
                (false, false) => Form::ErrorResponse,
            },
        }
    }

    /// The fault as a service shows it: load balancing by release, its neighbours always alike.
    pub fn shown_by(&self, service: Service, release: Release) -> Shown {
        match service {
            Service::LoadBalancing => self.shown(release),
            // What a release of load balancing calls a fault is nothing to its neighbours.
            Service::Iam | Service::Tokens | Service::CloudWatch => Shown {
                form: Form::Amazon(service.namespace()),
                ..self.shown(Release::Aws)
            },
            Service::Compute => {
                let shown = self.shown(Release::Aws);
                let (status, code) = match self {
                    Fault::InvalidClientTokenId | Fault::SignatureDoesNotMatch { .. } => {
                        (401, "AuthFailure")
                    }
                    Fault::AccessDenied { .. } => (403, "UnauthorizedOperation"),
                    Fault::Form(_) => (400, shown.code),
                    Fault::Bind(error) if error.fields.iter().all(|(_, value)| value.is_some()) => {
                        (400, "UnknownParameter")
                    }
                    Fault::Bind(error) if error.is_only_of_missing() => (400, "MissingParameter"),
                    _ => (shown.status, shown.code),
                };
                Shown {
                    status,
                    code,
                    message: match self {
                        Fault::Bind(error) if error.is_only_of_missing() => {
                            let names: Vec<_> =
                                error.fields.iter().map(|(name, _)| &**name).collect();
                            format!(
                                "The request must contain the parameter {}",
                                names.join(", ")
                            )
                        }
                        _ => shown.message,
                    },
                    form: Form::Response,
                    ..shown
                }
            }
        }
    }
}

impl Shown {
    /// The body of the answer.
    pub fn body(&self, request_id: &str) -> String {
        let mut writer = Writer::new();
        match self.form {
            Form::ErrorResponse | Form::Amazon(_) => {
                let namespace = match self.form {
                    Form::Amazon(namespace) => namespace,
                    _ => NAMESPACE,
                };
                writer.open_with("ErrorResponse", "xmlns", namespace);
                writer.open("Error");
                writer.text("Type", self.side.as_str());
                writer.text("Code", self.code);
                writer.text("Message", &self.message);
                if self.form == Form::ErrorResponse {
                    writer.text("Detail", "");
                }
                writer.close("Error");
                writer.text("RequestId", request_id);
                writer.close("ErrorResponse");
            }
            Form::Response => {
                writer.open("Response");
                writer.open("Errors");
                writer.open("Error");
                writer.text("Code", self.code);
                writer.text("Message", &self.message);
                writer.close("Error");
                writer.close("Errors");
                writer.text("RequestID", request_id);
                writer.close("Response");
            }
        }
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_the_release() {
        use Side::{Receiver, Sender};
        let missing = Fault::LoadBalancerNotFound {
            name: "web".to_owned(),
        };
        let conflict = Fault::InvalidConfiguration {
            reason: Some("Invalid port range".to_owned()),
        };
        let failure = Fault::Failure {
            message: "Failed to enable zones: x".to_owned(),
        };
        #[rustfmt::skip]
        let cases = [
            (&missing, Release::V3_3_0, 400, "400", Sender, "The specified LoadBalancer could not be found"),
            (&missing, Release::V3_4_3, 400, "400", Sender, "The specified LoadBalancer could not be found"),
            (&missing, Release::V4_0_0, 400, "AccessPointNotFound", Sender, "The specified LoadBalancer could not be found"),
            (&missing, Release::Aws, 400, "LoadBalancerNotFound", Sender, "There is no ACTIVE Load Balancer named 'web'"),
            (&conflict, Release::V3_3_0, 409, "400", Sender, "Requested configuration change is invalid: Invalid port range"),
            (&conflict, Release::V4_4_2, 409, "InvalidConfigurationRequest", Sender, "Requested configuration change is invalid: Invalid port range"),
            (&conflict, Release::Aws, 409, "InvalidConfigurationRequest", Sender, "Invalid port range"),
            (&failure, Release::V3_3_0, 400, "InternalFailure", Receiver, "Failed to enable zones: x"),
            (&Fault::UnsupportedProtocol, Release::V3_3_0, 400, "400", Sender, "The requested protocol is not supported"),
            (&Fault::UnsupportedProtocol, Release::V4_1_0, 400, "InternalFailure", Sender, "The requested protocol is not supported"),
            (&Fault::InvalidClientTokenId, Release::V3_3_0, 403, "InvalidClientTokenId", Sender, "The security token included in the request is invalid"),
        ];
        for (fault, release, status, code, side, message) in cases {
            let expected = Shown {
                status,
                code,
                side,
                message: message.to_owned(),
                form: match release {
                    Release::Aws => Form::Amazon(NAMESPACE),
                    _ => Form::ErrorResponse,
                },
            };
            assert_eq!(fault.shown(release), expected, "{fault:?} at {release}");
        }
    }

    #[test]
    fn documents_have_the_form_of_who_refuses() {
        let duplicate = Fault::DuplicateListener {
            name: "web".to_owned(),
            port: 80,
        };
        assert_eq!(
            duplicate.shown(Release::V3_3_0).body("r<1>"),
            "<ErrorResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/\">\
             <Error><Type>Sender</Type><Code>400</Code><Message>A Listener already exists</Message>\
             <Detail/></Error><RequestId>r&lt;1&gt;</RequestId></ErrorResponse>"
        );
        let bind = Fault::Bind(BindError {
            fields: vec![("Colour".to_owned(), Some("red".to_owned()))],
        });
        assert_eq!(
            bind.shown(Release::V3_3_0).body("r"),
            "<Response><Errors><Error><Code>InvalidParameterValue</Code>\
             <Message>Failed to bind the following fields:\nColour = red</Message></Error></Errors>\
             <RequestID>r</RequestID></Response>"
        );
        assert_eq!(
            bind.shown(Release::Aws).body("r"),
            "<ErrorResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/\">\
             <Error><Type>Sender</Type><Code>ValidationError</Code>\
             <Message>Failed to bind the following fields:\nColour = red</Message></Error>\
             <RequestId>r</RequestId></ErrorResponse>"
        );
        let missing = ["LoadBalancerName", "HealthCheck.Target"];
        let missing = Fault::Bind(BindError {
            fields: missing.map(|name| (name.to_owned(), None)).into(),
        });
        assert_eq!(
            missing.shown(Release::Aws).message,
            "2 validation errors detected: \
             Value null at 'loadBalancerName' failed to satisfy constraint: Member must not be null; \
             Value null at 'healthCheck.target' failed to satisfy constraint: Member must not be null"
        );
        let vpc = Fault::Bind(BindError {
            fields: vec![("VpcId".to_owned(), None)],
        });
        let vpc = vpc.shown_by(Service::Compute, Release::V3_3_0);
        assert_eq!(
            (vpc.code, vpc.message.as_str()),
            (
                "MissingParameter",
                "The request must contain the parameter VpcId"
            )
        );
    }
}
