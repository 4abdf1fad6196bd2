//! `eulb-modify-lb-attributes`.

use super::Command;
use crate::cli::args::AttributePair;
use crate::cli::exit::Failure;
use crate::wire::attribute::ModifyLoadBalancerAttributes;
use crate::wire::query;
use crate::wire::release::Feature;

/// Modify the attributes of a load balancer
///
/// Attributes that are not named stay as they are. Attributes of a list are spelt out:
/// AdditionalAttributes.member.1.Key=elb.http.desyncmitigationmode
/// AdditionalAttributes.member.1.Value=strictest.
#[derive(Debug, clap::Args)]
pub struct ModifyLbAttributes {
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
    /// Attributes to change, such as ConnectionSettings.IdleTimeout=90 (required)
    #[arg(value_name = "ATTR=VALUE", required = true)]
    attributes: Vec<AttributePair>,
}

/// Which attribute needs what, by the part of its name before the first dot.
const ATTRIBUTES: &[(&str, Feature)] = &[
    ("ConnectionSettings", Feature::IdleTimeoutAttribute),
    ("CrossZoneLoadBalancing", Feature::CrossZoneAttribute),
    ("AccessLog", Feature::AccessLogAttribute),
    ("ConnectionDraining", Feature::ConnectionDrainingAttribute),
    ("AdditionalAttributes", Feature::AdditionalAttributes),
];

impl Command for ModifyLbAttributes {
    type Action = ModifyLoadBalancerAttributes;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-modify-lb-attributes --release 4.1.0 MyLB ConnectionSettings.IdleTimeout=90",
        "eulb-modify-lb-attributes --release 4.2.0 MyLB CrossZoneLoadBalancing.Enabled=true",
    ];

    fn needs(&self, request: &ModifyLoadBalancerAttributes) -> Vec<Feature> {
        let of_options = self.attributes.iter().map(|pair| pair.name.clone());
        // Those of a file, by their parameters: `LoadBalancerAttributes.AccessLog.Enabled`.
        let parameters = query::parameters(request).unwrap_or_default();
        let of_file = parameters.iter().filter_map(|(name, _)| {
            let (_, attribute) = name.split_once('.')?;
            Some(attribute.to_owned())
        });
        let names: Vec<String> = of_options.chain(of_file).collect();
        let group = |name: &String| name.split('.').next().unwrap_or("").to_owned();
        let groups: Vec<String> = names.iter().map(group).collect();
        ATTRIBUTES
            .iter()
            .filter(|(name, _)| groups.iter().any(|group| group == name))
            .map(|(_, feature)| *feature)
            .collect()
    }

    fn request(&self) -> Result<ModifyLoadBalancerAttributes, Failure> {
        Ok(ModifyLoadBalancerAttributes {
            load_balancer_name: self.name.clone(),
            load_balancer_attributes: None,
        })
    }

    /// Attributes go out under the names and with the values they were given: whether there are such
    /// is the service's to say. One without a value is sent too, since that is how it is cleared.
    fn extra_parameters(&self) -> Vec<(String, String)> {
        self.attributes
            .iter()
            .map(|pair| {
                let name = format!("LoadBalancerAttributes.{}", pair.name);
                (name, pair.value.clone())
            })
            .collect()
    }
}
