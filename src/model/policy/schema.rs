//! The policy types: their names, what they are for, and the attributes they take.
//!
//! Descriptions and cardinalities are those that DescribeLoadBalancerPolicyTypes answers, the same at
//! Eucalyptus 4.0–4.4 (`LoadBalancerPolicies`) and at Amazon (AWS CLI reference, its example output).

use super::Dialect;
use super::negotiation::{REFERENCE, SERVER_ORDER, Switch, Version};
use serde::{Deserialize, Serialize};

/// A policy type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A client stays with an instance as long as a cookie of the application lives.
    AppCookieStickiness,
    /// A client stays with an instance for a while that the load balancer's own cookie sets.
    LbCookieStickiness,
    /// The protocols and ciphers of an HTTPS or SSL listener.
    SslNegotiation,
    /// The keys that an instance must prove to have.
    BackendServerAuthentication,
    /// Instances are told the client's address before its first byte.
    ProxyProtocol,
    /// A key, for policies of the type above to refer to.
    PublicKey,
}

impl Kind {
    /// Every type, in the order in which Eucalyptus defines them.
    pub const ALL: [Kind; 6] = [
        Kind::AppCookieStickiness,
        Kind::LbCookieStickiness,
        Kind::SslNegotiation,
        Kind::BackendServerAuthentication,
        Kind::ProxyProtocol,
        Kind::PublicKey,
    ];

    /// Every type, in the order in which Amazon describes them.
    pub const AMAZON: [Kind; 6] = [
        Kind::ProxyProtocol,
        Kind::PublicKey,
        Kind::AppCookieStickiness,
        Kind::LbCookieStickiness,
        Kind::SslNegotiation,
        Kind::BackendServerAuthentication,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::AppCookieStickiness => "AppCookieStickinessPolicyType",
            Kind::LbCookieStickiness => "LBCookieStickinessPolicyType",
            Kind::SslNegotiation => "SSLNegotiationPolicyType",
            Kind::BackendServerAuthentication => "BackendServerAuthenticationPolicyType",
            Kind::ProxyProtocol => "ProxyProtocolPolicyType",
            Kind::PublicKey => "PublicKeyPolicyType",
        }
    }

    /// The type of a name; names differ by case.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether the type is one of the two that keep a client with an instance.
    pub fn is_stickiness(self) -> bool {
        matches!(self, Kind::AppCookieStickiness | Kind::LbCookieStickiness)
    }

    #[rustfmt::skip]
    pub fn description(self) -> &'static str {
        match self {
            Kind::AppCookieStickiness => "Stickiness policy with session lifetimes controlled by the lifetime of the application-generated cookie. This policy can be associated only with HTTP/HTTPS listeners.",
            Kind::LbCookieStickiness => "Stickiness policy with session lifetimes controlled by the browser (user-agent) or a specified expiration period. This policy can be associated only with HTTP/HTTPS listeners.",
            Kind::SslNegotiation => "Listener policy that defines the ciphers and protocols that will be accepted by the load balancer. This policy can be associated only with HTTPS/SSL listeners.",
            Kind::BackendServerAuthentication => "Policy that controls authentication to back-end server(s) and contains one or more policies, such as an instance of a PublicKeyPolicyType. This policy can be associated only with back-end servers that are using HTTPS/SSL.",
            Kind::ProxyProtocol => "Policy that controls whether to include the IP address and port of the originating request for TCP messages. This policy operates on TCP/SSL listeners only",
            Kind::PublicKey => "Policy containing a list of public keys to accept when authenticating the back-end server(s). This policy cannot be applied directly to back-end servers or listeners but must be part of a BackendServerAuthenticationPolicyType.",
        }
    }

    /// The attributes of the type, in the order in which they are described.
    pub fn attributes(self, dialect: Dialect) -> Vec<AttributeType> {
        match self {
            Kind::AppCookieStickiness => vec![one(COOKIE_NAME, ValueType::String)],
            Kind::LbCookieStickiness => vec![AttributeType {
                cardinality: Cardinality::ZeroOrOne,
                ..one(COOKIE_EXPIRATION, ValueType::Long)
            }],
            Kind::BackendServerAuthentication => vec![AttributeType {
                cardinality: Cardinality::OneOrMore,
                ..one(PUBLIC_KEY_POLICY, ValueType::PolicyName)
            }],
            Kind::ProxyProtocol => vec![one(PROXY_PROTOCOL, ValueType::Boolean)],
            Kind::PublicKey => vec![one(PUBLIC_KEY, ValueType::String)],
            Kind::SslNegotiation => negotiation_attributes(dialect),
        }
    }
}

fn negotiation_attributes(dialect: Dialect) -> Vec<AttributeType> {
    let reference = AttributeType {
        name: REFERENCE,
        value_type: ValueType::String,
        cardinality: Cardinality::ZeroOrOne,
        // Verbatim, with its parenthesis left open.
        description: Some(
            "The value of this attribute is the name of our sample policy (referring to our sample policy"
                .to_owned(),
        ),
    };
    let mut types: Vec<_> = dialect
        .switches()
        .map(|switch| {
            let name = switch.attribute();
            let description = match switch {
                Switch::Version(Version::Tls1_1 | Version::Tls1_2) | Switch::Cipher(_) => {
                    Some(format!("A description for {name}"))
                }
                Switch::Version(_) => None,
                Switch::ServerOrder => {
                    Some("The value true means the policy will follow the cipher order".to_owned())
                }
            };
            AttributeType {
                name,
                value_type: ValueType::Boolean,
                cardinality: Cardinality::ZeroOrOne,
                description,
            }
        })
        .collect();
    // Eucalyptus lists it between the protocols and the ciphers, Amazon first.
    let at = match dialect {
        Dialect::Eucalyptus => types
            .iter()
            .position(|one| one.name == SERVER_ORDER)
            .unwrap_or(0),
        Dialect::Amazon => 0,
    };
    types.insert(at, reference);
    types
}

pub const COOKIE_NAME: &str = "CookieName";
pub const COOKIE_EXPIRATION: &str = "CookieExpirationPeriod";
pub const PUBLIC_KEY_POLICY: &str = "PublicKeyPolicyName";
pub const PROXY_PROTOCOL: &str = "ProxyProtocol";
pub const PUBLIC_KEY: &str = "PublicKey";

/// What a policy type says of one of its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeType {
    pub name: &'static str,
    pub value_type: ValueType,
    pub cardinality: Cardinality,
    pub description: Option<String>,
}

const fn one(name: &'static str, value_type: ValueType) -> AttributeType {
    AttributeType {
        name,
        value_type,
        cardinality: Cardinality::One,
        description: None,
    }
}

/// What the text of an attribute's value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    String,
    Boolean,
    Long,
    PolicyName,
}

impl ValueType {
    pub fn as_str(self) -> &'static str {
        match self {
            ValueType::String => "String",
            ValueType::Boolean => "Boolean",
            ValueType::Long => "Long",
            ValueType::PolicyName => "PolicyName",
        }
    }
}

/// How often an attribute may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    One,
    ZeroOrOne,
    OneOrMore,
}

impl Cardinality {
    pub fn as_str(self) -> &'static str {
        match self {
            Cardinality::One => "ONE",
            Cardinality::ZeroOrOne => "ZERO_OR_ONE",
            Cardinality::OneOrMore => "ONE_OR_MORE",
        }
    }

    /// Whether the attribute must be there at least once.
    pub fn required(self) -> bool {
        self != Cardinality::ZeroOrOne
    }

    /// Whether it may be there more than once.
    pub fn many(self) -> bool {
        self == Cardinality::OneOrMore
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(kind: Kind, dialect: Dialect) -> Vec<String> {
        let line = |one: AttributeType| {
            format!(
                "{} {} {}",
                one.name,
                one.value_type.as_str(),
                one.cardinality.as_str()
            )
        };
        kind.attributes(dialect).into_iter().map(line).collect()
    }

    #[test]
    fn the_types_take_the_documented_attributes() {
        // Source: AWS CLI reference, describe-load-balancer-policy-types.
        #[rustfmt::skip]
        let cases = [
            (Kind::AppCookieStickiness, "CookieName String ONE"),
            (Kind::LbCookieStickiness, "CookieExpirationPeriod Long ZERO_OR_ONE"),
            (Kind::BackendServerAuthentication, "PublicKeyPolicyName PolicyName ONE_OR_MORE"),
            (Kind::ProxyProtocol, "ProxyProtocol Boolean ONE"),
            (Kind::PublicKey, "PublicKey String ONE"),
        ];
        for (kind, expected) in cases {
            for dialect in [Dialect::Eucalyptus, Dialect::Amazon] {
                assert_eq!(lines(kind, dialect), [expected], "{kind:?}");
            }
        }
    }

    #[test]
    fn ssl_negotiation_takes_protocols_the_order_and_every_cipher() {
        let eucalyptus = lines(Kind::SslNegotiation, Dialect::Eucalyptus);
        assert_eq!(
            eucalyptus[..8],
            [
                "Protocol-SSLv2 Boolean ZERO_OR_ONE",
                "Protocol-TLSv1 Boolean ZERO_OR_ONE",
                "Protocol-SSLv3 Boolean ZERO_OR_ONE",
                "Protocol-TLSv1.1 Boolean ZERO_OR_ONE",
                "Protocol-TLSv1.2 Boolean ZERO_OR_ONE",
                "Reference-Security-Policy String ZERO_OR_ONE",
                "Server-Defined-Cipher-Order Boolean ZERO_OR_ONE",
                "ECDHE-ECDSA-AES128-GCM-SHA256 Boolean ZERO_OR_ONE",
            ]
        );
        assert_eq!(eucalyptus.len(), 7 + 88);
        let amazon = lines(Kind::SslNegotiation, Dialect::Amazon);
        assert_eq!(
            amazon[..2],
            [
                "Reference-Security-Policy String ZERO_OR_ONE",
                "Protocol-TLSv1 Boolean ZERO_OR_ONE",
            ]
        );
        assert_eq!(amazon.len(), 6 + 88);
    }

    #[test]
    fn names_are_read_back_and_differ_by_case() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.as_str()), Some(kind));
            assert_eq!(Kind::named(&kind.as_str().to_lowercase()), None);
            assert!(Kind::AMAZON.contains(&kind));
        }
    }
}
