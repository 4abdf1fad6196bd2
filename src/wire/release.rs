//! Which release offers what: the one table behind help, manual pages, the tools, the controller,
//! fault codes and the data plane's behaviour.
//!
//! A [`Release`] is ordered; Amazon's own service stands last. [`AVAILABILITY`] has a row for every
//! operation, every gated option and every behaviour with a name: from which release it works, why
//! not before, and where that is documented. Nobody else compares releases: they ask
//! [`Release::has`].
//!
//! "Works" means that the operation does what it says. Eucalyptus 3.3.0 knows several operations
//! that answer with an empty success and do nothing; those do not work there.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A release of Eucalyptus, or Amazon's service, which comes after all of them.
///
/// 3.3.0 stands for every 3.3.x: their load balancing code is identical.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    #[default]
    V3_3_0,
    V3_4_0,
    V3_4_1,
    V3_4_2,
    V3_4_3,
    V4_0_0,
    V4_0_1,
    V4_0_2,
    V4_1_0,
    V4_1_1,
    V4_1_2,
    V4_2_0,
    V4_2_1,
    V4_2_2,
    V4_3_0,
    V4_3_1,
    V4_4_0,
    V4_4_1,
    V4_4_2,
    Aws,
}

use Release::*;

impl Release {
    /// Every release, oldest first.
    pub const ALL: [Release; 20] = [
        V3_3_0, V3_4_0, V3_4_1, V3_4_2, V3_4_3, V4_0_0, V4_0_1, V4_0_2, V4_1_0, V4_1_1, V4_1_2,
        V4_2_0, V4_2_1, V4_2_2, V4_3_0, V4_3_1, V4_4_0, V4_4_1, V4_4_2, Aws,
    ];

    /// The name, as `--release` takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            V3_3_0 => "3.3.0",
            V3_4_0 => "3.4.0",
            V3_4_1 => "3.4.1",
            V3_4_2 => "3.4.2",
            V3_4_3 => "3.4.3",
            V4_0_0 => "4.0.0",
            V4_0_1 => "4.0.1",
            V4_0_2 => "4.0.2",
            V4_1_0 => "4.1.0",
            V4_1_1 => "4.1.1",
            V4_1_2 => "4.1.2",
            V4_2_0 => "4.2.0",
            V4_2_1 => "4.2.1",
            V4_2_2 => "4.2.2",
            V4_3_0 => "4.3.0",
            V4_3_1 => "4.3.1",
            V4_4_0 => "4.4.0",
            V4_4_1 => "4.4.1",
            V4_4_2 => "4.4.2",
            Aws => "aws",
        }
    }

    /// Whether the feature works in this release.
    pub fn has(self, feature: Feature) -> bool {
        let row = row(feature);
        self >= row.from && row.until.is_none_or(|until| self < until) && row.except != Some(self)
    }

    /// How help and manual pages mark a feature that this release lacks; nothing if it has it.
    pub fn mark(self, feature: Feature) -> Option<&'static str> {
        let row = row(feature);
        (!self.has(feature) && !row.mark.is_empty()).then_some(row.mark)
    }

    /// The refusal of an operation or option that this release lacks; nothing if it has it.
    ///
    /// `AddTags does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)`
    pub fn refusal(self, feature: Feature) -> Option<String> {
        let row = row(feature);
        (!self.has(feature)).then(|| {
            format!(
                "{} does not work in {}: {} (from {})",
                row.name,
                self.title(),
                row.why,
                row.from
            )
        })
    }

    /// The name for sentences: `Eucalyptus 3.3.0`, `AWS`.
    pub fn title(self) -> String {
        match self {
            Aws => "AWS".to_owned(),
            release => format!("Eucalyptus {release}"),
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a release; use 3.3.0 to 4.4.2, 4.4 for the newest 4.4.x, or aws")]
pub struct UnknownRelease(pub String);

impl FromStr for Release {
    type Err = UnknownRelease;

    /// Reads `3.3.0`, `4.4` (the newest of that line) or `aws` in any case.
    fn from_str(text: &str) -> Result<Release, UnknownRelease> {
        let text = text.trim();
        // Identical in load balancing; see the type.
        if text.eq_ignore_ascii_case("aws") {
            return Ok(Aws);
        }
        if matches!(text, "3.3" | "3.3.0.1" | "3.3.1" | "3.3.2") {
            return Ok(V3_3_0);
        }
        let line = |release: Release| release.as_str().rsplit_once('.').map(|(line, _)| line);
        Release::ALL
            .into_iter()
            .rev()
            .find(|release| release.as_str() == text || line(*release) == Some(text))
            .ok_or_else(|| UnknownRelease(text.to_owned()))
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Release, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a row of the table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An operation of the API; the row's name is the value of `Action`.
    Operation,
    /// A parameter, or a value of one.
    Option,
    /// How an operation or the data plane behaves.
    Behaviour,
}

/// One row of [`AVAILABILITY`].
#[derive(Clone, Copy, Debug)]
pub struct Availability {
    pub feature: Feature,
    pub kind: Kind,
    pub name: &'static str,
    /// The first release in which it works.
    pub from: Release,
    /// The first release in which it no longer does.
    pub until: Option<Release>,
    /// A release in between that lacks it.
    pub except: Option<Release>,
    /// How help and manual pages mark it where it does not work; empty for behaviours.
    pub mark: &'static str,
    /// What happens where it does not work.
    pub why: &'static str,
    /// Where that is documented: an issue of Eucalyptus, a commit, a page.
    pub source: &'static str,
}

/// The row of a feature.
pub fn row(feature: Feature) -> &'static Availability {
    &AVAILABILITY[feature as usize]
}

/// The first release in which a feature works.
pub fn first(feature: Feature) -> Release {
    row(feature).from
}

/// The operation of a name, in the spelling of the API.
pub fn operation(action: &str) -> Option<Feature> {
    AVAILABILITY
        .iter()
        .find(|row| row.kind == Kind::Operation && row.name == action)
        .map(|row| row.feature)
}

/// Everything that some release lacks, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    CreateLoadBalancer,
    DescribeLoadBalancers,
    DeleteLoadBalancer,
    CreateLoadBalancerListeners,
    DeleteLoadBalancerListeners,
    RegisterInstancesWithLoadBalancer,
    DeregisterInstancesFromLoadBalancer,
    ConfigureHealthCheck,
    DescribeInstanceHealth,
    EnableAvailabilityZonesForLoadBalancer,
    DisableAvailabilityZonesForLoadBalancer,
    AttachLoadBalancerToSubnets,
    CreateAppCookieStickinessPolicy,
    CreateLBCookieStickinessPolicy,
    CreateLoadBalancerPolicy,
    DeleteLoadBalancerPolicy,
    DescribeLoadBalancerPolicies,
    DescribeLoadBalancerPolicyTypes,
    DetachLoadBalancerFromSubnets,
    SetLoadBalancerListenerSSLCertificate,
    SetLoadBalancerPoliciesForBackendServer,
    SetLoadBalancerPoliciesOfListener,
    ApplySecurityGroupsToLoadBalancer,
    AddTags,
    RemoveTags,
    DescribeTags,
    DescribeLoadBalancerAttributes,
    ModifyLoadBalancerAttributes,
    DescribeAccountLimits,
    SubnetsOption,
    SchemeOption,
    SecurityGroupsOption,
    TagsOption,
    SecureListeners,
    CertificateId,
    IdleTimeoutAttribute,
    CrossZoneAttribute,
    AccessLogAttribute,
    ConnectionDrainingAttribute,
    AdditionalAttributes,
    SslNegotiationPolicies,
    BackendAuthenticationPolicies,
    ProxyProtocolPolicies,
    Paging,
    NamedErrorCodes,
    AmazonErrorCodes,
    NameLengthLimit,
    NamePattern,
    RestrictedPorts,
    RestrictedPortsListed,
    PropertiesReachExisting,
    SignatureVersion2,
    ServiceProperties,
    NtpServerProperty,
    AppCookieDurationProperty,
    WorkerProperties,
    DnsResolverProperty,
    PollingProperties,
    SubnetSizeProperty,
    RecyclingProperties,
    MediumWorkers,
    PolicyArns,
    PolicyLimits,
    AccessDenied,
    SchemeReturned,
    TargetCase,
    TargetMessages,
    UnhealthyThresholdThree,
    HealthyThresholdTen,
    HealthCheckBounds,
    FirstPassSuffices,
    UnknownInstanceState,
    LongStaleness,
    TerminatedInstancesLeave,
    StoppedInstancesReturn,
    ZoneMismatchNamed,
    ZoneMismatchConflict,
    OtherZonesRegister,
    LastZoneStays,
    CrossZone,
    ForwardedProtoAndPort,
    LongTimeouts,
    InstanceKeepAlive,
    EmptyUnavailable,
    ShortDnsTtl,
    AdministratorLookups,
    AdministratorDeleteIdempotent,
    CloudAdministrator,
    DescribeUnknownFails,
    IdenticalCreateSucceeds,
    IdenticalListenerSucceeds,
    LayerPairs,
    InstanceProtocolDefault,
    UnregisteredInstancesDescribed,
    HealthyReasonNamed,
    ZonesRequired,
    SecurityPolicies2015,
    SecurityPolicies2016,
    ProxyProtocol,
    AccessLogTls,
    CookieMaxAge,
    CookieCacheControl,
    ConnectionDraining,
    LeastOutstanding,
    ZeroHostCounts,
    MetricExtremes,
    ConnectionMetrics,
    DimensionFolding,
    AmazonRules,
    Vpc,
    UnknownParametersIgnored,
    StoppedStateNamed,
    AdministratorsServoGroups,
    NotReady,
}

/// A row: the builder behind the table, so that a row is one line to read.
const fn at(
    feature: Feature,
    kind: Kind,
    name: &'static str,
    from: Release,
    mark: &'static str,
    why: &'static str,
    source: &'static str,
) -> Availability {
    Availability {
        feature,
        kind,
        name,
        from,
        until: None,
        except: None,
        mark,
        why,
        source,
    }
}

impl Availability {
    const fn until(mut self, release: Release) -> Availability {
        self.until = Some(release);
        self
    }

    const fn except(mut self, release: Release) -> Availability {
        self.except = Some(release);
        self
    }
}

/// From which release everything works, in the order of [`Feature`].
#[rustfmt::skip]
pub const AVAILABILITY: &[Availability] = &[
    at(Feature::CreateLoadBalancer, Kind::Operation, "CreateLoadBalancer", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::DescribeLoadBalancers, Kind::Operation, "DescribeLoadBalancers", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::DeleteLoadBalancer, Kind::Operation, "DeleteLoadBalancer", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::CreateLoadBalancerListeners, Kind::Operation, "CreateLoadBalancerListeners", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::DeleteLoadBalancerListeners, Kind::Operation, "DeleteLoadBalancerListeners", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::RegisterInstancesWithLoadBalancer, Kind::Operation, "RegisterInstancesWithLoadBalancer", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::DeregisterInstancesFromLoadBalancer, Kind::Operation, "DeregisterInstancesFromLoadBalancer", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::ConfigureHealthCheck, Kind::Operation, "ConfigureHealthCheck", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::DescribeInstanceHealth, Kind::Operation, "DescribeInstanceHealth", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::EnableAvailabilityZonesForLoadBalancer, Kind::Operation, "EnableAvailabilityZonesForLoadBalancer", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::DisableAvailabilityZonesForLoadBalancer, Kind::Operation, "DisableAvailabilityZonesForLoadBalancer", V3_3_0, "", "", "3.3.0 source, LoadBalancingService"),
    at(Feature::AttachLoadBalancerToSubnets, Kind::Operation, "AttachLoadBalancerToSubnets", V4_1_0, "NA, VPC only", "there is no VPC; it is answered with an empty success and does nothing", "EUCA-9832"),
    at(Feature::CreateAppCookieStickinessPolicy, Kind::Operation, "CreateAppCookieStickinessPolicy", V4_0_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "EUCA-8128"),
    at(Feature::CreateLBCookieStickinessPolicy, Kind::Operation, "CreateLBCookieStickinessPolicy", V4_0_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "EUCA-8129"),
    at(Feature::CreateLoadBalancerPolicy, Kind::Operation, "CreateLoadBalancerPolicy", V4_0_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "EUCA-8127"),
    at(Feature::DeleteLoadBalancerPolicy, Kind::Operation, "DeleteLoadBalancerPolicy", V4_0_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "EUCA-8127"),
    at(Feature::DescribeLoadBalancerPolicies, Kind::Operation, "DescribeLoadBalancerPolicies", V4_0_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "EUCA-8127"),
    at(Feature::DescribeLoadBalancerPolicyTypes, Kind::Operation, "DescribeLoadBalancerPolicyTypes", V4_0_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "EUCA-8127"),
    at(Feature::DetachLoadBalancerFromSubnets, Kind::Operation, "DetachLoadBalancerFromSubnets", V4_1_0, "NA, VPC only, not supported in 3.3.0", "there is no VPC; it is answered with an empty success and does nothing", "EUCA-9832"),
    at(Feature::SetLoadBalancerListenerSSLCertificate, Kind::Operation, "SetLoadBalancerListenerSSLCertificate", V4_0_0, "NA, no SSL support in 3.3.0", "listeners speak HTTP and TCP only; it is answered with an empty success and does nothing", "EUCA-8134"),
    at(Feature::SetLoadBalancerPoliciesForBackendServer, Kind::Operation, "SetLoadBalancerPoliciesForBackendServer", V4_2_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "EUCA-10477"),
    at(Feature::SetLoadBalancerPoliciesOfListener, Kind::Operation, "SetLoadBalancerPoliciesOfListener", V4_0_0, "NA, not supported in 3.3.0", "it is answered with an empty success and does nothing", "commit a26d00851e"),
    at(Feature::ApplySecurityGroupsToLoadBalancer, Kind::Operation, "ApplySecurityGroupsToLoadBalancer", V4_1_0, "NA, VPC only, not supported in 3.3.0", "there is no VPC; it is answered with an empty success and does nothing", "EUCA-9832"),
    at(Feature::AddTags, Kind::Operation, "AddTags", V4_1_0, "NA, not supported in 3.3.0", "the operation is unknown", "4.1.0 source, LoadBalancingBackendService"),
    at(Feature::RemoveTags, Kind::Operation, "RemoveTags", V4_1_0, "NA, not supported in 3.3.0", "the operation is unknown", "4.1.0 source, LoadBalancingBackendService"),
    at(Feature::DescribeTags, Kind::Operation, "DescribeTags", V4_1_0, "NA, not supported in 3.3.0", "the operation is unknown", "4.1.0 source, LoadBalancingBackendService"),
    at(Feature::DescribeLoadBalancerAttributes, Kind::Operation, "DescribeLoadBalancerAttributes", V4_1_0, "NA, not supported in 3.3.0", "the operation is unknown", "EUCA-9773"),
    at(Feature::ModifyLoadBalancerAttributes, Kind::Operation, "ModifyLoadBalancerAttributes", V4_1_0, "NA, not supported in 3.3.0", "the operation is unknown", "EUCA-9773"),
    at(Feature::DescribeAccountLimits, Kind::Operation, "DescribeAccountLimits", Aws, "NA, Amazon only", "no release of Eucalyptus has it for classic load balancers", "commit 637312e09e (ELBv2 only)"),
    at(Feature::SubnetsOption, Kind::Option, "subnets", V4_1_0, "NA, VPC only", "there is no VPC; the parameter is accepted and ignored", "EUCA-9832"),
    at(Feature::SchemeOption, Kind::Option, "scheme", V4_1_0, "NA, VPC only", "there is no VPC; the parameter is accepted and ignored", "EUCA-9832"),
    at(Feature::SecurityGroupsOption, Kind::Option, "security groups", V4_1_0, "NA, VPC only", "there is no VPC; the parameter is accepted and ignored", "EUCA-9832"),
    at(Feature::TagsOption, Kind::Option, "tags of a new load balancer", V4_1_0, "NA, not supported in 3.3.0", "there are no tags", "4.1.0 source, LoadBalancingBackendService"),
    at(Feature::SecureListeners, Kind::Option, "HTTPS and SSL listeners", V4_0_0, "NA, no SSL support in 3.3.0", "listeners speak HTTP and TCP only", "EUCA-8132"),
    at(Feature::CertificateId, Kind::Option, "cert-id", V4_0_0, "NA, no SSL support in 3.3.0", "listeners speak HTTP and TCP only", "EUCA-8132"),
    at(Feature::IdleTimeoutAttribute, Kind::Option, "ConnectionSettings.IdleTimeout", V4_1_0, "NA, not supported in 3.3.0", "there are no attributes", "EUCA-9773"),
    at(Feature::CrossZoneAttribute, Kind::Option, "CrossZoneLoadBalancing.Enabled", V4_2_0, "NA, not supported in 3.3.0", "a servo forwards to instances of its own zone only", "EUCA-10423"),
    at(Feature::AccessLogAttribute, Kind::Option, "AccessLog", V4_2_0, "NA, not supported in 3.3.0", "there are no access logs; 4.1 accepts the attribute and ignores it", "EUCA-10428"),
    at(Feature::ConnectionDrainingAttribute, Kind::Option, "ConnectionDraining", Aws, "NA, Amazon only", "every release of Eucalyptus ignores the attribute", "4.4.2 source, LoadBalancer"),
    at(Feature::AdditionalAttributes, Kind::Option, "AdditionalAttributes", Aws, "NA, Amazon only", "no release of Eucalyptus has them", "ModifyLoadBalancerAttributes, API reference 2012-06-01"),
    at(Feature::SslNegotiationPolicies, Kind::Option, "SSLNegotiationPolicyType", V4_2_0, "NA, not supported in 3.3.0", "there are no policies of this type", "EUCA-10425"),
    at(Feature::BackendAuthenticationPolicies, Kind::Option, "BackendServerAuthenticationPolicyType and PublicKeyPolicyType", V4_2_0, "NA, not supported in 3.3.0", "there are no policies of this type", "EUCA-10477"),
    at(Feature::ProxyProtocolPolicies, Kind::Option, "ProxyProtocolPolicyType", V4_2_0, "NA, not supported in 3.3.0", "there are no policies of this type", "4.2.0 source"),
    at(Feature::Paging, Kind::Option, "Marker and PageSize", Aws, "NA, Amazon only", "Eucalyptus answers everything in one page and ignores the marker", "3.3.0 source, DescribeLoadBalancers"),
    at(Feature::NamedErrorCodes, Kind::Behaviour, "error codes have names", V4_0_0, "", "the code of most refusals is literally 400", "EUCA-8974"),
    at(Feature::AmazonErrorCodes, Kind::Behaviour, "error codes are Amazon's", Aws, "", "Eucalyptus names the exception: AccessPointNotFound, where Amazon says LoadBalancerNotFound", "API reference 2012-06-01, botocore service model"),
    at(Feature::NameLengthLimit, Kind::Behaviour, "names have 32 characters at most", V3_4_0, "", "names may be as long as a DNS name", "EUCA-6566"),
    at(Feature::NamePattern, Kind::Behaviour, "names are letters, digits and hyphens", V4_1_0, "", "dots and underscores are allowed", "EUCA-9832"),
    at(Feature::RestrictedPorts, Kind::Behaviour, "listener ports may be restricted", V3_4_0, "", "every port may be used, 22 too", "EUCA-6505").until(Aws),
    at(Feature::RestrictedPortsListed, Kind::Behaviour, "a refusal lists the restricted ports", V4_2_0, "", "it only says that the port is restricted", "4.2.0 source").until(Aws),
    at(Feature::PropertiesReachExisting, Kind::Behaviour, "changed properties reach existing load balancers", V3_4_0, "", "only load balancers created afterwards are affected", "EUCA-5948").until(Aws),
    at(Feature::SignatureVersion2, Kind::Behaviour, "requests may be signed by Signature Version 2", V3_3_0, "", "", "euca2ools 3.0.0, requestbuilder 0.1.0; Signature Version 2, AWS General Reference").until(Aws),
    at(Feature::ServiceProperties, Kind::Behaviour, "properties are named services.loadbalancing", V4_1_0, "", "they are named loadbalancing.loadbalancer", "4.1.0 source"),
    at(Feature::NtpServerProperty, Kind::Behaviour, "the property of the time server", V3_4_0, "", "there is no such property", "EUCA-7305"),
    at(Feature::AppCookieDurationProperty, Kind::Behaviour, "the property of the life of application cookies", V4_0_0, "", "there are no application cookies", "4.0.0 source"),
    at(Feature::WorkerProperties, Kind::Behaviour, "the properties worker.expiration_days and worker.init_script", V4_1_0, "", "there are no such properties", "4.1.0 source"),
    at(Feature::DnsResolverProperty, Kind::Behaviour, "the property that turns the names of load balancers off", V4_1_1, "", "names are always answered", "4.1.1 source"),
    at(Feature::PollingProperties, Kind::Behaviour, "the properties of the servos' polling", V4_2_0, "", "the intervals are fixed", "4.2.0 and 4.4.0 source").until(V4_4_0),
    at(Feature::SubnetSizeProperty, Kind::Behaviour, "the property number_of_hosts_in_vpc_subnet", V4_3_0, "", "there is no such property", "4.3.0 source"),
    at(Feature::RecyclingProperties, Kind::Behaviour, "the properties failure_threshold_for_recycle and use_elastic_ip", V4_4_0, "", "there are no such properties", "4.4.0 source"),
    at(Feature::MediumWorkers, Kind::Behaviour, "servos are of type m1.medium", V4_4_0, "", "they are of type m1.small", "4.4.0 source"),
    at(Feature::PolicyArns, Kind::Behaviour, "IAM policies may name load balancers by ARN", V4_1_0, "", "their Resource must be *", "EUCA-10052"),
    at(Feature::PolicyLimits, Kind::Behaviour, "IAM policies may limit the number of load balancers", V3_3_0, "", "", "3.3.0 source, LoadBalancerNumberQuotaKey").until(Aws),
    at(Feature::AccessDenied, Kind::Behaviour, "what a policy does not allow is AccessDenied", Aws, "", "describing leaves out what may not be seen, and everything else says that the load balancer could not be found", "IAM user guide, access denied messages; 3.3.0 source, LoadBalancingService"),
    at(Feature::SchemeReturned, Kind::Behaviour, "Scheme is returned", V4_1_0, "", "it is never returned", "EUCA-9832"),
    at(Feature::TargetCase, Kind::Behaviour, "health check protocols may be in small letters", V4_1_1, "", "capitals only", "EUCA-9052"),
    at(Feature::TargetMessages, Kind::Behaviour, "a refused health check target says why", V4_0_0, "", "the answer is Failed to persist the health check config", "4.0.0 source, LoadBalancerHealthCheckConfig"),
    at(Feature::UnhealthyThresholdThree, Kind::Behaviour, "the default unhealthy threshold is 3", V4_2_0, "", "it is 2", "4.2.0 source, handler constants").until(Aws),
    at(Feature::HealthyThresholdTen, Kind::Behaviour, "the default healthy threshold is 10", Aws, "", "it is 3", "API reference 2012-06-01"),
    at(Feature::HealthCheckBounds, Kind::Behaviour, "health checks have upper bounds, and the timeout is below the interval", Aws, "", "intervals from 5 and thresholds from 2 up are accepted", "ConfigureHealthCheck, API reference 2012-06-01"),
    at(Feature::FirstPassSuffices, Kind::Behaviour, "the first passed check puts a new instance in service", V4_3_0, "", "a new instance must pass the healthy threshold", "EUCA-11608, servo 1.3.0"),
    at(Feature::UnknownInstanceState, Kind::Behaviour, "an instance that no servo reports on is Unknown", V4_2_1, "", "it is OutOfService", "EUCA-11398"),
    at(Feature::LongStaleness, Kind::Behaviour, "reports on instances go stale after five intervals", V4_4_0, "", "after three intervals times the healthy threshold", "EUCA-11885"),
    at(Feature::TerminatedInstancesLeave, Kind::Behaviour, "terminated instances are deregistered", V4_1_0, "", "they stay listed as Error", "EUCA-9919"),
    at(Feature::StoppedInstancesReturn, Kind::Behaviour, "a stopped instance that is started again is checked again", Aws, "", "it stays in Error until it is registered anew", "EUCA-11859 (5.0)"),
    at(Feature::ZoneMismatchNamed, Kind::Behaviour, "registering an instance of another zone names the instance", V4_2_0, "", "the answer is unable to find the instance's zone", "EUCA-5750"),
    at(Feature::ZoneMismatchConflict, Kind::Behaviour, "registering an instance of another zone is an invalid configuration", V4_4_0, "", "it is an internal failure", "4.4.0 source"),
    at(Feature::OtherZonesRegister, Kind::Behaviour, "instances of other zones may be registered, and are out of service", Aws, "", "their registration is refused", "InstanceState, API reference 2012-06-01"),
    at(Feature::LastZoneStays, Kind::Behaviour, "the last availability zone cannot be disabled", V4_4_1, "", "every zone may be disabled", "4.4.1 source"),
    at(Feature::CrossZone, Kind::Behaviour, "servos may forward to other zones", V4_2_0, "", "a servo forwards to instances of its own zone only", "EUCA-10423"),
    at(Feature::ForwardedProtoAndPort, Kind::Behaviour, "X-Forwarded-Proto and X-Forwarded-Port are added", V4_1_0, "", "only X-Forwarded-For is added", "servo 1.1.0"),
    at(Feature::LongTimeouts, Kind::Behaviour, "connections may idle for 60 s and take 5 s to open", V4_1_0, "", "10 s and 1 s", "servo 1.1.0, EUCA-9773"),
    at(Feature::InstanceKeepAlive, Kind::Behaviour, "connections to instances stay open between requests", V4_1_0, "", "they are closed after each answer", "servo 1.1.0"),
    at(Feature::EmptyUnavailable, Kind::Behaviour, "the 503 of an empty pool has no body", V4_2_0, "", "it has HAProxy's page", "EUCA-6205").until(Aws),
    at(Feature::ShortDnsTtl, Kind::Behaviour, "DNS answers live for 60 s", V3_4_3, "", "for a day", "EUCA-9462").except(V4_0_0),
    at(Feature::AdministratorLookups, Kind::Behaviour, "administrators reach load balancers of others in every describe operation", V4_1_1, "", "in DescribeLoadBalancers only", "EUCA-10538").until(Aws),
    at(Feature::AdministratorDeleteIdempotent, Kind::Behaviour, "an administrator may delete an absent load balancer", V4_1_1, "", "it is an internal failure", "EUCA-6570"),
    at(Feature::CloudAdministrator, Kind::Behaviour, "an administrator sees all accounts (verbose) and deletes by DNS name", V3_3_0, "", "", "3.3.0 source, DescribeLoadBalancers").until(Aws),
    at(Feature::DescribeUnknownFails, Kind::Behaviour, "describing an unknown load balancer is an error", Aws, "", "it is absent from the answer", "DescribeLoadBalancers, API reference 2012-06-01"),
    at(Feature::IdenticalCreateSucceeds, Kind::Behaviour, "creating the same load balancer again succeeds", Aws, "", "the name is a duplicate", "CreateLoadBalancer, API reference 2012-06-01"),
    at(Feature::IdenticalListenerSucceeds, Kind::Behaviour, "creating the same listener again succeeds", Aws, "", "the port is a duplicate", "CreateLoadBalancerListeners, API reference 2012-06-01"),
    at(Feature::LayerPairs, Kind::Behaviour, "both sides of a listener are of one layer", Aws, "", "any pair is accepted", "Listener, API reference 2012-06-01"),
    at(Feature::InstanceProtocolDefault, Kind::Behaviour, "a missing instance protocol is filled in", Aws, "", "it stays absent", "Listener, API reference 2012-06-01"),
    at(Feature::UnregisteredInstancesDescribed, Kind::Behaviour, "health of an instance that is not registered is told", Aws, "", "the instance is omitted", "DescribeInstanceHealth, API reference 2012-06-01"),
    at(Feature::HealthyReasonNamed, Kind::Behaviour, "reason and description of an instance in service are N/A", Aws, "", "there is no reason, and the description is empty", "InstanceState, API reference 2012-06-01"),
    at(Feature::ZonesRequired, Kind::Behaviour, "a new load balancer needs a zone or a subnet", Aws, "", "it may have none", "CreateLoadBalancer, API reference 2012-06-01"),
    at(Feature::SecurityPolicies2015, Kind::Behaviour, "predefined policies ELBSecurityPolicy-2011-08 to 2015-05", V4_2_0, "", "there are none", "EUCA-10985"),
    at(Feature::SecurityPolicies2016, Kind::Behaviour, "predefined policies ELBSecurityPolicy-2015-03 and 2016-08", V4_4_0, "", "there are none", "4.4.0 source"),
    at(Feature::ProxyProtocol, Kind::Behaviour, "the PROXY line is sent to instances", Aws, "", "the policy is accepted and ignored", "servo, all releases"),
    at(Feature::AccessLogTls, Kind::Behaviour, "lines of the access log end with the cipher and protocol of TLS", Aws, "", "they end with the user agent", "servo 1.2.0 to 1.4.0"),
    at(Feature::CookieMaxAge, Kind::Behaviour, "the client minds the age of the stickiness cookie, by Max-Age; other origins get AWSELBCORS", Aws, "", "the load balancer minds it by a date in the cookie, and keeps the cookie from instances", "Configure sticky sessions for your Classic Load Balancer; servo 1.0.4, cookie insert indirect nocache maxlife"),
    at(Feature::CookieCacheControl, Kind::Behaviour, "answers that set the stickiness cookie have Cache-Control: no-cache=\"set-cookie\"", V4_1_0, "", "they have Cache-Control: private, as HAProxy's nocache adds", "servo 1.1.0"),
    at(Feature::ConnectionDraining, Kind::Behaviour, "connections to a leaving instance drain", Aws, "", "every release of Eucalyptus ignores the attribute", "4.4.2 source, LoadBalancer"),
    at(Feature::LeastOutstanding, Kind::Behaviour, "HTTP requests go to the instance with the fewest under way", Aws, "", "instances take turns", "How Elastic Load Balancing works, request routing; servo 1.0.0, balance roundrobin"),
    at(Feature::ZeroHostCounts, Kind::Behaviour, "numbers of instances are reported when they are zero", V4_2_0, "", "they are reported above zero only", "EUCA-11312"),
    at(Feature::MetricExtremes, Kind::Behaviour, "Latency counts every request, and the extremes of HTTP codes are 1", Aws, "", "Latency is one average a minute, and the extremes are 0", "3.3.0 source, LoadBalancerCwatchMetrics; CloudWatch metrics for Classic Load Balancers"),
    at(Feature::ConnectionMetrics, Kind::Behaviour, "metrics BackendConnectionErrors, DesyncMitigationMode_NonCompliant_Request_Count, SpilloverCount and SurgeQueueLength", Aws, "", "no release of Eucalyptus has them", "CloudWatch metrics for Classic Load Balancers"),
    at(Feature::DimensionFolding, Kind::Behaviour, "CloudWatch adds values up over every subset of dimensions", V3_3_0, "", "", "3.3.0 source, CloudWatch").until(V4_2_0),
    at(Feature::AmazonRules, Kind::Behaviour, "policies, attributes and tags have Amazon's rules and limits", Aws, "", "they have those of Eucalyptus 4, which are wider in places", "API reference 2012-06-01; 4.4.2 source, LoadBalancingService"),
    at(Feature::Vpc, Kind::Behaviour, "every account has a default VPC", V4_1_0, "", "there is no VPC", "EUCA-9832"),
    at(Feature::UnknownParametersIgnored, Kind::Behaviour, "parameters that the operation does not know are ignored", Aws, "", "they are refused", "3.3.0 source, BaseQueryBinding; clients of Amazon that are newer than the API"),
    at(Feature::StoppedStateNamed, Kind::Behaviour, "an instance that was stopped is OutOfService, and its description says so", Aws, "", "its state is Error", "InstanceState, API reference 2012-06-01"),
    at(Feature::AdministratorsServoGroups, Kind::Behaviour, "security groups of servos belong to the cloud administrator", V3_3_0, "", "", "3.3.0 source, SecurityGroupSetup; 4.2.0: the account (eucalyptus)loadbalancing").until(V4_2_0),
    at(Feature::NotReady, Kind::Behaviour, "load balancing answers 503 to everything while its servos have no image", V3_3_0, "", "", "3.3.0 source, LoadBalancerASGroupCreator; EUCA-6946, a service that is not enabled").until(Aws),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_its_features() {
        for (index, row) in AVAILABILITY.iter().enumerate() {
            assert_eq!(row.feature as usize, index, "{}", row.name);
            assert!(!row.name.is_empty() && !row.source.is_empty());
            // Whoever lacks something is owed the reason.
            assert_eq!(row.from == V3_3_0, row.why.is_empty(), "{}", row.name);
            let marked = row.kind != Kind::Behaviour && row.from > V3_3_0;
            assert_eq!(marked, !row.mark.is_empty(), "{}", row.name);
        }
        let operations = AVAILABILITY
            .iter()
            .filter(|row| row.kind == Kind::Operation);
        assert_eq!(operations.count(), 29);
        let at_first = AVAILABILITY
            .iter()
            .filter(|row| row.kind == Kind::Operation && Release::default().has(row.feature));
        assert_eq!(at_first.count(), 11);
    }

    #[test]
    fn releases_are_read_and_ordered() {
        let cases = [
            ("3.3", Ok(V3_3_0)),
            ("3.3.0", Ok(V3_3_0)),
            ("3.3.2", Ok(V3_3_0)),
            ("3.4", Ok(V3_4_3)),
            ("4.0.1", Ok(V4_0_1)),
            ("4.4", Ok(V4_4_2)),
            (" 4.4.2 ", Ok(V4_4_2)),
            ("aws", Ok(Aws)),
            ("AWS", Ok(Aws)),
            ("4", Err(())),
            ("3.2.0", Err(())),
            ("5.0", Err(())),
            ("", Err(())),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Release>().map_err(|_| ()), expected, "{text}");
        }
        assert!(Release::ALL.is_sorted());
        for release in Release::ALL {
            assert_eq!(release.to_string().parse(), Ok(release));
        }
    }

    #[test]
    fn features_come_stay_and_go() {
        use Feature::*;
        #[rustfmt::skip]
        let cases = [
            (CreateLoadBalancer,         V3_3_0, true),
            (CreateLoadBalancerPolicy,   V3_4_3, false),
            (CreateLoadBalancerPolicy,   V4_0_0, true),
            (SetLoadBalancerPoliciesForBackendServer, V4_1_2, false),
            (SetLoadBalancerPoliciesForBackendServer, V4_2_0, true),
            (ConnectionDrainingAttribute, V4_4_2, false),
            (ConnectionDrainingAttribute, Aws,   true),
            (RestrictedPorts,            V4_4_2, true),
            (RestrictedPorts,            Aws,    false),
            (ShortDnsTtl,                V3_4_2, false),
            (ShortDnsTtl,                V3_4_3, true),
            (ShortDnsTtl,                V4_0_0, false),
            (ShortDnsTtl,                V4_0_1, true),
        ];
        for (feature, release, expected) in cases {
            assert_eq!(release.has(feature), expected, "{feature:?} at {release}");
        }
        assert_eq!(
            V3_3_0.mark(AttachLoadBalancerToSubnets),
            Some("NA, VPC only")
        );
        assert_eq!(V4_1_0.mark(AttachLoadBalancerToSubnets), None);
        assert_eq!(operation("AddTags"), Some(AddTags));
        assert_eq!(operation("Paging"), None);
        assert_eq!(
            V3_3_0.refusal(AddTags).as_deref(),
            Some(
                "AddTags does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)"
            )
        );
    }
}
