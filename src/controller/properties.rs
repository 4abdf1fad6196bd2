//! The cloud's properties, as the administrator may set them.
//!
//! [`PROPERTIES`] has a row for each: its names, its default, what it takes and what it does here. A
//! value is kept under the first name a property ever had, so that it stays with a cloud that emulates
//! another release next time.
//!
//! At 3.3.0 a property affects what is made afterwards: the number of servos is read when a load
//! balancer is made or a zone is enabled, the DNS label when a load balancer is made. From 3.4.0 the
//! number of servos reaches load balancers that exist (EUCA-5948).
//!
//! Source: Eucalyptus 3.3.0 to 4.4.2, the `ConfigurableClass`es of load balancing.

use super::state::State;
use crate::wire::Action;
use crate::wire::balancer::CreateLoadBalancer;
use crate::wire::fault::Fault;
use crate::wire::release::{Feature, Release};
use std::fmt;

/// One property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// The image of the servos; the service is not ready without one.
    Image,
    InstanceType,
    /// Servos of each load balancer in each of its zones.
    ServosPerZone,
    /// The label between the name of a load balancer and the domain.
    DnsSubdomain,
    KeyName,
    /// Ports that no listener may have.
    RestrictedPorts,
    NtpServer,
    AppCookieDuration,
    /// Seconds that an answer with addresses of a load balancer may be kept.
    DnsTtl,
    ExpirationDays,
    InitScript,
    /// Whether names of load balancers are answered.
    DnsResolver,
    CacheDuration,
    PollInterval,
    MetricsInterval,
    InstanceInterval,
    SubnetHosts,
    FailureThreshold,
    ElasticIp,
}

/// What a property takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// A whole number from and to.
    Number(u64, u64),
    /// One label of a domain name, or several with dots between.
    Domain,
    /// `22`, `22,80`, `1-1023`, or nothing.
    Ports,
    /// `true` or `false`.
    Switch,
    /// `emi-` and what follows, or nothing.
    Image,
    /// A word without white space, or nothing.
    Word,
    /// Anything on one line.
    Line,
}

/// One row of [`PROPERTIES`].
struct Row {
    property: Property,
    /// The name before 4.1.0, if there was one then.
    early: Option<&'static str>,
    /// The name from 4.1.0 on.
    late: &'static str,
    /// What a release must have for the property to be there; nothing if all have it.
    feature: Option<Feature>,
    default: &'static str,
    takes: Takes,
    /// What it does in the local cloud.
    effect: &'static str,
}

/// Servos per zone at most; each has sockets and checks of its own.
const MAXIMUM_SERVOS: u64 = 64;
/// Seconds an answer may be kept at most: a week, beyond which resolvers cut it anyway.
const MAXIMUM_TTL: u64 = 604_800;
/// An upper bound for counts of hours, days, seconds and hosts: enough for any, small enough to add.
const MANY: u64 = 1_000_000;
/// Characters of a value at most.
const MAXIMUM_VALUE: usize = 4096;

/// What a property without a value is shown as, as `euca-describe-properties` did.
const UNSET: &str = "{}";
/// The image of a cloud that has none yet.
const NO_IMAGE: &str = "NULL";

/// Seconds that answers of the name service may be kept before the property was there.
const DAY_SECONDS: u32 = 86_400;

#[rustfmt::skip]
const PROPERTIES: &[Row] = &[
    Row { property: Property::Image, early: Some("loadbalancer_emi"), late: "worker.image", feature: None, default: NO_IMAGE, takes: Takes::Image,
        effect: "The image of the servos. Without one the service is NOTREADY and refuses every request; the traffic of load balancers goes on. A local cloud sets one at its first start" },
    Row { property: Property::InstanceType, early: Some("loadbalancer_instance_type"), late: "worker.instance_type", feature: None, default: "m1.small", takes: Takes::Word,
        effect: "The machine type of the servos. Kept and shown; local servos have no machines" },
    Row { property: Property::ServosPerZone, early: Some("loadbalancer_num_vm"), late: "vm_per_zone", feature: None, default: "1", takes: Takes::Number(1, MAXIMUM_SERVOS),
        effect: "Servos of each load balancer in each of its zones. Read when a load balancer is created or a zone is enabled; from 3.4.0 load balancers that exist are brought to it at once" },
    Row { property: Property::DnsSubdomain, early: Some("loadbalancer_dns_subdomain"), late: "dns_subdomain", feature: None, default: "lb", takes: Takes::Domain,
        effect: "The label between the name of a load balancer and the domain. Read when a load balancer is created" },
    Row { property: Property::KeyName, early: Some("loadbalancer_vm_keyname"), late: "worker.keyname", feature: None, default: UNSET, takes: Takes::Word,
        effect: "The key pair to log in to servos with. Kept and shown; there is nothing to log in to" },
    Row { property: Property::RestrictedPorts, early: Some("loadbalancer_restricted_ports"), late: "restricted_ports", feature: Some(Feature::RestrictedPorts), default: "22", takes: Takes::Ports,
        effect: "Ports that no listener may have: 22, 22,8080 or 1-1023. Read when a listener is created" },
    Row { property: Property::NtpServer, early: Some("loadbalancer_vm_ntp_server"), late: "worker.ntp_server", feature: Some(Feature::NtpServerProperty), default: UNSET, takes: Takes::Word,
        effect: "The time server of the servos. Kept and shown; local servos have the clock of this machine" },
    Row { property: Property::AppCookieDuration, early: Some("loadbalancer_app_cookie_duration"), late: "worker.app_cookie_duration", feature: Some(Feature::AppCookieDurationProperty), default: "24", takes: Takes::Number(1, MANY),
        effect: "Hours that a servo remembers which instance an application's cookie belongs to" },
    Row { property: Property::DnsTtl, early: Some("loadbalancer_dns_ttl"), late: "dns_ttl", feature: Some(Feature::ShortDnsTtl), default: "60", takes: Takes::Number(0, MAXIMUM_TTL),
        effect: "Seconds that the addresses of a load balancer may be kept by whoever asked the name service. A day where there is no such property" },
    Row { property: Property::ExpirationDays, early: None, late: "worker.expiration_days", feature: Some(Feature::WorkerProperties), default: "365", takes: Takes::Number(1, MANY),
        effect: "Days after which the credentials of servos expire. Kept and shown; local servos have none" },
    Row { property: Property::InitScript, early: None, late: "worker.init_script", feature: Some(Feature::WorkerProperties), default: UNSET, takes: Takes::Line,
        effect: "A script that servos run when they boot. Kept and shown; local servos do not boot" },
    Row { property: Property::DnsResolver, early: None, late: "dns_resolver_enabled", feature: Some(Feature::DnsResolverProperty), default: "true", takes: Takes::Switch,
        effect: "Whether the name service answers names of load balancers" },
    Row { property: Property::CacheDuration, early: None, late: "cache_duration", feature: Some(Feature::PollingProperties), default: "3", takes: Takes::Number(0, MANY),
        effect: "Seconds that answers to servos are kept. Kept and shown; local servos are told of changes at once" },
    Row { property: Property::PollInterval, early: None, late: "lb_poll_interval", feature: Some(Feature::PollingProperties), default: "10", takes: Takes::Number(1, MANY),
        effect: "Seconds between two questions of a servo. Kept and shown; local servos are told of changes at once" },
    Row { property: Property::MetricsInterval, early: None, late: "cw_put_interval", feature: Some(Feature::PollingProperties), default: "10", takes: Takes::Number(1, MANY),
        effect: "Seconds between two reports of metrics by a servo. Kept and shown; local counters are read when they are asked for" },
    Row { property: Property::InstanceInterval, early: None, late: "backend_instance_update_interval", feature: Some(Feature::PollingProperties), default: "60", takes: Takes::Number(1, MANY),
        effect: "Seconds between two looks at the state of instances. Kept and shown; a change of a local instance is seen at once" },
    Row { property: Property::SubnetHosts, early: None, late: "number_of_hosts_in_vpc_subnet", feature: Some(Feature::SubnetSizeProperty), default: "4096", takes: Takes::Number(16, 65_536),
        effect: "Addresses in the subnets of servos. Kept and shown; the range of local servos is that of --servo-cidr" },
    Row { property: Property::FailureThreshold, early: None, late: "failure_threshold_for_recycle", feature: Some(Feature::RecyclingProperties), default: "24", takes: Takes::Number(1, MANY),
        effect: "Failures after which a servo is replaced. Kept and shown; a local servo is replaced at the first" },
    Row { property: Property::ElasticIp, early: None, late: "use_elastic_ip", feature: Some(Feature::RecyclingProperties), default: "false", takes: Takes::Switch,
        effect: "Whether servos have elastic addresses. Kept and shown; a local servo keeps its address for life" },
];

/// What the names of all releases before 4.1.0 begin with, and those of all after.
const EARLY_ROOT: &str = "loadbalancing.";
const LATE_ROOT: &str = "services.loadbalancing.";

/// Why a property is not set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PropertyError {
    #[error(
        "there is no property '{name}' in {release}; 'eulb admin properties list' shows those there are"
    )]
    Unknown { name: String, release: String },
    #[error("{name} takes {takes}, not '{value}'")]
    Value {
        name: String,
        takes: String,
        value: String,
    },
    /// The text of Eucalyptus.
    #[error("Malformed domain name")]
    Domain,
}

impl Property {
    fn row(self) -> &'static Row {
        PROPERTIES
            .iter()
            .find(|row| row.property == self)
            .expect("every property has a row")
    }

    /// The properties of a release, in the order of the listing.
    pub fn of(release: Release) -> impl Iterator<Item = Property> {
        PROPERTIES
            .iter()
            .filter(move |row| row.feature.is_none_or(|feature| release.has(feature)))
            .map(|row| row.property)
    }

    /// The property that a person names: in full or without what all begin with, as any release names
    /// it.
    ///
    /// # Errors
    ///
    /// The release has no such property.
    pub fn find(name: &str, release: Release) -> Result<Property, PropertyError> {
        let named = |row: &Row| {
            let late = name.strip_prefix(LATE_ROOT).unwrap_or(name);
            let early = name.strip_prefix(EARLY_ROOT).unwrap_or(name);
            row.late == late || row.early == Some(early)
        };
        Property::of(release)
            .find(|property| named(property.row()))
            .ok_or_else(|| PropertyError::Unknown {
                name: name.to_owned(),
                release: release.title(),
            })
    }

    /// The name in a release.
    pub fn name(self, release: Release) -> String {
        let row = self.row();
        match row.early {
            Some(early) if !release.has(Feature::ServiceProperties) => {
                format!("{EARLY_ROOT}{early}")
            }
            _ => format!("{LATE_ROOT}{}", row.late),
        }
    }

    /// The name under which a value is kept: the first that there was.
    pub fn key(self) -> String {
        let row = self.row();
        match row.early {
            Some(early) => format!("{EARLY_ROOT}{early}"),
            None => format!("{LATE_ROOT}{}", row.late),
        }
    }

    pub fn default(self, release: Release) -> &'static str {
        if self == Property::InstanceType && release.has(Feature::MediumWorkers) {
            return "m1.medium";
        }
        self.row().default
    }

    /// What the property does in the local cloud, for people.
    pub fn effect(self) -> &'static str {
        self.row().effect
    }

    /// The value as it is kept, if the property takes it.
    ///
    /// # Errors
    ///
    /// It does not.
    pub fn check(self, value: &str, release: Release) -> Result<String, PropertyError> {
        let value = value.trim();
        let takes = self.row().takes;
        if value.len() <= MAXIMUM_VALUE && takes.admits(value) {
            return Ok(match (takes, value) {
                (Takes::Image, "") => NO_IMAGE.to_owned(),
                (Takes::Word | Takes::Line, "") => UNSET.to_owned(),
                (_, value) => value.to_owned(),
            });
        }
        Err(match takes {
            Takes::Domain => PropertyError::Domain,
            _ => PropertyError::Value {
                name: self.name(release),
                takes: takes.to_string(),
                value: value.chars().take(80).collect(),
            },
        })
    }
}

impl Takes {
    fn admits(self, value: &str) -> bool {
        let no_control = !value.chars().any(char::is_control);
        match self {
            Takes::Number(from, to) => value
                .parse()
                .is_ok_and(|number: u64| (from..=to).contains(&number)),
            Takes::Domain => is_domain(value),
            Takes::Ports => ports(value).is_some(),
            Takes::Switch => matches!(value, "true" | "false"),
            Takes::Image => {
                let id = value.strip_prefix("emi-");
                value.is_empty()
                    || value == NO_IMAGE
                    || id.is_some_and(|id| {
                        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    })
            }
            Takes::Word => no_control && !value.contains(char::is_whitespace),
            Takes::Line => no_control,
        }
    }
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Takes::Number(from, to) => write!(f, "a whole number from {from} to {to}"),
            Takes::Domain => f.write_str("a domain name"),
            Takes::Ports => f.write_str("ports such as 22, 22,8080 or 1-1023"),
            Takes::Switch => f.write_str("true or false"),
            Takes::Image => f.write_str("the id of an image, emi-…"),
            Takes::Word => f.write_str("one word"),
            Takes::Line => f.write_str("one line"),
        }
    }
}

/// Whether a text is labels of letters, digits and hyphens with dots between them.
fn is_domain(text: &str) -> bool {
    text.len() <= 200
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// The ranges of a list of ports; nothing if it is not one. An empty text restricts nothing.
fn ports(text: &str) -> Option<Vec<(u16, u16)>> {
    let port = |text: &str| text.trim().parse().ok().filter(|port: &u16| *port > 0);
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    text.split(',')
        .map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (port(first)?, port(last)?);
            (first <= last).then_some((first, last))
        })
        .collect()
}

/// How many servos a zone of a load balancer gets.
pub fn servos_per_zone(state: &State, release: Release) -> usize {
    // Only what the property takes is kept, but a value may have been kept by an earlier version.
    state
        .property(Property::ServosPerZone, release)
        .parse()
        .unwrap_or(1u64)
        .clamp(1, MAXIMUM_SERVOS)
        .try_into()
        .unwrap_or(1)
}

/// Whether the service is ready: whether it has an image for its servos, where that is asked.
pub fn is_ready(state: &State, release: Release) -> bool {
    !release.has(Feature::NotReady) || state.property(Property::Image, release) != NO_IMAGE
}

/// Refuses a request to load balancing while it is not ready.
///
/// # Errors
///
/// It is not: whatever is asked, after the signature and the form of the request and before anything
/// else is looked at. Who creates a load balancer is told what a service says that has lost its image.
pub fn refuse_unready(action: &str, state: &State, release: Release) -> Result<(), Fault> {
    if is_ready(state, release) {
        return Ok(());
    }
    if action == CreateLoadBalancer::NAME {
        return Err(Fault::Failure {
            message: "Failed to create the loadbalancer: No loadbalancer EMI is found".to_owned(),
        });
    }
    let name = Property::Image.name(release);
    Err(Fault::Unavailable {
        message: format!("The service is NOTREADY: the property {name} names no image"),
    })
}

/// The restricted ports as they are written, if a port is one of them.
pub fn restricting(state: &State, release: Release, port: u16) -> Option<&str> {
    if !release.has(Feature::RestrictedPorts) {
        return None;
    }
    let written = state.property(Property::RestrictedPorts, release);
    ports(written)?
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&port))
        .then_some(written)
}

/// Seconds that the addresses of a load balancer may be kept.
pub fn dns_ttl_seconds(state: &State, release: Release) -> u32 {
    if !release.has(Feature::ShortDnsTtl) {
        return DAY_SECONDS;
    }
    state
        .property(Property::DnsTtl, release)
        .parse()
        .unwrap_or(60)
}

/// Whether the names of load balancers are answered.
pub fn names_are_answered(state: &State, release: Release) -> bool {
    !release.has(Feature::DnsResolverProperty)
        || state.property(Property::DnsResolver, release) != "false"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_release_and_are_found_in_any_spelling() {
        let cases = [
            (
                "loadbalancing.loadbalancer_num_vm",
                Release::V3_3_0,
                Some("loadbalancing.loadbalancer_num_vm"),
            ),
            (
                "loadbalancer_num_vm",
                Release::V4_4_2,
                Some("services.loadbalancing.vm_per_zone"),
            ),
            (
                "services.loadbalancing.vm_per_zone",
                Release::V3_3_0,
                Some("loadbalancing.loadbalancer_num_vm"),
            ),
            (
                "worker.image",
                Release::Aws,
                Some("services.loadbalancing.worker.image"),
            ),
            ("restricted_ports", Release::V3_3_0, None),
            (
                "restricted_ports",
                Release::V3_4_0,
                Some("loadbalancing.loadbalancer_restricted_ports"),
            ),
            ("dns_ttl", Release::V4_0_0, None),
            (
                "lb_poll_interval",
                Release::V4_2_0,
                Some("services.loadbalancing.lb_poll_interval"),
            ),
            ("lb_poll_interval", Release::V4_4_0, None),
            ("loadbalancing.", Release::V4_4_0, None),
            ("", Release::V4_4_0, None),
        ];
        for (name, release, expected) in cases {
            let found = Property::find(name, release).ok();
            let shown = found.map(|property| property.name(release));
            assert_eq!(shown.as_deref(), expected, "{name} at {release}");
        }
        let count = |release| Property::of(release).count();
        assert_eq!(count(Release::V3_3_0), 5);
        assert_eq!(count(Release::V3_4_0), 7);
        assert_eq!(count(Release::V4_2_0), 16);
        for property in Property::of(Release::V4_4_2) {
            let fallback = property.default(Release::V4_4_2);
            let kept = property.check(fallback, Release::V4_4_2);
            assert_eq!(kept.as_deref(), Ok(fallback), "{property:?}");
        }
    }

    #[test]
    fn values_are_what_a_property_takes() {
        use Property::{DnsResolver, DnsSubdomain, Image, KeyName, RestrictedPorts, ServosPerZone};
        #[rustfmt::skip]
        let cases = [
            (ServosPerZone, "2", Ok("2")), (ServosPerZone, "64", Ok("64")),
            (ServosPerZone, "0", Err("a whole number from 1 to 64")), (ServosPerZone, "two", Err("a whole number from 1 to 64")),
            (Image, "emi-1A2B", Ok("emi-1A2B")), (Image, "", Ok("NULL")), (Image, "ami-1", Err("the id of an image, emi-…")), (Image, "emi-", Err("the id of an image, emi-…")),
            (KeyName, "", Ok("{}")), (KeyName, "my key", Err("one word")), (KeyName, "a\u{7}", Err("one word")),
            (RestrictedPorts, "22,1-1023", Ok("22,1-1023")), (RestrictedPorts, "", Ok("")),
            (RestrictedPorts, "9-1", Err("ports such as 22, 22,8080 or 1-1023")), (RestrictedPorts, "0", Err("ports such as 22, 22,8080 or 1-1023")),
            (RestrictedPorts, "22,", Err("ports such as 22, 22,8080 or 1-1023")), (RestrictedPorts, "65536", Err("ports such as 22, 22,8080 or 1-1023")),
            (DnsResolver, "false", Ok("false")), (DnsResolver, "no", Err("true or false")),
            (DnsSubdomain, "elb.west", Ok("elb.west")), (DnsSubdomain, "", Err("")), (DnsSubdomain, "a..b", Err("")), (DnsSubdomain, "-a", Err("")), (DnsSubdomain, "a b", Err("")),
        ];
        for (property, value, expected) in cases {
            let checked = property.check(value, Release::V4_4_2);
            match expected {
                Ok(kept) => assert_eq!(checked.as_deref(), Ok(kept), "{value}"),
                Err("") => assert_eq!(checked, Err(PropertyError::Domain), "{value}"),
                Err(takes) => {
                    let line = checked.unwrap_err().to_string();
                    let name = property.name(Release::V4_4_2);
                    assert_eq!(line, format!("{name} takes {takes}, not '{value}'"));
                }
            }
        }
    }

    #[test]
    fn ranges_of_ports_include_their_ends() {
        let ranges = ports("22, 80-81").unwrap();
        assert_eq!(ranges, [(22, 22), (80, 81)]);
        assert_eq!(ports("80-81-82"), None);
    }
}
