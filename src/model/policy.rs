//! Policies: the named rules of a load balancer, and the listeners and instance ports they are put on.
//!
//! A [`Policy`] is read once from its type's name and its attributes, with every documented refusal;
//! inside it is a value of its kind ([`Terms`]). [`Policies`] are those of one load balancer with the
//! places where they are in force. Which types and predefined policies exist is the release's matter
//! and comes in as a [`Catalogue`].
//!
//! Sources: CreateLoadBalancerPolicy and its relatives, API reference 2012-06-01; Eucalyptus 4.0–4.4,
//! `LoadBalancerPolicies` and `LoadBalancingService`, whose texts the refusals have.

pub mod negotiation;
pub mod schema;
mod set;

use negotiation::{
    Cipher, REFERENCE, SECURITY_POLICIES, SecurityPolicy, Switch, Version, security_policy,
};
pub use schema::Kind;
use schema::{COOKIE_EXPIRATION, COOKIE_NAME, PROXY_PROTOCOL, PUBLIC_KEY, PUBLIC_KEY_POLICY};
use serde::{Deserialize, Serialize};
pub use set::Policies;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Policies that one load balancer may have at Amazon. Eucalyptus sets no limit; a bound that no
/// script reaches keeps a description of finite size there too.
pub const POLICIES_AT_MOST: usize = 100;

/// Longest name of a policy, in characters.
const NAME_AT_MOST: usize = 255;

/// Whose rules apply where Eucalyptus and Amazon differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Eucalyptus,
    Amazon,
}

impl Dialect {
    /// The switches of the SSL negotiation type: Amazon no longer knows SSL 2.
    fn switches(self) -> impl Iterator<Item = Switch> {
        Switch::all().filter(move |switch| {
            self == Dialect::Eucalyptus || *switch != Switch::Version(Version::Ssl2)
        })
    }
}

/// What a release offers of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    pub dialect: Dialect,
    /// The types that may be created.
    pub kinds: BTreeSet<Kind>,
    /// Which predefined policies there are.
    pub predefined: Predefined,
}

/// Which of the predefined security policies a release has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predefined {
    None,
    /// 2011-08, 2014-01, 2014-10, 2015-02, 2015-05: Eucalyptus 4.2 and 4.3.
    To2015,
    /// Those, 2015-03 and 2016-08: Eucalyptus 4.4.
    To2016,
    /// All.
    To2017,
}

impl Predefined {
    fn has(self, policy: &SecurityPolicy) -> bool {
        let added_in_4_4 = ["ELBSecurityPolicy-2015-03", "ELBSecurityPolicy-2016-08"];
        let added_at_amazon = policy.name.starts_with("ELBSecurityPolicy-TLS-");
        match self {
            Predefined::None => false,
            Predefined::To2015 => !added_in_4_4.contains(&policy.name) && !added_at_amazon,
            Predefined::To2016 => !added_at_amazon,
            Predefined::To2017 => true,
        }
    }
}

impl Catalogue {
    /// The types on offer, in the order in which they are described.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        let order = match self.dialect {
            Dialect::Eucalyptus => Kind::ALL,
            Dialect::Amazon => Kind::AMAZON,
        };
        order.into_iter().filter(|kind| self.kinds.contains(kind))
    }

    /// The type of a name, if it is on offer.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        Kind::named(name).filter(|kind| self.kinds.contains(kind))
    }

    /// The predefined policy of a name, if it is on offer.
    pub fn security_policy(&self, name: &str) -> Option<&'static SecurityPolicy> {
        security_policy(name).filter(|policy| self.predefined.has(policy))
    }

    /// The predefined policy that a new HTTPS or SSL listener gets: the latest of Eucalyptus' files,
    /// 2016-08 at Amazon.
    pub fn default_security_policy(&self) -> Option<&'static SecurityPolicy> {
        ["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-2015-05"]
            .into_iter()
            .find_map(|name| self.security_policy(name))
    }

    /// The policies that are described when no load balancer is named.
    ///
    /// Amazon also lists `ELBSample-ELBDefaultCipherPolicy` and `ELBSample-OpenSSLDefaultCipherPolicy`;
    /// what is in them was never published, so they are left out rather than made up.
    pub fn samples(&self) -> Vec<Policy> {
        let sample = |name: &str, terms| Policy {
            name: PolicyName(name.into()),
            terms,
        };
        let cookies = [
            sample(
                "ELBSample-AppCookieStickinessPolicy",
                Terms::AppCookieStickiness {
                    cookie: "ELBSampleCookie".into(),
                },
            ),
            sample(
                "ELBSample-LBCookieStickinessPolicy",
                Terms::LbCookieStickiness {
                    expiration_seconds: Some(100),
                },
            ),
        ]
        .into_iter()
        .filter(|policy| self.kinds.contains(&policy.kind()));
        let predefined = SECURITY_POLICIES
            .iter()
            .filter(|policy| self.predefined.has(policy))
            .map(|policy| {
                let switches = policy.switches(self.dialect == Dialect::Eucalyptus);
                sample(
                    policy.name,
                    Terms::SslNegotiation(Negotiation {
                        reference: None,
                        switches: switches.collect(),
                    }),
                )
            });
        match self.dialect {
            Dialect::Eucalyptus => cookies.chain(predefined).collect(),
            // Newest first.
            Dialect::Amazon => predefined.rev().chain(cookies).collect(),
        }
    }
}

/// The name of a policy, unique in its load balancer. Names differ by case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyName(Arc<str>);

impl PolicyName {
    /// Reads a name: anything but nothing at Eucalyptus; letters, digits and hyphens at Amazon.
    pub fn parse(text: &str, dialect: Dialect) -> Result<PolicyName, PolicyRefusal> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if text.is_empty() {
            return Err(PolicyRefusal::NameMissing);
        }
        let printable = !text.chars().any(char::is_control);
        let allowed = match dialect {
            Dialect::Eucalyptus => printable,
            Dialect::Amazon => text.chars().all(plain),
        };
        if !allowed || text.chars().count() > NAME_AT_MOST {
            return Err(PolicyRefusal::NameInvalid);
        }
        Ok(PolicyName(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An attribute of a policy, as it is given and as it is described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    pub name: String,
    pub value: String,
}

impl Attribute {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Attribute {
        Attribute {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// Why a policy is not created, put in force or deleted. The texts are Eucalyptus'.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    #[error("policy name must be specified")]
    NameMissing,
    #[error("policy names are made of letters, digits and hyphens")]
    NameInvalid,
    #[error("Policy with the same name exists for this load balancer")]
    Duplicate,
    #[error("the load balancer has {POLICIES_AT_MOST} policies already")]
    TooMany,
    #[error("One or more of the specified policy types do not exist")]
    UnknownType,
    #[error("One or more specified policies were not found")]
    NotFound,
    #[error("There is no attribute {name} found (Cardinality: {cardinality})")]
    AttributeMissing {
        name: &'static str,
        cardinality: &'static str,
    },
    #[error("More than one attribute({name}) is found (Cardinality: {cardinality})")]
    AttributeRepeated {
        name: &'static str,
        cardinality: &'static str,
    },
    #[error("Attribute {0} is not defined in the policy type")]
    AttributeUnknown(String),
    #[error("Attribute value {0} is not valid")]
    AttributeInvalid(String),
    #[error("PublicKey is invalid")]
    PublicKeyInvalid,
    #[error("Referenced security policy {0} is not found")]
    ReferenceNotFound(String),
    #[error("{} cannot be set to listeners", .0.as_str())]
    NotForListeners(Kind),
    #[error("Session stickiness policy can be associated with only HTTP/HTTPS")]
    StickinessNeedsHttp,
    #[error("Only one cookie stickiness policy can be set")]
    OneStickiness,
    #[error("SSLNegotiationPolicyType can be associated with only HTTPS/SSL")]
    NegotiationNeedsTls,
    #[error("Only one SSL negotiation policy can be set")]
    OneNegotiation,
    #[error("Only BackendServerAuthenticationPolicyType can be set to backend server")]
    OnlyAuthenticationForBackends,
    /// Amazon's words.
    #[error("{0} cannot be enabled")]
    NotForBackends(PolicyName),
    #[error(
        "Policies of BackendServerAuthenticationPolicyType can be set to only HTTPS/SSL instance \
         protocol"
    )]
    AuthenticationNeedsTls,
    #[error("Listener with the specified backend instance port is not found")]
    NoListenerForBackend,
    #[error("The policy is enabled for listeners")]
    UsedByListeners,
    #[error("The policy is enabled for backend servers")]
    UsedByBackends,
    #[error("The policy is referred to by the policy {0}")]
    UsedByPolicy(PolicyName),
}

/// What a policy says, by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
    AppCookieStickiness {
        /// The application's cookie that the load balancer's own follows.
        cookie: Arc<str>,
    },
    LbCookieStickiness {
        /// Seconds until the cookie expires; absent or 0: it lasts as long as the browser's session.
        expiration_seconds: Option<u64>,
    },
    SslNegotiation(Negotiation),
    BackendServerAuthentication {
        /// Policies of the public key type; an instance must prove to have the key of one of them.
        public_keys: Vec<PolicyName>,
    },
    ProxyProtocol {
        enabled: bool,
    },
    PublicKey {
        /// A certificate in PEM, or its base64 alone, as it was given.
        key: Arc<str>,
    },
}

/// The protocols and ciphers of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiation {
    /// The predefined policy that it follows, where the release keeps saying so (Amazon does).
    pub reference: Option<Arc<str>>,
    /// The switches in the order in which they are described. What is not mentioned is off.
    switches: Vec<(Switch, bool)>,
}

impl Negotiation {
    pub fn enables(&self, switch: Switch) -> bool {
        self.switches.contains(&(switch, true))
    }

    /// The versions and ciphers that it enables, by name: those that the data plane speaks, and those
    /// that it does not, with which nobody is served.
    pub fn enabled(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let versions = Version::ALL
            .into_iter()
            .map(|version| (Switch::Version(version), version.served(), version.name()));
        let ciphers =
            Cipher::all().map(|cipher| (Switch::Cipher(cipher), cipher.served(), cipher.name()));
        let (mut served, mut unserved) = (Vec::new(), Vec::new());
        for (switch, is_served, name) in versions.chain(ciphers) {
            match (self.enables(switch), is_served) {
                (false, _) => {}
                (true, true) => served.push(name),
                (true, false) => unserved.push(name),
            }
        }
        (served, unserved)
    }
}

impl From<&SecurityPolicy> for Negotiation {
    /// What a predefined policy enables, without a reference to it.
    fn from(policy: &SecurityPolicy) -> Negotiation {
        Negotiation {
            reference: None,
            switches: policy.switches(false).collect(),
        }
    }
}

/// A policy of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Kept", into = "Kept")]
pub struct Policy {
    name: PolicyName,
    terms: Terms,
}

/// A policy as it is stored: as it is described, so that the store outlives the shape of [`Terms`].
#[derive(Serialize, Deserialize)]
struct Kept {
    name: PolicyName,
    kind: Kind,
    attributes: Vec<Attribute>,
}

impl From<Policy> for Kept {
    fn from(policy: Policy) -> Kept {
        Kept {
            kind: policy.kind(),
            attributes: policy.attributes(),
            name: policy.name,
        }
    }
}

impl TryFrom<Kept> for Policy {
    type Error = PolicyRefusal;

    fn try_from(kept: Kept) -> Result<Policy, PolicyRefusal> {
        // Whatever a release accepted is read back, by the wider of the two sets of rules.
        Ok(Policy {
            terms: Terms::read(kept.kind, Dialect::Eucalyptus, &kept.attributes)?,
            name: kept.name,
        })
    }
}

impl Policy {
    /// Reads a policy from the name of its type and its attributes.
    ///
    /// A reference to a predefined policy is replaced by that policy's switches at Eucalyptus and
    /// stands before them at Amazon; other attributes beside it are ignored, as both do.
    ///
    /// # Errors
    ///
    /// The type is not on offer; an attribute is unknown, missing, repeated or of the wrong type; the
    /// predefined policy does not exist.
    pub fn new(
        catalogue: &Catalogue,
        name: PolicyName,
        type_name: &str,
        attributes: &[Attribute],
    ) -> Result<Policy, PolicyRefusal> {
        let kind = catalogue
            .kind(type_name)
            .ok_or(PolicyRefusal::UnknownType)?;
        let reference = attributes
            .iter()
            .find(|attribute| kind == Kind::SslNegotiation && attribute.name == REFERENCE);
        let terms = match reference {
            Some(reference) => {
                let wanted = &reference.value;
                let predefined = catalogue
                    .security_policy(wanted)
                    .ok_or_else(|| PolicyRefusal::ReferenceNotFound(wanted.clone()))?;
                let amazon = catalogue.dialect == Dialect::Amazon;
                Terms::SslNegotiation(Negotiation {
                    reference: amazon.then(|| predefined.name.into()),
                    switches: predefined.switches(!amazon).collect(),
                })
            }
            None => Terms::read(kind, catalogue.dialect, attributes)?,
        };
        Ok(Policy { name, terms })
    }

    /// A policy that follows a predefined one and has its name: what a new HTTPS or SSL listener gets.
    pub fn predefined(catalogue: &Catalogue, policy: &SecurityPolicy) -> Policy {
        let amazon = catalogue.dialect == Dialect::Amazon;
        Policy {
            name: PolicyName(policy.name.into()),
            terms: Terms::SslNegotiation(Negotiation {
                reference: amazon.then(|| policy.name.into()),
                switches: policy.switches(!amazon).collect(),
            }),
        }
    }

    pub fn name(&self) -> &PolicyName {
        &self.name
    }

    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    pub fn kind(&self) -> Kind {
        match self.terms {
            Terms::AppCookieStickiness { .. } => Kind::AppCookieStickiness,
            Terms::LbCookieStickiness { .. } => Kind::LbCookieStickiness,
            Terms::SslNegotiation(_) => Kind::SslNegotiation,
            Terms::BackendServerAuthentication { .. } => Kind::BackendServerAuthentication,
            Terms::ProxyProtocol { .. } => Kind::ProxyProtocol,
            Terms::PublicKey { .. } => Kind::PublicKey,
        }
    }

    /// The policy as attributes, in the order in which they are described.
    pub fn attributes(&self) -> Vec<Attribute> {
        match &self.terms {
            Terms::AppCookieStickiness { cookie } => vec![Attribute::new(COOKIE_NAME, &**cookie)],
            Terms::LbCookieStickiness { expiration_seconds } => expiration_seconds
                .iter()
                .map(|seconds| Attribute::new(COOKIE_EXPIRATION, seconds.to_string()))
                .collect(),
            Terms::SslNegotiation(negotiation) => {
                let reference = negotiation.reference.iter();
                let switches = negotiation.switches.iter();
                reference
                    .map(|name| Attribute::new(REFERENCE, &**name))
                    .chain(switches.map(|(switch, on)| {
                        Attribute::new(switch.attribute(), if *on { "true" } else { "false" })
                    }))
                    .collect()
            }
            Terms::BackendServerAuthentication { public_keys } => public_keys
                .iter()
                .map(|name| Attribute::new(PUBLIC_KEY_POLICY, name.as_str()))
                .collect(),
            Terms::ProxyProtocol { enabled } => {
                vec![Attribute::new(
                    PROXY_PROTOCOL,
                    if *enabled { "true" } else { "false" },
                )]
            }
            Terms::PublicKey { key } => vec![Attribute::new(PUBLIC_KEY, &**key)],
        }
    }
}

impl Terms {
    /// Reads the attributes of a policy of a kind.
    fn read(
        kind: Kind,
        dialect: Dialect,
        attributes: &[Attribute],
    ) -> Result<Terms, PolicyRefusal> {
        // In the order of Eucalyptus: what is missing first, then each attribute as it comes.
        let types = kind.attributes(dialect);
        for one in types.iter().filter(|one| one.cardinality.required()) {
            if !attributes.iter().any(|given| given.name == one.name) {
                return Err(PolicyRefusal::AttributeMissing {
                    name: one.name,
                    cardinality: one.cardinality.as_str(),
                });
            }
        }
        let mut seen = BTreeSet::new();
        for given in attributes {
            let one = types
                .iter()
                .find(|one| one.name == given.name)
                .ok_or_else(|| PolicyRefusal::AttributeUnknown(given.name.clone()))?;
            if !seen.insert(one.name) && !one.cardinality.many() {
                return Err(PolicyRefusal::AttributeRepeated {
                    name: one.name,
                    cardinality: one.cardinality.as_str(),
                });
            }
        }
        let value = |name: &str| {
            let given = attributes.iter().find(|given| given.name == name);
            given.map(|given| given.value.as_str())
        };
        let required = |name| value(name).unwrap_or_default();
        Ok(match kind {
            Kind::AppCookieStickiness => Terms::AppCookieStickiness {
                cookie: cookie_name(required(COOKIE_NAME))?.into(),
            },
            Kind::LbCookieStickiness => Terms::LbCookieStickiness {
                expiration_seconds: value(COOKIE_EXPIRATION).map(seconds).transpose()?,
            },
            Kind::SslNegotiation => Terms::SslNegotiation(Negotiation {
                reference: value(REFERENCE).map(Arc::from),
                switches: switches(dialect, attributes)?,
            }),
            Kind::BackendServerAuthentication => Terms::BackendServerAuthentication {
                public_keys: attributes
                    .iter()
                    .map(|given| PolicyName::parse(&given.value, dialect))
                    .collect::<Result<_, _>>()?,
            },
            Kind::ProxyProtocol => Terms::ProxyProtocol {
                enabled: boolean(required(PROXY_PROTOCOL))?,
            },
            Kind::PublicKey => Terms::PublicKey {
                key: public_key(required(PUBLIC_KEY))?.into(),
            },
        })
    }
}

fn invalid(value: &str) -> PolicyRefusal {
    PolicyRefusal::AttributeInvalid(value.to_owned())
}

/// Reads `true` or `false` in any case. Eucalyptus took anything else for `false`, a mistake that
/// turned protocols off in silence.
fn boolean(value: &str) -> Result<bool, PolicyRefusal> {
    if value.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if value.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err(invalid(value))
    }
}

fn seconds(value: &str) -> Result<u64, PolicyRefusal> {
    // A Long on the wire: half of u64's range is never valid.
    let number: i64 = value.parse().map_err(|_| invalid(value))?;
    u64::try_from(number).map_err(|_| invalid(value))
}

/// Reads the name of a cookie: a token of RFC 6265, since the data plane looks for it in headers.
fn cookie_name(value: &str) -> Result<&str, PolicyRefusal> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if value.is_empty() || !value.bytes().all(token) {
        return Err(invalid(value));
    }
    Ok(value)
}

/// The switches given, in their order; Amazon describes the others too, as off.
fn switches(
    dialect: Dialect,
    attributes: &[Attribute],
) -> Result<Vec<(Switch, bool)>, PolicyRefusal> {
    let mut given = Vec::new();
    for attribute in attributes {
        // The reference, which is not a switch, and names already checked against the type.
        if let Some(switch) = Switch::named(&attribute.name) {
            given.push((switch, boolean(&attribute.value)?));
        }
    }
    if dialect == Dialect::Eucalyptus {
        return Ok(given);
    }
    let position = |switch| given.contains(&(switch, true));
    Ok(dialect
        .switches()
        .map(|switch| (switch, position(switch)))
        .collect())
}

/// Reads a certificate or public key: base64 of DER, with or without its PEM armour.
///
/// Only the form is checked here: base64, beginning with the sequence that all of ASN.1's
/// certificates and keys begin with. Whether it is a key is seen when it is used.
fn public_key(value: &str) -> Result<&str, PolicyRefusal> {
    let value = value.trim();
    let mut body = String::new();
    for line in value.lines().map(str::trim) {
        if !line.starts_with("-----") {
            body.push_str(line);
        }
    }
    let unpadded = body.trim_end_matches('=');
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    // 0x30, the tag of a sequence, makes the first six bits an M.
    let plausible = unpadded.starts_with('M')
        && unpadded.bytes().all(alphabet)
        && body.len() - unpadded.len() <= 2
        && unpadded.len() % 4 != 1;
    if plausible {
        Ok(value)
    } else {
        Err(PolicyRefusal::PublicKeyInvalid)
    }
}

#[cfg(test)]
mod tests;
