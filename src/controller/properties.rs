//! The cloud's properties, as the administrator may set them.
//!
//! At 3.3.0 a property affects what is made afterwards: the number of servos is read when a load
//! balancer is made or a zone is enabled, the DNS label when a load balancer is made.

use super::state::State;

/// One property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// Servos of each load balancer in each of its zones.
    ServosPerZone,
    /// The label between the name of a load balancer and the domain.
    DnsSubdomain,
}

/// Servos per zone at most; each has sockets and checks of its own.
const MAXIMUM_SERVOS: u32 = 64;

impl Property {
    /// The name at 3.3.0, under which the value is kept.
    pub fn name(self) -> &'static str {
        match self {
            Property::ServosPerZone => "loadbalancing.loadbalancer_num_vm",
            Property::DnsSubdomain => "loadbalancing.loadbalancer_dns_subdomain",
        }
    }

    pub fn default(self) -> &'static str {
        match self {
            Property::ServosPerZone => "1",
            Property::DnsSubdomain => "lb",
        }
    }
}

/// How many servos a zone of a load balancer gets. A value that is no number counts as 1, as in
/// Eucalyptus 3.3.0.
pub fn servos_per_zone(state: &State) -> u32 {
    state
        .property(Property::ServosPerZone)
        .parse()
        .unwrap_or(1)
        .clamp(1, MAXIMUM_SERVOS)
}
