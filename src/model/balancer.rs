//! Load balancers: what one is made of, and every change that can be made to it.
//!
//! A load balancer has listeners, zones, registered instances with what it thinks of each, at most
//! one health check, and the servos that carry it. Each change is a method here; those that can be
//! refused say why. What differs by release comes in as an argument.
//!
//! Source: Eucalyptus 3.3.0, LoadBalancer, LoadBalancerBackendInstance and their life cycles.

use super::account::AccountId;
use super::attribute::Attributes;
use super::health::{HealthCheck, Target, Thresholds, Verdict};
use super::instance::InstanceId;
use super::listener::{Listener, Port};
use super::memo::Memo;
use super::network::{Attachment, Scheme};
use super::placement::{ServoId, ZoneName};
use super::policy::{Dialect, Policies};
use super::refusal::Refusal;
use super::tag::Tags;
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The name of a load balancer, unique in its account. Names differ by case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BalancerName(Arc<str>);

/// What a name may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// Whatever can stand before `.com` in a host name: labels of letters, digits, and inside them
    /// hyphens and underscores, with dots between them (Eucalyptus 3.3.0).
    HostName,
    /// The same, 32 characters at most (Eucalyptus from 3.4.0, EUCA-6566).
    ShortHostName,
    /// Letters, digits and, inside, hyphens; 32 characters at most (Eucalyptus from 4.1.0, Amazon).
    Label,
}

/// Characters of a name under the later rules. Source: CreateLoadBalancer, API reference.
const MAXIMUM_NAME: usize = 32;
/// Characters of one label of a host name. Source: RFC 1035, 2.3.4.
const MAXIMUM_LABEL: usize = 63;
/// Characters of a whole host name in text form. Source: RFC 1035, 2.3.4.
const MAXIMUM_HOST_NAME: usize = 253;

impl BalancerName {
    /// Takes a name of a load balancer that exists, or may.
    pub fn new(text: impl Into<Arc<str>>) -> BalancerName {
        BalancerName(text.into())
    }

    /// Reads the name of a load balancer to be made.
    ///
    /// # Errors
    ///
    /// The name has a character, a place for one, or a length that the rule does not allow.
    pub fn parse(text: &str, rule: NameRule) -> Result<BalancerName, Refusal> {
        let host = text.len() + ".com".len() <= MAXIMUM_HOST_NAME && text.split('.').all(is_label);
        if !host {
            return Err(Refusal::InvalidName);
        }
        if rule != NameRule::HostName && text.len() > MAXIMUM_NAME {
            return Err(Refusal::NameTooLong);
        }
        if rule == NameRule::Label && text.contains(['.', '_']) {
            return Err(Refusal::InvalidName);
        }
        Ok(BalancerName(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as a shared text.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

fn is_label(text: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.len() <= MAXIMUM_LABEL
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl fmt::Display for BalancerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which load balancer of which account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BalancerKey {
    pub account: AccountId,
    pub name: BalancerName,
}

/// Whether a zone of a load balancer is enabled. A disabled one is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ZoneState {
    InService,
    OutOfService,
}

/// A servo of a load balancer: where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServoPlace {
    pub zone: ZoneName,
    pub address: IpAddr,
}

/// What a load balancer thinks of a registered instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistrationState {
    InService,
    OutOfService,
    /// The instance was stopped or terminated.
    Error,
}

impl RegistrationState {
    pub fn as_str(self) -> &'static str {
        match self {
            RegistrationState::InService => "InService",
            RegistrationState::OutOfService => "OutOfService",
            RegistrationState::Error => "Error",
        }
    }
}

/// Who is to blame for an instance out of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    None,
    /// The load balancer.
    Elb,
    /// The instance.
    Instance,
}

impl Reason {
    /// The reason code.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::None => "",
            Reason::Elb => "ELB",
            Reason::Instance => "Instance",
        }
    }
}

/// Descriptions of instance states, as Eucalyptus words them.
pub mod description {
    pub const IN_PROGRESS: &str = "Instance registration is still in progress.";
    pub const FAILED_CHECKS: &str = "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.";
    pub const STALE: &str =
        "Internal error: instance health not updated for extended period of time";
    pub const UNREACHABLE: &str =
        "Internal error: ELB VMs are not reachable. Contact administrator if problem continues";
    pub const ZONE_DISABLED: &str = "Zone disabled";
    /// The same in Amazon's words. Source: InstanceState, API reference 2012-06-01.
    pub const ZONE_NOT_ROUTED: &str = "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.";
    /// While its exchanges still drain. Source: the same.
    pub const ZONE_DISABLING: &str = "Disable Availability Zone is currently in progress.";
    pub const NOT_REGISTERED: &str = "Instance is not currently registered with the LoadBalancer.";
    /// Of an instance that does not run. Source: the same.
    pub const PENDING: &str = "Instance is in pending state.";
    pub const STOPPED: &str = "Instance is in stopped state.";
    /// Of an instance whose connections drain. Source: the same.
    pub const DEREGISTRATION_IN_PROGRESS: &str = "Instance deregistration currently in progress.";
}

/// A registered instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub zone: ZoneName,
    pub state: RegistrationState,
    pub reason: Reason,
    pub description: String,
    /// Since when nobody speaks for this state, if nobody does: its servo was lost. Not kept, since
    /// after a start every state begins anew.
    #[serde(skip)]
    pub unheard_since: Option<Timestamp>,
}

impl Registration {
    fn new(zone: ZoneName) -> Registration {
        Registration {
            zone,
            state: RegistrationState::OutOfService,
            reason: Reason::Elb,
            description: description::IN_PROGRESS.to_owned(),
            unheard_since: None,
        }
    }

    fn set(&mut self, state: RegistrationState, reason: Reason, description: &str) {
        self.state = state;
        self.reason = reason;
        description.clone_into(&mut self.description);
    }
}

/// Seconds between checks of the default health check, and seconds within which each must pass.
const DEFAULT_INTERVAL_SECONDS: u32 = 30;
const DEFAULT_TIMEOUT_SECONDS: u32 = 5;

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    pub account: AccountId,
    pub name: BalancerName,
    pub created: Timestamp,
    /// The label between name and domain, as it was when the load balancer was made.
    pub dns_subdomain: String,
    pub listeners: BTreeMap<Port, Listener>,
    /// Every zone that was ever enabled.
    pub zones: BTreeMap<ZoneName, ZoneState>,
    pub instances: BTreeMap<InstanceId, Registration>,
    /// Absent until there is a listener or somebody configures one.
    pub health_check: Option<HealthCheck>,
    pub servos: BTreeMap<ServoId, ServoPlace>,
    /// From here on: what came after the first release, absent in what was stored before.
    #[serde(default)]
    pub policies: Policies,
    #[serde(default)]
    pub attributes: Attributes,
    #[serde(default)]
    pub tags: Tags,
    /// The user who made it, for quotas of users; absent in what was stored before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<Arc<str>>,
    /// Where it is in a VPC; absent where there was none when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Attachment>,
    /// What the wire's side says of it, worked out when it is first asked for.
    #[serde(skip)]
    pub described: Memo,
}

impl LoadBalancer {
    /// A load balancer with nothing.
    pub fn new(
        account: AccountId,
        name: BalancerName,
        dns_subdomain: String,
        created: Timestamp,
    ) -> LoadBalancer {
        LoadBalancer {
            account,
            name,
            created,
            dns_subdomain,
            listeners: BTreeMap::new(),
            zones: BTreeMap::new(),
            instances: BTreeMap::new(),
            health_check: None,
            servos: BTreeMap::new(),
            policies: Policies::default(),
            attributes: Attributes::default(),
            tags: Tags::default(),
            creator: None,
            network: None,
            described: Memo::default(),
        }
    }

    pub fn key(&self) -> BalancerKey {
        BalancerKey {
            account: self.account.clone(),
            name: self.name.clone(),
        }
    }

    /// Whether it is for its VPC only.
    pub fn is_internal(&self) -> bool {
        let network = self.network.as_ref();
        network.is_some_and(|network| network.scheme == Scheme::Internal)
    }

    /// The DNS name, `web-123456789012.lb.localhost`, with `internal-` before an internal one. Dots of the name become underscores, and the
    /// first part is cut so that the whole has 253 characters at most.
    pub fn dns_name(&self, domain: &str) -> String {
        let suffix = format!(".{}.{domain}", self.dns_subdomain);
        let internal = if self.is_internal() { "internal-" } else { "" };
        let mut prefix = format!("{internal}{}-{}", self.name, self.account).replace('.', "_");
        prefix.truncate(MAXIMUM_HOST_NAME.saturating_sub(suffix.len()));
        prefix + &suffix
    }

    /// Adds a listener; the first one brings the default health check unless there is one.
    ///
    /// `thresholds` are those of the default health check.
    ///
    /// # Errors
    ///
    /// The port has a listener, even an identical one.
    pub fn add_listener(
        &mut self,
        listener: Listener,
        thresholds: Thresholds,
    ) -> Result<(), Refusal> {
        if self.listeners.contains_key(&listener.port) {
            return Err(Refusal::ListenerExists {
                name: self.name.to_string(),
                port: listener.port,
            });
        }
        if self.health_check.is_none() {
            self.health_check = Some(HealthCheck {
                target: Target::tcp(listener.instance_port),
                interval_seconds: DEFAULT_INTERVAL_SECONDS,
                timeout_seconds: DEFAULT_TIMEOUT_SECONDS,
                thresholds,
            });
        }
        self.listeners.insert(listener.port, listener);
        Ok(())
    }

    /// Gives a listener another server certificate, by its ARN.
    ///
    /// # Errors
    ///
    /// The port has no listener, or one that is not secure.
    pub fn set_certificate(&mut self, port: Port, arn: &str) -> Result<(), Refusal> {
        let listener = self
            .listeners
            .get_mut(&port)
            .ok_or(Refusal::ListenerNotFound { port })?;
        if !listener.protocol.is_tls() {
            return Err(Refusal::CertificateUnwanted);
        }
        listener.certificate = Some(arn.to_owned());
        Ok(())
    }

    /// Removes the listeners of some ports, and with them the places where policies were in force.
    /// Ports without a listener are ignored.
    pub fn remove_listeners(&mut self, dialect: Dialect, ports: impl IntoIterator<Item = Port>) {
        for port in ports {
            self.listeners.remove(&port);
        }
        self.policies.prune(dialect, self.listeners.values());
    }

    /// The zones that are enabled.
    pub fn enabled_zones(&self) -> impl Iterator<Item = &ZoneName> {
        self.zones
            .iter()
            .filter(|(_, state)| **state == ZoneState::InService)
            .map(|(zone, _)| zone)
    }

    pub fn is_enabled(&self, zone: &ZoneName) -> bool {
        self.zones.get(zone) == Some(&ZoneState::InService)
    }

    /// Enables a zone. States of its instances stay, their reasons are forgotten.
    ///
    /// Returns whether that changed anything.
    pub fn enable_zone(&mut self, zone: &ZoneName) -> bool {
        let before = self.zones.insert(zone.clone(), ZoneState::InService);
        if before != Some(ZoneState::InService) {
            for registration in self.of_zone(zone) {
                registration.reason = Reason::None;
                registration.description.clear();
            }
        }
        before != Some(ZoneState::InService)
    }

    /// Disables a zone: its instances go out of service, except those which are still `gone` and stay
    /// in error. The servos of the zone are returned, for their addresses.
    pub fn disable_zone(
        &mut self,
        zone: &ZoneName,
        gone: impl Fn(&InstanceId) -> bool,
    ) -> Vec<(ServoId, ServoPlace)> {
        if !self.is_enabled(zone) {
            return Vec::new();
        }
        self.zones.insert(zone.clone(), ZoneState::OutOfService);
        for (id, registration) in &mut self.instances {
            if registration.zone == *zone
                && !(registration.state == RegistrationState::Error && gone(id))
            {
                registration.unheard_since = None;
                registration.set(
                    RegistrationState::OutOfService,
                    Reason::Elb,
                    description::ZONE_DISABLED,
                );
            }
        }
        let leaving = |place: &ServoPlace| place.zone == *zone;
        let left = self
            .servos
            .iter()
            .filter(|(_, place)| leaving(place))
            .map(|(id, place)| (id.clone(), place.clone()))
            .collect();
        self.servos.retain(|_, place| !leaving(place));
        left
    }

    fn of_zone<'a>(&'a mut self, zone: &'a ZoneName) -> impl Iterator<Item = &'a mut Registration> {
        self.instances
            .values_mut()
            .filter(move |registration| registration.zone == *zone)
    }

    /// Registers an instance of a zone. One that is registered already is left as it is.
    ///
    /// # Errors
    ///
    /// The zone is not one of the load balancer's.
    pub fn register(&mut self, id: &InstanceId, zone: &ZoneName) -> Result<(), Refusal> {
        if self.instances.contains_key(id) {
            return Ok(());
        }
        if !self.is_enabled(zone) {
            return Err(Refusal::InstanceZone { id: id.clone() });
        }
        self.instances
            .insert(id.clone(), Registration::new(zone.clone()));
        Ok(())
    }

    /// Registers an instance of a zone that is not enabled: out of service until it is.
    pub fn register_elsewhere(&mut self, id: &InstanceId, zone: &ZoneName) {
        let mut registration = Registration::new(zone.clone());
        registration.set(
            RegistrationState::OutOfService,
            Reason::Elb,
            description::ZONE_DISABLED,
        );
        self.instances.entry(id.clone()).or_insert(registration);
    }

    /// Deregisters an instance; returns whether it was registered.
    pub fn deregister(&mut self, id: &InstanceId) -> bool {
        self.instances.remove(id).is_some()
    }

    /// Takes the verdict of a servo's checks; returns whether it changed anything.
    pub fn observe(&mut self, id: &InstanceId, verdict: Verdict) -> bool {
        let next = self.judged(id, verdict);
        let changed = next.is_some();
        self.instances.extend(next.map(|next| (id.clone(), next)));
        changed
    }

    /// What the verdict of a servo's checks makes of a registration, if it changes anything.
    ///
    /// A verdict on an instance in error, of a zone that is disabled, or which is no longer
    /// registered comes too late and changes nothing.
    pub fn judged(&self, id: &InstanceId, verdict: Verdict) -> Option<Registration> {
        let registration = self.instances.get(id)?;
        if registration.state == RegistrationState::Error || !self.is_enabled(&registration.zone) {
            return None;
        }
        let mut next = registration.clone();
        next.unheard_since = None;
        match verdict {
            Verdict::InService => next.set(RegistrationState::InService, Reason::None, ""),
            Verdict::OutOfService => next.set(
                RegistrationState::OutOfService,
                Reason::Instance,
                description::FAILED_CHECKS,
            ),
        }
        (next != *registration).then_some(next)
    }

    /// Notes that a servo of a zone was lost: from now on its verdicts grow old.
    pub fn servo_lost(&mut self, zone: &ZoneName, now: Timestamp) {
        for registration in self.of_zone(zone) {
            registration.unheard_since.get_or_insert(now);
        }
    }

    /// Notes that an instance was stopped or terminated; returns whether that changed anything.
    ///
    /// The reason and the description stay as they were: Eucalyptus 3.3.0 shows the stale text.
    pub fn instance_gone(&mut self, id: &InstanceId) -> bool {
        match self.instances.get_mut(id) {
            Some(registration) if registration.state != RegistrationState::Error => {
                registration.state = RegistrationState::Error;
                registration.unheard_since = None;
                true
            }
            _ => false,
        }
    }

    /// Begins the registration of an instance anew, if it was in error: where a release checks an
    /// instance again that was stopped and started. Returns whether that changed anything.
    pub fn instance_back(&mut self, id: &InstanceId) -> bool {
        match self.instances.get_mut(id) {
            Some(registration) if registration.state == RegistrationState::Error => {
                *registration = Registration::new(registration.zone.clone());
                true
            }
            _ => false,
        }
    }

    /// Forgets what servos said, since all of them begin anew: after a start of the service.
    pub fn restarted(&mut self) {
        for registration in self.instances.values_mut() {
            if registration.state == RegistrationState::InService {
                *registration = Registration::new(registration.zone.clone());
            }
        }
    }

    /// How long a verdict is believed after its servo was lost.
    ///
    /// `long` is the rule of Eucalyptus 4.4: five intervals of at least ten seconds.
    pub fn staleness(&self, long: bool) -> Option<Duration> {
        let check = self.health_check.as_ref()?;
        let interval = u64::from(check.interval_seconds);
        let seconds = if long {
            5 * interval.max(10)
        } else {
            3 * interval * u64::from(check.thresholds.healthy)
        };
        Some(Duration::from_secs(seconds))
    }
}

/// Whether a verdict that nobody speaks for is too old at a moment.
pub fn is_stale(registration: &Registration, staleness: Duration, now: Timestamp) -> bool {
    let age = registration
        .unheard_since
        .map(|since| now.0.saturating_sub(since.0));
    registration.state == RegistrationState::InService
        && age.is_some_and(|age| i128::from(age) > staleness.as_millis().cast_signed())
}

/// The health check that a caller asks for, before the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthCheckRequest {
    pub target: Option<String>,
    pub interval: Option<i64>,
    pub timeout: Option<i64>,
    pub healthy_threshold: Option<i64>,
    pub unhealthy_threshold: Option<i64>,
}

/// Shortest interval in seconds, and smallest threshold. Source: Eucalyptus 3.3.0; Amazon's too.
const MINIMUM_INTERVAL: i64 = 5;
const MINIMUM_THRESHOLD: i64 = 2;

/// The bounds of Amazon: interval 5..=300 s, timeout 2..=60 s, thresholds 2..=10, and the target's length in
/// units of UTF-16. Source: HealthCheck, API reference 2012-06-01.
const MAXIMUM_INTERVAL: i64 = 300;
const MINIMUM_TIMEOUT: i64 = 2;
const MAXIMUM_TIMEOUT: i64 = 60;
const MAXIMUM_THRESHOLD: i64 = 10;
const MAXIMUM_TARGET: usize = 1024;

impl HealthCheckRequest {
    /// Applies the rules that need not read the target. Returns interval, timeout and thresholds.
    ///
    /// Eucalyptus sets no upper bounds, and lets the timeout exceed the interval: its own
    /// documentation configures a timeout of 120 s and an unhealthy threshold of 360. `bounded` adds
    /// Amazon's.
    ///
    /// # Errors
    ///
    /// A member is missing or out of bounds. They are looked at in the order of Eucalyptus.
    pub fn numbers(&self, bounded: bool) -> Result<(u32, u32, Thresholds), Refusal> {
        let refuse = |message| Refusal::InvalidHealthCheck(message);
        let healthy = self
            .healthy_threshold
            .ok_or(refuse("Healthy tresholds must be specified"))?;
        let interval = self.interval.ok_or(refuse("Interval must be specified"))?;
        let target = self
            .target
            .as_deref()
            .ok_or(refuse("Target must be specified"))?;
        let timeout = self.timeout.ok_or(refuse("Timeout must be specified"))?;
        let unhealthy = self
            .unhealthy_threshold
            .ok_or(refuse("Unhealthy tresholds must be specified"))?;
        if bounded {
            if !(MINIMUM_INTERVAL..=MAXIMUM_INTERVAL).contains(&interval) {
                return Err(refuse(
                    "HealthCheck Interval must be between 5 and 300 seconds",
                ));
            }
            if !(MINIMUM_TIMEOUT..=MAXIMUM_TIMEOUT).contains(&timeout) {
                return Err(refuse(
                    "HealthCheck Timeout must be between 2 and 60 seconds",
                ));
            }
            if timeout >= interval {
                return Err(refuse("HealthCheck timeout must be less than interval."));
            }
            let thresholds = MINIMUM_THRESHOLD..=MAXIMUM_THRESHOLD;
            if ![healthy, unhealthy]
                .iter()
                .all(|number| thresholds.contains(number))
            {
                return Err(refuse("HealthCheck thresholds must be between 2 and 10"));
            }
            if target.encode_utf16().count() > MAXIMUM_TARGET {
                return Err(refuse(
                    "HealthCheck Target must not be longer than 1024 characters",
                ));
            }
        }
        if interval < MINIMUM_INTERVAL {
            return Err(refuse("Interval must be longer than 5 seconds"));
        }
        if healthy < MINIMUM_THRESHOLD {
            return Err(refuse("Healthy thresholds must be larger than 2"));
        }
        if unhealthy < MINIMUM_THRESHOLD {
            return Err(refuse("Unhealthy thresholds must be larger than 2"));
        }
        if timeout < 0 {
            return Err(refuse("Timeout must not be negative"));
        }
        let narrow = |number: i64| {
            i32::try_from(number)
                .map(i32::cast_unsigned)
                .map_err(|_| refuse("Numbers must not exceed 2147483647"))
        };
        Ok((
            narrow(interval)?,
            narrow(timeout)?,
            Thresholds {
                healthy: narrow(healthy)?,
                unhealthy: narrow(unhealthy)?,
            },
        ))
    }
}

#[cfg(test)]
mod tests;
