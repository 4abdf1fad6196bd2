//! `eulb-create-lb-policy`.

use super::Command;
use crate::cli::args::{self, LongAttribute, ShortAttributes};
use crate::cli::exit::Failure;
use crate::cli::input;
use crate::wire::policy::{CreateLoadBalancerPolicy, PolicyAttribute};
use crate::wire::release::Feature;

/// Add a new policy to a load balancer
///
/// eulb-describe-lb-policy-types shows the types and their attributes. A policy takes effect when
/// eulb-set-lb-policies-of-listener or eulb-set-lb-policies-for-backend-server puts it to use.
#[derive(Debug, clap::Args)]
pub struct CreateLbPolicy {
    /// Name of the new policy (required)
    #[arg(short = 'n', long, value_name = "POLICY")]
    policy_name: String,
    /// Type of the new policy (required)
    #[arg(short = 't', long, value_name = "POLTYPE")]
    policy_type: String,
    /// Name and value of one attribute of the new policy (can be repeated)
    #[arg(short, long = "attribute", value_name = "name=NAME, value=VALUE")]
    attribute: Vec<LongAttribute>,
    /// Names and values of attributes of the new policy (can be repeated)
    #[arg(short = 'A', long = "attributes", value_name = "NAME=VALUE,...")]
    attributes: Vec<ShortAttributes>,
    /// File with further attributes, one NAME=VALUE on each line; "-" reads standard input
    ///
    /// Blank lines and lines that begin with # are skipped.
    #[arg(long, value_name = "FILE")]
    attributes_from_file: Option<String>,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

/// Policy types that came later than policies.
const TYPES: &[(&str, Feature)] = &[
    ("SSLNegotiationPolicyType", Feature::SslNegotiationPolicies),
    (
        "BackendServerAuthenticationPolicyType",
        Feature::BackendAuthenticationPolicies,
    ),
    (
        "PublicKeyPolicyType",
        Feature::BackendAuthenticationPolicies,
    ),
    ("ProxyProtocolPolicyType", Feature::ProxyProtocolPolicies),
];

impl Command for CreateLbPolicy {
    type Action = CreateLoadBalancerPolicy;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-create-lb-policy --release 4.2.0 -n tls12 -t SSLNegotiationPolicyType -A Protocol-TLSv1.2=true MyLB",
        "eulb-create-lb-policy --release 4.0.0 -n sticky -t LBCookieStickinessPolicyType -a \"name=CookieExpirationPeriod, value=60\" MyLB",
    ];

    fn needs(&self, request: &CreateLoadBalancerPolicy) -> Vec<Feature> {
        let mut types = TYPES.iter();
        let late = types.find(|(name, _)| *name == request.policy_type_name);
        late.map(|(_, feature)| *feature).into_iter().collect()
    }

    fn request(&self) -> Result<CreateLoadBalancerPolicy, Failure> {
        let long = self.attribute.iter().map(|attribute| attribute.0.clone());
        let short = self.attributes.iter().flat_map(|list| list.0.clone());
        let mut attributes: Vec<PolicyAttribute> = long.chain(short).collect();
        if let Some(path) = &self.attributes_from_file {
            attributes.extend(read_attributes(path)?);
        }
        Ok(CreateLoadBalancerPolicy {
            load_balancer_name: self.name.clone(),
            policy_name: self.policy_name.clone(),
            policy_type_name: self.policy_type.clone(),
            policy_attributes: (!attributes.is_empty()).then(|| attributes.into()),
        })
    }
}

fn read_attributes(path: &str) -> Result<Vec<PolicyAttribute>, Failure> {
    let text = input::text_of(path)?;
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(index, line)| {
            args::short_attribute(line).map_err(|error| {
                Failure::new(format!("error on {path} line {}: {error}", index + 1))
            })
        })
        .collect()
}
